/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which facts belong under which line of a report. */
#include "cmd/oops_items.h"

#include <stdlib.h>
#include <string.h>

static void add(struct oops_items *items, struct oops_item item)
{
	item.place = items->count;
	items->all[items->count++] = item;
}

static void add_frame(struct oops_items *items, const struct kimg_oops_block *block,
		      const struct kimg_oops_frame *frame, uint32_t line)
{
	add(items, (struct oops_item){
			   .line = line, .type = OOPS_ITEM_FRAME, .block = block, .frame = frame });
}

/* What stands in no line of the log comes before the line of the frame that called it, or else last. */
static uint32_t line_of_inserted(const struct kimg_oops_block *block, size_t index)
{
	for (size_t i = index + 1; i < block->frame_count; i++)
		if (!block->frames[i].inserted)
			return block->frames[i].line ? block->frames[i].line - 1 : 0;
	while (index--)
		if (!block->frames[index].inserted)
			return block->frames[index].line;
	return block->has_link ? block->link.line : block->pc.line;
}

static void add_block(struct oops_items *items, const struct kimg_oops_block *block)
{
	if (block->has_pc)
		add_frame(items, block, &block->pc, block->pc.line);
	if (block->has_link)
		add_frame(items, block, &block->link, block->link.line);
	for (size_t i = 0; i < block->register_count; i++)
		if (block->registers[i].place)
			add(items, (struct oops_item){ .line = block->registers[i].line,
						       .type = OOPS_ITEM_REGISTER,
						       .block = block,
						       .reg = &block->registers[i] });
	for (size_t i = 0; i < block->frame_count; i++) {
		const struct kimg_oops_frame *frame = &block->frames[i];

		add_frame(items, block, frame,
			  frame->inserted ? line_of_inserted(block, i) : frame->line);
	}
	if (block->has_code && (block->code.instruction_count || block->code.no_instructions))
		add(items, (struct oops_item){ .line = block->code.line,
					       .type = OOPS_ITEM_CODE,
					       .block = block });
}

static void add_taint(struct oops_items *items, const struct kimg_oops *oops)
{
	for (size_t i = 0; oops->taint_bits && i < oops->line_count; i++) {
		if (!strstr(oops->lines[i].text, " Tainted: "))
			continue;
		add(items, (struct oops_item){ .line = i, .type = OOPS_ITEM_TAINT });
		return;
	}
}

static int compare(const void *a, const void *b)
{
	const struct oops_item *x = a, *y = b;

	if (x->line != y->line)
		return x->line < y->line ? -1 : 1;
	return x->place < y->place ? -1 : x->place > y->place;
}

bool oops_items_of(const struct kimg_oops *oops, struct oops_items *ret_items)
{
	struct oops_items items = { 0 };
	size_t most = 1; /* taint */

	for (size_t i = 0; i < oops->block_count; i++)
		most += oops->blocks[i].frame_count + oops->blocks[i].register_count + 3;
	items.all = reallocarray(NULL, most, sizeof(*items.all));
	if (!items.all)
		return false;
	add_taint(&items, oops);
	for (size_t i = 0; i < oops->block_count; i++)
		add_block(&items, &oops->blocks[i]);
	qsort(items.all, items.count, sizeof(*items.all), compare);
	*ret_items = items;
	return true;
}
