/* SPDX-License-Identifier: GPL-2.0-or-later */
/* kimg sym: symbols by name and by address. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/error.h"
#include "cli/term.h"
#include "cmd/cmd.h"
#include "cmd/lines.h"
#include "cmd/sym_live.h"
#include "cmd/sym_query.h"
#include "cmd/sym_show.h"

enum {
	OPTION_MAP = 256,
	OPTION_VMLINUX,
	OPTION_IMAGE,
	OPTION_LIVE,
	OPTION_MODULE,
	OPTION_SECTIONS,
	OPTION_KASLR_OFFSET,
	OPTION_BASE,
	OPTION_NO_SOURCE,
	OPTION_ROOT,
};

static const struct option_def options[] = {
	{ 0, "map", "FILE", "look in a System.map or a copy of /proc/kallsyms", COMPLETE_FILE, NULL,
	  OPTION_MAP },
	{ 0, "vmlinux", "FILE", "look in the symbol table of a vmlinux", COMPLETE_FILE, NULL,
	  OPTION_VMLINUX },
	{ 0, "image", "FILE", "look in a kernel image", COMPLETE_FILE, NULL, OPTION_IMAGE },
	{ 0, "live", NULL, "look in the running kernel (the default)", COMPLETE_NOTHING, NULL,
	  OPTION_LIVE },
	{ 0, "module", "FILE", "look in a module, too; may be given several times", COMPLETE_FILE,
	  NULL, OPTION_MODULE },
	{ 0, "sections", "DIR", "where the sections of modules were loaded: /sys/module",
	  COMPLETE_FOLDER, NULL, OPTION_SECTIONS },
	{ 0, "kaslr-offset", "OFFSET", "the kernel was moved by this much when it was loaded",
	  COMPLETE_NOTHING, NULL, OPTION_KASLR_OFFSET },
	{ 0, "base", "ADDRESS", "the address of the first byte of a raw image", COMPLETE_NOTHING,
	  NULL, OPTION_BASE },
	{ 0, "no-source", NULL, "do not look for source files and lines", COMPLETE_NOTHING, NULL,
	  OPTION_NO_SOURCE },
	{ 0, "root", "DIR", "look for debug information that is installed below DIR",
	  COMPLETE_FOLDER, NULL, OPTION_ROOT },
	{ 'a', "all", NULL, "all names of an address, and names with suffixes of compilers",
	  COMPLETE_NOTHING, NULL, 0 },
	OPTIONS_END,
};

struct sym_options {
	const char *file; /* NULL: the running kernel */
	int source;       /* the option that named it; 0: none did */
	const char **modules;
	size_t module_count;
	struct kimg_symbols_options symbols;
	bool all;
	bool no_source;
	const char *roots[2];
};

/* ---- tables ---- */

static void free_tables(struct sym_tables *tables)
{
	for (size_t i = 0; i < tables->count; i++)
		kimg_symbols_free(tables->all[i]);
	free(tables->all);
}

static void tell_notes(const struct cli *cli, const char *file, const struct kimg_symbols *symbols)
{
	for (const struct kimg_note *note = kimg_symbols_notes(symbols); note; note = note->next)
		remark(cli, "%s: %s", file, note->text);
}

static struct kimg_error *add_table(struct cli *cli, const struct sym_options *o, const char *file,
				    struct sym_tables *tables)
{
	struct kimg_symbols **symbols = &tables->all[tables->count];

	TRY(kimg_symbols_open(file, &o->symbols, symbols));
	tables->count++;
	tell_notes(cli, file, *symbols);
	return NULL;
}

static struct kimg_error *add_running(struct cli *cli, const struct sym_options *o,
				      struct sym_tables *tables)
{
	struct kimg_symbols **symbols = &tables->all[tables->count];

	TRY(open_running(cli, &o->symbols, o->source == OPTION_LIVE, symbols));
	tables->count++;
	tell_notes(cli, "the running kernel", *symbols);
	return NULL;
}

/* Modules alone are looked at alone. */
static struct kimg_error *open_tables(struct cli *cli, const struct sym_options *o,
				      struct sym_tables *tables)
{
	tables->all = calloc(o->module_count + 1, sizeof(struct kimg_symbols *));
	if (!tables->all)
		return error_nomem();
	if (o->file)
		TRY(add_table(cli, o, o->file, tables));
	else if (o->source || o->module_count == 0)
		TRY(add_running(cli, o, tables));
	for (size_t i = 0; i < o->module_count; i++)
		TRY(add_table(cli, o, o->modules[i], tables));
	return NULL;
}

/* The files behind the tables, in the order of open_tables(). */
static struct kimg_error *prepare_sources(struct cli *cli, const struct sym_options *o,
					  const struct sym_tables *tables,
					  struct sym_sources *sources)
{
	size_t kernels = tables->count - o->module_count;

	*sources = (struct sym_sources){
		.cli = cli,
		.tables = tables,
		.options = { .limits = cli->limits, .roots = o->roots[0] ? o->roots : NULL },
		.shift = o->symbols.shift,
	};
	if (o->no_source)
		return NULL;
	sources->all = calloc(tables->count, sizeof(*sources->all));
	if (!sources->all)
		return error_nomem();
	if (kernels && (o->source == OPTION_VMLINUX || o->source == OPTION_IMAGE))
		sources->all[0].file = o->file;
	for (size_t i = 0; i < o->module_count; i++)
		sources->all[kernels + i].file = o->modules[i];
	return NULL;
}

/* ---- queries ---- */

struct session {
	struct cli *cli;
	struct out *out;
	const struct sym_options *options;
	const struct sym_tables *tables;
	struct sym_answer answer;
	struct sym_sources sources;
	int status;
};

static void answer_one(struct session *s, struct span query)
{
	sym_ask(s->tables, query, s->options->all, &s->answer);
	sym_show(s->out, query, &s->answer, &s->sources);
	if (s->answer.problem == SYM_NO_MEMORY)
		s->status = STATUS_ERROR;
	else if (s->answer.problem != SYM_FINE)
		s->status = worse(s->status, STATUS_NO);
}

static void flush(void *context)
{
	out_flush(context);
}

static void answer_lines(struct session *s)
{
	cleanup_lines struct lines lines = { .fd = STDIN_FILENO };
	struct kimg_error *error;
	struct span line;
	bool more;

	for (;;) {
		error = lines_next(&lines, flush, s->out, &line, &more);
		if (error)
			s->status = report(s->cli, error);
		if (error || !more)
			return;
		if (line.n)
			answer_one(s, line);
	}
}

/* Whether word is the module of the query before it: a frame of an oops, pasted without quotes. */
static bool is_module_of_query(const char *word)
{
	size_t n;

	if (word[0] != '[')
		return false;
	n = strspn(word + 1, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_");
	return n > 1 && strcmp(word + 1 + n, "]") == 0;
}

static void answer_operands(struct session *s)
{
	char **words = s->cli->operands;
	int count = s->cli->operand_count;

	for (int i = 0; i < count; i++) {
		cleanup_buf struct buf query = { 0 };

		buf_puts(&query, words[i]);
		if (strcmp(words[i], "-") == 0) {
			answer_lines(s);
			continue;
		}
		if (i + 1 < count && is_module_of_query(words[i + 1])) {
			buf_putc(&query, ' ');
			buf_puts(&query, words[++i]);
		}
		if (query.failed)
			s->status = report(s->cli, error_nomem());
		else
			answer_one(s, buf_span(&query));
	}
	if (count == 0)
		answer_lines(s);
}

/* Where addresses alone are asked for, the rest of the symbols need not be read. */
static void look_near(const struct cli *cli, struct sym_options *o, uint64_t *addresses)
{
	for (int i = 0; i < cli->operand_count; i++) {
		const char *word = cli->operands[i];

		if (!sym_is_address(span_of(word, strlen(word)), &addresses[i]))
			return;
	}
	o->symbols.near = addresses;
	o->symbols.near_count = cli->operand_count;
}

static int run_on(struct cli *cli, struct out *out, const struct sym_options *o)
{
	cleanup(free_tables) struct sym_tables tables = { 0 };
	struct session s = { .cli = cli, .out = out, .options = o, .tables = &tables };
	struct kimg_error *error = open_tables(cli, o, &tables);

	if (!error)
		error = prepare_sources(cli, o, &tables, &s.sources);
	if (error)
		return report(cli, error);
	answer_operands(&s);
	sym_answer_done(&s.answer);
	sym_sources_done(&s.sources);
	return s.status;
}

/* ---- the verb ---- */

static int set_source(struct cli *cli, struct sym_options *o, int id)
{
	if (o->source)
		return cli_usage_error(cli,
				       "--map, --vmlinux, --image and --live exclude each other");
	o->source = id;
	o->file = id == OPTION_LIVE ? NULL : cli->argument;
	return STATUS_YES;
}

static int set_option(struct cli *cli, struct sym_options *o, int id)
{
	switch (id) {
	case 'a':
		o->all = true;
		break;
	case OPTION_MODULE:
		o->modules[o->module_count++] = cli->argument;
		break;
	case OPTION_SECTIONS:
		o->symbols.sections = cli->argument;
		break;
	case OPTION_KASLR_OFFSET:
		return cli_hex_argument(cli, &o->symbols.shift);
	case OPTION_NO_SOURCE:
		o->no_source = true;
		break;
	case OPTION_ROOT:
		o->roots[0] = cli->argument;
		break;
	case OPTION_BASE:
		o->symbols.has_base = true;
		return cli_hex_argument(cli, &o->symbols.base);
	default:
		return set_source(cli, o, id);
	}
	return STATUS_YES;
}

static int read_options(struct cli *cli, struct sym_options *o)
{
	int id, status = STATUS_YES;

	while (status == STATUS_YES && (id = cli_option(cli)) > 0)
		status = set_option(cli, o, id);
	if (status == STATUS_YES && id == CLI_STOP)
		return CLI_STOP;
	o->symbols.limits = cli->limits;
	return status;
}

static int run(struct cli *cli)
{
	/* no more modules than words */
	cleanup_free const char **modules = calloc(cli->argc, sizeof(*modules));
	cleanup_free uint64_t *addresses = calloc(cli->argc, sizeof(*addresses));
	struct sym_options o = { .modules = modules, .symbols = KIMG_SYMBOLS_OPTIONS_DEFAULT };
	struct screen screen;
	int status;

	if (!modules || !addresses)
		return report(cli, error_nomem());
	status = read_options(cli, &o);
	if (status)
		return status == CLI_STOP ? cli->status : status;
	look_near(cli, &o, addresses);
	if (screen_open(&screen, cli))
		return STATUS_ERROR;
	out_document(screen.out, "kimg-sym-1", "queries");
	status = run_on(cli, screen.out, &o);
	out_close(screen.out);
	return screen_close(&screen, status);
}

const struct verb verb_sym = {
	.name = "sym",
	.operands = "[QUERY]...",
	.summary = "look up symbols by name or address",
	.about =
		"Prints the symbols of a kernel that each QUERY means: NAME, ADDRESS "
		"(hexadecimal), "
		"NAME+OFFSET,\n"
		"NAME+OFFSET/SIZE as in an oops, or a pattern of * ? and [...]; with \" [MODULE]\" "
		"behind it, in that\n"
		"module. Without QUERY, or for -, they are read from standard input, one a line. "
		"Without a file, the\n"
		"running kernel is meant.",
	.options = options,
	.groups = GROUP_OUTPUT | GROUP_PAGER | GROUP_LIMITS,
	.complete = COMPLETE_NOTHING,
	.min_operands = 0,
	.max_operands = -1,
	.run = run,
};
