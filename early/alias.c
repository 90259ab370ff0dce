/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which modules a device wants. */
#include "alias.h"

#include <string.h>

/* What stands in [...] from its second byte on, and how long that is with its end; whether it has c. */
static bool class_has(const char *class, size_t n, char c, size_t *ret_length)
{
	bool not = n && (*class == '!' || *class == '^');
	bool found = false;
	size_t i = not ;

	while (i < n && class[i] != ']') {
		bool range = i + 2 < n && class[i + 1] == '-' && class[i + 2] != ']';
		char last = range ? class[i + 2] : class[i];

		found |= c >= class[i] && c <= last;
		i += range ? 3 : 1;
	}
	*ret_length = i < n ? i + 1 : n;
	return found != not ;
}

/* Whether the first of the pattern, which is no '*', fits the byte, and how much of the pattern it takes. */
static bool first_fits(const char *pattern, size_t n, char c, size_t *ret_length)
{
	size_t length;
	bool fits;

	*ret_length = 1;
	if (*pattern == '?')
		return true;
	if (*pattern != '[')
		return *pattern == c;
	fits = class_has(pattern + 1, n - 1, c, &length);
	*ret_length = length + 1;
	return fits;
}

/* Where a byte does not fit, the last '*' takes one more: no '*' before it can do better. */
bool modules_match(const char *pattern, size_t n, const char *text)
{
	size_t at = 0;
	size_t star = n;
	const char *after = NULL;

	while (*text) {
		size_t length;

		if (at < n && pattern[at] == '*') {
			star = ++at;
			after = text;
		} else if (at < n && first_fits(pattern + at, n - at, *text, &length)) {
			at += length;
			text++;
		} else if (after) {
			at = star;
			text = ++after;
		} else {
			return false;
		}
	}
	while (at < n && pattern[at] == '*')
		at++;
	return at == n;
}

/* The sign of comparing a pattern's literal beginning with as much of the text. */
static int compare(const struct alias *alias, const char *text, size_t n)
{
	size_t most = alias->literal < n ? alias->literal : n;
	int differ = memcmp(alias->line, text, most);

	if (differ)
		return differ;
	return alias->literal < n ? -1 : 0;
}

/* The first pattern whose literal beginning does not sort before the text's first n bytes. */
size_t alias_first(const struct modules *modules, const char *text, size_t n)
{
	size_t low = 0;
	size_t high = modules->n_aliases;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (compare(&modules->aliases[middle], text, n) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}
