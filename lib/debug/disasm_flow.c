/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Calls and jumps, by the words themselves. Each function has the table of the words that it knows, and takes
 * whole instructions. Delay slots and what a branch depends on do not matter here.
 */
#include "debug/disasm.h"

typedef struct disasm_flow flow_function(const struct kimg_disasm_options *options,
					 struct span instruction, uint64_t address);

uint64_t disasm_wrap(const struct kimg_disasm_options *options, uint64_t address)
{
	return options->bits == 64 ? address : address & 0xffffffff;
}

static uint32_t word_at(const struct kimg_disasm_options *options, struct span bytes)
{
	if (bytes.n < 4)
		return 0;
	return options->big_endian ? get_be32(bytes.p) : get_le32(bytes.p);
}

static uint16_t half_at(const struct kimg_disasm_options *options, struct span bytes)
{
	if (bytes.n < 2)
		return 0;
	return options->big_endian ? get_be16(bytes.p) : get_le16(bytes.p);
}

/* The number that stands in the low bits of value, with its sign. */
static int64_t sign_extend(uint64_t value, unsigned int bits)
{
	uint64_t sign = (uint64_t)1 << (bits - 1);

	return (int64_t)(((value & (2 * sign - 1)) ^ sign) - sign);
}

static uint32_t field(uint32_t word, unsigned int low, unsigned int bits)
{
	return word >> low & ((1u << bits) - 1);
}

static struct disasm_flow flow_to(const struct kimg_disasm_options *options, bool call,
				  uint64_t target)
{
	return (struct disasm_flow){ .call = call,
				     .branch = !call,
				     .has_target = true,
				     .target = disasm_wrap(options, target) };
}

static struct disasm_flow flow_indirect(bool call)
{
	return (struct disasm_flow){ .call = call, .branch = !call };
}

static const struct disasm_flow NO_FLOW = { 0 };

/*
 * Arm Architecture Reference Manual (ARMv7-A), A32; the program counter is 8 bytes ahead:
 *	COND 101 L OFFSET24          b, bl
 *	1111 101 H OFFSET24          blx, to Thumb
 *	COND 0001 0010 1111 1111 1111 00L1 REG   bx, blx
 *	COND 01.. ...1 .... 1111 ..              ldr pc
 *	COND 100. ...1 .... 1... ..              ldm with pc
 *	COND 0001 1010 0000 1111 0000 0000 REG   mov pc
 */
static struct disasm_flow flow_arm(const struct kimg_disasm_options *options, struct span code,
				   uint64_t address)
{
	uint32_t word = word_at(options, code);
	uint64_t target = address + 8 + 4 * sign_extend(word, 24);

	if (field(word, 25, 3) == 5 && word >> 28 == 15)
		return flow_to(options, true, target + 2 * field(word, 24, 1));
	if (field(word, 25, 3) == 5)
		return flow_to(options, field(word, 24, 1), target);
	if (word >> 28 == 15)
		return NO_FLOW;
	if ((word & 0x0fffffd0) == 0x012fff10)
		return flow_indirect(word & 0x20);
	if ((word & 0x0c10f000) == 0x0410f000 || (word & 0x0e108000) == 0x08108000 ||
	    (word & 0x0ffffff0) == 0x01a0f000)
		return flow_indirect(false);
	return NO_FLOW;
}

/* The offset of b.w, bl and blx: S, not(J1 ^ S), not(J2 ^ S), 10 bits and 11 bits, in halfwords. */
static int64_t thumb_offset(uint16_t first, uint16_t second)
{
	uint32_t s = field(first, 10, 1);
	uint32_t i1 = !(field(second, 13, 1) ^ s), i2 = !(field(second, 11, 1) ^ s);

	return 2 * sign_extend(s << 23 | i1 << 22 | i2 << 21 | field(first, 0, 10) << 11 |
				       field(second, 0, 11),
			       24);
}

/* Those of 32 bits: 11110 S IMM10, 1LJ1XJ2 IMM11. */
static struct disasm_flow flow_thumb_wide(const struct kimg_disasm_options *options, uint16_t first,
					  uint16_t second, uint64_t address)
{
	uint64_t pc = address + 4;

	if (first >> 11 != 0x1e || !(second & 0x8000))
		return NO_FLOW;
	if ((second & 0xd000) == 0xd000)
		return flow_to(options, true, pc + thumb_offset(first, second));
	if ((second & 0xd000) == 0xc000)
		return flow_to(options, true, (pc & ~(uint64_t)3) + thumb_offset(first, second));
	if ((second & 0xd000) == 0x9000)
		return flow_to(options, false, pc + thumb_offset(first, second));
	if (field(first, 6, 4) < 14)
		return flow_to(options, false,
			       pc + 2 * sign_extend(field(first, 10, 1) << 19 |
							    field(second, 11, 1) << 18 |
							    field(second, 13, 1) << 17 |
							    field(first, 0, 6) << 11 |
							    field(second, 0, 11),
						    20));
	return NO_FLOW;
}

/*
 * The same manual, T32; the program counter is 4 bytes ahead:
 *	1101 COND IMM8     b, of two COND none     0100 0111 0REG 000   bx
 *	11100 IMM11        b                       0100 0111 1REG 000   blx
 *	1011 N0I1 IMM5 REG cbz, cbnz               1011 1101 LIST       pop with pc
 */
static struct disasm_flow flow_thumb(const struct kimg_disasm_options *options, struct span code,
				     uint64_t address)
{
	uint16_t half = half_at(options, code);

	if (code.n >= 4)
		return flow_thumb_wide(options, half, half_at(options, span_from(code, 2)),
				       address);
	if (half >> 12 == 13 && field(half, 8, 4) < 14)
		return flow_to(options, false, address + 4 + 2 * sign_extend(half, 8));
	if (half >> 11 == 0x1c)
		return flow_to(options, false, address + 4 + 2 * sign_extend(half, 11));
	if ((half & 0xf500) == 0xb100)
		return flow_to(options, false,
			       address + 4 + 2 * (field(half, 9, 1) << 5 | field(half, 3, 5)));
	if ((half & 0xff07) == 0x4700)
		return flow_indirect(half & 0x80);
	return (half & 0xff00) == 0xbd00 ? flow_indirect(false) : NO_FLOW;
}

static struct disasm_flow flow_arm_any(const struct kimg_disasm_options *options, struct span code,
				       uint64_t address)
{
	return options->thumb ? flow_thumb(options, code, address)
			      : flow_arm(options, code, address);
}

/*
 * Arm Architecture Reference Manual (A-profile), A64:
 *	L00101 IMM26         b, bl             01010100 IMM19 . COND   b.cond
 *	.011010. IMM19 REG   cbz, cbnz         .011011. BIT IMM14 REG  tbz, tbnz
 *	1101011A 0OO 11111   br (00), blr (01), ret (10); A and low bits: with pointer authentication
 */
static struct disasm_flow flow_arm64(const struct kimg_disasm_options *options, struct span code,
				     uint64_t address)
{
	uint32_t word = word_at(options, code);

	if ((word & 0x7c000000) == 0x14000000)
		return flow_to(options, word >> 31, address + 4 * sign_extend(word, 26));
	if ((word & 0xff000000) == 0x54000000 || (word & 0x7e000000) == 0x34000000)
		return flow_to(options, false, address + 4 * sign_extend(word >> 5, 19));
	if ((word & 0x7e000000) == 0x36000000)
		return flow_to(options, false, address + 4 * sign_extend(word >> 5, 14));
	if ((word & 0xfe9ff000) == 0xd61f0000 && field(word, 21, 2) < 3)
		return flow_indirect(field(word, 21, 2) == 1);
	return NO_FLOW;
}

static bool riscv_links(uint32_t reg)
{
	return reg == 1 || reg == 5; /* ra, and t0 as the other link register */
}

static uint32_t bits_to(uint32_t word, unsigned int from, unsigned int bits, unsigned int to)
{
	return field(word, from, bits) << to;
}

/*
 * RISC-V Unprivileged ISA, the C extension:
 *	101 IMM 01   c.j      001 IMM 01   c.jal (of 32 bits alone)   11. IMM 01   c.beqz, c.bnez
 *	1000 REG 00000 10   c.jr       1001 REG 00000 10   c.jalr
 */
static struct disasm_flow flow_riscv_half(const struct kimg_disasm_options *options, uint32_t half,
					  uint64_t address)
{
	uint32_t jump = bits_to(half, 12, 1, 11) | bits_to(half, 11, 1, 4) |
			bits_to(half, 9, 2, 8) | bits_to(half, 8, 1, 10) | bits_to(half, 7, 1, 6) |
			bits_to(half, 6, 1, 7) | bits_to(half, 3, 3, 1) | bits_to(half, 2, 1, 5);
	uint32_t branch = bits_to(half, 12, 1, 8) | bits_to(half, 10, 2, 3) |
			  bits_to(half, 5, 2, 6) | bits_to(half, 3, 2, 1) | bits_to(half, 2, 1, 5);

	if ((half & 0xe003) == 0xa001)
		return flow_to(options, false, address + sign_extend(jump, 12));
	if ((half & 0xe003) == 0x2001 && options->bits == 32)
		return flow_to(options, true, address + sign_extend(jump, 12));
	if ((half & 0xc003) == 0xc001)
		return flow_to(options, false, address + sign_extend(branch, 9));
	if ((half & 0xe07f) == 0x8002 && field(half, 7, 5))
		return flow_indirect(half & 0x1000);
	return NO_FLOW;
}

/* The same, the base ISA: jal (opcode 6f), jalr (67), branches (63). */
static struct disasm_flow flow_riscv(const struct kimg_disasm_options *options, struct span code,
				     uint64_t address)
{
	uint32_t word = get_le32(code.p), opcode = word & 0x7f;
	bool links = riscv_links(field(word, 7, 5));

	if (opcode == 0x6f)
		return flow_to(options, links,
			       address + sign_extend(bits_to(word, 31, 1, 20) |
							     bits_to(word, 12, 8, 12) |
							     bits_to(word, 20, 1, 11) |
							     bits_to(word, 21, 10, 1),
						     21));
	if (opcode == 0x67 && field(word, 12, 3) == 0)
		return flow_indirect(links);
	if (opcode == 0x63 && (field(word, 12, 3) & 6) != 2)
		return flow_to(options, false,
			       address + sign_extend(bits_to(word, 31, 1, 12) |
							     bits_to(word, 7, 1, 11) |
							     bits_to(word, 25, 6, 5) |
							     bits_to(word, 8, 4, 1),
						     13));
	return NO_FLOW;
}

static struct disasm_flow flow_riscv_any(const struct kimg_disasm_options *options,
					 struct span code, uint64_t address)
{
	if (code.n == 2)
		return flow_riscv_half(options, get_le16(code.p), address);
	return code.n >= 4 ? flow_riscv(options, code, address) : NO_FLOW;
}

/*
 * Power ISA, book I: 18 b, 16 bc (AA: absolute, LK: call), 19 with 16 bclr, 528 bcctr, 560 bctar.
 */
static struct disasm_flow flow_ppc(const struct kimg_disasm_options *options, struct span code,
				   uint64_t address)
{
	uint32_t word = word_at(options, code), extended = field(word, 1, 10);
	uint64_t from = word & 2 ? 0 : address;
	bool call = word & 1;

	if (word >> 26 == 18)
		return flow_to(options, call, from + sign_extend(word & 0x03fffffc, 26));
	if (word >> 26 == 16)
		return flow_to(options, call, from + sign_extend(word & 0xfffc, 16));
	if (word >> 26 == 19 && (extended == 16 || extended == 528 || extended == 560))
		return flow_indirect(call);
	return NO_FLOW;
}

/* Of 6 bytes: c0.4 brcl, c0.5 brasl; ec..64/65/76/77/7c..7f and 44/45: compare or count, and branch. */
static struct disasm_flow flow_s390_long(const struct kimg_disasm_options *options,
					 struct span code, uint64_t address)
{
	uint8_t low = code.p[1] & 0xf, last = code.p[5];

	if (code.p[0] == 0xc0 && (low == 4 || low == 5))
		return flow_to(options, low == 5,
			       address + 2 * (int64_t)(int32_t)get_be32(code.p + 2));
	if (code.p[0] == 0xec && (last == 0x44 || last == 0x45 || (last & 0xfe) == 0x64 ||
				  (last & 0xfe) == 0x76 || (last & 0xfc) == 0x7c))
		return flow_to(options, false,
			       address + 2 * (int64_t)(int16_t)get_be16(code.p + 2));
	return NO_FLOW;
}

/*
 * z/Architecture Principles of Operation:
 *	05 balr, 0d basr, 0c bassm: calls unless the second register is 0     07 bcr     47 bc     46 bct
 *	a7.4 brc, a7.5 bras, a7.6 brct, a7.7 brctg     4d bas, 45 bal     84, 85 brxh, brxle
 */
static struct disasm_flow flow_s390(const struct kimg_disasm_options *options, struct span code,
				    uint64_t address)
{
	uint8_t opcode = code.p[0], low = code.p[1] & 0xf;

	if (code.n == 2 && (opcode == 0x05 || opcode == 0x0c || opcode == 0x0d))
		return low ? flow_indirect(true) : NO_FLOW;
	if (code.n == 2)
		return opcode == 0x07 && low && code.p[1] >> 4 ? flow_indirect(false) : NO_FLOW;
	if (code.n == 6)
		return flow_s390_long(options, code, address);
	if ((opcode == 0xa7 && low >= 4 && low <= 7) || opcode == 0x84 || opcode == 0x85)
		return flow_to(options, opcode == 0xa7 && low == 5,
			       address + 2 * (int64_t)(int16_t)get_be16(code.p + 2));
	if (opcode == 0x45 || opcode == 0x4d)
		return flow_indirect(true);
	return opcode == 0x46 || (opcode == 0x47 && code.p[1] >> 4) ? flow_indirect(false)
								    : NO_FLOW;
}

/*
 * MIPS Architecture For Programmers, volume II, before release 6:
 *	2 j, 3 jal, 29 jalx (of the 256 MiB of the delay slot)     4..7, 20..23 beq, bne, blez, bgtz and likely
 *	0 with 8 jr, 9 jalr                  1 with 0..3 bltz.., 16..19 bltzal.., bgezal..     17 with 8 bc1f, bc1t
 */
static struct disasm_flow flow_mips(const struct kimg_disasm_options *options, struct span code,
				    uint64_t address)
{
	uint32_t word = word_at(options, code), opcode = word >> 26, rt = field(word, 16, 5);
	uint64_t branch = address + 4 + 4 * sign_extend(word, 16);

	if (opcode == 2 || opcode == 3 || opcode == 29)
		return flow_to(options, opcode != 2,
			       ((address + 4) & ~(uint64_t)0x0fffffff) | (word & 0x03ffffff) << 2);
	if (opcode == 0 && (word & 0x3e) == 8)
		return flow_indirect(word & 1 && field(word, 11, 5));
	if (opcode == 1 && (rt & 0xc) == 0)
		return flow_to(options, rt & 16, branch);
	if ((opcode >= 4 && opcode < 8) || (opcode >= 20 && opcode < 24) ||
	    (opcode == 17 && field(word, 21, 5) == 8))
		return flow_to(options, false, branch);
	return NO_FLOW;
}

/*
 * The SPARC Architecture Manual, version 9:
 *	01 DISP30 call     00 with 010, 110: 22 bits; 001, 101: 19 bits; 011: bpr     10 with 111000: jmpl, 111001: return
 */
static struct disasm_flow flow_sparc(const struct kimg_disasm_options *options, struct span code,
				     uint64_t address)
{
	uint32_t word = word_at(options, code), op2 = field(word, 22, 3), op3 = field(word, 19, 6);

	if (word >> 30 == 1)
		return flow_to(options, true, address + 4 * sign_extend(word, 30));
	if (word >> 30 == 2 && (op3 == 0x38 || op3 == 0x39))
		return flow_indirect(op3 == 0x38 && field(word, 25, 5) == 15);
	if (word >> 30 != 0)
		return NO_FLOW;
	if (op2 == 2 || op2 == 6)
		return flow_to(options, false, address + 4 * sign_extend(word, 22));
	if (op2 == 1 || op2 == 5)
		return flow_to(options, false, address + 4 * sign_extend(word, 19));
	if (op2 == 3)
		return flow_to(
			options, false,
			address + 4 * sign_extend(field(word, 20, 2) << 14 | (word & 0x3fff), 16));
	return NO_FLOW;
}

/*
 * LoongArch Reference Manual, volume 1: the first 6 bits are
 *	10..12 beqz, bnez, bceqz (21 bits)   13 jirl   14 b, 15 bl (26 bits)   16..1b beq.. (16 bits); low bits first
 */
static struct disasm_flow flow_loongarch(const struct kimg_disasm_options *options,
					 struct span code, uint64_t address)
{
	uint32_t word = word_at(options, code), opcode = word >> 26, low = field(word, 10, 16);

	if (opcode == 0x13)
		return flow_indirect(field(word, 0, 5) == 1);
	if (opcode == 0x14 || opcode == 0x15)
		return flow_to(options, opcode == 0x15,
			       address + 4 * sign_extend(field(word, 0, 10) << 16 | low, 26));
	if (opcode >= 0x10 && opcode <= 0x12)
		return flow_to(options, false,
			       address + 4 * sign_extend(field(word, 0, 5) << 16 | low, 21));
	if (opcode >= 0x16 && opcode <= 0x1b)
		return flow_to(options, false, address + 4 * sign_extend(low, 16));
	return NO_FLOW;
}

/* By the first bits: Thumb 111 and not 11100: 4 bytes; RISC-V 11: 4 bytes; s390: 00 2, 01 and 10 4, 11 6. */
static size_t unit_of(const struct kimg_disasm_options *options, struct span bytes)
{
	switch (options->arch) {
	case KIMG_DISASM_X86:
		return 1;
	case KIMG_DISASM_ARM:
		return options->thumb && half_at(options, bytes) < 0xe800 ? 2 : 4;
	case KIMG_DISASM_RISCV:
		return (bytes.p[0] & 3) == 3 ? 4 : 2;
	case KIMG_DISASM_S390:
		return bytes.p[0] < 0x40 ? 2 : bytes.p[0] < 0xc0 ? 4 : 6;
	case KIMG_DISASM_PPC: /* prefixed instructions of ISA 3.1 */
		return options->bits == 64 && bytes.n >= 8 && word_at(options, bytes) >> 26 == 1
			       ? 8
			       : 4;
	default:
		return 4;
	}
}

struct disasm_flow disasm_flow(const struct kimg_disasm_options *options, struct span instruction,
			       uint64_t address)
{
	static flow_function *const functions[KIMG_DISASM_ARCHS] = {
		[KIMG_DISASM_X86] = disasm_flow_x86,
		[KIMG_DISASM_ARM] = flow_arm_any,
		[KIMG_DISASM_ARM64] = flow_arm64,
		[KIMG_DISASM_RISCV] = flow_riscv_any,
		[KIMG_DISASM_PPC] = flow_ppc,
		[KIMG_DISASM_S390] = flow_s390,
		[KIMG_DISASM_MIPS] = flow_mips,
		[KIMG_DISASM_SPARC] = flow_sparc,
		[KIMG_DISASM_LOONGARCH] = flow_loongarch,
	};

	/* What is cut is none. */
	if (!instruction.n || options->arch >= KIMG_DISASM_ARCHS ||
	    (options->arch != KIMG_DISASM_X86 && instruction.n != unit_of(options, instruction)))
		return NO_FLOW;
	return functions[options->arch](options, instruction, address);
}

size_t disasm_unit(const struct kimg_disasm_options *options, struct span bytes)
{
	size_t unit;

	if (!bytes.n)
		return 0;
	unit = unit_of(options, bytes);
	return unit < bytes.n ? unit : bytes.n;
}
