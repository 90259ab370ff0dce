/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Modules of an image: those that the root takes, and those that are asked for. */
#include <stdio.h>

#include "initrd/firmware.h"
#include "initrd/hardware.h"
#include "initrd/layout.h"
#include "initrd/modules.h"
#include "initrd/plan.h"
#include "initrd/sysroot.h"

static struct kimg_error *add_names(struct module_set *set, const char *const *names,
				    const char *why)
{
	for (; *names; names++) {
		size_t n;

		TRY(module_set_add_name(set, span_of(*names, strlen(*names)), why, &n));
		if (n == 0)
			return error_new(KIMG_E_NOT_FOUND, "no module is called %s", *names);
	}
	return NULL;
}

/* A name that is that of no module leaves nothing out, as on a kernel that has it built in or not at all. */
static void omit(struct kimg_initrd_plan *plan)
{
	const char *const *names = recipe_list(plan->recipe, RECIPE_OMIT);

	for (; *names; names++) {
		const struct module *module =
			module_tree_find(plan->modules, span_of(*names, strlen(*names)));

		if (module)
			module_set_omit(plan->set, module);
	}
}

/* What is loaded at once, without what is left out. */
static bool is_in(const struct kimg_initrd_plan *plan, const struct module *module)
{
	return module->builtin || module_set_pick(plan->set, module);
}

/* The modules that are loaded first, before those that the root takes. */
static struct kimg_error *add_preload(struct kimg_initrd_plan *plan, struct layout *layout)
{
	const char *const *names = recipe_list(plan->recipe, RECIPE_PRELOAD);
	const struct module **load;
	size_t n = 0;

	while (names[n])
		n++;
	load = arena_alloc(content_arena(plan->content), (n + layout->load_n + 1) * sizeof(*load));
	if (!load)
		return error_nomem();
	for (size_t i = 0; i < n; i++) {
		load[i] = module_tree_find(plan->modules, span_of(names[i], strlen(names[i])));
		if (!load[i])
			return error_new(KIMG_E_NOT_FOUND, "no module is called %s", names[i]);
		TRY(module_set_add(plan->set, load[i], "is loaded first"));
	}
	for (size_t i = 0; i < layout->load_n; i++)
		if (is_in(plan, layout->load[i]))
			load[n++] = layout->load[i];
	layout->load = load;
	layout->load_n = n;
	return NULL;
}

/* What the root takes, and the words that are asked for, which win. */
static struct kimg_error *join_cmdline(struct kimg_initrd_plan *plan, const char *first,
				       const char **ret)
{
	const char *const *words = recipe_list(plan->recipe, RECIPE_CMDLINE);
	size_t size = strlen(first) + 1, n;
	char *text;

	for (size_t i = 0; words[i]; i++)
		size += strlen(words[i]) + 1;
	text = arena_alloc(content_arena(plan->content), size);
	if (!text)
		return error_nomem();
	strcpy(text, first);
	n = strlen(first);
	for (size_t i = 0; words[i]; i++)
		n += sprintf(text + n, "%s%s", n ? " " : "", words[i]);
	*ret = text;
	return NULL;
}

static void take_notes(struct kimg_initrd_plan *plan, const struct kimg_note *note)
{
	for (; note; note = note->next)
		notes_add(&plan->notes, content_arena(plan->content), note->bad, "%s", note->text);
}

/* Files below lib/firmware that no module names. */
static struct kimg_error *add_firmware(struct kimg_initrd_plan *plan)
{
	const struct content_node model = { .why = "firmware that is asked for" };
	const char *const *names = recipe_list(plan->recipe, RECIPE_FIRMWARE);

	for (; *names; names++) {
		char path[PATH_MAX];

		if (snprintf(path, sizeof(path), "/lib/firmware/%s", *names) >= (int)sizeof(path))
			return error_new(KIMG_E_INVALID, "%.40s...: the path is too long", *names);
		TRY(sysroot_add(plan->sysroot, plan->content, path, &model, NULL));
	}
	return NULL;
}

static struct kimg_error *open_modules(struct kimg_initrd_plan *plan, struct module_tree **ret)
{
	const struct module_tree_options options = {
		.sysroot = *plan->sysroot ? plan->sysroot : "/",
		.version = plan->version,
		.limits = plan->limits,
	};

	return module_tree_open(&options, ret);
}

/* ---- the root ---- */

static struct kimg_error *find_hardware(struct kimg_initrd_plan *plan, struct hardware **ret)
{
	const char *root = recipe_value(plan->recipe, RECIPE_ROOT);

	if (strcmp(root, "generic") == 0)
		return hardware_generic(plan->modules, ret);
	if (strcmp(root, "host") != 0)
		return hardware_described(root, plan->modules, ret);
	if (*plan->sysroot)
		return error_new(KIMG_E_INVALID,
				 "of the system in %s nobody knows the machine: "
				 "name its root, or \"generic\"",
				 plan->sysroot);
	return hardware_of_host(NULL, ret);
}

static struct kimg_error *not_there(struct kimg_initrd_plan *plan, struct kimg_error *error,
				    const char *path, const char *why, bool needed)
{
	if (!error || kimg_error_code(error) != KIMG_E_NOT_FOUND)
		return error;
	kimg_error_free(error);
	notes_add(&plan->notes, content_arena(plan->content), needed, "%s is not there: %s", path,
		  why);
	return NULL;
}

static struct kimg_error *add_hardware_files(struct kimg_initrd_plan *plan,
					     const struct hardware *hardware)
{
	const struct hardware_program *program = hardware_programs(hardware);
	const struct hardware_file *file = hardware_files(hardware);

	for (; program; program = program->next) {
		const struct content_node model = { .why = program->why };

		TRY(not_there(plan, programs_add(plan->programs, program->path, &model, NULL),
			      program->path, program->why, program->needed));
	}
	for (; file; file = file->next) {
		const struct content_node model = { .why = file->why };

		TRY(not_there(plan,
			      sysroot_add(plan->sysroot, plan->content, file->path, &model, NULL),
			      file->path, file->why, true));
	}
	return NULL;
}

static struct kimg_error *add_root(struct kimg_initrd_plan *plan, const struct hardware *hardware,
				   struct layout *layout)
{
	TRY(hardware_choose(hardware, plan->set, &layout->load, &layout->load_n));
	layout->crypttab = hardware_crypttab(hardware);
	layout->fstab = hardware_fstab(hardware);
	take_notes(plan, hardware_notes(hardware));
	return add_hardware_files(plan, hardware);
}

/* ---- all ---- */

struct kimg_error *plan_modules(struct kimg_initrd_plan *plan)
{
	cleanup_hardware struct hardware *hardware = NULL;
	struct layout layout = { .limits = plan->limits };

	TRY(open_modules(plan, &plan->modules));
	TRY(module_set_new(plan->modules, &plan->set));
	omit(plan);
	TRY(find_hardware(plan, &hardware));
	TRY(add_root(plan, hardware, &layout));
	TRY(add_names(plan->set, recipe_list(plan->recipe, RECIPE_MODULES), "is asked for"));
	TRY(add_preload(plan, &layout));
	TRY(join_cmdline(plan, hardware_cmdline(hardware), &layout.cmdline));
	TRY(layout_must_unpack(plan->modules, &plan->limits, &layout.unpack));
	layout.set = plan->set;
	TRY(layout_add(plan->content, &layout));
	TRY(firmware_add(plan->content, plan->set, &plan->limits));
	TRY(add_firmware(plan));
	take_notes(plan, module_set_notes(plan->set));
	return NULL;
}
