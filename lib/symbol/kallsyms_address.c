/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Finding the table of addresses, and what its numbers mean. The symbols are sorted by address, so each
 * kind is told by the order of its numbers; the lowest offset of a kernel with a base is 0.
 */
#include <stdlib.h>

#include "kernel/facts.h"
#include "symbol/kallsyms.h"

static uint32_t offset_at(const struct kallsyms *k, uint64_t table, uint32_t i)
{
	const uint8_t *p = k->kernel.p + table + 4 * (uint64_t)i;

	return k->big_endian ? get_be32(p) : get_le32(p);
}

static uint64_t long_at(const struct kallsyms *k, uint64_t table, unsigned int size, uint32_t i)
{
	const uint8_t *p = k->kernel.p + table + size * (uint64_t)i;

	if (size == 4)
		return k->big_endian ? get_be32(p) : get_le32(p);
	return k->big_endian ? get_be64(p) : get_le64(p);
}

static bool has_table(const struct kallsyms *k, uint64_t table, unsigned int size)
{
	struct span s;

	return span_sub(k->kernel, table, (uint64_t)k->count * size, &s);
}

/* ---- the order of each kind ---- */

static bool ascending_u32(const struct kallsyms *k, uint64_t table)
{
	bool ascending = true;

	for (uint32_t i = 1; i < k->count; i++)
		ascending &= offset_at(k, table, i - 1) <= offset_at(k, table, i);
	return ascending && offset_at(k, table, 0) != offset_at(k, table, k->count - 1);
}

static bool ascending_longs(const struct kallsyms *k, uint64_t table, unsigned int size)
{
	uint64_t last = long_at(k, table, size, 0), first = last, next;

	for (uint32_t i = 1; i < k->count; i++, last = next) {
		next = long_at(k, table, size, i);
		if (next < last)
			return false;
	}
	return first != last;
}

/*
 * Numbers from 0 on are absolute, those below are -1 minus the distance from the base; the absolute ones,
 * offsets of per-CPU variables, are the lower ones.
 */
static bool ascending_percpu(const struct kallsyms *k, uint64_t table)
{
	uint32_t i = 1;
	int32_t last = offset_at(k, table, 0), next;

	for (; i < k->count && last >= 0; i++, last = next) {
		next = offset_at(k, table, i);
		if (next >= 0 ? next < last : next != -1)
			return false;
	}
	if (last >= 0 || (i == 1 && last != -1))
		return false;
	for (; i < k->count; i++, last = next) {
		next = offset_at(k, table, i);
		if (next > last)
			return false;
	}
	return true;
}

/* Each number is relative to its own place, four bytes behind the one before it. */
static bool ascending_pc_relative(const struct kallsyms *k, uint64_t table)
{
	int64_t last = INT64_MIN, next;

	for (uint32_t i = 0; i < k->count; i++, last = next) {
		next = (int64_t)i * 4 + (int32_t)offset_at(k, table, i);
		if (next < last)
			return false;
	}
	return true;
}

/* ---- where ---- */

static bool found(struct kallsyms *k, enum kallsyms_kind kind, unsigned int bits, uint64_t table,
		  uint64_t base_slot)
{
	k->kind = kind;
	k->bits = bits;
	k->addresses = table;
	k->base_slot = base_slot;
	k->base = base_slot ? kallsyms_long(k, base_slot, bits / 8) : 0;
	return true;
}

static bool is_relative(struct kallsyms *k, uint64_t table, uint64_t slot, unsigned int bits)
{
	if (!has_table(k, table, 4) || !kallsyms_is_gap(k, table + 4 * (uint64_t)k->count, slot))
		return false;
	if (offset_at(k, table, 0) == 0 && ascending_u32(k, table)) {
		found(k, KALLSYMS_RELATIVE, bits, table, slot);
		return offset_at(k, table, k->count - 1) <=
		       (bits == 64 ? UINT64_MAX : UINT32_MAX) - k->base;
	}
	if (bits == 64 && ascending_percpu(k, table))
		return found(k, KALLSYMS_RELATIVE_PERCPU, bits, table, slot);
	return false;
}

static uint64_t round_up(uint64_t size, unsigned int align)
{
	return (size + align - 1) & ~(uint64_t)(align - 1);
}

/* A long has 8 bytes where the alignment is 8, or is .align 8 taken as a power of two. */
static unsigned int size_of_long(const struct kallsyms *k)
{
	return k->align == 8 || k->align == 256 ? 8 : 4;
}

/* Whether the kernel is of 4.6 or later, as far as its banner tells. */
static bool since_4_6(const struct kallsyms *k)
{
	unsigned long major, minor = 0;
	struct banner banner;
	char release[32], *end;
	struct span start;

	if (!banner_find(k->kernel, &banner))
		return true;
	start = span_clip(banner.release, 0, sizeof(release) - 1);
	memcpy(release, start.p, start.n);
	release[start.n] = '\0';
	major = strtoul(release, &end, 10);
	if (*end == '.')
		minor = strtoul(end + 1, NULL, 10);
	return major > 4 || (major == 4 && minor >= 6);
}

static bool has_longs(const struct kallsyms *k, uint64_t size_of_table, unsigned int size)
{
	return size_of_table <= k->num_syms && has_table(k, k->num_syms - size_of_table, size) &&
	       ascending_longs(k, k->num_syms - size_of_table, size);
}

/*
 * Up to 6.3 they stand in front of num_syms, since 4.6 with a base between. In 32 bits offsets and a base can
 * pass for addresses, and where a 0 stands in front of them, addresses of a kernel at low ones for offsets.
 */
static bool find_before(struct kallsyms *k)
{
	unsigned int size = size_of_long(k);
	uint64_t offsets = k->align + round_up(4 * (uint64_t)k->count, k->align);
	uint64_t longs = round_up(size * (uint64_t)k->count, k->align);

	if (offsets <= k->num_syms &&
	    is_relative(k, k->num_syms - offsets, k->num_syms - k->align, size * 8) &&
	    (size == 8 || !has_longs(k, longs, size) || since_4_6(k)))
		return true;
	return has_longs(k, longs, size) &&
	       found(k, KALLSYMS_ADDRESSES, size * 8, k->num_syms - longs, 0);
}

/* Since 6.4 they stand behind token_index, and seqs behind them. */
static bool find_after(struct kallsyms *k)
{
	unsigned int size = size_of_long(k);
	uint64_t table = k->token_index + 2 * KALLSYMS_TOKENS;
	uint64_t slot = table + round_up(4 * (uint64_t)k->count, k->align);
	uint64_t end = table + round_up(size * (uint64_t)k->count, k->align);

	if (kallsyms_is_permutation(k, slot + size, 3) && is_relative(k, table, slot, size * 8))
		return true;
	if (size == 4 && kallsyms_is_permutation(k, slot, 3)) {
		if (ascending_u32(k, table))
			return found(k, KALLSYMS_ADDRESSES_32, 32, table, 0);
		if (ascending_pc_relative(k, table))
			return found(k, KALLSYMS_PC_RELATIVE, 64, table, 0);
	}
	if (size == 8 && kallsyms_is_permutation(k, end, 3) && ascending_longs(k, table, size))
		return found(k, KALLSYMS_ADDRESSES, 64, table, 0);
	return false;
}

bool kallsyms_find_addresses(struct kallsyms *k)
{
	return find_after(k) || find_before(k); /* the seqs behind them leave no doubt */
}

uint64_t kallsyms_address(const struct kallsyms *k, uint32_t i)
{
	uint64_t address;
	int32_t offset;

	if (k->kind == KALLSYMS_ADDRESSES)
		return long_at(k, k->addresses, k->bits / 8, i);
	offset = offset_at(k, k->addresses, i);
	switch (k->kind) {
	case KALLSYMS_RELATIVE:
		address = k->base + (uint32_t)offset;
		break;
	case KALLSYMS_RELATIVE_PERCPU:
		address = offset >= 0 ? (uint64_t)offset : k->base - 1 - (int64_t)offset;
		break;
	case KALLSYMS_PC_RELATIVE:
		address = k->base + 4 * (uint64_t)i + (int64_t)offset;
		break;
	default:
		return (uint32_t)offset;
	}
	return k->bits == 32 ? (uint32_t)address : address;
}
