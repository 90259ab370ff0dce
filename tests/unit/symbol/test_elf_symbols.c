/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reading the symbol table of a vmlinux that is sound, cut or full of lies. The letters are compared with nm(1)
 * in tests/map/run.
 */
#include <elf.h>
#include <stdio.h>
#include <stdlib.h>

#include "kimg/map.h"
#include "symbol/elf_symtab.h"
#include "symbol/readers.h"

#include "../format/bytes.h"
#include "unit.h"

#include "table.h"

#define BASE 0xc0100000

enum { TEXT_SECTION = 1, SYMTAB_SECTION, STRTAB_SECTION, SHSTRTAB_SECTION, SECTIONS };

struct symbol {
	const char *name; /* NULL: offset is its name */
	uint32_t offset;
	uint64_t value;
	uint8_t info;
	uint16_t section;
};

/* A file in the making, and where its parts are. */
struct file {
	uint8_t p[16384];
	struct writer w;
	bool is64;
	size_t text, symtab, strtab, headers;
	uint32_t link;
	uint64_t entsize, symtab_size;
	bool no_nul; /* the names end without one */
};

static void word(struct file *f, uint64_t value)
{
	add_word(&f->w, value, f->is64 ? 8 : 4);
}

static void section_header(struct file *f, uint32_t name, uint32_t type, uint64_t flags,
			   uint64_t offset, uint64_t size, uint32_t link, uint64_t entsize)
{
	add_word(&f->w, name, 4);
	add_word(&f->w, type, 4);
	word(f, flags);
	word(f, flags & SHF_ALLOC ? BASE : 0);
	word(f, offset);
	word(f, size);
	add_word(&f->w, link, 4);
	add_word(&f->w, 1, 4);
	word(f, 1);
	word(f, entsize);
}

static void elf_header(struct file *f)
{
	const uint8_t ident[16] = { 0x7f,
				    'E',
				    'L',
				    'F',
				    f->is64 ? ELFCLASS64 : ELFCLASS32,
				    f->w.big_endian ? ELFDATA2MSB : ELFDATA2LSB,
				    EV_CURRENT };

	add_bytes(&f->w, ident, sizeof(ident));
	add_word(&f->w, ET_EXEC, 2);
	add_word(&f->w, f->is64 ? EM_X86_64 : EM_PPC, 2);
	add_word(&f->w, EV_CURRENT, 4);
	word(f, BASE);
	word(f, 0);
	word(f, f->headers);
	add_word(&f->w, 0, 4);
	add_word(&f->w, f->is64 ? 64 : 52, 2);
	add_word(&f->w, 0, 2);
	add_word(&f->w, 0, 2);
	add_word(&f->w, f->is64 ? 64 : 40, 2);
	add_word(&f->w, SECTIONS, 2);
	add_word(&f->w, SHSTRTAB_SECTION, 2);
}

static void add_symbol(struct file *f, const struct symbol *symbol, uint32_t name)
{
	add_word(&f->w, name, 4);
	if (f->is64) {
		add_word(&f->w, symbol->info, 1);
		add_word(&f->w, 0, 1);
		add_word(&f->w, symbol->section, 2);
	}
	word(f, symbol->value);
	word(f, 16);
	if (!f->is64) {
		add_word(&f->w, symbol->info, 1);
		add_word(&f->w, 0, 1);
		add_word(&f->w, symbol->section, 2);
	}
}

/* Lays the file out twice: the header wants to know where the section headers are. */
static struct span make(struct file *f, const struct symbol *symbols, size_t n)
{
	static const char section_names[] = "\0.text\0.symtab\0.strtab\0.shstrtab";
	static const char banner[] = "Linux version 6.12.117 (x@y) (gcc) #1 SMP\n";
	const size_t entry = f->is64 ? 24 : 16;
	char names[4096] = "";
	size_t end = 1;

	for (int pass = 0; pass < 2; pass++) {
		f->w.p = f->p;
		f->w.at = 0;
		elf_header(f);
		f->text = f->w.at;
		add_bytes(&f->w, banner, sizeof(banner));
		f->symtab = f->w.at;
		add_symbol(f, &(struct symbol){ 0 }, 0);
		end = 1;
		for (size_t i = 0; i < n; i++) {
			add_symbol(f, &symbols[i], symbols[i].name ? end : symbols[i].offset);
			if (symbols[i].name)
				end += sprintf(names + end, "%s", symbols[i].name) + 1;
		}
		f->strtab = f->w.at;
		add_bytes(&f->w, names, end - f->no_nul);
		f->headers = f->w.at;
		section_header(f, 0, SHT_NULL, 0, 0, 0, 0, 0);
		section_header(f, 1, SHT_PROGBITS, SHF_ALLOC | SHF_EXECINSTR, f->text,
			       sizeof(banner), 0, 0);
		section_header(f, 7, SHT_SYMTAB, 0, f->symtab,
			       f->symtab_size ? f->symtab_size : (n + 1) * entry,
			       f->link ? f->link : STRTAB_SECTION, f->entsize ? f->entsize : entry);
		section_header(f, 15, SHT_STRTAB, 0, f->strtab, end - f->no_nul, 0, 0);
		section_header(f, 23, SHT_STRTAB, 0, f->headers + SECTIONS * (f->is64 ? 64 : 40),
			       sizeof(section_names), 0, 0);
		add_bytes(&f->w, section_names, sizeof(section_names));
	}
	return span_of(f->p, f->w.at);
}

static struct kimg_error *read_bytes(struct span bytes, struct kimg_symbols **ret_symbols)
{
	const struct kimg_symbols_options options = KIMG_SYMBOLS_OPTIONS_DEFAULT;
	struct elf elf;

	TRY(elf_open(bytes, &elf));
	return symbols_read_elf(&elf, &options, ret_symbols);
}

/* A copy of its own size, so that a byte too much is found. */
static struct kimg_error *read_copy(struct span bytes, struct kimg_symbols **ret_symbols,
				    void **copy)
{
	*copy = malloc(bytes.n ? bytes.n : 1);
	assert_non_null(*copy);
	memcpy(*copy, bytes.p, bytes.n);
	return read_bytes(span_of(*copy, bytes.n), ret_symbols);
}

static void assert_map(const struct kimg_symbols *symbols, const char *release,
		       const char *expected)
{
	const struct kimg_map_options options = { .release = release };
	size_t size;
	char *text;

	assert_ok(kimg_map_write(symbols, &options, &text, &size));
	assert_int_equal(size, strlen(expected));
	assert_memory_equal(text, expected, size);
	free(text);
}

static const struct symbol good[] = {
	{ "zed", 0, BASE + 8, STB_LOCAL << 4 | STT_FUNC, TEXT_SECTION },
	{ "linux_banner", 0, BASE, STB_GLOBAL << 4 | STT_OBJECT, TEXT_SECTION },
	{ "abs", 0, 5, STB_LOCAL << 4, SHN_ABS },
	{ "Zed", 0, BASE + 8, STB_GLOBAL << 4 | STT_FUNC, TEXT_SECTION },
	{ "undefined", 0, 0, STB_WEAK << 4 | STT_OBJECT, SHN_UNDEF },
	{ "_text", 0, BASE, STB_GLOBAL << 4, TEXT_SECTION },
	{ "file.c", 0, 0, STT_FILE, SHN_ABS },
	{ "", 0, BASE, STT_SECTION, TEXT_SECTION },
	{ "zed", 0, BASE + 8, STB_WEAK << 4 | STT_FUNC, TEXT_SECTION },
};

static void reads_all_kinds(void **state)
{
	for (unsigned int kind = 0; kind < 4; kind++) {
		struct file f = { .is64 = kind & 1, .w.big_endian = kind & 2 };
		struct kimg_symbols *symbols;
		const struct kimg_symbol *all;
		size_t n;

		assert_ok(read_bytes(make(&f, good, ARRAY_SIZE(good)), &symbols));
		assert_string_equal(kimg_symbols_release(symbols), "6.12.117");
		assert_null(kimg_symbols_notes(symbols));
		all = kimg_symbols_all(symbols, &n);
		assert_int_equal(n, 7);
		for (size_t i = 0; i < n; i++)
			assert_int_equal(!!(all[i].flags & KIMG_SYMBOL_HIDDEN),
					 all[i].type == 'v' || all[i].type == 'a');
		/* 'a' is left out; of one address by name; of one name in the order of the file */
		assert_map(symbols, NULL,
			   kind & 1 ? "                 v undefined\n"
				      "00000000c0100000 T _text\n"
				      "00000000c0100000 T linux_banner\n"
				      "00000000c0100008 T Zed\n"
				      "00000000c0100008 t zed\n"
				      "00000000c0100008 W zed\n"
				    : "         v undefined\n"
				      "c0100000 T _text\n"
				      "c0100000 T linux_banner\n"
				      "c0100008 T Zed\n"
				      "c0100008 t zed\n"
				      "c0100008 W zed\n");
		kimg_symbols_free(symbols);
	}
}

static void sorts_lines_as_2_4_did(void **state)
{
	struct file f = { .is64 = false };
	struct kimg_symbols *symbols;

	assert_ok(read_bytes(make(&f, good, ARRAY_SIZE(good)), &symbols));
	assert_map(symbols, "2.4.20-8",
		   "         v undefined\n"
		   "c0100000 T _text\n"
		   "c0100000 T linux_banner\n"
		   "c0100008 T Zed\n"
		   "c0100008 W zed\n"
		   "c0100008 t zed\n");
	kimg_symbols_free(symbols);
}

static void leaves_newlines_out(void **state)
{
	const struct symbol list[] = {
		{ "a\nffffffff T b", 0, BASE, STB_GLOBAL << 4, TEXT_SECTION },
		{ "c", 0, BASE, STB_GLOBAL << 4, TEXT_SECTION },
	};
	struct file f = { .is64 = false };
	struct kimg_symbols *symbols;

	assert_ok(read_bytes(make(&f, list, 2), &symbols));
	assert_map(symbols, NULL, "c0100000 T c\n");
	kimg_symbols_free(symbols);
}

static void refuses_what_is_no_release(void **state)
{
	const struct kimg_map_options options = { .release = "v6" };
	struct file f = { .is64 = true };
	struct kimg_symbols *symbols;
	size_t size;
	char *text;

	assert_ok(read_bytes(make(&f, good, ARRAY_SIZE(good)), &symbols));
	assert_fails(KIMG_E_INVALID, kimg_map_write(symbols, &options, &text, &size));
	kimg_symbols_free(symbols);
}

static void survives_any_cut(void **state)
{
	struct file f = { .is64 = true };
	struct span whole = make(&f, good, ARRAY_SIZE(good));

	for (size_t n = 0; n < whole.n; n++) {
		struct kimg_symbols *symbols = NULL;
		void *copy;
		struct kimg_error *error = read_copy(span_of(whole.p, n), &symbols, &copy);

		kimg_error_free(error);
		kimg_symbols_free(symbols);
		free(copy);
	}
}

/* Each byte of the headers and of the table, made all ones and all zeroes. */
static void survives_any_byte(void **state)
{
	struct file f = { .is64 = false };
	struct span whole = make(&f, good, ARRAY_SIZE(good));

	for (size_t i = 0; i < whole.n * 2; i++) {
		uint8_t *byte = &f.p[i / 2], before = *byte;
		struct kimg_symbols *symbols = NULL;
		void *copy;

		*byte = i & 1 ? 0xff : 0;
		kimg_error_free(read_copy(whole, &symbols, &copy));
		kimg_symbols_free(symbols);
		free(copy);
		*byte = before;
	}
}

static void tells_lies_of_the_header(void **state)
{
	struct kimg_symbols *symbols;
	struct file f = { .is64 = true, .entsize = 16 };

	assert_fails(KIMG_E_CORRUPT, read_bytes(make(&f, good, ARRAY_SIZE(good)), &symbols));
	f = (struct file){ .is64 = true, .link = 0xffffffff };
	assert_fails(KIMG_E_CORRUPT, read_bytes(make(&f, good, ARRAY_SIZE(good)), &symbols));
	f = (struct file){ .is64 = true, .link = TEXT_SECTION };
	assert_fails(KIMG_E_CORRUPT, read_bytes(make(&f, good, ARRAY_SIZE(good)), &symbols));
	f = (struct file){ .is64 = true, .symtab_size = 8 };
	assert_fails(KIMG_E_NOT_FOUND, read_bytes(make(&f, good, ARRAY_SIZE(good)), &symbols));
}

static void notes_a_table_that_is_cut(void **state)
{
	struct file f = { .is64 = true, .symtab_size = 1ULL << 60 };
	struct kimg_symbols *symbols;

	assert_ok(read_bytes(make(&f, good, ARRAY_SIZE(good)), &symbols));
	assert_true(kimg_symbols_notes(symbols)->bad);
	kimg_symbols_free(symbols);
}

static void drops_names_that_are_not_there(void **state)
{
	const struct symbol list[] = {
		{ NULL, 0xffffffff, BASE, STB_GLOBAL << 4, TEXT_SECTION },
		{ "f", 0, BASE, STB_GLOBAL << 4, TEXT_SECTION },
		{ NULL, 100, BASE, STB_GLOBAL << 4, TEXT_SECTION },
		{ "without_end", 0, BASE, STB_GLOBAL << 4, TEXT_SECTION },
	};
	struct file f = { .is64 = true, .no_nul = true };
	struct kimg_symbols *symbols;

	assert_ok(read_bytes(make(&f, list, ARRAY_SIZE(list)), &symbols));
	assert_true(kimg_symbols_notes(symbols)->bad);
	assert_map(symbols, NULL, "00000000c0100000 T f\n");
	kimg_symbols_free(symbols);
}

/* Symbols that all share the end of one long name would make a map out of all proportion. */
static void refuses_names_that_overlap(void **state)
{
	static struct symbol list[200];
	static char name[3000];
	struct file f = { .is64 = false };
	struct kimg_symbols *symbols;

	memset(name, 'a', sizeof(name) - 1);
	list[0] = (struct symbol){ name, 0, BASE, STB_GLOBAL << 4, TEXT_SECTION };
	for (uint32_t i = 1; i < ARRAY_SIZE(list); i++)
		list[i] = (struct symbol){ NULL, i, BASE, STB_GLOBAL << 4, TEXT_SECTION };
	assert_fails(KIMG_E_CORRUPT, read_bytes(make(&f, list, ARRAY_SIZE(list)), &symbols));
}

static void sections_beyond_the_last(void **state)
{
	const struct symbol list[] = {
		{ "a", 0, BASE, STB_GLOBAL << 4, 77 },
		{ "b", 0, BASE, STB_GLOBAL << 4, SHN_XINDEX },
		{ "c", 0, BASE, STB_GLOBAL << 4, 0xff3f },
	};
	struct file f = { .is64 = true };
	struct kimg_symbols *symbols;

	assert_ok(read_bytes(make(&f, list, ARRAY_SIZE(list)), &symbols));
	assert_map(symbols, NULL,
		   "00000000c0100000 A a\n"
		   "00000000c0100000 A b\n"
		   "00000000c0100000 A c\n");
	kimg_symbols_free(symbols);
}

static uint64_t extent_of(struct kimg_symbols *symbols, const char *name)
{
	const struct kimg_symbol *symbol = table_named(symbols, name);

	assert_non_null(symbol);
	return kimg_symbol_extent(symbols, symbol);
}

/* Where a symbol ends is told by the next one, be it beside it, pages away, or where hashes of pages are the same. */
static void finds_what_follows_far_away(void **state)
{
	const struct symbol list[] = {
		{ "last", 0, BASE + 0x20001000, STB_GLOBAL << 4, TEXT_SECTION },
		{ "far", 0, BASE + 0x10000020, STB_GLOBAL << 4, TEXT_SECTION },
		{ "near", 0, BASE + 0x10, STB_GLOBAL << 4, TEXT_SECTION },
		{ "next", 0, BASE + 0x1010, STB_GLOBAL << 4, TEXT_SECTION },
		{ "first", 0, BASE, STB_GLOBAL << 4, TEXT_SECTION },
		{ "middle", 0, BASE + 0x9000, STB_GLOBAL << 4, TEXT_SECTION },
	};
	struct file f = { .is64 = true };
	struct span file = make(&f, list, ARRAY_SIZE(list));
	struct kimg_symbols *whole, *part;
	struct elf elf;

	assert_ok(read_bytes(file, &whole));
	assert_ok(elf_open(file, &elf));
	for (size_t i = 0; i < ARRAY_SIZE(list); i++) {
		const struct kimg_symbols_options options = {
			.limits = KIMG_LIMITS_DEFAULT,
			.names = &list[i].name,
			.name_count = 1,
		};

		assert_ok(symbols_read_elf(&elf, &options, &part));
		assert_false(kimg_symbols_are_all(part));
		assert_int_equal(extent_of(part, list[i].name), extent_of(whole, list[i].name));
		kimg_symbols_free(part);
	}
	kimg_symbols_free(whole);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_all_kinds),
		cmocka_unit_test(sorts_lines_as_2_4_did),
		cmocka_unit_test(leaves_newlines_out),
		cmocka_unit_test(refuses_what_is_no_release),
		cmocka_unit_test(survives_any_cut),
		cmocka_unit_test(survives_any_byte),
		cmocka_unit_test(tells_lies_of_the_header),
		cmocka_unit_test(notes_a_table_that_is_cut),
		cmocka_unit_test(drops_names_that_are_not_there),
		cmocka_unit_test(refuses_names_that_overlap),
		cmocka_unit_test(sections_beyond_the_last),
		cmocka_unit_test(finds_what_follows_far_away),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
