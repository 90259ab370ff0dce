/* SPDX-License-Identifier: GPL-2.0-or-later */
/* kimg initrd cat: a file of an initial RAM disk. */
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "cli/term.h"
#include "cmd/cmd.h"
#include "cmd/initrd.h"
#include "io/outfile.h"

static const struct option_def options[] = {
	{ 'p', "part", "PART", "read this initrd of an image that holds several", COMPLETE_NOTHING,
	  NULL, 0 },
	{ 'f', "force", NULL, "write binary data to a terminal, too", COMPLETE_NOTHING, NULL, 0 },
	OPTIONS_END,
};

struct cat {
	struct cli *cli;
	const char *file, *part;
	bool force;
};

/* Whether a terminal had better not see it. */
static bool is_binary(struct span bytes)
{
	for (size_t i = 0; i < bytes.n; i++)
		if (bytes.p[i] == 0x1b || bytes.p[i] == 0)
			return true;
	return false;
}

static struct kimg_error *write_file(const struct cat *cat, struct kimg_initrd *initrd,
				     const char *name)
{
	const struct kimg_initrd_entry *entry;
	const void *bytes;
	size_t size;

	TRY(kimg_initrd_find(initrd, name, &entry));
	if (!S_ISREG(entry->mode))
		return error_new(KIMG_E_NOT_FOUND, "%s: no regular file", name);
	TRY(kimg_initrd_data(initrd, &bytes, &size));
	if (!cat->force && isatty(STDOUT_FILENO) && is_binary(span_of(bytes, size)))
		return error_new(KIMG_E_INVALID,
				 "%s: will not write binary data to a terminal without --force",
				 name);
	return write_all(STDOUT_FILENO, span_of(bytes, size), "standard output");
}

static int run_on(const struct cat *cat)
{
	cleanup_initrd struct kimg_initrd *initrd = NULL;
	struct kimg_error *error = initrd_open(cat->cli, cat->file, cat->part, &initrd);
	int status = STATUS_YES;

	if (error)
		return report(cat->cli, error);
	for (int i = 1; i < cat->cli->operand_count; i++) {
		error = write_file(cat, initrd, cat->cli->operands[i]);
		if (error)
			status =
				worse(status, report(cat->cli, error_wrap(error, "%s", cat->file)));
	}
	return worse(status, initrd_tell_notes(cat->cli, cat->file, initrd));
}

static int run(struct cli *cli)
{
	struct cat cat = { .cli = cli };
	int id;

	while ((id = cli_option(cli)) > 0) {
		if (id == 'p')
			cat.part = cli->argument;
		else
			cat.force = true;
	}
	if (id == CLI_STOP)
		return cli->status;
	cat.file = cli->operands[0];
	return run_on(&cat);
}

const struct verb verb_initrd_cat = {
	.name = "initrd cat",
	.operands = "FILE NAME...",
	.summary = "print a file of one",
	.about = "Prints the file that the kernel finds at NAME when it has unpacked the initial "
		 "RAM disk in FILE: the\n"
		 "last one of that name, with links followed inside of the initrd.",
	.options = options,
	.groups = GROUP_LIMITS,
	.complete = COMPLETE_FILE,
	.min_operands = 2,
	.max_operands = -1,
	.run = run,
};
