/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Program counters of architectures whose instructions and registers are not taken apart: their words are clear
 * enough. Traces are of the common forms.
 *
 *	pc is at name+0x1/0x2, ra is at name+0x1/0x2	alpha (arch/alpha/kernel/traps.c)
 *	PC is at name+0x1/0x2, PR is at name+0x1/0x2	sh (arch/sh/kernel/process_32.c)
 *	ip is at name+0x1/0x2				ia64 (arch/ia64/kernel/process.c, to 6.6)
 *	PC: [<00012345>] name+0x1/0x2			m68k (arch/m68k/kernel/traps.c)
 *	 IAOQ[0]: name+0x1/0x2,  RP(r2): name+0x1/0x2	parisc (arch/parisc/kernel/traps.c)
 *	[ERET  ]: name+0x1/0x2, [BLINK ]: name+0x1/0x2	arc (arch/arc/kernel/troubleshoot.c)
 *	PC: 0x80123456 (name+0x1/0x2), LR: 0x80123450 (...)	csky (arch/csky/kernel/process.c)
 */
#include "oops/arch.h"

static const struct other_words {
	const char *words;
	bool link;
} other_words[] = {
	{ "pc is at ", false }, { "PC is at ", false },  { "ip is at ", false },
	{ "PC: [<", false },    { " IAOQ[0]: ", false }, { "[ERET  ]: ", false },
	{ "PC: 0x", false },    { "ra is at ", true },   { "LR is at ", true },
	{ "PR is at ", true },  { " RP(r2): ", true },   { "[BLINK ]: ", true },
	{ "LR: 0x", true },     { "IAOQ[0]: ", false },  { "RP(r2): ", true },
};

/* "[<00012345>] name+0x1/0x2", "0x80123456 (name+0x1/0x2)", "name+0x1/0x2" */
static bool scan_place(struct report *report, struct span text, struct kimg_oops_frame *ret_frame)
{
	struct kimg_oops_frame frame = { 0 };
	uint64_t address;
	bool has_address;

	has_address = scan_address(&text, &address, NULL) ||
		      (starts(text, "0x") && scan_hex(&text, &address, NULL));
	scan_blanks(&text);
	scan_word(&text, "(");
	if (!frame_scan(report, &text, &frame) && !has_address)
		return false;
	if (has_address) {
		frame.has_address = true;
		frame.address = address;
	}
	*ret_frame = frame;
	return true;
}

bool other_take(struct report *report, struct span text)
{
	for (size_t i = 0; i < sizeof(other_words) / sizeof(*other_words); i++) {
		const struct other_words *words = &other_words[i];
		size_t length = strlen(words->words);
		struct kimg_oops_frame frame;

		if (!starts(text, words->words))
			continue;
		/* the address itself is part of some of the words */
		length -= words->words[length - 1] == '<'   ? 2
			  : words->words[length - 1] == 'x' ? 2
							    : 0;
		if (!scan_place(report, span_from(text, length), &frame))
			return false;
		if (words->link) {
			state_link(report, &frame);
		} else {
			state_begin(report);
			state_pc(report, &frame);
		}
		return true;
	}
	return false;
}
