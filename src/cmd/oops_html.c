/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reports as a page of HTML that needs nothing but itself: no scripts, no pictures, and a policy that forbids to load
 * any. Every text of the log is escaped, so that none can become markup.
 */
#include <inttypes.h>
#include <string.h>
#include <strings.h>

#include "base/escape.h"
#include "cmd/oops.h"
#include "cmd/oops_page.h"

static void text(struct buf *page, const char *value)
{
	escape_xml(page, oops_span(value));
}

/* A line of a log, whose tabs and backslashes stay. */
static void log_text(struct buf *page, const char *value)
{
	cleanup_buf struct buf line = { 0 };

	escape_log(&line, oops_span(value));
	if (line.failed)
		page->failed = true;
	escape_markup(page, buf_span(&line));
}

/* ---- facts ---- */

static void begin_fact(struct buf *page, const char *name)
{
	buf_printf(page, "<dt>%s</dt><dd>", name);
}

static void fact(struct buf *page, const char *name, const char *value)
{
	if (!value || !*value)
		return;
	begin_fact(page, name);
	text(page, value);
	buf_puts(page, "</dd>\n");
}

static void hex_fact(struct buf *page, const char *name, bool known, uint64_t value,
		     const char *remark)
{
	if (!known)
		return;
	begin_fact(page, name);
	buf_printf(page, "<code>0x%" PRIx64 "</code>%s</dd>\n", value, remark);
}

static void add_taint(struct buf *page, const struct kimg_oops *oops)
{
	struct kimg_oops_taint taint;

	if (!oops->taint_bits)
		return;
	begin_fact(page, "tainted");
	for (unsigned int bit = 0; bit < 64; bit++) {
		if (!(oops->taint_bits >> bit & 1) || !kimg_oops_taint(bit, &taint))
			continue;
		buf_printf(page, "<b>%c</b> ", taint.letter);
		text(page, taint.meaning);
		buf_puts(page, "<br/>");
	}
	buf_puts(page, "</dd>\n");
}

static void add_choices(struct buf *page, const struct kimg_oops *oops)
{
	for (size_t i = 0; i < oops->choice_count; i++) {
		const struct kimg_oops_choice *choice = &oops->choices[i];
		cleanup_buf struct buf words = { 0 };

		oops_name_choice(&words, choice);
		begin_fact(page, i ? "" : "symbols");
		text(page, words.p);
		if (oops_warning(choice)) {
			buf_puts(page,
				 choice->differs ? "<div class=\"loud\">" : "<div class=\"dim\">");
			text(page, choice->message);
			buf_puts(page, "</div>");
		}
		buf_puts(page, "</dd>\n");
	}
}

static void add_modules(struct buf *page, const struct kimg_oops *oops)
{
	if (oops->module_count == 0)
		return;
	begin_fact(page, "modules");
	for (size_t i = 0; i < oops->module_count; i++) {
		const struct kimg_oops_module *module = &oops->modules[i];

		buf_puts(page, i ? " " : "");
		text(page, module->name);
		if (module->flags) {
			buf_puts(page, "<span class=\"dim\">(");
			text(page, module->flags);
			buf_puts(page, ")</span>");
		}
	}
	buf_puts(page, "</dd>\n");
}

static void add_time(struct buf *page, const struct kimg_oops *oops)
{
	if (!oops->has_time)
		return;
	begin_fact(page, "time");
	buf_printf(page, "%" PRIu64 ".%06" PRIu64 " s since boot</dd>\n", oops->time / 1000000,
		   oops->time % 1000000);
}

static void add_facts(struct buf *page, const struct kimg_oops *oops)
{
	cleanup_buf struct buf where = { 0 };

	oops_name_circumstances(&where, oops);
	buf_puts(page, "<dl>\n");
	fact(page, "message", oops->message);
	fact(page, "kind", kimg_oops_kind_name(oops->kind));
	fact(page, "signature", oops->signature);
	add_time(page, oops);
	fact(page, "where", where.p);
	if (oops->file) {
		begin_fact(page, "said by");
		text(page, oops->file);
		buf_printf(page, ":%" PRIu32 "</dd>\n", oops->file_line);
	}
	hex_fact(page, "address", oops->has_fault_address, oops->fault_address, "");
	fact(page, "version", oops->version);
	fact(page, "hardware", oops->hardware);
	hex_fact(page, "KASLR", oops->has_kernel_offset, oops->kernel_offset,
		 oops->offset_solved ? " (solved)" : "");
	add_taint(page, oops);
	add_modules(page, oops);
	add_choices(page, oops);
	for (size_t i = 0; i < oops->note_count; i++)
		fact(page, "note", oops->notes[i]);
	buf_puts(page, "</dl>\n");
	if (oops->corrupted)
		buf_puts(page, "<p class=\"loud\">Lines of this report are damaged or mixed with "
			       "others.</p>\n");
	if (oops->truncated)
		buf_puts(page, "<p class=\"loud\">The end of this report is missing.</p>\n");
}

/* ---- frames ---- */

static void add_row(struct buf *page, const char *class, const char *mark, const char *name,
		    const struct kimg_oops_source *source, const char *remark)
{
	cleanup_buf struct buf where = { 0 };

	if (source)
		oops_name_source(&where, source);
	buf_printf(page, "<tr class=\"%s\"><td class=\"mark\">", class);
	text(page, mark);
	buf_puts(page, "</td><td class=\"name\">");
	text(page, name);
	if (remark)
		buf_printf(page, " <i>%s</i>", remark);
	buf_puts(page, "</td><td class=\"source\">");
	text(page, where.p);
	buf_puts(page, "</td></tr>\n");
}

static void add_place(struct buf *page, const char *mark, const struct kimg_oops_frame *frame,
		      const struct kimg_oops_place *place, const char *remark)
{
	const char *class = frame->unreliable ? "doubt" : frame->exact ? "pc" : "frame";
	cleanup_buf struct buf name = { 0 };
	size_t count = place ? place->source_count : 0;

	for (size_t i = 0; i + 1 < count; i++)
		add_row(page, frame->unreliable ? "inlined doubt" : "inlined", "",
			place->source[i].function, &place->source[i], "inlined");
	if (place && (!frame->symbol || oops_place_count(frame) > 1))
		oops_name_place(&name, place);
	else
		oops_name_frame(&name, frame);
	add_row(page, class, mark, name.p, count ? &place->source[count - 1] : NULL, remark);
}

static void add_frame(struct buf *page, const char *mark, const struct kimg_oops_frame *frame)
{
	const char *remark = frame->inserted ? OOPS_INSERTED : oops_doubt(frame);
	size_t count = oops_place_count(frame);

	if (frame->unreliable)
		mark = "?";
	if (count == 0)
		add_place(page, mark, frame, NULL, remark);
	for (size_t i = 0; i < count; i++)
		add_place(page, mark, frame, &frame->places[i], i ? "or" : remark);
}

static void add_frames(struct buf *page, const struct kimg_oops_block *block)
{
	const char *context = NULL;

	if (!block->has_pc && !block->has_link && !block->frame_count)
		return;
	buf_puts(page, "<table class=\"trace\">\n");
	if (block->has_pc)
		add_frame(page, "pc", &block->pc);
	if (block->has_link)
		add_frame(page, "link", &block->link);
	for (size_t i = 0; i < block->frame_count; i++) {
		const struct kimg_oops_frame *frame = &block->frames[i];
		bool other = frame->context && (!context || strcmp(context, frame->context) != 0);

		add_frame(page, frame->inserted ? "+" : other ? frame->context : "", frame);
		context = frame->context;
	}
	buf_puts(page, "</table>\n");
}

/* ---- code and registers ---- */

static void add_instruction(struct buf *page, const struct kimg_oops *oops,
			    const struct kimg_oops_block *block,
			    const struct kimg_oops_instruction *instruction)
{
	const struct kimg_oops_code *code = &block->code;
	bool trapped = code->has_trap && instruction->offset == code->trap;
	cleanup_buf struct buf place = { 0 };

	oops_name_instruction(&place, block, instruction);
	buf_printf(page, "<tr%s><td class=\"mark\">%s</td><td class=\"dim\">",
		   trapped ? " class=\"trap\"" : "", trapped ? "&#8594;" : "");
	text(page, place.p);
	buf_puts(page, "</td><td class=\"dim\">");
	oops_name_bytes(page, oops, code, instruction, instruction->size);
	buf_puts(page, "</td><td>");
	text(page, instruction->text ? instruction->text : "...");
	if (instruction->target) {
		buf_puts(page, " <b>&lt;");
		text(page, instruction->target);
		buf_puts(page, "&gt;</b>");
	}
	buf_puts(page, "</td></tr>\n");
}

static void add_code(struct buf *page, const struct kimg_oops *oops,
		     const struct kimg_oops_block *block)
{
	const struct kimg_oops_code *code = &block->code;
	const char *problem = code->problem ? code->problem : code->no_instructions;

	if (!block->has_code)
		return;
	buf_puts(page, "<h3>Code</h3>\n");
	if (code->instruction_count) {
		buf_puts(page, "<table class=\"code\">\n");
		for (size_t i = 0; i < code->instruction_count; i++)
			if (!oops_is_outside(block, &code->instructions[i]))
				add_instruction(page, oops, block, &code->instructions[i]);
		buf_puts(page, "</table>\n");
	}
	if (problem) {
		buf_puts(page, "<p class=\"dim\">");
		text(page, problem);
		buf_puts(page, "</p>\n");
	}
}

static void add_registers(struct buf *page, const struct kimg_oops_block *block)
{
	if (!block->register_count)
		return;
	buf_puts(page, "<h3>Registers</h3>\n<ul class=\"registers\">\n");
	for (size_t i = 0; i < block->register_count; i++) {
		const struct kimg_oops_register *reg = &block->registers[i];
		cleanup_buf struct buf name = { 0 };

		buf_puts(page, "<li><span class=\"dim\">");
		text(page, reg->name);
		buf_printf(page, "</span> %0*" PRIx64, (int)reg->bits / 4, reg->value);
		if (reg->place) {
			oops_name_place(&name, reg->place);
			buf_puts(page, " <b>");
			text(page, name.p);
			buf_puts(page, "</b>");
		}
		buf_puts(page, "</li>\n");
	}
	buf_puts(page, "</ul>\n");
}

static void add_block(struct buf *page, const struct kimg_oops *oops,
		      const struct kimg_oops_block *block)
{
	/* "Call Trace" is what every block has */
	bool named = block->title && strncasecmp(block->title, "call trace", 10) != 0;

	if (named || block->comm || block->pid >= 0) {
		buf_puts(page, "<h3>");
		text(page, named ? block->title : "Task");
		buf_putc(page, ' ');
		text(page, block->comm);
		if (block->pid >= 0)
			buf_printf(page, "[%" PRId64 "]", block->pid);
		if (block->cpu >= 0)
			buf_printf(page, " CPU %" PRId64, block->cpu);
		buf_puts(page, "</h3>\n");
	}
	add_frames(page, block);
	add_code(page, oops, block);
	add_registers(page, block);
}

/* ---- the page ---- */

static void add_log(struct buf *page, const struct kimg_oops *oops)
{
	buf_printf(page, "<details><summary>The log, %zu lines</summary><pre>", oops->line_count);
	for (size_t i = 0; i < oops->line_count; i++) {
		log_text(page, oops->lines[i].text);
		buf_putc(page, '\n');
	}
	buf_puts(page, "</pre></details>\n");
}

static const char *title_of(const struct kimg_oops *oops)
{
	return oops->title ? oops->title : oops->message;
}

static void add_contents(struct oops_page *page, const struct kimg_oops *oops)
{
	struct buf *list = &page->contents;

	buf_printf(list, "<li><a href=\"#r%" PRIu64 "\">", page->reports);
	text(list, title_of(oops));
	buf_printf(list, "</a> <span class=\"dim\">%s</span></li>\n",
		   kimg_oops_kind_name(oops->kind));
}

void oops_page_add(struct oops_page *page, const struct kimg_oops *oops, const char *file)
{
	struct buf *body = &page->body;

	page->reports++;
	add_contents(page, oops);
	buf_printf(body, "<article id=\"r%" PRIu64 "\">\n<h2><span class=\"dim\">", page->reports);
	if (file) {
		text(body, file);
		buf_putc(body, ' ');
	}
	buf_printf(body, "#%" PRIu64 "</span> ", oops->number);
	text(body, title_of(oops));
	buf_puts(body, "</h2>\n");
	add_facts(body, oops);
	for (size_t i = 0; i < oops->block_count; i++)
		if (!oops->blocks[i].user && !oops_is_again(oops, &oops->blocks[i]))
			add_block(body, oops, &oops->blocks[i]);
	add_log(body, oops);
	buf_puts(body, "</article>\n");
}

void oops_page_finish(struct oops_page *page, struct buf *out)
{
	buf_puts(out, "<!DOCTYPE html>\n<html xmlns=\"http://www.w3.org/1999/xhtml\" "
		      "lang=\"en\">\n<head>\n<meta charset=\"utf-8\"/>\n"
		      "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
		      "style-src 'unsafe-inline'\"/>\n"
		      "<meta name=\"viewport\" content=\"width=device-width, "
		      "initial-scale=1\"/>\n"
		      "<meta name=\"color-scheme\" content=\"light dark\"/>\n");
	buf_printf(out, "<title>%" PRIu64 " %s of the kernel</title>\n<style>\n", page->reports,
		   page->reports == 1 ? "report" : "reports");
	buf_puts(out, page_style);
	buf_puts(out, "</style>\n</head>\n<body>\n");
	if (page->reports > 1) {
		buf_puts(out, "<nav><ol>\n");
		buf_add(out, page->contents.p, page->contents.n);
		buf_puts(out, "</ol></nav>\n");
	}
	if (page->reports == 0)
		buf_puts(out, "<p>There is no report of the kernel in this log.</p>\n");
	buf_add(out, page->body.p, page->body.n);
	buf_puts(out, "</body>\n</html>\n");
	if (page->body.failed || page->contents.failed)
		out->failed = true;
}

void oops_page_done(struct oops_page *page)
{
	buf_done(&page->contents);
	buf_done(&page->body);
}
