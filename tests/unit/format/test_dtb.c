/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tree.h"

#include <libfdt.h>

#include "format/dtree.h"

static void good_ones(void **state)
{
	static const char *const names[] = { "dtb/good-tiny", "dtb/good-padded",
					     "dtb/good-version-16", "dtb/good-deep" };

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		cleanup_image struct kimg_image *image = open_sample(names[i], KIMG_DEEP);

		check_word(names[i], "dtb");
		check_no_damage(image);
		assert_int_equal(part_at(image, "dtb")->size, kimg_image_root(image)->size);
	}
}

static void fields(void **state)
{
	cleanup_image struct kimg_image *image = open_sample("dtb/good-padded", KIMG_HEADERS);
	const struct kimg_part *dtb = part_at(image, "dtb"), *header = part_at(image, "header");

	assert_text(dtb, "model", "Tiny");
	assert_text(dtb, "compatible", "kimg,tiny");
	assert_int_equal(dtb->kind, KIMG_PART_DTB);
	assert_number(header, "totalsize", 197);
	assert_number(header, "version", 17);
	assert_number(header, "last_comp_version", 16);
	assert_number(header, "off_mem_rsvmap", 40);
	assert_number(header, "off_dt_struct", 56);
	assert_number(part_at(image, "structure"), "nodes", 1);
	assert_number(part_at(image, "structure"), "properties", 2);
	assert_number(part_at(image, "reservations"), "entries", 0);
	assert_int_equal(part_at(image, "padding")->size, 64);
}

static void bootargs(void **state)
{
	cleanup_image struct kimg_image *image = open_sample("dtb/good-tiny", KIMG_HEADERS);

	assert_text(part_at(image, "dtb"), "bootargs", "quiet");
}

static void bad_ones(void **state)
{
	static const char *const names[] = { "dtb/bad-strings-offset", "dtb/bad-token",
					     "dtb/bad-truncated", "dtb/unsupported-version" };

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		cleanup_image struct kimg_image *image = open_sample(names[i], KIMG_DEEP);

		check_damage(image);
	}
}

/* Trees one after another, with and without padding between them. */
static void several(void **state)
{
	size_t n = 0;
	cleanup_free uint8_t *one = read_sample("dtb/good-tiny", &n);
	uint8_t bytes[1024] = { 0 };
	cleanup_image struct kimg_image *image = NULL;

	memcpy(bytes, one, n);
	memcpy(bytes + n, one, n);
	memcpy(bytes + 512, one, n);
	image = open_bytes(bytes, 512 + n, KIMG_DEEP);
	check_no_damage(image);
	assert_int_equal(part_at(image, "dtb-2")->offset, n);
	assert_int_equal(part_at(image, "dtb-3")->offset, 512);
	assert_text(part_at(image, "dtb-3"), "compatible", "kimg,tiny");
}

/* Image.gz-dtb: a tree behind a compressed stream. */
static void behind_a_stream(void **state)
{
	size_t n = 0, packed = 0;
	cleanup_free uint8_t *tree = read_sample("dtb/good-tiny", &n);
	cleanup_free uint8_t *stream = read_sample("gzip/good-image-arm64", &packed);
	cleanup_free uint8_t *bytes = malloc(packed + 2 * n);
	cleanup_image struct kimg_image *image = NULL;
	const struct kimg_part *kernel = NULL;

	memcpy(bytes, stream, packed);
	memcpy(bytes + packed, tree, n);
	memcpy(bytes + packed + n, tree, n);
	image = open_bytes(bytes, packed + 2 * n, KIMG_DEEP);
	check_no_damage(image);
	assert_int_equal(part_at(image, "stream")->size, packed);
	check_bytes(image, part_at(image, "dtb"), tree, n);
	check_bytes(image, part_at(image, "dtb-2"), tree, n);
	assert_ok(kimg_image_kernel(image, &kernel));
}

/* Image-dtb: trees behind an Image that is not compressed. */
static void behind_an_image(void **state)
{
	size_t n = 0, size = 0;
	cleanup_free uint8_t *tree = read_sample("dtb/good-tiny", &n);
	cleanup_free uint8_t *bytes = read_sample("image-arm64/good-efi", &size);
	cleanup_image struct kimg_image *image = NULL;
	const struct kimg_part *kernel = NULL;

	bytes = realloc(bytes, size + 2 * n);
	memcpy(bytes + size, tree, n);
	memcpy(bytes + size + n, tree, n);
	image = open_bytes(bytes, size + 2 * n, KIMG_DEEP);
	check_no_damage(image);
	check_bytes(image, part_at(image, "dtb"), tree, n);
	check_bytes(image, part_at(image, "dtb-2"), tree, n);
	assert_ok(kimg_image_kernel(image, &kernel));
	assert_int_equal(kernel->size, size);
}

/* Whatever one byte of a tree is changed to: dtree_check() and libfdt agree. */
static void as_libfdt_says(void **state)
{
	static const uint8_t values[] = { 0, 1, 2, 3, 4, 9, 0x7f, 0x80, 0xff };
	size_t n = 0;
	cleanup_free uint8_t *good = read_sample("dtb/good-tiny", &n);
	_Alignas(8) uint8_t bytes[256];
	unsigned int good_ones_seen = 0;

	for (size_t at = 4; at < n; at++) {
		for (size_t v = 0; v < ARRAY_SIZE(values); v++) {
			struct dtree tree;
			struct kimg_error *error;

			memcpy(bytes, good, n);
			bytes[at] = values[v];
			error = dtree_read(span_of(bytes, n), &tree);
			if (!error)
				error = dtree_check(&tree);
			/* 1.6.1 takes a structure that ends at once; we want a root node. */
			if (at != 59 || values[v] != 9)
				assert_int_equal(!error, fdt_check_full(bytes, n) == 0);
			good_ones_seen += !error;
			kimg_error_free(error);
		}
	}
	assert_true(good_ones_seen > 0);
}

static void hostile(void **state)
{
	size_t n = 0;
	cleanup_free uint8_t *bytes = read_sample("dtb/good-tiny", &n);

	check_cuts(bytes, n, n);
	for (size_t at = 0; at < n; at += 4)
		check_extremes(bytes, n, at, 4);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(good_ones),       cmocka_unit_test(fields),
		cmocka_unit_test(bootargs),        cmocka_unit_test(bad_ones),
		cmocka_unit_test(several),         cmocka_unit_test(behind_a_stream),
		cmocka_unit_test(behind_an_image), cmocka_unit_test(hostile),
		cmocka_unit_test(as_libfdt_says),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
