/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Symbol tables of ELF files (System V ABI, "gABI", chapter 4, "Symbol Table").
 *
 * entry         32-bit  64-bit
 * st_name       0  4    0  4    where the name starts in the section that sh_link names
 * st_value      4  4    8  8
 * st_size       8  4    16 8
 * st_info       12 1    4  1    binding << 4 | type
 * st_other      13 1    5  1    visibility in the lowest two bits
 * st_shndx      14 2    6  2    SHN_XINDEX: the same entry of the section of type SHT_SYMTAB_SHNDX, 4 bytes
 *                               each, whose sh_link is the symbol table
 */
#include "symbol/elf_symtab.h"

#include <ctype.h>
#include <elf.h>

#include "symbol/symbols.h"

/* In <elf.h> of no glibc yet. */
#define SHN_X86_64_LCOMMON 0xff02
#define SHF_NIOS2_GPREL    0x10000000

/* ---- the table ---- */

static bool find_by_type(const struct elf *elf, uint32_t type, struct elf_section *ret_section)
{
	for (uint32_t i = 0; elf_section_at(elf, i, ret_section); i++)
		if (ret_section->type == type)
			return true;
	return false;
}

/* Of a symbol table; empty where all indexes fit into 16 bits. */
static struct span find_extended(const struct elf *elf, const struct elf_section *symtab)
{
	struct elf_section section;

	for (uint32_t i = 0; elf_section_at(elf, i, &section); i++)
		if (section.type == SHT_SYMTAB_SHNDX && section.link == symtab->index)
			return elf_section_bytes(elf, &section);
	return (struct span){ 0 };
}

/* What all names end in. */
static struct span up_to_last_end(struct span names)
{
	const uint8_t *end = names.n ? memrchr(names.p, 0, names.n) : NULL;

	return span_clip(names, 0, end ? end + 1 - names.p : 0);
}

struct kimg_error *elf_symtab_open(const struct elf *elf, struct elf_symtab *ret_symtab)
{
	const uint64_t size = elf->is64 ? sizeof(Elf64_Sym) : sizeof(Elf32_Sym);
	struct elf_symtab symtab = { .elf = elf };
	struct elf_section section, names;

	if (!find_by_type(elf, SHT_SYMTAB, &section) || section.size < size)
		return error_new(KIMG_E_NOT_FOUND, "the ELF file has no symbol table");
	if (section.entsize != size)
		return error_new(KIMG_E_CORRUPT,
				 "entries of the symbol table have %llu bytes, not %llu",
				 (unsigned long long)section.entsize, (unsigned long long)size);
	if (!elf_section_at(elf, section.link, &names) || names.type != SHT_STRTAB)
		return error_new(KIMG_E_CORRUPT,
				 "the symbol table names section %u as its string table",
				 section.link);
	symtab.entries = elf_section_bytes(elf, &section);
	symtab.names = elf_section_bytes(elf, &names);
	symtab.names_section = names.index;
	symtab.extended = find_extended(elf, &section);
	symtab.count = symtab.entries.n / size;
	symtab.cut = symtab.entries.n < section.size || symtab.names.n < names.size;
	symtab.names = up_to_last_end(symtab.names);
	*ret_symtab = symtab;
	return NULL;
}

/* ---- an entry ---- */

/* Integers at places that are known to lie in the table. */
static uint16_t u16(const struct elf *elf, const uint8_t *p)
{
	return elf->big_endian ? get_be16(p) : get_le16(p);
}

static uint32_t u32(const struct elf *elf, const uint8_t *p)
{
	return elf->big_endian ? get_be32(p) : get_le32(p);
}

static uint64_t u64(const struct elf *elf, const uint8_t *p)
{
	return elf->big_endian ? get_be64(p) : get_le64(p);
}

static size_t entry_size(const struct elf_symtab *symtab)
{
	return symtab->elf->is64 ? sizeof(Elf64_Sym) : sizeof(Elf32_Sym);
}

static uint32_t extended_index(const struct elf_symtab *symtab, size_t index)
{
	struct span entry;

	if (!span_sub(symtab->extended, (uint64_t)index * 4, 4, &entry))
		return ELF_RESERVED(SHN_XINDEX);
	return u32(symtab->elf, entry.p);
}

static void read_name(const struct elf_symtab *symtab, uint32_t offset, struct elf_symbol *symbol)
{
	/* A million symbols may share one name of many megabytes: what is too long is not read to its end. */
	struct span rest = span_clip(symtab->names, offset, SYMBOL_NAME_MAX + 1);

	symbol->name = span_text(rest);
	symbol->long_name = symbol->name.n > SYMBOL_NAME_MAX;
	symbol->bad_name = rest.n == 0;
}

bool elf_symtab_at(const struct elf_symtab *symtab, size_t index, struct elf_symbol *ret_symbol)
{
	const struct elf *elf = symtab->elf;
	const uint8_t *p, *info;
	uint16_t shndx;

	if (index >= symtab->count)
		return false;
	p = symtab->entries.p + index * entry_size(symtab);
	info = p + (elf->is64 ? 4 : 12);
	ret_symbol->bind = info[0] >> 4;
	ret_symbol->type = info[0] & 15;
	ret_symbol->other = info[1];
	ret_symbol->value = elf->is64 ? u64(elf, p + 8) : u32(elf, p + 4);
	ret_symbol->size = elf->is64 ? u64(elf, p + 16) : u32(elf, p + 8);
	shndx = u16(elf, info + 2);
	ret_symbol->section = shndx == SHN_XINDEX      ? extended_index(symtab, index)
			      : shndx >= SHN_LORESERVE ? ELF_RESERVED(shndx)
						       : shndx;
	read_name(symtab, u32(elf, p), ret_symbol);
	return true;
}

static size_t step_from(const struct elf_symtab *symtab, size_t index)
{
	size_t left = index < symtab->count ? symtab->count - index : 0;

	return left < ELF_SYMTAB_STEP ? left : ELF_SYMTAB_STEP;
}

/* The tables of today's kernels have a loop of their own: of 200,000 symbols, each instruction counts. */
size_t elf_symtab_values(const struct elf_symtab *symtab, size_t index,
			 uint64_t ret_values[ELF_SYMTAB_STEP])
{
	const struct elf *elf = symtab->elf;
	size_t n = step_from(symtab, index);
	const uint8_t *p = symtab->entries.p + index * entry_size(symtab);

	if (elf->is64 && !elf->big_endian)
		for (size_t i = 0; i < n; i++)
			ret_values[i] = get_le64(p + i * sizeof(Elf64_Sym) + 8);
	else
		for (size_t i = 0; i < n; i++, p += entry_size(symtab))
			ret_values[i] = elf->is64 ? u64(elf, p + 8) : u32(elf, p + 4);
	return n;
}

size_t elf_symtab_name_starts(const struct elf_symtab *symtab, size_t index,
			      uint32_t ret_starts[ELF_SYMTAB_STEP])
{
	size_t n = step_from(symtab, index), size = entry_size(symtab);
	const uint8_t *p = symtab->entries.p + index * size, *names = symtab->names.p;
	/* a NUL ends the last name, so that there is a fourth byte where there are three of a name */
	uint64_t end = symtab->names.n < 4 ? 0 : symtab->names.n - 3;
	bool big_endian = symtab->elf->big_endian;

	for (size_t i = 0; i < n; i++, p += size) {
		uint32_t offset = big_endian ? get_be32(p) : get_le32(p);

		ret_starts[i] = offset < end ? get_le32(names + offset) & 0xffffff : 0;
	}
	return n;
}

struct kimg_error *elf_symtab_count_name(struct elf_symtab *symtab, size_t size)
{
	const uint64_t each = 256, times = 64;

	symtab->name_bytes += size;
	if (symtab->name_bytes > each * symtab->count + times * symtab->names.n)
		return error_new(KIMG_E_CORRUPT,
				 "the names of the symbol table overlap beyond all measure");
	return NULL;
}

/* ---- letters ---- */

/*
 * Sections that bfd makes none of, so that nm takes symbols in them for absolute: the tables that it reads
 * itself, and relocations of other sections (binutils 2.40, bfd/elf.c, bfd_section_from_shdr()).
 */
static bool is_table(const struct elf_symtab *symtab, const struct elf_section *section)
{
	switch (section->type) {
	case SHT_NULL:
	case SHT_SYMTAB:
	case SHT_SYMTAB_SHNDX:
		return true;
	case SHT_STRTAB:
		return section->index == symtab->elf->shstrndx ||
		       section->index == symtab->names_section;
	case SHT_REL:
	case SHT_RELA:
		return !(section->flags & SHF_ALLOC);
	default:
		return false;
	}
}

/* Sections of PE files, which nm knows by name in files of any format (bfd/syms.c, coff_section_type()). */
static char letter_by_name(struct span name)
{
	static const struct {
		const char *name;
		char letter;
	} known[] = { { ".drectve", 'i' }, { ".edata", 'e' }, { ".idata", 'i' }, { ".pdata", 'p' } };

	for (size_t i = 0; i < ARRAY_SIZE(known); i++) {
		struct span prefix = span_of(known[i].name, strlen(known[i].name));

		if (span_starts(name, prefix) &&
		    (name.n == prefix.n || strchr(".$0123456789", name.p[prefix.n])))
			return known[i].letter;
	}
	return 0;
}

/* Data that instructions reach by one register and a short offset. */
static bool is_small_data(const struct elf *elf, const struct elf_section *section)
{
	switch (elf->machine) {
	case EM_ALPHA:
		return section->flags & SHF_ALPHA_GPREL;
	case EM_IA_64:
		return section->flags & SHF_IA_64_SHORT;
	case EM_PPC64:
		return span_starts(section->name, SPAN_LITERAL(".sdata")) ||
		       span_starts(section->name, SPAN_LITERAL(".sbss"));
	case EM_ALTERA_NIOS2:
		return section->flags & SHF_NIOS2_GPREL;
	default:
		return false;
	}
}

/* By name, as bfd has no flag for them (bfd/elf.c, _bfd_elf_make_section_from_shdr()). */
static bool is_debugging(struct span name)
{
	static const char *const prefixes[] = {
		".debug", ".gnu.debuglto_.debug_", ".gnu.linkonce.wi.", ".zdebug", ".line", ".stab"
	};

	for (size_t i = 0; i < ARRAY_SIZE(prefixes); i++)
		if (span_starts(name, span_of(prefixes[i], strlen(prefixes[i]))))
			return true;
	return span_equal(name, SPAN_LITERAL(".gdb_index"));
}

/* As bfd/syms.c, decode_section_type() of 2.40 has it. */
char elf_section_letter(const struct elf_symtab *symtab, const struct elf_section *section)
{
	const struct elf *elf = symtab->elf;
	bool in_file = section->type != SHT_NOBITS, read_only = !(section->flags & SHF_WRITE);
	char letter;

	if (is_table(symtab, section))
		return 'a';
	letter = letter_by_name(section->name);
	if (letter)
		return letter;
	if (section->flags & SHF_EXECINSTR)
		return 't';
	if (!in_file)
		return is_small_data(elf, section) ? 's' : 'b';
	if (section->flags & SHF_ALLOC)
		return read_only ? 'r' : is_small_data(elf, section) ? 'g' : 'd';
	if (is_debugging(section->name))
		return 'N';
	return read_only ? 'n' : '?';
}

static bool is_common(const struct elf *elf, const struct elf_symbol *symbol)
{
	return symbol->section == ELF_RESERVED(SHN_COMMON) ||
	       (elf->machine == EM_X86_64 && symbol->section == ELF_RESERVED(SHN_X86_64_LCOMMON)) ||
	       (elf->machine == EM_MIPS && symbol->section == ELF_RESERVED(SHN_MIPS_SCOMMON));
}

/* Common, and to be reached by one register: on MIPS also what is no larger than -G, which is 0 for kernels. */
static bool is_small_common(const struct elf *elf, const struct elf_symbol *symbol)
{
	return elf->machine == EM_MIPS && (symbol->section == ELF_RESERVED(SHN_MIPS_SCOMMON) ||
					   (symbol->size == 0 && symbol->type != STT_TLS));
}

/* As bfd/syms.c, bfd_decode_symclass() of 2.40 has it. */
char elf_symbol_letter(const struct elf *elf, const struct elf_symbol *symbol, char section_letter)
{
	bool object = symbol->type == STT_OBJECT || symbol->type == STT_COMMON;

	if (is_common(elf, symbol))
		return is_small_common(elf, symbol) ? 'c' : 'C';
	if (symbol->section == SHN_UNDEF)
		return symbol->bind != STB_WEAK ? 'U' : object ? 'v' : 'w';
	if (symbol->type == STT_GNU_IFUNC)
		return 'i';
	if (symbol->bind == STB_WEAK)
		return object ? 'V' : 'W';
	if (symbol->bind == STB_GNU_UNIQUE)
		return 'u';
	if (symbol->bind != STB_LOCAL && symbol->bind != STB_GLOBAL)
		return '?';
	if (symbol->section >= ELF_RESERVED(SHN_LORESERVE))
		section_letter = 'a';
	return symbol->bind == STB_GLOBAL ? toupper(section_letter) : section_letter;
}

/* ---- what is listed ---- */

/* A dollar, one of the letters, and the end or a dot. */
static bool is_mark(struct span name, const char *letters)
{
	return name.n >= 2 && name.p[0] == '$' && strchr(letters, name.p[1]) &&
	       (name.n == 2 || name.p[2] == '.');
}

/* bfd/elf.c, _bfd_elf_is_local_label_name() of 2.40 */
static bool is_local_label(struct span name)
{
	/* What assemblers make of an expression without a name: L, a digit, ^A. */
	bool is_fake = name.n >= 3 && name.p[0] == 'L' && isdigit(name.p[1]) && name.p[2] == 1;

	return is_fake || span_starts(name, SPAN_LITERAL(".L")) ||
	       span_starts(name, SPAN_LITERAL("..")) || span_starts(name, SPAN_LITERAL("_.L_"));
}

/*
 * As the targets' is_target_special_symbol() of 2.40 have it: bfd/cpu-arm.c, bfd/cpu-aarch64.c,
 * bfd/elfxx-mips.c, bfd/elfnn-riscv.c.
 */
static bool is_special(const struct elf *elf, struct span name)
{
	switch (elf->machine) {
	case EM_ARM:
		return is_mark(name, "abcdefghijklmnopqrstuvwxyz");
	case EM_AARCH64:
		return is_mark(name, "xdmfp");
	case EM_MIPS:
		return is_local_label(name);
	case EM_RISCV:
		return name.n == 0 || is_local_label(name) ||
		       span_starts(name, SPAN_LITERAL("$x")) ||
		       span_starts(name, SPAN_LITERAL("$d"));
	default:
		return false;
	}
}

bool elf_symbol_is_listed(const struct elf *elf, const struct elf_symbol *symbol)
{
	return symbol->type != STT_SECTION && symbol->type != STT_FILE &&
	       (symbol->bad_name || !is_special(elf, symbol->name));
}

/*
 * bfd/elf32-arm.c, elf32_arm_swap_symbol_in(), and bfd/elfxx-mips.c, _bfd_mips_elf_symbol_processing(): nm
 * for these machines prints addresses of functions without the bit.
 */
uint64_t elf_symbol_address(const struct elf *elf, const struct elf_symbol *symbol)
{
	bool function = symbol->type == STT_FUNC ||
			(elf->machine == EM_ARM && symbol->type == STT_GNU_IFUNC);

	if (is_common(elf, symbol))
		return symbol->size;
	if (function && (elf->machine == EM_ARM || elf->machine == EM_MIPS))
		return symbol->value & ~1ULL;
	return symbol->value;
}

uint8_t elf_symbol_flags(const struct elf_symbol *symbol)
{
	return (symbol->bind == STB_GLOBAL || symbol->bind == STB_GNU_UNIQUE ? KIMG_SYMBOL_GLOBAL
									     : 0) |
	       (symbol->bind == STB_WEAK ? KIMG_SYMBOL_WEAK : 0) |
	       (symbol->type == STT_FUNC || symbol->type == STT_GNU_IFUNC ? KIMG_SYMBOL_FUNCTION
									  : 0) |
	       (symbol->type == STT_OBJECT ? KIMG_SYMBOL_OBJECT : 0);
}
