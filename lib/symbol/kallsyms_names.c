/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Finding markers, names and num_syms, which stand in front of token_table. A table of markers is a zero
 * followed by numbers that ascend; whether it is the one is told by the names, which must start 256 at a
 * time where it says, and end where it begins.
 */
#include <stdlib.h>

#include "symbol/kallsyms.h"

enum {
	NAMES_PER_MARKER = 256,
	CODES_MIN = 2, /* a length and one code */
	CODES_MAX = 2 + KALLSYMS_NAME_MAX,
	MARKER_STEP_MIN = NAMES_PER_MARKER * CODES_MIN,
	MARKER_STEP_MAX = NAMES_PER_MARKER * CODES_MAX,
	ALIGN_MAX = 256,
};

static uint64_t marker(const struct kallsyms *k, uint32_t i)
{
	return kallsyms_long(k, k->markers + (uint64_t)i * k->marker_size, k->marker_size);
}

/* How many numbers at k->markers could be markers; they end before token_table. */
static uint32_t count_markers(const struct kallsyms *k)
{
	uint64_t most = (k->token_table - k->markers) / k->marker_size, last = 0, next;
	uint32_t count = 1;

	for (; count < most; count++) {
		next = marker(k, count);
		if (next < last + MARKER_STEP_MIN || next > last + MARKER_STEP_MAX)
			break;
		last = next;
	}
	return count;
}

/* ---- names ---- */

/* Whether k->names are k->count names that the markers fit, with lengths of that form. */
static bool names_fit(struct kallsyms *k, bool two_byte_lengths)
{
	uint64_t at = k->names;
	struct span codes;

	k->two_byte_lengths = two_byte_lengths;
	for (uint32_t i = 0; i < k->count; i++) {
		if (i % NAMES_PER_MARKER == 0 &&
		    (at - k->names != marker(k, i / NAMES_PER_MARKER) ||
		     !kallsyms_spend(k, NAMES_PER_MARKER)))
			return false;
		if (!kallsyms_next_name(k, &at, k->markers, &codes) || codes.n == 0 ||
		    codes.n > KALLSYMS_NAME_MAX)
			return false;
	}
	k->names_end = at;
	return k->markers - at < k->align && kallsyms_is_gap(k, at, k->markers);
}

/* ---- seqs ---- */

static uint32_t seq_at(const struct kallsyms *k, const uint8_t *p, unsigned int size)
{
	if (size == 4)
		return k->big_endian ? get_be32(p) : get_le32(p);
	return p[0] << 16 | p[1] << 8 | p[2];
}

bool kallsyms_is_permutation(const struct kallsyms *k, uint64_t seqs, unsigned int size)
{
	cleanup_free uint8_t *seen = NULL;
	struct span s;

	if (!span_sub(k->kernel, seqs, (uint64_t)k->count * size, &s))
		return false;
	seen = calloc(k->count / 8 + 1, 1);
	if (!seen)
		return false;
	for (const uint8_t *p = s.p; p < s.p + s.n; p += size) {
		uint32_t seq = seq_at(k, p, size);

		if (seq >= k->count || seen[seq / 8] & 1 << seq % 8)
			return false;
		seen[seq / 8] |= 1 << seq % 8;
	}
	return true;
}

/* Whether token_table, or seqs and then token_table, follows the markers. */
static bool tail_fits(struct kallsyms *k)
{
	uint64_t end = k->markers + (uint64_t)k->marker_count * k->marker_size;
	uint64_t seqs = kallsyms_align_up(k, end, k->align);

	if (seqs == k->token_table)
		return kallsyms_is_gap(k, end, k->token_table);
	for (unsigned int size = 3; size <= 4; size++) {
		end = seqs + (uint64_t)k->count * size;
		if (kallsyms_align_up(k, end, k->align) == k->token_table)
			return kallsyms_is_gap(k, end, k->token_table) &&
			       kallsyms_is_permutation(k, seqs, size);
	}
	return false;
}

/* ---- num_syms ---- */

/* num_syms is there, and the names stand at the next multiple of align. */
static bool try_names(struct kallsyms *k, uint64_t num_syms, unsigned int align)
{
	unsigned int size = k->marker_size; /* long became u32 for both at once */

	k->num_syms = num_syms;
	k->align = align;
	k->names = num_syms + align;
	if (!kallsyms_is_gap(k, num_syms + size, k->names))
		return false;
	return (names_fit(k, true) || names_fit(k, false)) && tail_fits(k);
}

/* Tries each place where a count stands that the number of markers allows. */
static bool find_num_syms(struct kallsyms *k)
{
	static const unsigned int aligns[] = { 4, 8, 16, 256 };
	uint64_t most = (uint64_t)k->marker_count * NAMES_PER_MARKER;
	uint64_t last = marker(k, k->marker_count - 1);
	uint64_t nearest = (4 + last + CODES_MIN + 3) & ~3ULL;
	uint64_t farthest = nearest + MARKER_STEP_MAX + 2 * ALIGN_MAX;

	for (uint64_t back = nearest; back <= farthest && back <= k->markers; back += 4) {
		uint64_t at = k->markers - back;
		uint64_t count = kallsyms_long(k, at, k->marker_size);

		if (count <= most && count > most - NAMES_PER_MARKER && count <= UINT32_MAX) {
			k->count = count;
			for (size_t i = 0; i < ARRAY_SIZE(aligns); i++)
				if (aligns[i] >= k->marker_size && try_names(k, at, aligns[i]))
					return true;
		}
		if (!kallsyms_spend(k, 1))
			return false;
	}
	return false;
}

/* ---- markers ---- */

/*
 * How many markers there are, k->marker_count at most, is told by the distance to token_table: seqs may go on
 * as markers would.
 */
static bool try_markers(struct kallsyms *k, uint64_t at, unsigned int size)
{
	uint64_t distance = k->token_table - at;
	uint32_t most;

	k->markers = at;
	k->marker_size = size;
	k->marker_count = most = count_markers(k);
	if (most < 2 || !kallsyms_spend(k, most))
		return false;
	if (distance - (uint64_t)most * size < ALIGN_MAX && find_num_syms(k))
		return true;
	for (unsigned int seq_size = 3; seq_size <= 4; seq_size++) {
		uint32_t step = size + NAMES_PER_MARKER * seq_size;
		uint64_t low = distance < 2 * ALIGN_MAX ? 0 : (distance - 2 * ALIGN_MAX) / step;

		for (uint64_t count = low; count <= distance / step + 1 && count <= most; count++) {
			k->marker_count = count;
			if (count > 1 && find_num_syms(k))
				return true;
		}
	}
	return false;
}

bool kallsyms_find_names(struct kallsyms *k)
{
	for (uint64_t at = k->token_table; at >= 4;) {
		at -= 4;
		if (!kallsyms_spend(k, 1))
			return false;
		if (kallsyms_u32(k, at) != 0)
			continue;
		if (kallsyms_u32(k, at + 4) != 0 ? try_markers(k, at, 4) : try_markers(k, at, 8))
			return true;
	}
	return false;
}
