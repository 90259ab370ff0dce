/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What symbols tell about the code of a report: names of what it calls, and the code that there should be. */
#include "oops/calls.h"
#include "oops/instructions.h"
#include "oops/resolve.h"

struct code_symbols {
	struct resolving *r;
	bool tried;
	bool has_text;
	struct text text;
	char name[512];
};

/* A symbol that address lies in, and not behind the end of. */
static bool symbol_at(struct code_symbols *code, struct oops_table *table, uint64_t address,
		      struct kimg_oops_place *ret_place)
{
	struct kimg_symbols *symbols;
	const struct kimg_symbol *symbol =
		table ? table_at(code->r->symbols, table, address, &symbols) : NULL;
	uint64_t offset;

	if (!symbol || symbol->name_size >= sizeof(code->name))
		return false;
	offset = address - symbol->address;
	if (offset && offset >= kimg_symbol_extent(symbols, symbol))
		return false;
	memcpy(code->name, symbol->name, symbol->name_size);
	code->name[symbol->name_size] = '\0';
	*ret_place = (struct kimg_oops_place){
		.symbol = code->name,
		.module = kimg_symbols_module_name(symbols, symbol->module),
		.address = symbol->address,
		.offset = offset,
	};
	return true;
}

/* From a module to itself, or to the kernel where it is known where both were loaded. */
static bool place_from_module(struct code_symbols *code, const char *name, uint64_t address,
			      struct kimg_oops_place *ret_place)
{
	const struct kimg_oops *oops = &code->r->report->oops;
	struct resolved_module *module = NULL;
	struct kimg_error *error = module_find(code->r, name, NULL, &module);

	kimg_error_free(error);
	if (error || !module || !module->table || module->differs)
		return false;
	if (symbol_at(code, module->table, address, ret_place))
		return true;
	return module->has_shift && oops->has_kernel_offset &&
	       symbol_at(code, code->r->kernel, address + module->shift - oops->kernel_offset,
			 ret_place);
}

static bool place(void *context, const struct kimg_oops_place *near, uint64_t address,
		  struct kimg_oops_place *ret_place)
{
	struct code_symbols *code = context;

	if (near->module)
		return place_from_module(code, near->module, address, ret_place);
	return !code->r->differs && symbol_at(code, code->r->kernel, address, ret_place);
}

/* Of the kernel alone: the code of modules is not what it is before they are loaded. */
static size_t bytes(void *context, const struct kimg_oops_place *near, uint64_t address,
		    uint8_t *buffer, size_t size)
{
	struct code_symbols *code = context;
	struct resolving *r = code->r;
	struct span span;

	if (near->module || !r->kernel || r->differs)
		return 0;
	if (!code->tried)
		code->has_text = text_open(r->kernel, &r->report->oops, &code->text);
	code->tried = true;
	if (!code->has_text || !text_bytes(&code->text, address, size, &span))
		return 0;
	memcpy(buffer, span.p, span.n);
	return span.n;
}

struct kimg_error *code_decode(struct resolving *r)
{
	struct code_symbols code = { .r = r };
	struct oops_text text = { .context = &code, .place = place, .bytes = bytes };

	return oops_instructions(r->report, &text);
}
