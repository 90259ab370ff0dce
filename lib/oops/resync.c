/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Instructions before one that is known. Where their size varies, code that is decoded from a wrong place falls
 * into step with the right one after a few instructions, mostly: so it is decoded from each of the first places,
 * what does not come out exactly at the known instruction is wrong, and what most others pass through is right.
 */
#include "oops/resync.h"

enum {
	WINDOW = 64,      /* bytes before the trap that are looked at: the kernel prints 42 */
	STARTS = 15,      /* the longest instruction of x86: one of these places is right */
	OTHER_STARTS = 6, /* of the others, s390's */
};

unsigned int resync_unit(const struct kimg_disasm_options *options)
{
	switch (options->arch) {
	case KIMG_DISASM_X86:
		return 1;
	case KIMG_DISASM_ARM:
		return options->thumb ? 2 : 4;
	case KIMG_DISASM_RISCV:
	case KIMG_DISASM_S390:
		return 2;
	default:
		return 4;
	}
}

/*
 * Instructions of x86 that compilers do not make, and the kernel has in a few places only: those of segments,
 * decimals, the FPU, loops; lahf, ins, outs, far jumps. Where code is decoded from a wrong place they are frequent.
 */
static bool is_odd(const struct resync *resync, struct span instruction)
{
	static const uint8_t odd[] = {
		0x06, 0x07, 0x0e, 0x16, 0x17, 0x1e, 0x1f, 0x27, 0x2f, 0x37, 0x3f, 0x60, 0x61,
		0x62, 0x6c, 0x6d, 0x6e, 0x6f, 0x82, 0x9a, 0x9b, 0x9e, 0x9f, 0xc4, 0xc5, 0xc8,
		0xca, 0xcb, 0xce, 0xd4, 0xd5, 0xd6, 0xd7, 0xd8, 0xd9, 0xda, 0xdb, 0xdc, 0xdd,
		0xde, 0xdf, 0xe0, 0xe1, 0xe2, 0xe3, 0xe4, 0xe5, 0xe6, 0xe7, 0xea, 0xf1, 0xf5,
	};
	static const uint8_t zeros[2];

	return resync->unit == 1 && instruction.n &&
	       (memchr(odd, instruction.p[0], sizeof(odd)) ||
		span_starts(instruction, span_of(zeros, sizeof(zeros))));
}

/* Where what starts at offset ends; 0 where it is no instruction. */
static size_t end_of(const struct resync *resync, size_t offset, bool likely)
{
	struct span bytes = span_clip(resync->bytes, offset, resync->trap - offset);
	struct kimg_instruction instruction;

	if (likely && is_odd(resync, bytes))
		return 0;
	if (!kimg_disasm_at(resync->disasm, bytes.p, bytes.n, 0, &instruction) || !instruction.text)
		return 0;
	return offset + instruction.size;
}

/*
 * From each place of the window, from base on: the next instruction, 0 where that way does not lead to the trap, or
 * only by what is not likely.
 */
static void find_ways(const struct resync *resync, size_t base, bool likely, size_t ways[WINDOW])
{
	size_t n = resync->trap - base;

	memset(ways, 0, WINDOW * sizeof(*ways));
	for (size_t back = resync->unit; back <= n; back += resync->unit) {
		size_t end = end_of(resync, resync->trap - back, likely);

		if (end == resync->trap || (end && ways[end - base]))
			ways[n - back] = end;
	}
}

/*
 * The first place that four in five of the ways from the first places pass through. One of those is right: the code
 * begins with the end of an instruction of at most STARTS bytes, or with a whole one. Of 16,448 places in the text of
 * a kernel (Debian's 6.12 of amd64, 42 bytes each) 9 are wrong, and 15 bytes are left before the first instruction;
 * by half of the ways 579 are wrong, and 10 are left.
 */
static size_t first_common(const struct resync *resync, size_t base, const size_t ways[WINDOW])
{
	unsigned int passed[WINDOW] = { 0 }, all = 0;
	size_t n = resync->trap - base, starts = resync->unit == 1 ? STARTS : OTHER_STARTS;

	for (size_t start = n % resync->unit; start < n && start < starts; start += resync->unit) {
		if (!ways[start])
			continue;
		all++;
		for (size_t i = start; i < n; i = ways[i] - base)
			passed[i]++;
	}
	for (size_t i = 0; all && i < n; i++)
		if (5 * passed[i] >= 4 * all)
			return base + i;
	return resync->trap;
}

size_t resync_first(const struct resync *resync)
{
	size_t base = resync->trap > WINDOW ? resync->trap - WINDOW : 0;
	size_t ways[WINDOW], first;

	if (resync->unit == 4)
		return resync->trap % 4;
	find_ways(resync, base, false, ways);
	if (resync->has_start && resync->start == resync->trap)
		return resync->trap;
	if (resync->has_start && resync->start >= base && resync->start < resync->trap &&
	    ways[resync->start - base])
		return resync->start;
	find_ways(resync, base, true, ways);
	first = first_common(resync, base, ways);
	if (first < resync->trap)
		return first;
	find_ways(resync, base, false, ways);
	return first_common(resync, base, ways);
}
