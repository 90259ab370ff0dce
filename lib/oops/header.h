/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef OOPS_HEADER_H
#define OOPS_HEADER_H

#include "oops/lines.h"
#include "oops/scan.h"

/* The parts of header_take() and report_take(), one file each. */

/* taint.c: 1 << n of the letter; 0 for what is none. */
uint64_t taint_bit(uint8_t letter);

/*
 * header_kernel.c: "Not tainted 6.12.0 #1 ..." and "Tainted: G  OE  (6.12.0)": taint, release, version. False
 * where the text starts with neither.
 */
bool kernel_take(struct report *report, struct span text);

/* header_kernel.c: where "Not tainted" or "Tainted: " begins. */
bool kernel_find(struct span text, size_t *ret_at);

/* header_kernel.c: what lines of registers say about the kernel: "EFLAGS: ... (2.6.11-rc2)", "REGS: ... Tainted: ". */
void kernel_peek(struct report *report, struct span text);

/* header_modules.c: "Modules linked in: ..." and the lines that it goes on with. */
bool modules_take(struct report *report, struct span text);

/* header_blocks.c: the headings of stacks: "NMI backtrace for cpu 1", "Allocated by task 12:". */
bool headings_take(struct report *report, struct span text);

/* header_blocks.c: the block for a stack that begins, new unless the current one has nothing yet. */
struct kimg_oops_block *block_begin(struct report *report, const char *title);

/* header_message.c: what the line that tells what happened says besides: address, process, place. */
void message_take(struct report *report, struct span text, enum kimg_oops_kind kind);

/* header_message.c: in lines that follow it: "Read of size 8 at addr ... by task comm/123". */
bool message_more(struct report *report, struct span text);

/* body.c: lines that are known to belong to a report, and say nothing that it has a place for. */
bool body_take(struct report *report, struct span text);

/* ---- text ---- */

static inline struct span text_word(struct span text)
{
	size_t n = 0;

	while (n < text.n && text.p[n] != ' ' && text.p[n] != '\t')
		n++;
	return span_clip(text, 0, n);
}

static inline struct span text_trim(struct span text)
{
	scan_blanks(&text);
	while (text.n && (text.p[text.n - 1] == ' ' || text.p[text.n - 1] == '\t'))
		text.n--;
	return text;
}

static inline bool text_starts(struct span text, const char *words)
{
	return span_starts(text, span_of(words, strlen(words)));
}

static inline bool text_ends(struct span text, const char *words)
{
	size_t n = strlen(words);

	return text.n >= n && span_has(text, text.n - n, span_of(words, n));
}

static inline bool text_has(struct span text, const char *words)
{
	size_t at;

	return span_find(text, 0, span_of(words, strlen(words)), &at);
}

/* Moves *text behind the words, wherever they stand in it. */
static inline bool text_skip_to(struct span *text, const char *words)
{
	size_t at;

	if (!span_find(*text, 0, span_of(words, strlen(words)), &at))
		return false;
	*text = span_from(*text, at + strlen(words));
	return true;
}

/* Up to the words, which *text is then behind of. */
static inline bool text_until(struct span *text, const char *words, struct span *ret_head)
{
	size_t at;

	if (!span_find(*text, 0, span_of(words, strlen(words)), &at))
		return false;
	*ret_head = span_clip(*text, 0, at);
	*text = span_from(*text, at + strlen(words));
	return true;
}

/* As text_until(), the last place that has them. */
static inline bool text_until_last(struct span *text, uint8_t byte, struct span *ret_head)
{
	const uint8_t *last = text->n ? memrchr(text->p, byte, text->n) : NULL;

	if (!last)
		return false;
	*ret_head = span_clip(*text, 0, last - text->p);
	*text = span_from(*text, last - text->p + 1);
	return true;
}

#endif
