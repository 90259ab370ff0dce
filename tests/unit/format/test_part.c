/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The engine under the drivers: naming, tiling, overlap, limits. Trees are made by hand, without a driver. */
#include "tree.h"

#include "format/image.h"

/* An image of zeroes whose root no driver explains: a scratch pad for parts. */
struct pad {
	struct kimg_image image;
	struct space space;
	uint8_t bytes[4096];
};

static void pad_init(struct pad *pad, uint8_t fill)
{
	memset(pad, 0, sizeof(*pad));
	memset(pad->bytes, fill, sizeof(pad->bytes));
	for (size_t i = 0; fill && i < sizeof(pad->bytes); i += 2)
		pad->bytes[i] = i / 2;
	pad->image.options = KIMG_OPTIONS_DEFAULT;
	pad->space.bytes = span_of(pad->bytes, sizeof(pad->bytes));
	pad->image.root = node_new_root(&pad->image, &pad->space, "image");
	pad->image.scrap = node_new_root(&pad->image, NULL, "scrap");
	assert_non_null(pad->image.root);
	assert_non_null(pad->image.scrap);
}

static void pad_done(struct pad *pad)
{
	arena_done(&pad->image.arena);
}

#define cleanup_pad cleanup(pad_done)

static struct kimg_part *root_of(struct pad *pad)
{
	return &pad->image.root->part;
}

static void tile(struct pad *pad)
{
	const char *broken;

	node_tile(pad->image.root);
	broken = invariant_broken(root_of(pad));
	if (broken)
		fail_msg("%s", broken);
}

/* The tiles' names from the start to the end, with spaces between them; views in brackets behind them. */
static const char *layout(const struct kimg_part *part)
{
	static char text[512];
	size_t n = 0;

	text[0] = '\0';
	for (const struct kimg_part *child = part->children; child; child = child->next)
		n += snprintf(text + n, sizeof(text) - n, child->view ? "%s[%s]" : "%s%s",
			      n ? " " : "", child->name);
	return text;
}

static void gaps_are_filled(void **state)
{
	cleanup_pad struct pad pad;

	pad_init(&pad, 0x5a);
	part_add(root_of(&pad), KIMG_PART_DATA, "b", 100, 50);
	part_add(root_of(&pad), KIMG_PART_DATA, "a", 10, 20);
	part_add(root_of(&pad), KIMG_PART_DATA, "c", 150, 10);
	tile(&pad);
	assert_string_equal(layout(root_of(&pad)), "gap a gap-2 b c gap-3");
	assert_int_equal(root_of(&pad)->children->kind, KIMG_PART_GAP);
}

static void zeroes_and_ones_are_padding(void **state)
{
	cleanup_pad struct pad pad;

	pad_init(&pad, 0x5a);
	memset(pad.bytes, 0, 100);
	memset(pad.bytes + 200, 0xff, sizeof(pad.bytes) - 200);
	part_add(root_of(&pad), KIMG_PART_DATA, "a", 100, 50);
	part_add(root_of(&pad), KIMG_PART_DATA, "b", 160, 40);
	part_fill(root_of(&pad), KIMG_PART_CODE, "code");
	tile(&pad);
	assert_string_equal(layout(root_of(&pad)), "padding a code b padding-2");
}

/* Tiling again, after a search added more, makes the fillers anew. */
static void tiling_twice(void **state)
{
	cleanup_pad struct pad pad;

	pad_init(&pad, 0x5a);
	part_add(root_of(&pad), KIMG_PART_DATA, "a", 0, 10);
	tile(&pad);
	assert_string_equal(layout(root_of(&pad)), "a gap");
	part_add(root_of(&pad), KIMG_PART_DATA, "b", 20, 10);
	tile(&pad);
	assert_string_equal(layout(root_of(&pad)), "a gap b gap-2");
	tile(&pad);
}

static void overlap_becomes_a_view(void **state)
{
	cleanup_pad struct pad pad;
	struct kimg_part *b;

	pad_init(&pad, 0x5a);
	part_add(root_of(&pad), KIMG_PART_DATA, "a", 0, 100);
	b = part_add(root_of(&pad), KIMG_PART_DATA, "b", 99, 100);
	part_add(root_of(&pad), KIMG_PART_DATA, "c", 199, sizeof(pad.bytes) - 199);
	tile(&pad);
	assert_true(b->view);
	assert_true(b->notes->bad);
	assert_string_equal(b->notes->text, "overlaps a");
	assert_string_equal(layout(root_of(&pad)), "a gap c [b]");
}

static void of_two_at_one_place_the_larger_stays(void **state)
{
	cleanup_pad struct pad pad;

	pad_init(&pad, 0x5a);
	part_add(root_of(&pad), KIMG_PART_DATA, "small", 0, 10);
	part_add(root_of(&pad), KIMG_PART_DATA, "large", 0, sizeof(pad.bytes));
	tile(&pad);
	assert_string_equal(layout(root_of(&pad)), "large [small]");
}

static void views_may_overlap(void **state)
{
	cleanup_pad struct pad pad;
	struct kimg_part *view;

	pad_init(&pad, 0x5a);
	part_add(root_of(&pad), KIMG_PART_DATA, "a", 0, sizeof(pad.bytes));
	view = part_add_view(root_of(&pad), KIMG_PART_DATA, "v", 5, 50);
	part_add_view(root_of(&pad), KIMG_PART_DATA, "v", 10, 50);
	tile(&pad);
	assert_string_equal(layout(root_of(&pad)), "a [v] [v-2]");
	assert_null(view->notes);
}

static void a_part_without_tiles_is_a_leaf(void **state)
{
	cleanup_pad struct pad pad;

	pad_init(&pad, 0x5a);
	part_add_view(root_of(&pad), KIMG_PART_DATA, "v", 5, 50);
	part_add(root_of(&pad), KIMG_PART_DATA, "empty", 7, 0);
	tile(&pad);
	assert_string_equal(layout(root_of(&pad)), "[v] [empty]");
}

static void what_runs_past_the_end_is_cut(void **state)
{
	static const struct {
		uint64_t offset, size, there;
	} cases[] = {
		{ 4000, 97, 96 },
		{ 4096, 1, 0 },
		{ 4097, 1, 0 },
		{ 0, UINT64_MAX, 4096 },
		{ UINT64_MAX, 1, 0 },
		{ 1, UINT64_MAX, 4095 },
		{ UINT64_MAX, UINT64_MAX, 0 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		cleanup_pad struct pad pad;
		struct kimg_part *part;

		pad_init(&pad, 0x5a);
		part = part_add(root_of(&pad), KIMG_PART_DATA, "a", cases[i].offset, cases[i].size);
		assert_true(part->truncated);
		assert_true(part->notes->bad);
		assert_int_equal(part->size, cases[i].there);
		assert_int_equal(part_span(part).n, cases[i].there);
		tile(&pad);
	}
}

static void offsets_count_from_the_parent(void **state)
{
	cleanup_pad struct pad pad;
	struct kimg_part *outer, *inner;

	pad_init(&pad, 0x5a);
	outer = part_add(root_of(&pad), KIMG_PART_CONTAINER, "outer", 100, 200);
	inner = part_add(outer, KIMG_PART_DATA, "inner", 150, 100);
	assert_int_equal(inner->offset, 250);
	assert_int_equal(inner->size, 50);
	assert_true(inner->truncated);
	assert_ptr_equal(part_span(inner).p, pad.bytes + 250);
	tile(&pad);
	assert_string_equal(layout(outer), "gap inner");
}

static void names_are_unique_and_safe(void **state)
{
	static const struct {
		const char *name, *safe;
	} cases[] = {
		{ "dtb", "dtb" },   { "dtb", "dtb-2" },    { "dtb-2", "dtb-2-2" },
		{ "dtb", "dtb-3" }, { "a/b", "a_b" },      { "..", "part" },
		{ "", "part-2" },   { "a\033[m", "a_[m" }, { "k\xc3\xa9", "k\xc3\xa9" },
		{ "\n", "_" },
	};
	cleanup_pad struct pad pad;

	pad_init(&pad, 0x5a);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		assert_string_equal(
			part_add(root_of(&pad), KIMG_PART_DATA, cases[i].name, i, 1)->name,
			cases[i].safe);
	tile(&pad);
}

static void a_thousand_of_one_name(void **state)
{
	cleanup_pad struct pad pad;

	pad_init(&pad, 0x5a);
	for (size_t i = 0; i < 1000; i++)
		part_add(root_of(&pad), KIMG_PART_DATA, "same", i, 1);
	part_add(root_of(&pad), KIMG_PART_DATA, "rest", 1000, sizeof(pad.bytes) - 1000);
	tile(&pad);
	tile(&pad);
}

static void a_limit_on_parts(void **state)
{
	cleanup_pad struct pad pad;
	struct kimg_part *part = NULL;

	pad_init(&pad, 0x5a);
	pad.image.options.limits.parts = 10;
	for (size_t i = 0; i < 100; i++)
		part = part_add(root_of(&pad), KIMG_PART_DATA, "p", i, 1);
	assert_true(pad.image.too_many_parts);
	assert_ptr_equal(part, &pad.image.scrap->part);
	assert_int_equal(pad.image.parts, 10);
	/* Whatever a driver does with the part that could not be made, it hurts nobody. */
	field_number(part, "n", 1);
	note_bad(part, "text");
	field_text(part, "text", SPAN_LITERAL("text"));
	field_printf(part, "printed", "%d", 1);
	assert_true(part_is_lost(part));
	assert_false(part_is_lost(root_of(&pad)));
	assert_null(part->fields);
	assert_null(part->notes);
	part_fill(part, KIMG_PART_CODE, "code");
	assert_ptr_equal(part_add(part, KIMG_PART_DATA, "below", 0, 1), part);
	part_add_payload(part, "payload", 0, 100, true);
	assert_int_equal(part_span(part).n, 0);
	node_tile(pad.image.scrap);
}

/* What fails leaves no output behind that a limit could count, and parts may overlap as they like. */
static void bytes_are_not_decoded_for_ever(void **state)
{
	cleanup_pad struct pad pad;
	size_t tried = 0;

	pad_init(&pad, 0x5a);
	memcpy(pad.bytes, "\x1f\x8b\x08\0\0\0\0\0\0\0\xff", 11);
	for (size_t i = 0; i < 100; i++) {
		struct kimg_part *part =
			part_add_view(root_of(&pad), KIMG_PART_PAYLOAD, "p", 0, sizeof(pad.bytes));
		struct kimg_error *error;

		assert_true(part_set_codec(part, NULL, 0));
		error = kimg_part_expand(&pad.image, part);
		assert_non_null(error);
		tried += kimg_error_code(error) != KIMG_E_LIMIT;
		kimg_error_free(error);
	}
	assert_in_range(tried, 2, 20);
}

static void a_size_word_of_zero_is_told(void **state)
{
	cleanup_pad struct pad pad;
	struct kimg_part *word;

	pad_init(&pad, 0x5a);
	memcpy(pad.bytes,
	       "\xfd"
	       "7zXZ\0",
	       6);
	memset(pad.bytes + sizeof(pad.bytes) - 4, 0, 4);
	part_add_payload(root_of(&pad), "payload", 0, sizeof(pad.bytes), true);
	tile(&pad);
	assert_string_equal(layout(root_of(&pad)), "payload payload-size");
	word = (struct kimg_part *)root_of(&pad)->children->next;
	assert_non_null(word->notes);
	assert_true(word->notes->bad);
}

static void a_limit_on_depth(void **state)
{
	cleanup_pad struct pad pad;
	struct kimg_part *part;
	unsigned int depth = 0;

	pad_init(&pad, 0x5a);
	part = root_of(&pad);
	while (part != &pad.image.scrap->part && depth < 1000) {
		part = part_add(part, KIMG_PART_CONTAINER, "deeper", 0, 4096);
		depth++;
	}
	assert_true(depth < 100);
	tile(&pad);
}

static void a_field_of_the_same_name_is_replaced(void **state)
{
	cleanup_pad struct pad pad;
	struct kimg_part *part;

	pad_init(&pad, 0x5a);
	part = root_of(&pad);
	field_unchecked(part, "sum");
	field_number(part, "other", 5);
	field_check(part, "sum", SPAN_LITERAL("\x01\x02"), SPAN_LITERAL("\x01\x02"));
	assert_text(part, "sum", "ok");
	assert_string_equal(part->fields->name, "sum");
	assert_null(part->notes);
	field_check(part, "sum", SPAN_LITERAL("\x01\x02"), SPAN_LITERAL("\x01\xf3"));
	assert_text(part, "sum", "wrong");
	assert_string_equal(part->notes->text, "sum is 0102, the bytes give 01f3");
	assert_null(part->fields->next->next);
}

static void flags_and_enums(void **state)
{
	static const struct name_of names[] = {
		{ 1, "one" }, { 2, "two" }, { 4, "four" }, NAMES_END
	};
	cleanup_pad struct pad pad;
	struct kimg_part *part;

	pad_init(&pad, 0x5a);
	part = root_of(&pad);
	field_flags(part, "f", 5, names);
	assert_meaning(part, "f", "one,four");
	field_flags(part, "f", 0x12, names);
	assert_meaning(part, "f", "two,0x10");
	field_flags(part, "f", 0, names);
	assert_null(field_at(part, "f")->meaning);
	field_enum(part, "e", 2, names);
	assert_meaning(part, "e", "two");
	field_enum(part, "e", 3, names);
	assert_meaning(part, "e", "unknown");
	field_time(part, "t", 0);
	assert_meaning(part, "t", "1970-01-01 00:00:00 UTC");
	field_time(part, "t", UINT64_MAX);
	field_text(part, "x", SPAN_LITERAL("text\0more"));
	assert_text(part, "x", "text");
	field_text(part, "x", (struct span){ 0 });
	assert_text(part, "x", "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(gaps_are_filled),
		cmocka_unit_test(zeroes_and_ones_are_padding),
		cmocka_unit_test(tiling_twice),
		cmocka_unit_test(overlap_becomes_a_view),
		cmocka_unit_test(of_two_at_one_place_the_larger_stays),
		cmocka_unit_test(views_may_overlap),
		cmocka_unit_test(a_part_without_tiles_is_a_leaf),
		cmocka_unit_test(what_runs_past_the_end_is_cut),
		cmocka_unit_test(offsets_count_from_the_parent),
		cmocka_unit_test(names_are_unique_and_safe),
		cmocka_unit_test(a_thousand_of_one_name),
		cmocka_unit_test(a_limit_on_parts),
		cmocka_unit_test(a_limit_on_depth),
		cmocka_unit_test(bytes_are_not_decoded_for_ever),
		cmocka_unit_test(a_size_word_of_zero_is_told),
		cmocka_unit_test(a_field_of_the_same_name_is_replaced),
		cmocka_unit_test(flags_and_enums),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
