/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Queries of kimg sym: what they mean, and the symbols that they mean. */
#include "cmd/sym_query.h"

#include <stdlib.h>

#include "base/cleanup.h"
#include "base/hex.h"

/* A number that was written with 0x, or without: then it may be meant either way. */
struct number {
	uint64_t hex;
	uint64_t decimal; /* the same as hex where only that can be meant */
};

struct query {
	struct span base;   /* a name, a pattern or an address */
	struct span module; /* empty: any */
	bool has_offset;
	bool has_size;
	struct number offset;
	struct number size;
};

struct search {
	const struct sym_tables *tables;
	const struct query *query;
	struct sym_answer *answer;
	bool all;
	struct kimg_symbols *table; /* that is looked in */
};

/* ---- parsing ---- */

static bool is_blank(uint8_t c)
{
	return c == ' ' || c == '\t' || c == '\r';
}

static struct span trim(struct span s)
{
	while (s.n && is_blank(s.p[0]))
		s = span_from(s, 1);
	while (s.n && is_blank(s.p[s.n - 1]))
		s.n--;
	return s;
}

static bool has_0x(struct span s)
{
	return hex_without_0x(s).n < s.n;
}

static bool parse_decimal_digits(struct span s, uint64_t *ret_value)
{
	uint64_t value = 0;

	if (s.n == 0 || s.n > 19)
		return false;
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] < '0' || s.p[i] > '9')
			return false;
		value = value * 10 + (s.p[i] - '0');
	}
	*ret_value = value;
	return true;
}

static bool parse_number(struct span s, struct number *ret)
{
	if (!hex_number(s, &ret->hex))
		return false;
	if (has_0x(s) || !parse_decimal_digits(s, &ret->decimal))
		ret->decimal = ret->hex;
	return true;
}

/* "... [module]" */
static void split_module(struct query *q)
{
	const uint8_t *open;

	if (q->base.n < 5 || q->base.p[q->base.n - 1] != ']')
		return;
	open = memrchr(q->base.p, '[', q->base.n);
	if (!open || open == q->base.p || !is_blank(open[-1]))
		return;
	q->module = span_of(open + 1, q->base.p + q->base.n - open - 2);
	q->base = trim(span_of(q->base.p, open - q->base.p));
}

/* "...+OFFSET", "...+OFFSET/SIZE" */
static void split_offset(struct query *q)
{
	const uint8_t *plus = memrchr(q->base.p, '+', q->base.n), *slash;
	struct span offset, size = { 0 };

	if (!plus || plus == q->base.p)
		return;
	offset = span_from(q->base, plus + 1 - q->base.p);
	slash = memchr(offset.p, '/', offset.n);
	if (slash) {
		size = span_from(offset, slash + 1 - offset.p);
		offset.n = slash - offset.p;
	}
	if (!parse_number(offset, &q->offset) || (slash && !parse_number(size, &q->size)))
		return;
	q->has_offset = true;
	/* For data of modules the kernel prints the end of the code less the address, below zero. */
	q->has_size = slash && q->size.hex <= INT64_MAX;
	q->base.n = plus - q->base.p;
}

static struct query parse(struct span text)
{
	struct query q = { .base = trim(text) };

	split_module(&q);
	if (q.base.n > 4 && memcmp(q.base.p, "[<", 2) == 0 &&
	    memcmp(q.base.p + q.base.n - 2, ">]", 2) == 0)
		q.base = span_of(q.base.p + 2, q.base.n - 4);
	if (q.base.n)
		split_offset(&q);
	return q;
}

static bool is_pattern(struct span s)
{
	return memchr(s.p, '*', s.n) || memchr(s.p, '?', s.n) || memchr(s.p, '[', s.n);
}

/* ---- collecting ---- */

static struct sym_match *add_match(struct search *s, const struct kimg_symbol *symbol,
				   uint64_t address)
{
	struct sym_answer *answer = s->answer;
	struct sym_match *larger;
	size_t room;

	if (answer->count == answer->room) {
		room = answer->room ? 2 * answer->room : 16;
		larger = reallocarray(answer->matches, room, sizeof(*larger));
		if (!larger) {
			answer->problem = SYM_NO_MEMORY;
			return NULL;
		}
		answer->matches = larger;
		answer->room = room;
	}
	answer->matches[answer->count] = (struct sym_match){
		.table = s->table,
		.symbol = symbol,
		.address = address,
		.extent = kimg_symbol_extent(s->table, symbol),
	};
	__builtin_prefetch(symbol->name);
	return &answer->matches[answer->count++];
}

static bool is_of_module(const struct search *s, const struct kimg_symbol *symbol)
{
	struct span wanted = s->query->module;
	const char *module;

	if (wanted.n == 0)
		return true;
	module = kimg_symbols_module_name(s->table, symbol->module);
	if (!module)
		module = "vmlinux";
	return span_equal(wanted, span_of(module, strlen(module)));
}

/* Symbols that a module only refers to are nowhere. */
static bool is_undefined(const struct kimg_symbol *symbol)
{
	return symbol->type == 'U' ||
	       ((symbol->type == 'w' || symbol->type == 'v') && symbol->flags & KIMG_SYMBOL_HIDDEN);
}

static bool visit_symbol(void *context, const struct kimg_symbol *symbol)
{
	struct search *s = context;

	if (is_undefined(symbol) || !is_of_module(s, symbol))
		return true;
	return add_match(s, symbol, symbol->address) != NULL;
}

/* What has the plain name alone is meant where nothing has the very name. */
static void find_name(struct search *s)
{
	const struct span name = s->query->base;
	const char *text = (const char *)name.p;

	for (size_t i = 0; i < s->tables->count; i++) {
		s->table = s->tables->all[i];
		if (s->all)
			kimg_symbols_named(s->table, text, name.n, visit_symbol, s);
		else
			kimg_symbols_named_exactly(s->table, text, name.n, visit_symbol, s);
	}
	for (size_t i = 0; i < s->tables->count && !s->all && !s->answer->count; i++) {
		s->table = s->tables->all[i];
		kimg_symbols_named(s->table, text, name.n, visit_symbol, s);
	}
}

static void find_pattern(struct search *s)
{
	const struct span pattern = s->query->base;

	for (size_t i = 0; i < s->tables->count; i++) {
		s->table = s->tables->all[i];
		kimg_symbols_matching(s->table, (const char *)pattern.p, pattern.n, visit_symbol,
				      s);
	}
}

/* All that stands where symbol does. */
static void add_aliases(struct search *s, const struct kimg_symbol *symbol, uint64_t address)
{
	size_t count, i;
	const struct kimg_symbol *all = kimg_symbols_all(s->table, &count);

	for (i = symbol - all; i && all[i - 1].address == symbol->address; i--)
		;
	for (; i < count && all[i].address == symbol->address; i++)
		if (!is_undefined(&all[i]) && is_of_module(s, &all[i]))
			if (!add_match(s, &all[i], address))
				return;
}

static void find_address(struct search *s, uint64_t address)
{
	for (size_t i = 0; i < s->tables->count; i++) {
		const struct kimg_symbol *symbol;

		s->table = s->tables->all[i];
		symbol = kimg_symbols_at(s->table, address);
		if (symbol && s->all)
			add_aliases(s, symbol, address);
		else if (symbol && is_of_module(s, symbol))
			add_match(s, symbol, address);
	}
}

/* ---- offsets and sizes ---- */

/* Whether the place that the offset means lies in the match; an offset at its end is a return address. */
static bool holds(const struct sym_match *match, const struct query *q, bool decimal)
{
	uint64_t offset = decimal ? q->offset.decimal : q->offset.hex;
	uint64_t size = decimal ? q->size.decimal : q->size.hex;

	if (q->has_size && !kimg_symbol_has_extent(match->table, match->symbol, size) &&
	    (size != match->symbol->size || size == 0))
		return false;
	return match->extent == 0 || offset <= match->extent;
}

/* The kernel writes 0x; klogd wrote decimal numbers without, ksymoops hexadecimal ones. */
static bool any_holds(const struct sym_answer *answer, const struct query *q, bool decimal)
{
	for (size_t i = 0; i < answer->count; i++)
		if (holds(&answer->matches[i], q, decimal))
			return true;
	return false;
}

static void apply_offset(struct sym_answer *answer, const struct query *q)
{
	bool decimal = any_holds(answer, q, true), hex = !decimal && any_holds(answer, q, false);
	uint64_t offset = hex ? q->offset.hex : q->offset.decimal;
	size_t kept = 0;

	if (!decimal && !hex)
		answer->problem = q->has_size ? SYM_OTHER_SIZE : SYM_BEYOND;
	for (size_t i = 0; i < answer->count; i++) {
		struct sym_match match = answer->matches[i];

		if ((decimal || hex) && !holds(&match, q, decimal))
			continue;
		match.address += offset;
		answer->matches[kept++] = match;
	}
	answer->count = kept;
}

/* ---- asking ---- */

/* "module:name", which klogd wrote; names have no colon. */
static bool split_colon(struct query *q)
{
	const uint8_t *colon = q->module.n ? NULL : memchr(q->base.p, ':', q->base.n);

	if (!colon || colon == q->base.p)
		return false;
	q->module = span_of(q->base.p, colon - q->base.p);
	q->base = span_from(q->base, colon + 1 - q->base.p);
	return q->base.n > 0;
}

static void find_by_name(struct search *s)
{
	if (is_pattern(s->query->base))
		find_pattern(s);
	else
		find_name(s);
}

static bool find_by_address(struct search *s, struct query *q, uint64_t address)
{
	find_address(s, address + (q->has_offset ? q->offset.hex : 0));
	if (s->answer->count)
		q->has_offset = false; /* it is in the address */
	return s->answer->count > 0;
}

static void find(struct search *s, struct query *q)
{
	uint64_t address;
	bool hex = hex_number(q->base, &address);
	/* Functions are called add and dead, but none has a name of eight digits or more. */
	bool surely = hex && (has_0x(q->base) || q->base.n >= 8);

	if (surely && find_by_address(s, q, address))
		return;
	find_by_name(s);
	if (s->answer->count || (hex && !surely && find_by_address(s, q, address)))
		return;
	if (!hex && split_colon(q))
		find_by_name(s);
}

void sym_ask(const struct sym_tables *tables, struct span text, bool all, struct sym_answer *answer)
{
	struct query q = parse(text);
	struct search s = { .tables = tables, .query = &q, .answer = answer, .all = all };

	answer->problem = SYM_FINE;
	answer->count = 0;
	if (q.base.n == 0) {
		answer->problem = SYM_NOT_FOUND;
		return;
	}
	find(&s, &q);
	if (answer->count == 0 && answer->problem == SYM_FINE)
		answer->problem = SYM_NOT_FOUND;
	if (answer->problem == SYM_FINE && q.has_offset)
		apply_offset(answer, &q);
}

bool sym_is_address(struct span text, uint64_t *ret_address)
{
	struct query q = parse(text);

	if (q.module.n || (!has_0x(q.base) && q.base.n != 16) || !hex_number(q.base, ret_address))
		return false;
	*ret_address += q.has_offset ? q.offset.hex : 0;
	return true;
}

void sym_answer_done(struct sym_answer *answer)
{
	free(answer->matches);
	*answer = (struct sym_answer){ 0 };
}
