/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Instructions of x86 that the kernel uses and that capstone 4 does not know, or takes for shorter ones. Each
 * has the operands of another one that it does know, which is decoded in its place:
 *	0f b9 /r  ud1 (UBSAN's traps, and WARN() of newer kernels)     0f ff /r  ud0
 * (Intel SDM volume 2, UD; capstone 4.0.2 takes them for two bytes, without operands)
 */
#include "debug/disasm.h"

#include <stdio.h>

enum { X86_LONGEST = 15, IMUL = 0xaf };

static const struct substitute {
	uint8_t opcode; /* behind 0f */
	uint8_t other;  /* behind 0f */
	const char *mnemonic;
} substitutes[] = {
	{ 0xb9, IMUL, "ud1" },
	{ 0xff, IMUL, "ud0" },
};

static const struct substitute *find(uint8_t opcode)
{
	for (size_t i = 0; i < ARRAY_SIZE(substitutes); i++)
		if (substitutes[i].opcode == opcode)
			return &substitutes[i];
	return NULL;
}

/* Where the opcode's second byte is: behind 66, 67, segments, REX and 0f; 0 where there is no 0f. */
static size_t second_byte(const struct kimg_disasm_options *options, struct span bytes)
{
	static const uint8_t prefixes[] = { 0x26, 0x2e, 0x36, 0x3e, 0x64, 0x65, 0x66, 0x67 };
	size_t i = 0;

	while (i < bytes.n && i < X86_LONGEST && memchr(prefixes, bytes.p[i], sizeof(prefixes)))
		i++;
	if (options->bits == 64 && i < bytes.n && (bytes.p[i] & 0xf0) == 0x40)
		i++;
	return i + 1 < bytes.n && i < X86_LONGEST && bytes.p[i] == 0x0f ? i + 1 : 0;
}

size_t disasm_x86_decode(const struct kimg_disasm_options *options,
			 const struct disasm_library *library, void *handle, struct span bytes,
			 uint64_t address, char text[DISASM_TEXT])
{
	size_t at = second_byte(options, bytes), n;
	const struct substitute *substitute = at ? find(bytes.p[at]) : NULL;
	uint8_t copy[X86_LONGEST + 1] = { 0 };
	char other[DISASM_TEXT];
	const char *operands;

	if (!substitute)
		return 0;
	n = bytes.n < X86_LONGEST ? bytes.n : X86_LONGEST;
	memcpy(copy, bytes.p, n);
	copy[at] = substitute->other;
	n = library->decode(handle, span_of(copy, n), address, other);
	operands = n ? strchr(other, ' ') : NULL;
	if (operands)
		snprintf(text, DISASM_TEXT, "%s%s", substitute->mnemonic, operands);
	return operands ? n : 0;
}

size_t disasm_x86_operand(struct span bytes)
{
	size_t size = 1, base;

	if (!bytes.n)
		return 0;
	base = bytes.p[0] & 7;
	if (bytes.p[0] >> 6 == 3)
		return 1;
	if (base == 4) { /* a SIB byte follows */
		if (bytes.n < 2)
			return 0;
		size = 2;
		base = bytes.p[1] & 7;
	}
	if (bytes.p[0] >> 6 == 1)
		size += 1;
	else if (bytes.p[0] >> 6 == 2 || base == 5)
		size += 4;
	return size <= bytes.n ? size : 0;
}

/* Of an opcode of map 0f (1), 0f 38 (2) or 0f 3a (3), with VEX or EVEX or without: whether an 8-bit value follows. */
static size_t mapped_length(unsigned int map, struct span bytes)
{
	size_t operand = bytes.n ? disasm_x86_operand(span_from(bytes, 1)) : 0;
	size_t immediate = map == 3 || (map == 1 && ((bytes.p[0] >= 0x70 && bytes.p[0] <= 0x73) ||
						     bytes.p[0] == 0xc2 ||
						     (bytes.p[0] >= 0xc4 && bytes.p[0] <= 0xc6)));

	if (!operand || 1 + operand + immediate > bytes.n)
		return 0;
	return 1 + operand + immediate;
}

/*
 * 0f 38, 0f 3a; in 64 bit, where c4, c5 and 62 are nothing else: c5 xx (VEX, map 1), c4 MAP xx (VEX), 62 MAP xx xx
 * (EVEX).
 */
static size_t vector_length(const struct kimg_disasm_options *options, struct span bytes)
{
	static const uint8_t maps[256] = { [0x38] = 2, [0x3a] = 3 };
	unsigned int map = bytes.n > 4 && bytes.p[0] == 0x0f ? maps[bytes.p[1]] : 0;
	size_t prefix = 2, length;

	if (!map && options->bits == 64 && bytes.n > 4) {
		if (bytes.p[0] == 0xc5)
			map = 1;
		else if (bytes.p[0] == 0xc4)
			map = bytes.p[1] & 31, prefix = 3;
		else if (bytes.p[0] == 0x62)
			map = bytes.p[1] & 7, prefix = 4;
	}
	if (map < 1 || map > 6 || map == 4)
		return 0;
	length = mapped_length(map, span_from(bytes, prefix));
	return length ? prefix + length : 0;
}

size_t disasm_x86_length(const struct kimg_disasm_options *options, struct span bytes)
{
	static const uint8_t prefixes[] = { 0x26, 0x2e, 0x36, 0x3e, 0x64,
					    0x65, 0x66, 0x67, 0xf2, 0xf3 };
	struct span rest = span_clip(bytes, 0, X86_LONGEST);
	size_t length;

	while (rest.n && memchr(prefixes, rest.p[0], sizeof(prefixes)))
		rest = span_from(rest, 1);
	if (options->bits == 64 && rest.n && (rest.p[0] & 0xf0) == 0x40)
		rest = span_from(rest, 1);
	length = vector_length(options, rest);
	return length ? rest.p - bytes.p + length : 0;
}
