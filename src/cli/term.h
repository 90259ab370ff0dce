/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CLI_TERM_H
#define CLI_TERM_H

#include <stdbool.h>
#include <sys/types.h>

#include "base/cleanup.h"
#include "cli/options.h"
#include "kimg/error.h"

/* What has to do with the terminal, the environment and standard error. */

/* One line "kimg: ..." to standard error; what could steer a terminal is escaped. */
void complain(const char *format, ...) printf_like(1, 2);

/* The same without "kimg: ". */
void complain_plain(const char *format, ...) printf_like(1, 2);

/* A remark beside the result, to standard error, unless the verb was told to be quiet. */
void remark(const struct cli *cli, const char *format, ...) printf_like(2, 3);

/*
 * Says what went wrong, unless the verb was told to be quiet, and frees error. Returns the exit status that
 * it means: STATUS_NO where the input is to blame, STATUS_ERROR where the work could not be tried.
 */
int report(const struct cli *cli, struct kimg_error *error) must_check;

/* ---- output of facts ---- */

/* The writer and, on a terminal, the pager behind it. */
struct screen {
	struct out *out;
	pid_t pager;
};

/* The status is STATUS_ERROR, and said so, where there is no memory. */
int screen_open(struct screen *screen, const struct cli *cli) must_check;

/* Ends the output and waits for the pager. Returns status, or STATUS_ERROR where writing failed. */
int screen_close(struct screen *screen, int status) must_check;

/* Whether DEBUGINFOD_URLS names servers that may be asked for symbols; without it nothing is fetched. */
bool debuginfod_is_configured(void);

/* In a record of its own: the file and what is wrong with it, for programs. */
void out_failure(struct out *out, const char *file, const struct kimg_error *error);

/* The worse of two statuses. */
static inline int worse(int a, int b)
{
	return a > b ? a : b;
}

#endif
