/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Whether a map is of a kernel: by build-id, by Version_ symbol, and by the addresses of all symbols. */
#include <stdio.h>

#include "symbol/map_match.h"

/*
 * With fewer symbols in common chance could make them agree, as all kernels of x86-64 begin at one address: unless
 * these are all that there are.
 */
#define ENOUGH 20

/* ---- Version_ ---- */

/*
 * Kernels up to 2.4 and some later ones have a symbol Version_N, or _Version_N in a.out files, N being
 * LINUX_VERSION_CODE: version << 16 | patchlevel << 8 | sublevel (init/version.c).
 */
static bool version_of_name(struct span name, uint32_t *ret_version)
{
	uint64_t n = 0;

	if (span_starts(name, SPAN_LITERAL("_")))
		name = span_from(name, 1);
	if (!span_starts(name, SPAN_LITERAL("Version_")))
		return false;
	name = span_from(name, strlen("Version_"));
	if (name.n == 0 || name.n > 10)
		return false;
	for (size_t i = 0; i < name.n; i++) {
		if (name.p[i] < '0' || name.p[i] > '9')
			return false;
		n = n * 10 + (name.p[i] - '0');
	}
	*ret_version = n;
	return n <= UINT32_MAX;
}

static bool version_of_symbols(const struct kimg_symbols *symbols, uint32_t *ret_version)
{
	for (size_t i = 0; symbols && i < symbols->n; i++)
		if (version_of_name(symbol_name(&symbols->all[i]), ret_version))
			return true;
	return false;
}

/* "2.4.18-pre1": three numbers, of which the last may be missing. */
static bool version_of_release(const char *release, uint32_t *ret_version)
{
	unsigned int numbers[3] = { 0 };

	if (!release || sscanf(release, "%3u.%3u.%3u", &numbers[0], &numbers[1], &numbers[2]) < 2)
		return false;
	*ret_version = numbers[0] << 16 | numbers[1] << 8 | numbers[2];
	return true;
}

static bool version_of_side(const struct kimg_map_side *side, uint32_t *ret_version)
{
	return version_of_symbols(side->symbols, ret_version) ||
	       version_of_release(side->release, ret_version);
}

/* ---- the verdict ---- */

/* What is known of two things that should be the same. */
enum agreement { UNKNOWN, AGREES, DISAGREES };

static enum agreement compare_versions(const struct kimg_map_side *map,
				       const struct kimg_map_side *kernel)
{
	uint32_t of_map, of_kernel;

	if (!version_of_symbols(map->symbols, &of_map) || !version_of_side(kernel, &of_kernel))
		return UNKNOWN;
	return of_map == of_kernel ? AGREES : DISAGREES;
}

static enum agreement compare_build_ids(const struct kimg_map_side *map,
					const struct kimg_map_side *kernel)
{
	if (!map->build_id_size || !kernel->build_id_size)
		return UNKNOWN;
	return span_equal(span_of(map->build_id, map->build_id_size),
			  span_of(kernel->build_id, kernel->build_id_size))
		       ? AGREES
		       : DISAGREES;
}

static enum agreement compare_addresses(const struct kimg_map_check *check)
{
	if (check->differing)
		return DISAGREES;
	if (check->same >= ENOUGH || (check->same && !check->missing && !check->extra))
		return AGREES;
	return UNKNOWN;
}

static void decide(struct kimg_map_check *check, enum agreement verdict, enum kimg_map_proof proof,
		   const char *reason)
{
	check->verdict = verdict == DISAGREES ? KIMG_MAP_DIFFERS
			 : check->shift       ? KIMG_MAP_MATCHES_SHIFTED
					      : KIMG_MAP_MATCHES;
	check->proof = proof;
	check->reason = reason;
}

static const char *why_not(const struct kimg_map_side *map, const struct kimg_map_side *kernel,
			   const struct kimg_map_check *check)
{
	if (!kernel->symbols)
		return "the symbols of the kernel cannot be read";
	if (!map->symbols)
		return "the symbols of the map cannot be read";
	if (check->same + check->differing == 0)
		return "they have no symbol in common";
	return "they have too few symbols in common";
}

/*
 * Any disagreement settles it. A build-id is of one build, and two builds that differ in one function
 * have most addresses different, so a single symbol at another address is of another build as well.
 */
static void judge(struct kimg_map_check *check, const struct kimg_map_side *map,
		  const struct kimg_map_side *kernel)
{
	enum agreement versions = compare_versions(map, kernel);
	enum agreement ids = compare_build_ids(map, kernel);
	enum agreement addresses = compare_addresses(check);

	check->build_ids = ids != UNKNOWN;
	check->same_build_id = ids == AGREES;
	if (ids == DISAGREES)
		decide(check, ids, KIMG_MAP_BY_BUILD_ID, "the build-ids differ");
	else if (addresses == DISAGREES)
		decide(check, addresses, KIMG_MAP_BY_ADDRESSES, "symbols have other addresses");
	else if (versions == DISAGREES)
		decide(check, versions, KIMG_MAP_BY_VERSION_SYMBOL,
		       "the Version_ symbol is of another version");
	else if (ids == AGREES)
		decide(check, ids, KIMG_MAP_BY_BUILD_ID, "the build-ids are the same");
	else if (addresses == AGREES)
		decide(check, addresses, KIMG_MAP_BY_ADDRESSES,
		       "all symbols have the same addresses");
	else if (versions == AGREES)
		decide(check, versions, KIMG_MAP_BY_VERSION_SYMBOL,
		       "the Version_ symbol is of this version");
	else
		check->reason = why_not(map, kernel, check);
}

/* ---- the outcome ---- */

static struct kimg_error *list_differences(struct map_check *check, const struct map_pairs *pairs,
					   const struct kimg_symbols *map,
					   const struct kimg_symbols *kernel, size_t max)
{
	struct kimg_map_difference *all;
	size_t n = 0;

	if (max > pairs->differing)
		max = pairs->differing;
	if (max == 0)
		return NULL;
	if (max > SIZE_MAX / sizeof(*all))
		return error_nomem();
	all = arena_alloc(&check->arena, max * sizeof(*all));
	if (!all)
		return error_nomem();
	for (size_t i = 0; i < map->n && n < max; i++) {
		const struct kimg_symbol *symbol = &map->all[i];

		if (pairs->others[i] == MAP_PAIR_NONE)
			continue;
		all[n].name = arena_copy(&check->arena, symbol->name, symbol->name_size);
		if (!all[n].name)
			return error_nomem();
		all[n].name_size = symbol->name_size;
		all[n].in_map = symbol->address;
		all[n++].in_kernel = kernel->all[pairs->others[i]].address;
	}
	check->public.differences = all;
	check->public.difference_count = n;
	return NULL;
}

static struct kimg_error *compare_symbols(struct map_check *check, const struct kimg_symbols *map,
					  const struct kimg_symbols *kernel, size_t max_differences)
{
	cleanup_map_pairs struct map_pairs pairs = { 0 };

	TRY(map_pairs_find(map, kernel, &pairs));
	check->public.shift = pairs.shift;
	check->public.in_map = pairs.in_map;
	check->public.in_kernel = pairs.in_kernel;
	check->public.same = pairs.same;
	check->public.differing = pairs.differing;
	check->public.missing = pairs.in_map - pairs.same - pairs.differing;
	check->public.extra = pairs.in_kernel - pairs.same - pairs.differing;
	return list_differences(check, &pairs, map, kernel, max_differences);
}

static const char *print(struct arena *arena, const char *format, ...)
{
	const char *text;
	va_list ap;

	va_start(ap, format);
	text = arena_vprintf(arena, format, ap);
	va_end(ap);
	return text;
}

static struct kimg_error *word(struct map_check *check, const char *release)
{
	switch (check->public.verdict) {
	case KIMG_MAP_MATCHES:
	case KIMG_MAP_MATCHES_SHIFTED:
		check->public.message =
			release ? print(&check->arena, "Symbols match kernel version %s.", release)
				: "Symbols match kernel version.";
		break;
	case KIMG_MAP_DIFFERS:
		check->public.message = "Symbols do not match kernel version.";
		break;
	case KIMG_MAP_CANNOT_TELL:
		check->public.message = "Cannot verify that symbols match kernel version.";
		break;
	}
	return check->public.message ? NULL : error_nomem();
}

void kimg_map_check_free(struct kimg_map_check *check)
{
	struct map_check *whole = (struct map_check *)check; /* public stands first */

	if (!whole)
		return;
	arena_done(&whole->arena);
	free(whole);
}

struct kimg_error *kimg_map_check(const struct kimg_map_side *map,
				  const struct kimg_map_side *kernel, size_t max_differences,
				  struct kimg_map_check **ret_check)
{
	struct map_check *whole = calloc(1, sizeof(*whole));
	cleanup_map_check struct kimg_map_check *check = whole ? &whole->public : NULL;

	if (!whole)
		return error_nomem();
	if (map->symbols && kernel->symbols)
		TRY(compare_symbols(whole, map->symbols, kernel->symbols, max_differences));
	judge(check, map, kernel);
	TRY(word(whole, kernel->release ? kernel->release : map->release));
	*ret_check = check;
	check = NULL;
	return NULL;
}

const char *kimg_map_verdict_name(enum kimg_map_verdict verdict)
{
	static const char *const names[] = {
		[KIMG_MAP_CANNOT_TELL] = "cannot-tell",
		[KIMG_MAP_MATCHES] = "matches",
		[KIMG_MAP_MATCHES_SHIFTED] = "matches-shifted",
		[KIMG_MAP_DIFFERS] = "differs",
	};

	return (size_t)verdict < ARRAY_SIZE(names) ? names[verdict] : NULL;
}

const char *kimg_map_proof_name(enum kimg_map_proof proof)
{
	static const char *const names[] = {
		[KIMG_MAP_BY_ADDRESSES] = "addresses",
		[KIMG_MAP_BY_BUILD_ID] = "build-id",
		[KIMG_MAP_BY_VERSION_SYMBOL] = "version-symbol",
	};

	return (size_t)proof < ARRAY_SIZE(names) ? names[proof] : NULL;
}
