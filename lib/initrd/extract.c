/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Making the tree of an initrd in a folder, entry by entry as they arrive.
 *
 * The links of the initrd are followed in the tree that is kept in memory (rootfs.c), as the kernel would; what comes out
 * is a plain path of folders, and on the way along it, below the folder that is written to, the system is asked to follow
 * no link at all. So nothing outside is touched, whatever the initrd holds, and whatever stands in the folder.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "initrd/below.h"
#include "initrd/reader.h"

#define PERMISSIONS 0777

struct extract {
	struct kimg_initrd *initrd;
	const struct kimg_initrd_extract_options *o;
	struct below below;
};

static void extract_done(struct extract *x)
{
	below_done(&x->below);
}

static struct kimg_error *failed(const struct extract *x, const struct rootfs_node *node)
{
	int number = errno;
	char buffer[ROOTFS_PATH];
	const char *path = rootfs_path(node, buffer);

	return error_system(number, "%s/%s", x->o->folder, path ? path : "...");
}

static void leave_out(const struct extract *x, const char *why)
{
	if (x->o->left_out)
		x->o->left_out(x->o->context, &x->initrd->entry, why);
}

static bool is_made(const struct rootfs_node *node)
{
	return node->made || !node->parent;
}

/* ---- the folders that things are made in ---- */

/* The descriptor of a folder that is made. */
static struct kimg_error *folder_of(struct extract *x, const struct rootfs_node *folder,
				    int *ret_fd)
{
	char buffer[ROOTFS_PATH];
	const char *path;

	*ret_fd = x->below.root;
	if (!folder->parent)
		return NULL;
	path = rootfs_path(folder, buffer);
	errno = ENAMETOOLONG;
	*ret_fd = path ? below_folder(&x->below, folder, path) : -1;
	return *ret_fd < 0 ? failed(x, folder) : NULL;
}

/* What is made here is ours alone until the end, when each folder gets its own permissions. */
static struct kimg_error *make_folder(struct extract *x, struct rootfs_node *node)
{
	char name[NAME_MAX + 1];
	int fd;

	TRY(folder_of(x, node->parent, &fd));
	if (mkdirat(fd, rootfs_name(node, name), 0700) == 0)
		node->made = MADE_NEW;
	else if (errno != EEXIST)
		return failed(x, node);
	else
		node->made = MADE_BEFORE;
	/* That it is no link, nor a file, is found when it is opened. */
	return node->made == MADE_BEFORE ? folder_of(x, node, &fd) : NULL;
}

/* node is a folder: it and those around it are made, where they are not. */
static struct kimg_error *need_folder(struct extract *x, struct rootfs_node *node)
{
	cleanup_free struct rootfs_node **way = NULL;
	size_t n = 0;

	if (is_made(node))
		return NULL;
	for (struct rootfs_node *up = node; !is_made(up); up = up->parent)
		n++;
	way = reallocarray(NULL, n, sizeof(*way));
	if (!way)
		return error_nomem();
	for (size_t i = n; i > 0; i--, node = node->parent)
		way[i - 1] = node;
	for (size_t i = 0; i < n; i++)
		TRY(make_folder(x, way[i]));
	return NULL;
}

/* ---- what a file is besides its bytes ---- */

static uint32_t permissions(const struct extract *x, const struct rootfs_file *file)
{
	return file->mode & (x->o->special_bits ? 07777 : PERMISSIONS);
}

/* The owner first: a change of it takes setuid bits away. */
static int set_attributes(const struct extract *x, int fd, const struct rootfs_file *file)
{
	struct timespec times[2] = { { .tv_sec = file->mtime }, { .tv_sec = file->mtime } };

	if (x->o->owners && fchown(fd, file->uid, file->gid) < 0)
		return -1;
	if (fchmod(fd, permissions(x, file)) < 0)
		return -1;
	return futimens(fd, times);
}

/*
 * The same for what cannot be opened. The name is that of a link, or of what was just made in a folder that nobody else
 * may write to: no link is there for fchmodat() to follow.
 */
static int set_attributes_at(const struct extract *x, int fd, const char *name,
			     const struct rootfs_file *file)
{
	struct timespec times[2] = { { .tv_sec = file->mtime }, { .tv_sec = file->mtime } };

	if (x->o->owners && fchownat(fd, name, file->uid, file->gid, AT_SYMLINK_NOFOLLOW) < 0)
		return -1;
	if (!S_ISLNK(file->mode) && fchmodat(fd, name, permissions(x, file), 0) < 0)
		return -1;
	return utimensat(fd, name, times, AT_SYMLINK_NOFOLLOW);
}

/* ---- making ---- */

struct target {
	int fd; /* the folder */
	const char *name;
};

static struct kimg_error *fill(struct extract *x, int fd, const struct rootfs_node *node)
{
	struct span data;
	int result;

	TRY(initrd_file_data(x->initrd, node->file, &data));
	result = below_write(fd, data, node->file->size);
	return result < 0 || set_attributes(x, fd, node->file) < 0 ? failed(x, node) : NULL;
}

static struct kimg_error *write_file(struct extract *x, const struct target *t,
				     const struct rootfs_node *node, int flags)
{
	int fd = openat(t->fd, t->name, O_WRONLY | O_NOFOLLOW | O_CLOEXEC | flags, 0600);
	struct kimg_error *error;

	if (fd < 0)
		return failed(x, node);
	error = fill(x, fd, node);
	if (close(fd) < 0 && !error)
		error = failed(x, node);
	return error;
}

static int make_special(const struct extract *x, const struct target *t,
			const struct rootfs_file *file)
{
	dev_t device = makedev(file->rdev_major, file->rdev_minor);
	char text[ROOTFS_PATH + 1];
	int result;

	if (S_ISLNK(file->mode)) {
		memcpy(text, file->target.p, file->target.n);
		text[file->target.n] = '\0';
		result = symlinkat(text, t->fd, t->name);
	} else {
		result = mknodat(t->fd, t->name, (file->mode & S_IFMT) | 0600, device);
	}
	return result < 0 ? -1 : set_attributes_at(x, t->fd, t->name, file);
}

static struct kimg_error *make_link(struct extract *x, const struct target *t,
				    const struct rootfs_node *node, const struct rootfs_node *old)
{
	char name[NAME_MAX + 1];
	int fd;

	TRY(folder_of(x, old->parent, &fd));
	if (linkat(fd, rootfs_name(old, name), t->fd, t->name, 0) < 0)
		return failed(x, node);
	return NULL;
}

static struct kimg_error *make_once(struct extract *x, const struct target *t,
				    const struct rootfs_node *node)
{
	const struct rootfs_node *old = rootfs_other_name(node);

	if (old)
		return make_link(x, t, node, old);
	if (S_ISREG(node->file->mode))
		return write_file(x, t, node, O_CREAT | O_EXCL);
	return make_special(x, t, node->file) < 0 ? failed(x, node) : NULL;
}

/* What was there before gives way where that was asked for; but no folder does. */
static struct kimg_error *make_other(struct extract *x, struct rootfs_node *node)
{
	char name[NAME_MAX + 1];
	struct target t = { .name = rootfs_name(node, name) };
	struct kimg_error *error;

	TRY(folder_of(x, node->parent, &t.fd));
	error = make_once(x, &t, node);
	if (error && kimg_error_errno(error) == EEXIST && x->o->force &&
	    unlinkat(t.fd, t.name, 0) == 0) {
		kimg_error_free(error);
		error = make_once(x, &t, node);
	}
	if (!error)
		node->made = MADE_NEW;
	return error;
}

static bool is_device(const struct rootfs_file *file)
{
	return S_ISCHR(file->mode) || S_ISBLK(file->mode);
}

static struct kimg_error *make(struct extract *x, struct rootfs_node *node)
{
	if (is_device(node->file) && !x->o->devices) {
		leave_out(x, "a device: none were asked for");
		return NULL;
	}
	if (S_ISLNK(node->file->mode) && node->file->target.n == 0) {
		leave_out(x, "a link to nothing, which only the kernel makes");
		return NULL;
	}
	if (S_ISDIR(node->file->mode)) {
		TRY(need_folder(x, node));
	} else {
		TRY(need_folder(x, node->parent));
		TRY(make_other(x, node));
	}
	if (x->o->made)
		x->o->made(x->o->context, &x->initrd->entry);
	return NULL;
}

/* ---- what an entry changes ---- */

static struct kimg_error *unmake(struct extract *x, struct rootfs_node *node)
{
	bool folder = S_ISDIR(node->file->mode);
	char name[NAME_MAX + 1];
	int fd;

	if (!node->made)
		return NULL;
	node->made = MADE_NOT;
	below_forget(&x->below, node);
	TRY(folder_of(x, node->parent, &fd));
	if (unlinkat(fd, rootfs_name(node, name), folder ? AT_REMOVEDIR : 0) < 0)
		return failed(x, node);
	return NULL;
}

/* The entry is for what was there: its bytes, owner, permissions and time may be others now. */
static struct kimg_error *update(struct extract *x, struct rootfs_node *node)
{
	char name[NAME_MAX + 1];
	struct target t = { .name = rootfs_name(node, name) };

	if (S_ISDIR(node->file->mode))
		return NULL; /* at the end */
	TRY(folder_of(x, node->parent, &t.fd));
	if (S_ISREG(node->file->mode))
		return write_file(x, &t, node, O_TRUNC);
	return set_attributes_at(x, t.fd, t.name, node->file) < 0 ? failed(x, node) : NULL;
}

/* path: where it came to be; NULL: nowhere. */
static bool is_wanted(const struct extract *x, const char *path)
{
	const char *const *pattern = x->o->patterns;

	if (!pattern)
		return true;
	for (; *pattern; pattern++)
		if ((path && kimg_initrd_matches(path, *pattern)) ||
		    kimg_initrd_matches(x->initrd->entry.name, *pattern))
			return true;
	return false;
}

static struct kimg_error *take(struct extract *x)
{
	struct rootfs_change *change = &x->initrd->change;
	struct rootfs_node *node = change->node;
	char buffer[ROOTFS_PATH];
	const char *path;

	if (change->removed)
		TRY(unmake(x, change->removed));
	path = node ? rootfs_path(node, buffer) : NULL;
	if (!path) {
		if (is_wanted(x, NULL))
			leave_out(x, node ? "its path is too long" : x->initrd->entry.why);
		return NULL;
	}
	if (!is_made(node) && is_wanted(x, path))
		TRY(make(x, node));
	/* Also where another name of the file is the one that was made. */
	if (!change->made && (change->written || !change->linked)) {
		const struct rootfs_node *made = is_made(node) ? node : rootfs_other_name(node);

		return made && made->parent ? update(x, (struct rootfs_node *)made) : NULL;
	}
	return NULL;
}

/* ---- the end ---- */

static struct kimg_error *finish_folder(struct extract *x, const struct rootfs_node *node)
{
	char buffer[ROOTFS_PATH];
	const char *path = rootfs_path(node, buffer);
	int fd, result;

	if (node->made != MADE_NEW || !path)
		return NULL;
	fd = below_open_folder(&x->below, path, O_RDONLY);
	if (fd < 0)
		return failed(x, node);
	result = set_attributes(x, fd, node->file);
	close(fd);
	return result < 0 ? failed(x, node) : NULL;
}

/* What is in a folder first: a folder may take the right away to reach it, and its time changes until then. */
static struct kimg_error *finish_folders(struct extract *x)
{
	const struct rootfs_node *node = x->initrd->rootfs.root;

	while (node->first)
		node = node->first;
	while (node->parent) {
		if (S_ISDIR(node->file->mode))
			TRY(finish_folder(x, node));
		if (!node->next) {
			node = node->parent;
			continue;
		}
		for (node = node->next; node->first;)
			node = node->first;
	}
	return NULL;
}

struct kimg_error *kimg_initrd_extract(struct kimg_initrd *initrd,
				       const struct kimg_initrd_extract_options *options)
{
	cleanup(extract_done) struct extract x = { .initrd = initrd, .o = options };
	struct kimg_error *error = NULL;
	bool got = true;

	TRY(below_open(&x.below, options->folder));
	TRY(initrd_rewind(initrd));
	initrd->own_thread = true; /* this one writes files meanwhile */
	while (got && !error) {
		error = initrd_next(initrd, &got);
		if (got)
			TRY(take(&x));
	}
	/* What the kernel would have at that point is made whole. */
	if (!error)
		return finish_folders(&x);
	kimg_error_free(finish_folders(&x));
	return error;
}
