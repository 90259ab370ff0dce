/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tree.h"

static void good_ones(void **state)
{
	static const char *const names[] = {
		"before-6.6", "bzip2", "gzip", "loongarch", "lz4",         "lzma", "lzo",
		"padded",     "riscv", "xz",   "zstd",      "zstd-string", NULL,
	};

	check_good_samples("zboot", "zboot", names);
}

static void every_field_is_read(void **state)
{
	cleanup_image struct kimg_image *image = NULL;
	cleanup_free uint8_t *bytes = NULL;
	const struct kimg_part *header, *payload;
	size_t n;

	bytes = read_sample("zboot/good-zstd", &n);
	put_le(bytes, 0x10, 8, 0x1122334455667788);
	image = open_bytes(bytes, n, KIMG_HEADERS);
	header = part_at(image, "header");
	payload = part_at(image, "payload");
	assert_number(header, "mz_magic", 0x5a4d);
	assert_text(header, "image_type", "zimg");
	assert_number(header, "payload_offset", payload->offset);
	assert_number(header, "payload_size", payload->size);
	assert_number(header, "reserved", 0x1122334455667788);
	assert_text(header, "compression_type", "zstd22");
	assert_number(header, "linux_pe_magic", 0x818223cd);
	assert_number(header, "pe_header", 0x40);
	assert_string_equal(payload->codec, "zstd");
	/* The size word follows the payload and is no part of it. */
	assert_int_equal(part_at(image, "payload-size")->offset, payload->offset + payload->size);
	assert_number(part_at(image, "payload-size"), "uncompressed_size", 8192);
}

static void gzip_holds_its_own_size(void **state)
{
	cleanup_image struct kimg_image *image = open_sample("zboot/good-gzip", KIMG_DEEP);

	assert_number(part_at(image, "header"), "payload_size", part_at(image, "payload")->size);
	assert_false(has_part(image, "payload-size"));
	check_no_damage(image);
}

/* The Image inside is padded with zeroes for its .bss: they are part of the kernel, as it is loaded. */
static void the_padded_image(void **state)
{
	cleanup_image struct kimg_image *image = open_sample("zboot/good-padded", KIMG_DEEP);
	const struct kimg_part *kernel, *payload = part_at(image, "payload");

	assert_ok(kimg_image_kernel(image, &kernel));
	assert_string_equal(payload->content->format, "image-arm64");
	assert_int_equal(kernel->size, payload->content->size);
	assert_int_equal(part_at(image, "payload/kernel/padding")->kind, KIMG_PART_PADDING);
}

static void string_and_magic_disagree(void **state)
{
	cleanup_image struct kimg_image *image = NULL;
	cleanup_free uint8_t *bytes = NULL;
	const struct kimg_part *kernel;
	size_t n;

	/* The magic is right: what is there can be read. */
	bytes = read_sample("zboot/good-zstd", &n);
	memcpy(bytes + 0x18, "xzkern", 7);
	image = open_bytes(bytes, n, KIMG_DEEP);
	check_damage(image);
	assert_ok(kimg_image_kernel(image, &kernel));
	assert_int_equal(kernel->size, 8192);
}

static void damaged_ones(void **state)
{
	static const char *const names[] = {
		"bad-codec",  "bad-offset",    "bad-size",          "bad-size-0", "bad-size-short",
		"bad-string", "bad-truncated", "unsupported-codec", NULL,
	};
	cleanup_free uint8_t *bytes = NULL;
	size_t n;

	check_bad_samples("zboot", names);
	bytes = read_sample("zboot/good-gzip", &n);
	check_cuts(bytes, n, n);
	for (size_t offset = 0; offset < 64; offset += 4)
		check_extremes(bytes, n, offset, 4);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(good_ones),
		cmocka_unit_test(every_field_is_read),
		cmocka_unit_test(gzip_holds_its_own_size),
		cmocka_unit_test(the_padded_image),
		cmocka_unit_test(string_and_magic_disagree),
		cmocka_unit_test(damaged_ones),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
