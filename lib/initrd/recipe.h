/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef INITRD_RECIPE_H
#define INITRD_RECIPE_H

#include "kimg/initrd_create.h"

/* The keys of kimg.conf(5), in the order of the manual. */
enum recipe_key {
	RECIPE_ROOT,      /* "host", "generic", or a description */
	RECIPE_MODULES,   /* besides those that root takes */
	RECIPE_PRELOAD,   /* modules that are loaded before any device is looked at */
	RECIPE_OMIT,      /* modules that stay out */
	RECIPE_FIRMWARE,  /* files below /lib/firmware */
	RECIPE_PROGRAMS,  /* with their libraries */
	RECIPE_FILES,     /* SOURCE[:DESTINATION] */
	RECIPE_HOOKS,     /* programs that are run before the image is packed */
	RECIPE_CMDLINE,   /* words for kimg-init */
	RECIPE_KEYMAP,    /* "host", "none", or a name for loadkeys(1) */
	RECIPE_MICROCODE, /* "host", "all", "none" */
	RECIPE_FORMAT,    /* "cpio", "ext2" */
	RECIPE_CODEC,     /* a codec's name, "none", "auto" */
	RECIPE_LEVEL,
	RECIPE_THREADS,
	RECIPE_AUTOMATIC, /* "yes", "no": whether packages make images when a kernel is installed */
	RECIPE_KEYS
};

const char *recipe_value(const struct kimg_initrd_recipe *recipe, enum recipe_key key);
const char *const *recipe_list(const struct kimg_initrd_recipe *recipe, enum recipe_key key);
unsigned int recipe_number(const struct kimg_initrd_recipe *recipe, enum recipe_key key);
bool recipe_is(const struct kimg_initrd_recipe *recipe, enum recipe_key key, const char *value);

#endif
