/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SYMBOL_SYMBOLS_H
#define SYMBOL_SYMBOLS_H

#include "base/arena.h"
#include "base/error.h"
#include "base/span.h"
#include "io/blob.h"
#include "kernel/facts.h"
#include "kimg/symbol.h"

/*
 * How readers build a table: symbols_new(), symbols_add() for each symbol, symbols_finish(). Names are not
 * copied: they are views of bytes that the table owns (symbols_own_blob(), symbols_own_memory()), or that
 * outlive it.
 */

struct symbols_section {
	const char *name;
	uint64_t address;
	uint64_t size; /* 0: not known */
};

/* A symbol in the chain of those whose names, or plain names, have one hash. */
struct symbols_link {
	uint32_t next;
	uint32_t hash; /* the half that does not choose the chain */
};

struct symbols_index {
	uint32_t *heads;
	struct symbols_link *links; /* of each symbol; unset for those that are in no chain */
};

struct kimg_symbols {
	enum kimg_symbols_source source;
	uint8_t bits;
	bool sign_extended; /* of 32 bits, and nm(1) prints the upper half of the addresses as if of 64 */
	bool selected; /* symbols that were not wanted are left out */
	bool has_base;
	uint64_t base; /* of a raw image: the virtual address of its first byte */
	struct kimg_symbol *all;
	size_t n;
	size_t room;
	bool unsorted; /* one was added below the address of the one before it */

	struct symbols_section *sections; /* [0] stands for none */
	size_t section_count;
	const char **modules; /* [0] stands for the kernel */
	size_t module_count;

	struct span names;   /* of an ELF file: what all names stand in */
	const char *banner;  /* NULL where the source does not tell */
	const char *release; /* out of it */

	const struct kimg_note *notes;
	struct kimg_note *last_note;

	/* lookup.c: the addresses that something stands at, ascending, and the symbol that is the answer at each */
	uint64_t *places;
	uint32_t *answers;
	size_t place_count;
	uint64_t *steps;
	size_t step_count;

	/*
	 * lookup.c: chains of symbols by address: of all, by their names, and of those whose plain name is another
	 * one, by that. In one alone a lookup of either would walk over all copies of a function.
	 */
	struct symbols_index by_name, by_plain_name;
	uint64_t hash_mask, hash_seed;
	unsigned int scans; /* lookups of names that went without */

	struct arena arena;
	struct symbols_owned *owned;
	struct span
		file; /* the whole file that it was read from, decoded; empty where that is an image's */
	struct kimg_image *image; /* freed with the table; NULL where it is somebody else's */
};

struct kimg_error *symbols_new(enum kimg_symbols_source source,
			       struct kimg_symbols **ret_symbols) must_check;

/* Room for that many symbols at once. A count from the input must be held against its bytes first. */
struct kimg_error *symbols_reserve(struct kimg_symbols *symbols, size_t count) must_check;

/* KIMG_E_LIMIT past 2^31 symbols. */
struct kimg_error *symbols_add(struct kimg_symbols *symbols,
			       const struct kimg_symbol *symbol) must_check;

/* The longest name that fits a symbol. Readers drop longer ones, with a note. */
#define SYMBOL_NAME_MAX UINT16_MAX

/* A section or module gets a number from 1 on; 0 past 65534 of them. The name is copied. */
struct kimg_error *symbols_add_section(struct kimg_symbols *symbols, struct span name,
				       uint64_t address, uint64_t size,
				       uint16_t *ret_index) must_check;
struct kimg_error *symbols_add_module(struct kimg_symbols *symbols, struct span name,
				      uint16_t *ret_index) must_check;

/* Adds a note; where memory is short, none. */
void symbols_note(struct kimg_symbols *symbols, bool bad, const char *format, ...)
	printf_like(3, 4);

/* Of the kernel that the symbols are of; copied. */
struct kimg_error *symbols_set_banner(struct kimg_symbols *symbols,
				      const struct banner *banner) must_check;

/* The table takes the bytes over and releases them when it is freed; blob is empty afterwards. */
struct kimg_error *symbols_own_blob(struct kimg_symbols *symbols, struct blob *blob) must_check;

/*
 * Whether the file at path is a vmlinux with a table of symbols, of which kimg_symbols_open() can read those alone
 * that are asked for.
 */
bool symbols_can_be_selected(const char *path, const struct kimg_limits *limits);

/*
 * Memory that lives as long as the table, for names that stand nowhere as they are. NULL where there is no
 * memory.
 */
void *symbols_alloc(struct kimg_symbols *symbols, size_t size) must_check;

/*
 * Sorts by address, keeping the order of equal ones. shift is added to all that moves with the kernel: neither
 * what is absolute (type A or a), nor what is in the lower half of the address space while the kernel is in
 * the upper one. bits must be set before.
 */
struct kimg_error *symbols_finish(struct kimg_symbols *symbols, uint64_t shift) must_check;

static inline void symbols_index_done(struct symbols_index *index)
{
	free(index->heads);
	free(index->links);
	*index = (struct symbols_index){ 0 };
}

static inline void symbols_free_pointer(struct kimg_symbols **symbols)
{
	kimg_symbols_free(*symbols);
}

#define cleanup_symbols cleanup(symbols_free_pointer)

static inline struct span symbol_name(const struct kimg_symbol *symbol)
{
	return span_of(symbol->name, symbol->name_size);
}

/* Absolute symbols are values, not places. */
static inline bool symbol_is_absolute(const struct kimg_symbol *symbol)
{
	return symbol->type == 'A' || symbol->type == 'a';
}

/* name without the suffixes that compilers add to the copies and pieces of a function. */
struct span symbol_plain_name(struct span name);

/*
 * Whether a name is for linkers and assemblers alone: a mapping symbol ($a, $d, $t, $x, $xrv64...) or a local
 * label (.L, L0 followed by \001 ...).
 */
bool symbol_name_is_internal(struct span name);

#endif
