/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CMD_SYM_SOURCE_H
#define CMD_SYM_SOURCE_H

#include "cli/options.h"
#include "cmd/sym_query.h"
#include "kimg/source.h"
#include "out/out.h"

/* sym_source.c: source files and lines of what kimg sym found, where there is debug information. */

/* One for each table: the debug information of the file that it was read from. */
struct sym_source {
	const char *file; /* NULL: of nothing that has any */
	struct kimg_source *source;
	bool opened; /* or tried to */
};

/* More functions than are ever inlined into one another. */
#define SYM_FRAMES_MAX 260

struct sym_frames {
	struct kimg_source_frame all[SYM_FRAMES_MAX]; /* innermost first */
	size_t count;
};

struct sym_sources {
	const struct cli *cli;
	const struct sym_tables *tables;
	struct sym_source *all; /* as many as tables; NULL: none is looked at */
	struct kimg_source_options options;
	uint64_t shift; /* that the tables' addresses are above those of the debug information */
	bool told;      /* that something stands in the way */
	struct sym_frames frames;
};

/* The frames of match; they stay until the next call. */
const struct sym_frames *sym_frames_of(struct sym_sources *sources, const struct sym_match *match);

/* Behind what is on the row where one function is all there is, else on lines of their own. Ends the row. */
void sym_show_frames(struct out *out, const struct sym_frames *frames);

void sym_sources_done(struct sym_sources *sources);

#endif
