/* SPDX-License-Identifier: GPL-2.0-or-later */
/* kimg: finds the verb and runs it. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "cli/options.h"
#include "cli/term.h"
#include "cmd/cmd.h"

const struct verb *const verbs[] = {
	&verb_identify, &verb_info, &verb_extract, &verb_config, &verb_completion, NULL,
};

static int bad_usage(const char *what, const char *word)
{
	complain("%s%s", what, word);
	complain_plain("Try 'kimg --help' for more information.");
	return STATUS_ERROR;
}

static int dispatch(int argc, char **argv)
{
	const struct verb *verb;

	if (argc < 2)
		return bad_usage("VERB is missing", "");
	if (strcmp(argv[1], "--version") == 0) {
		printf("kimg %s\n", KIMG_VERSION);
		return STATUS_YES;
	}
	if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0) {
		usage_print(NULL);
		return STATUS_YES;
	}
	verb = verb_by_name(argv[1]);
	if (!verb)
		return bad_usage(argv[1][0] == '-' ? "unknown option " : "unknown verb ", argv[1]);
	return cli_run(verb, argc - 1, argv + 1);
}

int main(int argc, char **argv)
{
	int status = dispatch(argc, argv);

	/* Help and scripts go through stdio; a full disk must not look like success. */
	if (fflush(stdout) != 0) {
		complain("standard output: %s", strerror(errno));
		return STATUS_ERROR;
	}
	return status;
}
