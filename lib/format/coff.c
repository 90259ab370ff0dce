/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * COFF executables, as the firmware of Alpha (SRM) and MIPS (ARC) machines wants kernels, and of i386
 * ones (include/coff/{internal,mips,alpha,i386}.h of binutils; arch/mips/boot/elf2ecoff.c,
 * arch/alpha/boot/tools/objstrip.c, 6.12). Words in the machine's byte order; Alpha has 8-byte ones at W.
 *
 * file header      f_magic 2, f_nscns 2, f_timdat 4, f_symptr W, f_nsyms 4, f_opthdr 2, f_flags 2
 * optional header  magic 2, vstamp 2, (Alpha: bldrev 2, padding 2), tsize W, dsize W, bsize W, entry W,
 *                  text_start W, data_start W; ECOFF has more
 * section header   s_name 8, s_paddr W, s_vaddr W, s_size W, s_scnptr W, s_relptr W, s_lnnoptr W,
 *                  s_nreloc 2, s_nlnno 2, s_flags 4
 * symbols          i386: 18 bytes each, then strings with their size as first word;
 *                  ECOFF: a symbolic header of f_nsyms bytes
 */
#include <inttypes.h>

#include "format/registry.h"

#define F_EXEC      0x0002
#define STYP_BSS    0x00000080
#define STYP_SBSS   0x00000400
#define SYMBOL_SIZE 18

struct machine {
	uint16_t magic;
	bool big_endian;
	bool wide;
	bool ecoff;
	const char *name;
};

static const struct machine machines[] = {
	{ 0x014c, false, false, false, "i386" },
	{ 0x0150, true, false, false, "m68k" },
	{ 0x0160, true, false, true, "MIPS, big endian" },
	{ 0x0162, false, false, true, "MIPS, little endian" },
	{ 0x0163, true, false, true, "MIPS 2, big endian" },
	{ 0x0166, false, false, true, "MIPS 2, little endian" },
	{ 0x0140, true, false, true, "MIPS 3, big endian" },
	{ 0x0142, false, false, true, "MIPS 3, little endian" },
	{ 0x0183, false, true, true, "Alpha" },
	{ 0x0500, true, false, false, "SH, big endian" },
	{ 0x0550, false, false, false, "SH, little endian" },
};

static const struct name_of file_flags[] = {
	{ 0x0001, "F_RELFLG" }, { F_EXEC, "F_EXEC" },   { 0x0004, "F_LNNO" },
	{ 0x0008, "F_LSYMS" },  { 0x0100, "F_AR32WR" }, NAMES_END,
};

static const struct name_of section_flags[] = {
	{ 0x20, "STYP_TEXT" },
	{ 0x40, "STYP_DATA" },
	{ STYP_BSS, "STYP_BSS" },
	{ 0x100, "STYP_RDATA" },
	{ 0x200, "STYP_SDATA" },
	{ STYP_SBSS, "STYP_SBSS" },
	NAMES_END,
};

static const struct name_of optional_magics[] = {
	{ 0407, "OMAGIC" },
	{ 0410, "NMAGIC" },
	{ 0413, "ZMAGIC" },
	NAMES_END,
};

struct coff {
	const struct machine *machine;
	uint16_t nscns;
	uint32_t timdat;
	uint64_t symptr;
	uint32_t nsyms;
	uint16_t opthdr;
	uint16_t flags;
	uint16_t magic; /* of the optional header */
};

static const struct machine *find_machine(struct span s)
{
	struct span two;

	for (size_t i = 0; span_sub(s, 0, 2, &two) && i < ARRAY_SIZE(machines); i++)
		if ((machines[i].big_endian ? get_be16(two.p) : get_le16(two.p)) ==
		    machines[i].magic)
			return &machines[i];
	return NULL;
}

static struct cursor cursor_of(const struct machine *machine, struct span s)
{
	return machine->big_endian ? cursor_be(s) : cursor_le(s);
}

static uint64_t word(const struct machine *machine, struct cursor *c)
{
	return machine->wide ? cursor_u64(c) : cursor_u32(c);
}

static bool read_header(struct span s, struct coff *ret)
{
	struct coff coff = { .machine = find_machine(s) };
	struct cursor c;

	if (!coff.machine)
		return false;
	c = cursor_of(coff.machine, s);
	cursor_skip(&c, 2);
	coff.nscns = cursor_u16(&c);
	coff.timdat = cursor_u32(&c);
	coff.symptr = word(coff.machine, &c);
	coff.nsyms = cursor_u32(&c);
	coff.opthdr = cursor_u16(&c);
	coff.flags = cursor_u16(&c);
	if (c.failed)
		return false;
	/* Absent where the file ends before it: 0, which is no magic. */
	coff.magic = coff.opthdr >= 28 ? cursor_u16(&c) : 0;
	*ret = coff;
	return true;
}

static unsigned int header_size(const struct coff *coff)
{
	return coff->machine->wide ? 24 : 20;
}

static int coff_probe(struct span s)
{
	struct coff coff;

	if (!read_header(s, &coff) || !(coff.flags & F_EXEC) || coff.nscns == 0 ||
	    (coff.magic != 0407 && coff.magic != 0410 && coff.magic != 0413))
		return 0;
	return 33;
}

static void add_optional(struct kimg_part *part, const struct coff *coff, struct span s)
{
	static const char *const sizes[] = { "tsize", "dsize", "bsize" };
	static const char *const addresses[] = { "entry", "text_start", "data_start" };
	struct kimg_part *optional = part_add(part, KIMG_PART_HEADER, "optional-header",
					      header_size(coff), coff->opthdr);
	struct cursor c = cursor_of(coff->machine, part_span(optional));

	field_enum(optional, "magic", cursor_u16(&c), optional_magics);
	field_hex(optional, "vstamp", cursor_u16(&c));
	if (coff->machine->wide)
		cursor_skip(&c, 4);
	for (size_t i = 0; i < ARRAY_SIZE(sizes); i++)
		field_number(optional, sizes[i], word(coff->machine, &c));
	for (size_t i = 0; i < ARRAY_SIZE(addresses); i++)
		field_hex(optional, addresses[i], word(coff->machine, &c));
	if (c.failed)
		note_bad(optional, "too short for its fields");
}

static void add_section(struct kimg_part *part, const struct machine *machine, struct cursor *c)
{
	struct span name = span_text(cursor_take(c, 8));
	uint64_t paddr = word(machine, c), vaddr = word(machine, c), size = word(machine, c);
	uint64_t offset = word(machine, c);
	struct kimg_part *section;
	char text[9] = { 0 };
	uint32_t flags;

	cursor_skip(c, machine->wide ? 20 : 12);
	flags = cursor_u32(c);
	if (c->failed)
		return;
	if (name.n)
		memcpy(text, name.p, name.n);
	if (!offset || flags & (STYP_BSS | STYP_SBSS))
		section = part_add_view(part, KIMG_PART_SECTION, text, 0, 0);
	else
		section = part_add(part, KIMG_PART_SECTION, text, offset, size);
	field_text(section, "s_name", name);
	field_hex(section, "s_paddr", paddr);
	field_hex(section, "s_vaddr", vaddr);
	field_number(section, "s_size", size);
	field_flags(section, "s_flags", flags, section_flags);
}

static void add_symbols(struct kimg_part *part, const struct coff *coff, struct span s)
{
	uint64_t size = coff->machine->ecoff ? coff->nsyms : (uint64_t)coff->nsyms * SYMBOL_SIZE;
	struct span strings;

	if (!coff->symptr || !size)
		return;
	part_add(part, KIMG_PART_TABLE, "symbols", coff->symptr, size);
	if (!coff->machine->ecoff && span_sub(s, coff->symptr + size, 4, &strings)) {
		struct cursor c = cursor_of(coff->machine, strings);

		part_add(part, KIMG_PART_TABLE, "strings", coff->symptr + size, cursor_u32(&c));
	}
}

static struct kimg_error *coff_parse(struct kimg_part *part)
{
	struct span s = part_span(part);
	struct kimg_part *header, *table;
	struct coff coff;
	struct cursor c;
	uint64_t at;

	if (!read_header(s, &coff))
		return error_at(KIMG_E_TRUNCATED, 0, "the header is cut short");
	header = part_add(part, KIMG_PART_HEADER, "header", 0, header_size(&coff));
	field_hex_as(header, "f_magic", coff.machine->magic, "%s", coff.machine->name);
	field_number(header, "f_nscns", coff.nscns);
	field_time(header, "f_timdat", coff.timdat);
	field_hex(header, "f_symptr", coff.symptr);
	field_number(header, "f_nsyms", coff.nsyms);
	field_number(header, "f_opthdr", coff.opthdr);
	field_flags(header, "f_flags", coff.flags, file_flags);
	if (coff.opthdr)
		add_optional(part, &coff, s);
	at = header_size(&coff) + (uint64_t)coff.opthdr;
	table = part_add(part, KIMG_PART_TABLE, "section-headers", at,
			 coff.nscns * (coff.machine->wide ? 64ULL : 40ULL));
	field_number(table, "entries", coff.nscns);
	c = cursor_of(coff.machine, part_span(table));
	for (uint32_t i = 0; i < coff.nscns && !c.failed; i++)
		add_section(part, coff.machine, &c);
	add_symbols(part, &coff, s);
	return NULL;
}

/* The header does not tell kernels from programs; the banner does. */
static struct kimg_error *coff_search(struct kimg_part *part)
{
	size_t at;

	if (span_find(part_span(part), 0, SPAN_LITERAL("Linux version "), &at))
		part->kind = KIMG_PART_KERNEL;
	return NULL;
}

const struct format format_coff = {
	.name = "coff",
	.title = "COFF executable",
	.probe = coff_probe,
	.parse = coff_parse,
	.search = coff_search,
};
