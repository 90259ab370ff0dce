/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The folder of a kernel's modules, by the files of depmod(8). What is read:
 *
 * modules.dep       "kernel/fs/ext4/ext4.ko: kernel/fs/jbd2/jbd2.ko kernel/fs/mbcache.ko"; relative to the folder,
 *                   absolute for modules that lie elsewhere; the last one is to be loaded first, and all
 *                   that is needed stands there, not only what is needed at once (modules.dep(5))
 * modules.builtin   "kernel/fs/binfmt_script.ko", a line each
 *
 * Their binary forms (modules.dep.bin) find one name faster; but all of a text of 0.6 MB is read in half a millisecond, and
 * then each lookup is one in a hash table.
 */
#include "initrd/modules.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "base/hash.h"
#include "initrd/modules_source.h"

/* ---- names ---- */

struct span next_word(struct span *text)
{
	struct span word;
	size_t from = 0, to;

	while (from < text->n && (text->p[from] == ' ' || text->p[from] == '\t'))
		from++;
	for (to = from; to < text->n && text->p[to] != ' ' && text->p[to] != '\t';)
		to++;
	word = span_clip(*text, from, to - from);
	*text = span_from(*text, to);
	return word;
}

static bool ends(struct span s, const char *suffix)
{
	size_t n = strlen(suffix);

	return s.n > n && memcmp(s.p + s.n - n, suffix, n) == 0;
}

struct span module_name_of_path(struct span path)
{
	static const char *const suffixes[] = { ".ko", ".ko.xz", ".ko.zst", ".ko.gz" };
	const uint8_t *slash = path.n ? memrchr(path.p, '/', path.n) : NULL;
	struct span name = slash ? span_from(path, slash + 1 - path.p) : path;

	for (size_t i = 0; i < ARRAY_SIZE(suffixes); i++)
		if (ends(name, suffixes[i]))
			return span_clip(name, 0, name.n - strlen(suffixes[i]));
	return (struct span){ 0 };
}

/* ---- opening ---- */

static struct kimg_error *print(struct module_tree *modules, char **ret, const char *format,
				...) must_check printf_like(3, 4);

static struct kimg_error *print(struct module_tree *modules, char **ret, const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	*ret = arena_vprintf(&modules->arena, format, ap);
	va_end(ap);
	return *ret ? NULL : error_nomem();
}

static bool is_folder(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

static struct kimg_error *find_folder(struct module_tree *modules)
{
	static const char *const folders[] = { "lib/modules", "usr/lib/modules" };
	const char *version = modules->version;

	if (!*version || strchr(version, '/') || strcmp(version, ".") == 0 ||
	    strcmp(version, "..") == 0)
		return error_new(KIMG_E_INVALID, "\"%s\" is no kernel version", version);
	for (size_t i = 0; i < ARRAY_SIZE(folders); i++) {
		TRY(print(modules, &modules->folder, "%s/%s/%s", modules->sysroot, folders[i],
			  version));
		if (is_folder(modules->folder))
			return print(modules, &modules->target, "usr/lib/modules/%s", version);
	}
	return error_new(KIMG_E_NOT_FOUND, "no modules of %s: there is no folder %s/lib/modules/%s",
			 version, modules->sysroot, version);
}

struct kimg_error *module_tree_map(struct module_tree *modules, const char *name, struct blob *blob)
{
	char *path = NULL;
	struct kimg_error *error;

	TRY(print(modules, &path, "%s/%s", modules->folder, name));
	error = blob_open(blob, path, &modules->limits);
	if (error && kimg_error_errno(error) == ENOENT) {
		kimg_error_free(error);
		return NULL;
	}
	return error;
}

/* ---- the table of modules ---- */

static void add_module(struct module_tree *modules, struct span path, struct span needs,
		       bool builtin)
{
	struct module module = {
		.name = module_name_of_path(path),
		.path = path,
		.needs = needs,
		.number = modules->n,
		.builtin = builtin,
	};

	if (module.name.n)
		modules->all[modules->n++] = module;
}

static void read_dep(struct module_tree *modules, struct span text)
{
	struct span line;

	while (next_line(&text, &line)) {
		const uint8_t *colon = line.n ? memchr(line.p, ':', line.n) : NULL;

		if (colon)
			add_module(modules, span_of(line.p, colon - line.p),
				   span_from(line, colon + 1 - line.p), false);
	}
}

static void read_builtin(struct module_tree *modules, struct span text)
{
	struct span line;

	while (next_line(&text, &line))
		add_module(modules, line, (struct span){ 0 }, true);
}

/* A module is found before what is built in under its name: depmod(8) has no such pair, but files may be older. */
static struct kimg_error *index_names(struct module_tree *modules)
{
	TRY(chains_init(&modules->by_name, modules->n));
	for (size_t i = modules->n; i > 0; i--)
		chains_put(&modules->by_name, i - 1,
			   name_hash(modules->seed, modules->all[i - 1].name));
	return NULL;
}

static struct kimg_error *read_tables(struct module_tree *modules, struct span dep,
				      struct span builtin)
{
	modules->all = calloc(count_lines(dep) + count_lines(builtin) + 1, sizeof(*modules->all));
	if (!modules->all)
		return error_nomem();
	read_dep(modules, dep);
	read_builtin(modules, builtin);
	return index_names(modules);
}

static struct kimg_error *read_folder(struct module_tree *modules)
{
	struct span dep;

	TRY(module_tree_map(modules, "modules.dep", &modules->dep));
	TRY(module_tree_map(modules, "modules.builtin", &modules->builtin));
	dep = blob_span(&modules->dep);
	if (!modules->dep.p) {
		TRY(module_tree_scan(modules));
		dep = buf_span(&modules->scanned_dep);
	}
	return read_tables(modules, dep, blob_span(&modules->builtin));
}

static struct kimg_error *open_modules(struct module_tree *modules,
				       const struct module_tree_options *options)
{
	const char *sysroot = options->sysroot ? options->sysroot : "";
	size_t n = strlen(sysroot);

	while (n && sysroot[n - 1] == '/')
		n--;
	modules->sysroot = arena_copy(&modules->arena, sysroot, n);
	modules->version = arena_copy(&modules->arena, options->version, strlen(options->version));
	if (!modules->sysroot || !modules->version)
		return error_nomem();
	TRY(find_folder(modules));
	TRY(error_wrap(read_folder(modules), "%s", modules->folder));
	return module_tree_read_config(modules);
}

struct kimg_error *module_tree_open(const struct module_tree_options *options,
				    struct module_tree **ret)
{
	cleanup_module_tree struct module_tree *modules = calloc(1, sizeof(*modules));

	if (!modules)
		return error_nomem();
	modules->limits = options->limits;
	modules->seed = hash_seed();
	TRY(open_modules(modules, options));
	*ret = modules;
	modules = NULL;
	return NULL;
}

static struct kimg_error *keep_text(struct buf *buf, struct span text)
{
	buf_add(buf, text.p, text.n);
	return buf->failed ? error_nomem() : NULL;
}

static struct kimg_error *take_texts(struct module_tree *modules, const struct module_texts *texts)
{
	modules->sysroot = modules->version = arena_copy(&modules->arena, "", 0);
	modules->folder = modules->target = modules->version;
	if (!modules->version)
		return error_nomem();
	modules->scanned = true;
	TRY(keep_text(&modules->scanned_dep, texts->dep));
	TRY(keep_text(&modules->scanned_builtin, texts->builtin));
	TRY(keep_text(&modules->scanned_alias, texts->alias));
	TRY(keep_text(&modules->scanned_softdep, texts->softdep));
	TRY(keep_text(&modules->scanned_modinfo, texts->modinfo));
	TRY(read_tables(modules, buf_span(&modules->scanned_dep),
			buf_span(&modules->scanned_builtin)));
	TRY(module_tree_parse_config(modules, buf_span(&modules->scanned_softdep), "modprobe.d"));
	return module_tree_index_config(modules);
}

struct kimg_error *module_tree_of_texts(const struct module_texts *texts, struct module_tree **ret)
{
	cleanup_module_tree struct module_tree *modules = calloc(1, sizeof(*modules));

	if (!modules)
		return error_nomem();
	modules->limits = KIMG_LIMITS_DEFAULT;
	modules->seed = hash_seed();
	TRY(take_texts(modules, texts));
	*ret = modules;
	modules = NULL;
	return NULL;
}

void module_tree_free(struct module_tree *modules)
{
	if (!modules)
		return;
	module_tree_done_aliases(modules);
	module_tree_done_config(modules);
	chains_done(&modules->by_name);
	free(modules->all);
	blob_done(&modules->dep);
	blob_done(&modules->builtin);
	buf_done(&modules->scanned_dep);
	buf_done(&modules->scanned_alias);
	buf_done(&modules->scanned_softdep);
	buf_done(&modules->scanned_builtin);
	buf_done(&modules->scanned_modinfo);
	arena_done(&modules->arena);
	free(modules);
}

/* ---- asking ---- */

const char *module_tree_folder(const struct module_tree *modules)
{
	return modules->folder;
}

const char *module_tree_target(const struct module_tree *modules)
{
	return modules->target;
}

const char *module_tree_version(const struct module_tree *modules)
{
	return modules->version;
}

const char *module_tree_sysroot(const struct module_tree *modules)
{
	return modules->sysroot;
}

const struct module *module_tree_all(const struct module_tree *modules, size_t *ret_n)
{
	*ret_n = modules->n;
	return modules->all;
}

const struct module *module_tree_find(const struct module_tree *modules, struct span name)
{
	uint32_t at = chains_first(&modules->by_name, name_hash(modules->seed, name));

	for (; at; at = modules->by_name.nexts[at - 1])
		if (name_equal(modules->all[at - 1].name, name))
			return &modules->all[at - 1];
	return NULL;
}

const struct module *module_tree_by_path(const struct module_tree *modules, struct span path)
{
	struct span name = module_name_of_path(path);

	return name.n ? module_tree_find(modules, name) : NULL;
}

char *module_tree_path(const struct module_tree *modules, const struct module *module,
		       struct arena *arena)
{
	bool absolute = module->path.n && module->path.p[0] == '/';
	const char *folder = absolute ? modules->sysroot : modules->folder;
	size_t n = strlen(folder);
	char *path = arena_alloc(arena, n + module->path.n + 2);

	if (!path)
		return NULL;
	memcpy(path, folder, n);
	if (!absolute)
		path[n++] = '/';
	memcpy(path + n, module->path.p, module->path.n);
	return path;
}
