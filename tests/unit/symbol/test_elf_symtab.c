/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "../unit.h"

#include <elf.h>
#include <stdlib.h>

#include "base/buf.h"
#include "table.h"

enum { HEADERS = sizeof(Elf64_Ehdr) + 3 * sizeof(Elf64_Shdr) };

/* An ELF file of this machine's class and byte order: .symtab with count symbols of that name, .strtab. */
static void make_elf(struct buf *file, const Elf64_Sym *symbol, size_t count, struct span names)
{
	Elf64_Ehdr header = {
		.e_ident = { ELFMAG0, ELFMAG1, ELFMAG2, ELFMAG3, ELFCLASS64,
			     __BYTE_ORDER == __BIG_ENDIAN ? ELFDATA2MSB : ELFDATA2LSB, EV_CURRENT },
		.e_type = ET_EXEC,
		.e_machine = EM_X86_64,
		.e_version = EV_CURRENT,
		.e_shoff = sizeof(header),
		.e_ehsize = sizeof(header),
		.e_shentsize = sizeof(Elf64_Shdr),
		.e_shnum = 3,
	};
	Elf64_Shdr sections[3] = {
		[1] = { .sh_type = SHT_SYMTAB,
			.sh_offset = HEADERS,
			.sh_size = (count + 1) * sizeof(*symbol),
			.sh_link = 2,
			.sh_entsize = sizeof(*symbol) },
		[2] = { .sh_type = SHT_STRTAB,
			.sh_offset = HEADERS + (count + 1) * sizeof(*symbol),
			.sh_size = names.n },
	};
	const Elf64_Sym none = { 0 };

	buf_add(file, &header, sizeof(header));
	buf_add(file, sections, sizeof(sections));
	buf_add(file, &none, sizeof(none));
	for (size_t i = 0; i < count; i++)
		buf_add(file, symbol, sizeof(*symbol));
	buf_add(file, names.p, names.n);
	assert_false(file->failed);
}

static struct kimg_error *read_elf(size_t count, unsigned char type, struct span names,
				   struct kimg_symbols **ret_symbols)
{
	const struct kimg_symbols_options options = KIMG_SYMBOLS_OPTIONS_DEFAULT;
	const Elf64_Sym symbol = {
		.st_name = 1,
		.st_info = ELF64_ST_INFO(STB_GLOBAL, type),
		.st_shndx = SHN_ABS,
	};
	cleanup_buf struct buf file = { 0 };
	struct kimg_error *error;
	struct elf elf;

	make_elf(&file, &symbol, count, names);
	error = elf_open(buf_span(&file), &elf);
	if (!error)
		error = symbols_read_elf(&elf, &options, ret_symbols);
	/* Their names are gone with the file; what is asked of them here are numbers. */
	return error;
}

/* NUL, size letters, and what is behind them. */
static struct span long_name(struct buf *names, size_t size, struct span behind)
{
	buf_putc(names, '\0');
	for (size_t i = 0; i < size; i++)
		buf_putc(names, 'a');
	buf_add(names, behind.p, behind.n);
	assert_false(names->failed);
	return buf_span(names);
}

static void names_of_all_lengths(void **state)
{
	static const struct {
		size_t size;
		size_t kept;
	} cases[] = { { 1, 1 }, { UINT16_MAX, 1 }, { UINT16_MAX + 1, 0 }, { 1 << 20, 0 } };

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		cleanup_symbols struct kimg_symbols *symbols = NULL;
		cleanup_buf struct buf names = { 0 };
		const struct kimg_note *note;

		assert_ok(read_elf(1, STT_FUNC,
				   long_name(&names, cases[i].size, SPAN_LITERAL("\0")), &symbols));
		note = kimg_symbols_notes(symbols);
		assert_int_equal(table_count(symbols), cases[i].kept);
		assert_int_equal(note != NULL, cases[i].kept == 0);
		if (note)
			assert_non_null(strstr(note->text, "longer than 65535 bytes"));
	}
}

static void names_without_an_end(void **state)
{
	cleanup_symbols struct kimg_symbols *symbols = NULL;
	cleanup_buf struct buf names = { 0 };

	assert_ok(read_elf(2, STT_FUNC, long_name(&names, 10, (struct span){ 0 }), &symbols));
	assert_int_equal(table_count(symbols), 0);
	assert_non_null(strstr(kimg_symbols_notes(symbols)->text, "2 symbols whose names"));
}

/* Whether the symbols are listed or not: 200,000 times a mebibyte would take minutes to be read. */
static void long_names_that_all_share(void **state)
{
	static const unsigned char types[] = { STT_FUNC, STT_FILE };

	for (size_t i = 0; i < ARRAY_SIZE(types); i++) {
		cleanup_symbols struct kimg_symbols *symbols = NULL;
		cleanup_buf struct buf names = { 0 };

		assert_fails(KIMG_E_CORRUPT,
			     read_elf(200000, types[i],
				      long_name(&names, 1 << 20, SPAN_LITERAL("\0")), &symbols));
		assert_null(symbols);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_of_all_lengths),
		cmocka_unit_test(names_without_an_end),
		cmocka_unit_test(long_names_that_all_share),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
