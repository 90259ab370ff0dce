/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The tree of a kernel without debugging information: sections, words, symbols. */
#include "size/tree.h"

/* ---- what a symbol is ---- */

enum kimg_size_kind size_kind_of(const struct kimg_symbol *symbol)
{
	switch (symbol->type) {
	case 't':
	case 'T':
	case 'w':
	case 'W':
		return KIMG_SIZE_TEXT;
	case 'r':
	case 'R':
		return KIMG_SIZE_RODATA;
	case 'b':
	case 'B':
		return KIMG_SIZE_BSS;
	default:
		return KIMG_SIZE_DATA;
	}
}

/* ---- words ---- */

/*
 * The first word of a name, by which most symbols of a subsystem begin: ext4 of __ext4_iget and of
 * __pfx_ext4_iget.
 */
static struct span first_word(struct span name)
{
	size_t n = 0;

	if (span_starts(name, SPAN_LITERAL("__pfx_")))
		name = span_from(name, 6);
	while (name.n && name.p[0] == '_')
		name = span_from(name, 1);
	while (n < name.n && name.p[n] != '_' && name.p[n] != '.')
		n++;
	return span_of(name.p, n);
}

struct kimg_error *tree_add_by_word(struct kimg_size_tree *tree, struct size_node *parent,
				    const struct kimg_size_symbol *symbol, enum kimg_size_kind kind)
{
	struct span name = symbol_name(symbol->symbol), word = first_word(name);
	struct size_node *group = parent;

	if (word.n)
		TRY(tree_child(tree, parent, word, &group));
	return tree_leaf(tree, group, name, symbol->size, kind);
}

/* ---- sections ---- */

/* What is known of the sections while symbols are added. */
struct places {
	/* by their number in the table of symbols */
	struct size_node **nodes;
	const struct kimg_size_section **sections;
	size_t count;
	const struct kimg_size_section **by_name; /* those of the file that are loaded, sorted */
	size_t by_name_count;
	uint64_t *named; /* bytes of each section of the file that symbols cover */
};

static void places_done(struct places *places)
{
	free(places->nodes);
	free(places->sections);
	free(places->by_name);
	free(places->named);
}

static int by_name(const void *pa, const void *pb)
{
	const struct kimg_size_section *const *a = pa, *const *b = pb;

	return strcmp((*a)->name, (*b)->name);
}

static struct kimg_error *places_init(struct places *places, const struct kimg_size *size)
{
	places->count = size->symbols ? size->symbols->section_count : 0;
	places->nodes = calloc(places->count + 1, sizeof(*places->nodes));
	places->sections = calloc(places->count + 1, sizeof(*places->sections));
	places->by_name = calloc(size->section_count + 1, sizeof(*places->by_name));
	places->named = calloc(size->section_count + 1, sizeof(*places->named));
	if (!places->nodes || !places->sections || !places->by_name || !places->named)
		return error_nomem();
	for (size_t i = 0; i < size->section_count; i++)
		if (size->sections[i].kind != KIMG_SIZE_UNLOADED)
			places->by_name[places->by_name_count++] = &size->sections[i];
	qsort(places->by_name, places->by_name_count, sizeof(*places->by_name), by_name);
	return NULL;
}

static struct span words(const char *text)
{
	return span_of(text, strlen(text));
}

/*
 * What the section is for: .rodata of x86 and arm64 is writable in the file, as what is read-only after
 * initialisation stands in it (include/asm-generic/vmlinux.lds.h, RO_DATA).
 */
static enum kimg_size_kind kind_of_section(const struct kimg_size_section *section)
{
	return strcmp(section->name, ".rodata") == 0 ? KIMG_SIZE_RODATA : section->kind;
}

/* Section number index of the table of symbols gets its node. */
static struct kimg_error *make_place(struct kimg_size_tree *tree, struct size_node *parent,
				     const struct kimg_size *size, struct places *places,
				     unsigned int index)
{
	const char *name = kimg_symbols_section_name(size->symbols, index);
	const struct kimg_size_section wanted = { .name = name }, *key = &wanted, **found;

	TRY(tree_child(tree, parent, words(name), &places->nodes[index]));
	found = bsearch(&key, places->by_name, places->by_name_count, sizeof(*places->by_name),
			by_name);
	places->sections[index] = found ? *found : NULL;
	return NULL;
}

/* Without sections, the letters of the symbols tell as much. */
static struct kimg_error *add_by_letter(struct kimg_size_tree *tree, struct size_node *parent,
					const struct kimg_size_symbol *symbol)
{
	enum kimg_size_kind kind = size_kind_of(symbol->symbol);
	struct size_node *node;

	TRY(tree_child(tree, parent, words(kimg_size_kind_name(kind)), &node));
	return tree_add_by_word(tree, node, symbol, kind);
}

static struct kimg_error *add_symbol(struct kimg_size_tree *tree, struct size_node *parent,
				     const struct kimg_size *size, struct places *places,
				     const struct kimg_size_symbol *symbol, bool skip)
{
	unsigned int index = symbol->symbol->section;
	const struct kimg_size_section *section;

	if (!index || index >= places->count)
		return skip ? NULL : add_by_letter(tree, parent, symbol);
	if (!places->nodes[index])
		TRY(make_place(tree, parent, size, places, index));
	section = places->sections[index];
	if (section)
		places->named[section - size->sections] =
			add_saturated(places->named[section - size->sections], symbol->size);
	if (skip)
		return NULL;
	return tree_add_by_word(tree, places->nodes[index], symbol,
				section ? kind_of_section(section) : size_kind_of(symbol->symbol));
}

/* What no symbol covers: padding, and tables that have no names. */
static struct kimg_error *add_rest(struct kimg_size_tree *tree, struct size_node *parent,
				   const struct kimg_size *size, const struct places *places)
{
	for (size_t i = 0; i < size->section_count; i++) {
		const struct kimg_size_section *section = &size->sections[i];
		struct size_node *node;

		if (section->kind == KIMG_SIZE_UNLOADED || section->size <= places->named[i])
			continue;
		TRY(tree_child(tree, parent, words(section->name), &node));
		TRY(tree_rest(tree, node, SPAN_LITERAL("(no symbol)"),
			      section->size - places->named[i], kind_of_section(section)));
	}
	return NULL;
}

struct kimg_error *tree_add_sections(struct kimg_size_tree *tree, struct size_node *parent,
				     struct kimg_size *size, const bool *skip)
{
	cleanup(places_done) struct places places = { 0 };
	const struct kimg_size_symbol *symbols;
	size_t count;

	TRY(places_init(&places, size));
	TRY(kimg_size_ranking(size, &symbols, &count));
	for (size_t i = 0; i < count; i++)
		TRY(add_symbol(tree, parent, size, &places, &symbols[i], skip && skip[i]));
	return add_rest(tree, parent, size, &places);
}
