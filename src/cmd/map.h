/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CMD_MAP_H
#define CMD_MAP_H

#include "cli/options.h"
#include "kimg/map.h"

/* kimg map --find and --check: which map belongs to which kernel. */

struct map_match_options {
	const char *roots[2]; /* --root; roots[0] is NULL where it was not given */
	const char *kernel;   /* --kernel, or NULL */
	bool verbose;
};

/* kimg map --find [VERSION]. Returns the exit status. */
int map_find(struct cli *cli, const struct map_match_options *o);

/* kimg map --check MAP [KERNEL]. Returns the exit status. */
int map_check(struct cli *cli, const struct map_match_options *o);

/* ---- shared by the two ---- */

/* What a check found, as fields of the innermost object. */
void map_check_fields(struct out *out, const struct kimg_map_check *check);

static inline bool map_check_is_good(const struct kimg_map_check *check)
{
	return check->verdict == KIMG_MAP_MATCHES || check->verdict == KIMG_MAP_MATCHES_SHIFTED;
}

/* How many in a hundred of the symbols that both have are at the same address. */
static inline unsigned int map_check_percent(const struct kimg_map_check *check)
{
	uint64_t both = check->same + check->differing;

	return both ? check->same * 100 / both : 0;
}

/* Its sign and size, for "%s0x%" PRIx64. */
#define MAP_CHECK_SHIFT(check)                  \
	(int64_t)(check)->shift < 0 ? "-" : "", \
		(int64_t)(check)->shift < 0 ? -(check)->shift : (check)->shift

#endif
