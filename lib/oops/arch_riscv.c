/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reports of RISC-V, 32 and 64 bit: arch/riscv/kernel/process.c and traps.c (6.12).
 *
 *	epc : name+0xe/0x24 [module]			5.13 and later; none for a program
 *	 ra : name+0x18/0x32 [module]
 *	epc : ffffffff01e6b00e ra : ffffffff01e6b03c sp : ff2000000049b970
 *	 gp : ffffffff81db6718 tp : ff600000030ee3c0 t0 : 000000006c6c756e
 *	status: 0000000200000120 badaddr: 0000000000000000 cause: 000000000000000d
 *	sepc: ffffffe000206b2e ra : ffffffe000206b2a sp : ...	to 5.8, with sstatus, sbadaddr, scause
 *	[<ffffffff01e6b00e>] kc_level3+0xe/0x24 [kcrash]	without a heading
 *	Code: 8082 0141 (9002) b7c5			halfwords from 6.0 on, words before
 */
#include "oops/arch.h"

static const char registers[] =
	" sp gp tp t0 t1 t2 t3 t4 t5 t6 s0 s1 s2 s3 s4 s5 s6 s7 s8 s9 s10 s11 a0 a1 a2 a3 a4 a5"
	" a6 a7 ssp orig_a0 status badaddr cause sstatus sbadaddr scause epc ra sepc ";

/* "epc : ffffffff01e6b00e ra : ffffffff01e6b03c sp : ff2000000049b970", and the same with "epc:", "sepc:" */
static bool is_registers(struct span text)
{
	unsigned int digits;
	uint64_t value;

	scan_word(&text, "s");
	if (!scan_word(&text, "epc"))
		return false;
	scan_blanks(&text);
	if (!scan_word(&text, ":"))
		return false;
	scan_blanks(&text);
	return scan_hex(&text, &value, &digits) && starts(text, " ra :");
}

static bool claims(struct span text)
{
	return starts(text, "epc : ") || is_registers(text) || starts(text, " ra : ") ||
	       (starts(text, " gp : ") && contains(text, " tp : ")) ||
	       (starts(text, "status: ") && contains(text, " badaddr: ")) ||
	       (starts(text, "sstatus: ") && contains(text, " scause: "));
}

static bool take_names(struct report *report, struct span text)
{
	struct kimg_oops_frame frame = { 0 };

	if (is_registers(text))
		return false;
	if (scan_word(&text, "epc : ") && frame_scan(report, &text, &frame)) {
		state_begin(report);
		state_pc(report, &frame);
		return true;
	}
	if (scan_word(&text, " ra : ") && frame_scan(report, &text, &frame)) {
		state_link(report, &frame);
		return true;
	}
	return false;
}

/* The line of addresses follows those of names, where there are such. */
static bool take_addresses(struct report *report, struct span text)
{
	struct kimg_oops_block *block = state_current(report);
	struct span rest;
	unsigned int digits = 0;
	uint64_t address = 0;

	if (!is_registers(text))
		return false;
	if (!block || block->register_count || block->frame_count)
		state_begin(report);
	scan_after(text, ":", &rest);
	scan_blanks(&rest);
	scan_hex(&rest, &address, &digits);
	state_bits(report, digits);
	state_pc_address(report, address);
	if (register_value(rest, "ra :", &address))
		state_link_address(report, address);
	if (scan_after(rest, " sp :", &rest))
		registers_take(report, span_of(rest.p - 4, rest.n + 4), registers);
	return true;
}

/* Where status has neither SPP nor a bit of MPP (asm/csr.h) the trap came from a program. */
static bool take_registers(struct report *report, struct span text)
{
	uint64_t status;

	if (!registers_take(report, text, registers))
		return false;
	if (contains(text, "cause:") && register_value(text, "status:", &status))
		state_user(report, (status & 0x1900) == 0);
	return true;
}

static bool take_code(struct report *report, struct span text)
{
	const struct code_form form = { .unit = 2 };

	return code_line(report, text, &form);
}

static bool take(struct report *report, struct span text)
{
	return take_names(report, text) || take_addresses(report, text) ||
	       take_code(report, text) || take_registers(report, text);
}

const struct oops_arch oops_arch_riscv = {
	.arch = KIMG_OOPS_ARCH_RISCV,
	.claims = claims,
	.take = take,
};
