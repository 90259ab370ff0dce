/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How large each symbol is, and which are the largest. */
#include "base/radix.h"
#include "size/size.h"

/* Nothing that a kernel names is larger; it is a hole between two areas of addresses. */
#define MAX_DISTANCE (1ULL << 30)

/* ---- distances ---- */

/* Where the section of symbol ends, UINT64_MAX where nobody says. */
static uint64_t section_end(const struct kimg_symbols *symbols, const struct kimg_symbol *symbol)
{
	const struct symbols_section *section;

	if (symbol->section == 0 || symbol->section >= symbols->section_count)
		return UINT64_MAX;
	section = &symbols->sections[symbol->section];
	if (section->size == 0 || symbol->address < section->address)
		return UINT64_MAX;
	return add_saturated(section->address, section->size);
}

/* From place i to the next one, within the section and module of the symbol there; 0 where that says nothing. */
static uint64_t distance(const struct kimg_symbols *symbols, size_t i)
{
	const struct kimg_symbol *symbol = &symbols->all[symbols->answers[i]], *next;
	uint64_t end = section_end(symbols, symbol);

	if (end == UINT64_MAX && i + 1 == symbols->place_count)
		return 0;
	if (i + 1 < symbols->place_count) {
		next = &symbols->all[symbols->answers[i + 1]];
		if (next->module != symbol->module)
			return 0;
		if (next->address < end)
			end = next->address;
	}
	if (end <= symbol->address || end - symbol->address > MAX_DISTANCE)
		return 0;
	return end - symbol->address;
}

/*
 * Fills in the sizes that the table does not tell. What stands inside of something with a size is a label
 * there: it has none of its own.
 */
static void measure_rest(const struct kimg_symbols *symbols, uint64_t *sizes)
{
	bool told = size_is_told(symbols);
	uint64_t covered = 0; /* up to this address something has a size */
	size_t at = 0;

	for (size_t i = 0; i < symbols->place_count; i++) {
		uint32_t answer = symbols->answers[i];

		for (; at < symbols->n && symbols->all[at].address <= symbols->places[i]; at++) {
			uint64_t end = add_saturated(symbols->all[at].address, sizes[at]);

			if (sizes[at] && end > covered)
				covered = end;
		}
		if (sizes[answer] == 0 && symbols->places[i] >= covered &&
		    !size_is_end(&symbols->all[answer], told))
			sizes[answer] = distance(symbols, i);
	}
}

struct kimg_error *size_measure(struct kimg_symbols *symbols, bool by_distance,
				uint64_t **ret_sizes)
{
	uint64_t *sizes;

	TRY(symbols_finish(symbols, 0));
	kimg_symbols_at(symbols, 0); /* makes the index of places */
	if (!symbols->places)
		return error_nomem();
	sizes = calloc(symbols->n + 1, sizeof(*sizes));
	if (!sizes)
		return error_nomem();
	if (!by_distance && size_is_told(symbols))
		for (size_t i = 0; i < symbols->n; i++)
			if (!(symbols->all[i].flags & KIMG_SYMBOL_HIDDEN))
				sizes[i] = symbols->all[i].size;
	measure_rest(symbols, sizes);
	*ret_sizes = sizes;
	return NULL;
}

/* ---- the largest ---- */

/* Stable, so that those of one size stay in the order of their addresses. */
static struct kimg_error *sort(struct kimg_size *size)
{
	size_t n = size->ranking_count;
	cleanup_free struct radix_item *items = reallocarray(NULL, n + 1, 2 * sizeof(*items));
	struct kimg_size_symbol *ranking = reallocarray(NULL, n + 1, sizeof(*ranking));
	const struct radix_item *sorted;

	if (!items || !ranking) {
		free(ranking);
		return error_nomem();
	}
	for (size_t i = 0; i < n; i++)
		items[i] = (struct radix_item){ ~size->ranking[i].size, i };
	sorted = radix_sort(items, items + n, n);
	for (size_t i = 0; i < n; i++)
		ranking[i] = size->ranking[sorted[i].value];
	free(size->ranking);
	size->ranking = ranking;
	return NULL;
}

static struct kimg_error *rank(struct kimg_size *size)
{
	struct kimg_symbols *symbols = size->symbols;
	cleanup_free uint64_t *sizes = NULL;

	TRY(size_measure(symbols, false, &sizes));
	size->ranking = reallocarray(NULL, symbols->n + 1, sizeof(*size->ranking));
	if (!size->ranking)
		return error_nomem();
	for (size_t i = 0; i < symbols->n; i++) {
		if (sizes[i] == 0)
			continue;
		size->ranking[size->ranking_count++] = (struct kimg_size_symbol){
			.symbol = &symbols->all[i],
			.size = sizes[i],
			.measured = !size_is_told(symbols) || symbols->all[i].size == 0,
		};
	}
	return sort(size);
}

struct kimg_error *kimg_size_ranking(struct kimg_size *size,
				     const struct kimg_size_symbol **ret_symbols, size_t *ret_count)
{
	if (!size->ranking && size->symbols)
		TRY(rank(size));
	*ret_symbols = size->ranking;
	*ret_count = size->ranking_count;
	return NULL;
}
