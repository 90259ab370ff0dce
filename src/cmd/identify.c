/* SPDX-License-Identifier: GPL-2.0-or-later */
/* kimg identify: one word a file. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "cli/term.h"
#include "cmd/cmd.h"
#include "kimg/image.h"

static const struct option_def options[] = {
	{ 't', "title", NULL, "print what people call the format, not its word", COMPLETE_NOTHING,
	  NULL, 0 },
	OPTIONS_END,
};

/* What people call it: "Linux arm64 Image, gzip" for image-arm64.gzip. NULL: no memory. */
static char *title_of(const char *word)
{
	const char *dot = strrchr(word, '.');
	cleanup_free char *inner = strndup(word, dot ? (size_t)(dot - word) : strlen(word));
	const char *title = inner ? kimg_format_title(inner) : NULL;
	char *text;

	if (!title)
		title = word;
	if (asprintf(&text, "%s%s%s%s", title, dot ? " (" : "", dot ? dot + 1 : "",
		     dot ? ")" : "") < 0)
		return NULL;
	return text;
}

struct identify {
	struct cli *cli;
	struct out *out;
	bool title;
	bool several;
};

static void show(struct identify *identify, const char *file, const char *word, const char *title)
{
	struct out *out = identify->out;

	out_row(out);
	out_text(out, "file", identify->several ? OUT_PLAIN : OUT_DATA,
		 span_of(file, strlen(file)));
	if (identify->several) {
		out_gap(out, 0);
		out_print(out, OUT_PLAIN, ":");
		out_gap(out, 1);
	}
	out_string(out, "word", identify->title ? OUT_DATA : OUT_STRONG, word);
	out_string(out, "title", identify->title ? OUT_STRONG : OUT_DATA, title);
	out_row_end(out);
}

static int identify_file(struct identify *identify, const char *file)
{
	cleanup_free char *word = NULL, *title = NULL;
	struct kimg_error *error = kimg_identify(file, &identify->cli->limits, &word);

	if (!error) {
		title = title_of(word);
		if (!title)
			error = error_nomem();
	}
	out_record(identify->out);
	if (error)
		out_failure(identify->out, file, error);
	else
		show(identify, file, word, title);
	out_close(identify->out);
	return error ? report(identify->cli, error) : STATUS_YES;
}

static int run(struct cli *cli)
{
	struct identify identify = { .cli = cli };
	int id, status = STATUS_YES;
	struct screen screen;

	while ((id = cli_option(cli)) > 0)
		identify.title = true;
	if (id == CLI_STOP)
		return cli->status;
	if (screen_open(&screen, cli))
		return STATUS_ERROR;
	identify.out = screen.out;
	identify.several = cli->operand_count > 1;
	out_document(screen.out, "kimg-identify-1", "files");
	for (int i = 0; i < cli->operand_count; i++)
		status = worse(status, identify_file(&identify, cli->operands[i]));
	out_close(screen.out);
	return screen_close(&screen, status);
}

const struct verb verb_identify = {
	.name = "identify",
	.operands = "FILE...",
	.summary = "print one word a file: what it is",
	.about = "Prints what each FILE is: one word, such as bzimage, uki or image-arm64.gzip.\n"
		 "With several FILEs, the name of each comes before its word. - is standard input.",
	.options = options,
	.groups = GROUP_OUTPUT | GROUP_LIMITS,
	.complete = COMPLETE_FILE,
	.min_operands = 1,
	.max_operands = -1,
	.run = run,
};
