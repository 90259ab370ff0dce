/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What symbols tell about the code of a report: names of what it calls, and the code that there should be. */
#include "oops/calls.h"
#include "oops/code_module.h"
#include "oops/instructions.h"
#include "oops/resolve.h"

struct code_symbols {
	struct resolving *r;
	bool tried;
	bool has_text;
	struct text text;
	const struct kimg_oops_place *module_near; /* what module was opened for */
	bool has_module;
	struct code_module module;
	char name[512];
};

static struct resolved_module *find_module(struct code_symbols *code, const char *name)
{
	struct resolved_module *module = NULL;
	struct kimg_error *error = module_find(code->r, name, NULL, &module);

	kimg_error_free(error);
	return !error && module && module->table && !module->differs ? module : NULL;
}

/* The code of the module that near is in. */
static const struct code_module *open_module(struct code_symbols *code,
					     const struct kimg_oops_place *near)
{
	struct resolved_module *module;

	if (code->module_near != near) {
		module = find_module(code, near->module);
		code->has_module = module && near->section && table_symbols(module->table) &&
				   code_module_open(table_symbols(module->table), near->section,
						    &code->module);
		code->module_near = near;
	}
	return code->has_module ? &code->module : NULL;
}

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
	struct resolved_module *module = find_module(code, name);

	if (!module)
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

/* What modules call their relocations tell, wherever they were loaded. */
static bool callee(void *context, const struct kimg_oops_place *near, uint64_t address,
		   struct span instruction, struct kimg_oops_place *ret_place)
{
	struct code_symbols *code = context;
	const struct code_module *module = near->module ? open_module(code, near) : NULL;
	struct span there, name;
	bool own;

	if (!module)
		return false;
	/* Not where it was patched into another one. */
	there = code_module_bytes(module, address, 1);
	if (!there.n ||
	    (code->r->report->oops.arch == KIMG_OOPS_ARCH_X86 && there.p[0] != instruction.p[0]))
		return false;
	if (!code_module_callee(module, address, instruction.n, &name, &own) ||
	    name.n >= sizeof(code->name))
		return false;
	memcpy(code->name, name.p, name.n);
	code->name[name.n] = '\0';
	*ret_place = (struct kimg_oops_place){ .symbol = code->name,
					       .module = own ? near->module : NULL };
	return true;
}

static struct span kernel_bytes(struct code_symbols *code, uint64_t address, size_t size)
{
	struct resolving *r = code->r;
	struct span bytes;

	if (!code->tried && r->kernel && !r->differs)
		code->has_text = text_open(r->kernel, &r->report->oops, &code->text);
	code->tried = true;
	if (!code->has_text || !text_bytes(&code->text, address, size, &bytes))
		return (struct span){ 0 };
	return bytes;
}

static size_t bytes(void *context, const struct kimg_oops_place *near, uint64_t address,
		    uint8_t *buffer, size_t size)
{
	struct code_symbols *code = context;
	struct span there = { 0 };

	if (!near->module)
		there = kernel_bytes(code, address, size);
	else if (open_module(code, near))
		there = code_module_bytes(&code->module, address, size);
	if (there.n)
		memcpy(buffer, there.p, there.n);
	return there.n;
}

struct kimg_error *code_decode(struct resolving *r)
{
	struct code_symbols code = { .r = r };
	struct oops_text text = {
		.context = &code,
		.place = place,
		.callee = callee,
		.bytes = bytes,
	};

	return oops_instructions(r->report, &text);
}
