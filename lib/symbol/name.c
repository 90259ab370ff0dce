/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What names of symbols are made of. */
#include "symbol/symbols.h"

/*
 * What compilers put behind the name of a function that they copied, split or renamed: gcc (.isra,
 * .constprop, .part, .cold, .lto_priv, .localalias, and .NUMBER for static variables), clang (.llvm, .cfi,
 * .cfi_jt, .__uniq). An interface with profilers and live patching; kernel/livepatch and scripts/kallsyms
 * know the same ones.
 */
static const char *const suffixes[] = {
	"isra",     "constprop",  "part", "cold",   "llvm",
	"lto_priv", "localalias", "cfi",  "cfi_jt", "__uniq",
};

static bool is_suffix(struct span word)
{
	if (word.n && word.p[0] >= '0' && word.p[0] <= '9')
		return true;
	for (size_t i = 0; i < ARRAY_SIZE(suffixes); i++)
		if (span_equal(word, span_of(suffixes[i], strlen(suffixes[i]))))
			return true;
	return false;
}

struct span symbol_plain_name(struct span name)
{
	const uint8_t *dot, *next;
	struct span word;

	if (name.n < 2)
		return name;
	/* from the second character: names may start with a dot, as functions of 64-bit PowerPC do */
	dot = memchr(name.p + 1, '.', name.n - 1);
	while (dot) {
		word = span_from(name, dot + 1 - name.p);
		next = memchr(word.p, '.', word.n);
		if (next)
			word.n = next - word.p;
		if (is_suffix(word))
			return span_of(name.p, dot - name.p);
		dot = next;
	}
	return name;
}

bool symbol_name_is_internal(struct span name)
{
	return span_starts(name, SPAN_LITERAL("$")) || span_starts(name, SPAN_LITERAL(".L")) ||
	       span_starts(name, SPAN_LITERAL("L0\001"));
}
