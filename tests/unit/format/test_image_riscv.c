/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tree.h"

static void good_ones(void **state)
{
	static const char *const names[] = { "0.1", "0.2", "0.2-efi", NULL };

	check_good_samples("image-riscv", "image-riscv", names);
}

static const struct header_field fields[] = {
	{ 0, 4, 0x0000006f, "code0" },
	{ 4, 4, 1, "code1" },
	{ 8, 8, 0x200000, "text_offset" },
	{ 0x10, 8, 0x2340000, "image_size" },
	{ 0x18, 8, 3, "flags" },
	{ 0x20, 4, 0x00010002, "version" },
	{ 0x24, 4, 5, "res1" },
	{ 0x28, 8, 6, "res2" },
	{ 0x30, 8, 0x5643534952, NULL }, /* RISCV */
	{ 0x38, 4, 0x05435352, "magic2" },
	{ 0x3c, 4, 7, "res3" },
};

static void make(uint8_t bytes[4096])
{
	memset(bytes, 0x5a, 4096);
	put_fields(bytes, fields, ARRAY_SIZE(fields));
}

static void every_field_is_read(void **state)
{
	cleanup_image struct kimg_image *image = NULL;
	const struct kimg_part *header, *kernel;
	uint8_t bytes[4096];

	make(bytes);
	image = open_bytes(bytes, sizeof(bytes), KIMG_HEADERS);
	header = part_at(image, "kernel/header");
	check_fields(header, fields, ARRAY_SIZE(fields));
	assert_meaning(header, "flags", "big endian, reserved bits set");
	assert_meaning(header, "version", "1.2");
	assert_text(header, "magic", "RISCV");
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
	check_image_header("image-riscv/good-0.2-efi");
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
