/* SPDX-License-Identifier: GPL-2.0-or-later */
/* kimg initrd check: what an initial RAM disk lacks. */
#include <string.h>

#include "base/error.h"
#include "cli/term.h"
#include "cmd/cmd.h"
#include "cmd/initrd.h"
#include "kimg/initrd_check.h"

static const struct option_def options[] = {
	{ 'H', "host", NULL, "it shall reach the root file system of this machine",
	  COMPLETE_NOTHING, NULL, 0 },
	{ 'r', "root", "ROOT", "it shall reach this root: UUID=...,fstype=ext4,on=virtio",
	  COMPLETE_NOTHING, NULL, 0 },
	{ 'k', "kernel", "VERSION", "it is for this kernel", COMPLETE_NOTHING, NULL, 0 },
	{ 'S', "sysroot", "FOLDER", "the kernel's modules are in the system below FOLDER",
	  COMPLETE_FILE, NULL, 0 },
	{ 'p', "part", "PART", "read this initrd of an image that holds several", COMPLETE_NOTHING,
	  NULL, 0 },
	{ 'v', "verbose", NULL, "also what may be missing, such as firmware of other hardware",
	  COMPLETE_NOTHING, NULL, 0 },
	OPTIONS_END,
};

struct check {
	struct cli *cli;
	struct out *out;
	const char *file, *part;
	bool verbose;
	struct kimg_initrd_check_options options;
};

static void free_check(struct kimg_initrd_check **check)
{
	kimg_initrd_check_free(*check);
}

static void show_text(struct out *out, const char *key, enum out_style style, const char *text)
{
	if (text)
		out_text(out, key, style, span_of(text, strlen(text)));
}

static void show_finding(struct out *out, const struct kimg_initrd_finding *finding)
{
	out_record(out);
	out_row(out);
	out_width(out, 16);
	out_string(out, "kind", finding->bad ? OUT_BAD : OUT_FAINT,
		   kimg_initrd_finding_name(finding->kind));
	show_text(out, "text", finding->bad ? OUT_PLAIN : OUT_FAINT, finding->text);
	out_row_end(out);
	out_bool(out, "bad", OUT_DATA, finding->bad);
	show_text(out, "what", OUT_DATA, finding->what);
	show_text(out, "by", OUT_DATA, finding->by);
	out_close(out);
}

static void show_summary(struct out *out, const struct kimg_initrd_check *check)
{
	struct kimg_initrd_check_counts counts;

	kimg_initrd_check_counts(check, &counts);
	out_row(out);
	out_print(out, OUT_GOOD,
		  "nothing is missing: %zu modules%s%s and %zu programs were looked at",
		  counts.modules, counts.version ? " of " : "",
		  counts.version ? counts.version : "", counts.programs);
	out_row_end(out);
}

static int show(const struct check *check, const struct kimg_initrd_check *result)
{
	const struct kimg_initrd_finding *finding = kimg_initrd_check_findings(result);
	int status = STATUS_YES;

	for (; finding; finding = finding->next) {
		if (finding->bad)
			status = STATUS_NO;
		if (finding->bad || check->verbose || check->cli->format != OUT_TEXT)
			show_finding(check->out, finding);
	}
	if (status == STATUS_YES)
		show_summary(check->out, result);
	return status;
}

static int run_on(const struct check *check)
{
	cleanup_initrd struct kimg_initrd *initrd = NULL;
	__attribute__((__cleanup__(free_check))) struct kimg_initrd_check *result = NULL;
	struct kimg_error *error = initrd_open(check->cli, check->file, check->part, &initrd);
	int status;

	if (error)
		return report(check->cli, error);
	error = kimg_initrd_check(initrd, &check->options, &result);
	if (error)
		return report(check->cli, error_wrap(error, "%s", check->file));
	status = show(check, result);
	out_flush(check->out);
	return worse(status, initrd_tell_notes(check->cli, check->file, initrd));
}

static void set_option(struct check *check, int id)
{
	switch (id) {
	case 'H':
		check->options.host = true;
		break;
	case 'r':
		check->options.root = check->cli->argument;
		break;
	case 'k':
		check->options.version = check->cli->argument;
		break;
	case 'S':
		check->options.sysroot = check->cli->argument;
		break;
	case 'v':
		check->verbose = true;
		break;
	case 'p':
		check->part = check->cli->argument;
		break;
	}
}

static int run(struct cli *cli)
{
	struct check check = { .cli = cli };
	struct screen screen;
	int id, status;

	while ((id = cli_option(cli)) > 0)
		set_option(&check, id);
	if (id == CLI_STOP)
		return cli->status;
	check.file = cli->operands[0];
	check.options.limits = cli->limits;
	if (screen_open(&screen, cli))
		return STATUS_ERROR;
	check.out = screen.out;
	out_document(check.out, "kimg-initrd-check-1", "findings");
	status = run_on(&check);
	out_close(check.out);
	return screen_close(&screen, status);
}

const struct verb verb_initrd_check = {
	.name = "initrd check",
	.operands = "FILE",
	.summary = "find what one lacks",
	.about = "Looks for what the initial RAM disk in FILE lacks: modules that others need, "
		 "modules of another\n"
		 "kernel, libraries of programs, /init; with --host or --root, what it takes to "
		 "reach that root.",
	.options = options,
	.groups = GROUP_OUTPUT | GROUP_PAGER | GROUP_LIMITS,
	.complete = COMPLETE_FILE,
	.min_operands = 1,
	.max_operands = 1,
	.run = run,
};
