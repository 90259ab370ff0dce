/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SYMBOL_ELF_WANTED_H
#define SYMBOL_ELF_WANTED_H

#include "kimg/symbol.h"
#include "symbol/elf_symtab.h"

/*
 * Which symbols of an ELF file are needed to tell where those of a few names are, and where each of these ends:
 * what stands at their addresses, and at the next higher one.
 */
struct elf_wanted {
	uint64_t *addresses; /* ascending */
	uint64_t *next;      /* of each, the next higher address that something stands at */
	size_t n;
	uint8_t hashes[1 << 13]; /* a bit for each of both, by a hash */
};

/*
 * visible tells whether a symbol counts. *ret_few is false where the names have so many symbols that all of the
 * table is as good. KIMG_E_NOMEM.
 */
struct kimg_error *elf_wanted_find(const struct elf_symtab *symtab,
				   const struct kimg_symbols_options *options,
				   bool (*visible)(void *context, const struct elf_symbol *symbol),
				   void *context, struct elf_wanted *ret_wanted,
				   bool *ret_few) must_check;

/* Whether a symbol of that value may be needed; few others may be, too. */
static inline bool elf_wanted_has(const struct elf_wanted *wanted, uint64_t value)
{
	/* the lowest bit may be none of the address, see elf_symbol_address() */
	uint32_t hash = (value >> 1) * 0x9e3779b97f4a7c15 >> 48;

	return wanted->hashes[hash / 8] >> hash % 8 & 1;
}

void elf_wanted_done(struct elf_wanted *wanted);

#endif
