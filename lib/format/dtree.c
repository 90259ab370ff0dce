/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Flattened device trees (Devicetree Specification 0.4, chapter 5; big endian):
 *
 *    0  4  magic d0 0d fe ed      20  4  version
 *    4  4  totalsize              24  4  last_comp_version
 *    8  4  off_dt_struct          28  4  boot_cpuid_phys      version 2 on
 *   12  4  off_dt_strings         32  4  size_dt_strings      version 3 on
 *   16  4  off_mem_rsvmap         36  4  size_dt_struct       version 17 on
 *
 * The reservation map is pairs of 64 bits, address and size, up to one of size 0. The structure block is
 * tokens of 32 bits: 1 begin node (its name, NUL, padded to 4), 2 end node, 3 property (length, offset of the
 * name in the strings, value padded to 4), 4 nothing, 9 end.
 */
#include "format/dtree.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/buf.h"

#define HEADER_16 36
#define HEADER_17 40

/* Before version 16 node names were whole paths (Linux 2.6.12 and older made such trees). */
#define OLDEST_VERSION    16
#define NEWEST_COMPATIBLE 17

enum { BEGIN_NODE = 1, END_NODE = 2, PROP = 3, NOP = 4, END = 9 };

/* ---- header ---- */

int dtree_probe(struct span s)
{
	uint32_t total = span_be32(s, 4), version = span_be32(s, 20), compatible = span_be32(s, 24);
	int bits = 32;

	if (!span_starts(s, DTREE_MAGIC))
		return 0;
	if (version >= compatible && compatible >= 1 && version < 256)
		bits += 16;
	if (span_be32(s, 8) < total && span_be32(s, 12) <= total && span_be32(s, 16) < total)
		bits += 8;
	return bits;
}

static void read_blocks(struct dtree *tree)
{
	uint64_t size = tree->size_dt_struct;

	/* Version 16 has the strings last, as the specification demands, and no size of the structure. */
	if (tree->version < 17)
		size = tree->off_dt_strings > tree->off_dt_struct
			       ? tree->off_dt_strings - tree->off_dt_struct
			       : UINT64_MAX;
	tree->structure = span_clip(tree->all, tree->off_dt_struct, size);
	if (tree->version < 17)
		tree->size_dt_struct = tree->structure.n;
	tree->strings = span_clip(tree->all, tree->off_dt_strings, tree->size_dt_strings);
}

struct kimg_error *dtree_read(struct span s, struct dtree *ret_tree)
{
	struct cursor c = cursor_be(s);
	struct dtree tree = { .header_size = HEADER_16 };

	if (cursor_u32(&c) != get_be32(DTREE_MAGIC.p))
		return error_at(KIMG_E_CORRUPT, 0, "no device tree");
	tree.totalsize = cursor_u32(&c);
	tree.off_dt_struct = cursor_u32(&c);
	tree.off_dt_strings = cursor_u32(&c);
	tree.off_mem_rsvmap = cursor_u32(&c);
	tree.version = cursor_u32(&c);
	tree.last_comp_version = cursor_u32(&c);
	tree.boot_cpuid_phys = cursor_u32(&c);
	tree.size_dt_strings = cursor_u32(&c);
	if (!c.failed && tree.version >= 17) {
		tree.size_dt_struct = cursor_u32(&c);
		tree.header_size = HEADER_17;
	}
	if (c.failed)
		return error_at(KIMG_E_TRUNCATED, s.n,
				"the header of the device tree is cut short");
	if (tree.version < OLDEST_VERSION || tree.last_comp_version > NEWEST_COMPATIBLE)
		return error_at(KIMG_E_UNSUPPORTED, 20,
				"device tree of version %" PRIu32 ", compatible with %" PRIu32
				": known, not supported",
				tree.version, tree.last_comp_version);
	if (tree.totalsize < tree.header_size)
		return error_at(KIMG_E_CORRUPT, 4, "totalsize is %" PRIu32 ", less than the header",
				tree.totalsize);
	tree.all = span_clip(s, 0, tree.totalsize);
	read_blocks(&tree);
	*ret_tree = tree;
	return NULL;
}

/* ---- tokens ---- */

static enum dtree_token bad(struct dtree_walk *walk, const char *wrong)
{
	walk->wrong = wrong;
	return DTREE_BAD;
}

static size_t aligned(size_t n)
{
	return (n + 3) & ~(size_t)3;
}

static enum dtree_token begin_node(struct dtree_walk *walk, struct span rest)
{
	walk->name = span_text(rest);
	if (walk->name.n == rest.n)
		return bad(walk, "the name of a node has no end");
	walk->at = aligned(walk->at + walk->name.n + 1);
	walk->depth++;
	return DTREE_BEGIN;
}

static enum dtree_token property(struct dtree_walk *walk, struct span rest)
{
	struct span strings = span_from(walk->tree->strings, span_be32(rest, 4));

	if (rest.n < 8 || !span_sub(rest, 8, span_be32(rest, 0), &walk->value))
		return bad(walk, "a property runs past the end of the structure block");
	walk->name = span_text(strings);
	if (walk->name.n == strings.n)
		walk->name = (struct span){ 0 };
	walk->at = aligned(walk->at + 8 + walk->value.n);
	return DTREE_PROPERTY;
}

enum dtree_token dtree_next(struct dtree_walk *walk)
{
	struct span s = walk->tree->structure, token;

	walk->name = walk->value = (struct span){ 0 };
	for (;;) {
		walk->token = walk->at;
		if (!span_sub(s, walk->at, 4, &token))
			return bad(walk, "the structure block ends without its end token");
		walk->at += 4;
		if (get_be32(token.p) != NOP)
			break;
	}
	switch (get_be32(token.p)) {
	case BEGIN_NODE:
		return begin_node(walk, span_from(s, walk->at));
	case END_NODE:
		if (walk->depth == 0)
			return bad(walk, "a node ends that never began");
		walk->depth--;
		return DTREE_END;
	case PROP:
		return property(walk, span_from(s, walk->at));
	case END:
		return DTREE_DONE;
	default:
		return bad(walk, "an unknown token");
	}
}

/* ---- the whole ---- */

static struct kimg_error *check_header(const struct dtree *tree)
{
	uint64_t end = tree->totalsize;

	if (tree->all.n < end)
		return error_at(KIMG_E_TRUNCATED, 4,
				"totalsize is %" PRIu64 ", of which %zu bytes are there", end,
				tree->all.n);
	if (tree->off_dt_struct < tree->header_size || tree->off_dt_struct > end ||
	    tree->size_dt_struct > end - tree->off_dt_struct)
		return error_at(KIMG_E_CORRUPT, 8, "the structure block lies past the end");
	if (tree->off_dt_strings < tree->header_size || tree->off_dt_strings > end ||
	    tree->size_dt_strings > end - tree->off_dt_strings)
		return error_at(KIMG_E_CORRUPT, 12, "the strings lie past the end");
	if (tree->off_mem_rsvmap < tree->header_size || tree->off_mem_rsvmap > end)
		return error_at(KIMG_E_CORRUPT, 16, "the reservation map lies past the end");
	return NULL;
}

/* The size of the reservation map, its end, of size 0, included; 0 where it has none. */
static uint64_t reservations_size(const struct dtree *tree)
{
	struct cursor c = cursor_be(span_from(tree->all, tree->off_mem_rsvmap));

	while (!c.failed) {
		cursor_skip(&c, 8);
		if (cursor_u64(&c) == 0 && !c.failed)
			return c.at;
	}
	return 0;
}

struct kimg_error *dtree_check(const struct dtree *tree)
{
	struct dtree_walk walk = { .tree = tree };
	bool root = false;

	TRY(check_header(tree));
	if (!reservations_size(tree))
		return error_at(KIMG_E_CORRUPT, tree->off_mem_rsvmap,
				"the reservation map has no end");
	for (;;) {
		enum dtree_token token = dtree_next(&walk);

		if (token == DTREE_DONE && walk.depth == 0 && root)
			return NULL;
		if (token == DTREE_DONE)
			bad(&walk, "the tree ends within a node");
		else if (token == DTREE_PROPERTY && walk.depth == 0)
			bad(&walk, "a property outside all nodes");
		else if (token == DTREE_PROPERTY && !walk.name.p)
			bad(&walk, "the name of a property lies past the end of the strings");
		else if (token == DTREE_BEGIN && walk.depth == 1 && root)
			bad(&walk, "a second root node");
		else if (token == DTREE_BEGIN && walk.depth == 1 && walk.name.n)
			bad(&walk, "the root node has a name");
		root |= token == DTREE_BEGIN;
		if (walk.wrong)
			return error_at(KIMG_E_CORRUPT, tree->off_dt_struct + walk.token, "%s",
					walk.wrong);
	}
}

/* ---- nodes ---- */

static struct dtree_node node_of_walk(const struct dtree_walk *walk)
{
	return (struct dtree_node){ .name = walk->name, .begin = walk->token, .body = walk->at };
}

bool dtree_root(const struct dtree *tree, struct dtree_node *ret_node)
{
	struct dtree_walk walk = { .tree = tree };

	if (dtree_next(&walk) != DTREE_BEGIN)
		return false;
	*ret_node = node_of_walk(&walk);
	return true;
}

struct dtree_walk dtree_children(const struct dtree *tree, const struct dtree_node *node)
{
	return (struct dtree_walk){ .tree = tree, .at = node->body, .depth = 1 };
}

bool dtree_child(struct dtree_walk *children, struct dtree_node *ret_node)
{
	while (children->depth) {
		enum dtree_token token = dtree_next(children);

		if (token == DTREE_BAD || token == DTREE_DONE)
			break;
		if (token == DTREE_BEGIN && children->depth == 2) {
			*ret_node = node_of_walk(children);
			return true;
		}
	}
	return false;
}

bool dtree_find(const struct dtree *tree, const struct dtree_node *node, const char *name,
		struct dtree_node *ret_node)
{
	struct dtree_walk children = dtree_children(tree, node);
	struct dtree_node child;

	while (dtree_child(&children, &child)) {
		if (span_equal(child.name, span_of(name, strlen(name)))) {
			*ret_node = child;
			return true;
		}
	}
	return false;
}

size_t dtree_end(const struct dtree *tree, const struct dtree_node *node)
{
	struct dtree_walk walk = dtree_children(tree, node);
	struct dtree_node child;

	while (dtree_child(&walk, &child))
		;
	return walk.at < tree->structure.n ? walk.at : tree->structure.n;
}

bool dtree_property(const struct dtree *tree, const struct dtree_node *node, const char *name,
		    struct span *ret_value)
{
	struct dtree_walk walk = dtree_children(tree, node);

	*ret_value = (struct span){ 0 };
	while (dtree_next(&walk) == DTREE_PROPERTY) {
		if (span_equal(walk.name, span_of(name, strlen(name)))) {
			*ret_value = walk.value;
			return true;
		}
	}
	return false;
}

bool dtree_number(const struct dtree *tree, const struct dtree_node *node, const char *name,
		  uint64_t *ret_value)
{
	struct span value;

	if (!dtree_property(tree, node, name, &value) || (value.n != 4 && value.n != 8))
		return false;
	*ret_value = value.n == 4 ? get_be32(value.p) : get_be64(value.p);
	return true;
}

bool dtree_text(struct span *list, struct span *ret_text)
{
	if (list->n == 0)
		return false;
	*ret_text = span_text(*list);
	*list = span_from(*list, ret_text->n + 1);
	return true;
}

/* ---- parts ---- */

void dtree_show_list(struct kimg_part *part, const char *name, struct span list)
{
	cleanup_buf struct buf text = { 0 };
	struct span item;

	while (dtree_text(&list, &item)) {
		if (text.n)
			buf_putc(&text, ' ');
		buf_add(&text, item.p, item.n);
	}
	if (!text.failed)
		field_text(part, name, buf_span(&text));
}

void dtree_show_header(struct kimg_part *part, const struct dtree *tree)
{
	field_number(part, "totalsize", tree->totalsize);
	field_hex(part, "off_dt_struct", tree->off_dt_struct);
	field_hex(part, "off_dt_strings", tree->off_dt_strings);
	field_hex(part, "off_mem_rsvmap", tree->off_mem_rsvmap);
	field_number(part, "version", tree->version);
	field_number(part, "last_comp_version", tree->last_comp_version);
	field_number(part, "boot_cpuid_phys", tree->boot_cpuid_phys);
	field_number(part, "size_dt_strings", tree->size_dt_strings);
	if (tree->version >= 17)
		field_number(part, "size_dt_struct", tree->size_dt_struct);
}

static void add_reservations(struct kimg_part *part, const struct dtree *tree)
{
	uint64_t size = reservations_size(tree);
	struct cursor c = cursor_be(span_clip(tree->all, tree->off_mem_rsvmap, size));

	if (!size)
		return;
	part = part_add(part, KIMG_PART_TABLE, "reservations", tree->off_mem_rsvmap, size);
	field_number(part, "entries", size / 16 - 1);
	/* More than a handful are damage, and each field costs the look at all before it. */
	for (int i = 1; i <= 16 && c.at + 16 < size; i++) {
		uint64_t address = cursor_u64(&c), length = cursor_u64(&c);
		char name[32];

		snprintf(name, sizeof(name), "reservation-%d", i);
		field_hex_as(part, name, address, "%" PRIu64 " bytes", length);
	}
}

void dtree_add_blocks(struct kimg_part *part, const struct dtree *tree)
{
	dtree_show_header(part_add(part, KIMG_PART_HEADER, "header", 0, tree->header_size), tree);
	add_reservations(part, tree);
	if (tree->size_dt_strings)
		part_add(part, KIMG_PART_TABLE, "strings", tree->off_dt_strings,
			 tree->size_dt_strings);
}

/* Whether a tree follows at offset, behind zeroes up to the next 4 KiB. */
static bool next_tree(struct span s, uint64_t *offset)
{
	size_t at = *offset, end = (at + 4095) & ~(size_t)4095;

	while (at < end && at < s.n && s.p[at] == 0)
		at++;
	if (dtree_probe(span_from(s, at)) <= 32 || span_be32(s, at + 4) < HEADER_16)
		return false;
	*offset = at;
	return true;
}

uint64_t dtree_add_all(struct kimg_part *parent, uint64_t offset)
{
	struct span s = part_span(parent);
	uint64_t at = offset;

	while (at < s.n && next_tree(s, &at)) {
		uint32_t size = span_be32(s, at + 4);

		part_add_nested(parent, KIMG_PART_DTB, "dtb", at, size);
		at += size;
		offset = at < s.n ? at : s.n;
	}
	return offset;
}
