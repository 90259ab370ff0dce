/* SPDX-License-Identifier: GPL-2.0-or-later */
/* kimg size FILE: totals, sections, regions, the largest symbols. */
#include <inttypes.h>
#include <string.h>

#include "cmd/size.h"

enum { DEFAULT_COUNT = 20, NUMBER_WIDTH = -10, ADDRESS_WIDTH = -18 };

static uint64_t sum(const struct kimg_size_totals *totals)
{
	uint64_t all = totals->text;

	if (__builtin_add_overflow(all, totals->data, &all) ||
	    __builtin_add_overflow(all, totals->bss, &all))
		return UINT64_MAX;
	return all;
}

static void heading(struct out *out, int width, const char *text)
{
	out_width(out, width);
	out_print(out, OUT_FAINT, "%s", text);
}

static void number(struct out *out, const char *key, uint64_t value)
{
	out_width(out, NUMBER_WIDTH);
	out_number(out, key, OUT_PLAIN, value);
}

static void address(struct out *out, uint64_t value)
{
	out_width(out, ADDRESS_WIDTH);
	out_hex(out, "address", OUT_PLAIN, value);
}

static struct span words(const char *text)
{
	return span_of(text, strlen(text));
}

/* ---- totals ---- */

static void show_totals(struct out *out, const struct kimg_size_totals *totals)
{
	static const char *const names[] = { "text", "data", "bss", "total" };

	out_row(out);
	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		heading(out, NUMBER_WIDTH, names[i]);
	out_row_end(out);
	out_row(out);
	out_object(out, "totals");
	number(out, "text", totals->text);
	number(out, "data", totals->data);
	number(out, "bss", totals->bss);
	number(out, "total", sum(totals));
	out_close(out);
	out_row_end(out);
}

/* ---- sections ---- */

static void show_section(struct out *out, const struct kimg_size_section *section, uint64_t whole)
{
	bool loaded = section->kind != KIMG_SIZE_UNLOADED;

	out_object(out, NULL);
	out_row(out);
	number(out, "size", section->size);
	if (loaded)
		size_share(out, section->size, whole);
	else
		heading(out, -7, "-");
	address(out, section->address);
	out_width(out, 8);
	out_string(out, "kind", OUT_FAINT, kimg_size_kind_name(section->kind));
	out_text(out, "name", OUT_NAME, words(section->name));
	out_row_end(out);
	out_close(out);
}

static void show_sections(struct out *out, const struct kimg_size *size, uint64_t whole)
{
	size_t n;
	const struct kimg_size_section *sections = kimg_size_sections(size, &n);

	if (!n)
		return;
	out_space(out);
	out_row(out);
	heading(out, NUMBER_WIDTH, "size");
	heading(out, -7, "share");
	heading(out, ADDRESS_WIDTH, "address");
	heading(out, 8, "kind");
	heading(out, 0, "section");
	out_row_end(out);
	out_array(out, "sections");
	for (size_t i = 0; i < n; i++)
		show_section(out, &sections[i], whole);
	out_close(out);
}

/* ---- regions ---- */

static void show_region(struct out *out, const struct kimg_size_region *region)
{
	out_object(out, NULL);
	out_row(out);
	number(out, "size", region->size);
	address(out, region->address);
	out_width(out, 24);
	out_string(out, "name", OUT_NAME, region->name);
	out_print(out, OUT_FAINT, "%s to %s", region->first, region->last);
	out_string(out, "first", OUT_DATA, region->first);
	out_string(out, "last", OUT_DATA, region->last);
	out_row_end(out);
	out_close(out);
}

static struct kimg_error *show_regions(struct out *out, struct kimg_size *size)
{
	const struct kimg_size_region *regions;
	struct kimg_error *error;
	size_t n;

	error = kimg_size_regions(size, &regions, &n);
	if (error || !n)
		return error;
	out_space(out);
	out_row(out);
	heading(out, NUMBER_WIDTH, "size");
	heading(out, ADDRESS_WIDTH, "address");
	heading(out, 0, "region");
	out_row_end(out);
	out_array(out, "regions");
	for (size_t i = 0; i < n; i++)
		show_region(out, &regions[i]);
	out_close(out);
	return NULL;
}

/* ---- symbols ---- */

static void show_symbol(struct out *out, const struct kimg_symbols *symbols,
			const struct kimg_size_symbol *s)
{
	const char *section = kimg_symbols_section_name(symbols, s->symbol->section);
	const char *module = kimg_symbols_module_name(symbols, s->symbol->module);

	out_object(out, NULL);
	out_row(out);
	number(out, "size", s->size);
	out_gap(out, 0);
	out_print(out, OUT_FAINT, "%s", s->measured ? "~" : " ");
	out_bool(out, "measured", OUT_DATA, s->measured);
	out_gap(out, 1);
	address(out, s->symbol->address);
	out_text(out, "type", OUT_PLAIN, span_of(&s->symbol->type, 1));
	out_text(out, "name", OUT_NAME, span_of(s->symbol->name, s->symbol->name_size));
	if (section)
		out_text(out, "section", OUT_FAINT, words(section));
	if (module)
		out_text(out, "module", OUT_FAINT, words(module));
	out_row_end(out);
	out_close(out);
}

static struct kimg_error *show_symbols(struct out *out, const struct size_options *o,
				       struct kimg_size *size)
{
	const struct kimg_size_symbol *symbols;
	struct kimg_symbols *table;
	struct kimg_error *error;
	uint64_t most = o->has_count ? o->count : DEFAULT_COUNT;
	size_t n;

	error = kimg_size_symbols(size, &table);
	if (!error)
		error = kimg_size_ranking(size, &symbols, &n);
	if (error || !n)
		return error;
	out_number(out, "symbol_count", OUT_DATA, n);
	out_space(out);
	out_row(out);
	heading(out, NUMBER_WIDTH, "size");
	heading(out, ADDRESS_WIDTH, "address");
	heading(out, 0, "symbol");
	out_row_end(out);
	out_array(out, "symbols");
	for (size_t i = 0; i < n && i < most; i++)
		show_symbol(out, table, &symbols[i]);
	out_close(out);
	return NULL;
}

/* ---- all of it ---- */

static bool is_sound(const struct kimg_size *size)
{
	for (const struct kimg_note *note = kimg_size_notes(size); note; note = note->next)
		if (note->bad)
			return false;
	return true;
}

int size_show(struct cli *cli, struct out *out, const struct size_options *o,
	      struct kimg_size *size)
{
	const char *file = cli->operands[0];
	struct kimg_size_totals totals;
	struct kimg_error *error = NULL;
	uint64_t whole = 0;

	out_text(out, "file", OUT_DATA, words(file));
	size_notes(cli, out, "notes", file, size);
	if (kimg_size_totals(size, &totals)) {
		whole = sum(&totals);
		if (o->show & SIZE_SHOW_TOTALS)
			show_totals(out, &totals);
	}
	if (o->show & SIZE_SHOW_SECTIONS)
		show_sections(out, size, whole);
	if (o->show & SIZE_SHOW_REGIONS)
		error = show_regions(out, size);
	if (!error && o->show & SIZE_SHOW_SYMBOLS)
		error = show_symbols(out, o, size);
	if (!error && (o->show & SIZE_SHOW_FOLDERS || o->html || o->svg))
		error = size_show_tree(cli, out, o, size);
	if (!error && o->compressed)
		error = size_show_compressed(out, o, size, NULL);
	if (error)
		return report(cli, error);
	return is_sound(size) ? STATUS_YES : STATUS_NO;
}
