/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SYMBOL_MAP_MATCH_H
#define SYMBOL_MAP_MATCH_H

#include "base/arena.h"
#include "kimg/map.h"
#include "symbol/symbols.h"

/* How maps are held against kernels: what map_side.c, map_pairs.c, map_check.c and map_find.c share. */

/* Build-ids have 8 to 32 bytes; what is longer is cut. */
#define BUILD_ID_MAX 64

struct kimg_map_side {
	char *path;
	char *release; /* NULL: not known */
	uint8_t build_id[BUILD_ID_MAX];
	size_t build_id_size; /* 0: not known */
	struct kimg_symbols *symbols;
	struct kimg_error *error; /* why there are none */
};

static inline void map_side_free_pointer(struct kimg_map_side **side)
{
	kimg_map_side_free(*side);
}

#define cleanup_map_side cleanup(map_side_free_pointer)

static inline void map_check_free_pointer(struct kimg_map_check **check)
{
	kimg_map_check_free(*check);
}

#define cleanup_map_check cleanup(map_check_free_pointer)

/* What an outcome owns. */
struct map_check {
	struct kimg_map_check public;
	struct arena arena;
};

/* Below one of the roots, or below "/" where there are none. */
const char *const *map_roots(const char *const *roots);

/* The release of the kernel that runs, of proc below one of the roots or else of uname(2). */
struct kimg_error *map_running_release(const char *const *roots, char **ret_release) must_check;

/* ---- map_pairs.c ---- */

enum { MAP_PAIR_NONE = UINT32_MAX };

/* Which symbols of two tables are the same. */
struct map_pairs {
	uint64_t shift;
	uint64_t in_map, in_kernel, same, differing;
	/* of each symbol of the map: that of the kernel which has its name and another address, or MAP_PAIR_NONE */
	uint32_t *others;
};

/*
 * Pairs the symbols of two tables by their names. Names that stand in a table several times are pairs by their
 * addresses first; what is left of them, in the order of the addresses. The shift is the one that most
 * functions have in common. KIMG_E_NOMEM.
 */
struct kimg_error *map_pairs_find(const struct kimg_symbols *map, const struct kimg_symbols *kernel,
				  struct map_pairs *ret_pairs) must_check;

void map_pairs_done(struct map_pairs *pairs);

#define cleanup_map_pairs cleanup(map_pairs_done)

#endif
