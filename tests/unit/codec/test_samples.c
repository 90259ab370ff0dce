/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What must hold of every sample in tests/data/codec; the names say what they are, see README.md there. */
#include "unit.h"

#include <dirent.h>
#include <limits.h>
#include <malloc.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "codec/codec.h"

/* Less than a huge page, which would have to be cleared each time. */
static const struct kimg_limits small = { .output = 1 << 20, .memory = 512 << 20 };

struct sample {
	char name[NAME_MAX + 1];
	const struct codec *codec;
	struct blob file;
	struct blob want;
	bool parts; /* several streams, or what decodes without its end: cut, it may be whole */
	bool tail;  /* more than a stream */
};

/* Input that ends where a page begins that nobody may read. */
struct guarded {
	uint8_t *map;
	size_t size, end;
};

static void guarded_init(struct guarded *g, size_t n)
{
	size_t page = sysconf(_SC_PAGESIZE);

	g->end = (n + page - 1) / page * page;
	g->size = g->end + page;
	g->map = mmap(NULL, g->size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	assert_true(g->map != MAP_FAILED);
	assert_int_equal(mprotect(g->map + g->end, page, PROT_NONE), 0);
}

static struct span guarded_set(struct guarded *g, struct span s)
{
	return span_of(memcpy(g->map + g->end - s.n, s.p, s.n), s.n);
}

static void guarded_done(struct guarded *g)
{
	munmap(g->map, g->size);
}

static void load(const char *name, struct blob *blob)
{
	const struct kimg_limits limits = KIMG_LIMITS_DEFAULT;
	char path[PATH_MAX];

	snprintf(path, sizeof(path), "%s/codec/%s", getenv("SAMPLES"), name);
	assert_ok(blob_open(blob, path, &limits));
}

/* "good-gzip-name": gzip. */
static const struct codec *codec_of(const char *name)
{
	char word[16] = "";

	name = strchr(name, '-') + 1;
	snprintf(word, sizeof(word), "%.*s", (int)strcspn(name, "-"), name);
	return codec_by_name(word);
}

static unsigned int repeats(const char *name)
{
	return strstr(name, "-empty")   ? 0
	       : strstr(name, "-long")  ? 50
	       : strstr(name, "-twice") ? 2
					: 1;
}

static void sample_init(struct sample *s, const char *name)
{
	struct blob plain = { 0 };
	size_t size;

	*s = (struct sample){ .codec = codec_of(name) };
	snprintf(s->name, sizeof(s->name), "%s", name);
	assert_non_null(s->codec);
	s->parts = strstr(name, "-twice") || strstr(name, "-legacy") || strstr(name, "-skippable");
	s->tail = strstr(name, "-tail");
	load(name, &s->file);
	load("plain", &plain);
	size = plain.n * repeats(name);
	blob_init(&s->want, size);
	assert_ok(blob_reserve(&s->want, size));
	for (; s->want.n < size; s->want.n += plain.n)
		memcpy(s->want.p + s->want.n, plain.p, plain.n);
	blob_done(&plain);
}

static void sample_done(struct sample *s)
{
	blob_done(&s->file);
	blob_done(&s->want);
}

static void check_decode(const struct sample *s, struct span in, size_t expected)
{
	struct blob out = { 0 };
	size_t consumed = 0;

	assert_ok(codec_decode(s->codec, in, expected, &small, &out, &consumed));
	assert_int_equal(out.n, s->want.n);
	assert_memory_equal(out.p, s->want.p, out.n);
	if (s->tail)
		assert_true(consumed < in.n);
	else
		assert_int_equal(consumed, s->file.n);
	blob_done(&out);
}

static enum kimg_code decode_code(const struct sample *s, struct span in, size_t expected,
				  const struct kimg_limits *limits, struct blob *out)
{
	enum kimg_code code = 0;
	struct kimg_error *error;
	size_t consumed = 0;

	error = codec_decode(s->codec, in, expected, limits, out, &consumed);
	if (error) {
		code = kimg_error_code(error);
		kimg_error_free(error);
	} else {
		assert_true(consumed <= in.n);
		assert_true(out->n <= limits->output);
	}
	return code;
}

static void check_whole(const struct sample *s, struct guarded *g)
{
	struct span in = guarded_set(g, blob_span(&s->file));
	struct codec_info info = { 0 };

	assert_ptr_equal(codec_detect(in, NULL), s->codec);
	assert_ok(s->codec->inspect(in, &info));
	if (info.has_content_size && !s->parts)
		assert_int_equal(info.content_size, s->want.n);
	check_decode(s, in, 0);
	check_decode(s, in, s->want.n);
}

/* The same stream with other bytes after it, which must not be read as its own. */
static void check_trailing(const struct sample *s)
{
	static const uint8_t fills[] = { 0x00, 0xa5, 0xff };
	uint8_t *more = malloc(s->file.n + 64);
	struct sample copy = *s;

	copy.tail = false;
	memcpy(more, s->file.p, s->file.n);
	for (size_t i = 0; i < ARRAY_SIZE(fills); i++) {
		memset(more + s->file.n, fills[i], 64);
		check_decode(&copy, span_of(more, s->file.n + 64), 0);
	}
	free(more);
}

static void check_limits(const struct sample *s)
{
	struct kimg_limits limits = small;
	struct blob out = { 0 };
	struct span in = blob_span(&s->file);

	limits.output = s->want.n;
	assert_int_equal(decode_code(s, in, 0, &limits, &out), 0);
	blob_done(&out);
	if (s->want.n < 2)
		return;
	limits.output--;
	assert_int_equal(decode_code(s, in, 0, &limits, &out), KIMG_E_LIMIT);
	limits.output = 0;
	assert_int_equal(decode_code(s, in, 0, &limits, &out), KIMG_E_LIMIT);
	assert_int_equal(decode_code(s, in, s->want.n - 1, &small, &out), KIMG_E_MISMATCH);
	assert_int_equal(decode_code(s, in, s->want.n + 1, &small, &out), KIMG_E_MISMATCH);
	assert_int_equal(decode_code(s, in, 1, &small, &out), KIMG_E_MISMATCH);
	assert_int_equal(decode_code(s, in, small.output + 1, &small, &out), KIMG_E_LIMIT);
}

static void check_peek(const struct sample *s, struct span in, size_t size, bool whole)
{
	uint8_t *buffer = malloc(size ? size : 1);
	size_t n = 0, most = size < s->want.n ? size : s->want.n;
	struct kimg_limits limits = small;
	struct kimg_error *error;

	/* One sample has a window of 2 GiB, which streaming would want. */
	if (whole)
		limits.memory = 4ULL << 30;
	error = s->codec->peek(in, &limits, buffer, size, &n);
	if (whole)
		assert_null(error);
	kimg_error_free(error);
	assert_true(n <= most);
	if (whole && !strstr(s->name, "-twice"))
		assert_int_equal(n, most);
	assert_memory_equal(buffer, s->want.p, n);
	free(buffer);
}

static void check_cut(const struct sample *s, struct span in)
{
	struct blob out = { 0 };
	enum kimg_code code = decode_code(s, in, 0, &small, &out);

	if (code == 0) {
		assert_true(s->parts && out.n <= s->want.n);
		assert_memory_equal(out.p, s->want.p, out.n);
	} else if (code != KIMG_E_TRUNCATED && code != KIMG_E_CORRUPT) {
		fail_msg("%s cut to %zu: code %d", s->name, in.n, code);
	}
	blob_done(&out);
	if (s->want.n == 0)
		return;
	code = decode_code(s, in, s->want.n, &small, &out);
	if (code == 0)
		assert_true(s->parts && out.n == s->want.n);
	else if (code != KIMG_E_TRUNCATED && code != KIMG_E_CORRUPT)
		assert_true(s->parts && code == KIMG_E_MISMATCH);
	blob_done(&out);
	check_peek(s, in, 4096, false);
}

/* How far apart the lengths of check_cuts() are. */
static size_t cut_step(const struct sample *s)
{
	if (s->want.n > 65536)
		return 211;
	/* Large dictionaries take long to get. */
	if (strstr(s->name, "-kernel") || strstr(s->name, "-window"))
		return 97;
#ifdef __SANITIZE_ADDRESS__
	return 7;
#else
	return 1;
#endif
}

/* Each length; where that takes long, each near the ends and some between. */
static void check_cuts(const struct sample *s, struct guarded *g)
{
	size_t step = cut_step(s), edge = step > 1 ? 32 : 0;

	for (size_t n = 0; n < s->file.n; n += n < edge || n + edge > s->file.n ? 1 : step)
		check_cut(s, guarded_set(g, span_of(s->file.p, n)));
}

/* Whatever a flipped bit makes of it: within the limits, and wrong bytes only where nothing checks. */
static void check_flips(const struct sample *s, struct guarded *g)
{
	struct span in = guarded_set(g, blob_span(&s->file));
	struct kimg_limits limits = small;
	uint8_t *bytes = (uint8_t *)in.p;

	limits.memory = 64 << 20;

	for (size_t bit = 0; bit < 32 * 8 && bit / 8 < in.n; bit++) {
		struct codec_info info = { 0 };
		struct blob out = { 0 };

		bytes[bit / 8] ^= 1 << bit % 8;
		kimg_error_free(s->codec->inspect(in, &info));
		codec_detect(in, NULL);
		if (decode_code(s, in, 0, &limits, &out) == 0 && info.check && !s->parts &&
		    strcmp(info.check, "none") != 0)
			assert_memory_equal(out.p, s->want.p, out.n);
		blob_done(&out);
		if (decode_code(s, in, s->want.n, &limits, &out) == 0)
			assert_int_equal(out.n, s->want.n ? s->want.n : out.n);
		blob_done(&out);
		bytes[bit / 8] ^= 1 << bit % 8;
	}
}

static void check_good(const char *name)
{
	struct guarded g;
	struct sample s;

	sample_init(&s, name);
	guarded_init(&g, s.file.n);
	check_whole(&s, &g);
	check_limits(&s);
	check_peek(&s, guarded_set(&g, blob_span(&s.file)), 1, true);
	check_peek(&s, guarded_set(&g, blob_span(&s.file)), 4096, true);
	check_peek(&s, guarded_set(&g, blob_span(&s.file)), 1 << 20, true);
	if (!s.tail) {
		check_trailing(&s);
		check_cuts(&s, &g);
	}
	check_flips(&s, &g);
	guarded_done(&g);
	sample_done(&s);
}

static void check_bad(const char *name)
{
	struct blob out = { 0 };
	enum kimg_code code;
	struct sample s;

	sample_init(&s, name);
	code = decode_code(&s, blob_span(&s.file), 0, &small, &out);
	if (code != KIMG_E_CORRUPT && code != KIMG_E_TRUNCATED)
		fail_msg("%s: code %d", name, code);
	sample_done(&s);
}

static void check_unsupported(const char *name)
{
	struct blob out = { 0 };
	struct sample s;

	sample_init(&s, name);
	assert_int_equal(decode_code(&s, blob_span(&s.file), 0, &small, &out), KIMG_E_UNSUPPORTED);
	sample_done(&s);
}

/* Calls check for each sample with the prefix; a failure says which by the line before it. */
static void each_sample(const char *prefix, void (*check)(const char *name))
{
	struct dirent **names;
	char path[PATH_MAX];
	unsigned int done = 0;
	int n;

	snprintf(path, sizeof(path), "%s/codec", getenv("SAMPLES"));
	n = scandir(path, &names, NULL, alphasort);
	assert_true(n > 0);
	for (int i = 0; i < n; i++) {
		if (strncmp(names[i]->d_name, prefix, strlen(prefix)) == 0) {
			print_message("%s\n", names[i]->d_name);
			check(names[i]->d_name);
			done++;
		}
		free(names[i]);
	}
	free(names);
	assert_true(done > 0);
}

static void test_good_gzip(void **state)
{
	each_sample("good-gzip", check_good);
}

static void test_good_bzip2(void **state)
{
	each_sample("good-bzip2", check_good);
}

static void test_good_lzma(void **state)
{
	each_sample("good-lzma", check_good);
}

static void test_good_xz(void **state)
{
	each_sample("good-xz", check_good);
}

static void test_good_lzo(void **state)
{
	each_sample("good-lzo", check_good);
}

static void test_good_lz4(void **state)
{
	each_sample("good-lz4", check_good);
}

static void test_good_zstd(void **state)
{
	each_sample("good-zstd", check_good);
}

static void test_bad(void **state)
{
	each_sample("bad-", check_bad);
}

static void test_unsupported(void **state)
{
	each_sample("unsupported-", check_unsupported);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_good_gzip),   cmocka_unit_test(test_good_bzip2),
		cmocka_unit_test(test_good_lzma),   cmocka_unit_test(test_good_xz),
		cmocka_unit_test(test_good_lzo),    cmocka_unit_test(test_good_lz4),
		cmocka_unit_test(test_good_zstd),   cmocka_unit_test(test_bad),
		cmocka_unit_test(test_unsupported),
	};

	/* Filling what malloc() gives, as meson asks for, would write to each dictionary in full. */
	mallopt(M_PERTURB, 0);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
