/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The address of the first byte of a raw image. Its symbols have addresses, but none tells where in the image
 * it is, apart from the banner. Else pointers tell: of the bases that are possible, it is the one with which
 * most of them lead to the start of a text.
 */
#include "symbol/kallsyms.h"

enum {
	PAGE = 4096,
	SAMPLE = 128,     /* pointers that all bases are tried with */
	REACH = 64 << 20, /* how far behind the first byte the lowest symbol may be */
};

/* ---- by the banner ---- */

static const struct kimg_symbol *named(const struct kimg_symbols *symbols, struct span name)
{
	for (size_t i = 0; i < symbols->n; i++)
		if (span_equal(symbol_name(&symbols->all[i]), name))
			return &symbols->all[i];
	return NULL;
}

/* Its text may stand in the image more than once. */
static bool base_by_banner(const struct kallsyms *k, const struct kimg_symbols *symbols,
			   uint64_t *ret_base)
{
	const struct kimg_symbol *banner = named(symbols, SPAN_LITERAL("linux_banner"));
	size_t at = 0;

	if (!banner)
		return false;
	for (; span_find(k->kernel, at, SPAN_LITERAL("Linux version "), &at); at++) {
		*ret_base = banner->address - at;
		if (*ret_base % PAGE == 0)
			return true;
	}
	return false;
}

/* ---- by texts ---- */

static bool is_text(uint8_t c)
{
	return c >= 0x20 && c < 0x7f;
}

/* How many of the first n pointers lead to a text with a NUL in front of it. */
static size_t count_texts(const struct kallsyms *k, const struct kallsyms_pointers *pointers,
			  size_t n, uint32_t base)
{
	size_t count = 0;

	for (size_t i = 0; i < n; i++) {
		uint32_t at = pointers->of[i] - base;
		const uint8_t *p = k->kernel.p + at;

		if (at > 0 && at + 1ULL < k->kernel.n)
			count += p[-1] == 0 && is_text(p[0]) && is_text(p[1]);
	}
	return count;
}

/* Spreads those that come first over all. */
static void shuffle(struct kallsyms_pointers *pointers)
{
	size_t step = pointers->n / SAMPLE;

	for (size_t i = 0; step > 1 && i < SAMPLE; i++) {
		uint32_t pointer = pointers->of[i];

		pointers->of[i] = pointers->of[i * step];
		pointers->of[i * step] = pointer;
	}
}

/* start: an address near the start of the kernel, but not before it. */
static bool base_by_texts(const struct kallsyms *k, uint64_t start, uint64_t *ret_base)
{
	const struct kallsyms_range range = { start, start + k->kernel.n };
	struct kallsyms_pointers pointers;
	uint64_t reach = k->kernel.n < REACH ? k->kernel.n : REACH;
	uint64_t best = 0;
	size_t most = 0, count, sample;

	if (!kallsyms_find_pointers(k, k->bits, range, &pointers))
		return false;
	shuffle(&pointers);
	sample = pointers.n < SAMPLE ? pointers.n : SAMPLE;
	start &= ~(uint64_t)(PAGE - 1);
	for (uint64_t back = 0; back <= reach && back <= start; back += PAGE) {
		count = count_texts(k, &pointers, sample, start - back);
		if (count > most) {
			most = count;
			best = start - back;
		}
	}
	count = count_texts(k, &pointers, pointers.n, best);
	*ret_base = best;
	return count >= 16 && count >= pointers.n / 16;
}

/* ---- the whole ---- */

static const struct kimg_symbol *lowest(const struct kimg_symbols *symbols)
{
	static const char *const names[] = { "_text", "_stext", "stext" };
	const struct kimg_symbol *symbol = NULL;

	for (size_t i = 0; !symbol && i < ARRAY_SIZE(names); i++)
		symbol = named(symbols, span_of(names[i], strlen(names[i])));
	return symbol ? symbol : &symbols->all[0];
}

void kallsyms_find_image_base(const struct kallsyms *k, struct kimg_symbols *symbols)
{
	uint64_t base, start = lowest(symbols)->address;

	if (kallsyms_is_s390(k))
		base = start;
	else if (!base_by_banner(k, symbols, &base) && !base_by_texts(k, start, &base))
		return;
	symbols->base = base;
	symbols->has_base = true;
}
