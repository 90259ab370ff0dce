/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef EARLY_LOG_H
#define EARLY_LOG_H

/*
 * Messages go to the kernel's log, each with its level, so that it is the kernel that keeps them off the console
 * under "quiet", and they stand in the system's log later. The last ones are kept for the rescue prompt.
 */

enum log_level { LOG_ERROR = 3, LOG_WARNING = 4, LOG_INFO = 6, LOG_DEBUG = 7 };

/* How many messages are kept, and their longest. */
#define LOG_KEPT 64
#define LOG_LINE 256

/* /dev/kmsg if it is there; standard error until then. Levels above the given one are left out. */
void log_open(enum log_level most);

__attribute__((format(printf, 2, 3))) void log_say(enum log_level level, const char *format, ...);

/* Nothing can go on. In the first process that means the end of the machine: the kernel panics. */
__attribute__((noreturn)) void log_die(const char *why);

/* The message that many before the last one; NULL where there are fewer. */
const char *log_kept(unsigned back);

#define log_error(...)   log_say(LOG_ERROR, __VA_ARGS__)
#define log_warning(...) log_say(LOG_WARNING, __VA_ARGS__)
#define log_info(...)    log_say(LOG_INFO, __VA_ARGS__)
#define log_debug(...)   log_say(LOG_DEBUG, __VA_ARGS__)

#endif
