/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reading command lines by the tables of the verbs. */
#include "cli/options.h"

#include <ctype.h>
#include <errno.h>
#include <getopt.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/hex.h"
#include "cli/term.h"

/* ---- the shared options ---- */

enum {
	ID_JSON = 512,
	ID_COLOR,
	ID_NO_PAGER,
	ID_MAX_OUTPUT,
	ID_MAX_MEMORY,
	ID_MAX_INPUT,
	ID_MAX_DEPTH,
	ID_MAX_PARTS
};

/* More would only overflow the stack: each layer is worked on inside the one around it. */
#define MAX_DEPTH 64

#define JSON_STYLES  "pretty short lines"
#define COLOR_STYLES "auto always never"

static const struct option_def output_options[] = {
	{ 0, "json", "[=STYLE]", "print JSON: pretty (default), short, or lines", COMPLETE_WORDS,
	  JSON_STYLES, ID_JSON },
	{ 0, "color", "WHEN", "use colours: auto (default), always, or never", COMPLETE_WORDS,
	  COLOR_STYLES, ID_COLOR },
	OPTIONS_END,
};

static const struct option_def pager_options[] = {
	{ 0, "no-pager", NULL, "do not start a pager on a terminal", COMPLETE_NOTHING, NULL,
	  ID_NO_PAGER },
	OPTIONS_END,
};

static const struct option_def limit_options[] = {
	{ 0, "max-output", "SIZE", "stop when decoding makes more bytes than this (1G)",
	  COMPLETE_NOTHING, NULL, ID_MAX_OUTPUT },
	{ 0, "max-memory", "SIZE", "working memory that one decoder may take (512M)",
	  COMPLETE_NOTHING, NULL, ID_MAX_MEMORY },
	{ 0, "max-input", "SIZE", "bytes read from a pipe (4G)", COMPLETE_NOTHING, NULL,
	  ID_MAX_INPUT },
	{ 0, "max-depth", "N", "layers inside one another (16)", COMPLETE_NOTHING, NULL,
	  ID_MAX_DEPTH },
	{ 0, "max-parts", "N", "parts of one image (65536)", COMPLETE_NOTHING, NULL, ID_MAX_PARTS },
	OPTIONS_END,
};

static const struct option_def common_options[] = {
	{ 'q', "quiet", NULL, "say nothing on standard error", COMPLETE_NOTHING, NULL, 0 },
	{ 'h', "help", NULL, "print this help", COMPLETE_NOTHING, NULL, 0 },
	OPTIONS_END,
};

static void visit_table(const struct option_def *table,
			void (*visit)(const struct option_def *, void *), void *context)
{
	for (; table && table->name; table++)
		visit(table, context);
}

void options_visit(const struct verb *verb, void (*visit)(const struct option_def *, void *),
		   void *context)
{
	visit_table(verb->options, visit, context);
	if (verb->groups & GROUP_OUTPUT)
		visit_table(output_options, visit, context);
	if (verb->groups & GROUP_PAGER)
		visit_table(pager_options, visit, context);
	if (verb->groups & GROUP_LIMITS)
		visit_table(limit_options, visit, context);
	visit_table(common_options, visit, context);
}

/* ---- getopt_long's view of the tables ---- */

#define MAX_OPTIONS 40

struct getopt_table {
	char letters[2 * MAX_OPTIONS + 2];
	struct option longs[MAX_OPTIONS + 1];
	int count;
};

static int id_of(const struct option_def *option)
{
	return option->id ? option->id : option->letter;
}

static void add_option(const struct option_def *option, void *context)
{
	struct getopt_table *table = context;
	bool optional = option->argument && option->argument[0] == '[';
	size_t n = strlen(table->letters);

	if (table->count >= MAX_OPTIONS)
		abort();
	table->longs[table->count++] = (struct option){
		.name = option->name,
		.has_arg = !option->argument ? no_argument
			   : optional        ? optional_argument
					     : required_argument,
		.val = id_of(option),
	};
	if (option->letter)
		snprintf(table->letters + n, sizeof(table->letters) - n, "%c%s", option->letter,
			 option->argument ? ":" : "");
}

/* ---- the values of shared options ---- */

bool parse_size(const char *text, uint64_t *ret_size)
{
	static const char units[] = "KMGT";
	unsigned long long value;
	const char *unit;
	int shift = 0;
	char *end;

	if (text[0] < '0' || text[0] > '9')
		return false;
	errno = 0;
	value = strtoull(text, &end, 0);
	if (errno || end == text)
		return false;
	if (*end) {
		unit = strchr(units, *end >= 'a' ? *end - 'a' + 'A' : *end);
		if (!unit || (end[1] && strcmp(end + 1, "iB") != 0))
			return false;
		shift = 10 * (unit - units + 1);
	}
	if (value > UINT64_MAX >> shift)
		return false;
	*ret_size = (uint64_t)value << shift;
	return true;
}

int cli_hex_argument(struct cli *cli, uint64_t *ret_value)
{
	if (hex_number(span_of(cli->argument, strlen(cli->argument)), ret_value))
		return STATUS_YES;
	return cli_usage_error(cli, "%s: not a hexadecimal number", cli->argument);
}

static bool is_word_of(const char *word, const char *words)
{
	size_t n = strlen(word);

	for (const char *p = words; n && p; p = strchr(p, ' ')) {
		p += *p == ' ';
		if (strncmp(p, word, n) == 0 && (p[n] == ' ' || p[n] == '\0'))
			return true;
	}
	return false;
}

static int set_json(struct cli *cli, const char *style)
{
	if (style && !is_word_of(style, JSON_STYLES))
		return cli_usage_error(cli, "--json=%s: must be one of %s", style, JSON_STYLES);
	cli->format = !style || style[0] == 'p' ? OUT_JSON_PRETTY
		      : style[0] == 's'         ? OUT_JSON_SHORT
						: OUT_JSON_LINES;
	return STATUS_YES;
}

static int set_color(struct cli *cli, const char *when)
{
	if (!is_word_of(when, COLOR_STYLES))
		return cli_usage_error(cli, "--color=%s: must be one of %s", when, COLOR_STYLES);
	cli->color = when;
	return STATUS_YES;
}

static int set_limit(struct cli *cli, int id, const char *argument)
{
	uint64_t size;

	if (!parse_size(argument, &size))
		return cli_usage_error(cli, "%s: not a size", argument);
	switch (id) {
	case ID_MAX_OUTPUT:
		cli->limits.output = size;
		break;
	case ID_MAX_MEMORY:
		cli->limits.memory = size;
		break;
	case ID_MAX_INPUT:
		cli->limits.input = size;
		break;
	case ID_MAX_DEPTH:
		if (size > MAX_DEPTH)
			return cli_usage_error(cli, "--max-depth=%s: at most %d", argument,
					       MAX_DEPTH);
		cli->limits.depth = size;
		break;
	case ID_MAX_PARTS:
		cli->limits.parts = size < UINT32_MAX ? size : UINT32_MAX;
	}
	return STATUS_YES;
}

/* True: the option is a shared one and was dealt with; cli->status says how. */
static bool shared_option(struct cli *cli, int id)
{
	switch (id) {
	case ID_JSON:
		cli->status = set_json(cli, cli->argument);
		return true;
	case ID_COLOR:
		cli->status = set_color(cli, cli->argument);
		return true;
	case ID_MAX_OUTPUT:
	case ID_MAX_MEMORY:
	case ID_MAX_INPUT:
	case ID_MAX_DEPTH:
	case ID_MAX_PARTS:
		cli->status = set_limit(cli, id, cli->argument);
		return true;
	case ID_NO_PAGER:
		cli->no_pager = true;
		return true;
	case 'q':
		cli->quiet = true;
		return true;
	}
	return false;
}

/* ---- reading ---- */

int cli_usage_error(struct cli *cli, const char *format, ...)
{
	cleanup_free char *text = NULL;
	va_list ap;

	va_start(ap, format);
	if (vasprintf(&text, format, ap) < 0)
		text = NULL;
	va_end(ap);
	complain("%s: %s", cli->verb->name, text ? text : "bad usage");
	complain_plain("Try 'kimg %s --help' for more information.", cli->verb->name);
	return STATUS_ERROR;
}

/* getopt_long() found something that is in no table, or an argument that is missing or too much. */
static int option_error(struct cli *cli, int got)
{
	const char *word = cli->argv[optind - 1];

	if (got == ':')
		return cli_usage_error(cli, "option %s needs an argument", word);
	if (optopt && optopt < 256 && word[0] == '-' && word[1] != '-')
		return cli_usage_error(cli, "unknown option -%c", optopt);
	if (optopt)
		return cli_usage_error(cli, "option %s takes no argument", word);
	return cli_usage_error(cli, "unknown option %s", word);
}

static int take_operands(struct cli *cli)
{
	cli->operands = cli->argv + optind;
	cli->operand_count = cli->argc - optind;
	if (cli->operand_count < cli->verb->min_operands)
		return cli_usage_error(cli, "%s is missing", cli->verb->operands);
	if (cli->verb->max_operands >= 0 && cli->operand_count > cli->verb->max_operands)
		return cli_usage_error(cli, "%s: one operand too many",
				       cli->operands[cli->verb->max_operands]);
	return STATUS_YES;
}

int cli_option(struct cli *cli)
{
	int got;

	for (;;) {
		got = getopt_long(cli->argc, cli->argv, cli->letters, cli->longs, NULL);
		cli->argument = optarg;
		cli->status = STATUS_YES;
		if (got == -1) {
			cli->status = take_operands(cli);
			return cli->status ? CLI_STOP : CLI_DONE;
		}
		if (got == '?' || got == ':') {
			cli->status = option_error(cli, got);
			return CLI_STOP;
		}
		if (got == 'h') {
			usage_print(cli->verb);
			return CLI_STOP;
		}
		if (!shared_option(cli, got))
			return got;
		if (cli->status)
			return CLI_STOP;
	}
}

/* ---- verbs ---- */

const struct verb_group *verb_group_by_name(const char *name)
{
	for (const struct verb_group *group = verb_groups; group->name; group++)
		if (strcmp(group->name, name) == 0)
			return group;
	return NULL;
}

const char *verb_second_word(const struct verb *verb)
{
	const char *blank = strchr(verb->name, ' ');

	return blank ? blank + 1 : NULL;
}

const struct verb_group *verb_group_of(const struct verb *verb)
{
	const char *second = verb_second_word(verb);
	size_t n = second ? second - verb->name - 1 : 0;

	for (const struct verb_group *group = verb_groups; second && group->name; group++)
		if (strlen(group->name) == n && strncmp(group->name, verb->name, n) == 0)
			return group;
	return NULL;
}

bool verb_opens_group(size_t i)
{
	const struct verb_group *group = verb_group_of(verbs[i]);

	return group && (i == 0 || verb_group_of(verbs[i - 1]) != group);
}

struct verb_label verb_label(const struct verb *verb)
{
	struct verb_label label;
	char *blank;

	snprintf(label.text, sizeof(label.text), "%s", verb->name);
	blank = strchr(label.text, ' ');
	if (blank)
		*blank = '-';
	return label;
}

const struct verb *verb_by_name(const char *first, const char *second)
{
	for (size_t i = 0; verbs[i]; i++) {
		const struct verb_group *group = verb_group_of(verbs[i]);
		bool fits = group && second
				    ? strcmp(group->name, first) == 0 &&
					      strcmp(verb_second_word(verbs[i]), second) == 0
				    : !group && !second && strcmp(verbs[i]->name, first) == 0;

		if (fits)
			return verbs[i];
	}
	return NULL;
}

int cli_run(const struct verb *verb, int argc, char **argv)
{
	struct getopt_table table = { .letters = ":" };
	struct cli cli = {
		.verb = verb,
		.letters = table.letters,
		.longs = table.longs,
		.argc = argc,
		.argv = argv,
		.color = "auto",
		.limits = KIMG_LIMITS_DEFAULT,
	};

	opterr = 0;
	options_visit(verb, add_option, &table);
	return verb->run(&cli);
}
