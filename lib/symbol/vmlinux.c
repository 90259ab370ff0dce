/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ELF files with symbols from kernel images. */
#include "kimg/vmlinux.h"

#include <elf.h>
#include <stdlib.h>

#include "symbol/vmlinux.h"

/* ---- putting a file together ---- */

void vmlinux_add_piece(struct kimg_vmlinux *vmlinux, struct span bytes)
{
	if (bytes.n == 0)
		return;
	vmlinux->pieces[vmlinux->piece_count++] = (struct kimg_vmlinux_piece){ bytes.p, bytes.n };
	vmlinux->facts.size += bytes.n;
}

void vmlinux_pad(struct kimg_vmlinux *vmlinux, size_t align)
{
	static const uint8_t zeroes[64 << 10];

	vmlinux_add_piece(vmlinux, span_of(zeroes, -vmlinux->facts.size & (align - 1)));
}

uint32_t vmlinux_add_section_name(struct kimg_vmlinux *vmlinux, const struct elf_file *file,
				  const char *name)
{
	uint32_t at = file->old_names.n + vmlinux->names.n;

	buf_add(&vmlinux->names, name, strlen(name) + 1);
	return at;
}

/*
 * The section of that name, a new one where there is none. Linkers may keep the names of symbols and those of
 * sections in one; each gets its own here.
 */
static struct elf_section *section_for(struct kimg_vmlinux *vmlinux, struct elf_file *file,
				       const char *name, uint32_t type)
{
	struct elf_section *section;

	for (uint32_t i = 1; i < file->section_count; i++)
		if (i != file->elf.shstrndx && file->sections[i].type == type &&
		    elf_section_named(&file->sections[i], name))
			return &file->sections[i];
	section = &file->sections[file->section_count];
	*section = (struct elf_section){
		.index = file->section_count++,
		.type = type,
		.name = span_of(name, strlen(name)),
		.name_at = vmlinux_add_section_name(vmlinux, file, name),
		.addralign = 1,
	};
	return section;
}

static struct kimg_error *add_symbols(struct kimg_vmlinux *vmlinux, struct elf_file *file)
{
	struct elf_form form = elf_form_of(&file->elf);
	struct vmlinux_symtab *symtab = &vmlinux->symtab;
	struct elf_section *symbols, *names;

	TRY(vmlinux_symtab_make(vmlinux->symbols, &file->elf, file->sections, file->section_count,
				symtab));
	symbols = section_for(vmlinux, file, ".symtab", SHT_SYMTAB);
	names = section_for(vmlinux, file, ".strtab", SHT_STRTAB);
	vmlinux_pad(vmlinux, 8);
	symbols->offset = vmlinux->facts.size;
	symbols->size = symtab->symbols.n;
	symbols->entsize = elf_size_of(form, ELF_SYMBOL);
	symbols->addralign = form.is64 ? 8 : 4;
	symbols->link = names->index;
	symbols->info = symtab->locals;
	vmlinux_add_piece(vmlinux, blob_span(&symtab->symbols));
	names->offset = vmlinux->facts.size;
	names->size = symtab->names.n;
	vmlinux_add_piece(vmlinux, blob_span(&symtab->names));
	vmlinux->facts.symbols = symtab->count;
	return NULL;
}

/* A section of debug information, which is not loaded. */
static void add_debug_section(struct kimg_vmlinux *vmlinux, struct elf_file *file, const char *name,
			      struct span bytes)
{
	struct elf_section *section = section_for(vmlinux, file, name, SHT_PROGBITS);

	section->offset = vmlinux->facts.size;
	section->size = bytes.n;
	vmlinux_add_piece(vmlinux, bytes);
}

static bool has_section(const struct elf_file *file, const char *name)
{
	for (uint32_t i = 1; i < file->section_count; i++)
		if (elf_section_named(&file->sections[i], name))
			return true;
	return false;
}

static struct kimg_error *add_types(struct kimg_vmlinux *vmlinux, struct elf_file *file,
				    struct span kernel)
{
	struct vmlinux_types *types = &vmlinux->types;

	if (has_section(file, ".debug_info") || has_section(file, ".debug_abbrev") ||
	    has_section(file, ".debug_str"))
		return NULL;
	TRY(vmlinux_types_make(kernel, elf_form_of(&file->elf), vmlinux->symbols, types));
	if (types->count == 0)
		return NULL;
	add_debug_section(vmlinux, file, ".debug_info", buf_span(&types->info));
	add_debug_section(vmlinux, file, ".debug_abbrev", types->abbrev);
	add_debug_section(vmlinux, file, ".debug_str", types->strings);
	vmlinux->facts.types = types->count;
	return NULL;
}

static void add_section_names(struct kimg_vmlinux *vmlinux, struct elf_file *file)
{
	struct elf_section *names = &file->sections[file->elf.shstrndx];

	if (file->elf.shstrndx == 0) {
		names = section_for(vmlinux, file, ".shstrtab", SHT_STRTAB);
		file->elf.shstrndx = names->index;
	}
	names->offset = vmlinux->facts.size;
	names->size = file->old_names.n + vmlinux->names.n;
	vmlinux_add_piece(vmlinux, file->old_names);
	vmlinux_add_piece(vmlinux, buf_span(&vmlinux->names));
}

static void add_section_headers(struct kimg_vmlinux *vmlinux, struct elf_file *file)
{
	struct elf_form form = elf_form_of(&file->elf);
	uint8_t entry[sizeof(Elf64_Shdr)];

	vmlinux_pad(vmlinux, 8);
	file->elf.shoff = vmlinux->facts.size;
	file->elf.shnum = file->section_count;
	for (uint32_t i = 0; i < file->section_count; i++) {
		elf_write_section(entry, form, &file->sections[i]);
		buf_add(&vmlinux->sectable, entry, elf_size_of(form, ELF_SECTION));
	}
	vmlinux_add_piece(vmlinux, buf_span(&vmlinux->sectable));
}

/* ---- what is told about it ---- */

static const char *name_in(const struct name_of *names, uint64_t value)
{
	while (names->name && names->value != value)
		names++;
	return names->name;
}

static void tell_header(struct kimg_vmlinux_facts *facts, const struct elf *elf)
{
	facts->bits = elf->is64 ? 64 : 32;
	facts->big_endian = elf->big_endian;
	facts->type = elf->type;
	facts->machine = elf->machine;
	facts->type_name = name_in(elf_types, elf->type);
	facts->machine_name = elf_machine_name(elf->machine);
	facts->entry = elf->entry;
}

static void tell_sections(struct kimg_vmlinux *vmlinux, const struct elf_file *file)
{
	for (uint32_t i = 1; i < file->section_count; i++) {
		const struct elf_section *section = &file->sections[i];

		vmlinux->sections[vmlinux->section_count++] = (struct kimg_vmlinux_section){
			.name = (const char *)section->name.p,
			.name_size = section->name.n,
			.address = section->addr,
			.size = section->size,
			.type = section->type,
			.flags = section->flags,
		};
	}
}

static void tell_segments(struct kimg_vmlinux *vmlinux, const struct elf_file *file)
{
	vmlinux->facts.base = UINT64_MAX;
	for (size_t i = 0; i < file->segment_count; i++) {
		const struct elf_segment *segment = &file->segments[i];

		vmlinux->segments[vmlinux->segment_count++] = (struct kimg_vmlinux_segment){
			.address = segment->vaddr,
			.size = segment->memsz,
			.type = segment->type,
			.flags = segment->flags,
		};
		if (segment->type == PT_LOAD && segment->vaddr < vmlinux->facts.base &&
		    (segment->vaddr || file->elf.machine != EM_X86_64))
			vmlinux->facts.base = segment->vaddr;
	}
	if (vmlinux->facts.base == UINT64_MAX)
		vmlinux->facts.base = 0;
}

static struct kimg_error *tell(struct kimg_vmlinux *vmlinux, const struct elf_file *file)
{
	tell_header(&vmlinux->facts, &file->elf);
	vmlinux->sections = calloc(file->section_count + 1, sizeof(*vmlinux->sections));
	vmlinux->segments = calloc(file->segment_count + 1, sizeof(*vmlinux->segments));
	if (!vmlinux->sections || !vmlinux->segments)
		return error_nomem();
	tell_sections(vmlinux, file);
	tell_segments(vmlinux, file);
	return NULL;
}

struct kimg_error *vmlinux_finish(struct kimg_vmlinux *vmlinux, struct elf_file *file,
				  bool with_symbols, struct span kernel)
{
	if (vmlinux->facts.origin != KIMG_VMLINUX_AS_IS) {
		if (with_symbols)
			TRY(add_symbols(vmlinux, file));
		TRY(add_types(vmlinux, file, kernel));
		add_section_names(vmlinux, file);
		add_section_headers(vmlinux, file);
		if (vmlinux->names.failed || vmlinux->sectable.failed)
			return error_nomem();
		file->elf.phnum = file->segment_count;
		elf_write_header((uint8_t *)vmlinux->head.p, &file->elf);
	}
	return tell(vmlinux, file);
}

/* ---- callers ---- */

static struct kimg_error *make(struct kimg_vmlinux *vmlinux, struct kimg_image *image,
			       const struct kimg_vmlinux_options *options)
{
	const struct kimg_part *kernel;
	struct span bytes;
	const void *p;
	size_t n;

	TRY(kimg_image_kernel(image, &kernel));
	TRY(kimg_part_bytes(image, kernel, false, &p, &n));
	bytes = span_of(p, n);
	if (elf_is(bytes))
		return vmlinux_from_elf(vmlinux, image, bytes, options);
	return vmlinux_from_raw(vmlinux, image, kernel, bytes, options);
}

struct kimg_error *kimg_vmlinux_make(struct kimg_image *image,
				     const struct kimg_vmlinux_options *options,
				     struct kimg_vmlinux **ret_vmlinux)
{
	const struct kimg_vmlinux_options defaults = KIMG_VMLINUX_OPTIONS_DEFAULT;
	struct kimg_vmlinux *vmlinux = calloc(1, sizeof(*vmlinux));
	struct kimg_error *error;

	if (!vmlinux)
		return error_nomem();
	error = make(vmlinux, image, options ? options : &defaults);
	if (error) {
		kimg_vmlinux_free(vmlinux);
		return error;
	}
	*ret_vmlinux = vmlinux;
	return NULL;
}

void kimg_vmlinux_free(struct kimg_vmlinux *vmlinux)
{
	if (!vmlinux)
		return;
	kimg_symbols_free(vmlinux->symbols);
	vmlinux_symtab_done(&vmlinux->symtab);
	vmlinux_types_done(&vmlinux->types);
	buf_done(&vmlinux->head);
	buf_done(&vmlinux->segtable);
	buf_done(&vmlinux->names);
	buf_done(&vmlinux->sectable);
	free(vmlinux->sections);
	free(vmlinux->segments);
	free(vmlinux);
}

const struct kimg_vmlinux_facts *kimg_vmlinux_facts(const struct kimg_vmlinux *vmlinux)
{
	return &vmlinux->facts;
}

const struct kimg_vmlinux_piece *kimg_vmlinux_pieces(const struct kimg_vmlinux *vmlinux,
						     size_t *ret_count)
{
	*ret_count = vmlinux->piece_count;
	return vmlinux->pieces;
}

const struct kimg_vmlinux_section *kimg_vmlinux_sections(const struct kimg_vmlinux *vmlinux,
							 size_t *ret_count)
{
	*ret_count = vmlinux->section_count;
	return vmlinux->sections;
}

const struct kimg_vmlinux_segment *kimg_vmlinux_segments(const struct kimg_vmlinux *vmlinux,
							 size_t *ret_count)
{
	*ret_count = vmlinux->segment_count;
	return vmlinux->segments;
}

const struct kimg_note *kimg_vmlinux_notes(const struct kimg_vmlinux *vmlinux)
{
	return vmlinux->symbols ? kimg_symbols_notes(vmlinux->symbols) : NULL;
}
