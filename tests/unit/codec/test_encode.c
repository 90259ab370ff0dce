/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Encoding: what comes out decodes to what went in, and is what the codec's own command makes. */
#include "../unit.h"

#include <bzlib.h>
#include <lz4.h>
#include <lzma.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zstd.h>

#include "codec/codec.h"

#define MIB (1u << 20)

static const struct kimg_limits usual = KIMG_LIMITS_DEFAULT;

/* Machine code, more or less: words that recur, calls, and some noise. */
static void fill(struct blob *blob, size_t n)
{
	uint32_t state = 1;

	blob_init(blob, n ? n : 1);
	assert_ok(blob_reserve(blob, n ? n : 1));
	for (size_t i = 0; i < n; i++) {
		if (i % 64 == 0)
			state = state * 1664525 + 1013904223;
		blob->p[i] = i % 16 == 0  ? 0xe8
			     : i % 5 == 0 ? state >> (i % 24)
					  : (uint8_t)(i / 64 % 7 * 13 + i % 64);
	}
	blob->n = n;
}

static void check_round_trip(const struct codec *codec, struct span in,
			     const struct codec_options *options)
{
	cleanup_blob struct blob packed = { 0 }, out = { 0 };
	struct kimg_limits limits = usual;
	size_t consumed;

	blob_init(&packed, 64 * MIB);
	assert_ok(codec_encode_blob(codec, in, options, &packed));
	limits.memory = 1ULL << 30;
	assert_ok(codec_decode(codec, blob_span(&packed), 0, &limits, &out, &consumed));
	assert_int_equal(consumed, packed.n);
	assert_true(span_equal(blob_span(&out), in));
}

/* At the kernel's levels some codecs take as much memory for a byte as for a kernel: once is enough. */
static void test_round_trips(void **state)
{
	const struct codec_options fast = { .level = 1 };
	static const size_t sizes[] = { 0, 1, 13, 4096, 262144, 262145, 1000000 };

	for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
		cleanup_blob struct blob in = { 0 };

		fill(&in, sizes[i]);
		for (size_t c = 0; codec_all[c]; c++)
			check_round_trip(codec_all[c], blob_span(&in), &fast);
	}
}

/* lz4 has the largest blocks of all. */
static void test_many_blocks(void **state)
{
	const struct codec_options fast = { .level = 1 };
	cleanup_blob struct blob in = { 0 };

	fill(&in, 8 * MIB + 5);
	check_round_trip(&codec_lz4, blob_span(&in), &fast);
	check_round_trip(&codec_lz4, span_clip(blob_span(&in), 0, 8 * MIB), &fast);
}

static void test_kernel_flags(void **state)
{
	cleanup_blob struct blob in = { 0 };

	fill(&in, 300000);
	for (size_t c = 0; codec_all[c]; c++)
		check_round_trip(codec_all[c], blob_span(&in), NULL);
}

static void test_filters(void **state)
{
	struct codec_options options = { .level = 1 };
	cleanup_blob struct blob in = { 0 };

	fill(&in, 100000);
	for (options.bcj = CODEC_BCJ_NONE; options.bcj <= CODEC_BCJ_SPARC; options.bcj++)
		check_round_trip(&codec_xz, blob_span(&in), &options);
}

static void test_size(void **state)
{
	const struct codec_options fast = { .level = 1 };

	for (size_t c = 0; codec_all[c]; c++) {
		cleanup_blob struct blob packed = { 0 };
		uint64_t size = 0;

		blob_init(&packed, MIB);
		assert_ok(codec_encode_blob(codec_all[c], SPAN_LITERAL("kernel"), &fast, &packed));
		assert_ok(codec_encoded_size(codec_all[c], SPAN_LITERAL("kernel"), &fast, &size));
		assert_int_equal(size, packed.n);
	}
}

static void test_bad_level(void **state)
{
	const struct codec_options options = { .level = 23 };
	uint64_t size = 77;

	for (size_t c = 0; codec_all[c]; c++)
		assert_fails(KIMG_E_INVALID,
			     codec_encoded_size(codec_all[c], SPAN_LITERAL("a"), &options, &size));
	assert_int_equal(size, 77);
}

static void test_blob_is_full(void **state)
{
	const struct codec_options fast = { .level = 1 };
	cleanup_blob struct blob in = { 0 };

	fill(&in, 100000);
	for (size_t c = 0; codec_all[c]; c++) {
		cleanup_blob struct blob out = { 0 };

		blob_init(&out, 100);
		assert_fails(KIMG_E_LIMIT,
			     codec_encode_blob(codec_all[c], blob_span(&in), &fast, &out));
	}
}

/* What the kernel's build says, so that its images come out. */
static void test_headers(void **state)
{
	cleanup_blob struct blob xz = { 0 }, zstd = { 0 }, gzip = { 0 };
	const struct codec_options x86 = { .bcj = CODEC_BCJ_X86 };
	struct codec_info info;

	blob_init(&xz, MIB);
	assert_ok(codec_encode_blob(&codec_xz, SPAN_LITERAL("kernel"), &x86, &xz));
	assert_ok(codec_xz.inspect(blob_span(&xz), &info));
	assert_string_equal(info.filters, "x86,lzma2");
	assert_string_equal(info.check, "crc32");
	assert_int_equal(info.window, 32 * MIB);
	blob_init(&zstd, MIB);
	assert_ok(codec_encode_blob(&codec_zstd, SPAN_LITERAL("kernel"), NULL, &zstd));
	assert_ok(codec_zstd.inspect(blob_span(&zstd), &info));
	assert_false(info.has_content_size);
	assert_string_equal(info.check, "xxh64");
	assert_int_equal(info.window, 128 * MIB);
	blob_init(&gzip, MIB);
	assert_ok(codec_encode_blob(&codec_gzip, SPAN_LITERAL("kernel"), NULL, &gzip));
	/* no name, no time, the most effort, Unix */
	assert_memory_equal(gzip.p, "\x1f\x8b\x08\0\0\0\0\0\x02\x03", 10);
}

/* ---- against the commands ---- */

/* What command says to bytes on its standard input; empty where it fails. */
static void ask(const char *command, struct span bytes, struct blob *ret_answer)
{
	char path[] = "/tmp/kimg-encode-XXXXXX", line[256];
	int fd = mkstemp(path);
	uint8_t piece[4096];
	FILE *pipe;
	size_t n;

	assert_true(fd >= 0);
	assert_int_equal(write(fd, bytes.p, bytes.n), bytes.n);
	close(fd);
	snprintf(line, sizeof(line), "cat %s | (%s) 2>/dev/null", path, command);
	pipe = popen(line, "r");
	assert_non_null(pipe);
	blob_init(ret_answer, 64 * MIB);
	while ((n = fread(piece, 1, sizeof(piece), pipe)) > 0) {
		assert_ok(blob_reserve(ret_answer, n));
		memcpy(ret_answer->p + ret_answer->n, piece, n);
		ret_answer->n += n;
	}
	if (pclose(pipe) != 0)
		ret_answer->n = 0;
	unlink(path);
}

static bool says(const char *command, const char *version)
{
	cleanup_blob struct blob answer = { 0 };
	char first[32] = { 0 };
	size_t at;

	/* "1.0.8, 13-Jul-2019" */
	memcpy(first, version, strcspn(version, ","));
	ask(command, span_of("", 0), &answer);
	return span_find(blob_span(&answer), 0, span_of(first, strlen(first)), &at);
}

static void test_like_commands(void **state)
{
	const struct {
		const struct codec *codec;
		const char *command, *ask_version, *version;
		struct codec_options options;
	} commands[] = {
		{ &codec_bzip2, "bzip2 -9", "bzip2 --help 2>&1", BZ2_bzlibVersion(), { 0 } },
		{ &codec_lzma, "xz --format=lzma -9", "xz --version", lzma_version_string(), { 0 } },
		{ &codec_xz,
		  "xz --check=crc32 --threads=1 --x86 --lzma2=,dict=32MiB",
		  "xz --version",
		  lzma_version_string(),
		  { .bcj = CODEC_BCJ_X86 } },
		{ &codec_lz4, "lz4 -l -9 - -", "lz4 --version", LZ4_versionString(), { 0 } },
		{ &codec_zstd, "zstd -22 --ultra", "zstd --version", ZSTD_versionString(), { 0 } },
	};
	cleanup_blob struct blob in = { 0 };

	fill(&in, MIB);
	for (size_t i = 0; i < ARRAY_SIZE(commands); i++) {
		cleanup_blob struct blob ours = { 0 }, theirs = { 0 };

		if (!says(commands[i].ask_version, commands[i].version)) {
			print_message("%s: not compared with the command\n",
				      commands[i].codec->name);
			continue;
		}
		blob_init(&ours, 64 * MIB);
		assert_ok(codec_encode_blob(commands[i].codec, blob_span(&in), &commands[i].options,
					    &ours));
		ask(commands[i].command, blob_span(&in), &theirs);
		assert_true(span_equal(blob_span(&ours), blob_span(&theirs)));
	}
}

/* lzop writes the time of its input into bytes 26 to 29 (and 30 to 33), and the checksum of that at 35. */
static void test_like_lzop(void **state)
{
	cleanup_blob struct blob in = { 0 }, ours = { 0 }, theirs = { 0 };
	const size_t time = 26, rest = 39;

	fill(&in, 600000);
	ask("lzop -9", blob_span(&in), &theirs);
	if (theirs.n == 0)
		skip();
	blob_init(&ours, MIB);
	assert_ok(codec_encode_blob(&codec_lzo, blob_span(&in), NULL, &ours));
	assert_int_equal(ours.n, theirs.n);
	assert_memory_equal(ours.p, theirs.p, 11);
	assert_memory_equal(ours.p + 13, theirs.p + 13, time - 4 - 13);
	assert_true(
		span_equal(span_from(blob_span(&ours), rest), span_from(blob_span(&theirs), rest)));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_round_trips),   cmocka_unit_test(test_many_blocks),
		cmocka_unit_test(test_kernel_flags),  cmocka_unit_test(test_filters),
		cmocka_unit_test(test_size),          cmocka_unit_test(test_bad_level),
		cmocka_unit_test(test_blob_is_full),  cmocka_unit_test(test_headers),
		cmocka_unit_test(test_like_commands), cmocka_unit_test(test_like_lzop),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
