/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Encoding lzo, as "lzop -9" of scripts/Makefile.lib does from a pipe: LZO1X-999 in blocks of 256 KiB, each with the
 * Adler-32 of its output. lzo.c tells the format. Seen from lzop 1.04: flags "Unix, standard input and
 * output"; mode 0100644; the time is left 0, so that the same input makes the same bytes.
 */
#include <endian.h>
#include <lzo/lzo1x.h>
#include <zlib.h>

#include "codec/driver.h"

#define VERSION        0x1040
#define VERSION_NEEDED 0x0940
#define METHOD_999     3
#define FLAGS          0x0300000d /* Unix; standard output, standard input, ADLER32_D */
#define MODE           0100644
#define BLOCK          (256u << 10)
#define BLOCK_BOUND    (BLOCK + BLOCK / 16 + 64 + 3) /* of liblzo2's documents */

struct work {
	uint8_t memory[LZO1X_999_MEM_COMPRESS];
	uint8_t out[BLOCK_BOUND];
	uint8_t plain[BLOCK]; /* lzo1x_optimize() writes what it decodes here */
};

static void add_be(uint8_t **p, uint32_t value, unsigned int size)
{
	while (size--)
		*(*p)++ = value >> 8 * size;
}

static struct kimg_error *put_header(unsigned int level, struct codec_sink *sink)
{
	static const char magic[9] = "\x89LZO\0\r\n\x1a\n";
	uint8_t header[64], *p = header + sizeof(magic);

	memcpy(header, magic, sizeof(magic));
	add_be(&p, VERSION, 2);
	add_be(&p, lzo_version() & 0xffff, 2);
	add_be(&p, VERSION_NEEDED, 2);
	add_be(&p, METHOD_999, 1);
	add_be(&p, level, 1);
	add_be(&p, FLAGS, 4);
	add_be(&p, MODE, 4);
	add_be(&p, 0, 4); /* time */
	add_be(&p, 0, 4);
	add_be(&p, 0, 1); /* no name */
	add_be(&p, adler32_z(1, header + sizeof(magic), p - header - sizeof(magic)), 4);
	return codec_put(sink, header, p - header);
}

static struct kimg_error *put_block(struct work *work, struct span block, unsigned int level,
				    struct codec_sink *sink)
{
	uint8_t head[12], *p = head;
	lzo_uint n = 0, plain = block.n;

	if (lzo1x_999_compress_level(block.p, block.n, work->out, &n, work->memory, NULL, 0, NULL,
				     level) != LZO_E_OK)
		return error_nomem();
	if (n < block.n && lzo1x_optimize(work->out, n, work->plain, &plain, NULL) != LZO_E_OK)
		return error_nomem();
	add_be(&p, block.n, 4);
	add_be(&p, n < block.n ? n : block.n, 4);
	add_be(&p, adler32_z(1, block.p, block.n), 4);
	TRY(codec_put(sink, head, sizeof(head)));
	/* What does not get smaller is stored. */
	return n < block.n ? codec_put(sink, work->out, n) : codec_put(sink, block.p, block.n);
}

struct kimg_error *lzo_encode(struct span in, const struct codec_options *options,
			      struct codec_sink *sink)
{
	cleanup_free struct work *work = malloc(sizeof(*work));
	unsigned int level;

	TRY(codec_level(options, 9, 9, &level));
	if (!work || lzo_init() != LZO_E_OK)
		return error_nomem();
	TRY(put_header(level, sink));
	for (size_t at = 0; at < in.n; at += BLOCK)
		TRY(put_block(work, span_clip(in, at, BLOCK), level, sink));
	return codec_put(sink, "\0\0\0\0", 4);
}
