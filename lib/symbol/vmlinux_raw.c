/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * An ELF around a raw kernel, which is what objcopy made of the linker's: the bytes from the first loaded address
 * to the last that is not 0, and nothing about them.
 *
 *   ELF header, program headers    a PT_LOAD for each change of rights at the start of a page, PT_NOTE
 *   padding                        so that offsets and addresses agree within a page
 *   the kernel's bytes
 *   .symtab .strtab .shstrtab, section headers
 */
#include <elf.h>

#include "kernel/facts.h"
#include "symbol/vmlinux.h"

#define PAGE UINT64_C(4096)

/* One for each section, and the notes. */
#define MAX_SEGMENTS (LAYOUT_SECTIONS + 1)

struct raw {
	struct elf_file file;
	struct elf_segment segments[MAX_SEGMENTS];
	struct elf_section sections[1 + LAYOUT_SECTIONS + NEW_SECTIONS];
	struct layout layout;
	uint64_t lead; /* where the kernel's bytes start in the file */
};

/* ---- its header ---- */

static uint64_t word_at(struct span bytes, uint64_t offset, bool big_endian)
{
	return big_endian ? span_be64(bytes, offset) : span_le64(bytes, offset);
}

/* Steps that no run of relocations fits between; the least run that proves them is shorter. */
enum { RELA_SIZE = 24, RELA_STEP = 1024, RELA_RUN = 8 };

/*
 * Whether there are relocations to run the kernel at another address (.rela.dyn): r_offset 8, r_info 8, r_addend 8,
 * thousands in a row, unless they are packed (.relr.dyn).
 */
static bool has_relocations(struct span bytes, uint64_t base, const struct vmlinux_machine *machine)
{
	for (uint64_t at = 0; machine->relative && at < bytes.n; at += RELA_STEP) {
		for (unsigned int start = 0; start < RELA_SIZE; start += 8) {
			int run = 0;

			for (uint64_t p = at + start; run < RELA_RUN; run++, p += RELA_SIZE)
				if (word_at(bytes, p + 8, machine->big_endian) !=
					    machine->relative ||
				    word_at(bytes, p, machine->big_endian) - base >= bytes.n)
					break;
			if (run == RELA_RUN)
				return true;
		}
	}
	return false;
}

/* Whether the kernel was linked with -pie or -shared, which makes it ET_DYN. */
static bool is_relocatable(const struct kimg_symbols *symbols, struct span bytes, uint64_t base,
			   const struct vmlinux_machine *machine)
{
	struct span end = machine->relocator
				  ? span_of(machine->relocator, strlen(machine->relocator))
				  : (struct span){ 0 };

	for (size_t i = 0; symbols && end.n && i < symbols->n; i++) {
		struct span name = symbol_name(&symbols->all[i]);

		if (name.n >= end.n && span_equal(span_from(name, name.n - end.n), end))
			return true;
	}
	return has_relocations(bytes, base, machine);
}

static uint64_t entry_of(const struct kimg_symbols *symbols, const char *name, uint64_t base)
{
	struct span wanted = name ? span_of(name, strlen(name)) : (struct span){ 0 };

	for (size_t i = 0; name && symbols && i < symbols->n; i++)
		if (span_equal(symbol_name(&symbols->all[i]), wanted))
			return symbols->all[i].address;
	return base;
}

/* ---- segments ---- */

static uint32_t rights_of(const struct layout_section *section)
{
	return PF_R | (section->flags & SHF_WRITE ? PF_W : 0) |
	       (section->flags & SHF_EXECINSTR ? PF_X : 0);
}

/* What the segment from start to end has in the file and in memory. */
static void set_extent(struct raw *raw, struct elf_segment *segment, uint64_t start, uint64_t end)
{
	uint64_t file_end = end < raw->layout.file_end ? end : raw->layout.file_end;

	segment->vaddr = segment->paddr = start;
	segment->memsz = end - start;
	segment->filesz = start < file_end ? file_end - start : 0;
	segment->offset = raw->lead + start - raw->layout.base;
}

/* Rights change where a page starts; what shares a page has the rights of both. Holes belong to what precedes. */
static void add_loads(struct raw *raw)
{
	const struct layout *layout = &raw->layout;
	struct elf_segment *segment = &raw->segments[0];
	uint64_t start = layout->base;

	*segment = (struct elf_segment){ .type = PT_LOAD, .align = PAGE };
	for (size_t i = 0; i < layout->n; i++) {
		const struct layout_section *section = &layout->sections[i];
		uint32_t rights = rights_of(section);

		if (segment->flags && segment->flags != rights && section->start % PAGE == 0) {
			set_extent(raw, segment, start, section->start);
			*++segment = (struct elf_segment){ .type = PT_LOAD, .align = PAGE };
			start = section->start;
		}
		segment->flags |= rights;
	}
	set_extent(raw, segment, start, layout->memory_end);
	raw->file.segment_count = segment + 1 - raw->segments;
}

static void add_notes(struct raw *raw)
{
	for (uint32_t i = 1; i < raw->file.section_count; i++) {
		const struct elf_section *section = &raw->sections[i];

		if (section->type != SHT_NOTE)
			continue;
		raw->segments[raw->file.segment_count++] = (struct elf_segment){
			.type = PT_NOTE,
			.flags = PF_R,
			.offset = section->offset,
			.vaddr = section->addr,
			.paddr = section->addr,
			.filesz = section->size,
			.memsz = section->size,
			.align = section->addralign,
		};
		return;
	}
}

/* ---- sections ---- */

static uint64_t alignment_of(const struct layout_section *section)
{
	uint64_t align = section->start & -section->start;

	if (section->type == SHT_NOTE)
		return 4;
	return align == 0 || align > PAGE ? PAGE : align;
}

static void add_sections(struct kimg_vmlinux *vmlinux, struct raw *raw)
{
	for (size_t i = 0; i < raw->layout.n; i++) {
		const struct layout_section *made = &raw->layout.sections[i];
		uint64_t start = made->type == SHT_NOBITS ? raw->layout.file_end : made->start;
		uint32_t index = raw->file.section_count++;

		raw->sections[index] = (struct elf_section){
			.index = index,
			.name = span_of(made->name, strlen(made->name)),
			.name_at = vmlinux_add_section_name(vmlinux, &raw->file, made->name),
			.type = made->type,
			.flags = made->flags,
			.addr = made->start,
			.offset = raw->lead + start - raw->layout.base,
			.size = made->end - made->start,
			.addralign = alignment_of(made),
		};
	}
}

/* ---- the file ---- */

/* Room for the header and all program headers, up to where the kernel's bytes start. */
static struct kimg_error *add_head(struct kimg_vmlinux *vmlinux, struct raw *raw)
{
	static const uint8_t zeroes[4 * PAGE];
	struct elf_form form = elf_form_of(&raw->file.elf);
	size_t entry = elf_size_of(form, ELF_SEGMENT);
	uint8_t *p;

	buf_add(&vmlinux->head, zeroes, raw->lead);
	if (vmlinux->head.failed)
		return error_nomem();
	p = (uint8_t *)vmlinux->head.p + elf_size_of(form, ELF_HEADER);
	for (size_t i = 0; i < raw->file.segment_count; i++, p += entry)
		elf_write_segment(p, form, &raw->segments[i]);
	vmlinux_add_piece(vmlinux, buf_span(&vmlinux->head));
	return NULL;
}

static struct kimg_error *build(struct kimg_vmlinux *vmlinux, struct raw *raw, struct span bytes,
				const struct kimg_vmlinux_options *options)
{
	struct elf_form form = elf_form_of(&raw->file.elf);
	uint64_t head =
		elf_size_of(form, ELF_HEADER) + MAX_SEGMENTS * elf_size_of(form, ELF_SEGMENT);

	raw->file.segments = raw->segments;
	raw->file.sections = raw->sections;
	raw->file.section_count = 1;
	raw->file.elf.phoff = elf_size_of(form, ELF_HEADER);
	raw->lead = (head + PAGE - 1) / PAGE * PAGE + raw->layout.base % PAGE;
	buf_putc(&vmlinux->names, '\0');
	add_sections(vmlinux, raw);
	add_loads(raw);
	add_notes(raw);
	TRY(add_head(vmlinux, raw));
	vmlinux_add_piece(vmlinux, span_clip(bytes, 0, raw->layout.file_end - raw->layout.base));
	return vmlinux_finish(vmlinux, &raw->file, !options->no_symbols,
			      options->no_types ? (struct span){ 0 } : bytes);
}

/* The symbols, which also tell the base; with no_symbols they may be missing. */
static struct kimg_error *read_symbols(struct kimg_vmlinux *vmlinux, struct kimg_image *image,
				       const struct kimg_vmlinux_options *options,
				       uint64_t *ret_base)
{
	struct kimg_error *error =
		kimg_symbols_of_image(image, &options->symbols, &vmlinux->symbols);

	if (error && (!options->no_symbols || kimg_error_code(error) == KIMG_E_NOMEM))
		return error;
	kimg_error_free(error);
	*ret_base = options->symbols.base;
	if (!(vmlinux->symbols && kimg_symbols_base(vmlinux->symbols, ret_base)) &&
	    !options->symbols.has_base)
		return error_new(KIMG_E_INVALID,
				 "where the kernel is linked to is not known: give its base");
	*ret_base += options->symbols.shift;
	return NULL;
}

static struct kimg_error *check_range(uint64_t base, struct span bytes, bool is64)
{
	uint64_t last = is64 ? UINT64_MAX : UINT32_MAX;

	if (base > last || bytes.n > last - base)
		return error_new(KIMG_E_INVALID,
				 "from 0x%llx on the kernel reaches past the last address",
				 (unsigned long long)base);
	return NULL;
}

struct kimg_error *vmlinux_from_raw(struct kimg_vmlinux *vmlinux, struct kimg_image *image,
				    const struct kimg_part *kernel, struct span bytes,
				    const struct kimg_vmlinux_options *options)
{
	struct raw raw = { 0 };
	struct vmlinux_machine machine;
	uint16_t type = ET_EXEC;
	uint64_t base;

	vmlinux->facts.origin = KIMG_VMLINUX_MADE;
	TRY(read_symbols(vmlinux, image, options, &base));
	TRY(vmlinux_find_machine(kernel, vmlinux->symbols ? vmlinux->symbols->bits : 0, &machine));
	TRY(check_range(base, bytes, machine.is64));
	vmlinux_layout(vmlinux->symbols, base, bytes, &machine, &raw.layout);
	if (is_relocatable(vmlinux->symbols, bytes, base - options->symbols.shift, &machine))
		type = ET_DYN;
	raw.file.elf = (struct elf){
		.is64 = machine.is64,
		.big_endian = machine.big_endian,
		.type = type,
		.machine = machine.machine,
		.flags = machine.flags,
		.entry = entry_of(vmlinux->symbols, machine.entry, base),
	};
	return build(vmlinux, &raw, bytes, options);
}
