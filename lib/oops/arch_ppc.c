/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reports of PowerPC, 32 and 64 bit, both byte orders: arch/powerpc/kernel/process.c and traps.c (6.12).
 *
 *	LE PAGE_SIZE=4K MMU=Radix SMP NR_CPUS=2048 NUMA pSeries		5.1 and later
 *	NIP:  c0080000003a7c00 LR: c0080000003a7c00 CTR: 7374756200000000
 *	NIP: C0012345 XER: 00000000 LR: C0012340 SP: C0123450 REGS: c01233a0 TRAP: 0300	2.4
 *	REGS: c00000000476f7d0 TRAP: 0480   Tainted: G           OE       (6.12.107)
 *	MSR:  8000000002009033 <SF,VEC,EE,ME,IR,DR,RI,LE>  CR: 24004282  XER: 0000011e
 *	CFAR: c0080000003a8064 DAR: 0000000000000000 DSISR: 40000000 IRQMASK: 0
 *	GPR00: c000000000010b50 c00000000476fa70 c0080000003b27f8 c0080000003aa0d0
 *	NIP [c0080000003a7c00] name+0x3c/0x6c [module]
 *	LR [c0080000003a7c00] name+0x3c/0x6c [module]
 *	--- interrupt: 3000 at 0x10201ea8		a state in the middle of a trace; from 5.12 on with
 *	--- interrupt: 3000				registers and this line behind them, before with
 *	    LR = name+0x1/0x2
 *	--- Exception: c01 at 0x10201ea8		older
 *	Code: 38600000 <7c0802a6>, or "Instruction dump:" and the words on lines of their own
 */
#include "oops/arch.h"

enum { FOLLOWS_DUMP = 1, FOLLOWS_LINK, FOLLOWS_ADDRESSES };

static const char registers[] = " ctr xer cr ccr msr cfar dar dsisr dear esr irqmask softe sp trap"
				" pacatmscratch ";

static bool is_order(struct span text)
{
	return starts(text, "LE PAGE_SIZE=") || starts(text, "BE PAGE_SIZE=");
}

static bool is_interrupt(struct span text)
{
	return starts(text, "--- interrupt: ") || starts(text, "--- Exception: ");
}

static bool claims(struct span text)
{
	return is_order(text) || is_interrupt(text) || starts(text, "NIP: ") ||
	       starts(text, "NIP [") || starts(text, "GPR00: ") ||
	       starts(text, "Faulting instruction address: ") ||
	       starts(text, "Instruction dump:") ||
	       starts(text, "Oops: Kernel access of bad area, sig: ") ||
	       (starts(text, "REGS: ") && contains(text, " TRAP: "));
}

/* "NIP:  c0080000003a7c00 LR: c0080000003a7c00 CTR: 7374756200000000" */
static bool take_addresses(struct report *report, struct span text)
{
	struct kimg_oops_block *block = state_current(report);
	unsigned int digits;
	uint64_t address;

	if (!scan_word(&text, "NIP:"))
		return false;
	scan_blanks(&text);
	if (!scan_hex(&text, &address, &digits))
		return false;
	state_bits(report, digits);
	/* "--- interrupt:" comes before, and opened the block for this */
	if (!block || !block->has_pc || block->register_count || block->frame_count)
		block = state_begin(report);
	state_pc_address(report, address);
	if (register_value(text, "LR:", &address))
		state_link_address(report, address);
	if (scan_after(text, "CTR: ", &text))
		registers_take(report, span_of(text.p - 5, text.n + 5), registers);
	return true;
}

/* "NIP [c0080000003a7c00] name+0x3c/0x6c [module]": what the address above is called */
static bool take_name(struct report *report, struct span text)
{
	bool counter = scan_word(&text, "NIP [");
	struct kimg_oops_frame frame = { 0 };
	uint64_t address;

	if ((!counter && !scan_word(&text, "LR [")) || !scan_hex(&text, &address, NULL) ||
	    !scan_word(&text, "] "))
		return false;
	frame_scan(report, &text, &frame);
	frame.has_address = true;
	frame.address = address;
	if (counter)
		state_pc(report, &frame);
	else
		state_link(report, &frame);
	return true;
}

/* MSR[PR], bit 14, is set for programs; the flags name LE where data are little-endian. */
static bool take_msr(struct report *report, struct span text)
{
	unsigned int digits;
	struct span rest;
	uint64_t msr;

	if (!scan_word(&text, "MSR:"))
		return false;
	scan_blanks(&text);
	if (!scan_hex(&text, &msr, &digits))
		return false;
	report_add_register(report, SPAN_LITERAL("msr"), msr, digits * 4);
	state_user(report, msr & 0x4000);
	if (contains(text, "<") && !report->oops.has_byte_order)
		state_byte_order(report, !contains(text, ",LE"));
	if (scan_after(text, ">", &rest) || scan_after(text, "IR/DR: ", &rest))
		registers_take(report, rest, registers);
	return true;
}

static bool take_registers(struct report *report, struct span text)
{
	struct span rest = text;
	uint64_t first;

	if (starts(text, "REGS: ") || starts(text, "TASK = ") || starts(text, "TASK: ") ||
	    starts(text, "Last syscall: ") || starts(text, "Faulting instruction address: "))
		return true;
	if (scan_word(&rest, "GPR") && scan_decimal(&rest, &first) && first < 32 &&
	    scan_word(&rest, ":"))
		return registers_row(report, rest, "gpr", 2, first, 8) != 0;
	return registers_take(report, text, registers) != 0;
}

/* A system call is always that of a program, whatever the line tells besides. */
static bool is_system_call(uint64_t trap)
{
	return (trap & ~1ULL) == 0xc00 || trap == 0x3000;
}

static bool take_interrupt(struct report *report, struct span text)
{
	struct kimg_oops_frame frame = { 0 };
	struct kimg_oops_block *block;
	struct span name = span_from(text, 15), rest;
	uint64_t trap;

	if (!is_interrupt(text) || !scan_hex(&name, &trap, NULL))
		return false;
	rest = name;
	if (!scan_word(&rest, " at ")) {
		report->in_trace = true; /* the end of the registers: the trace goes on */
		return true;
	}
	name = span_clip(text, 15, name.p - text.p - 15);
	if (!frame_scan(report, &rest, &frame))
		return true;
	block = report_open_block(report, NULL);
	if (!block)
		return true;
	report_set_pc(report, &frame);
	block->title = report_text(report, name);
	if (block->title && report->failed == false)
		block->title = report_format(report, "interrupt: %s", block->title);
	state_user(report, is_system_call(trap));
	report->follows = FOLLOWS_LINK;
	report->in_trace = true;
	return true;
}

/* "    LR = name+0x1/0x2", behind an interrupt of older kernels */
static bool take_link(struct report *report, struct span text)
{
	struct kimg_oops_frame frame = { 0 };

	scan_blanks(&text);
	if (!scan_word(&text, "LR = ") || !frame_scan(report, &text, &frame))
		return false;
	state_link(report, &frame);
	return true;
}

static bool take_code(struct report *report, struct span text)
{
	struct code_form form = { .unit = 4, .big_endian = true };
	uint64_t word;
	struct span rest = text;

	if (report->oops.has_byte_order)
		form.big_endian = report->oops.big_endian;
	if (scan_word(&text, "Instruction dump:")) {
		report->follows = FOLLOWS_DUMP;
		if (text.n == 0 || without_blanks(text).n == 0)
			return true;
	} else if (report->follows == FOLLOWS_DUMP) {
		if (!starts(text, "XXXX") && !starts(text, "<") && !scan_hex(&rest, &word, NULL))
			return false;
		form.more = true;
	} else if (!scan_word(&text, "Code:")) {
		return false;
	}
	code_take(report, state_outer(report), text, &form);
	return true;
}

/* 2.4: "Call backtrace:", and bare addresses on the lines below it */
static bool take_backtrace(struct report *report, struct span text)
{
	uint64_t address;

	if (!report->in_trace || report->oops.bits != 32 || !is_hex_words(text))
		return false;
	scan_blanks(&text);
	while (scan_hex(&text, &address, NULL)) {
		report_add_frame(report, &(struct kimg_oops_frame){ .has_address = true,
								    .address = address });
		scan_blanks(&text);
	}
	return true;
}

static bool take(struct report *report, struct span text)
{
	if (is_order(text)) {
		state_byte_order(report, text.p[0] == 'B');
		return true;
	}
	return take_addresses(report, text) || take_name(report, text) || take_msr(report, text) ||
	       take_code(report, text) || take_interrupt(report, text) || take_link(report, text) ||
	       take_registers(report, text) || take_backtrace(report, text);
}

const struct oops_arch oops_arch_ppc = {
	.arch = KIMG_OOPS_ARCH_PPC,
	.claims = claims,
	.take = take,
};
