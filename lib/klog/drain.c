/* SPDX-License-Identifier: GPL-2.0-or-later */
/* From the kernel into memory, as fast as it comes. */
#include "klog/drain.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <unistd.h>

#include "klog/record.h"

enum {
	/* The longest record of /dev/kmsg is 8192 bytes (CONSOLE_EXT_LOG_MAX, PRINTKRB_RECORD_MAX): a read with
	 * less room than a record needs fails, and the record is gone. */
	CHUNK = 64 << 10,
	LONGEST_LINE = LONGEST_ENTRY - 1,
	ASK_AGAIN = 100, /* ms */
	/*
	 * While records come one after the other, they are fetched so often, in ms, and not one by one: waiting for each,
	 * this thread would take the CPU from who writes it, at each. The smallest rings hold some 1,300 records, what
	 * comes in 13 ms of 100,000 a second.
	 */
	PAUSE = 2,
	PRIORITY = -15,
	MOST_ERRORS = 1000, /* one after the other */
};

/* ---- numbers ---- */

static void lose(struct drain *drain, uint64_t first, uint64_t last, bool numbered, bool here)
{
	uint64_t count = last - first + 1;

	if (!drain->losing)
		drain->lost = (struct entry_lost){ .first = first, .numbered = numbered };
	drain->losing = true;
	drain->lost.last = last;
	if (here)
		drain->lost.here += count;
}

/* Says what is missing, before a record that is not; false where there is no room for that. */
static bool tell_lost(struct drain *drain)
{
	struct span bytes = span_of(&drain->lost, sizeof(drain->lost));

	if (!drain->losing)
		return true;
	if (!queue_add(drain->queue, ENTRY_LOST, bytes, drain->source->patient))
		return false;
	drain->losing = false;
	return true;
}

/* Whether the record is new. Numbers that start again are those of another boot, in a file. */
static bool take_number(struct drain *drain, uint64_t number)
{
	bool older = drain->numbered && number < drain->expected;

	if (older && drain->source->device)
		return false;
	if (drain->numbered && !older && number > drain->expected)
		lose(drain, drain->expected, number - 1, true, false);
	drain->numbered = true;
	drain->expected = number + 1;
	return true;
}

/* Lines without a number are counted where they are lost. */
static void take_record(struct drain *drain, struct span bytes)
{
	bool has_number;
	uint64_t number;

	has_number = record_sequence(bytes, &number);
	if (has_number && !take_number(drain, number))
		return;
	if (!has_number)
		number = drain->losing ? drain->lost.last + 1 : 0;
	if (!tell_lost(drain) ||
	    !queue_add(drain->queue, ENTRY_RECORD, bytes, drain->source->patient))
		lose(drain, number, number, has_number, true);
}

/* ---- streams ---- */

static void flush_record(struct drain *drain)
{
	if (drain->record.n)
		take_record(drain, buf_span(&drain->record));
	drain->record.n = 0;
}

/* A line without its newline. One that begins with a blank belongs to the record of /dev/kmsg before it. */
static void take_line(struct drain *drain, struct span line)
{
	uint64_t number;

	if (drain->record.n && line.n && line.p[0] == ' ' &&
	    drain->record.n + line.n < LONGEST_LINE) {
		buf_putc(&drain->record, '\n');
		buf_add(&drain->record, line.p, line.n);
		return;
	}
	flush_record(drain);
	if (record_sequence(line, &number))
		buf_add(&drain->record, line.p, line.n);
	else
		take_record(drain, line);
}

/* What follows the last newline; a line that is too long goes in pieces. */
static struct span take_lines(struct drain *drain, struct span bytes)
{
	const uint8_t *newline;

	while (bytes.n && (newline = memchr(bytes.p, '\n', bytes.n))) {
		take_line(drain, span_clip(bytes, 0, newline - bytes.p));
		bytes = span_from(bytes, newline - bytes.p + 1);
	}
	return bytes;
}

static void take_stream(struct drain *drain, size_t n)
{
	struct span rest = take_lines(drain, span_of(drain->bytes, drain->kept + n));

	if (rest.n >= LONGEST_LINE) {
		take_line(drain, rest);
		rest.n = 0;
	}
	if (rest.n)
		memmove(drain->bytes, rest.p, rest.n);
	drain->kept = rest.n;
}

static void end_stream(struct drain *drain)
{
	if (drain->kept)
		take_line(drain, span_of(drain->bytes, drain->kept));
	drain->kept = 0;
	flush_record(drain);
}

/* ---- the thread ---- */

/* Until there may be more; false where it is to end. */
static bool wait_for_more(struct drain *drain)
{
	struct pollfd fds[] = {
		{ .fd = drain->wake, .events = POLLIN },
		{ .fd = drain->source->fd, .events = POLLIN },
	};
	bool asks = drain->source->fd < 0 || drain->losing || drain->record.n;
	uint64_t count;

	if (drain->once)
		return false;
	if (drain->source->device && drain->busy) {
		drain->busy = false;
		poll(fds, 1, PAUSE);
		return !drain->stop;
	}
	poll(fds, drain->source->fd < 0 ? 1 : 2, asks ? ASK_AGAIN : -1);
	if (fds[0].revents && read(drain->wake, &count, sizeof(count)) < 0)
		return !drain->stop;
	return !drain->stop;
}

/* Standard input may be one that waits: then only what poll(2) promises is read. */
static bool is_ready(const struct drain *drain)
{
	struct pollfd fd = { .fd = drain->source->fd, .events = POLLIN };

	return !drain->source->patient || drain->source->fd < 0 || poll(&fd, 1, 0) > 0;
}

static ssize_t read_some(struct drain *drain)
{
	if (!is_ready(drain))
		return -EAGAIN;
	return drain->source->read(drain->source, drain->bytes + drain->kept, CHUNK - drain->kept);
}

/*
 * EPIPE: records were overwritten, their numbers are missing then. Where they come faster than they are read, that may go
 * on for thousands of reads, and ends when who writes them does.
 */
static bool is_overwritten(const struct drain *drain, ssize_t error)
{
	return error == -EPIPE && drain->source->device;
}

/* EINVAL: a record was longer than the buffer. */
static bool is_passing(ssize_t error)
{
	return error == -EPIPE || error == -EINTR || error == -EINVAL;
}

static void take_bytes(struct drain *drain, size_t n)
{
	if (drain->source->device)
		take_record(drain, span_of(drain->bytes, n));
	else
		take_stream(drain, n);
}

void drain_run(struct drain *drain)
{
	unsigned int errors = 0;

	while (!drain->stop) {
		ssize_t n = read_some(drain);

		if (n > 0) {
			take_bytes(drain, n);
			drain->busy = true;
			drain->late = false;
			errors = 0;
		}
		if (n == 0)
			break;
		if (n == -EAGAIN) {
			/* who writes a record line by line has a moment for its next one */
			if (drain->late)
				flush_record(drain);
			drain->late = true;
			tell_lost(drain);
			if (!wait_for_more(drain))
				break;
		} else if (n < 0 && !is_overwritten(drain, n) &&
			   (!is_passing(n) || ++errors > MOST_ERRORS)) {
			drain->failed = (int)-n;
			break;
		}
	}
	if (!drain->stop)
		end_stream(drain);
	tell_lost(drain);
	queue_end(drain->queue);
}

/*
 * What the kernel overwrites is gone, and what waits in memory is not: this thread comes before the one that works,
 * and before programs that fill the log. Where that is not allowed (CAP_SYS_NICE, RLIMIT_NICE) it runs as it is.
 * Of a thread, Linux has a priority of its own, against POSIX.
 */
static void come_first(void)
{
	if (setpriority(PRIO_PROCESS, 0, PRIORITY) != 0)
		return;
}

static void *run(void *context)
{
	come_first();
	drain_run(context);
	return NULL;
}

struct kimg_error *drain_init(struct drain *drain, struct source *source, struct queue *queue)
{
	*drain = (struct drain){ .source = source, .queue = queue };
	drain->wake = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	drain->bytes = malloc(CHUNK);
	if (!drain->bytes)
		return error_nomem();
	return drain->wake < 0 ? error_system(errno, "eventfd") : NULL;
}

void drain_done(struct drain *drain)
{
	drain_stop(drain);
	if (drain->wake >= 0)
		close(drain->wake);
	drain->wake = -1;
	buf_done(&drain->record);
	free(drain->bytes);
	drain->bytes = NULL;
}

/* Signals are for the other threads. */
struct kimg_error *drain_start(struct drain *drain)
{
	sigset_t all, old;
	int number;

	drain->stop = false;
	drain->failed = 0;
	queue_resume(drain->queue);
	sigfillset(&all);
	pthread_sigmask(SIG_BLOCK, &all, &old);
	number = pthread_create(&drain->thread, NULL, run, drain);
	pthread_sigmask(SIG_SETMASK, &old, NULL);
	if (number)
		return error_system(number, "a thread");
	drain->running = true;
	return NULL;
}

static void wake(const struct drain *drain)
{
	uint64_t one = 1;

	if (write(drain->wake, &one, sizeof(one)) < 0)
		return;
}

void drain_rest(struct drain *drain)
{
	drain->once = true;
	wake(drain);
}

void drain_stop(struct drain *drain)
{
	if (!drain->running)
		return;
	drain->stop = true;
	queue_close(drain->queue);
	wake(drain);
	pthread_join(drain->thread, NULL);
	drain->running = false;
}
