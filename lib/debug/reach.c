/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Ranges of addresses, sorted, which may overlap. */
#include "base/buf.h"
#include "debug/source.h"

void reaches_add(struct buf *list, const struct reach *reach)
{
	if (reach->low < reach->high)
		buf_add(list, reach, sizeof(*reach));
}

static int compare(const void *a, const void *b)
{
	const struct reach *x = a, *y = b;

	if (x->low != y->low)
		return x->low < y->low ? -1 : 1;
	/* The shorter one later: it is found first. */
	return x->high == y->high ? 0 : x->high > y->high ? -1 : 1;
}

static bool is_sorted(const struct reach *all, size_t n)
{
	for (size_t i = 1; i < n; i++)
		if (compare(&all[i - 1], &all[i]) > 0)
			return false;
	return true;
}

struct kimg_error *reaches_finish(struct buf *list, struct kimg_source *source, struct reaches *ret)
{
	size_t n = list->n / sizeof(struct reach);
	struct reach *all;
	uint64_t high = 0;

	if (list->failed)
		return error_nomem();
	all = (struct reach *)(void *)list->p;
	if (source && n) {
		all = source_alloc(source, list->n);
		if (!all)
			return error_nomem();
		memcpy(all, list->p, list->n);
	}
	if (!is_sorted(all, n))
		qsort(all, n, sizeof(*all), compare);
	for (size_t i = 0; i < n; i++) {
		if (all[i].high > high)
			high = all[i].high;
		all[i].max_high = high;
	}
	*ret = (struct reaches){ .all = all, .n = n };
	if (!source)
		*list = (struct buf){ 0 };
	return NULL;
}

const struct reach *reaches_at(const struct reaches *reaches, uint64_t address)
{
	size_t from = 0, to = reaches->n;

	while (from < to) {
		size_t middle = from + (to - from) / 2;

		if (reaches->all[middle].low <= address)
			from = middle + 1;
		else
			to = middle;
	}
	while (from-- > 0 && reaches->all[from].max_high > address)
		if (reaches->all[from].high > address)
			return &reaches->all[from];
	return NULL;
}

void reaches_done(struct reaches *reaches)
{
	free(reaches->all);
	*reaches = (struct reaches){ 0 };
}
