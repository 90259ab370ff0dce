/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the registers say about the traces.
 *
 * arm64, riscv, mips, s390 and loongarch begin a trace with the program counter itself: no return address. Of a
 * function that has not stored its return address, as one that calls nothing never does, the frame pointers lead past
 * the caller: only lr or ra tells it.
 */
#include "oops/lines.h"

static bool same_function(const struct kimg_oops_frame *a, const struct kimg_oops_frame *b)
{
	if (!a->symbol || !b->symbol)
		return false;
	return strcmp(a->symbol, b->symbol) == 0;
}

static bool same_place(const struct kimg_oops_frame *a, const struct kimg_oops_frame *b)
{
	if (same_function(a, b))
		return a->offset == b->offset;
	return a->has_address && b->has_address && a->address == b->address;
}

/*
 * The symbol that a frame of offset 0 names is not that of the address before it: the kernel put the address into the
 * stack itself ("ret_fast_syscall+0x0/0x1c", "ret_from_fork+0x0/0x10").
 */
static void mark_exact(struct kimg_oops_block *block)
{
	for (size_t i = 0; i < block->frame_count; i++)
		if (block->frames[i].has_offset && block->frames[i].offset == 0)
			block->frames[i].exact = true;
	if (block->has_pc && block->frame_count && same_place(&block->pc, &block->frames[0]))
		block->frames[0].exact = true;
}

/* Whether the function that lr points into is where the trace goes on, or the one that is running. */
static bool is_told(const struct kimg_oops_block *block, size_t next)
{
	const struct kimg_oops_frame *link = &block->link;
	bool raw = !link->symbol;

	if (same_function(link, &block->pc) || same_place(link, &block->pc))
		return true;
	/* a guess of the kernel may stand before the frame that it is sure of */
	for (size_t i = next; i < block->frame_count && i < next + 2; i++) {
		if (same_function(link, &block->frames[i]) || same_place(link, &block->frames[i]))
			return true;
		if (!block->frames[i].unreliable)
			break;
	}
	/* without names, the frames around would have to be known to tell */
	return raw;
}

static bool wants_caller(const struct kimg_oops_block *block, size_t *ret_place)
{
	const struct kimg_oops_frame *link = &block->link;

	*ret_place = block->frame_count && block->has_pc &&
		     same_place(&block->pc, &block->frames[0]);
	if (!block->has_pc || !block->has_link || block->user || block->frame_count == 0)
		return false;
	/* a return address lies behind a call; an offset of 0 is an entry that something else left in lr */
	if (!link->has_offset || link->offset == 0)
		return false;
	return !is_told(block, *ret_place);
}

static void insert_caller(struct report *report, struct kimg_oops_block *block, size_t place)
{
	struct kimg_oops_frame frame = block->link;

	frame.inserted = true;
	frame.context = block->frames[0].context;
	if (!report_insert_frame(report, block, place, &frame))
		report->failed = true;
}

void report_link(struct report *report)
{
	struct kimg_oops *oops = &report->oops;

	for (size_t i = 0; i < oops->block_count; i++) {
		struct kimg_oops_block *block = &oops->blocks[i];
		size_t place;

		mark_exact(block);
		if (oops->arch != KIMG_OOPS_ARCH_SPARC && wants_caller(block, &place))
			insert_caller(report, block, place);
	}
}
