/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The few symbols that some names need, by three quick walks over all of a table. */
#include "symbol/elf_wanted.h"

#include <stdlib.h>

#include "symbol/symbols.h"

enum {
	NAMES_MAX = 128,
	ADDRESSES_MAX = 4096,
	START_BITS = 16,
};

/* Starts of names that are wanted, hashed: most symbols are told apart by these alone. */
struct starts {
	uint8_t bits[(1 << START_BITS) / 8];
};

static uint32_t hash_start(const uint8_t start[3])
{
	uint32_t word = start[0] | start[1] << 8 | (uint32_t)start[2] << 16;

	return word * 2654435761u >> (32 - START_BITS);
}

/* False where a name is too short to have a start. */
static bool fill_starts(struct starts *starts, const struct kimg_symbols_options *options)
{
	for (size_t i = 0; i < options->name_count; i++) {
		const char *name = options->names[i];
		uint32_t hash;

		if (strlen(name) < 3)
			return false;
		hash = hash_start((const uint8_t *)name);
		starts->bits[hash / 8] |= 1 << hash % 8;
	}
	return true;
}

static bool may_be_wanted(const struct starts *starts, const struct elf_symtab *symtab, size_t i)
{
	uint8_t start[3];
	uint32_t hash;

	if (!elf_symtab_name_start(symtab, i, start))
		return false;
	hash = hash_start(start);
	return starts->bits[hash / 8] >> hash % 8 & 1;
}

/* The name itself, or that with suffixes of compilers. */
static bool is_wanted(const struct kimg_symbols_options *options, struct span name)
{
	for (size_t i = 0; i < options->name_count; i++) {
		size_t n = strlen(options->names[i]);

		if (name.n >= n && memcmp(name.p, options->names[i], n) == 0 &&
		    (name.n == n || name.p[n] == '.'))
			return true;
	}
	return false;
}

static int compare(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

/* How many of the addresses are at most address. */
static size_t count_up_to(const struct elf_wanted *wanted, uint64_t address)
{
	size_t low = 0, high = wanted->n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (wanted->addresses[middle] <= address)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static void sort_addresses(struct elf_wanted *wanted)
{
	size_t n = 0;

	if (wanted->n)
		qsort(wanted->addresses, wanted->n, sizeof(*wanted->addresses), compare);
	for (size_t i = 0; i < wanted->n; i++)
		if (n == 0 || wanted->addresses[n - 1] != wanted->addresses[i])
			wanted->addresses[n++] = wanted->addresses[i];
	wanted->n = n;
	for (size_t i = 0; i < n; i++)
		wanted->next[i] = UINT64_MAX;
}

/* What decides which symbols count. */
struct filter {
	const struct elf_symtab *symtab;
	const struct kimg_symbols_options *options;
	bool (*visible)(void *context, const struct elf_symbol *symbol);
	void *context;
};

/* Where the symbols of the names are. False where there are too many. */
static bool find_addresses(const struct filter *filter, const struct starts *starts,
			   struct elf_wanted *wanted)
{
	const struct elf_symtab *symtab = filter->symtab;
	struct elf_symbol symbol;

	for (size_t i = 1; i < symtab->count; i++) {
		if (!may_be_wanted(starts, symtab, i) || !elf_symtab_at(symtab, i, &symbol) ||
		    !is_wanted(filter->options, symbol.name) ||
		    !filter->visible(filter->context, &symbol))
			continue;
		if (wanted->n == ADDRESSES_MAX)
			return false;
		wanted->addresses[wanted->n++] = elf_symbol_address(symtab->elf, &symbol);
	}
	return true;
}

/* Only what is nearer than the nearest one so far is looked at closely. */
static void find_next(const struct filter *filter, struct elf_wanted *wanted)
{
	const struct elf_symtab *symtab = filter->symtab;
	struct elf_symbol symbol;

	for (size_t i = 1; i < symtab->count; i++) {
		/* the lowest bit may tell the instruction set, and is not of the address then */
		uint64_t value = elf_symtab_value(symtab, i) | 1, address;
		size_t below = count_up_to(wanted, value - 1);

		if (below == 0 || (value & ~(uint64_t)1) >= wanted->next[below - 1])
			continue;
		elf_symtab_at(symtab, i, &symbol);
		address = elf_symbol_address(symtab->elf, &symbol);
		below = count_up_to(wanted, address - 1);
		if (address && below && address < wanted->next[below - 1] &&
		    filter->visible(filter->context, &symbol))
			wanted->next[below - 1] = address;
	}
}

static void add_hash(struct elf_wanted *wanted, uint64_t address)
{
	uint32_t hash = (address >> 1) * 0x9e3779b97f4a7c15 >> 48;

	wanted->hashes[hash / 8] |= 1 << hash % 8;
}

struct kimg_error *elf_wanted_find(const struct elf_symtab *symtab,
				   const struct kimg_symbols_options *options,
				   bool (*visible)(void *context, const struct elf_symbol *symbol),
				   void *context, struct elf_wanted *ret_wanted, bool *ret_few)
{
	const struct filter filter = { symtab, options, visible, context };
	struct starts starts = { 0 };

	*ret_few = false;
	if (options->name_count > NAMES_MAX || !fill_starts(&starts, options))
		return NULL;
	ret_wanted->addresses = calloc(ADDRESSES_MAX, sizeof(uint64_t));
	ret_wanted->next = calloc(ADDRESSES_MAX, sizeof(uint64_t));
	if (!ret_wanted->addresses || !ret_wanted->next)
		return error_nomem();
	if (!find_addresses(&filter, &starts, ret_wanted))
		return NULL;
	sort_addresses(ret_wanted);
	find_next(&filter, ret_wanted);
	for (size_t i = 0; i < ret_wanted->n; i++) {
		add_hash(ret_wanted, ret_wanted->addresses[i]);
		add_hash(ret_wanted, ret_wanted->next[i]);
	}
	*ret_few = true;
	return NULL;
}

void elf_wanted_done(struct elf_wanted *wanted)
{
	free(wanted->addresses);
	free(wanted->next);
	*wanted = (struct elf_wanted){ 0 };
}
