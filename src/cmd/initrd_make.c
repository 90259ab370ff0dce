/* SPDX-License-Identifier: GPL-2.0-or-later */
/* From a recipe to an image: what kimg initrd create and mkinitrd have in common. */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "base/error.h"
#include "cli/term.h"
#include "cmd/initrd_create.h"

static void free_plan(struct kimg_initrd_plan **plan)
{
	kimg_initrd_plan_free(*plan);
}

/* ---- defaults ---- */

static int no_dot(const struct dirent *entry)
{
	return entry->d_name[0] != '.';
}

/* The only kernel whose modules another system has. */
static struct kimg_error *only_version(const char *sysroot, char *version, size_t size)
{
	struct dirent **entries = NULL;
	cleanup_free char *path = NULL;
	int n;

	if (asprintf(&path, "%s/lib/modules", sysroot) < 0)
		return error_nomem();
	n = scandir(path, &entries, no_dot, alphasort);
	if (n < 0)
		return error_system(errno, "%s", path);
	if (n > 0)
		snprintf(version, size, "%s", entries[0]->d_name);
	for (int i = 0; i < n; i++)
		free(entries[i]);
	free(entries);
	if (n == 1)
		return NULL;
	return error_new(n ? KIMG_E_AMBIGUOUS : KIMG_E_NOT_FOUND, "%s: %d kernels: which VERSION?",
			 path, n);
}

static struct kimg_error *find_version(const char *sysroot, char *version, size_t size)
{
	struct utsname name;

	if (sysroot && strcmp(sysroot, "/") != 0)
		return only_version(sysroot, version, size);
	if (uname(&name) < 0)
		return error_system(errno, "uname");
	snprintf(version, size, "%s", name.release);
	return NULL;
}

/* Beside the program that runs, as it is built, or where it is installed; of another system, first there. */
static struct kimg_error *find_init(const struct initrd_create *create, char *path, size_t size)
{
	char self[4096] = "";

	if (create->sysroot) {
		snprintf(path, size, "%s%s", create->sysroot, KIMG_INIT);
		if (access(path, R_OK) == 0)
			return NULL;
	}
	if (readlink("/proc/self/exe", self, sizeof(self) - 1) > 0 && strrchr(self, '/')) {
		*strrchr(self, '/') = '\0';
		if (snprintf(path, size, "%s/early/kimg-init", self) < (int)size &&
		    access(path, R_OK) == 0)
			return NULL;
	}
	snprintf(path, size, "%s", KIMG_INIT);
	if (access(path, R_OK) == 0)
		return NULL;
	return error_new(KIMG_E_NOT_FOUND, "%s is not there: --init names another", path);
}

/* https://reproducible-builds.org/specs/source-date-epoch */
static uint32_t image_time(void)
{
	const char *epoch = getenv("SOURCE_DATE_EPOCH");
	char *end;
	unsigned long long seconds;

	if (!epoch || !*epoch)
		return 0;
	seconds = strtoull(epoch, &end, 10);
	return *end || seconds > UINT32_MAX ? 0 : seconds;
}

/* ---- the image ---- */

static int tell_notes(struct cli *cli, const struct kimg_initrd_plan *plan)
{
	int status = STATUS_YES;

	for (const struct kimg_note *note = kimg_initrd_plan_notes(plan); note; note = note->next) {
		remark(cli, "%s", note->text);
		if (note->bad)
			status = STATUS_NO;
	}
	return status;
}

static int explain(const struct initrd_create *create, const struct kimg_initrd_plan *plan)
{
	struct screen screen;

	if (screen_open(&screen, create->cli))
		return STATUS_ERROR;
	out_document(screen.out, "kimg-initrd-create-1", "files");
	initrd_explain(screen.out, plan);
	out_close(screen.out);
	out_flush(screen.out);
	return screen_close(&screen, tell_notes(create->cli, plan));
}

static struct kimg_error *check_output(const struct initrd_create *create)
{
	if (strcmp(create->output, "-") == 0)
		return isatty(STDOUT_FILENO) && !create->force
			       ? error_new(KIMG_E_INVALID, "standard output is a terminal: "
							   "--force writes to it all the same")
			       : NULL;
	if (create->force || access(create->output, F_OK) < 0)
		return NULL;
	return error_new(KIMG_E_INVALID, "%s is there already: --force replaces it",
			 create->output);
}

static int write_image(const struct initrd_create *create, const struct kimg_initrd_plan *plan)
{
	struct progress progress;
	struct kimg_initrd_write_options options = {
		.mtime = image_time(),
		.progress = progress_show,
		.context = &progress,
	};
	struct kimg_error *error;

	progress_start(&progress, create->cli);
	error = kimg_initrd_plan_write(plan, create->output, &options);
	progress_end(&progress);
	if (error)
		return report(create->cli, error);
	return tell_notes(create->cli, plan);
}

static struct kimg_error *make_plan(struct initrd_create *create, struct scratch *scratch,
				    struct kimg_initrd_plan **ret_plan)
{
	const char *const trees[] = { scratch->path, NULL };
	struct kimg_initrd_plan_options options = {
		.sysroot = create->sysroot,
		.version = create->version,
		.init = create->init,
		.final = create->final,
	};

	if (!create->final)
		TRY(initrd_run_hooks(create, scratch));
	if (scratch->path[0])
		options.trees = trees;
	return kimg_initrd_plan_new(create->recipe, &options, ret_plan);
}

static struct kimg_error *find_defaults(struct initrd_create *create, char *version,
					size_t version_size, char *init, size_t init_size)
{
	if (!create->version && !create->final) {
		TRY(find_version(create->sysroot, version, version_size));
		create->version = version;
	}
	if (!create->init && !create->final) {
		TRY(find_init(create, init, init_size));
		create->init = init;
	}
	if (!create->output && create->version && !create->dry_run)
		return NULL;
	if (!create->output && !create->dry_run)
		return error_new(KIMG_E_INVALID, "--final needs --output");
	return NULL;
}

int initrd_create(struct initrd_create *create)
{
	cleanup(free_plan) struct kimg_initrd_plan *plan = NULL;
	cleanup(scratch_done) struct scratch scratch = { 0 };
	char version[256], init[8192], output[300];
	struct kimg_error *error =
		find_defaults(create, version, sizeof(version), init, sizeof(init));

	if (!error && !create->output) {
		snprintf(output, sizeof(output), "initrd.img-%s",
			 create->version ? create->version : "");
		create->output = output;
	}
	if (!error && !create->dry_run)
		error = check_output(create);
	if (!error)
		error = make_plan(create, &scratch, &plan);
	if (error)
		return report(create->cli, error);
	return create->dry_run ? explain(create, plan) : write_image(create, plan);
}
