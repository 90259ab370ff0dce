/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What stands under the lines of an annotated log. */
#include <inttypes.h>
#include <stdio.h>

#include "cmd/oops.h"
#include "cmd/oops_items.h"

/* Sources stand in a column of this width, so that functions beside them make one of their own. */
enum { SOURCE_WIDTH = 34 };

static void row(struct out *out, unsigned int bar)
{
	out_row(out);
	out_print(out, OUT_FAINT, "%*s", (int)bar, "|");
	out_gap(out, 1);
}

static void fact(struct out *out, unsigned int bar, enum out_style style, const char *label,
		 const char *text)
{
	row(out, bar);
	if (label) {
		out_string(out, NULL, OUT_FAINT, label);
		out_gap(out, 1);
	}
	out_text(out, NULL, style, oops_span(text));
	out_row_end(out);
}

/* ---- places ---- */

/* What the line of the log does not say itself. */
struct shown {
	const char *mark; /* in front of all rows; NULL: none */
	bool name;
	bool faint; /* as the frame is not reliable */
	const char *remark;
};

static void show_source(struct out *out, const struct kimg_oops_source *source, bool alone,
			const char *symbol, bool faint)
{
	cleanup_buf struct buf text = { 0 };

	oops_name_source(&text, source);
	if (!alone)
		out_width(out, SOURCE_WIDTH);
	out_text(out, NULL, faint ? OUT_FAINT : OUT_NAME, buf_span(&text));
	if (alone && oops_same_function(symbol, source->function))
		return;
	out_text(out, NULL, faint ? OUT_FAINT : OUT_STRONG, oops_span(source->function));
	if (source->inlined)
		out_string(out, NULL, OUT_FAINT, "(inlined)");
}

static void show_mark(struct out *out, const char *mark)
{
	if (!mark)
		return;
	out_string(out, NULL, OUT_BAD, mark);
	out_gap(out, 1);
}

static void show_remark(struct out *out, const struct shown *shown)
{
	if (shown->remark)
		out_print(out, OUT_FAINT, "(%s)", shown->remark);
}

/* The name with its source behind it, where that is one; true: nothing is left to be shown. */
static bool show_named(struct out *out, unsigned int bar, const struct kimg_oops_place *place,
		       const struct shown *shown)
{
	cleanup_buf struct buf name = { 0 };

	row(out, bar);
	show_mark(out, shown->mark);
	oops_name_place(&name, place);
	out_text(out, NULL, OUT_STRONG, buf_span(&name));
	if (place->source_count == 1)
		show_source(out, place->source, true, place->symbol, shown->faint);
	if (place->source_count < 2)
		show_remark(out, shown);
	out_row_end(out);
	return place->source_count < 2;
}

static void show_place(struct out *out, unsigned int bar, const struct kimg_oops_place *place,
		       const struct shown *shown)
{
	size_t count = place->source_count;

	if ((shown->name || shown->mark) && show_named(out, bar, place, shown))
		return;
	for (size_t i = 0; i < count; i++) {
		row(out, bar);
		show_source(out, &place->source[i], count == 1, place->symbol, shown->faint);
		if (i + 1 == count)
			show_remark(out, shown);
		out_row_end(out);
	}
	if (count == 0 && shown->remark) {
		row(out, bar);
		show_remark(out, shown);
		out_row_end(out);
	}
}

/* A caller that only the link register tells, and that no symbols know. */
static void show_unknown(struct out *out, unsigned int bar, const struct kimg_oops_frame *frame,
			 const struct shown *shown)
{
	cleanup_buf struct buf name = { 0 };

	oops_name_frame(&name, frame);
	row(out, bar);
	show_mark(out, shown->mark);
	out_text(out, NULL, OUT_STRONG, buf_span(&name));
	show_remark(out, shown);
	out_row_end(out);
}

static void show_frame(struct out *out, unsigned int bar, const struct kimg_oops_frame *frame)
{
	const char *doubt = oops_doubt(frame);
	size_t count = oops_place_count(frame);
	struct shown shown = {
		.mark = count > 1         ? "?"
			: frame->inserted ? "+"
					  : NULL,
		.name = !frame->symbol || frame->inserted,
		.faint = frame->unreliable,
	};

	if (count == 1)
		shown.remark = frame->inserted ? OOPS_INSERTED : doubt;
	else if (doubt)
		fact(out, bar, OUT_FAINT, NULL, doubt);
	for (size_t i = 0; i < count; i++)
		show_place(out, bar, &frame->places[i], &shown);
	if (frame->inserted && count == 0) {
		shown.remark = OOPS_INSERTED;
		show_unknown(out, bar, frame, &shown);
	}
}

/* "rsi -> kc_name+0x8/0x10 [module]" */
static void show_register(struct out *out, unsigned int bar, const struct kimg_oops_register *reg)
{
	cleanup_buf struct buf name = { 0 };

	oops_name_place(&name, reg->place);
	row(out, bar);
	out_text(out, NULL, OUT_PLAIN, oops_span(reg->name));
	out_gap(out, 1);
	out_string(out, NULL, OUT_FAINT, "->");
	out_gap(out, 1);
	out_text(out, NULL, OUT_STRONG, buf_span(&name));
	out_row_end(out);
}

/* ---- code ---- */

static void show_instruction(struct out *out, unsigned int bar, const struct kimg_oops *oops,
			     const struct kimg_oops_block *block,
			     const struct kimg_oops_instruction *instruction, size_t longest)
{
	const struct kimg_oops_code *code = &block->code;
	bool trapped = code->has_trap && instruction->offset == code->trap;
	cleanup_buf struct buf place = { 0 }, hex = { 0 };

	oops_name_instruction(&place, block, instruction);
	oops_name_bytes(&hex, oops, code, instruction, longest);
	row(out, bar);
	out_width(out, 2);
	out_string(out, NULL, OUT_BAD, trapped ? "=>" : "");
	out_gap(out, 1);
	out_width(out, 7);
	out_text(out, NULL, OUT_FAINT, buf_span(&place));
	out_gap(out, 1);
	out_width(out, 2 * (int)longest);
	out_text(out, NULL, OUT_FAINT, buf_span(&hex));
	out_text(out, NULL, trapped ? OUT_BAD : OUT_PLAIN,
		 instruction->text ? oops_span(instruction->text) : SPAN_LITERAL("..."));
	if (instruction->target) {
		out_print(out, OUT_STRONG, "<%s>", instruction->target);
	}
	out_row_end(out);
}

static void show_code(struct out *out, unsigned int bar, const struct kimg_oops *oops,
		      const struct kimg_oops_block *block)
{
	const struct kimg_oops_code *code = &block->code;
	size_t longest = 0;

	for (size_t i = 0; i < code->instruction_count; i++)
		if (code->instructions[i].text && code->instructions[i].size > longest)
			longest = code->instructions[i].size;
	for (size_t i = 0; i < code->instruction_count; i++)
		if (!oops_is_outside(block, &code->instructions[i]))
			show_instruction(out, bar, oops, block, &code->instructions[i], longest);
	if (code->no_instructions)
		fact(out, bar, OUT_FAINT, "no instructions:", code->no_instructions);
}

/* ---- the report as a whole ---- */

static void show_taint(struct out *out, unsigned int bar, const struct kimg_oops *oops)
{
	struct kimg_oops_taint taint;

	for (unsigned int bit = 0; bit < 64; bit++) {
		if (!(oops->taint_bits >> bit & 1) || !kimg_oops_taint(bit, &taint))
			continue;
		row(out, bar);
		out_text(out, NULL, OUT_STRONG, span_of(&taint.letter, 1));
		out_string(out, NULL, OUT_PLAIN, taint.meaning);
		out_row_end(out);
	}
}

static void show_choices(struct out *out, unsigned int bar, const struct kimg_oops *oops)
{
	for (size_t i = 0; i < oops->choice_count; i++) {
		const struct kimg_oops_choice *choice = &oops->choices[i];
		cleanup_buf struct buf text = { 0 };

		oops_name_choice(&text, choice);
		fact(out, bar, OUT_PLAIN, "symbols:", text.p);
		if (oops_warning(choice))
			fact(out, bar, choice->differs ? OUT_BAD : OUT_FAINT,
			     choice->differs ? "!!" : NULL, choice->message);
	}
}

void oops_show_heading(struct out *out, const struct kimg_oops *oops, unsigned int bar)
{
	cleanup_buf struct buf circumstances = { 0 };

	out_row(out);
	out_print(out, OUT_FAINT, "%*s", (int)bar, "+--");
	out_gap(out, 1);
	out_print(out, OUT_STRONG, "#%" PRIu64, oops->number);
	out_gap(out, 1);
	out_text(out, NULL, OUT_BAD, oops_span(oops->title ? oops->title : oops->message));
	out_row_end(out);
	row(out, bar);
	out_string(out, NULL, OUT_PLAIN, kimg_oops_kind_name(oops->kind));
	out_gap(out, 1);
	out_text(out, NULL, OUT_FAINT, oops_span(oops->signature));
	oops_name_circumstances(&circumstances, oops);
	out_text(out, NULL, OUT_PLAIN, buf_span(&circumstances));
	out_row_end(out);
	show_choices(out, bar, oops);
	for (size_t i = 0; i < oops->note_count; i++)
		fact(out, bar, OUT_PLAIN, "note:", oops->notes[i]);
}

void oops_show_item(struct out *out, const struct kimg_oops *oops, const struct oops_item *item,
		    unsigned int bar)
{
	if (item->block && (item->block->user || oops_is_again(oops, item->block)))
		return;
	switch (item->type) {
	case OOPS_ITEM_FRAME:
		show_frame(out, bar, item->frame);
		break;
	case OOPS_ITEM_REGISTER:
		show_register(out, bar, item->reg);
		break;
	case OOPS_ITEM_CODE:
		show_code(out, bar, oops, item->block);
		break;
	case OOPS_ITEM_TAINT:
		show_taint(out, bar, oops);
		break;
	}
}

void oops_show_end(struct out *out, const struct kimg_oops *oops, unsigned int bar)
{
	if (oops->corrupted)
		fact(out, bar, OUT_BAD, "!!",
		     "lines of this report are damaged or mixed with others");
	if (oops->truncated)
		fact(out, bar, OUT_BAD, "!!", "the end of this report is missing");
}
