/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Who calls whom: of several functions of one name, the one is meant that the caller in the trace calls, or that
 * calls what the trace has below it.
 */
#include "oops/calls.h"

/* The longest instruction of any architecture, twice: a call, and what may lie between it and where it returns to. */
enum { BEFORE = 32, AFTER = 8 };

static enum disasm_call call_before(const struct text *text, uint64_t address, uint64_t *ret_target)
{
	struct span bytes = { 0 };
	uint64_t start = address;

	for (size_t n = BEFORE; n >= 8; n /= 2) {
		start = address - n;
		if (address >= n && text_bytes(text, start, n + AFTER, &bytes))
			break;
	}
	return disasm_call_before(&text->options, bytes, start, address, ret_target);
}

bool text_call_target(const struct text *text, uint64_t address, uint64_t *ret_target)
{
	return call_before(text, address, ret_target) == DISASM_DIRECT;
}

bool text_is_behind_call(const struct text *text, uint64_t address)
{
	uint64_t target;
	enum disasm_call call = call_before(text, address, &target);

	return call == DISASM_DIRECT || call == DISASM_INDIRECT;
}

/* Functions that are longer are not searched. */
enum { LONGEST_FUNCTION = 64 << 10 };

/* Whether there is a call of target in the size bytes from start on. */
static bool is_called_within(const struct text *text, uint64_t start, uint64_t size,
			     uint64_t target)
{
	unsigned int step = text->options.arch == KIMG_DISASM_X86 ? 1 : 2;
	uint64_t found;

	if (size > LONGEST_FUNCTION)
		return false;
	for (uint64_t at = step; at <= size; at += step)
		if (text_call_target(text, start + at, &found) && found == target)
			return true;
	return false;
}

/* ---- frames that several places fit ---- */

/* How far outwards the caller is looked for: between it and the frame may lie what was left on the stack. */
enum { OUTWARDS = 4 };

static bool is_open(const struct kimg_oops_frame *frame)
{
	return frame->certainty == KIMG_OOPS_CANDIDATES && frame->place_count > 1 &&
	       !frame->places[0].module;
}

static void settle(struct kimg_oops_frame *frame, size_t place)
{
	frame->places = &frame->places[place];
	frame->place_count = 1;
	frame->certainty = KIMG_OOPS_BY_CALL;
}

/* The one place of frame that the code behind one of the places of caller calls; SIZE_MAX where none or several. */
static size_t called_by(const struct text *text, const struct kimg_oops_frame *caller,
			const struct kimg_oops_frame *frame)
{
	size_t found = SIZE_MAX;
	uint64_t target;

	for (size_t i = 0; i < caller->place_count && !caller->exact; i++) {
		const struct kimg_oops_place *from = &caller->places[i];

		if (from->module || !text_call_target(text, from->address + from->offset, &target))
			continue;
		for (size_t j = 0; j < frame->place_count; j++) {
			if (frame->places[j].address != target || found == j)
				continue;
			if (found != SIZE_MAX)
				return SIZE_MAX;
			found = j;
		}
	}
	return found;
}

/*
 * The same for what was left on the stack, "? name": the caller has gone on since, and made other calls. The one
 * place that is called anywhere in it.
 */
static size_t called_within(const struct text *text, const struct kimg_oops_frame *caller,
			    const struct kimg_oops_frame *frame)
{
	size_t found = SIZE_MAX;

	if (caller->place_count != 1 || caller->places[0].module)
		return SIZE_MAX;
	for (size_t i = 0; i < frame->place_count; i++) {
		if (!is_called_within(text, caller->places[0].address, caller->places[0].size,
				      frame->places[i].address))
			continue;
		if (found != SIZE_MAX)
			return SIZE_MAX;
		found = i;
	}
	return found;
}

/* The one place of frame that calls callee; SIZE_MAX where none or several. */
static size_t calls_this(const struct text *text, const struct kimg_oops_frame *frame,
			 const struct kimg_oops_frame *callee)
{
	size_t found = SIZE_MAX;
	uint64_t target;

	if (callee->place_count != 1 || callee->places[0].module || frame->exact)
		return SIZE_MAX;
	for (size_t i = 0; i < frame->place_count; i++) {
		const struct kimg_oops_place *place = &frame->places[i];

		if (!text_call_target(text, place->address + place->offset, &target) ||
		    target != callee->places[0].address)
			continue;
		if (found != SIZE_MAX)
			return SIZE_MAX;
		found = i;
	}
	return found;
}

/* Frame i of n, innermost first. */
static void settle_frame(const struct text *text, struct kimg_oops_frame **frames, size_t i,
			 size_t n)
{
	size_t place = SIZE_MAX;

	for (size_t j = i + 1; j < n && j <= i + OUTWARDS && place == SIZE_MAX; j++)
		place = called_by(text, frames[j], frames[i]);
	for (size_t j = i + 1; j < n && j <= i + OUTWARDS && place == SIZE_MAX; j++)
		if (frames[i]->unreliable)
			place = called_within(text, frames[j], frames[i]);
	if (place == SIZE_MAX && i > 0)
		place = calls_this(text, frames[i], frames[i - 1]);
	if (place != SIZE_MAX)
		settle(frames[i], place);
}

void calls_settle(struct resolving *r, struct kimg_oops_block *block)
{
	struct kimg_oops_frame **frames;
	struct text text;
	size_t n = 0, open = 0;

	open = block->has_pc && is_open(&block->pc);
	for (size_t i = 0; i < block->frame_count; i++)
		open += is_open(&block->frames[i]);
	if (open == 0 || r->differs || !text_open(r->kernel, &r->report->oops, &text))
		return;
	frames = report_alloc(r->report,
			      (block->frame_count + 1) * sizeof(struct kimg_oops_frame *));
	if (!frames)
		return;
	if (block->has_pc)
		frames[n++] = &block->pc;
	for (size_t i = 0; i < block->frame_count; i++)
		frames[n++] = &block->frames[i];
	for (size_t i = 0; i < n; i++)
		if (is_open(frames[i]))
			settle_frame(&text, frames, i, n);
}
