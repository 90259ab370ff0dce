/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SYMBOL_VMLINUX_H
#define SYMBOL_VMLINUX_H

#include "base/buf.h"
#include "kimg/vmlinux.h"
#include "symbol/vmlinux_symtab.h"
#include "symbol/vmlinux_types.h"

/*
 * The inside of the maker of ELF files: vmlinux.c is what callers see and what both kinds have in common,
 * vmlinux_own.c adds symbols to an ELF that is there, vmlinux_raw.c makes one around a raw kernel, whose sections
 * come from vmlinux_layout.c and whose machine from vmlinux_machine.c.
 */

/* The head, the bytes of the image around a patched table, padding, tables. */
#define VMLINUX_PIECES 24

struct kimg_vmlinux {
	struct kimg_vmlinux_facts facts;
	struct kimg_vmlinux_piece pieces[VMLINUX_PIECES];
	size_t piece_count;
	struct kimg_vmlinux_section *sections;
	size_t section_count;
	struct kimg_vmlinux_segment *segments;
	size_t segment_count;
	struct kimg_symbols *symbols; /* NULL: none were read */
	struct vmlinux_symtab symtab;
	struct vmlinux_types types;
	struct buf head;     /* the ELF header; of an ELF that is made the program headers, too */
	struct buf segtable; /* the program headers of an ELF that is there, where they change */
	struct buf names;    /* the section names, or those that are added */
	struct buf sectable; /* the section headers */
};

/* A file that is being put together: its header, and tables that grow. */
struct elf_file {
	struct elf elf; /* phnum, shnum and so on are filled in by vmlinux_finish() */
	struct elf_segment *segments;
	size_t segment_count;
	struct elf_section *sections; /* [0] is the null section; with room for NEW_SECTIONS more */
	uint32_t section_count;
	struct span old_names; /* the section names that are there; vmlinux->names come behind them */
};

enum { NEW_SECTIONS = 6 };

/* The next bytes of the file, which outlive vmlinux or belong to it. */
void vmlinux_add_piece(struct kimg_vmlinux *vmlinux, struct span bytes);

/* Zeroes, until the size of the file is a multiple of align (at most 64 KiB). */
void vmlinux_pad(struct kimg_vmlinux *vmlinux, size_t align);

/* Adds a name to the section names; where it starts in them. */
uint32_t vmlinux_add_section_name(struct kimg_vmlinux *vmlinux, const struct elf_file *file,
				  const char *name);

/*
 * What follows the bytes of the kernel, which are in vmlinux->pieces already, the head being the first: the symbol
 * table (where vmlinux->symbols are wanted), the types, the names and section headers. Writes the head's ELF
 * header. kernel: where types are looked for; empty where none are wanted.
 */
struct kimg_error *vmlinux_finish(struct kimg_vmlinux *vmlinux, struct elf_file *file,
				  bool with_symbols, struct span kernel) must_check;

/* The two makers. kernel is the part, bytes are its bytes. */
struct kimg_error *vmlinux_from_elf(struct kimg_vmlinux *vmlinux, struct kimg_image *image,
				    struct span bytes,
				    const struct kimg_vmlinux_options *options) must_check;
struct kimg_error *vmlinux_from_raw(struct kimg_vmlinux *vmlinux, struct kimg_image *image,
				    const struct kimg_part *kernel, struct span bytes,
				    const struct kimg_vmlinux_options *options) must_check;

/* ---- the machine of a raw kernel ---- */

struct vmlinux_machine {
	uint16_t machine; /* EM_AARCH64 ... */
	bool is64;
	uint32_t flags; /* e_flags */
	bool big_endian;
	uint32_t relative;     /* the relocation that adds the base; 0: not known */
	const char *relocator; /* how the name of the function ends that relocates it, or NULL */
	const char *entry;     /* the symbol where it starts; NULL: at its first byte */
	uint64_t memory;       /* bytes in memory, .bss included; 0: not known */
};

/* From the formats around kernel, outwards. bits are those of its addresses. */
struct kimg_error *vmlinux_find_machine(const struct kimg_part *kernel, unsigned int bits,
					struct vmlinux_machine *ret) must_check;

/* ---- the sections of a raw kernel ---- */

struct layout_section {
	const char *name;
	uint64_t start, end; /* addresses */
	uint32_t type;
	uint64_t flags;
};

#define LAYOUT_SECTIONS 64

struct layout {
	struct layout_section sections[LAYOUT_SECTIONS]; /* sorted, without overlaps */
	size_t n;
	uint64_t base;
	uint64_t file_end;   /* the first address that the bytes do not reach */
	uint64_t memory_end; /* file_end, or higher: the end of .bss */
};

/*
 * The sections of a raw kernel whose first byte is at base, by the boundary symbols of linker scripts; symbols may
 * be NULL. There is one section at least, whatever the symbols say.
 */
void vmlinux_layout(const struct kimg_symbols *symbols, uint64_t base, struct span bytes,
		    const struct vmlinux_machine *machine, struct layout *ret_layout);

#endif
