/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * "Code:", the bytes around the program counter:
 *
 *	x86		48 8b 05 <48> 8b 00		bytes; 42 before the program counter; 20 from there on in 2.4
 *	arm64, arm	d503201f (b9400000)		words; halfwords for Thumb
 *	riscv		0513 0000 (611c) 7722		halfwords
 *	mips, loongarch	24420001 <ac400000> 00000000	words; halfwords for microMIPS
 *	ppc		38600000 XXXXXXXX <7c0802a6>	words; XXXXXXXX: not readable
 *	sparc		9de3bf50 <c4586008> 80a0a000	words
 *
 * or why there are none: "Unable to access opcode bytes at 0xffffffffc04aefeb.", "Bad EIP value.", "bad PC value",
 * "(Bad address in epc)", "(????????)".
 */
#include "oops/arch.h"

enum { MOST_BYTES = 4096 };

struct word {
	uint64_t value;
	unsigned int digits;
	bool known;
	bool trap;
};

/* "XXXXXXXX", "????????", "??" */
static bool scan_unknown(struct span *text, unsigned int *ret_digits)
{
	unsigned int n = 0;

	while (n < text->n && n < 8 && (text->p[n] == 'X' || text->p[n] == '?'))
		n++;
	if (n != 2 && n != 4 && n != 8)
		return false;
	*text = span_from(*text, n);
	*ret_digits = n;
	return true;
}

static bool scan_code(struct span *text, struct word *ret_word)
{
	struct span rest = *text;
	struct word word = { .known = true };
	const char *end = scan_word(&rest, "<") ? ">" : scan_word(&rest, "(") ? ")" : NULL;

	if (scan_unknown(&rest, &word.digits))
		word.known = false;
	else if (!scan_hex(&rest, &word.value, &word.digits))
		return false;
	word.trap = end != NULL;
	/* a line that was cut at the mark still tells where the mark is */
	if (end && rest.n && !scan_word(&rest, end))
		return false;
	if ((word.digits != 2 && word.digits != 4 && word.digits != 8) ||
	    (rest.n && rest.p[0] != ' ' && rest.p[0] != '<' && rest.p[0] != '('))
		return false;
	*text = rest;
	*ret_word = word;
	return true;
}

static void add_word(struct kimg_oops_code *code, uint8_t *bytes, bool *known,
		     const struct word *word, bool big_endian)
{
	unsigned int unit = word->digits / 2;

	if (word->trap) {
		code->has_trap = true;
		code->trap = code->size;
	}
	if (code->size == 0)
		code->unit = unit;
	for (unsigned int i = 0; i < unit; i++) {
		bytes[code->size] = word->value >> 8 * (big_endian ? unit - 1 - i : i);
		known[code->size++] = word->known;
	}
}

/* Room for what is there and what the line may add. */
static bool make_room(struct report *report, struct kimg_oops_code *code, size_t more,
		      uint8_t **ret_bytes, bool **ret_known)
{
	uint8_t *bytes = arena_alloc(&report->arena, code->size + more + 1);
	bool *known = arena_alloc(&report->arena, (code->size + more + 1) * sizeof(*known));

	if (!bytes || !known) {
		report->failed = true;
		return false;
	}
	for (size_t i = 0; i < code->size; i++) {
		bytes[i] = code->bytes[i];
		known[i] = code->known[i];
	}
	*ret_bytes = bytes;
	*ret_known = known;
	code->bytes = bytes;
	code->known = known;
	return true;
}

/* The first digits of a word whose others are missing, as at the end of a line that was cut. */
static bool is_cut(struct span text)
{
	uint64_t value;

	if (!scan_word(&text, "<"))
		scan_word(&text, "(");
	return text.n == 0 || (text.n < 8 && scan_hex(&text, &value, NULL) && text.n == 0);
}

void code_take(struct report *report, struct kimg_oops_block *block, struct span text,
	       const struct code_form *form)
{
	struct kimg_oops_code code = { .line = report->line, .unit = form->unit };
	struct word word;
	uint8_t *bytes;
	bool *known;

	if (!block)
		return;
	if (form->more && block->has_code)
		code = block->code;
	if (code.size >= MOST_BYTES - 4)
		return;
	text = without_blanks(text);
	if (!make_room(report, &code, text.n < MOST_BYTES ? text.n : MOST_BYTES, &bytes, &known))
		return;
	while (code.size < MOST_BYTES - 4 && scan_code(&text, &word)) {
		add_word(&code, bytes, known, &word, form->big_endian);
		scan_blanks(&text);
	}
	if (text.n && !is_cut(text))
		code.problem = report_text(report, text);
	block->has_code = true;
	block->code = code;
}

bool code_line(struct report *report, struct span text, const struct code_form *form)
{
	if (!scan_word(&text, "Code:"))
		return false;
	code_take(report, state_outer(report), text, form);
	return true;
}
