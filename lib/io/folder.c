/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Writing below a folder and nowhere else. */
#include "io/folder.h"

#include <errno.h>
#include <fcntl.h>
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

bool folder_is(const struct folder *folder, const char *path, const char *input)
{
	struct stat a, b;

	return fstatat(folder->fd, path, &a, AT_SYMLINK_NOFOLLOW) == 0 && stat(input, &b) == 0 &&
	       S_ISREG(a.st_mode) && a.st_dev == b.st_dev && a.st_ino == b.st_ino;
}

void folder_done(struct folder *folder)
{
	if (folder->fd >= 0)
		close(folder->fd);
	free(folder->path);
	*folder = (struct folder){ .fd = -1 };
}
