/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * lzo: the file format of lzop around LZO1X; lib/decompress_unlzo.c of Linux 6.1 and what lzop 1.04
 * writes. All integers are big endian.
 *
 *	0	89 "LZO" 00 0d 0a 1a 0a		magic
 *	9	be16	version of lzop
 *	11	be16	version of the library
 *	13	be16	version needed to extract	(from version 0x0940 on)
 *		u8	method: 1, 2, 3: LZO1X
 *		u8	level				(from version 0x0940 on)
 *		be32	flags, below
 *		be32	filter				(flag FILTER)
 *		be32	mode
 *		be32	time
 *		be32	time, high half			(from version 0x0940 on)
 *		u8	length of the name, and the name
 *		be32	CRC-32 (flag HEADER_CRC32) or Adler-32 of all that after the magic
 *		be32	size, bytes, be32 checksum: the extra field (flag EXTRA)
 *
 * Then blocks, of at most 64 MiB:
 *	0	be32	size of the output; 0 ends the file
 *	4	be32	size in the file; the same size: the bytes are stored
 *		be32	checksums of the output (flags ADLER32_D, then CRC32_D)
 *		be32	checksums of the compressed bytes (ADLER32_C, then CRC32_C); not if stored
 */
#include <lzo/lzo1x.h>
#include <zlib.h>

#include "codec/driver.h"

#define MAGIC       SPAN_LITERAL("\x89LZO\0\r\n\x1a\n")
#define MAGIC_SIZE  9
#define VERSION_NEW 0x0940
#define BLOCK_MAX   (64u << 20)

#define FLAG_ADLER32_D    0x0001
#define FLAG_ADLER32_C    0x0002
#define FLAG_EXTRA        0x0040
#define FLAG_CRC32_D      0x0100
#define FLAG_CRC32_C      0x0200
#define FLAG_FILTER       0x0800
#define FLAG_HEADER_CRC32 0x1000

struct header {
	unsigned int version;
	unsigned int method;
	uint32_t flags;
};

struct block {
	uint32_t size;   /* of the output */
	struct span in;  /* the bytes in the file; fewer than packed where the file is cut */
	uint32_t packed; /* how many they should be */
	uint32_t adler_d, crc_d, adler_c, crc_c;
};

static int lzo_probe(struct span in)
{
	return span_starts(in, MAGIC) ? MAGIC_SIZE * 8 : 0;
}

static uint32_t checksum(bool crc, struct span s)
{
	return crc ? crc32_z(0, s.p, s.n) : adler32_z(1, s.p, s.n);
}

static struct kimg_error *check_header(struct cursor *c, size_t start, bool crc, const char *what)
{
	struct span body = span_clip(c->s, start, c->at - start);
	size_t at = c->at;
	uint32_t sum = cursor_u32(c);

	if (c->failed)
		return error_at(KIMG_E_TRUNCATED, c->s.n, "the header is cut short");
	if (sum != checksum(crc, body))
		return error_at(KIMG_E_CORRUPT, at, "the checksum of the %s is wrong", what);
	return NULL;
}

static struct kimg_error *read_extra(struct cursor *c, bool crc)
{
	size_t start = c->at;

	cursor_skip(c, cursor_u32(c));
	return check_header(c, start, crc, "extra field");
}

static struct kimg_error *read_header(struct cursor *c, struct header *h)
{
	bool crc;

	if (!span_starts(c->s, MAGIC))
		return error_at(KIMG_E_CORRUPT, 0, "no lzop header");
	cursor_skip(c, MAGIC_SIZE);
	h->version = cursor_u16(c);
	cursor_skip(c, h->version >= VERSION_NEW ? 4 : 2);
	h->method = cursor_u8(c);
	cursor_skip(c, h->version >= VERSION_NEW ? 1 : 0);
	h->flags = cursor_u32(c);
	cursor_skip(c, h->flags & FLAG_FILTER ? 4 : 0);
	cursor_skip(c, h->version >= VERSION_NEW ? 12 : 8);
	cursor_skip(c, cursor_u8(c));
	crc = h->flags & FLAG_HEADER_CRC32;
	TRY(check_header(c, MAGIC_SIZE, crc, "header"));
	if (h->flags & FLAG_EXTRA)
		TRY(read_extra(c, crc));
	if (h->method < 1 || h->method > 3)
		return error_new(KIMG_E_UNSUPPORTED, "method %u of lzop", h->method);
	if (h->flags & FLAG_FILTER)
		return error_new(KIMG_E_UNSUPPORTED, "a filter of lzop");
	return NULL;
}

/* Reads the head of a block; an end mark has size 0. */
static struct kimg_error *read_block(struct cursor *c, const struct header *h, struct block *b)
{
	size_t at = c->at;

	*b = (struct block){ .size = cursor_u32(c) };
	if (!c->failed && b->size == 0)
		return NULL;
	b->packed = cursor_u32(c);
	b->adler_d = h->flags & FLAG_ADLER32_D ? cursor_u32(c) : 0;
	b->crc_d = h->flags & FLAG_CRC32_D ? cursor_u32(c) : 0;
	if (b->packed < b->size) {
		b->adler_c = h->flags & FLAG_ADLER32_C ? cursor_u32(c) : 0;
		b->crc_c = h->flags & FLAG_CRC32_C ? cursor_u32(c) : 0;
	}
	if (c->failed)
		return error_at(KIMG_E_TRUNCATED, at, "the file ends without an end mark");
	if (b->size > BLOCK_MAX || b->packed > b->size || b->packed == 0)
		return error_at(KIMG_E_CORRUPT, at, "a block of %u bytes in %u is impossible",
				b->size, b->packed);
	b->in = span_clip(c->s, c->at, b->packed);
	return NULL;
}

static bool packed_ok(const struct header *h, const struct block *b)
{
	if (b->packed == b->size)
		return true;
	return (!(h->flags & FLAG_ADLER32_C) || checksum(false, b->in) == b->adler_c) &&
	       (!(h->flags & FLAG_CRC32_C) || checksum(true, b->in) == b->crc_c);
}

static bool output_ok(const struct header *h, const struct block *b, struct span output)
{
	return (!(h->flags & FLAG_ADLER32_D) || checksum(false, output) == b->adler_d) &&
	       (!(h->flags & FLAG_CRC32_D) || checksum(true, output) == b->crc_d);
}

/* Decodes a block into p, which has room for b->size. False where not all came out; *ret_n is what did. */
static bool unpack(const struct block *b, uint8_t *p, size_t *ret_n)
{
	lzo_uint n = b->size;
	int result = LZO_E_OK;

	if (b->packed == b->size) {
		n = b->in.n;
		memcpy(p, b->in.p, n);
	} else {
		result = lzo1x_decompress_safe(b->in.p, b->in.n, p, &n, NULL);
	}
	*ret_n = n;
	return result == LZO_E_OK && n == b->size;
}

static struct kimg_error *decode_block(struct cursor *c, const struct header *h, struct block *b,
				       struct blob *out)
{
	size_t at = c->at, n;
	uint8_t *p;

	cursor_skip(c, b->packed);
	if (c->failed)
		return error_at(KIMG_E_TRUNCATED, at, "a block of %u bytes is cut short",
				b->packed);
	if (b->size > codec_left(out))
		return codec_full(out);
	if (!packed_ok(h, b))
		return error_at(KIMG_E_CORRUPT, at, "the checksum of a compressed block is wrong");
	p = out->p + out->n;
	if (!unpack(b, p, &n))
		return error_at(KIMG_E_CORRUPT, at, "a block is damaged");
	if (!output_ok(h, b, span_of(p, b->size)))
		return error_at(KIMG_E_CORRUPT, at, "the checksum of a block is wrong");
	out->n += b->size;
	return NULL;
}

static struct kimg_error *lzo_decode(struct span in, size_t expected,
				     const struct kimg_limits *limits, struct blob *out,
				     size_t *ret_consumed)
{
	struct cursor c = cursor_be(in);
	struct header h;
	struct block b;

	TRY(read_header(&c, &h));
	TRY(codec_room(out, UINT64_MAX));
	for (;;) {
		TRY(read_block(&c, &h, &b));
		if (b.size == 0)
			break;
		TRY(decode_block(&c, &h, &b, out));
		TRY(codec_grew(out, out->n));
	}
	*ret_consumed = c.at;
	return NULL;
}

/* Decodes one block into scratch; *ret_output is set to what came out, in an error too. */
static struct kimg_error *peek_block(const struct block *b, size_t at,
				     const struct kimg_limits *limits, struct blob *scratch,
				     struct span *ret_output)
{
	bool whole;
	size_t n;

	if (b->size > limits->memory)
		return codec_memory(b->size, limits);
	TRY(blob_reserve(scratch, b->size));
	whole = unpack(b, scratch->p, &n);
	*ret_output = span_of(scratch->p, n);
	if (whole)
		return NULL;
	if (b->in.n < b->packed)
		return error_at(KIMG_E_TRUNCATED, at, "a block is cut short");
	return error_at(KIMG_E_CORRUPT, at, "a block is damaged");
}

static struct kimg_error *peek_blocks(struct cursor *c, const struct header *h,
				      const struct kimg_limits *limits, uint8_t *buffer,
				      size_t size, size_t *ret_n)
{
	cleanup_blob struct blob scratch = { .max = BLOCK_MAX };
	struct block b;

	while (*ret_n < size) {
		struct span output = { 0 };
		struct kimg_error *error;

		TRY(read_block(c, h, &b));
		if (b.size == 0)
			return NULL;
		error = peek_block(&b, c->at, limits, &scratch, &output);
		output = span_clip(output, 0, size - *ret_n);
		if (output.n)
			memcpy(buffer + *ret_n, output.p, output.n);
		*ret_n += output.n;
		if (error)
			return error;
		cursor_skip(c, b.packed);
	}
	return NULL;
}

static struct kimg_error *lzo_peek(struct span in, const struct kimg_limits *limits,
				   uint8_t *buffer, size_t size, size_t *ret_n)
{
	struct cursor c = cursor_be(in);
	struct kimg_error *error;
	struct header h;
	size_t n = 0;

	TRY(read_header(&c, &h));
	error = peek_blocks(&c, &h, limits, buffer, size, &n);
	return codec_peeked(error, n, ret_n);
}

static struct kimg_error *lzo_inspect(struct span in, struct codec_info *ret_info)
{
	struct cursor c = cursor_be(in);
	struct header h;

	TRY(read_header(&c, &h));
	*ret_info = (struct codec_info){ 0 };
	if (h.flags & (FLAG_CRC32_D | FLAG_CRC32_C))
		ret_info->check = "crc32";
	else if (h.flags & (FLAG_ADLER32_D | FLAG_ADLER32_C))
		ret_info->check = "adler32";
	return NULL;
}

const struct codec codec_lzo = {
	.name = "lzo",
	.suffix = ".lzo",
	.probe = lzo_probe,
	.inspect = lzo_inspect,
	.decode = lzo_decode,
	.peek = lzo_peek,
	.encode = lzo_encode,
};
