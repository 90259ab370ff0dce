/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef OOPS_ARCH_H
#define OOPS_ARCH_H

#include "oops/lines.h"
#include "oops/scan.h"

/* What the files of the architectures share. */

/* ---- state.c: the state of a CPU ---- */

/*
 * The block for a state whose first line this is: a new one where the current one has a state or a trace. NULL
 * where memory is short.
 */
struct kimg_oops_block *state_begin(struct report *report);

/* The current block; NULL where there is none yet. */
struct kimg_oops_block *state_current(struct report *report);

/* The program counter, and lr or ra, of the current block: what an earlier line did not tell. */
void state_pc(struct report *report, const struct kimg_oops_frame *frame);
void state_link(struct report *report, const struct kimg_oops_frame *frame);

/* As the address alone. */
void state_pc_address(struct report *report, uint64_t address);
void state_link_address(struct report *report, uint64_t address);

/* "ffffffffc0002014 name+0x14/0x30 [module]": of the program counter, else of the link; false where it is none. */
bool state_place(struct report *report, struct span text, bool counter);

/*
 * The last block that has a program counter, other than those of states that lie in the middle of a trace; the
 * current one where there is none. NULL where memory is short.
 */
struct kimg_oops_block *state_outer(struct report *report);

/* Marks the current block as that of a program. */
void state_user(struct report *report, bool user);

/* Notes the width of registers by their digits, where the report has none yet. */
void state_bits(struct report *report, unsigned int digits);

void state_byte_order(struct report *report, bool big_endian);

/* For report->follows, where words of the stack do. */
enum { FOLLOWS_STACK = 1 };

/* "Stack : 0000 1111 ..." and the lines of words that follow. */
bool state_stack(struct report *report, struct span text);

/* "Exception stack(0xc1c9df58 to 0xc1c9dfa0)", "Stack:", and "df40:    0000 1111 ..." below, of both arm and arm64. */
bool state_stack_dump(struct report *report, struct span text);

/* ---- registers.c ---- */

/*
 * "RAX: 0000000000000000 RBX: ...", with ':', '=' or nothing between. names: those that count, in lower case, each
 * between two blanks. Adds them, and returns how many.
 */
unsigned int registers_take(struct report *report, struct span text, const char *names);

/*
 * "0000 1111 2222 ...": values of registers that are named by a prefix and a number of at least that many digits,
 * from first on. Returns how many.
 */
unsigned int registers_row(struct report *report, struct span text, const char *prefix,
			   unsigned int width, unsigned int first, unsigned int most);

/* "$ 4   :", before the values of a row: the number of the first one. */
bool registers_number(struct span *text, uint64_t *ret_first);

/* The value that a line gives for one register; false where it does not. */
bool register_value(struct span text, const char *name, uint64_t *ret_value);

/* Whether the line consists of hexadecimal words alone, as those of a stack do. */
bool is_hex_words(struct span text);

/* ---- code.c ---- */

struct code_form {
	unsigned int unit; /* bytes in a word; the digits of the words have the last say */
	bool big_endian;   /* of words longer than a byte */
	bool more;         /* goes on with the line before */
};

/* What follows "Code:". block may be NULL. */
void code_take(struct report *report, struct kimg_oops_block *block, struct span text,
	       const struct code_form *form);

/* A line "Code: ..." of the state that state_outer() gives; false where the line is another one. */
bool code_line(struct report *report, struct span text, const struct code_form *form);

/* ---- frame.c ---- */

/* "[<ffffffff81000000>]" */
bool scan_address(struct span *text, uint64_t *ret_address, unsigned int *ret_digits);

/* " ? name+0x12/0x34 [module]", and nothing else on the line: a frame, also where no trace was announced. */
bool frame_is_bare(struct span text);

/* "name+0x1/0x2 [module]", or "0xffffffff81000000" where the kernel knows no name. */
bool frame_scan(struct report *report, struct span *text, struct kimg_oops_frame *ret_frame);

static inline bool starts(struct span text, const char *word)
{
	return span_starts(text, span_of(word, strlen(word)));
}

static inline bool contains(struct span text, const char *word)
{
	size_t at;

	return span_find(text, 0, span_of(word, strlen(word)), &at);
}

/* What follows word in text. */
static inline bool scan_after(struct span text, const char *word, struct span *ret_rest)
{
	struct span wanted = span_of(word, strlen(word));
	size_t at;

	if (!span_find(text, 0, wanted, &at))
		return false;
	*ret_rest = span_from(text, at + wanted.n);
	return true;
}

static inline struct span without_blanks(struct span text)
{
	scan_blanks(&text);
	while (text.n && (text.p[text.n - 1] == ' ' || text.p[text.n - 1] == '\t'))
		text.n--;
	return text;
}

#endif
