/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * kimg.conf(5):
 *
 *	# a comment
 *	KEY = VALUE
 *
 * A line that ends in a backslash goes on with the next. Blanks around KEY and VALUE mean nothing. A list may be set
 * several times, and grows.
 */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/buf.h"
#include "initrd/recipe.h"
#include "initrd/sysroot.h"
#include "io/blob.h"

/* ---- lines ---- */

static struct span trim(struct span s)
{
	while (s.n && strchr(" \t\r", s.p[0]) && s.p[0])
		s = span_from(s, 1);
	while (s.n && strchr(" \t\r", s.p[s.n - 1]) && s.p[s.n - 1])
		s.n--;
	return s;
}

static struct kimg_error *set_line(struct kimg_initrd_recipe *recipe, struct span line)
{
	const uint8_t *equals;
	cleanup_buf struct buf key = { 0 }, value = { 0 };
	struct span name, rest;

	line = trim(line);
	if (line.n == 0 || line.p[0] == '#' || line.p[0] == ';')
		return NULL;
	if (memchr(line.p, '\0', line.n))
		return error_new(KIMG_E_INVALID, "a NUL stands in the line");
	equals = memchr(line.p, '=', line.n);
	if (!equals)
		return error_new(KIMG_E_INVALID, "no '=' in the line");
	name = trim(span_clip(line, 0, equals - line.p));
	rest = trim(span_from(line, equals - line.p + 1));
	buf_add(&key, name.p, name.n);
	buf_add(&value, rest.p, rest.n);
	if (key.failed || value.failed)
		return error_nomem();
	return kimg_initrd_recipe_set(recipe, key.p, value.p);
}

/* A line with those that it goes on with; cuts them off the start of *rest. *ret_lines: how many they are. */
static bool join_lines(struct span *rest, struct buf *line, size_t *ret_lines)
{
	bool more = true;

	line->n = 0;
	for (*ret_lines = 0; more && rest->n; ++*ret_lines) {
		const uint8_t *newline = memchr(rest->p, '\n', rest->n);
		struct span one =
			span_clip(*rest, 0, newline ? (size_t)(newline - rest->p) : rest->n);

		*rest = span_from(*rest, one.n + 1);
		more = one.n && one.p[one.n - 1] == '\\';
		buf_add(line, one.p, one.n - more);
		if (more)
			buf_putc(line, ' ');
	}
	return !line->failed;
}

struct kimg_error *kimg_initrd_recipe_read(struct kimg_initrd_recipe *recipe, const char *name,
					   const char *text, size_t size)
{
	cleanup_buf struct buf line = { 0 };
	struct span rest = span_of(text, size);
	size_t number = 1, lines;

	while (rest.n) {
		if (!join_lines(&rest, &line, &lines))
			return error_nomem();
		TRY(error_wrap(set_line(recipe, buf_span(&line)), "%s:%zu", name, number));
		number += lines;
	}
	return NULL;
}

/* ---- the system's files ---- */

static const char *const folders[] = { "/etc/kimg", "/usr/lib/kimg" };

/* False where there is none. */
static struct kimg_error *read_file(struct kimg_initrd_recipe *recipe, const char *sysroot,
				    const char *path, bool *ret_found)
{
	struct kimg_limits limits = KIMG_LIMITS_DEFAULT;
	cleanup_blob struct blob blob = { 0 };
	char canonical[PATH_MAX], whole[2 * PATH_MAX];

	*ret_found = sysroot_follow(sysroot, path, canonical);
	if (!*ret_found)
		return NULL;
	snprintf(whole, sizeof(whole), "%s/%s", sysroot, canonical);
	TRY(blob_open(&blob, whole, &limits));
	return kimg_initrd_recipe_read(recipe, whole, (const char *)blob.p, blob.n);
}

struct names {
	char **p;
	size_t n, size;
};

static void names_done(struct names *names)
{
	for (size_t i = 0; i < names->n; i++)
		free(names->p[i]);
	free(names->p);
}

static struct kimg_error *add_name(struct names *names, const char *name)
{
	for (size_t i = 0; i < names->n; i++)
		if (strcmp(names->p[i], name) == 0)
			return NULL;
	if (names->n == names->size) {
		size_t size = names->size * 2 + 16;
		char **p = realloc(names->p, size * sizeof(*p));

		if (!p)
			return error_nomem();
		names->p = p;
		names->size = size;
	}
	names->p[names->n] = strdup(name);
	return names->p[names->n++] ? NULL : error_nomem();
}

static void close_folder(DIR **dir)
{
	if (*dir)
		closedir(*dir);
}

static struct kimg_error *list_folder(const char *sysroot, const char *folder, struct names *names)
{
	cleanup(close_folder) DIR *dir = NULL;
	char canonical[PATH_MAX], path[2 * PATH_MAX];
	const struct dirent *entry;

	snprintf(path, sizeof(path), "%s/kimg.conf.d", folder);
	if (!sysroot_follow(sysroot, path, canonical))
		return NULL;
	snprintf(path, sizeof(path), "%s/%s", sysroot, canonical);
	dir = opendir(path);
	if (!dir)
		return error_system(errno, "%s", path);
	while ((entry = readdir(dir))) {
		size_t n = strlen(entry->d_name);

		if (entry->d_name[0] != '.' && n > 5 && strcmp(entry->d_name + n - 5, ".conf") == 0)
			TRY(add_name(names, entry->d_name));
	}
	return NULL;
}

static int by_name(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* The file of that name in the first folder that has it. */
static struct kimg_error *read_first(struct kimg_initrd_recipe *recipe, const char *sysroot,
				     const char *below, const char *name)
{
	bool found = false;

	for (size_t i = 0; i < ARRAY_SIZE(folders) && !found; i++) {
		char path[PATH_MAX];

		snprintf(path, sizeof(path), "%s%s/%s", folders[i], below, name);
		TRY(read_file(recipe, sysroot, path, &found));
	}
	return NULL;
}

struct kimg_error *kimg_initrd_recipe_read_system(struct kimg_initrd_recipe *recipe,
						  const char *sysroot)
{
	cleanup(names_done) struct names names = { 0 };

	if (strcmp(sysroot, "/") == 0)
		sysroot = "";
	TRY(read_first(recipe, sysroot, "", "kimg.conf"));
	for (size_t i = 0; i < ARRAY_SIZE(folders); i++)
		TRY(list_folder(sysroot, folders[i], &names));
	if (names.n)
		qsort(names.p, names.n, sizeof(*names.p), by_name);
	for (size_t i = 0; i < names.n; i++)
		TRY(read_first(recipe, sysroot, "/kimg.conf.d", names.p[i]));
	return NULL;
}
