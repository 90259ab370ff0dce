/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "times.h"

#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "layout.h"
#include "log.h"
#include "text.h"

static uint64_t clock_us(clockid_t clock)
{
	struct timespec now = { 0 };

	clock_gettime(clock, &now);
	return (uint64_t)now.tv_sec * 1000000 + (uint64_t)now.tv_nsec / 1000;
}

void times_mark(struct times *times, const char *stage)
{
	if (times->n == TIMES_MOST)
		return;
	if (!times->n)
		times->realtime_us = clock_us(CLOCK_REALTIME);
	times->marks[times->n].stage = stage;
	times->marks[times->n++].us = clock_us(CLOCK_MONOTONIC);
}

void times_leave(const struct times *times)
{
	char text[TIMES_MOST * 48];
	size_t used = 0;
	uint64_t took = times->marks[times->n - 1].us - times->marks[0].us;

	for (unsigned i = 0; i < times->n; i++) {
		uint64_t us = times->marks[i].us;

		used += (size_t)snprintf(text + used, sizeof(text) - used, "%s %u.%06u\n",
					 times->marks[i].stage, (unsigned)(us / 1000000),
					 (unsigned)(us % 1000000));
	}
	mkdir("/run/kimg", 0755);
	text_write(LAYOUT_TIMES, text);
	log_info("done in %u.%03u s", (unsigned)(took / 1000000), (unsigned)(took / 1000 % 1000));
}

/* src/core/manager-serialize.c of systemd: NAME-timestamp=REALTIME MONOTONIC, and an empty line. */
int times_for_systemd(const struct times *times)
{
	char text[96];
	int fd = memfd_create("systemd-state", 0);

	if (fd < 0)
		return -1;
	text_print(text, sizeof(text), "initrd-timestamp=%llu %llu\n\n",
		   (unsigned long long)times->realtime_us, (unsigned long long)times->marks[0].us);
	if (write(fd, text, strlen(text)) < 0 || lseek(fd, 0, SEEK_SET) < 0) {
		close(fd);
		return -1;
	}
	return fd;
}
