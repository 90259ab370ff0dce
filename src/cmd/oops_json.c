/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A report for programs. The schema is kimg-oops-1. */
#include <string.h>

#include "cmd/oops.h"

static void text(struct out *out, const char *key, const char *value)
{
	if (value)
		out_text(out, key, OUT_DATA, oops_span(value));
	else
		out_null(out, key, OUT_DATA, "");
}

static void number(struct out *out, const char *key, bool known, uint64_t value)
{
	if (known)
		out_number(out, key, OUT_DATA, value);
	else
		out_null(out, key, OUT_DATA, "");
}

static void hex(struct out *out, const char *key, bool known, uint64_t value)
{
	if (known)
		out_hex(out, key, OUT_DATA, value);
	else
		out_null(out, key, OUT_DATA, "");
}

/* ---- places ---- */

static void show_source(struct out *out, const struct kimg_oops_source *source)
{
	out_object(out, NULL);
	text(out, "function", source->function);
	text(out, "file", source->file);
	number(out, "line", source->line, source->line);
	number(out, "column", source->column, source->column);
	out_bool(out, "inlined", OUT_DATA, source->inlined);
	out_close(out);
}

static void show_place(struct out *out, const char *key, const struct kimg_oops_place *place)
{
	out_object(out, key);
	text(out, "symbol", place->symbol);
	text(out, "module", place->module);
	text(out, "section", place->section);
	out_hex(out, "address", OUT_DATA, place->address);
	out_number(out, "offset", OUT_DATA, place->offset);
	number(out, "size", place->size, place->size);
	out_array(out, "source");
	for (size_t i = 0; i < place->source_count; i++)
		show_source(out, &place->source[i]);
	out_close(out);
	out_close(out);
}

static void show_frame(struct out *out, const char *key, const struct kimg_oops_frame *frame)
{
	out_object(out, key);
	number(out, "line", !frame->inserted, frame->line);
	text(out, "symbol", frame->symbol);
	text(out, "module", frame->module);
	text(out, "module_build_id", frame->module_build_id);
	number(out, "offset", frame->has_offset, frame->offset);
	number(out, "size", frame->has_offset && frame->size, frame->size);
	hex(out, "address", frame->has_address, frame->address);
	out_bool(out, "reliable", OUT_DATA, !frame->unreliable);
	out_bool(out, "exact", OUT_DATA, frame->exact);
	out_bool(out, "inserted", OUT_DATA, frame->inserted);
	text(out, "context", frame->context);
	out_string(out, "certainty", OUT_DATA, oops_certainty_name(frame->certainty));
	out_array(out, "places");
	for (size_t i = 0; i < frame->place_count; i++)
		show_place(out, NULL, &frame->places[i]);
	out_close(out);
	out_close(out);
}

/* ---- blocks ---- */

static void show_register(struct out *out, const struct kimg_oops_register *reg)
{
	out_object(out, NULL);
	out_number(out, "line", OUT_DATA, reg->line);
	text(out, "name", reg->name);
	out_hex(out, "value", OUT_DATA, reg->value);
	number(out, "bits", reg->bits, reg->bits);
	if (reg->place)
		show_place(out, "place", reg->place);
	else
		out_null(out, "place", OUT_DATA, "");
	out_close(out);
}

static void show_instruction(struct out *out, const struct kimg_oops_code *code,
			     const struct kimg_oops_instruction *instruction)
{
	out_object(out, NULL);
	out_number(out, "offset", OUT_DATA, instruction->offset);
	out_number(out, "size", OUT_DATA, instruction->size);
	text(out, "text", instruction->text);
	text(out, "target", instruction->target);
	out_bool(out, "trap", OUT_DATA, code->has_trap && instruction->offset == code->trap);
	out_close(out);
}

/* Where bytes are that the kernel could not read; they stand as 00. */
static void show_unknown(struct out *out, const struct kimg_oops_code *code)
{
	out_array(out, "unknown");
	for (size_t i = 0; code->known && i < code->size; i++)
		if (!code->known[i])
			out_number(out, NULL, OUT_DATA, i);
	out_close(out);
}

static void show_code(struct out *out, const struct kimg_oops_code *code)
{
	out_object(out, "code");
	out_number(out, "line", OUT_DATA, code->line);
	out_bytes(out, "bytes", OUT_DATA, span_of(code->bytes, code->size));
	show_unknown(out, code);
	number(out, "unit", code->unit, code->unit);
	number(out, "trap", code->has_trap, code->trap);
	text(out, "problem", code->problem);
	text(out, "listing", code->listing);
	out_array(out, "instructions");
	for (size_t i = 0; i < code->instruction_count; i++)
		show_instruction(out, code, &code->instructions[i]);
	out_close(out);
	text(out, "no_instructions", code->no_instructions);
	out_close(out);
}

static void show_one(struct out *out, const char *key, bool has,
		     const struct kimg_oops_frame *frame)
{
	if (has)
		show_frame(out, key, frame);
	else
		out_null(out, key, OUT_DATA, "");
}

static void show_block(struct out *out, const struct kimg_oops_block *block)
{
	out_object(out, NULL);
	text(out, "title", block->title);
	out_bool(out, "user", OUT_DATA, block->user);
	out_bool(out, "repeated", OUT_DATA, block->repeated);
	number(out, "cpu", block->cpu >= 0, block->cpu);
	number(out, "pid", block->pid >= 0, block->pid);
	text(out, "comm", block->comm);
	show_one(out, "pc", block->has_pc, &block->pc);
	show_one(out, "link", block->has_link, &block->link);
	out_array(out, "registers");
	for (size_t i = 0; i < block->register_count; i++)
		show_register(out, &block->registers[i]);
	out_close(out);
	out_array(out, "frames");
	for (size_t i = 0; i < block->frame_count; i++)
		show_frame(out, NULL, &block->frames[i]);
	out_close(out);
	if (block->has_code)
		show_code(out, &block->code);
	else
		out_null(out, "code", OUT_DATA, "");
	out_close(out);
}

/* ---- the report ---- */

static void show_lines(struct out *out, const struct kimg_oops *oops)
{
	out_array(out, "lines");
	for (size_t i = 0; i < oops->line_count; i++) {
		const struct kimg_oops_line *line = &oops->lines[i];

		out_object(out, NULL);
		out_number(out, "number", OUT_DATA, line->number);
		out_number(out, "offset", OUT_DATA, line->offset);
		text(out, "text", line->text);
		out_close(out);
	}
	out_close(out);
}

static void show_taint(struct out *out, const struct kimg_oops *oops)
{
	struct kimg_oops_taint taint;

	text(out, "taint", oops->taint);
	out_array(out, "taints");
	for (unsigned int bit = 0; bit < 64; bit++) {
		if (!(oops->taint_bits >> bit & 1) || !kimg_oops_taint(bit, &taint))
			continue;
		out_object(out, NULL);
		out_number(out, "bit", OUT_DATA, bit);
		out_text(out, "letter", OUT_DATA, span_of(&taint.letter, 1));
		out_string(out, "name", OUT_DATA, taint.name);
		out_string(out, "meaning", OUT_DATA, taint.meaning);
		out_close(out);
	}
	out_close(out);
}

static void show_kernel(struct out *out, const struct kimg_oops *oops)
{
	out_string(out, "arch", OUT_DATA, kimg_oops_arch_name(oops->arch));
	number(out, "bits", oops->bits, oops->bits);
	out_string(out, "byte_order", OUT_DATA,
		   !oops->has_byte_order ? NULL
		   : oops->big_endian    ? "big"
					 : "little");
	text(out, "release", oops->release);
	text(out, "version", oops->version);
	text(out, "build_id", oops->build_id);
	text(out, "hardware", oops->hardware);
	hex(out, "kernel_offset", oops->has_kernel_offset, oops->kernel_offset);
	out_bool(out, "kernel_offset_solved", OUT_DATA, oops->offset_solved);
}

static void show_circumstances(struct out *out, const struct kimg_oops *oops)
{
	number(out, "cpu", oops->cpu >= 0, oops->cpu);
	number(out, "pid", oops->pid >= 0, oops->pid);
	number(out, "uid", oops->uid >= 0, oops->uid);
	text(out, "comm", oops->comm);
	text(out, "workqueue", oops->workqueue);
	show_taint(out, oops);
	number(out, "count", oops->count >= 0, oops->count);
	text(out, "source_file", oops->file);
	number(out, "source_line", oops->file_line, oops->file_line);
	hex(out, "fault_address", oops->has_fault_address, oops->fault_address);
}

static void show_modules(struct out *out, const struct kimg_oops *oops)
{
	out_array(out, "modules");
	for (size_t i = 0; i < oops->module_count; i++) {
		const struct kimg_oops_module *module = &oops->modules[i];

		out_object(out, NULL);
		text(out, "name", module->name);
		text(out, "flags", module->flags);
		text(out, "build_id", module->build_id);
		hex(out, "address", module->has_address, module->address);
		out_close(out);
	}
	out_close(out);
}

static void show_choices(struct out *out, const struct kimg_oops *oops)
{
	out_array(out, "symbols");
	for (size_t i = 0; i < oops->choice_count; i++) {
		const struct kimg_oops_choice *choice = &oops->choices[i];

		out_object(out, NULL);
		text(out, "path", choice->path);
		text(out, "kind", choice->kind);
		text(out, "how", choice->how);
		out_number(out, "agreeing", OUT_DATA, choice->agreeing);
		out_number(out, "compared", OUT_DATA, choice->compared);
		out_bool(out, "differs", OUT_DATA, choice->differs);
		text(out, "message", choice->message);
		out_close(out);
	}
	out_close(out);
}

void oops_show_members(struct out *out, const struct kimg_oops *oops, const char *file)
{
	text(out, "file", file);
	out_number(out, "number", OUT_DATA, oops->number);
	out_string(out, "kind", OUT_DATA, kimg_oops_kind_name(oops->kind));
	text(out, "message", oops->message);
	text(out, "title", oops->title);
	text(out, "signature", oops->signature);
	number(out, "time", oops->has_time, oops->time);
	show_kernel(out, oops);
	show_circumstances(out, oops);
	show_choices(out, oops);
	show_modules(out, oops);
	out_array(out, "blocks");
	for (size_t i = 0; i < oops->block_count; i++)
		show_block(out, &oops->blocks[i]);
	out_close(out);
	show_lines(out, oops);
	out_bool(out, "truncated", OUT_DATA, oops->truncated);
	out_bool(out, "corrupted", OUT_DATA, oops->corrupted);
	out_array(out, "notes");
	for (size_t i = 0; i < oops->note_count; i++)
		text(out, NULL, oops->notes[i]);
	out_close(out);
}

void oops_show_json(struct out *out, const struct kimg_oops *oops, const char *file)
{
	out_record(out);
	oops_show_members(out, oops, file);
	out_close(out);
}
