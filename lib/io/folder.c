/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Writing below a folder and nowhere else. */
#include "io/folder.h"

#include <errno.h>
#include <fcntl.h>
#include <search.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define FOLDER_FLAGS (O_RDONLY | O_DIRECTORY | O_CLOEXEC)

struct kimg_error *folder_open(struct folder *folder, const char *path)
{
	*folder = (struct folder){ .fd = -1 };
	if (mkdir(path, 0777) < 0 && errno != EEXIST)
		return error_system(errno, "%s", path);
	folder->fd = open(path, FOLDER_FLAGS);
	if (folder->fd < 0)
		return error_system(errno, "%s", path);
	folder->path = strdup(path);
	if (!folder->path) {
		folder_done(folder);
		return error_nomem();
	}
	return NULL;
}

/* The folder of that name inside at, made where it is missing; -1 with errno where it cannot be. */
static int enter(int at, const char *name)
{
	if (mkdirat(at, name, 0777) < 0 && errno != EEXIST)
		return -1;
	return openat(at, name, FOLDER_FLAGS | O_NOFOLLOW);
}

static bool is_plain_name(struct span name)
{
	return name.n && !span_equal(name, SPAN_LITERAL(".")) &&
	       !span_equal(name, SPAN_LITERAL(".."));
}

/* Walks to the folder of path's last element; *ret_name is that element, inside path. */
static struct kimg_error *walk(const struct folder *folder, char *path, int *ret_fd,
			       const char **ret_name)
{
	int fd = dup(folder->fd), number;
	char *slash;

	for (; fd >= 0; path = slash + 1) {
		int next;

		slash = strchrnul(path, '/');
		if (!is_plain_name(span_of(path, slash - path))) {
			close(fd);
			return error_new(KIMG_E_INVALID, "%s: no name of a file", path);
		}
		if (!*slash) {
			*ret_fd = fd;
			*ret_name = path;
			return NULL;
		}
		*slash = '\0';
		next = enter(fd, path);
		number = errno;
		close(fd);
		errno = number;
		fd = next;
		if (fd < 0)
			break;
	}
	return error_system(errno, "%s: %s", folder->path, path);
}

struct kimg_error *folder_open_file(const struct folder *folder, const char *path,
				    struct outfile *ret_out)
{
	cleanup_free char *copy = strdup(path), *shown = NULL;
	const char *name = NULL;
	int fd = -1;

	if (!copy || asprintf(&shown, "%s/%s", folder->path, path) < 0)
		return error_nomem();
	TRY(walk(folder, copy, &fd, &name));
	/* outfile_done() closes the folder. */
	return outfile_open_at(ret_out, fd, name, shown);
}

bool folder_is(const struct folder *folder, const char *path, const struct stat *input)
{
	struct stat st;

	return fstatat(folder->fd, path, &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISREG(st.st_mode) &&
	       st.st_dev == input->st_dev && st.st_ino == input->st_ino;
}

/* ---- what was written ---- */

/* The system knows which names mean one file; comparing them here would be a guess. */
struct written {
	dev_t device;
	ino_t inode;
	const void *owner;
};

static int by_inode(const void *a, const void *b)
{
	const struct written *x = a, *y = b;

	if (x->device != y->device)
		return x->device < y->device ? -1 : 1;
	return x->inode == y->inode ? 0 : x->inode < y->inode ? -1 : 1;
}

static struct written *written_of(const struct stat *st)
{
	struct written *written = malloc(sizeof(*written));

	if (written)
		*written = (struct written){ .device = st->st_dev, .inode = st->st_ino };
	return written;
}

/* Who wrote the file that stands at path, or NULL. */
static const void *writer_of(const struct folder *folder, const char *path)
{
	struct written key, **found;
	struct stat st;

	if (fstatat(folder->fd, path, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return NULL;
	key = (struct written){ .device = st.st_dev, .inode = st.st_ino };
	found = tfind(&key, &folder->written, by_inode);
	return found ? (*found)->owner : NULL;
}

struct kimg_error *folder_commit(struct folder *folder, const char *path, const void *owner,
				 struct outfile *out)
{
	const void *writer = writer_of(folder, path);
	struct written *written, **kept;
	struct stat st;

	if (writer && writer != owner)
		return error_new(KIMG_E_AMBIGUOUS, "%s: another part was written there already",
				 out->path);
	if (fstat(out->fd, &st) < 0)
		return error_system(errno, "%s", out->path);
	written = written_of(&st);
	kept = written ? tsearch(written, &folder->written, by_inode) : NULL;
	if (!kept || *kept != written) {
		free(written);
		if (!kept)
			return error_nomem();
	}
	/* An inode comes back when what had it was replaced. */
	(*kept)->owner = owner;
	return outfile_commit(out);
}

void folder_done(struct folder *folder)
{
	if (folder->fd >= 0)
		close(folder->fd);
	free(folder->path);
	tdestroy(folder->written, free);
	*folder = (struct folder){ .fd = -1 };
}
