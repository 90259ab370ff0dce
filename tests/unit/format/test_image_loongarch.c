/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tree.h"

static const char good[] = "image-loongarch/good-efi";

static void good_ones(void **state)
{
	static const char *const names[] = { "efi", NULL };

	check_good_samples("image-loongarch", "image-loongarch", names);
}

static const struct header_field fields[] = {
	{ 0x18, 8, 0x200000, "load_offset" },
	{ 0x20, 8, 2, "res1" },
	{ 0x28, 8, 3, "res2" },
	{ 0x30, 8, 4, "res3" },
	{ 0x38, 4, 0x818223cd, "linux_pe_magic" },
	{ 0x3c, 4, 0x40, "pe_header" },
};

static void every_field_is_read(void **state)
{
	cleanup_image struct kimg_image *image = NULL;
	cleanup_free uint8_t *bytes = NULL;
	const struct kimg_part *header;
	size_t n;

	bytes = read_sample(good, &n);
	put_fields(bytes, fields, ARRAY_SIZE(fields));
	image = open_bytes(bytes, n, KIMG_HEADERS);
	header = part_at(image, "kernel/header");
	check_fields(header, fields, ARRAY_SIZE(fields));
	assert_number(header, "res0", 0);
	assert_number(header, "kernel_entry", 0x9000000000201000);
	assert_true(field_at(header, "image_size")->number >= n);
}

/* The Linux magic came with 6.3; the machine must be LoongArch's, and a program's header is empty here. */
static void what_it_takes(void **state)
{
	static const struct {
		size_t offset, width;
		uint64_t value;
		const char *format;
	} cases[] = {
		{ 0x38, 4, 0, "image-loongarch" },
		{ 0x38, 4, 1, "pe" },
		{ 0x44, 2, 0xaa64, "pe" },
		{ 4, 4, 3, "pe" },
		{ 8, 8, 0, "pe" },
		{ 0x10, 8, 0, "pe" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		cleanup_image struct kimg_image *image = NULL;
		cleanup_free uint8_t *bytes = NULL;
		size_t n;

		bytes = read_sample(good, &n);
		put_le(bytes, cases[i].offset, cases[i].width, cases[i].value);
		image = open_bytes(bytes, n, KIMG_HEADERS);
		assert_string_equal(kimg_image_root(image)->format, cases[i].format);
	}
}

static void cut_and_extreme(void **state)
{
	check_image_header(good);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(good_ones),
		cmocka_unit_test(every_field_is_read),
		cmocka_unit_test(what_it_takes),
		cmocka_unit_test(cut_and_extreme),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
