/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Output files that appear whole or not at all. */
#include "io/outfile.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#define WRITE_STEP (1u << 20)

/* MADV_POPULATE_READ, which older headers lack. */
#define POPULATE_READ 22

/*
 * Brings the pages of a piece in at once. Writing from a mapped file faults page by page else, which
 * doubles the time of the copy. From Linux 5.14 on; elsewhere it fails and nothing is lost.
 */
static void populate(struct span piece)
{
	uintptr_t mask = (uintptr_t)sysconf(_SC_PAGESIZE) - 1;
	uintptr_t from = (uintptr_t)piece.p & ~mask, to = (uintptr_t)piece.p + piece.n;

	madvise((void *)from, to - from, POPULATE_READ);
}

struct kimg_error *write_all(int fd, struct span bytes, const char *name)
{
	while (bytes.n) {
		struct span piece = span_clip(bytes, 0, WRITE_STEP);
		ssize_t n;

		if (bytes.n > WRITE_STEP)
			populate(piece);
		n = write(fd, piece.p, piece.n);
		if (n < 0 && errno != EINTR)
			return error_system(errno, "%s", name);
		if (n > 0)
			bytes = span_from(bytes, n);
	}
	return NULL;
}

static struct kimg_error *open_in_place(struct outfile *out, const char *path)
{
	out->fd = open(path, O_WRONLY | O_CLOEXEC | O_NOCTTY);
	return out->fd < 0 ? error_system(errno, "%s", path) : NULL;
}

/* Where path is a symbolic link, the file it leads to is replaced, not the link. */
static char *follow_link(const char *path)
{
	char *real = realpath(path, NULL);

	return real ? real : strdup(path);
}

/* As mkostemp(), but below a folder. */
static int open_temporary(int folder, const char *name, char **ret_temporary)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyz0123456789";

	for (int attempt = 0; attempt < 100; attempt++) {
		uint8_t random[6];
		char *temporary;
		int fd;

		if (getrandom(random, sizeof(random), 0) != sizeof(random))
			return -1;
		for (size_t i = 0; i < sizeof(random); i++)
			random[i] = letters[random[i] % (sizeof(letters) - 1)];
		if (asprintf(&temporary, "%s.%.*s", name, (int)sizeof(random), random) < 0)
			return -1;
		fd = openat(folder, temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
			    0666);
		if (fd >= 0) {
			*ret_temporary = temporary;
			return fd;
		}
		free(temporary);
		if (errno != EEXIST)
			break;
	}
	return -1;
}

struct kimg_error *outfile_open_at(struct outfile *out, int folder, const char *name,
				   const char *path)
{
	*out = OUTFILE_NONE;
	out->folder = folder;
	out->path = strdup(path);
	out->name = strdup(name);
	if (!out->path || !out->name)
		return error_nomem();
	out->fd = open_temporary(folder, name, &out->temporary);
	return out->fd < 0 ? error_system(errno, "%s", path) : NULL;
}

struct kimg_error *outfile_open(struct outfile *out, const char *path)
{
	struct stat st;

	*out = OUTFILE_NONE;
	if (strcmp(path, "-") == 0) {
		out->path = strdup("standard output");
		out->fd = STDOUT_FILENO;
		return out->path ? NULL : error_nomem();
	}
	out->folder = AT_FDCWD;
	out->path = strdup(path);
	out->name = follow_link(path);
	if (!out->path || !out->name)
		return error_nomem();
	if (stat(path, &st) == 0 && !S_ISREG(st.st_mode)) {
		if (S_ISDIR(st.st_mode))
			return error_system(EISDIR, "%s", path);
		return open_in_place(out, path);
	}
	out->fd = open_temporary(AT_FDCWD, out->name, &out->temporary);
	return out->fd < 0 ? error_system(errno, "%s", path) : NULL;
}

struct kimg_error *outfile_write(struct outfile *out, struct span bytes)
{
	return write_all(out->fd, bytes, out->path);
}

struct kimg_error *outfile_commit(struct outfile *out)
{
	if (!out->temporary)
		return NULL;
	if (fsync(out->fd) < 0 && errno != EINVAL)
		return error_system(errno, "%s", out->path);
	if (renameat(out->folder, out->temporary, out->folder, out->name) < 0)
		return error_system(errno, "%s", out->path);
	free(out->temporary);
	out->temporary = NULL;
	return NULL;
}

bool outfile_is(const char *path, const char *input)
{
	struct stat in, out;

	if ((strcmp(input, "-") == 0 ? fstat(STDIN_FILENO, &in) : stat(input, &in)) < 0)
		return false;
	if ((strcmp(path, "-") == 0 ? fstat(STDOUT_FILENO, &out) : stat(path, &out)) < 0)
		return false;
	return S_ISREG(in.st_mode) && in.st_dev == out.st_dev && in.st_ino == out.st_ino;
}

void outfile_done(struct outfile *out)
{
	if (out->temporary)
		unlinkat(out->folder, out->temporary, 0);
	if (out->fd > STDERR_FILENO)
		close(out->fd);
	if (out->folder > STDERR_FILENO)
		close(out->folder);
	free(out->temporary);
	free(out->name);
	free(out->path);
	*out = OUTFILE_NONE;
}
