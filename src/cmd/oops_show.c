/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A report for people, without the log around it. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/escape.h"
#include "cmd/oops.h"

enum { LABEL_WIDTH = 11, FRAME_WIDTH = 44, REGISTERS_IN_ROW = 4 };

/* ---- titles ---- */

static const char *title_of(const struct kimg_oops *oops)
{
	return oops->title ? oops->title : oops->message;
}

static void show_time(struct out *out, const struct kimg_oops *oops, int width)
{
	char text[32] = "-";

	if (oops->has_time)
		snprintf(text, sizeof(text), "%" PRIu64 ".%06" PRIu64, oops->time / 1000000,
			 oops->time % 1000000);
	out_width(out, width);
	out_string(out, NULL, OUT_FAINT, text);
}

void oops_show_title(struct out *out, const struct kimg_oops *oops, const char *file)
{
	out_row(out);
	if (file) {
		out_text(out, NULL, OUT_NAME, oops_span(file));
		out_gap(out, 0);
		out_string(out, NULL, OUT_PLAIN, ":");
		out_gap(out, 1);
	}
	out_width(out, -4);
	out_number(out, NULL, OUT_STRONG, oops->number);
	show_time(out, oops, -14);
	out_width(out, 18);
	out_string(out, NULL, OUT_PLAIN, kimg_oops_kind_name(oops->kind));
	out_width(out, 16);
	out_text(out, NULL, OUT_FAINT,
		 oops->signature ? oops_span(oops->signature) : SPAN_LITERAL("-"));
	out_text(out, NULL, OUT_STRONG, oops_span(title_of(oops)));
	out_row_end(out);
}

/* ---- facts ---- */

static void label(struct out *out, const char *name)
{
	out_row(out);
	out_width(out, LABEL_WIDTH);
	out_string(out, NULL, OUT_FAINT, name);
	out_gap(out, 1);
}

static void fact(struct out *out, const char *name, enum out_style style, const char *text)
{
	if (!text || !*text)
		return;
	label(out, name);
	out_text(out, NULL, style, oops_span(text));
	out_row_end(out);
}

static void hex_fact(struct out *out, const char *name, bool known, uint64_t value,
		     const char *remark)
{
	if (!known)
		return;
	label(out, name);
	out_hex(out, NULL, OUT_PLAIN, value);
	out_string(out, NULL, OUT_FAINT, remark);
	out_row_end(out);
}

static void show_place_of_fault(struct out *out, const struct kimg_oops *oops)
{
	if (!oops->file)
		return;
	label(out, "said by");
	out_text(out, NULL, OUT_NAME, oops_span(oops->file));
	out_gap(out, 0);
	if (oops->file_line)
		out_print(out, OUT_NAME, ":%" PRIu32, oops->file_line);
	out_row_end(out);
}

static void show_taint(struct out *out, const struct kimg_oops *oops)
{
	const char *name = "tainted";
	struct kimg_oops_taint taint;

	for (unsigned int bit = 0; bit < 64; bit++) {
		if (!(oops->taint_bits >> bit & 1) || !kimg_oops_taint(bit, &taint))
			continue;
		label(out, name);
		out_text(out, NULL, OUT_STRONG, span_of(&taint.letter, 1));
		out_string(out, NULL, OUT_PLAIN, taint.meaning);
		out_row_end(out);
		name = "";
	}
}

static void show_choices(struct out *out, const struct kimg_oops *oops)
{
	for (size_t i = 0; i < oops->choice_count; i++) {
		const struct kimg_oops_choice *choice = &oops->choices[i];
		cleanup_buf struct buf text = { 0 };

		oops_name_choice(&text, choice);
		fact(out, i ? "" : "symbols", OUT_PLAIN, text.p);
		fact(out, choice->differs ? "!!" : "", choice->differs ? OUT_BAD : OUT_FAINT,
		     oops_warning(choice));
	}
}

static void show_modules(struct out *out, const struct kimg_oops *oops)
{
	cleanup_buf struct buf text = { 0 };

	for (size_t i = 0; i < oops->module_count; i++) {
		const struct kimg_oops_module *module = &oops->modules[i];

		buf_puts(&text, i ? " " : "");
		buf_puts(&text, module->name ? module->name : "?");
		if (module->flags)
			buf_printf(&text, "(%s)", module->flags);
	}
	fact(out, "modules", OUT_PLAIN, text.n ? text.p : NULL);
}

static void show_facts(struct out *out, const struct kimg_oops *oops)
{
	cleanup_buf struct buf where = { 0 };

	fact(out, "kind", OUT_PLAIN, kimg_oops_kind_name(oops->kind));
	fact(out, "signature", OUT_PLAIN, oops->signature);
	if (oops->has_time) {
		label(out, "time");
		show_time(out, oops, 0);
		out_row_end(out);
	}
	fact(out, "message", OUT_PLAIN, oops->message);
	show_place_of_fault(out, oops);
	hex_fact(out, "address", oops->has_fault_address, oops->fault_address, NULL);
	oops_name_circumstances(&where, oops);
	fact(out, "where", OUT_PLAIN, where.n ? where.p : NULL);
	fact(out, "version", OUT_PLAIN, oops->version);
	fact(out, "hardware", OUT_PLAIN, oops->hardware);
	fact(out, "build-id", OUT_PLAIN, oops->build_id);
	hex_fact(out, "KASLR", oops->has_kernel_offset, oops->kernel_offset,
		 oops->offset_solved ? "(solved)" : NULL);
	show_taint(out, oops);
	show_modules(out, oops);
	show_choices(out, oops);
	if (oops->line_count) {
		label(out, "lines");
		out_print(out, OUT_PLAIN, "%" PRIu64 " to %" PRIu64, oops->lines[0].number,
			  oops->lines[oops->line_count - 1].number);
		out_row_end(out);
	}
	for (size_t i = 0; i < oops->note_count; i++)
		fact(out, "note", OUT_PLAIN, oops->notes[i]);
	if (oops->corrupted)
		fact(out, "!!", OUT_BAD, "lines of this report are damaged or mixed with others");
	if (oops->truncated)
		fact(out, "!!", OUT_BAD, "the end of this report is missing");
}

/* ---- blocks ---- */

static void show_source(struct out *out, const struct kimg_oops_source *source, bool faint)
{
	cleanup_buf struct buf text = { 0 };

	oops_name_source(&text, source);
	out_text(out, NULL, faint ? OUT_FAINT : OUT_NAME, buf_span(&text));
}

/* All functions but for the outermost one, which stands beside the name of the frame. */
static void show_inlined(struct out *out, const struct kimg_oops_frame *frame,
			 const struct kimg_oops_place *place)
{
	for (size_t i = 0; i + 1 < place->source_count; i++) {
		const struct kimg_oops_source *source = &place->source[i];

		out_row(out);
		out_string(out, NULL, OUT_FAINT, "       ");
		out_gap(out, 0);
		out_width(out, FRAME_WIDTH);
		out_text(out, NULL, frame->unreliable ? OUT_FAINT : OUT_PLAIN,
			 oops_span(source->function));
		show_source(out, source, frame->unreliable);
		out_string(out, NULL, OUT_FAINT, "(inlined)");
		out_row_end(out);
	}
}

static void show_name(struct out *out, const char *mark, const struct kimg_oops_frame *frame,
		      const struct kimg_oops_place *place, const char *doubt)
{
	cleanup_buf struct buf name = { 0 };

	if (place && (!frame->symbol || oops_place_count(frame) > 1))
		oops_name_place(&name, place);
	else
		oops_name_frame(&name, frame);
	out_row(out);
	out_width(out, 6);
	out_string(out, NULL, OUT_FAINT, mark);
	out_gap(out, 1);
	out_width(out, FRAME_WIDTH);
	out_text(out, NULL, frame->unreliable ? OUT_FAINT : OUT_STRONG, buf_span(&name));
	if (place && place->source_count)
		show_source(out, &place->source[place->source_count - 1], frame->unreliable);
	if (frame->inserted)
		out_print(out, OUT_FAINT, "(%s)", OOPS_INSERTED);
	else if (doubt)
		out_print(out, OUT_FAINT, "(%s)", doubt);
	out_row_end(out);
}

static void show_frame(struct out *out, const char *mark, const struct kimg_oops_frame *frame)
{
	const char *doubt = oops_doubt(frame);
	size_t count = oops_place_count(frame);

	if (frame->unreliable)
		mark = "?";
	if (count == 0)
		show_name(out, mark, frame, NULL, doubt);
	for (size_t i = 0; i < count; i++) {
		show_inlined(out, frame, &frame->places[i]);
		show_name(out, mark, frame, &frame->places[i], count > 1 && i ? "or" : doubt);
	}
}

static void show_frames(struct out *out, const struct kimg_oops_block *block)
{
	const char *context = NULL;

	if (block->has_pc)
		show_frame(out, "pc", &block->pc);
	if (block->has_link)
		show_frame(out, "link", &block->link);
	for (size_t i = 0; i < block->frame_count; i++) {
		const struct kimg_oops_frame *frame = &block->frames[i];
		bool other = frame->context && (!context || strcmp(context, frame->context) != 0);

		show_frame(out, frame->inserted ? "+" : other ? frame->context : "", frame);
		context = frame->context;
	}
}

static void show_register(struct out *out, const struct kimg_oops_register *reg)
{
	cleanup_buf struct buf name = { 0 };

	out_width(out, 6);
	out_text(out, NULL, OUT_FAINT, oops_span(reg->name));
	out_gap(out, 1);
	out_width(out, 16);
	out_print(out, OUT_PLAIN, "%0*" PRIx64, (int)reg->bits / 4, reg->value);
	if (!reg->place)
		return;
	oops_name_place(&name, reg->place);
	out_text(out, NULL, OUT_STRONG, buf_span(&name));
}

/* A few in a row; what points to a symbol ends its row with that. */
static void show_registers(struct out *out, const struct kimg_oops_block *block)
{
	unsigned int in_row = 0;

	for (size_t i = 0; i < block->register_count; i++) {
		if (in_row == 0)
			out_row(out);
		show_register(out, &block->registers[i]);
		if (++in_row == REGISTERS_IN_ROW || block->registers[i].place) {
			out_row_end(out);
			in_row = 0;
		}
	}
	if (in_row)
		out_row_end(out);
}

static void show_instruction(struct out *out, const struct kimg_oops_block *block,
			     const struct kimg_oops_instruction *instruction)
{
	const struct kimg_oops_code *code = &block->code;
	bool trapped = code->has_trap && instruction->offset == code->trap;
	cleanup_buf struct buf place = { 0 };

	oops_name_instruction(&place, block, instruction);
	out_row(out);
	out_width(out, 2);
	out_string(out, NULL, OUT_BAD, trapped ? "=>" : "");
	out_gap(out, 1);
	out_width(out, 8);
	out_text(out, NULL, OUT_FAINT, buf_span(&place));
	out_text(out, NULL, trapped ? OUT_BAD : OUT_PLAIN,
		 instruction->text ? oops_span(instruction->text) : SPAN_LITERAL("..."));
	if (instruction->target)
		out_print(out, OUT_STRONG, "<%s>", instruction->target);
	out_row_end(out);
}

/* Without a disassembler, the bytes as the log has them. */
static void show_code(struct out *out, const struct kimg_oops_block *block)
{
	const struct kimg_oops_code *code = &block->code;

	for (size_t i = 0; i < code->instruction_count; i++)
		if (!oops_is_outside(block, &code->instructions[i]))
			show_instruction(out, block, &code->instructions[i]);
	if (code->no_instructions)
		fact(out, "code", OUT_FAINT, code->no_instructions);
	if (code->problem)
		fact(out, "code", OUT_FAINT, code->problem);
}

static void show_block(struct out *out, const struct kimg_oops_block *block)
{
	/* "Call Trace" is what every block has */
	bool named = block->title && strncasecmp(block->title, "call trace", 10) != 0;
	bool headed = named || block->comm || block->pid >= 0;

	if (!headed && !block->has_pc && !block->frame_count && !block->register_count)
		return;
	out_space(out);
	if (headed) {
		out_row(out);
		out_text(out, NULL, OUT_STRONG, oops_span(named ? block->title : "task"));
		out_text(out, NULL, OUT_PLAIN, oops_span(block->comm));
		if (block->pid >= 0)
			out_print(out, OUT_PLAIN, "[%" PRId64 "]", block->pid);
		if (block->cpu >= 0)
			out_print(out, OUT_PLAIN, "CPU %" PRId64, block->cpu);
		out_row_end(out);
	}
	show_frames(out, block);
	if (block->code.instruction_count || block->code.no_instructions || block->code.problem) {
		out_space(out);
		show_code(out, block);
	}
	if (block->register_count) {
		out_space(out);
		show_registers(out, block);
	}
}

void oops_show_text(struct out *out, const struct kimg_oops *oops)
{
	out_space(out);
	out_row(out);
	out_print(out, OUT_STRONG, "#%" PRIu64, oops->number);
	out_text(out, NULL, OUT_BAD, oops_span(title_of(oops)));
	out_row_end(out);
	out_block(out, 4);
	show_facts(out, oops);
	for (size_t i = 0; i < oops->block_count; i++)
		if (!oops->blocks[i].user && !oops_is_again(oops, &oops->blocks[i]))
			show_block(out, &oops->blocks[i]);
	out_block_end(out);
}
