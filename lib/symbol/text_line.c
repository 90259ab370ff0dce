/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One line of System.map, /proc/kallsyms or /proc/ksyms:
 *
 *   address      hexadecimal: "%08lx" or "%016lx" (nm(1); kernel/kallsyms.c, s_show()); others are read, too
 *   ' ' size     nm -S only; as the address
 *   ' ' type     a letter of nm(1); /proc/ksyms has none (kernel/module.c of 2.4, s_show())
 *   ' ' name     up to the next blank
 *   "\t[" module "]"
 *   '\n'
 */
#include "base/hex.h"
#include "symbol/text_line.h"

bool text_line_is_type(uint8_t c)
{
	return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '?' || c == '-';
}

/* ---- the commonest line ---- */

#define EACH(byte) (0x0101010101010101u * (byte))

/* The value of eight hexadecimal digits; false where one is none. All eight at once. */
static inline bool eight_digits(const uint8_t *p, uint64_t *ret_value)
{
	uint64_t text = get_le64(p);
	uint64_t digits = (text & EACH(0x0f)) + 9 * (text >> 6 & EACH(0x01));
	uint64_t letters = (digits + EACH(6)) >> 4 & EACH(0x01); /* 1 for a to f, else 0 */

	/* They are digits where writing them gives the text again, in lower case. */
	if (digits & EACH(0xf0) || digits + EACH('0') + 39 * letters != (text | letters << 5))
		return false;
	digits = (digits << 4 | digits >> 8) & 0x00ff00ff00ff00ff;
	digits = (digits << 8 | digits >> 16) & 0x0000ffff0000ffff;
	*ret_value = (digits << 16 | digits >> 32) & 0xffffffff;
	return true;
}

/* How many bytes stand before the first that is a blank or a control character; text.n where none is. */
static inline size_t plain_length(struct span text)
{
	size_t i = 0;

	for (; text.n - i >= 8; i += 8) {
		uint64_t word = get_le64(text.p + i);
		uint64_t hits = (word - EACH(' ' + 1)) & ~word & EACH(0x80);

		if (hits)
			return i + __builtin_ctzll(hits) / 8;
	}
	while (i < text.n && text.p[i] > ' ')
		i++;
	return i;
}

size_t text_line_fast(struct span text, struct text_line *ret)
{
	uint64_t high, low;
	size_t at = 8, n;

	if (text.n < 32 || !eight_digits(text.p, &high))
		return 0;
	ret->address = high;
	if (text.p[8] != ' ') {
		if (!eight_digits(text.p + 8, &low))
			return 0;
		ret->address = high << 32 | low;
		at = 16;
	}
	if (text.p[at] != ' ' || text.p[at + 2] != ' ' || !text_line_is_type(text.p[at + 1]))
		return 0;
	n = plain_length(span_of(text.p + at + 3, text.n - at - 3));
	if (n == 0 || at + 3 + n == text.n || text.p[at + 3 + n] != '\n')
		return 0;
	ret->digits = at;
	ret->type = text.p[at + 1];
	ret->name = span_of(text.p + at + 3, n);
	return at + 3 + n + 1;
}

/* ---- any line ---- */

static bool is_blank(uint8_t c)
{
	return c == ' ' || c == '\t' || c == '\r';
}

/*
 * The next word of *rest, which becomes what is behind it; empty where there is none. Names may hold control
 * characters: local labels of the assembler end in \001 or \002 and a number.
 */
static struct span next_word(struct span *rest)
{
	size_t blanks = 0, n = 0;
	struct span word;

	while (blanks < rest->n && is_blank(rest->p[blanks]))
		blanks++;
	*rest = span_from(*rest, blanks);
	while (n < rest->n && rest->p[n] != '\0' && !is_blank(rest->p[n]))
		n++;
	word = span_clip(*rest, 0, n);
	*rest = span_from(*rest, n);
	return word;
}

static bool parse_hex(struct span word, uint64_t *ret_value, unsigned int *ret_digits)
{
	*ret_digits = hex_without_0x(word).n;
	return hex_number(word, ret_value);
}

static bool is_type(struct span word)
{
	return word.n == 1 && text_line_is_type(word.p[0]);
}

static bool in_brackets(struct span word, struct span *ret_inside)
{
	if (word.n < 3 || word.p[0] != '[' || word.p[word.n - 1] != ']')
		return false;
	*ret_inside = span_of(word.p + 1, word.n - 2);
	return true;
}

/* What is behind the address, where symbols have types. */
static bool parse_typed(struct span rest, struct text_line *ret)
{
	struct span word = next_word(&rest);
	unsigned int digits;

	if (word.n >= 8 && parse_hex(word, &ret->size, &digits))
		word = next_word(&rest);
	if (!is_type(word))
		return false;
	ret->type = word.p[0];
	ret->name = next_word(&rest);
	word = next_word(&rest);
	if (word.n && !in_brackets(word, &ret->module))
		return false;
	return ret->name.n && next_word(&rest).n == 0 && rest.n == 0;
}

static bool parse_untyped(struct span rest, struct text_line *ret)
{
	struct span word;

	ret->name = next_word(&rest);
	word = next_word(&rest);
	if (word.n && !in_brackets(word, &ret->module))
		return false;
	return ret->name.n && next_word(&rest).n == 0 && rest.n == 0;
}

/* Undefined symbols, which nm prints without an address; the heading and the modules of ksyms(8). */
static bool is_besides(struct span first, struct span rest)
{
	struct span second = next_word(&rest);

	if (is_type(first))
		return second.n && next_word(&rest).n == 0 && rest.n == 0;
	return span_equal(first, SPAN_LITERAL("Address")) &&
	       span_equal(second, SPAN_LITERAL("Symbol"));
}

enum text_line_kind text_line_parse(struct span line, bool typed, struct text_line *ret)
{
	struct span rest = line, first = next_word(&rest);
	struct text_line parsed = { 0 };

	if (first.n == 0)
		return rest.n ? TEXT_LINE_BAD : TEXT_LINE_EMPTY;
	if (!parse_hex(first, &parsed.address, &parsed.digits) || is_besides(first, rest))
		return is_besides(first, rest) ? TEXT_LINE_EMPTY : TEXT_LINE_BAD;
	if (!typed && span_starts(rest, SPAN_LITERAL("  (")))
		return TEXT_LINE_EMPTY;
	if (!(typed ? parse_typed(rest, &parsed) : parse_untyped(rest, &parsed)))
		return TEXT_LINE_BAD;
	*ret = parsed;
	return TEXT_LINE_SYMBOL;
}
