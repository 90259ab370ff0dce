/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SYMBOL_KALLSYMS_H
#define SYMBOL_KALLSYMS_H

#include "base/error.h"
#include "base/span.h"
#include "format/elf.h"
#include "symbol/symbols.h"

/*
 * The tables in which a kernel carries its own symbols (kernel/kallsyms.c), made by scripts/kallsyms.c as
 * the kernel is linked. Each starts at a multiple of the same alignment, zeros before it:
 *
 *	to 6.3            since 6.4         of
 *	addresses (1)                       2.6.10 to 4.5, ia64 longer
 *	offsets, base (1)                   4.6 on
 *	num_syms          num_syms
 *	names             names
 *	markers           markers
 *	seqs (2)                            6.1.y, 6.2, 6.3
 *	token_table       token_table
 *	token_index       token_index
 *	                  offsets           or addresses, on ia64
 *	                  base              to 6.19
 *	                  seqs
 *
 *	addresses    long each: the address itself
 *	offsets      u32 each: what makes the address, see enum kallsyms_kind
 *	base         long: the lowest address of all
 *	num_syms     u32 (long before 4.20): how many symbols there are
 *	names        for each symbol the number of its codes, one byte, or from 6.1 on ULEB128 of up to
 *	             two; the codes, a byte each. A code stands for the text in token_table. The first
 *	             character of the text is the type of the symbol, as nm(1) has it.
 *	markers      u32 each (long before 4.20): where in names each 256th symbol starts
 *	token_table  256 texts, each with a NUL
 *	token_index  u16 each: where in token_table each of them starts
 *	seqs         3 bytes each, high byte first (4 bytes in the first of 6.2): the numbers of the
 *	             symbols, sorted by name
 *
 * Alignment is that of a long; 4 from 7.0 on. Before 4.20 it was written as .align, which on some
 * machines counts in powers of two: 16 and 256 then.
 *
 * (1) in this place; (2) only in this place
 */

enum kallsyms_kind {
	KALLSYMS_ADDRESSES,       /* addresses, a long each */
	KALLSYMS_RELATIVE,        /* base + offset */
	KALLSYMS_RELATIVE_PERCPU, /* offset, if that is not negative; else base - 1 - offset */
	KALLSYMS_PC_RELATIVE,     /* 7.0: where the offset stands + offset */
	KALLSYMS_ADDRESSES_32,    /* 7.0: addresses, 32 bits each */
};

enum {
	KALLSYMS_TOKENS = 256,
	KALLSYMS_NAME_MAX = 2048, /* with the type; KSYM_NAME_LEN is 128, from 6.1 on 512 */
};

/* All places count from the start of the kernel. */
struct kallsyms {
	struct span kernel;
	bool is_elf;
	struct elf elf;
	/* How many bytes, words or names may still be looked at: what the input is allowed to cost. */
	uint64_t budget;
	/* Where what must be kallsyms contradicts itself; 0: nowhere. */
	uint64_t contradiction;

	bool big_endian;
	uint64_t token_table, token_index;
	struct span tokens[KALLSYMS_TOKENS];

	uint32_t count; /* of symbols */
	uint64_t num_syms;
	uint64_t names, names_end;
	bool two_byte_lengths;
	uint64_t markers;
	uint32_t marker_count, marker_size;
	unsigned int align;

	enum kallsyms_kind kind;
	unsigned int bits;
	uint64_t addresses; /* or offsets */
	uint64_t base_slot; /* where base stands; 0: nowhere */
	uint64_t base;      /* as it is to be used */
	bool assumed;       /* nothing in the kernel tells base */
	size_t votes;       /* of pointers, for base */
};

static inline uint32_t kallsyms_u32(const struct kallsyms *k, uint64_t at)
{
	return k->big_endian ? span_be32(k->kernel, at) : span_le32(k->kernel, at);
}

static inline uint64_t kallsyms_u64(const struct kallsyms *k, uint64_t at)
{
	return k->big_endian ? span_be64(k->kernel, at) : span_le64(k->kernel, at);
}

/* A long of size bytes, 4 or 8. */
static inline uint64_t kallsyms_long(const struct kallsyms *k, uint64_t at, unsigned int size)
{
	return size == 8 ? kallsyms_u64(k, at) : kallsyms_u32(k, at);
}

/* offset + alignment, rounded so that it lies as token_table does. */
static inline uint64_t kallsyms_align_up(const struct kallsyms *k, uint64_t at, unsigned int align)
{
	return at + ((k->token_table - at) & (align - 1));
}

/* Whether there are only zeros from one place to another, which is not before it. */
static inline bool kallsyms_is_gap(const struct kallsyms *k, uint64_t from, uint64_t to)
{
	struct span gap;

	return from <= to && span_sub(k->kernel, from, to - from, &gap) && span_filled(gap, 0);
}

/* Takes cost out of the budget; false where that is used up. */
static inline bool kallsyms_spend(struct kallsyms *k, uint64_t cost)
{
	if (k->budget < cost)
		k->budget = 0;
	else
		k->budget -= cost;
	return k->budget > 0;
}

/*
 * tokens: the next token_table at or after *from, with its index. *from is moved behind it. What nearly is
 * one becomes k->contradiction.
 */
bool kallsyms_next_tokens(struct kallsyms *k, size_t *from);

/* names: markers, names and num_syms that belong to token_table. */
bool kallsyms_find_names(struct kallsyms *k);

/* Whether seqs of so many bytes each are all the numbers of symbols, each once. */
bool kallsyms_is_permutation(const struct kallsyms *k, uint64_t seqs, unsigned int size);

/* The codes of the name at *at, which is moved behind it. False past end. */
static inline bool kallsyms_next_name(const struct kallsyms *k, uint64_t *at, uint64_t end,
				      struct span *ret_codes)
{
	const uint8_t *p = k->kernel.p;
	uint64_t here = *at;
	uint32_t size;

	if (here >= end)
		return false;
	size = p[here++];
	if (size >= 0x80 && k->two_byte_lengths) {
		if (here >= end)
			return false;
		size = (size & 0x7f) | (uint32_t)p[here++] << 7;
	}
	if (size > end - here)
		return false;
	*ret_codes = span_of(p + here, size);
	*at = here + size;
	return true;
}

/* address: where the addresses stand, and of which kind they are. */
bool kallsyms_find_addresses(struct kallsyms *k);

/* The address of symbol i; base must be known. */
uint64_t kallsyms_address(const struct kallsyms *k, uint32_t i);

enum { KALLSYMS_POINTERS_MAX = 1 << 13 };

/* Words in the kernel that look like pointers into the 4 GiB region where most such words lead. */
struct kallsyms_pointers {
	uint64_t region; /* their upper halves */
	size_t n;
	uint32_t of[KALLSYMS_POINTERS_MAX]; /* their lower halves, each once, none of them 0 */
};

struct kallsyms_range {
	uint64_t low, high;
};

/* pointers: those of so many bits, into range. False where there are none. */
bool kallsyms_find_pointers(const struct kallsyms *k, unsigned int bits,
			    struct kallsyms_range range, struct kallsyms_pointers *pointers);

/*
 * vote: what to add to all addresses, as they are made with k->base, so that they are those that pointers of so
 * many bits in the kernel lead to, and how many do. False where these do not agree.
 */
bool kallsyms_vote(const struct kallsyms *k, unsigned int bits, uint64_t *ret_base,
		   size_t *ret_votes);

/* base: k->base, where the tables do not hold it, and the base of symbols where kernel is a raw image. */
struct kimg_error *kallsyms_find_base(struct kallsyms *k,
				      const struct kimg_symbols_options *options,
				      struct kimg_symbols *symbols) must_check;

/* image: the base of a raw image whose symbols are all known. */
void kallsyms_find_image_base(const struct kallsyms *k, struct kimg_symbols *symbols);

/* Whether this is a kernel for s390. */
bool kallsyms_is_s390(const struct kallsyms *k);

#endif
