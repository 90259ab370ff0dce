/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reports of SPARC, 32 and 64 bit: arch/sparc/kernel/process_{32,64}.c and traps_{32,64}.c (6.12).
 *
 *	TSTATE: 0000004411001603 TPC: 00000000005a1234 TNPC: 00000000005a1238 Y: 00000000    Not tainted
 *	TPC: <name+0x14/0x40>
 *	g0: 0000000000000000 g1: ... g2: ... g3: ...
 *	o4: ... o5: ... sp: fff8000400a3f101 ret_pc: 00000000005a1230
 *	RPC: <name+0x10/0x40>
 *	l0: ..., i0: ..., I7: <name+0x10/0x40>
 *	Call Trace:
 *	 [<00000000005a1234>] name+0x14/0x40
 *	Caller[00000000005a1234]: name+0x14/0x40
 *	Instruction DUMP: 9de3bf50  80a0a000 <c4586008> 80a0a000
 * 32 bit:
 *	PSR: 40000fc7 PC: f0012345 NPC: f0012349 Y: 00000000    Not tainted
 *	PC: <name+0x14/0x40>
 *	%G: 00000000 f0012345  00000000 00000000  ...	eight
 *	[f0012345 : name+0x14/0x40 ] [f0023456 : ...
 *
 * What i7 holds is the address of the call; it returns eight bytes behind that.
 */
#include "oops/arch.h"

enum { FOLLOWS_CALLERS = 1 };

static const char registers[] = " tstate tpc tnpc y psr pc npc g0 g1 g2 g3 g4 g5 g6 g7"
				" o0 o1 o2 o3 o4 o5 sp ret_pc l0 l1 l2 l3 l4 l5 l6 l7"
				" i0 i1 i2 i3 i4 i5 i6 i7 ";

static bool is_state(struct span text)
{
	return (starts(text, "TSTATE: ") && contains(text, " TPC: ")) ||
	       (starts(text, "PSR: ") && contains(text, " NPC: "));
}

static bool claims(struct span text)
{
	return is_state(text) || starts(text, "TPC: <") || starts(text, "RPC: <") ||
	       starts(text, "I7: <") || starts(text, "Caller[") ||
	       starts(text, "Instruction DUMP:") || starts(text, "%G: ");
}

/* TSTATE_PRIV and PSR_PS (asm/pstate.h, asm/psr.h): what the mode was before */
static bool take_state(struct report *report, struct span text)
{
	bool wide = starts(text, "TSTATE: ");
	uint64_t state, address;

	if (!is_state(text))
		return false;
	state_begin(report);
	if (report->oops.bits == 0)
		report->oops.bits = wide ? 64 : 32;
	if (register_value(text, wide ? " TPC: " : " PC: ", &address))
		state_pc_address(report, address);
	if (register_value(text, wide ? "TSTATE: " : "PSR: ", &state))
		state_user(report, !(state & (wide ? 0x400 : 0x40)));
	registers_take(report, text, registers);
	return true;
}

/* "TPC: <name+0x14/0x40>" */
static bool take_names(struct report *report, struct span text)
{
	struct kimg_oops_frame frame = { 0 };
	bool counter = scan_word(&text, "TPC: <") || scan_word(&text, "PC: <");
	struct kimg_oops_block *block = state_current(report);

	if ((!counter && !scan_word(&text, "RPC: <")) || !block)
		return starts(text, "I7: <");
	if (!frame_scan(report, &text, &frame))
		return true;
	if (counter) {
		state_pc(report, &frame);
		return true;
	}
	for (size_t i = 0; i < block->register_count && !frame.has_address; i++) {
		const struct kimg_oops_register *r = &block->registers[i];

		frame.has_address = r->name && strcmp(r->name, "ret_pc") == 0;
		frame.address = r->value;
	}
	frame.exact = true;
	state_link(report, &frame);
	return true;
}

/* "%G: 00000000 f0012345  ..." */
static bool take_registers(struct report *report, struct span text)
{
	const char *prefix = starts(text, "%G: ")   ? "g"
			     : starts(text, "%O: ") ? "o"
			     : starts(text, "%L: ") ? "l"
			     : starts(text, "%I: ") ? "i"
						    : NULL;

	if (prefix)
		return registers_row(report, span_from(text, 4), prefix, 1, 0, 8) != 0;
	return registers_take(report, text, registers) != 0;
}

static bool take_trace(struct report *report, struct span text)
{
	struct kimg_oops_block *block;
	struct span rest = text;
	size_t count;
	bool caller = starts(text, "Caller["), bracketed;
	uint64_t address;

	scan_blanks(&rest);
	bracketed = scan_address(&rest, &address, NULL);
	if (!caller && !bracketed && !report->in_trace)
		return false;
	block = state_current(report);
	count = block ? block->frame_count : 0;
	/* die() walks the stack once more, behind the trace */
	if (caller && count && report->follows != FOLLOWS_CALLERS) {
		report_open_block(report, "Caller");
		count = 0;
	}
	if (!frame_take(report, text))
		return false;
	report->follows = caller ? FOLLOWS_CALLERS : 0;
	block = report_block(report);
	for (size_t i = count; block && i < block->frame_count; i++)
		block->frames[i].exact = true;
	report->in_trace = true;
	return true;
}

static bool take_code(struct report *report, struct span text)
{
	const struct code_form form = { .unit = 4, .big_endian = true };

	if (!scan_word(&text, "Instruction DUMP:"))
		return false;
	code_take(report, state_outer(report), text, &form);
	return true;
}

static bool take(struct report *report, struct span text)
{
	return take_state(report, text) || take_names(report, text) ||
	       take_registers(report, text) || take_code(report, text) || take_trace(report, text);
}

const struct oops_arch oops_arch_sparc = {
	.arch = KIMG_OOPS_ARCH_SPARC,
	.claims = claims,
	.take = take,
};
