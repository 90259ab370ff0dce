/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What kimg sym prints. A million lines a second go through here: numbers are written by hand. */
#include "cmd/sym_show.h"

#include <stdio.h>

/* The eight hexadecimal digits of value, all at once: a byte each, the first one lowest. */
static uint64_t eight_digits(uint32_t value)
{
	const uint64_t each = 0x0101010101010101, low = 15 * each;
	uint64_t digits = __builtin_bswap32(value), letters;

	digits = (digits | digits << 16) & 0x0000ffff0000ffff;
	digits = (digits | digits << 8) & 0x00ff00ff00ff00ff;
	digits = (digits >> 4 | digits << 8) & low;
	letters = (digits + 6 * each) >> 4 & each;
	return digits + '0' * each + ('a' - '0' - 10) * letters;
}

static char *put_digits(char *p, uint32_t value)
{
	uint64_t digits = htole64(eight_digits(value));

	memcpy(p, &digits, sizeof(digits));
	return p + sizeof(digits);
}

/* Adds value in hexadecimal, with at least width digits. Returns where it ends. */
static char *put_hex(char *p, uint64_t value, unsigned int width)
{
	unsigned int digits = value ? (67 - __builtin_clzll(value)) / 4 : 1;
	char all[16];

	if (digits < width)
		digits = width;
	put_digits(put_digits(all, value >> 32), value);
	memcpy(p, all + sizeof(all) - digits, digits);
	return p + digits;
}

static char *put(char *p, const char *text, size_t n)
{
	memcpy(p, text, n);
	return p + n;
}

/* "ffffffff81000000 T" */
static void show_place(struct out *out, const struct sym_match *match)
{
	char text[24];
	char *p = put_hex(text, match->address, kimg_symbols_bits(match->table) / 4);

	*p++ = ' ';
	*p++ = match->symbol->type;
	out_text(out, NULL, OUT_FAINT, span_of(text, p - text));
	out_gap(out, 1);
}

/* "+0xf8/0x400", behind the name */
static void show_offset(struct out *out, const struct sym_match *match)
{
	char text[64], *p = text;

	p = put(p, "+0x", 3);
	p = put_hex(p, match->address - match->symbol->address, 0);
	if (match->extent) {
		p = put(p, "/0x", 3);
		p = put_hex(p, match->extent, 0);
	}
	out_gap(out, 0);
	out_text(out, NULL, OUT_PLAIN, span_of(text, p - text));
}

/* A module's name in the brackets that the kernel puts around it. */
static void show_module(struct out *out, const char *module)
{
	if (!module)
		return;
	out_gap(out, 1);
	out_string(out, NULL, OUT_PLAIN, "[");
	out_gap(out, 0);
	out_text(out, NULL, OUT_PLAIN, span_of(module, strlen(module)));
	out_gap(out, 0);
	out_string(out, NULL, OUT_PLAIN, "]");
}

static void show_text(struct out *out, const char *key, const char *text, enum out_style style)
{
	if (text)
		out_text(out, key, style, span_of(text, strlen(text)));
	else
		out_string(out, key, OUT_DATA, NULL);
}

static void show_match(struct out *out, const struct sym_match *match, struct sym_sources *sources)
{
	const struct kimg_symbol *symbol = match->symbol;
	const char *section = kimg_symbols_section_name(match->table, symbol->section);
	const char *module = kimg_symbols_module_name(match->table, symbol->module);

	out_object(out, NULL);
	out_row(out);
	out_hex(out, "address", OUT_DATA, match->address);
	show_place(out, match);
	out_text(out, "type", OUT_DATA, span_of(&symbol->type, 1));
	out_text(out, "name", OUT_STRONG, span_of(symbol->name, symbol->name_size));
	show_offset(out, match);
	out_number(out, "offset", OUT_DATA, match->address - symbol->address);
	if (match->extent)
		out_number(out, "size", OUT_DATA, match->extent);
	else
		out_null(out, "size", OUT_DATA, "");
	show_text(out, "module", module, OUT_DATA);
	show_module(out, module);
	show_text(out, "section", section, OUT_FAINT);
	sym_show_frames(out, sym_frames_of(sources, match));
	out_close(out);
}

static const char *words_for(enum sym_problem problem)
{
	switch (problem) {
	case SYM_FINE:
		return NULL;
	case SYM_NOT_FOUND:
		return "not found";
	case SYM_OTHER_SIZE:
		return "no symbol of that name has that size";
	case SYM_BEYOND:
		return "past the end of the symbol";
	case SYM_NO_MEMORY:
		break;
	}
	return "out of memory";
}

void sym_show(struct out *out, struct span query, const struct sym_answer *answer,
	      struct sym_sources *sources)
{
	const char *problem = words_for(answer->problem);

	out_record(out);
	out_text(out, "query", OUT_DATA, query);
	out_array(out, "matches");
	for (size_t i = 0; i < answer->count; i++)
		show_match(out, &answer->matches[i], sources);
	out_close(out);
	if (problem) {
		out_row(out);
		out_string(out, NULL, OUT_BAD, "??");
		out_gap(out, 1);
		out_text(out, NULL, OUT_PLAIN, query);
		out_gap(out, 0);
		out_string(out, NULL, OUT_PLAIN, ": ");
		out_gap(out, 0);
		out_string(out, "problem", OUT_PLAIN, problem);
		out_row_end(out);
	} else {
		out_null(out, "problem", OUT_DATA, "");
	}
	out_close(out);
}
