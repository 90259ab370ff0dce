/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Brings the tiles of a part in order and fills the gaps, so that they cover it exactly. */
#include <inttypes.h>
#include <stdlib.h>

#include "format/image.h"

/* How far a gap is read, to tell padding from data, when only headers were asked for. */
#define SHALLOW_LOOK (64u << 10)

static int by_place(const void *a, const void *b)
{
	const struct kimg_part *x = *(struct kimg_part *const *)a,
			       *y = *(struct kimg_part *const *)b;

	if (x->offset != y->offset)
		return x->offset < y->offset ? -1 : 1;
	return x->size == y->size ? 0 : x->size > y->size ? -1 : 1;
}

static void append(struct node *parent, struct node *child)
{
	child->part.next = NULL;
	if (parent->last_child)
		parent->last_child->part.next = &child->part;
	else
		parent->part.children = &child->part;
	parent->last_child = child;
}

static void add_filler(struct node *parent, uint64_t from, uint64_t to)
{
	struct span s = span_clip(parent->space->bytes, from, to - from);
	bool look = s.n <= SHALLOW_LOOK || parent->image->options.depth == KIMG_DEEP;
	uint64_t offset = from - parent->part.offset;

	if (look && (span_filled(s, 0) || span_filled(s, 0xff)))
		node_add_filler(parent, KIMG_PART_PADDING, "padding", offset, s.n);
	else if (parent->fill_name)
		node_add_filler(parent, parent->fill_kind, parent->fill_name, offset, s.n);
	else
		node_add_filler(parent, KIMG_PART_GAP, "gap", offset, s.n);
}

/* Takes the children out of parent: the tiles into ret_tiles, the views back in, old fillers dropped. */
static size_t split(struct node *parent, struct node **ret_tiles, struct node **ret_views)
{
	struct node *next, *child = node_child(parent);
	size_t tiles = 0, views = 0;

	for (; child; child = next) {
		next = node_next(child);
		if (child->filler) {
			name_forget(child);
			continue;
		}
		if (child->part.view)
			ret_views[views++] = child;
		else
			ret_tiles[tiles++] = child;
	}
	parent->part.children = NULL;
	parent->last_child = NULL;
	ret_views[views] = NULL;
	return tiles;
}

static void order(struct node *parent, struct node **tiles, size_t n, struct node **views)
{
	uint64_t at = parent->part.offset, end = at + parent->part.size;
	struct node *last = NULL;

	qsort(tiles, n, sizeof(*tiles), by_place);
	for (size_t i = 0; i < n; i++) {
		struct kimg_part *part = &tiles[i]->part;

		if (part->offset < at) {
			note_bad(part, "overlaps %s", last ? last->part.name : "what is before it");
			part->view = true;
			/* Bytes are taken apart once, however many parts claim them. */
			tiles[i]->nested = false;
			continue;
		}
		if (part->offset > at)
			add_filler(parent, at, part->offset);
		append(parent, tiles[i]);
		at = part->offset + part->size;
		last = tiles[i];
	}
	/* A part without any tiles is a leaf and is left so. */
	if (at < end && last)
		add_filler(parent, at, end);
	for (size_t i = 0; i < n; i++)
		if (tiles[i]->part.view)
			append(parent, tiles[i]);
	for (size_t i = 0; views[i]; i++)
		append(parent, views[i]);
}

void node_tile(struct node *node)
{
	struct node **tiles, **views;
	size_t n = 0;

	for (struct node *child = node_child(node); child; child = node_next(child), n++)
		;
	if (n == 0 || node == node->image->scrap)
		return;
	tiles = calloc(n, sizeof(struct node *));
	views = calloc(n + 1, sizeof(struct node *));
	if (tiles && views)
		order(node, tiles, split(node, tiles, views), views);
	else
		node->image->out_of_memory = true;
	free(tiles);
	free(views);
	for (struct node *child = node_child(node); child; child = node_next(child))
		if (!child->explored)
			node_tile(child);
}
