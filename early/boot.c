/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "boot.h"

#include <stdarg.h>
#include <stdio.h>
#include <time.h>

#include "log.h"

uint64_t boot_now(void)
{
	struct timespec now = { 0 };

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

bool boot_fail(struct boot *boot, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(boot->why, sizeof(boot->why), format, args);
	va_end(args);
	log_error("%s", boot->why);
	return false;
}
