/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TESTS_UNIT_SYMBOL_TABLE_H
#define TESTS_UNIT_SYMBOL_TABLE_H

#include "symbol/readers.h"

/* Tables of symbols for tests, and questions to them in one line. */

static inline struct kimg_error *read_text(const char *text, struct kimg_symbols **ret_symbols)
{
	const struct kimg_symbols_options options = KIMG_SYMBOLS_OPTIONS_DEFAULT;

	return symbols_read_text(span_of(text, strlen(text)), &options, ret_symbols);
}

/* The caller frees it. */
static inline struct kimg_symbols *text_table(const char *text)
{
	struct kimg_symbols *symbols = NULL;

	assert_ok(read_text(text, &symbols));
	return symbols;
}

static inline size_t table_count(const struct kimg_symbols *symbols)
{
	size_t count;

	kimg_symbols_all(symbols, &count);
	return count;
}

static inline bool table_take(void *context, const struct kimg_symbol *symbol)
{
	*(const struct kimg_symbol **)context = symbol;
	return false;
}

/* The first symbol of that name, NULL where there is none. */
static inline const struct kimg_symbol *table_named(struct kimg_symbols *symbols, const char *name)
{
	const struct kimg_symbol *symbol = NULL;

	kimg_symbols_named(symbols, name, strlen(name), table_take, &symbol);
	return symbol;
}

static inline bool table_add_name(void *context, const struct kimg_symbol *symbol)
{
	char *names = context;

	strncat(names, symbol->name, symbol->name_size);
	strcat(names, " ");
	return true;
}

/* All that visit_all(..) visits for a name or pattern, a blank behind each; valid until the next call. */
static inline const char *table_all_named(struct kimg_symbols *symbols, const char *name)
{
	static char names[1024];

	names[0] = '\0';
	kimg_symbols_named(symbols, name, strlen(name), table_add_name, names);
	return names;
}

static inline const char *table_matching(struct kimg_symbols *symbols, const char *pattern)
{
	static char names[1024];

	names[0] = '\0';
	kimg_symbols_matching(symbols, pattern, strlen(pattern), table_add_name, names);
	return names;
}

#define assert_name(expected, symbol)                                                \
	do {                                                                         \
		const struct kimg_symbol *table_symbol = (symbol);                   \
		assert_non_null(table_symbol);                                       \
		assert_int_equal(table_symbol->name_size, strlen(expected));         \
		assert_memory_equal(table_symbol->name, expected, strlen(expected)); \
	} while (0)

#endif
