/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Instructions of arm64 that the kernel uses and capstone 4 does not know, atomics of ARMv8.1 above all, which
 * take the place of others when the kernel starts; and hints, which it shows as numbers. Arm Architecture
 * Reference Manual (A-profile), C4.1, "Atomic memory operations", "Compare and swap", "Hints":
 *	SZ 111000 A R 1 RS 0 OPC 00 RN RT        ldadd, ldclr, ldeor, ldset, ldsmax, ...; RT 31: stadd, ...
 *	SZ 111000 A R 1 RS 1 000 00 RN RT        swp
 *	SZ 0010001 L 1 RS O 11111 RN RT          cas; 0 SZ 0010000 L 1 RS O 11111 RN RT: casp
 *	SZ 111000 010 IMM9 10 RN RT              ldtr
 *	11010101000000110010 IMM7 11111          hint
 */
#include <stdio.h>

#include "debug/disasm.h"

struct name {
	char text[4];
};

/* "x1", "w1", "xzr", "wzr" */
static struct name reg(uint32_t word, unsigned int low, bool wide)
{
	unsigned int number = word >> low & 31;
	struct name name = { { wide ? 'x' : 'w', 'z', 'r', '\0' } };

	if (number < 31)
		snprintf(name.text + 1, sizeof(name.text) - 1, "%u", number);
	return name;
}

/* "x1", "sp" */
static struct name base(uint32_t word)
{
	return (word >> 5 & 31) == 31 ? (struct name){ "sp" } : reg(word, 5, true);
}

static const char *size_suffix(uint32_t word)
{
	static const char *const suffixes[] = { "b", "h", "", "" };

	return suffixes[word >> 30];
}

static bool atomic(uint32_t word, char text[DISASM_TEXT])
{
	static const char *const names[] = { "add",  "clr",  "eor",  "set",
					     "smax", "smin", "umax", "umin" };
	bool swap = word & 0x8000, wide = word >> 30 == 3, acquire = word & 0x800000;
	unsigned int operation = word >> 12 & 7;
	const char *release = word & 0x400000 ? "l" : "";
	struct name rs = reg(word, 16, wide), rt = reg(word, 0, wide), rn = base(word);

	if ((word & 0x3f200c00) != 0x38200000 || (swap && operation))
		return false;
	if (!swap && !acquire && (word & 31) == 31)
		snprintf(text, DISASM_TEXT, "st%s%s%s %s, [%s]", names[operation], release,
			 size_suffix(word), rs.text, rn.text);
	else
		snprintf(text, DISASM_TEXT, "%s%s%s%s%s %s, %s, [%s]", swap ? "swp" : "ld",
			 swap ? "" : names[operation], acquire ? "a" : "", release,
			 size_suffix(word), rs.text, rt.text, rn.text);
	return true;
}

static bool compare_and_swap(uint32_t word, char text[DISASM_TEXT])
{
	const char *acquire = word & 0x400000 ? "a" : "", *release = word & 0x8000 ? "l" : "";
	bool pair = (word & 0xbfa07c00) == 0x08207c00;
	bool wide = pair ? word >> 30 & 1 : word >> 30 == 3;
	struct name rs = reg(word, 16, wide), rt = reg(word, 0, wide), rn = base(word);

	if (pair && (word & 0x10001) == 0) {
		struct name rs2 = reg(word + 0x10000, 16, wide), rt2 = reg(word + 1, 0, wide);

		snprintf(text, DISASM_TEXT, "casp%s%s %s, %s, %s, %s, [%s]", acquire, release,
			 rs.text, rs2.text, rt.text, rt2.text, rn.text);
		return true;
	}
	if ((word & 0x3fa07c00) != 0x08a07c00)
		return false;
	snprintf(text, DISASM_TEXT, "cas%s%s%s %s, %s, [%s]", acquire, release, size_suffix(word),
		 rs.text, rt.text, rn.text);
	return true;
}

/* Loads as if by a program, for get_user(): capstone 4 refuses those into the register of their address. */
static bool load_unprivileged(uint32_t word, char text[DISASM_TEXT])
{
	int offset = (int)(word << 11) >> 23;
	struct name rt = reg(word, 0, word >> 30 == 3), rn = base(word);

	if ((word & 0x3fe00c00) != 0x38400800)
		return false;
	if (offset)
		snprintf(text, DISASM_TEXT, "ldtr%s %s, [%s, #%d]", size_suffix(word), rt.text,
			 rn.text, offset);
	else
		snprintf(text, DISASM_TEXT, "ldtr%s %s, [%s]", size_suffix(word), rt.text, rn.text);
	return true;
}

static bool hint(uint32_t word, char text[DISASM_TEXT])
{
	static const char *const names[] = {
		[6] = "dgh",        [7] = "xpaclri",    [8] = "pacia1716", [10] = "pacib1716",
		[12] = "autia1716", [14] = "autib1716", [16] = "esb",      [17] = "psb csync",
		[18] = "tsb csync", [20] = "csdb",      [22] = "clearbhb", [24] = "paciaz",
		[25] = "paciasp",   [26] = "pacibz",    [27] = "pacibsp",  [28] = "autiaz",
		[29] = "autiasp",   [30] = "autibz",    [31] = "autibsp",  [32] = "bti",
		[34] = "bti c",     [36] = "bti j",     [38] = "bti jc",
	};
	unsigned int number = word >> 5 & 0x7f;
	const char *name = NULL;

	if ((word & 0xfffff01f) == 0xd503201f && number < ARRAY_SIZE(names))
		name = names[number];
	else if (word == 0xd50330ff)
		name = "sb";
	if (name)
		snprintf(text, DISASM_TEXT, "%s", name);
	return name;
}

size_t disasm_arm64_decode(const struct kimg_disasm_options *options, struct span bytes,
			   char text[DISASM_TEXT])
{
	uint32_t word;

	if (bytes.n < 4)
		return 0;
	word = options->big_endian ? get_be32(bytes.p) : get_le32(bytes.p);
	return atomic(word, text) || compare_and_swap(word, text) ||
			       load_unprivileged(word, text) || hint(word, text)
		       ? 4
		       : 0;
}
