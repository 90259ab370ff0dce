/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef FORMAT_ELF_H
#define FORMAT_ELF_H

#include "base/error.h"
#include "base/span.h"
#include "format/part.h"

/*
 * A reader of ELF files, of 32 and 64 bits and of both byte orders, that trusts no number in them: all it
 * hands out lies within the bytes that there are. Nothing is allocated and nothing is cast.
 */

/* The few constants of <elf.h> that others ask for are used under their names from there. */
struct elf {
	struct span file;
	bool is64;
	bool big_endian;
	uint8_t osabi;
	uint8_t abiversion;
	uint16_t type;    /* ET_EXEC ... */
	uint16_t machine; /* EM_X86_64 ... */
	uint32_t flags;
	uint64_t entry;
	uint64_t phoff;
	uint64_t shoff;
	uint16_t ehsize;
	uint16_t phentsize;
	uint16_t shentsize;
	/* As the file says, extended numbering (PN_XNUM and section 0) resolved. */
	uint64_t phnum;
	uint64_t shnum;
	uint32_t shstrndx;
	/* How many of them can be read. */
	uint32_t segments;
	uint32_t sections;
	struct span names; /* the section names; empty where there are none */
};

struct elf_segment {
	uint32_t type;
	uint32_t flags;
	uint64_t offset;
	uint64_t vaddr;
	uint64_t paddr;
	uint64_t filesz;
	uint64_t memsz;
	uint64_t align;
};

struct elf_section {
	uint32_t index;
	struct span name; /* without a NUL; empty where it has none; cut at 255 bytes */
	uint32_t name_at; /* sh_name: where the name starts in the section names */
	bool bad_name;    /* sh_name lies outside of the names */
	uint32_t type;
	uint64_t flags;
	uint64_t addr;
	uint64_t offset;
	uint64_t size;
	uint32_t link;
	uint32_t info;
	uint64_t addralign;
	uint64_t entsize;
};

/*
 * Reads the header at the start of file. file may be longer than the ELF, or only its beginning: then
 * segments and sections count what can be read.
 *
 * Errors: KIMG_E_CORRUPT (no ELF), KIMG_E_TRUNCATED (within the header).
 */
struct kimg_error *elf_open(struct span file, struct elf *ret_elf) must_check;

/* Whether s starts with an ELF header, as far as 20 bytes tell. */
bool elf_is(struct span s);

/* The program header or section header of that index; false past the last that can be read. */
bool elf_segment_at(const struct elf *elf, uint32_t index, struct elf_segment *ret_segment);
bool elf_section_at(const struct elf *elf, uint32_t index, struct elf_section *ret_section);

/* The first section of that name. */
bool elf_section(const struct elf *elf, const char *name, struct elf_section *ret_section);

bool elf_section_named(const struct elf_section *section, const char *name);

/* Whether the section takes bytes of the file: .bss does not. */
bool elf_section_has_bytes(const struct elf_section *section);

/* The bytes in the file, cut at its end; empty where there are none. */
struct span elf_section_bytes(const struct elf *elf, const struct elf_section *section);
struct span elf_segment_bytes(const struct elf *elf, const struct elf_segment *segment);

/*
 * Where the ELF at the start of s ends: behind the last of its header, tables, sections and segments. May
 * lie past the end of s, where s lacks the rest. 0 where s starts with no ELF.
 */
uint64_t elf_file_end(struct span s);

/*
 * Between virtual addresses and offsets in the file, by the program headers of type PT_LOAD, or by the
 * sections where there are none. False for what the file does not hold, .bss for example.
 */
bool elf_vaddr_to_offset(const struct elf *elf, uint64_t vaddr, uint64_t *ret_offset);
bool elf_offset_to_vaddr(const struct elf *elf, uint64_t offset, uint64_t *ret_vaddr);

/* ---- notes ---- */

struct elf_note {
	struct span owner; /* "GNU", without its NUL */
	uint32_t type;
	struct span desc;
	uint64_t offset; /* of the whole note in the file */
	uint64_t size;   /* from the start of its header to the end of desc, without padding */
};

/* A walk over the notes in a piece of the file. */
struct elf_notes {
	struct span s;
	uint64_t base;
	size_t at;
	unsigned int align;
	bool big_endian;
	bool damaged; /* the walk ended as a note runs past the end */
};

/* align: p_align or sh_addralign of what holds the notes. */
struct elf_notes elf_notes_of(const struct elf *elf, uint64_t offset, uint64_t size,
			      uint64_t align);
bool elf_notes_next(struct elf_notes *notes, struct elf_note *ret_note);

/* The first note of that owner and type, in PT_NOTE segments and then in SHT_NOTE sections. */
bool elf_find_note(const struct elf *elf, const char *owner, uint32_t type,
		   struct elf_note *ret_note);

/* ---- names ---- */

/* "EM_X86_64", or NULL. */
const char *elf_machine_name(uint16_t machine);

extern const struct name_of elf_machines[], elf_types[], elf_osabis[], elf_segment_types[],
	elf_section_types[], elf_segment_flags[], elf_section_flags[];

/* Adds the field p_type or sh_type with its name. */
void elf_segment_type_field(struct kimg_part *part, uint32_t type, uint16_t machine);
void elf_section_type_field(struct kimg_part *part, uint32_t type, uint16_t machine);

/* ---- for drivers that refine elf ---- */

/* The parse callback of the driver elf. */
struct kimg_error *elf_parse(struct kimg_part *part);

/*
 * Whether the ELF is, or could be, a program that runs without an operating system below it: ET_EXEC or
 * ET_DYN, with something to load, and neither an interpreter nor dynamic linking.
 */
bool elf_is_standalone(const struct elf *elf);

/* Whether one of its sections is found in Linux kernels only. */
bool elf_has_linux_sections(const struct elf *elf);

/* Adds views of the Multiboot headers that stand in part, at its start. */
void multiboot_add_views(struct kimg_part *part);

/* Adds the notes in the piece of part's file as children of part, which covers it. */
void elf_add_notes(struct kimg_part *part, const struct elf *elf, uint64_t offset, uint64_t size,
		   uint64_t align);

#endif
