/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reports of LoongArch: arch/loongarch/kernel/traps.c (6.12).
 *
 *	pc 9000000004d8c1a4 ra 9000000004d8c19c tp 9000000106f7c000 sp 9000000106f7fd90
 *	a0 0000000000000000 a1 ...
 *	   ra: 9000000004d8c19c name+0x1c/0x40
 *	  ERA: 9000000004d8c1a4 name+0x24/0x40		no names for a program
 *	 CRMD: 000000b0 (PLV0 -IE -DA +PG DACF=CC DACM=CC -WE)
 *	 PRMD: 00000004 (PPLV0 +PIE -PWE)		PPLV3 for a program
 *	ESTAT: 000c0000 [BRK] (IS= ECode=12 EsubCode=0)
 *	 BADV: 0000000000000000
 *	 PRID: 0014c010 (Loongson-64bit, Loongson-3A5000)
 *	Stack : 0000000000000000 ...
 *	Code: 02c3c063  29c02061  28c00084 <2a000085> 4c000020
 * before 6.3 in the way of MIPS:
 *	$ 0   : 0000000000000000 9000000004d8c19c ...
 *	era   : 9000000004d8c1a4 name+0x24/0x40
 */
#include "oops/arch.h"

static const char registers[] =
	" tp sp a0 a1 a2 a3 a4 a5 a6 a7 t0 t1 t2 t3 t4 t5 t6 t7 t8 u0 fp s0 s1 s2 s3 s4 s5 s6 s7"
	" s8 s9 crmd prmd euen ecfg estat badv badvaddr csr ";

/* "pc 9000000004d8c1a4 ra 9000000004d8c19c" */
static bool is_pc(struct span text)
{
	unsigned int digits;
	uint64_t value;

	return scan_word(&text, "pc ") && scan_hex(&text, &value, &digits) && digits == 16 &&
	       starts(text, " ra ");
}

static bool claims(struct span text)
{
	return is_pc(text) || starts(text, "  ERA: ") || starts(text, " CRMD: ") ||
	       starts(text, " PRMD: ") || starts(text, "ESTAT: ") || starts(text, "era   : ");
}

static bool take_addresses(struct report *report, struct span text)
{
	uint64_t address;
	struct span rest;

	if (!is_pc(text))
		return false;
	state_begin(report);
	if (register_value(text, "pc ", &address))
		state_pc_address(report, address);
	if (register_value(text, " ra ", &address))
		state_link_address(report, address);
	if (scan_after(text, " tp ", &rest))
		registers_take(report, span_of(rest.p - 3, rest.n + 3), registers);
	return true;
}

/* "  ERA: 9000000004d8c1a4 name+0x24/0x40" */
static bool take_place(struct report *report, struct span text)
{
	bool counter;

	scan_blanks(&text);
	counter = scan_word(&text, "ERA: ") || scan_word(&text, "era   : ");
	return (counter || scan_word(&text, "ra: ") || scan_word(&text, "ra    : ")) &&
	       state_place(report, text, counter);
}

/* "$ 0   : ..." of the first kernels */
static bool take_row(struct report *report, struct span text)
{
	uint64_t first;

	if (!registers_number(&text, &first))
		return false;
	if (first == 0)
		state_begin(report);
	return registers_row(report, text, "r", 1, first, 4) != 0;
}

static bool take_registers(struct report *report, struct span text)
{
	uint64_t prmd;

	scan_blanks(&text);
	if (starts(text, "PRID: "))
		return true;
	if (!registers_take(report, text, registers))
		return false;
	if (starts(text, "PRMD: ") && register_value(text, "PRMD: ", &prmd))
		state_user(report, (prmd & 3) == 3);
	return true;
}

static bool take_code(struct report *report, struct span text)
{
	const struct code_form form = { .unit = 4 };

	return code_line(report, text, &form);
}

static bool take(struct report *report, struct span text)
{
	return take_addresses(report, text) || take_place(report, text) || take_row(report, text) ||
	       take_registers(report, text) || state_stack(report, text) || take_code(report, text);
}

const struct oops_arch oops_arch_loongarch = {
	.arch = KIMG_OOPS_ARCH_LOONGARCH,
	.claims = claims,
	.take = take,
};
