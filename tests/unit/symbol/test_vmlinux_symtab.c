/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "../unit.h"

#include <elf.h>
#include <stdio.h>

#include "symbol/vmlinux_symtab.h"

/* The sections of a kernel for x86-64: per-CPU data at 0, a hole behind .text, .data behind .rodata at once. */
static const struct elf_section sections[] = {
	{ 0 },
	{ .name = { (const uint8_t *)".text", 5 },
	  .type = SHT_PROGBITS,
	  .flags = SHF_ALLOC | SHF_EXECINSTR,
	  .addr = 0xffffffff81000000,
	  .size = 0x1000 },
	{ .name = { (const uint8_t *)".rodata", 7 },
	  .type = SHT_PROGBITS,
	  .flags = SHF_ALLOC,
	  .addr = 0xffffffff81200000,
	  .size = 0x1000 },
	{ .name = { (const uint8_t *)".data..percpu", 13 },
	  .type = SHT_PROGBITS,
	  .flags = SHF_ALLOC | SHF_WRITE,
	  .addr = 0,
	  .size = 0x100 },
	{ .name = { (const uint8_t *)".data", 5 },
	  .type = SHT_PROGBITS,
	  .flags = SHF_ALLOC | SHF_WRITE | SHF_EXECINSTR,
	  .addr = 0xffffffff81201000,
	  .size = 0x1000 },
	{ .name = { (const uint8_t *)".comment", 8 }, .type = SHT_PROGBITS, .size = 0x1000 },
	{ .name = { (const uint8_t *)".bss", 4 },
	  .type = SHT_NOBITS,
	  .flags = SHF_ALLOC | SHF_WRITE,
	  .addr = 0xffffffff81202000,
	  .size = 0x1000 },
};

enum { TEXT = 1, RODATA, PERCPU, DATA, COMMENT, BSS };

static const struct elf header = { .is64 = true, .machine = EM_X86_64 };

struct given {
	uint64_t address;
	char letter;
	const char *name;
	uint8_t flags;
	uint64_t size;
};

struct expected {
	const char *name;
	uint8_t binding, type;
	uint16_t section;
	uint64_t size;
};

static struct kimg_symbols *table_of(const struct given *given, size_t n)
{
	struct kimg_symbols *symbols;

	assert_ok(symbols_new(KIMG_SYMBOLS_KALLSYMS, &symbols));
	for (size_t i = 0; i < n; i++)
		assert_ok(symbols_add(symbols, &(struct kimg_symbol){
						       .address = given[i].address,
						       .size = given[i].size,
						       .name = given[i].name,
						       .name_size = strlen(given[i].name),
						       .type = given[i].letter,
						       .flags = given[i].flags,
					       }));
	assert_ok(symbols_finish(symbols, 0));
	return symbols;
}

/* Entry i of the table. */
static struct elf_symbol entry(const struct vmlinux_symtab *symtab, size_t i)
{
	const uint8_t *p = symtab->symbols.p + 24 * i;

	return (struct elf_symbol){ get_le32(p),     p[4], p[5], get_le16(p + 6), get_le64(p + 8),
				    get_le64(p + 16) };
}

static const char *name_at(const struct vmlinux_symtab *symtab, const struct elf_symbol *symbol)
{
	assert_true(symbol->name_at < symtab->names.n);
	return (const char *)symtab->names.p + symbol->name_at;
}

static void check(const struct given *given, const struct expected *expected, size_t n)
{
	cleanup_symbols struct kimg_symbols *symbols = table_of(given, n);
	cleanup_vmlinux_symtab struct vmlinux_symtab symtab = { 0 };

	assert_ok(vmlinux_symtab_make(symbols, &header, sections, ARRAY_SIZE(sections), &symtab));
	assert_int_equal(symtab.count, n);
	assert_int_equal(symtab.symbols.n, 24 * (n + 1));
	for (size_t i = 0; i < n; i++) {
		struct elf_symbol symbol = entry(&symtab, i + 1);
		const char *name = name_at(&symtab, &symbol);

		assert_string_equal(name, expected[i].name);
		if (ELF64_ST_BIND(symbol.info) != expected[i].binding ||
		    ELF64_ST_TYPE(symbol.info) != expected[i].type ||
		    symbol.section != expected[i].section || symbol.size != expected[i].size)
			fail_msg("%s: binding %u, type %u, section %u, size %#llx", name,
				 ELF64_ST_BIND(symbol.info), ELF64_ST_TYPE(symbol.info),
				 symbol.section, (unsigned long long)symbol.size);
		assert_int_equal(i + 1 < symtab.locals, expected[i].binding == STB_LOCAL);
	}
}

static void kinds_of_symbols(void **state)
{
	static const struct given given[] = {
		{ 0x10, 'A', "percpu_one", 0, 0 },
		{ 0x20, 'A', "percpu_two", KIMG_SYMBOL_HIDDEN, 0 },
		{ 0x12345, 'A', "a_value", 0, 0 },
		{ 0xffffffff81000000, 'T', "_text", 0, 0 },
		{ 0xffffffff81000000, 'T', "startup_64", 0, 0 },
		{ 0xffffffff81000040, 't', "local_function", 0, 0 },
		{ 0xffffffff81000044, 't', "$x", KIMG_SYMBOL_HIDDEN, 0 },
		{ 0xffffffff81000080, 'W', "weak_function", 0, 0 },
		{ 0xffffffff81000ff0, 't', "last_function", 0, 0 },
		{ 0xffffffff81001000, 'T', "_etext", 0, 0 },
		{ 0xffffffff81001800, 'D', "in_the_hole", 0, 0 },
		{ 0xffffffff81200000, 'R', "constant", 0, 0 },
		{ 0xffffffff81201000, 'R', "__end_rodata", 0, 0 },
		{ 0xffffffff81201000, 'T', "in_data", 0, 0 },
		{ 0xffffffff81201010, 'V', "weak_object", 0, 0 },
		{ 0xffffffff81201020, 'D', "sized", KIMG_SYMBOL_OBJECT, 4 },
		{ 0xffffffff81202000, 'b', "zeroes", 0, 0 },
		{ 0xffffffff81202010, '?', "unknown", 0, 0 },
		{ 0xffffffffff600000, 'T', "far_away", 0, 0 },
	};
	static const struct expected expected[] = {
		{ "local_function", STB_LOCAL, STT_FUNC, TEXT, 0x40 },
		{ "$x", STB_LOCAL, STT_FUNC, TEXT, 0x3c },
		{ "last_function", STB_LOCAL, STT_FUNC, TEXT, 0x10 },
		{ "zeroes", STB_LOCAL, STT_OBJECT, BSS, 0x10 },
		{ "unknown", STB_LOCAL, STT_NOTYPE, BSS, 0xff0 },
		{ "percpu_one", STB_GLOBAL, STT_OBJECT, PERCPU, 0x10 },
		{ "percpu_two", STB_GLOBAL, STT_OBJECT, PERCPU, 0xe0 },
		{ "a_value", STB_GLOBAL, STT_NOTYPE, SHN_ABS, 0 },
		{ "_text", STB_GLOBAL, STT_NOTYPE, TEXT, 0 },
		{ "startup_64", STB_GLOBAL, STT_FUNC, TEXT, 0x40 },
		{ "weak_function", STB_WEAK, STT_FUNC, TEXT, 0xf70 },
		{ "_etext", STB_GLOBAL, STT_NOTYPE, TEXT, 0 },
		{ "in_the_hole", STB_GLOBAL, STT_OBJECT, TEXT, 0 },
		{ "constant", STB_GLOBAL, STT_OBJECT, RODATA, 0x1000 },
		{ "__end_rodata", STB_GLOBAL, STT_NOTYPE, RODATA, 0 },
		{ "in_data", STB_GLOBAL, STT_OBJECT, DATA, 0x10 },
		{ "weak_object", STB_WEAK, STT_OBJECT, DATA, 0x10 },
		{ "sized", STB_GLOBAL, STT_OBJECT, DATA, 4 },
		{ "far_away", STB_GLOBAL, STT_FUNC, SHN_ABS, 0 },
	};

	check(given, expected, ARRAY_SIZE(given));
}

/* Names of labels that are functions after all: local, or nothing else stands there. */
static void labels(void **state)
{
	static const struct given given[] = {
		{ 0xffffffff81000010, 't', "__start_it", 0, 0 },
		{ 0xffffffff81000020, 'T', "__bio_end", 0, 0 },
		{ 0xffffffff81000030, 'T', "__kprobes_text_end", 0, 0 },
		{ 0xffffffff81000030, 'T', "vector", 0, 0 },
		{ 0xffffffff81000040, 'T', "__start_something", 0, 0 },
	};
	static const struct expected expected[] = {
		{ "__start_it", STB_LOCAL, STT_FUNC, TEXT, 0x10 },
		{ "__bio_end", STB_GLOBAL, STT_FUNC, TEXT, 0x10 },
		{ "__kprobes_text_end", STB_GLOBAL, STT_NOTYPE, TEXT, 0 },
		{ "vector", STB_GLOBAL, STT_FUNC, TEXT, 0x10 },
		{ "__start_something", STB_GLOBAL, STT_NOTYPE, TEXT, 0 },
	};

	check(given, expected, ARRAY_SIZE(given));
}

static void names_are_written_once(void **state)
{
	enum { COUNT = 5000 };
	cleanup_symbols struct kimg_symbols *symbols = NULL;
	cleanup_vmlinux_symtab struct vmlinux_symtab symtab = { 0 };
	static char texts[COUNT][16];
	size_t total = 1;

	assert_ok(symbols_new(KIMG_SYMBOLS_KALLSYMS, &symbols));
	for (unsigned int i = 0; i < COUNT; i++) {
		int n = snprintf(texts[i], sizeof(texts[i]), "f%u", i / 2);

		total += i % 2 ? 0 : n + 1;
		assert_ok(symbols_add(symbols, &(struct kimg_symbol){ .address = i,
								      .name = texts[i],
								      .name_size = n,
								      .type = 't' }));
	}
	assert_ok(symbols_add(symbols,
			      &(struct kimg_symbol){ .address = COUNT, .name = "", .type = 't' }));
	assert_ok(symbols_add(symbols, &(struct kimg_symbol){ .address = COUNT + 1,
							      .name = "f1\0f2",
							      .name_size = 5,
							      .type = 't' }));
	assert_ok(symbols_finish(symbols, 0));
	assert_ok(vmlinux_symtab_make(symbols, &header, sections, ARRAY_SIZE(sections), &symtab));
	for (unsigned int i = 0; i < COUNT; i++) {
		struct elf_symbol symbol = entry(&symtab, i + 1);

		assert_string_equal(name_at(&symtab, &symbol), texts[i]);
	}
	assert_int_equal(entry(&symtab, COUNT + 1).name_at, 0);
	/* Where a slot is taken often enough, a name is written twice; that is rare. */
	assert_true(symtab.names.n >= total && symtab.names.n < total + total / 50);
}

static void odd_addresses_on_arm(void **state)
{
	static const struct given given[] = { { 0xc0000001, 't', "text", 0, 0 },
					      { 0xc0000004, 't', "code", 0, 0 } };
	static const struct elf_section arm[] = {
		{ 0 },
		{ .type = SHT_PROGBITS,
		  .flags = SHF_ALLOC | SHF_EXECINSTR,
		  .addr = 0xc0000000,
		  .size = 0x100 },
	};
	cleanup_symbols struct kimg_symbols *symbols = table_of(given, ARRAY_SIZE(given));
	cleanup_vmlinux_symtab struct vmlinux_symtab symtab = { 0 };

	assert_ok(vmlinux_symtab_make(symbols,
				      &(struct elf){ .machine = EM_ARM, .big_endian = true }, arm,
				      ARRAY_SIZE(arm), &symtab));
	assert_int_equal(symtab.symbols.p[16 + 12], STT_NOTYPE);
	assert_int_equal(symtab.symbols.p[32 + 12], STT_FUNC);
	assert_int_equal(get_be32(symtab.symbols.p + 32 + 4), 0xc0000004);
	assert_int_equal(get_be32(symtab.symbols.p + 32 + 8), 0xfc);
}

/* Sections that lie over each other and past the last address, and none at all. */
static void hostile_sections(void **state)
{
	static const struct given given[] = { { 0x1000, 'T', "a", 0, 0 },
					      { 0x1800, 'D', "b", 0, 0 },
					      { UINT64_MAX, 'B', "c", 0, 0 } };
	static const struct elf_section lying[] = {
		{ 0 },
		{ .flags = SHF_ALLOC, .type = SHT_PROGBITS, .addr = 0x1000, .size = UINT64_MAX },
		{ .flags = SHF_ALLOC, .type = SHT_PROGBITS, .addr = 0x1000, .size = 0x10 },
		{ .flags = SHF_ALLOC, .type = SHT_NOBITS, .addr = UINT64_MAX, .size = UINT64_MAX },
	};
	cleanup_symbols struct kimg_symbols *symbols = table_of(given, ARRAY_SIZE(given));

	for (size_t n = 0; n <= ARRAY_SIZE(lying); n++) {
		cleanup_vmlinux_symtab struct vmlinux_symtab symtab = { 0 };

		assert_ok(vmlinux_symtab_make(symbols, &header, lying, n, &symtab));
		assert_int_equal(entry(&symtab, 1).section, n > 1 ? 1 : SHN_ABS);
	}
	assert_fails(KIMG_E_UNSUPPORTED, vmlinux_symtab_make(symbols, &header, lying, SHN_LORESERVE,
							     &(struct vmlinux_symtab){ 0 }));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(kinds_of_symbols),       cmocka_unit_test(labels),
		cmocka_unit_test(names_are_written_once), cmocka_unit_test(odd_addresses_on_arm),
		cmocka_unit_test(hostile_sections),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
