/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The configuration that CONFIG_IKCONFIG embeds: IKCFG_ST, a gzip stream, IKCFG_ED (kernel/configs.c, 6.12). */
#include "codec/codec.h"
#include "kernel/facts.h"

bool ikconfig_find(struct span kernel, struct place *ret_place)
{
	const struct span start = SPAN_LITERAL("IKCFG_ST"), end = SPAN_LITERAL("IKCFG_ED");
	size_t at = 0, stop;

	for (; span_find(kernel, at, start, &at); at++) {
		size_t from = at + start.n;

		if (!codec_gzip.probe(span_from(kernel, from)))
			continue;
		if (!span_find(kernel, from, end, &stop))
			stop = from;
		*ret_place = (struct place){ .offset = from, .size = stop - from };
		return true;
	}
	return false;
}
