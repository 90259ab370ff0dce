/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "bytes.h"
#include "tree.h"

#define SIZE       0x13000
#define VERSION_AT 0x11800
#define PAYLOAD_AT 0x12004

static uint8_t kernel[2048], image_bytes[SIZE];
static const char version[] = "6.1.0-test (somebody@example.org) #1 SMP";

static size_t make(void)
{
	static const uint8_t ipl[] = { 0,    8, 0, 0,    0x80, 0, 2, 0,    2,    0, 0, 0x18,
				       0x60, 0, 0, 0x50, 2,    0, 0, 0x68, 0x60, 0, 0, 0x50 };
	struct writer w = { .p = image_bytes, .big_endian = true };

	memset(image_bytes, 0x07, SIZE);
	add_bytes(&w, ipl, sizeof(ipl));
	w.at = 0x10008;
	add_bytes(&w, "S390EP\0\1", 8);
	w.at = 0x10400;
	add_word(&w, 0, 8);
	add_word(&w, 0x800000, 8);
	add_word(&w, 0x1000, 8);
	add_word(&w, 0, 8);
	add_word(&w, 0, 8);
	add_word(&w, VERSION_AT, 8);
	add_word(&w, 0x1000, 8);
	memset(image_bytes + w.at, 0, 0x11480 - w.at);
	strcpy((char *)image_bytes + 0x10480, "root=/dev/dasda1");
	strcpy((char *)image_bytes + VERSION_AT, version);
	make_kernel(kernel, sizeof(kernel));
	/* A decoy: a magic that leads nowhere. */
	memcpy(image_bytes + VERSION_AT + 0x100, "\x28\xb5\x2f\xfd\x24\x10", 6);
	return PAYLOAD_AT +
	       make_gzip(kernel, sizeof(kernel), image_bytes + PAYLOAD_AT, SIZE - PAYLOAD_AT);
}

static void header(void **state)
{
	cleanup_image struct kimg_image *image = NULL;
	const struct kimg_part *part;

	make();
	image = open_bytes(image_bytes, SIZE, KIMG_HEADERS);
	check_no_damage(image);
	assert_string_equal(kimg_image_root(image)->format, "image-s390");
	assert_int_equal(field_at(kimg_image_root(image), "payload")->type, KIMG_FIELD_UNCHECKED);
	assert_text(kimg_image_root(image), "version", version);
	assert_number(part_at(image, "ipl"), "psw", 0x0008000080000200);
	assert_number(part_at(image, "signature"), "version", 1);
	part = part_at(image, "header");
	assert_number(part, "initrd_start", 0x800000);
	assert_number(part, "initrd_size", 0x1000);
	assert_number(part, "kernel_version", VERSION_AT);
	part = part_at(image, "cmdline");
	assert_int_equal(part->size, 0x1000);
	assert_text(part, "cmdline", "root=/dev/dasda1");
	assert_text(part_at(image, "version"), "version", version);
}

static void payload(void **state)
{
	cleanup_image struct kimg_image *image = NULL;
	const struct kimg_part *part = NULL;

	make();
	image = open_bytes(image_bytes, SIZE, KIMG_HEADERS);
	assert_ok(kimg_image_kernel(image, &part));
	check_bytes(image, part, kernel, sizeof(kernel));
	assert_int_equal(part_at(image, "payload")->offset, PAYLOAD_AT);
	check_tiles(image);
	check_no_damage(image);
}

/* Older: no signature, no version, a command line of 896 bytes; and the kernel not packed. */
static void old_and_raw(void **state)
{
	cleanup_image struct kimg_image *image = NULL;
	const struct kimg_part *part = NULL;

	make();
	memset(image_bytes + 0x10008, 0, 8);
	memset(image_bytes + 0x10428, 0, 16);
	memcpy(image_bytes + PAYLOAD_AT, "Linux version 2.6.30", 20);
	image = open_bytes(image_bytes, SIZE, KIMG_HEADERS);
	assert_false(has_part(image, "version"));
	assert_int_equal(part_at(image, "cmdline")->size, 896);
	assert_ok(kimg_image_kernel(image, &part));
	assert_ptr_equal(part, kimg_image_root(image));
	check_no_damage(image);
}

static void damaged(void **state)
{
	struct kimg_image *image;
	const struct kimg_part *part = NULL;

	make();
	image_bytes[PAYLOAD_AT + 200] ^= 0xff;
	image = open_bytes(image_bytes, SIZE, KIMG_DEEP);
	check_damage(image);
	assert_fails(KIMG_E_CORRUPT, kimg_image_kernel(image, &part));
	kimg_image_free(image);

	memset(image_bytes + VERSION_AT, 7, SIZE - VERSION_AT);
	image = open_bytes(image_bytes, SIZE, KIMG_DEEP);
	check_damage(image);
	assert_fails(KIMG_E_NOT_FOUND, kimg_image_kernel(image, &part));
	kimg_image_free(image);

	make();
	put_word(image_bytes + 0x10428, 0x12345678, 8, true);
	image = open_bytes(image_bytes, SIZE, KIMG_HEADERS);
	check_damage(image);
	kimg_image_free(image);
}

static void sample(void **state)
{
	cleanup_image struct kimg_image *image = open_sample("image-s390/good-xz", KIMG_DEEP);

	check_word("image-s390/good-xz", "image-s390");
	check_no_damage(image);
	assert_true(has_part(image, "payload"));
}

static void cut_and_twisted(void **state)
{
	struct kimg_options options = tree_options(KIMG_DEEP);
	size_t end = make();

	check_cuts(image_bytes, SIZE, 64);
	for (size_t n = 0x10000; n <= end; n += n < 0x10490 ? 1 : 61) {
		cleanup_free uint8_t *copy = malloc(n);
		struct kimg_image *image = NULL;

		memcpy(copy, image_bytes, n);
		kimg_error_free(kimg_image_open_bytes(copy, n, &options, &image));
		assert_non_null(image);
		check_tiles(image);
		kimg_image_free(image);
	}
	for (size_t at = 0x10400; at < 0x10438; at += 8)
		check_extremes(image_bytes, SIZE, at, 8);
	for (size_t at = 0x10400; at < 0x10438; at += 4)
		check_extremes(image_bytes, SIZE, at, 4);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(header),      cmocka_unit_test(payload),
		cmocka_unit_test(old_and_raw), cmocka_unit_test(damaged),
		cmocka_unit_test(sample),      cmocka_unit_test(cut_and_twisted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
