/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tree.h"

static void good_ones(void **state)
{
	static const char *const names[] = { "0.1", "0.2", "0.2-efi", NULL };

	check_good_samples("image-riscv", "image-riscv", names);
}

static void make(uint8_t bytes[4096])
{
	memset(bytes, 0x5a, 4096);
	put_le(bytes, 0, 4, 0x0000006f);
	put_le(bytes, 4, 4, 0x00000001);
	put_le(bytes, 8, 8, 0x200000);
	put_le(bytes, 0x10, 8, 0x2340000);
	put_le(bytes, 0x18, 8, 3);
	put_le(bytes, 0x20, 4, 0x00010002);
	put_le(bytes, 0x24, 4, 5);
	put_le(bytes, 0x28, 8, 6);
	memcpy(bytes + 0x30, "RISCV\0\0\0RSC\x05", 12);
	put_le(bytes, 0x3c, 4, 7);
}

static void every_field_is_read(void **state)
{
	cleanup_image struct kimg_image *image = NULL;
	const struct kimg_part *header, *kernel;
	uint8_t bytes[4096];

	make(bytes);
	image = open_bytes(bytes, sizeof(bytes), KIMG_HEADERS);
	header = part_at(image, "kernel/header");
	assert_number(header, "code0", 0x6f);
	assert_number(header, "code1", 1);
	assert_number(header, "text_offset", 0x200000);
	assert_number(header, "image_size", 0x2340000);
	assert_meaning(header, "flags", "big endian, reserved bits set");
	assert_number(header, "version", 0x00010002);
	assert_meaning(header, "version", "1.2");
	assert_number(header, "res1", 5);
	assert_number(header, "res2", 6);
	assert_text(header, "magic", "RISCV");
	assert_number(header, "magic2", 0x05435352);
	assert_number(header, "res3", 7);
	assert_ok(kimg_image_kernel(image, &kernel));
	assert_int_equal(kernel->size, sizeof(bytes));
	check_no_damage(image);
}

/* Version 0.1 has the first magic alone; a later one may drop it. */
static void either_magic_is_enough(void **state)
{
	for (int second = 0; second < 2; second++) {
		cleanup_image struct kimg_image *image = NULL;
		uint8_t bytes[4096];

		make(bytes);
		put_le(bytes, second ? 0x38 : 0x30, second ? 4 : 8, 0);
		image = open_bytes(bytes, sizeof(bytes), KIMG_HEADERS);
		assert_string_equal(kimg_image_root(image)->format, "image-riscv");
	}
}

static void image_size_is_a_must(void **state)
{
	cleanup_image struct kimg_image *none = NULL, *huge = NULL;
	uint8_t bytes[4096];

	make(bytes);
	put_le(bytes, 0x10, 8, 0);
	none = open_bytes(bytes, sizeof(bytes), KIMG_HEADERS);
	check_damage(none);
	put_le(bytes, 0x10, 8, UINT64_MAX);
	huge = open_bytes(bytes, sizeof(bytes), KIMG_HEADERS);
	check_damage(huge);
}

static void cut_and_extreme(void **state)
{
	cleanup_free uint8_t *bytes = NULL;
	size_t n;

	bytes = read_sample("image-riscv/good-0.2-efi", &n);
	check_cuts(bytes, n, n);
	for (size_t offset = 0; offset < 64; offset += 8)
		check_extremes(bytes, n, offset, 8);
	check_extremes(bytes, n, 0x3c, 4);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(good_ones),
		cmocka_unit_test(every_field_is_read),
		cmocka_unit_test(either_magic_is_enough),
		cmocka_unit_test(image_size_is_a_must),
		cmocka_unit_test(cut_and_extreme),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
