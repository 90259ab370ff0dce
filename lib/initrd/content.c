/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What goes into an image: nodes by path, in a hash table. */
#include "initrd/content.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/hash.h"

/* As the kernel: more links than this on one path are a loop (include/linux/namei.h, MAXSYMLINKS). */
#define LINKS_MAX 40

struct slot {
	uint64_t hash;
	size_t path_n;
	struct content_node *node;
};

struct content {
	struct arena arena;
	struct slot *slots;
	size_t mask; /* slots - 1, a power of two less one */
	size_t n;
	uint64_t seed;
	const struct content_node **sorted;
	size_t sorted_n;
	struct usr_link {
		const char *name, *target;
	} links[8];
	size_t links_n;
};

struct kimg_error *content_new(struct content **ret)
{
	struct content *content = calloc(1, sizeof(*content));

	if (!content)
		return error_nomem();
	content->mask = 1023;
	content->slots = calloc(content->mask + 1, sizeof(*content->slots));
	if (!content->slots) {
		free(content);
		return error_nomem();
	}
	content->seed = hash_seed();
	*ret = content;
	return NULL;
}

void content_free(struct content *content)
{
	if (!content)
		return;
	arena_done(&content->arena);
	free(content->slots);
	free(content->sorted);
	free(content);
}

struct arena *content_arena(struct content *content)
{
	return &content->arena;
}

/* ---- the table ---- */

static struct content_node *lookup(const struct content *content, struct span path, uint64_t hash)
{
	for (size_t i = hash & content->mask; content->slots[i].node; i = (i + 1) & content->mask) {
		const struct slot *slot = &content->slots[i];

		if (slot->hash == hash && slot->path_n == path.n &&
		    memcmp(slot->node->path, path.p, path.n) == 0)
			return slot->node;
	}
	return NULL;
}

static struct content_node *find(const struct content *content, struct span path)
{
	return lookup(content, path, hash_span(content->seed, path));
}

static void put(struct slot *slots, size_t mask, struct slot slot)
{
	size_t i = slot.hash & mask;

	while (slots[i].node)
		i = (i + 1) & mask;
	slots[i] = slot;
}

static struct kimg_error *grow(struct content *content)
{
	size_t mask = content->mask * 2 + 1;
	struct slot *slots = calloc(mask + 1, sizeof(*slots));

	if (!slots)
		return error_nomem();
	for (size_t i = 0; i <= content->mask; i++)
		if (content->slots[i].node)
			put(slots, mask, content->slots[i]);
	free(content->slots);
	content->slots = slots;
	content->mask = mask;
	return NULL;
}

static struct kimg_error *insert(struct content *content, struct content_node *node)
{
	struct span path = span_of(node->path, strlen(node->path));
	struct slot slot = { hash_span(content->seed, path), path.n, node };

	if (content->n * 2 > content->mask)
		TRY(grow(content));
	put(content->slots, content->mask, slot);
	content->n++;
	free(content->sorted);
	content->sorted = NULL;
	return NULL;
}

static struct kimg_error *copy_text(struct content *content, const char *text, const char **ret)
{
	if (!text)
		return NULL;
	*ret = arena_copy(&content->arena, text, strlen(text));
	return *ret ? NULL : error_nomem();
}

/* A node at path, which is canonical, with copies of the texts of node. */
static struct kimg_error *new_node(struct content *content, const char *path,
				   const struct content_node *node, struct content_node **ret)
{
	struct content_node *copy = arena_alloc(&content->arena, sizeof(*copy));

	if (!copy)
		return error_nomem();
	*copy = *node;
	TRY(copy_text(content, path, &copy->path));
	TRY(copy_text(content, node->source, &copy->source));
	TRY(copy_text(content, node->why, &copy->why));
	TRY(insert(content, copy));
	*ret = copy;
	return NULL;
}

/* ---- paths ---- */

/* A path on its way to be canonical: done has no link in it, rest is still to be walked. */
struct walk {
	char done[PATH_MAX];
	size_t done_n;
	char rest[2 * PATH_MAX];
	char *at;
	unsigned int links;
};

static const char *target_of(const struct content *content, struct span path,
			     const struct content_node *node)
{
	if (node)
		return node->kind == CONTENT_LINK ? node->source : NULL;
	for (size_t i = 0; i < content->links_n; i++)
		if (span_equal(path,
			       span_of(content->links[i].name, strlen(content->links[i].name))))
			return content->links[i].target;
	return NULL;
}

/* What is left of the path starts with target now. */
static struct kimg_error *follow(struct walk *w, const char *target, size_t parent_n)
{
	size_t target_n = strlen(target), rest_n = strlen(w->at);

	if (++w->links > LINKS_MAX)
		return error_new(KIMG_E_INVALID, "%s: too many links on the way", w->done);
	if (target_n + rest_n + 2 > sizeof(w->rest))
		return error_new(KIMG_E_INVALID, "%s: the path is too long", w->done);
	memmove(w->rest + target_n + 1, w->at, rest_n + 1);
	memcpy(w->rest, target, target_n);
	w->rest[target_n] = '/';
	w->at = w->rest;
	w->done_n = target[0] == '/' ? 0 : parent_n;
	w->done[w->done_n] = '\0';
	return NULL;
}

static void step_up(struct walk *w)
{
	while (w->done_n && w->done[w->done_n - 1] != '/')
		w->done_n--;
	if (w->done_n)
		w->done_n--;
	w->done[w->done_n] = '\0';
}

/* Appends one name. */
static struct kimg_error *step_down(struct walk *w, struct span name)
{
	if (w->done_n + 1 + name.n >= sizeof(w->done))
		return error_new(KIMG_E_INVALID, "%s/...: the path is too long", w->done);
	if (w->done_n)
		w->done[w->done_n++] = '/';
	memcpy(w->done + w->done_n, name.p, name.n);
	w->done_n += name.n;
	w->done[w->done_n] = '\0';
	return NULL;
}

/* The next name of the path; *ret_last where none follows. */
static struct span next_name(struct walk *w, bool *ret_last)
{
	const char *start;

	w->at += strspn(w->at, "/");
	start = w->at;
	w->at += strcspn(w->at, "/");
	*ret_last = w->at[strspn(w->at, "/")] == '\0';
	return span_of(start, w->at - start);
}

/* A folder, or a link that the content knows, comes where there is nothing yet. */
static struct kimg_error *make_way(struct content *content, const char *path, const char *target,
				   const struct content_node *because)
{
	struct content_node *made, node = {
		.kind = target ? CONTENT_LINK : CONTENT_FOLDER,
		.source = target,
		.mode = target ? 0777 : 0755,
		.why = target ? "a link as on the system itself" : "a folder on the way",
		.because = because,
		.implied = true,
	};

	return new_node(content, path, &node, &made);
}

/* One name that is not the last: follows it, or goes into it. for_node NULL: nothing is made. */
static struct kimg_error *enter(struct content *content, struct walk *w, struct span name,
				const struct content_node *for_node)
{
	size_t parent_n = w->done_n;
	const struct content_node *node;
	const char *target;

	TRY(step_down(w, name));
	node = find(content, span_of(w->done, w->done_n));
	target = target_of(content, span_of(w->done, w->done_n), node);
	if (!node && for_node)
		TRY(make_way(content, w->done, target, for_node->because));
	if (target)
		return follow(w, target, parent_n);
	if (node && node->kind != CONTENT_FOLDER)
		return error_new(KIMG_E_AMBIGUOUS, "%s is no folder (%s)", node->path,
				 node->why ? node->why : "no reason given");
	return NULL;
}

/* Leaves the canonical form of path in w->done. The last name is not followed, unless a folder is to be made there. */
static struct kimg_error *walk(struct content *content, struct walk *w, const char *path,
			       const struct content_node *for_node)
{
	bool whole = for_node && for_node->kind == CONTENT_FOLDER, last = false;

	if (strlen(path) >= PATH_MAX)
		return error_new(KIMG_E_INVALID, "%.40s...: the path is too long", path);
	strcpy(w->rest, path);
	w->at = w->rest;
	w->done_n = 0;
	w->done[0] = '\0';
	w->links = 0;
	while (!last) {
		struct span name = next_name(w, &last);

		if (span_equal(name, SPAN_LITERAL("..")))
			step_up(w);
		else if (name.n == 0 || span_equal(name, SPAN_LITERAL(".")))
			continue;
		else if (last && !whole)
			return step_down(w, name);
		else
			TRY(enter(content, w, name, for_node));
		/* A link may have brought more. */
		last = w->at[strspn(w->at, "/")] == '\0';
	}
	if (whole && w->done_n)
		return NULL;
	return error_new(KIMG_E_INVALID, "\"%s\" names nothing in the image", path);
}

/* Most paths lie in a folder that is there: then they are canonical. */
static bool is_canonical(const struct content *content, const char *path)
{
	const char *slash = strrchr(path, '/');
	const struct content_node *parent;

	if (!slash || slash == path || strlen(path) >= PATH_MAX)
		return false;
	if (slash[1] == '\0' || strcmp(slash, "/.") == 0 || strcmp(slash, "/..") == 0)
		return false;
	parent = find(content, span_of(path, slash - path));
	return parent && parent->kind == CONTENT_FOLDER;
}

const struct content_node *content_find(const struct content *content, const char *path)
{
	struct walk w;
	struct kimg_error *error;

	path += strspn(path, "/");
	if (is_canonical(content, path))
		return find(content, span_of(path, strlen(path)));
	/* Nothing is made: the content stays as it is. */
	error = walk((struct content *)content, &w, path, NULL);
	if (error) {
		kimg_error_free(error);
		return NULL;
	}
	return find(content, span_of(w.done, w.done_n));
}

/* ---- adding ---- */

static bool is_compressed(const char *path)
{
	static const char *const suffixes[] = { ".xz",  ".zst", ".gz",  ".bz2",
						".lz4", ".lzo", ".lzma" };
	size_t n = strlen(path);

	for (size_t i = 0; i < ARRAY_SIZE(suffixes); i++) {
		size_t m = strlen(suffixes[i]);

		if (n > m && strcmp(path + n - m, suffixes[i]) == 0)
			return true;
	}
	return false;
}

/* What the file on this machine says. */
static struct kimg_error *look_at_file(struct content_node *node)
{
	struct stat st;

	if (stat(node->source, &st) != 0)
		return errno == ENOENT || errno == ENOTDIR
			       ? error_new(KIMG_E_NOT_FOUND, "%s: not there", node->source)
			       : error_system(errno, "%s", node->source);
	if (!S_ISREG(st.st_mode))
		return error_new(KIMG_E_INVALID, "%s: not a regular file", node->source);
	/* To root, all files are readable. */
	if (geteuid() != 0 && faccessat(AT_FDCWD, node->source, R_OK, AT_EACCESS) != 0)
		return error_system(errno, "%s", node->source);
	node->size = st.st_size;
	node->file_device = st.st_nlink > 1 ? st.st_dev : 0;
	node->file_number = st.st_nlink > 1 ? st.st_ino : 0;
	node->stored = node->stored || is_compressed(node->source);
	if (!node->mode)
		node->mode = st.st_mode & 0777;
	return NULL;
}

static struct kimg_error *complete_node(struct content_node *node)
{
	switch (node->kind) {
	case CONTENT_FILE:
		return look_at_file(node);
	case CONTENT_BYTES:
		node->size = node->bytes.n;
		node->mode = node->mode ? node->mode : 0644;
		return NULL;
	case CONTENT_FOLDER:
		node->mode = node->mode ? node->mode : 0755;
		return NULL;
	case CONTENT_LINK:
		node->mode = 0777;
		if (node->source[0] == '\0' || strlen(node->source) >= PATH_MAX)
			return error_new(KIMG_E_INVALID, "%s: no link leads to \"%.40s\"",
					 node->path, node->source);
		return NULL;
	default:
		return NULL;
	}
}

static bool same_file(const char *a, const char *b)
{
	struct stat st_a, st_b;

	return strcmp(a, b) == 0 || (stat(a, &st_a) == 0 && stat(b, &st_b) == 0 &&
				     st_a.st_dev == st_b.st_dev && st_a.st_ino == st_b.st_ino);
}

static bool means_the_same(const struct content_node *a, const struct content_node *b)
{
	if (a->kind != b->kind)
		return false;
	switch (a->kind) {
	case CONTENT_FILE:
		return same_file(a->source, b->source);
	case CONTENT_BYTES:
		return span_equal(a->bytes, b->bytes);
	case CONTENT_LINK:
		return strcmp(a->source, b->source) == 0;
	case CONTENT_DEVICE:
		return a->mode == b->mode && a->major == b->major && a->minor == b->minor;
	default:
		return true;
	}
}

/* old becomes node, but for its place and path. */
static struct kimg_error *replace(struct content *content, struct content_node *old,
				  const struct content_node *node)
{
	struct content_node copy = *node;

	copy.path = old->path;
	TRY(copy_text(content, node->source, &copy.source));
	TRY(copy_text(content, node->why, &copy.why));
	*old = copy;
	return NULL;
}

static struct kimg_error *meet(struct content *content, struct content_node *old,
			       const struct content_node *node)
{
	bool both_folders = old->kind == CONTENT_FOLDER && node->kind == CONTENT_FOLDER;
	bool no_folder = old->kind != CONTENT_FOLDER && node->kind != CONTENT_FOLDER;

	if ((node->overlay && (both_folders || no_folder)) || (old->implied && both_folders))
		return replace(content, old, node);
	if (means_the_same(old, node) || (old->overlay && no_folder))
		return NULL;
	return error_new(KIMG_E_AMBIGUOUS, "%s is wanted twice, and not the same: %s; %s",
			 old->path, old->why ? old->why : "no reason given",
			 node->why ? node->why : "no reason given");
}

static struct kimg_error *add_at(struct content *content, const char *path,
				 const struct content_node *node, const struct content_node **ret)
{
	struct content_node *old = find(content, span_of(path, strlen(path)));
	struct content_node copy = *node;

	TRY(complete_node(&copy));
	if (old)
		TRY(meet(content, old, &copy));
	else
		TRY(new_node(content, path, &copy, &old));
	if (ret)
		*ret = old;
	return NULL;
}

struct kimg_error *content_add(struct content *content, const struct content_node *node,
			       const struct content_node **ret)
{
	const char *path = node->path + strspn(node->path, "/");
	struct walk w;

	if (node->kind != CONTENT_FOLDER && is_canonical(content, path))
		return add_at(content, path, node, ret);
	TRY(walk(content, &w, path, node));
	return add_at(content, w.done, node, ret);
}

/* ---- links of the system ---- */

struct kimg_error *content_use_links(struct content *content, const char *sysroot)
{
	static const char *const names[] = { "bin", "sbin", "lib", "lib32", "lib64", "libx32" };

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		struct usr_link *link = &content->links[content->links_n];
		char path[PATH_MAX], target[PATH_MAX];
		ssize_t n;

		if (snprintf(path, sizeof(path), "%s/%s", sysroot, names[i]) >= (int)sizeof(path))
			return error_new(KIMG_E_INVALID, "%.40s...: the path is too long", sysroot);
		n = readlink(path, target, sizeof(target) - 1);
		if (n <= 0)
			continue;
		link->name = names[i];
		link->target = arena_copy(&content->arena, target, n);
		if (!link->target)
			return error_nomem();
		content->links_n++;
	}
	return NULL;
}

struct kimg_error *content_complete_links(struct content *content)
{
	for (size_t i = 0; i < content->links_n; i++) {
		const struct usr_link *link = &content->links[i];
		struct span name = span_of(link->name, strlen(link->name));
		const struct content_node *target = content_find(content, link->target);

		if (!find(content, name) && target && target->kind == CONTENT_FOLDER)
			TRY(make_way(content, link->name, link->target, NULL));
	}
	return NULL;
}

/* ---- order ---- */

/* '/' comes before all else, so that what is in a folder stands right behind it. */
static int compare_paths(const char *a, const char *b)
{
	uint8_t x, y;

	while (*a && *a == *b)
		a++, b++;
	x = *a == '/' ? 1 : *a;
	y = *b == '/' ? 1 : *b;
	return x - y;
}

static int by_path(const void *a, const void *b)
{
	return compare_paths((*(const struct content_node *const *)a)->path,
			     (*(const struct content_node *const *)b)->path);
}

const struct content_node *const *content_sorted(struct content *content, size_t *ret_n)
{
	if (!content->sorted) {
		size_t n = 0;

		content->sorted = malloc((content->n + 1) * sizeof(*content->sorted));
		if (!content->sorted)
			return NULL;
		for (size_t i = 0; i <= content->mask; i++)
			if (content->slots[i].node)
				content->sorted[n++] = content->slots[i].node;
		qsort(content->sorted, n, sizeof(*content->sorted), by_path);
		content->sorted[n] = NULL;
	}
	*ret_n = content->n;
	return content->sorted;
}
