/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef FORMAT_DTREE_H
#define FORMAT_DTREE_H

#include "base/error.h"
#include "base/span.h"
#include "format/part.h"

/*
 * Reads flattened device trees where they lie: at any address, cut short or damaged, up to the first byte
 * that makes no sense. libfdt wants them aligned to 8 bytes and whole, which a tree behind a kernel or
 * in the first 4 KiB of a file is not, and looks every property up from the start of the tree. The unit
 * test holds dtree_check() to what libfdt's fdt_check_full() says.
 */
struct dtree {
	struct span all; /* from the magic to totalsize, or to where the bytes end before that */
	uint32_t totalsize;
	uint32_t off_dt_struct;
	uint32_t off_dt_strings;
	uint32_t off_mem_rsvmap;
	uint32_t version;
	uint32_t last_comp_version;
	uint32_t boot_cpuid_phys; /* version 2 on */
	uint32_t size_dt_strings; /* version 3 on */
	uint32_t size_dt_struct;  /* version 17 on; else as much as there is */
	uint32_t header_size;
	struct span structure;
	struct span strings;
};

#define DTREE_MAGIC SPAN_LITERAL("\xd0\x0d\xfe\xed")

/*
 * How many bits of the header at the start of s verified; 0 where no tree starts there. Reads the header
 * alone.
 */
int dtree_probe(struct span s);

/* Reads the header. KIMG_E_TRUNCATED, KIMG_E_CORRUPT (no tree), KIMG_E_UNSUPPORTED (its version). */
struct kimg_error *dtree_read(struct span s, struct dtree *ret_tree) must_check;

/*
 * Whether the header and every token are as they should be: KIMG_E_CORRUPT or KIMG_E_TRUNCATED with the
 * offset from the start of the tree.
 */
struct kimg_error *dtree_check(const struct dtree *tree) must_check;

/* ---- token by token ---- */

enum dtree_token {
	DTREE_BEGIN, /* of the node that name tells */
	DTREE_END,   /* of a node */
	DTREE_PROPERTY,
	DTREE_DONE, /* the end of the tree */
	DTREE_BAD,  /* wrong says why; no way on */
};

struct dtree_walk {
	const struct dtree *tree;
	size_t token; /* where the token of the last call stands, within the structure block */
	size_t at;    /* where the next one does */
	unsigned int depth; /* of open nodes */
	struct span name;   /* of the node or property; empty where the strings lack it */
	struct span value;
	const char *wrong;
};

enum dtree_token dtree_next(struct dtree_walk *walk);

/* ---- nodes ---- */

struct dtree_node {
	struct span name;
	size_t begin; /* of its first token, within the structure block */
	size_t body;  /* what follows its name */
};

bool dtree_root(const struct dtree *tree, struct dtree_node *ret_node);

/* The children of a node in turn: dtree_child() is false behind the last. */
struct dtree_walk dtree_children(const struct dtree *tree, const struct dtree_node *node);
bool dtree_child(struct dtree_walk *children, struct dtree_node *ret_node);

/* The child of that name. */
bool dtree_find(const struct dtree *tree, const struct dtree_node *node, const char *name,
		struct dtree_node *ret_node);

/* Where node ends, within the structure block. */
size_t dtree_end(const struct dtree *tree, const struct dtree_node *node);

/* The property of that name; false, with *ret_value empty, where node has none. */
bool dtree_property(const struct dtree *tree, const struct dtree_node *node, const char *name,
		    struct span *ret_value);

/* A property of one or two cells as a number; false where it is missing or of another size. */
bool dtree_number(const struct dtree *tree, const struct dtree_node *node, const char *name,
		  uint64_t *ret_value);

/* The next text of a list of them ("a\0b\0"), which is taken off *list; false where it is empty. */
bool dtree_text(struct span *list, struct span *ret_text);

/* Where a span that lies in the tree starts, from the magic on. */
static inline uint64_t dtree_offset(const struct dtree *tree, struct span s)
{
	return s.p - tree->all.p;
}

/* ---- parts ---- */

/* A list of texts as a field: "a b"; a comma would not do, as names have them ("arm,cortex-a53"). */
void dtree_show_list(struct kimg_part *part, const char *name, struct span list);

/* Makes fields of the header on part. */
void dtree_show_header(struct kimg_part *part, const struct dtree *tree);

/* Adds the tiles around the structure block to part, where the tree starts: header, reservations, strings. */
void dtree_add_blocks(struct kimg_part *part, const struct dtree *tree);

/*
 * Adds the device trees that stand one after another in parent from offset on (behind a kernel, or in an
 * area of several) as nested parts "dtb". Returns where the last one ends; offset where there is none.
 */
uint64_t dtree_add_all(struct kimg_part *parent, uint64_t offset);

#endif
