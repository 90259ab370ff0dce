/* SPDX-License-Identifier: GPL-2.0-or-later */
/* kimg config: the configuration that a kernel was built with, and what differs between two. */
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "cli/term.h"
#include "cmd/cmd.h"
#include "kimg/config.h"

enum { OPTION_ROOT = 256 };

static const struct option_def options[] = {
	{ 'g', "get", "NAME", "print the value of this option alone", COMPLETE_NOTHING, NULL, 0 },
	{ 'm', "merge", NULL, "print differences as lines of a .config, to merge", COMPLETE_NOTHING,
	  NULL, 0 },
	{ 0, "root", "DIR", "look for installed files below DIR", COMPLETE_FOLDER, NULL,
	  OPTION_ROOT },
	OPTIONS_END,
};

struct config_options {
	const char *get;
	bool merge;
	const char *roots[2];
};

static void free_config(struct kimg_config **config)
{
	kimg_config_free(*config);
}

static struct kimg_error *open_config(struct cli *cli, const struct config_options *o,
				      const char *file, struct kimg_config **ret_config)
{
	struct kimg_options options_of_image = KIMG_OPTIONS_DEFAULT;
	const char *const *roots = o->roots[0] ? o->roots : NULL;

	options_of_image.limits = cli->limits;
	if (!file)
		return kimg_config_of_running(roots, &cli->limits, ret_config);
	return kimg_config_open(file, roots, &options_of_image, ret_config);
}

static bool is_embedded(const char *source)
{
	return strcmp(source, "embedded") == 0;
}

/* ---- one configuration ---- */

static void show_lines(struct out *out, const char *text, size_t size)
{
	while (size) {
		const char *end = memchr(text, '\n', size);
		size_t n = end ? (size_t)(end - text) : size;

		out_row(out);
		out_text(out, NULL, OUT_PLAIN, span_of(text, n));
		out_row_end(out);
		n += end != NULL;
		text += n;
		size -= n;
	}
}

static void show_options(struct out *out, const struct kimg_config *config)
{
	size_t n;
	const struct kimg_config_option *all = kimg_config_options(config, &n);

	out_object(out, "options");
	for (size_t i = 0; i < n; i++)
		out_text(out, all[i].name, OUT_DATA, span_of(all[i].value, strlen(all[i].value)));
	out_close(out);
}

static int show_value(struct cli *cli, struct out *out, const struct kimg_config *config,
		      const char *name)
{
	const char *plain = strncmp(name, "CONFIG_", 7) == 0 ? name + 7 : name;
	const char *value = kimg_config_value(config, plain);
	const char *source = kimg_config_source(config);

	if (!value)
		return report(cli,
			      error_new(KIMG_E_NOT_FOUND, "%s does not mention CONFIG_%s",
					is_embedded(source) ? "the embedded configuration" : source,
					plain));
	out_row(out);
	out_object(out, "options");
	out_text(out, plain, OUT_PLAIN, span_of(value, strlen(value)));
	out_close(out);
	out_row_end(out);
	return STATUS_YES;
}

static int show(struct cli *cli, struct out *out, const struct config_options *o,
		const struct kimg_config *config)
{
	const char *source = kimg_config_source(config), *text;
	size_t size;

	out_text(out, "source", OUT_DATA, span_of(source, strlen(source)));
	if (o->get)
		return show_value(cli, out, config, o->get);
	text = kimg_config_text(config, &size);
	show_lines(out, text, size);
	show_options(out, config);
	remark(cli, "the configuration is %s%s", is_embedded(source) ? "" : "that of ", source);
	return STATUS_YES;
}

/* ---- two ---- */

struct difference {
	struct out *out;
	bool merge;
};

static void show_merge_line(struct out *out, const char *name, const char *after)
{
	out_row(out);
	if (!after || strcmp(after, "n") == 0)
		out_print(out, OUT_PLAIN, "# CONFIG_%s is not set", name);
	else
		out_print(out, OUT_PLAIN, "CONFIG_%s=%s", name, after);
	out_row_end(out);
}

static void show_change_line(struct out *out, const char *name, const char *before,
			     const char *after)
{
	out_row(out);
	out_print(out,
		  !before  ? OUT_GOOD
		  : !after ? OUT_BAD
			   : OUT_PLAIN,
		  "%c%s",
		  !before  ? '+'
		  : !after ? '-'
			   : ' ',
		  name);
	out_gap(out, 1);
	out_print(out, OUT_PLAIN, "%s%s%s", before ? before : "", before && after ? " -> " : "",
		  after ? after : "");
	out_row_end(out);
}

static void show_difference(void *data, const char *name, const char *before, const char *after)
{
	const struct difference *difference = data;
	struct out *out = difference->out;

	out_object(out, NULL);
	out_string(out, "name", OUT_DATA, name);
	out_string(out, "before", OUT_DATA, before);
	out_string(out, "after", OUT_DATA, after);
	out_close(out);
	if (difference->merge)
		show_merge_line(out, name, after);
	else
		show_change_line(out, name, before, after);
}

static int compare(struct out *out, const struct config_options *o,
		   const struct kimg_config *before, const struct kimg_config *after)
{
	struct difference difference = { .out = out, .merge = o->merge };
	const char *a = kimg_config_source(before), *b = kimg_config_source(after);
	size_t n;

	out_text(out, "before", OUT_DATA, span_of(a, strlen(a)));
	out_text(out, "after", OUT_DATA, span_of(b, strlen(b)));
	out_array(out, "differences");
	n = kimg_config_compare(before, after, show_difference, &difference);
	out_close(out);
	return n ? STATUS_NO : STATUS_YES;
}

/* ---- the verb ---- */

static int run_on(struct cli *cli, struct out *out, const struct config_options *o)
{
	cleanup(free_config) struct kimg_config *first = NULL, *second = NULL;
	struct kimg_error *error;

	error = open_config(cli, o, cli->operand_count ? cli->operands[0] : NULL, &first);
	if (!error && cli->operand_count == 2)
		error = open_config(cli, o, cli->operands[1], &second);
	if (error)
		return report(cli, error);
	return second ? compare(out, o, first, second) : show(cli, out, o, first);
}

static int run(struct cli *cli)
{
	struct config_options o = { 0 };
	struct screen screen;
	int id, status;

	while ((id = cli_option(cli)) > 0) {
		if (id == 'g')
			o.get = cli->argument;
		else if (id == 'm')
			o.merge = true;
		else
			o.roots[0] = cli->argument;
	}
	if (id == CLI_STOP)
		return cli->status;
	if (o.get && cli->operand_count == 2)
		return cli_usage_error(cli, "--get needs one FILE, not two");
	if (o.merge && cli->operand_count != 2)
		return cli_usage_error(cli, "--merge needs FILE and NEW");
	if (screen_open(&screen, cli))
		return STATUS_ERROR;
	out_document(screen.out, cli->operand_count == 2 ? "kimg-config-diff-1" : "kimg-config-1",
		     NULL);
	status = run_on(cli, screen.out, &o);
	out_close(screen.out);
	return screen_close(&screen, status);
}

const struct verb verb_config = {
	.name = "config",
	.operands = "[FILE [NEW]]",
	.summary = "print a kernel's configuration, or what differs between two",
	.about = "Prints the configuration that the kernel in FILE was built with: the one "
		 "embedded in it, else\n"
		 "the file that was installed with it. FILE may also be a .config. With NEW, "
		 "prints what differs\n"
		 "between the two. Without FILE, the running kernel is meant.",
	.options = options,
	.groups = GROUP_OUTPUT | GROUP_PAGER | GROUP_LIMITS,
	.complete = COMPLETE_FILE,
	.min_operands = 0,
	.max_operands = 2,
	.run = run,
};
