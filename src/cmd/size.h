/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CMD_SIZE_H
#define CMD_SIZE_H

#include "cli/term.h"
#include "kimg/size.h"

/* What kimg size was asked for. */
struct size_options {
	bool verbose;
	bool has_count;
	uint64_t count; /* rows of symbols */
	unsigned int show;
	struct kimg_size_diff_options diff;
	bool compressed;
	const char *codecs; /* with commas between; NULL: all */
	const char *html, *svg;
	bool asked; /* for folders or a picture, so that their lack is told */
};

/* What --show names. */
enum {
	SIZE_SHOW_TOTALS = 1 << 0,
	SIZE_SHOW_SECTIONS = 1 << 1,
	SIZE_SHOW_REGIONS = 1 << 2,
	SIZE_SHOW_SYMBOLS = 1 << 3,
	SIZE_SHOW_FOLDERS = 1 << 4,
};

/* size_file.c: one file. Returns the exit status. */
int size_show(struct cli *cli, struct out *out, const struct size_options *o,
	      struct kimg_size *size);

/* size_diff.c: two. */
int size_show_diff(struct cli *cli, struct out *out, const struct size_options *o,
		   struct kimg_size *new_size, struct kimg_size *old_size);

/*
 * size_packed.c: the payload of new_size, and of old_size where it is not NULL, by each codec that was asked
 * for.
 */
struct kimg_error *size_show_compressed(struct out *out, const struct size_options *o,
					struct kimg_size *new_size, struct kimg_size *old_size);

/* size_tree.c: by source folder, and as pictures. */
struct kimg_error *size_show_tree(struct cli *cli, struct out *out, const struct size_options *o,
				  struct kimg_size *size);

/* size_map.c: writes the pictures of tree that were asked for. */
struct kimg_error *size_draw(const struct size_options *o, const char *file, bool by_folder,
			     const struct kimg_size_tree *tree);

/* Whether all names between the commas are codecs. */
bool size_codecs_are_known(const char *codecs);

/* size_diff.c: rows "name old new delta". */
void size_heading(struct out *out, const char *what);
void size_row(struct out *out, struct span name, const uint64_t *old_size,
	      const uint64_t *new_size);

/* "12.3 %" of what a part is of the whole, in a cell flush right. */
void size_share(struct out *out, uint64_t part, uint64_t whole);

/* Says the notes of size, and adds them to the output. */
void size_notes(struct cli *cli, struct out *out, const char *key, const char *file,
		const struct kimg_size *size);

#endif
