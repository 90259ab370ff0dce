/* SPDX-License-Identifier: GPL-2.0-or-later */
/* --help, made from the tables. */
#include <stdio.h>
#include <string.h>

#include "cli/options.h"

#define HELP_COLUMN 28

static void print_option(const struct option_def *option, void *context)
{
	char left[64];
	int n;

	n = snprintf(left, sizeof(left), "  %c%c%c --%s", option->letter ? '-' : ' ',
		     option->letter ? option->letter : ' ', option->letter ? ',' : ' ',
		     option->name);
	if (option->argument)
		snprintf(left + n, sizeof(left) - n, "%s%s", option->argument[0] == '[' ? "" : "=",
			 option->argument);
	if (strlen(left) < HELP_COLUMN)
		printf("%-*s%s\n", HELP_COLUMN, left, option->help);
	else
		printf("%s\n%*s%s\n", left, HELP_COLUMN, "", option->help);
}

static void print_verbs(void)
{
	printf("Usage: kimg VERB [OPTION]... [OPERAND]...\n"
	       "Takes Linux kernel images apart.\n\nVerbs:\n");
	for (size_t i = 0; verbs[i]; i++)
		printf("  %-12s%s\n", verbs[i]->name, verbs[i]->summary);
	printf("\nOptions:\n"
	       "  -h, --help  print this help\n"
	       "  --version   print the version\n\n"
	       "'kimg VERB --help' tells about a verb, and so does 'man kimg-VERB'.\n");
}

void usage_print(const struct verb *verb)
{
	if (!verb) {
		print_verbs();
		return;
	}
	printf("Usage: kimg %s [OPTION]... %s\n%s\n\nOptions:\n", verb->name, verb->operands,
	       verb->about);
	options_visit(verb, print_option, NULL);
	printf("\nThe manual page kimg-%s(1) says more.\n", verb->name);
}
