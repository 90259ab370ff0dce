/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef KIMG_INITRD_CREATE_H
#define KIMG_INITRD_CREATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "kimg/error.h"
#include "kimg/part.h"

#pragma GCC visibility push(default)
#ifdef __cplusplus
extern "C" {
#endif

/*
 * Making an initial RAM disk: a recipe says what it shall hold, a plan is all files that that means on a system, and
 * the plan is written as an image.
 */

/* ---- the recipe ---- */

/* What kimg.conf(5) and options say: keys with values. */
struct kimg_initrd_recipe;

struct kimg_error *kimg_initrd_recipe_new(struct kimg_initrd_recipe **ret_recipe);

/* NULL is fine. */
void kimg_initrd_recipe_free(struct kimg_initrd_recipe *recipe);

/*
 * Sets a key, as a line of kimg.conf does: a list gets the words of value behind what it has, an empty value empties it.
 * KIMG_E_INVALID for a key that there is not, or a value that makes no sense for it.
 */
struct kimg_error *kimg_initrd_recipe_set(struct kimg_initrd_recipe *recipe, const char *key,
					  const char *value);

/* The same with a value that is one word, whatever stands in it. */
struct kimg_error *kimg_initrd_recipe_add(struct kimg_initrd_recipe *recipe, const char *key,
					  const char *word);

/* Lines of kimg.conf. Errors name the file and the line. */
struct kimg_error *kimg_initrd_recipe_read(struct kimg_initrd_recipe *recipe, const char *name,
					   const char *text, size_t size);

/*
 * The configuration of the system below sysroot ("/" for this machine): etc/kimg/kimg.conf, or that in usr/lib/kimg; then
 * each *.conf in kimg.conf.d of both, by their names; one in etc stands for one of the same name in usr/lib.
 */
struct kimg_error *kimg_initrd_recipe_read_system(struct kimg_initrd_recipe *recipe,
						  const char *sysroot);

/* The value of a key that is no list, or its default, which may be NULL; NULL too where there is no such key. */
const char *kimg_initrd_recipe_value(const struct kimg_initrd_recipe *recipe, const char *key);

/* The words of a list; ends with NULL. */
const char *const *kimg_initrd_recipe_list(const struct kimg_initrd_recipe *recipe,
					   const char *key);

/* ---- the plan ---- */

/* Everything that goes into an image. */
struct kimg_initrd_plan;

struct kimg_initrd_plan_options {
	const char *sysroot; /* "/" or NULL: this machine; else the root folder of another system */
	const char *version; /* the kernel's release */
	const char *init;    /* the program that becomes /init: kimg-init */
	const char *const
		*trees;    /* folders that are laid over all else; ends with NULL; NULL: none */
	const char *final; /* this folder is the whole image; NULL: an image that finds the root */
};

/*
 * Finds out what recipe means for a system. Errors: KIMG_E_NOT_FOUND for what it names and is not there,
 * KIMG_E_AMBIGUOUS where two files want the same place. What an image may lack becomes a note.
 */
struct kimg_error *kimg_initrd_plan_new(const struct kimg_initrd_recipe *recipe,
					const struct kimg_initrd_plan_options *options,
					struct kimg_initrd_plan **ret_plan);

/* NULL is fine. */
void kimg_initrd_plan_free(struct kimg_initrd_plan *plan);

struct kimg_initrd_file {
	const char *path;   /* in the image, without a '/' at its start */
	const char *source; /* the file on this machine, the target of a link, or NULL */
	uint32_t mode;      /* as st_mode */
	uint64_t size;
	bool stored;         /* goes in as it is, as it is compressed already */
	bool implied;        /* a folder on the way, or the like */
	const char *why;     /* or NULL */
	const char *because; /* the path of what asked for it, or NULL */
};

/* The files in the order of the image; false past the last. */
bool kimg_initrd_plan_file(const struct kimg_initrd_plan *plan, size_t index,
			   struct kimg_initrd_file *ret_file);

/* What the image lacks, or may be surprising; bad where it may well not start. */
const struct kimg_note *kimg_initrd_plan_notes(const struct kimg_initrd_plan *plan);

/* The codec that is used ("zstd"), or NULL. */
const char *kimg_initrd_plan_codec(const struct kimg_initrd_plan *plan);

struct kimg_initrd_write_options {
	uint32_t mtime; /* of all files */
	/* Told now and then how many bytes of all are done; by one thread at a time. May be NULL. */
	void (*progress)(void *context, uint64_t done, uint64_t total);
	void *context;
};

/* Writes the image to path, whole or not at all ("-": standard output). */
struct kimg_error *kimg_initrd_plan_write(const struct kimg_initrd_plan *plan, const char *path,
					  const struct kimg_initrd_write_options *options);

#ifdef __cplusplus
}
#endif
#pragma GCC visibility pop
#endif
