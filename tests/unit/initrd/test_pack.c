/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "../unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "format/cpio.h"
#include "initrd/pack.h"

#define LARGE ((3u << 20) + 5)

struct place {
	char folder[32];
	char small[48], large[48], packed[48], image[48];
	struct content *content;
};

static void write_file(const char *path, size_t size, unsigned int seed)
{
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	for (size_t i = 0; i < size; i++)
		putc((i * seed) >> 7, f);
	assert_int_equal(fclose(f), 0);
}

static int setup(void **state)
{
	struct place *place = calloc(1, sizeof(*place));

	strcpy(place->folder, "/tmp/kimg-test-XXXXXX");
	assert_non_null(mkdtemp(place->folder));
	snprintf(place->small, sizeof(place->small), "%s/small", place->folder);
	snprintf(place->large, sizeof(place->large), "%s/large", place->folder);
	snprintf(place->packed, sizeof(place->packed), "%s/large.xz", place->folder);
	snprintf(place->image, sizeof(place->image), "%s/image", place->folder);
	write_file(place->small, 1001, 77);
	write_file(place->large, LARGE, 12345);
	write_file(place->packed, LARGE, 123);
	assert_ok(content_new(&place->content));
	*state = place;
	return 0;
}

static int teardown(void **state)
{
	struct place *place = *state;

	content_free(place->content);
	unlink(place->small);
	unlink(place->large);
	unlink(place->packed);
	unlink(place->image);
	assert_int_equal(rmdir(place->folder), 0); /* no temporary file is left */
	free(place);
	return 0;
}

static void add(struct place *place, const char *path, struct content_node node)
{
	node.path = path;
	assert_ok(content_add(place->content, &node, NULL));
}

/* Something of each kind. */
static void fill(struct place *place)
{
	add(place, "usr/bin/small",
	    (struct content_node){ .kind = CONTENT_FILE, .source = place->small });
	add(place, "usr/lib/large.xz",
	    (struct content_node){ .kind = CONTENT_FILE, .source = place->packed });
	add(place, "usr/lib/large",
	    (struct content_node){ .kind = CONTENT_FILE, .source = place->large, .mode = 0600 });
	add(place, "bin", (struct content_node){ .kind = CONTENT_LINK, .source = "usr/bin" });
	add(place, "etc/empty", (struct content_node){ .kind = CONTENT_BYTES });
	add(place, "etc/text",
	    (struct content_node){ .kind = CONTENT_BYTES, .bytes = SPAN_LITERAL("text\n") });
	add(place, "dev/console",
	    (struct content_node){
		    .kind = CONTENT_DEVICE, .mode = S_IFCHR | 0600, .major = 5, .minor = 1 });
	add(place, "kernel/x86/microcode/GenuineIntel.bin",
	    (struct content_node){ .kind = CONTENT_BYTES, .bytes = SPAN_LITERAL("code") });
}

static struct kimg_error *pack(struct place *place, const struct pack_options *options)
{
	cleanup_outfile struct outfile out = OUTFILE_NONE;

	TRY(outfile_open(&out, place->image));
	TRY(pack_content(place->content, options, &out));
	return outfile_commit(&out);
}

/* The names of one archive, and its size with the trailer. */
static uint64_t list(struct span s, struct buf *names)
{
	struct cpio_entry entry;
	struct cpio cpio;
	bool more = true;

	assert_true(cpio_init(&cpio, s));
	for (;;) {
		assert_ok(cpio_next(&cpio, &entry, &more));
		assert_true(more);
		if (entry.trailer)
			return cpio.at;
		buf_printf(names, "%.*s %o %zu\n", (int)entry.name.n, (const char *)entry.name.p,
			   entry.mode, entry.data.n);
		assert_int_equal((entry.data.p - s.p) % 4, 0);
		assert_int_equal(entry.mtime, 7);
	}
}

static const char all_names[] = "kernel 40755 0\n"
				"kernel/x86 40755 0\n"
				"kernel/x86/microcode 40755 0\n"
				"kernel/x86/microcode/GenuineIntel.bin 100644 4\n"
				"bin 120777 7\n"
				"dev 40755 0\n"
				"dev/console 20600 0\n"
				"etc 40755 0\n"
				"etc/empty 100644 0\n"
				"etc/text 100644 5\n"
				"usr 40755 0\n"
				"usr/bin 40755 0\n"
				"usr/bin/small 100644 1001\n"
				"usr/lib 40755 0\n"
				"usr/lib/large 100600 3145733\n"
				"usr/lib/large.xz 100644 3145733\n";

static void one_archive(void **state)
{
	struct place *place = *state;
	cleanup_blob struct blob blob = { 0 };
	cleanup_buf struct buf names = { 0 };
	struct kimg_limits limits = KIMG_LIMITS_DEFAULT;

	fill(place);
	for (unsigned int threads = 1; threads < 4; threads++) {
		assert_ok(pack(place, &(struct pack_options){ .mtime = 7, .threads = threads }));
		assert_ok(blob_open(&blob, place->image, &limits));
		names.n = 0;
		assert_int_equal(list(blob_span(&blob), &names), blob.n);
		assert_string_equal(names.p, all_names);
		blob_done(&blob);
	}
}

/* What is compressed already stands by itself, with its folders; then all else. */
static void two_archives(struct place *place, const struct codec *codec)
{
	cleanup_blob struct blob blob = { 0 }, again = { 0 }, rest = { 0 };
	cleanup_buf struct buf names = { 0 };
	struct kimg_limits limits = KIMG_LIMITS_DEFAULT;
	struct pack_options options = { .codec = codec, .mtime = 7, .threads = 1, .level = 1 };
	uint64_t at;
	size_t used;

	assert_ok(pack(place, &options));
	assert_ok(blob_open(&blob, place->image, &limits));
	options.threads = 5;
	assert_ok(pack(place, &options));
	assert_ok(blob_open(&again, place->image, &limits));
	assert_true(span_equal(blob_span(&blob), blob_span(&again)));

	at = list(blob_span(&blob), &names);
	assert_string_equal(names.p, "kernel 40755 0\n"
				     "kernel/x86 40755 0\n"
				     "kernel/x86/microcode 40755 0\n"
				     "kernel/x86/microcode/GenuineIntel.bin 100644 4\n"
				     "usr 40755 0\n"
				     "usr/lib 40755 0\n"
				     "usr/lib/large.xz 100644 3145733\n");
	assert_ok(codec_decode(codec, span_from(blob_span(&blob), at), 0, &limits, &rest, &used));
	assert_int_equal(at + used, blob.n);
	names.n = 0;
	list(blob_span(&rest), &names);
	assert_string_equal(names.p, "bin 120777 7\n"
				     "dev 40755 0\n"
				     "dev/console 20600 0\n"
				     "etc 40755 0\n"
				     "etc/empty 100644 0\n"
				     "etc/text 100644 5\n"
				     "usr/bin 40755 0\n"
				     "usr/bin/small 100644 1001\n"
				     "usr/lib/large 100600 3145733\n");
}

static void every_codec(void **state)
{
	fill(*state);
	for (const struct codec *const *codec = codec_all; *codec; codec++)
		two_archives(*state, *codec);
}

/* More than one stream: each ends where an entry ends. */
static void several_chunks(void **state)
{
	struct place *place = *state;
	cleanup_blob struct blob blob = { 0 }, whole = { 0 };
	cleanup_buf struct buf names = { 0 };
	struct kimg_limits limits = KIMG_LIMITS_DEFAULT;
	struct pack_options options = { .codec = &codec_zstd, .mtime = 7, .level = 1 };
	char path[16];
	size_t used;

	for (unsigned int i = 0; i < 12; i++) {
		snprintf(path, sizeof(path), "f%02u", i);
		add(place, path,
		    (struct content_node){ .kind = CONTENT_FILE, .source = place->large });
	}
	assert_ok(pack(place, &options));
	assert_ok(blob_open(&blob, place->image, &limits));
	assert_ok(codec_decode(&codec_zstd, blob_span(&blob), 0, &limits, &whole, &used));
	assert_int_equal(used, blob.n);
	assert_int_equal(list(blob_span(&whole), &names), whole.n);
	assert_int_equal(names.n, 12 * strlen("f00 100644 3145733\n"));
}

/* Names of one file stay that: the first of them has its bytes. */
static void names_of_one_file(void **state)
{
	struct place *place = *state;
	cleanup_blob struct blob blob = { 0 };
	struct kimg_limits limits = KIMG_LIMITS_DEFAULT;
	struct cpio_entry entry;
	struct cpio cpio;
	bool more;

	unlink(place->packed);
	assert_int_equal(link(place->small, place->packed), 0);
	add(place, "a", (struct content_node){ .kind = CONTENT_FILE, .source = place->packed });
	add(place, "b", (struct content_node){ .kind = CONTENT_FILE, .source = place->small });
	add(place, "c",
	    (struct content_node){ .kind = CONTENT_FILE, .source = place->small, .mode = 0700 });
	add(place, "d", (struct content_node){ .kind = CONTENT_FILE, .source = place->small });
	assert_ok(pack(place, &(struct pack_options){ 0 }));
	assert_ok(blob_open(&blob, place->image, &limits));
	assert_true(cpio_init(&cpio, blob_span(&blob)));
	for (const char *c = "abcd"; *c; c++) {
		assert_ok(cpio_next(&cpio, &entry, &more));
		assert_int_equal(entry.name.p[0], *c);
		assert_int_equal(entry.nlink, *c == 'c' ? 1 : 3);
		assert_int_equal(entry.ino, *c == 'c' ? 3 : 1);
		assert_int_equal(entry.data.n, *c == 'a' || *c == 'c' ? 1001 : 0);
	}
}

static void nothing_at_all(void **state)
{
	struct place *place = *state;
	cleanup_blob struct blob blob = { 0 };
	cleanup_buf struct buf names = { 0 };
	struct kimg_limits limits = KIMG_LIMITS_DEFAULT;

	assert_ok(pack(place, &(struct pack_options){ .codec = &codec_gzip }));
	assert_ok(pack(place, &(struct pack_options){ 0 }));
	assert_ok(blob_open(&blob, place->image, &limits));
	assert_int_equal(list(blob_span(&blob), &names), blob.n);
}

static void files_that_change(void **state)
{
	struct place *place = *state;
	struct stat st;

	fill(place);
	write_file(place->small, 1002, 77);
	assert_fails(KIMG_E_MISMATCH, pack(place, &(struct pack_options){ .threads = 3 }));
	write_file(place->small, 1000, 77);
	assert_fails(KIMG_E_MISMATCH,
		     pack(place, &(struct pack_options){ .codec = &codec_zstd, .threads = 3 }));
	write_file(place->small, 1001, 77);
	write_file(place->large, LARGE + 1, 77);
	assert_fails(KIMG_E_MISMATCH, pack(place, &(struct pack_options){ .threads = 1 }));
	unlink(place->packed);
	assert_fails(KIMG_E_IO, pack(place, &(struct pack_options){ .codec = &codec_zstd }));
	assert_int_equal(stat(place->image, &st), -1);
}

struct progress {
	uint64_t done, total;
};

static void told(void *context, uint64_t done, uint64_t total)
{
	struct progress *progress = context;

	assert_true(done > progress->done && done <= total);
	*progress = (struct progress){ done, total };
}

static void progress_is_told(void **state)
{
	struct progress progress = { 0 };

	fill(*state);
	assert_ok(pack(*state, &(struct pack_options){ .progress = told, .context = &progress }));
	assert_true(progress.done > 2 * LARGE && progress.done == progress.total);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
		TEST(one_archive),       TEST(every_codec),    TEST(several_chunks),
		TEST(names_of_one_file), TEST(nothing_at_all), TEST(files_that_change),
		TEST(progress_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
