/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The state of a CPU, told by lines that follow each other in an order that is each architecture's own. */
#include "oops/arch.h"

struct kimg_oops_block *state_begin(struct report *report)
{
	struct kimg_oops_block *block = report_block(report);
	const char *context = report->context;

	if (block && (block->has_pc || block->frame_count || block->has_code)) {
		block = report_open_block(report, NULL);
		report->context = context; /* a state in the middle of a trace stays on its stack */
	}
	return block;
}

struct kimg_oops_block *state_current(struct report *report)
{
	struct kimg_oops *oops = &report->oops;

	return oops->block_count ? &oops->blocks[oops->block_count - 1] : NULL;
}

static void fill_in(struct kimg_oops_frame *known, const struct kimg_oops_frame *frame)
{
	if (!known->symbol && frame->symbol) {
		known->symbol = frame->symbol;
		known->module = frame->module;
		known->module_build_id = frame->module_build_id;
		known->has_offset = frame->has_offset;
		known->offset = frame->offset;
		known->size = frame->size;
	}
	if (!known->has_address && frame->has_address) {
		known->has_address = true;
		known->address = frame->address;
	}
}

void state_pc(struct report *report, const struct kimg_oops_frame *frame)
{
	struct kimg_oops_block *block = report_block(report);

	if (block && block->has_pc)
		fill_in(&block->pc, frame);
	else
		report_set_pc(report, frame);
}

void state_link(struct report *report, const struct kimg_oops_frame *frame)
{
	struct kimg_oops_block *block = report_block(report);

	if (block && block->has_link)
		fill_in(&block->link, frame);
	else
		report_set_link(report, frame);
}

void state_pc_address(struct report *report, uint64_t address)
{
	state_pc(report, &(struct kimg_oops_frame){ .has_address = true, .address = address });
}

void state_link_address(struct report *report, uint64_t address)
{
	state_link(report, &(struct kimg_oops_frame){ .has_address = true, .address = address });
}

bool state_place(struct report *report, struct span text, bool counter)
{
	struct kimg_oops_frame frame = { .has_address = true };
	unsigned int digits;

	if (!scan_hex(&text, &frame.address, &digits))
		return false;
	state_bits(report, digits);
	scan_blanks(&text);
	frame_scan(report, &text, &frame);
	if (counter)
		state_pc(report, &frame);
	else
		state_link(report, &frame);
	return true;
}

static bool is_nested(const struct kimg_oops_block *block)
{
	return block->title && strncmp(block->title, "interrupt: ", 11) == 0;
}

struct kimg_oops_block *state_outer(struct report *report)
{
	struct kimg_oops *oops = &report->oops;

	for (size_t i = oops->block_count; i-- > 0;)
		if (oops->blocks[i].has_pc && !is_nested(&oops->blocks[i]))
			return &oops->blocks[i];
	return report_block(report);
}

void state_user(struct report *report, bool user)
{
	struct kimg_oops_block *block = report_block(report);

	if (block && user)
		block->user = true;
}

void state_bits(struct report *report, unsigned int digits)
{
	if (report->oops.bits == 0 && (digits == 8 || digits == 16))
		report->oops.bits = 4 * digits;
}

void state_byte_order(struct report *report, bool big_endian)
{
	report->oops.has_byte_order = true;
	report->oops.big_endian = big_endian;
}

bool state_stack(struct report *report, struct span text)
{
	if (starts(text, "Stack :")) {
		report->follows = FOLLOWS_STACK;
		return true;
	}
	if (report->follows != FOLLOWS_STACK)
		return false;
	text = without_blanks(text);
	return text.n == 0 || starts(text, "...") || is_hex_words(text);
}

bool state_stack_dump(struct report *report, struct span text)
{
	unsigned int digits;
	uint64_t address;

	if (starts(text, "Exception stack(") || starts(text, "Stack:")) {
		report->follows = FOLLOWS_STACK;
		return true;
	}
	return report->follows == FOLLOWS_STACK && scan_hex(&text, &address, &digits) &&
	       digits == 4 && starts(text, ":");
}
