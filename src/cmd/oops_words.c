/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How the facts of a report are put into words. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/escape.h"
#include "cmd/oops.h"

struct span oops_span(const char *text)
{
	return span_of(text, text ? strlen(text) : 0);
}

/* "+0xf8/0x440 [module]" */
static void name_rest(struct buf *buf, uint64_t offset, uint64_t size, const char *module)
{
	buf_printf(buf, "+0x%" PRIx64, offset);
	if (size)
		buf_printf(buf, "/0x%" PRIx64, size);
	if (module)
		buf_printf(buf, " [%s]", module);
}

void oops_name_place(struct buf *buf, const struct kimg_oops_place *place)
{
	if (!place->symbol && place->module) {
		buf_printf(buf, "[%s]+0x%" PRIx64, place->module, place->offset);
		return;
	}
	buf_puts(buf, place->symbol ? place->symbol : "?");
	name_rest(buf, place->offset, place->size, place->module);
}

void oops_name_frame(struct buf *buf, const struct kimg_oops_frame *frame)
{
	if (!frame->symbol) {
		buf_printf(buf, "0x%" PRIx64, frame->address);
		if (frame->module)
			buf_printf(buf, " [%s]", frame->module);
		return;
	}
	buf_puts(buf, frame->symbol);
	if (frame->has_offset)
		name_rest(buf, frame->offset, frame->size, frame->module);
	else if (frame->module)
		buf_printf(buf, " [%s]", frame->module);
}

void oops_name_source(struct buf *buf, const struct kimg_oops_source *source)
{
	if (!source->file)
		return;
	buf_puts(buf, source->file);
	if (source->line)
		buf_printf(buf, ":%" PRIu32, source->line);
}

static void part(struct buf *buf, const char *text)
{
	if (!text || !*text)
		return;
	if (buf->n)
		buf_puts(buf, ", ");
	buf_puts(buf, text);
}

static const char *arch_words(const struct kimg_oops *oops, char *room, size_t size)
{
	const char *order = "";

	if (oops->arch == KIMG_OOPS_ARCH_UNKNOWN)
		return NULL;
	if (oops->has_byte_order && oops->big_endian)
		order = ", big-endian";
	if (oops->bits)
		snprintf(room, size, "%s %u-bit%s", kimg_oops_arch_name(oops->arch), oops->bits,
			 order);
	else
		snprintf(room, size, "%s%s", kimg_oops_arch_name(oops->arch), order);
	return room;
}

void oops_name_circumstances(struct buf *buf, const struct kimg_oops *oops)
{
	char room[64];

	part(buf, oops->release);
	part(buf, arch_words(oops, room, sizeof(room)));
	if (oops->cpu >= 0) {
		snprintf(room, sizeof(room), "CPU %" PRId64, oops->cpu);
		part(buf, room);
	}
	part(buf, oops->comm);
	if (oops->pid >= 0)
		buf_printf(buf, oops->comm ? "[%" PRId64 "]" : ", process %" PRId64, oops->pid);
	if (oops->workqueue) {
		part(buf, "workqueue ");
		buf_puts(buf, oops->workqueue);
	}
}

void oops_name_choice(struct buf *buf, const struct kimg_oops_choice *choice)
{
	buf_puts(buf, choice->path ? choice->path : choice->kind);
	buf_printf(buf, " (%s", choice->kind ? choice->kind : "symbols");
	if (choice->how)
		buf_printf(buf, strcmp(choice->how, "given") == 0 ? ", %s" : ", by %s",
			   choice->how);
	if (choice->compared)
		buf_printf(buf, "; %" PRIu64 " of %" PRIu64 " names agree", choice->agreeing,
			   choice->compared);
	buf_putc(buf, ')');
}

bool oops_same_function(const char *symbol, const char *function)
{
	size_t n;

	if (!symbol || !function)
		return false;
	n = strlen(function);
	return strncmp(symbol, function, n) == 0 && (symbol[n] == '\0' || symbol[n] == '.');
}

const char *oops_certainty_name(enum kimg_oops_certainty certainty)
{
	switch (certainty) {
	case KIMG_OOPS_UNRESOLVED:
		break;
	case KIMG_OOPS_CERTAIN:
		return "certain";
	case KIMG_OOPS_BY_CALL:
		return "by-call";
	case KIMG_OOPS_CANDIDATES:
		return "candidates";
	case KIMG_OOPS_NAMED:
		return "module";
	}
	return "unresolved";
}

const char *oops_warning(const struct kimg_oops_choice *choice)
{
	return choice->differs || choice->agreeing < choice->compared || !choice->compared
		       ? choice->message
		       : NULL;
}

static bool same_text(const char *a, const char *b)
{
	return a && b ? strcmp(a, b) == 0 : a == b;
}

static bool same_place(const struct kimg_oops_place *a, const struct kimg_oops_place *b)
{
	if (!same_text(a->symbol, b->symbol) || !same_text(a->module, b->module) ||
	    a->offset != b->offset || a->source_count != b->source_count)
		return false;
	for (size_t i = 0; i < a->source_count; i++)
		if (!same_text(a->source[i].function, b->source[i].function) ||
		    !same_text(a->source[i].file, b->source[i].file) ||
		    a->source[i].line != b->source[i].line)
			return false;
	return true;
}

bool oops_are_copies(const struct kimg_oops_frame *frame)
{
	for (size_t i = 1; i < frame->place_count; i++)
		if (!same_place(&frame->places[0], &frame->places[i]))
			return false;
	return frame->place_count;
}

size_t oops_place_count(const struct kimg_oops_frame *frame)
{
	return oops_are_copies(frame) ? 1 : frame->place_count;
}

const char *oops_doubt(const struct kimg_oops_frame *frame)
{
	switch (frame->certainty) {
	case KIMG_OOPS_UNRESOLVED:
	case KIMG_OOPS_CERTAIN:
		break;
	case KIMG_OOPS_BY_CALL:
		return "of several of that name, the one that makes this call";
	case KIMG_OOPS_CANDIDATES:
		if (!oops_are_copies(frame))
			return "one of these:";
		return frame->places[0].source_count ? "one of several copies"
						     : "one of several of that name";
	case KIMG_OOPS_NAMED:
		/* nothing new where the log names the module */
		return frame->module ? NULL : "in this module, whose symbols are not here";
	}
	return NULL;
}

static const struct kimg_oops_place *place_of_pc(const struct kimg_oops_block *block)
{
	return block->has_pc && block->pc.place_count ? &block->pc.places[0] : NULL;
}

void oops_name_bytes(struct buf *buf, const struct kimg_oops *oops,
		     const struct kimg_oops_code *code,
		     const struct kimg_oops_instruction *instruction, size_t longest)
{
	size_t size = instruction->size < longest ? instruction->size : longest;
	struct span bytes = span_clip(span_of(code->bytes, code->size), instruction->offset, size);
	size_t unit = oops->big_endian || code->unit == 0 || bytes.n % code->unit ? 1 : code->unit;

	for (size_t i = 0; i < bytes.n; i += unit) {
		buf_puts(buf, i && unit > 1 ? " " : "");
		for (size_t k = unit; k-- > 0;)
			escape_hex(buf, span_clip(bytes, i + k, 1));
	}
}

/* Where the bytes of the code start, from the function on: maybe before it. False where that is not known. */
static bool start_of_code(const struct kimg_oops_block *block, int64_t *ret_start)
{
	const struct kimg_oops_place *place = place_of_pc(block);
	uint64_t offset;

	if (!block->code.has_trap || !block->has_pc || !(block->pc.has_offset || place))
		return false;
	offset = block->pc.has_offset ? block->pc.offset : place->offset;
	if (offset > INT32_MAX)
		return false;
	*ret_start = (int64_t)offset - (int64_t)block->code.trap;
	return true;
}

void oops_name_instruction(struct buf *buf, const struct kimg_oops_block *block,
			   const struct kimg_oops_instruction *instruction)
{
	int64_t at;

	if (!start_of_code(block, &at))
		return;
	at += instruction->offset;
	buf_printf(buf, at < 0 ? "-0x%" PRIx64 : "+0x%" PRIx64, at < 0 ? -at : at);
}

bool oops_is_outside(const struct kimg_oops_block *block,
		     const struct kimg_oops_instruction *instruction)
{
	const struct kimg_oops_place *place = place_of_pc(block);
	uint64_t size = block->pc.size ? block->pc.size : place ? place->size : 0;
	int64_t at;

	if (!start_of_code(block, &at) || instruction->offset == block->code.trap)
		return false;
	at += instruction->offset;
	return at + (int64_t)instruction->size <= 0 ||
	       (size && size < INT32_MAX && at >= (int64_t)size);
}

bool oops_is_again(const struct kimg_oops *oops, const struct kimg_oops_block *block)
{
	if (!block->repeated || !block->has_pc)
		return false;
	for (size_t i = 0; i < oops->block_count && !oops->blocks[i].repeated; i++) {
		const struct kimg_oops_frame *pc = &oops->blocks[i].pc;

		if (oops->blocks[i].has_pc && same_text(pc->symbol, block->pc.symbol) &&
		    pc->offset == block->pc.offset && pc->address == block->pc.address)
			return true;
	}
	return false;
}
