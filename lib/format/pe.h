/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef FORMAT_PE_H
#define FORMAT_PE_H

#include "format/part.h"

/*
 * The headers of a PE file, for its own driver and for those that refine it: bzimage, zboot, uki and the
 * raw Images of arm64, riscv and loongarch are PE files where they have an EFI stub.
 */

#define PE_DIRECTORIES  16
#define PE_CERTIFICATES 4 /* index of the one directory that is a file offset, not an address */

enum {
	PE_MACHINE_I386 = 0x14c,
	PE_MACHINE_ARMNT = 0x1c4,
	PE_MACHINE_EBC = 0xebc,
	PE_MACHINE_RISCV64 = 0x5064,
	PE_MACHINE_LOONGARCH64 = 0x6264,
	PE_MACHINE_AMD64 = 0x8664,
	PE_MACHINE_ARM64 = 0xaa64,
};

enum {
	PE_MAGIC_32 = 0x10b,
	PE_MAGIC_32_PLUS = 0x20b,
	PE_SUBSYSTEM_EFI_APPLICATION = 10,
};

struct pe_directory {
	uint32_t address;
	uint32_t size;
};

/* All offsets count from the start of the file, unless they are called addresses. */
struct pe {
	uint32_t offset; /* of "PE\0\0": e_lfanew */
	uint16_t machine;
	uint16_t number_of_sections; /* as the header says; pe_section() knows how many are there */
	uint32_t time_date_stamp;
	uint32_t pointer_to_symbol_table;
	uint32_t number_of_symbols;
	uint16_t size_of_optional_header;
	uint16_t characteristics;

	uint16_t magic; /* 0 where there is no optional header */
	uint8_t linker_version[2];
	uint32_t size_of_code;
	uint32_t size_of_initialized_data;
	uint32_t size_of_uninitialized_data;
	uint32_t address_of_entry_point;
	uint32_t base_of_code;
	uint64_t image_base;
	uint32_t section_alignment;
	uint32_t file_alignment;
	uint16_t operating_system_version[2]; /* major, minor */
	uint16_t image_version[2];
	uint16_t subsystem_version[2];
	uint32_t size_of_image;
	uint32_t size_of_headers;
	uint32_t checksum;
	uint32_t checksum_offset;
	uint16_t subsystem;
	uint16_t dll_characteristics;
	uint32_t number_of_rva_and_sizes;
	uint32_t directories_offset;
	unsigned int directories; /* how many of directory[] are there */
	struct pe_directory directory[PE_DIRECTORIES];

	uint32_t section_table; /* offset */
	unsigned int sections;  /* how many entries of it lie within the headers */
	struct span table;      /* their bytes: belongs to the span that was read */
	bool optional_cut;      /* the optional header is too short for its fields */
};

struct pe_section {
	char name[9];
	uint32_t virtual_size;
	uint32_t virtual_address;
	uint32_t size_of_raw_data;
	uint32_t pointer_to_raw_data;
	uint32_t characteristics;
};

/*
 * Reads the headers of the PE file s. KIMG_E_NOT_FOUND where s is none, KIMG_E_TRUNCATED where it ends
 * before the COFF file header does. What else is damaged pe_describe() notes.
 */
struct kimg_error *pe_read(struct span s, struct pe *ret) must_check;

/* The section of that index; false from pe->sections on. */
bool pe_section(const struct pe *pe, unsigned int index, struct pe_section *ret);

/*
 * How much of the raw data is content: VirtualSize where that is less, since the rest only fills up to
 * FileAlignment.
 */
uint32_t pe_section_content(const struct pe_section *section);

/* Where the headers end: SizeOfHeaders where that makes sense, else the end of the section table. */
uint32_t pe_headers_size(const struct pe *pe);

/* Adds the fields of all headers but those of the sections, and notes what is wrong with them. */
void pe_describe(struct kimg_part *part, const struct pe *pe);

/* Adds the fields of a section's header. */
void pe_describe_section(struct kimg_part *part, const struct pe_section *section);

/*
 * Adds the tile of a section's content to root, which covers the whole PE file, with its fields; name
 * NULL: the section's own, without the dot. NULL for a section that has no bytes in the file.
 */
struct kimg_part *pe_add_section(struct kimg_part *root, enum kimg_part_kind kind, const char *name,
				 const struct pe *pe, const struct pe_section *section);

/* Adds the tile "header" to root, with the fields of pe_describe(). */
struct kimg_part *pe_add_header(struct kimg_part *root, const struct pe *pe);

/* Adds the tile "symbols", the COFF symbol table and its strings, if there is one. */
void pe_add_symbols(struct kimg_part *root, const struct pe *pe);

/*
 * Adds the tile "certificates", the attribute certificate table, to root, which covers the whole PE
 * file, if it has one. Its signatures are explained, and verified at KIMG_DEEP.
 */
void pe_add_certificates(struct kimg_part *root, const struct pe *pe);

/* Adds the view "pe" over all of root, for drivers that refine pe: the same bytes as a PE file. */
void pe_add_view(struct kimg_part *root);

/* The verify callback of pe and of drivers that take its place: the field "checksum". */
struct kimg_error *pe_verify(struct kimg_part *part) must_check;

/*
 * How many bits of s verify as a PE file, from its headers alone, for the probe of a refining driver. 16
 * ("MZ" alone) where the PE header would lie past the end of s.
 */
int pe_probe(struct span s);

#endif
