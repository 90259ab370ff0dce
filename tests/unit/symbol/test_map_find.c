/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "../unit.h"

#include <inttypes.h>

#include "root.h"
#include "symbol/map_match.h"

#define RELEASE "2.2.14"
#define TEXT    0xffffffff81000000

static void add_functions(struct buf *buf, uint64_t text, unsigned int step, bool live)
{
	for (unsigned int i = 0; i < 30; i++)
		buf_printf(buf, "%016" PRIx64 " T function_%u\n", text + i * step, i);
	if (live)
		buf_puts(buf, "ffffffffc0000000 t init_module\t[ext4]\n");
}

static void write_map(struct root *root, const char *path, unsigned int step)
{
	cleanup_buf struct buf text = { 0 };

	add_functions(&text, TEXT, step, false);
	root_write(root, path, buf_span(&text));
}

/* The kernel that runs in that root, moved by shift. */
static void write_kernel(struct root *root, uint64_t shift)
{
	cleanup_buf struct buf text = { 0 };

	add_functions(&text, TEXT + shift, 64, true);
	root_write(root, "proc/kallsyms", buf_span(&text));
	root_write(root, "proc/sys/kernel/osrelease", SPAN_LITERAL(RELEASE "\n"));
	root_write(root, "sys/kernel/notes",
		   SPAN_LITERAL("\4\0\0\0\4\0\0\0\3\0\0\0GNU\0\xab\xcd\xef\x01"));
}

static void found_free(struct kimg_map_found **found)
{
	kimg_map_found_free(*found);
}

static struct kimg_map_found *find(struct root *root)
{
	struct kimg_map_find_options options = KIMG_MAP_FIND_OPTIONS_DEFAULT;
	struct kimg_map_found *found = NULL;

	options.roots = root->roots;
	assert_ok(kimg_map_find(&options, &found));
	return found;
}

static const char *best_path(struct root *root, const struct kimg_map_found *found)
{
	const struct kimg_map_candidate *best = kimg_map_found_best(found);

	assert_non_null(best);
	assert_memory_equal(best->path, root->path, strlen(root->path));
	return best->path + strlen(root->path) + 1;
}

/* Every place alone is found. */
static void every_place_is_looked_at(void **state)
{
	static const char *const places[] = {
		"boot/System.map-" RELEASE,
		"boot/System.map",
		"boot/System.map-" RELEASE ".nosound",
		"System.map-" RELEASE,
		"System.map",
		"System.map-" RELEASE ".x",
		"usr/src/linux/System.map-" RELEASE,
		"usr/src/linux/System.map",
		"usr/src/linux/System.map-" RELEASE ".x",
		"usr/src/linux-" RELEASE "/System.map",
		"usr/lib/modules/" RELEASE "/System.map",
		"lib/modules/" RELEASE "/System.map",
		"usr/lib/debug/boot/System.map-" RELEASE,
		"usr/lib/debug/lib/modules/" RELEASE "/System.map",
		"usr/lib/debug/lib/modules/" RELEASE "/vmlinux",
		"usr/lib/debug/boot/vmlinux-" RELEASE,
		"boot/vmlinux-" RELEASE,
		"usr/lib/modules/" RELEASE "/build/vmlinux",
		"usr/lib/modules/" RELEASE "/vmlinux",
		"usr/lib/debug/.build-id/ab/cdef01.debug",
	};
	struct root *root = *state;

	write_kernel(root, 0);
	for (size_t i = 0; i < ARRAY_SIZE(places); i++) {
		cleanup(found_free) struct kimg_map_found *found = NULL;

		write_map(root, places[i], 64);
		found = find(root);
		assert_string_equal(best_path(root, found), places[i]);
		assert_string_equal(kimg_map_found_message(found),
				    "Symbols match kernel version " RELEASE ".");
		unlink(root_path(root, places[i]));
	}
}

static void the_best_is_taken(void **state)
{
	cleanup(found_free) struct kimg_map_found *found = NULL;
	struct root *root = *state;
	size_t n;

	write_kernel(root, 0);
	write_map(root, "boot/System.map-" RELEASE, 32);
	write_map(root, "boot/System.map-" RELEASE ".nosound", 64);
	write_map(root, "boot/System.map-" RELEASE ".sound", 48);
	write_map(root, "boot/System.map-" RELEASE "0", 64); /* another release */
	root_write(root, "System.map", SPAN_LITERAL("no map\n"));
	found = find(root);
	assert_string_equal(best_path(root, found), "boot/System.map-" RELEASE ".nosound");
	assert_string_equal(kimg_map_found_release(found), RELEASE);
	kimg_map_found_all(found, &n);
	assert_int_equal(n, 4);
	assert_non_null(kimg_map_found_all(found, &n)[3].error);
	assert_int_equal(kimg_map_found_all(found, &n)[0].check->verdict, KIMG_MAP_DIFFERS);
}

static void one_file_is_one_candidate(void **state)
{
	cleanup(found_free) struct kimg_map_found *found = NULL;
	struct root *root = *state;
	char target[300];
	size_t n;

	write_kernel(root, 0);
	write_map(root, "boot/System.map-" RELEASE, 64);
	snprintf(target, sizeof(target), "%s/boot/System.map-" RELEASE, root->path);
	assert_int_equal(symlink(target, root_path(root, "boot/System.map")), 0);
	assert_int_equal(link(target, root_path(root, "System.map")), 0);
	found = find(root);
	kimg_map_found_all(found, &n);
	assert_int_equal(n, 1);
}

static void symbols_are_moved_to_where_the_kernel_runs(void **state)
{
	cleanup(found_free) struct kimg_map_found *found = NULL;
	cleanup_symbols struct kimg_symbols *symbols = NULL;
	const struct kimg_symbol *all;
	struct root *root = *state;
	size_t n;

	write_kernel(root, 0x200000);
	write_map(root, "boot/System.map", 64);
	found = find(root);
	assert_int_equal(kimg_map_found_best(found)->check->verdict, KIMG_MAP_MATCHES_SHIFTED);
	symbols = kimg_map_found_take_symbols(found);
	assert_non_null(symbols);
	assert_null(kimg_map_found_take_symbols(found));
	all = kimg_symbols_all(symbols, &n);
	assert_int_equal(n, 30);
	assert_int_equal(all[0].address, TEXT + 0x200000);
}

static void nothing_there(void **state)
{
	cleanup(found_free) struct kimg_map_found *found = NULL;
	struct root *root = *state;
	size_t n;

	write_kernel(root, 0);
	found = find(root);
	kimg_map_found_all(found, &n);
	assert_int_equal(n, 0);
	assert_null(kimg_map_found_best(found));
	assert_null(kimg_map_found_take_symbols(found));
	assert_string_equal(kimg_map_found_message(found), "Cannot find map file.");
}

/* A release that does not run: its image, or here what looks like one, is what counts. */
static void installed_kernels_are_checked_against(void **state)
{
	cleanup(found_free) struct kimg_map_found *found = NULL, *bare = NULL;
	struct kimg_map_find_options options = KIMG_MAP_FIND_OPTIONS_DEFAULT;
	struct root *root = *state;

	write_kernel(root, 0);
	write_map(root, "boot/System.map-6.1", 16);
	options.roots = root->roots;
	options.release = "6.1";
	assert_ok(kimg_map_find(&options, &bare));
	assert_null(kimg_map_found_kernel(bare));
	assert_int_equal(kimg_map_found_best(bare)->check->verdict, KIMG_MAP_CANNOT_TELL);
	write_map(root, "usr/lib/modules/6.1/vmlinuz", 16);
	assert_ok(kimg_map_find(&options, &found));
	assert_non_null(kimg_map_found_kernel(found));
	assert_int_equal(kimg_map_found_best(found)->check->verdict, KIMG_MAP_MATCHES);
}

static void releases_are_names(void **state)
{
	static const char *const bad[] = { "", "../x", "a/b" };
	struct root *root = *state;

	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		struct kimg_map_find_options options = KIMG_MAP_FIND_OPTIONS_DEFAULT;
		struct kimg_map_found *found = NULL;

		options.roots = root->roots;
		options.release = bad[i];
		assert_fails(KIMG_E_INVALID, kimg_map_find(&options, &found));
	}
}

static void hidden_addresses_are_explained(void **state)
{
	cleanup(found_free) struct kimg_map_found *found = NULL;
	struct root *root = *state;
	char text[512];

	write_kernel(root, 0);
	root_write(root, "proc/kallsyms",
		   SPAN_LITERAL("0000000000000000 T _text\n0000000000000000 T _stext\n"));
	write_map(root, "boot/System.map", 64);
	found = find(root);
	assert_int_equal(kimg_map_found_best(found)->check->verdict, KIMG_MAP_CANNOT_TELL);
	kimg_error_format(kimg_map_side_error(kimg_map_found_kernel(found)), text, sizeof(text));
	assert_non_null(strstr(text, "kptr_restrict"));
	assert_non_null(strstr(text, "kcore"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(every_place_is_looked_at, root_setup,
						root_teardown),
		cmocka_unit_test_setup_teardown(the_best_is_taken, root_setup, root_teardown),
		cmocka_unit_test_setup_teardown(one_file_is_one_candidate, root_setup,
						root_teardown),
		cmocka_unit_test_setup_teardown(symbols_are_moved_to_where_the_kernel_runs,
						root_setup, root_teardown),
		cmocka_unit_test_setup_teardown(nothing_there, root_setup, root_teardown),
		cmocka_unit_test_setup_teardown(installed_kernels_are_checked_against, root_setup,
						root_teardown),
		cmocka_unit_test_setup_teardown(releases_are_names, root_setup, root_teardown),
		cmocka_unit_test_setup_teardown(hidden_addresses_are_explained, root_setup,
						root_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
