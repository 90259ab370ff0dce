/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The lines that start reports and begin with a name that may be any:
 *
 *   dd invoked oom-killer: gfp_mask=0x140cca(...), order=0, oom_score_adj=0
 *   kworker/0:1: page allocation failure: order:4, mode:0x40d00
 *   swapper: page allocation failure. order:1, mode:0x20		(before 3.2)
 *   irq 16: nobody cared (try booting with the "irqpoll" option)
 *   control protection fault: 0003 [#1] SMP			(x86, die())
 *   monitor event: 0040 ilc:2 [#1] SMP				(s390, die())
 *   init(1): Oops [#1]						(sparc)
 *   Trap instruction in kernel code[#1]:			(mips, loongarch)
 *
 * All of them have a colon near their start with known words at it, so that only colons are looked at.
 */
#include "oops/kinds.h"
#include "oops/scan.h"

enum { NAME_MAX_BYTES = 96 };

struct colon_words {
	const char *words;
	struct line_start start;
};

/* What stands before the colon. */
static const struct colon_words before = { " invoked oom-killer",
					   { KIMG_OOPS_OUT_OF_MEMORY, .opens = true } };

/* What stands after it; at_colon() looks at the first letters alone. */
static const struct colon_words after[] = {
	{ " page allocation failure", { KIMG_OOPS_ALLOCATION, .opens = true } },
	{ " page allocation stalls for ", { KIMG_OOPS_ALLOCATION, .opens = true } },
	{ " vmalloc error: ", { KIMG_OOPS_ALLOCATION, .opens = true } },
	{ " vmalloc: allocation failure", { KIMG_OOPS_ALLOCATION, .opens = true } },
	{ " nobody cared", { KIMG_OOPS_IRQ } },
	{ " Oops [#", { KIMG_OOPS_OOPS } },
	{ " Kernel ", { KIMG_OOPS_OOPS } }, /* sparc: "init(1): Kernel bad sw trap 5 [#1]" */
};

static bool ends_with(struct span text, const char *words)
{
	size_t n = strlen(words);

	return text.n >= n && span_has(text, text.n - n, span_of(words, n));
}

/* "[#12]" */
static bool counts(struct span text)
{
	uint64_t count;

	return scan_word(&text, "[#") && scan_decimal(&text, &count) && scan_word(&text, "]");
}

/* " 0003 [#1]", " 0040 ilc:2 [#1]" */
static bool is_trap(struct span text)
{
	unsigned int digits;
	uint64_t code;

	if (!scan_word(&text, " ") || !scan_hex(&text, &code, &digits) || digits < 4)
		return false;
	if (scan_word(&text, " ilc:") && !scan_decimal(&text, &code))
		return false;
	return scan_word(&text, " ") && counts(text);
}

/* "...[#1]:" */
static bool is_die(struct span head)
{
	return head.n > 4 && head.p[head.n - 1] == ']' &&
	       (counts(span_from(head, head.n - 4)) || counts(span_from(head, head.n - 5)));
}

static bool behind_colon(struct span head, struct span tail, struct line_start *ret_start)
{
	for (size_t i = 0; i < sizeof(after) / sizeof(*after); i++) {
		struct span rest = tail;
		size_t at;

		*ret_start = after[i].start;
		if (!scan_word(&rest, after[i].words))
			continue;
		return strcmp(after[i].words, " Kernel ") != 0 ||
		       (ends_with(head, ")") && span_find(rest, 0, SPAN_LITERAL("[#"), &at));
	}
	return false;
}

/* By the bytes beside the colon first: most lines have one, and say nothing. */
static bool at_colon(struct span head, struct span tail, struct line_start *ret_start)
{
	uint8_t last = head.n ? head.p[head.n - 1] : 0;

	if (last == 'r' && ends_with(head, before.words)) {
		*ret_start = before.start;
		return true;
	}
	if (last == ']' && is_die(head)) {
		*ret_start = (struct line_start){ KIMG_OOPS_OOPS };
		return true;
	}
	if (tail.n < 4 || tail.p[0] != ' ')
		return false;
	switch (tail.p[1]) {
	case '0':
		*ret_start = (struct line_start){ KIMG_OOPS_OOPS };
		return is_trap(tail);
	case 'K':
	case 'O':
	case 'n':
	case 'p':
	case 'v':
		return behind_colon(head, tail, ret_start);
	default:
		return false;
	}
}

bool kinds_colon(struct span text, struct line_start *ret_start)
{
	struct span window = span_clip(text, 0, NAME_MAX_BYTES);
	size_t from = 0;

	while (from < window.n) {
		const uint8_t *colon = memchr(window.p + from, ':', window.n - from);
		size_t at;

		if (!colon)
			return false;
		at = colon - window.p;
		if (at_colon(span_clip(text, 0, at), span_from(text, at + 1), ret_start))
			return true;
		from = at + 1;
	}
	return false;
}
