/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The firmware that modules ask for. */
#include "initrd/firmware.h"

#include <dirent.h>
#include <limits.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "initrd/modinfo.h"
#include "symbol/glob.h"

/* Files that one pattern may stand for: amdgpu has 600 in its folder. */
#define MATCHES_MAX 4096

struct search {
	struct module_set *set;
	struct arena *arena;
	const struct kimg_limits *limits;
	char *folders[4]; /* without the sysroot and a leading '/' */
	size_t folders_n;
	const char *sysroot;
	firmware_found *found;
	void *context;
};

static char *print(struct arena *arena, const char *format, ...) printf_like(2, 3);

static char *print(struct arena *arena, const char *format, ...)
{
	va_list ap;
	char *text;

	va_start(ap, format);
	text = arena_vprintf(arena, format, ap);
	va_end(ap);
	return text;
}

/* ---- where firmware is ---- */

static bool has_files(const char *path)
{
	DIR *dir = opendir(path);
	const struct dirent *entry;
	bool any = false;

	if (!dir)
		return false;
	while (!any && (entry = readdir(dir)))
		any = entry->d_name[0] != '.';
	closedir(dir);
	return any;
}

static struct kimg_error *find_folders(struct search *s, const char *version)
{
	for (size_t i = 0; i < ARRAY_SIZE(s->folders); i++) {
		const char *of_version = i % 2 == 0 ? version : "";
		const char *below = i < 2 ? "/updates" : "";
		char *folder = print(s->arena, "usr/lib/firmware%s%s%s", below,
				     *of_version ? "/" : "", of_version);
		char *path = print(s->arena, "%s/%s", s->sysroot, folder ? folder : "");

		if (!folder || !path)
			return error_nomem();
		if (has_files(path))
			s->folders[s->folders_n++] = folder;
	}
	return NULL;
}

/* Before the merger of /usr it was /lib/firmware; that is where the kernel looks, too. */
static struct kimg_error *find_old_folder(struct search *s)
{
	char *path = print(s->arena, "%s/lib/firmware", s->sysroot);

	if (!path)
		return error_nomem();
	if (s->folders_n || !has_files(path))
		return NULL;
	s->folders[s->folders_n] = print(s->arena, "lib/firmware");
	return s->folders[s->folders_n++] ? NULL : error_nomem();
}

/* ---- one name ---- */

static struct kimg_error *tell(struct search *s, const struct module_pick *pick, const char *name,
			       const char *target)
{
	struct firmware firmware = { .name = name, .module = pick, .target = target };

	if (target) {
		firmware.path = print(s->arena, "%s/%s", s->sysroot, target);
		if (!firmware.path)
			return error_nomem();
	}
	return s->found(s->context, &firmware);
}

/* The file of that name in a folder, with any suffix; NULL where there is none. */
static char *find_plain(const struct search *s, const char *folder, const char *name)
{
	static const char *const suffixes[] = { "", ".zst", ".xz" };

	for (size_t i = 0; i < ARRAY_SIZE(suffixes); i++) {
		char path[PATH_MAX];
		int n = snprintf(path, sizeof(path), "%s/%s/%s%s", s->sysroot, folder, name,
				 suffixes[i]);
		struct stat st;

		if (n > 0 && (size_t)n < sizeof(path) && stat(path, &st) == 0 &&
		    S_ISREG(st.st_mode))
			return print(s->arena, "%s/%s%s", folder, name, suffixes[i]);
	}
	return NULL;
}

/* "amdgpu/navi10_*.bin": a pattern in the last name alone. */
static struct kimg_error *find_pattern(struct search *s, const struct module_pick *pick,
				       const char *folder, const char *name, size_t *n)
{
	const char *slash = strrchr(name, '/');
	char *way = print(s->arena, "%s%s%.*s", folder, slash ? "/" : "",
			  slash ? (int)(slash - name) : 0, name);
	const char *want = slash ? slash + 1 : name;
	char *path = print(s->arena, "%s/%s", s->sysroot, way ? way : "");
	struct kimg_error *error = NULL;
	const struct dirent *entry;
	DIR *dir;

	if (!way || !path)
		return error_nomem();
	dir = opendir(path);
	while (!error && dir && *n < MATCHES_MAX && (entry = readdir(dir))) {
		struct span file = span_of(entry->d_name, strlen(entry->d_name));
		struct span stem = file;
		char *target;

		if (file.n > 4 && memcmp(file.p + file.n - 4, ".zst", 4) == 0)
			stem.n -= 4;
		else if (file.n > 3 && memcmp(file.p + file.n - 3, ".xz", 3) == 0)
			stem.n -= 3;
		if (!glob_matches(span_of(want, strlen(want)), stem))
			continue;
		target = print(s->arena, "%s/%s", way, entry->d_name);
		error = target ? tell(s, pick, name, target) : error_nomem();
		++*n;
	}
	if (dir)
		closedir(dir);
	return error;
}

static bool is_safe(struct span name)
{
	size_t at;

	return name.n && name.p[0] != '/' && !span_find(name, 0, SPAN_LITERAL(".."), &at);
}

static struct kimg_error *find_name(struct search *s, const struct module_pick *pick,
				    struct span value)
{
	char *name = arena_copy(s->arena, (const char *)value.p, value.n);
	size_t n = 0;

	if (!name)
		return error_nomem();
	for (size_t i = 0; i < s->folders_n; i++) {
		char *target;

		if (strpbrk(name, "*?[")) {
			TRY(find_pattern(s, pick, s->folders[i], name, &n));
			continue;
		}
		target = find_plain(s, s->folders[i], name);
		if (target)
			return tell(s, pick, name, target);
	}
	return n ? NULL : tell(s, pick, name, NULL);
}

/* ---- all of it ---- */

/* File systems, crypto and the like ask for none; a driver does, and what lies outside of the kernel's own tree may. */
static bool may_ask(struct span path)
{
	size_t at;

	if (!span_starts(path, SPAN_LITERAL("kernel/")))
		return true;
	return span_find(path, 0, SPAN_LITERAL("/drivers/"), &at) ||
	       span_find(path, 0, SPAN_LITERAL("/sound/"), &at) ||
	       span_find(path, 0, SPAN_LITERAL("/net/wireless/"), &at);
}

static struct kimg_error *read_module(struct search *s, const struct module_pick *pick)
{
	cleanup_modinfo struct modinfo info = { 0 };
	struct span rest, key, value;

	if (!may_ask(pick->module->path))
		return NULL;
	TRY(modinfo_open(&info, pick->path, s->limits));
	rest = info.text;
	while (modinfo_next(&rest, &key, &value))
		if (span_equal(key, SPAN_LITERAL("firmware")) && is_safe(value))
			TRY(find_name(s, pick, value));
	return NULL;
}

struct kimg_error *firmware_each(struct module_set *set, const struct kimg_limits *limits,
				 firmware_found *found, void *context)
{
	struct module_tree *modules = module_set_modules(set);
	struct search s = {
		.set = set,
		.arena = module_set_arena(set),
		.limits = limits,
		.sysroot = module_tree_sysroot(modules),
		.found = found,
		.context = context,
	};
	const struct module_pick *const *picks;
	size_t n;

	TRY(find_folders(&s, module_tree_version(modules)));
	TRY(find_old_folder(&s));
	if (!s.folders_n)
		return NULL;
	picks = module_set_picks(set, &n);
	for (size_t i = 0; i < n; i++)
		TRY(read_module(&s, picks[i]));
	return NULL;
}

struct adding {
	struct content *content;
	struct module_set *set;
};

static struct kimg_error *add_found(void *context, const struct firmware *firmware)
{
	struct adding *adding = context;
	struct content_node node = {
		.path = firmware->target,
		.source = firmware->path,
		.mode = 0644,
		.kind = CONTENT_FILE,
		.why = "firmware that a module may ask for",
	};
	size_t n;

	if (!firmware->path) {
		module_set_note(adding->set, false,
				"%s may ask for firmware %s, which is not there",
				firmware->module->name, firmware->name);
		return NULL;
	}
	/* Several modules may ask for the same. */
	if (content_find(adding->content, firmware->target))
		return NULL;
	n = strlen(firmware->path);
	node.stored = n > 4 && (strcmp(firmware->path + n - 3, ".xz") == 0 ||
				strcmp(firmware->path + n - 4, ".zst") == 0);
	node.because = content_find(adding->content, firmware->module->target);
	return content_add(adding->content, &node, NULL);
}

struct kimg_error *firmware_add(struct content *content, struct module_set *set,
				const struct kimg_limits *limits)
{
	struct adding adding = { .content = content, .set = set };

	return firmware_each(set, limits, add_found, &adding);
}
