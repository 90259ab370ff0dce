/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * xz streams with the RISC-V filter. xz.c has the format; here matters
 *
 *	12	u8	size of the block's header / 4 - 1
 *	13	u8	0x01: two filters; sizes where the flags say so
 *		0b	the filter, and 00, or 04 and le32 the address where it begins
 *		21 01	LZMA2 and a byte of properties; zeroes; le32 CRC-32
 *	-12	footer: le32 CRC-32, le32 size of the index / 4 - 1, flags, "YZ"
 *		before it the index: 00, VLI number of blocks; before that the check
 *
 * liblzma gets a header that names LZMA2 alone, of the same size, so that the index still fits. The
 * filter is then taken back in the output, and the check, which is that of the output, done here.
 */
#include "codec/xz_riscv.h"

#include <zlib.h>

#include "codec/riscv_bcj.h"

#define STREAM_HEADER 12
#define STREAM_FOOTER 12
#define HEADER_MOST   (STREAM_HEADER + 256 * 4)
#define FILTER_RISCV  0x0b
#define FILTER_LZMA2  0x21

#define FLAG_FILTERS  0x03
#define FLAG_RESERVED 0x3c
#define FLAG_SIZES    0xc0

enum check { CHECK_NONE = 0, CHECK_CRC32 = 1, CHECK_CRC64 = 4 };

struct stream {
	uint8_t header[HEADER_MOST]; /* of the stream and the block, as liblzma gets them */
	size_t header_size;
	uint32_t pc; /* where the filter begins */
	unsigned int check;
};

static void skip_vli(struct cursor *c)
{
	while (cursor_u8(c) & 0x80)
		;
}

/* The header of the block, whose CRC is right, from its filters on. */
static bool read_filters(struct cursor *c, struct stream *s, uint8_t *ret_props)
{
	uint8_t id = cursor_u8(c), size = cursor_u8(c);

	if (id != FILTER_RISCV || (size != 0 && size != 4))
		return false;
	s->pc = size ? cursor_u32(c) : 0;
	if (cursor_u8(c) != FILTER_LZMA2 || cursor_u8(c) != 1)
		return false;
	*ret_props = cursor_u8(c);
	return !c->failed;
}

static bool read_stream(struct span in, struct stream *s)
{
	struct span block = span_from(in, STREAM_HEADER), body;
	struct cursor c;
	uint8_t flags, props;
	size_t filters, size = block.n ? (block.p[0] + 1) * 4 : 0;

	if (size < 8 || size > block.n || !span_sub(block, 0, size - 4, &body) ||
	    crc32_z(0, body.p, body.n) != span_le32(block, body.n))
		return false;
	c = cursor_le(body);
	cursor_skip(&c, 1);
	flags = cursor_u8(&c);
	for (unsigned int sizes = flags & FLAG_SIZES; sizes; sizes &= sizes - 1)
		skip_vli(&c);
	filters = c.at;
	if ((flags & (FLAG_FILTERS | FLAG_RESERVED)) != 1 || !read_filters(&c, s, &props))
		return false;
	s->check = in.p[7] & 0xf;
	s->header_size = STREAM_HEADER + size;
	memset(s->header, 0, s->header_size);
	memcpy(s->header, in.p, STREAM_HEADER + filters);
	s->header[STREAM_HEADER + 1] &= ~FLAG_FILTERS;
	memcpy(s->header + STREAM_HEADER + filters, (uint8_t[]){ FILTER_LZMA2, 1, props }, 3);
	flags = 0;
	for (uint32_t sum = crc32_z(0, s->header + STREAM_HEADER, body.n); flags < 4; sum >>= 8)
		s->header[STREAM_HEADER + body.n + flags++] = sum;
	return true;
}

bool xz_riscv_wanted(struct span in)
{
	struct stream s;

	if (lzma_filter_decoder_is_supported(FILTER_RISCV) || !read_stream(in, &s))
		return false;
	return s.check == CHECK_NONE || s.check == CHECK_CRC32 || s.check == CHECK_CRC64;
}

/* Sets liblzma up, past the headers; what follows them it can read as it is. */
static struct kimg_error *start(struct span in, const struct kimg_limits *limits, struct stream *s,
				lzma_stream *lzma)
{
	lzma_ret result;

	if (!read_stream(in, s))
		return error_at(KIMG_E_CORRUPT, STREAM_HEADER, "no header with the RISC-V filter");
	result = lzma_stream_decoder(lzma, limits->memory, LZMA_IGNORE_CHECK);
	lzma->next_in = s->header;
	lzma->avail_in = s->header_size;
	while (result == LZMA_OK && lzma->avail_in)
		result = lzma_code(lzma, LZMA_RUN);
	return result == LZMA_OK ? NULL : liblzma_error(result, lzma->total_in, lzma, limits);
}

/* The end of the stream, which liblzma found sound: one block, and its check. */
static struct kimg_error *verify(struct span in, unsigned int check, struct span output)
{
	size_t index = ((uint64_t)span_le32(in, in.n - 8) + 1) * 4;
	size_t at = in.n - STREAM_FOOTER - index;

	if (span_le16(in, at) != 0x0100)
		return error_at(KIMG_E_UNSUPPORTED, at, "the RISC-V filter in more than one block");
	if ((check == CHECK_CRC32 && span_le32(in, at - 4) != crc32_z(0, output.p, output.n)) ||
	    (check == CHECK_CRC64 && span_le64(in, at - 8) != lzma_crc64(output.p, output.n, 0)))
		return error_at(KIMG_E_CORRUPT, at, "the check of the block is wrong");
	return NULL;
}

struct kimg_error *xz_riscv_decode(struct span in, const struct kimg_limits *limits,
				   struct blob *out, size_t *ret_consumed)
{
	cleanup_liblzma lzma_stream lzma = LZMA_STREAM_INIT;
	size_t from = out->n, consumed = 0;
	typeof(out->grew) grew = out->grew;
	struct kimg_error *error;
	struct stream s;

	TRY(start(in, limits, &s, &lzma));
	/* Nothing is final before the filter has run. */
	out->grew = NULL;
	error = liblzma_decode(&lzma, span_from(in, s.header_size), limits, out, &consumed);
	out->grew = grew;
	if (error)
		return error;
	riscv_bcj_decode(out->p + from, out->n - from, s.pc);
	TRY(verify(span_clip(in, 0, consumed), s.check, span_from(blob_span(out), from)));
	*ret_consumed = consumed;
	return NULL;
}

struct kimg_error *xz_riscv_peek(struct span in, const struct kimg_limits *limits, uint8_t *buffer,
				 size_t size, size_t *ret_n)
{
	/* What the filter does at a place depends on the 7 bytes after it. */
	cleanup_free uint8_t *scratch = malloc(size + 8);
	cleanup_liblzma lzma_stream lzma = LZMA_STREAM_INIT;
	struct stream s;
	size_t n = 0;

	if (!scratch)
		return error_nomem();
	TRY(start(in, limits, &s, &lzma));
	TRY(liblzma_peek(&lzma, span_from(in, s.header_size), limits, scratch, size + 8, &n));
	riscv_bcj_decode(scratch, n, s.pc);
	/* Where the input is cut the end may be in the filter's form, so it is not shown. */
	if (n < size + 8 && lzma_code(&lzma, LZMA_FINISH) != LZMA_STREAM_END)
		n = n < 8 ? 0 : n - 8;
	if (n > size)
		n = size;
	memcpy(buffer, scratch, n);
	*ret_n = n;
	return NULL;
}
