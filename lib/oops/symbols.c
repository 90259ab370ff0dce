/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The symbols that reports are resolved with: what the caller gives, and what is kept of what was found. */
#include <stdlib.h>

#include "oops/resolve.h"

static void free_strings(const char *const *strings)
{
	for (size_t i = 0; strings && strings[i]; i++)
		free((char *)strings[i]);
	free((void *)strings);
}

static void symbols_free_pointer(struct kimg_oops_symbols **symbols)
{
	kimg_oops_symbols_free(*symbols);
}

static void forget_kernel(struct oops_kernel *kernel)
{
	free(kernel->release);
	free(kernel->build_id);
	free(kernel->path);
	index_done(&kernel->modules);
}

void kimg_oops_symbols_free(struct kimg_oops_symbols *symbols)
{
	if (!symbols)
		return;
	tables_free(symbols);
	for (size_t i = 0; i < symbols->kernel_count; i++)
		forget_kernel(&symbols->kernels[i]);
	index_done(&symbols->modules);
	free((char *)symbols->options.map);
	free((char *)symbols->options.vmlinux);
	free((char *)symbols->options.image);
	free_strings(symbols->options.modules);
	free_strings(symbols->options.roots);
	free(symbols);
}

/* ---- options ---- */

static struct kimg_error *copy_string(const char **string)
{
	if (!*string)
		return NULL;
	*string = strdup(*string);
	return *string ? NULL : error_nomem();
}

static struct kimg_error *copy_strings(const char *const **strings)
{
	const char **copies;
	size_t n = 0;

	if (!*strings)
		return NULL;
	while ((*strings)[n])
		n++;
	copies = calloc(n + 1, sizeof(*copies));
	for (size_t i = 0; copies && i < n; i++) {
		copies[i] = strdup((*strings)[i]);
		if (copies[i])
			continue;
		free_strings(copies);
		copies = NULL;
	}
	*strings = copies;
	return copies ? NULL : error_nomem();
}

static struct kimg_error *copy_options(struct kimg_oops_symbols *symbols,
				       const struct kimg_oops_symbols_options *from)
{
	struct kimg_oops_symbols_options *options = &symbols->options;

	*options = *from;
	options->map = options->vmlinux = options->image = NULL;
	options->modules = options->roots = NULL;
	options->map = from->map;
	TRY(copy_string(&options->map));
	options->vmlinux = from->vmlinux;
	TRY(copy_string(&options->vmlinux));
	options->image = from->image;
	TRY(copy_string(&options->image));
	options->modules = from->modules;
	TRY(copy_strings(&options->modules));
	options->roots = from->roots;
	return copy_strings(&options->roots);
}

const char *const *symbols_roots(const struct kimg_oops_symbols *symbols)
{
	static const char *const slash[] = { "", NULL };

	return symbols->options.roots && symbols->options.roots[0] ? symbols->options.roots : slash;
}

/* ---- what is given ---- */

/* What the caller named must be there, and have symbols. */
static struct kimg_error *open_given(struct kimg_oops_symbols *symbols, const char *path,
				     struct oops_table **ret_table)
{
	struct oops_table *table;

	*ret_table = NULL;
	if (!path)
		return NULL;
	TRY(table_get(symbols, path, &table));
	if (!table || table->problem) {
		/* once more, for the error as it is */
		struct kimg_symbols_options options = { .limits = symbols->options.limits };
		struct kimg_symbols *unused;

		TRY(kimg_symbols_open(path, &options, &unused));
		kimg_symbols_free(unused);
		return error_new(KIMG_E_IO, "%s changed while it was read", path);
	}
	*ret_table = table;
	return NULL;
}

static struct kimg_error *open_all_given(struct kimg_oops_symbols *symbols)
{
	TRY(open_given(symbols, symbols->options.vmlinux, &symbols->given[0]));
	TRY(open_given(symbols, symbols->options.map, &symbols->given[1]));
	TRY(open_given(symbols, symbols->options.image, &symbols->given[2]));
	for (const char *const *path = symbols->options.modules; path && *path; path++)
		TRY(index_add(&symbols->modules, *path));
	return NULL;
}

struct kimg_error *kimg_oops_symbols_new(const struct kimg_oops_symbols_options *options,
					 struct kimg_oops_symbols **ret_symbols)
{
	const struct kimg_oops_symbols_options defaults = KIMG_OOPS_SYMBOLS_OPTIONS_DEFAULT;
	cleanup(symbols_free_pointer) struct kimg_oops_symbols *symbols =
		calloc(1, sizeof(*symbols));

	if (!symbols)
		return error_nomem();
	TRY(copy_options(symbols, options ? options : &defaults));
	TRY(open_all_given(symbols));
	*ret_symbols = symbols;
	symbols = NULL;
	return NULL;
}
