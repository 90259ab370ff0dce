/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "../unit.h"

#include <inttypes.h>

#include "root.h"
#include "symbol/map_match.h"

#define TEXT  0xffffffff81000000
#define COUNT 40

static void add_line(struct buf *buf, uint64_t address, char type, const char *name)
{
	buf_printf(buf, "%016" PRIx64 " %c %s\n", address, type, name);
}

/* A map of COUNT functions, 0x40 bytes apart. */
static void add_functions(struct buf *buf, uint64_t text)
{
	char name[32];

	add_line(buf, text, 'T', "_text");
	for (unsigned int i = 0; i < COUNT; i++) {
		snprintf(name, sizeof(name), "function_%u", i);
		add_line(buf, text + i * 0x40, i % 2 ? 't' : 'T', name);
	}
}

static struct kimg_map_side *side_of(struct root *root, const char *name, const struct buf *text)
{
	struct kimg_map_side *side = NULL;

	assert_ok(kimg_map_side_open(root_write(root, name, buf_span(text)), NULL, &side));
	return side;
}

/* What the check says about two texts. */
static struct kimg_map_check *check_texts(struct root *root, const struct buf *map,
					  const struct buf *kernel)
{
	cleanup_map_side struct kimg_map_side *one = side_of(root, "map", map);
	cleanup_map_side struct kimg_map_side *other = side_of(root, "kernel", kernel);
	struct kimg_map_check *check = NULL;

	assert_ok(kimg_map_check(one, other, 5, &check));
	return check;
}

static void the_same_matches(void **state)
{
	cleanup_buf struct buf map = { 0 };
	cleanup_map_check struct kimg_map_check *check = NULL;

	add_functions(&map, TEXT);
	check = check_texts(*state, &map, &map);
	assert_int_equal(check->verdict, KIMG_MAP_MATCHES);
	assert_int_equal(check->proof, KIMG_MAP_BY_ADDRESSES);
	assert_int_equal(check->same, COUNT + 1);
	assert_int_equal(check->differing + check->missing + check->extra, 0);
	assert_string_equal(check->message, "Symbols match kernel version.");
}

static void kernels_without_data_match(void **state)
{
	cleanup_buf struct buf map = { 0 }, kernel = { 0 };
	cleanup_map_check struct kimg_map_check *check = NULL;

	add_functions(&map, TEXT);
	add_functions(&kernel, TEXT);
	add_line(&map, TEXT + 0x100000, 'D', "jiffies");
	add_line(&map, TEXT + 0x200000, 'R', "kallsyms_names");
	add_line(&kernel, TEXT + 0x300000, 't', ".LC7");
	add_line(&kernel, TEXT + 0x300000, 't', "of_the_kernel_alone");
	buf_puts(&kernel, "ffffffffc0000000 t jiffies\t[module]\n");
	check = check_texts(*state, &map, &kernel);
	assert_int_equal(check->verdict, KIMG_MAP_MATCHES);
	assert_int_equal(check->missing, 2);
	assert_int_equal(check->extra, 1);
}

static void kaslr_is_found(void **state)
{
	cleanup_buf struct buf map = { 0 }, kernel = { 0 };
	cleanup_map_check struct kimg_map_check *check = NULL;

	add_functions(&map, TEXT);
	add_functions(&kernel, TEXT + 0x1d000000);
	/* Data of each CPU is at 0 and stays there; kallsyms calls it absolute. */
	add_line(&map, 0, 'D', "__per_cpu_start");
	add_line(&kernel, 0, 'A', "__per_cpu_start");
	add_line(&map, 0x1000, 'd', "twice");
	add_line(&map, TEXT + 0x10, 'd', "twice");
	add_line(&kernel, 0x1000, 'A', "twice");
	add_line(&kernel, TEXT + 0x1d000010, 'd', "twice");
	check = check_texts(*state, &map, &kernel);
	assert_int_equal(check->verdict, KIMG_MAP_MATCHES_SHIFTED);
	assert_int_equal(check->shift, 0x1d000000);
	assert_int_equal(check->same, COUNT + 4);
}

static void kaslr_down_is_found(void **state)
{
	cleanup_buf struct buf map = { 0 }, kernel = { 0 };
	cleanup_map_check struct kimg_map_check *check = NULL;

	add_functions(&map, TEXT);
	add_functions(&kernel, TEXT - 0x200000);
	check = check_texts(*state, &map, &kernel);
	assert_int_equal(check->verdict, KIMG_MAP_MATCHES_SHIFTED);
	assert_int_equal(check->shift, (uint64_t)-0x200000);
}

/* Another build: everything behind one function has moved. */
static void another_build_differs(void **state)
{
	cleanup_buf struct buf map = { 0 }, kernel = { 0 };
	cleanup_map_check struct kimg_map_check *check = NULL;
	char name[32];

	add_functions(&map, TEXT);
	add_line(&kernel, TEXT, 'T', "_text");
	for (unsigned int i = 0; i < COUNT; i++) {
		snprintf(name, sizeof(name), "function_%u", i);
		add_line(&kernel, TEXT + i * 0x40 + (i > 30 ? 0x10 : 0), 'T', name);
	}
	check = check_texts(*state, &map, &kernel);
	assert_int_equal(check->verdict, KIMG_MAP_DIFFERS);
	assert_int_equal(check->differing, 9);
	assert_int_equal(check->difference_count, 5);
	assert_int_equal(check->differences[0].name_size, strlen("function_31"));
	assert_memory_equal(check->differences[0].name, "function_31", strlen("function_31"));
	assert_int_equal(check->differences[0].in_map, TEXT + 31 * 0x40);
	assert_int_equal(check->differences[0].in_kernel, TEXT + 31 * 0x40 + 0x10);
	assert_string_equal(check->message, "Symbols do not match kernel version.");
}

static void a_shift_of_no_page_is_no_kaslr(void **state)
{
	cleanup_buf struct buf map = { 0 }, kernel = { 0 };
	cleanup_map_check struct kimg_map_check *check = NULL;

	add_functions(&map, TEXT);
	add_functions(&kernel, TEXT + 0x40);
	check = check_texts(*state, &map, &kernel);
	assert_int_equal(check->verdict, KIMG_MAP_DIFFERS);
	assert_int_equal(check->shift, 0);
}

/* Names that stand several times are compared by all their addresses, whatever their order. */
static void duplicates_are_multisets(void **state)
{
	cleanup_buf struct buf map = { 0 }, kernel = { 0 };
	cleanup_map_check struct kimg_map_check *check = NULL;

	add_functions(&map, TEXT);
	add_functions(&kernel, TEXT);
	add_line(&map, TEXT + 0x5000, 't', "show");
	add_line(&map, TEXT + 0x6000, 't', "show");
	add_line(&map, TEXT + 0x6000, 't', "show");
	add_line(&map, TEXT + 0x7000, 'd', "show");
	add_line(&kernel, TEXT + 0x6000, 't', "show");
	add_line(&kernel, TEXT + 0x6000, 't', "show");
	add_line(&kernel, TEXT + 0x6100, 't', "show");
	check = check_texts(*state, &map, &kernel);
	assert_int_equal(check->same, COUNT + 1 + 2);
	assert_int_equal(check->differing, 1);
	assert_int_equal(check->missing, 1);
	assert_int_equal(check->extra, 0);
	assert_int_equal(check->differences[0].in_map, TEXT + 0x5000);
	assert_int_equal(check->differences[0].in_kernel, TEXT + 0x6100);
}

static void few_symbols_tell_nothing(void **state)
{
	cleanup_buf struct buf map = { 0 }, kernel = { 0 };
	cleanup_map_check struct kimg_map_check *check = NULL, *none = NULL;

	add_functions(&kernel, TEXT);
	add_line(&map, TEXT, 'T', "_text");
	check = check_texts(*state, &map, &kernel);
	assert_int_equal(check->verdict, KIMG_MAP_CANNOT_TELL);
	assert_string_equal(check->message, "Cannot verify that symbols match kernel version.");
	buf_done(&map);
	add_line(&map, TEXT, 'T', "something_else");
	none = check_texts(*state, &map, &kernel);
	assert_int_equal(none->verdict, KIMG_MAP_CANNOT_TELL);
	assert_string_equal(none->reason, "they have no symbol in common");
}

static void addresses_of_32_bits_are_compared_as_such(void **state)
{
	cleanup_buf struct buf map = { 0 }, kernel = { 0 };
	cleanup_map_check struct kimg_map_check *check = NULL;

	for (unsigned int i = 0; i < COUNT; i++) {
		buf_printf(&map, "ffffffff%08x T function_%u\n", 0x80100000 + i * 16, i);
		buf_printf(&kernel, "%08x T function_%u\n", 0x80100000 + i * 16, i);
	}
	check = check_texts(*state, &map, &kernel);
	assert_int_equal(check->verdict, KIMG_MAP_MATCHES);
	assert_int_equal(check->same, COUNT);
}

/* ---- Version_ ---- */

static const struct {
	const char *name;
	const char *release;
	enum kimg_map_verdict verdict;
} versions[] = {
	{ "Version_131598", "2.2.14", KIMG_MAP_MATCHES },
	{ "_Version_131598", "2.2.14-nosound", KIMG_MAP_MATCHES },
	{ "Version_131598", "2.2.15", KIMG_MAP_DIFFERS },
	{ "Version_132096", "2.4", KIMG_MAP_MATCHES },
	{ "Version_132096", "linux", KIMG_MAP_CANNOT_TELL },
	{ "Version_", "2.4.0", KIMG_MAP_CANNOT_TELL },
	{ "Version_99999999999999999999", "2.4.0", KIMG_MAP_CANNOT_TELL },
	{ "Version_13x", "2.4.0", KIMG_MAP_CANNOT_TELL },
	{ "my_Version_131598", "2.2.15", KIMG_MAP_CANNOT_TELL },
};

static void version_symbols_are_understood(void **state)
{
	for (size_t i = 0; i < ARRAY_SIZE(versions); i++) {
		cleanup_buf struct buf text = { 0 };
		cleanup_map_side struct kimg_map_side *map = NULL;
		cleanup_map_check struct kimg_map_check *check = NULL;
		struct kimg_map_side kernel = { .release = (char *)versions[i].release };

		add_functions(&text, 0xc0100000);
		add_line(&text, 0xc0200000, 'D', versions[i].name);
		map = side_of(*state, "map", &text);
		assert_ok(kimg_map_check(map, &kernel, 5, &check));
		assert_int_equal(check->verdict, versions[i].verdict);
		if (check->verdict != KIMG_MAP_CANNOT_TELL)
			assert_int_equal(check->proof, KIMG_MAP_BY_VERSION_SYMBOL);
	}
}

/* ---- build-ids ---- */

static void build_ids_settle_it(void **state)
{
	cleanup_buf struct buf text = { 0 };
	cleanup_map_side struct kimg_map_side *map = NULL, *kernel = NULL;
	cleanup_map_check struct kimg_map_check *same = NULL, *other = NULL, *alone = NULL;
	struct kimg_map_side hidden = { .build_id = "idid", .build_id_size = 4 };

	add_functions(&text, TEXT);
	map = side_of(*state, "map", &text);
	kernel = side_of(*state, "kernel", &text);
	memcpy(map->build_id, "idid", map->build_id_size = 4);
	memcpy(kernel->build_id, "idid", kernel->build_id_size = 4);
	assert_ok(kimg_map_check(map, kernel, 5, &same));
	assert_int_equal(same->verdict, KIMG_MAP_MATCHES);
	assert_int_equal(same->proof, KIMG_MAP_BY_BUILD_ID);
	assert_true(same->build_ids && same->same_build_id);
	assert_ok(kimg_map_check(map, &hidden, 5, &alone));
	assert_int_equal(alone->verdict, KIMG_MAP_MATCHES);
	memcpy(kernel->build_id, "else", 4);
	assert_ok(kimg_map_check(map, kernel, 5, &other));
	assert_int_equal(other->verdict, KIMG_MAP_DIFFERS);
	assert_int_equal(other->proof, KIMG_MAP_BY_BUILD_ID);
	assert_false(other->same_build_id);
	assert_int_equal(other->differing, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(the_same_matches, root_setup, root_teardown),
		cmocka_unit_test_setup_teardown(kernels_without_data_match, root_setup,
						root_teardown),
		cmocka_unit_test_setup_teardown(kaslr_is_found, root_setup, root_teardown),
		cmocka_unit_test_setup_teardown(kaslr_down_is_found, root_setup, root_teardown),
		cmocka_unit_test_setup_teardown(another_build_differs, root_setup, root_teardown),
		cmocka_unit_test_setup_teardown(a_shift_of_no_page_is_no_kaslr, root_setup,
						root_teardown),
		cmocka_unit_test_setup_teardown(duplicates_are_multisets, root_setup,
						root_teardown),
		cmocka_unit_test_setup_teardown(few_symbols_tell_nothing, root_setup,
						root_teardown),
		cmocka_unit_test_setup_teardown(addresses_of_32_bits_are_compared_as_such,
						root_setup, root_teardown),
		cmocka_unit_test_setup_teardown(version_symbols_are_understood, root_setup,
						root_teardown),
		cmocka_unit_test_setup_teardown(build_ids_settle_it, root_setup, root_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
