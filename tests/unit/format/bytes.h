/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TESTS_FORMAT_BYTES_H
#define TESTS_FORMAT_BYTES_H

/* For tests that make up images: words in either byte order, and gzip streams. */

#include <assert.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <zlib.h>

/* Writes value at p, width bytes wide. */
static inline void put_word(uint8_t *p, uint64_t value, unsigned int width, bool big_endian)
{
	for (unsigned int i = 0; i < width; i++)
		p[big_endian ? width - 1 - i : i] = value >> (8 * i);
}

/* Appends words of mixed width. */
struct writer {
	uint8_t *p;
	size_t at;
	bool big_endian;
};

static inline void add_word(struct writer *w, uint64_t value, unsigned int width)
{
	put_word(w->p + w->at, value, width, w->big_endian);
	w->at += width;
}

static inline void add_bytes(struct writer *w, const void *bytes, size_t n)
{
	memcpy(w->p + w->at, bytes, n);
	w->at += n;
}

/* Packs n bytes into out, which has room for size; returns the length of the gzip stream. */
static inline size_t make_gzip(const void *bytes, size_t n, uint8_t *out, size_t size)
{
	z_stream z = {
		.next_in = (uint8_t *)bytes, .avail_in = n, .next_out = out, .avail_out = size
	};
	int rc = deflateInit2(&z, 9, Z_DEFLATED, 31, 8, Z_DEFAULT_STRATEGY);

	assert(rc == Z_OK);
	rc = deflate(&z, Z_FINISH);
	assert(rc == Z_STREAM_END);
	deflateEnd(&z);
	return size - z.avail_out;
}

/* A kernel of 2 KiB as far as anybody looks: it has a banner, and does not pack to nothing. */
static inline void make_kernel(uint8_t *kernel, size_t n)
{
	uint32_t x = 1;

	for (size_t i = 0; i < n; i++) {
		x = x * 1664525 + 1013904223;
		kernel[i] = x >> 24 & 0x3f;
	}
	memcpy(kernel + 64, "Linux version 6.1.0-test (somebody@example.org)", 48);
}

#endif
