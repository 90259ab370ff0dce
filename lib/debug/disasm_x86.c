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
