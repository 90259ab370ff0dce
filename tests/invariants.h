/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TESTS_INVARIANTS_H
#define TESTS_INVARIANTS_H

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "kimg/part.h"

/*
 * What holds for the part tree of every image, however damaged. Shared by the unit tests and the fuzz
 * target; invariant_broken() returns NULL, or what does not hold.
 */

static inline int invariant_by_name(const void *a, const void *b)
{
	return strcmp((*(const struct kimg_part *const *)a)->name,
		      (*(const struct kimg_part *const *)b)->name);
}

/* Names become file names: unique, not empty, no '/', nothing that steers a terminal. */
static inline const char *invariant_names(const struct kimg_part *part)
{
	const struct kimg_part **children;
	const char *broken = NULL;
	size_t n = 0, i = 0;

	for (const struct kimg_part *child = part->children; child; child = child->next, n++) {
		if (!child->name[0] || child->name[0] == '.')
			return "a name is empty or begins with a dot";
		for (const char *c = child->name; *c; c++)
			if (*c == '/' || (unsigned char)*c < ' ' || *c == 0x7f)
				return "a name is not safe";
	}
	if (n < 2)
		return NULL;
	children = calloc(n, sizeof(*children));
	if (!children)
		return NULL;
	for (const struct kimg_part *child = part->children; child; child = child->next)
		children[i++] = child;
	qsort(children, n, sizeof(*children), invariant_by_name);
	for (i = 1; i < n; i++)
		if (strcmp(children[i - 1]->name, children[i]->name) == 0)
			broken = "two siblings have one name";
	free(children);
	return broken;
}

/* The tiles of part cover it exactly, in order; nothing leaves the space, which is space_size long. */
static inline const char *invariant_tiles(const struct kimg_part *part, uint64_t space_size)
{
	uint64_t at = part->offset;
	int tiles = 0;

	for (const struct kimg_part *child = part->children; child; child = child->next) {
		if (child->parent != part)
			return "a child has another parent";
		if (child->offset > space_size || child->size > space_size - child->offset)
			return "a part leaves its space";
		if (child->view)
			continue;
		if (child->size == 0)
			return "a tile is empty";
		if (child->offset != at)
			return "a tile does not begin where the one before it ends";
		at += child->size;
		tiles++;
	}
	if (tiles && at != part->offset + part->size)
		return "the tiles do not cover their parent";
	return NULL;
}

static inline const char *invariant_texts(const struct kimg_part *part)
{
	for (const struct kimg_field *field = part->fields; field; field = field->next) {
		if (!field->name || !field->name[0])
			return "a field has no name";
		if (field->type == KIMG_FIELD_BOOL && field->number > 1)
			return "a truth value is neither 0 nor 1";
		if (field->length && !field->bytes)
			return "a field lacks its bytes";
	}
	for (const struct kimg_note *note = part->notes; note; note = note->next)
		if (!note->text || !note->text[0])
			return "a note has no text";
	return NULL;
}

static inline const char *invariant_in(const struct kimg_part *part, uint64_t space_size)
{
	const char *broken = invariant_names(part);

	if (!broken)
		broken = invariant_tiles(part, space_size);
	if (!broken)
		broken = invariant_texts(part);
	for (const struct kimg_part *child = part->children; child && !broken; child = child->next)
		broken = invariant_in(child, space_size);
	if (part->content && !broken) {
		if (part->content->parent != part || part->content->offset != 0)
			return "a decoded space does not begin at 0 below its part";
		broken = invariant_in(part->content, part->content->size);
	}
	return broken;
}

static inline const char *invariant_broken(const struct kimg_part *root)
{
	return invariant_in(root, root->size);
}

#endif
