/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reports while they are taken from the log. */
#include "oops/report.h"

#include <stdio.h>
#include <stdlib.h>

enum { MAX_NOTES = 64 };

struct report *report_new(void)
{
	struct report *report = calloc(1, sizeof(*report));

	if (!report)
		return NULL;
	report->oops.cpu = report->oops.pid = report->oops.uid = report->oops.count = -1;
	return report;
}

static void free_blocks(struct kimg_oops *oops)
{
	for (size_t i = 0; i < oops->block_count; i++) {
		free(oops->blocks[i].frames);
		free(oops->blocks[i].registers);
	}
	free(oops->blocks);
}

void kimg_oops_free(struct kimg_oops *oops)
{
	struct report *report = (struct report *)oops;

	if (!oops)
		return;
	free_blocks(oops);
	free(oops->lines);
	free(oops->modules);
	free(oops->notes);
	free(report->rooms);
	arena_done(&report->arena);
	free(report);
}

const char *report_text(struct report *report, struct span text)
{
	char *copy = arena_copy(&report->arena, (const char *)text.p, text.n);

	if (!copy)
		report->failed = true;
	for (size_t i = 0; copy && i < text.n; i++)
		if (copy[i] == '\0')
			copy[i] = ' ';
	return copy;
}

const char *report_format(struct report *report, const char *format, ...)
{
	const char *text;
	va_list ap;

	va_start(ap, format);
	text = arena_vprintf(&report->arena, format, ap);
	va_end(ap);
	if (!text)
		report->failed = true;
	return text;
}

/* Room for one more of count elements of that size; false, and failed, where there is none. */
static bool grow(struct report *report, void *array_pointer, size_t *room, size_t count,
		 size_t size)
{
	void **array = array_pointer, *larger;
	size_t wanted = *room ? 2 * *room : 8;

	if (count < *room)
		return true;
	larger = reallocarray(*array, wanted, size);
	if (!larger) {
		report->failed = true;
		return false;
	}
	*array = larger;
	*room = wanted;
	return true;
}

#define GROW(report, array, room, count) \
	grow((report), (void *)&(array), &(room), (count), sizeof(*(array)))

void report_add_line(struct report *report, struct span text, uint64_t number, uint64_t offset)
{
	struct kimg_oops *oops = &report->oops;

	if (!GROW(report, oops->lines, report->line_room, oops->line_count))
		return;
	report->line = oops->line_count;
	oops->lines[oops->line_count++] =
		(struct kimg_oops_line){ number, offset, report_text(report, text) };
}

void report_note(struct report *report, const char *format, ...)
{
	struct kimg_oops *oops = &report->oops;
	const char *text;
	va_list ap;

	if (oops->note_count >= MAX_NOTES ||
	    !GROW(report, oops->notes, report->note_room, oops->note_count))
		return;
	va_start(ap, format);
	text = arena_vprintf(&report->arena, format, ap);
	va_end(ap);
	if (text)
		oops->notes[oops->note_count++] = text;
	else
		report->failed = true;
}

struct kimg_oops_block *report_open_block(struct report *report, const char *title)
{
	struct kimg_oops *oops = &report->oops;
	size_t room = report->block_room;

	if (!GROW(report, report->rooms, room, oops->block_count) ||
	    !GROW(report, oops->blocks, report->block_room, oops->block_count))
		return NULL;
	report->rooms[oops->block_count] = (struct report_block_room){ 0 };
	oops->blocks[oops->block_count] = (struct kimg_oops_block){
		.title = title,
		.cpu = -1,
		.pid = -1,
		.repeated = report->ended,
	};
	report->context = NULL;
	return &oops->blocks[oops->block_count++];
}

struct kimg_oops_block *report_block(struct report *report)
{
	if (report->oops.block_count == 0)
		return report_open_block(report, NULL);
	return &report->oops.blocks[report->oops.block_count - 1];
}

static struct report_block_room *current_room(struct report *report)
{
	return &report->rooms[report->oops.block_count - 1];
}

void report_add_frame(struct report *report, const struct kimg_oops_frame *frame)
{
	struct kimg_oops_block *block = report_block(report);

	if (!block ||
	    !GROW(report, block->frames, current_room(report)->frames, block->frame_count))
		return;
	block->frames[block->frame_count] = *frame;
	block->frames[block->frame_count].line = report->line;
	block->frames[block->frame_count++].context = report->context;
}

bool report_insert_frame(struct report *report, struct kimg_oops_block *block, size_t place,
			 const struct kimg_oops_frame *frame)
{
	struct report_block_room *room = &report->rooms[block - report->oops.blocks];

	if (place > block->frame_count ||
	    !GROW(report, block->frames, room->frames, block->frame_count))
		return false;
	memmove(&block->frames[place + 1], &block->frames[place],
		(block->frame_count - place) * sizeof(*block->frames));
	block->frames[place] = *frame;
	block->frame_count++;
	return true;
}

void report_add_register(struct report *report, struct span name, uint64_t value, unsigned int bits)
{
	struct kimg_oops_block *block = report_block(report);

	if (!block ||
	    !GROW(report, block->registers, current_room(report)->registers, block->register_count))
		return;
	block->registers[block->register_count++] = (struct kimg_oops_register){
		.line = report->line,
		.name = report_text(report, name),
		.value = value,
		.bits = bits,
	};
}

void report_set_pc(struct report *report, const struct kimg_oops_frame *frame)
{
	struct kimg_oops_block *block = report_block(report);

	if (!block)
		return;
	block->has_pc = true;
	block->pc = *frame;
	block->pc.line = report->line;
	block->pc.exact = true;
}

void report_set_link(struct report *report, const struct kimg_oops_frame *frame)
{
	struct kimg_oops_block *block = report_block(report);

	if (!block)
		return;
	block->has_link = true;
	block->link = *frame;
	block->link.line = report->line;
}

void report_add_module(struct report *report, const struct kimg_oops_module *module)
{
	struct kimg_oops *oops = &report->oops;

	if (GROW(report, oops->modules, report->module_room, oops->module_count))
		oops->modules[oops->module_count++] = *module;
}
