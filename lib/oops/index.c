/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Names of modules, and the files that they are in. */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "base/buf.h"
#include "io/blob.h"
#include "oops/resolve.h"

/* More than any kernel has, and folders deeper than any tree of them. */
enum { FILES_MAX = 100000, DEPTH_MAX = 16 };

void index_done(struct module_index *index)
{
	for (size_t i = 0; i < index->n; i++) {
		free(index->all[i].name);
		free(index->all[i].path);
	}
	free(index->all);
	*index = (struct module_index){ 0 };
}

/* ---- adding ---- */

/* The end of a module's file name: .ko, .ko.xz, .ko.zst, .ko.gz, and .ko.debug of detached debug information. */
static bool is_module_name(struct span name)
{
	static const char *const ends[] = { "", ".xz", ".zst", ".gz", ".debug" };
	size_t at;

	if (!span_find(name, 0, SPAN_LITERAL(".ko"), &at))
		return false;
	for (size_t i = 0; i < ARRAY_SIZE(ends); i++)
		if (span_equal(span_from(name, name.n - strlen(ends[i])),
			       span_of(ends[i], strlen(ends[i]))) &&
		    span_has(name, name.n - strlen(ends[i]) - 3, SPAN_LITERAL(".ko")))
			return true;
	return false;
}

static struct kimg_error *make_entry(struct span path, struct module_path *ret_entry)
{
	const uint8_t *slash = path.n ? memrchr(path.p, '/', path.n) : NULL;
	struct span file = slash ? span_from(path, slash + 1 - path.p) : path;
	size_t n = 0;

	while (n < file.n && file.p[n] != '.')
		n++;
	/* kcrash-6.1.192.ko: the dots of a version belong to the name */
	if (span_find(file, 0, SPAN_LITERAL(".ko"), &n))
		file.n = n;
	ret_entry->name = strndup((const char *)file.p, file.n);
	ret_entry->path = strndup((const char *)path.p, path.n);
	if (!ret_entry->name || !ret_entry->path) {
		free(ret_entry->name);
		free(ret_entry->path);
		return error_nomem();
	}
	for (char *p = ret_entry->name; *p; p++)
		if (*p == '-')
			*p = '_';
	return NULL;
}

static struct kimg_error *add_file(struct module_index *index, struct span path)
{
	struct module_path *larger;

	if (index->n == FILES_MAX)
		return NULL;
	if (index->n == index->room) {
		larger = reallocarray(index->all, index->room ? 2 * index->room : 64,
				      sizeof(*larger));
		if (!larger)
			return error_nomem();
		index->all = larger;
		index->room = index->room ? 2 * index->room : 64;
	}
	TRY(make_entry(path, &index->all[index->n]));
	index->n++;
	index->sorted = false;
	return NULL;
}

static struct kimg_error *add_path(struct module_index *index, const char *path, unsigned int depth,
				   size_t *budget);

static struct kimg_error *add_folder(struct module_index *index, const char *folder, DIR *stream,
				     unsigned int depth, size_t *budget)
{
	const struct dirent *entry;

	while (*budget && (entry = readdir(stream)) != NULL) {
		cleanup_buf struct buf path = { 0 };
		struct span name = span_of(entry->d_name, strlen(entry->d_name));
		bool is_folder = entry->d_type == DT_DIR || entry->d_type == DT_UNKNOWN;

		--*budget;
		if (entry->d_name[0] == '.' || (!is_folder && !is_module_name(name)))
			continue;
		buf_printf(&path, "%s/%s", folder, entry->d_name);
		if (path.failed)
			return error_nomem();
		TRY(is_folder ? add_path(index, path.p, depth + 1, budget)
			      : add_file(index, buf_span(&path)));
	}
	return NULL;
}

/* Links to folders inside are not followed: build and source of lib/modules lead to whole trees. */
static struct kimg_error *add_path(struct module_index *index, const char *path, unsigned int depth,
				   size_t *budget)
{
	struct kimg_error *error;
	struct stat st;
	DIR *stream;

	if ((depth ? lstat(path, &st) : stat(path, &st)) < 0)
		return NULL;
	if (!S_ISDIR(st.st_mode)) {
		struct span name = span_of(path, strlen(path));

		return depth == 0 || is_module_name(name) ? add_file(index, name) : NULL;
	}
	stream = depth < DEPTH_MAX ? opendir(path) : NULL;
	if (!stream)
		return NULL;
	error = add_folder(index, path, stream, depth, budget);
	closedir(stream);
	return error;
}

struct kimg_error *index_add(struct module_index *index, const char *path)
{
	size_t budget = FILES_MAX;
	struct stat st;

	if (stat(path, &st) < 0)
		return error_system(errno, "%s", path);
	return add_path(index, path, 0, &budget);
}

/* ---- those installed ---- */

/* modules.dep of depmod(8): "kernel/fs/ext4/ext4.ko.xz: kernel/lib/crc16.ko.xz ..." */
static struct kimg_error *add_listed(struct module_index *index, const char *folder,
				     const struct blob *list)
{
	struct span rest = blob_span(list);

	while (rest.n) {
		const uint8_t *newline = memchr(rest.p, '\n', rest.n), *colon;
		struct span line =
			span_clip(rest, 0, newline ? (size_t)(newline - rest.p) : rest.n);
		cleanup_buf struct buf path = { 0 };

		rest = span_from(rest, line.n + 1);
		colon = line.n ? memchr(line.p, ':', line.n) : NULL;
		if (!colon)
			continue;
		line.n = colon - line.p;
		if (line.n && line.p[0] != '/')
			buf_printf(&path, "%s/", folder);
		buf_add(&path, line.p, line.n);
		if (path.failed)
			return error_nomem();
		TRY(add_file(index, buf_span(&path)));
	}
	return NULL;
}

static struct kimg_error *add_modules_of(struct module_index *index, const char *folder)
{
	const struct kimg_limits limits = KIMG_LIMITS_DEFAULT;
	cleanup_blob struct blob list = { 0 };
	cleanup_buf struct buf name = { 0 };
	struct kimg_error *error;
	size_t before = index->n, budget = FILES_MAX;

	buf_printf(&name, "%s/modules.dep", folder);
	if (name.failed)
		return error_nomem();
	error = blob_open(&list, name.p, &limits);
	if (!error)
		TRY(add_listed(index, folder, &list));
	else if (kimg_error_code(error) == KIMG_E_NOMEM)
		return error;
	kimg_error_free(error);
	return index->n > before ? NULL : add_path(index, folder, 0, &budget);
}

struct kimg_error *index_add_installed(struct module_index *index, const char *const *roots,
				       const char *release)
{
	static const char *const folders[] = {
		"usr/lib/debug/lib/modules",
		"usr/lib/debug/usr/lib/modules",
		"lib/modules",
		"usr/lib/modules",
	};

	for (const char *const *root = roots; *root; root++) {
		for (size_t i = 0; i < ARRAY_SIZE(folders); i++) {
			cleanup_buf struct buf folder = { 0 };

			buf_printf(&folder, "%s/%s/%s", *root, folders[i], release);
			if (folder.failed)
				return error_nomem();
			TRY(add_modules_of(index, folder.p));
		}
	}
	return NULL;
}

/* ---- finding ---- */

static int compare(const void *a, const void *b)
{
	const struct module_path *x = a, *y = b;
	int order = strcmp(x->name, y->name);

	return order ? order : strcmp(x->path, y->path);
}

static bool is_of(const struct module_path *entry, const char *name)
{
	size_t n = strlen(name);

	return strncmp(entry->name, name, n) == 0 && (!entry->name[n] || entry->name[n] == '_');
}

size_t index_find(struct module_index *index, const char *name,
		  const struct module_path **ret_first)
{
	size_t low = 0, high = index->n, count = 0;

	if (!index->sorted && index->n)
		qsort(index->all, index->n, sizeof(*index->all), compare);
	index->sorted = true;
	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (strcmp(index->all[middle].name, name) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	while (low + count < index->n && is_of(&index->all[low + count], name))
		count++;
	*ret_first = count ? &index->all[low] : NULL;
	return count;
}
