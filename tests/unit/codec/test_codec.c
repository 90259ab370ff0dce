/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is particular to one codec, and codec_decode() itself; test_samples.c has the rest. */
#include "unit.h"

#include <libdeflate.h>
#include <limits.h>
#include <lz4.h>
#include <lzma.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>

#include "codec/codec.h"

#define MIB (1u << 20)

static const struct kimg_limits usual = KIMG_LIMITS_DEFAULT;

static void load(const char *name, struct blob *blob)
{
	char path[PATH_MAX];

	snprintf(path, sizeof(path), "%s/codec/%s", getenv("SAMPLES"), name);
	assert_ok(blob_open(blob, path, &usual));
}

static void test_table(void **state)
{
	for (size_t i = 0; codec_all[i]; i++) {
		assert_ptr_equal(codec_by_name(codec_all[i]->name), codec_all[i]);
		assert_int_equal(codec_all[i]->suffix[0], '.');
		assert_int_equal(codec_all[i]->probe(span_of(NULL, 0)), 0);
	}
	assert_null(codec_by_name("none"));
}

/* What images are full of is none of the codecs. */
static void test_detect_nothing(void **state)
{
	static const uint8_t bytes[] = { 0x00, 0xff, 0x5d, 0x90, 0xcc };
	uint8_t table[64];
	int bits = -1;

	for (size_t i = 0; i < sizeof(bytes); i++) {
		memset(table, bytes[i], sizeof(table));
		assert_null(codec_detect(span_of(table, sizeof(table)), &bits));
	}
	assert_int_equal(bits, -1);
}

/* A table of numbers may look like lzma, but no real magic is as weak. */
static void test_probe_lzma_is_weak(void **state)
{
	const uint8_t numbers[32] = { 0, 0, 0, 1, 0, 8 };
	struct blob file = { 0 };
	int bits = 0;

	assert_in_range(codec_lzma.probe(span_of(numbers, sizeof(numbers))), 1, 10);
	load("good-lzma-kernel", &file);
	assert_ptr_equal(codec_detect(blob_span(&file), &bits), &codec_lzma);
	assert_in_range(bits, 16, 23);
	blob_done(&file);
}

static void check_info(const char *name, const char *check, const char *filters, uint64_t window)
{
	struct codec_info info = { 0 };
	struct blob file = { 0 };

	load(name, &file);
	assert_ok(codec_detect(blob_span(&file), NULL)->inspect(blob_span(&file), &info));
	if (check)
		assert_string_equal(info.check, check);
	else
		assert_null(info.check);
	assert_string_equal(info.filters, filters);
	assert_int_equal(info.window, window);
	blob_done(&file);
}

static void test_inspect(void **state)
{
	check_info("good-gzip", "crc32", "", 32768);
	check_info("good-bzip2-small", "crc32", "", 100000);
	check_info("good-lzma-properties", NULL, "", 6 * MIB);
	check_info("good-xz-kernel", "crc32", "x86,lzma2", 128 * MIB);
	check_info("good-xz-filters", "crc32", "delta,x86,arm,lzma2", MIB);
	check_info("good-xz-arm64", "crc32", "arm64,lzma2", 65536);
	check_info("good-xz-riscv", "crc32", "riscv,lzma2", 65536);
	check_info("good-xz-none", "none", "lzma2", 8 * MIB);
	check_info("unsupported-xz-filter", "crc32", "0x3f,lzma2", 65536);
	check_info("good-lzo", "adler32", "", 0);
	check_info("good-lzo-crc32", "crc32", "", 0);
	check_info("good-lzo-no-checksum", NULL, "", 0);
	check_info("good-lz4-legacy", NULL, "", 65536);
	check_info("good-lz4-frame", "xxh32", "", 65536);
	check_info("good-zstd-kernel", "xxh64", "", 128 * MIB);
	check_info("good-zstd-no-check", NULL, "", 2 * MIB);
}

static void test_content_size(void **state)
{
	static const char *const names[] = { "good-zstd-size", "good-lz4-frame-size",
					     "good-lzma-size" };
	struct blob plain = { 0 };

	load("plain", &plain);
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		struct codec_info info = { 0 };
		struct blob file = { 0 };

		load(names[i], &file);
		assert_ok(codec_detect(blob_span(&file), NULL)->inspect(blob_span(&file), &info));
		assert_true(info.has_content_size);
		assert_int_equal(info.content_size, plain.n);
		blob_done(&file);
	}
	blob_done(&plain);
}

static void test_names_what_it_cannot(void **state)
{
	struct blob file = { 0 }, out = { 0 };
	struct kimg_error *error;
	size_t consumed;
	char text[256];

	load("unsupported-xz-filter", &file);
	error = codec_decode(&codec_xz, blob_span(&file), 0, &usual, &out, &consumed);
	assert_non_null(error);
	kimg_error_format(error, text, sizeof(text));
	assert_non_null(strstr(text, "xz: filters 0x3f,lzma2"));
	kimg_error_free(error);
	blob_done(&file);
}

/* The offset of an error counts from the start of the input, not of the stream. */
static void test_offset_in_second_stream(void **state)
{
	struct blob first = { 0 }, file = { 0 }, out = { 0 };
	struct kimg_error *error;
	uint64_t offset = 0;
	size_t consumed;

	load("good-gzip", &first);
	load("bad-gzip-second", &file);
	error = codec_decode(&codec_gzip, blob_span(&file), 0, &usual, &out, &consumed);
	assert_true(error && kimg_error_offset(error, &offset));
	assert_in_range(offset, first.n + 10, file.n);
	kimg_error_free(error);
	blob_done(&first);
	blob_done(&file);
}

/* With the size known, what follows the output that it names is not looked at. */
static void test_expected_ends_streams(void **state)
{
	struct blob plain = { 0 }, file = { 0 }, out = { 0 };
	size_t consumed = 0;

	load("plain", &plain);
	load("good-gzip-twice", &file);
	assert_ok(codec_decode(&codec_gzip, blob_span(&file), plain.n, &usual, &out, &consumed));
	assert_true(consumed < file.n);
	assert_int_equal(out.n, plain.n);
	blob_done(&out);
	blob_done(&file);
	blob_done(&plain);
}

static void check_memory(const char *name, uint64_t memory)
{
	struct kimg_limits limits = usual;
	struct blob plain = { 0 }, file = { 0 }, out = { 0 };
	const struct codec *codec;
	size_t consumed;

	load("plain", &plain);
	load(name, &file);
	codec = codec_detect(blob_span(&file), NULL);
	limits.memory = memory;
	assert_fails(KIMG_E_LIMIT,
		     codec_decode(codec, blob_span(&file), 0, &limits, &out, &consumed));
	assert_fails(KIMG_E_LIMIT,
		     codec_decode(codec, blob_span(&file), plain.n, &limits, &out, &consumed));
	blob_done(&file);
	blob_done(&plain);
}

static void test_memory_limit(void **state)
{
	uint8_t buffer[16];
	struct kimg_limits limits = usual;
	struct blob file = { 0 };
	size_t n;

	check_memory("good-xz-kernel", 100 * MIB);
	check_memory("good-lzma-kernel", 50 * MIB);
	check_memory("good-bzip2", 3 * MIB);
	check_memory("good-lz4-frame", MIB / 8);
	load("good-zstd-kernel", &file);
	limits.memory = 64 * MIB;
	assert_fails(KIMG_E_LIMIT,
		     codec_zstd.peek(blob_span(&file), &limits, buffer, sizeof(buffer), &n));
	blob_done(&file);
}

/* Zeroes packed by libdeflate: as far as deflate goes. */
static struct span make_bomb(size_t size)
{
	struct libdeflate_compressor *c = libdeflate_alloc_compressor(9);
	size_t bound = libdeflate_gzip_compress_bound(c, size), n;
	uint8_t *zeroes = calloc(1, size), *packed = malloc(bound);

	n = libdeflate_gzip_compress(c, zeroes, size, packed, bound);
	assert_true(n > 0);
	free(zeroes);
	libdeflate_free_compressor(c);
	return span_of(packed, n);
}

static void test_bomb(void **state)
{
	struct span bomb = make_bomb(64 * MIB);
	struct kimg_limits limits = usual;
	struct blob out = { 0 };
	size_t consumed;

	assert_ok(codec_decode(&codec_gzip, bomb, 0, &limits, &out, &consumed));
	assert_int_equal(out.n, 64 * MIB);
	blob_done(&out);
	limits.output = MIB;
	assert_fails(KIMG_E_LIMIT, codec_decode(&codec_gzip, bomb, 0, &limits, &out, &consumed));
	assert_fails(KIMG_E_MISMATCH,
		     codec_decode(&codec_gzip, bomb, MIB, &limits, &out, &consumed));
	free((void *)bomb.p);
}

/* No limit at all, and less address space than the usual one asks for. */
static void test_address_space(void **state)
{
	struct kimg_limits limits = usual;
	struct blob file = { 0 }, out = { 0 };
	size_t consumed;

	load("good-zstd", &file);
	limits.output = UINT64_MAX;
	assert_ok(codec_decode(&codec_zstd, blob_span(&file), 0, &limits, &out, &consumed));
	blob_done(&out);
#ifndef __SANITIZE_ADDRESS__
	struct rlimit before, less = { .rlim_cur = 200 * MIB, .rlim_max = RLIM_INFINITY };

	getrlimit(RLIMIT_AS, &before);
	less.rlim_max = before.rlim_max;
	assert_int_equal(setrlimit(RLIMIT_AS, &less), 0);
	assert_ok(codec_decode(&codec_zstd, blob_span(&file), 0, &usual, &out, &consumed));
	setrlimit(RLIMIT_AS, &before);
	blob_done(&out);
#endif
	blob_done(&file);
}

/* A legacy frame with these sizes of output for its blocks, and a tail. */
struct legacy {
	uint8_t *p;
	size_t n, output;
	size_t ends[4]; /* of the blocks */
};

static struct legacy make_legacy(const size_t *sizes, size_t count)
{
	struct legacy l = { .p = malloc(4 * MIB) };
	char *block = malloc(8 * MIB);

	memcpy(l.p, "\x02\x21\x4c\x18", 4);
	l.n = 4;
	for (size_t i = 0; i < count; i++) {
		uint32_t n;

		for (size_t at = 0; at < sizes[i]; at++)
			block[at] = at >> 8;
		n = LZ4_compress_default(block, (char *)l.p + l.n + 4, sizes[i], MIB);
		assert_true(n > 0);
		memcpy(l.p + l.n, &n, 4);
		l.n += 4 + n;
		l.output += sizes[i];
		l.ends[i] = l.n;
	}
	free(block);
	return l;
}

static void decode_legacy(const struct legacy *l, size_t n, size_t expected, size_t output,
			  size_t consumed)
{
	struct blob out = { 0 };
	size_t took = 0;

	assert_ok(codec_decode(&codec_lz4, span_of(l->p, n), expected, &usual, &out, &took));
	assert_int_equal(out.n, output);
	assert_int_equal(took, consumed);
	blob_done(&out);
}

static void add_word(struct legacy *l, uint32_t word)
{
	memcpy(l->p + l->n, &word, 4);
	l->n += 4;
}

static void test_lz4_legacy_blocks(void **state)
{
	const size_t sizes[] = { 8 * MIB, 8 * MIB, MIB };
	struct legacy l = make_legacy(sizes, 3);
	struct blob out = { 0 };
	size_t consumed;

	decode_legacy(&l, l.n, 0, 17 * MIB, l.n);
	decode_legacy(&l, l.n, 17 * MIB, 17 * MIB, l.n);
	/* Cut between blocks, which only the size tells. */
	decode_legacy(&l, l.ends[1], 0, 16 * MIB, l.ends[1]);
	assert_fails(KIMG_E_MISMATCH, codec_decode(&codec_lz4, span_of(l.p, l.ends[1]), 17 * MIB,
						   &usual, &out, &consumed));
	/* Cut within one. */
	for (size_t n = 1; n < 12; n++)
		assert_fails(KIMG_E_TRUNCATED, codec_decode(&codec_lz4, span_of(l.p, l.ends[1] + n),
							    0, &usual, &out, &consumed));
	assert_fails(KIMG_E_MISMATCH, codec_decode(&codec_lz4, span_of(l.p, l.n), 17 * MIB - 1,
						   &usual, &out, &consumed));
	assert_fails(KIMG_E_MISMATCH,
		     codec_decode(&codec_lz4, span_of(l.p, l.n), 9 * MIB, &usual, &out, &consumed));
	/* The size word, with and without more after it. */
	add_word(&l, 17 * MIB);
	decode_legacy(&l, l.n, 0, 17 * MIB, l.n - 4);
	memset(l.p + l.n, 0xa5, MIB);
	decode_legacy(&l, l.n + MIB, 0, 17 * MIB, l.n - 4);
	free(l.p);
}

/* The output ends with a block, so that the size word stands where one more may. */
static void test_lz4_legacy_whole_blocks(void **state)
{
	const size_t sizes[] = { 8 * MIB, 8 * MIB };
	struct legacy one = make_legacy(sizes, 1), two = make_legacy(sizes, 2);
	struct blob out = { 0 };
	size_t consumed;

	add_word(&one, 8 * MIB);
	decode_legacy(&one, one.n, 0, 8 * MIB, one.n - 4);
	decode_legacy(&one, one.n, 8 * MIB, 8 * MIB, one.n - 4);
	add_word(&two, 16 * MIB);
	decode_legacy(&two, two.n, 0, 16 * MIB, two.n - 4);
	/* A second block that is damaged is no end. */
	memset(two.p + two.ends[0] + 4, 0, 16);
	assert_fails(KIMG_E_CORRUPT,
		     codec_decode(&codec_lz4, span_of(two.p, two.n), 0, &usual, &out, &consumed));
	free(one.p);
	free(two.p);
}

static void test_lz4_legacy_magic_alone(void **state)
{
	static const uint8_t magic[] = { 0x02, 0x21, 0x4c, 0x18, 0x00, 0x00, 0x00, 0x00 };
	struct blob out = { 0 };
	size_t consumed = 0;

	assert_ok(codec_decode(&codec_lz4, span_of(magic, 4), 0, &usual, &out, &consumed));
	assert_int_equal(out.n, 0);
	blob_done(&out);
	assert_fails(KIMG_E_CORRUPT,
		     codec_decode(&codec_lz4, span_of(magic, 8), 0, &usual, &out, &consumed));
}

/* With a size in the header and no end marker, which neither xz nor the kernel's build writes. */
static void test_lzma_size_alone(void **state)
{
	struct blob plain = { 0 }, out = { 0 };
	uint8_t packed[8192];
	lzma_options_lzma options = { 0 };
	lzma_filter filters[] = { { LZMA_FILTER_LZMA1EXT, &options }, { LZMA_VLI_UNKNOWN, NULL } };
	size_t n = 13, consumed = 0;

	load("plain", &plain);
	assert_false(lzma_lzma_preset(&options, 6));
	options.dict_size = 65536;
	lzma_set_ext_size(options, plain.n);
	assert_int_equal(
		lzma_raw_buffer_encode(filters, NULL, plain.p, plain.n, packed, &n, sizeof(packed)),
		LZMA_OK);
	memcpy(packed, "\x5d\0\0\1\0", 5);
	for (int i = 0; i < 8; i++)
		packed[5 + i] = (uint64_t)plain.n >> 8 * i;
	packed[n] = 0xaa;
	assert_ok(codec_decode(&codec_lzma, span_of(packed, n + 1), 0, &usual, &out, &consumed));
	assert_int_equal(consumed, n);
	assert_int_equal(out.n, plain.n);
	assert_memory_equal(out.p, plain.p, plain.n);
	blob_done(&out);
	for (size_t cut = 0; cut < n; cut++) {
		size_t expected = cut % 2 ? plain.n : 0;
		struct kimg_error *error = codec_decode(&codec_lzma, span_of(packed, cut), expected,
							&usual, &out, &consumed);

		assert_non_null(error);
		assert_int_equal(kimg_error_code(error), KIMG_E_TRUNCATED);
		kimg_error_free(error);
	}
	assert_fails(KIMG_E_MISMATCH, codec_decode(&codec_lzma, span_of(packed, n), plain.n - 1,
						   &usual, &out, &consumed));
	blob_done(&plain);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_table),
		cmocka_unit_test(test_detect_nothing),
		cmocka_unit_test(test_probe_lzma_is_weak),
		cmocka_unit_test(test_inspect),
		cmocka_unit_test(test_content_size),
		cmocka_unit_test(test_names_what_it_cannot),
		cmocka_unit_test(test_offset_in_second_stream),
		cmocka_unit_test(test_expected_ends_streams),
		cmocka_unit_test(test_memory_limit),
		cmocka_unit_test(test_bomb),
		cmocka_unit_test(test_address_space),
		cmocka_unit_test(test_lz4_legacy_blocks),
		cmocka_unit_test(test_lz4_legacy_whole_blocks),
		cmocka_unit_test(test_lz4_legacy_magic_alone),
		cmocka_unit_test(test_lzma_size_alone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
