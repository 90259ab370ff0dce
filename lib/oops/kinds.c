/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The lines that reports start with. */
#include "oops/lines.h"

struct start_words {
	const char *words; /* that the line starts with */
	struct line_start start;
};

static const struct start_words starts[] = {
	{ "------------[ cut here ]------------", { KIMG_OOPS_WARNING, .cut = true } },
	{ "BUG: kernel NULL pointer dereference", { KIMG_OOPS_NULL_POINTER } },
	{ "BUG: unable to handle", { KIMG_OOPS_PAGE_FAULT } },
	{ "kernel BUG at ", { KIMG_OOPS_BUG, .renames = true } },
	{ "WARNING: ", { KIMG_OOPS_WARNING, .renames = true } },
	{ "Oops: ", { KIMG_OOPS_OOPS } },
	{ "Kernel panic - not syncing: ", { KIMG_OOPS_PANIC } },
};

bool line_start(struct span text, struct line_start *ret_start)
{
	for (size_t i = 0; i < sizeof(starts) / sizeof(*starts); i++) {
		const char *words = starts[i].words;

		if (span_starts(text, span_of(words, strlen(words)))) {
			*ret_start = starts[i].start;
			return true;
		}
	}
	return false;
}
