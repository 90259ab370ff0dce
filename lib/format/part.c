/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The part tree: making parts and keeping their names unique. What they say of themselves is field.c. */
#include "format/part.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/utf8.h"
#include "format/image.h"

/* Deeper than this no sane header nests; it keeps the stack bounded. */
#define MAX_DEPTH 64
#define MAX_NAME  64

/* ---- names: a hash table of (parent, name), so that many siblings cost no more than few ---- */

struct name_entry {
	const struct node *parent;
	const char *name;
	uint32_t copies;
};

struct name_set {
	size_t used;
	size_t size; /* a power of two */
	struct name_entry *entries;
};

static uint64_t hash(const struct node *parent, const char *name)
{
	uint64_t h = (uintptr_t)parent * 0x9e3779b97f4a7c15u;

	for (; *name; name++)
		h = (h ^ (uint8_t)*name) * 0x100000001b3u;
	return h ^ h >> 29;
}

static struct name_entry *lookup(struct name_set *set, const struct node *parent, const char *name)
{
	for (size_t i = hash(parent, name);; i++) {
		struct name_entry *entry = &set->entries[i & (set->size - 1)];

		if (!entry->name || (entry->parent == parent && strcmp(entry->name, name) == 0))
			return entry;
	}
}

static bool grow(struct kimg_image *image)
{
	struct name_set *old = image->names, *set = arena_alloc(&image->arena, sizeof(*set));
	size_t size = old ? old->size * 2 : 64;

	if (!set)
		return false;
	set->entries = arena_alloc(&image->arena, size * sizeof(*set->entries));
	if (!set->entries)
		return false;
	set->size = size;
	for (size_t i = 0; old && i < old->size; i++) {
		struct name_entry *entry = &old->entries[i];

		if (entry->name)
			*lookup(set, entry->parent, entry->name) = *entry;
	}
	set->used = old ? old->used : 0;
	image->names = set;
	return true;
}

/* A copy of name that no other child of parent has, or NULL. */
static const char *unique_name(struct kimg_image *image, const struct node *parent,
			       const char *name)
{
	char candidate[MAX_NAME + 16];
	struct name_entry *entry, *first;

	if ((!image->names || image->names->used * 2 >= image->names->size) && !grow(image))
		return NULL;
	first = entry = lookup(image->names, parent, name);
	snprintf(candidate, sizeof(candidate), "%s", name);
	while (entry->name) {
		snprintf(candidate, sizeof(candidate), "%s-%" PRIu32, name, ++first->copies + 1);
		entry = lookup(image->names, parent, candidate);
	}
	entry->parent = parent;
	entry->name = arena_copy(&image->arena, candidate, strlen(candidate));
	if (entry->name)
		image->names->used++;
	return entry->name;
}

void name_forget(struct node *node)
{
	struct name_entry *entry = lookup(node->image->names, node_parent(node), node->part.name);

	/* The place stays taken, so that what was put behind it is still found. */
	entry->parent = NULL;
}

/* Names become file names and path elements: no '/', no leading '.', nothing that steers a terminal. */
static void safe_name(const char *name, char *ret_safe)
{
	size_t n;

	/* ".text" is "text": no hidden files, and neither "." nor "..". */
	while (*name == '.')
		name++;
	n = strnlen(name, MAX_NAME);
	/* A name that was cut may end within a character. */
	for (size_t cut = 0; cut < 3 && n == MAX_NAME && !utf8_valid(span_of(name, n)); cut++)
		n--;
	memcpy(ret_safe, name, n);
	ret_safe[n] = '\0';
	if (!utf8_printable(span_of(name, n)))
		for (size_t i = 0; i < n; i++)
			if (!(ret_safe[i] > ' ' && ret_safe[i] < 0x7f))
				ret_safe[i] = '_';
	for (size_t i = 0; i < n; i++)
		if (ret_safe[i] == '/')
			ret_safe[i] = '_';
	if (n == 0)
		strcpy(ret_safe, "part");
}

/* ---- parts ---- */

static struct node *node_new(struct kimg_image *image, struct node *parent, const char *name)
{
	struct node *node = arena_alloc(&image->arena, sizeof(*node));
	char safe[MAX_NAME + 1];

	if (!node)
		return NULL;
	safe_name(name, safe);
	node->part.name = unique_name(image, parent ? parent : node, safe);
	if (!node->part.name)
		return NULL;
	node->image = image;
	return node;
}

struct node *node_new_root(struct kimg_image *image, struct space *space, const char *name)
{
	struct node *node = node_new(image, NULL, name);

	if (!node) {
		image->out_of_memory = true;
		return NULL;
	}
	node->space = space;
	node->part.kind = KIMG_PART_CONTAINER;
	node->part.size = space ? space->bytes.n : 0;
	node->nested = true;
	return node;
}

static struct kimg_part *scrap(struct node *parent, bool too_many)
{
	struct kimg_image *image = parent->image;

	if (too_many)
		image->too_many_parts = true;
	else
		image->out_of_memory = true;
	/* Fields of the scrap part must not pile up. */
	image->scrap->part.fields = NULL;
	image->scrap->part.notes = NULL;
	return &image->scrap->part;
}

/* Fillers are held to no limit: there is at most one more of them than of the tiles of a parent. */
static bool room_for_more(const struct node *parent, bool filler)
{
	const struct kimg_image *image = parent->image;

	return filler || (image->parts < image->options.limits.parts && parent->depth < MAX_DEPTH);
}

static struct kimg_part *add(struct node *parent, enum kimg_part_kind kind, const char *name,
			     uint64_t offset, uint64_t size, bool view, bool filler)
{
	struct kimg_image *image = parent->image;
	struct node *node;
	uint64_t room;

	if (parent == image->scrap)
		return &image->scrap->part;
	if (!room_for_more(parent, filler))
		return scrap(parent, true);
	node = node_new(image, parent, name);
	if (!node)
		return scrap(parent, false);
	image->parts += !filler;
	node->filler = filler;
	node->space = parent->space;
	node->depth = parent->depth + 1;
	node->part.kind = kind;
	node->part.parent = &parent->part;
	node->part.view = view || size == 0;
	if (parent->last_child)
		parent->last_child->part.next = &node->part;
	else
		parent->part.children = &node->part;
	parent->last_child = node;

	room = offset < parent->part.size ? parent->part.size - offset : 0;
	node->part.offset =
		parent->part.offset + (offset < parent->part.size ? offset : parent->part.size);
	node->part.size = size < room ? size : room;
	if (size > room) {
		node->part.truncated = true;
		note_bad(&node->part,
			 "should be %" PRIu64 " bytes at 0x%" PRIx64 ", of which %" PRIu64
			 " are there",
			 size, offset, room);
		node->part.view |= room == 0;
	}
	return &node->part;
}

bool part_is_lost(const struct kimg_part *part)
{
	return node_of(part) == node_of(part)->image->scrap;
}

struct kimg_part *part_add(struct kimg_part *parent, enum kimg_part_kind kind, const char *name,
			   uint64_t offset, uint64_t size)
{
	return add(node_of(parent), kind, name, offset, size, false, false);
}

void node_add_filler(struct node *parent, enum kimg_part_kind kind, const char *name,
		     uint64_t offset, uint64_t size)
{
	add(parent, kind, name, offset, size, false, true);
}

struct kimg_part *part_add_view(struct kimg_part *parent, enum kimg_part_kind kind,
				const char *name, uint64_t offset, uint64_t size)
{
	return add(node_of(parent), kind, name, offset, size, true, false);
}

void part_nest(struct kimg_part *part, const struct format *format)
{
	node_of(part)->nested = true;
	node_of(part)->format = format;
}

struct kimg_part *part_add_nested(struct kimg_part *parent, enum kimg_part_kind kind,
				  const char *name, uint64_t offset, uint64_t size)
{
	struct kimg_part *part = part_add(parent, kind, name, offset, size);

	part_nest(part, NULL);
	return part;
}

void part_fill(struct kimg_part *parent, enum kimg_part_kind kind, const char *name)
{
	node_of(parent)->fill_kind = kind;
	node_of(parent)->fill_name = name;
}

void part_prefer(struct kimg_part *part)
{
	node_of(part)->preferred = true;
}

void part_set_content_format(struct kimg_part *part, const struct format *format)
{
	node_of(part)->content_format = format;
}

struct span part_span(const struct kimg_part *part)
{
	const struct node *node = node_of(part);

	return node->space ? span_clip(node->space->bytes, part->offset, part->size)
			   : (struct span){ 0 };
}

const struct kimg_limits *part_limits(const struct kimg_part *part)
{
	return &node_of(part)->image->options.limits;
}

const char *kimg_part_kind_name(enum kimg_part_kind kind)
{
	static const char *const names[] = {
		[KIMG_PART_CONTAINER] = "container",
		[KIMG_PART_HEADER] = "header",
		[KIMG_PART_CODE] = "code",
		[KIMG_PART_PAYLOAD] = "payload",
		[KIMG_PART_KERNEL] = "kernel",
		[KIMG_PART_INITRD] = "initrd",
		[KIMG_PART_DTB] = "dtb",
		[KIMG_PART_CMDLINE] = "cmdline",
		[KIMG_PART_CONFIG] = "config",
		[KIMG_PART_SEGMENT] = "segment",
		[KIMG_PART_SECTION] = "section",
		[KIMG_PART_NOTE] = "note",
		[KIMG_PART_TABLE] = "table",
		[KIMG_PART_CERTIFICATE] = "certificate",
		[KIMG_PART_SIGNATURE] = "signature",
		[KIMG_PART_CHECKSUM] = "checksum",
		[KIMG_PART_CONFIGURATION] = "configuration",
		[KIMG_PART_DATA] = "data",
		[KIMG_PART_PADDING] = "padding",
		[KIMG_PART_GAP] = "gap",
	};

	return kind < ARRAY_SIZE(names) ? names[kind] : "unknown";
}
