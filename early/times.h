/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef EARLY_TIMES_H
#define EARLY_TIMES_H

#include <stdint.h>

/* When each stage began, for LAYOUT_TIMES and the log. */

#define TIMES_MOST 24

struct times {
	struct {
		const char *stage;
		uint64_t us; /* since boot */
	} marks[TIMES_MOST];
	unsigned n;
	uint64_t realtime_us; /* at the first mark */
};

void times_mark(struct times *times, const char *stage);

/* Writes LAYOUT_TIMES, and says in the log how long it all took. */
void times_leave(const struct times *times);

/* systemd as the real init shows the initrd's time if it is handed over as systemd itself does: a file in its
 * serial form, and arguments that tell of it. Returns its descriptor, or -1. */
int times_for_systemd(const struct times *times);

#endif
