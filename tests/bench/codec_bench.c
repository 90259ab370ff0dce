/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * codec_bench FILE [N [SIZE]]: what kimg's codec costs beside the library's own call.
 *
 * Each of N rounds runs three children that decode FILE once: the bare call of the library into an
 * output buffer that is faulted in beforehand, the same into one that is not, and codec_decode(). SIZE
 * is the exact size of the output (found by decoding once where it is not given: the bare calls always
 * know it; codec_decode() is told only when SIZE is given). Prints the least user+sys CPU time of the
 * N, and the peak of anonymous memory, for each.
 *
 * codec_bench --write FILE SIZE OUT: decodes FILE, SIZE bytes of output, by the bare call into malloc'ed
 * memory and writes it to OUT: the least that a program which unpacks a payload can do.
 */
#include <bzlib.h>
#include <fcntl.h>
#include <inttypes.h>
#include <libdeflate.h>
#include <lz4.h>
#include <lz4frame.h>
#include <lzma.h>
#include <lzo/lzo1x.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>
#include <zstd.h>

#include "codec/codec.h"

enum way { WAY_FAULTED, WAY_FRESH, WAY_KIMG, WAY_MOST };

static const char *const way_names[] = { "bare, faulted in", "bare", "kimg" };

struct result {
	double seconds;
	long anon_kib;
	bool ok;
};

static bool bare_gzip(struct span in, uint8_t *out, size_t n)
{
	struct libdeflate_decompressor *d = libdeflate_alloc_decompressor();

	return libdeflate_gzip_decompress(d, in.p, in.n, out, n, NULL) == LIBDEFLATE_SUCCESS;
}

static bool bare_bzip2(struct span in, uint8_t *out, size_t n)
{
	unsigned int size = n;

	return BZ2_bzBuffToBuffDecompress((char *)out, &size, (char *)in.p, in.n, 0, 0) == BZ_OK;
}

static bool bare_liblzma(struct span in, uint8_t *out, size_t n, bool xz)
{
	lzma_stream s = LZMA_STREAM_INIT;
	lzma_ret result;

	result = xz ? lzma_stream_decoder(&s, UINT64_MAX, 0) : lzma_alone_decoder(&s, UINT64_MAX);
	s.next_in = in.p;
	s.avail_in = in.n;
	s.next_out = out;
	s.avail_out = n;
	while (result == LZMA_OK)
		result = lzma_code(&s, LZMA_FINISH);
	lzma_end(&s);
	return result == LZMA_STREAM_END;
}

/* The blocks alone, with one checksum of the output, as "lzop -9" writes them. */
static bool bare_lzo(struct span in, uint8_t *out, size_t n)
{
	size_t at = 9 + 29 + in.p[9 + 24];

	while (at + 12 <= in.n && span_be32(in, at)) {
		lzo_uint size = span_be32(in, at);
		uint32_t packed = span_be32(in, at + 4), sum = span_be32(in, at + 8);

		at += 12;
		if (packed == size)
			memcpy(out, in.p + at, size);
		else
			lzo1x_decompress_safe(in.p + at, packed, out, &size, NULL);
		if (lzo_adler32(1, out, size) != sum)
			return false;
		out += size;
		at += packed;
	}
	return span_be32(in, at) == 0;
}

static bool bare_lz4(struct span in, uint8_t *out, size_t n)
{
	LZ4F_dctx *d;
	size_t at = 4;

	if (span_le32(in, 0) != 0x184c2102) {
		LZ4F_createDecompressionContext(&d, LZ4F_VERSION);
		return LZ4F_decompress(d, out, &n, in.p, &in.n, NULL) == 0;
	}
	while (n) {
		int size = span_le32(in, at);
		int got = LZ4_decompress_safe((const char *)in.p + at + 4, (char *)out, size,
					      n < 8 << 20 ? n : 8 << 20);

		if (got <= 0)
			return false;
		at += 4 + size;
		out += got;
		n -= got;
	}
	return true;
}

static bool bare(const char *name, struct span in, uint8_t *out, size_t n)
{
	if (strcmp(name, "gzip") == 0)
		return bare_gzip(in, out, n);
	if (strcmp(name, "bzip2") == 0)
		return bare_bzip2(in, out, n);
	if (strcmp(name, "lzo") == 0)
		return bare_lzo(in, out, n);
	if (strcmp(name, "lz4") == 0)
		return bare_lz4(in, out, n);
	if (strcmp(name, "zstd") == 0)
		return ZSTD_decompress(out, n, in.p, in.n) == n;
	return bare_liblzma(in, out, n, strcmp(name, "xz") == 0);
}

static double cpu_seconds(void)
{
	struct rusage u;

	getrusage(RUSAGE_SELF, &u);
	return u.ru_utime.tv_sec + u.ru_stime.tv_sec +
	       (u.ru_utime.tv_usec + u.ru_stime.tv_usec) / 1e6;
}

/* RssAnon has no high-water mark of its own: VmHWM less the pages of files. */
static long peak_anon(void)
{
	FILE *file = fopen("/proc/self/status", "r");
	long high = 0, mapped = 0;
	char line[128];

	while (file && fgets(line, sizeof(line), file)) {
		sscanf(line, "VmHWM: %ld", &high);
		sscanf(line, "RssFile: %ld", &mapped);
	}
	if (file)
		fclose(file);
	return high - mapped;
}

static struct result run(const struct codec *codec, struct span in, enum way way, size_t n,
			 size_t expected)
{
	const struct kimg_limits limits = KIMG_LIMITS_DEFAULT;
	struct result r = { 0 };
	struct blob out = { 0 };
	uint8_t *buffer = NULL;
	double before;
	size_t consumed;

	if (way == WAY_FAULTED) {
		buffer = malloc(n);
		memset(buffer, 1, n);
	}
	before = cpu_seconds();
	if (way == WAY_FRESH)
		buffer = malloc(n);
	if (way == WAY_KIMG)
		r.ok = !codec_decode(codec, in, expected, &limits, &out, &consumed);
	else
		r.ok = bare(codec->name, in, buffer, n);
	r.seconds = cpu_seconds() - before;
	r.anon_kib = peak_anon();
	return r;
}

static struct result run_child(const struct codec *codec, struct span in, enum way way, size_t n,
			       size_t expected)
{
	struct result r = { 0 };
	int ends[2];
	pid_t pid;

	if (pipe(ends) < 0 || (pid = fork()) < 0)
		return r;
	if (pid == 0) {
		r = run(codec, in, way, n, expected);
		_exit(write(ends[1], &r, sizeof(r)) != sizeof(r));
	}
	if (read(ends[0], &r, sizeof(r)) != sizeof(r))
		r.ok = false;
	waitpid(pid, NULL, 0);
	close(ends[0]);
	close(ends[1]);
	return r;
}

/* The size of the output and of the stream, from a decoder that is nobody's yardstick. */
static size_t measure(const struct codec *codec, struct span *in)
{
	const struct kimg_limits limits = KIMG_LIMITS_DEFAULT;
	cleanup_blob struct blob out = { 0 };
	struct kimg_error *error;
	size_t consumed = 0;
	char text[256];

	error = codec_decode(codec, *in, 0, &limits, &out, &consumed);
	if (error) {
		kimg_error_format(error, text, sizeof(text));
		fprintf(stderr, "codec_bench: %s\n", text);
		kimg_error_free(error);
		exit(2);
	}
	*in = span_clip(*in, 0, consumed);
	return out.n;
}

static int write_bare(const char *path, size_t n, const char *out)
{
	const struct kimg_limits limits = KIMG_LIMITS_DEFAULT;
	cleanup_blob struct blob file = { 0 };
	uint8_t *p = malloc(n);
	int fd = open(out, O_WRONLY | O_CREAT | O_TRUNC, 0666);
	const struct codec *codec;
	size_t done = 0;

	if (!p || fd < 0 || blob_open(&file, path, &limits))
		return 2;
	codec = codec_detect(blob_span(&file), NULL);
	if (!codec || !bare(codec->name, blob_span(&file), p, n))
		return 1;
	while (done < n) {
		ssize_t some = write(fd, p + done, n - done);

		if (some <= 0)
			return 1;
		done += some;
	}
	return close(fd);
}

int main(int argc, char **argv)
{
	const struct kimg_limits limits = KIMG_LIMITS_DEFAULT;
	cleanup_blob struct blob file = { 0 };
	struct result best[WAY_MOST] = { 0 };
	const struct codec *codec;
	size_t n, expected = argc > 3 ? strtoull(argv[3], NULL, 0) : 0;
	struct span in;

	if (argc == 5 && strcmp(argv[1], "--write") == 0)
		return write_bare(argv[2], strtoull(argv[3], NULL, 0), argv[4]);
	if (argc < 2 || blob_open(&file, argv[1], &limits)) {
		fprintf(stderr, "usage: codec_bench FILE [N [SIZE]]\n");
		return 2;
	}
	in = blob_span(&file);
	codec = codec_detect(in, NULL);
	if (!codec) {
		fprintf(stderr, "codec_bench: %s: no codec\n", argv[1]);
		return 2;
	}
	n = measure(codec, &in);
	for (int round = 0; round < (argc > 2 ? atoi(argv[2]) : 5); round++) {
		for (enum way way = 0; way < WAY_MOST; way++) {
			struct result r = run_child(codec, in, way, n, expected);

			if (!r.ok) {
				fprintf(stderr, "codec_bench: %s fails\n", way_names[way]);
				return 1;
			}
			if (round == 0 || r.seconds < best[way].seconds)
				best[way].seconds = r.seconds;
			if (r.anon_kib > best[way].anon_kib)
				best[way].anon_kib = r.anon_kib;
		}
	}
	printf("%s: %zu to %zu bytes\n", codec->name, in.n, n);
	for (enum way way = 0; way < WAY_MOST; way++)
		printf("  %-17s %8.2f ms  %5.3f  %7ld KiB  %5.3f of the output\n", way_names[way],
		       best[way].seconds * 1e3, best[way].seconds / best[WAY_FRESH].seconds,
		       best[way].anon_kib, best[way].anon_kib * 1024.0 / n);
	return 0;
}
