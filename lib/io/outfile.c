/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Output files that appear whole or not at all. */
#include "io/outfile.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

struct kimg_error *write_all(int fd, struct span bytes, const char *name)
{
	while (bytes.n) {
		/* Linux writes at most 0x7ffff000 bytes at a time. */
		ssize_t n = write(fd, bytes.p, bytes.n < (1u << 30) ? bytes.n : 1u << 30);

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

struct kimg_error *outfile_open(struct outfile *out, const char *path)
{
	struct stat st;
	mode_t mask;

	*out = OUTFILE_NONE;
	if (strcmp(path, "-") == 0) {
		out->path = strdup("standard output");
		out->fd = STDOUT_FILENO;
		return out->path ? NULL : error_nomem();
	}
	out->path = follow_link(path);
	if (!out->path)
		return error_nomem();
	if (stat(path, &st) == 0 && !S_ISREG(st.st_mode)) {
		if (S_ISDIR(st.st_mode))
			return error_system(EISDIR, "%s", path);
		return open_in_place(out, path);
	}
	if (asprintf(&out->temporary, "%s.XXXXXX", out->path) < 0) {
		out->temporary = NULL;
		return error_nomem();
	}
	out->fd = mkostemp(out->temporary, O_CLOEXEC);
	if (out->fd < 0) {
		int number = errno;

		free(out->temporary);
		out->temporary = NULL;
		return error_system(number, "%s", path);
	}
	mask = umask(0);
	umask(mask);
	if (fchmod(out->fd, 0666 & ~mask) < 0)
		return error_system(errno, "%s", path);
	return NULL;
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
	if (rename(out->temporary, out->path) < 0)
		return error_system(errno, "%s", out->path);
	free(out->temporary);
	out->temporary = NULL;
	return NULL;
}

void outfile_done(struct outfile *out)
{
	if (out->temporary)
		unlink(out->temporary);
	if (out->fd > STDERR_FILENO)
		close(out->fd);
	free(out->temporary);
	free(out->path);
	*out = OUTFILE_NONE;
}
