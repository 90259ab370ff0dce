/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Writing below a folder and nowhere else. */
#include "initrd/below.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#define FOLDER (O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)

/* File systems keep holes of whole blocks; short ones cost more calls than they save. */
#define BLOCK      4096
#define HOLE_LEAST (16 * BLOCK)

struct kimg_error *below_open(struct below *below, const char *path)
{
	*below = (struct below){ .root = -1 };
	if (mkdir(path, 0777) < 0 && errno != EEXIST)
		return error_system(errno, "%s", path);
	below->root = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return below->root < 0 ? error_system(errno, "%s", path) : NULL;
}

void below_done(struct below *below)
{
	for (size_t i = 0; i < ARRAY_SIZE(below->open); i++)
		if (below->open[i].key)
			close(below->open[i].fd);
	if (below->root >= 0)
		close(below->root);
	*below = (struct below){ .root = -1 };
}

/* ---- opening ---- */

/* Name by name, for kernels before 5.6, and where openat2() is not allowed. */
static int open_stepwise(int root, const char *path, int flags)
{
	char name[256];
	int fd = dup(root);

	while (fd >= 0 && *path) {
		size_t n = strcspn(path, "/");
		bool last = path[n] == '\0';
		int next;

		if (n >= sizeof(name)) {
			close(fd);
			errno = ENAMETOOLONG;
			return -1;
		}
		memcpy(name, path, n);
		name[n] = '\0';
		next = openat(fd, name, FOLDER | (last ? flags : O_PATH));
		close(fd);
		fd = next;
		path += n + !last;
	}
	return fd;
}

int below_open_folder(struct below *below, const char *path, int flags)
{
	struct open_how how = {
		.flags = FOLDER | flags,
		.resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS,
	};
	int fd;

	if (!below->stepwise) {
		fd = syscall(SYS_openat2, below->root, path, &how, sizeof(how));
		if (fd >= 0 || (errno != ENOSYS && errno != EPERM))
			return fd;
		below->stepwise = true;
	}
	return open_stepwise(below->root, path, flags);
}

int below_folder(struct below *below, const void *key, const char *path)
{
	unsigned int at = below->next++ % ARRAY_SIZE(below->open);
	int fd;

	for (size_t i = 0; i < ARRAY_SIZE(below->open); i++)
		if (below->open[i].key == key)
			return below->open[i].fd;
	fd = below_open_folder(below, path, O_PATH);
	if (fd < 0)
		return -1;
	if (below->open[at].key)
		close(below->open[at].fd);
	below->open[at].key = key;
	below->open[at].fd = fd;
	return fd;
}

void below_forget(struct below *below, const void *key)
{
	for (size_t i = 0; i < ARRAY_SIZE(below->open); i++)
		if (below->open[i].key == key) {
			close(below->open[i].fd);
			below->open[i].key = NULL;
		}
}

/* ---- writing ---- */

static bool is_zero(const uint8_t *p, size_t n)
{
	return p[0] == 0 && p[n - 1] == 0 && memcmp(p, p + 1, n - 1) == 0;
}

/* How many bytes of s, in whole blocks and at its end in what there is, are zeroes or, with zeroes false, none. */
static size_t run_of(struct span s, bool zeroes)
{
	size_t at = 0;

	while (at < s.n) {
		size_t n = s.n - at < BLOCK ? s.n - at : BLOCK;

		if (is_zero(s.p + at, n) != zeroes)
			break;
		at += n;
	}
	return at;
}

static int write_all_at(int fd, struct span s, uint64_t at)
{
	while (s.n) {
		ssize_t n = pwrite(fd, s.p, s.n, at);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0) {
			errno = n == 0 ? ENOSPC : errno;
			return -1;
		}
		s = span_from(s, n);
		at += n;
	}
	return 0;
}

/* The next run of data: up to zeroes that are long enough for a hole, or the end. */
static size_t data_run(struct span s)
{
	size_t at = 0;

	while (at < s.n) {
		size_t zeroes;

		at += run_of(span_from(s, at), false);
		zeroes = run_of(span_from(s, at), true);
		if (zeroes >= HOLE_LEAST)
			break;
		at += zeroes;
	}
	return at;
}

int below_write(int fd, struct span data, uint64_t size)
{
	uint64_t at = 0, written = 0;

	while (at < data.n) {
		struct span run = span_from(data, at);

		run.n = data_run(run);
		if (write_all_at(fd, run, at) < 0)
			return -1;
		at += run.n;
		if (run.n)
			written = at;
		at += run_of(span_from(data, at), true);
	}
	return written < size ? ftruncate(fd, size) : 0;
}
