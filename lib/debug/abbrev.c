/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Abbreviations: what the DIEs of a unit look like (DWARF 5, section 7.5.3). A table in .debug_abbrev is a list of
 *
 *	LEB128  code, 1 and up; 0 ends the table
 *	LEB128  tag
 *	 1      DW_CHILDREN_...
 *	LEB128  attribute and form, pairs of them; 0, 0 ends them; behind DW_FORM_implicit_const its value
 */
#include <inttypes.h>

#include "base/buf.h"
#include "debug/source.h"

/*
 * Units may share tables, as long as they do so by their beginnings. Tables that begin in one another would be read
 * again for each: beyond this it is a lie.
 */
#define ABBREVIATIONS_FREE  (64u << 20)
#define ABBREVIATIONS_TIMES 2

struct abbrevs {
	struct abbrevs *next; /* of the same hash */
	uint64_t offset;
	struct encoding encoding;
	bool dense; /* the code of all[i] is i + 1 */
	size_t n;
	struct abbrev *all; /* by code */
};

bool attribute_next(struct cursor *c, struct attribute *ret_attribute)
{
	uint64_t name = cursor_uleb128(c);
	uint64_t form = cursor_uleb128(c);

	*ret_attribute = (struct attribute){
		.name = name,
		.form = form <= UINT16_MAX ? form : 0,
	};
	if (form == DW_FORM_implicit_const)
		ret_attribute->implicit = cursor_sleb128(c);
	return (name || form) && !c->failed;
}

static uint8_t kind_of(uint64_t tag)
{
	switch (tag) {
	case DW_TAG_subprogram:
	case DW_TAG_inlined_subroutine:
	case DW_TAG_lexical_block:
	case DW_TAG_try_block:
	case DW_TAG_catch_block:
	case DW_TAG_with_stmt:
		return DIE_CODE;
	case DW_TAG_namespace:
	case DW_TAG_module:
	case DW_TAG_structure_type:
	case DW_TAG_class_type:
	case DW_TAG_union_type:
	case DW_TAG_enumeration_type:
		return DIE_HOLDER;
	}
	return DIE_OTHER;
}

/* Adds the skipping of a value to the program. */
static void add_skip(struct abbrev *abbrev, unsigned int *n, unsigned int form, int size)
{
	uint8_t *last = *n ? &abbrev->skip[*n - 1] : NULL;
	uint8_t step = SKIP_SLOWLY;

	if (size == 0)
		return;
	if (size > 0 && last && *last < SKIP_BYTES_MAX && *last + size <= SKIP_BYTES_MAX) {
		*last += size;
		return;
	}
	if (size > 0)
		step = size;
	else if (form == DW_FORM_exprloc || form == DW_FORM_block)
		step = SKIP_BLOCK;
	else if (form == DW_FORM_block1)
		step = SKIP_BLOCK1;
	else if (form_is_leb128(form))
		step = SKIP_LEB128;
	if (*n < SKIP_STEPS)
		abbrev->skip[(*n)++] = step;
	/* The last one is the end. */
	if (*n == SKIP_STEPS || step == SKIP_SLOWLY)
		abbrev->skip[0] = SKIP_SLOWLY;
}

static void read_attributes(struct cursor *c, const struct encoding *encoding,
			    struct abbrev *abbrev)
{
	struct attribute attribute;
	bool has_code = false;
	unsigned int n = 0;
	int at = 0; /* in a DIE; -1: that varies */

	while (attribute_next(c, &attribute)) {
		int size = form_size(attribute.form, encoding);

		if (attribute.name == DW_AT_sibling)
			abbrev->sibling = at >= 0 && attribute.form == DW_FORM_ref4 ? at
										    : SIBLING_LATER;
		has_code |= attribute.name == DW_AT_low_pc || attribute.name == DW_AT_ranges;
		add_skip(abbrev, &n, attribute.form, size);
		at = at < 0 || size < 0 || at > SKIP_BYTES_MAX ? -1 : at + size;
	}
	if (abbrev->sibling == SIBLING_LATER)
		abbrev->skip[0] = SKIP_SLOWLY;
	if (abbrev->kind == DIE_CODE && !has_code)
		abbrev->kind = DIE_OTHER;
}

static void skip_attributes(struct cursor *c)
{
	struct attribute attribute;

	while (attribute_next(c, &attribute))
		;
}

/* False at the end of the table. only: of other codes nothing is read but where they end; 0: all are read. */
static bool read_one(struct cursor *c, const struct encoding *encoding, uint64_t only,
		     struct abbrev *ret_abbrev)
{
	uint64_t code = cursor_uleb128(c), tag;

	if (code == 0 || c->failed)
		return false;
	tag = cursor_uleb128(c);
	*ret_abbrev = (struct abbrev){
		.code = code,
		.tag = tag <= UINT16_MAX ? tag : 0,
		.kind = kind_of(tag),
		.has_children = cursor_u8(c) != DW_CHILDREN_no,
		.sibling = SIBLING_NONE,
	};
	ret_abbrev->attributes = c->at;
	if (only && code != only)
		skip_attributes(c);
	else
		read_attributes(c, encoding, ret_abbrev);
	return !c->failed;
}

static struct kimg_error *count(const struct kimg_source *source, uint64_t *read, uint64_t more)
{
	*read += more;
	if (*read >
	    ABBREVIATIONS_FREE + ABBREVIATIONS_TIMES * section_bytes(source, SECTION_ABBREV).n)
		return error_new(KIMG_E_LIMIT,
				 "debug information: abbreviations that begin in one another");
	return NULL;
}

struct kimg_error *abbrev_find_alone(const struct kimg_source *source, uint64_t offset,
				     uint64_t code, const struct encoding *encoding, uint64_t *read,
				     struct abbrev *ret_abbrev)
{
	struct cursor c = section_cursor(source, SECTION_ABBREV, offset);
	bool found = false;

	while (!found && read_one(&c, encoding, code, ret_abbrev))
		found = ret_abbrev->code == code;
	TRY(count(source, read, c.at - (offset < c.at ? offset : c.at)));
	if (!found)
		return error_at(KIMG_E_CORRUPT, offset,
				"debug information: no abbreviation %" PRIu64, code);
	return NULL;
}

/* ---- whole tables ---- */

static int compare(const void *a, const void *b)
{
	const struct abbrev *x = a, *y = b;

	return x->code == y->code ? 0 : x->code < y->code ? -1 : 1;
}

static struct kimg_error *keep(struct kimg_source *source, const struct buf *list,
			       struct abbrevs *abbrevs)
{
	if (list->failed)
		return error_nomem();
	abbrevs->n = list->n / sizeof(*abbrevs->all);
	abbrevs->all = source_alloc(source, list->n + 1);
	if (!abbrevs->all)
		return error_nomem();
	if (list->n)
		memcpy(abbrevs->all, list->p, list->n);
	abbrevs->dense = true;
	for (size_t i = 0; i < abbrevs->n && abbrevs->dense; i++)
		abbrevs->dense = abbrevs->all[i].code == i + 1;
	if (!abbrevs->dense)
		qsort(abbrevs->all, abbrevs->n, sizeof(*abbrevs->all), compare);
	return NULL;
}

static struct kimg_error *abbrevs_new(struct kimg_source *source, uint64_t offset,
				      const struct encoding *encoding, struct abbrevs **ret_abbrevs)
{
	struct cursor c = section_cursor(source, SECTION_ABBREV, offset);
	struct abbrevs *abbrevs = source_alloc(source, sizeof(*abbrevs));
	cleanup_buf struct buf list = { 0 };
	struct abbrev abbrev;

	if (!abbrevs)
		return error_nomem();
	while (read_one(&c, encoding, 0, &abbrev)) {
		if (list.n > source->limits.memory)
			return error_at(KIMG_E_LIMIT, offset,
					"debug information: too many abbreviations");
		buf_add(&list, &abbrev, sizeof(abbrev));
	}
	TRY(count(source, &source->abbrevs_read, c.at - (offset < c.at ? offset : c.at)));
	abbrevs->offset = offset;
	abbrevs->encoding = *encoding;
	TRY(keep(source, &list, abbrevs));
	*ret_abbrevs = abbrevs;
	return NULL;
}

static bool is_the_same(const struct encoding *a, const struct encoding *b)
{
	return a->version == b->version && a->address_size == b->address_size && a->wide == b->wide;
}

struct kimg_error *abbrevs_at(struct kimg_source *source, uint64_t offset,
			      const struct encoding *encoding, const struct abbrevs **ret_abbrevs)
{
	struct abbrevs **head = &source->abbrevs[(offset * 0x9e3779b97f4a7c15u) >> 54];
	struct abbrevs *abbrevs = *head;

	while (abbrevs && (abbrevs->offset != offset || !is_the_same(&abbrevs->encoding, encoding)))
		abbrevs = abbrevs->next;
	if (!abbrevs) {
		TRY(abbrevs_new(source, offset, encoding, &abbrevs));
		abbrevs->next = *head;
		*head = abbrevs;
	}
	*ret_abbrevs = abbrevs;
	return NULL;
}

const struct abbrev *abbrev_find(const struct abbrevs *abbrevs, uint64_t code)
{
	const struct abbrev key = { .code = code };

	if (abbrevs->dense)
		return code - 1 < abbrevs->n ? &abbrevs->all[code - 1] : NULL;
	return bsearch(&key, abbrevs->all, abbrevs->n, sizeof(key), compare);
}
