/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The chain of functions that an instruction belongs to. */
#include "debug/source.h"

struct walk {
	bool (*visit)(void *context, const struct kimg_source_frame *frame);
	void *context;
	size_t count;
	bool ended;
};

static void give(struct walk *walk, const struct kimg_source_frame *frame)
{
	walk->count++;
	if (!walk->ended)
		walk->ended = !walk->visit(walk->context, frame);
}

static void set_names(const struct kimg_source *source, Dwarf_Die *die,
		      struct kimg_source_frame *frame)
{
	const char *linkage = die_text(source, die, DW_AT_linkage_name);

	if (!linkage)
		linkage = die_text(source, die, DW_AT_MIPS_linkage_name);
	frame->function = die_text(source, die, DW_AT_name);
	frame->linkage_name = linkage;
	if (!frame->function)
		frame->function = linkage;
	if (linkage && strcmp(linkage, frame->function) == 0)
		frame->linkage_name = NULL;
}

/* Where the function that die stands for was called from, which is in the next frame. */
static struct kimg_error *set_call(struct kimg_source *source, struct unit *unit, Dwarf_Die *die,
				   struct kimg_source_frame *ret_frame)
{
	uint64_t line = die_number(source, die, DW_AT_call_line);
	uint64_t column = die_number(source, die, DW_AT_call_column);

	*ret_frame = (struct kimg_source_frame){
		.line = line <= INT32_MAX ? line : 0,
		.column = column <= INT32_MAX ? column : 0,
	};
	if (!source->dw->dwarf_hasattr(die, DW_AT_call_file))
		return NULL;
	return lines_file(source, unit, die_number(source, die, DW_AT_call_file), &ret_frame->file);
}

static struct kimg_error *give_frames(struct kimg_source *source, struct unit *unit,
				      uint64_t address, struct walk *walk)
{
	struct scope *path[SCOPES_MAX];
	struct kimg_source_frame frame = { 0 };
	size_t n;

	TRY(lines_at(source, unit, address, &frame));
	TRY(scopes_at(source, unit, address, path, &n));
	while (n-- > 0) {
		struct scope *scope = path[n];

		frame.inlined = scope->tag == DW_TAG_inlined_subroutine;
		if (!frame.inlined && scope->tag != DW_TAG_subprogram)
			continue;
		set_names(source, &scope->die, &frame);
		give(walk, &frame);
		if (!frame.inlined)
			return NULL;
		TRY(set_call(source, unit, &scope->die, &frame));
	}
	/* Assembly has lines without functions. */
	if (frame.file)
		give(walk, &frame);
	return NULL;
}

/* What is damaged would be read up to the damage for each address in it. */
static struct kimg_error *give_frames_once(struct kimg_source *source, struct unit *unit,
					   uint64_t address, struct walk *walk)
{
	struct kimg_error *error;

	if (unit->damaged)
		return error_new(KIMG_E_CORRUPT, "debug information: a damaged unit");
	error = give_frames(source, unit, address, walk);
	unit->damaged = error;
	return error;
}

struct kimg_error *kimg_source_at(struct kimg_source *source, uint64_t address,
				  bool (*visit)(void *context,
						const struct kimg_source_frame *frame),
				  void *context, size_t *ret_count)
{
	struct walk walk = { .visit = visit, .context = context };
	struct unit *unit;

	TRY(source_trim(source));
	TRY(unit_at_address(source, address, &unit));
	if (unit)
		TRY(give_frames_once(source, unit, address, &walk));
	if (ret_count)
		*ret_count = walk.count;
	return NULL;
}
