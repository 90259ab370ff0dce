/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * An image: opens bytes, has the format drivers explain them, decodes what is asked for, and explains
 * that in turn, until nothing is left to unpack.
 */
#include "format/image.h"

#include <inttypes.h>
#include <stdio.h>

#include "crypto/digest.h"

#define WORD_SIZE 64

/* ---- exploring: what headers tell ---- */

void node_explore_below(struct node *node)
{
	for (struct node *child = node_child(node); child; child = node_next(child)) {
		if (child->nested)
			node_explore(child);
		else if (!child->explored)
			node_explore_below(child);
	}
}

static void identify_node(struct node *node)
{
	struct kimg_error *error = format_identify(part_span(&node->part), &node->format);

	if (error && kimg_error_code(error) == KIMG_E_AMBIGUOUS)
		note_bad(&node->part, "%s", kimg_error_message(error));
	kimg_error_free(error);
}

/* Whether node is all of something of the same format, which would go on for ever. */
static bool holds_itself(const struct node *node)
{
	const struct node *up = node_parent(node);

	for (; up && up->space == node->space; up = node_parent(up))
		if (up->nested && up->format == node->format &&
		    up->part.offset == node->part.offset && up->part.size == node->part.size)
			return true;
	return false;
}

void node_explore(struct node *node)
{
	struct kimg_part *part = &node->part;
	struct kimg_error *error = NULL;

	if (node->explored || node == node->image->scrap)
		return;
	node->explored = true;
	if (node->depth > node->image->options.limits.depth * 2) {
		note_bad(part, "nested deeper than the limit");
		return;
	}
	if (!node->format)
		identify_node(node);
	if (!node->format)
		return;
	if (holds_itself(node)) {
		note_bad(part, "holds itself");
		return;
	}
	part->format = node->format->name;
	if (node->format->unsupported) {
		note(part, "%s: known, not supported", node->format->title);
		return;
	}
	error = node->format->parse(part);
	if (error) {
		char text[256];

		kimg_error_format(error, text, sizeof(text));
		note_bad(part, "%s: %s", node->format->name, text);
		kimg_error_free(error);
	}
	node_tile(node);
	node_explore_below(node);
}

struct kimg_error *node_set_content(struct node *node, struct blob *blob)
{
	struct kimg_image *image = node->image;
	struct space *space = arena_alloc(&image->arena, sizeof(*space));
	struct node *root;

	if (!space)
		return error_nomem();
	space->blob = *blob;
	space->bytes = blob_span(blob);
	*blob = (struct blob){ 0 };
	space->next = image->spaces;
	image->spaces = space;
	image->decoded += space->bytes.n;
	root = node_new_root(image, space, "content");
	if (!root)
		return error_nomem();
	root->part.parent = &node->part;
	root->depth = node->depth + 1;
	root->format = node->content_format;
	node->part.content = &root->part;
	node_explore(root);
	return NULL;
}

/* ---- expanding: what takes decoding ---- */

/* Remembers why expanding node failed, so that it is not tried again. */
static struct kimg_error *remember(struct node *node, struct kimg_error *error)
{
	char text[256];

	node->failed = kimg_error_code(error);
	if (node->failed == KIMG_E_NOMEM)
		return error;
	kimg_error_format(error, text, sizeof(text));
	note_bad(&node->part, "%s", text);
	node->failure = arena_copy(&node->image->arena, text, strlen(text));
	return error;
}

static struct kimg_error *search(struct node *node)
{
	node->searched = true;
	TRY(node->format->search(&node->part));
	node_tile(node);
	node_explore_below(node);
	return NULL;
}

static struct kimg_error *expand(struct node *node)
{
	struct kimg_error *error = NULL;

	if (node->failed)
		return node->failure ? error_new(node->failed, "%s", node->failure) : error_nomem();
	if (node->nested)
		node_explore(node);
	if (node->format && node->format->search && !node->searched)
		error = search(node);
	if (!error && node->codec && !node->part.content) {
		if (node->part.truncated)
			error = error_at(KIMG_E_TRUNCATED, node->part.offset, "%s is cut short",
					 node->part.name);
		else if (node->depth >= node->image->options.limits.depth * 2)
			error = error_new(KIMG_E_LIMIT,
					  "%s: nested deeper than the limit of %" PRIu32 " layers",
					  node->part.name, node->image->options.limits.depth);
		else
			error = node_decode(node);
	}
	if (!error && node->image->out_of_memory)
		error = error_nomem();
	return error ? remember(node, error) : NULL;
}

struct kimg_error *kimg_part_expand(struct kimg_image *image, const struct kimg_part *part)
{
	return expand(node_of(part));
}

/* Runs the checks of node's format that take reading all of the bytes. */
static void verify(struct node *node)
{
	struct kimg_error *error;

	if (!node->format || !node->format->verify || node->verified)
		return;
	node->verified = true;
	error = node->format->verify(&node->part);
	if (error)
		note_bad(&node->part, "%s", kimg_error_message(error));
	kimg_error_free(error);
}

struct kimg_error *kimg_part_verify(struct kimg_image *image, const struct kimg_part *part)
{
	for (; part; part = part->parent)
		verify(node_of(part));
	return image->out_of_memory ? error_nomem() : NULL;
}

static void expand_all(struct node *node)
{
	kimg_error_free(expand(node));
	verify(node);
	for (struct node *child = node_child(node); child; child = node_next(child))
		expand_all(child);
	if (node->part.content)
		expand_all(node_of(node->part.content));
}

/* ---- opening ---- */

/* So that one can tell this very file from another. */
static void add_digest(struct kimg_part *root)
{
	struct span bytes = part_span(root);
	struct digest digest;
	struct kimg_error *error = digest_compute("sha256", &bytes, 1, &digest);

	if (error)
		note(root, "sha256: %s", kimg_error_message(error));
	else
		field_bytes(root, "sha256", digest_span(&digest));
	kimg_error_free(error);
}

static struct kimg_error *start(struct kimg_image *image)
{
	image->root = node_new_root(image, image->spaces, "image");
	image->scrap = node_new_root(image, NULL, "scrap");
	return image->root && image->scrap ? NULL : error_nomem();
}

static struct kimg_error *explain(struct kimg_image *image)
{
	struct node *root = image->root;

	TRY(format_identify(image->spaces->bytes, &root->format));
	if (root->format->unsupported)
		return error_new(KIMG_E_UNSUPPORTED, "%s: known, not supported",
				 root->format->title);
	node_explore(root);
	if (image->options.depth == KIMG_DEEP) {
		expand_all(root);
		add_digest(&root->part);
	}
	if (image->out_of_memory)
		return error_nomem();
	if (image->too_many_parts)
		note_bad(&root->part,
			 "more parts than the limit of %" PRIu32 ": the rest is not shown",
			 image->options.limits.parts);
	return NULL;
}

/* Takes blob over. */
static struct kimg_error *open_blob(struct blob *blob, const struct kimg_options *options,
				    struct kimg_image **ret_image)
{
	struct kimg_image *image = calloc(1, sizeof(*image));
	struct kimg_error *error = NULL;

	if (image) {
		image->options = options ? *options : KIMG_OPTIONS_DEFAULT;
		image->spaces = arena_alloc(&image->arena, sizeof(*image->spaces));
	}
	if (!image || !image->spaces) {
		blob_done(blob);
		kimg_image_free(image);
		return error_nomem();
	}
	image->spaces->blob = *blob;
	image->spaces->bytes = blob_span(blob);
	error = start(image);
	if (!error)
		error = explain(image);
	if (error) {
		kimg_image_free(image);
		return error;
	}
	*ret_image = image;
	return NULL;
}

struct kimg_error *kimg_image_open(const char *path, const struct kimg_options *options,
				   struct kimg_image **ret_image)
{
	struct kimg_options used = options ? *options : KIMG_OPTIONS_DEFAULT;
	struct blob blob = { 0 };

	TRY(blob_open(&blob, path, &used.limits));
	return error_wrap(open_blob(&blob, &used, ret_image), "%s", path);
}

struct kimg_error *kimg_image_open_bytes(const void *bytes, size_t size,
					 const struct kimg_options *options,
					 struct kimg_image **ret_image)
{
	/* size 0: blob_done() will not unmap what is the caller's. */
	struct blob blob = { .p = (uint8_t *)bytes, .n = size };

	return open_blob(&blob, options, ret_image);
}

void kimg_image_free(struct kimg_image *image)
{
	if (!image)
		return;
	for (struct space *space = image->spaces; space; space = space->next)
		blob_done(&space->blob);
	arena_done(&image->arena);
	free(image);
}

bool kimg_image_is_complete(const struct kimg_image *image)
{
	return !image->too_many_parts;
}

const struct kimg_part *kimg_image_root(const struct kimg_image *image)
{
	return &image->root->part;
}

struct kimg_error *kimg_identify(const char *path, const struct kimg_limits *limits,
				 char **ret_word)
{
	struct kimg_limits used = limits ? *limits : KIMG_LIMITS_DEFAULT;
	cleanup_blob struct blob blob = { 0 };
	const struct format *format;
	struct kimg_error *error;
	char word[WORD_SIZE];

	TRY(blob_open(&blob, path, &used));
	error = format_identify(blob_span(&blob), &format);
	if (error)
		return error_wrap(error, "%s", path);
	format_word(format, blob_span(&blob), &used, word, sizeof(word));
	*ret_word = strdup(word);
	return *ret_word ? NULL : error_nomem();
}

const char *kimg_image_word(struct kimg_image *image)
{
	struct node *root = image->root;
	char word[WORD_SIZE];

	if (!image->word) {
		format_word(root->format, part_span(&root->part), &image->options.limits, word,
			    sizeof(word));
		image->word = arena_copy(&image->arena, word, strlen(word));
	}
	return image->word ? image->word : root->format->name;
}

const char *kimg_format_title(const char *name)
{
	const struct format *format = format_by_name(name);

	return format ? format->title : NULL;
}

/* Whether an initrd has segments behind its first stream, so that what that holds is not all of it. */
static bool has_more_segments(const struct kimg_part *part)
{
	if (part->kind != KIMG_PART_INITRD || !part->children)
		return false;
	for (const struct kimg_part *tail = part->children->next; tail; tail = tail->next)
		if (!tail->view && tail->kind != KIMG_PART_PADDING)
			return true;
	return false;
}

struct kimg_error *kimg_part_bytes(struct kimg_image *image, const struct kimg_part *part,
				   bool decoded, const void **ret_bytes, size_t *ret_size)
{
	struct span s;

	if (part->truncated)
		return error_at(KIMG_E_TRUNCATED, part->offset, "%s is cut short", part->name);
	if (decoded && part->codec)
		TRY(expand(node_of(part)));
	if (decoded && part->codec && has_more_segments(part))
		return error_new(
			KIMG_E_MISMATCH,
			"%s holds several segments, of which decoding would give the first: "
			"take it as it is stored",
			part->name);
	if (decoded && part->content)
		part = part->content;
	s = part_span(part);
	*ret_bytes = s.p;
	*ret_size = s.n;
	return NULL;
}
