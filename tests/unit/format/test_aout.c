/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "bytes.h"
#include "tree.h"

enum { TEXT = 512, DATA = 256, RELOCATIONS = 16, SYMBOLS = 24, STRINGS = 20 };
enum { OMAGIC = 0407, NMAGIC = 0410, ZMAGIC = 0413, QMAGIC = 0314 };

static size_t make(uint8_t *p, uint16_t magic, uint8_t machine, bool big_endian)
{
	struct writer w = { .p = p, .big_endian = big_endian };
	size_t start = magic == ZMAGIC ? 1024 : magic == QMAGIC ? 0 : 32;

	memset(p, 0, 4096);
	add_word(&w, machine << 16 | magic, 4);
	add_word(&w, TEXT, 4);
	add_word(&w, DATA, 4);
	add_word(&w, 4096, 4);
	add_word(&w, SYMBOLS, 4);
	add_word(&w, 0x100000, 4);
	add_word(&w, RELOCATIONS, 4);
	add_word(&w, 0, 4);
	memset(p + (start ? start : 32), 0x90, TEXT + DATA - (start ? 0 : 32));
	memcpy(p + start + 100, "Linux version 1.0", 17);
	w.at = start + TEXT + DATA + RELOCATIONS + SYMBOLS;
	add_word(&w, STRINGS, 4);
	return start + TEXT + DATA + RELOCATIONS + SYMBOLS + STRINGS;
}

static void all_kinds(void **state)
{
	static const struct {
		uint16_t magic;
		uint8_t machine;
		bool big_endian;
		const char *name;
		size_t text;
	} kinds[] = {
		{ ZMAGIC, 100, false, "ZMAGIC", 1024 }, { OMAGIC, 100, false, "OMAGIC", 32 },
		{ NMAGIC, 100, false, "NMAGIC", 32 },   { QMAGIC, 100, false, "QMAGIC", 32 },
		{ ZMAGIC, 2, true, "ZMAGIC", 1024 },    { OMAGIC, 3, true, "OMAGIC", 32 },
		{ ZMAGIC, 3, true, "ZMAGIC", 1024 },
	};
	uint8_t p[4096];

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		size_t n = make(p, kinds[i].magic, kinds[i].machine, kinds[i].big_endian);
		cleanup_image struct kimg_image *image = open_bytes(p, n, KIMG_HEADERS);
		const struct kimg_part *part;

		check_no_damage(image);
		assert_string_equal(kimg_image_root(image)->format, "aout");
		part = part_at(image, "header");
		assert_meaning(part, "magic", kinds[i].name);
		assert_number(part, "a_text", TEXT);
		assert_number(part, "a_entry", 0x100000);
		part = part_at(image, "text");
		assert_int_equal(part->offset, kinds[i].text);
		part = part_at(image, "data");
		assert_int_equal(part->size, DATA);
		assert_int_equal(part_at(image, "text-relocations")->size, RELOCATIONS);
		assert_int_equal(part_at(image, "symbols")->size, SYMBOLS);
		assert_int_equal(part_at(image, "strings")->size, STRINGS);
		assert_ok(kimg_image_kernel(image, &part));
		assert_ptr_equal(part, kimg_image_root(image));
	}
}

/* SunOS has the header in the text of a ZMAGIC file. */
static void sparc_header_in_text(void **state)
{
	uint8_t p[4096];
	cleanup_image struct kimg_image *image = NULL;

	make(p, QMAGIC, 3, true);
	put_word(p + 2, ZMAGIC, 2, true);
	image = open_bytes(p, TEXT + DATA + RELOCATIONS + SYMBOLS + STRINGS, KIMG_HEADERS);
	check_no_damage(image);
	assert_int_equal(part_at(image, "data")->offset, TEXT);
}

static void samples(void **state)
{
	static const char *const good[] = { "aout/good-nmagic-i386", "aout/good-omagic-i386",
					    "aout/good-zmagic-i386", "aout/good-zmagic-sparc" };
	cleanup_image struct kimg_image *bad = open_sample("aout/bad-text-size", KIMG_DEEP);

	check_damage(bad);
	for (size_t i = 0; i < 4; i++) {
		cleanup_image struct kimg_image *image = open_sample(good[i], KIMG_DEEP);

		check_word(good[i], "aout");
		check_no_damage(image);
	}
}

static void is_none(void **state)
{
	struct kimg_image *image = NULL;
	uint8_t p[4096];
	size_t n = make(p, ZMAGIC, 77, false);

	assert_fails(KIMG_E_NOT_FOUND, kimg_image_open_bytes(p, n, NULL, &image));
	n = make(p, ZMAGIC, 100, false);
	put_word(p + 16, 25, 4, false);
	assert_fails(KIMG_E_NOT_FOUND, kimg_image_open_bytes(p, n, NULL, &image));
}

static void cut_and_twisted(void **state)
{
	uint8_t p[4096];

	for (int i = 0; i < 2; i++) {
		size_t n = make(p, i ? QMAGIC : OMAGIC, 100, false);

		check_cuts(p, n, n);
		for (size_t at = 0; at < 32; at += 4)
			check_extremes(p, n, at, 4);
		check_extremes(p, n, n - STRINGS, 4);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(all_kinds),       cmocka_unit_test(sparc_header_in_text),
		cmocka_unit_test(samples),         cmocka_unit_test(is_none),
		cmocka_unit_test(cut_and_twisted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
