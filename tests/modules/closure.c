/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * closure SYSROOT VERSION [NAME...]
 *
 * Prints for each NAME, or for each module of the folder, its path and, behind ':', what is loaded for it, in order.
 */
#include <stdio.h>

#include "initrd/modules.h"

static struct kimg_error *show(struct module_tree *modules, struct span name)
{
	cleanup_module_set struct module_set *set = NULL;
	const struct module_pick *const *picks;
	size_t n, found;

	TRY(module_set_new(modules, &set));
	TRY(module_set_add_name(set, name, "asked for", &found));
	picks = module_set_picks(set, &n);
	printf("%.*s:", (int)name.n, (const char *)name.p);
	for (size_t i = 0; i < n; i++)
		printf(" %s", picks[i]->path);
	printf("\n");
	for (const struct kimg_note *note = module_set_notes(set); note; note = note->next)
		fprintf(stderr, "note: %s\n", note->text);
	return NULL;
}

static struct kimg_error *run(int argc, char **argv)
{
	struct module_tree_options options = { .limits = KIMG_LIMITS_DEFAULT };
	cleanup_module_tree struct module_tree *modules = NULL;
	const struct module *all;
	size_t n;

	options.sysroot = argv[1];
	options.version = argv[2];
	TRY(module_tree_open(&options, &modules));
	for (int i = 3; i < argc; i++)
		TRY(show(modules, span_of(argv[i], strlen(argv[i]))));
	all = module_tree_all(modules, &n);
	for (size_t i = 0; argc == 3 && i < n; i++)
		if (!all[i].builtin)
			TRY(show(modules, all[i].name));
	return NULL;
}

int main(int argc, char **argv)
{
	struct kimg_error *error;
	char text[512];

	if (argc < 3)
		return 2;
	error = run(argc, argv);
	if (!error)
		return 0;
	kimg_error_format(error, text, sizeof(text));
	fprintf(stderr, "closure: %s\n", text);
	kimg_error_free(error);
	return 1;
}
