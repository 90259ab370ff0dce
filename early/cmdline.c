/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cmdline.h"

#include <stdlib.h>
#include <string.h>

#include "text.h"

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/* A quotation mark is left out where it opens or closes the word, or the value. */
static char *unquote(char *s)
{
	size_t n;

	if (*s != '"')
		return s;
	s++;
	n = strlen(s);
	if (n && s[n - 1] == '"')
		s[n - 1] = '\0';
	return s;
}

/* The end of the word that begins here. */
static char *word_end(char *s)
{
	bool quoted = false;

	for (; *s && (quoted || !is_blank(*s)); s++) {
		if (*s == '"')
			quoted = !quoted;
	}
	return s;
}

static void add_word(struct cmdline *line, char *word)
{
	struct cmdline_word *added;
	char *value;

	/* In powers of two: the list is grown seldom. */
	if ((line->n & (line->n - 1)) == 0)
		line->words =
			text_grow(line->words, (line->n ? 2 * line->n : 1) * sizeof(*line->words));
	added = &line->words[line->n++];
	added->name = unquote(word);
	value = strchr(added->name, '=');
	if (value)
		*value++ = '\0';
	added->value = value ? unquote(value) : NULL;
}

void cmdline_add(struct cmdline *line, char *text)
{
	while (*text) {
		char *end;

		while (is_blank(*text))
			text++;
		end = word_end(text);
		if (end == text)
			break;
		if (*end)
			*end++ = '\0';
		if (!strcmp(text, "--"))
			break;
		add_word(line, text);
		text = end;
	}
}

void cmdline_done(struct cmdline *line)
{
	free(line->words);
	*line = (struct cmdline){ 0 };
}

bool cmdline_same_name(const char *a, const char *b, size_t n)
{
	for (; n; n--, a++, b++) {
		char left = *a == '-' ? '_' : *a;
		char right = *b == '-' ? '_' : *b;

		if (left != right)
			return false;
		if (!left)
			return true;
	}
	return true;
}

const char *cmdline_next(const struct cmdline *line, const char *name, size_t *at)
{
	while (*at < line->n) {
		const struct cmdline_word *word = &line->words[(*at)++];

		if (cmdline_same_name(word->name, name, SIZE_MAX))
			return word->value ? word->value : "";
	}
	return NULL;
}

const char *cmdline_get(const struct cmdline *line, const char *name)
{
	for (size_t i = line->n; i-- > 0;) {
		const struct cmdline_word *word = &line->words[i];

		if (cmdline_same_name(word->name, name, SIZE_MAX))
			return word->value ? word->value : "";
	}
	return NULL;
}

bool cmdline_flag(const struct cmdline *line, const char *name, bool fallback)
{
	static const char *const no[] = { "0", "no", "off", "false" };
	const char *value = cmdline_get(line, name);

	if (!value)
		return fallback;
	for (size_t i = 0; i < sizeof(no) / sizeof(*no); i++) {
		if (!strcmp(value, no[i]))
			return false;
	}
	return true;
}

uint64_t cmdline_number(const struct cmdline *line, const char *name, uint64_t fallback)
{
	const char *value = cmdline_get(line, name);
	uint64_t number;

	return value && text_number(value, 10, &number) ? number : fallback;
}

/* Whether the list has the piece. '-' and '_' are the same: it is modules that are listed. */
static bool has_piece(const char *list, const char *piece)
{
	size_t n = strlen(piece);

	while (*list) {
		size_t length = strcspn(list, ",");

		if (length == n && cmdline_same_name(list, piece, n))
			return true;
		list += length + (list[length] == ',');
	}
	return false;
}

bool cmdline_lists(const struct cmdline *line, const char *name, const char *piece)
{
	const char *list;
	size_t at = 0;

	while ((list = cmdline_next(line, name, &at))) {
		if (has_piece(list, piece))
			return true;
	}
	return false;
}
