/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SYMBOL_MKSYSMAP_H
#define SYMBOL_MKSYSMAP_H

#include "base/span.h"

/*
 * What the build of a kernel leaves out of System.map. The rules of a release are patterns of grep or sed
 * over the lines that nm(1) prints.
 */
struct mksysmap {
	bool by_line; /* sorted as lines of text: of one address, the type comes before the name */
	bool no_spaces;  /* no name has one */
	uint64_t rules;  /* a bit for each pattern */
	bool types[128]; /* those that are left out whatever the name is */
	/* The patterns worth trying on a name, by its first three characters, its last, and whether it has a dot. */
	uint64_t by_start[3][256];
	uint64_t by_last[256];
	uint64_t with_dot;
	uint64_t always;
};

/*
 * The filter of a release as uname(1) prints it, "6.1.0-56-amd64". False where it starts with no version.
 */
bool mksysmap_of_release(const char *release, struct mksysmap *ret_filter);

/* The same where there is a whole banner, which may tell the patch level that the release leaves out. */
bool mksysmap_of_banner(const char *banner, const char *release, struct mksysmap *ret_filter);

/* That of the newest release known. */
void mksysmap_newest(struct mksysmap *ret_filter);

/* Makes the filter faster for names that all stand in names. */
void mksysmap_prepare(struct mksysmap *filter, struct span names);

/* Whether the line "ADDRESS type name" is left out. */
bool mksysmap_drops(const struct mksysmap *filter, char type, struct span name);

#endif
