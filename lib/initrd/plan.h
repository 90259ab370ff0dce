/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef INITRD_PLAN_H
#define INITRD_PLAN_H

#include "initrd/content.h"
#include "initrd/modules.h"
#include "initrd/notes.h"
#include "initrd/programs.h"
#include "initrd/recipe.h"
#include "kimg/limits.h"

struct kimg_initrd_plan {
	const struct kimg_initrd_recipe *recipe;
	const char *sysroot; /* "" for this machine */
	const char *version;
	struct kimg_limits limits;
	struct content *content;
	struct programs *programs;
	struct module_tree *modules; /* NULL: a folder that is the final root */
	struct module_set *set;
	struct notes notes;
	const struct codec *codec;
	/* by content_sorted() */
	const struct content_node *const *nodes;
	size_t nodes_n;
};

/* What is in the image whatever it is for. */
struct kimg_error *plan_base(struct kimg_initrd_plan *plan, const char *init) must_check;

/* What the recipe names: programs, files. */
struct kimg_error *plan_named(struct kimg_initrd_plan *plan) must_check;

/* Modules, and what finding the root takes. */
struct kimg_error *plan_modules(struct kimg_initrd_plan *plan) must_check;

/* The codec, by what the kernel can decompress. */
struct kimg_error *plan_codec(struct kimg_initrd_plan *plan) must_check;

#endif
