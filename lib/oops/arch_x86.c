/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reports of x86, 32 and 64 bit: arch/x86/kernel/dumpstack.c, process_32.c and process_64.c (6.12). */
#include "oops/lines.h"
#include "oops/scan.h"

static bool claims(struct span text)
{
	return span_starts(text, SPAN_LITERAL("RIP: ")) || span_starts(text, SPAN_LITERAL("EIP: "));
}

/* "RIP: 0010:name+0x1/0x2 [module]"; in user mode the selector is another one and no name follows. */
static bool take_pc(struct report *report, struct span text)
{
	struct kimg_oops_frame frame;
	uint64_t selector;
	struct span rest;

	if (!scan_word(&text, "RIP: ") || !scan_hex(&text, &selector, NULL) ||
	    !scan_word(&text, ":"))
		return false;
	report->oops.bits = 64;
	if (report_block(report) && report_block(report)->has_pc)
		report_open_block(report, NULL);
	if (report_block(report))
		report_block(report)->user = (selector & 3) == 3;
	if (!frame_parse(report, text, &frame, &rest)) {
		frame = (struct kimg_oops_frame){ 0 };
		frame.has_address = scan_hex(&text, &frame.address, NULL);
	}
	report_set_pc(report, &frame);
	return true;
}

static bool take(struct report *report, struct span text)
{
	if (take_pc(report, text))
		return true;
	if (scan_word(&text, "Code: ")) {
		code_take(report, text, 1, false);
		return true;
	}
	return false;
}

const struct oops_arch oops_arch_x86 = {
	.arch = KIMG_OOPS_ARCH_X86,
	.claims = claims,
	.take = take,
};
