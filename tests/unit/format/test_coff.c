/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "bytes.h"
#include "tree.h"

enum { TEXT = 256, SYMBOLS = 2 };

static const struct {
	uint16_t magic;
	bool big_endian;
	bool wide;
	bool ecoff;
	const char *name;
} machines[] = {
	{ 0x014c, false, false, false, "i386" },
	{ 0x0160, true, false, true, "MIPS, big endian" },
	{ 0x0162, false, false, true, "MIPS, little endian" },
	{ 0x0183, false, true, true, "Alpha" },
};

static void add_section(struct writer *w, unsigned int width, const char *name, size_t size,
			size_t offset, uint32_t flags)
{
	char padded[8] = { 0 };

	memcpy(padded, name, strlen(name));
	add_bytes(w, padded, 8);
	add_word(w, 0x100000, width);
	add_word(w, 0x200000, width);
	add_word(w, size, width);
	add_word(w, offset, width);
	add_word(w, 0, width);
	add_word(w, 0, width);
	add_word(w, 0, 2);
	add_word(w, 0, 2);
	add_word(w, flags, 4);
}

static size_t make(uint8_t *p, size_t i)
{
	struct writer w = { .p = p, .big_endian = machines[i].big_endian };
	unsigned int width = machines[i].wide ? 8 : 4, optional = machines[i].wide ? 80 : 56;
	size_t head = (machines[i].wide ? 24 : 20) + optional + 2 * (machines[i].wide ? 64 : 40);
	size_t symbols = machines[i].ecoff ? 96 : 18 * SYMBOLS;

	memset(p, 0, 2048);
	add_word(&w, machines[i].magic, 2);
	add_word(&w, 2, 2);
	add_word(&w, 1000000000, 4);
	add_word(&w, head + TEXT, width);
	add_word(&w, machines[i].ecoff ? 96 : SYMBOLS, 4);
	add_word(&w, optional, 2);
	add_word(&w, 0x0007, 2);
	add_word(&w, 0413, 2);
	add_word(&w, 0x0102, 2);
	if (machines[i].wide)
		add_word(&w, 0, 4);
	add_word(&w, TEXT, width);
	add_word(&w, 0, width);
	add_word(&w, 4096, width);
	add_word(&w, 0x200010, width);
	add_word(&w, 0x200000, width);
	add_word(&w, 0x300000, width);
	w.at = head - 2 * (machines[i].wide ? 64 : 40);
	add_section(&w, width, ".text", TEXT, head, 0x20);
	add_section(&w, width, ".bss", 4096, 0, 0x80);
	memset(p + head, 0x90, TEXT);
	memcpy(p + head + 10, "Linux version 2.0.40", 20);
	w.at = head + TEXT + symbols;
	if (!machines[i].ecoff)
		add_word(&w, 8, 4), add_word(&w, 0x41424344, 4);
	return w.at;
}

static void all_machines(void **state)
{
	uint8_t p[2048];

	for (size_t i = 0; i < sizeof(machines) / sizeof(machines[0]); i++) {
		size_t n = make(p, i);
		cleanup_image struct kimg_image *image = open_bytes(p, n, KIMG_HEADERS);
		const struct kimg_part *part;

		check_no_damage(image);
		assert_string_equal(kimg_image_root(image)->format, "coff");
		part = part_at(image, "header");
		assert_meaning(part, "f_magic", machines[i].name);
		assert_number(part, "f_nscns", 2);
		assert_meaning(part, "f_timdat", "2001-09-09 01:46:40 UTC");
		part = part_at(image, "optional-header");
		assert_meaning(part, "magic", "ZMAGIC");
		assert_number(part, "tsize", TEXT);
		assert_number(part, "bsize", 4096);
		assert_number(part, "entry", 0x200010);
		assert_number(part, "data_start", 0x300000);
		part = part_at(image, "text");
		assert_int_equal(part->size, TEXT);
		assert_number(part, "s_paddr", 0x100000);
		assert_number(part, "s_vaddr", 0x200000);
		assert_int_equal(part_at(image, "bss")->size, 0);
		assert_number(part_at(image, "bss"), "s_size", 4096);
		assert_true(has_part(image, "symbols"));
		assert_int_equal(has_part(image, "strings"), !machines[i].ecoff);
		assert_ok(kimg_image_kernel(image, &part));
		assert_ptr_equal(part, kimg_image_root(image));
	}
}

static void samples(void **state)
{
	static const char *const good[] = { "coff/good-i386", "coff/good-ecoff-mips",
					    "coff/good-ecoff-mipsel" };
	static const char *const bad[] = { "coff/bad-sections", "coff/bad-section-offset" };

	for (size_t i = 0; i < 3; i++) {
		cleanup_image struct kimg_image *image = open_sample(good[i], KIMG_DEEP);

		check_word(good[i], "coff");
		check_no_damage(image);
	}
	for (size_t i = 0; i < 2; i++) {
		cleanup_image struct kimg_image *image = open_sample(bad[i], KIMG_DEEP);

		check_damage(image);
	}
}

/* An object file is none: it has no optional header and cannot run. */
static void is_none(void **state)
{
	struct kimg_image *image = NULL;
	uint8_t p[2048];
	size_t n = make(p, 0);

	put_word(p + 18, 0, 2, false);
	assert_fails(KIMG_E_NOT_FOUND, kimg_image_open_bytes(p, n, NULL, &image));
	n = make(p, 0);
	put_word(p + 16, 0, 2, false);
	assert_fails(KIMG_E_NOT_FOUND, kimg_image_open_bytes(p, n, NULL, &image));
}

static void cut_and_twisted(void **state)
{
	uint8_t p[2048];

	for (size_t i = 0; i < sizeof(machines) / sizeof(machines[0]); i++) {
		size_t n = make(p, i);

		check_cuts(p, n, n);
		for (size_t at = 2; at < (machines[i].wide ? 24 + 80 + 128 : 20 + 56 + 80); at += 2)
			check_extremes(p, n, at, machines[i].wide ? 8 : 4);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(all_machines),
		cmocka_unit_test(samples),
		cmocka_unit_test(is_none),
		cmocka_unit_test(cut_and_twisted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
