/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "bytes.h"
#include "tree.h"

#define CODE_AT  0x80
#define TABLE_AT 0x41 /* not aligned, as in real ones */

enum order { LE, BE8, BE32 };

struct made {
	uint8_t p[8192];
	size_t n;
	size_t payload;
	size_t end; /* of the payload */
};

static uint8_t kernel[2048];

static void make(struct made *made, enum order order, bool tag, bool table, uint32_t start)
{
	bool be = order == BE32;
	struct writer w = { .p = made->p, .at = 0x24, .big_endian = be };

	memset(made, 0, sizeof(*made));
	make_kernel(kernel, sizeof(kernel));
	for (size_t i = 0; i < 8; i++)
		put_word(made->p + 4 * i, 0xe1a00000, 4, be);
	made->payload = 0x100;
	made->end =
		made->payload + make_gzip(kernel, sizeof(kernel), made->p + made->payload, 4096);
	made->n = (made->end + 7) & ~(size_t)7;
	add_word(&w, 0x016f2818, 4);
	add_word(&w, start, 4);
	add_word(&w, start + made->n, 4);
	if (tag)
		add_word(&w, order == BE8 ? 0x01020304 : 0x04030201, 4);
	memset(made->p + CODE_AT, 0x11, made->payload - CODE_AT);
	if (!table)
		return;
	add_word(&w, 0x45454545, 4);
	add_word(&w, TABLE_AT, 4);
	w.at = TABLE_AT;
	add_word(&w, 5, 4);
	add_word(&w, 0x5a534c4b, 4);
	add_word(&w, made->end - 4, 4);
	add_word(&w, 0x1000, 4);
	add_word(&w, 0x8000, 4);
	add_word(&w, 0, 4);
}

static void check_kernel(struct kimg_image *image)
{
	const struct kimg_part *part = NULL;

	assert_ok(kimg_image_kernel(image, &part));
	check_bytes(image, part, kernel, sizeof(kernel));
	check_tiles(image);
}

static void all_orders(void **state)
{
	static const char *const meanings[] = { "little endian", "BE8", "BE32" };

	for (int order = LE; order <= BE32; order++) {
		struct made made;
		cleanup_image struct kimg_image *image = NULL;
		const struct kimg_part *part;

		make(&made, order, true, true, 0);
		image = open_bytes(made.p, made.n, KIMG_HEADERS);
		check_no_damage(image);
		assert_string_equal(kimg_image_root(image)->format, "zimage-arm");
		assert_int_equal(field_at(kimg_image_root(image), "payload")->type,
				 KIMG_FIELD_UNCHECKED);
		part = part_at(image, "header");
		assert_number(part, "magic", 0x016f2818);
		assert_number(part, "start", 0);
		assert_number(part, "end", made.n);
		assert_meaning(part, "endian_tag", meanings[order]);
		part = part_at(image, "klsz");
		assert_number(part, "payload_size_offset", made.end - 4);
		assert_number(part, "bss_size", 0x1000);
		assert_number(part, "text_offset", 0x8000);
		assert_no_field(part, "malloc_size");
		check_kernel(image);
		check_no_damage(image);
		part = part_at(image, "payload");
		assert_int_equal(part->offset, made.payload);
		assert_int_equal(part->size, made.end - made.payload);
	}
}

/* Before 4.15 no table, before 3.17 no tag; from ROM start is not 0. */
static void old_ones(void **state)
{
	for (int tag = 0; tag < 2; tag++) {
		struct made made;
		cleanup_image struct kimg_image *image = NULL;

		make(&made, BE32, tag, false, 0x40000000);
		image = open_bytes(made.p, made.n, KIMG_HEADERS);
		assert_number(part_at(image, "header"), "start", 0x40000000);
		assert_number(part_at(image, "header"), "end", 0x40000000 + made.n);
		if (!tag)
			assert_no_field(part_at(image, "header"), "endian_tag");
		check_kernel(image);
		check_no_damage(image);
	}
}

static size_t add_fdt(uint8_t *p, uint32_t size)
{
	put_word(p, 0xd00dfeed, 4, true);
	put_word(p + 4, size, 4, true);
	return size;
}

static void appended(void **state)
{
	struct made made;
	struct kimg_image *image;

	make(&made, LE, true, true, 0);
	made.n += add_fdt(made.p + made.n, 101);
	made.n += 3;
	made.n += add_fdt(made.p + made.n, 64);
	made.n += 256;
	image = open_bytes(made.p, made.n, KIMG_HEADERS);
	assert_int_equal(part_at(image, "dtb")->size, 101);
	assert_int_equal(part_at(image, "dtb-2")->size, 64);
	assert_int_equal(part_at(image, "dtb-2")->kind, KIMG_PART_DTB);
	check_kernel(image);
	kimg_image_free(image);

	/* A tree that is longer than the file, and one that is shorter than its header. */
	make(&made, LE, true, true, 0);
	add_fdt(made.p + made.n, 1000);
	image = open_bytes(made.p, made.n + 64, KIMG_HEADERS);
	assert_true(part_at(image, "dtb")->truncated);
	kimg_image_free(image);
	add_fdt(made.p + made.n, 7);
	image = open_bytes(made.p, made.n + 64, KIMG_HEADERS);
	check_damage(image);
	kimg_image_free(image);

	/* Something else. */
	make(&made, LE, true, true, 0);
	memset(made.p + made.n, 'x', 16);
	image = open_bytes(made.p, made.n + 16, KIMG_HEADERS);
	assert_int_equal(part_at(image, "appended")->size, 16);
	kimg_image_free(image);
}

static void good_samples(void **state)
{
	static const char *const names[] = {
		"appended-dtb", "appended-two-dtbs",
		"big-endian",   "big-endian-no-table",
		"bzip2",        "gzip",
		"lz4",          "lzma",
		"lzo",          "no-endian-tag",
		"no-table",     "trailing-zeroes",
		"xz",           "xz-arm",
		"zstd",
	};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		cleanup_image struct kimg_image *image = NULL;
		const struct kimg_part *part;
		char name[64];

		snprintf(name, sizeof(name), "zimage-arm/good-%s", names[i]);
		check_word(name, "zimage-arm");
		image = open_sample(name, KIMG_DEEP);
		check_no_damage(image);
		assert_ok(kimg_image_kernel(image, &part));
		assert_int_equal(part->size, 4096);
	}
}

/* What is damaged is noted, and the payload found all the same where it can be. */
static void bad_samples(void **state)
{
	static const struct {
		const char *name;
		bool kernel;
	} samples[] = {
		{ "bad-end", true },
		{ "bad-klsz-offset", true },
		{ "bad-klsz-size", false },
		{ "bad-start-above-end", true },
		{ "bad-stream", false },
		{ "bad-table-offset", true },
		{ "bad-tag-size-huge", true },
		{ "bad-truncated", false },
		{ "unsupported-payload", false },
	};

	for (size_t i = 0; i < sizeof(samples) / sizeof(samples[0]); i++) {
		cleanup_image struct kimg_image *image = NULL;
		const struct kimg_part *part;
		struct kimg_error *error;
		char name[64];

		snprintf(name, sizeof(name), "zimage-arm/%s", samples[i].name);
		image = open_sample(name, KIMG_DEEP);
		check_damage(image);
		error = kimg_image_kernel(image, &part);
		assert_int_equal(!error, samples[i].kernel);
		kimg_error_free(error);
	}
}

static void cut_and_twisted(void **state)
{
	struct made made;

	make(&made, LE, true, true, 0);
	made.n += add_fdt(made.p + made.n, 64);
	check_cuts(made.p, made.n, made.n);
	for (size_t at = 0x24; at < TABLE_AT + 24; at++)
		check_extremes(made.p, made.n, at, 4);
	check_extremes(made.p, made.n, made.n - 60, 4);
	make(&made, BE32, true, true, 0);
	for (size_t at = 0x24; at < 0x3c; at += 4)
		check_extremes(made.p, made.n, at, 4);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(all_orders),  cmocka_unit_test(old_ones),
		cmocka_unit_test(appended),    cmocka_unit_test(good_samples),
		cmocka_unit_test(bad_samples), cmocka_unit_test(cut_and_twisted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
