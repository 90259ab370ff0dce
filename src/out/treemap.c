/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Squarified treemaps: Bruls, Huizing and van Wijk, "Squarified Treemaps", 2000. */
#include "out/treemap.h"

enum { HEAD = 15, GAP = 1 };

struct rect {
	double x, y, w, h;
};

/* Some of the children, which fill one side of what is left of their parent. */
struct strip {
	double sum, most, least; /* of their areas */
	double side;
};

/* How far from a square the worst of the strip is: 1 is a square. */
static double worst(const struct strip *strip)
{
	double side = strip->side * strip->side, sum = strip->sum * strip->sum;
	double wide = side * strip->most / sum, high = sum / (side * strip->least);

	return wide > high ? wide : high;
}

static struct strip with(const struct strip *strip, double area)
{
	struct strip longer = *strip;

	longer.sum += area;
	if (area > longer.most)
		longer.most = area;
	if (area < longer.least)
		longer.least = area;
	return longer;
}

/* Puts nodes into a strip along the shorter side of rect, and takes it off rect. */
static void place(struct treemap_node *nodes, size_t count, double scale, double sum,
		  struct rect *rect)
{
	bool upright = rect->w >= rect->h;
	double side = upright ? rect->h : rect->w, thick = side > 0 ? sum / side : 0, at = 0;

	for (size_t i = 0; i < count; i++) {
		double length = thick > 0 ? nodes[i].size * scale / thick : 0;

		nodes[i].x = rect->x + (upright ? 0 : at);
		nodes[i].y = rect->y + (upright ? at : 0);
		nodes[i].w = upright ? thick : length;
		nodes[i].h = upright ? length : thick;
		at += length;
	}
	if (upright) {
		rect->x += thick;
		rect->w = rect->w > thick ? rect->w - thick : 0;
	} else {
		rect->y += thick;
		rect->h = rect->h > thick ? rect->h - thick : 0;
	}
}

static void squarify(struct treemap_node *nodes, size_t count, struct rect rect)
{
	double total = 0, scale;

	for (size_t i = 0; i < count; i++)
		total += nodes[i].size;
	scale = total > 0 ? rect.w * rect.h / total : 0;
	for (size_t start = 0, end; start < count; start = end) {
		double area = nodes[start].size * scale;
		struct strip strip = { area, area, area, rect.w >= rect.h ? rect.h : rect.w };

		for (end = start + 1; end < count; end++) {
			struct strip longer = with(&strip, nodes[end].size * scale);

			if (!(worst(&longer) <= worst(&strip)))
				break;
			strip = longer;
		}
		place(&nodes[start], end - start, scale, strip.sum, &rect);
	}
}

/* What of node its children may fill: below a strip for the name, where there is room for one. */
static struct rect inside(struct treemap_node *node)
{
	struct rect rect = { node->x, node->y, node->w, node->h };
	double gap = node->w > 8 && node->h > 8 ? GAP : 0;

	node->head = node->depth > 0 && node->w > 40 && node->h > 2 * HEAD ? HEAD : 0;
	rect.x += gap;
	rect.w -= 2 * gap;
	rect.y += node->head ? node->head : gap;
	rect.h -= gap + (node->head ? node->head : gap);
	return rect;
}

void treemap_layout(struct treemap *map, double x, double y, double w, double h)
{
	struct treemap_node *root = &map->nodes[0];

	root->x = x;
	root->y = y;
	root->w = w;
	root->h = h;
	for (size_t i = 0; i < map->count; i++) {
		struct treemap_node *node = &map->nodes[i];

		if (node->count)
			squarify(&map->nodes[node->first], node->count, inside(node));
	}
}
