/* SPDX-License-Identifier: GPL-2.0-or-later */
/* kimg size: by source folder. */
#include <string.h>

#include "cmd/size.h"
#include "kimg/source.h"

/* Without --verbose: folders this deep, of at least one part in so many of the whole. */
enum { SHOWN_DEPTH = 2, SHOWN_PARTS = 1000 };

struct folders {
	struct out *out;
	bool verbose;
	uint64_t whole;
};

/* A folder or file: a file has symbols as children, which have none. */
static bool is_inner(const struct kimg_size_node *node)
{
	return node->children != NULL;
}

static void show_node(struct folders *f, const struct kimg_size_node *node, unsigned int depth)
{
	struct out *out = f->out;
	bool shown = f->verbose || (depth <= SHOWN_DEPTH && node->size >= f->whole / SHOWN_PARTS);

	if (!shown)
		out_mute(out);
	out_object(out, NULL);
	out_row(out);
	out_width(out, -10);
	out_number(out, "size", OUT_PLAIN, node->size);
	size_share(out, node->size, f->whole);
	out_gap(out, 2 * depth);
	out_text(out, "name", OUT_NAME, span_of(node->name, node->name_size));
	out_number(out, "symbols", OUT_DATA, node->symbols);
	out_row_end(out);
	out_array(out, "folders");
	for (const struct kimg_size_node *child = node->children; child; child = child->next)
		if (is_inner(child))
			show_node(f, child, depth + 1);
	out_close(out);
	out_close(out);
	if (!shown)
		out_unmute(out);
}

static void show_folders(struct out *out, const struct size_options *o,
			 const struct kimg_size_tree *tree)
{
	const struct kimg_size_node *root = kimg_size_tree_root(tree);
	struct folders f = { .out = out, .verbose = o->verbose, .whole = root->size };

	out_space(out);
	out_row(out);
	out_width(out, -10);
	out_print(out, OUT_FAINT, "size");
	out_width(out, -7);
	out_print(out, OUT_FAINT, "share");
	out_print(out, OUT_FAINT, "folder");
	out_row_end(out);
	out_array(out, "folders");
	for (const struct kimg_size_node *node = root->children; node; node = node->next)
		if (is_inner(node))
			show_node(&f, node, 1);
	out_close(out);
}

/* The debugging information of file; NULL, with a remark, where there is none that can be read. */
static struct kimg_source *open_source(struct cli *cli, const struct size_options *o,
				       const char *file)
{
	struct kimg_source_options options = KIMG_SOURCE_OPTIONS_DEFAULT;
	struct kimg_source *source;
	struct kimg_error *error;
	char text[512];

	options.limits = cli->limits;
	error = kimg_source_open(file, &options, &source);
	if (!error)
		return source;
	if (o->asked || kimg_error_code(error) != KIMG_E_NOT_FOUND) {
		kimg_error_format(error, text, sizeof(text));
		remark(cli, "no source folders: %s", text);
	}
	kimg_error_free(error);
	return NULL;
}

static void free_source(struct kimg_source **source)
{
	kimg_source_free(*source);
}

static void free_tree(struct kimg_size_tree **tree)
{
	kimg_size_tree_free(*tree);
}

struct kimg_error *size_show_tree(struct cli *cli, struct out *out, const struct size_options *o,
				  struct kimg_size *size)
{
	cleanup(free_source) struct kimg_source *source = NULL;
	cleanup(free_tree) struct kimg_size_tree *tree = NULL;
	const char *file = cli->operands[0];
	bool drawn = o->html || o->svg, folders = o->show & SIZE_SHOW_FOLDERS;
	struct kimg_error *error;

	if (kimg_size_is_elf(size) && strcmp(file, "-") != 0)
		source = open_source(cli, o, file);
	else if (folders && o->asked)
		remark(cli, "no source folders: %s is no ELF file", file);
	if (!drawn && !(folders && source))
		return NULL;
	error = kimg_size_tree_new(size, source, &tree);
	if (!error && folders && source)
		show_folders(out, o, tree);
	if (!error && drawn)
		error = size_draw(o, file, source, tree);
	return error;
}
