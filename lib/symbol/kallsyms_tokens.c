/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Finding token_table and token_index. The codes of characters that occur in names stand for themselves
 * (scripts/kallsyms.c, insert_real_symbols_in_table()), and every kernel has names with all ten digits,
 * so the texts of the codes 48 to 57 are "0" to "9". All 256 entries of the index must agree with the
 * table, so nothing else passes for one.
 */
#include "symbol/kallsyms.h"

/* Starts where the text of code '0' does. */
static const char digits[] = "0\0001\0002\0003\0004\0005\0006\0007\0008\0009";

enum {
	INDEX_SIZE = 2 * KALLSYMS_TOKENS,
	TABLE_MAX = 1 << 16,
	CHANCE_MAX = 64, /* entries of an index that may fit by chance */
};

static unsigned int index_entry(const struct kallsyms *k, uint64_t index, unsigned int code)
{
	const uint8_t *p = k->kernel.p + index + 2 * code;

	return k->big_endian ? get_be16(p) : get_le16(p);
}

/* The end of the texts that start with that of '0', the last one's NUL included; 0 where there is none. */
static uint64_t table_end(const struct kallsyms *k, uint64_t at)
{
	uint64_t end = at + TABLE_MAX < k->kernel.n ? at + TABLE_MAX : k->kernel.n;

	for (unsigned int code = '0'; code < KALLSYMS_TOKENS; code++) {
		const uint8_t *nul = memchr(k->kernel.p + at, 0, end - at);

		if (!nul)
			return 0;
		at = nul + 1 - k->kernel.p;
	}
	return at;
}

/*
 * How many entries of the token_index at index fit, from the first on, for a table whose text of '0' stands at
 * zero.
 */
static unsigned int count_fitting(struct kallsyms *k, uint64_t index, uint64_t zero, uint64_t end)
{
	uint64_t at, table = zero - index_entry(k, index, '0');
	unsigned int code = 0;

	k->token_table = table;
	k->token_index = index;
	for (at = table; code < KALLSYMS_TOKENS; code++) {
		const uint8_t *nul;

		if (at >= end || index_entry(k, index, code) != at - table)
			return code;
		nul = memchr(k->kernel.p + at, 0, end - at);
		if (!nul)
			return code;
		k->tokens[code] = span_of(k->kernel.p + at, nul - (k->kernel.p + at));
		at = nul + 1 - k->kernel.p;
	}
	return at == end ? code : code - 1;
}

static bool index_fits(struct kallsyms *k, uint64_t index, uint64_t zero, uint64_t end)
{
	unsigned int fitting;

	if (index < end || index > k->kernel.n || k->kernel.n - index < INDEX_SIZE ||
	    index_entry(k, index, '0') > zero)
		return false;
	fitting = count_fitting(k, index, zero, end);
	if (fitting < KALLSYMS_TOKENS && fitting > CHANCE_MAX)
		k->contradiction = index + 2 * fitting;
	return fitting == KALLSYMS_TOKENS;
}

/*
 * The first entry of the index is 0 and the second is not, and there is nothing but zeros before them, so
 * the first byte that is not zero tells where the index starts but for one byte.
 */
static bool find_index(struct kallsyms *k, uint64_t zero, uint64_t end)
{
	uint64_t at = end;

	while (at < k->kernel.n && at - end < 256 + 3 && k->kernel.p[at] == 0)
		at++;
	for (unsigned int back = 2; back <= 3; back++) {
		if (at < back)
			continue;
		for (int big_endian = 0; big_endian <= 1; big_endian++) {
			k->big_endian = big_endian;
			if (index_fits(k, at - back, zero, end))
				return true;
		}
	}
	return false;
}

bool kallsyms_next_tokens(struct kallsyms *k, size_t *from)
{
	size_t zero;
	uint64_t end;

	while (span_find(k->kernel, *from, span_of(digits, sizeof(digits)), &zero)) {
		*from = zero + sizeof(digits);
		if (!kallsyms_spend(k, KALLSYMS_TOKENS))
			return false;
		end = table_end(k, zero);
		if (end && find_index(k, zero, end)) {
			*from = k->token_index + INDEX_SIZE;
			return true;
		}
	}
	return false;
}
