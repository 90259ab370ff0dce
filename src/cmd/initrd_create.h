/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CMD_INITRD_CREATE_H
#define CMD_INITRD_CREATE_H

#include "cli/options.h"
#include "kimg/initrd_create.h"

/* What kimg initrd create and its older forms do: the image of a recipe. */
struct initrd_create {
	struct cli *cli;
	struct kimg_initrd_recipe *recipe;
	const char *output; /* NULL: initrd.img-VERSION, in the current folder */
	const char *version;
	const char *sysroot;
	const char *init;
	const char *final;
	bool dry_run;
	bool force;     /* replaces a file that is there */
	bool automatic; /* only if the configuration wants it */
};

/* Returns the exit status. */
int initrd_create(struct initrd_create *create) must_check;

/* ---- initrd_hooks.c ---- */

/* A folder for what hooks make; removed with all that is in it by scratch_done(). */
struct scratch {
	char path[4096]; /* "": not made yet */
};

void scratch_done(struct scratch *scratch);

/*
 * Runs the hooks of the recipe: what they put into the folder KIMG_FOLDER goes into the image, what they print is read
 * as lines of kimg.conf. Makes the key map, too.
 */
struct kimg_error *initrd_run_hooks(const struct initrd_create *create, struct scratch *scratch);

/* ---- initrd_progress.c ---- */

/* Shows on a terminal how much is done, from the second second on. */
struct progress {
	double start, shown; /* seconds */
	bool on;
};

void progress_start(struct progress *progress, const struct cli *cli);
void progress_show(void *context, uint64_t done, uint64_t total);
void progress_end(struct progress *progress);

/* ---- initrd_explain.c ---- */

/* Prints the files of a plan and why they are in it. */
void initrd_explain(struct out *out, const struct kimg_initrd_plan *plan);

#endif
