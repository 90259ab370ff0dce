/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The modules of a report: the files that they are in, and where they were loaded. */
#include <stdio.h>
#include <stdlib.h>

#include "base/hex.h"
#include "oops/resolve.h"
#include "symbol/map_match.h"

/* Files of one name that are tried. */
enum { FILES_MAX = 32 };

static bool is_called(const struct oops_table *table, const char *name)
{
	const char *own = kimg_symbols_module_name(table_symbols(table), 1);

	return table->is_module && own && module_same_name(own, name);
}

/* ---- files ---- */

struct choice {
	struct oops_table *table;
	struct oops_verdict verdict;
	const char *how;
};

static struct kimg_error *try_file(struct resolving *r, const char *path, const char *name,
				   const char *how, struct choice *best)
{
	struct oops_verdict verdict;
	struct oops_table *table;

	TRY(table_get(r->symbols, path, &table));
	if (!table || !table_symbols(table) || !is_called(table, name))
		return NULL;
	verdict = vote(table, &r->report->oops, &r->pairs, name);
	if (!best->table || verdict_is_better(&verdict, &best->verdict))
		*best = (struct choice){ table, verdict, how };
	return NULL;
}

/* Those that are called exactly so come first. */
static struct kimg_error *try_index(struct resolving *r, struct module_index *index,
				    const char *name, const char *how, struct choice *best)
{
	const struct module_path *first;
	cleanup_free char *key = strdup(name);
	size_t n;

	if (!key)
		return error_nomem();
	for (char *p = key; *p; p++)
		if (*p == '-')
			*p = '_';
	n = index_find(index, key, &first);
	for (size_t i = 0; i < n && i < FILES_MAX; i++) {
		if (best->table && best->verdict.fit == OOPS_FITS)
			return NULL;
		TRY(try_file(r, first[i].path, name, how, best));
	}
	return NULL;
}

static struct kimg_error *index_installed(struct resolving *r)
{
	struct oops_kernel *known = r->known;
	const char *release = known ? known->release : NULL;

	if (!known || known->modules_known || r->symbols->options.no_search || !release ||
	    !*release || strchr(release, '/') || release[0] == '.')
		return NULL;
	known->modules_known = true;
	return index_add_installed(&known->modules, symbols_roots(r->symbols), release);
}

/* The file that a server of debuginfod has; its build-id says that it is the module, whatever it is called. */
static struct kimg_error *try_servers(struct resolving *r, struct resolved_module *module,
				      const char *build_id)
{
	cleanup_free char *path = NULL;
	uint8_t id[BUILD_ID_MAX];
	size_t n = build_id ? hex_bytes(span_of(build_id, strlen(build_id)), id, sizeof(id)) : 0;
	struct oops_verdict verdict;
	struct oops_table *table;

	TRY(debuginfod_ask(r->symbols, r->report, span_of(id, n), &path));
	if (!path)
		return NULL;
	TRY(table_get(r->symbols, path, &table));
	if (!table || !table_symbols(table) || !table->is_module ||
	    !span_equal(span_of(id, n), span_of(table->side->build_id, table->side->build_id_size)))
		return NULL;
	verdict = vote(table, &r->report->oops, &r->pairs, module->name);
	module->table = table;
	return add_choice(r, table, "build-id", &verdict);
}

/* Given ones are used even where they differ, and found ones are not. */
static struct kimg_error *find_file(struct resolving *r, struct resolved_module *module)
{
	struct choice best = { 0 };

	TRY(try_index(r, &r->symbols->modules, module->name, "given", &best));
	if (!best.table || best.verdict.fit == OOPS_DIFFERS) {
		struct choice found = { 0 };

		TRY(index_installed(r));
		if (r->known)
			TRY(try_index(r, &r->known->modules, module->name, "release", &found));
		if (!best.table || (found.table && found.verdict.fit != OOPS_DIFFERS))
			best = found;
	}
	if (!best.table)
		return NULL;
	TRY(add_choice(r, best.table, best.how, &best.verdict));
	module->differs = best.verdict.fit == OOPS_DIFFERS;
	if (!module->differs || strcmp(best.how, "given") == 0)
		module->table = best.table;
	return NULL;
}

/* ---- where it was loaded ---- */

static const struct kimg_oops_module *told_module(const struct kimg_oops *oops, const char *name)
{
	for (size_t i = 0; i < oops->module_count; i++)
		if (oops->modules[i].name && module_same_name(oops->modules[i].name, name))
			return &oops->modules[i];
	return NULL;
}

struct lookup {
	struct kimg_symbols *symbols;
	struct span name;
	uint64_t size;
	const struct kimg_symbol *found;
	unsigned int count;
};

static bool keep_symbol(void *context, const struct kimg_symbol *symbol)
{
	struct lookup *lookup = context;

	if (!symbol_is_called(symbol, lookup->name))
		return false;
	if (symbol->flags & KIMG_SYMBOL_HIDDEN)
		return true;
	if (!lookup->size || kimg_symbol_has_extent(lookup->symbols, symbol, lookup->size)) {
		lookup->found = symbol;
		lookup->count++;
	}
	return true;
}

/* A frame that has its address and its name tells where the module was. */
static bool shift_of_frame(const struct resolved_module *module,
			   const struct kimg_oops_frame *frame, uint64_t *ret_shift)
{
	struct lookup lookup = { .symbols = table_symbols(module->table),
				 .size = frame_size(frame) };

	if (!frame->has_address || !frame->has_offset || !frame->symbol || !frame->module ||
	    !module_same_name(frame->module, module->name))
		return false;
	lookup.name = span_of(frame->symbol, strlen(frame->symbol));
	kimg_symbols_named(lookup.symbols, frame->symbol, lookup.name.n, keep_symbol, &lookup);
	if (lookup.count != 1)
		return false;
	*ret_shift = frame->address - frame->offset - lookup.found->address;
	/* modules start with a page */
	return (*ret_shift & 4095) == 0;
}

static bool shift_of_block(const struct resolved_module *module,
			   const struct kimg_oops_block *block, uint64_t *ret_shift)
{
	if (block->has_pc && shift_of_frame(module, &block->pc, ret_shift))
		return true;
	if (block->has_link && shift_of_frame(module, &block->link, ret_shift))
		return true;
	for (size_t i = 0; i < block->frame_count; i++)
		if (shift_of_frame(module, &block->frames[i], ret_shift))
			return true;
	return false;
}

/* In the running kernel: a function of the module, and where /proc/kallsyms has it. */
static bool shift_of_live(const struct resolving *r, const struct resolved_module *module,
			  uint64_t *ret_shift)
{
	struct kimg_symbols *live = table_symbols(r->live), *own = table_symbols(module->table);
	size_t n;
	const struct kimg_symbol *all = kimg_symbols_all(own, &n);

	for (size_t i = 0; live && i < n && i < 256; i++) {
		struct lookup lookup = { .symbols = live };

		if (all[i].flags & KIMG_SYMBOL_HIDDEN || !strchr("tT", all[i].type))
			continue;
		lookup.name = span_of(all[i].name, all[i].name_size);
		kimg_symbols_named(live, all[i].name, all[i].name_size, keep_symbol, &lookup);
		if (lookup.count == 1 && lookup.found->module &&
		    module_same_name(kimg_symbols_module_name(live, lookup.found->module),
				     module->name)) {
			*ret_shift = lookup.found->address - all[i].address;
			return true;
		}
	}
	return false;
}

static void find_shift(const struct resolving *r, struct resolved_module *module)
{
	const struct kimg_oops *oops = &r->report->oops;
	const struct kimg_oops_module *told = told_module(oops, module->name);

	if (!module->table || module->differs)
		return;
	if (told && told->has_address) {
		module->has_shift = true;
		module->shift = told->address;
		return;
	}
	for (size_t i = 0; i < oops->block_count && !module->has_shift; i++)
		if (!oops->blocks[i].user)
			module->has_shift =
				shift_of_block(module, &oops->blocks[i], &module->shift);
	if (!module->has_shift)
		module->has_shift = shift_of_live(r, module, &module->shift);
}

struct kimg_error *module_find(struct resolving *r, const char *name, const char *build_id,
			       struct resolved_module **ret_module)
{
	struct resolved_module *module;

	*ret_module = NULL;
	for (size_t i = 0; i < r->module_count; i++) {
		if (module_same_name(r->modules[i].name, name)) {
			*ret_module = &r->modules[i];
			return NULL;
		}
	}
	if (r->module_count == MODULES_MAX)
		return NULL;
	module = &r->modules[r->module_count++];
	*module = (struct resolved_module){ .name = name };
	TRY(find_file(r, module));
	if (!module->table)
		TRY(try_servers(r, module, build_id));
	find_shift(r, module);
	*ret_module = module;
	return NULL;
}

/*
 * Modules lie above their own start and below the next one: what is told of them, the addresses alone, names none
 * of those that are farther away than any module is long.
 */
struct kimg_error *module_at(struct resolving *r, uint64_t address,
			     const struct kimg_oops_module **ret_module)
{
	const uint64_t longest = 64 << 20;
	const struct kimg_oops *oops = &r->report->oops;

	*ret_module = NULL;
	for (size_t i = 0; i < oops->module_count; i++) {
		const struct kimg_oops_module *module = &oops->modules[i];

		if (module->name && module->has_address && address >= module->address &&
		    address - module->address < longest &&
		    (!*ret_module || module->address > (*ret_module)->address))
			*ret_module = module;
	}
	return NULL;
}
