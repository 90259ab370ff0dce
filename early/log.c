/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "log.h"

#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int log_fd = STDERR_FILENO;
static enum log_level log_most = LOG_INFO;
static char kept[LOG_KEPT][LOG_LINE];
static unsigned said;

void log_open(enum log_level most)
{
	int fd = open("/dev/kmsg", O_WRONLY | O_CLOEXEC);

	log_most = most;
	if (fd >= 0)
		log_fd = fd;
}

void log_say(enum log_level level, const char *format, ...)
{
	char line[LOG_LINE + 32];
	char *text = kept[said % LOG_KEPT];
	va_list args;
	int n;

	if (level > log_most)
		return;
	said++;
	va_start(args, format);
	vsnprintf(text, LOG_LINE, format, args);
	va_end(args);
	n = snprintf(line, sizeof(line), "<%d>kimg-init: %s\n", level, text);
	if (log_fd == STDERR_FILENO)
		n = snprintf(line, sizeof(line), "kimg-init: %s\n", text);
	/* Where it cannot be written, nobody can be told. */
	if (write(log_fd, line, (size_t)n) < 0)
		return;
}

void log_die(const char *why)
{
	log_error("%s", why);
	_exit(1);
}

const char *log_kept(unsigned back)
{
	if (back >= said || back >= LOG_KEPT)
		return NULL;
	return kept[(said - 1 - back) % LOG_KEPT];
}
