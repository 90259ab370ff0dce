/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The tree of a kernel with debugging information: source folders, files, symbols. Compile units are read one after
 * another; what is kept grows with the symbols, not with the units. Units tell where their code is,
 * not their data: that goes by sections, below "(no source)".
 */
#include "kimg/source.h"
#include "size/tree.h"

struct walk {
	struct kimg_size_tree *tree;
	const struct kimg_size *size;
	/* The ranking by address, and which of them have a unit already. */
	uint32_t *order;
	uint32_t *nexts; /* the first one from there on that has none */
	bool *taken;     /* by place in the ranking */
	size_t count;
	struct kimg_error *error;
};

static const struct kimg_size_symbol *symbol_at(const struct walk *walk, size_t i)
{
	return &walk->size->ranking[walk->order[i]];
}

/* The first that stands at address or behind it. */
static size_t lower_bound(const struct walk *walk, uint64_t address)
{
	size_t low = 0, n = walk->count;

	while (n) {
		size_t half = n / 2;

		if (symbol_at(walk, low + half)->symbol->address < address) {
			low += half + 1;
			n -= half + 1;
		} else {
			n = half;
		}
	}
	return low;
}

/* Shortens the way for the next: whatever the ranges of hostile units are, each symbol is passed few times. */
static size_t first_free(struct walk *walk, size_t i)
{
	size_t found = i;

	while (walk->nexts[found] != found)
		found = walk->nexts[found];
	while (walk->nexts[i] != found) {
		size_t next = walk->nexts[i];

		walk->nexts[i] = found;
		i = next;
	}
	return found;
}

static struct kimg_error *take(struct walk *walk, const struct kimg_source_unit *unit, size_t i,
			       struct size_node **node)
{
	const struct kimg_size_symbol *symbol = symbol_at(walk, i);

	walk->nexts[i] = i + 1;
	walk->taken[walk->order[i]] = true;
	if (!*node)
		TRY(tree_path(walk->tree, span_of(unit->name, strlen(unit->name)), node));
	return tree_leaf(walk->tree, *node, symbol_name(symbol->symbol), symbol->size,
			 size_kind_of(symbol->symbol));
}

static struct kimg_error *take_unit(struct walk *walk, const struct kimg_source_unit *unit)
{
	struct size_node *node = NULL;

	for (size_t r = 0; r < unit->range_count; r++) {
		size_t i = first_free(walk, lower_bound(walk, unit->ranges[r].start));

		while (i < walk->count &&
		       symbol_at(walk, i)->symbol->address < unit->ranges[r].end) {
			TRY(take(walk, unit, i, &node));
			i = first_free(walk, i);
		}
	}
	return NULL;
}

static bool visit(void *context, const struct kimg_source_unit *unit)
{
	struct walk *walk = context;

	if (unit->name && *unit->name)
		walk->error = take_unit(walk, unit);
	return !walk->error;
}

/* ---- the walk ---- */

static void walk_done(struct walk *walk)
{
	free(walk->order);
	free(walk->nexts);
	free(walk->taken);
}

/* The table is sorted by address; so its order gives that of the ranking. */
static struct kimg_error *walk_init(struct walk *walk, struct kimg_size *size)
{
	const struct kimg_size_symbol *symbols;
	cleanup_free uint32_t *places = NULL;
	size_t n = size->symbols->n;

	TRY(kimg_size_ranking(size, &symbols, &walk->count));
	places = calloc(n + 1, sizeof(*places));
	walk->order = calloc(walk->count + 1, sizeof(*walk->order));
	walk->nexts = calloc(walk->count + 1, sizeof(*walk->nexts));
	walk->taken = calloc(walk->count + 1, sizeof(*walk->taken));
	if (!places || !walk->order || !walk->nexts || !walk->taken)
		return error_nomem();
	for (size_t i = 0; i < walk->count; i++)
		places[symbols[i].symbol - size->symbols->all] = i + 1;
	for (size_t i = 0, at = 0; i < n; i++)
		if (places[i])
			walk->order[at++] = places[i] - 1;
	for (size_t i = 0; i <= walk->count; i++)
		walk->nexts[i] = i;
	return NULL;
}

static struct kimg_error *add_rest(struct kimg_size_tree *tree, struct kimg_size *size,
				   const bool *taken)
{
	struct size_node *rest;

	TRY(tree_child(tree, tree_root(tree), SPAN_LITERAL("(no source)"), &rest));
	return tree_add_sections(tree, rest, size, taken);
}

static struct kimg_error *add_folders(struct kimg_size_tree *tree, struct kimg_size *size,
				      struct kimg_source *source)
{
	cleanup(walk_done) struct walk walk = { .tree = tree, .size = size };

	TRY(walk_init(&walk, size));
	TRY(kimg_source_units(source, visit, &walk));
	if (walk.error)
		return walk.error;
	return add_rest(tree, size, walk.taken);
}

struct kimg_error *kimg_size_tree_new(struct kimg_size *size, struct kimg_source *source,
				      struct kimg_size_tree **ret_tree)
{
	cleanup_tree struct kimg_size_tree *tree = NULL;

	TRY(tree_new(&tree));
	if (source && size->symbols)
		TRY(add_folders(tree, size, source));
	else
		TRY(tree_add_sections(tree, tree_root(tree), size, NULL));
	TRY(tree_finish(tree));
	*ret_tree = tree;
	tree = NULL;
	return NULL;
}
