/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The signature of a report: FNV-1a, 64 bits, over
 *
 *   - the word for its kind (kimg_oops_kind_name()), and what happened as the title has it, without the function:
 *     "KASAN: slab-use-after-free Read";
 *   - of a BUG or WARNING the last part of the name of its source file, as functions that only check are left out
 *     of what follows;
 *   - of at most TITLE_FUNCTIONS functions of the first stack that has any (see title_functions()): the name without
 *     what compilers add to it, and the name of its module where that is an out-of-tree one. Where the trace has
 *     none, the function that the message names.
 *
 * each with a NUL behind it. So addresses, offsets, sizes, CPU, process, kernel release, the order of lines of other
 * CPUs between and functions of one architecture's entry have no part in it; in-tree modules do not, as other kernels
 * have them built in.
 */
#include <inttypes.h>
#include <stdio.h>

#include "oops/title.h"

static uint64_t add(uint64_t hash, struct span text)
{
	for (size_t i = 0; i < text.n; i++)
		hash = (hash ^ text.p[i]) * 0x100000001b3;
	return hash * 0x100000001b3; /* the NUL */
}

static uint64_t add_text(uint64_t hash, const char *text)
{
	return add(hash, span_of(text, strlen(text)));
}

/* Module flags are the letters of taints; O: out of tree. */
static bool is_out_of_tree(const struct kimg_oops *oops, const char *name)
{
	for (size_t i = 0; i < oops->module_count; i++) {
		const struct kimg_oops_module *module = &oops->modules[i];

		if (module->name && strcmp(module->name, name) == 0)
			return module->flags && strchr(module->flags, 'O');
	}
	return false;
}

static uint64_t add_function(const struct kimg_oops *oops, uint64_t hash, struct span name,
			     const char *module)
{
	hash = add(hash, name);
	return module && is_out_of_tree(oops, module) ? add_text(hash, module) : hash;
}

/* "lib/list_debug.c" is "list_debug.c": where a module was built is of no interest. */
static uint64_t add_file(const struct kimg_oops *oops, uint64_t hash)
{
	const char *slash;

	if (!oops->file || (oops->kind != KIMG_OOPS_BUG && oops->kind != KIMG_OOPS_WARNING))
		return hash;
	slash = strrchr(oops->file, '/');
	return add_text(hash, slash ? slash + 1 : oops->file);
}

void signature_make(struct report *report, const char *what)
{
	struct title_function functions[TITLE_FUNCTIONS];
	struct kimg_oops *oops = &report->oops;
	uint64_t hash = add_text(0xcbf29ce484222325, kimg_oops_kind_name(oops->kind));
	size_t count = 0;
	char text[17];

	hash = add_text(hash, what);
	hash = add_file(oops, hash);
	if (oops->kind != KIMG_OOPS_SYSRQ)
		count = title_functions(report, functions, TITLE_FUNCTIONS);
	for (size_t i = 0; i < count; i++)
		hash = add_function(oops, hash, functions[i].name, functions[i].module);
	if (count == 0 && report->told.function)
		hash = add_function(oops, hash, title_normal(report->told.function),
				    report->told.module);
	snprintf(text, sizeof(text), "%016" PRIx64, hash);
	oops->signature = report_text(report, span_of(text, 16));
}
