/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which parts make files, and how those are called. */
#include "cmd/parts.h"

#include "base/buf.h"
#include "cli/term.h"

/* The part around part; the root of a decoded space stands for what it came out of. NULL: the file. */
static const struct kimg_part *around(const struct kimg_part *part)
{
	part = part->parent;
	while (part && part->parent && part->parent->content == part)
		part = part->parent;
	return part;
}

static void add_path(struct buf *path, const struct kimg_part *part, const char *folder_suffix)
{
	const struct kimg_part *outer = around(part);

	if (outer && outer->parent) {
		add_path(path, outer, folder_suffix);
		buf_puts(path, folder_suffix);
		buf_putc(path, '/');
	}
	buf_puts(path, part->name);
}

char *part_file_path(const struct kimg_part *part)
{
	struct buf path = { 0 };

	add_path(&path, part, ".d");
	if (path.failed)
		buf_done(&path);
	return path.p;
}

static bool is_worth_a_file(const struct kimg_part *part)
{
	switch (part->kind) {
	case KIMG_PART_CONTAINER:
		return !part->children;
	case KIMG_PART_HEADER:
	case KIMG_PART_SEGMENT:
	case KIMG_PART_SECTION:
	case KIMG_PART_NOTE:
	case KIMG_PART_TABLE:
	case KIMG_PART_CHECKSUM:
	case KIMG_PART_CONFIGURATION:
	case KIMG_PART_PADDING:
	case KIMG_PART_GAP:
		return false;
	default:
		return part->size || part->truncated;
	}
}

struct walk {
	struct kimg_image *image;
	bool all;
	int (*visit)(const struct kimg_part *part, const char *path, void *context);
	void (*pass)(const struct kimg_part *part, void *context);
	void *context;
	int status;
};

static void walk_part(struct walk *walk, const struct kimg_part *part)
{
	bool is_root = !part->parent || part->parent->content == part;

	/* What stops it is told when the part is written. */
	kimg_error_free(kimg_part_expand(walk->image, part));
	if (!is_root && (walk->all || is_worth_a_file(part))) {
		cleanup_buf struct buf path = { 0 };

		add_path(&path, part, "");
		if (!path.failed)
			walk->status =
				worse(walk->status, walk->visit(part, path.p, walk->context));
		else
			walk->status = STATUS_ERROR; /* no memory */
	} else if (walk->pass) {
		walk->pass(part, walk->context);
	}
	for (const struct kimg_part *child = part->children; child; child = child->next)
		walk_part(walk, child);
	if (part->content)
		walk_part(walk, part->content);
}

int parts_visit(struct kimg_image *image, bool all,
		int (*visit)(const struct kimg_part *part, const char *path, void *context),
		void (*pass)(const struct kimg_part *part, void *context), void *context)
{
	struct walk walk = {
		.image = image, .all = all, .visit = visit, .pass = pass, .context = context
	};

	walk_part(&walk, kimg_image_root(image));
	return walk.status;
}
