/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The files of depmod and modprobe.d, in one input: modules.dep, modules.builtin, modules.alias, lines of modprobe.d and
 * modules.builtin.modinfo, parted by lines of "%%". All modules and all aliases are asked for.
 */
#include "initrd/modules_source.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct span cut(struct span *rest)
{
	struct span text = *rest;
	size_t at;

	if (!span_find(*rest, 0, SPAN_LITERAL("%%\n"), &at)) {
		*rest = (struct span){ 0 };
		return text;
	}
	text = span_clip(*rest, 0, at);
	*rest = span_from(*rest, at + 3);
	return text;
}

/* Each pick stands behind those that it needs, unless they need each other. */
static void check(const struct module_set *set)
{
	size_t n;
	const struct module_pick *const *picks = module_set_picks(set, &n);

	for (size_t i = 0; i < n; i++)
		if (picks[i]->line != i || picks[i]->module->builtin ||
		    module_set_pick(set, picks[i]->module) != picks[i])
			__builtin_trap();
}

static struct kimg_error *add_alias(void *context, const struct module_alias *alias)
{
	return module_set_add_name(context, alias->pattern, "fuzz", NULL);
}

static struct kimg_error *run(struct span input)
{
	struct module_texts texts = { .dep = cut(&input) };
	cleanup_module_tree struct module_tree *modules = NULL;
	cleanup_module_set struct module_set *set = NULL;
	const struct module *all;
	size_t n;

	texts.builtin = cut(&input);
	texts.alias = cut(&input);
	texts.softdep = cut(&input);
	texts.modinfo = cut(&input);
	TRY(module_tree_of_texts(&texts, &modules));
	TRY(module_set_new(modules, &set));
	all = module_tree_all(modules, &n);
	for (size_t i = 0; i < n; i++)
		TRY(module_set_add(set, &all[i], "fuzz"));
	TRY(module_tree_each_alias(modules, add_alias, set));
	check(set);
	return NULL;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	/* Aliases ask for each other: their product is bounded here, not by what is tested. */
	if (size <= 16384)
		kimg_error_free(run(span_of(data, size)));
	return 0;
}
