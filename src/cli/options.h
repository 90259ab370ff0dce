/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CLI_OPTIONS_H
#define CLI_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/cleanup.h"
#include "kimg/limits.h"
#include "out/out.h"

/*
 * What the command line may say. Each verb has one table of options; getopt_long's table, the text of --help,
 * the completions and the check of the man pages are all made from it.
 */

/* What a shell offers where an argument is due. */
enum complete {
	COMPLETE_NOTHING,
	COMPLETE_FILE,
	COMPLETE_FOLDER,
	COMPLETE_WORDS, /* those of the option's words */
};

struct option_def {
	char letter;      /* 0: none */
	const char *name; /* NULL ends the table */
	const char *
		argument; /* "SIZE"; "[=STYLE]" where it may be missing; NULL where there is none */
	const char *help; /* one line, without a full stop */
	enum complete complete;
	const char *words; /* for COMPLETE_WORDS, a space between two */
	int id;            /* what cli_option() returns; 0: the letter */
};

#define OPTIONS_END \
	{           \
		0   \
	}

/* Options that several verbs share, beside -h and -q, which all have. */
enum option_group {
	GROUP_OUTPUT = 1 << 0, /* prints facts: --json, --color */
	GROUP_PAGER = 1 << 1,  /* much of them: --no-pager */
	GROUP_LIMITS = 1 << 2, /* decodes: --max-... */
};

struct cli;

/* Verbs of two words, such as "initrd list", that have the first one in common. */
struct verb_group {
	const char *name; /* "initrd"; NULL ends the table */
	const char *summary;
	const char *about;
};

struct verb {
	const char *name;     /* one word; or a group's, a blank, and another one */
	const char *operands; /* "FILE..." */
	const char *summary;  /* one line */
	const char *about;    /* a paragraph of --help */
	const struct option_def *options;
	unsigned int groups;
	enum complete complete; /* of the operands */
	const char *words;      /* for COMPLETE_WORDS */
	int min_operands;
	int max_operands; /* -1: any number */
	int (*run)(struct cli *cli);
};

/* All verbs in the order of the help, those of a group together; ends with NULL. Stands in main.c. */
extern const struct verb *const verbs[];
extern const struct verb_group verb_groups[];

/* NULL where there is none of that name. second is NULL for a verb of one word. */
const struct verb *verb_by_name(const char *first, const char *second);
const struct verb_group *verb_group_by_name(const char *name);

/* The group that a verb of two words belongs to, and the second of them; NULL for a verb of one word. */
const struct verb_group *verb_group_of(const struct verb *verb);
const char *verb_second_word(const struct verb *verb);

/* Whether verbs[i] is the first one of its group. */
bool verb_opens_group(size_t i);

/* The name with a dash between its words: that of its manual page, and of the branches of completions. */
struct verb_label {
	char text[32];
};

struct verb_label verb_label(const struct verb *verb);

/* One command line of a verb, as far as it was read. */
struct cli {
	const struct verb *verb;
	const char *letters;
	struct option *longs;
	int argc;
	char **argv;
	char *argument; /* of the option that cli_option() returned */
	int status;     /* the exit status that is due when cli_option() returns CLI_STOP */

	/* the operands, after the last option */
	int operand_count;
	char **operands;

	/* shared options */
	enum out_format format;
	const char *color; /* "auto", "always", "never" */
	bool quiet;
	bool no_pager;
	struct kimg_limits limits;
};

/* Exit statuses, the same for all verbs. */
enum status {
	STATUS_YES = 0,   /* yes, or done */
	STATUS_NO = 1,    /* not recognised, not found, does not verify */
	STATUS_ERROR = 2, /* could not be tried, or only partly */
};

enum { CLI_DONE = 0, CLI_STOP = -1 };

/*
 * The next option of the verb: its id. Shared options are dealt with inside. CLI_DONE after the last one;
 * CLI_STOP where help was printed or the usage is wrong: return cli->status.
 */
int cli_option(struct cli *cli);

/* Says what is wrong with the command line, and "Try ... --help". Returns STATUS_ERROR. */
int cli_usage_error(struct cli *cli, const char *format, ...) printf_like(2, 3);

/* A number with K, M, G or T (powers of 1024). */
bool parse_size(const char *text, uint64_t *ret_size) must_check;

/*
 * The argument of the option that cli_option() returned, as an address or offset, with or without 0x: STATUS_YES, or
 * what cli_usage_error() does.
 */
int cli_hex_argument(struct cli *cli, uint64_t *ret_value) must_check;

/* Reads the command line after the verb's name and runs the verb. Returns the exit status. */
int cli_run(const struct verb *verb, int argc, char **argv);

/* ---- for usage.c and complete.c ---- */

/* Calls visit for each option of verb, its own first. */
void options_visit(const struct verb *verb,
		   void (*visit)(const struct option_def *option, void *context), void *context);

/* Standard output gets the help of kimg (verb NULL) or of a verb, or of a group of verbs. */
void usage_print(const struct verb *verb);
void usage_print_group(const struct verb_group *group);

/* Standard output gets the completion script for that shell; false: no such shell. */
bool completion_print(const char *shell);

#endif
