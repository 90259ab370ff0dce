/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The driver of any ELF: header, tables, sections, segments and notes as parts. Where the file has
 * sections these are the tiles and segments are views; a file without has the segments as tiles.
 */
#include <elf.h>
#include <inttypes.h>
#include <stdio.h>

#include "format/elf.h"
#include "format/registry.h"

#ifndef SHT_RELR
#define SHT_RELR 19
#endif

/* Segments whose notes are shown; keeps the comparison of sections with segments short. */
#define MAX_LOOK 64

/* ---- header and tables ---- */

static void add_header(struct kimg_part *part, const struct elf *elf)
{
	struct kimg_part *header =
		part_add(part, KIMG_PART_HEADER, "header", 0, elf->is64 ? 64 : 52);

	field_number_as(header, "EI_CLASS", elf->is64 ? ELFCLASS64 : ELFCLASS32, "%s",
			elf->is64 ? "64 bits" : "32 bits");
	field_number_as(header, "EI_DATA", elf->big_endian ? ELFDATA2MSB : ELFDATA2LSB, "%s",
			elf->big_endian ? "big endian" : "little endian");
	field_enum(header, "EI_OSABI", elf->osabi, elf_osabis);
	field_enum(header, "e_type", elf->type, elf_types);
	field_enum(header, "e_machine", elf->machine, elf_machines);
	field_hex(header, "e_entry", elf->entry);
	field_hex(header, "e_flags", elf->flags);
	field_number(header, "e_phnum", elf->phnum);
	field_number(header, "e_shnum", elf->shnum);
	field_number(header, "e_shstrndx", elf->shstrndx);
	if (elf->shstrndx && elf->sections && elf->shstrndx >= elf->shnum)
		note_bad(header, "e_shstrndx is %" PRIu32 ", but there are %" PRIu64 " sections",
			 elf->shstrndx, elf->shnum);
}

static void add_table(struct kimg_part *part, const char *name, uint64_t offset, uint64_t count,
		      uint16_t entsize, uint16_t least)
{
	struct kimg_part *table;
	uint64_t size = count > UINT32_MAX ? UINT64_MAX : count * entsize;

	if (!offset || !count)
		return;
	table = part_add(part, KIMG_PART_TABLE, name, offset, size);
	field_number(table, "entries", count);
	field_number(table, "entsize", entsize);
	if (entsize < least)
		note_bad(table, "an entry of %u bytes is too small: %u are needed", entsize, least);
}

/* ---- notes ---- */

static const struct {
	const char *owner;
	uint32_t type;
	const char *name;
} known_notes[] = {
	{ "GNU", NT_GNU_ABI_TAG, "abi-tag" },
	{ "GNU", NT_GNU_BUILD_ID, "build-id" },
	{ "GNU", NT_GNU_GOLD_VERSION, "gold-version" },
	{ "GNU", NT_GNU_PROPERTY_TYPE_0, "property" },
	{ "Linux", 0, "linux-version" },          /* arch/x86/entry/vdso/note.S */
	{ "Linux", 0x100, "build-salt" },         /* include/linux/build-salt.h */
	{ "Linux", 0x101, "lto-info" },           /* include/linux/elfnote-lto.h */
	{ "PowerPC", 1, "powerpc-capabilities" }, /* arch/powerpc/include/asm/elfnote.h */
	{ "PowerPC", 0x1275, "chrp-boot" },       /* arch/powerpc/boot/addnote.c */
	{ "IBM,RPA-Client-Config", 0x12759999, "rpa-client-config" },
	/* include/xen/interface/elfnote.h (6.12) */
	{ "Xen", 0, "xen-info" },
	{ "Xen", 1, "xen-entry" },
	{ "Xen", 2, "xen-hypercall-page" },
	{ "Xen", 3, "xen-virt-base" },
	{ "Xen", 4, "xen-paddr-offset" },
	{ "Xen", 5, "xen-version" },
	{ "Xen", 6, "xen-guest-os" },
	{ "Xen", 7, "xen-guest-version" },
	{ "Xen", 8, "xen-loader" },
	{ "Xen", 9, "xen-pae-mode" },
	{ "Xen", 10, "xen-features" },
	{ "Xen", 11, "xen-bsd-symtab" },
	{ "Xen", 12, "xen-hv-start-low" },
	{ "Xen", 13, "xen-l1-mfn-valid" },
	{ "Xen", 14, "xen-suspend-cancel" },
	{ "Xen", 15, "xen-init-p2m" },
	{ "Xen", 16, "xen-mod-start-pfn" },
	{ "Xen", 17, "xen-supported-features" },
	{ "Xen", 18, "pvh" }, /* XEN_ELFNOTE_PHYS32_ENTRY */
	{ "Xen", 19, "xen-phys32-reloc" },
};

static void note_name(const struct elf_note *note, char *ret_name, size_t size)
{
	for (size_t i = 0; i < ARRAY_SIZE(known_notes); i++) {
		const char *owner = known_notes[i].owner;

		if (known_notes[i].type == note->type &&
		    span_equal(note->owner, span_of(owner, strlen(owner)))) {
			snprintf(ret_name, size, "%s", known_notes[i].name);
			return;
		}
	}
	snprintf(ret_name, size, "note-%.*s-%" PRIu32, (int)note->owner.n, note->owner.p,
		 note->type);
}

/* Texts end with a NUL, but for some of Xen's; numbers have 4 or 8 bytes. */
static void describe_desc(struct kimg_part *part, const struct elf *elf, struct span desc)
{
	struct span text = span_text(desc);
	bool printable = text.n > 0 && (text.n + 1 == desc.n || (text.n == desc.n && text.n > 8));
	struct cursor c = elf->big_endian ? cursor_be(desc) : cursor_le(desc);

	for (size_t i = 0; i < text.n; i++)
		printable &= text.p[i] >= ' ' && text.p[i] < 0x7f;
	if (printable)
		field_text(part, "desc", text);
	else if (desc.n == 4)
		field_hex(part, "desc", cursor_u32(&c));
	else if (desc.n == 8)
		field_hex(part, "desc", cursor_u64(&c));
	else if (desc.n)
		field_bytes(part, "desc", desc);
}

void elf_add_notes(struct kimg_part *part, const struct elf *elf, uint64_t offset, uint64_t size,
		   uint64_t align)
{
	struct elf_notes notes = elf_notes_of(elf, offset, size, align);
	uint32_t left = part_limits(part)->parts;
	struct elf_note note;

	for (; left && elf_notes_next(&notes, &note); left--) {
		struct kimg_part *child;
		char name[64];

		note_name(&note, name, sizeof(name));
		child = part_add(part, KIMG_PART_NOTE, name, note.offset - offset, note.size);
		if (part_is_lost(child))
			break;
		field_text(child, "owner", note.owner);
		field_number(child, "type", note.type);
		if (strcmp(name, "build-id") == 0)
			field_bytes(child, "desc", note.desc);
		else
			describe_desc(child, elf, note.desc);
	}
	if (notes.damaged)
		note_bad(part, "a note runs past the end of what holds it");
}

/* ---- sections ---- */

static enum kimg_part_kind section_kind(const struct elf_section *section)
{
	switch (section->type) {
	case SHT_SYMTAB:
	case SHT_DYNSYM:
	case SHT_STRTAB:
	case SHT_REL:
	case SHT_RELA:
	case SHT_RELR:
	case SHT_HASH:
	case SHT_GNU_HASH:
	case SHT_SYMTAB_SHNDX:
		return KIMG_PART_TABLE;
	default:
		return KIMG_PART_SECTION;
	}
}

static void describe_section(struct kimg_part *part, const struct elf *elf,
			     const struct elf_section *section)
{
	field_number(part, "index", section->index);
	if (section->name.n)
		field_text(part, "sh_name", section->name);
	elf_section_type_field(part, section->type, elf->machine);
	field_flags(part, "sh_flags", section->flags, elf_section_flags);
	if (section->addr)
		field_hex(part, "sh_addr", section->addr);
	if (section->type == SHT_NOBITS)
		field_number(part, "sh_size", section->size);
	if (section->link)
		field_number(part, "sh_link", section->link);
	if (section->info)
		field_number(part, "sh_info", section->info);
	if (section->addralign > 1)
		field_number(part, "sh_addralign", section->addralign);
	if (section->entsize > 1)
		field_number(part, "sh_entsize", section->entsize);
	if (section->entsize > 1 && section_kind(section) == KIMG_PART_TABLE)
		field_number(part, "entries", section->size / section->entsize);
	if (section->bad_name)
		note_bad(part, "sh_name lies outside of the section names");
}

static void add_section(struct kimg_part *part, const struct elf *elf,
			const struct elf_section *section)
{
	bool bytes = elf_section_has_bytes(section);
	struct kimg_part *child;
	char name[64];

	snprintf(name, sizeof(name), "%.*s", (int)section->name.n, section->name.p);
	if (!section->name.n)
		snprintf(name, sizeof(name), "section-%" PRIu32, section->index);
	if (bytes)
		child = part_add(part, section_kind(section), name, section->offset, section->size);
	else
		child = part_add_view(part, section_kind(section), name, section->offset, 0);
	describe_section(child, elf, section);
	if (section->type == SHT_NOTE && bytes)
		elf_add_notes(child, elf, section->offset, section->size, section->addralign);
}

/* ---- segments ---- */

static const char *segment_name(uint32_t type)
{
	switch (type) {
	case PT_LOAD:
		return "load";
	case PT_DYNAMIC:
		return "dynamic";
	case PT_INTERP:
		return "interp";
	case PT_NOTE:
		return "note";
	case PT_PHDR:
		return "phdr";
	case PT_TLS:
		return "tls";
	case PT_GNU_STACK:
		return "gnu-stack";
	default:
		return "segment";
	}
}

/* Whether the notes of the segment stand in a section, too. */
static bool shown_in_section(const struct elf *elf, const struct elf_segment *segment)
{
	struct elf_section section;

	for (uint32_t i = 1; elf_section_at(elf, i, &section); i++)
		if (section.type == SHT_NOTE && section.offset <= segment->offset &&
		    segment->offset - section.offset < section.size)
			return true;
	return false;
}

static void add_segment(struct kimg_part *part, const struct elf *elf, uint32_t index,
			const struct elf_segment *segment, bool tile)
{
	const char *name = segment_name(segment->type);
	struct kimg_part *child;

	if (tile)
		child = part_add(part, KIMG_PART_SEGMENT, name, segment->offset, segment->filesz);
	else
		child = part_add_view(part, KIMG_PART_SEGMENT, name, segment->offset,
				      segment->filesz);
	field_number(child, "index", index);
	elf_segment_type_field(child, segment->type, elf->machine);
	field_flags(child, "p_flags", segment->flags, elf_segment_flags);
	field_hex(child, "p_vaddr", segment->vaddr);
	field_hex(child, "p_paddr", segment->paddr);
	field_number(child, "p_memsz", segment->memsz);
	field_number(child, "p_align", segment->align);
	if (segment->type == PT_LOAD && segment->filesz > segment->memsz)
		note_bad(child, "takes more bytes of the file than of memory");
	if (segment->type == PT_NOTE && index < MAX_LOOK && !shown_in_section(elf, segment))
		elf_add_notes(child, elf, segment->offset, segment->filesz, segment->align);
}

static void add_segments(struct kimg_part *part, const struct elf *elf)
{
	uint64_t end = elf->is64 ? 64 : 52, tables = elf->phoff + elf->phnum * elf->phentsize;
	struct elf_segment segment;

	/* The tables mostly follow the header, and the first segment may hold both. */
	if (elf->segments && tables > end && elf->phoff <= end)
		end = tables;
	for (uint32_t i = 0; i <= part_limits(part)->parts && elf_segment_at(elf, i, &segment);
	     i++) {
		bool tile = !elf->sections && segment.type == PT_LOAD && segment.filesz &&
			    segment.offset >= end;

		add_segment(part, elf, i, &segment, tile);
		if (tile)
			end = segment.offset + segment.filesz < end
				      ? UINT64_MAX
				      : segment.offset + segment.filesz;
	}
}

/* ---- the driver ---- */

struct kimg_error *elf_parse(struct kimg_part *part)
{
	struct elf_section section;
	struct elf elf;

	TRY(elf_open(part_span(part), &elf));
	add_header(part, &elf);
	add_table(part, "program-headers", elf.phoff, elf.phnum, elf.phentsize, elf.is64 ? 56 : 32);
	add_table(part, "section-headers", elf.shoff, elf.shnum, elf.shentsize, elf.is64 ? 64 : 40);
	/* Section 0 is no section. */
	for (uint32_t i = 1; i <= part_limits(part)->parts && elf_section_at(&elf, i, &section);
	     i++)
		add_section(part, &elf, &section);
	add_segments(part, &elf);
	if (elf.machine == EM_386 || elf.machine == EM_X86_64 || elf.machine == EM_MIPS)
		multiboot_add_views(part);
	/* What no section and no segment holds, where a segment holds the headers too. */
	if (!elf.sections)
		part_fill(part, KIMG_PART_DATA, "data");
	return NULL;
}

static int elf_probe(struct span s)
{
	/* The magic, class, byte order; and the version, which is 1. */
	return elf_is(s) && s.p[EI_VERSION] == EV_CURRENT ? 56 : 0;
}

const struct format format_elf = {
	.name = "elf",
	.title = "ELF",
	.probe = elf_probe,
	.parse = elf_parse,
};
