/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SYMBOL_TEXT_LINE_H
#define SYMBOL_TEXT_LINE_H

#include "base/span.h"

/* text_line.c: one line of a table of symbols in text. */
struct text_line {
	uint64_t address;
	uint64_t size;       /* of nm -S; else 0 */
	unsigned int digits; /* that the address is written with */
	char type;           /* the letter of nm(1); '\0': the form without types */
	struct span name;
	struct span module; /* without its brackets; empty: the kernel */
};

enum text_line_kind {
	TEXT_LINE_SYMBOL,
	TEXT_LINE_EMPTY, /* blank, or what nm and ksyms print besides: undefined symbols, headings */
	TEXT_LINE_BAD,
};

/* line is without its newline. typed: a symbol must have a type, else it must have none. */
enum text_line_kind text_line_parse(struct span line, bool typed, struct text_line *ret);

/*
 * The commonest line, fast: 8 or 16 digits, a type, a name and a newline at the start of text, with one blank
 * between them. Returns its length with the newline, 0 where it is anything else.
 */
size_t text_line_fast(struct span text, struct text_line *ret);

/* Whether c is a letter that nm(1) prints. */
bool text_line_is_type(uint8_t c);

#endif
