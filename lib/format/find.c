/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Finding parts: by name, by path, and the innermost kernel. */
#include <inttypes.h>

#include "format/find.h"
#include "format/image.h"

/* ---- the innermost kernel ---- */

static bool leads_to_kernel(const struct kimg_part *part)
{
	return !part->view && (part->kind == KIMG_PART_KERNEL || part->kind == KIMG_PART_PAYLOAD);
}

/* The preferred or first kernel or payload below part, the least deep first. */
static const struct kimg_part *kernel_below(const struct kimg_part *part)
{
	const struct kimg_part *found = NULL;

	for (const struct kimg_part *child = part->children; child; child = child->next)
		if (leads_to_kernel(child) && (!found || node_of(child)->preferred))
			found = child;
	if (found)
		return found;
	for (const struct kimg_part *child = part->children; child; child = child->next) {
		found = kernel_below(child);
		if (found)
			return found;
	}
	return NULL;
}

struct kimg_error *image_visible_kernel(struct kimg_image *image, const struct kimg_part **ret_part)
{
	const struct kimg_part *part = &image->root->part, *next;

	for (; (next = part->content ? part->content : kernel_below(part)); part = next)
		;
	if (part == &image->root->part && part->kind != KIMG_PART_KERNEL)
		return error_new(KIMG_E_NOT_FOUND, "no kernel to be seen");
	*ret_part = part;
	return NULL;
}

/* Raw kernels have no magic; every kernel since 1.0 has its banner (init/version.c). */
static bool has_banner(const struct kimg_part *part)
{
	size_t at;

	return span_find(part_span(part), 0, SPAN_LITERAL("Linux version "), &at);
}

struct kimg_error *kimg_image_kernel(struct kimg_image *image, const struct kimg_part **ret_part)
{
	const struct kimg_part *part = &image->root->part, *next;

	for (;;) {
		TRY(kimg_part_expand(image, part));
		next = part->content ? part->content : kernel_below(part);
		if (!next)
			break;
		part = next;
	}
	if (part->truncated)
		return error_at(KIMG_E_TRUNCATED, part->offset, "%s is cut short", part->name);
	if (part->kind != KIMG_PART_KERNEL && (part->format || !has_banner(part)))
		return error_new(KIMG_E_NOT_FOUND, "no kernel inside%s%s",
				 part->format ? ", but " : "", part->format ? part->format : "");
	*ret_part = part;
	return NULL;
}

/* ---- by name ---- */

struct search {
	struct kimg_image *image;
	const char *name;
	const struct kimg_part *found;
	unsigned int matches;
	bool unexpanded; /* something on this level could still be opened */
	bool expand;
};

/* Where the children of part are, those of its content included, path is matched component by component. */
static bool path_matches(const struct kimg_part *part, const char *name)
{
	const char *slash = strrchr(name, '/');
	const char *last = slash ? slash + 1 : name;
	size_t n = slash ? (size_t)(slash - name) : 0;
	char rest[256];

	if (strcmp(part->name, last) != 0)
		return false;
	if (!slash)
		return true;
	if (n >= sizeof(rest))
		return false;
	memcpy(rest, name, n);
	rest[n] = '\0';
	for (part = part->parent; part && part->parent; part = part->parent)
		/* The root of a decoded space stands for the part that it came from. */
		if (part->parent->content != part)
			return path_matches(part, rest);
	return false;
}

static void visit(struct search *search, const struct kimg_part *part, unsigned int level)
{
	if (search->expand)
		kimg_error_free(kimg_part_expand(search->image, part));
	if (level == 0) {
		if (part->parent && part->parent->content != part &&
		    path_matches(part, search->name)) {
			search->found = part;
			search->matches++;
		}
		search->unexpanded |= part->children || part->content || part->codec;
		return;
	}
	for (const struct kimg_part *child = part->children; child; child = child->next)
		visit(search, child, level - 1);
	if (part->content)
		visit(search, part->content, level - 1);
}

static bool search_levels(struct search *search, bool expand)
{
	search->expand = expand;
	for (unsigned int level = 0;; level++) {
		search->unexpanded = false;
		visit(search, &search->image->root->part, level);
		if (search->matches)
			return true;
		if (!search->unexpanded)
			return false;
	}
}

struct kimg_error *kimg_image_find(struct kimg_image *image, const char *name,
				   const struct kimg_part **ret_part)
{
	struct search search = { .image = image, .name = name };

	/* What is visible already comes first: nothing is decoded in vain. */
	if (!search_levels(&search, false) && !search_levels(&search, true))
		return error_new(KIMG_E_NOT_FOUND, "no part named %s", name);
	if (search.matches > 1)
		return error_new(KIMG_E_AMBIGUOUS, "%u parts are named %s: give the path of one",
				 search.matches, name);
	*ret_part = search.found;
	return NULL;
}
