/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * a.out executables, as kernels were before ELF, and as some firmware wants them still (a.out.h;
 * arch/{i386,m68k,sparc}/include/asm/a.out.h, 2.4). Words in the byte order of the machine.
 *
 * 0  4 a_info: magic (16 bits), machine (8), flags (8), in this order from the least bit on
 * 4  4 a_text   8  4 a_data   12 4 a_bss     sizes
 * 16 4 a_syms   20 4 a_entry  24 4 a_trsize  28 4 a_drsize
 *
 * Then text (at 1024 where it is loaded by pages, ZMAGIC; at 0 and with the header in it with QMAGIC, and
 * on SPARC; else at 32), data, relocations of both, symbols of 12 bytes, and strings, the first word of
 * which is their size.
 */
#include <inttypes.h>

#include "format/registry.h"

#define HEADER_SIZE 32
#define ZMAGIC_TEXT 1024
#define SYMBOL_SIZE 12
#define RELOCATION  8
#define MAX_SIZE    (256u << 20) /* no a.out kernel was near it */

enum { OMAGIC = 0407, NMAGIC = 0410, ZMAGIC = 0413, QMAGIC = 0314 };
enum { M_SPARC = 3 };

static const struct name_of magics[] = {
	{ OMAGIC, "OMAGIC" },
	{ NMAGIC, "NMAGIC" },
	{ ZMAGIC, "ZMAGIC" },
	{ QMAGIC, "QMAGIC" },
	NAMES_END,
};

static const struct name_of machines[] = {
	{ 1, "68010" }, { 2, "68020" },   { M_SPARC, "SPARC" }, { 100, "386" },
	{ 103, "ARM" }, { 151, "MIPS1" }, { 152, "MIPS2" },     NAMES_END,
};

struct aout {
	bool big_endian;
	uint16_t magic;
	uint8_t machine;
	uint8_t flags;
	uint32_t text, data, bss, syms, entry, trsize, drsize;
};

static bool is_named(uint64_t value, const struct name_of *names)
{
	while (names->name && names->value != value)
		names++;
	return names->name != NULL;
}

static bool read_as(struct span s, bool big_endian, struct aout *ret)
{
	struct cursor c = big_endian ? cursor_be(s) : cursor_le(s);
	uint32_t info = cursor_u32(&c);
	struct aout a = {
		.big_endian = big_endian,
		.magic = info,
		.machine = info >> 16,
		.flags = info >> 24,
	};

	a.text = cursor_u32(&c);
	a.data = cursor_u32(&c);
	a.bss = cursor_u32(&c);
	a.syms = cursor_u32(&c);
	a.entry = cursor_u32(&c);
	a.trsize = cursor_u32(&c);
	a.drsize = cursor_u32(&c);
	if (c.failed || !is_named(a.magic, magics) || !is_named(a.machine, machines))
		return false;
	*ret = a;
	return true;
}

/* Sixteen bits of magic are few: what cannot be a kernel is none. */
static bool is_sane(const struct aout *a)
{
	return a->text && a->syms % SYMBOL_SIZE == 0 && a->trsize % RELOCATION == 0 &&
	       a->drsize % RELOCATION == 0 && a->data < MAX_SIZE && a->bss < MAX_SIZE &&
	       a->syms < MAX_SIZE;
}

static bool read_header(struct span s, struct aout *ret)
{
	return read_as(s, false, ret) || read_as(s, true, ret);
}

static int aout_probe(struct span s)
{
	struct aout a;

	return read_header(s, &a) && is_sane(&a) ? 40 : 0;
}

static uint64_t text_offset(const struct aout *a, struct span s)
{
	bool gap = span_filled(span_clip(s, HEADER_SIZE, ZMAGIC_TEXT - HEADER_SIZE), 0);

	if (a->magic == QMAGIC || (a->magic == ZMAGIC && a->machine == M_SPARC && !gap))
		return 0;
	return a->magic == ZMAGIC ? ZMAGIC_TEXT : HEADER_SIZE;
}

static void add_header(struct kimg_part *part, const struct aout *a)
{
	struct kimg_part *header = part_add(part, KIMG_PART_HEADER, "header", 0, HEADER_SIZE);

	field_enum(header, "magic", a->magic, magics);
	field_enum(header, "machine", a->machine, machines);
	field_printf(header, "byte_order", "%s", a->big_endian ? "big endian" : "little endian");
	field_hex(header, "flags", a->flags);
	field_number(header, "a_text", a->text);
	field_number(header, "a_data", a->data);
	field_number(header, "a_bss", a->bss);
	field_number(header, "a_syms", a->syms);
	field_hex(header, "a_entry", a->entry);
	field_number(header, "a_trsize", a->trsize);
	field_number(header, "a_drsize", a->drsize);
}

/* Adds a piece at *at and moves on. */
static void add_piece(struct kimg_part *part, enum kimg_part_kind kind, const char *name,
		      uint64_t *at, uint64_t size)
{
	if (size)
		part_add(part, kind, name, *at, size);
	*at += size;
}

static struct kimg_error *aout_parse(struct kimg_part *part)
{
	struct span s = part_span(part), word;
	struct aout a;
	uint64_t at;

	if (!read_header(s, &a))
		return error_at(KIMG_E_TRUNCATED, 0, "the header is cut short");
	add_header(part, &a);
	at = text_offset(&a, s);
	if (at == 0 && a.text < HEADER_SIZE) {
		note_bad(part, "the text should hold the header, but has %" PRIu32 " bytes",
			 a.text);
		return NULL;
	}
	if (at == 0)
		a.text -= at = HEADER_SIZE;
	add_piece(part, KIMG_PART_SECTION, "text", &at, a.text);
	add_piece(part, KIMG_PART_SECTION, "data", &at, a.data);
	add_piece(part, KIMG_PART_TABLE, "text-relocations", &at, a.trsize);
	add_piece(part, KIMG_PART_TABLE, "data-relocations", &at, a.drsize);
	add_piece(part, KIMG_PART_TABLE, "symbols", &at, a.syms);
	if (a.syms && span_sub(s, at, 4, &word))
		add_piece(part, KIMG_PART_TABLE, "strings", &at,
			  a.big_endian ? get_be32(word.p) : get_le32(word.p));
	return NULL;
}

/* The header does not tell kernels from programs; the banner does. */
static struct kimg_error *aout_search(struct kimg_part *part)
{
	size_t at;

	if (span_find(part_span(part), 0, SPAN_LITERAL("Linux version "), &at))
		part->kind = KIMG_PART_KERNEL;
	return NULL;
}

const struct format format_aout = {
	.name = "aout",
	.title = "a.out executable",
	.probe = aout_probe,
	.parse = aout_parse,
	.search = aout_search,
};
