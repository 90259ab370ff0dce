/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Encoding whole buffers, and where the output goes. */
#include <elf.h>

#include "codec/driver.h"

struct kimg_error *codec_level(const struct codec_options *options, unsigned int usual,
			       unsigned int most, unsigned int *ret_level)
{
	if (options->level > most)
		return error_new(KIMG_E_INVALID, "level %u, the most is %u", options->level, most);
	*ret_level = options->level ? options->level : usual;
	return NULL;
}

struct kimg_error *codec_encode(const struct codec *codec, struct span in,
				const struct codec_options *options, struct codec_sink *sink)
{
	static const struct codec_options defaults;

	return error_wrap(codec->encode(in, options ? options : &defaults, sink), "%s",
			  codec->name);
}

/* ---- into a blob ---- */

struct blob_sink {
	struct codec_sink sink;
	struct blob *blob;
};

static struct kimg_error *write_blob(struct codec_sink *sink, struct span bytes)
{
	struct blob *blob = ((struct blob_sink *)sink)->blob;

	TRY(blob_reserve(blob, bytes.n));
	memcpy(blob->p + blob->n, bytes.p, bytes.n);
	blob->n += bytes.n;
	return NULL;
}

struct kimg_error *codec_encode_blob(const struct codec *codec, struct span in,
				     const struct codec_options *options, struct blob *blob)
{
	struct blob_sink sink = { .sink.write = write_blob, .blob = blob };

	return codec_encode(codec, in, options, &sink.sink);
}

/* ---- the size alone ---- */

struct size_sink {
	struct codec_sink sink;
	uint64_t size;
};

static struct kimg_error *write_size(struct codec_sink *sink, struct span bytes)
{
	((struct size_sink *)sink)->size += bytes.n;
	return NULL;
}

struct kimg_error *codec_encoded_size(const struct codec *codec, struct span in,
				      const struct codec_options *options, uint64_t *ret_size)
{
	struct size_sink sink = { .sink.write = write_size };

	TRY(codec_encode(codec, in, options, &sink.sink));
	*ret_size = sink.size;
	return NULL;
}

/* ---- as the kernel's build does ---- */

enum codec_bcj codec_bcj_of_machine(uint16_t machine)
{
	/* scripts/xz_wrap.sh, 2.6.38 to 6.11 */
	switch (machine) {
	case EM_386:
	case EM_X86_64:
		return CODEC_BCJ_X86;
	case EM_ARM:
		return CODEC_BCJ_ARM;
	case EM_PPC:
	case EM_PPC64:
		return CODEC_BCJ_POWERPC;
	case EM_IA_64:
		return CODEC_BCJ_IA64;
	case EM_SPARC:
	case EM_SPARC32PLUS:
	case EM_SPARCV9:
		return CODEC_BCJ_SPARC;
	default:
		return CODEC_BCJ_NONE;
	}
}
