/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef INITRD_CHECK_H
#define INITRD_CHECK_H

#include "base/arena.h"
#include "base/error.h"
#include "initrd/chains.h"
#include "initrd/library_path.h"
#include "initrd/modules.h"
#include "kimg/initrd_check.h"

/* The inside of struct kimg_initrd_check; for check*.c alone. */

/* A module of the initrd. */
struct check_module {
	struct span path, name, version; /* version: the folder below lib/modules */
	struct span info;                /* its .modinfo */
	bool damaged, wanted;            /* wanted: by the root */
};

/* A program, library or script. */
struct check_program {
	struct library_object object;
	struct span interpreter;
	struct span *needed;
	size_t needed_n;
	bool runs; /* is started by itself, or is needed by one that is; else it is loaded by name, or never */
};

struct check_file {
	struct span path, base; /* base: without folders */
};

struct kimg_initrd_check {
	struct kimg_initrd *initrd;
	const struct kimg_initrd_check_options *options;
	struct arena arena;
	uint64_t seed;
	struct kimg_initrd_finding *first, *last;
	size_t findings;

	struct check_file *files;
	size_t files_n, files_size;
	struct chains by_base;
	struct check_module *modules;
	size_t modules_n, modules_size;
	struct chains by_module;
	struct check_program *programs;
	size_t programs_n, programs_size;
	struct chains by_program; /* by the base of the path */

	const char *version;
	struct module_tree *tree; /* the kernel's own, NULL where it is not there */
};

/* text is formatted, and made safe to print. */
struct kimg_error *check_find(struct kimg_initrd_check *check, enum kimg_initrd_finding_kind kind,
			      bool bad, struct span what, struct span by, const char *format,
			      ...) must_check printf_like(6, 7);

/* The text of a span for a message. */
#define SHOW(s) (int)((s).n < 255 ? (s).n : 255), (const char *)(s).p

/* Room for one more in an array; NULL where memory is short. */
void *check_grow(void *array, size_t n, size_t *size, size_t object) must_check;

struct kimg_error *check_copy(struct kimg_initrd_check *check, struct span *text) must_check;

/* Whether a regular file stands at path, links followed; its bytes until the next call. ret_mode may be NULL. */
bool check_has_file(struct kimg_initrd_check *check, const char *path, struct span *ret_bytes,
		    uint32_t *ret_mode);

/* ---- check_modules.c ---- */

struct kimg_error *check_take_module(struct kimg_initrd_check *check, struct span path,
				     struct span bytes) must_check;
struct kimg_error *check_modules(struct kimg_initrd_check *check) must_check;

/* The module of that name for the kernel that is checked, or NULL. */
struct check_module *check_module(const struct kimg_initrd_check *check, struct span name);

/* ---- check_programs.c ---- */

struct kimg_error *check_take_program(struct kimg_initrd_check *check, struct span path,
				      struct span bytes) must_check;
struct kimg_error *check_programs(struct kimg_initrd_check *check) must_check;
struct kimg_error *check_init(struct kimg_initrd_check *check) must_check;

/* ---- check_root.c ---- */

struct kimg_error *check_root(struct kimg_initrd_check *check) must_check;

#endif
