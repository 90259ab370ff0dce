/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tree.h"

#include <inttypes.h>

#include "base/buf.h"
#include "format/cpio.h"

static void good_ones(void **state)
{
	static const struct {
		const char *name;
		const char *variant;
		unsigned int entries;
	} samples[] = {
		{ "cpio/good-newc", "newc", 7 },       { "cpio/good-crc", "crc", 7 },
		{ "cpio/good-empty", "newc", 0 },      { "cpio/good-link", "newc", 2 },
		{ "cpio/good-no-trailer", "newc", 7 }, { "cpio/good-unpadded", "newc", 7 },
		{ "cpio/good-odd-names", "newc", 3 },  { "cpio/good-climbing", "newc", 2 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(samples); i++) {
		cleanup_image struct kimg_image *image = open_sample(samples[i].name, KIMG_DEEP);
		const struct kimg_part *root = kimg_image_root(image);

		check_word(samples[i].name, "cpio");
		check_no_damage(image);
		assert_int_equal(root->kind, KIMG_PART_INITRD);
		assert_text(root, "variant", samples[i].variant);
		assert_number(root, "entries", samples[i].entries);
	}
}

static void trailer(void **state)
{
	cleanup_image struct kimg_image *with = open_sample("cpio/good-newc", KIMG_DEEP);
	cleanup_image struct kimg_image *without = open_sample("cpio/good-no-trailer", KIMG_DEEP);

	assert_number(kimg_image_root(with), "trailer", 1);
	assert_number(kimg_image_root(without), "trailer", 0);
	assert_number(kimg_image_root(with), "data_size", 35);
}

/* From headers nothing behind the first one is told. */
static void headers_alone(void **state)
{
	cleanup_image struct kimg_image *image = open_sample("cpio/good-newc", KIMG_HEADERS);
	const struct kimg_part *root = kimg_image_root(image);

	assert_int_equal(field_at(root, "entries")->type, KIMG_FIELD_UNCHECKED);
}

static void old_ones_are_named(void **state)
{
	static const char *const names[][2] = {
		{ "cpio/unsupported-odc", "odc" },
		{ "cpio/unsupported-bin", "binary, little-endian" },
		{ "cpio/unsupported-bin-be", "binary, big-endian" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		cleanup_image struct kimg_image *image = open_sample(names[i][0], KIMG_DEEP);
		const struct kimg_part *root = kimg_image_root(image);

		assert_text(root, "variant", names[i][1]);
		assert_number(root, "entries", 7);
		assert_non_null(root->notes);
	}
}

static void bad_ones(void **state)
{
	static const char *const names[] = {
		"cpio/bad-checksum", "cpio/bad-digit",          "cpio/bad-magic",
		"cpio/bad-name-end", "cpio/bad-name-size",      "cpio/bad-name-size-0",
		"cpio/bad-size",     "cpio/bad-truncated-data", "cpio/bad-truncated-header",
	};

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		cleanup_image struct kimg_image *image = open_sample(names[i], KIMG_DEEP);

		check_damage(image);
	}
}

/* The members of one variant, as the reader gives them. */
static void check_members(const char *name)
{
	size_t n = 0;
	cleanup_free uint8_t *bytes = read_sample(name, &n);
	struct cpio_entry entry = { 0 };
	struct cpio cpio;
	bool more = true;
	int count = 0;

	assert_true(cpio_init(&cpio, span_of(bytes, n)));
	for (;; count++) {
		assert_ok(cpio_next(&cpio, &entry, &more));
		if (!more || entry.trailer)
			break;
		if (span_equal(entry.name, SPAN_LITERAL("init")))
			assert_true(span_starts(entry.data, SPAN_LITERAL("#!/bin/sh\n")));
		if (span_equal(entry.name, SPAN_LITERAL("dev/console"))) {
			assert_int_equal(entry.mode, 0020600);
			assert_int_equal(entry.rdev_major, 5);
			assert_int_equal(entry.rdev_minor, 1);
		}
		assert_int_equal(entry.mtime, 1672531200);
	}
	assert_true(entry.trailer);
	assert_int_equal(count, 7);
}

static void members(void **state)
{
	check_members("cpio/good-newc");
	check_members("cpio/good-crc");
	check_members("cpio/unsupported-odc");
	check_members("cpio/unsupported-bin");
	check_members("cpio/unsupported-bin-be");
}

static void hostile(void **state)
{
	static const char *const names[] = { "cpio/good-crc", "cpio/unsupported-odc",
					     "cpio/unsupported-bin" };

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		size_t n = 0;
		cleanup_free uint8_t *bytes = read_sample(names[i], &n);

		check_cuts(bytes, n, n);
		for (size_t at = 0; at < 112; at += 2)
			check_extremes(bytes, n, at, 2);
	}
}

/* ---- initrds of several segments ---- */

static void segments(void **state)
{
	static const char *const codecs[] = { "gzip", "bzip2", "xz", "lzma", "lzo", "lz4", "zstd" };

	for (size_t i = 0; i < ARRAY_SIZE(codecs); i++) {
		cleanup_image struct kimg_image *image = NULL;
		char name[64];

		snprintf(name, sizeof(name), "initrd/good-%s", codecs[i]);
		check_word(name, "initrd");
		image = open_sample(name, KIMG_DEEP);
		check_no_damage(image);
		assert_text(part_at(image, "early-cpio"), "microcode", "GenuineIntel.bin");
		assert_number(part_at(image, "early-cpio"), "entries", 4);
		assert_string_equal(part_at(image, "payload")->codec, codecs[i]);
		assert_string_equal(part_at(image, "payload")->content->format, "cpio");
		assert_number(part_at(image, "payload")->content, "entries", 7);
	}
}

static void two_archives(void **state)
{
	cleanup_image struct kimg_image *image = open_sample("cpio/good-two", KIMG_DEEP);

	check_word("cpio/good-two", "initrd");
	check_no_damage(image);
	assert_number(part_at(image, "early-cpio"), "entries", 4);
	assert_number(part_at(image, "cpio"), "entries", 7);
}

static void zeroes_between(void **state)
{
	cleanup_image struct kimg_image *image = open_sample("initrd/good-padded", KIMG_DEEP);

	check_word("initrd/good-padded", "initrd");
	check_no_damage(image);
	assert_int_equal(part_at(image, "payload")->offset, 4096);
}

/* Where the first segment is compressed its end is known from decoding it. */
static void two_streams(void **state)
{
	cleanup_image struct kimg_image *image = open_sample("initrd/good-packed-twice", KIMG_DEEP);

	check_word("initrd/good-packed-twice", "initrd");
	check_no_damage(image);
	assert_string_equal(part_at(image, "payload")->codec, "gzip");
	assert_string_equal(part_at(image, "segment")->codec, "zstd");
	assert_number(part_at(image, "segment")->content, "entries", 7);
}

static void bad_segments(void **state)
{
	static const char *const names[] = { "initrd/bad-rest", "initrd/bad-second-truncated" };

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		cleanup_image struct kimg_image *image = open_sample(names[i], KIMG_DEEP);

		check_damage(image);
	}
}

/* The end of an archive of very many members is not looked for. */
static void many_members(void **state)
{
	cleanup_buf struct buf archive = { 0 };
	cleanup_image struct kimg_image *image = NULL;

	for (int i = 0; i < 5000; i++) {
		buf_printf(&archive, "070701");
		for (int field = 0; field < 11; field++)
			buf_puts(&archive, "00000000");
		buf_puts(&archive, "00000002");
		buf_puts(&archive, "00000000");
		buf_add(&archive, "f\0", 2);
	}
	buf_puts(&archive, "\x1f\x8b\x08 something packed, perhaps");
	image = open_bytes(archive.p, archive.n, KIMG_HEADERS);
	assert_string_equal(kimg_image_root(image)->format, "cpio");
}

static void hostile_segments(void **state)
{
	size_t n = 0;
	cleanup_free uint8_t *bytes = read_sample("initrd/good-zstd", &n);

	check_cuts(bytes, n, n);
	for (size_t at = 0; at < 112; at += 2)
		check_extremes(bytes, n, at, 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(good_ones),     cmocka_unit_test(trailer),
		cmocka_unit_test(headers_alone), cmocka_unit_test(old_ones_are_named),
		cmocka_unit_test(bad_ones),      cmocka_unit_test(members),
		cmocka_unit_test(hostile),       cmocka_unit_test(segments),
		cmocka_unit_test(two_archives),  cmocka_unit_test(zeroes_between),
		cmocka_unit_test(two_streams),   cmocka_unit_test(bad_segments),
		cmocka_unit_test(many_members),  cmocka_unit_test(hostile_segments),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
