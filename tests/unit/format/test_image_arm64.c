/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tree.h"

static void good_ones(void **state)
{
	static const char *const names[] = { "16k", "64k",   "before-3.17", "big-endian",
					     "efi", "plain", NULL };

	check_good_samples("image-arm64", "image-arm64", names);
}

static const struct header_field fields[] = {
	{ 0, 4, 0xd503201f, "code0" },    { 4, 4, 0x14000010, "code1" },
	{ 8, 8, 0x80000, "text_offset" }, { 0x10, 8, 0x12345678, "image_size" },
	{ 0x18, 8, 0xb, "flags" },        { 0x20, 8, 2, "res2" },
	{ 0x28, 8, 3, "res3" },           { 0x30, 8, 4, "res4" },
	{ 0x38, 4, 0x644d5241, "magic" }, { 0x3c, 4, 0x40, "res5" },
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
	assert_int_equal(header->size, 64);
	check_fields(header, fields, ARRAY_SIZE(fields));
	assert_meaning(header, "flags", "big endian, 4K pages, anywhere in memory");
	assert_ok(kimg_image_kernel(image, &kernel));
	assert_int_equal(kernel->size, sizeof(bytes));
	check_no_damage(image);
}

static void what_flags_mean(void **state)
{
	static const struct {
		uint64_t flags;
		const char *meaning;
	} cases[] = {
		{ 0, "little endian, page size unspecified, close to the start of memory" },
		{ 0xc, "little endian, 16K pages, anywhere in memory" },
		{ 7, "big endian, 64K pages, close to the start of memory" },
		{ 0x12,
		  "little endian, 4K pages, close to the start of memory, reserved bits set" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		cleanup_image struct kimg_image *image = NULL;
		uint8_t bytes[4096];

		make(bytes);
		put_le(bytes, 0x18, 8, cases[i].flags);
		image = open_bytes(bytes, sizeof(bytes), KIMG_HEADERS);
		assert_meaning(part_at(image, "header"), "flags", cases[i].meaning);
	}
}

/* image_size was 0, and text_offset 0x80000 in the kernel's own byte order. */
static void before_3_17(void **state)
{
	cleanup_image struct kimg_image *image = NULL;
	const struct kimg_part *header;
	uint8_t bytes[4096];

	make(bytes);
	put_le(bytes, 8, 8, 0x0000080000000000);
	put_le(bytes, 0x10, 8, 0);
	image = open_bytes(bytes, sizeof(bytes), KIMG_HEADERS);
	header = part_at(image, "header");
	assert_number(header, "text_offset", 0x80000);
	assert_meaning(header, "text_offset", "stored big endian");
	assert_meaning(header, "image_size", "not known, before 3.17");
	check_no_damage(image);
}

static void with_an_efi_stub(void **state)
{
	cleanup_image struct kimg_image *image = open_sample("image-arm64/good-efi", KIMG_DEEP);

	assert_true(part_at(image, "pe")->view);
	assert_string_equal(kimg_image_root(image)->format, "image-arm64");
	assert_int_equal(kimg_image_root(image)->kind, KIMG_PART_KERNEL);
}

/* The kernel of a signed image ends where the certificates start. */
static void signed_image(void **state)
{
	cleanup_image struct kimg_image *image = NULL;
	cleanup_free uint8_t *bytes = NULL, *grown = NULL;
	const struct kimg_part *kernel;
	size_t n;

	bytes = read_sample("image-arm64/good-efi", &n);
	grown = calloc(1, n + 16);
	assert_non_null(grown);
	memcpy(grown, bytes, n);
	put_le(grown, 64 + 24 + 112 + 32, 4, n);
	put_le(grown, 64 + 24 + 112 + 36, 4, 16);
	put_le(grown, n, 8, 0x0002020000000010);
	image = open_bytes(grown, n + 16, KIMG_HEADERS);
	assert_ok(kimg_image_kernel(image, &kernel));
	assert_int_equal(kernel->size, n);
	assert_int_equal(part_at(image, "certificates")->offset, n);
}

static void damaged_ones(void **state)
{
	static const char *const names[] = { "bad-image-size", "bad-pe-offset", "bad-sections",
					     "bad-truncated", NULL };

	check_bad_samples("image-arm64", names);
	check_image_header("image-arm64/good-efi");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(good_ones),        cmocka_unit_test(every_field_is_read),
		cmocka_unit_test(what_flags_mean),  cmocka_unit_test(before_3_17),
		cmocka_unit_test(with_an_efi_stub), cmocka_unit_test(signed_image),
		cmocka_unit_test(damaged_ones),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
