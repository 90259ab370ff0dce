/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CMD_SYM_QUERY_H
#define CMD_SYM_QUERY_H

#include "base/span.h"
#include "kimg/symbol.h"

/*
 * sym_query.c: what people ask about symbols, and what the tables answer:
 *
 *   vfs_write                  a name
 *   vfs_*                      a pattern
 *   ffffffff81446718           an address, with or without 0x, or as in [<ffffffff81446718>]
 *   vfs_write+0xf8             a place in a symbol; also ADDRESS+OFFSET
 *   vfs_write+0xf8/0x400       in the one of that size, as oopses have it
 *   kc_read+0x1d/0x6bf [kcrash], kcrash:kc_read+0x1d    in that module
 */
struct sym_tables {
	struct kimg_symbols **all;
	size_t count;
};

struct sym_match {
	struct kimg_symbols *table;
	const struct kimg_symbol *symbol;
	uint64_t address; /* that was asked for: of the symbol, or inside of it */
	uint64_t extent;  /* kimg_symbol_extent() */
};

enum sym_problem {
	SYM_FINE,
	SYM_NOT_FOUND,
	SYM_OTHER_SIZE, /* the symbols of that name are not of that size */
	SYM_BEYOND,     /* the offset is larger than the symbol */
	SYM_NO_MEMORY,
};

/* Zero-initialise; kept from one query to the next, so that a million of them allocate nothing. */
struct sym_answer {
	enum sym_problem problem;
	struct sym_match *matches;
	size_t count;
	size_t room;
};

/* all: every symbol of an address, and those whose plain name alone is the one that was asked for. */
void sym_ask(const struct sym_tables *tables, struct span query, bool all,
	     struct sym_answer *answer);

/*
 * Whether query can only mean an address: where it starts with 0x, or has the 16 digits of one, which is no
 * name that anybody gave to a symbol.
 */
bool sym_is_address(struct span query, uint64_t *ret_address);

void sym_answer_done(struct sym_answer *answer);

#define cleanup_sym_answer cleanup(sym_answer_done)

#endif
