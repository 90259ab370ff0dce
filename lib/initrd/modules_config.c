/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What modprobe.d(5) says, and what depmod(8) took out of the modules in the same form. The lines that count here:
 *
 *	alias PATTERN MODULE
 *	blacklist MODULE
 *	options MODULE OPTION...
 *	softdep MODULE pre: MODULE... post: MODULE...
 *	weakdep MODULE MODULE...
 *	install MODULE COMMAND
 *
 * '#' starts a line of comment, and '\' at the end of a line joins the next one to it. A file in an earlier folder hides those
 * of its name in later ones; all are read in the order of their names.
 */
#include <dirent.h>
#include <errno.h>
#include <stdlib.h>

#include "initrd/modules.h"
#include "initrd/modules_source.h"

#define FILES_MAX 4096

static const char *const folders[] = {
	"/etc/modprobe.d",     "/run/modprobe.d", "/usr/local/lib/modprobe.d",
	"/usr/lib/modprobe.d", "/lib/modprobe.d",
};

/* ---- lines ---- */

static const struct keyword {
	const char *word;
	enum module_config_kind kind;
} keywords[] = {
	{ "alias", MODULE_CONFIG_ALIAS },     { "blacklist", MODULE_CONFIG_BLACKLIST },
	{ "options", MODULE_CONFIG_OPTIONS }, { "softdep", MODULE_CONFIG_SOFTDEP },
	{ "weakdep", MODULE_CONFIG_WEAKDEP }, { "install", MODULE_CONFIG_INSTALL },
};

static struct span trim(struct span s)
{
	while (s.n && memchr(" \t\r", s.p[0], 3))
		s = span_from(s, 1);
	while (s.n && memchr(" \t\r", s.p[s.n - 1], 3))
		s = span_clip(s, 0, s.n - 1);
	return s;
}

static struct kimg_error *add_config(struct module_tree *modules,
				     const struct module_config *config)
{
	if (modules->configs_n == modules->configs_size) {
		size_t size = modules->configs_size ? modules->configs_size * 2 : 128;
		void *grown = reallocarray(modules->configs, size, sizeof(*modules->configs));

		if (!grown)
			return error_nomem();
		modules->configs = grown;
		modules->configs_size = size;
	}
	modules->configs[modules->configs_n++] = *config;
	modules->has_config_aliases |= config->kind == MODULE_CONFIG_ALIAS;
	return NULL;
}

static struct kimg_error *read_config_line(struct module_tree *modules, struct span line,
					   const char *file)
{
	struct module_config config = { .file = file };
	struct span word = next_word(&line);

	for (size_t i = 0; i < ARRAY_SIZE(keywords); i++) {
		if (!span_equal(word, span_of(keywords[i].word, strlen(keywords[i].word))))
			continue;
		config.kind = keywords[i].kind;
		config.name = trim(next_word(&line));
		config.text = trim(line);
		return config.name.n ? add_config(modules, &config) : NULL;
	}
	return NULL;
}

/* A line that goes on in the next ones is put together; others stay where they are. */
static struct kimg_error *join_lines(struct module_tree *modules, struct span *text,
				     struct span *line)
{
	cleanup_buf struct buf joined = { 0 };
	char *copy;

	while (line->n && line->p[line->n - 1] == '\\') {
		buf_add(&joined, line->p, line->n - 1);
		if (!next_line(text, line))
			*line = (struct span){ 0 };
	}
	if (!joined.n && !joined.failed)
		return NULL;
	buf_add(&joined, line->p, line->n);
	copy = joined.failed ? NULL : arena_copy(&modules->arena, joined.p, joined.n);
	if (!copy)
		return error_nomem();
	*line = span_of(copy, joined.n);
	return NULL;
}

struct kimg_error *module_tree_parse_config(struct module_tree *modules, struct span text,
					    const char *file)
{
	struct span line;

	while (next_line(&text, &line)) {
		TRY(join_lines(modules, &text, &line));
		if (line.n && line.p[0] != '#')
			TRY(read_config_line(modules, line, file));
	}
	return NULL;
}

/* ---- files ---- */

struct conf_file {
	char *name;
	size_t folder;
};

struct conf_files {
	struct conf_file all[FILES_MAX];
	size_t n;
};

static int compare_files(const void *a, const void *b)
{
	const struct conf_file *fa = a, *fb = b;
	int order = strcmp(fa->name, fb->name);

	return order ? order : fa->folder < fb->folder ? -1 : fa->folder > fb->folder;
}

static struct kimg_error *list_folder(struct module_tree *modules, size_t folder,
				      struct conf_files *files)
{
	cleanup_buf struct buf path = { 0 };
	struct dirent *entry;
	DIR *dir;

	buf_puts(&path, modules->sysroot);
	buf_puts(&path, folders[folder]);
	if (path.failed)
		return error_nomem();
	dir = opendir(path.p);
	if (!dir)
		return NULL;
	while (files->n < FILES_MAX && (entry = readdir(dir))) {
		size_t n = strlen(entry->d_name);
		char *name;

		if (n < 6 || strcmp(entry->d_name + n - 5, ".conf") != 0)
			continue;
		name = arena_copy(&modules->arena, entry->d_name, n);
		if (!name) {
			closedir(dir);
			return error_nomem();
		}
		files->all[files->n++] = (struct conf_file){ .name = name, .folder = folder };
	}
	closedir(dir);
	return NULL;
}

/* Takes the blob over. */
static struct kimg_error *keep_blob(struct module_tree *modules, struct blob *blob)
{
	struct blob_list *item = arena_alloc(&modules->arena, sizeof(*item));

	if (!item)
		return error_nomem();
	item->blob = *blob;
	item->next = modules->files;
	modules->files = item;
	*blob = (struct blob){ 0 };
	return NULL;
}

static struct kimg_error *read_file(struct module_tree *modules, const char *path)
{
	cleanup_blob struct blob blob = { 0 };
	struct span text;
	struct kimg_error *error = blob_open(&blob, path, &modules->limits);
	char *name;

	if (error && kimg_error_errno(error) == ENOENT) {
		kimg_error_free(error);
		return NULL;
	}
	if (error)
		return error;
	text = blob_span(&blob);
	name = arena_copy(&modules->arena, path, strlen(path));
	if (!name)
		return error_nomem();
	TRY(keep_blob(modules, &blob));
	return module_tree_parse_config(modules, text, name);
}

static struct kimg_error *read_conf_files(struct module_tree *modules, struct conf_files *files)
{
	for (size_t i = 0; i < ARRAY_SIZE(folders); i++)
		TRY(list_folder(modules, i, files));
	qsort(files->all, files->n, sizeof(files->all[0]), compare_files);
	for (size_t i = 0; i < files->n; i++) {
		const struct conf_file *file = &files->all[i];
		cleanup_buf struct buf path = { 0 };

		if (i && strcmp(file[-1].name, file->name) == 0)
			continue;
		buf_printf(&path, "%s%s/%s", modules->sysroot, folders[file->folder], file->name);
		if (path.failed)
			return error_nomem();
		TRY(read_file(modules, path.p));
	}
	return NULL;
}

static struct kimg_error *read_folder_config(struct module_tree *modules)
{
	static const char *const names[] = { "modules.softdep", "modules.weakdep" };

	if (modules->scanned)
		return module_tree_parse_config(modules, buf_span(&modules->scanned_softdep),
						"the modules");
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		cleanup_buf struct buf path = { 0 };

		buf_printf(&path, "%s/%s", modules->folder, names[i]);
		if (path.failed)
			return error_nomem();
		TRY(read_file(modules, path.p));
	}
	return NULL;
}

struct kimg_error *module_tree_read_config(struct module_tree *modules)
{
	cleanup_free struct conf_files *files = calloc(1, sizeof(*files));

	if (!files)
		return error_nomem();
	TRY(read_conf_files(modules, files));
	TRY(read_folder_config(modules));
	return module_tree_index_config(modules);
}

/* ---- asking ---- */

struct kimg_error *module_tree_index_config(struct module_tree *modules)
{
	TRY(chains_init(&modules->by_config, modules->configs_n));
	for (size_t i = modules->configs_n; i > 0; i--)
		chains_put(&modules->by_config, i - 1,
			   name_hash(modules->seed, modules->configs[i - 1].name));
	return NULL;
}

const struct module_config *module_tree_configs(const struct module_tree *modules, size_t *ret_n)
{
	*ret_n = modules->configs_n;
	return modules->configs;
}

const struct module_config *module_tree_config_next(const struct module_tree *modules,
						    enum module_config_kind kind, struct span name,
						    const struct module_config *last)
{
	uint32_t at = last ? modules->by_config.nexts[last - modules->configs]
			   : chains_first(&modules->by_config, name_hash(modules->seed, name));

	for (; at; at = modules->by_config.nexts[at - 1]) {
		const struct module_config *config = &modules->configs[at - 1];

		if (config->kind == kind && name_equal(config->name, name))
			return config;
	}
	return NULL;
}

bool module_tree_is_blacklisted(const struct module_tree *modules, const struct module *module)
{
	return module_tree_config_next(modules, MODULE_CONFIG_BLACKLIST, module->name, NULL) !=
	       NULL;
}

void module_tree_done_config(struct module_tree *modules)
{
	for (struct blob_list *item = modules->files; item; item = item->next)
		blob_done(&item->blob);
	free(modules->configs);
	chains_done(&modules->by_config);
}
