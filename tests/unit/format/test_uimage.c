/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tree.h"

static void good_ones(void **state)
{
	static const char *const names[] = {
		"kernel-none", "kernel-gzip",   "kernel-bzip2", "kernel-lzma",   "kernel-lzo",
		"kernel-lz4",  "kernel-zstd",   "long-name",    "kernel-noload", "multi",
		"firmware",    "filesystem",    "flat-dt",      "ramdisk",       "script",
		"standalone",  "multi-padding",
	};

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		cleanup_image struct kimg_image *image = NULL;
		char name[64];

		snprintf(name, sizeof(name), "uimage/good-%s", names[i]);
		check_word(name, "uimage");
		image = open_sample(name, KIMG_DEEP);
		check_no_damage(image);
		assert_text(part_at(image, "header"), "header_checksum", "ok");
		assert_text(part_at(image, "header"), "data_checksum", "ok");
	}
}

static void fields(void **state)
{
	cleanup_image struct kimg_image *image =
		open_sample("uimage/good-kernel-gzip", KIMG_HEADERS);
	const struct kimg_part *header = part_at(image, "header");

	assert_number(header, "ih_hcrc", 0x23b23c93);
	assert_meaning(header, "ih_time", "2023-01-01 00:00:00 UTC");
	assert_number(header, "ih_size", 1501);
	assert_number(header, "ih_load", 0x80000);
	assert_number(header, "ih_ep", 0x80000);
	assert_meaning(header, "ih_os", "linux");
	assert_meaning(header, "ih_arch", "arm64");
	assert_meaning(header, "ih_type", "kernel");
	assert_meaning(header, "ih_comp", "gzip");
	assert_text(header, "ih_name", "Linux-tiny");
	assert_int_equal(field_at(header, "data_checksum")->type, KIMG_FIELD_UNCHECKED);
	assert_string_equal(part_at(image, "payload")->codec, "gzip");
}

static void a_name_without_end(void **state)
{
	cleanup_image struct kimg_image *image = open_sample("uimage/good-long-name", KIMG_HEADERS);

	assert_int_equal(field_at(part_at(image, "header"), "ih_name")->length, 32);
}

static void several_files(void **state)
{
	cleanup_image struct kimg_image *image = open_sample("uimage/good-multi", KIMG_DEEP);
	const struct kimg_part *kernel = NULL;

	assert_number(part_at(image, "sizes"), "pieces", 3);
	assert_int_equal(part_at(image, "kernel")->size, 1501);
	assert_int_equal(part_at(image, "initrd")->kind, KIMG_PART_INITRD);
	assert_text(part_at(image, "dtb"), "compatible", "kimg,tiny");
	assert_ok(kimg_image_kernel(image, &kernel));
	assert_int_equal(kernel->size, 8192);
}

static void padded_to_four(void **state)
{
	cleanup_image struct kimg_image *image =
		open_sample("uimage/good-multi-padding", KIMG_DEEP);

	check_bytes(image, part_at(image, "kernel"), "aaaaa", 5);
	check_bytes(image, part_at(image, "initrd"), "bbb", 3);
	check_bytes(image, part_at(image, "dtb"), "c", 1);
}

static void script(void **state)
{
	cleanup_image struct kimg_image *image = open_sample("uimage/good-script", KIMG_DEEP);

	check_bytes(image, part_at(image, "payload"), "bootm 0x80000\n", 14);
}

static void bad_ones(void **state)
{
	static const char *const names[] = { "bad-compression",        "bad-data-checksum",
					     "bad-header-checksum",    "bad-multi-no-end",
					     "bad-multi-size",         "bad-size",
					     "bad-truncated",          "bad-truncated-header",
					     "unsupported-compression" };

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		cleanup_image struct kimg_image *image = NULL;
		char name[64];

		snprintf(name, sizeof(name), "uimage/%s", names[i]);
		image = open_sample(name, KIMG_DEEP);
		check_damage(image);
	}
}

static void what_lies_behind(void **state)
{
	size_t n = 0;
	cleanup_free uint8_t *bytes = read_sample("uimage/good-kernel-gzip", &n);
	cleanup_image struct kimg_image *image = NULL;

	bytes = realloc(bytes, n + 16);
	memset(bytes + n, 'x', 16);
	image = open_bytes(bytes, n + 16, KIMG_DEEP);
	check_no_damage(image);
	assert_int_equal(part_at(image, "gap")->size, 16);
}

static void hostile(void **state)
{
	size_t n = 0;
	cleanup_free uint8_t *bytes = read_sample("uimage/good-multi", &n);

	check_cuts(bytes, n, 1024);
	for (size_t at = 0; at < 80; at += 4)
		check_extremes(bytes, n, at, 4);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(good_ones),
		cmocka_unit_test(fields),
		cmocka_unit_test(a_name_without_end),
		cmocka_unit_test(several_files),
		cmocka_unit_test(padded_to_four),
		cmocka_unit_test(script),
		cmocka_unit_test(bad_ones),
		cmocka_unit_test(what_lies_behind),
		cmocka_unit_test(hostile),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
