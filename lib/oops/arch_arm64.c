/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reports of arm64: arch/arm64/kernel/process.c, traps.c and arch/arm64/mm/fault.c (6.12).
 *
 *	pstate: 60000005 (nZCv daif -PAN -UAO ...)	4.17 and later; before the program counter
 *	pc : name+0x8/0x30 [module]			a bare number for a program
 *	lr : name+0x18/0x48 [module]
 *	sp : ffff800080533a40
 *	x29: ffff800080533a40 x28: ffff208043cddc80 x27: 0000000000000000
 *	x9 : ffff9f8502a65050 x8 : ...
 *	PC is at name+0x8/0x30				to 4.16, with
 *	pc : [<ffff000008a1b2c4>] lr : [<ffff000008a1b2c0>] pstate: 60000145
 *	  ESR = 0x0000000096000006
 *	Code: aa1e03e9 d503201f (b9400000)
 */
#include "oops/arch.h"

static const char registers[] =
	" sp pstate pmr_save esr far x0 x1 x2 x3 x4 x5 x6 x7 x8 x9 x10 x11 x12 x13 x14 x15 x16"
	" x17 x18 x19 x20 x21 x22 x23 x24 x25 x26 x27 x28 x29 x30 gcspr_el0 ";

/* "x29: ffff800080533a40" */
static bool is_x_register(struct span text)
{
	unsigned int digits;
	uint64_t value;

	if (!scan_word(&text, "x") || !scan_decimal(&text, &value) || value > 30)
		return false;
	scan_blanks(&text);
	if (!scan_word(&text, ":"))
		return false;
	scan_blanks(&text);
	return scan_hex(&text, &value, &digits) && digits == 16;
}

/* "pc : [<ffff000008a1b2c4>]": arm has the same line with half the digits. */
static bool is_wide_pc(struct span text)
{
	unsigned int digits;
	uint64_t address;

	return scan_word(&text, "pc : ") && scan_address(&text, &address, &digits) && digits == 16;
}

static bool claims(struct span text)
{
	struct span rest = text;

	if (scan_word(&rest, "pc : ") && !starts(rest, "[<"))
		return true;
	return is_wide_pc(text) || is_x_register(text) || starts(text, "pstate: ") ||
	       starts(text, "Mem abort info:") || starts(text, "Data abort info:");
}

/* "name+0x1/0x2 [module]", or a number without 0x */
static bool scan_place(struct report *report, struct span *text, struct kimg_oops_frame *frame)
{
	unsigned int digits;

	*frame = (struct kimg_oops_frame){ 0 };
	scan_blanks(text);
	if (frame_scan(report, text, frame))
		return true;
	frame->has_address = scan_address(text, &frame->address, &digits) ||
			     (scan_hex(text, &frame->address, &digits) && digits == 16);
	return frame->has_address;
}

/* The mode that pstate holds: EL0t is 0, and 0x10 for programs of 32 bits (asm/ptrace.h). */
static void take_pstate(struct report *report, struct span text)
{
	uint64_t pstate;

	if (register_value(text, "pstate:", &pstate))
		state_user(report, (pstate & 0xf) == 0);
}

/* "  ESR = 0x0000000096000006": of the state that follows */
static bool take_esr(struct report *report, struct span text)
{
	if (!scan_word(&text, "  ESR = ") || !scan_hex(&text, &report->esr, NULL))
		return false;
	report->has_esr = true;
	report->esr_line = report->line;
	return true;
}

static void add_esr(struct report *report)
{
	uint32_t line = report->line;

	if (!report->has_esr)
		return;
	report->has_esr = false;
	report->line = report->esr_line;
	report_add_register(report, SPAN_LITERAL("esr"), report->esr, 64);
	report->line = line;
}

static bool take_pc(struct report *report, struct span text)
{
	const struct kimg_oops_block *block = state_current(report);
	struct kimg_oops_frame frame;
	struct span link;

	if (!scan_word(&text, "pc : ") && !scan_word(&text, "PC is at "))
		return false;
	if (!scan_place(report, &text, &frame))
		return false;
	/* "PC is at" comes before, in the same state, and has told no address */
	if (!block || !block->has_pc || block->pc.has_address || !starts(text, " lr : "))
		state_begin(report);
	add_esr(report);
	state_pc(report, &frame);
	if (scan_after(text, "lr : ", &link) && scan_place(report, &link, &frame))
		state_link(report, &frame);
	if (scan_after(text, "pstate:", &link))
		registers_take(report, span_of(link.p - 7, link.n + 7), registers);
	take_pstate(report, text);
	return true;
}

static bool take_link(struct report *report, struct span text)
{
	struct kimg_oops_frame frame;

	if ((!scan_word(&text, "lr : ") && !scan_word(&text, "LR is at ")) ||
	    !scan_place(report, &text, &frame))
		return false;
	state_link(report, &frame);
	return true;
}

static bool take_registers(struct report *report, struct span text)
{
	scan_blanks(&text);
	if (starts(text, "pstate: "))
		state_begin(report);
	if (!registers_take(report, text, registers))
		return false;
	take_pstate(report, text);
	return true;
}

static bool take_code(struct report *report, struct span text)
{
	/* instructions are little-endian whatever the data are */
	const struct code_form form = { .unit = 4 };

	if (!scan_word(&text, "Code:"))
		return false;
	code_take(report, report_block(report), text, &form);
	return true;
}

/* What tells of the fault, without registers. */
static bool is_of_fault(struct span text)
{
	static const char *const words[] = {
		"Mem abort info:", "Data abort info:", "  EC = ",           "  SET = ",
		"  EA = ",         "  FSC = ",         "  ISV = ",          "  CM = ",
		"  GCS = ",        "user pgtable: ",   "swapper pgtable: ", "  Exception class = ",
	};

	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++)
		if (starts(text, words[i]))
			return true;
	return starts(text, "[") && contains(text, "] pgd=");
}

static bool take(struct report *report, struct span text)
{
	return take_esr(report, text) || take_pc(report, text) || take_link(report, text) ||
	       take_registers(report, text) || take_code(report, text) ||
	       state_stack_dump(report, text) || is_of_fault(text);
}

const struct oops_arch oops_arch_arm64 = {
	.arch = KIMG_OOPS_ARCH_ARM64,
	.claims = claims,
	.take = take,
};
