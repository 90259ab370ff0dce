/* SPDX-License-Identifier: GPL-2.0-or-later */
/* kimg map: System.map, from a vmlinux or from any image. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "cli/term.h"
#include "cmd/cmd.h"
#include "cmd/map.h"
#include "io/outfile.h"
#include "kimg/map.h"

enum {
	OPTION_BASE = 256,
	OPTION_KASLR,
	OPTION_RELEASE,
	OPTION_FIND,
	OPTION_CHECK,
	OPTION_KERNEL,
	OPTION_ROOT,
};

static const struct option_def options[] = {
	{ 'o', "output", "FILE", "write to FILE instead of standard output", COMPLETE_FILE, NULL,
	  0 },
	{ 0, "base", "ADDRESS", "the virtual address that a raw image starts at", COMPLETE_NOTHING,
	  NULL, OPTION_BASE },
	{ 0, "kaslr-offset", "OFFSET", "add OFFSET to every address that is not absolute",
	  COMPLETE_NOTHING, NULL, OPTION_KASLR },
	{ 0, "release", "RELEASE", "leave out what the build of that kernel release leaves out",
	  COMPLETE_NOTHING, NULL, OPTION_RELEASE },
	{ 0, "find", NULL, "find the map that belongs to kernel VERSION", COMPLETE_NOTHING, NULL,
	  OPTION_FIND },
	{ 0, "check", NULL, "tell whether MAP belongs to KERNEL", COMPLETE_NOTHING, NULL,
	  OPTION_CHECK },
	{ 0, "kernel", "FILE", "with --find: check against the kernel in FILE", COMPLETE_FILE, NULL,
	  OPTION_KERNEL },
	{ 0, "root", "DIR", "with --find and --check: look for files below DIR", COMPLETE_FOLDER,
	  NULL, OPTION_ROOT },
	{ 'v', "verbose", NULL, "with --find: tell of every file; with --check: of more symbols",
	  COMPLETE_NOTHING, NULL, 0 },
	OPTIONS_END,
};

struct map_options {
	const char *output;
	struct kimg_symbols_options symbols;
	struct kimg_map_options map;
	int mode;         /* OPTION_FIND, OPTION_CHECK, or 0: print a map */
	const char *only; /* an option that printing a map alone has */
	struct map_match_options match;
};

static void free_symbols(struct kimg_symbols **symbols)
{
	kimg_symbols_free(*symbols);
}

/* ---- what is told beside ---- */

/* Returns STATUS_NO where something is damaged. */
static int show_notes(struct cli *cli, const struct kimg_symbols *symbols)
{
	enum kimg_symbols_source source = kimg_symbols_source(symbols);
	int status = STATUS_YES;

	if (source == KIMG_SYMBOLS_KALLSYMS)
		remark(cli, "the map is made from the kernel's own kallsyms, which lack some of "
			    "the symbols of its System.map");
	for (const struct kimg_note *note = kimg_symbols_notes(symbols); note; note = note->next) {
		remark(cli, "%s", note->text);
		if (note->bad)
			status = STATUS_NO;
	}
	return status;
}

/* ---- the map as facts ---- */

static void show_head(struct out *out, const struct kimg_symbols *symbols)
{
	uint64_t base;

	out_string(out, "source", OUT_DATA, kimg_symbols_source_name(kimg_symbols_source(symbols)));
	out_string(out, "release", OUT_DATA, kimg_symbols_release(symbols));
	if (kimg_symbols_base(symbols, &base))
		out_hex(out, "base", OUT_DATA, base);
	out_array(out, "notes");
	for (const struct kimg_note *note = kimg_symbols_notes(symbols); note; note = note->next)
		out_text(out, NULL, OUT_DATA, span_of(note->text, strlen(note->text)));
	out_close(out);
}

static void show_symbol(struct out *out, const struct kimg_symbols *symbols,
			const struct kimg_symbol *symbol)
{
	const char *section = kimg_symbols_section_name(symbols, symbol->section);
	const char *module = kimg_symbols_module_name(symbols, symbol->module);

	out_object(out, NULL);
	out_hex(out, "address", OUT_DATA, symbol->address);
	out_text(out, "type", OUT_DATA, span_of(&symbol->type, 1));
	out_text(out, "name", OUT_DATA, span_of(symbol->name, symbol->name_size));
	if (symbol->size)
		out_number(out, "size", OUT_DATA, symbol->size);
	if (section)
		out_text(out, "section", OUT_DATA, span_of(section, strlen(section)));
	if (module)
		out_text(out, "module", OUT_DATA, span_of(module, strlen(module)));
	out_close(out);
}

static struct kimg_error *show_symbols(const struct map_options *o,
				       const struct kimg_symbols *symbols, struct out *out)
{
	cleanup_free const struct kimg_symbol **all = NULL;
	size_t n;

	TRY(kimg_map_symbols(symbols, &o->map, &all, &n));
	out_array(out, "symbols");
	for (size_t i = 0; i < n; i++)
		show_symbol(out, symbols, all[i]);
	out_close(out);
	return NULL;
}

/* For a terminal, which names are not to steer. */
static struct kimg_error *show_lines(const struct map_options *o,
				     const struct kimg_symbols *symbols, struct out *out)
{
	cleanup_free char *text = NULL;
	size_t size;

	TRY(kimg_map_write(symbols, &o->map, &text, &size));
	for (const char *p = text, *end; p < text + size; p = end + 1) {
		end = memchr(p, '\n', text + size - p);
		out_row(out);
		out_text(out, NULL, OUT_PLAIN, span_of(p, end - p));
		out_row_end(out);
	}
	return NULL;
}

static int show(struct cli *cli, const struct map_options *o, const struct kimg_symbols *symbols,
		struct out *out)
{
	struct kimg_error *error;

	show_head(out, symbols);
	error = cli->format == OUT_TEXT ? show_lines(o, symbols, out)
					: show_symbols(o, symbols, out);
	return error ? report(cli, error) : show_notes(cli, symbols);
}

/* ---- the map as it is ---- */

static struct kimg_error *write_map(const struct map_options *o, const struct kimg_symbols *symbols,
				    const char *input)
{
	cleanup_outfile struct outfile file = OUTFILE_NONE;
	cleanup_free char *text = NULL;
	size_t size;

	if (o->output && outfile_is(o->output, input))
		return error_new(KIMG_E_INVALID, "%s is the input: it stays as it is",
				 strcmp(o->output, "-") == 0 ? "standard output" : o->output);
	TRY(kimg_map_write(symbols, &o->map, &text, &size));
	TRY(outfile_open(&file, o->output ? o->output : "-"));
	TRY(outfile_write(&file, span_of(text, size)));
	return outfile_commit(&file);
}

static int write_out(struct cli *cli, const struct map_options *o,
		     const struct kimg_symbols *symbols, const char *input)
{
	struct kimg_error *error = write_map(o, symbols, input);

	return error ? report(cli, error) : show_notes(cli, symbols);
}

/* ---- the verb ---- */

static int run_on(struct cli *cli, const struct map_options *o, struct out *out)
{
	cleanup(free_symbols) struct kimg_symbols *symbols = NULL;
	const char *path = cli->operand_count ? cli->operands[0] : "/proc/kallsyms";
	struct kimg_error *error = kimg_symbols_open(path, &o->symbols, &symbols);

	if (error)
		return report(cli, error);
	return out ? show(cli, o, symbols, out) : write_out(cli, o, symbols, path);
}

/* Through the writer of facts: JSON, and what a terminal shows, where names are not to steer it. */
static int run_shown(struct cli *cli, const struct map_options *o)
{
	struct screen screen;
	int status;

	if (screen_open(&screen, cli))
		return STATUS_ERROR;
	out_document(screen.out, "kimg-map-1", NULL);
	status = run_on(cli, o, screen.out);
	out_close(screen.out);
	return screen_close(&screen, status);
}

/* Options of --find and --check. Returns false for others. */
static bool read_match_option(struct cli *cli, int id, struct map_options *o)
{
	switch (id) {
	case OPTION_FIND:
	case OPTION_CHECK:
		o->mode = id;
		return true;
	case OPTION_KERNEL:
		o->match.kernel = cli->argument;
		return true;
	case OPTION_ROOT:
		o->match.roots[0] = cli->argument;
		return true;
	case 'v':
		o->match.verbose = true;
		return true;
	default:
		return false;
	}
}

static int read_option(struct cli *cli, int id, struct map_options *o)
{
	if (read_match_option(cli, id, o))
		return STATUS_YES;
	o->only = id == 'o'            ? "--output"
		  : id == OPTION_BASE  ? "--base"
		  : id == OPTION_KASLR ? "--kaslr-offset"
				       : "--release";
	switch (id) {
	case 'o':
		o->output = cli->argument;
		return STATUS_YES;
	case OPTION_BASE:
		o->symbols.has_base = true;
		return cli_hex_argument(cli, &o->symbols.base);
	case OPTION_KASLR:
		return cli_hex_argument(cli, &o->symbols.shift);
	default:
		o->map.release = cli->argument;
		return STATUS_YES;
	}
}

/* The three things that the verb does have operands and options of their own. */
static int check_usage(struct cli *cli, const struct map_options *o)
{
	static const struct map_match_options none = { 0 };

	if (o->mode && o->only)
		return cli_usage_error(cli, "%s is not for --find and --check", o->only);
	if (!o->mode && memcmp(&o->match, &none, sizeof(none)) != 0)
		return cli_usage_error(cli,
				       "--kernel, --root and --verbose are for --find and --check");
	if (o->mode == OPTION_CHECK && cli->operand_count == 0)
		return cli_usage_error(cli, "--check needs MAP");
	if (o->mode == OPTION_CHECK && o->match.kernel)
		return cli_usage_error(cli, "--kernel is for --find");
	if (o->mode != OPTION_CHECK && cli->operand_count == 2)
		return cli_usage_error(cli, "%s: one operand too many", cli->operands[1]);
	if (!o->mode && cli->format != OUT_TEXT && o->output)
		return cli_usage_error(cli, "--json prints to standard output: no --output");
	return STATUS_YES;
}

static int run(struct cli *cli)
{
	struct map_options o = { .symbols = KIMG_SYMBOLS_OPTIONS_DEFAULT };
	bool facts;
	int id;

	while ((id = cli_option(cli)) > 0)
		if (read_option(cli, id, &o))
			return STATUS_ERROR;
	if (id == CLI_STOP)
		return cli->status;
	if (check_usage(cli, &o))
		return STATUS_ERROR;
	if (o.mode)
		return o.mode == OPTION_FIND ? map_find(cli, &o.match) : map_check(cli, &o.match);
	facts = cli->format != OUT_TEXT;
	o.symbols.limits = cli->limits;
	if (facts || (!o.output && isatty(STDOUT_FILENO)))
		return run_shown(cli, &o);
	return run_on(cli, &o, NULL);
}

const struct verb verb_map = {
	.name = "map",
	.operands = "[FILE] | --find [VERSION] | --check MAP [KERNEL]",
	.summary = "print System.map, from a vmlinux or from any image; find and check it",
	.about = "Prints the System.map of the kernel in FILE. From a vmlinux with its symbol "
		 "table these are the\n"
		 "very bytes that the kernel's own build makes; from an image, what its "
		 "kallsyms hold. FILE may also\n"
		 "be a module, a System.map or a copy of /proc/kallsyms. Without FILE, the "
		 "running kernel is meant.\n"
		 "With --find, prints where the map of the running kernel, or of VERSION, is. With "
		 "--check, tells\n"
		 "whether MAP belongs to KERNEL, or to the running one.",
	.options = options,
	.groups = GROUP_OUTPUT | GROUP_PAGER | GROUP_LIMITS,
	.complete = COMPLETE_FILE,
	.min_operands = 0,
	.max_operands = 2,
	.run = run,
};
