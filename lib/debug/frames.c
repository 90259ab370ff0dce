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

static struct kimg_error *set_names(struct kimg_source *source, struct unit *unit, uint64_t die,
				    struct kimg_source_frame *frame)
{
	TRY(die_names(source, unit, die, &frame->function, &frame->linkage_name));
	if (!frame->function)
		frame->function = frame->linkage_name;
	if (frame->linkage_name && strcmp(frame->linkage_name, frame->function) == 0)
		frame->linkage_name = NULL;
	return NULL;
}

/* Where the function that the DIE stands for was called from, which is in the next frame. */
static struct kimg_error *set_call(struct kimg_source *source, struct unit *unit, uint64_t offset,
				   struct kimg_source_frame *ret_frame)
{
	uint64_t line, column;
	struct die die;

	TRY(die_read(source, unit, offset, &die));
	line = die_number(&die, AT_CALL_LINE);
	column = die_number(&die, AT_CALL_COLUMN);
	*ret_frame = (struct kimg_source_frame){
		.line = line <= INT32_MAX ? line : 0,
		.column = column <= INT32_MAX ? column : 0,
	};
	if (!die_has(&die, AT_CALL_FILE))
		return NULL;
	return lines_file(source, unit, die_number(&die, AT_CALL_FILE), &ret_frame->file);
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
		TRY(set_names(source, unit, scope->die, &frame));
		give(walk, &frame);
		if (!frame.inlined)
			return NULL;
		TRY(set_call(source, unit, scope->die, &frame));
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
