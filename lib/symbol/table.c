/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The table of symbols: how it is filled, sorted and freed. */
#include <stdarg.h>
#include <stdlib.h>

#include "base/large.h"
#include "base/radix.h"
#include "symbol/symbols.h"

/* What the table owns beside its arrays. */
struct symbols_owned {
	struct blob blob;
	struct symbols_owned *next;
};

struct kimg_error *symbols_new(enum kimg_symbols_source source, struct kimg_symbols **ret_symbols)
{
	struct kimg_symbols *symbols = calloc(1, sizeof(*symbols));

	if (!symbols)
		return error_nomem();
	symbols->source = source;
	symbols->bits = 64;
	*ret_symbols = symbols;
	return NULL;
}

void kimg_symbols_free(struct kimg_symbols *symbols)
{
	if (!symbols)
		return;
	kimg_image_free(symbols->image); /* it may stand on a blob */
	for (struct symbols_owned *owned = symbols->owned; owned; owned = owned->next)
		blob_done(&owned->blob);
	arena_done(&symbols->arena);
	free(symbols->all);
	free(symbols->sections);
	free(symbols->modules);
	free(symbols->places);
	free(symbols->answers);
	free(symbols->steps);
	symbols_index_done(&symbols->by_name);
	symbols_index_done(&symbols->by_plain_name);
	free(symbols);
}

/* ---- filling ---- */

#define SYMBOLS_MAX (1ULL << 31)

static struct kimg_error *set_room(struct kimg_symbols *symbols, size_t room)
{
	struct kimg_symbol *all;

	if (room > SYMBOLS_MAX)
		return error_new(KIMG_E_LIMIT, "more than %llu symbols", SYMBOLS_MAX);
	all = symbols->all ? reallocarray(symbols->all, room, sizeof(*all))
			   : large_alloc(room, sizeof(*all));
	if (!all)
		return error_nomem();
	symbols->all = all;
	symbols->room = room;
	return NULL;
}

struct kimg_error *symbols_reserve(struct kimg_symbols *symbols, size_t count)
{
	if (count > SYMBOLS_MAX - symbols->n)
		return error_new(KIMG_E_LIMIT, "more than %llu symbols", SYMBOLS_MAX);
	return symbols->n + count <= symbols->room ? NULL : set_room(symbols, symbols->n + count);
}

struct kimg_error *symbols_add(struct kimg_symbols *symbols, const struct kimg_symbol *symbol)
{
	if (symbols->n == symbols->room)
		TRY(set_room(symbols, symbols->room ? symbols->room * 2 : 4096));
	if (symbols->n && symbol->address < symbols->all[symbols->n - 1].address)
		symbols->unsorted = true;
	symbols->all[symbols->n++] = *symbol;
	return NULL;
}

/*
 * Room for one more object in array, which has count of them and grows when that is a power of two; [0] is
 * made with the first. NULL where there is no memory: array is as it was.
 */
static void *grow(void *array, size_t count, size_t object)
{
	void *larger;

	if (count > 1 && (count & (count - 1)) != 0)
		return array;
	larger = reallocarray(array, count > 1 ? count * 2 : 2, object);
	if (larger && count <= 1)
		memset(larger, 0, object);
	return larger;
}

struct kimg_error *symbols_add_section(struct kimg_symbols *symbols, struct span name,
				       uint64_t address, uint64_t size, uint16_t *ret_index)
{
	size_t index = symbols->section_count ? symbols->section_count : 1;
	struct symbols_section *sections;
	char *copy;

	*ret_index = 0;
	if (index >= UINT16_MAX)
		return NULL;
	copy = arena_copy(&symbols->arena, (const char *)name.p, name.n);
	sections = grow(symbols->sections, symbols->section_count, sizeof(*sections));
	if (sections)
		symbols->sections = sections;
	if (!sections || !copy)
		return error_nomem();
	sections[index] = (struct symbols_section){ copy, address, size };
	symbols->section_count = index + 1;
	*ret_index = index;
	return NULL;
}

struct kimg_error *symbols_add_module(struct kimg_symbols *symbols, struct span name,
				      uint16_t *ret_index)
{
	size_t index = symbols->module_count ? symbols->module_count : 1;
	const char **modules;
	char *copy;

	*ret_index = 0;
	if (index >= UINT16_MAX)
		return NULL;
	copy = arena_copy(&symbols->arena, (const char *)name.p, name.n);
	modules = grow(symbols->modules, symbols->module_count, sizeof(*modules));
	if (modules)
		symbols->modules = modules;
	if (!modules || !copy)
		return error_nomem();
	modules[index] = copy;
	symbols->module_count = index + 1;
	*ret_index = index;
	return NULL;
}

void symbols_note(struct kimg_symbols *symbols, bool bad, const char *format, ...)
{
	struct kimg_note *note = arena_alloc(&symbols->arena, sizeof(*note));
	va_list ap;

	if (!note)
		return;
	va_start(ap, format);
	note->text = arena_vprintf(&symbols->arena, format, ap);
	va_end(ap);
	if (!note->text)
		return;
	note->bad = bad;
	if (symbols->last_note)
		symbols->last_note->next = note;
	else
		symbols->notes = note;
	symbols->last_note = note;
}

struct kimg_error *symbols_set_banner(struct kimg_symbols *symbols, const struct banner *banner)
{
	symbols->banner = arena_copy(&symbols->arena, (const char *)banner->line.p, banner->line.n);
	symbols->release =
		arena_copy(&symbols->arena, (const char *)banner->release.p, banner->release.n);
	return symbols->banner && symbols->release ? NULL : error_nomem();
}

struct kimg_error *symbols_own_blob(struct kimg_symbols *symbols, struct blob *blob)
{
	struct symbols_owned *owned = arena_alloc(&symbols->arena, sizeof(*owned));

	if (!owned)
		return error_nomem();
	owned->blob = *blob;
	owned->next = symbols->owned;
	symbols->owned = owned;
	*blob = (struct blob){ 0 };
	return NULL;
}

void *symbols_alloc(struct kimg_symbols *symbols, size_t size)
{
	return arena_alloc(&symbols->arena, size);
}

/* ---- sorting ---- */

/* Stable, and linear whatever the addresses are. */
static struct kimg_error *sort(struct kimg_symbols *symbols)
{
	size_t n = symbols->n;
	cleanup_free struct radix_item *items = large_alloc(n, 2 * sizeof(*items));
	cleanup_free struct kimg_symbol *all = large_alloc(n, sizeof(*all));
	const struct radix_item *sorted;

	if (!items || !all)
		return error_nomem();
	for (size_t i = 0; i < n; i++)
		items[i] = (struct radix_item){ symbols->all[i].address, i };
	sorted = radix_sort(items, items + n, n);
	for (size_t i = 0; i < n; i++)
		all[i] = symbols->all[sorted[i].value];
	free(symbols->all);
	symbols->all = all;
	symbols->room = n;
	all = NULL;
	return NULL;
}

/*
 * Where a kernel lives in the upper half of the address space, what is in the lower half does not move with it:
 * the offsets of per-CPU symbols of x86 before 6.15, the vectors of ARM.
 */
static uint64_t lowest_shifted(const struct kimg_symbols *symbols)
{
	uint64_t half = 1ULL << (symbols->bits - 1);

	for (size_t i = 0; i < symbols->n; i++)
		if (symbols->all[i].address >= half && !symbol_is_absolute(&symbols->all[i]))
			return half;
	return 0;
}

static void add_shift(struct kimg_symbols *symbols, uint64_t shift)
{
	uint64_t lowest = lowest_shifted(symbols);
	uint64_t mask = symbols->bits == 32 ? UINT32_MAX : UINT64_MAX;

	for (size_t i = 0; i < symbols->n; i++)
		if (!symbol_is_absolute(&symbols->all[i]) && symbols->all[i].address >= lowest)
			symbols->all[i].address = (symbols->all[i].address + shift) & mask;
	symbols->unsorted = true;
}

struct kimg_error *symbols_finish(struct kimg_symbols *symbols, uint64_t shift)
{
	if (shift)
		add_shift(symbols, shift);
	if (symbols->unsorted && symbols->n > 1)
		TRY(sort(symbols));
	symbols->unsorted = false;
	return NULL;
}

/* ---- asking ---- */

enum kimg_symbols_source kimg_symbols_source(const struct kimg_symbols *symbols)
{
	return symbols->source;
}

const char *kimg_symbols_source_name(enum kimg_symbols_source source)
{
	static const char *const names[] = {
		[KIMG_SYMBOLS_ELF] = "vmlinux",
		[KIMG_SYMBOLS_MODULE] = "module",
		[KIMG_SYMBOLS_MAP] = "System.map",
		[KIMG_SYMBOLS_PROC_KALLSYMS] = "/proc/kallsyms",
		[KIMG_SYMBOLS_PROC_KSYMS] = "/proc/ksyms",
		[KIMG_SYMBOLS_KALLSYMS] = "kallsyms",
	};

	return (size_t)source < ARRAY_SIZE(names) ? names[source] : NULL;
}

bool kimg_symbols_are_all(const struct kimg_symbols *symbols)
{
	return !symbols->selected;
}

unsigned int kimg_symbols_bits(const struct kimg_symbols *symbols)
{
	return symbols->bits;
}

bool kimg_symbols_base(const struct kimg_symbols *symbols, uint64_t *ret_base)
{
	if (symbols->has_base)
		*ret_base = symbols->base;
	return symbols->has_base;
}

const char *kimg_symbols_banner(const struct kimg_symbols *symbols)
{
	return symbols->banner;
}

const char *kimg_symbols_release(const struct kimg_symbols *symbols)
{
	return symbols->release;
}

const struct kimg_note *kimg_symbols_notes(const struct kimg_symbols *symbols)
{
	return symbols->notes;
}

const struct kimg_symbol *kimg_symbols_all(const struct kimg_symbols *symbols, size_t *ret_count)
{
	*ret_count = symbols->n;
	return symbols->all;
}

const char *kimg_symbols_section_name(const struct kimg_symbols *symbols, unsigned int index)
{
	return index && index < symbols->section_count ? symbols->sections[index].name : NULL;
}

bool kimg_symbols_section_address(const struct kimg_symbols *symbols, unsigned int index,
				  uint64_t *ret_address)
{
	if (index == 0 || index >= symbols->section_count)
		return false;
	*ret_address = symbols->sections[index].address;
	return true;
}

const char *kimg_symbols_module_name(const struct kimg_symbols *symbols, unsigned int index)
{
	return index && index < symbols->module_count ? symbols->modules[index] : NULL;
}
