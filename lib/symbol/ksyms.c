/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Names in /proc/ksyms of 2.4 and before. */
#include "symbol/ksyms.h"

static bool is_hex(struct span s)
{
	for (size_t i = 0; i < s.n; i++)
		if (!((s.p[i] >= '0' && s.p[i] <= '9') || (s.p[i] >= 'a' && s.p[i] <= 'f')))
			return false;
	return true;
}

struct span ksyms_plain_name(struct span name)
{
	static const char *const prefixes[] = { "_R", "_Rsmp_", "_R2gig_", "_Rsmp2gig_" };
	struct span rest;

	if (name.n <= 8 || !is_hex(span_from(name, name.n - 8)))
		return name;
	rest = span_clip(name, 0, name.n - 8);
	for (size_t i = 0; i < ARRAY_SIZE(prefixes); i++) {
		size_t n = strlen(prefixes[i]);

		if (rest.n > n && span_has(rest, rest.n - n, span_of(prefixes[i], n)))
			return span_clip(rest, 0, rest.n - n);
	}
	return name;
}

/* The last place of needle in s, which is short. */
static bool find_last(struct span s, struct span needle, size_t *ret_offset)
{
	for (size_t at = s.n; at-- > 0;) {
		if (span_has(s, at, needle)) {
			*ret_offset = at;
			return true;
		}
	}
	return false;
}

bool ksyms_section(struct span name, struct ksyms_section *ret)
{
	struct span digits;
	size_t section, length;

	if (name.n > 255 || !span_starts(name, SPAN_LITERAL("__insmod_")) ||
	    !find_last(name, SPAN_LITERAL("_L"), &length) ||
	    !find_last(span_clip(name, 0, length), SPAN_LITERAL("_S"), &section))
		return false;
	digits = span_from(name, length + 2);
	if (digits.n == 0 || digits.n > 12)
		return false;
	ret->size = 0;
	for (size_t i = 0; i < digits.n; i++) {
		if (digits.p[i] < '0' || digits.p[i] > '9')
			return false;
		ret->size = ret->size * 10 + (digits.p[i] - '0');
	}
	ret->name = span_of(name.p + section + 2, length - section - 2);
	return ret->name.n > 0;
}

static int compare(const void *a, const void *b)
{
	const struct symbols_section *const *x = a, *const *y = b;

	return (*x)->address < (*y)->address ? -1 : (*x)->address > (*y)->address;
}

void ksyms_place(struct kimg_symbols *symbols)
{
	size_t count = symbols->section_count ? symbols->section_count - 1 : 0, next = 0;
	cleanup_free struct symbols_section **sorted = calloc(count + 1, sizeof(*sorted));

	if (!sorted)
		return; /* then they have none */
	for (size_t i = 0; i < count; i++)
		sorted[i] = &symbols->sections[i + 1];
	qsort(sorted, count, sizeof(struct symbols_section *), compare);
	for (size_t i = 0; i < symbols->n; i++) {
		struct kimg_symbol *symbol = &symbols->all[i];

		if (span_starts(symbol_name(symbol), SPAN_LITERAL("__insmod_")))
			symbol->flags |= KIMG_SYMBOL_HIDDEN;
		while (next < count && sorted[next]->address <= symbol->address)
			next++;
		if (next && symbol->address - sorted[next - 1]->address < sorted[next - 1]->size)
			symbol->section = sorted[next - 1] - symbols->sections;
	}
}
