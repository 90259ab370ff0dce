/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The kernel's banner: which release it is, and who built it when and with what. */
#include "base/utf8.h"
#include "kernel/facts.h"

#define PREFIX "Linux version "

/* Longer than any: release and version have 64 bytes each, the compiler's own text some 200. */
#define MAX_LINE 1024

/* The text of the parentheses at the start of *rest, inner ones included, without the outer ones. */
static struct span take_parentheses(struct span *rest)
{
	struct span text;
	size_t depth = 0;

	if (!span_starts(*rest, SPAN_LITERAL("(")))
		return (struct span){ 0 };
	for (size_t i = 0; i < rest->n; i++) {
		depth += rest->p[i] == '(';
		depth -= rest->p[i] == ')';
		if (depth)
			continue;
		text = span_of(rest->p + 1, i - 1);
		*rest = span_from(*rest, i + 1);
		if (span_starts(*rest, SPAN_LITERAL(" ")))
			*rest = span_from(*rest, 1);
		return text;
	}
	return (struct span){ 0 };
}

bool banner_parse(struct span line, struct banner *ret_banner)
{
	struct banner banner = { .line = line };
	struct span rest = span_from(line, strlen(PREFIX));
	const uint8_t *space;

	/* "Linux version %s" and the like are formats of messages, not the banner. */
	if (!span_starts(line, SPAN_LITERAL(PREFIX)) || rest.n == 0 || rest.p[0] < '0' ||
	    rest.p[0] > '9')
		return false;
	space = memchr(rest.p, ' ', rest.n);
	banner.release = span_of(rest.p, space ? (size_t)(space - rest.p) : rest.n);
	rest = span_from(rest, banner.release.n + (space != NULL));
	banner.builder = take_parentheses(&rest);
	banner.compiler = take_parentheses(&rest);
	banner.version = rest;
	*ret_banner = banner;
	return true;
}

/* "#1 SMP ..."; the weak banner, which stands in kernels too (6.1 on), has "# SMP ...". */
static bool has_build_number(const struct banner *banner)
{
	struct span version = banner->version;

	return version.n >= 2 && version.p[0] == '#' && version.p[1] >= '0' && version.p[1] <= '9';
}

/*
 * init/version.c is compiled before the number of the build is known, and again, when it is, as
 * init/version-timestamp.c (since 6.1): the first one's text stays among the strings.
 */
bool banner_find(struct span kernel, struct banner *ret_banner)
{
	struct banner banner;
	bool found = false;

	for (size_t at = 0; span_find(kernel, at, SPAN_LITERAL(PREFIX), &at); at++) {
		struct span line = span_clip(kernel, at, MAX_LINE);
		const uint8_t *end = memchr(line.p, '\n', line.n);

		if (!end)
			continue;
		line.n = end - line.p;
		if (!utf8_printable(line) || !banner_parse(line, &banner))
			continue;
		if (!found || has_build_number(&banner))
			*ret_banner = banner;
		found = true;
		if (has_build_number(&banner))
			break;
	}
	return found;
}
