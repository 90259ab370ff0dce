/* SPDX-License-Identifier: GPL-2.0-or-later */
/* kimg size --html, --svg: the tree as a picture. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "base/error.h"
#include "cmd/size.h"
#include "io/outfile.h"
#include "out/treemap.h"

/* A node of less than this part of the whole can hardly be seen, or clicked. */
enum { SVG_PARTS = 6000, HTML_PARTS = 250000 };

/* Of kinds of sections, where there is no source. */
static const struct treemap_color kind_colors[] = {
	[KIMG_SIZE_TEXT] = { "code", "#4e79a7" },
	[KIMG_SIZE_RODATA] = { "read-only data", "#59a14f" },
	[KIMG_SIZE_DATA] = { "data", "#f28e2b" },
	[KIMG_SIZE_BSS] = { "bss", "#af7aa1" },
	[KIMG_SIZE_UNLOADED] = { "no symbol", "#b4b4b4" },
};

/* Of the largest folders of the source, in the order of their sizes; the last one for all others. */
static const char *const folder_colors[] = { "#4e79a7", "#f28e2b", "#59a14f", "#e15759",
					     "#76b7b2", "#edc948", "#b07aa1", "#ff9da7",
					     "#9c755f", "#7b8ccf", "#a3be5c", "#9c9c9c" };

struct maker {
	struct arena arena; /* names */
	struct treemap_node *nodes;
	const struct kimg_size_node *
		*sources; /* what each node is made of, NULL for the small ones */
	size_t count, room;
	uint64_t least;
	bool by_folder;
	struct treemap_color colors[ARRAY_SIZE(folder_colors)];
};

static void maker_done(struct maker *maker)
{
	arena_done(&maker->arena);
	free(maker->nodes);
	free(maker->sources);
}

static bool add(struct maker *maker, struct treemap_node node, const struct kimg_size_node *source)
{
	if (maker->count == maker->room) {
		size_t room = maker->room ? maker->room * 2 : 1024;
		void *nodes = reallocarray(maker->nodes, room, sizeof(*maker->nodes)), *sources;

		if (nodes)
			maker->nodes = nodes;
		sources = reallocarray(maker->sources, room, sizeof(*maker->sources));
		if (sources)
			maker->sources = sources;
		if (!nodes || !sources)
			return false;
		maker->room = room;
	}
	maker->nodes[maker->count] = node;
	maker->sources[maker->count++] = source;
	return true;
}

/* A word that one symbol alone begins with says nothing. */
static const struct kimg_size_node *unwrapped(const struct kimg_size_node *node)
{
	while (node->children && !node->children->next && !node->children->children)
		node = node->children;
	return node;
}

/* ---- colours ---- */

/* What no folder of the source has: "(no source)". */
static bool is_sourceless(const struct kimg_size_node *node)
{
	return node->name_size && node->name[0] == '(';
}

static unsigned int color_of(const struct maker *maker, const struct treemap_node *parent,
			     const struct kimg_size_node *node, size_t place)
{
	if (!maker->by_folder)
		return node->symbols ? node->kind : KIMG_SIZE_UNLOADED;
	if (parent->depth)
		return parent->color;
	if (is_sourceless(node))
		return ARRAY_SIZE(folder_colors) - 1;
	return place < ARRAY_SIZE(folder_colors) - 1 ? place : ARRAY_SIZE(folder_colors) - 1;
}

static bool name_colors(struct maker *maker, const struct kimg_size_node *root)
{
	const struct kimg_size_node *folder = root->children;

	for (size_t i = 0; i < ARRAY_SIZE(folder_colors); i++) {
		maker->colors[i].color = folder_colors[i];
		if (folder && is_sourceless(folder))
			folder = folder->next;
		if (i + 1 == ARRAY_SIZE(folder_colors) && folder) {
			maker->colors[i].label = "other";
		} else if (folder) {
			maker->colors[i].label =
				arena_copy(&maker->arena, folder->name,
					   folder->name_size < 24 ? folder->name_size : 24);
			if (!maker->colors[i].label)
				return false;
			folder = folder->next;
		}
	}
	return true;
}

/* ---- nodes ---- */

/* What is too small to be seen stands together. */
static bool add_small(struct maker *maker, size_t parent, uint64_t size, size_t symbols,
		      size_t count)
{
	struct treemap_node node = { .size = size,
				     .symbols = symbols,
				     .color = maker->nodes[parent].color,
				     .depth = maker->nodes[parent].depth + 1 };
	char text[64];
	char *name;

	snprintf(text, sizeof(text), "%zu smaller", count);
	name = arena_copy(&maker->arena, text, strlen(text));
	node.name = span_of(name, name ? strlen(text) : 0);
	return name && add(maker, node, NULL);
}

static bool add_children(struct maker *maker, size_t parent)
{
	const struct kimg_size_node *child = maker->sources[parent]->children;
	size_t first = maker->count, small = 0, small_symbols = 0, place = 0;
	uint64_t small_size = 0;

	for (; child; place += !is_sourceless(child), child = child->next) {
		const struct kimg_size_node *shown = unwrapped(child);
		struct treemap_node node = {
			.name = span_of(shown->name, shown->name_size),
			.size = child->size,
			.symbols = child->symbols,
			.color = color_of(maker, &maker->nodes[parent], child, place),
			.depth = maker->nodes[parent].depth + 1,
		};

		if (child->size < maker->least) {
			small++;
			small_symbols += child->symbols;
			small_size += child->size;
		} else if (!add(maker, node, shown)) {
			return false;
		}
	}
	/* Where none of them can be seen, the name of what they are in says more. */
	if (maker->count == first)
		return true;
	if (small_size && !add_small(maker, parent, small_size, small_symbols, small))
		return false;
	maker->nodes[parent].first = first;
	maker->nodes[parent].count = maker->count - first;
	return true;
}

static bool make(struct maker *maker, const struct kimg_size_node *root, unsigned int parts)
{
	struct treemap_node node = { .size = root->size, .symbols = root->symbols };

	maker->least = root->size / parts + 1;
	if (maker->by_folder && !name_colors(maker, root))
		return false;
	if (!add(maker, node, root))
		return false;
	for (size_t i = 0; i < maker->count; i++)
		if (maker->sources[i] && maker->sources[i]->children && !add_children(maker, i))
			return false;
	return true;
}

/* ---- files ---- */

static struct kimg_error *write_file(const char *path, struct span bytes)
{
	cleanup_outfile struct outfile file = OUTFILE_NONE;

	TRY(outfile_open(&file, path));
	TRY(outfile_write(&file, bytes));
	return outfile_commit(&file);
}

static struct kimg_error *draw(const char *path, const char *title, bool html, bool by_folder,
			       const struct kimg_size_node *root)
{
	cleanup(maker_done) struct maker maker = { .by_folder = by_folder };
	cleanup_buf struct buf out = { 0 };
	struct treemap map;

	if (!make(&maker, root, html ? HTML_PARTS : SVG_PARTS))
		return error_nomem();
	map = (struct treemap){
		.title = span_of(title, strlen(title)),
		.nodes = maker.nodes,
		.count = maker.count,
		.colors = by_folder ? maker.colors : kind_colors,
		.color_count = by_folder ? ARRAY_SIZE(maker.colors) : ARRAY_SIZE(kind_colors),
	};
	if (html)
		treemap_html(&map, &out);
	else
		treemap_svg(&map, &out);
	return out.failed ? error_nomem() : write_file(path, buf_span(&out));
}

struct kimg_error *size_draw(const struct size_options *o, const char *file, bool by_folder,
			     const struct kimg_size_tree *tree)
{
	const char *slash = strrchr(file, '/'), *title = slash && slash[1] ? slash + 1 : file;
	const struct kimg_size_node *root = kimg_size_tree_root(tree);

	if (o->html)
		TRY(draw(o->html, title, true, by_folder, root));
	if (o->svg)
		TRY(draw(o->svg, title, false, by_folder, root));
	return NULL;
}
