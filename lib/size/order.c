/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The names whose size changed, in order. */
#include "size/diff.h"

/* What an entry is sorted by: most pairs are told apart by this alone. */
struct key {
	uint64_t growth; /* biased, so that it compares as unsigned */
	uint64_t start;  /* of the name, as a big-endian number */
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

static uint64_t start_of(const struct kimg_size_change *change)
{
	uint64_t start = 0;

	memcpy(&start, change->name, change->name_size < 8 ? change->name_size : 8);
	return be64toh(start);
}

/* Growth first, and of names the last first, as scripts/bloat-o-meter sorts its pairs. */
static int by_growth(const void *pa, const void *pb)
{
	const struct key *a = pa, *b = pb;
	size_t na = a->change->name_size, nb = b->change->name_size;
	int order;

	if (a->growth != b->growth)
		return a->growth > b->growth ? -1 : 1;
	if (a->start != b->start)
		return a->start > b->start ? -1 : 1;
	order = memcmp(b->change->name, a->change->name, na < nb ? na : nb);
	return order ? order : (nb > na) - (nb < na);
}

static struct kimg_error *sort_changes(struct kimg_size_diff *diff)
{
	cleanup_free struct key *keys = reallocarray(NULL, diff->count + 1, sizeof(*keys));
	size_t n = 0;

	diff->changes = reallocarray(NULL, diff->count + 1, sizeof(*diff->changes));
	if (!keys || !diff->changes)
		return error_nomem();
	for (size_t i = 0; i < diff->count; i++) {
		const struct kimg_size_change *change = &diff->names[i];

		if (change->old_size != change->new_size)
			keys[n++] = (struct key){ growth_of(change), start_of(change), change };
	}
	qsort(keys, n, sizeof(*keys), by_growth);
	for (size_t i = 0; i < n; i++)
		diff->changes[i] = keys[i].change;
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
