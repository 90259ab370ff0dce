/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which functions, blocks and inlined functions of a unit an address lies in. The children of a scope are
 * read when the first address in it is asked for, and kept.
 */
#include "base/buf.h"
#include "debug/source.h"

/* Namespaces and types in one another. */
#define NESTED_MAX 32

struct children {
	struct kimg_source *source;
	struct unit *unit;
	struct cursor c; /* at the next DIE */
	struct buf list; /* of struct reach */
};

static void children_done(struct children *children)
{
	buf_done(&children->list);
}

static struct kimg_error *add_scope(struct children *children, const struct die *die)
{
	struct kimg_source *source = children->source;
	size_t before = children->list.n, added;
	struct scope *scope;
	struct reach *all;

	TRY(die_add_reaches(source, children->unit, die, &(struct reach){ 0 }, &children->list,
			    &children->unit->budget));
	added = (children->list.n - before) / sizeof(*all);
	if (added == 0 || children->list.failed)
		return NULL;
	if (children->list.n > source->limits.memory)
		return error_new(KIMG_E_LIMIT, "debug information: too many ranges");
	scope = source_alloc(source, sizeof(*scope));
	if (!scope)
		return error_nomem();
	scope->die = die->offset;
	scope->tag = die->tag;
	all = (struct reach *)(void *)(children->list.p + before);
	for (size_t i = 0; i < added; i++)
		all[i].scope = scope;
	return NULL;
}

/* The abbreviation of the next DIE, behind whose code the walk is then; *ret is NULL at the end of a list. */
static struct kimg_error *next_abbrev(struct children *children, const struct abbrev **ret)
{
	struct cursor *c = &children->c;
	uint64_t code;

	*ret = NULL;
	/* Lists of children that reach into one another could be walked for ever. */
	if (children->unit->budget-- == 0)
		return error_new(KIMG_E_CORRUPT, "more entries than a unit can have");
	/* Lists may end with the unit. */
	if (c->at >= c->s.n)
		return NULL;
	code = cursor_uleb128(c);
	if (code == 0)
		return NULL;
	*ret = abbrev_find(children->unit->abbrevs, code);
	if (!*ret)
		return error_at(KIMG_E_CORRUPT, c->at,
				"debug information: an entry without an abbreviation");
	return NULL;
}

static struct kimg_error *check(const struct children *children)
{
	return children->c.failed ? error_new(KIMG_E_CORRUPT,
					      "debug information: an entry that runs past the end")
				  : NULL;
}

/* Behind a DIE, and all that is below it. */
static struct kimg_error *skip_tree(struct children *children, const struct abbrev *abbrev)
{
	size_t depth = 0;

	for (;;) {
		uint64_t sibling;

		if (abbrev) {
			die_skip(children->source, children->unit, abbrev, &children->c, &sibling);
			TRY(check(children));
			if (abbrev->has_children && sibling)
				children->c.at = sibling;
			else if (abbrev->has_children)
				depth++;
		} else if (depth > 0) {
			depth--;
		}
		if (depth == 0)
			return NULL;
		TRY(next_abbrev(children, &abbrev));
		if (!abbrev && children->c.at >= children->c.s.n)
			return NULL;
	}
}

static struct kimg_error *add_code(struct children *children, const struct abbrev *abbrev,
				   uint64_t offset)
{
	struct die die;

	die.offset = offset;
	TRY(die_read_as(children->source, children->unit, abbrev, children->c, &die));
	return add_scope(children, &die);
}

/* Walks over a list of children up to its end. */
static struct kimg_error *add_children(struct children *children, unsigned int depth)
{
	const bool is_flat = children->unit->is_flat;

	for (;;) {
		uint64_t offset = children->c.at, sibling;
		const struct abbrev *abbrev;

		TRY(next_abbrev(children, &abbrev));
		if (!abbrev)
			return check(children);
		if (abbrev->kind == DIE_CODE)
			TRY(add_code(children, abbrev, offset));
		if (abbrev->kind != DIE_HOLDER || is_flat || !abbrev->has_children ||
		    depth == NESTED_MAX) {
			TRY(skip_tree(children, abbrev));
			continue;
		}
		die_skip(children->source, children->unit, abbrev, &children->c, &sibling);
		TRY(check(children));
		TRY(add_children(children, depth + 1));
	}
}

static struct kimg_error *open_scope(struct kimg_source *source, struct unit *unit,
				     struct scope *scope)
{
	cleanup(children_done) struct children children = { .source = source, .unit = unit };

	struct die die;

	if (scope->open)
		return NULL;
	TRY(die_read(source, unit, scope->die, &die));
	children.c = die_cursor(source, unit, die.next);
	if (die.has_children)
		TRY(add_children(&children, 0));
	TRY(reaches_finish(&children.list, source, &scope->children));
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
