/* SPDX-License-Identifier: GPL-2.0-or-later */
/* .symtab and .strtab, made in one walk over symbols that are sorted by address. */
#include "symbol/vmlinux_symtab.h"

#include <elf.h>
#include <stdlib.h>

/* ---- sections by address ---- */

enum place_kind { PLACE_OTHER, PLACE_CODE, PLACE_RODATA, PLACE_DATA, PLACE_BSS };

/* A section that is loaded. */
struct address_range {
	uint64_t start, end;
	uint16_t index;
	enum place_kind kind;
	bool percpu;  /* counts from 0 */
	bool is_data; /* whatever the rights: .data of x86-64 may be executable (7.2) */
};

/* Linker scripts align what follows a section to this at most: 2 MiB on x86-64, 4 MiB without PAE. */
#define HOLE_MAX (4u << 20)

struct ranges {
	struct address_range *all; /* sorted, without overlaps */
	size_t n;
	size_t at; /* the first that starts above the address asked for last */
};

static void ranges_done(struct ranges *ranges)
{
	free(ranges->all);
}

static enum place_kind kind_of_section(const struct elf_section *section)
{
	if (section->flags & SHF_EXECINSTR)
		return PLACE_CODE;
	if (section->type == SHT_NOBITS)
		return PLACE_BSS;
	return section->flags & SHF_WRITE ? PLACE_DATA : PLACE_RODATA;
}

static int by_start(const void *a, const void *b)
{
	const struct address_range *x = a, *y = b;

	if (x->start != y->start)
		return x->start < y->start ? -1 : 1;
	return x->index < y->index ? -1 : x->index > y->index;
}

/* Where two overlap, the one that starts first has it all. */
static void drop_overlaps(struct ranges *ranges)
{
	size_t kept = 0;

	for (size_t i = 0; i < ranges->n; i++) {
		struct address_range range = ranges->all[i];

		if (kept && range.start < ranges->all[kept - 1].end)
			range.start = ranges->all[kept - 1].end;
		if (range.start < range.end)
			ranges->all[kept++] = range;
	}
	ranges->n = kept;
}

static struct kimg_error *ranges_make(const struct elf_section *sections, uint32_t count,
				      struct ranges *ret_ranges)
{
	struct ranges ranges = { 0 };

	if (count >= SHN_LORESERVE)
		return error_new(KIMG_E_UNSUPPORTED, "more than %u sections", SHN_LORESERVE - 1);
	ranges.all = reallocarray(NULL, count + 1, sizeof(*ranges.all));
	if (!ranges.all)
		return error_nomem();
	for (uint32_t i = 1; i < count; i++) {
		const struct elf_section *section = &sections[i];
		uint64_t end = section->addr + section->size;

		if (!(section->flags & SHF_ALLOC) || section->size == 0)
			continue;
		ranges.all[ranges.n++] = (struct address_range){
			.start = section->addr,
			.end = end < section->addr ? UINT64_MAX : end,
			.index = i,
			.kind = kind_of_section(section),
			.is_data = span_starts(section->name, SPAN_LITERAL(".data")),
			.percpu = section->addr == 0 && elf_section_named(section, ".data..percpu"),
		};
	}
	qsort(ranges.all, ranges.n, sizeof(*ranges.all), by_start);
	drop_overlaps(&ranges);
	*ret_ranges = ranges;
	return NULL;
}

/* ---- what a symbol is ---- */

static enum place_kind kind_of_letter(char letter)
{
	switch (letter) {
	case 't':
	case 'T':
		return PLACE_CODE;
	case 'r':
	case 'R':
		return PLACE_RODATA;
	case 'd':
	case 'D':
	case 'g':
	case 'G':
		return PLACE_DATA;
	case 'b':
	case 'B':
	case 's':
	case 'S':
		return PLACE_BSS;
	}
	return PLACE_OTHER;
}

static bool is_weak(const struct kimg_symbol *symbol)
{
	char letter = symbol->type | 0x20;

	return (symbol->flags & KIMG_SYMBOL_WEAK) || letter == 'w' || letter == 'v';
}

static bool is_local(const struct kimg_symbol *symbol)
{
	return !is_weak(symbol) && !(symbol->flags & KIMG_SYMBOL_GLOBAL) &&
	       (symbol->type < 'A' || symbol->type > 'Z') && symbol->type != 'u';
}

static bool ends_with(struct span name, struct span end)
{
	return name.n > end.n && span_equal(span_from(name, name.n - end.n), end);
}

#define LABEL(text)                    \
	{                              \
		text, sizeof(text) - 1 \
	}

/* The labels of linker scripts (include/asm-generic/vmlinux.lds.h): they mark a place and cover nothing. */
static bool is_label_name(struct span name, bool marks_place)
{
	static const struct {
		const char *text;
		size_t size;
	} labels[] = {
		LABEL("_text"),       LABEL("_stext"), LABEL("_etext"), LABEL("_sinittext"),
		LABEL("_einittext"),  LABEL("_sdata"), LABEL("_edata"), LABEL("_end"),
		LABEL("__bss_start"), LABEL("_head"),
	};

	for (size_t i = 0; i < ARRAY_SIZE(labels); i++)
		if (name.n == labels[i].size && memcmp(name.p, labels[i].text, name.n) == 0)
			return true;
	if (!span_starts(name, SPAN_LITERAL("__")))
		return false;
	if (span_starts(name, SPAN_LITERAL("__start_")) ||
	    span_starts(name, SPAN_LITERAL("__stop_")) || span_starts(name, SPAN_LITERAL("__end_")))
		return true;
	return marks_place &&
	       (ends_with(name, SPAN_LITERAL("_start")) ||
		ends_with(name, SPAN_LITERAL("_begin")) || ends_with(name, SPAN_LITERAL("_end")) ||
		ends_with(name, SPAN_LITERAL("_stop")));
}

/* Whether something else has the address of symbol i. */
static bool shares_address(const struct kimg_symbols *symbols, size_t i)
{
	uint64_t address = symbols->all[i].address;

	return (i > 0 && symbols->all[i - 1].address == address) ||
	       (i + 1 < symbols->n && symbols->all[i + 1].address == address);
}

/* Labels are global, and where they look like names of functions, they stand where those do. */
static bool is_label(const struct kimg_symbols *symbols, size_t i,
		     const struct address_range *range)
{
	const struct kimg_symbol *symbol = &symbols->all[i];
	struct span name = symbol_name(symbol);

	if (!span_starts(name, SPAN_LITERAL("_")) || is_local(symbol))
		return false;
	return is_label_name(name, shares_address(symbols, i) || !range ||
					   symbol->address == range->start ||
					   symbol->address >= range->end);
}

/* The section of symbol, NULL: none. Addresses must ascend from call to call. */
static const struct address_range *range_of(struct ranges *ranges, const struct kimg_symbol *symbol)
{
	const struct address_range *range, *before;
	enum place_kind kind = kind_of_letter(symbol->type);

	while (ranges->at < ranges->n && ranges->all[ranges->at].start <= symbol->address)
		ranges->at++;
	if (ranges->at == 0)
		return NULL;
	range = &ranges->all[ranges->at - 1];
	if (symbol_is_absolute(symbol))
		return range->percpu && symbol->address < range->end ? range : NULL;
	if (symbol->address >= range->end)
		return symbol->address - range->end < HOLE_MAX ? range : NULL;
	before = range - 1;
	if (symbol->address == range->start && ranges->at > 1 && kind != PLACE_OTHER &&
	    kind != range->kind && kind == before->kind && range->start - before->end < HOLE_MAX)
		return before;
	return range;
}

static uint8_t type_of(const struct kimg_symbol *symbol, const struct address_range *range)
{
	if (symbol->flags & KIMG_SYMBOL_FUNCTION)
		return STT_FUNC;
	if (symbol->flags & KIMG_SYMBOL_OBJECT)
		return STT_OBJECT;
	switch (kind_of_letter(symbol->type)) {
	case PLACE_CODE:
		return range && range->is_data ? STT_OBJECT : STT_FUNC;
	case PLACE_OTHER:
		break;
	default:
		return STT_OBJECT;
	}
	if (symbol_is_absolute(symbol))
		return range ? STT_OBJECT : STT_NOTYPE;
	if (!is_weak(symbol) || !range)
		return STT_NOTYPE;
	return range->kind == PLACE_CODE && !range->is_data ? STT_FUNC : STT_OBJECT;
}

static uint8_t binding_of(const struct kimg_symbol *symbol)
{
	return is_weak(symbol) ? STB_WEAK : is_local(symbol) ? STB_LOCAL : STB_GLOBAL;
}

/* ---- sizes ---- */

/* Whether a symbol ends the one before it. Mapping symbols and the like do not; per-CPU ones are hidden, too. */
static bool is_neighbour(const struct kimg_symbol *symbol)
{
	return !(symbol->flags & KIMG_SYMBOL_HIDDEN) || symbol_is_absolute(symbol);
}

/* Moves *next to the first symbol above the address of symbol i; *next ascends with i. */
static void find_next(const struct kimg_symbols *symbols, size_t i, size_t *next)
{
	while (*next < symbols->n && (symbols->all[*next].address <= symbols->all[i].address ||
				      !is_neighbour(&symbols->all[*next])))
		++*next;
}

static uint64_t size_of(const struct kimg_symbols *symbols, size_t i, size_t next,
			const struct address_range *range)
{
	const struct kimg_symbol *symbol = &symbols->all[i];
	uint64_t end;

	if (symbol->size || !range || symbol->address >= range->end ||
	    symbol->address < range->start)
		return symbol->size;
	end = next < symbols->n ? symbols->all[next].address : range->end;
	return (end < range->end ? end : range->end) - symbol->address;
}

/* ---- names ---- */

/*
 * Names that are there already are not written again: one in six is a copy on arm64. The hash is the same in every
 * run, and so is the file; names that were made to collide are written twice rather than searched for long.
 */
enum { PROBES = 8 };

/* How many names the hashes are ahead of: slots are all over memory, and come in while other names are looked up. */
enum { AHEAD = 16 };

struct name_table {
	struct blob *names;
	uint32_t *slots; /* where a name starts; 0: free */
	uint32_t mask;
	uint32_t hashes[AHEAD]; /* of symbol i at i % AHEAD */
};

static void name_table_done(struct name_table *table)
{
	free(table->slots);
}

static uint32_t hash_name(struct span s)
{
	uint64_t h = s.n;

	uint64_t last = 0;

	for (size_t at = 0; s.n >= 8 && at < s.n - 8; at += 8)
		h = (h ^ get_le64(s.p + at)) * 0x9e3779b97f4a7c15, h ^= h >> 32;
	/* the last 8 bytes, of which some may have been there before */
	memcpy(&last, s.n >= 8 ? s.p + s.n - 8 : s.p, s.n >= 8 ? 8 : s.n);
	h = (h ^ le64toh(last)) * 0x9e3779b97f4a7c15;
	return h ^ h >> 29 ^ h >> 43;
}

/* A NUL would end a name early, so it ends there. */
static struct span name_of(const struct kimg_symbols *symbols, size_t i)
{
	return span_text(symbol_name(&symbols->all[i]));
}

static void look_ahead(struct name_table *table, const struct kimg_symbols *symbols, size_t i)
{
	uint32_t hash;

	if (i >= symbols->n)
		return;
	hash = hash_name(name_of(symbols, i));
	table->hashes[i % AHEAD] = hash;
	__builtin_prefetch(&table->slots[hash & table->mask]);
}

/* Where the name of symbol i starts in the names, which have room for it. */
static uint32_t add_name(struct name_table *table, const struct kimg_symbols *symbols, size_t i)
{
	uint32_t slot = table->hashes[i % AHEAD], at = table->names->n;
	struct span name = name_of(symbols, i);

	look_ahead(table, symbols, i + AHEAD);
	if (name.n == 0)
		return 0;
	for (int probe = 0; probe < PROBES; probe++, slot++) {
		uint32_t *known = &table->slots[slot & table->mask];

		if (*known == 0) {
			*known = at;
			break;
		}
		if (at - *known > name.n && memcmp(table->names->p + *known, name.p, name.n) == 0 &&
		    table->names->p[*known + name.n] == '\0')
			return *known;
	}
	memcpy(table->names->p + at, name.p, name.n);
	table->names->n += name.n + 1; /* fresh memory is zero */
	return at;
}

static struct kimg_error *name_table_make(const struct kimg_symbols *symbols, struct blob *names,
					  struct name_table *ret_table)
{
	struct name_table table = { .names = names };
	uint64_t size = 1, slots = 1024;

	for (size_t i = 0; i < symbols->n; i++)
		size += symbols->all[i].name_size + 1;
	if (size > UINT32_MAX)
		return error_new(KIMG_E_LIMIT, "names of symbols take more than 4 GiB");
	blob_init(names, size);
	TRY(blob_reserve(names, size));
	names->n = 1;
	while (slots < symbols->n + symbols->n / 2)
		slots *= 2;
	table.slots = calloc(slots, sizeof(*table.slots));
	if (!table.slots)
		return error_nomem();
	table.mask = slots - 1;
	for (size_t i = 0; i < AHEAD; i++)
		look_ahead(&table, symbols, i);
	*ret_table = table;
	return NULL;
}

/* ---- the table ---- */

static uint32_t count_locals(const struct kimg_symbols *symbols)
{
	uint32_t locals = 1;

	for (size_t i = 0; i < symbols->n; i++)
		locals += is_local(&symbols->all[i]);
	return locals;
}

/* The type and size of symbol i; next is the first symbol above its address. */
static void describe(const struct kimg_symbols *symbols, size_t i, size_t next, uint16_t machine,
		     const struct address_range *range, struct elf_symbol *ret)
{
	const struct kimg_symbol *symbol = &symbols->all[i];
	bool label = is_label(symbols, i, range);
	uint8_t type = label ? STT_NOTYPE : type_of(symbol, range);

	if (machine == EM_ARM && type == STT_FUNC && (symbol->address & 1))
		type = STT_NOTYPE;
	ret->info = ELF64_ST_INFO(binding_of(symbol), type);
	ret->size = label ? 0 : size_of(symbols, i, next, range);
	ret->section = range ? range->index : SHN_ABS;
	ret->value = symbol->address;
}

static void write_symbols(const struct kimg_symbols *symbols, const struct elf *elf,
			  struct ranges *ranges, struct name_table *names,
			  struct vmlinux_symtab *symtab)
{
	struct elf_form form = elf_form_of(elf);
	size_t entry = elf_size_of(form, ELF_SYMBOL), next = 0;
	uint8_t *local = symtab->symbols.p + entry;
	uint8_t *other = symtab->symbols.p + symtab->locals * entry;

	for (size_t i = 0; i < symbols->n; i++) {
		const struct kimg_symbol *symbol = &symbols->all[i];
		const struct address_range *range = range_of(ranges, symbol);
		struct elf_symbol made = { .name_at = add_name(names, symbols, i) };
		uint8_t **p = is_local(symbol) ? &local : &other;

		find_next(symbols, i, &next);
		describe(symbols, i, next, elf->machine, range, &made);
		elf_write_symbol(*p, form, &made);
		*p += entry;
	}
}

struct kimg_error *vmlinux_symtab_make(const struct kimg_symbols *symbols, const struct elf *elf,
				       const struct elf_section *sections, uint32_t section_count,
				       struct vmlinux_symtab *ret_symtab)
{
	cleanup(name_table_done) struct name_table names = { 0 };
	cleanup_vmlinux_symtab struct vmlinux_symtab symtab = { 0 };
	cleanup(ranges_done) struct ranges ranges = { 0 };
	size_t size = (symbols->n + 1) * elf_size_of(elf_form_of(elf), ELF_SYMBOL);

	TRY(ranges_make(sections, section_count, &ranges));
	TRY(name_table_make(symbols, &symtab.names, &names));
	blob_init(&symtab.symbols, size);
	TRY(blob_reserve(&symtab.symbols, size));
	symtab.symbols.n = size;
	symtab.locals = count_locals(symbols);
	symtab.count = symbols->n;
	write_symbols(symbols, elf, &ranges, &names, &symtab);
	*ret_symtab = symtab;
	symtab = (struct vmlinux_symtab){ 0 };
	return NULL;
}

void vmlinux_symtab_done(struct vmlinux_symtab *symtab)
{
	blob_done(&symtab->symbols);
	blob_done(&symtab->names);
}
