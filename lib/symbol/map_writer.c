/* SPDX-License-Identifier: GPL-2.0-or-later */
/* System.map from a table of symbols: the choice, the order and the text. */
#include "kimg/map.h"

#include <stdlib.h>

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

struct list {
	const struct kimg_symbol **all;
	size_t n;
};

/* What the file only refers to: nm(1) shows no address, and puts them before all others. */
static bool is_undefined(const struct kimg_symbol *symbol)
{
	return symbol->type == 'U' || symbol->type == 'w' || symbol->type == 'v';
}

static void take(struct list *list, const struct mksysmap *filter, const struct kimg_symbol *symbol)
{
	if (!mksysmap_drops(filter, symbol->type, symbol_name(symbol)))
		list->all[list->n++] = symbol;
}

static void take_undefined(struct list *list, const struct mksysmap *filter,
			   const struct kimg_symbols *symbols)
{
	for (size_t i = 0; i < symbols->n; i++)
		if (is_undefined(&symbols->all[i]))
			take(list, filter, &symbols->all[i]);
	sort(list->all, list->n, filter->by_line);
}

/* The order of nm -n: by address, then by name in the C locale (binutils 2.40, nm.c, numeric_forward()). */
static void take_as_build(struct list *list, const struct mksysmap *filter,
			  const struct kimg_symbols *symbols)
{
	take_undefined(list, filter, symbols);
	for (size_t i = 0, end; i < symbols->n; i = end) {
		size_t first = list->n;
		uint64_t address = symbols->all[i].address;

		for (end = i; end < symbols->n && symbols->all[end].address == address; end++)
			if (!is_undefined(&symbols->all[end]))
				take(list, filter, &symbols->all[end]);
		sort(list->all + first, list->n - first, filter->by_line);
	}
}

/* Of tables that are no ELF file's: those of the kernel itself, in the order that they have. */
static void take_all(struct list *list, const struct kimg_symbols *symbols)
{
	for (size_t i = 0; i < symbols->n; i++)
		if (symbols->all[i].module == 0 || symbols->source == KIMG_SYMBOLS_MODULE)
			list->all[list->n++] = &symbols->all[i];
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
	return NULL;
}

struct kimg_error *kimg_map_symbols(const struct kimg_symbols *symbols,
				    const struct kimg_map_options *options,
				    const struct kimg_symbol ***ret_all, size_t *ret_count)
{
	struct mksysmap filter;
	struct list list = { 0 };

	TRY(choose_filter(symbols, options, &filter));
	list.all = reallocarray(NULL, symbols->n + 1, sizeof(*list.all));
	if (!list.all)
		return error_nomem();
	if (symbols->source == KIMG_SYMBOLS_ELF)
		take_as_build(&list, &filter, symbols);
	else
		take_all(&list, symbols);
	*ret_all = list.all;
	*ret_count = list.n;
	return NULL;
}

/* ---- the text ---- */

enum { WIDEST = 16 };

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

static char *put_line(char *p, const struct kimg_symbols *symbols, const struct kimg_symbol *symbol)
{
	unsigned int digits = symbols->bits / 4;

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
	return p;
}

struct kimg_error *kimg_map_write(const struct kimg_symbols *symbols,
				  const struct kimg_map_options *options, char **ret_text,
				  size_t *ret_size)
{
	cleanup_free const struct kimg_symbol **all = NULL;
	size_t n, size = 0;
	char *text, *p;

	TRY(kimg_map_symbols(symbols, options, &all, &n));
	for (size_t i = 0; i < n; i++)
		size += WIDEST + strlen(" T \n") + all[i]->name_size;
	text = malloc(size + 1);
	if (!text)
		return error_nomem();
	p = text;
	for (size_t i = 0; i < n; i++)
		if (!memchr(all[i]->name, '\n', all[i]->name_size))
			p = put_line(p, symbols, all[i]);
	*ret_text = text;
	*ret_size = p - text;
	return NULL;
}
