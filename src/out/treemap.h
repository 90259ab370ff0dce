/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef OUT_TREEMAP_H
#define OUT_TREEMAP_H

#include "base/buf.h"
#include "base/span.h"

/*
 * A tree of sizes as a picture: each node a rectangle within that of its parent, its area in proportion to its
 * size among its siblings.
 */

/* What a node looks like; also what the legend tells. */
struct treemap_color {
	const char *label;
	const char *color; /* "#4e79a7" */
};

struct treemap_node {
	struct span name; /* a stranger's */
	uint64_t size;
	uint64_t symbols;
	unsigned int color;
	/* The children stand one after another, the largest first, behind their parent. */
	size_t first, count;
	unsigned int depth;
	double x, y, w, h; /* treemap_layout() sets them */
	double head; /* height of the strip at the top that the name stands in; 0: there is none */
};

struct treemap {
	struct span title;
	struct treemap_node *nodes; /* [0] is the root */
	size_t count;
	const struct treemap_color *colors;
	size_t color_count; /* nodes of a color past these are of the last */
};

/* Gives each node its rectangle, the root that of the arguments. */
void treemap_layout(struct treemap *map, double x, double y, double w, double h);

/* One SVG file: static, with tooltips. */
void treemap_svg(struct treemap *map, struct buf *out);

/*
 * One HTML file that needs nothing else and loads nothing: zoom by click, tooltips, search. It is well-formed XML,
 * too.
 */
void treemap_html(const struct treemap *map, struct buf *out);

static inline const struct treemap_color *treemap_color(const struct treemap *map,
							const struct treemap_node *node)
{
	size_t last = map->color_count - 1;

	return &map->colors[node->color < last ? node->color : last];
}

#endif
