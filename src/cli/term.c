/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Standard error, colours, and the pager. */
#include "cli/term.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/error.h"
#include "base/escape.h"

/* ---- standard error ---- */

static void write_line(const char *prefix, const char *text)
{
	cleanup_buf struct buf line = { 0 };

	buf_puts(&line, prefix);
	escape_line(&line, span_of(text, strlen(text)));
	buf_putc(&line, '\n');
	if (!line.failed && write(STDERR_FILENO, line.p, line.n) < 0)
		return; /* nobody is left to be told */
}

static void complain_as(const char *prefix, const char *format, va_list ap)
{
	cleanup_free char *text = NULL;

	if (vasprintf(&text, format, ap) < 0) {
		text = NULL;
		write_line(prefix, "out of memory");
		return;
	}
	write_line(prefix, text);
}

void complain(const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	complain_as("kimg: ", format, ap);
	va_end(ap);
}

void complain_plain(const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	complain_as("", format, ap);
	va_end(ap);
}

void remark(const struct cli *cli, const char *format, ...)
{
	va_list ap;

	if (cli->quiet)
		return;
	va_start(ap, format);
	complain_as("kimg: ", format, ap);
	va_end(ap);
}

static int status_of(enum kimg_code code)
{
	switch (code) {
	case KIMG_E_TRUNCATED:
	case KIMG_E_CORRUPT:
	case KIMG_E_MISMATCH:
	case KIMG_E_UNSUPPORTED:
	case KIMG_E_NOT_FOUND:
	case KIMG_E_AMBIGUOUS:
		return STATUS_NO;
	case KIMG_E_NOMEM:
	case KIMG_E_IO:
	case KIMG_E_LIMIT:
	case KIMG_E_INVALID:
		break;
	}
	return STATUS_ERROR;
}

static char *text_of(const struct kimg_error *error)
{
	size_t size = kimg_error_format(error, NULL, 0) + 1;
	char *text = malloc(size);

	if (text)
		kimg_error_format(error, text, size);
	return text;
}

void out_failure(struct out *out, const char *file, const struct kimg_error *error)
{
	cleanup_free char *text = text_of(error);
	const char *message = text ? text : kimg_error_message(error);

	out_text(out, "file", OUT_DATA, span_of(file, strlen(file)));
	out_text(out, "error", OUT_DATA, span_of(message, strlen(message)));
}

int report(const struct cli *cli, struct kimg_error *error)
{
	int status = status_of(kimg_error_code(error));

	if (!cli->quiet) {
		cleanup_free char *text = text_of(error);

		complain("%s", text ? text : kimg_error_message(error));
	}
	kimg_error_free(error);
	return status;
}

bool debuginfod_is_configured(void)
{
	const char *urls = getenv("DEBUGINFOD_URLS");

	return urls && *urls;
}

/* ---- colours and the pager ---- */

static bool want_color(const struct cli *cli)
{
	const char *no_color = getenv("NO_COLOR"), *term = getenv("TERM");

	if (cli->format != OUT_TEXT || cli->color[1] == 'e')
		return false;
	if (cli->color[1] == 'l')
		return true;
	/* https://no-color.org: any value but an empty one. */
	return isatty(STDOUT_FILENO) && !(no_color && *no_color) && term && *term &&
	       strcmp(term, "dumb") != 0;
}

static const char *pager_command(void)
{
	const char *pager = getenv("KIMG_PAGER");

	if (!pager)
		pager = getenv("PAGER");
	if (!pager)
		pager = "less";
	return *pager && strcmp(pager, "cat") != 0 ? pager : NULL;
}

static void run_pager(int in, const char *command)
{
	dup2(in, STDIN_FILENO);
	/* F: not for less than a screen; R: our colours; X: leave the text standing. */
	setenv("LESS", "FRX", 0);
	signal(SIGPIPE, SIG_DFL);
	execl("/bin/sh", "sh", "-c", command, (char *)NULL);
	_exit(127);
}

/* Standard output becomes a pipe into the pager. Without a pager it stays as it is. */
static pid_t start_pager(const struct cli *cli)
{
	const char *command;
	int ends[2];
	pid_t pid;

	if (cli->no_pager || !(cli->verb->groups & GROUP_PAGER) || !isatty(STDOUT_FILENO))
		return 0;
	command = pager_command();
	if (!command || pipe2(ends, O_CLOEXEC) < 0)
		return 0;
	pid = fork();
	if (pid == 0)
		run_pager(ends[0], command);
	close(ends[0]);
	if (pid > 0) {
		/* Who leaves the pager early has seen enough: no error. */
		signal(SIGPIPE, SIG_IGN);
		dup2(ends[1], STDOUT_FILENO);
	}
	close(ends[1]);
	return pid > 0 ? pid : 0;
}

int screen_open(struct screen *screen, const struct cli *cli)
{
	bool color = want_color(cli);

	*screen = (struct screen){ 0 };
	screen->pager = start_pager(cli);
	screen->out = out_new(STDOUT_FILENO, cli->format, color);
	if (screen->out)
		return STATUS_YES;
	return report(cli, error_nomem());
}

int screen_close(struct screen *screen, int status)
{
	int error = screen->out ? out_finish(screen->out) : 0;

	if (screen->pager) {
		close(STDOUT_FILENO);
		while (waitpid(screen->pager, NULL, 0) < 0 && errno == EINTR)
			;
		if (error == EPIPE)
			error = 0;
	}
	if (!error)
		return status;
	complain("standard output: %s", strerror(error));
	return STATUS_ERROR;
}
