/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The sections of two files side by side, or their regions. */
#include "size/diff.h"

/* A section or region of one of the files. */
struct item {
	const char *name;
	uint64_t size;
	size_t order; /* where it is to stand */
	bool is_new;
};

static int by_name(const void *pa, const void *pb)
{
	const struct item *a = pa, *b = pb;
	int order = strcmp(a->name, b->name);

	if (order)
		return order;
	return (a->order > b->order) - (a->order < b->order);
}

static struct kimg_error *items_of_sections(const struct kimg_size_diff *diff,
					    struct item **ret_items, size_t *ret_count)
{
	const struct kimg_size *new = diff->new_size, *old = diff->old_size;
	size_t count = new->section_count + old->section_count, n = 0;
	struct item *items = reallocarray(NULL, count, sizeof(*items));

	if (!items)
		return error_nomem();
	for (size_t i = 0; i < new->section_count; i++, n++)
		items[n] = (struct item){ new->sections[i].name, new->sections[i].size, n, true };
	for (size_t i = 0; i < old->section_count; i++, n++)
		items[n] = (struct item){ old->sections[i].name, old->sections[i].size, n, false };
	*ret_items = items;
	*ret_count = n;
	return NULL;
}

static struct kimg_error *items_of_regions(const struct kimg_size_diff *diff,
					   struct item **ret_items, size_t *ret_count)
{
	const struct kimg_size_region *new, *old;
	size_t new_count, old_count, n = 0;
	struct item *items;

	TRY(kimg_size_regions(diff->new_size, &new, &new_count));
	TRY(kimg_size_regions(diff->old_size, &old, &old_count));
	if (!new_count || !old_count)
		return NULL;
	items = reallocarray(NULL, new_count + old_count, sizeof(*items));
	if (!items)
		return error_nomem();
	for (size_t i = 0; i < new_count; i++, n++)
		items[n] = (struct item){ new[i].name, new[i].size, n, true };
	for (size_t i = 0; i < old_count; i++, n++)
		items[n] = (struct item){ old[i].name, old[i].size, n, false };
	*ret_items = items;
	*ret_count = n;
	return NULL;
}

/* The part that the items of one name make together. */
static struct kimg_size_part part_of(const struct item *items, size_t n)
{
	struct kimg_size_part part = { .name = items[0].name };

	for (size_t i = 0; i < n; i++) {
		uint64_t *size = items[i].is_new ? &part.new_size : &part.old_size;

		*size = add_saturated(*size, items[i].size);
		part.in_new |= items[i].is_new;
		part.in_old |= !items[i].is_new;
	}
	return part;
}

/* Puts the parts of items, which are sorted by name, where the first item of each stood. */
static struct kimg_error *join(struct kimg_size_diff *diff, const struct item *items, size_t count)
{
	cleanup_free struct kimg_size_part *at = calloc(count + 1, sizeof(*at));
	size_t n = 0;

	diff->parts = reallocarray(NULL, count + 1, sizeof(*diff->parts));
	if (!at || !diff->parts)
		return error_nomem();
	for (size_t i = 0, end; i < count; i = end) {
		for (end = i + 1; end < count && strcmp(items[i].name, items[end].name) == 0; end++)
			;
		at[items[i].order] = part_of(&items[i], end - i);
	}
	for (size_t i = 0; i < count; i++)
		if (at[i].name)
			diff->parts[n++] = at[i];
	diff->part_count = n;
	return NULL;
}

struct kimg_error *kimg_size_diff_parts(struct kimg_size_diff *diff,
					const struct kimg_size_part **ret_parts, size_t *ret_count,
					bool *ret_regions)
{
	bool regions = !diff->new_size->section_count || !diff->old_size->section_count;
	cleanup_free struct item *items = NULL;
	size_t count = 0;

	if (!diff->parts) {
		if (regions)
			TRY(items_of_regions(diff, &items, &count));
		else
			TRY(items_of_sections(diff, &items, &count));
		if (count)
			qsort(items, count, sizeof(*items), by_name);
		TRY(join(diff, items, count));
	}
	*ret_parts = diff->parts;
	*ret_count = diff->part_count;
	*ret_regions = regions;
	return NULL;
}
