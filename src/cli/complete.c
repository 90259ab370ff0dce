/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Completion scripts for bash, zsh and fish, made from the tables. */
#include <stdio.h>
#include <string.h>

#include "cli/options.h"

static bool has_argument(const struct option_def *option)
{
	return option->argument != NULL;
}

static bool is_optional(const struct option_def *option)
{
	return has_argument(option) && option->argument[0] == '[';
}

/* ---- bash ---- */

static void bash_name(const struct option_def *option, void *context)
{
	if (option->letter)
		printf(" -%c", option->letter);
	printf(" --%s", option->name);
	/* The words of an optional argument are part of the same shell word. */
	if (is_optional(option)) {
		cleanup_free char *words = strdup(option->words ? option->words : "");
		char *rest = words;

		for (char *word; words && (word = strsep(&rest, " "));)
			printf(" --%s=%s", option->name, word);
	}
}

static void bash_argument(const struct option_def *option, void *context)
{
	const char *verb = context;

	if (!has_argument(option) || is_optional(option))
		return;
	printf("\t%s:--%s", verb, option->name);
	if (option->letter)
		printf("|%s:-%c", verb, option->letter);
	printf(") ");
	switch (option->complete) {
	case COMPLETE_FILE:
		printf("compopt -o filenames; COMPREPLY=($(compgen -f -- \"$cur\"))");
		break;
	case COMPLETE_FOLDER:
		printf("compopt -o filenames; COMPREPLY=($(compgen -d -- \"$cur\"))");
		break;
	case COMPLETE_WORDS:
		printf("COMPREPLY=($(compgen -W '%s' -- \"$cur\"))", option->words);
		break;
	case COMPLETE_NOTHING:
		printf("COMPREPLY=()");
		break;
	}
	printf("; return ;;\n");
}

static void bash_operands(const struct verb *verb)
{
	printf("\t%s) ", verb_label(verb).text);
	if (verb->complete == COMPLETE_FILE)
		printf("compopt -o filenames; COMPREPLY=($(compgen -f -- \"$cur\"))");
	else if (verb->complete == COMPLETE_WORDS)
		printf("COMPREPLY=($(compgen -W '%s' -- \"$cur\"))", verb->words);
	else
		printf("COMPREPLY=()");
	printf(" ;;\n");
}

/* The words that may stand first, or second after a group's name; between is what stands before each. */
static void first_words(const char *between)
{
	for (size_t i = 0; verbs[i]; i++) {
		const struct verb_group *group = verb_group_of(verbs[i]);

		if (!group || verb_opens_group(i))
			printf("%s%s", between, group ? group->name : verbs[i]->name);
	}
}

static void second_words(const struct verb_group *group, const char *between)
{
	for (size_t i = 0; verbs[i]; i++)
		if (verb_group_of(verbs[i]) == group)
			printf("%s%s", between, verb_second_word(verbs[i]));
}

static void bash_groups(void)
{
	printf("\tcase $verb in\n");
	for (const struct verb_group *group = verb_groups; group->name; group++) {
		printf("\t%s) if [ \"$COMP_CWORD\" = 2 ]; then COMPREPLY=($(compgen -W '--help",
		       group->name);
		second_words(group, " ");
		printf("' -- \"$cur\")); return; fi; verb=%s-${COMP_WORDS[2]} ;;\n", group->name);
	}
	printf("\tesac\n");
}

static void print_bash(void)
{
	printf("# bash completion for kimg, made by 'kimg completion bash'\n"
	       "_kimg() {\n"
	       "\tlocal IFS=$' \\t\\n' cur=${COMP_WORDS[COMP_CWORD]} "
	       "prev=${COMP_WORDS[COMP_CWORD-1]} verb=${COMP_WORDS[1]}\n"
	       "\t# bash cuts --color=al into three words.\n"
	       "\tif [ \"$cur\" = = ]; then cur=; elif [ \"$prev\" = = ]; then "
	       "prev=${COMP_WORDS[COMP_CWORD-2]}; fi\n"
	       "\tif [ \"$COMP_CWORD\" = 1 ]; then\n"
	       "\t\tCOMPREPLY=($(compgen -W '--help --version");
	first_words(" ");
	printf("' -- \"$cur\")); return\n\tfi\n");
	bash_groups();
	printf("\tcase $verb:$prev in\n");
	for (size_t i = 0; verbs[i]; i++) {
		struct verb_label label = verb_label(verbs[i]);

		options_visit(verbs[i], bash_argument, label.text);
	}
	printf("\tesac\n\tlocal IFS=$'\\n'\n\tif [[ $cur == -* ]]; then\n\t\tcase $verb in\n");
	for (size_t i = 0; verbs[i]; i++) {
		printf("\t\t%s) IFS=' '; COMPREPLY=($(IFS=$' \\n'; compgen -W '",
		       verb_label(verbs[i]).text);
		options_visit(verbs[i], bash_name, NULL);
		printf("' -- \"$cur\")) ;;\n");
	}
	printf("\t\tesac\n\t\treturn\n\tfi\n\tcase $verb in\n");
	for (size_t i = 0; verbs[i]; i++)
		bash_operands(verbs[i]);
	printf("\tesac\n}\ncomplete -F _kimg kimg\n");
}

/* ---- zsh ---- */

/* Inside '...[...]': quotes, brackets and colons would end it. */
static void zsh_quoted(const char *text)
{
	for (; *text; text++) {
		if (*text == '\'')
			fputs("'\\''", stdout);
		else if (strchr("[]:\\", *text))
			printf("\\%c", *text);
		else
			putchar(*text);
	}
}

static void zsh_action(enum complete complete, const char *words)
{
	if (complete == COMPLETE_FILE)
		printf("_files");
	else if (complete == COMPLETE_FOLDER)
		printf("_files -/");
	else if (complete == COMPLETE_WORDS)
		printf("(%s)", words);
	else
		printf(" ");
}

static void zsh_option(const struct option_def *option, void *context)
{
	char equals[3] = "";

	if (has_argument(option))
		snprintf(equals, sizeof(equals), "%s", is_optional(option) ? "=-" : "=");
	if (option->letter)
		printf("\t\t\t'(-%c --%s)'{-%c%s,--%s%s}'[", option->letter, option->name,
		       option->letter, has_argument(option) ? "+" : "", option->name, equals);
	else
		printf("\t\t\t'--%s%s[", option->name, equals);
	zsh_quoted(option->help);
	putchar(']');
	if (has_argument(option)) {
		printf("%s", is_optional(option) ? "::" : ":");
		printf("%s:", option->name);
		zsh_action(option->complete, option->words);
	}
	printf("' \\\n");
}

static void zsh_described(const char *word, const char *summary)
{
	printf("\t\t'%s:", word);
	zsh_quoted(summary);
	printf("'\n");
}

/* After a group's name comes another word; it and the name then count as one. */
static void zsh_group(const struct verb_group *group)
{
	printf("\tif [[ $verb == %s ]]; then\n\tverbs=(\n", group->name);
	for (size_t i = 0; verbs[i]; i++)
		if (verb_group_of(verbs[i]) == group)
			zsh_described(verb_second_word(verbs[i]), verbs[i]->summary);
	printf("\t)\n\tif (( CURRENT == 2 )); then\n\t\t_describe verb verbs\n"
	       "\t\t_values -w option --help\n\t\treturn\n\tfi\n"
	       "\tverb=%s-$words[2]\n\tshift words\n\t(( CURRENT-- ))\n\tfi\n",
	       group->name);
}

static void print_zsh(void)
{
	printf("#compdef kimg\n# zsh completion for kimg, made by 'kimg completion zsh'\n"
	       "_kimg() {\n\tlocal -a verbs=(\n");
	for (size_t i = 0; verbs[i]; i++) {
		const struct verb_group *group = verb_group_of(verbs[i]);

		if (verb_opens_group(i))
			zsh_described(group->name, group->summary);
		else if (!group)
			zsh_described(verbs[i]->name, verbs[i]->summary);
	}
	printf("\t)\n\tif (( CURRENT == 2 )); then\n\t\t_describe verb verbs\n"
	       "\t\t_values -w option --help --version\n\t\treturn\n\tfi\n"
	       "\tlocal verb=$words[2]\n\tshift words\n\t(( CURRENT-- ))\n");
	for (const struct verb_group *group = verb_groups; group->name; group++)
		zsh_group(group);
	printf("\tcase $verb in\n");
	for (size_t i = 0; verbs[i]; i++) {
		struct verb_label label = verb_label(verbs[i]);

		printf("\t%s)\n\t\t_arguments -s -S \\\n", label.text);
		options_visit(verbs[i], zsh_option, NULL);
		printf("\t\t\t'*:%s:", label.text);
		zsh_action(verbs[i]->complete, verbs[i]->words);
		printf("'\n\t\t;;\n");
	}
	printf("\tesac\n}\n_kimg \"$@\"\n");
}

/* ---- fish ---- */

static void fish_quoted(const char *text)
{
	putchar('\'');
	for (; *text; text++) {
		if (*text == '\'' || *text == '\\')
			putchar('\\');
		putchar(*text);
	}
	putchar('\'');
}

static void fish_option(const struct option_def *option, void *context)
{
	printf("complete -c kimg -n '__kimg_verb %s'", (const char *)context);
	if (option->letter)
		printf(" -s %c", option->letter);
	printf(" -l %s -d ", option->name);
	fish_quoted(option->help);
	if (has_argument(option) && !is_optional(option))
		printf(option->complete == COMPLETE_FILE ? " -r -F" : " -r");
	if (option->complete == COMPLETE_WORDS)
		printf(" -f -a '%s'", option->words);
	else if (option->complete == COMPLETE_FOLDER)
		printf(" -f -a '(__fish_complete_directories)'");
	putchar('\n');
}

/* A word that may stand where the words before it are those of before. */
static void fish_word(const char *before, const char *word, const char *summary)
{
	printf("complete -c kimg -n '__kimg_words%s' -f -a %s -d ", before, word);
	fish_quoted(summary);
	putchar('\n');
}

static void fish_group(const struct verb_group *group)
{
	char before[32];

	snprintf(before, sizeof(before), " %s", group->name);
	fish_word("", group->name, group->summary);
	printf("complete -c kimg -n '__kimg_words%s' -f -l help -d 'print this help'\n", before);
	for (size_t i = 0; verbs[i]; i++)
		if (verb_group_of(verbs[i]) == group)
			fish_word(before, verb_second_word(verbs[i]), verbs[i]->summary);
}

static void print_fish(void)
{
	printf("# fish completion for kimg, made by 'kimg completion fish'\n"
	       "# The words after kimg are these and no others; or these, and whatever comes "
	       "then.\n"
	       "function __kimg_words\n"
	       "\tset -l words (commandline -opc)\n"
	       "\ttest \"$words[2..-1]\" = \"$argv\"\n"
	       "end\n"
	       "function __kimg_verb\n"
	       "\tset -l words (commandline -opc)\n"
	       "\tset -l count (math (count $argv) + 1)\n"
	       "\ttest (count $words) -ge $count; and test \"$words[2..$count]\" = \"$argv\"\n"
	       "end\n"
	       "complete -c kimg -n __kimg_words -f -l help -d 'print this help'\n"
	       "complete -c kimg -n __kimg_words -f -l version -d 'print the version'\n");
	for (size_t i = 0; verbs[i]; i++) {
		if (verb_opens_group(i))
			fish_group(verb_group_of(verbs[i]));
		else if (!verb_group_of(verbs[i]))
			fish_word("", verbs[i]->name, verbs[i]->summary);
		options_visit(verbs[i], fish_option, (void *)verbs[i]->name);
		if (verbs[i]->complete == COMPLETE_WORDS)
			printf("complete -c kimg -n '__kimg_verb %s' -f -a '%s'\n", verbs[i]->name,
			       verbs[i]->words);
	}
}

bool completion_print(const char *shell)
{
	if (strcmp(shell, "bash") == 0)
		print_bash();
	else if (strcmp(shell, "zsh") == 0)
		print_zsh();
	else if (strcmp(shell, "fish") == 0)
		print_fish();
	else
		return false;
	return true;
}
