/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef FORMAT_IMAGE_H
#define FORMAT_IMAGE_H

#include "base/arena.h"
#include "codec/codec.h"
#include "format/format.h"
#include "format/part.h"
#include "io/blob.h"

/*
 * The inside of an image: for part.c, payload.c and image.c, which are the engine. Drivers use part.h.
 */

/* What offsets count in: the file, or one decoded buffer. */
struct space {
	struct span bytes;
	struct blob blob;
	struct space *next;
};

/* A part as the engine sees it. Every struct kimg_part of an image is the first member of one. */
struct node {
	struct kimg_part part;
	struct kimg_image *image;
	struct space *space;
	const struct format *format;
	const struct codec *codec;
	const struct format *content_format;
	uint64_t expected; /* exact size after decoding, or 0 */
	struct node *last_child;
	enum kimg_code failed; /* why expanding it failed, or 0 */
	const char *failure;
	const char *fill_name; /* what gaps are called, or NULL */
	enum kimg_part_kind fill_kind;
	unsigned int depth;
	bool nested;    /* a format of its own */
	bool preferred; /* the one among its siblings that boots */
	bool filler;    /* made by the engine to fill a gap */
	bool explored;
	bool searched;
	bool verified;
};

struct name_set;

struct kimg_image {
	struct arena arena;
	struct kimg_options options;
	struct space *spaces;
	struct node *root;
	struct node *scrap;            /* where parts go that could not be made */
	struct kimg_field scrap_field; /* and fields */
	struct name_set *names;
	const char *word; /* or NULL, as long as nobody asked */
	uint64_t decoded; /* bytes of all decoded spaces */
	uint64_t read;    /* bytes that were decoded from, as often as they were */
	uint32_t parts;
	bool out_of_memory;
	bool too_many_parts;
};

static inline struct node *node_of(const struct kimg_part *part)
{
	return (struct node *)part;
}

static inline struct node *node_child(const struct node *node)
{
	return node_of(node->part.children);
}

static inline struct node *node_next(const struct node *node)
{
	return node_of(node->part.next);
}

static inline struct node *node_parent(const struct node *node)
{
	return node_of(node->part.parent);
}

/* A part without a parent: the root of the file or of a decoded space. NULL when memory is short. */
struct node *node_new_root(struct kimg_image *image, struct space *space, const char *name);

/* Makes the name of node, which leaves the tree, free for others. */
void name_forget(struct node *node);

/* Adds a tile for a gap; the limit on parts does not count it, so that the tiles always cover their parent. */
void node_add_filler(struct node *parent, enum kimg_part_kind kind, const char *name,
		     uint64_t offset, uint64_t size);

/* Brings the tiles of node in order, fills the gaps between them, and does so for all below. */
void node_tile(struct node *node);

/* Makes blob, which is taken over, the content of node, and explains it. */
struct kimg_error *node_set_content(struct node *node, struct blob *blob) must_check;

/* Identifies and parses a nested node and what nests in it. */
void node_explore(struct node *node);

/* The same for what nests below a node that is explored itself. */
void node_explore_below(struct node *node);

/* Decodes node, whose codec is set, and explains what came out. */
struct kimg_error *node_decode(struct node *node) must_check;

/* What one more decoding may cost: the limits of the image less what it has used. */
struct kimg_limits image_remaining(const struct kimg_image *image);

#endif
