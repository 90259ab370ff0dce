/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The RISC-V branch filter of xz (filter 0x0b, since xz 5.6.0), which liblzma before 5.6 does not have.
 * The format of what it writes is described in src/liblzma/simple/riscv.c of xz; the instructions are
 * those of the RISC-V unprivileged specification, 2.2 to 2.5 and appendix "RV32/64G".
 *
 * All words little endian, at even places; t is an absolute address of 32 bits (21 for JAL).
 *
 *	JAL ra or t0		bits 12-15 t[20:17], 16-23 t[16:9], 24-31 t[8:1]
 *	AUIPC sp, a pair	bits 12-31 are bits 0-19 of the second instruction, which are 3 modulo 4 and
 *				whose rs1 (then in bits 27-31) is neither zero nor sp; then be32 t
 *	AUIPC rd, a pair	(rd neither zero nor sp, and rs1 of the second) stands for what was in the form
 *				above before: bits 12-31 are the high bits of the second word, the second word
 *				holds bits 12-31 of the first, and the second's low bits in 20-31
 *
 * In the program the first two are relative to the instruction. Bytes that have been looked at are not
 * looked at again: 2 for most, 4 for a JAL and an AUIPC of zero or sp, 6 for an AUIPC without a pair, and
 * 8 for a pair. The last 7 bytes stay.
 */
#include "codec/riscv_bcj.h"

#include <stdbool.h>

#include "base/endian.h"

#define OPCODE_MASK  0x7f
#define OPCODE_JAL   0x6f
#define OPCODE_AUIPC 0x17
#define IMMEDIATE    0xfffff000 /* of U-type instructions */

enum reg { REG_ZERO = 0, REG_RA = 1, REG_SP = 2, REG_T0 = 5 };

static unsigned int rd_of(uint32_t insn)
{
	return insn >> 7 & 31;
}

static unsigned int rs1_of(uint32_t insn)
{
	return insn >> 15 & 31;
}

/* An instruction of 32 bits, or longer. */
static bool is_wide(uint32_t insn)
{
	return (insn & 3) == 3;
}

static size_t decode_jal(uint8_t *p, uint32_t insn, uint32_t pc)
{
	uint32_t target = (insn >> 12 & 0x0f) << 17 | (insn >> 16 & 0xff) << 9 | (insn >> 24) << 1;
	uint32_t offset = target - pc;

	if (rd_of(insn) != REG_RA && rd_of(insn) != REG_T0)
		return 2;
	put_le32(p, (insn & 0xfff) | (offset >> 20 & 1) << 31 | (offset >> 1 & 0x3ff) << 21 |
			    (offset >> 11 & 1) << 20 | (offset >> 12 & 0xff) << 12);
	return 4;
}

/* What stood for an AUIPC of sp in the program. */
static size_t restore_sp(uint8_t *p, uint32_t insn)
{
	uint32_t second = get_le32(p + 4);

	if (rs1_of(second) != rd_of(insn) || !is_wide(second))
		return 6;
	put_le32(p, OPCODE_AUIPC | REG_SP << 7 | second << 12);
	put_le32(p + 4, (insn & IMMEDIATE) | second >> 20);
	return 8;
}

static size_t decode_auipc(uint8_t *p, uint32_t insn, uint32_t pc)
{
	uint32_t second = insn >> 12, offset;
	unsigned int rd = rs1_of(second);

	if (rd_of(insn) != REG_ZERO && rd_of(insn) != REG_SP)
		return restore_sp(p, insn);
	if (rd_of(insn) == REG_ZERO || !is_wide(second) || rd == REG_ZERO || rd == REG_SP)
		return 4;
	offset = get_be32(p + 4) - pc;
	/* The low 12 bits are signed in the second instruction, so the first must make up for it. */
	put_le32(p, OPCODE_AUIPC | rd << 7 | ((offset + 0x800) & IMMEDIATE));
	put_le32(p + 4, second | offset << 20);
	return 8;
}

void riscv_bcj_decode(uint8_t *p, size_t n, uint32_t pc)
{
	size_t at = 0;

	while (n - at >= 8) {
		uint32_t insn = get_le32(p + at);

		switch (insn & OPCODE_MASK) {
		case OPCODE_JAL:
			at += decode_jal(p + at, insn, pc + at);
			break;
		case OPCODE_AUIPC:
			at += decode_auipc(p + at, insn, pc + at);
			break;
		default:
			at += 2;
		}
	}
}
