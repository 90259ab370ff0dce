/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reports of arm, 32 bit: arch/arm/kernel/process.c and traps.c (6.12).
 *
 *	Internal error: Oops: 5 [#1] SMP ARM		"THUMB2" where the kernel is of Thumb
 *	PC is at name+0x8/0x24 [module]			a program has neither of these two lines
 *	LR is at name+0x10/0x30 [module]
 *	pc : [<bf000008>]    lr : [<bf000034>]    psr: 60000013
 *	sp : e0979e80  ip : 0000001c  fp : 00000000
 *	r10: c244e540  r9 : e0979f80  r8 : c2835ee0
 *	Flags: nZCv  IRQs on  FIQs on  Mode SVC_32  ISA ARM  Segment none
 *	Control: 10c5387d  Table: 4268c06a  DAC: 00000051
 *	Stack: (0xe0979e80 to 0xe097a000)
 *	9e80: e0979ea4 bf000064 ...
 *	Code: e1a0c00d e92dd800 e24cb004 (e5933000)
 *	Code: 4b0e 447b 681b 2b00 (f8d3) 3000		Thumb
 */
#include "oops/arch.h"

static const char registers[] = " sp ip fp r0 r1 r2 r3 r4 r5 r6 r7 r8 r9 r10 r11 r12 psr xpsr"
				" control table dac ";

static bool is_pc(struct span text)
{
	unsigned int digits;
	uint64_t address;

	return scan_word(&text, "pc : ") && scan_address(&text, &address, &digits) && digits == 8;
}

static bool claims(struct span text)
{
	struct span rest;

	if (is_pc(text) || starts(text, "8<--- cut here ---") || starts(text, "r10: ") ||
	    starts(text, "Flags: nZ") || starts(text, "Function entered at [<"))
		return true;
	if (starts(text, "Internal error: "))
		return scan_after(text, "]", &rest) &&
		       (contains(rest, " ARM") || contains(rest, " THUMB2"));
	/* " name from caller+0x1/0x2" */
	return scan_after(text, " from ", &rest) && starts(text, " ") && !starts(rest, "[<") &&
	       contains(rest, "+0x") && contains(rest, "/0x") && !contains(rest, ":") &&
	       !contains(rest, " at ");
}

/* Mode 0x10 is that of programs (asm/ptrace.h). */
static void take_psr(struct report *report, struct span text)
{
	uint64_t psr;

	if (register_value(text, "psr:", &psr))
		state_user(report, (psr & 0x1f) == 0x10);
}

/* "pc : [<bf000008>]    lr : [<bf000034>]    psr: 60000013"; 2.4 had "Not tainted" in place of psr. */
static bool take_addresses(struct report *report, struct span text)
{
	struct kimg_oops_block *block = state_current(report);
	uint64_t address;
	struct span rest;

	if (!is_pc(text) || !scan_word(&text, "pc : ") || !scan_address(&text, &address, NULL))
		return false;
	/* "PC is at" comes before, in the same state, and has told no address */
	if (!block || !block->has_pc || block->pc.has_address)
		state_begin(report);
	state_pc_address(report, address);
	if (scan_after(text, "lr : ", &rest) && scan_address(&rest, &address, NULL))
		state_link_address(report, address);
	if (scan_after(text, "psr: ", &rest))
		registers_take(report, span_of(rest.p - 5, rest.n + 5), registers);
	take_psr(report, text);
	return true;
}

static bool take_names(struct report *report, struct span text)
{
	struct kimg_oops_frame frame = { 0 };

	if (scan_word(&text, "PC is at ") && frame_scan(report, &text, &frame)) {
		state_begin(report);
		/* a place without a name is told with its address once more, below */
		if (frame.symbol)
			state_pc(report, &frame);
		return true;
	}
	if (scan_word(&text, "LR is at ") && frame_scan(report, &text, &frame)) {
		if (frame.symbol)
			state_link(report, &frame);
		return true;
	}
	return false;
}

static bool take_registers(struct report *report, struct span text)
{
	if (registers_take(report, text, registers)) {
		take_psr(report, text);
		return true;
	}
	if (starts(text, "Flags: ")) {
		state_user(report, contains(text, "Mode USER"));
		return true;
	}
	return starts(text, "Register r") || starts(text, "8<--- cut here ---") ||
	       starts(text, "Internal error: ");
}

static bool take_code(struct report *report, struct span text)
{
	/* since ARMv6 instructions are little-endian, whatever the data are */
	const struct code_form form = { .unit = 4 };

	return code_line(report, text, &form);
}

static bool take(struct report *report, struct span text)
{
	return take_names(report, text) || take_addresses(report, text) ||
	       take_code(report, text) || state_stack_dump(report, text) ||
	       take_registers(report, text);
}

const struct oops_arch oops_arch_arm = {
	.arch = KIMG_OOPS_ARCH_ARM,
	.claims = claims,
	.take = take,
};
