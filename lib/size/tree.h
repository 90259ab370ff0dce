/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SIZE_TREE_H
#define SIZE_TREE_H

#include "size/size.h"

/* A node while the tree is made. */
struct size_node {
	struct kimg_size_node node;
	const struct size_node *parent;
};

struct kimg_error *tree_new(struct kimg_size_tree **ret_tree) must_check;

struct size_node *tree_root(struct kimg_size_tree *tree);

/* The inner node of that name below parent, made where there was none. The name is copied. */
struct kimg_error *tree_child(struct kimg_size_tree *tree, struct size_node *parent,
			      struct span name, struct size_node **ret_child) must_check;

/* The same for a path of names with slashes between, from the root. */
struct kimg_error *tree_path(struct kimg_size_tree *tree, struct span path,
			     struct size_node **ret_node) must_check;

/* Adds a leaf; its name must outlive the tree. */
struct kimg_error *tree_leaf(struct kimg_size_tree *tree, struct size_node *parent,
			     struct span name, uint64_t size, enum kimg_size_kind kind) must_check;

/* The same for bytes that have no symbol. */
struct kimg_error *tree_rest(struct kimg_size_tree *tree, struct size_node *parent,
			     struct span name, uint64_t size, enum kimg_size_kind kind) must_check;

/* Adds sizes up and sorts. */
struct kimg_error *tree_finish(struct kimg_size_tree *tree) must_check;

static inline void tree_free_pointer(struct kimg_size_tree **tree)
{
	kimg_size_tree_free(*tree);
}

#define cleanup_tree cleanup(tree_free_pointer)

/* by_section.c: what a symbol's letter says that it is. */
enum kimg_size_kind size_kind_of(const struct kimg_symbol *symbol);

/* Adds symbol to parent, below the first word of its name. */
struct kimg_error *tree_add_by_word(struct kimg_size_tree *tree, struct size_node *parent,
				    const struct kimg_size_symbol *symbol,
				    enum kimg_size_kind kind) must_check;

/*
 * Adds all symbols of the ranking that are not marked in skip (NULL: none is), by section and word, and what of
 * the sections no symbol covers.
 */
struct kimg_error *tree_add_sections(struct kimg_size_tree *tree, struct size_node *parent,
				     struct kimg_size *size, const bool *skip) must_check;

#endif
