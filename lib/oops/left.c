/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Symbols of modules that left the running kernel: the lines that /proc/kallsyms had of them,
 *	ffffffffc0842000 t kc_level3	[kcrash]
 * kept as text, and read again when there are more.
 */
#include <inttypes.h>

#include "oops/resolve.h"
#include "symbol/readers.h"

enum { MOST_TEXT = 1 << 20 };

/* Whether a line of /proc/modules begins with the name. */
static bool is_loaded(struct span modules, const char *name)
{
	size_t n = strlen(name);

	while (modules.n) {
		const uint8_t *newline = memchr(modules.p, '\n', modules.n);
		size_t line = newline ? (size_t)(newline - modules.p) : modules.n;

		if (line > n && modules.p[n] == ' ' && memcmp(modules.p, name, n) == 0)
			return true;
		modules = span_from(modules, line + 1);
	}
	return false;
}

static void add_module(struct buf *text, const struct kimg_symbols *symbols, unsigned int module,
		       const char *name)
{
	size_t n;
	const struct kimg_symbol *all = kimg_symbols_all(symbols, &n);

	for (size_t i = 0; i < n && text->n < MOST_TEXT; i++) {
		if (all[i].module != module || !all[i].address)
			continue;
		buf_printf(text, "%016" PRIx64 " %c ", all[i].address, all[i].type);
		buf_add(text, all[i].name, all[i].name_size);
		buf_printf(text, "\t[%s]\n", name);
	}
}

static void forget_symbols(struct left_modules *left)
{
	kimg_symbols_free(left->symbols);
	left->symbols = NULL;
}

void left_done(struct left_modules *left)
{
	forget_symbols(left);
	buf_done(&left->text);
}

/* Where they have become too many, those that left first are forgotten: all but the new ones. */
static void add_text(struct left_modules *left, struct span text)
{
	if (left->text.n + text.n > 2 * MOST_TEXT)
		left->text.n = 0;
	buf_add(&left->text, text.p, text.n);
}

struct kimg_error *left_keep(struct left_modules *left, const struct kimg_symbols *before,
			     struct span modules)
{
	const struct kimg_symbols_options options = KIMG_SYMBOLS_OPTIONS_DEFAULT;
	cleanup_buf struct buf text = { 0 };
	struct kimg_error *error;
	const char *name;

	if (!before || modules.n > MOST_TEXT)
		return NULL;
	for (unsigned int i = 1; (name = kimg_symbols_module_name(before, i)); i++)
		if (!is_loaded(modules, name))
			add_module(&text, before, i, name);
	if (text.failed)
		return error_nomem();
	if (!text.n)
		return NULL;
	forget_symbols(left);
	add_text(left, buf_span(&text));
	if (left->text.failed)
		return error_nomem();
	error = symbols_read_text(buf_span(&left->text), &options, &left->symbols);
	if (error && kimg_error_code(error) == KIMG_E_NOMEM)
		return error;
	kimg_error_free(error); /* none of them had a line that is one */
	return NULL;
}
