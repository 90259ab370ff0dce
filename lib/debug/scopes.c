/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which functions, blocks and inlined functions of a unit an address lies in. The children of a scope are
 * read when the first address in it is asked for, and kept.
 */
#include "base/buf.h"
#include "debug/source.h"

/* Namespaces and types in one another. */
#define NESTED_MAX 32

static bool holds_code(int tag)
{
	switch (tag) {
	case DW_TAG_subprogram:
	case DW_TAG_inlined_subroutine:
	case DW_TAG_lexical_block:
	case DW_TAG_try_block:
	case DW_TAG_catch_block:
	case DW_TAG_with_stmt:
		return true;
	}
	return false;
}

/* What has no code itself, and may hold functions that have: Rust has them in all of these. */
static bool may_hold_functions(int tag)
{
	switch (tag) {
	case DW_TAG_namespace:
	case DW_TAG_module:
	case DW_TAG_structure_type:
	case DW_TAG_class_type:
	case DW_TAG_union_type:
	case DW_TAG_enumeration_type:
		return true;
	}
	return false;
}

struct children {
	struct kimg_source *source;
	struct unit *unit;
	struct buf list; /* of struct reach */
};

static void children_done(struct children *children)
{
	buf_done(&children->list);
}

static struct kimg_error *add_scope(struct children *children, Dwarf_Die *die, int tag)
{
	struct kimg_source *source = children->source;
	size_t before = children->list.n, added;
	struct scope *scope;
	struct reach *all;

	TRY(die_add_reaches(source, die, &(struct reach){ 0 }, &children->list,
			    &children->unit->budget));
	added = (children->list.n - before) / sizeof(*all);
	if (added == 0 || children->list.failed)
		return NULL;
	scope = arena_alloc(&source->arena, sizeof(*scope));
	if (!scope)
		return error_nomem();
	source->spent += sizeof(*scope) + added * sizeof(*all);
	scope->die = *die;
	scope->tag = tag;
	all = (struct reach *)(void *)(children->list.p + before);
	for (size_t i = 0; i < added; i++)
		all[i].scope = scope;
	return NULL;
}

static struct kimg_error *add_children(struct children *children, Dwarf_Die *parent,
				       unsigned int depth)
{
	const struct libdw *dw = children->source->dw;
	Dwarf_Die die;
	int end;

	for (end = dw->dwarf_child(parent, &die); end == 0; end = dw->dwarf_siblingof(&die, &die)) {
		int tag = dw->dwarf_tag(&die);

		/* Lists of children that reach into one another could be walked for ever. */
		if (children->unit->budget-- == 0)
			return error_new(KIMG_E_CORRUPT, "more entries than a unit can have");
		if (holds_code(tag))
			TRY(add_scope(children, &die, tag));
		else if (depth < NESTED_MAX && may_hold_functions(tag))
			TRY(add_children(children, &die, depth + 1));
	}
	if (end < 0)
		return source_damaged(children->source, "entries");
	return NULL;
}

static struct kimg_error *open_scope(struct kimg_source *source, struct unit *unit,
				     struct scope *scope)
{
	cleanup(children_done) struct children children = { .source = source, .unit = unit };

	if (scope->open)
		return NULL;
	TRY(add_children(&children, &scope->die, 0));
	TRY(reaches_finish(&children.list, &source->arena, &scope->children));
	scope->open = true;
	return NULL;
}

struct kimg_error *scopes_at(struct kimg_source *source, struct unit *unit, uint64_t address,
			     struct scope *path[SCOPES_MAX], size_t *ret_n)
{
	struct scope *scope = &unit->scope;
	size_t n = 0;

	for (;;) {
		const struct reach *reach;

		TRY(open_scope(source, unit, scope));
		reach = reaches_at(&scope->children, address);
		if (!reach)
			break;
		if (n == SCOPES_MAX)
			return error_new(KIMG_E_LIMIT, "more than %d scopes in one another",
					 SCOPES_MAX);
		scope = reach->scope;
		path[n++] = scope;
	}
	*ret_n = n;
	return NULL;
}
