/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The bytes of a log: of a file, of a pipe, of a file that grows, of the running kernel. */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/hex.h"
#include "cli/term.h"
#include "cmd/oops.h"

enum {
	READ_SIZE = 256 << 10,
	LONGEST_LINE = 1 << 20, /* what is longer is handed out in pieces */
	LONGEST_RECORD = 8192,  /* of /dev/kmsg: as the kernel documents it */
	WAIT = 250,             /* milliseconds */
	QUIET = 6,              /* waits: no report comes with such gaps */
};

static volatile sig_atomic_t stopped;

static void stop(int number)
{
	stopped = number;
}

void oops_input_catch_signals(void)
{
	struct sigaction action = { .sa_handler = stop, .sa_flags = SA_RESETHAND };

	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
}

static bool is_stdin(const struct oops_input *input)
{
	return strcmp(input->path, "-") == 0;
}

static const char *name_of(const struct oops_input *input)
{
	return is_stdin(input) ? "standard input" : input->path;
}

struct kimg_error *oops_input_open(struct oops_input *input, const struct cli *cli,
				   const char *path, bool follow)
{
	/* Without O_NONBLOCK a pipe without a writer would be waited for, and so would the kernel's log. */
	int flags = O_RDONLY | O_CLOEXEC | (strcmp(path, "/dev/kmsg") == 0 ? O_NONBLOCK : 0);

	*input = (struct oops_input){ .cli = cli, .path = path, .follow = follow };
	input->fd = is_stdin(input) ? STDIN_FILENO : open(path, flags);
	if (input->fd < 0)
		return error_system(errno, "%s", path);
	input->records = flags & O_NONBLOCK;
	if (fstat(input->fd, &input->stat) < 0)
		return error_system(errno, "%s", path);
	if (S_ISDIR(input->stat.st_mode))
		return error_system(EISDIR, "%s", name_of(input));
	return NULL;
}

void oops_input_done(struct oops_input *input)
{
	free(input->p);
	if (input->fd > STDIN_FILENO)
		close(input->fd);
}

/* ---- a record of /dev/kmsg ---- */

/* "\x1b": what the kernel wrote for a byte that is not printable. A newline would make two lines of one. */
static size_t unescape(char *to, const char *from, size_t n)
{
	size_t length = 0;

	for (size_t i = 0; i < n; i++) {
		int high = -1, low = -1;

		if (from[i] == '\\' && n - i >= 4 && from[i + 1] == 'x') {
			high = hex_digit(from[i + 2]);
			low = hex_digit(from[i + 3]);
		}
		if (high < 0 || low < 0 || (high == 0 && low == '\n')) {
			to[length++] = from[i];
			continue;
		}
		to[length++] = high << 4 | low;
		i += 3;
	}
	return length;
}

/*
 * "6,339,5140900,-,caller=T1;text\n SUBSYSTEM=acpi\n": priority and facility, number, microseconds, flags, maybe
 * more; then the text, and what devices add (Documentation/ABI/testing/dev-kmsg). It becomes
 * "<6>[    5.140900] text"; without a priority, as dmesg(1) prints it.
 */
static size_t format_record(struct oops_input *input, char *line, const char *record, size_t n)
{
	const char *text = memchr(record, ';', n), *end;
	uint64_t number, time;
	int used;

	if (!text || sscanf(record, "%*u,%" SCNu64 ",%" SCNu64, &number, &time) != 2)
		return 0;
	if (input->has_record && number > input->record)
		remark(input->cli, "%s: %" PRIu64 " records were overwritten before they were read",
		       input->path, number - input->record);
	input->record = number + 1;
	input->has_record = true;
	text++;
	end = memchr(text, '\n', n - (text - record));
	if (!end)
		end = record + n;
	used = sprintf(line, "[%5" PRIu64 ".%06" PRIu64 "] ", time / 1000000, time % 1000000);
	used += unescape(line + used, text, end - text);
	line[used++] = '\n';
	return used;
}

/* Many records at once, a line each. Returns how many bytes came; -1: none yet, errno says why. */
static ssize_t read_records(struct oops_input *input, char *to, size_t room)
{
	char record[LONGEST_RECORD + 1];
	size_t length = 0;

	while (room - length > 2 * LONGEST_RECORD) {
		ssize_t n = read(input->fd, record, LONGEST_RECORD);

		if (n < 0 && errno == EPIPE) /* overwritten; the next read goes on behind */
			continue;
		if (n <= 0)
			return length ? (ssize_t)length : n;
		record[n] = '\0';
		length += format_record(input, to + length, record, n);
	}
	return length;
}

/* ---- reading ---- */

static struct kimg_error *make_room(struct oops_input *input)
{
	size_t held = input->end - input->start, size = held + READ_SIZE;
	char *larger;

	if (input->start)
		memmove(input->p, input->p + input->start, held);
	input->start = 0;
	input->end = held;
	if (input->size >= size)
		return NULL;
	larger = realloc(input->p, 2 * held + READ_SIZE);
	if (!larger)
		return error_nomem();
	input->p = larger;
	input->size = 2 * held + READ_SIZE;
	return NULL;
}

/* *ret_some: whether anything came; where nothing did, nothing will without waiting, or at all. */
static struct kimg_error *read_some(struct oops_input *input, bool *ret_some)
{
	size_t room;
	ssize_t n;

	TRY(make_room(input));
	room = input->size - input->end;
	if (input->records)
		n = read_records(input, input->p + input->end, room);
	else
		n = read(input->fd, input->p + input->end, room);
	*ret_some = n > 0;
	if (n > 0)
		input->end += n;
	if (n == 0 && !S_ISREG(input->stat.st_mode)) /* nobody writes to the pipe any more */
		input->ended = true;
	if (n >= 0 || errno == EAGAIN || errno == EINTR)
		return NULL;
	return error_system(errno, "%s", name_of(input));
}

/* What was read last belongs to no line of what comes next. There is room: the reads before left all of it. */
static void end_line(struct oops_input *input)
{
	if (input->end > input->start && input->end < input->size)
		input->p[input->end++] = '\n';
}

static void begin_anew(struct oops_input *input)
{
	int fd = open(input->path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	struct stat stat;

	input->moved = false;
	if (fd < 0)
		return;
	if (fstat(fd, &stat) < 0 || !S_ISREG(stat.st_mode)) {
		close(fd);
		return;
	}
	close(input->fd);
	input->fd = fd;
	input->stat = stat;
	end_line(input);
}

/*
 * The file is another one now, or begins anew: as logrotate(8) leaves it. Before another one is opened, what came into
 * the old one meanwhile is read.
 */
static void look_for_rotation(struct oops_input *input)
{
	off_t at = lseek(input->fd, 0, SEEK_CUR);
	struct stat now;

	if (is_stdin(input) || stat(input->path, &now) < 0)
		return;
	if (now.st_dev != input->stat.st_dev || now.st_ino != input->stat.st_ino) {
		if (input->moved)
			begin_anew(input);
		else
			input->moved = true;
		return;
	}
	if (now.st_size < at && lseek(input->fd, 0, SEEK_SET) == 0)
		end_line(input);
}

/* Whether bytes can be had at once: of a file they always can, even at its end. */
static bool is_ready(const struct oops_input *input, int timeout)
{
	struct pollfd waited = { .fd = input->fd, .events = POLLIN };

	return poll(&waited, 1, timeout) > 0;
}

/* Which pause it is. What grows is looked at again after a while; a pipe and a log of the kernel wake us. */
static enum oops_input_state wait_for_more(struct oops_input *input)
{
	bool regular = S_ISREG(input->stat.st_mode);

	if (input->idle++ == 0)
		return OOPS_INPUT_PAUSE; /* what is known by now is shown first */
	if (regular)
		poll(NULL, 0, WAIT);
	else
		is_ready(input, WAIT);
	if (regular)
		look_for_rotation(input);
	return input->idle == QUIET ? OOPS_INPUT_QUIET : OOPS_INPUT_PAUSE;
}

/* Hands out whole lines; false where there are none. */
static bool take_lines(struct oops_input *input, struct span *ret_bytes)
{
	const char *start = input->p + input->start;
	size_t held = input->end - input->start, n = 0;
	const char *newline = held ? memrchr(start, '\n', held) : NULL;

	if (newline)
		n = newline + 1 - start;
	else if (input->ended || held > LONGEST_LINE)
		n = held;
	*ret_bytes = span_of(start, n);
	input->start += n;
	return n;
}

static struct kimg_error *fill(struct oops_input *input, enum oops_input_state *ret_state)
{
	bool some;

	if (input->follow && stopped) {
		input->ended = true;
		return NULL;
	}
	/* Somebody may wait for what was found so far, as behind a pipe that is slow. */
	if (input->idle == 0 && !input->follow && !input->records && !is_ready(input, 0)) {
		input->idle = 1;
		*ret_state = OOPS_INPUT_PAUSE;
		return NULL;
	}
	TRY(read_some(input, &some));
	if (some)
		input->idle = 0;
	else if (input->follow && !input->ended)
		*ret_state = wait_for_more(input);
	else
		input->ended = true;
	return NULL;
}

struct kimg_error *oops_input_next(struct oops_input *input, enum oops_input_state *ret_state,
				   struct span *ret_bytes)
{
	*ret_state = OOPS_INPUT_BYTES;
	while (!input->ended) {
		TRY(fill(input, ret_state));
		if (*ret_state != OOPS_INPUT_BYTES || take_lines(input, ret_bytes))
			return NULL;
	}
	if (!take_lines(input, ret_bytes))
		*ret_state = OOPS_INPUT_END;
	return NULL;
}
