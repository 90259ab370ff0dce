/* SPDX-License-Identifier: GPL-2.0-or-later */
/* kimg initrd extract: the tree of an initial RAM disk, in a folder or as a tar archive. */
#include <stdio.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/escape.h"
#include "cli/term.h"
#include "cmd/cmd.h"
#include "cmd/initrd.h"
#include "io/outfile.h"

enum {
	OPTION_TAR = 256,
	OPTION_DEVICES,
	OPTION_OWNERS,
	OPTION_SPECIAL_BITS,
};

static const struct option_def options[] = {
	{ 'C', "directory", "DIR", "make the tree below DIR", COMPLETE_FOLDER, NULL, 0 },
	{ 0, "tar", NULL, "write a tar archive instead", COMPLETE_NOTHING, NULL, OPTION_TAR },
	{ 'o', "output", "FILE", "with --tar: to FILE; - is standard output (default)",
	  COMPLETE_FILE, NULL, 0 },
	{ 'f', "force", NULL, "replace files that are there; write to a terminal, too",
	  COMPLETE_NOTHING, NULL, 0 },
	{ 0, "devices", NULL, "make device nodes (as root)", COMPLETE_NOTHING, NULL,
	  OPTION_DEVICES },
	{ 0, "owners", NULL, "keep owners and groups (as root)", COMPLETE_NOTHING, NULL,
	  OPTION_OWNERS },
	{ 0, "special-bits", NULL, "keep setuid, setgid and sticky bits (as root)",
	  COMPLETE_NOTHING, NULL, OPTION_SPECIAL_BITS },
	{ 'p', "part", "PART", "read this initrd of an image that holds several", COMPLETE_NOTHING,
	  NULL, 0 },
	{ 'v', "verbose", NULL, "print the names of what is made", COMPLETE_NOTHING, NULL, 0 },
	OPTIONS_END,
};

/* Entries told that were left out; how many there are in all is told at the end. */
#define MAX_TOLD 10

struct extract {
	struct cli *cli;
	const char *file, *part, *output;
	struct kimg_initrd_extract_options o;
	bool tar, verbose;
	uint64_t made, left_out;
	struct buf names;
};

/* ---- what is told meanwhile ---- */

static void flush_names(struct extract *x)
{
	fwrite(x->names.p, 1, x->names.n, stdout);
	x->names.n = 0;
}

static void tell_made(void *context, const struct kimg_initrd_entry *entry)
{
	struct extract *x = context;

	x->made++;
	if (!x->verbose)
		return;
	escape_line(&x->names, span_of(entry->name, entry->name_size));
	buf_putc(&x->names, '\n');
	flush_names(x);
}

static void tell_left_out(void *context, const struct kimg_initrd_entry *entry, const char *why)
{
	struct extract *x = context;

	if (++x->left_out <= MAX_TOLD)
		remark(x->cli, "%s: %s is left out: %s", x->file, entry->name, why);
}

/* ---- the work ---- */

static struct kimg_error *write_tar(struct extract *x, struct kimg_initrd *initrd)
{
	cleanup_outfile struct outfile out = OUTFILE_NONE;
	struct kimg_error *error;

	if (outfile_is(x->output, x->file))
		return error_new(KIMG_E_INVALID, "%s is the input: it stays as it is", x->output);
	TRY(outfile_open(&out, x->output));
	error = kimg_initrd_tar(initrd, out.fd, x->o.patterns);
	/* What a damaged initrd holds is worth keeping. */
	if (error && kimg_error_code(error) == KIMG_E_IO)
		return error;
	if (!error)
		return outfile_commit(&out);
	kimg_error_free(outfile_commit(&out));
	return error;
}

static int run_on(struct extract *x)
{
	cleanup_initrd struct kimg_initrd *initrd = NULL;
	struct kimg_error *error = initrd_open(x->cli, x->file, x->part, &initrd);
	int status;

	if (error)
		return report(x->cli, error);
	error = x->tar ? write_tar(x, initrd) : kimg_initrd_extract(initrd, &x->o);
	status = initrd_tell_notes(x->cli, x->file, initrd);
	if (x->left_out > MAX_TOLD)
		remark(x->cli, "%s: %ju entries are left out in all", x->file,
		       (uintmax_t)x->left_out);
	if (error)
		return worse(status, report(x->cli, error_wrap(error, "%s", x->file)));
	if (!x->tar && x->o.patterns && x->made == 0)
		status = worse(status, STATUS_NO);
	return status;
}

/* ---- the verb ---- */

static void set_option(struct extract *x, int id)
{
	switch (id) {
	case 'C':
		x->o.folder = x->cli->argument;
		break;
	case OPTION_TAR:
		x->tar = true;
		break;
	case 'o':
		x->output = x->cli->argument;
		break;
	case 'f':
		x->o.force = true;
		break;
	case OPTION_DEVICES:
		x->o.devices = true;
		break;
	case OPTION_OWNERS:
		x->o.owners = true;
		break;
	case OPTION_SPECIAL_BITS:
		x->o.special_bits = true;
		break;
	case 'p':
		x->part = x->cli->argument;
		break;
	case 'v':
		x->verbose = true;
		break;
	}
}

static int check_usage(struct extract *x)
{
	bool rights = x->o.devices || x->o.owners || x->o.special_bits;

	if (x->tar == (x->o.folder != NULL))
		return cli_usage_error(x->cli, "one of --directory and --tar must be given");
	if (!x->tar && x->output)
		return cli_usage_error(x->cli, "--output is for --tar");
	if (rights && x->tar)
		return cli_usage_error(x->cli, "a tar archive has all devices, owners and bits");
	if (rights && geteuid() != 0)
		return cli_usage_error(x->cli,
				       "--devices, --owners and --special-bits are for root alone");
	if (!x->output)
		x->output = "-";
	if (x->tar && !x->o.force && x->output[0] == '-' && !x->output[1] && isatty(STDOUT_FILENO))
		return cli_usage_error(
			x->cli,
			"will not write binary data to a terminal: use --output, or --force");
	return STATUS_YES;
}

static int run(struct cli *cli)
{
	struct extract x = { .cli = cli };
	int id, status;

	while ((id = cli_option(cli)) > 0)
		set_option(&x, id);
	if (id == CLI_STOP)
		return cli->status;
	status = check_usage(&x);
	if (status)
		return status;
	x.file = cli->operands[0];
	if (cli->operand_count > 1)
		x.o.patterns = (const char *const *)cli->operands + 1;
	x.o.made = tell_made;
	x.o.left_out = tell_left_out;
	x.o.context = &x;
	status = run_on(&x);
	buf_done(&x.names);
	return status;
}

const struct verb verb_initrd_extract = {
	.name = "initrd extract",
	.operands = "FILE [PATTERN]...",
	.summary = "make the tree of one in a folder, or a tar archive of it",
	.about = "Makes what the kernel would unpack of the initial RAM disk in FILE: the whole "
		 "tree, or with PATTERN\n"
		 "what matches it. Nothing outside of the folder is ever written to.",
	.options = options,
	.groups = GROUP_LIMITS,
	.complete = COMPLETE_FILE,
	.min_operands = 1,
	.max_operands = -1,
	.run = run,
};
