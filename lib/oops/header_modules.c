/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * "Modules linked in: a(OE) b c(+) [last unloaded: d(E)]": print_modules() of kernel/module/main.c. Loggers and mails
 * wrap the line, where it goes on without a word of its own.
 */
#include "oops/header.h"

enum { SHORTEST_WRAPPED = 60 };

static bool is_name(uint8_t c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       c == '_' || c == '-' || c == '.';
}

/* "name", "name(OE+)"; flags may be empty. */
static bool parse_module(struct span word, struct span *ret_name, struct span *ret_flags)
{
	size_t n = 0;

	while (n < word.n && is_name(word.p[n]))
		n++;
	*ret_name = span_clip(word, 0, n);
	*ret_flags = (struct span){ 0 };
	if (n == 0 || n == word.n)
		return n > 0;
	if (word.p[n] != '(' || word.p[word.n - 1] != ')' || word.n - n > 16)
		return false;
	*ret_flags = span_clip(word, n + 1, word.n - n - 2);
	return true;
}

static void add_module(struct report *report, struct span name, struct span flags)
{
	struct kimg_oops_module module = { 0 };

	if (report->told.modules_done)
		return;
	module.name = report_text(report, name);
	if (flags.n)
		module.flags = report_text(report, flags);
	report_add_module(report, &module);
}

/* Adds the words of a list up to its end. False where the list may go on with the next line. */
static bool take_list(struct report *report, struct span text)
{
	struct span name, flags;

	for (scan_blanks(&text); text.n; scan_blanks(&text)) {
		struct span word = text_word(text);

		if (text.p[0] == '[' || !parse_module(word, &name, &flags))
			return true;
		add_module(report, name, flags);
		text = span_from(text, word.n);
	}
	return false;
}

/* Whether a line has nothing but names of modules. */
static bool is_list(struct span text)
{
	struct span name, flags;
	bool any = false;

	for (scan_blanks(&text); text.n; scan_blanks(&text)) {
		struct span word = text_word(text);

		if (any && text_starts(text, "[last unloaded: "))
			return true;
		if (!parse_module(word, &name, &flags) || (name.p[0] >= 'A' && name.p[0] <= 'Z'))
			return false;
		any = true;
		text = span_from(text, word.n);
	}
	return any;
}

/* A list that ended is not told again, as by the panic that follows an oops. */
static void close_list(struct report *report)
{
	if (report->told.modules_open && report->oops.module_count)
		report->told.modules_done = true;
	report->told.modules_open = false;
}

bool modules_take(struct report *report, struct span text)
{
	size_t width = text.n;

	if (scan_word(&text, "Modules linked in:")) {
		close_list(report);
		report->told.modules_open = true;
	} else if (!report->told.modules_open || !is_list(text)) {
		close_list(report);
		return false;
	}
	if (take_list(report, text) || width < SHORTEST_WRAPPED)
		close_list(report);
	return true;
}
