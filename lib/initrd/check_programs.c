/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Programs, libraries and scripts of an initrd: whether what they need is in it, too. Libraries are looked for as the dynamic
 * linker does it (library_path.c), in the tree that the kernel makes of the initrd.
 */
#include <elf.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>

#include "initrd/check.h"
#include "initrd/modules_source.h"
#include "symbol/glob.h"

#define NEEDED_MAX     2000
#define CONF_DEPTH_MAX 8

/* ---- taking them in ---- */

static struct kimg_error *take_needed(struct kimg_initrd_check *check,
				      struct check_program *program,
				      const struct elf_dynamic *dynamic)
{
	struct span names[64];
	uint64_t tag, value;
	size_t n = 0;

	for (size_t i = 0;
	     i < NEEDED_MAX && n < ARRAY_SIZE(names) && elf_dynamic_at(dynamic, i, &tag, &value);
	     i++) {
		struct span name = elf_dynamic_text(dynamic, value);

		if (tag != DT_NEEDED || !name.n)
			continue;
		TRY(check_copy(check, &name));
		names[n++] = name;
	}
	program->needed = arena_alloc(&check->arena, (n + 1) * sizeof(*names));
	if (!program->needed)
		return error_nomem();
	memcpy(program->needed, names, n * sizeof(*names));
	program->needed_n = n;
	return NULL;
}

static struct kimg_error *take_elf(struct kimg_initrd_check *check, struct check_program *program,
				   struct span bytes)
{
	struct elf_dynamic dynamic;
	struct elf elf;
	struct kimg_error *error = elf_open(bytes, &elf);

	/* What is no sound ELF cannot run, but nobody says that it is to. */
	if (error) {
		kimg_error_free(error);
		return NULL;
	}
	if (!elf_dynamic_open(&elf, &dynamic))
		return NULL;
	library_object_read(&program->object, &elf, &dynamic);
	program->interpreter = elf_interpreter(&elf);
	TRY(check_copy(check, &program->interpreter));
	TRY(check_copy(check, &program->object.rpath));
	TRY(check_copy(check, &program->object.runpath));
	return take_needed(check, program, &dynamic);
}

/* "#!", blanks, a path. */
static struct kimg_error *take_script(struct kimg_initrd_check *check,
				      struct check_program *program, struct span bytes)
{
	struct span text = span_clip(bytes, 2, 4096), line;

	if (!next_line(&text, &line))
		return NULL;
	program->interpreter = next_word(&line);
	return check_copy(check, &program->interpreter);
}

struct kimg_error *check_take_program(struct kimg_initrd_check *check, struct span path,
				      struct span bytes)
{
	struct check_program *grown = check_grow(check->programs, check->programs_n,
						 &check->programs_size, sizeof(*check->programs));
	struct check_program program = { 0 };
	char *absolute = arena_alloc(&check->arena, path.n + 2);

	if (!grown || !absolute)
		return error_nomem();
	check->programs = grown;
	absolute[0] = '/';
	memcpy(absolute + 1, path.p, path.n);
	program.object.path = program.object.origin_path = absolute;
	TRY(elf_is(bytes) ? take_elf(check, &program, bytes) : take_script(check, &program, bytes));
	check->programs[check->programs_n++] = program;
	return NULL;
}

/* ---- ld.so.conf ---- */

struct conf {
	struct kimg_initrd_check *check;
	struct library_folders folders;
	unsigned int depth;
};

static void read_conf(struct conf *conf, const char *path);

static void include(void *context, const char *pattern)
{
	struct conf *conf = context;
	char whole[PATH_MAX];

	snprintf(whole, sizeof(whole), "%s%s", pattern[0] == '/' ? "" : "/etc/", pattern);
	for (size_t i = 0; i < conf->check->files_n; i++) {
		struct span path = conf->check->files[i].path;
		char name[PATH_MAX];

		if (!glob_matches(span_of(whole + 1, strlen(whole + 1)), path) ||
		    path.n >= sizeof(name))
			continue;
		memcpy(name, path.p, path.n);
		name[path.n] = '\0';
		read_conf(conf, name);
	}
}

static void read_conf(struct conf *conf, const char *path)
{
	struct span bytes;

	if (conf->depth >= CONF_DEPTH_MAX || !check_has_file(conf->check, path, &bytes, NULL))
		return;
	/* The bytes go with the next file. */
	if (check_copy(conf->check, &bytes))
		return;
	conf->depth++;
	(void)library_folders_read(&conf->folders, &conf->check->arena, bytes, include, conf);
	conf->depth--;
}

/* ---- libraries ---- */

struct finder {
	struct library_search search; /* first, as fits() gets it */
	struct kimg_initrd_check *check;
	const struct library_object *object;
};

static bool fits(struct library_search *search, const char *path)
{
	struct finder *finder = (struct finder *)search;
	struct span bytes;
	struct elf elf;
	struct kimg_error *error;

	if (!check_has_file(finder->check, path, &bytes, NULL))
		return false;
	error = elf_open(bytes, &elf);
	kimg_error_free(error);
	return !error && elf.machine == finder->object->machine && elf.is64 == finder->object->is64;
}

static struct span base_of(struct span path)
{
	const uint8_t *slash = path.n ? memrchr(path.p, '/', path.n) : NULL;

	return slash ? span_from(path, slash + 1 - path.p) : path;
}

static struct span path_of(const struct check_program *program)
{
	return span_of(program->object.path, strlen(program->object.path));
}

/* A library of that name anywhere: the program that loads this one may know where (DT_RPATH), or set the environment. */
static bool is_anywhere(const struct kimg_initrd_check *check, struct span name)
{
	struct span base = base_of(name);
	uint32_t at = chains_first(&check->by_base, name_hash(check->seed, base));

	for (; at; at = check->by_base.nexts[at - 1])
		if (span_equal(check->files[at - 1].base, base))
			return true;
	return false;
}

/* ---- what runs ---- */

static struct kimg_error *index_programs(struct kimg_initrd_check *check)
{
	TRY(chains_init(&check->by_program, check->programs_n));
	for (size_t i = check->programs_n; i > 0; i--)
		chains_put(&check->by_program, i - 1,
			   name_hash(check->seed, base_of(path_of(&check->programs[i - 1]))));
	return NULL;
}

/* Libraries that program needs, by their names: links as "libm.so.6" mostly lead to files of the same name now. */
static bool mark_needed(struct kimg_initrd_check *check, const struct check_program *program)
{
	bool any = false;

	for (size_t i = 0; i < program->needed_n; i++) {
		struct span name = base_of(program->needed[i]);
		uint32_t at = chains_first(&check->by_program, name_hash(check->seed, name));

		for (; at; at = check->by_program.nexts[at - 1]) {
			struct check_program *other = &check->programs[at - 1];

			if (other->runs || !span_equal(base_of(path_of(other)), name))
				continue;
			other->runs = any = true;
		}
	}
	return any;
}

/*
 * Libraries that are loaded by name, such as those of the name service, are often taken along without what they need, and
 * nobody loads them: what they lack is told, but is nothing bad.
 */
static void mark_running(struct kimg_initrd_check *check)
{
	bool more = true;

	for (size_t i = 0; i < check->programs_n; i++)
		check->programs[i].runs = check->programs[i].interpreter.n > 0;
	/* Chains are short. */
	for (size_t round = 0; more && round < 64; round++) {
		more = false;
		for (size_t i = 0; i < check->programs_n; i++)
			if (check->programs[i].runs)
				more |= mark_needed(check, &check->programs[i]);
	}
}

/* ---- each of them ---- */

static struct kimg_error *check_needed(struct kimg_initrd_check *check, const struct conf *conf,
				       const struct check_program *program, struct span name)
{
	struct finder finder = {
		.search = { .folders = &conf->folders, .fits = fits },
		.check = check,
		.object = &program->object,
	};
	struct span path = path_of(program);

	if (library_search(&finder.search, &program->object, name) || is_anywhere(check, name))
		return NULL;
	return check_find(check, KIMG_INITRD_LIBRARY_MISSING, program->runs, name, path,
			  "%.*s needs the library %.*s, which is not there", SHOW(path),
			  SHOW(name));
}

static struct kimg_error *check_interpreter(struct kimg_initrd_check *check,
					    const struct check_program *program)
{
	struct span path = path_of(program);
	struct span interpreter = program->interpreter;
	char name[PATH_MAX];
	bool init;

	if (!interpreter.n || interpreter.n >= sizeof(name))
		return NULL;
	memcpy(name, interpreter.p, interpreter.n);
	name[interpreter.n] = '\0';
	if (check_has_file(check, name, NULL, NULL))
		return NULL;
	/* Scripts for a shell or an interpreter that nobody starts here are often taken along with a package. */
	init = strcmp(program->object.path, "/init") == 0 ||
	       strcmp(program->object.path, "/linuxrc") == 0;
	return check_find(check, KIMG_INITRD_LIBRARY_MISSING, init || program->object.machine != 0,
			  interpreter, path, "%.*s is run by %.*s, which is not there", SHOW(path),
			  SHOW(interpreter));
}

struct kimg_error *check_programs(struct kimg_initrd_check *check)
{
	struct conf conf = { .check = check };

	read_conf(&conf, "/etc/ld.so.conf");
	TRY(index_programs(check));
	mark_running(check);
	for (size_t i = 0; i < check->programs_n; i++) {
		const struct check_program *program = &check->programs[i];

		TRY(check_interpreter(check, program));
		for (size_t k = 0; k < program->needed_n; k++)
			TRY(check_needed(check, &conf, program, program->needed[k]));
	}
	return NULL;
}

/* ---- /init ---- */

/* An archive with nothing but kernel/ in it is read before anything is unpacked, and has no /init. */
static bool is_early_only(const struct kimg_initrd_check *check)
{
	for (size_t i = 0; i < check->files_n; i++)
		if (!span_starts(check->files[i].path, SPAN_LITERAL("kernel/")))
			return false;
	return check->files_n > 0;
}

/* /init of an initramfs (init/main.c), /linuxrc of an old RAM disk. */
struct kimg_error *check_init(struct kimg_initrd_check *check)
{
	size_t n;
	const struct kimg_initrd_segment *const *segments = kimg_initrd_segments(check->initrd, &n);
	const char *format = n ? segments[n - 1]->format : "newc";
	bool archive = strcmp(format, "newc") == 0 || strcmp(format, "crc") == 0;
	const char *init = archive ? "/init" : "/linuxrc";
	struct span name = span_of(init, strlen(init)), bytes;
	uint32_t mode;

	if (is_early_only(check))
		return NULL;
	if (!check_has_file(check, init, &bytes, &mode))
		return check_find(check, KIMG_INITRD_INIT_MISSING, true, name, (struct span){ 0 },
				  "there is no %s", init);
	if (!(mode & 0111))
		return check_find(check, KIMG_INITRD_INIT_MISSING, true, name, (struct span){ 0 },
				  "%s is not executable", init);
	if (!elf_is(bytes) && !span_starts(bytes, SPAN_LITERAL("#!")))
		return check_find(check, KIMG_INITRD_INIT_MISSING, true, name, (struct span){ 0 },
				  "%s is neither an ELF program nor a script", init);
	return NULL;
}
