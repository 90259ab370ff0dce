/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The order of glibc 2.36 (ld.so(8); elf/dl-load.c, _dl_map_object()): a name with a '/' is a path; else DT_RPATH of the
 * object and of what loaded it, unless the object has a DT_RUNPATH; DT_RUNPATH of the object; /etc/ld.so.cache, which
 * ldconfig makes of the folders in ld.so.conf; the folders that are built in. In a DT_RPATH and the like stand
 *
 *	$ORIGIN		the folder of the object
 *	$LIB		"lib", "lib64", or on Debian "lib/x86_64-linux-gnu"
 *	$PLATFORM	"x86_64" and the like
 *
 * also as ${ORIGIN}. ld.so.conf has a folder on each line, "include PATTERN", comments after '#'; "hwcap ..." and
 * "=TYPE" behind a folder mean nothing today.
 */
#include "initrd/library_path.h"

#include <elf.h>
#include <limits.h>
#include <stdio.h>

#define LOADERS_MAX   64
#define FOLDERS_MAX   1000
#define PATH_TEXT_MAX 65536

/* What the linkers of a machine know by themselves. */
struct machine {
	uint16_t machine;
	bool is64;
	const char *platform;
	const char *triplet; /* Debian's, in its multiarch folders */
	const char *lib;     /* elsewhere */
};

static const struct machine machines[] = {
	{ EM_X86_64, true, "x86_64", "x86_64-linux-gnu", "lib64" },
	{ EM_X86_64, false, "x86_64", "x86_64-linux-gnux32", "libx32" },
	{ EM_386, false, "i686", "i386-linux-gnu", "lib32" },
	{ EM_AARCH64, true, "aarch64", "aarch64-linux-gnu", "lib64" },
	{ EM_ARM, false, "v7l", "arm-linux-gnueabihf", "lib" },
	{ EM_RISCV, true, "riscv64", "riscv64-linux-gnu", "lib64" },
	{ EM_PPC64, true, "power8", "powerpc64le-linux-gnu", "lib64" },
	{ EM_S390, true, "z900", "s390x-linux-gnu", "lib64" },
	{ EM_LOONGARCH, true, "loongarch64", "loongarch64-linux-gnu", "lib64" },
	{ EM_MIPS, true, "mips64", "mips64el-linux-gnuabi64", "lib64" },
	{ EM_MIPS, false, "mips", "mipsel-linux-gnu", "lib32" },
};

static const struct machine *machine_of(const struct library_object *object)
{
	static const struct machine other = { 0, true, "", "", "lib" };

	for (size_t i = 0; i < ARRAY_SIZE(machines); i++)
		if (machines[i].machine == object->machine && machines[i].is64 == object->is64)
			return &machines[i];
	return &other;
}

const char *const *library_hwcaps(uint16_t machine)
{
	static const char *const x86[] = { "glibc-hwcaps/x86-64-v4", "glibc-hwcaps/x86-64-v3",
					   "glibc-hwcaps/x86-64-v2", NULL };
	static const char *const ppc[] = { "glibc-hwcaps/power10", "glibc-hwcaps/power9", NULL };
	static const char *const s390[] = { "glibc-hwcaps/z16", "glibc-hwcaps/z15",
					    "glibc-hwcaps/z14", "glibc-hwcaps/z13", NULL };
	static const char *const none[] = { NULL };

	switch (machine) {
	case EM_X86_64:
		return x86;
	case EM_PPC64:
		return ppc;
	case EM_S390:
		return s390;
	default:
		return none;
	}
}

void library_object_read(struct library_object *object, const struct elf *elf,
			 const struct elf_dynamic *dynamic)
{
	uint64_t tag, value;

	object->machine = elf->machine;
	object->is64 = elf->is64;
	object->rpath = elf_dynamic_find(dynamic, DT_RPATH);
	object->runpath = elf_dynamic_find(dynamic, DT_RUNPATH);
	for (size_t i = 0; elf_dynamic_at(dynamic, i, &tag, &value); i++)
		if (tag == DT_FLAGS_1 && value & DF_1_NODEFLIB)
			object->no_default = true;
}

/* ---- one path ---- */

static bool try_path(struct library_search *search, const char *path)
{
	return search->tries++ < LIBRARY_TRIES_MAX && search->fits(search, path);
}

static bool try_in(struct library_search *search, const char *folder, const char *below,
		   struct span name)
{
	char path[PATH_MAX];
	int n = snprintf(path, sizeof(path), "%s%s%s/%.*s", folder, *below ? "/" : "", below,
			 (int)name.n, (const char *)name.p);

	return n < (int)sizeof(path) && try_path(search, path);
}

/* In folder, or where only newer CPUs look. */
static bool try_folder(struct library_search *search, const struct library_object *object,
		       const char *folder, struct span name)
{
	if (try_in(search, folder, "", name))
		return true;
	for (const char *const *below = library_hwcaps(object->machine); *below; below++)
		if (try_in(search, folder, *below, name))
			return true;
	return false;
}

/* ---- DT_RPATH and DT_RUNPATH ---- */

struct expansion {
	char text[PATH_MAX];
	size_t n;
	bool full;
};

static void expand_add(struct expansion *e, struct span s)
{
	if (s.n >= sizeof(e->text) - e->n) {
		e->full = true;
		return;
	}
	memcpy(e->text + e->n, s.p, s.n);
	e->n += s.n;
	e->text[e->n] = '\0';
}

static struct span folder_of(const char *path)
{
	const char *slash = strrchr(path, '/');

	return span_of(path, slash ? slash - path : 0);
}

static struct span origin_of(const struct library_object *object)
{
	return folder_of(object->loader ? object->path : object->origin_path);
}

/* Cuts NAME or {NAME} off the start of rest; what is no such name stays. */
static bool take_token(struct span *rest, const char *name)
{
	size_t n = strlen(name);
	bool braces = rest->n && rest->p[0] == '{';

	if (!span_has(*rest, braces, span_of(name, n)))
		return false;
	if (braces && !span_has(*rest, n + 1, SPAN_LITERAL("}")))
		return false;
	*rest = span_from(*rest, n + (braces ? 2 : 0));
	return true;
}

/* lib: what $LIB is. Returns whether it stands there. */
static bool expand(struct expansion *e, const struct library_object *object, struct span element,
		   const char *lib)
{
	const char *platform = machine_of(object)->platform;
	bool has_lib = false;

	*e = (struct expansion){ 0 };
	while (element.n) {
		struct span c = span_clip(element, 0, 1);

		element = span_from(element, 1);
		if (c.p[0] == '$' && take_token(&element, "ORIGIN")) {
			expand_add(e, origin_of(object));
		} else if (c.p[0] == '$' && take_token(&element, "PLATFORM")) {
			expand_add(e, span_of(platform, strlen(platform)));
		} else if (c.p[0] == '$' && take_token(&element, "LIB")) {
			expand_add(e, span_of(lib, strlen(lib)));
			has_lib = true;
		} else {
			expand_add(e, c);
		}
	}
	return has_lib;
}

static bool try_element(struct library_search *search, const struct library_object *object,
			struct span element, struct span name)
{
	const struct machine *machine = machine_of(object);
	char multiarch[64];
	const char *libs[] = { multiarch, machine->lib, "lib" };
	struct expansion e;

	snprintf(multiarch, sizeof(multiarch), "lib/%s", machine->triplet);
	for (size_t i = 0; i < ARRAY_SIZE(libs); i++) {
		bool has_lib = expand(&e, object, element, libs[i]);

		/* A path that is not absolute counts from wherever the program is started. */
		if (!e.full && e.text[0] == '/' && try_folder(search, object, e.text, name))
			return true;
		if (!has_lib)
			return false;
	}
	return false;
}

static bool try_list(struct library_search *search, const struct library_object *object,
		     struct span list, struct span name)
{
	list = span_clip(list, 0, PATH_TEXT_MAX);
	while (list.n) {
		const uint8_t *colon = memchr(list.p, ':', list.n);
		size_t n = colon ? (size_t)(colon - list.p) : list.n;

		if (n && try_element(search, object, span_clip(list, 0, n), name))
			return true;
		list = span_from(list, n + 1);
	}
	return false;
}

/* ---- the search ---- */

#define DEFAULT_FOLDERS 6
#define FOLDER_SIZE     96

/* One of the folders that need no ld.so.cache. */
static void default_folder(const struct machine *machine, size_t index, char folder[FOLDER_SIZE])
{
	const char *usr = index % 2 ? "/usr" : "";

	if (index < 2)
		snprintf(folder, FOLDER_SIZE, "%s/lib/%s", usr, machine->triplet);
	else
		snprintf(folder, FOLDER_SIZE, "%s/%s", usr, index < 4 ? machine->lib : "lib");
}

static bool is_default(const struct library_object *object, const char *path)
{
	char folder[FOLDER_SIZE];

	for (size_t i = 0; i < DEFAULT_FOLDERS; i++) {
		default_folder(machine_of(object), i, folder);
		if (strcmp(folder, path) == 0)
			return true;
	}
	return false;
}

static bool try_defaults(struct library_search *search, const struct library_object *object,
			 struct span name)
{
	char folder[FOLDER_SIZE];

	for (size_t i = 0; i < DEFAULT_FOLDERS; i++) {
		default_folder(machine_of(object), i, folder);
		if (try_folder(search, object, folder, name))
			return true;
	}
	return false;
}

static bool try_system(struct library_search *search, const struct library_object *object,
		       struct span name)
{
	const struct library_folder *folder = search->folders ? search->folders->first : NULL;

	for (; folder; folder = folder->next) {
		if (!try_folder(search, object, folder->path, name))
			continue;
		search->by_conf = !is_default(object, folder->path);
		return true;
	}
	return try_defaults(search, object, name);
}

static bool try_rpaths(struct library_search *search, const struct library_object *object,
		       struct span name)
{
	unsigned int n = 0;

	if (object->runpath.n)
		return try_list(search, object, object->runpath, name);
	for (const struct library_object *each = object; each && n < LOADERS_MAX; n++) {
		if (!each->runpath.n && try_list(search, each, each->rpath, name))
			return true;
		each = each->loader;
	}
	return false;
}

bool library_search(struct library_search *search, const struct library_object *object,
		    struct span name)
{
	struct expansion e;

	search->tries = 0;
	search->by_conf = false;
	if (name.n == 0 || name.n >= PATH_MAX || memchr(name.p, '\0', name.n))
		return false;
	if (memchr(name.p, '/', name.n)) {
		expand(&e, object, name, machine_of(object)->lib);
		return !e.full && e.text[0] == '/' && try_path(search, e.text);
	}
	if (try_rpaths(search, object, name))
		return true;
	return !object->no_default && try_system(search, object, name);
}

/* ---- ld.so.conf ---- */

static bool add_folder(struct library_folders *folders, struct arena *arena, struct span path)
{
	struct library_folder *folder;

	if (path.n == 0 || path.p[0] != '/' || folders->n >= FOLDERS_MAX || path.n >= PATH_MAX)
		return true;
	while (path.n > 1 && path.p[path.n - 1] == '/')
		path.n--;
	folder = arena_alloc(arena, sizeof(*folder));
	if (!folder)
		return false;
	folder->path = arena_copy(arena, (const char *)path.p, path.n);
	if (!folder->path)
		return false;
	if (folders->last)
		folders->last->next = folder;
	else
		folders->first = folder;
	folders->last = folder;
	folders->n++;
	return true;
}

static bool is_blank(uint8_t c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == ':' || c == ',';
}

/* Cuts the next word off the start of line; an empty one at its end. */
static struct span take_word(struct span *line)
{
	size_t start = 0, end;

	while (start < line->n && is_blank(line->p[start]))
		start++;
	for (end = start; end < line->n && !is_blank(line->p[end]);)
		end++;
	struct span word = span_clip(*line, start, end - start);
	*line = span_from(*line, end);
	return word;
}

static bool read_line(struct library_folders *folders, struct arena *arena, struct span line,
		      void (*include)(void *context, const char *pattern), void *context)
{
	struct span word = take_word(&line);
	bool is_include = span_equal(word, SPAN_LITERAL("include"));
	char pattern[PATH_MAX];

	if (span_equal(word, SPAN_LITERAL("hwcap")))
		return true;
	if (is_include)
		word = take_word(&line);
	for (; word.n; word = take_word(&line)) {
		const uint8_t *equals = memchr(word.p, '=', word.n);

		if (is_include && include && word.n < sizeof(pattern)) {
			snprintf(pattern, sizeof(pattern), "%.*s", (int)word.n,
				 (const char *)word.p);
			include(context, pattern);
		}
		if (!is_include &&
		    !add_folder(folders, arena,
				span_clip(word, 0, equals ? (size_t)(equals - word.p) : word.n)))
			return false;
	}
	return true;
}

bool library_folders_read(struct library_folders *folders, struct arena *arena, struct span text,
			  void (*include)(void *context, const char *pattern), void *context)
{
	while (text.n) {
		const uint8_t *newline = memchr(text.p, '\n', text.n);
		struct span line =
			span_clip(text, 0, newline ? (size_t)(newline - text.p) : text.n);
		const uint8_t *comment = line.n ? memchr(line.p, '#', line.n) : NULL;

		text = span_from(text, line.n + 1);
		if (comment)
			line = span_clip(line, 0, comment - line.p);
		if (!read_line(folders, arena, line, include, context))
			return false;
	}
	return true;
}
