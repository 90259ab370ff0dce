/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The few symbols that some names need, by a few quick walks over all of a table. */
#include "symbol/elf_wanted.h"

#include <stdlib.h>

#include "symbol/blocks.h"
#include "symbol/symbols.h"

enum {
	NAMES_MAX = 128,
	ADDRESSES_MAX = 4096,
	START_BITS = 16,
};

/* Starts of names that are wanted, also hashed: most symbols are told apart by these alone. */
struct starts {
	uint8_t bits[(1 << START_BITS) / 8];
	uint32_t each[NAMES_MAX];
};

/* The first three bytes, the first one lowest. */
static uint32_t start_of(const void *name)
{
	const uint8_t *p = name;

	return p[0] | p[1] << 8 | (uint32_t)p[2] << 16;
}

static uint32_t hash_start(uint32_t start)
{
	return start * 2654435761u >> (32 - START_BITS);
}

/* False where a name is too short to have a start, or there are too many. */
static bool fill_starts(struct starts *starts, const struct kimg_symbols_options *options)
{
	if (options->name_count > NAMES_MAX)
		return false;
	for (size_t i = 0; i < options->name_count; i++) {
		uint32_t hash;

		if (strlen(options->names[i]) < 3)
			return false;
		starts->each[i] = start_of(options->names[i]);
		hash = hash_start(starts->each[i]);
		starts->bits[hash / 8] |= 1 << hash % 8;
	}
	return true;
}

static bool may_be_wanted(const struct starts *starts, uint32_t start)
{
	uint32_t hash = hash_start(start);

	return starts->bits[hash / 8] >> hash % 8 & 1;
}

/* The name itself, or that with suffixes of compilers. */
static bool has_name(struct span symbol, const char *name)
{
	size_t n = strlen(name);

	return symbol.n >= n && memcmp(symbol.p, name, n) == 0 &&
	       (symbol.n == n || symbol.p[n] == '.');
}

static bool is_wanted(const struct starts *starts, const struct kimg_symbols_options *options,
		      struct span name)
{
	uint32_t start = name.n >= 3 ? start_of(name.p) : 0;

	for (size_t i = 0; i < options->name_count; i++)
		if (starts->each[i] == start && has_name(name, options->names[i]))
			return true;
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

/* Takes an entry that may have one of the names. False where there are too many. */
static bool take_named(const struct filter *filter, const struct starts *starts, size_t i,
		       struct elf_wanted *wanted)
{
	struct elf_symbol symbol;

	if (!elf_symtab_at(filter->symtab, i, &symbol) ||
	    !is_wanted(starts, filter->options, symbol.name) ||
	    !filter->visible(filter->context, &symbol))
		return true;
	if (wanted->n == ADDRESSES_MAX)
		return false;
	wanted->addresses[wanted->n++] = elf_symbol_address(filter->symtab->elf, &symbol);
	return true;
}

/* Where the symbols of the names are. False where there are too many. */
static bool find_addresses(const struct filter *filter, const struct starts *wanted_starts,
			   struct elf_wanted *wanted)
{
	uint32_t starts[ELF_SYMTAB_STEP];
	size_t n;

	for (size_t at = 1; (n = elf_symtab_name_starts(filter->symtab, at, starts)) > 0; at += n)
		for (size_t i = 0; i < n; i++)
			if (may_be_wanted(wanted_starts, starts[i]) &&
			    !take_named(filter, wanted_starts, at + i, wanted))
				return false;
	return true;
}

/* ---- what follows the addresses ---- */

enum { PAGE_SHIFT = 12 };

/* Only what is nearer than the nearest one so far is looked at closely. */
static void look_closely(const struct filter *filter, size_t i, uint64_t value,
			 struct elf_wanted *wanted)
{
	uint64_t address;
	struct elf_symbol symbol;
	size_t below;

	/* the lowest bit may tell the instruction set, and is not of the address then */
	value &= ~(uint64_t)1;
	below = count_up_to(wanted, value);
	if (below == 0 || value >= wanted->next[below - 1])
		return;
	elf_symtab_at(filter->symtab, i, &symbol);
	address = elf_symbol_address(filter->symtab->elf, &symbol);
	below = count_up_to(wanted, address - 1);
	if (address && below && address < wanted->next[below - 1] &&
	    filter->visible(filter->context, &symbol))
		wanted->next[below - 1] = address;
}

static void find_near(const struct filter *filter, struct elf_wanted *wanted)
{
	uint64_t values[ELF_SYMTAB_STEP];
	/* what follows an address mostly is in its page or the one after that */
	struct blocks pages = { .shift = PAGE_SHIFT };
	size_t n;

	for (size_t i = 0; i < wanted->n; i++)
		for (int away = 0; away <= 1; away++)
			blocks_add(&pages, wanted->addresses[i], away);
	for (size_t at = 1; (n = elf_symtab_values(filter->symtab, at, values)) > 0; at += n)
		for (size_t i = 0; i < n; i++)
			if (blocks_have(&pages, values[i]))
				look_closely(filter, at + i, values[i], wanted);
}

/* Whether what follows address was found, so that nothing nearer can be elsewhere. */
static bool is_settled(uint64_t address, uint64_t next)
{
	return (next >> PAGE_SHIFT) - (address >> PAGE_SHIFT) < 2;
}

/* What follows an address that nothing is near after, as at the ends of sections: all that is higher counts. */
static void find_far(const struct filter *filter, struct elf_wanted *wanted)
{
	uint64_t values[ELF_SYMTAB_STEP];
	size_t first = 0, n;

	while (first < wanted->n && is_settled(wanted->addresses[first], wanted->next[first]))
		first++;
	if (first == wanted->n)
		return;
	for (size_t at = 1; (n = elf_symtab_values(filter->symtab, at, values)) > 0; at += n)
		for (size_t i = 0; i < n; i++)
			if (values[i] >= wanted->addresses[first])
				look_closely(filter, at + i, values[i], wanted);
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
	if (!fill_starts(&starts, options))
		return NULL;
	ret_wanted->addresses = calloc(ADDRESSES_MAX, sizeof(uint64_t));
	ret_wanted->next = calloc(ADDRESSES_MAX, sizeof(uint64_t));
	if (!ret_wanted->addresses || !ret_wanted->next)
		return error_nomem();
	if (!find_addresses(&filter, &starts, ret_wanted))
		return NULL;
	sort_addresses(ret_wanted);
	find_near(&filter, ret_wanted);
	find_far(&filter, ret_wanted);
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
