/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A folder of modules that depmod(8) has not seen: what its files would say is made from the modules themselves. Of .modinfo:
 *
 *	depends=mbcache,jbd2	the modules whose symbols it takes (scripts/mod/modpost.c): only those that it needs at once
 *	alias=fs-ext4
 *	softdep=pre: crc32c
 *	weakdep=sha3		since 6.13
 *
 * The order is that of modules.order, and by path for those that it does not have.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "initrd/modinfo.h"
#include "initrd/modules_source.h"

#define FILES_MAX 100000
#define DEPTH_MAX 32

struct scanned {
	char *path; /* from the folder */
	struct span name;
	uint32_t place; /* in modules.order */
};

struct scan {
	struct module_tree *modules;
	struct scanned *all;
	size_t n, size;
	struct chains by_name;
};

/* ---- the files ---- */

static struct kimg_error *keep_file(struct scan *scan, const struct buf *path)
{
	struct span name = module_name_of_path(buf_span(path));
	struct scanned *file;

	if (!name.n)
		return NULL;
	if (scan->n == FILES_MAX)
		return error_new(KIMG_E_LIMIT, "more than %d modules", FILES_MAX);
	if (scan->n == scan->size) {
		size_t size = scan->size ? scan->size * 2 : 256;
		void *grown = reallocarray(scan->all, size, sizeof(*scan->all));

		if (!grown)
			return error_nomem();
		scan->all = grown;
		scan->size = size;
	}
	file = &scan->all[scan->n];
	*file = (struct scanned){ .place = UINT32_MAX };
	file->path = arena_copy(&scan->modules->arena, path->p, path->n);
	if (!file->path)
		return error_nomem();
	file->name = module_name_of_path(span_of(file->path, path->n));
	scan->n++;
	return NULL;
}

static struct kimg_error *walk(struct scan *scan, int fd, struct buf *path,
			       unsigned int depth) must_check;

static struct kimg_error *walk_entry(struct scan *scan, DIR *dir, const struct dirent *entry,
				     struct buf *path, unsigned int depth)
{
	size_t before = path->n;
	struct kimg_error *error = NULL;
	struct stat st;
	int fd;

	/* "build" and "source" are links to whole trees of sources. */
	if (entry->d_name[0] == '.' ||
	    fstatat(dirfd(dir), entry->d_name, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return NULL;
	buf_printf(path, "%s%s", before ? "/" : "", entry->d_name);
	if (path->failed)
		return error_nomem();
	if (S_ISREG(st.st_mode)) {
		error = keep_file(scan, path);
	} else if (S_ISDIR(st.st_mode) && depth < DEPTH_MAX) {
		fd = openat(dirfd(dir), entry->d_name,
			    O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
		if (fd >= 0)
			error = walk(scan, fd, path, depth + 1);
	}
	path->n = before;
	path->p[before] = '\0';
	return error;
}

/* Takes fd over. */
static struct kimg_error *walk(struct scan *scan, int fd, struct buf *path, unsigned int depth)
{
	DIR *dir = fdopendir(fd);
	struct kimg_error *error = NULL;
	const struct dirent *entry;

	if (!dir) {
		close(fd);
		return error_nomem();
	}
	while (!error && (entry = readdir(dir)))
		error = walk_entry(scan, dir, entry, path, depth);
	closedir(dir);
	return error;
}

/* ---- their order ---- */

static int by_path(const void *a, const void *b)
{
	const struct scanned *sa = a, *sb = b;

	return strcmp(sa->path, sb->path);
}

static int by_place(const void *a, const void *b)
{
	const struct scanned *sa = a, *sb = b;

	return sa->place != sb->place ? (sa->place < sb->place ? -1 : 1) : by_path(a, b);
}

static struct kimg_error *index_files(struct scan *scan)
{
	chains_done(&scan->by_name);
	TRY(chains_init(&scan->by_name, scan->n));
	for (size_t i = scan->n; i > 0; i--)
		chains_put(&scan->by_name, i - 1,
			   name_hash(scan->modules->seed, scan->all[i - 1].name));
	return NULL;
}

static struct scanned *find_file(struct scan *scan, struct span name)
{
	uint32_t at = chains_first(&scan->by_name, name_hash(scan->modules->seed, name));

	for (; at; at = scan->by_name.nexts[at - 1])
		if (name_equal(scan->all[at - 1].name, name))
			return &scan->all[at - 1];
	return NULL;
}

static struct kimg_error *sort_files(struct scan *scan)
{
	cleanup_blob struct blob order = { 0 };
	struct span text, line;

	TRY(module_tree_map(scan->modules, "modules.order", &order));
	TRY(index_files(scan));
	text = blob_span(&order);
	for (uint32_t place = 0; next_line(&text, &line); place++) {
		struct scanned *file = find_file(scan, module_name_of_path(line));

		if (file && file->place == UINT32_MAX)
			file->place = place;
	}
	if (scan->n)
		qsort(scan->all, scan->n, sizeof(*scan->all), by_place);
	return index_files(scan);
}

/* ---- what they say ---- */

static void add_line(struct buf *buf, const char *word, struct span a, struct span b)
{
	if (memchr(a.p, '\n', a.n) || (b.n && memchr(b.p, '\n', b.n)))
		return;
	buf_puts(buf, word);
	buf_add(buf, a.p, a.n);
	buf_putc(buf, ' ');
	buf_add(buf, b.p, b.n);
	buf_putc(buf, '\n');
}

/* "a,b" as the paths of those, the last one first. */
static void add_depends(struct scan *scan, struct span depends)
{
	struct buf *dep = &scan->modules->scanned_dep;

	while (depends.n) {
		const uint8_t *comma = memrchr(depends.p, ',', depends.n);
		size_t start = comma ? (size_t)(comma + 1 - depends.p) : 0;
		struct span name = span_from(depends, start);
		const struct scanned *file = name.n ? find_file(scan, name) : NULL;

		if (file) {
			buf_putc(dep, ' ');
			buf_puts(dep, file->path);
		}
		depends = span_clip(depends, 0, comma ? start - 1 : 0);
	}
}

static void read_strings(struct scan *scan, const struct scanned *file, struct span text)
{
	struct module_tree *modules = scan->modules;
	struct span key, value;

	while (modinfo_next(&text, &key, &value)) {
		if (span_equal(key, SPAN_LITERAL("depends")))
			add_depends(scan, value);
		else if (value.n && span_equal(key, SPAN_LITERAL("alias")))
			add_line(&modules->scanned_alias, "alias ", value, file->name);
		else if (span_equal(key, SPAN_LITERAL("softdep")))
			add_line(&modules->scanned_softdep, "softdep ", file->name, value);
		else if (span_equal(key, SPAN_LITERAL("weakdep")))
			add_line(&modules->scanned_softdep, "weakdep ", file->name, value);
	}
}

/* A file that is damaged is a module that needs nothing: check and the kernel tell. */
static struct kimg_error *read_file(struct scan *scan, const struct scanned *file)
{
	cleanup_modinfo struct modinfo info = { 0 };
	cleanup_buf struct buf path = { 0 };
	struct kimg_error *error;

	buf_printf(&path, "%s/%s", scan->modules->folder, file->path);
	if (path.failed)
		return error_nomem();
	buf_puts(&scan->modules->scanned_dep, file->path);
	buf_putc(&scan->modules->scanned_dep, ':');
	error = modinfo_open(&info, path.p, &scan->modules->limits);
	if (!error)
		read_strings(scan, file, info.text);
	buf_putc(&scan->modules->scanned_dep, '\n');
	if (!error || kimg_error_code(error) == KIMG_E_NOMEM)
		return error;
	kimg_error_free(error);
	return NULL;
}

static struct kimg_error *scan_all(struct scan *scan)
{
	cleanup_buf struct buf path = { 0 };
	struct module_tree *modules = scan->modules;
	int fd = open(modules->folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0)
		return error_system(errno, "%s", modules->folder);
	TRY(walk(scan, fd, &path, 0));
	TRY(sort_files(scan));
	for (size_t i = 0; i < scan->n; i++)
		TRY(read_file(scan, &scan->all[i]));
	if (modules->scanned_dep.failed || modules->scanned_alias.failed ||
	    modules->scanned_softdep.failed)
		return error_nomem();
	return NULL;
}

struct kimg_error *module_tree_scan(struct module_tree *modules)
{
	struct scan scan = { .modules = modules };
	struct kimg_error *error = scan_all(&scan);

	free(scan.all);
	chains_done(&scan.by_name);
	modules->scanned = !error;
	return error;
}
