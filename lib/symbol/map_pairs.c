/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which symbols of two tables are the same: by name, then by address. One pass over each table puts the symbols of
 * one name together, so the work is linear but for names that stand many times, whose addresses are sorted.
 */
#include <stdlib.h>

#include "base/hash.h"
#include "symbol/map_match.h"

/* KASLR moves a kernel by whole pages at least: 2 MiB on x86-64, 64 KiB on arm64, 16 KiB on s390. */
#define SHIFT_UNIT 4096

enum { MAP, KERNEL, SIDES };

/* The symbols of one name: a chain of each table, by address. */
struct group {
	uint64_t hash;
	uint32_t first[SIDES];
	uint32_t last[SIDES];
	uint32_t count[SIDES];
};

struct pairing {
	const struct kimg_symbols *tables[SIDES];
	uint32_t *next[SIDES]; /* of each symbol, the next of its name */
	struct group *groups;
	uint32_t group_count;
	uint32_t *slots; /* open addressing: number of a group, or MAP_PAIR_NONE */
	uint64_t slot_mask;
	uint64_t seed;
	uint64_t address_mask; /* the bits of an address that both tables have */
	struct candidate *scratch[SIDES];
	struct map_pairs result;
};

static void pairing_done(struct pairing *pairing)
{
	for (int side = 0; side < SIDES; side++) {
		free(pairing->next[side]);
		free(pairing->scratch[side]);
	}
	free(pairing->groups);
	free(pairing->slots);
	map_pairs_done(&pairing->result);
}

void map_pairs_done(struct map_pairs *pairs)
{
	free(pairs->others);
	pairs->others = NULL;
}

/*
 * Whether a symbol is of this kernel itself. Undefined (U, w, v), debug (N, n) and mapping symbols are not
 * places, nor are addresses that the kernel hid; what is of a module changes while the kernel runs.
 */
static bool counts(const struct kimg_symbol *symbol)
{
	switch (symbol->type) {
	case 'U':
	case 'w':
	case 'v':
	case 'N':
	case 'n':
		return false;
	}
	if (symbol->flags & KIMG_SYMBOL_HIDDEN && !symbol_is_absolute(symbol))
		return false;
	return symbol->module == 0;
}

/* ---- groups ---- */

static struct span group_name(const struct pairing *p, const struct group *group)
{
	int side = group->count[MAP] ? MAP : KERNEL;

	return symbol_name(&p->tables[side]->all[group->first[side]]);
}

/* The slot of the group of that name, or the empty one where it belongs. */
static uint32_t *find_slot(const struct pairing *p, uint64_t hash, struct span name)
{
	for (uint64_t at = hash;; at++) {
		uint32_t *slot = &p->slots[at & p->slot_mask];
		const struct group *group;

		if (*slot == MAP_PAIR_NONE)
			return slot;
		group = &p->groups[*slot];
		if (group->hash == hash && span_equal(group_name(p, group), name))
			return slot;
	}
}

static void add_to_group(struct pairing *p, struct group *group, int side, uint32_t index)
{
	p->next[side][index] = MAP_PAIR_NONE;
	if (group->count[side]++)
		p->next[side][group->last[side]] = index;
	else
		group->first[side] = index;
	group->last[side] = index;
}

static void group_map(struct pairing *p)
{
	const struct kimg_symbols *map = p->tables[MAP];

	for (uint32_t i = 0; i < map->n; i++) {
		struct span name = symbol_name(&map->all[i]);
		uint64_t hash;
		uint32_t *slot;

		if (!counts(&map->all[i]))
			continue;
		p->result.in_map++;
		hash = hash_span(p->seed, name);
		slot = find_slot(p, hash, name);
		if (*slot == MAP_PAIR_NONE) {
			*slot = p->group_count++;
			p->groups[*slot] = (struct group){ .hash = hash };
		}
		add_to_group(p, &p->groups[*slot], MAP, i);
	}
}

/* Names that the map lacks make no groups. */
static void group_kernel(struct pairing *p)
{
	const struct kimg_symbols *kernel = p->tables[KERNEL];

	for (uint32_t i = 0; i < kernel->n; i++) {
		struct span name = symbol_name(&kernel->all[i]);
		uint32_t *slot;

		if (!counts(&kernel->all[i]))
			continue;
		p->result.in_kernel++;
		slot = find_slot(p, hash_span(p->seed, name), name);
		if (*slot != MAP_PAIR_NONE)
			add_to_group(p, &p->groups[*slot], KERNEL, i);
	}
}

/* ---- the shift ---- */

static bool is_single(const struct group *group)
{
	return group->count[MAP] == 1 && group->count[KERNEL] == 1;
}

/* How far one symbol of each table is apart; false where one of them is a value and no place. */
static bool distance(const struct pairing *p, const struct group *group, uint64_t *ret_distance)
{
	const struct kimg_symbol *in_map = &p->tables[MAP]->all[group->first[MAP]];
	const struct kimg_symbol *in_kernel = &p->tables[KERNEL]->all[group->first[KERNEL]];

	if (!is_single(group) || symbol_is_absolute(in_map) || symbol_is_absolute(in_kernel))
		return false;
	*ret_distance = (in_kernel->address - in_map->address) & p->address_mask;
	return true;
}

/* The distance of more than half of all, if there is one: the majority vote of Boyer and Moore. */
static bool majority(const struct pairing *p, uint64_t *ret_shift)
{
	uint64_t winner = 0, apart;
	size_t lead = 0, all = 0, votes = 0;

	for (uint32_t i = 0; i < p->group_count; i++) {
		if (!distance(p, &p->groups[i], &apart))
			continue;
		all++;
		if (lead == 0)
			winner = apart;
		if (apart == winner)
			lead++;
		else
			lead--;
	}
	for (uint32_t i = 0; i < p->group_count; i++)
		if (distance(p, &p->groups[i], &apart) && apart == winner)
			votes++;
	*ret_shift = winner;
	return votes > all / 2;
}

/* How far the start of the kernel is apart: for maps of other kernels, in which nothing else agrees. */
static bool start_distance(const struct pairing *p, uint64_t *ret_shift)
{
	static const char *const names[] = { "_text", "_stext" };

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		struct span name = span_of(names[i], strlen(names[i]));
		uint32_t slot = *find_slot(p, hash_span(p->seed, name), name);

		if (slot != MAP_PAIR_NONE && distance(p, &p->groups[slot], ret_shift))
			return true;
	}
	return false;
}

static uint64_t find_shift(const struct pairing *p)
{
	uint64_t shift, sign = p->address_mask ^ p->address_mask >> 1;

	if (!majority(p, &shift) && !start_distance(p, &shift))
		return 0;
	/* Down as well as up, also where addresses have 32 bits */
	if (shift & sign)
		shift |= ~p->address_mask;
	return shift % SHIFT_UNIT ? 0 : shift;
}

/* ---- pairs ---- */

/* A symbol of a name that stands several times. */
struct candidate {
	uint64_t address;
	uint32_t index;
	bool taken;
};

static int by_address(const void *a, const void *b)
{
	const struct candidate *one = a, *other = b;

	if (one->address != other->address)
		return one->address < other->address ? -1 : 1;
	return one->index < other->index ? -1 : one->index > other->index;
}

/*
 * Whether symbols of one name stand at one place. Absolute ones do not move with the kernel; those of per-CPU
 * data are marked as such in kallsyms alone (scripts/kallsyms.c, make_percpus_absolute(), up to 6.14).
 */
static bool same_place(const struct pairing *p, const struct kimg_symbol *in_map,
		       const struct kimg_symbol *in_kernel)
{
	uint64_t apart = (in_kernel->address - in_map->address) & p->address_mask;

	if (apart == (p->result.shift & p->address_mask))
		return true;
	return apart == 0 && (symbol_is_absolute(in_map) || symbol_is_absolute(in_kernel));
}

static void pair_single(struct pairing *p, const struct group *group)
{
	uint32_t in_map = group->first[MAP], in_kernel = group->first[KERNEL];

	if (same_place(p, &p->tables[MAP]->all[in_map], &p->tables[KERNEL]->all[in_kernel])) {
		p->result.same++;
		return;
	}
	p->result.differing++;
	p->result.others[in_map] = in_kernel;
}

static void collect(struct pairing *p, const struct group *group, int side, uint64_t shift)
{
	struct candidate *all = p->scratch[side];
	size_t n = 0;

	for (uint32_t i = group->first[side]; i != MAP_PAIR_NONE; i = p->next[side][i])
		all[n++] = (struct candidate){
			(p->tables[side]->all[i].address + shift) & p->address_mask, i, false
		};
	qsort(all, n, sizeof(*all), by_address);
}

/* Takes what stands at one address in both, in the order of the addresses. */
static void take_same(struct pairing *p, const struct group *group)
{
	struct candidate *map = p->scratch[MAP], *kernel = p->scratch[KERNEL];
	const struct candidate *map_end = map + group->count[MAP];
	const struct candidate *kernel_end = kernel + group->count[KERNEL];

	while (map < map_end && kernel < kernel_end) {
		if (map->taken || map->address < kernel->address) {
			map++;
		} else if (kernel->taken || map->address > kernel->address) {
			kernel++;
		} else {
			map++->taken = kernel++->taken = true;
			p->result.same++;
		}
	}
}

/* What is left of both sides differs, as far as both have something left. */
static void take_rest(struct pairing *p, const struct group *group)
{
	const struct candidate *map = p->scratch[MAP], *kernel = p->scratch[KERNEL];
	size_t i = 0, j = 0;

	for (;; i++, j++) {
		while (i < group->count[MAP] && map[i].taken)
			i++;
		while (j < group->count[KERNEL] && kernel[j].taken)
			j++;
		if (i == group->count[MAP] || j == group->count[KERNEL])
			return;
		p->result.differing++;
		p->result.others[map[i].index] = kernel[j].index;
	}
}

/* Absolute symbols at their own addresses, after those that moved. */
static void take_absolute(struct pairing *p, const struct group *group)
{
	struct candidate *map = p->scratch[MAP], *kernel = p->scratch[KERNEL];

	for (size_t i = 0; i < group->count[MAP]; i++)
		map[i].address = (map[i].address - p->result.shift) & p->address_mask;
	qsort(map, group->count[MAP], sizeof(*map), by_address);
	for (size_t i = 0, j = 0; i < group->count[MAP] && j < group->count[KERNEL];) {
		const struct kimg_symbol *a = &p->tables[MAP]->all[map[i].index];
		const struct kimg_symbol *b = &p->tables[KERNEL]->all[kernel[j].index];

		if (map[i].taken || map[i].address < kernel[j].address) {
			i++;
		} else if (kernel[j].taken || map[i].address > kernel[j].address ||
			   !(symbol_is_absolute(a) || symbol_is_absolute(b))) {
			j++;
		} else {
			map[i++].taken = kernel[j++].taken = true;
			p->result.same++;
		}
	}
}

static void pair_several(struct pairing *p, const struct group *group)
{
	collect(p, group, MAP, p->result.shift);
	collect(p, group, KERNEL, 0);
	take_same(p, group);
	if (p->result.shift)
		take_absolute(p, group);
	take_rest(p, group);
}

static void pair(struct pairing *p)
{
	for (uint32_t i = 0; i < p->group_count; i++) {
		const struct group *group = &p->groups[i];

		if (is_single(group))
			pair_single(p, group);
		else if (group->count[MAP] && group->count[KERNEL])
			pair_several(p, group);
	}
}

/* ---- all of it ---- */

static struct kimg_error *pairing_init(struct pairing *p)
{
	size_t n = p->tables[MAP]->n, slots = 1024;

	while (slots < n * 2)
		slots *= 2;
	p->seed = hash_seed();
	p->slot_mask = slots - 1;
	for (int side = 0; side < SIDES; side++) {
		p->next[side] = reallocarray(NULL, p->tables[side]->n + 1, sizeof(uint32_t));
		p->scratch[side] =
			reallocarray(NULL, p->tables[side]->n + 1, sizeof(struct candidate));
		if (!p->next[side] || !p->scratch[side])
			return error_nomem();
	}
	p->groups = reallocarray(NULL, n + 1, sizeof(*p->groups));
	p->slots = reallocarray(NULL, slots, sizeof(*p->slots));
	p->result.others = reallocarray(NULL, n + 1, sizeof(*p->result.others));
	if (!p->groups || !p->slots || !p->result.others)
		return error_nomem();
	memset(p->slots, 0xff, slots * sizeof(*p->slots));
	memset(p->result.others, 0xff, n * sizeof(*p->result.others));
	return NULL;
}

static uint64_t mask_of_bits(unsigned int bits)
{
	return bits < 64 ? (1ULL << bits) - 1 : UINT64_MAX;
}

struct kimg_error *map_pairs_find(const struct kimg_symbols *map, const struct kimg_symbols *kernel,
				  struct map_pairs *ret_pairs)
{
	cleanup(pairing_done) struct pairing p = { .tables = { map, kernel } };

	/* Where one side has 32 bits, the other may have extended their sign, as MIPS does. */
	p.address_mask = mask_of_bits(map->bits) & mask_of_bits(kernel->bits);
	TRY(pairing_init(&p));
	group_map(&p);
	group_kernel(&p);
	p.result.shift = find_shift(&p);
	pair(&p);
	*ret_pairs = p.result;
	p.result.others = NULL;
	return NULL;
}
