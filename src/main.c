/* SPDX-License-Identifier: GPL-2.0-or-later */
/* kimg: finds the verb and runs it. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cli/options.h"
#include "cli/term.h"
#include "cmd/cmd.h"

const struct verb *const verbs[] = {
	&verb_identify,
	&verb_info,
	&verb_extract,
	&verb_vmlinux,
	&verb_config,
	&verb_map,
	&verb_sym,
	&verb_size,
	&verb_oops,
	&verb_klogd,
	&verb_initrd_create,
	&verb_initrd_list,
	&verb_initrd_extract,
	&verb_initrd_cat,
	&verb_initrd_check,
	&verb_completion,
	NULL,
};

const struct verb_group verb_groups[] = {
	{
		.name = "initrd",
		.summary = "initial RAM disks",
		.about = "Reads initial RAM disks as the kernel does: every segment, with any "
			 "compression, also inside\n"
			 "of a kernel image, and the file systems of old ones.",
	},
	{ 0 },
};

static int bad_usage(const char *what, const char *word)
{
	complain("%s%s", what, word);
	complain_plain("Try 'kimg --help' for more information.");
	return STATUS_ERROR;
}

static bool is_help(const char *word)
{
	return strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0;
}

/* argv[0] is the group's name. */
static int dispatch_group(const struct verb_group *group, int argc, char **argv)
{
	const struct verb *verb;

	if (argc > 1 && is_help(argv[1])) {
		usage_print_group(group);
		return STATUS_YES;
	}
	verb = argc > 1 ? verb_by_name(group->name, argv[1]) : NULL;
	if (verb)
		return cli_run(verb, argc - 1, argv + 1);
	if (argc < 2)
		complain("%s: VERB is missing", group->name);
	else
		complain("%s: %s%s", group->name,
			 argv[1][0] == '-' ? "unknown option " : "unknown verb ", argv[1]);
	complain_plain("Try 'kimg %s --help' for more information.", group->name);
	return STATUS_ERROR;
}

static int dispatch(int argc, char **argv)
{
	const struct verb_group *group;
	const struct verb *verb;

	if (argc < 2)
		return bad_usage("VERB is missing", "");
	if (strcmp(argv[1], "--version") == 0) {
		printf("kimg %s\n", KIMG_VERSION);
		return STATUS_YES;
	}
	if (is_help(argv[1])) {
		usage_print(NULL);
		return STATUS_YES;
	}
	group = verb_group_by_name(argv[1]);
	if (group)
		return dispatch_group(group, argc - 1, argv + 1);
	verb = verb_by_name(argv[1], NULL);
	if (!verb)
		return bad_usage(argv[1][0] == '-' ? "unknown option " : "unknown verb ", argv[1]);
	return cli_run(verb, argc - 1, argv + 1);
}

/*
 * What is closed of the three standard descriptors would be taken by the next file that is opened, and
 * messages would go into that. Opened the wrong way round, using them stays an error.
 */
static void fill_standard_descriptors(void)
{
	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
		if (fcntl(fd, F_GETFD) < 0 && errno == EBADF)
			open("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY);
}

int main(int argc, char **argv)
{
	int status;

	fill_standard_descriptors();
	status = dispatch(argc, argv);

	/* Help and scripts go through stdio; a full disk must not look like success. */
	if (fflush(stdout) != 0) {
		complain("standard output: %s", strerror(errno));
		return STATUS_ERROR;
	}
	return status;
}
