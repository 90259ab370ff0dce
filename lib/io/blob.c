/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The owner of bytes: a mapped file or anonymous memory. */
#include "io/blob.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define HUGE_PAGE (2u << 20)
#define READ_STEP (1u << 20)

static size_t page_round(size_t n)
{
	size_t page = sysconf(_SC_PAGESIZE);

	return (n + page - 1) & ~(page - 1);
}

void blob_init(struct blob *blob, size_t max)
{
	*blob = (struct blob){ .max = max };
}

static size_t huge_round(size_t n)
{
	return (n + HUGE_PAGE - 1) & ~(size_t)(HUGE_PAGE - 1);
}

/* Where a huge page can begin: kernels before 6.7 map at any page. */
static void *map_aligned(size_t size)
{
	size_t more = size >= HUGE_PAGE ? HUGE_PAGE : 0, before;
	uint8_t *p = mmap(NULL, size + more, PROT_READ | PROT_WRITE,
			  MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	if (p == MAP_FAILED || !more)
		return p;
	before = huge_round((uintptr_t)p) - (uintptr_t)p;
	if (before)
		munmap(p, before);
	if (more - before)
		munmap(p + before + size, more - before);
	return p + before;
}

static struct kimg_error *remap(struct blob *blob, size_t size)
{
	void *p;

	if (size >= HUGE_PAGE)
		size = huge_round(size);
	if (blob->size)
		p = mremap(blob->p, blob->size, size, MREMAP_MAYMOVE);
	else
		p = map_aligned(size);
	if (p == MAP_FAILED)
		return error_nomem();
	/*
	 * Decoders fill it from end to end, so fewer page faults: 50 MiB cost 20 ms in small pages, 5 ms
	 * in huge ones, and a fast decoder needs 25 ms for them.
	 */
	if (size >= HUGE_PAGE)
		madvise(p, size, MADV_HUGEPAGE);
	blob->p = p;
	blob->size = size;
	return NULL;
}

struct kimg_error *blob_reserve(struct blob *blob, size_t more)
{
	size_t want;

	if (more > blob->max - blob->n)
		return error_new(KIMG_E_LIMIT, "more than the limit of %zu bytes", blob->max);
	want = blob->n + more;
	if (blob->size && want <= blob->size)
		return NULL;
	if (want < blob->size * 2)
		want = blob->size * 2;
	if (want > blob->max)
		want = blob->max;
	if (want > SIZE_MAX / 2)
		return error_nomem();
	return remap(blob, page_round(want ? want : 1));
}

void blob_trim(struct blob *blob)
{
	size_t keep = page_round(blob->n ? blob->n : 1);
	void *p;

	if (!blob->p || keep >= blob->size)
		return;
	p = mremap(blob->p, blob->size, keep, MREMAP_MAYMOVE);
	if (p == MAP_FAILED)
		return;
	blob->p = p;
	blob->size = keep;
}

static struct kimg_error *read_all(struct blob *blob, int fd, const char *name, uint64_t limit)
{
	/* One byte over the limit tells "too long" from "just fits". */
	blob_init(blob, limit < SIZE_MAX / 2 ? limit + 1 : SIZE_MAX / 2);
	for (;;) {
		size_t room = blob->max - blob->n;
		ssize_t got;

		if (room == 0)
			return error_new(KIMG_E_LIMIT,
					 "%s: more than the limit of %" PRIu64 " bytes", name,
					 limit);
		if (room > READ_STEP)
			room = READ_STEP;
		TRY(blob_reserve(blob, room));
		got = read(fd, blob->p + blob->n, room);
		if (got == 0)
			return NULL;
		if (got < 0 && errno != EINTR)
			return error_system(errno, "%s", name);
		if (got > 0)
			blob->n += got;
	}
}

struct kimg_error *blob_read(struct blob *blob, int fd, const char *name,
			     const struct kimg_limits *limits)
{
	struct kimg_error *error;
	struct stat st;
	void *p;

	if (fstat(fd, &st) < 0)
		return error_system(errno, "%s", name);
	if (S_ISDIR(st.st_mode))
		return error_system(EISDIR, "%s", name);
	/* Files in /proc and /sys say that they are empty and are not. */
	if (S_ISREG(st.st_mode) && st.st_size > 0) {
		p = mmap(NULL, st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
		if (p != MAP_FAILED) {
			*blob = (struct blob){
				.p = p, .n = st.st_size, .size = st.st_size, .max = st.st_size
			};
			return NULL;
		}
	}
	error = read_all(blob, fd, name, limits->input);
	if (error)
		blob_done(blob);
	return error;
}

struct kimg_error *blob_open(struct blob *blob, const char *path, const struct kimg_limits *limits)
{
	struct kimg_error *error;
	int fd;

	if (strcmp(path, "-") == 0)
		return blob_read(blob, STDIN_FILENO, "standard input", limits);
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	if (fd < 0)
		return error_system(errno, "%s", path);
	error = blob_read(blob, fd, path, limits);
	close(fd);
	return error;
}

void blob_done(struct blob *blob)
{
	if (blob->size)
		munmap(blob->p, blob->size);
	*blob = (struct blob){ 0 };
}
