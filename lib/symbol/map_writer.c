/* SPDX-License-Identifier: GPL-2.0-or-later */
/* System.map from a table of symbols: the choice, the order and the text. */
#include "kimg/map.h"

#include <stdlib.h>

#include "base/large.h"
#include "symbol/mksysmap.h"
#include "symbol/symbols.h"

/* ---- the order ---- */

static int compare_names(struct span a, struct span b)
{
	size_t n = a.n < b.n ? a.n : b.n;
	int order = n ? memcmp(a.p, b.p, n) : 0;

	return order ? order : (a.n > b.n) - (a.n < b.n);
}

/* Of symbols at one address. What is left equal keeps its order: pointers lead into one array. */
static int compare(const struct kimg_symbol *a, const struct kimg_symbol *b, bool by_line)
{
	int order = by_line ? (unsigned char)a->type - (unsigned char)b->type : 0;

	if (!order)
		order = compare_names(symbol_name(a), symbol_name(b));
	return order ? order : (a > b) - (a < b);
}

static int compare_by_name(const void *a, const void *b)
{
	return compare(*(const struct kimg_symbol *const *)a, *(const struct kimg_symbol *const *)b,
		       false);
}

static int compare_by_line(const void *a, const void *b)
{
	return compare(*(const struct kimg_symbol *const *)a, *(const struct kimg_symbol *const *)b,
		       true);
}

static void sort(const struct kimg_symbol **all, size_t n, bool by_line)
{
	if (n == 2) { /* by far the most */
		const struct kimg_symbol *first = all[0];

		if (compare(first, all[1], by_line) > 0) {
			all[0] = all[1];
			all[1] = first;
		}
	} else if (n > 2) {
		qsort(all, n, sizeof(*all), by_line ? compare_by_line : compare_by_name);
	}
}

/* ---- the choice ---- */

/* One walk over the symbols of a map, in its order: a name is looked at and written while it is in the cache. */
struct walk {
	const struct kimg_symbols *symbols;
	struct mksysmap filter;
	void (*visit)(void *context, const struct kimg_symbol *symbol);
	void *context;

	/* those of one address that are kept */
	const struct kimg_symbol **run;
	size_t n, room;
	bool failed; /* no memory */
};

/* What the file only refers to: nm(1) shows no address, and puts them before all others. */
static bool is_undefined(const struct kimg_symbol *symbol)
{
	return symbol->type == 'U' || symbol->type == 'w' || symbol->type == 'v';
}

static void keep(struct walk *walk, const struct kimg_symbol *symbol)
{
	const struct kimg_symbol **larger;

	if (mksysmap_drops(&walk->filter, symbol->type, symbol_name(symbol)))
		return;
	if (walk->n == walk->room) {
		walk->room = walk->room ? walk->room * 2 : 64;
		larger = reallocarray(walk->run, walk->room, sizeof(*larger));
		if (!larger) {
			walk->room = walk->n;
			walk->failed = true;
			return;
		}
		walk->run = larger;
	}
	walk->run[walk->n++] = symbol;
}

static void visit_run(struct walk *walk)
{
	sort(walk->run, walk->n, walk->filter.by_line);
	for (size_t i = 0; i < walk->n; i++)
		walk->visit(walk->context, walk->run[i]);
	walk->n = 0;
}

/* The order of nm -n: by address, then by name in the C locale (binutils 2.40, nm.c, numeric_forward()). */
static void walk_as_build(struct walk *walk)
{
	const struct kimg_symbol *all = walk->symbols->all;
	size_t n = walk->symbols->n;

	for (size_t i = 0; i < n; i++)
		if (is_undefined(&all[i]))
			keep(walk, &all[i]);
	visit_run(walk);
	for (size_t i = 0; i < n; i++) {
		if (!is_undefined(&all[i]))
			keep(walk, &all[i]);
		if (i + 1 == n || all[i + 1].address != all[i].address)
			visit_run(walk);
	}
}

/* Of tables that are no ELF file's: those of the kernel itself, in the order that they have. */
static void walk_all(const struct walk *walk)
{
	const struct kimg_symbols *symbols = walk->symbols;

	for (size_t i = 0; i < symbols->n; i++)
		if (symbols->all[i].module == 0 || symbols->source == KIMG_SYMBOLS_MODULE)
			walk->visit(walk->context, &symbols->all[i]);
}

static struct kimg_error *choose_filter(const struct kimg_symbols *symbols,
					const struct kimg_map_options *options,
					struct mksysmap *filter)
{
	const char *wanted = options ? options->release : NULL;

	if (wanted && !mksysmap_of_release(wanted, filter))
		return error_new(KIMG_E_INVALID, "%s is no release of a kernel", wanted);
	if (!wanted &&
	    !(symbols->banner && mksysmap_of_banner(symbols->banner, symbols->release, filter)))
		mksysmap_newest(filter);
	mksysmap_prepare(filter, symbols->names);
	return NULL;
}

static struct kimg_error *walk_map(const struct kimg_symbols *symbols,
				   const struct kimg_map_options *options,
				   void (*visit)(void *context, const struct kimg_symbol *symbol),
				   void *context)
{
	struct walk walk = { .symbols = symbols, .visit = visit, .context = context };

	TRY(choose_filter(symbols, options, &walk.filter));
	if (symbols->source == KIMG_SYMBOLS_ELF)
		walk_as_build(&walk);
	else
		walk_all(&walk);
	free(walk.run);
	return walk.failed ? error_nomem() : NULL;
}

/* ---- the symbols ---- */

struct list {
	const struct kimg_symbol **all;
	size_t n;
};

static void add_to_list(void *context, const struct kimg_symbol *symbol)
{
	struct list *list = context;

	list->all[list->n++] = symbol;
}

struct kimg_error *kimg_map_symbols(const struct kimg_symbols *symbols,
				    const struct kimg_map_options *options,
				    const struct kimg_symbol ***ret_all, size_t *ret_count)
{
	cleanup_free const struct kimg_symbol **all =
		reallocarray(NULL, symbols->n + 1, sizeof(*all));
	struct list list = { .all = all };

	if (!all)
		return error_nomem();
	TRY(walk_map(symbols, options, add_to_list, &list));
	*ret_all = all;
	*ret_count = list.n;
	all = NULL;
	return NULL;
}

/* ---- the text ---- */

enum { WIDEST = 16 };

struct text {
	const struct kimg_symbols *symbols;
	char *p;
	size_t lines;
	bool careful; /* a name with a newline gets no line */
};

static char *put_address(char *p, uint64_t address, unsigned int digits)
{
	static const char hex[] = "0123456789abcdef";

	for (unsigned int i = digits; i-- > 0; address >>= 4)
		p[i] = hex[address & 15];
	return p + digits;
}

static char *put_blanks(char *p, unsigned int n)
{
	memset(p, ' ', n);
	return p + n;
}

static void put_line(void *context, const struct kimg_symbol *symbol)
{
	struct text *text = context;
	const struct kimg_symbols *symbols = text->symbols;
	unsigned int digits = symbols->bits / 4;
	char *p = text->p;

	if (text->careful && memchr(symbol->name, '\n', symbol->name_size))
		return;
	if (symbols->source == KIMG_SYMBOLS_ELF && is_undefined(symbol))
		p = put_blanks(p, digits);
	else if (symbols->sign_extended && symbol->address >> 31)
		p = put_address(p, symbol->address | 0xffffffff00000000, WIDEST);
	else
		p = put_address(p, symbol->address, digits);
	*p++ = ' ';
	*p++ = symbol->type;
	*p++ = ' ';
	memcpy(p, symbol->name, symbol->name_size);
	p += symbol->name_size;
	*p++ = '\n';
	text->p = p;
	text->lines++;
}

static size_t count_lines(const char *text, size_t size)
{
	size_t n = 0;

	for (size_t i = 0; i < size; i++)
		n += text[i] == '\n';
	return n;
}

/* All that the lines could take. */
static size_t room_for(const struct kimg_symbols *symbols)
{
	size_t size = symbols->n * (WIDEST + strlen(" T \n"));

	for (size_t i = 0; i < symbols->n; i++)
		size += symbols->all[i].name_size;
	return size;
}

struct kimg_error *kimg_map_write(const struct kimg_symbols *symbols,
				  const struct kimg_map_options *options, char **ret_text,
				  size_t *ret_size)
{
	cleanup_free char *start = large_alloc(room_for(symbols) + 1, 1);
	struct text text = { .symbols = symbols, .p = start };

	if (!start)
		return error_nomem();
	TRY(walk_map(symbols, options, put_line, &text));
	if (count_lines(start, text.p - start) !=
	    text.lines) { /* cheaper than to look at each name */
		text = (struct text){ .symbols = symbols, .p = start, .careful = true };
		TRY(walk_map(symbols, options, put_line, &text));
	}
	*ret_text = start;
	*ret_size = text.p - start;
	start = NULL;
	return NULL;
}
