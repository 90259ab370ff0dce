/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Looking for compressed streams in other data. */
#include "codec/codec.h"

const struct codec *codec_next(struct span s, size_t *at, size_t step)
{
	/* The first bytes of all magics, so that most places cost one look into a small table. */
	static const bool first[256] = {
		[0x1f] = true, ['B'] = true,  [0x5d] = true, [0xfd] = true,
		[0x89] = true, [0x02] = true, [0x04] = true, [0x28] = true,
	};

	for (; *at < s.n; *at += step) {
		const struct codec *codec = first[s.p[*at]] ? codec_detect(span_from(s, *at), NULL)
							    : NULL;

		if (codec)
			return codec;
	}
	return NULL;
}
