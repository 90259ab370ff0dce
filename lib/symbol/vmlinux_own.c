/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Symbols for an ELF that is there: x86 payloads, which objcopy stripped (arch/x86/boot/compressed/Makefile,
 * 6.12), and what else was installed without them. The bytes stay where they are; behind them come
 *
 *   .symtab, .strtab       new, or in place of those that are there where addresses shift
 *   .shstrtab              the names that are there, and those of the new sections
 *   section headers        as they were, with the new sections at the end
 *
 * and the ELF header points there. The section headers and names that were there stay as bytes that nothing
 * points to.
 */
#include <elf.h>
#include <stdlib.h>

#include "kernel/btf.h"
#include "symbol/vmlinux.h"

/* An ELF without section headers gets a section for each of this many segments. */
#define MAX_SEGMENTS 64

static void elf_file_done(struct elf_file *file)
{
	free(file->segments);
	free(file->sections);
}

/* ---- the tables that are there ---- */

static struct kimg_error *check_header(const struct elf *elf)
{
	struct elf_form form = elf_form_of(elf);

	if (elf->phnum && (elf->phentsize != elf_size_of(form, ELF_SEGMENT) ||
			   elf->phoff < elf_size_of(form, ELF_HEADER)))
		return error_new(KIMG_E_CORRUPT, "program headers of an unusual shape");
	if (elf->segments < elf->phnum)
		return error_at(KIMG_E_TRUNCATED, elf->phoff, "the program headers are cut short");
	if (elf->sections < elf->shnum)
		return error_at(KIMG_E_TRUNCATED, elf->shoff, "the section headers are cut short");
	if (elf->phnum >= PN_XNUM)
		return error_new(KIMG_E_UNSUPPORTED, "more than %u program headers", PN_XNUM - 1);
	if (elf->shnum >= SHN_LORESERVE - NEW_SECTIONS)
		return error_new(KIMG_E_UNSUPPORTED, "more than %u sections",
				 SHN_LORESERVE - NEW_SECTIONS - 1);
	return NULL;
}

static struct kimg_error *read_tables(struct elf_file *file)
{
	uint32_t room = file->elf.sections ? file->elf.sections : 1 + 2 * MAX_SEGMENTS;

	file->segments = calloc(file->elf.segments + 1, sizeof(*file->segments));
	file->sections = calloc(room + NEW_SECTIONS, sizeof(*file->sections));
	if (!file->segments || !file->sections)
		return error_nomem();
	while (elf_segment_at(&file->elf, file->segment_count,
			      &file->segments[file->segment_count]))
		file->segment_count++;
	while (elf_section_at(&file->elf, file->section_count,
			      &file->sections[file->section_count]))
		file->section_count++;
	return NULL;
}

/* Without section headers: a section for what a segment has in the file, and one for the rest. */
static void add_sections_of(struct kimg_vmlinux *vmlinux, struct elf_file *file,
			    const struct elf_segment *segment)
{
	struct elf_section section = {
		.flags = SHF_ALLOC | (segment->flags & PF_X ? SHF_EXECINSTR : 0) |
			 (segment->flags & PF_W ? SHF_WRITE : 0),
		.offset = segment->offset,
		.addralign = 1,
	};
	const char *name = segment->flags & PF_X   ? ".text"
			   : segment->flags & PF_W ? ".data"
						   : ".rodata";

	for (int bss = 0; bss < 2; bss++) {
		section.addr = segment->vaddr + (bss ? segment->filesz : 0);
		section.size = bss ? segment->memsz - segment->filesz : segment->filesz;
		section.type = bss ? SHT_NOBITS : SHT_PROGBITS;
		if (section.size == 0 || (bss && segment->memsz < segment->filesz))
			continue;
		section.name = span_of(bss ? ".bss" : name, strlen(bss ? ".bss" : name));
		section.name_at = vmlinux_add_section_name(vmlinux, file, bss ? ".bss" : name);
		section.index = file->section_count;
		file->sections[file->section_count++] = section;
	}
}

static void make_sections(struct kimg_vmlinux *vmlinux, struct elf_file *file)
{
	file->section_count = 1;
	file->elf.shstrndx = 0;
	for (size_t i = 0; i < file->segment_count && i < MAX_SEGMENTS; i++)
		if (file->segments[i].type == PT_LOAD)
			add_sections_of(vmlinux, file, &file->segments[i]);
}

static struct kimg_error *open_tables(struct kimg_vmlinux *vmlinux, struct elf_file *file)
{
	TRY(check_header(&file->elf));
	TRY(read_tables(file));
	if (file->elf.shstrndx < file->section_count)
		file->old_names = file->elf.names;
	else
		file->elf.shstrndx = 0;
	/* A name of no length; and the end of the last one that is there, should it lack its own. */
	buf_putc(&vmlinux->names, '\0');
	if (file->section_count == 0)
		make_sections(vmlinux, file);
	return NULL;
}

/* ---- addresses that move ---- */

/* Per-CPU data of x86-64 counts from 0 until 6.15 (arch/x86/kernel/vmlinux.lds.S), and stays there. */
static bool moves(const struct elf_file *file, uint64_t address)
{
	return file->elf.machine != EM_X86_64 || address >= UINT64_C(1) << 31;
}

static uint64_t moved(const struct elf_file *file, uint64_t address, uint64_t shift)
{
	address += shift;
	return file->elf.is64 ? address : (uint32_t)address;
}

/* x86 enters at a physical address, which is another matter. */
static bool is_virtual(const struct elf_file *file, uint64_t address)
{
	for (size_t i = 0; i < file->segment_count; i++)
		if (file->segments[i].type == PT_LOAD && address >= file->segments[i].vaddr &&
		    address - file->segments[i].vaddr < file->segments[i].memsz)
			return moves(file, address);
	return false;
}

static void move_all(struct elf_file *file, uint64_t shift)
{
	if (is_virtual(file, file->elf.entry))
		file->elf.entry = moved(file, file->elf.entry, shift);
	for (size_t i = 0; i < file->segment_count; i++) {
		struct elf_segment *segment = &file->segments[i];

		if (segment->memsz && moves(file, segment->vaddr))
			segment->vaddr = moved(file, segment->vaddr, shift);
	}
	for (uint32_t i = 1; i < file->section_count; i++) {
		struct elf_section *section = &file->sections[i];

		if ((section->flags & SHF_ALLOC) && moves(file, section->addr))
			section->addr = moved(file, section->addr, shift);
	}
}

/* ---- the file ---- */

/* The bytes that are there, behind a new header and around new program headers. */
static struct kimg_error *add_bytes(struct kimg_vmlinux *vmlinux, const struct elf_file *file,
				    bool new_segments)
{
	struct elf_form form = elf_form_of(&file->elf);
	size_t header = elf_size_of(form, ELF_HEADER), table = 0;
	uint8_t entry[sizeof(Elf64_Phdr)];

	for (size_t i = 0; i < file->segment_count; i++) {
		elf_write_segment(entry, form, &file->segments[i]);
		buf_add(&vmlinux->segtable, entry, elf_size_of(form, ELF_SEGMENT));
	}
	buf_add(&vmlinux->head, file->elf.file.p, header);
	if (vmlinux->segtable.failed || vmlinux->head.failed)
		return error_nomem();
	vmlinux_add_piece(vmlinux, buf_span(&vmlinux->head));
	if (new_segments && file->segment_count) {
		vmlinux_add_piece(vmlinux,
				  span_clip(file->elf.file, header, file->elf.phoff - header));
		vmlinux_add_piece(vmlinux, buf_span(&vmlinux->segtable));
		table = file->elf.phoff - header + vmlinux->segtable.n;
	}
	vmlinux_add_piece(vmlinux, span_from(file->elf.file, header + table));
	return NULL;
}

/* How many symbols the ELF has; 0 where it is stripped. */
static uint64_t count_symbols(const struct elf *elf)
{
	struct elf_section section;
	uint64_t count;

	if (!elf_section(elf, ".symtab", &section))
		return 0;
	count = elf_section_bytes(elf, &section).n / elf_size_of(elf_form_of(elf), ELF_SYMBOL);
	return count ? count - 1 : 0;
}

/* Whether debug information can be made of the types that it carries. */
static bool lacks_types(const struct elf *elf)
{
	struct elf_section section;
	struct btf btf;

	return !elf_section(elf, ".debug_info", &section) && btf_open(elf->file, &btf);
}

static struct kimg_error *copy(struct kimg_vmlinux *vmlinux, struct elf_file *file)
{
	TRY(read_tables(file));
	vmlinux->facts.origin = KIMG_VMLINUX_AS_IS;
	vmlinux->facts.symbols = count_symbols(&file->elf);
	vmlinux_add_piece(vmlinux, file->elf.file);
	return vmlinux_finish(vmlinux, file, false, (struct span){ 0 });
}

/* The ELF's own symbols, which stay. */
static void keep_symbols(struct kimg_vmlinux *vmlinux, const struct elf_file *file)
{
	vmlinux->facts.origin = KIMG_VMLINUX_TYPES_ADDED;
	vmlinux->facts.symbols = count_symbols(&file->elf);
}

/* Types alone do without symbols. */
static struct kimg_error *read_symbols(struct kimg_vmlinux *vmlinux, struct kimg_image *image,
				       const struct kimg_vmlinux_options *options, bool needed)
{
	struct kimg_error *error =
		kimg_symbols_of_image(image, &options->symbols, &vmlinux->symbols);

	if (error && (needed || kimg_error_code(error) == KIMG_E_NOMEM))
		return error;
	kimg_error_free(error);
	return NULL;
}

struct kimg_error *vmlinux_from_elf(struct kimg_vmlinux *vmlinux, struct kimg_image *image,
				    struct span bytes, const struct kimg_vmlinux_options *options)
{
	cleanup(elf_file_done) struct elf_file file = { 0 };
	uint64_t shift = options->symbols.shift;
	bool complete, wanted, types;

	TRY(elf_open(bytes, &file.elf));
	complete = count_symbols(&file.elf) != 0;
	wanted = complete ? shift != 0 : !options->no_symbols;
	types = !options->no_types && lacks_types(&file.elf);
	if (!wanted && !shift && !types)
		return copy(vmlinux, &file);
	vmlinux->facts.origin = KIMG_VMLINUX_ADDED;
	if (!wanted)
		keep_symbols(vmlinux, &file);
	TRY(read_symbols(vmlinux, image, options, wanted));
	TRY(open_tables(vmlinux, &file));
	if (shift)
		move_all(&file, shift);
	TRY(add_bytes(vmlinux, &file, shift != 0));
	return vmlinux_finish(vmlinux, &file, wanted,
			      options->no_types ? (struct span){ 0 } : bytes);
}
