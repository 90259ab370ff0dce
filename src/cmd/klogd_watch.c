/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The watchdog of the service manager, which ends a service that says nothing for some time: WATCHDOG=1 of
 * sd_notify(3). A thread says it, as reading a map, or the source lines of a report, may take longer than that; and only
 * for as long as the daemon's own thread was allowed at its last sign of life, so that one that hangs is found out.
 */
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "cmd/klogd.h"

enum { LONG = 120000 /* ms that one piece of work may take */ };

static uint64_t clock_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* What the service manager asks for, in ms; 0: nothing. */
static unsigned int asked_for(void)
{
	const char *micros = getenv("WATCHDOG_USEC"), *pid = getenv("WATCHDOG_PID");
	unsigned long long value;

	if (!micros || (pid && strtol(pid, NULL, 10) != getpid()))
		return 0;
	value = strtoull(micros, NULL, 10) / 1000;
	return value > INT32_MAX ? 0 : (unsigned int)value;
}

/* With the mutex held: until the next sign is due; false where there is to be none. */
static bool wait_interval(struct watch *watch)
{
	uint64_t due = clock_ms() + watch->interval;
	const struct timespec time = { .tv_sec = (time_t)(due / 1000),
				       .tv_nsec = (long)(due % 1000) * 1000000 };

	while (watch->running && clock_ms() < due)
		pthread_cond_timedwait(&watch->change, &watch->mutex, &time);
	return watch->running;
}

static void *run(void *context)
{
	struct watch *watch = context;

	pthread_mutex_lock(&watch->mutex);
	do {
		if (clock_ms() < watch->until)
			klogd_notify("WATCHDOG=1");
	} while (wait_interval(watch));
	pthread_mutex_unlock(&watch->mutex);
	return NULL;
}

static void allow(struct watch *watch, uint64_t ms)
{
	if (!watch->interval)
		return;
	pthread_mutex_lock(&watch->mutex);
	watch->until = clock_ms() + ms;
	pthread_mutex_unlock(&watch->mutex);
}

/* Signals are blocked by now, for the thread, too. Where there can be none, the service manager will tell. */
void klogd_watch_start(struct watch *watch)
{
	pthread_condattr_t attributes;

	watch->interval = asked_for() / 2;
	if (!watch->interval)
		return;
	pthread_condattr_init(&attributes);
	pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
	pthread_mutex_init(&watch->mutex, NULL);
	pthread_cond_init(&watch->change, &attributes);
	pthread_condattr_destroy(&attributes);
	watch->running = true;
	klogd_watch_long(watch);
	if (pthread_create(&watch->thread, NULL, run, watch) != 0)
		watch->interval = 0;
}

void klogd_watch_stop(struct watch *watch)
{
	if (!watch->interval)
		return;
	pthread_mutex_lock(&watch->mutex);
	watch->running = false;
	pthread_cond_signal(&watch->change);
	pthread_mutex_unlock(&watch->mutex);
	pthread_join(watch->thread, NULL);
	pthread_cond_destroy(&watch->change);
	pthread_mutex_destroy(&watch->mutex);
	watch->interval = 0;
}

void klogd_watch_long(struct watch *watch)
{
	allow(watch, LONG);
}

int klogd_watch(struct watch *watch, int wait)
{
	if (!watch->interval)
		return wait;
	allow(watch, 2 * (uint64_t)watch->interval);
	return wait < 0 || (unsigned int)wait > watch->interval ? (int)watch->interval : wait;
}
