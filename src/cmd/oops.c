/* SPDX-License-Identifier: GPL-2.0-or-later */
/* kimg oops: the reports in a log of the kernel, with symbols and source lines. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "cli/term.h"
#include "cmd/cmd.h"
#include "cmd/oops.h"
#include "io/outfile.h"

enum {
	OPTION_MAP = 256,
	OPTION_VMLINUX,
	OPTION_IMAGE,
	OPTION_MODULES,
	OPTION_LIVE,
	OPTION_ROOT,
	OPTION_NO_SOURCE,
	OPTION_NO_SEARCH,
	OPTION_KIND,
	OPTION_HTML,
};

/* One for each of enum kimg_oops_kind; kimg_oops_kind_name() has the words. */
#define KINDS                                                                                      \
	"oops bug warning page-fault null-pointer general-protection divide-error invalid-opcode " \
	"stack-overflow double-fault panic hung-task soft-lockup hard-lockup rcu-stall kasan "     \
	"kfence kmsan kcsan ubsan lockdep list-corruption refcount slab bad-page atomic "          \
	"allocation out-of-memory sysrq machine-check dump"

static const struct option_def options[] = {
	{ 0, "map", "FILE", "take symbols from a System.map", COMPLETE_FILE, NULL, OPTION_MAP },
	{ 0, "vmlinux", "FILE", "take symbols and source lines from a vmlinux", COMPLETE_FILE, NULL,
	  OPTION_VMLINUX },
	{ 0, "image", "FILE", "take symbols from a kernel image", COMPLETE_FILE, NULL,
	  OPTION_IMAGE },
	{ 0, "modules", "PATH", "a module, or a folder with modules; may be given several times",
	  COMPLETE_FILE, NULL, OPTION_MODULES },
	{ 0, "live", NULL, "the log is that of the running kernel, which has the symbols",
	  COMPLETE_NOTHING, NULL, OPTION_LIVE },
	{ 0, "root", "DIR", "look for symbols that are installed below DIR", COMPLETE_FOLDER, NULL,
	  OPTION_ROOT },
	{ 0, "no-search", NULL, "take symbols from nowhere but what is given", COMPLETE_NOTHING,
	  NULL, OPTION_NO_SEARCH },
	{ 0, "no-source", NULL, "do not look for source files and lines", COMPLETE_NOTHING, NULL,
	  OPTION_NO_SOURCE },
	{ 'r', "reports", NULL, "print the reports alone, taken apart", COMPLETE_NOTHING, NULL, 0 },
	{ 't', "titles", NULL, "print a line for each report", COMPLETE_NOTHING, NULL, 0 },
	{ 0, "html", "OUT", "write a page with the reports", COMPLETE_FILE, NULL, OPTION_HTML },
	{ 'n', "number", "N", "only the Nth report of each log", COMPLETE_NOTHING, NULL, 0 },
	{ 0, "kind", "KIND", "only reports of that kind", COMPLETE_WORDS, KINDS, OPTION_KIND },
	{ 'f', "follow", NULL, "go on as the log grows", COMPLETE_NOTHING, NULL, 0 },
	OPTIONS_END,
};

enum form { FORM_LOG, FORM_REPORTS, FORM_TITLES, FORM_HTML };

struct oops_options {
	enum form form;
	const char *html;
	const char *kind;
	uint64_t number; /* 0: all */
	bool follow;
	const char **modules;
	size_t module_count;
	const char *roots[2];
	struct kimg_oops_symbols_options symbols;
};

/* All logs of one command line. */
struct session {
	struct cli *cli;
	const struct oops_options *o;
	struct out *out;
	struct kimg_oops_symbols *symbols; /* NULL: none are needed */
	struct oops_page page;
	uint64_t reports; /* that were shown */
	/* the log at hand */
	const char *file;
	struct oops_annotator annotator;
	bool annotates;
	struct kimg_error *error; /* of the first report that could not be shown */
};

static bool is_json(const struct cli *cli)
{
	return cli->format != OUT_TEXT;
}

/* ---- a report ---- */

static bool is_wanted(const struct oops_options *o, const struct kimg_oops *oops)
{
	if (o->number && o->number != oops->number)
		return false;
	return !o->kind || strcmp(o->kind, kimg_oops_kind_name(oops->kind)) == 0;
}

static void show(struct session *s, const struct kimg_oops *oops)
{
	const char *file = s->cli->operand_count > 1 ? s->file : NULL;

	if (is_json(s->cli))
		oops_show_json(s->out, oops, s->file);
	else if (s->o->form == FORM_HTML)
		oops_page_add(&s->page, oops, file);
	else if (s->o->form == FORM_TITLES)
		oops_show_title(s->out, oops, file);
	else
		oops_show_text(s->out, oops);
}

static void take_report(void *context, struct kimg_oops *oops)
{
	struct session *s = context;
	struct kimg_error *error = NULL;

	if (s->error || !is_wanted(s->o, oops)) {
		kimg_oops_free(oops);
		return;
	}
	s->reports++;
	if (s->symbols)
		error = kimg_oops_resolve(s->symbols, oops);
	if (!error && s->annotates) {
		error = oops_annotator_report(&s->annotator, oops);
	} else {
		if (!error)
			show(s, oops);
		kimg_oops_free(oops);
	}
	s->error = error;
}

/* ---- a log ---- */

/* What is settled goes out; at a pause it is to be seen. */
static void show_settled(struct session *s, struct kimg_oops_reader *reader, bool all)
{
	if (s->annotates)
		oops_annotator_show(&s->annotator,
				    all ? UINT64_MAX : kimg_oops_reader_settled(reader));
}

static struct kimg_error *take_bytes(struct session *s, struct kimg_oops_reader *reader,
				     struct span bytes)
{
	if (s->annotates)
		TRY(oops_annotator_add(&s->annotator, bytes));
	TRY(kimg_oops_reader_feed(reader, bytes.p, bytes.n));
	show_settled(s, reader, false);
	if (s->o->follow)
		out_flush(s->out);
	return NULL;
}

static struct kimg_error *flush_reader(struct session *s, struct kimg_oops_reader *reader)
{
	TRY(kimg_oops_reader_flush(reader));
	show_settled(s, reader, false);
	return NULL;
}

static struct kimg_error *read_on(struct session *s, struct oops_input *input,
				  struct kimg_oops_reader *reader)
{
	enum oops_input_state state = OOPS_INPUT_BYTES;
	struct span bytes;

	while (!s->error && !out_failed(s->out) && state != OOPS_INPUT_END) {
		TRY(oops_input_next(input, &state, &bytes));
		if (state == OOPS_INPUT_BYTES)
			TRY(take_bytes(s, reader, bytes));
		if (state == OOPS_INPUT_QUIET)
			TRY(flush_reader(s, reader));
		if (state == OOPS_INPUT_PAUSE || state == OOPS_INPUT_QUIET)
			out_flush(s->out);
	}
	return NULL;
}

static void free_reader(struct kimg_oops_reader **reader)
{
	kimg_oops_reader_free(*reader);
}

/* What came before an error is shown all the same. */
static struct kimg_error *read_log(struct session *s, struct oops_input *input)
{
	struct kimg_oops_reader_options how = {
		.limits = s->cli->limits,
		.report = take_report,
		.context = s,
	};
	cleanup(free_reader) struct kimg_oops_reader *reader = NULL;
	struct kimg_error *error;

	TRY(oops_input_open(input, s->cli, s->file, s->o->follow));
	TRY(kimg_oops_reader_new(&how, &reader));
	error = read_on(s, input, reader);
	if (!error)
		error = kimg_oops_reader_flush(reader);
	show_settled(s, reader, true);
	if (!error) {
		error = s->error;
		s->error = NULL;
	}
	return error;
}

/* As head(1) and tail(1) name files. */
static void show_name(struct session *s)
{
	if (s->cli->operand_count < 2 || is_json(s->cli) || s->o->form > FORM_REPORTS)
		return;
	out_space(s->out);
	out_row(s->out);
	out_string(s->out, NULL, OUT_STRONG, "==>");
	out_gap(s->out, 1);
	out_text(s->out, NULL, OUT_STRONG, oops_span(s->file));
	out_gap(s->out, 1);
	out_string(s->out, NULL, OUT_STRONG, "<==");
	out_row_end(s->out);
}

static int run_log(struct session *s, const char *file)
{
	cleanup(oops_input_done) struct oops_input input = { .fd = -1 };
	struct kimg_error *error;

	s->file = file;
	s->annotates = s->o->form == FORM_LOG && !is_json(s->cli);
	show_name(s);
	oops_annotator_init(&s->annotator, s->out, s->o->kind || s->o->number);
	error = read_log(s, &input);
	oops_annotator_done(&s->annotator);
	if (error && is_json(s->cli)) {
		out_record(s->out);
		out_failure(s->out, file, error);
		out_close(s->out);
	}
	/* A log that cannot be read is no log without reports. */
	return error ? worse(report(s->cli, error), STATUS_ERROR) : STATUS_YES;
}

/* ---- the verb ---- */

static int write_page(struct session *s, const char *path)
{
	cleanup_outfile struct outfile file = OUTFILE_NONE;
	cleanup_buf struct buf page = { 0 };
	struct kimg_error *error;

	oops_page_finish(&s->page, &page);
	error = page.failed ? error_nomem() : outfile_open(&file, path);
	if (!error)
		error = outfile_write(&file, buf_span(&page));
	if (!error)
		error = outfile_commit(&file);
	return error ? report(s->cli, error) : STATUS_YES;
}

static int run_logs(struct session *s)
{
	static char running[] = "/dev/kmsg", input[] = "-";
	char *standard = s->o->symbols.live || isatty(STDIN_FILENO) ? running : input;
	int status = STATUS_YES;

	if (s->cli->operand_count == 0)
		status = run_log(s, standard);
	for (int i = 0; i < s->cli->operand_count; i++)
		status = worse(status, run_log(s, s->cli->operands[i]));
	if (s->o->form == FORM_HTML) {
		status = worse(status, write_page(s, s->o->html));
	}
	return s->reports ? status : worse(status, STATUS_NO);
}

/* Titles come from the log alone, unless symbols are given. */
static bool needs_symbols(const struct oops_options *o)
{
	return o->form != FORM_TITLES || o->symbols.map || o->symbols.vmlinux || o->symbols.image ||
	       o->symbols.live || o->module_count;
}

static int run_session(struct session *s)
{
	struct kimg_error *error = NULL;
	int status;

	if (is_json(s->cli) || needs_symbols(s->o))
		error = kimg_oops_symbols_new(&s->o->symbols, &s->symbols);
	status = error ? report(s->cli, error) : run_logs(s);
	kimg_oops_symbols_free(s->symbols);
	oops_page_done(&s->page);
	return status;
}

static int set_number(struct cli *cli, struct oops_options *o)
{
	char *end;

	o->number = strtoull(cli->argument, &end, 10);
	if (cli->argument[0] < '1' || cli->argument[0] > '9' || *end)
		return cli_usage_error(cli, "--number=%s: must be a number from 1 on",
				       cli->argument);
	return STATUS_YES;
}

static int set_kind(struct cli *cli, struct oops_options *o)
{
	for (int kind = 0; kind < KIMG_OOPS_KINDS; kind++)
		if (strcmp(cli->argument, kimg_oops_kind_name(kind)) == 0)
			o->kind = cli->argument;
	return o->kind ? STATUS_YES
		       : cli_usage_error(cli, "--kind=%s: must be one of %s", cli->argument, KINDS);
}

static int set_form(struct cli *cli, struct oops_options *o, enum form form)
{
	if (o->form != FORM_LOG && o->form != form)
		return cli_usage_error(cli, "--reports, --titles and --html exclude each other");
	o->form = form;
	return STATUS_YES;
}

static int set_option(struct cli *cli, struct oops_options *o, int id)
{
	switch (id) {
	case OPTION_MAP:
		o->symbols.map = cli->argument;
		break;
	case OPTION_VMLINUX:
		o->symbols.vmlinux = cli->argument;
		break;
	case OPTION_IMAGE:
		o->symbols.image = cli->argument;
		break;
	case OPTION_MODULES:
		o->modules[o->module_count++] = cli->argument;
		break;
	case OPTION_LIVE:
		o->symbols.live = true;
		break;
	case OPTION_ROOT:
		o->roots[0] = cli->argument;
		break;
	case OPTION_NO_SOURCE:
		o->symbols.no_source = true;
		break;
	case OPTION_NO_SEARCH:
		o->symbols.no_search = true;
		break;
	case OPTION_KIND:
		return set_kind(cli, o);
	case OPTION_HTML:
		o->html = cli->argument;
		return set_form(cli, o, FORM_HTML);
	case 'n':
		return set_number(cli, o);
	case 'f':
		o->follow = true;
		break;
	default:
		return set_form(cli, o, id == 't' ? FORM_TITLES : FORM_REPORTS);
	}
	return STATUS_YES;
}

static int check_options(struct cli *cli, struct oops_options *o)
{
	o->symbols.limits = cli->limits;
	o->symbols.modules = o->module_count ? o->modules : NULL;
	o->symbols.roots = o->roots[0] ? o->roots : NULL;
	o->symbols.debuginfod = debuginfod_is_configured();
	if (is_json(cli) && o->form != FORM_LOG && o->form != FORM_REPORTS)
		return cli_usage_error(cli, "--json has all of a report, and excludes --titles and "
					    "--html");
	if (o->follow && (cli->operand_count > 1 || o->form == FORM_HTML))
		return cli_usage_error(cli, "--follow needs one LOG, and excludes --html");
	if (!o->follow)
		return STATUS_YES;
	cli->no_pager = true;
	oops_input_catch_signals();
	return STATUS_YES;
}

static int read_options(struct cli *cli, struct oops_options *o)
{
	int id, status = STATUS_YES;

	while (status == STATUS_YES && (id = cli_option(cli)) > 0)
		status = set_option(cli, o, id);
	if (status)
		return status;
	return id == CLI_STOP ? CLI_STOP : check_options(cli, o);
}

static int run(struct cli *cli)
{
	/* no more modules than words, and a NULL behind them */
	cleanup_free const char **modules = calloc(cli->argc + 1, sizeof(*modules));
	struct oops_options o = { .modules = modules,
				  .symbols = KIMG_OOPS_SYMBOLS_OPTIONS_DEFAULT };
	struct session s = { .cli = cli, .o = &o };
	struct screen screen;
	int status;

	if (!modules)
		return report(cli, error_nomem());
	status = read_options(cli, &o);
	if (status)
		return status == CLI_STOP ? cli->status : status;
	if (screen_open(&screen, cli))
		return STATUS_ERROR;
	s.out = screen.out;
	out_document(screen.out, "kimg-oops-1", "reports");
	status = run_session(&s);
	out_close(screen.out);
	return screen_close(&screen, status);
}

const struct verb verb_oops = {
	.name = "oops",
	.operands = "[LOG]...",
	.summary = "decode the oopses and other reports of the kernel in a log",
	.about = "Finds the reports of the kernel about itself in each LOG, of any form: oopses, "
		 "warnings, stalls and\n"
		 "others. Prints the log, and under the lines of reports what they mean: source "
		 "files and lines with what\n"
		 "was inlined, instructions, symbols in registers. - is standard input; without "
		 "LOG, that is read, or on\n"
		 "a terminal the log of the running kernel.",
	.options = options,
	.groups = GROUP_OUTPUT | GROUP_PAGER | GROUP_LIMITS,
	.complete = COMPLETE_FILE,
	.min_operands = 0,
	.max_operands = -1,
	.run = run,
};
