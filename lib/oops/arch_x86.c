/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reports of x86, 32 and 64 bit: arch/x86/kernel/dumpstack.c, process_32.c and process_64.c (6.12); traps.c of
 * arch/i386 and arch/x86_64 before 2.6.24.
 *
 *	RIP: 0010:name+0x5/0x20 [module]		4.10 and later
 *	RIP: 0033:0x47b7a0				selector of a program
 *	RIP: 0010:[<ffffffff8123>]  [<ffffffff8123>] name+0x5/0x20	to 4.9
 *	RIP: 0010:[<ffffffff8015c5f4>] <ffffffff8015c5f4>{name+52}	to 2.6.17
 *	RIP  [<ffffffff8123>] name+0x5/0x20		again, behind the trace, with " RSP <...>"
 *	EIP: name+0x6/0x20 [module]			4.9 and later
 *	EIP: 0060:[<c012f8e0>] EFLAGS: 00010246 CPU: 0	2.6
 *	EIP:    0010:[<c012f8e0>]    Not tainted	2.4
 *	EIP is at name+0x24/0x50, EIP is at name [kernel] 0x3b
 *	EIP: [<c012f8e0>] name+0x24/0x50 SS:ESP 0068:c1ee5e24	again, behind the trace
 */
#include "oops/arch.h"

static const char registers[] =
	" rax rbx rcx rdx rsi rdi rbp rsp r08 r09 r8 r9 r10 r11 r12 r13 r14 r15 orig_rax"
	" eax ebx ecx edx esi edi ebp esp orig_eax eflags cs ds es fs gs ss knlgs"
	" cr0 cr2 cr3 cr4 cr8 dr0 dr1 dr2 dr3 dr6 dr7 pkru ";

static const struct claim {
	const char *words;
	unsigned int bits;
} claims_of[] = {
	{ "RIP: ", 64 },   { "RIP  [<", 64 },        { "RSP: ", 64 },   { "RAX: ", 64 },
	{ "R10: ", 64 },   { "CS:  0010 DS: ", 64 }, { "EIP: ", 32 },   { "EIP is at ", 32 },
	{ "EAX: ", 32 },   { "eax: ", 32 },          { "EFLAGS: ", 0 }, { "CR2: ", 0 },
	{ "CR0: ", 0 },    { "PKRU: ", 64 },         { "#PF: ", 0 },    { "PGD ", 0 },
	{ "*pde = ", 32 }, { "*pdpt = ", 32 },
};

static bool claims(struct span text)
{
	uint64_t byte;
	unsigned int digits;

	for (size_t i = 0; i < sizeof(claims_of) / sizeof(*claims_of); i++)
		if (starts(text, claims_of[i].words))
			return true;
	if (!scan_word(&text, "Code: "))
		return false;
	return scan_hex(&text, &byte, &digits) && digits == 2 && starts(text, " ");
}

static void take_width(struct report *report, struct span text)
{
	for (size_t i = 0; i < sizeof(claims_of) / sizeof(*claims_of) && !report->oops.bits; i++)
		if (starts(text, claims_of[i].words))
			report->oops.bits = claims_of[i].bits;
}

/* The state that the current report has already is told once more, shorter. */
static bool is_again(struct report *report, const struct kimg_oops_frame *frame)
{
	struct kimg_oops *oops = &report->oops;

	for (size_t i = 0; i < oops->block_count; i++) {
		const struct kimg_oops_frame *pc = &oops->blocks[i].pc;

		if (!oops->blocks[i].has_pc)
			continue;
		if (frame->has_address && pc->has_address && frame->address == pc->address)
			return true;
		if (frame->symbol && pc->symbol && strcmp(frame->symbol, pc->symbol) == 0 &&
		    frame->offset == pc->offset)
			return true;
	}
	return false;
}

/* The words of the program counter, where its line has "[<address>]" twice, once, or not at all. */
static bool scan_pc(struct report *report, struct span *text, struct kimg_oops_frame *ret_frame)
{
	struct kimg_oops_frame frame = { 0 }, named;
	struct span rest = *text, after;
	uint64_t address;
	bool bracketed;

	scan_blanks(&rest);
	bracketed = scan_address(&rest, &address, NULL);
	scan_blanks(&rest);
	if (frame_parse(report, rest, &named, &after)) {
		frame = named;
		rest = after;
	} else if (!bracketed) {
		return false;
	}
	frame.unreliable = false;
	if (bracketed) {
		frame.has_address = true;
		frame.address = address;
	}
	*ret_frame = frame;
	*text = rest;
	return true;
}

/* "0010:", which tells kernel from program; false where there is none. */
static bool scan_selector(struct span *text, bool *ret_user)
{
	struct span rest = *text;
	unsigned int digits;
	uint64_t selector;

	scan_blanks(&rest);
	if (!scan_hex(&rest, &selector, &digits) || digits != 4 || !scan_word(&rest, ":"))
		return false;
	*ret_user = (selector & 3) == 3;
	*text = rest;
	return true;
}

/* A selector is followed by a state; without one it may be the last state told again, short. */
static bool take_pc(struct report *report, struct span text)
{
	struct kimg_oops_frame frame;
	bool wide = scan_word(&text, "RIP"), user = false, selector;

	if (!wide && !scan_word(&text, "EIP"))
		return false;
	if (!scan_word(&text, ":") && !starts(text, "  [<"))
		return false;
	selector = scan_selector(&text, &user);
	if (!scan_pc(report, &text, &frame))
		return false;
	if (!selector &&
	    (contains(text, "SP:") || contains(text, "SS:") || starts(text, " RSP") ||
	     (wide && !text.n)) &&
	    is_again(report, &frame))
		return true;
	state_begin(report);
	state_pc(report, &frame);
	state_user(report, user);
	registers_take(report, text, registers);
	return true;
}

/* "EIP is at name+0x24/0x50": of the address that "EIP:" told, before or behind it. */
static bool take_name(struct report *report, struct span text)
{
	struct kimg_oops_frame frame = { 0 };

	if (!scan_word(&text, "EIP is at ") || !frame_scan(report, &text, &frame))
		return false;
	state_pc(report, &frame);
	return true;
}

/* "CR2: 00007fff12345000" alone, behind the traces: of the fault, whatever state was told last. */
static bool take_fault_address(struct report *report, struct span text)
{
	struct kimg_oops *oops = &report->oops;
	struct span rest = text;
	uint64_t address;

	if (!scan_word(&rest, "CR2: ") || !scan_hex(&rest, &address, NULL) ||
	    without_blanks(rest).n)
		return false;
	if (!oops->has_fault_address) {
		oops->has_fault_address = true;
		oops->fault_address = address;
	}
	if (report_block(report) && !report_block(report)->user)
		registers_take(report, text, registers);
	return true;
}

static bool take_registers(struct report *report, struct span text)
{
	unsigned int count;
	uint64_t selector;

	scan_blanks(&text);
	if (starts(text, "RSP <"))
		return true;
	count = registers_take(report, text, registers);
	if (count && report->oops.bits == 32 &&
	    (register_value(text, "SS:", &selector) || register_value(text, " ss:", &selector)))
		state_user(report, (selector & 3) == 3);
	return count != 0;
}

/* 2.4 writes 20 bytes from the program counter on, and marks none. */
static void mark_first(struct kimg_oops_block *block)
{
	struct kimg_oops_code *code = &block->code;

	if (!code->has_trap && code->size && code->size <= 20 && block->pc.has_address)
		code->has_trap = true;
}

static bool take_code(struct report *report, struct span text)
{
	const struct code_form form = { .unit = 1 };

	if (!scan_word(&text, "Code:"))
		return false;
	code_take(report, report_block(report), text, &form);
	if (report_block(report))
		mark_first(report_block(report));
	return true;
}

/* "Stack: c1ee5e24 00000000 ...", or on the lines that follow */
static bool take_stack(struct report *report, struct span text)
{
	if (starts(text, "Stack:")) {
		report->follows = FOLLOWS_STACK;
		return true;
	}
	return report->follows == FOLLOWS_STACK && is_hex_words(text);
}

static bool take(struct report *report, struct span text)
{
	take_width(report, text);
	if (take_name(report, text) || take_pc(report, text) || take_fault_address(report, text) ||
	    take_stack(report, text) || take_code(report, text) || take_registers(report, text))
		return true;
	return starts(text, "#PF: ") || starts(text, "PGD ") || starts(text, "*pde = ") ||
	       starts(text, "*pdpt = ");
}

const struct oops_arch oops_arch_x86 = {
	.arch = KIMG_OOPS_ARCH_X86,
	.claims = claims,
	.take = take,
};
