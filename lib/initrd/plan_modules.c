/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Modules of an image: those that are asked for. */
#include "initrd/firmware.h"
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

/* The modules that are loaded first: the names must be those of modules, not of what may be one. */
static struct kimg_error *find_preload(struct kimg_initrd_plan *plan, struct module_tree *modules,
				       struct layout *layout)
{
	const char *const *names = recipe_list(plan->recipe, RECIPE_PRELOAD);
	const struct module **load;
	size_t n = 0;

	while (names[n])
		n++;
	load = arena_alloc(content_arena(plan->content), (n + 1) * sizeof(*load));
	if (!load)
		return error_nomem();
	for (size_t i = 0; i < n; i++) {
		load[i] = module_tree_find(modules, span_of(names[i], strlen(names[i])));
		if (!load[i])
			return error_new(KIMG_E_NOT_FOUND, "no module is called %s", names[i]);
	}
	layout->load = load;
	layout->load_n = n;
	return NULL;
}

/* All words, a blank between two. */
static struct kimg_error *join_cmdline(struct kimg_initrd_plan *plan, const char **ret)
{
	const char *const *words = recipe_list(plan->recipe, RECIPE_CMDLINE);
	size_t size = 1, n = 0;
	char *text;

	for (size_t i = 0; words[i]; i++)
		size += strlen(words[i]) + 1;
	text = arena_alloc(content_arena(plan->content), size);
	if (!text)
		return error_nomem();
	for (size_t i = 0; words[i]; i++) {
		n += strlen(strcpy(text + n, words[i]));
		text[n++] = words[i + 1] ? ' ' : '\0';
	}
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

struct kimg_error *plan_modules(struct kimg_initrd_plan *plan)
{
	struct layout layout = { .limits = plan->limits };

	TRY(open_modules(plan, &plan->modules));
	TRY(module_set_new(plan->modules, &plan->set));
	TRY(add_names(plan->set, recipe_list(plan->recipe, RECIPE_MODULES), "is asked for"));
	TRY(add_names(plan->set, recipe_list(plan->recipe, RECIPE_PRELOAD), "is loaded first"));
	TRY(find_preload(plan, plan->modules, &layout));
	TRY(join_cmdline(plan, &layout.cmdline));
	TRY(layout_must_unpack(plan->modules, &plan->limits, &layout.unpack));
	layout.set = plan->set;
	TRY(layout_add(plan->content, &layout));
	TRY(firmware_add(plan->content, plan->set, &plan->limits));
	TRY(add_firmware(plan));
	take_notes(plan, module_set_notes(plan->set));
	return NULL;
}
