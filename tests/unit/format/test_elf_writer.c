/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What elf_writer.h writes, elf.h reads. */
#include "../unit.h"

#include <elf.h>

#include "format/elf_writer.h"

static const struct elf_form forms[] = {
	{ false, false }, { false, true }, { true, false }, { true, true }
};

static void sizes(void **state)
{
	assert_int_equal(elf_size_of(forms[0], ELF_HEADER), 52);
	assert_int_equal(elf_size_of(forms[2], ELF_HEADER), 64);
	assert_int_equal(elf_size_of(forms[0], ELF_SEGMENT), 32);
	assert_int_equal(elf_size_of(forms[2], ELF_SEGMENT), 56);
	assert_int_equal(elf_size_of(forms[0], ELF_SECTION), 40);
	assert_int_equal(elf_size_of(forms[2], ELF_SECTION), 64);
	assert_int_equal(elf_size_of(forms[0], ELF_SYMBOL), 16);
	assert_int_equal(elf_size_of(forms[2], ELF_SYMBOL), 24);
}

static void headers_are_read_back(void **state)
{
	for (size_t i = 0; i < ARRAY_SIZE(forms); i++) {
		uint8_t file[512] = { 0 };
		struct elf_segment segment = { PT_LOAD, PF_R | PF_X, 0x11, 0x22,
					       0x33,    0x44,        0x55, 0x1000 };
		struct elf_section section = {
			.name_at = 1,
			.type = SHT_NOBITS,
			.flags = SHF_ALLOC,
			.addr = 0xc0000000,
			.offset = 0x12,
			.size = 0x34,
			.link = 2,
			.info = 3,
			.addralign = 8,
			.entsize = 9,
		};
		struct elf made = {
			.is64 = forms[i].is64,
			.big_endian = forms[i].big_endian,
			.osabi = 3,
			.abiversion = 1,
			.type = ET_DYN,
			.machine = EM_MIPS,
			.flags = 0x70001001,
			.entry = 0x80100400,
			.phoff = 128,
			.shoff = 256,
			.phnum = 1,
			.shnum = 2,
		};
		struct elf_segment segment_read;
		struct elf_section section_read;
		struct elf read;

		elf_write_header(file, &made);
		elf_write_segment(file + 128, forms[i], &segment);
		elf_write_section(file + 256 + elf_size_of(forms[i], ELF_SECTION), forms[i],
				  &section);
		assert_ok(elf_open(span_of(file, sizeof(file)), &read));
		assert_true(read.is64 == made.is64 && read.big_endian == made.big_endian);
		assert_true(read.osabi == 3 && read.abiversion == 1 && read.type == ET_DYN);
		assert_true(read.machine == EM_MIPS && read.flags == 0x70001001);
		assert_true(read.entry == 0x80100400 && read.phoff == 128 && read.shoff == 256);
		assert_int_equal(read.segments, 1);
		assert_int_equal(read.sections, 2);
		assert_int_equal(read.ehsize, elf_size_of(forms[i], ELF_HEADER));
		assert_true(elf_segment_at(&read, 0, &segment_read));
		assert_memory_equal(&segment_read, &segment, sizeof(segment));
		assert_true(elf_section_at(&read, 1, &section_read));
		assert_true(section_read.name_at == 1 && section_read.type == SHT_NOBITS);
		assert_true(section_read.flags == SHF_ALLOC && section_read.addr == 0xc0000000);
		assert_true(section_read.offset == 0x12 && section_read.size == 0x34);
		assert_true(section_read.link == 2 && section_read.info == 3);
		assert_true(section_read.addralign == 8 && section_read.entsize == 9);
	}
}

static void symbols(void **state)
{
	static const struct elf_symbol symbol = { 0x01020304, ELF64_ST_INFO(STB_GLOBAL, STT_FUNC),
						  STV_HIDDEN, 0x0506,
						  0x0708090a, 0x0b0c0d0e };
	static const uint8_t expected[][24] = {
		{ 4, 3, 2, 1, 10, 9, 8, 7, 14, 13, 12, 11, 0x12, 2, 6, 5 },
		{ 1, 2, 3, 4, 7, 8, 9, 10, 11, 12, 13, 14, 0x12, 2, 5, 6 },
		{ 4, 3, 2, 1, 0x12, 2, 6, 5, 10, 9, 8, 7, 0, 0, 0, 0, 14, 13, 12, 11 },
		{ 1, 2, 3, 4, 0x12, 2, 5, 6, 0, 0, 0, 0, 7, 8, 9, 10, 0, 0, 0, 0, 11, 12, 13, 14 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(forms); i++) {
		uint8_t bytes[24] = { 0 };

		elf_write_symbol(bytes, forms[i], &symbol);
		assert_memory_equal(bytes, expected[i], elf_size_of(forms[i], ELF_SYMBOL));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sizes),
		cmocka_unit_test(headers_are_read_back),
		cmocka_unit_test(symbols),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
