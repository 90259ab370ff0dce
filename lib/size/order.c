/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The names whose size changed, in order. */
#include "base/endian.h"
#include "size/diff.h"

/* What an entry is sorted by: nearly all pairs are told apart by this alone. */
struct key {
	uint64_t growth;   /* biased, so that it compares as unsigned */
	uint64_t start[2]; /* of the name, as big-endian numbers */
	const struct kimg_size_change *change;
};

/* The difference in 64 bits; beyond that the largest there is. */
static uint64_t growth_of(const struct kimg_size_change *change)
{
	const uint64_t zero = 1ULL << 63;
	uint64_t by;

	if (change->new_size >= change->old_size) {
		by = change->new_size - change->old_size;
		return by < zero ? zero + by : UINT64_MAX;
	}
	by = change->old_size - change->new_size;
	return by < zero ? zero - by : 0;
}

static struct key key_of(const struct kimg_size_change *change)
{
	struct key key = { .growth = growth_of(change), .change = change };
	uint8_t start[sizeof(key.start)] = { 0 };

	memcpy(start, change->name,
	       change->name_size < sizeof(start) ? change->name_size : sizeof(start));
	key.start[0] = get_be64(start);
	key.start[1] = get_be64(start + 8);
	return key;
}

static bool name_is_later(const struct kimg_size_change *a, const struct kimg_size_change *b)
{
	size_t n = a->name_size < b->name_size ? a->name_size : b->name_size;
	int order = n ? memcmp(a->name, b->name, n) : 0;

	return order ? order > 0 : a->name_size > b->name_size;
}

/* Growth first, and of names the last first, as scripts/bloat-o-meter sorts its pairs. */
static inline bool is_before(const struct key *a, const struct key *b)
{
	if (a->growth != b->growth)
		return a->growth > b->growth;
	if (a->start[0] != b->start[0])
		return a->start[0] > b->start[0];
	if (a->start[1] != b->start[1])
		return a->start[1] > b->start[1];
	return name_is_later(a->change, b->change);
}

/* RUN: what is sorted by insertion. AHEAD: names that are fetched before they are needed. */
enum { RUN = 12, AHEAD = 16 };

static void sort_run(struct key *keys, size_t n)
{
	for (size_t i = 1; i < n; i++) {
		struct key key = keys[i];
		size_t at = i;

		for (; at && is_before(&key, &keys[at - 1]); at--)
			keys[at] = keys[at - 1];
		keys[at] = key;
	}
}

/* Merges from [0, middle) and [middle, n) into to. */
static void merge(const struct key *from, size_t middle, size_t n, struct key *to)
{
	size_t a = 0, b = middle;

	for (size_t i = 0; i < n; i++) {
		if (b == n || (a < middle && !is_before(&from[b], &from[a])))
			to[i] = from[a++];
		else
			to[i] = from[b++];
	}
}

/* By merging, which qsort() does as well, but it asks a function for each pair. Returns where the result is. */
static struct key *sort_keys(struct key *keys, struct key *spare, size_t n)
{
	for (size_t at = 0; at < n; at += RUN)
		sort_run(keys + at, n - at < RUN ? n - at : RUN);
	for (size_t width = RUN; width < n; width *= 2) {
		struct key *from = keys;

		for (size_t at = 0; at < n; at += 2 * width) {
			size_t count = n - at < 2 * width ? n - at : 2 * width;

			merge(from + at, count < width ? count : width, count, spare + at);
		}
		keys = spare;
		spare = from;
	}
	return keys;
}

static struct kimg_error *sort_changes(struct kimg_size_diff *diff)
{
	cleanup_free struct key *keys = reallocarray(NULL, diff->count + 1, 2 * sizeof(*keys));
	struct key *sorted;
	size_t n = 0;

	diff->changes = reallocarray(NULL, diff->count + 1, sizeof(*diff->changes));
	if (!keys || !diff->changes)
		return error_nomem();
	for (size_t i = 0; i < diff->count; i++) {
		if (diff->count - i > AHEAD)
			__builtin_prefetch(diff->names[i + AHEAD].name);
		if (diff->names[i].old_size != diff->names[i].new_size)
			keys[n++] = key_of(&diff->names[i]);
	}
	sorted = sort_keys(keys, keys + n, n);
	for (size_t i = 0; i < n; i++)
		diff->changes[i] = sorted[i].change;
	diff->change_count = n;
	return NULL;
}

struct kimg_error *kimg_size_diff_changes(struct kimg_size_diff *diff,
					  const struct kimg_size_change *const **ret_changes,
					  size_t *ret_count)
{
	if (!diff->changes) {
		struct kimg_error *error = sort_changes(diff);

		if (error) {
			free(diff->changes);
			diff->changes = NULL;
			return error;
		}
	}
	*ret_changes = diff->changes;
	*ret_count = diff->change_count;
	return NULL;
}
