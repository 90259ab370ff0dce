/* SPDX-License-Identifier: GPL-2.0-or-later */
/* kimg completion: the script that completes kimg's command lines in a shell. */
#include "cli/term.h"
#include "cmd/cmd.h"

static const struct option_def options[] = { OPTIONS_END };

static int run(struct cli *cli)
{
	int id = cli_option(cli);

	if (id == CLI_STOP)
		return cli->status;
	if (!completion_print(cli->operands[0]))
		return cli_usage_error(cli, "%s: must be one of %s", cli->operands[0],
				       cli->verb->words);
	return STATUS_YES;
}

const struct verb verb_completion = {
	.name = "completion",
	.operands = "SHELL",
	.summary = "print a script that completes command lines",
	.about = "Prints the completion script for SHELL: bash, zsh or fish.",
	.options = options,
	.complete = COMPLETE_WORDS,
	.words = "bash zsh fish",
	.min_operands = 1,
	.max_operands = 1,
	.run = run,
};
