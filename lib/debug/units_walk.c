/* SPDX-License-Identifier: GPL-2.0-or-later */
/* All units, of each of which the header and the first DIE are read. */
#include <inttypes.h>

#include "base/buf.h"
#include "debug/source.h"

struct units_walk {
	struct kimg_source *source;
	uint64_t at; /* of the next unit */
	struct unit unit;
	struct die die;   /* the first one of unit */
	struct buf list;  /* of struct reach: the ranges of unit */
	struct buf plain; /* the same as struct kimg_source_range */
	uint64_t budget;
	uint64_t abbrevs_read;
	/* The abbreviation of the unit before: units may share it. */
	uint64_t abbrev_offset;
	struct encoding encoding;
	struct abbrev abbrev;
};

static void walk_done(struct units_walk *walk)
{
	buf_done(&walk->list);
	buf_done(&walk->plain);
}

static struct units_walk walk_of(struct kimg_source *source)
{
	return (struct units_walk){ .source = source, .budget = source->file.n + 65536 };
}

static bool is_at_end(const struct units_walk *walk)
{
	size_t n = section_bytes(walk->source, SECTION_INFO).n;

	/* Sections may be padded. */
	return walk->at >= n || n - walk->at < 11;
}

static struct kimg_error *find_abbrev(struct units_walk *walk, uint64_t code)
{
	const struct unit *unit = &walk->unit;

	if (walk->abbrev.code == code && walk->abbrev_offset == unit->abbrev_offset &&
	    walk->encoding.version == unit->encoding.version &&
	    walk->encoding.address_size == unit->encoding.address_size &&
	    walk->encoding.wide == unit->encoding.wide)
		return NULL;
	walk->abbrev_offset = unit->abbrev_offset;
	walk->encoding = unit->encoding;
	return abbrev_find_alone(walk->source, unit->abbrev_offset, code, &unit->encoding,
				 &walk->abbrevs_read, &walk->abbrev);
}

static struct kimg_error *read_first_die(struct units_walk *walk)
{
	struct unit *unit = &walk->unit;
	struct cursor c = die_cursor(walk->source, unit, unit->first_die);
	uint64_t code = cursor_uleb128(&c);

	if (code == 0)
		return error_at(KIMG_E_CORRUPT, unit->offset, "debug information: an empty unit");
	TRY(find_abbrev(walk, code));
	walk->die.offset = unit->first_die;
	TRY(die_read_as(walk->source, unit, &walk->abbrev, c, &walk->die));
	unit_set_first(walk->source, unit, &walk->die);
	return NULL;
}

/* Fills walk with the next unit; *ret_is is false for units of types and the like. */
static struct kimg_error *walk_next(struct units_walk *walk, bool *ret_is)
{
	walk->list.n = 0;
	TRY(unit_read_header(walk->source, walk->at, &walk->unit, ret_is));
	walk->at = walk->unit.end;
	if (!*ret_is)
		return NULL;
	TRY(read_first_die(walk));
	*ret_is = walk->unit.tag == DW_TAG_compile_unit || walk->unit.tag == DW_TAG_skeleton_unit;
	if (!*ret_is)
		return NULL;
	return die_add_reaches(walk->source, &walk->unit, &walk->die,
			       &(struct reach){ .unit = walk->unit.offset }, &walk->list,
			       &walk->budget);
}

static struct kimg_error *plain_ranges(struct units_walk *walk, struct kimg_source_unit *unit)
{
	const struct reach *all = (const struct reach *)(const void *)walk->list.p;
	size_t n = walk->list.n / sizeof(*all);

	walk->plain.n = 0;
	for (size_t i = 0; i < n; i++) {
		struct kimg_source_range range = { .start = all[i].low, .end = all[i].high };

		buf_add(&walk->plain, &range, sizeof(range));
	}
	if (walk->list.failed || walk->plain.failed)
		return error_nomem();
	unit->ranges = (const struct kimg_source_range *)(const void *)walk->plain.p;
	unit->range_count = n;
	return NULL;
}

static void describe(const struct kimg_source *source, const struct unit *unit,
		     const struct die *die, struct kimg_source_unit *ret_unit)
{
	const char *name = die_text(source, unit, die, AT_NAME);

	*ret_unit = (struct kimg_source_unit){ .folder = unit->folder, .id = unit->offset };
	if (name)
		ret_unit->name = lines_short_name(unit->folder, name);
}

struct kimg_error *
kimg_source_units(struct kimg_source *source,
		  bool (*visit)(void *context, const struct kimg_source_unit *unit), void *context)
{
	cleanup(walk_done) struct units_walk walk = walk_of(source);

	while (!is_at_end(&walk)) {
		struct kimg_source_unit unit;
		bool is;

		TRY(walk_next(&walk, &is));
		if (!is)
			continue;
		describe(source, &walk.unit, &walk.die, &unit);
		TRY(plain_ranges(&walk, &unit));
		if (!visit(context, &unit))
			return NULL;
	}
	return NULL;
}

/* ---- units that .debug_aranges lacks ---- */

static int compare(const void *a, const void *b)
{
	const uint64_t *x = a, *y = b;

	return *x == *y ? 0 : *x < *y ? -1 : 1;
}

/* The offsets of those that it has, in order, and some of them more than once. */
static struct kimg_error *listed_units(const struct reaches *aranges, uint64_t **ret)
{
	uint64_t *offsets = calloc(aranges->n + 1, sizeof(*offsets));

	if (!offsets)
		return error_nomem();
	for (size_t i = 0; i < aranges->n; i++)
		offsets[i] = aranges->all[i].unit;
	qsort(offsets, aranges->n, sizeof(*offsets), compare);
	*ret = offsets;
	return NULL;
}

/* Over the units from walk->at on that are listed. */
static struct kimg_error *skip_listed(struct units_walk *walk, const uint64_t **listed,
				      const uint64_t *end)
{
	while (!is_at_end(walk)) {
		bool known;

		while (*listed < end && **listed < walk->at)
			(*listed)++;
		if (*listed == end || **listed != walk->at)
			break;
		TRY(unit_read_header(walk->source, walk->at, &walk->unit, &known));
		walk->at = walk->unit.end;
	}
	return NULL;
}

struct kimg_error *units_read_ranges(struct kimg_source *source, const struct reaches *aranges,
				     struct reaches *ret)
{
	cleanup(walk_done) struct units_walk walk = walk_of(source);
	cleanup_buf struct buf all = { 0 };
	cleanup_free uint64_t *offsets = NULL;
	const uint64_t *listed;

	TRY(listed_units(aranges, &offsets));
	listed = offsets;
	for (;;) {
		bool is;

		TRY(skip_listed(&walk, &listed, offsets + aranges->n));
		if (is_at_end(&walk))
			break;
		TRY(walk_next(&walk, &is));
		if (walk.list.n)
			buf_add(&all, walk.list.p, walk.list.n);
		all.failed = all.failed || walk.list.failed;
	}
	return reaches_finish(&all, NULL, ret);
}

struct kimg_error *kimg_source_unit_at(struct kimg_source *source, uint64_t address,
				       struct kimg_source_unit *ret_unit)
{
	struct unit *unit;
	struct die die;

	TRY(source_trim(source));
	TRY(unit_at_address(source, address, &unit));
	if (!unit)
		return error_new(KIMG_E_NOT_FOUND, "no unit has code at 0x%" PRIx64, address);
	TRY(die_read(source, unit, unit->first_die, &die));
	describe(source, unit, &die, ret_unit);
	return NULL;
}
