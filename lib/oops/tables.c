/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Files with symbols, kept while reports use them. */
#include <elf.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "base/buf.h"
#include "base/hash.h"
#include "io/blob.h"
#include "oops/resolve.h"
#include "symbol/map_match.h"
#include "format/elf.h"

static void forget_near(struct oops_table *table)
{
	for (size_t i = 0; i < table->near_count; i++)
		kimg_symbols_free(table->near[i]);
	table->near_count = 0;
}

static void table_free(struct oops_table *table)
{
	if (!table)
		return;
	kimg_source_free(table->source);
	forget_near(table);
	kimg_map_side_free(table->before);
	kimg_map_side_free(table->side);
	free(table->vermagic);
	free(table->problem);
	free(table->path);
	free(table);
}

void tables_free(struct kimg_oops_symbols *symbols)
{
	for (size_t i = 0; i < symbols->table_count; i++)
		table_free(symbols->tables[i]);
	table_free(symbols->running);
	left_done(&symbols->left);
	symbols->table_count = 0;
}

static bool is_given(const struct kimg_oops_symbols *symbols, const struct oops_table *table)
{
	for (size_t i = 0; i < ARRAY_SIZE(symbols->given); i++)
		if (symbols->given[i] == table)
			return true;
	return false;
}

static void remove_at(struct kimg_oops_symbols *symbols, size_t i)
{
	table_free(symbols->tables[i]);
	symbols->tables[i] = symbols->tables[--symbols->table_count];
}

void table_drop(struct kimg_oops_symbols *symbols, struct oops_table *table)
{
	for (size_t i = 0; i < symbols->table_count && !is_given(symbols, table); i++) {
		if (symbols->tables[i] == table) {
			remove_at(symbols, i);
			return;
		}
	}
}

/* Makes room where there are as many as there may be: the one that was not used for the longest time goes. */
static void make_room(struct kimg_oops_symbols *symbols, bool of_kernels, size_t max)
{
	size_t n = 0, oldest = SIZE_MAX;

	for (size_t i = 0; i < symbols->table_count; i++) {
		const struct oops_table *table = symbols->tables[i];

		if ((of_kernels && table->is_module) || is_given(symbols, table))
			continue;
		n++;
		if (table->used < symbols->serial &&
		    (oldest == SIZE_MAX || table->used < symbols->tables[oldest]->used))
			oldest = i;
	}
	if (n > max && oldest != SIZE_MAX)
		remove_at(symbols, oldest);
}

/* "vermagic=6.1.0-56-amd64 SMP preempt mod_unload modversions " in .modinfo (include/linux/vermagic.h) */
static struct kimg_error *read_vermagic(struct oops_table *table)
{
	const struct span key = SPAN_LITERAL("vermagic=");
	struct elf_section section;
	struct span bytes, value;
	struct elf elf;
	size_t at = 0;
	cleanup_error struct kimg_error *error = elf_open(table->side->symbols->file, &elf);

	if (error || !elf_section(&elf, ".modinfo", &section))
		return NULL;
	bytes = elf_section_bytes(&elf, &section);
	if (!span_find(bytes, 0, key, &at))
		return NULL;
	value = span_from(bytes, at + key.n);
	for (at = 0; at < value.n && value.p[at] > ' '; at++)
		;
	table->vermagic = strndup((const char *)value.p, at);
	return table->vermagic ? NULL : error_nomem();
}

static struct kimg_error *keep_problem(struct oops_table *table, struct kimg_error *error)
{
	char text[512];

	if (kimg_error_code(error) == KIMG_E_NOMEM)
		return error;
	kimg_error_format(error, text, sizeof(text));
	kimg_error_free(error);
	table->problem = strdup(text);
	return table->problem ? NULL : error_nomem();
}

/*
 * Before there is a report, it is not known which symbols of a vmlinux it needs: that there are some is enough.
 * What else has symbols is read as a whole whatever it is for.
 */
static bool can_wait(const struct kimg_oops_symbols *symbols, const char *path)
{
	return symbols->serial == 0 && strcmp(path, "-") != 0 &&
	       symbols_can_be_selected(path, &symbols->options.limits);
}

static struct kimg_error *read_table(struct kimg_oops_symbols *symbols, struct oops_table *table)
{
	const struct kimg_symbols_options options = {
		.limits = symbols->options.limits,
		.names = symbols->names,
		.name_count = symbols->name_count,
	};
	const struct kimg_symbols_options all = { .limits = symbols->options.limits };
	/* standard input comes once */
	bool once = strcmp(table->path, "-") == 0;
	struct kimg_error *error =
		kimg_map_side_open(table->path, once ? &all : &options, &table->side);

	table->read = symbols->serial;

	if (!error && !table->side->symbols) {
		error = table->side->error;
		table->side->error = NULL;
		kimg_map_side_free(table->side);
		table->side = NULL;
	}
	if (error)
		return keep_problem(table, error);
	table->is_module = kimg_symbols_source(table->side->symbols) == KIMG_SYMBOLS_MODULE;
	return table->is_module ? read_vermagic(table) : NULL;
}

/* All symbols, or those of another report. Where it cannot be read again it stays as it is. */
static struct kimg_error *read_again(struct kimg_oops_symbols *symbols, struct oops_table *table,
				     bool all)
{
	const struct kimg_symbols_options options = {
		.limits = symbols->options.limits,
		.names = symbols->names,
		.name_count = all ? 0 : symbols->name_count,
	};
	struct kimg_map_side *side;
	struct kimg_error *error = kimg_map_side_open(table->path, &options, &side);

	table->read = symbols->serial;
	if (!error && !side->symbols)
		kimg_map_side_free(side);
	if (error && kimg_error_code(error) == KIMG_E_NOMEM)
		return error;
	kimg_error_free(error);
	if (error || !side->symbols)
		return NULL;
	kimg_map_side_free(table->before);
	table->before = table->side;
	table->side = side;
	return NULL;
}

/* What was read for an earlier report is not enough for this one. */
static struct kimg_error *bring_up_to_date(struct kimg_oops_symbols *symbols,
					   struct oops_table *table)
{
	table->used = symbols->serial;
	if (!table->side && !table->problem)
		return read_table(symbols, table);
	if (table->read == symbols->serial || !table_symbols(table) ||
	    kimg_symbols_are_all(table_symbols(table)))
		return NULL;
	forget_near(table);
	return read_again(symbols, table, ++table->read_again > SELECTIONS_MAX);
}

const struct kimg_symbol *table_at(struct kimg_oops_symbols *symbols, struct oops_table *table,
				   uint64_t address, struct kimg_symbols **ret_symbols)
{
	const struct kimg_symbols_options options = {
		.limits = symbols->options.limits,
		.near = &address,
		.near_count = 1,
	};
	struct kimg_error *error = NULL;

	*ret_symbols = table_symbols(table);
	if (!*ret_symbols || kimg_symbols_are_all(*ret_symbols))
		return *ret_symbols ? kimg_symbols_at(*ret_symbols, address) : NULL;
	if (table->near_count == NEAR_MAX) {
		error = read_again(symbols, table, true);
		*ret_symbols = table_symbols(table);
	} else {
		error = kimg_symbols_open(table->path, &options, ret_symbols);
		if (!error)
			table->near[table->near_count++] = *ret_symbols;
	}
	kimg_error_free(error);
	return error ? NULL : kimg_symbols_at(*ret_symbols, address);
}

static struct kimg_error *table_new(const char *path, struct oops_table **ret_table)
{
	struct oops_table *table = calloc(1, sizeof(*table));

	if (table)
		table->path = strdup(path);
	if (!table || !table->path) {
		free(table);
		return error_nomem();
	}
	*ret_table = table;
	return NULL;
}

static struct kimg_error *add_table(struct kimg_oops_symbols *symbols, const char *path,
				    struct oops_table **ret_table)
{
	struct oops_table *table = NULL;
	struct kimg_error *error = NULL;

	*ret_table = NULL;
	make_room(symbols, false, TABLES_MAX - 1);
	if (symbols->table_count == TABLES_MAX)
		return NULL;
	TRY(table_new(path, &table));
	if (!can_wait(symbols, path))
		error = read_table(symbols, table);
	if (error) {
		table_free(table);
		return error;
	}
	table->used = symbols->serial;
	symbols->tables[symbols->table_count++] = table;
	make_room(symbols, true, KERNEL_TABLES_MAX);
	*ret_table = table;
	return NULL;
}

struct kimg_error *table_get(struct kimg_oops_symbols *symbols, const char *path,
			     struct oops_table **ret_table)
{
	struct stat st;

	*ret_table = NULL;
	for (size_t i = 0; i < symbols->table_count; i++) {
		if (strcmp(symbols->tables[i]->path, path) == 0) {
			*ret_table = symbols->tables[i];
			return bring_up_to_date(symbols, *ret_table);
		}
	}
	if (strcmp(path, "-") != 0 && (stat(path, &st) < 0 || S_ISDIR(st.st_mode)))
		return NULL;
	return add_table(symbols, path, ret_table);
}

/* /proc/modules; false where it is not told. */
static bool read_modules(const struct kimg_oops_symbols *symbols, struct blob *ret_modules)
{
	cleanup_buf struct buf path = { 0 };
	struct kimg_error *error;

	buf_printf(&path, "%s/proc/modules", symbols_roots(symbols)[0]);
	if (path.failed)
		return false;
	error = blob_open(ret_modules, path.p, &symbols->options.limits);
	kimg_error_free(error);
	return !error;
}

static struct kimg_error *read_running(struct kimg_oops_symbols *symbols,
				       struct oops_table **ret_table)
{
	const struct kimg_symbols_options options = { .limits = symbols->options.limits };
	struct oops_table *table = NULL;
	struct kimg_error *error;

	TRY(table_new("/proc/kallsyms", &table));
	error = kimg_map_side_of_running(symbols->options.roots, &options, &table->side);
	if (!error && !table->side->symbols) {
		error = table->side->error;
		table->side->error = NULL;
		kimg_map_side_free(table->side);
		table->side = NULL;
	}
	if (error)
		error = keep_problem(table, error);
	if (error) {
		table_free(table);
		return error;
	}
	*ret_table = table;
	return NULL;
}

/* The old one goes before the new one is read, as each takes some 20 MB. */
struct kimg_error *table_get_running(struct kimg_oops_symbols *symbols,
				     struct oops_table **ret_table)
{
	cleanup_blob struct blob modules = { 0 };
	bool told = read_modules(symbols, &modules);
	struct kimg_error *error = NULL;
	uint64_t hash;

	hash = hash_span(0, blob_span(&modules));
	*ret_table = symbols->running;
	if (symbols->running && told && hash == symbols->running_modules)
		return NULL;
	*ret_table = NULL;
	if (told)
		error = left_keep(&symbols->left, table_symbols(symbols->running),
				  blob_span(&modules));
	table_free(symbols->running);
	symbols->running = NULL;
	symbols->running_modules = hash;
	TRY(error);
	TRY(read_running(symbols, &symbols->running));
	*ret_table = symbols->running;
	return NULL;
}

struct kimg_symbols *table_symbols(const struct oops_table *table)
{
	return table && table->side ? table->side->symbols : NULL;
}

/*
 * An image that is no ELF file has no debug information in it, and what else there is goes by its build-id, which was
 * read along with its symbols: it is not decoded once more.
 */
static struct kimg_error *open_own(struct oops_table *table,
				   const struct kimg_source_options *options)
{
	const struct kimg_map_side *side = table->side;

	if (!side->symbols->image || elf_is(side->symbols->file))
		return kimg_source_open(table->path, options, &table->source);
	if (!side->build_id_size)
		return NULL;
	return kimg_source_open_build_id(side->build_id, side->build_id_size, options,
					 &table->source);
}

/* Those of the file itself, or of one that belongs to it; else debuginfod may have it. */
static struct kimg_error *open_source(struct kimg_oops_symbols *symbols, struct oops_table *table,
				      struct report *report)
{
	const struct kimg_source_options options = {
		.limits = symbols->options.limits,
		.roots = symbols->options.roots,
	};
	struct span id = span_of(table->side->build_id, table->side->build_id_size);
	cleanup_free char *path = NULL;
	struct kimg_error *error = open_own(table, &options);

	if (table->source || (error && kimg_error_code(error) != KIMG_E_NOT_FOUND))
		return error;
	kimg_error_free(error);
	TRY(debuginfod_ask(symbols, report, id, &path));
	return path ? kimg_source_open(path, &options, &table->source) : NULL;
}

struct kimg_source *table_source(struct kimg_oops_symbols *symbols, struct oops_table *table,
				 struct report *report)
{
	struct kimg_error *error;
	char text[512];

	if (table->source_tried || symbols->options.no_source || !table->side)
		return table->source;
	table->source_tried = true;
	switch (kimg_symbols_source(table->side->symbols)) {
	case KIMG_SYMBOLS_MAP:
	case KIMG_SYMBOLS_PROC_KALLSYMS:
	case KIMG_SYMBOLS_PROC_KSYMS:
		return NULL;
	default:
		break;
	}
	error = open_source(symbols, table, report);
	if (error && kimg_error_code(error) != KIMG_E_NOT_FOUND) {
		kimg_error_format(error, text, sizeof(text));
		report_note(report, "no source lines: %s", text);
	}
	kimg_error_free(error);
	return table->source;
}

static bool keep_first(void *context, const struct kimg_symbol *symbol)
{
	const struct kimg_symbol **first = context;

	*first = symbol;
	return false;
}

bool table_address(const struct oops_table *table, const char *name, uint64_t *ret_address)
{
	const struct kimg_symbol *symbol = NULL;

	kimg_symbols_named(table_symbols(table), name, strlen(name), keep_first, &symbol);
	if (!symbol || !symbol_is_called(symbol, span_of(name, strlen(name))))
		return false;
	*ret_address = symbol->address;
	return true;
}
