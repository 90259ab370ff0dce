/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Instructions before one that is known. Where their size varies, code that is decoded from a wrong place falls
 * into step with the right one after a few instructions, mostly: so it is decoded from each of the first places,
 * what does not come out exactly at the known instruction is wrong, and what most of the others pass through
 * is right.
 */
#include "oops/resync.h"

enum {
	WINDOW = 64, /* bytes before the trap that are looked at: the kernel prints 42 */
	STARTS = 15, /* the longest instruction of x86: one of these places is right */
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

/* Where what starts at offset ends; 0 where it is no instruction. */
static size_t end_of(const struct resync *resync, size_t offset)
{
	struct span bytes = span_clip(resync->bytes, offset, resync->trap - offset);
	struct kimg_instruction instruction;

	if (!kimg_disasm_at(resync->disasm, bytes.p, bytes.n, 0, &instruction) || !instruction.text)
		return 0;
	return offset + instruction.size;
}

/* From each place of the window, from base on: the next instruction, 0 where that way does not lead to the trap. */
static void find_ways(const struct resync *resync, size_t base, size_t ways[WINDOW])
{
	size_t n = resync->trap - base;

	memset(ways, 0, WINDOW * sizeof(*ways));
	for (size_t back = resync->unit; back <= n; back += resync->unit) {
		size_t end = end_of(resync, resync->trap - back);

		if (end == resync->trap || (end && ways[end - base]))
			ways[n - back] = end;
	}
}

/* The first place that most of the ways from the first places pass through. */
static size_t most_passed(const struct resync *resync, size_t base, const size_t ways[WINDOW])
{
	unsigned int passed[WINDOW] = { 0 }, all = 0;
	size_t n = resync->trap - base;

	for (size_t start = n % resync->unit; start < n && start < STARTS; start += resync->unit) {
		if (!ways[start])
			continue;
		all++;
		for (size_t i = start; i < n; i = ways[i] - base)
			passed[i]++;
	}
	for (size_t i = 0; i < n; i++)
		if (2 * passed[i] > all)
			return base + i;
	return resync->trap;
}

size_t resync_first(const struct resync *resync)
{
	size_t base = resync->trap > WINDOW ? resync->trap - WINDOW : 0;
	size_t ways[WINDOW];

	if (resync->unit == 4)
		return resync->trap % 4;
	find_ways(resync, base, ways);
	if (resync->has_start && resync->start == resync->trap)
		return resync->trap;
	if (resync->has_start && resync->start >= base && resync->start < resync->trap &&
	    ways[resync->start - base])
		return resync->start;
	return most_passed(resync, base, ways);
}
