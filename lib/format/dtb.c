/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A device tree alone, or several one after another. The bytes are described in dtree.c. The root part is
 * the file; each tree in it is a part "dtb", except where the part itself is nothing but one tree that
 * another format gave its name already.
 */
#include "format/dtree.h"
#include "format/registry.h"

/* "compatible" and the like are lists of texts. */
static void show_property(struct kimg_part *part, const struct dtree *tree,
			  const struct dtree_node *node, const char *name)
{
	struct span value;

	if (dtree_property(tree, node, name, &value))
		dtree_show_list(part, name, value);
}

static void show_tree(struct kimg_part *part, const struct dtree *tree)
{
	struct dtree_node root, chosen;

	if (!dtree_root(tree, &root))
		return;
	show_property(part, tree, &root, "model");
	show_property(part, tree, &root, "compatible");
	show_property(part, tree, &root, "serial-number");
	if (dtree_find(tree, &root, "chosen", &chosen)) {
		show_property(part, tree, &chosen, "bootargs");
		show_property(part, tree, &chosen, "stdout-path");
	}
}

/* Explains part, which is one tree, as far as it makes sense; the error says where it stops doing so. */
static struct kimg_error *explain(struct kimg_part *part, const struct dtree *tree)
{
	struct kimg_error *error;
	struct dtree_walk walk = { .tree = tree };
	enum dtree_token token;
	uint64_t nodes = 0, properties = 0, size = tree->size_dt_struct;

	dtree_add_blocks(part, tree);
	while ((token = dtree_next(&walk)) != DTREE_DONE && token != DTREE_BAD) {
		nodes += token == DTREE_BEGIN;
		properties += token == DTREE_PROPERTY;
	}
	if (tree->version < 17 && token == DTREE_DONE)
		size = walk.at;
	if (size) {
		struct kimg_part *block =
			part_add(part, KIMG_PART_TABLE, "structure", tree->off_dt_struct, size);

		field_number(block, "nodes", nodes);
		field_number(block, "properties", properties);
	}
	show_tree(part, tree);
	error = dtree_check(tree);
	if (error && part->truncated) {
		/* What is cut short has its note already. */
		kimg_error_free(error);
		error = NULL;
	}
	return error_shift(error, part->offset);
}

static struct kimg_error *parse_one(struct kimg_part *part)
{
	struct dtree tree;

	TRY(dtree_read(part_span(part), &tree));
	return explain(part, &tree);
}

/* One tree, which was nested by whoever added part, so that it is not asked again what it is. */
static const struct format format_tree = {
	.name = "dtb",
	.title = "Flattened device tree",
	.probe = dtree_probe,
	.parse = parse_one,
};

static struct kimg_error *parse(struct kimg_part *part)
{
	struct span s = part_span(part);
	struct dtree tree;
	uint64_t end;

	TRY(dtree_read(s, &tree));
	end = tree.totalsize;
	if (part->kind == KIMG_PART_DTB && (end >= s.n || dtree_probe(span_from(s, end)) == 0))
		return explain(part, &tree);
	part_nest(part_add(part, KIMG_PART_DTB, "dtb", 0, end), &format_tree);
	dtree_add_all(part, end);
	return NULL;
}

const struct format format_dtb = {
	.name = "dtb",
	.title = "Flattened device tree",
	.probe = dtree_probe,
	.parse = parse,
};
