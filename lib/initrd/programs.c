/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a program takes along. Each object that goes in is looked at once, from a queue, and puts what it needs behind
 * it; one with the same library name is the same library, as for the dynamic linker.
 */
#include "initrd/programs.h"

#include <elf.h>
#include <glob.h>
#include <stdio.h>
#include <unistd.h>

#include "base/hash.h"
#include "initrd/dlopen_note.h"
#include "initrd/library_path.h"
#include "initrd/notes.h"
#include "initrd/sysroot.h"
#include "io/blob.h"

#define OBJECTS_MAX      10000
#define NEEDED_MAX       2000
#define CONF_DEPTH_MAX   8
#define INTERPRETERS_MAX 4
#define KNOWN_SIZE       1024

/* One file that goes in. */
struct object {
	struct library_object library;
	const struct content_node *node;
	struct object *next;
	unsigned int scripts; /* how many interpreters in a row led here */
};

/* A library that was found by its name in the folders that all objects have in common. */
struct known {
	struct span name;
	uint16_t machine;
	bool is64;
	const struct known *next;
};

struct programs {
	struct content *content;
	struct arena *arena;
	const char *sysroot;
	struct object *first, *last; /* the queue */
	size_t n;
	struct notes notes;
	struct library_folders folders;
	const struct known *known[KNOWN_SIZE];
	uint64_t seed;
	unsigned int conf_depth;
	bool has_cache; /* ld.so.cache is in, or there is none */
};

/* ---- ld.so.conf ---- */

static void read_conf(struct programs *programs, const char *path);

/* A pattern counts from /etc, where it is not absolute. */
static void include(void *context, const char *pattern)
{
	struct programs *programs = context;
	char path[2 * PATH_MAX];
	size_t root = strlen(programs->sysroot);
	glob_t found;

	snprintf(path, sizeof(path), "%s%s%s", programs->sysroot, pattern[0] == '/' ? "" : "/etc/",
		 pattern);
	if (strlen(path) >= PATH_MAX || glob(path, 0, NULL, &found) != 0)
		return;
	for (size_t i = 0; i < found.gl_pathc; i++)
		read_conf(programs, found.gl_pathv[i] + root);
	globfree(&found);
}

static bool open_file(const struct programs *programs, const char *canonical, struct blob *blob)
{
	struct kimg_limits limits = KIMG_LIMITS_DEFAULT;
	struct kimg_error *error;
	char path[2 * PATH_MAX];

	snprintf(path, sizeof(path), "%s/%s", programs->sysroot, canonical);
	error = blob_open(blob, path, &limits);
	kimg_error_free(error);
	return !error;
}

static void read_conf(struct programs *programs, const char *path)
{
	cleanup_blob struct blob blob = { 0 };
	char canonical[PATH_MAX];

	if (programs->conf_depth >= CONF_DEPTH_MAX ||
	    !sysroot_follow(programs->sysroot, path, canonical) ||
	    !open_file(programs, canonical, &blob))
		return;
	programs->conf_depth++;
	/* Where memory is short, what follows says so. */
	(void)library_folders_read(&programs->folders, programs->arena, blob_span(&blob), include,
				   programs);
	programs->conf_depth--;
}

struct kimg_error *programs_new(struct content *content, const char *sysroot, struct programs **ret)
{
	struct programs *programs = calloc(1, sizeof(*programs));

	if (!programs)
		return error_nomem();
	programs->content = content;
	programs->arena = content_arena(content);
	programs->seed = hash_seed();
	programs->sysroot = arena_copy(programs->arena, sysroot, strlen(sysroot));
	if (!programs->sysroot) {
		free(programs);
		return error_nomem();
	}
	read_conf(programs, "/etc/ld.so.conf");
	*ret = programs;
	return NULL;
}

void programs_free(struct programs *programs)
{
	free(programs);
}

const struct kimg_note *programs_notes(const struct programs *programs)
{
	return programs->notes.first;
}

/* ---- the queue ---- */

static bool is_queued(const struct programs *programs, const struct content_node *node)
{
	for (const struct object *o = programs->first; o; o = o->next)
		if (o->node == node)
			return true;
	return false;
}

static struct kimg_error *new_object(struct programs *programs, const char *path,
				     const struct content_node *node, struct object **ret)
{
	struct object *object = arena_alloc(programs->arena, sizeof(*object));
	char canonical[PATH_MAX + 1] = "/";

	if (!object)
		return error_nomem();
	if (!sysroot_follow(programs->sysroot, path, canonical + 1))
		return error_new(KIMG_E_NOT_FOUND, "%s: not there any more", path);
	object->node = node;
	object->library.path = arena_copy(programs->arena, path, strlen(path));
	object->library.origin_path = arena_copy(programs->arena, canonical, strlen(canonical));
	*ret = object;
	return object->library.path && object->library.origin_path ? NULL : error_nomem();
}

/* Puts a file in, and into the queue if it was not there before. */
static struct kimg_error *enqueue(struct programs *programs, const char *path,
				  const struct content_node *model, const struct object *from,
				  const struct content_node **ret)
{
	const struct content_node *node;
	struct object *object;

	TRY(sysroot_add(programs->sysroot, programs->content, path, model, &node));
	if (ret)
		*ret = node;
	if (is_queued(programs, node) || node->kind != CONTENT_FILE)
		return NULL;
	if (++programs->n > OBJECTS_MAX)
		return error_new(KIMG_E_LIMIT, "more than %u programs and libraries", OBJECTS_MAX);
	TRY(new_object(programs, path, node, &object));
	object->library.loader = from ? &from->library : NULL;
	object->scripts = from ? from->scripts : 0;
	if (programs->last)
		programs->last->next = object;
	else
		programs->first = object;
	programs->last = object;
	return NULL;
}

/* What from needs; not to be there is a note, and KIMG_E_NOT_FOUND no error. */
static struct kimg_error *enqueue_for(struct programs *programs, const char *path, const char *what,
				      const struct object *from)
{
	struct content_node model = { .because = from->node };
	struct kimg_error *error;
	char why[PATH_MAX + 64];

	snprintf(why, sizeof(why), "%s of %s", what, from->node->path);
	model.why = why;
	error = enqueue(programs, path, &model, from, NULL);
	if (!error || kimg_error_code(error) != KIMG_E_NOT_FOUND)
		return error;
	kimg_error_free(error);
	notes_add(&programs->notes, programs->arena, true, "%s: %s, %s, is not there",
		  from->node->path, what, path);
	return NULL;
}

/* ---- libraries ---- */

struct finder {
	struct library_search search; /* first, as fits() gets it */
	const struct programs *programs;
	const struct object *object;
	char path[PATH_MAX];
};

/* Whether path is an ELF file of the same kind as the object. */
static bool fits(struct library_search *search, const char *path)
{
	struct finder *finder = (struct finder *)search;
	const struct library_object *object = &finder->object->library;
	char canonical[PATH_MAX], whole[2 * PATH_MAX];
	uint8_t head[64];
	struct elf elf;
	struct kimg_error *error;
	FILE *f;
	size_t n;

	if (!sysroot_follow(finder->programs->sysroot, path, canonical))
		return false;
	snprintf(whole, sizeof(whole), "%s/%s", finder->programs->sysroot, canonical);
	f = fopen(whole, "re");
	if (!f)
		return false;
	n = fread(head, 1, sizeof(head), f);
	fclose(f);
	error = elf_open(span_of(head, n), &elf);
	kimg_error_free(error);
	if (error || elf.machine != object->machine || elf.is64 != object->is64)
		return false;
	snprintf(finder->path, sizeof(finder->path), "%s", path);
	return true;
}

static size_t known_slot(const struct programs *programs, struct span name)
{
	return hash_span(programs->seed, name) % KNOWN_SIZE;
}

/* Whether the library is in already, from folders that are the same for all. */
static bool is_known(const struct programs *programs, const struct library_object *object,
		     struct span name)
{
	const struct known *known = programs->known[known_slot(programs, name)];

	for (; known; known = known->next)
		if (known->machine == object->machine && known->is64 == object->is64 &&
		    span_equal(known->name, name))
			return true;
	return false;
}

static struct kimg_error *remember(struct programs *programs, const struct library_object *object,
				   struct span name)
{
	size_t slot = known_slot(programs, name);
	struct known *known = arena_alloc(programs->arena, sizeof(*known));
	char *copy = arena_copy(programs->arena, (const char *)name.p, name.n);

	if (!known || !copy)
		return error_nomem();
	*known = (struct known){ span_of(copy, name.n), object->machine, object->is64,
				 programs->known[slot] };
	programs->known[slot] = known;
	return NULL;
}

static bool has_rpath(const struct library_object *object)
{
	for (; object; object = object->loader)
		if (object->rpath.n || object->runpath.n)
			return true;
	return false;
}

/* A library that the linker finds by ld.so.cache alone. */
static struct kimg_error *add_cache(struct programs *programs, const struct object *object)
{
	if (programs->has_cache)
		return NULL;
	programs->has_cache = true;
	return enqueue_for(programs, "/etc/ld.so.cache", "where to find a library", object);
}

/* Of the same library, those for newer CPUs, which stand in folders below. */
static struct kimg_error *add_hwcaps(struct programs *programs, const struct object *object,
				     const char *path)
{
	const char *name = strrchr(path, '/') + 1;
	int folder_n = name - path - 1;
	char below[2 * PATH_MAX], canonical[PATH_MAX];

	snprintf(below, sizeof(below), "%.*s/glibc-hwcaps", folder_n, path);
	if (!sysroot_follow(programs->sysroot, below, canonical))
		return NULL;
	for (const char *const *each = library_hwcaps(object->library.machine); *each; each++) {
		snprintf(below, sizeof(below), "%.*s/%s/%s", folder_n, path, *each, name);
		if (sysroot_follow(programs->sysroot, below, canonical))
			TRY(enqueue_for(programs, below, "a library", object));
	}
	return NULL;
}

static struct kimg_error *add_library(struct programs *programs, const struct object *object,
				      struct span name, bool *ret_found)
{
	struct finder finder = {
		.search = { .folders = &programs->folders, .fits = fits },
		.programs = programs,
		.object = object,
	};
	bool common = !has_rpath(&object->library) && !memchr(name.p, '/', name.n);

	*ret_found = true;
	if (common && is_known(programs, &object->library, name))
		return NULL;
	*ret_found = library_search(&finder.search, &object->library, name);
	if (!*ret_found)
		return NULL;
	if (common)
		TRY(remember(programs, &object->library, name));
	TRY(enqueue_for(programs, finder.path, "a library", object));
	if (finder.search.by_conf)
		TRY(add_cache(programs, object));
	return add_hwcaps(programs, object, finder.path);
}

static struct kimg_error *need_library(struct programs *programs, const struct object *object,
				       struct span name)
{
	bool found;

	TRY(add_library(programs, object, name, &found));
	if (!found)
		notes_add(&programs->notes, programs->arena, true,
			  "%s: needs %.*s, which is not there", object->node->path,
			  (int)(name.n < 255 ? name.n : 255), (const char *)name.p);
	return NULL;
}

/* ---- ELF files ---- */

struct visit {
	struct programs *programs;
	const struct object *object;
};

/* What is loaded later: "suggested" says that programs run well without it. */
static struct kimg_error *visit_feature(void *context, const struct dlopen_feature *f)
{
	struct visit *visit = context;
	bool found = false;

	for (size_t i = 0; i < f->sonames_n && !found && f->priority != DLOPEN_SUGGESTED; i++)
		TRY(add_library(visit->programs, visit->object, f->sonames[i], &found));
	if (!found && f->priority == DLOPEN_REQUIRED)
		notes_add(&visit->programs->notes, visit->programs->arena, true,
			  "%s: needs %.*s, which is not there", visit->object->node->path,
			  (int)(f->sonames[0].n < 255 ? f->sonames[0].n : 255),
			  (const char *)f->sonames[0].p);
	return NULL;
}

/*
 * Where a thread is cancelled or ends by itself, libc loads libgcc_s to unwind its stack, and ends the process
 * where there is none (glibc 2.36, sysdeps/nptl/unwind-forcedunwind.c). libc itself names these functions too.
 */
static struct kimg_error *add_unwinder(struct programs *programs, const struct object *object,
				       const struct elf_dynamic *dynamic)
{
	struct span soname = elf_dynamic_find(dynamic, DT_SONAME);

	if (span_starts(soname, SPAN_LITERAL("libc.so.")) ||
	    span_starts(soname, SPAN_LITERAL("libpthread.so.")) ||
	    span_starts(soname, SPAN_LITERAL("libc.musl-")))
		return NULL;
	if (!elf_dynamic_names(dynamic, "pthread_cancel") &&
	    !elf_dynamic_names(dynamic, "pthread_exit"))
		return NULL;
	return need_library(programs, object, SPAN_LITERAL("libgcc_s.so.1"));
}

static struct kimg_error *add_interpreter(struct programs *programs, const struct object *object,
					  struct span path)
{
	char text[PATH_MAX], conf[PATH_MAX + 16];
	const char *name;

	if (path.n == 0 || path.n >= sizeof(text) || path.p[0] != '/')
		return NULL;
	snprintf(text, sizeof(text), "%.*s", (int)path.n, (const char *)path.p);
	TRY(enqueue_for(programs, text, "the interpreter", object));
	name = strrchr(text, '/') + 1;
	if (strncmp(name, "ld-musl-", 8) != 0 || programs->folders.n)
		return NULL;
	/* musl's own list, or what is built in there (ldso/dynlink.c, 1.2.3). */
	snprintf(conf, sizeof(conf), "/etc/%.*s.path", (int)strcspn(name, "."), name);
	read_conf(programs, conf);
	if (programs->folders.n)
		return enqueue_for(programs, conf, "where to find libraries", object);
	return library_folders_read(&programs->folders, programs->arena,
				    SPAN_LITERAL("/lib:/usr/local/lib:/usr/lib"), NULL, NULL)
		       ? NULL
		       : error_nomem();
}

static struct kimg_error *copy_span(struct arena *arena, struct span *text)
{
	if (text->n == 0)
		return NULL;
	text->p = (const uint8_t *)arena_copy(arena, (const char *)text->p, text->n);
	return text->p ? NULL : error_nomem();
}

static struct kimg_error *add_needed(struct programs *programs, const struct object *object,
				     const struct elf_dynamic *dynamic)
{
	uint64_t tag, value;
	size_t n = 0;
	bool found;

	for (size_t i = 0; elf_dynamic_at(dynamic, i, &tag, &value); i++) {
		struct span name = elf_dynamic_text(dynamic, value);

		if (tag != DT_NEEDED && tag != DT_AUXILIARY && tag != DT_FILTER)
			continue;
		if (name.n == 0 || ++n > NEEDED_MAX)
			continue;
		if (tag == DT_NEEDED)
			TRY(need_library(programs, object, name));
		else
			TRY(add_library(programs, object, name, &found));
	}
	return NULL;
}

static struct kimg_error *look_at_elf(struct programs *programs, struct object *object,
				      const struct elf *elf)
{
	struct visit visit = { programs, object };
	struct elf_dynamic dynamic;

	if (!elf_dynamic_open(elf, &dynamic))
		return NULL;
	library_object_read(&object->library, elf, &dynamic);
	/* The file is closed before its libraries are searched for their own. */
	TRY(copy_span(programs->arena, &object->library.rpath));
	TRY(copy_span(programs->arena, &object->library.runpath));
	TRY(add_interpreter(programs, object, elf_interpreter(elf)));
	TRY(add_needed(programs, object, &dynamic));
	TRY(add_unwinder(programs, object, &dynamic));
	return dlopen_notes_visit(elf, visit_feature, &visit);
}

/* ---- scripts ---- */

static struct span next_word(struct span *line)
{
	size_t start = 0, end;

	while (start < line->n && strchr(" \t", line->p[start]))
		start++;
	for (end = start; end < line->n && !strchr(" \t\r", line->p[end]);)
		end++;
	struct span word = span_clip(*line, start, end - start);
	*line = span_from(*line, end);
	return word;
}

/* env takes options and variables before the program's name (env(1) of coreutils 9.1). */
static struct kimg_error *add_env_program(struct programs *programs, const struct object *object,
					  struct span line)
{
	struct span word = next_word(&line);
	char name[256];
	const char *path;

	while (word.n && (word.p[0] == '-' || memchr(word.p, '=', word.n)))
		word = next_word(&line);
	if (word.n == 0 || word.n >= sizeof(name))
		return NULL;
	snprintf(name, sizeof(name), "%.*s", (int)word.n, (const char *)word.p);
	path = programs_find(programs, name);
	return enqueue_for(programs, path ? path : name, "the interpreter", object);
}

/* "#!", an absolute path, and maybe a word for it. */
static struct kimg_error *look_at_script(struct programs *programs, struct object *object,
					 struct span text)
{
	struct span line = span_clip(text, 2, 4096), word;
	const uint8_t *end = line.n ? memchr(line.p, '\n', line.n) : NULL;
	char path[PATH_MAX];

	if (end)
		line = span_clip(line, 0, end - line.p);
	word = next_word(&line);
	if (word.n == 0 || word.n >= sizeof(path) || word.p[0] != '/' ||
	    ++object->scripts > INTERPRETERS_MAX)
		return NULL;
	snprintf(path, sizeof(path), "%.*s", (int)word.n, (const char *)word.p);
	TRY(enqueue_for(programs, path, "the interpreter", object));
	if (strcmp(strrchr(path, '/'), "/env") == 0)
		return add_env_program(programs, object, line);
	return NULL;
}

/* ---- the whole ---- */

static struct kimg_error *look_at(struct programs *programs, struct object *object)
{
	struct kimg_limits limits = KIMG_LIMITS_DEFAULT;
	cleanup_blob struct blob blob = { 0 };
	struct elf elf;

	TRY(blob_open(&blob, object->node->source, &limits));
	if (span_starts(blob_span(&blob), SPAN_LITERAL("#!")))
		return look_at_script(programs, object, blob_span(&blob));
	if (!elf_is(blob_span(&blob)))
		return NULL;
	TRY(error_wrap(elf_open(blob_span(&blob), &elf), "%s", object->node->source));
	return look_at_elf(programs, object, &elf);
}

const char *programs_find(const struct programs *programs, const char *name)
{
	static const char *const folders[] = { "/usr/sbin", "/usr/bin",        "/sbin",
					       "/bin",      "/usr/local/sbin", "/usr/local/bin" };
	char path[PATH_MAX], canonical[PATH_MAX];

	for (size_t i = 0; i < ARRAY_SIZE(folders); i++) {
		int n = snprintf(path, sizeof(path), "%s/%s", folders[i], name);

		if (n < (int)sizeof(path) && sysroot_follow(programs->sysroot, path, canonical))
			return arena_copy(programs->arena, path, n);
	}
	return NULL;
}

struct kimg_error *programs_add(struct programs *programs, const char *path,
				const struct content_node *model, const struct content_node **ret)
{
	const char *found = strchr(path, '/') ? path : programs_find(programs, path);
	struct object *last = programs->last;

	if (!found)
		return error_new(KIMG_E_NOT_FOUND, "%s: no such program", path);
	TRY(enqueue(programs, found, model, NULL, ret));
	for (struct object *o = last ? last->next : programs->first; o; o = o->next)
		TRY(look_at(programs, o));
	return NULL;
}
