/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Source lines in what kimg sym prints. Debug information is opened when the first code needs it. */
#include "cmd/sym_source.h"

#include <stdlib.h>

#include "base/error.h"
#include "cli/term.h"

#define FRAME_INDENT 4

/* Symbols are printed without lines all the same; one remark says why. */
static void tell(struct sym_sources *sources, struct kimg_error *error)
{
	char text[512];

	kimg_error_format(error, text, sizeof(text));
	kimg_error_free(error);
	if (!sources->told)
		remark(sources->cli, "no source lines: %s", text);
	sources->told = true;
}

/* NULL where there is no debug information, which is no error. */
static struct kimg_source *open_source(struct sym_sources *sources, struct sym_source *source)
{
	struct kimg_error *error;

	if (source->opened || !source->file)
		return source->source;
	source->opened = true;
	error = kimg_source_open(source->file, &sources->options, &source->source);
	if (error && kimg_error_code(error) == KIMG_E_NOT_FOUND)
		kimg_error_free(error);
	else if (error)
		tell(sources, error);
	return source->source;
}

static bool is_code(const struct kimg_symbol *symbol)
{
	return symbol->type && strchr("tTwWi", symbol->type) &&
	       !(symbol->flags & KIMG_SYMBOL_HIDDEN);
}

/* The address in the debug information. Modules have none before they are loaded, but sections. */
static bool find_address(const struct sym_sources *sources, const struct kimg_source *source,
			 const struct sym_match *match, uint64_t *ret_address)
{
	const struct kimg_symbols *table = match->table;
	unsigned int section = match->symbol->section;
	const char *name = kimg_symbols_section_name(table, section);
	uint64_t start;

	if (kimg_symbols_source(table) != KIMG_SYMBOLS_MODULE) {
		*ret_address = match->address - sources->shift;
		return true;
	}
	return name && kimg_symbols_section_address(table, section, &start) &&
	       kimg_source_section_address(source, name, match->address - start, ret_address);
}

static bool keep_frame(void *context, const struct kimg_source_frame *frame)
{
	struct sym_frames *frames = context;

	frames->all[frames->count++] = *frame;
	return frames->count < SYM_FRAMES_MAX;
}

static struct sym_source *source_of(struct sym_sources *sources, const struct sym_match *match)
{
	for (size_t i = 0; i < sources->tables->count && sources->all; i++)
		if (sources->tables->all[i] == match->table)
			return &sources->all[i];
	return NULL;
}

const struct sym_frames *sym_frames_of(struct sym_sources *sources, const struct sym_match *match)
{
	struct sym_source *source = is_code(match->symbol) ? source_of(sources, match) : NULL;
	struct kimg_source *lines = source ? open_source(sources, source) : NULL;
	struct kimg_error *error;
	uint64_t address;

	sources->frames.count = 0;
	if (!lines || !find_address(sources, lines, match, &address))
		return &sources->frames;
	error = kimg_source_at(lines, address, keep_frame, &sources->frames, NULL);
	if (error) {
		sources->frames.count = 0;
		tell(sources, error);
	}
	return &sources->frames;
}

/* ---- printing ---- */

static void show_data(struct out *out, const char *key, const char *text)
{
	if (text)
		out_text(out, key, OUT_DATA, span_of(text, strlen(text)));
	else
		out_null(out, key, OUT_DATA, "");
}

static void number_or_null(struct out *out, const char *key, uint32_t number)
{
	if (number)
		out_number(out, key, OUT_DATA, number);
	else
		out_null(out, key, OUT_DATA, "");
}

static void show_facts(struct out *out, const struct kimg_source_frame *frame)
{
	out_object(out, NULL);
	show_data(out, "function", frame->function);
	show_data(out, "linkage_name", frame->linkage_name);
	show_data(out, "file", frame->file);
	number_or_null(out, "line", frame->line);
	number_or_null(out, "column", frame->column);
	out_bool(out, "inlined", OUT_DATA, frame->inlined);
	out_close(out);
}

/* "at fs/read_write.c:123" */
static void show_place(struct out *out, const struct kimg_source_frame *frame)
{
	if (!frame->file)
		return;
	out_print(out, OUT_PLAIN, "at");
	out_gap(out, 1);
	out_text(out, NULL, OUT_NAME, span_of(frame->file, strlen(frame->file)));
	if (!frame->line)
		return;
	out_gap(out, 0);
	out_print(out, OUT_NAME, ":%u", frame->line);
}

/* "    (inlined by) vfs_write at fs/read_write.c:123" */
static void show_line(struct out *out, const struct kimg_source_frame *frame, bool is_first)
{
	const char *function = frame->function ? frame->function : "??";

	out_row(out);
	if (!is_first) {
		out_print(out, OUT_FAINT, "(inlined by)");
		out_gap(out, 1);
	}
	out_text(out, NULL, OUT_PLAIN, span_of(function, strlen(function)));
	out_gap(out, 1);
	show_place(out, frame);
	out_row_end(out);
}

void sym_show_frames(struct out *out, const struct sym_frames *frames)
{
	out_array(out, "source");
	for (size_t i = 0; i < frames->count; i++)
		show_facts(out, &frames->all[i]);
	out_close(out);
	if (frames->count == 1)
		show_place(out, &frames->all[0]);
	out_row_end(out);
	if (frames->count < 2)
		return;
	out_block(out, FRAME_INDENT);
	for (size_t i = 0; i < frames->count; i++)
		show_line(out, &frames->all[i], i == 0);
	out_block_end(out);
}

void sym_sources_done(struct sym_sources *sources)
{
	for (size_t i = 0; i < sources->tables->count && sources->all; i++)
		kimg_source_free(sources->all[i].source);
	free(sources->all);
}
