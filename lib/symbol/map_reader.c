/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Tables of symbols in text: System.map, /proc/kallsyms, /proc/ksyms. text_line.c has the lines. */
#include <inttypes.h>
#include <stdlib.h>

#include "base/hash.h"
#include "symbol/ksyms.h"
#include "symbol/readers.h"
#include "symbol/text_line.h"

/* The line at the start of text, without its newline. */
static struct span first_line(struct span text)
{
	const uint8_t *end = text.n ? memchr(text.p, '\n', text.n) : NULL;

	return span_of(text.p, end ? (size_t)(end - text.p) : text.n);
}

/* ---- what text it is ---- */

/*
 * What Debian installs as /boot/System.map-VERSION since 2018: "ffffffffffffffff B The real System.map is in
 * the linux-image-<version>-dbg package" (debian/rules.real of its package linux).
 */
static bool is_placeholder(struct span text, struct span *ret_package)
{
	struct span line = first_line(span_clip(text, 0, 1024));
	size_t at, end;

	if (!span_find(line, 0, SPAN_LITERAL(" The real System.map is in the "), &at) || at > 20)
		return false;
	at += strlen(" The real System.map is in the ");
	if (!span_find(line, at, SPAN_LITERAL(" "), &end))
		end = line.n;
	*ret_package = span_of(line.p + at, end - at);
	return true;
}

enum { SAMPLE_SIZE = 16 << 10, SAMPLE_LINES = 64 };

struct sample {
	unsigned int typed;
	unsigned int untyped;
	unsigned int bad;
};

static bool is_identifier(struct span name)
{
	for (size_t i = 0; i < name.n; i++) {
		uint8_t c = name.p[i];

		if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '.' ||
		      c == '$' || (i && c >= '0' && c <= '9')))
			return false;
	}
	return name.n > 1;
}

/* Stricter than the reader, which knows already what it reads: other text starts with numbers, too. */
static void add_to_sample(struct sample *sample, struct span line)
{
	struct text_line parsed;
	enum text_line_kind kind;

	kind = text_line_parse(line, true, &parsed);
	if (kind == TEXT_LINE_EMPTY)
		return;
	if (kind == TEXT_LINE_SYMBOL && (parsed.digits >= 8 || line.p[1] == 'x'))
		sample->typed++;
	else if (text_line_parse(line, false, &parsed) == TEXT_LINE_SYMBOL && parsed.digits >= 8 &&
		 is_identifier(parsed.name))
		sample->untyped++;
	else
		sample->bad++;
}

static struct sample take_sample(struct span text)
{
	bool cut = text.n > SAMPLE_SIZE;
	struct span rest = span_clip(text, 0, SAMPLE_SIZE);
	struct sample sample = { 0 };

	for (unsigned int i = 0; rest.n && i < SAMPLE_LINES; i++) {
		struct span line = first_line(rest);

		if (line.n == rest.n && cut)
			break;
		add_to_sample(&sample, line);
		rest = span_from(rest, line.n + 1);
	}
	return sample;
}

bool symbols_text_is(struct span text)
{
	struct sample sample = take_sample(text);
	struct span package;
	unsigned int good = sample.typed + sample.untyped;

	return is_placeholder(text, &package) || (good && good >= 2 * sample.bad);
}

/* ---- reading ---- */

enum { MODULE_BUCKETS = 1 << 12 };

struct reader {
	struct kimg_symbols *symbols;
	bool typed;
	uint64_t lines;
	uint64_t bad;
	uint64_t first_bad;
	uint64_t zeros; /* symbols at address 0 */
	unsigned int digits;

	/* the module of the symbol before, and chains of all by the hash of their names */
	struct span module;
	uint16_t module_index;
	uint64_t seed;
	uint16_t buckets[MODULE_BUCKETS];
	uint16_t nexts[UINT16_MAX + 1];
};

static struct kimg_error *find_module(struct reader *r, struct span name, uint16_t *ret_index)
{
	uint16_t *bucket, index;

	if (name.n == 0 || span_equal(name, r->module)) {
		*ret_index = name.n ? r->module_index : 0;
		return NULL;
	}
	bucket = &r->buckets[hash_span(r->seed, name) % MODULE_BUCKETS];
	for (index = *bucket; index; index = r->nexts[index]) {
		const char *known = r->symbols->modules[index];

		if (span_equal(span_of(known, strlen(known)), name))
			break;
	}
	if (!index) {
		TRY(symbols_add_module(r->symbols, name, &index));
		/* Without a number its symbols would pass for those of the kernel itself. */
		if (!index)
			return error_new(KIMG_E_LIMIT, "symbols of more than %zu modules",
					 r->symbols->module_count - 1);
		r->nexts[index] = *bucket;
		*bucket = index;
	}
	r->module = name;
	r->module_index = *ret_index = index;
	return NULL;
}

static uint8_t flags_of(char type, struct span name)
{
	uint8_t flags = type >= 'A' && type <= 'Z' ? KIMG_SYMBOL_GLOBAL : 0;

	switch (type) {
	case 'A':
	case 'a':
	case 'U':
	case 'N':
		return flags | KIMG_SYMBOL_HIDDEN;
	case 'W':
	case 'w':
	case 'V':
	case 'v':
		flags = KIMG_SYMBOL_WEAK;
		break;
	case '?':
		flags = KIMG_SYMBOL_GLOBAL;
	}
	if (symbol_name_is_internal(name))
		flags |= KIMG_SYMBOL_HIDDEN;
	return flags;
}

static struct kimg_error *add_line(struct reader *r, const struct text_line *line)
{
	struct kimg_symbol symbol = {
		.address = line->address,
		.size = line->size,
		.name = (const char *)line->name.p,
		.name_size = line->name.n,
		.type = line->type,
		.flags = flags_of(line->type, line->name),
	};

	if (line->module.n || r->module.n)
		TRY(find_module(r, line->module, &symbol.module));
	if (line->digits > r->digits)
		r->digits = line->digits;
	r->zeros += line->address == 0;
	return symbols_add(r->symbols, &symbol);
}

/* Of /proc/ksyms: a symbol, or a section of a module. */
static struct kimg_error *add_ksyms_line(struct reader *r, struct text_line *line)
{
	struct ksyms_section section;
	uint16_t index;

	if (ksyms_section(line->name, &section))
		TRY(symbols_add_section(r->symbols, section.name, line->address, section.size,
					&index));
	line->name = ksyms_plain_name(line->name);
	line->type = '?';
	return add_line(r, line);
}

static struct kimg_error *read_line(struct reader *r, struct span text, size_t *ret_length)
{
	struct text_line parsed = { 0 };
	enum text_line_kind kind;
	struct span line;

	*ret_length = r->typed ? text_line_fast(text, &parsed) : 0;
	if (*ret_length && parsed.name.n <= SYMBOL_NAME_MAX)
		return add_line(r, &parsed);
	line = first_line(text);
	*ret_length = line.n + 1;
	kind = text_line_parse(line, r->typed, &parsed);
	if (kind == TEXT_LINE_EMPTY)
		return NULL;
	if (kind == TEXT_LINE_BAD || parsed.name.n > SYMBOL_NAME_MAX) {
		if (r->bad++ == 0)
			r->first_bad = r->lines;
		return NULL;
	}
	return r->typed ? add_line(r, &parsed) : add_ksyms_line(r, &parsed);
}

static struct kimg_error *read_lines(struct reader *r, struct span text)
{
	size_t length;

	while (text.n) {
		r->lines++;
		TRY(read_line(r, text, &length));
		text = span_from(text, length);
	}
	return NULL;
}

/* ---- what was read ---- */

/* Not a handful of symbols at 0, such as the start of a per-CPU section or of a kernel that is loaded there. */
enum { MANY_ZEROS = 64 };

#define HOW_TO_SEE                                                               \
	"read /proc/kallsyms as root, with kernel.kptr_restrict at 0 or 1 (see " \
	"proc_sys_kernel(5))"

static struct kimg_error *check_zeros(struct reader *r)
{
	struct kimg_symbols *symbols = r->symbols;

	if (r->zeros == symbols->n)
		return error_new(KIMG_E_NOT_FOUND,
				 "the kernel hid the addresses, all of them are 0: " HOW_TO_SEE);
	if (r->zeros < MANY_ZEROS)
		return NULL;
	for (size_t i = 0; i < symbols->n; i++)
		if (symbols->all[i].address == 0)
			symbols->all[i].flags |= KIMG_SYMBOL_HIDDEN;
	symbols_note(symbols, true,
		     "the addresses of %" PRIu64 " of %zu symbols are 0: " HOW_TO_SEE, r->zeros,
		     symbols->n);
	return NULL;
}

static struct kimg_error *check(struct reader *r)
{
	struct kimg_symbols *symbols = r->symbols;
	const char *plural = r->bad == 1 ? " is no symbol" : "s are no symbols";

	if (r->bad >= symbols->n)
		return error_new(KIMG_E_CORRUPT,
				 "%" PRIu64 " of %" PRIu64
				 " lines are no symbols; the first is line %" PRIu64,
				 r->bad, r->lines, r->first_bad);
	if (r->bad)
		symbols_note(symbols, true, "%" PRIu64 " line%s; the first is line %" PRIu64,
			     r->bad, plural, r->first_bad);
	if (r->digits <= 8)
		symbols->bits = 32;
	if (!r->typed)
		symbols->source = KIMG_SYMBOLS_PROC_KSYMS;
	else if (symbols->module_count)
		symbols->source = KIMG_SYMBOLS_PROC_KALLSYMS;
	return check_zeros(r);
}

struct kimg_error *symbols_read_text(struct span text, const struct kimg_symbols_options *options,
				     struct kimg_symbols **ret_symbols)
{
	cleanup_symbols struct kimg_symbols *symbols = NULL;
	cleanup_free struct reader *r = calloc(1, sizeof(*r));
	struct sample sample = take_sample(text);
	struct span package;

	if (!r)
		return error_nomem();
	if (is_placeholder(text, &package))
		return error_new(
			KIMG_E_NOT_FOUND,
			"this is a placeholder; the real System.map is in the package %.*s",
			(int)package.n, package.p);
	TRY(symbols_new(KIMG_SYMBOLS_MAP, &symbols));
	r->symbols = symbols;
	r->typed = sample.typed >= sample.untyped;
	r->seed = hash_seed();
	TRY(read_lines(r, text));
	TRY(check(r));
	TRY(symbols_finish(symbols, options->shift));
	if (!r->typed)
		ksyms_place(symbols);
	*ret_symbols = symbols;
	symbols = NULL;
	return NULL;
}
