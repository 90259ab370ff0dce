/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Files of a system that lies below a folder: links are followed as that system would follow them. */
#include "initrd/sysroot.h"

#include <errno.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

/* As the kernel (include/linux/namei.h, MAXSYMLINKS). */
#define LINKS_MAX 40

struct walk {
	const char *sysroot;
	char done[PATH_MAX]; /* without links; "" for the root folder */
	size_t done_n;
	char rest[2 * PATH_MAX];
	unsigned int links;
	/* each link on the way goes here; NULL: nowhere */
	struct content *content;
	const struct content_node *model;
};

static struct kimg_error *too_long(const struct walk *w)
{
	return error_new(KIMG_E_INVALID, "%.200s...: the path is too long", w->done);
}

static struct kimg_error *append(struct walk *w, struct span name)
{
	if (w->done_n + name.n + 1 >= sizeof(w->done))
		return too_long(w);
	if (w->done_n)
		w->done[w->done_n++] = '/';
	memcpy(w->done + w->done_n, name.p, name.n);
	w->done_n += name.n;
	w->done[w->done_n] = '\0';
	return NULL;
}

static void cut(struct walk *w, size_t n)
{
	w->done_n = n;
	w->done[n] = '\0';
}

static void step_up(struct walk *w)
{
	const char *slash = strrchr(w->done, '/');

	cut(w, slash ? slash - w->done : 0);
}

static struct kimg_error *keep_link(struct walk *w, const char *target)
{
	struct content_node node;

	if (!w->content)
		return NULL;
	node = *w->model;
	node.path = w->done;
	node.kind = CONTENT_LINK;
	node.source = target;
	return content_add(w->content, &node, NULL);
}

/* What stands at w->done leads to target; the path goes on from there. */
static struct kimg_error *follow(struct walk *w, const char *target, size_t parent_n)
{
	size_t target_n = strlen(target), rest_n = strlen(w->rest);

	TRY(keep_link(w, target));
	if (++w->links > LINKS_MAX)
		return error_new(KIMG_E_INVALID, "%s: too many links", w->done);
	if (target_n + rest_n + 2 > sizeof(w->rest))
		return too_long(w);
	memmove(w->rest + target_n + 1, w->rest, rest_n + 1);
	memcpy(w->rest, target, target_n);
	w->rest[target_n] = '/';
	cut(w, target[0] == '/' ? 0 : parent_n);
	return NULL;
}

static struct kimg_error *step(struct walk *w, struct span name)
{
	char path[2 * PATH_MAX], target[PATH_MAX];
	size_t parent_n = w->done_n;
	ssize_t n;

	TRY(append(w, name));
	snprintf(path, sizeof(path), "%s/%s", w->sysroot, w->done);
	n = readlink(path, target, sizeof(target) - 1);
	if (n > 0) {
		target[n] = '\0';
		return follow(w, target, parent_n);
	}
	if (n < 0 && errno != EINVAL)
		return errno == ENOENT || errno == ENOTDIR
			       ? error_new(KIMG_E_NOT_FOUND, "%s: not there", path)
			       : error_system(errno, "%s", path);
	return NULL;
}

static struct kimg_error *walk(struct walk *w, const char *path)
{
	if (strlen(path) >= PATH_MAX)
		return error_new(KIMG_E_INVALID, "%.40s...: the path is too long", path);
	strcpy(w->rest, path);
	for (;;) {
		size_t start = strspn(w->rest, "/"), n = strcspn(w->rest + start, "/");
		char name[PATH_MAX];

		if (n == 0)
			return NULL;
		if (n >= sizeof(name))
			return too_long(w);
		memcpy(name, w->rest + start, n);
		memmove(w->rest, w->rest + start + n, strlen(w->rest + start + n) + 1);
		if (n == 2 && memcmp(name, "..", 2) == 0)
			step_up(w);
		else if (n != 1 || name[0] != '.')
			TRY(step(w, span_of(name, n)));
	}
}

bool sysroot_follow(const char *sysroot, const char *path, char ret[PATH_MAX])
{
	struct walk w = { .sysroot = sysroot };
	struct kimg_error *error = walk(&w, path);

	kimg_error_free(error);
	if (error)
		return false;
	memcpy(ret, w.done, w.done_n + 1);
	return true;
}

struct kimg_error *sysroot_add(const char *sysroot, struct content *content, const char *path,
			       const struct content_node *model, const struct content_node **ret)
{
	struct walk w = { .sysroot = sysroot,
			  .content = model->path ? NULL : content,
			  .model = model };
	struct content_node node = *model;
	char source[2 * PATH_MAX];

	TRY(walk(&w, path));
	snprintf(source, sizeof(source), "%s/%s", sysroot, w.done);
	node.kind = CONTENT_FILE;
	node.source = source;
	if (!node.path)
		node.path = w.done;
	return content_add(content, &node, ret);
}
