/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Whether symbols are those of the kernel that wrote a report. Its frames, "name+0x12/0x40", tell the sizes of
 * functions: the right symbols have all of them, those of another build a third of them at the most.
 */
#include <stdio.h>
#include <stdlib.h>

#include "oops/resolve.h"
#include "symbol/map_match.h"

/* So many tell enough. */
enum { PAIRS_MAX = 1024 };

/* ---- collecting ---- */

static void add_pair(struct oops_pairs *pairs, const struct kimg_oops_frame *frame)
{
	if (pairs->n < PAIRS_MAX && frame->symbol && frame->has_offset && frame_size(frame) &&
	    frame->offset <= frame_size(frame))
		pairs->all[pairs->n++] =
			(struct oops_pair){ frame->module, frame->symbol, frame->size };
}

static void add_block(struct oops_pairs *pairs, const struct kimg_oops_block *block)
{
	if (block->user)
		return;
	if (block->has_pc)
		add_pair(pairs, &block->pc);
	if (block->has_link)
		add_pair(pairs, &block->link);
	for (size_t i = 0; i < block->frame_count; i++)
		add_pair(pairs, &block->frames[i]);
}

/* So many at the most: with more, all symbols are read. */
enum { NAMES_MAX = 96 };

struct names {
	const char **all;
	size_t n;
};

static void add_name(struct names *names, const char *name)
{
	for (size_t i = 0; i < names->n && i < NAMES_MAX; i++)
		if (strcmp(names->all[i], name) == 0)
			return;
	if (names->n < NAMES_MAX)
		names->all[names->n] = name;
	names->n++;
}

static void add_names(struct names *names, const struct kimg_oops_block *block)
{
	if (block->user)
		return;
	if (block->has_pc && block->pc.symbol && !block->pc.module)
		add_name(names, block->pc.symbol);
	if (block->has_link && block->link.symbol && !block->link.module)
		add_name(names, block->link.symbol);
	for (size_t i = 0; i < block->frame_count && names->n <= NAMES_MAX; i++)
		if (block->frames[i].symbol && !block->frames[i].module)
			add_name(names, block->frames[i].symbol);
}

struct kimg_error *names_collect(struct report *report, const char *const **ret_names,
				 size_t *ret_count)
{
	static const char *const always[] = { "_text", "_stext", "_etext", "_end", "linux_banner" };
	struct names names = { .all = report_alloc(report, NAMES_MAX * sizeof(char *)) };

	if (!names.all)
		return error_nomem();
	for (size_t i = 0; i < ARRAY_SIZE(always); i++)
		add_name(&names, always[i]);
	for (size_t i = 0; i < report->oops.block_count && names.n <= NAMES_MAX; i++)
		add_names(&names, &report->oops.blocks[i]);
	*ret_names = names.all;
	*ret_count = names.n <= NAMES_MAX ? names.n : 0;
	return NULL;
}

static int compare_text(const char *a, const char *b)
{
	return strcmp(a ? a : "", b ? b : "");
}

static int compare_pairs(const void *a, const void *b)
{
	const struct oops_pair *x = a, *y = b;
	int order = compare_text(x->module, y->module);

	if (order == 0)
		order = strcmp(x->name, y->name);
	return order ? order : (x->size > y->size) - (x->size < y->size);
}

struct kimg_error *pairs_collect(struct report *report, struct oops_pairs *ret_pairs)
{
	struct oops_pairs pairs = { .all = report_alloc(report, PAIRS_MAX * sizeof(*pairs.all)) };
	size_t n = 0;

	if (!pairs.all)
		return error_nomem();
	for (size_t i = 0; i < report->oops.block_count; i++)
		add_block(&pairs, &report->oops.blocks[i]);
	qsort(pairs.all, pairs.n, sizeof(*pairs.all), compare_pairs);
	for (size_t i = 0; i < pairs.n; i++)
		if (n == 0 || compare_pairs(&pairs.all[n - 1], &pairs.all[i]) != 0)
			pairs.all[n++] = pairs.all[i];
	pairs.n = n;
	*ret_pairs = pairs;
	return NULL;
}

/* ---- comparing ---- */

struct lookup {
	struct kimg_symbols *symbols;
	struct span name;
	uint64_t size;
	bool known, agrees;
};

static bool compare_symbol(void *context, const struct kimg_symbol *symbol)
{
	struct lookup *lookup = context;

	if (!symbol_is_called(symbol, lookup->name))
		return false; /* the others only begin so */
	if (symbol->flags & KIMG_SYMBOL_HIDDEN)
		return true;
	lookup->known = true;
	lookup->agrees = kimg_symbol_has_extent(lookup->symbols, symbol, lookup->size);
	return !lookup->agrees;
}

static void count_pair(const struct oops_table *table, const struct oops_pair *pair,
		       struct oops_verdict *verdict)
{
	struct lookup lookup = {
		.symbols = table_symbols(table),
		.name = span_of(pair->name, strlen(pair->name)),
		.size = pair->size,
	};

	kimg_symbols_named(lookup.symbols, pair->name, lookup.name.n, compare_symbol, &lookup);
	verdict->compared += lookup.known;
	verdict->agreeing += lookup.agrees;
	verdict->unknown += !lookup.known;
}

/* Whether the build-id of the log, hexadecimal, is that of the table: 1 yes, 0 no, -1 not known. */
static int same_build_id(const struct oops_table *table, const char *told)
{
	const struct kimg_map_side *side = table->side;

	if (!told || !side->build_id_size || strlen(told) != 2 * side->build_id_size)
		return -1;
	for (size_t i = 0; i < side->build_id_size; i++) {
		char digits[3];

		snprintf(digits, sizeof(digits), "%02x", side->build_id[i]);
		if (strncasecmp(told + 2 * i, digits, 2) != 0)
			return 0;
	}
	return 1;
}

static const char *build_id_of(const struct kimg_oops *oops, const char *module)
{
	if (!module)
		return oops->build_id;
	for (size_t i = 0; i < oops->module_count; i++)
		if (oops->modules[i].name && strcmp(oops->modules[i].name, module) == 0)
			return oops->modules[i].build_id;
	return NULL;
}

/*
 * Reports have lines that are damaged, and so names and sizes that no symbols have. Where the release is the right
 * one, a quarter may be; where nothing is known of it, fewer.
 */
static enum oops_fit fit_by_sizes(const struct oops_verdict *v, bool same_release)
{
	uint64_t wrong = v->compared - v->agreeing;

	if (v->compared == 0)
		return v->unknown >= 4 ? OOPS_DIFFERS : OOPS_CANNOT_TELL;
	if (v->unknown > v->compared)
		return OOPS_DIFFERS;
	return wrong * (same_release ? 4 : 16) > v->compared ? OOPS_DIFFERS : OOPS_FITS;
}

struct oops_verdict vote(const struct oops_table *table, const struct kimg_oops *oops,
			 const struct oops_pairs *pairs, const char *module)
{
	const char *release = module ? table->vermagic : table->side->release;
	bool same_release = release && oops->release && strcmp(release, oops->release) == 0;
	struct oops_verdict verdict = { 0 };

	for (size_t i = 0; i < pairs->n; i++)
		if (compare_text(pairs->all[i].module, module) == 0)
			count_pair(table, &pairs->all[i], &verdict);
	verdict.fit = fit_by_sizes(&verdict, same_release);
	if (verdict.fit == OOPS_CANNOT_TELL && same_release)
		verdict.fit = OOPS_FITS;
	if (release && oops->release && !same_release)
		verdict.fit = OOPS_DIFFERS;
	switch (same_build_id(table, build_id_of(oops, module))) {
	case 0:
		verdict.fit = OOPS_DIFFERS;
		break;
	case 1:
		verdict.fit = OOPS_FITS;
		break;
	default:
		break;
	}
	return verdict;
}

bool verdict_is_better(const struct oops_verdict *a, const struct oops_verdict *b)
{
	if (a->fit != b->fit)
		return a->fit > b->fit;
	/* a/b of the one > that of the other; both are small */
	if (a->agreeing * b->compared != b->agreeing * a->compared)
		return a->agreeing * b->compared > b->agreeing * a->compared;
	return a->agreeing > b->agreeing;
}
