/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The names whose size changed, in the order of scripts/bloat-o-meter: the largest growth first, and of those of one
 * growth the last name first. Most of them share few growths (each function that comes brings a
 * "__pfx_" of 16 bytes), so names are what takes time: they are sorted by eight bytes at once, from the
 * first in which they differ.
 */
#include "base/endian.h"
#include "base/large.h"
#include "base/radix.h"
#include "size/diff.h"

enum {
	FEW = 16,         /* so many are sorted by insertion */
	MAX_CHUNKS = 256, /* names that are alike for longer are compared whole */
	AHEAD = 16,       /* names are fetched before they are needed */
};

/* The names that are being sorted, and room for as many more. */
struct names {
	struct radix_item *items, *spare;
	size_t n;
};

static const struct kimg_size_change *change_of(const struct radix_item *item)
{
	return (const struct kimg_size_change *)(uintptr_t)item->value;
}

static struct span name_of(const struct radix_item *item)
{
	return span_of(change_of(item)->name, change_of(item)->name_size);
}

static void sort_keys(struct names *names)
{
	struct radix_item *sorted = radix_sort(names->items, names->spare, names->n);

	if (sorted != names->items)
		memcpy(names->items, sorted, names->n * sizeof(*sorted));
}

/* ---- by name ---- */

static bool is_later(struct span a, struct span b)
{
	size_t n = a.n < b.n ? a.n : b.n;
	int order = n ? memcmp(a.p, b.p, n) : 0;

	return order ? order > 0 : a.n > b.n;
}

static int by_name(const void *pa, const void *pb)
{
	struct span a = name_of(pa), b = name_of(pb);

	return is_later(a, b) ? -1 : is_later(b, a);
}

static void sort_few(struct radix_item *items, size_t n)
{
	for (size_t i = 1; i < n; i++) {
		struct radix_item item = items[i];
		size_t at = i;

		for (; at && is_later(name_of(&item), name_of(&items[at - 1])); at--)
			items[at] = items[at - 1];
		items[at] = item;
	}
}

/* How many bytes all names have in common; from of them are known. */
static size_t common(const struct radix_item *items, size_t n, size_t from)
{
	struct span first = name_of(&items[0]);
	size_t most = first.n;

	for (size_t i = 1; i < n && most > from; i++) {
		struct span name = name_of(&items[i]);
		size_t at = from;

		if (name.n < most)
			most = name.n;
		while (at < most && name.p[at] == first.p[at])
			at++;
		most = at;
		if (n - i > AHEAD)
			__builtin_prefetch(change_of(&items[i + AHEAD])->name);
	}
	return most > from ? most : from;
}

/*
 * Eight bytes of name from at on, as a number that is the larger the earlier the name is to stand. What ends
 * before is filled with zeroes, which names do not hold; where they do, the whole names are compared.
 */
static uint64_t chunk(struct span name, size_t at)
{
	struct span rest = span_clip(name, at, 8);
	uint8_t bytes[8] = { 0 };

	if (rest.n == 8)
		return ~get_be64(rest.p);
	if (rest.n)
		memcpy(bytes, rest.p, rest.n);
	return ~get_be64(bytes);
}

static void sort_names(struct names names, size_t at, unsigned int chunks);

/* Each run of items with one key: their names from at on. */
static void sort_runs(struct names names, size_t at, unsigned int chunks)
{
	for (size_t start = 0, end; start < names.n; start = end) {
		for (end = start + 1; end < names.n; end++)
			if (names.items[end].key != names.items[start].key)
				break;
		if (end - start > 1)
			sort_names((struct names){ names.items + start, names.spare + start,
						   end - start },
				   at, chunks);
	}
}

static void sort_names(struct names names, size_t at, unsigned int chunks)
{
	if (names.n <= FEW) {
		sort_few(names.items, names.n);
		return;
	}
	if (chunks == MAX_CHUNKS) {
		qsort(names.items, names.n, sizeof(*names.items), by_name);
		return;
	}
	at = common(names.items, names.n, at);
	for (size_t i = 0; i < names.n; i++)
		names.items[i].key = chunk(name_of(&names.items[i]), at);
	sort_keys(&names);
	sort_runs(names, at + 8, chunks + 1);
}

/* ---- by growth ---- */

/* The difference in 64 bits, largest first; beyond that the largest there is. */
static uint64_t key_of(const struct kimg_size_change *change)
{
	const uint64_t zero = 1ULL << 63;
	uint64_t by;

	if (change->new_size >= change->old_size) {
		by = change->new_size - change->old_size;
		return by < zero ? zero - by : 0;
	}
	by = change->old_size - change->new_size;
	return by < zero ? zero + by : UINT64_MAX;
}

static struct kimg_error *sort_changes(struct kimg_size_diff *diff)
{
	struct names names = { .items = large_alloc(diff->count, 2 * sizeof(*names.items)) };
	cleanup_free struct radix_item *items = names.items;

	diff->changes = large_alloc(diff->count, sizeof(*diff->changes));
	if (!names.items || !diff->changes)
		return error_nomem();
	names.spare = names.items + diff->count;
	for (size_t i = 0; i < diff->count; i++) {
		const struct kimg_size_change *change = &diff->names[i];

		if (change->old_size != change->new_size)
			items[names.n++] = (struct radix_item){ key_of(change), (uintptr_t)change };
	}
	sort_keys(&names);
	sort_runs(names, 0, 0);
	for (size_t i = 0; i < names.n; i++)
		diff->changes[i] = change_of(&names.items[i]);
	diff->change_count = names.n;
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
