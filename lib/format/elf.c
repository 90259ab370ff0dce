/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reading ELF (System V ABI, "gABI", chapters 4 and 5).
 *
 * header        32-bit  64-bit            program header    32-bit  64-bit
 * e_ident       0  16   0  16             p_type            0  4    0  4
 * e_type        16 2    16 2              p_flags           24 4    4  4
 * e_machine     18 2    18 2              p_offset          4  4    8  8
 * e_version     20 4    20 4              p_vaddr           8  4    16 8
 * e_entry       24 4    24 8              p_paddr           12 4    24 8
 * e_phoff       28 4    32 8              p_filesz          16 4    32 8
 * e_shoff       32 4    40 8              p_memsz           20 4    40 8
 * e_flags       36 4    48 4              p_align           28 4    48 8
 * e_ehsize      40 2    52 2
 * e_phentsize   42 2    54 2              section header    sh_name 4, sh_type 4, sh_flags W,
 * e_phnum       44 2    56 2              sh_addr W, sh_offset W, sh_size W, sh_link 4,
 * e_shentsize   46 2    58 2              sh_info 4, sh_addralign W, sh_entsize W (W: 4 or 8 bytes)
 * e_shnum       48 2    60 2
 * e_shstrndx    50 2    62 2
 *
 * note          namesz 4, descsz 4, type 4, name, padding, desc, padding
 */
#include "format/elf.h"

#include <elf.h>

/* Longer names are cut; so a file whose names overlap costs no more than one whose names do not. */
#define MAX_NAME 255

/* Real kernels have fewer than 20 program headers; an address is looked up in these. */
#define MAX_MAPPED 1024

/* Real kernels have fewer than 40 notes. */
#define MAX_NOTES 65536

static struct cursor cursor_of(const struct elf *elf, struct span s)
{
	return elf->big_endian ? cursor_be(s) : cursor_le(s);
}

static uint64_t word(const struct elf *elf, struct cursor *c)
{
	return elf->is64 ? cursor_u64(c) : cursor_u32(c);
}

bool elf_is(struct span s)
{
	return s.n >= 20 && span_starts(s, SPAN_LITERAL(ELFMAG)) &&
	       (s.p[EI_CLASS] == ELFCLASS32 || s.p[EI_CLASS] == ELFCLASS64) &&
	       (s.p[EI_DATA] == ELFDATA2LSB || s.p[EI_DATA] == ELFDATA2MSB);
}

/* ---- the header ---- */

static void read_header(struct elf *elf, struct cursor *c)
{
	cursor_skip(c, EI_NIDENT);
	elf->type = cursor_u16(c);
	elf->machine = cursor_u16(c);
	cursor_skip(c, 4);
	elf->entry = word(elf, c);
	elf->phoff = word(elf, c);
	elf->shoff = word(elf, c);
	elf->flags = cursor_u32(c);
	elf->ehsize = cursor_u16(c);
	elf->phentsize = cursor_u16(c);
	elf->phnum = cursor_u16(c);
	elf->shentsize = cursor_u16(c);
	elf->shnum = cursor_u16(c);
	elf->shstrndx = cursor_u16(c);
}

/* How many entries of a table can be read. */
static uint32_t readable(const struct elf *elf, uint64_t offset, uint64_t count, uint16_t entsize,
			 uint16_t least)
{
	uint64_t room = span_from(elf->file, offset).n;

	if (offset == 0 || entsize < least)
		return 0;
	if (count > room / entsize)
		count = room / entsize;
	return count < UINT32_MAX ? count : UINT32_MAX;
}

/* What does not fit into 16 bits stands in section 0 (gABI, "Section header table", "Extended..."). */
static void resolve_extended(struct elf *elf)
{
	struct elf_section zero;

	elf->sections = readable(elf, elf->shoff, 1, elf->shentsize, elf->is64 ? 64 : 40);
	if (!elf_section_at(elf, 0, &zero))
		return;
	if (elf->shnum == 0)
		elf->shnum = zero.size;
	if (elf->shstrndx == SHN_XINDEX)
		elf->shstrndx = zero.link;
	if (elf->phnum == PN_XNUM && zero.info)
		elf->phnum = zero.info;
}

struct kimg_error *elf_open(struct span file, struct elf *ret_elf)
{
	struct elf elf = { .file = file };
	struct elf_section names;
	struct cursor c;

	if (!elf_is(file))
		return error_at(file.n < 20 ? KIMG_E_TRUNCATED : KIMG_E_CORRUPT, 0,
				"no ELF header");
	elf.is64 = file.p[EI_CLASS] == ELFCLASS64;
	elf.big_endian = file.p[EI_DATA] == ELFDATA2MSB;
	elf.osabi = file.p[EI_OSABI];
	elf.abiversion = file.p[EI_ABIVERSION];
	c = cursor_of(&elf, file);
	read_header(&elf, &c);
	if (c.failed)
		return error_at(KIMG_E_TRUNCATED, 0, "the ELF header is cut short");
	resolve_extended(&elf);
	elf.segments = readable(&elf, elf.phoff, elf.phnum, elf.phentsize, elf.is64 ? 56 : 32);
	elf.sections = readable(&elf, elf.shoff, elf.shnum, elf.shentsize, elf.is64 ? 64 : 40);
	if (elf.shstrndx && elf_section_at(&elf, elf.shstrndx, &names))
		elf.names = elf_section_bytes(&elf, &names);
	*ret_elf = elf;
	return NULL;
}

/* ---- segments and sections ---- */

bool elf_segment_at(const struct elf *elf, uint32_t index, struct elf_segment *ret_segment)
{
	struct elf_segment segment = { 0 };
	struct cursor c;

	if (index >= elf->segments)
		return false;
	c = cursor_of(elf, span_from(elf->file, elf->phoff + (uint64_t)index * elf->phentsize));
	segment.type = cursor_u32(&c);
	if (elf->is64)
		segment.flags = cursor_u32(&c);
	segment.offset = word(elf, &c);
	segment.vaddr = word(elf, &c);
	segment.paddr = word(elf, &c);
	segment.filesz = word(elf, &c);
	segment.memsz = word(elf, &c);
	if (!elf->is64)
		segment.flags = cursor_u32(&c);
	segment.align = word(elf, &c);
	*ret_segment = segment;
	return !c.failed;
}

bool elf_section_at(const struct elf *elf, uint32_t index, struct elf_section *ret_section)
{
	struct elf_section section = { .index = index };
	struct cursor c;

	if (index >= elf->sections)
		return false;
	c = cursor_of(elf, span_from(elf->file, elf->shoff + (uint64_t)index * elf->shentsize));
	section.name_at = cursor_u32(&c);
	section.type = cursor_u32(&c);
	section.flags = word(elf, &c);
	section.addr = word(elf, &c);
	section.offset = word(elf, &c);
	section.size = word(elf, &c);
	section.link = cursor_u32(&c);
	section.info = cursor_u32(&c);
	section.addralign = word(elf, &c);
	section.entsize = word(elf, &c);
	section.name = span_text(span_clip(elf->names, section.name_at, MAX_NAME));
	section.bad_name = section.name_at && section.name_at >= elf->names.n;
	*ret_section = section;
	return !c.failed;
}

bool elf_section_named(const struct elf_section *section, const char *name)
{
	return span_equal(section->name, span_of(name, strlen(name)));
}

bool elf_section(const struct elf *elf, const char *name, struct elf_section *ret_section)
{
	struct elf_section section;

	for (uint32_t i = 0; elf_section_at(elf, i, &section); i++) {
		if (elf_section_named(&section, name)) {
			*ret_section = section;
			return true;
		}
	}
	return false;
}

bool elf_section_has_bytes(const struct elf_section *section)
{
	return section->type != SHT_NULL && section->type != SHT_NOBITS && section->size;
}

struct span elf_section_bytes(const struct elf *elf, const struct elf_section *section)
{
	if (!elf_section_has_bytes(section))
		return (struct span){ 0 };
	return span_clip(elf->file, section->offset, section->size);
}

struct span elf_segment_bytes(const struct elf *elf, const struct elf_segment *segment)
{
	return span_clip(elf->file, segment->offset, segment->filesz);
}

/* ---- the end ---- */

static void reach(uint64_t *end, uint64_t offset, uint64_t size)
{
	uint64_t sum = offset + size < offset ? UINT64_MAX : offset + size;

	if (size && sum > *end)
		*end = sum;
}

uint64_t elf_file_end(struct span s)
{
	struct elf_segment segment;
	struct elf_section section;
	struct elf elf;
	struct kimg_error *error = elf_open(s, &elf);
	uint64_t end;

	if (error) {
		kimg_error_free(error);
		return 0;
	}
	end = elf.is64 ? 64 : 52;
	/* The counts have at most 32 bits, but for a shnum from section 0. */
	if (elf.phoff)
		reach(&end, elf.phoff, elf.phnum * elf.phentsize);
	if (elf.shoff)
		reach(&end, elf.shoff,
		      elf.shnum > UINT32_MAX ? UINT64_MAX : elf.shnum * elf.shentsize);
	for (uint32_t i = 0; elf_segment_at(&elf, i, &segment); i++)
		reach(&end, segment.offset, segment.filesz);
	for (uint32_t i = 0; elf_section_at(&elf, i, &section); i++)
		if (elf_section_has_bytes(&section))
			reach(&end, section.offset, section.size);
	return end;
}

/* ---- addresses ---- */

static bool translate(uint64_t value, uint64_t from, uint64_t size, uint64_t to, uint64_t *ret)
{
	if (value < from || value - from >= size)
		return false;
	*ret = value - from + to;
	return true;
}

/* Sections that are loaded, for files without program headers. */
static bool is_loaded(const struct elf_section *section)
{
	return (section->flags & SHF_ALLOC) && elf_section_has_bytes(section);
}

bool elf_vaddr_to_offset(const struct elf *elf, uint64_t vaddr, uint64_t *ret_offset)
{
	struct elf_segment segment;
	struct elf_section section;

	for (uint32_t i = 0; i < MAX_MAPPED && elf_segment_at(elf, i, &segment); i++)
		if (segment.type == PT_LOAD &&
		    translate(vaddr, segment.vaddr, segment.filesz, segment.offset, ret_offset))
			return *ret_offset < elf->file.n;
	if (elf->segments)
		return false;
	for (uint32_t i = 0; i < MAX_MAPPED && elf_section_at(elf, i, &section); i++)
		if (is_loaded(&section) &&
		    translate(vaddr, section.addr, section.size, section.offset, ret_offset))
			return *ret_offset < elf->file.n;
	return false;
}

bool elf_offset_to_vaddr(const struct elf *elf, uint64_t offset, uint64_t *ret_vaddr)
{
	struct elf_segment segment;
	struct elf_section section;

	for (uint32_t i = 0; i < MAX_MAPPED && elf_segment_at(elf, i, &segment); i++)
		if (segment.type == PT_LOAD &&
		    translate(offset, segment.offset, segment.filesz, segment.vaddr, ret_vaddr))
			return true;
	if (elf->segments)
		return false;
	for (uint32_t i = 0; i < MAX_MAPPED && elf_section_at(elf, i, &section); i++)
		if (is_loaded(&section) &&
		    translate(offset, section.offset, section.size, section.addr, ret_vaddr))
			return true;
	return false;
}

/* ---- notes ---- */

struct elf_notes elf_notes_of(const struct elf *elf, uint64_t offset, uint64_t size, uint64_t align)
{
	return (struct elf_notes){
		.s = span_clip(elf->file, offset, size),
		.base = offset,
		/* 4 whatever the class, but for property notes (gABI; binutils PR 23428). */
		.align = align == 8 ? 8 : 4,
		.big_endian = elf->big_endian,
	};
}

static void align_to(struct cursor *c, unsigned int align)
{
	uint64_t next = (c->at + align - 1) & ~(uint64_t)(align - 1);

	/* The padding of the last note may be missing. */
	c->at = next < c->s.n ? next : c->s.n;
}

bool elf_notes_next(struct elf_notes *notes, struct elf_note *ret_note)
{
	struct cursor c = notes->big_endian ? cursor_be(notes->s) : cursor_le(notes->s);
	uint32_t namesz, descsz;
	struct elf_note note = { .offset = notes->base + notes->at };

	/* Nothing but zeroes is the padding of what holds the notes. */
	if (span_filled(span_clip(notes->s, notes->at, 12), 0))
		return false;
	c.at = notes->at;
	namesz = cursor_u32(&c);
	descsz = cursor_u32(&c);
	note.type = cursor_u32(&c);
	note.owner = span_text(span_clip(cursor_take(&c, namesz), 0, MAX_NAME));
	if (!c.failed)
		align_to(&c, notes->align);
	note.desc = cursor_take(&c, descsz);
	if (c.failed) {
		notes->damaged = true;
		notes->at = notes->s.n;
		return false;
	}
	note.size = c.at - notes->at;
	align_to(&c, notes->align);
	notes->at = c.at;
	*ret_note = note;
	return true;
}

static bool find_in(struct elf_notes notes, const char *owner, uint32_t type, unsigned int *left,
		    struct elf_note *ret_note)
{
	struct elf_note note;

	for (; *left && elf_notes_next(&notes, &note); --*left) {
		if (note.type == type && span_equal(note.owner, span_of(owner, strlen(owner)))) {
			*ret_note = note;
			return true;
		}
	}
	return false;
}

bool elf_find_note(const struct elf *elf, const char *owner, uint32_t type,
		   struct elf_note *ret_note)
{
	struct elf_segment segment;
	struct elf_section section;
	unsigned int left = MAX_NOTES;

	for (uint32_t i = 0; elf_segment_at(elf, i, &segment); i++)
		if (segment.type == PT_NOTE &&
		    find_in(elf_notes_of(elf, segment.offset, segment.filesz, segment.align), owner,
			    type, &left, ret_note))
			return true;
	for (uint32_t i = 0; elf_section_at(elf, i, &section); i++)
		if (section.type == SHT_NOTE &&
		    find_in(elf_notes_of(elf, section.offset, section.size, section.addralign),
			    owner, type, &left, ret_note))
			return true;
	return false;
}
