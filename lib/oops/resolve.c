/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What symbols tell about a report. */
#include "oops/resolve.h"

#include <stdlib.h>

/* All frames of the kernel in a block. */
static struct kimg_error *visit_frames(struct resolving *r, struct kimg_oops_block *block,
				       struct kimg_error *(*visit)(struct resolving *r,
								   struct kimg_oops_frame *frame))
{
	if (block->has_pc)
		TRY(visit(r, &block->pc));
	if (block->has_link)
		TRY(visit(r, &block->link));
	for (size_t i = 0; i < block->frame_count; i++)
		TRY(visit(r, &block->frames[i]));
	return NULL;
}

static struct kimg_error *resolve_block(struct resolving *r, struct kimg_oops_block *block)
{
	if (block->user)
		return NULL;
	TRY(visit_frames(r, block, place_frame));
	calls_settle(r, block);
	if (!r->symbols->options.no_source)
		TRY(visit_frames(r, block, place_lines));
	for (size_t i = 0; i < block->register_count; i++)
		TRY(place_register(r, &block->registers[i]));
	return NULL;
}

/* The running kernel's symbols are where it runs, and the source lines where it was linked to. */
static void shift_lines(struct resolving *r)
{
	uint64_t here, there;

	if (r->kernel && r->lines && r->kernel != r->lines &&
	    table_address(r->kernel, "_stext", &here) && table_address(r->lines, "_stext", &there))
		r->lines_shift = there - here;
}

static struct kimg_error *resolve(struct resolving *r)
{
	struct kimg_oops *oops = &r->report->oops;

	TRY(pairs_collect(r->report, &r->pairs));
	TRY(names_collect(r->report, &r->symbols->names, &r->symbols->name_count));
	TRY(choose_kernel(r));
	TRY(kaslr_solve(r));
	shift_lines(r);
	for (size_t i = 0; i < oops->block_count; i++)
		TRY(resolve_block(r, &oops->blocks[i]));
	if (!r->symbols->options.no_code)
		TRY(code_decode(r));
	return r->report->failed ? error_nomem() : NULL;
}

struct kimg_error *kimg_oops_resolve(struct kimg_oops_symbols *symbols, struct kimg_oops *oops)
{
	struct resolving r = { .symbols = symbols, .report = (struct report *)oops };
	struct kimg_error *error;

	symbols->serial++;
	error = resolve(&r);
	symbols->names = NULL; /* the report's */
	symbols->name_count = 0;
	return error;
}
