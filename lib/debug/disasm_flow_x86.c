/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Calls and jumps of x86, behind any prefixes (Intel SDM volume 2, appendix A):
 *	e8 REL            call         0f 80..8f REL  jcc         ff /2 /3  call through a register or memory
 *	e9 REL, eb REL8   jmp          70..7f REL8    jcc         ff /4 /5  jmp the same way
 *	e0..e3 REL8       loop, jcxz   9a, ea         far, to an address of its own (not in 64 bit)
 * REL is what is left of the instruction, 2 or 4 bytes: relative to its end.
 */
#include "debug/disasm.h"

static bool is_prefix(const struct kimg_disasm_options *options, uint8_t byte)
{
	static const uint8_t prefixes[] = { 0x26, 0x2e, 0x36, 0x3e, 0x64, 0x65,
					    0x66, 0x67, 0xf0, 0xf2, 0xf3 };

	if (options->bits == 64 && (byte & 0xf0) == 0x40)
		return true;
	return memchr(prefixes, byte, sizeof(prefixes));
}

static void set_target(const struct kimg_disasm_options *options, struct disasm_flow *flow,
		       struct span relative, uint64_t end)
{
	int64_t distance;

	if (relative.n == 1)
		distance = (int8_t)relative.p[0];
	else if (relative.n == 2)
		distance = (int16_t)get_le16(relative.p);
	else if (relative.n == 4)
		distance = (int32_t)get_le32(relative.p);
	else
		return;
	flow->has_target = true;
	flow->target = disasm_wrap(options, end + distance);
}

static void group_5(struct disasm_flow *flow, uint8_t modrm)
{
	unsigned int operation = modrm >> 3 & 7;

	flow->call = operation == 2 || operation == 3;
	flow->branch = operation == 4 || operation == 5;
}

struct disasm_flow disasm_flow_x86(const struct kimg_disasm_options *options,
				   struct span instruction, uint64_t address)
{
	uint64_t end = address + instruction.n;
	struct disasm_flow flow = { 0 };
	struct span rest = instruction;
	uint8_t opcode;

	while (rest.n && is_prefix(options, rest.p[0]))
		rest = span_from(rest, 1);
	if (rest.n < 2) {
		flow.branch = rest.n && (rest.p[0] == 0xc3 || rest.p[0] == 0xcb);
		return flow;
	}
	opcode = rest.p[0];
	rest = span_from(rest, 1);
	if (opcode == 0xff) {
		group_5(&flow, rest.p[0]);
		return flow;
	}
	flow.call = opcode == 0xe8 || opcode == 0x9a;
	flow.branch = opcode == 0xe9 || opcode == 0xeb || opcode == 0xea || opcode == 0xc2 ||
		      (opcode & 0xf0) == 0x70 || (opcode & 0xfc) == 0xe0;
	if (opcode == 0x0f && (rest.p[0] & 0xf0) == 0x80) {
		flow.branch = true;
		rest = span_from(rest, 1);
	}
	if ((flow.call || flow.branch) && opcode != 0x9a && opcode != 0xea && opcode != 0xc2)
		set_target(options, &flow, rest, end);
	return flow;
}
