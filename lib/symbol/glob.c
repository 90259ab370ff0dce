/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Patterns for names. fnmatch(3) wants terminated strings, takes locales into account, and may take long. */
#include "symbol/glob.h"

/* Where the set that starts at pattern[at] ends, behind its ]; 0 where it has none. */
static size_t set_end(struct span pattern, size_t at)
{
	const uint8_t *end;

	at++;
	if (at < pattern.n && (pattern.p[at] == '!' || pattern.p[at] == '^'))
		at++;
	/* a ] in the first place is one of the set */
	if (pattern.n - at < 2)
		return 0;
	end = memchr(pattern.p + at + 1, ']', pattern.n - at - 1);
	return end ? (size_t)(end - pattern.p) + 1 : 0;
}

/* set is what stands between the brackets. */
static bool in_set(struct span set, uint8_t c)
{
	bool negated = set.p[0] == '!' || set.p[0] == '^', found = false;

	for (size_t i = negated; i < set.n; i++) {
		if (i + 2 < set.n && set.p[i + 1] == '-') {
			found |= c >= set.p[i] && c <= set.p[i + 2];
			i += 2;
		} else {
			found |= c == set.p[i];
		}
	}
	return found != negated;
}

/* Whether c fits the element of pattern at *at, which is no star; *at becomes where the next one is. */
static bool fits(struct span pattern, size_t *at, uint8_t c)
{
	uint8_t element = pattern.p[*at];
	size_t end;

	if (element == '[') {
		end = set_end(pattern, *at);
		if (end) {
			struct span set = span_of(pattern.p + *at + 1, end - *at - 2);

			*at = end;
			return in_set(set, c);
		}
	} else if (element == '\\' && *at + 1 < pattern.n) {
		element = pattern.p[++*at];
	} else if (element == '?') {
		++*at;
		return true;
	}
	++*at;
	return element == c;
}

/* The first place in name from at on that could fit the element of pattern at p. */
static size_t next_candidate(struct span pattern, size_t p, struct span name, size_t at)
{
	const uint8_t *hit;

	if (p >= pattern.n || memchr("?[\\*", pattern.p[p], 4))
		return at;
	hit = memchr(name.p + at, pattern.p[p], name.n - at);
	return hit ? (size_t)(hit - name.p) : name.n;
}

bool glob_matches(struct span pattern, struct span name)
{
	/* the last star: where the pattern goes on, and how far the star has reached in name */
	size_t star = SIZE_MAX, reached = 0;
	size_t p = 0, at = 0, next;

	while (at < name.n) {
		if (p < pattern.n && pattern.p[p] == '*') {
			star = ++p;
			reached = at = next_candidate(pattern, p, name, at);
			if (p == pattern.n)
				return true;
			continue;
		}
		next = p;
		if (p < pattern.n && fits(pattern, &next, name.p[at])) {
			p = next;
			at++;
			continue;
		}
		/* What an earlier star would take instead, the last one can take as well. */
		if (star == SIZE_MAX)
			return false;
		p = star;
		reached = at = next_candidate(pattern, p, name, reached + 1);
	}
	while (p < pattern.n && pattern.p[p] == '*')
		p++;
	return p == pattern.n;
}
