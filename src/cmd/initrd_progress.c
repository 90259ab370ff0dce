/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How much of an image is written. */
#include <stdio.h>
#include <time.h>
#include <unistd.h>

#include "cmd/initrd_create.h"

#define AFTER 1.0 /* seconds: before, nobody wants to know */
#define EVERY 0.1

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec + t.tv_nsec / 1e9;
}

void progress_start(struct progress *progress, const struct cli *cli)
{
	*progress = (struct progress){
		.start = now(),
		.on = !cli->quiet && isatty(STDERR_FILENO),
	};
}

void progress_show(void *context, uint64_t done, uint64_t total)
{
	struct progress *progress = context;
	double t;

	if (!progress->on)
		return;
	t = now();
	if (t - progress->start < AFTER || t - progress->shown < EVERY)
		return;
	progress->shown = t;
	dprintf(STDERR_FILENO, "\rpacking: %3.0f %%", total ? 100.0 * done / total : 100.0);
}

void progress_end(struct progress *progress)
{
	if (progress->shown > 0)
		dprintf(STDERR_FILENO, "\r%-20s\r", "");
}
