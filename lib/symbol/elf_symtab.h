/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SYMBOL_ELF_SYMTAB_H
#define SYMBOL_ELF_SYMTAB_H

#include "format/elf.h"

/*
 * The symbol table of an ELF file, entry by entry, and the letters that nm(1) gives to symbols. Nothing is
 * allocated, and no entry leads outside of the file.
 */
struct elf_symtab {
	const struct elf *elf;
	struct span entries;
	struct span names;    /* up to the last NUL */
	struct span extended; /* SHT_SYMTAB_SHNDX: section indexes that do not fit into 16 bits */
	uint32_t names_section;
	size_t count; /* of the entries that can be read, the first one, which is empty, included */
	uint64_t name_bytes; /* of the names that were counted */
	bool cut;            /* the file ends before the table does */
};

struct elf_symbol {
	struct span name;
	bool bad_name;  /* outside of the names, or not terminated in them; name is empty then */
	bool long_name; /* longer than SYMBOL_NAME_MAX; name is the start of it */
	uint8_t bind;   /* STB_LOCAL ... */
	uint8_t type;   /* STT_FUNC ... */
	uint8_t other;
	/* Index of its section header; SHN_UNDEF; ELF_RESERVED(SHN_ABS), ELF_RESERVED(SHN_COMMON) ... */
	uint32_t section;
	uint64_t value;
	uint64_t size;
};

#define ELF_RESERVED(shn) (0xffff0000u | (shn))

/*
 * The first section of type SHT_SYMTAB.
 *
 * Errors: KIMG_E_NOT_FOUND where there is none or it is empty; KIMG_E_CORRUPT where its entries have another
 * size than those of its class, or its names are no string table.
 */
struct kimg_error *elf_symtab_open(const struct elf *elf, struct elf_symtab *ret_symtab) must_check;

/* False past the last. */
bool elf_symtab_at(const struct elf_symtab *symtab, size_t index, struct elf_symbol *ret_symbol);

/* For those who look for a few symbols in all of a table: it is read in steps of so many entries at the most. */
enum { ELF_SYMTAB_STEP = 128 };

/* The values of the next entries from index on. Returns how many these are, 0 past the last. */
size_t elf_symtab_values(const struct elf_symtab *symtab, size_t index,
			 uint64_t ret_values[ELF_SYMTAB_STEP]);

/* The first three bytes of their names, the first one lowest; 0 where they are not there. */
size_t elf_symtab_name_starts(const struct elf_symtab *symtab, size_t index,
			      uint32_t ret_starts[ELF_SYMTAB_STEP]);

/*
 * Counts a name of size bytes that was read. Names may share their bytes, but not so that a small file makes a
 * huge table: KIMG_E_CORRUPT then.
 */
struct kimg_error *elf_symtab_count_name(struct elf_symtab *symtab, size_t size) must_check;

/*
 * The letter of local symbols in a section, as nm(1) of binutils 2.33 and later prints it: by the type and
 * flags of the section alone, but for a few names. 'a' where section is of a kind that bfd makes none of.
 */
char elf_section_letter(const struct elf_symtab *symtab, const struct elf_section *section);

/* The letter of symbol, where section_letter is that of its section, if it is in one. */
char elf_symbol_letter(const struct elf *elf, const struct elf_symbol *symbol, char section_letter);

/* Binding and type as flags of struct kimg_symbol. */
uint8_t elf_symbol_flags(const struct elf_symbol *symbol);

/*
 * Whether nm(1) lists the symbol, without its options -a and --special-syms: neither sections nor files, nor
 * the marks that assemblers of ARM and RISC-V put where code or data begin.
 */
bool elf_symbol_is_listed(const struct elf *elf, const struct elf_symbol *symbol);

/*
 * The address that nm(1) prints: the value, without the bit that tells the instruction set of functions of
 * ARM (Thumb) and MIPS (MIPS16, microMIPS); for common symbols the size.
 */
uint64_t elf_symbol_address(const struct elf *elf, const struct elf_symbol *symbol);

#endif
