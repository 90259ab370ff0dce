/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The bytes as a tree: by source folder, or by section and first word of the name. */
#include "base/hash.h"
#include "size/tree.h"

/* A path with more folders keeps the rest in one name. */
#define MAX_DEPTH 48

struct kimg_size_tree {
	struct size_node *root;
	struct size_node **slots; /* inner nodes by parent and name */
	size_t slot_count, inner_count;
	uint64_t seed;
	struct arena arena;
};

/* ---- nodes ---- */

static uint64_t hash_of(const struct kimg_size_tree *tree, const struct size_node *parent,
			struct span name)
{
	return hash_span(tree->seed ^ (uintptr_t)parent, name);
}

static struct size_node **slot_of(const struct kimg_size_tree *tree, const struct size_node *parent,
				  struct span name)
{
	size_t i = hash_of(tree, parent, name);

	for (;; i++) {
		struct size_node **slot = &tree->slots[i & (tree->slot_count - 1)];

		if (!*slot ||
		    ((*slot)->parent == parent &&
		     span_equal(span_of((*slot)->node.name, (*slot)->node.name_size), name)))
			return slot;
	}
}

static struct kimg_error *grow_slots(struct kimg_size_tree *tree)
{
	struct size_node **old = tree->slots;
	size_t count = tree->slot_count;

	tree->slots = calloc(count ? count * 2 : 1024, sizeof(*tree->slots));
	if (!tree->slots) {
		tree->slots = old;
		return error_nomem();
	}
	tree->slot_count = count ? count * 2 : 1024;
	for (size_t i = 0; i < count; i++)
		if (old[i])
			*slot_of(tree, old[i]->parent,
				 span_of(old[i]->node.name, old[i]->node.name_size)) = old[i];
	free(old);
	return NULL;
}

static struct size_node *new_node(struct kimg_size_tree *tree, struct size_node *parent,
				  struct span name)
{
	struct size_node *node = arena_alloc(&tree->arena, sizeof(*node));

	if (!node)
		return NULL;
	node->node.name = (const char *)name.p;
	node->node.name_size = name.n;
	node->parent = parent;
	if (parent) {
		node->node.next = parent->node.children;
		parent->node.children = &node->node;
	}
	return node;
}

struct kimg_error *tree_child(struct kimg_size_tree *tree, struct size_node *parent,
			      struct span name, struct size_node **ret_child)
{
	struct size_node **slot;
	const char *copy;

	if (tree->inner_count + 1 > tree->slot_count / 2)
		TRY(grow_slots(tree));
	slot = slot_of(tree, parent, name);
	if (!*slot) {
		copy = arena_copy(&tree->arena, (const char *)name.p, name.n);
		if (!copy)
			return error_nomem();
		*slot = new_node(tree, parent, span_of(copy, name.n));
		if (!*slot)
			return error_nomem();
		tree->inner_count++;
	}
	*ret_child = *slot;
	return NULL;
}

struct kimg_error *tree_path(struct kimg_size_tree *tree, struct span path,
			     struct size_node **ret_node)
{
	struct size_node *node = tree->root;

	for (unsigned int depth = 0; path.n; depth++) {
		const uint8_t *slash = depth < MAX_DEPTH ? memchr(path.p, '/', path.n) : NULL;
		size_t n = slash ? (size_t)(slash - path.p) : path.n;

		if (n)
			TRY(tree_child(tree, node, span_of(path.p, n), &node));
		path = span_from(path, slash ? n + 1 : n);
	}
	*ret_node = node;
	return NULL;
}

static struct kimg_error *add_leaf(struct kimg_size_tree *tree, struct size_node *parent,
				   struct span name, uint64_t size, enum kimg_size_kind kind,
				   size_t symbols)
{
	struct size_node *leaf = new_node(tree, parent, name);

	if (!leaf)
		return error_nomem();
	leaf->node.size = size;
	leaf->node.kind = kind;
	leaf->node.symbols = symbols;
	return NULL;
}

struct kimg_error *tree_leaf(struct kimg_size_tree *tree, struct size_node *parent,
			     struct span name, uint64_t size, enum kimg_size_kind kind)
{
	return add_leaf(tree, parent, name, size, kind, 1);
}

struct kimg_error *tree_rest(struct kimg_size_tree *tree, struct size_node *parent,
			     struct span name, uint64_t size, enum kimg_size_kind kind)
{
	return add_leaf(tree, parent, name, size, kind, 0);
}

struct size_node *tree_root(struct kimg_size_tree *tree)
{
	return tree->root;
}

/* ---- totals and order ---- */

static int by_size(const void *pa, const void *pb)
{
	const struct kimg_size_node *const *a = pa, *const *b = pb;
	size_t n = (*a)->name_size < (*b)->name_size ? (*a)->name_size : (*b)->name_size;
	int order;

	if ((*a)->size != (*b)->size)
		return (*a)->size > (*b)->size ? -1 : 1;
	order = n ? memcmp((*a)->name, (*b)->name, n) : 0;
	return order ? order
		     : ((*a)->name_size > (*b)->name_size) - ((*a)->name_size < (*b)->name_size);
}

static struct kimg_error *sort_children(struct kimg_size_node *node, size_t count)
{
	cleanup_free struct kimg_size_node **all = reallocarray(NULL, count + 1, sizeof(*all));
	size_t n = 0;

	if (!all)
		return error_nomem();
	for (const struct kimg_size_node *child = node->children; child; child = child->next)
		all[n++] = (struct kimg_size_node *)child;
	qsort(all, n, sizeof(*all), by_size);
	for (size_t i = 0; i < n; i++)
		all[i]->next = i + 1 < n ? all[i + 1] : NULL;
	node->children = n ? all[0] : NULL;
	return NULL;
}

/* Adds up what is below node, and sorts it. An inner node is of the kind that most of its bytes are. */
static struct kimg_error *add_up(struct kimg_size_node *node)
{
	uint64_t kinds[KIMG_SIZE_UNLOADED + 1] = { 0 };
	size_t count = 0;

	if (!node->children)
		return NULL;
	for (const struct kimg_size_node *child = node->children; child; child = child->next) {
		TRY(add_up((struct kimg_size_node *)child));
		node->size = add_saturated(node->size, child->size);
		node->symbols += child->symbols;
		kinds[child->kind] = add_saturated(kinds[child->kind], child->size);
		count++;
	}
	for (size_t kind = 0; kind < ARRAY_SIZE(kinds); kind++)
		if (kinds[kind] > kinds[node->kind])
			node->kind = kind;
	return sort_children(node, count);
}

struct kimg_error *tree_new(struct kimg_size_tree **ret_tree)
{
	struct kimg_size_tree *tree = calloc(1, sizeof(*tree));

	if (!tree)
		return error_nomem();
	tree->seed = hash_seed();
	tree->root = new_node(tree, NULL, span_of("", 0));
	if (!tree->root) {
		kimg_size_tree_free(tree);
		return error_nomem();
	}
	*ret_tree = tree;
	return NULL;
}

struct kimg_error *tree_finish(struct kimg_size_tree *tree)
{
	free(tree->slots);
	tree->slots = NULL;
	return add_up(&tree->root->node);
}

const struct kimg_size_node *kimg_size_tree_root(const struct kimg_size_tree *tree)
{
	return &tree->root->node;
}

void kimg_size_tree_free(struct kimg_size_tree *tree)
{
	if (!tree)
		return;
	free(tree->slots);
	arena_done(&tree->arena);
	free(tree);
}
