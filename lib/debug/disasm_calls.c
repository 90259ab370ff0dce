/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the instruction before a return address calls. */
#include "debug/disasm.h"

enum { X86_LONGEST = 15 };

/* Up to n bytes that end before return_address - skip; empty where they are not there. */
static struct span bytes_before(struct span bytes, uint64_t offset, uint64_t n)
{
	struct span found = { 0 };

	if (offset >= n)
		span_sub(bytes, offset - n, n, &found);
	return found;
}

/*
 * Whether these bytes are "ff /2" from their first to their last, with prefixes or without. Of 16-bit code, whose
 * ModRM bytes mean other things, calls through memory are not told.
 */
static bool is_indirect_x86(const struct kimg_disasm_options *options, struct span code)
{
	while (code.n > 2 &&
	       (code.p[0] == 0x2e || code.p[0] == 0x3e || code.p[0] == 0x65 || code.p[0] == 0x67 ||
		(options->bits == 64 && (code.p[0] & 0xf0) == 0x40)))
		code = span_from(code, 1);
	if (code.n < 2 || code.p[0] != 0xff || (options->bits == 16 && code.p[1] < 0xc0))
		return false;
	/* /3 is far, and through memory alone */
	if ((code.p[1] >> 3 & 7) != 2 && ((code.p[1] >> 3 & 7) != 3 || code.p[1] >= 0xc0))
		return false;
	return disasm_x86_operand(span_from(code, 1)) == code.n - 1;
}

static enum disasm_call call_x86(const struct kimg_disasm_options *options, struct span bytes,
				 uint64_t offset, uint64_t return_address, uint64_t *ret_target)
{
	size_t direct = options->bits == 16 ? 3 : 5;
	struct span code = bytes_before(bytes, offset, direct);

	if (code.n && code.p[0] == 0xe8) {
		*ret_target = disasm_flow_x86(options, code, return_address - direct).target;
		return DISASM_DIRECT;
	}
	for (size_t n = 2; n < X86_LONGEST; n++) {
		code = bytes_before(bytes, offset, n);
		if (!code.n)
			return n <= direct ? DISASM_UNKNOWN : DISASM_NO_CALL;
		if (is_indirect_x86(options, code))
			return DISASM_INDIRECT;
	}
	return DISASM_NO_CALL;
}

/* The instruction of size bytes at offset, as a call. */
static enum disasm_call call_at(const struct kimg_disasm_options *options, struct span bytes,
				uint64_t offset, size_t size, uint64_t address,
				uint64_t *ret_target)
{
	struct disasm_flow flow;
	struct span code;

	if (!span_sub(bytes, offset, size, &code))
		return DISASM_UNKNOWN;
	flow = disasm_flow(options, code, address);
	if (!flow.call)
		return DISASM_NO_CALL;
	if (!flow.has_target)
		return DISASM_INDIRECT;
	*ret_target = flow.target;
	return DISASM_DIRECT;
}

static enum disasm_call call_behind(const struct kimg_disasm_options *options, struct span bytes,
				    uint64_t offset, size_t size, size_t behind,
				    uint64_t return_address, uint64_t *ret_target)
{
	if (offset < behind)
		return DISASM_UNKNOWN;
	return call_at(options, bytes, offset - behind, size, return_address - behind, ret_target);
}

/*
 * RISC-V: "auipc REG, HIGH; jalr ra, LOW(REG)" is how a direct call is written that the linker did not
 * make shorter, or that a module makes.
 */
static bool riscv_pair(const struct kimg_disasm_options *options, struct span bytes,
		       uint64_t offset, uint64_t return_address, uint64_t *ret_target)
{
	struct span pair = bytes_before(bytes, offset, 8);
	uint32_t upper, jump;

	if (!pair.n)
		return false;
	upper = get_le32(pair.p);
	jump = get_le32(pair.p + 4);
	if ((upper & 0x7f) != 0x17 || (upper >> 7 & 31) != (jump >> 15 & 31) ||
	    (jump & 0x7f) != 0x67)
		return false;
	*ret_target = disasm_wrap(options, return_address - 8 + (int32_t)(upper & 0xfffff000) +
						   ((int32_t)jump >> 20));
	return true;
}

static enum disasm_call call_riscv(const struct kimg_disasm_options *options, struct span bytes,
				   uint64_t offset, uint64_t return_address, uint64_t *ret_target)
{
	enum disasm_call call =
		call_behind(options, bytes, offset, 4, 4, return_address, ret_target);

	if (call == DISASM_INDIRECT &&
	    riscv_pair(options, bytes, offset, return_address, ret_target))
		return DISASM_DIRECT;
	if (call == DISASM_NO_CALL)
		return call_behind(options, bytes, offset, 2, 2, return_address, ret_target);
	return call;
}

/* Of 4 bytes, else of 2; blx alone has 2. Bit 0 of the return address says that it is Thumb. */
static enum disasm_call call_thumb(const struct kimg_disasm_options *options, struct span bytes,
				   uint64_t offset, uint64_t return_address, uint64_t *ret_target)
{
	enum disasm_call call =
		call_behind(options, bytes, offset, 4, 4, return_address, ret_target);

	if (call == DISASM_NO_CALL)
		return call_behind(options, bytes, offset, 2, 2, return_address, ret_target);
	return call;
}

/* Arm before version 5: "mov lr, pc" and then what sets pc. */
static enum disasm_call call_arm(const struct kimg_disasm_options *options, struct span bytes,
				 uint64_t offset, uint64_t return_address, uint64_t *ret_target)
{
	enum disasm_call call =
		call_behind(options, bytes, offset, 4, 4, return_address, ret_target);
	struct span link = bytes_before(bytes, offset, 8);

	if (call == DISASM_NO_CALL && link.n &&
	    (options->big_endian ? get_be32(link.p) : get_le32(link.p)) == 0xe1a0e00f)
		return DISASM_INDIRECT;
	return call;
}

/* Of s390, brasl (6), bras and bas (4), basr (2): the longest first, as it says most. */
static enum disasm_call call_s390(const struct kimg_disasm_options *options, struct span bytes,
				  uint64_t offset, uint64_t return_address, uint64_t *ret_target)
{
	enum disasm_call call = DISASM_NO_CALL;

	for (size_t n = 6; n && call != DISASM_DIRECT && call != DISASM_INDIRECT; n -= 2)
		call = call_behind(options, bytes, offset, n, n, return_address, ret_target);
	return call;
}

enum disasm_call disasm_call_before(const struct kimg_disasm_options *options, struct span bytes,
				    uint64_t start, uint64_t return_address, uint64_t *ret_target)
{
	uint64_t offset;

	if (options->arch == KIMG_DISASM_ARM && options->thumb)
		return_address &= ~(uint64_t)1;
	offset = return_address - start;
	if (return_address < start || offset > bytes.n)
		return DISASM_UNKNOWN;
	switch (options->arch) {
	case KIMG_DISASM_X86:
		return call_x86(options, bytes, offset, return_address, ret_target);
	case KIMG_DISASM_ARM:
		return (options->thumb ? call_thumb : call_arm)(options, bytes, offset,
								return_address, ret_target);
	case KIMG_DISASM_RISCV:
		return call_riscv(options, bytes, offset, return_address, ret_target);
	case KIMG_DISASM_S390:
		return call_s390(options, bytes, offset, return_address, ret_target);
	case KIMG_DISASM_MIPS:
		return call_behind(options, bytes, offset, 4, 8, return_address, ret_target);
	case KIMG_DISASM_SPARC:
		return call_at(options, bytes, offset, 4, return_address, ret_target);
	default:
		return call_behind(options, bytes, offset, 4, 4, return_address, ret_target);
	}
}
