/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reports of MIPS, 32 and 64 bit, both byte orders (which the text does not tell):
 * arch/mips/kernel/traps.c (6.12).
 *
 *	CPU 0 Unable to handle kernel paging request at virtual address 00000000, epc == 80123456, ra == 80123450
 *	$ 0   : 00000000 1000fc00 00000000 00000001	four on a line; blanks where there is no value
 *	Hi    : 00000000
 *	Lo    : 00000000
 *	epc   : ffffffffc0002014 name+0x14/0x30 [module]
 *	ra    : ffffffffc0002040 name+0x20/0x40 [module]
 *	Status: 1000fc03	KERNEL EXL IE
 *	Cause : 00800008 (ExcCode 02)
 *	BadVA : 00000000
 *	PrId  : 00019300 (MIPS 24Kc)
 *	Stack : 00000000 ...
 *	Code: 24420001  3c020000  8c430000 <ac400000> 00000000
 */
#include "oops/arch.h"

static bool claims(struct span text)
{
	uint64_t first;

	return registers_number(&text, &first) || starts(text, "epc   : ") ||
	       starts(text, "Cause : ") || starts(text, "BadVA : ") ||
	       (starts(text, "CPU ") && contains(text, ", epc == ") && contains(text, ", ra == "));
}

/* "$ 0   : 00000000 1000fc00 00000000 00000001"; k0 and k1 have no value in a stack trace */
static bool take_row(struct report *report, struct span text)
{
	unsigned int digits;
	uint64_t first, value;

	if (!registers_number(&text, &first))
		return false;
	if (first == 0) {
		struct span rest = text;

		state_begin(report);
		scan_blanks(&rest);
		if (scan_hex(&rest, &value, &digits))
			state_bits(report, digits);
	}
	if (first == 24 && report->oops.bits) {
		size_t width = 1 + report->oops.bits / 4;

		registers_row(report, span_clip(text, 0, 2 * width), "$", 1, 24, 2);
		registers_row(report, span_from(text, 2 * width), "$", 1, 26, 2);
		return true;
	}
	registers_row(report, text, "$", 1, first, 4);
	return true;
}

/* "epc   : ffffffffc0002014 name+0x14/0x30 [module]" */
static bool take_place(struct report *report, struct span text)
{
	bool counter = scan_word(&text, "epc   : ");

	return (counter || scan_word(&text, "ra    : ")) && state_place(report, text, counter);
}

/* "Status: 1000fc03    KERNEL EXL IE"; R3000: KUp, the mode before the exception */
static bool take_registers(struct report *report, struct span text)
{
	if (starts(text, "Status: ")) {
		state_user(report, contains(text, "USER ") || contains(text, "KUp "));
		return registers_take(report, text, " status ") != 0;
	}
	return starts(text, "PrId  : ") || starts(text, "*HwTLS: ") ||
	       registers_take(report, text, " hi lo acx cause badva ") != 0;
}

static bool take_code(struct report *report, struct span text)
{
	const struct code_form form = {
		.unit = 4,
		.big_endian = report->oops.has_byte_order && report->oops.big_endian,
	};

	return code_line(report, text, &form);
}

static bool take(struct report *report, struct span text)
{
	return take_row(report, text) || take_place(report, text) || take_registers(report, text) ||
	       state_stack(report, text) || take_code(report, text);
}

const struct oops_arch oops_arch_mips = {
	.arch = KIMG_OOPS_ARCH_MIPS,
	.claims = claims,
	.take = take,
};
