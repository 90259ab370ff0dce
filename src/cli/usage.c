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

static void print_row(const char *name, const char *text)
{
	printf("  %-12s%s", name, text);
}

/* One line for a group: its summary and the second words of its verbs. */
static void print_group_row(size_t first)
{
	const struct verb_group *group = verb_group_of(verbs[first]);
	const char *between = ": ";

	print_row(group->name, group->summary);
	for (size_t i = first; verbs[i] && verb_group_of(verbs[i]) == group; i++) {
		printf("%s%s", between, verb_second_word(verbs[i]));
		between = ", ";
	}
	putchar('\n');
}

static void print_verb_row(const struct verb *verb, const char *name)
{
	print_row(name, verb->summary);
	putchar('\n');
}

static void print_verbs(void)
{
	printf("Usage: kimg VERB [OPTION]... [OPERAND]...\n"
	       "Takes Linux kernel images apart.\n\nVerbs:\n");
	for (size_t i = 0; verbs[i]; i++) {
		if (verb_opens_group(i))
			print_group_row(i);
		else if (!verb_group_of(verbs[i]))
			print_verb_row(verbs[i], verbs[i]->name);
	}
	printf("\nOptions:\n"
	       "  -h, --help  print this help\n"
	       "  --version   print the version\n\n"
	       "'kimg VERB --help' tells about a verb, and so does 'man kimg-VERB'.\n");
}

void usage_print_group(const struct verb_group *group)
{
	printf("Usage: kimg %s VERB [OPTION]... [OPERAND]...\n%s\n\nVerbs:\n", group->name,
	       group->about);
	for (size_t i = 0; verbs[i]; i++)
		if (verb_group_of(verbs[i]) == group)
			print_verb_row(verbs[i], verb_second_word(verbs[i]));
	printf("\nOptions:\n"
	       "  -h, --help  print this help\n\n"
	       "'kimg %s VERB --help' tells about a verb, and so does 'man kimg-%s-VERB'.\n",
	       group->name, group->name);
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
	printf("\nThe manual page kimg-%s(1) says more.\n", verb_label(verb).text);
}
