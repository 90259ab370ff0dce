/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Messages to the journal, with fields (systemd's "Native Journal Protocol"). A datagram is
 *	FIELD=value '\n'                            where value has no newline
 *	FIELD '\n' size, 64 bits, little endian, value '\n'
 * or, where that is too long, nothing but the descriptor of a sealed memfd that holds the same.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <poll.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "klog/record.h"
#include "klog/sink.h"

/* Of reports, for journalctl MESSAGE_ID=...: made for them, and never to change. */
#define REPORT_ID "5ac1c1f4d9c94a7b8a6ab4d0a7a1be3c"

enum { PATIENCE = 20 /* ms */ };

struct journal {
	struct sink sink;
	char *path;
	int fd; /* -1: not open */
	struct buf datagram;
	bool begun;
};

/* ---- fields ---- */

static void add_field(struct buf *buf, const char *name, struct span value)
{
	uint8_t size[8];

	buf_puts(buf, name);
	if (value.n == 0 || !memchr(value.p, '\n', value.n)) {
		buf_putc(buf, '=');
	} else {
		for (unsigned int i = 0; i < 8; i++)
			size[i] = (uint64_t)value.n >> 8 * i;
		buf_putc(buf, '\n');
		buf_add(buf, size, sizeof(size));
	}
	buf_add(buf, value.p, value.n);
	buf_putc(buf, '\n');
}

static void add_string(struct buf *buf, const char *name, const char *value)
{
	if (value)
		add_field(buf, name, span_of(value, strlen(value)));
}

static void add_number(struct buf *buf, const char *name, uint64_t value)
{
	buf_printf(buf, "%s=%" PRIu64 "\n", name, value);
}

/* What the kernel says about a device: KIMG_SUBSYSTEM, KIMG_DEVICE. */
static void add_properties(struct buf *buf, const char *properties)
{
	struct span rest = span_of(properties, strlen(properties));

	while (rest.n) {
		const uint8_t *newline = memchr(rest.p, '\n', rest.n);
		struct span line =
			span_clip(rest, 0, newline ? (size_t)(newline - rest.p) : rest.n);

		rest = span_from(rest, line.n + 1);
		if (span_starts(line, SPAN_LITERAL("SUBSYSTEM=")))
			add_field(buf, "KIMG_SUBSYSTEM", span_from(line, 10));
		else if (span_starts(line, SPAN_LITERAL("DEVICE=")))
			add_field(buf, "KIMG_DEVICE", span_from(line, 7));
	}
}

/* The instruction that the report is about: that of the first block of the kernel. */
static const struct kimg_oops_frame *place_of(const struct kimg_oops *oops)
{
	for (size_t i = 0; i < oops->block_count; i++) {
		const struct kimg_oops_block *block = &oops->blocks[i];

		if (block->user)
			continue;
		if (block->has_pc)
			return &block->pc;
		for (size_t k = 0; k < block->frame_count; k++)
			if (!block->frames[k].unreliable)
				return &block->frames[k];
	}
	return NULL;
}

static void add_place(struct buf *buf, const struct kimg_oops_frame *frame)
{
	const struct kimg_oops_place *place = frame->place_count ? frame->places : NULL;

	if (!place || !place->symbol) {
		add_string(buf, "KIMG_FUNCTION", frame->symbol);
		add_string(buf, "KIMG_MODULE", frame->module);
		return;
	}
	if (place->source_count) {
		add_string(buf, "KIMG_FUNCTION", place->source[0].function);
		add_string(buf, "KIMG_FILE", place->source[0].file);
		if (place->source[0].line)
			add_number(buf, "KIMG_LINE", place->source[0].line);
	} else {
		add_string(buf, "KIMG_FUNCTION", place->symbol);
	}
	add_string(buf, "KIMG_SYMBOL", place->symbol);
	add_string(buf, "KIMG_MODULE", place->module);
}

static void add_report(struct buf *buf, const struct kimg_oops *oops)
{
	const struct kimg_oops_frame *place = place_of(oops);

	buf_puts(buf, "MESSAGE_ID=" REPORT_ID "\n");
	add_string(buf, "KIMG_KIND", kimg_oops_kind_name(oops->kind));
	add_string(buf, "KIMG_TITLE", oops->title);
	add_string(buf, "KIMG_SIGNATURE", oops->signature);
	add_string(buf, "KIMG_RELEASE", oops->release);
	add_string(buf, "KIMG_COMM", oops->comm);
	if (oops->pid >= 0)
		add_number(buf, "KIMG_PID", oops->pid);
	if (oops->cpu >= 0)
		add_number(buf, "KIMG_CPU", oops->cpu);
	if (place)
		add_place(buf, place);
}

/* Whether the text begins with the title, or a line that has it. */
static bool tells_title(const struct kimg_klog_message *message)
{
	struct span line, title;
	size_t at = 0;

	if (!message->oops->title)
		return true;
	title = span_of(message->oops->title, strlen(message->oops->title));
	return title.n == 0 ||
	       (next_line(message, &at, &line) && span_find(line, 0, title, &(size_t){ 0 }));
}

/* A report's message is its title, and its text below that, as systemd-coredump has it. */
static void add_message(struct buf *buf, const struct kimg_klog_message *message)
{
	cleanup_buf struct buf text = { 0 };
	struct span whole = span_of(message->text, message->size);

	if (!message->oops) {
		add_field(buf, "MESSAGE", whole);
		return;
	}
	if (!tells_title(message))
		buf_printf(&text, "%s\n\n", message->oops->title);
	buf_add(&text, whole.p, whole.n);
	while (text.n && text.p[text.n - 1] == '\n')
		text.n--;
	add_field(buf, "MESSAGE", buf_span(&text));
	add_field(buf, "KIMG_TEXT", whole);
	if (text.failed)
		buf->failed = true;
}

static void begin(struct journal *journal, const struct kimg_klog_message *message)
{
	struct buf *buf = &journal->datagram;

	buf->n = 0;
	add_message(buf, message);
	add_number(buf, "PRIORITY", message->level);
	add_number(buf, "SYSLOG_FACILITY", message->facility);
	add_string(buf, "SYSLOG_IDENTIFIER", identifier_of(message));
	if (message->has_sequence)
		add_number(buf, "KIMG_SEQUENCE", message->sequence);
	if (message->has_time)
		add_number(buf, "KIMG_MONOTONIC_USEC", message->time);
	if (message->caller[0])
		add_string(buf, "KIMG_CALLER", message->caller);
	add_properties(buf, message->properties);
	if (message->kind == KIMG_KLOG_LOST)
		add_number(buf, "KIMG_LOST", message->lost);
	if (message->oops)
		add_report(buf, message->oops);
	journal->begun = true;
}

/* ---- sending ---- */

static void close_socket(struct journal *journal)
{
	if (journal->fd >= 0)
		close(journal->fd);
	journal->fd = -1;
}

static bool open_socket(struct journal *journal)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };

	if (journal->fd >= 0)
		return true;
	memcpy(address.sun_path, journal->path, strlen(journal->path) + 1);
	journal->fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (journal->fd >= 0 &&
	    connect(journal->fd, (struct sockaddr *)&address, sizeof(address)) != 0)
		close_socket(journal);
	return journal->fd >= 0;
}

/* With a descriptor the message is empty. The number of the error, 0 where it went. */
static int send_datagram(struct journal *journal, struct span bytes, int descriptor)
{
	union {
		char bytes[CMSG_SPACE(sizeof(int))];
		struct cmsghdr header;
	} control = { 0 };
	struct iovec part = { .iov_base = (void *)(uintptr_t)bytes.p, .iov_len = bytes.n };
	struct msghdr message = { .msg_iov = &part, .msg_iovlen = bytes.n ? 1 : 0 };

	if (descriptor >= 0) {
		control.header.cmsg_level = SOL_SOCKET;
		control.header.cmsg_type = SCM_RIGHTS;
		control.header.cmsg_len = CMSG_LEN(sizeof(int));
		memcpy(CMSG_DATA(&control.header), &descriptor, sizeof(int));
		message.msg_control = &control;
		message.msg_controllen = sizeof(control.bytes);
	}
	return sendmsg(journal->fd, &message, MSG_NOSIGNAL) < 0 ? errno : 0;
}

static int send_memfd(struct journal *journal, struct span bytes)
{
	int fd = memfd_create("kimg-klogd", MFD_CLOEXEC | MFD_ALLOW_SEALING), number = 0;

	if (fd < 0)
		return errno;
	while (bytes.n && !number) {
		ssize_t n = write(fd, bytes.p, bytes.n);

		if (n < 0)
			number = errno;
		else
			bytes = span_from(bytes, n);
	}
	if (!number &&
	    fcntl(fd, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE | F_SEAL_SEAL) != 0)
		number = errno;
	if (!number)
		number = send_datagram(journal, span_of(NULL, 0), fd);
	close(fd);
	return number;
}

static int send_once(struct journal *journal)
{
	int number = send_datagram(journal, buf_span(&journal->datagram), -1);

	return number == EMSGSIZE || number == ENOBUFS
		       ? send_memfd(journal, buf_span(&journal->datagram))
		       : number;
}

/* What may be otherwise soon. A daemon that starts anew has another socket. */
static bool is_passing(int number)
{
	return number == EAGAIN || number == ENOMEM || number == ENOBUFS || number == EMFILE ||
	       number == ENFILE;
}

static bool is_gone(int number)
{
	return number == ECONNREFUSED || number == ECONNRESET || number == ENOTCONN ||
	       number == EPIPE || number == ENOENT;
}

static bool send_all(struct journal *journal)
{
	for (;;) {
		struct pollfd fd = { .fd = journal->fd, .events = POLLOUT };
		int number = send_once(journal);

		if (number == 0)
			return true;
		if (number == EINTR ||
		    (number == EAGAIN && poll(&fd, 1, PATIENCE) > 0 && fd.revents == POLLOUT))
			continue;
		if (is_gone(number))
			close_socket(journal);
		if (is_gone(number) || is_passing(number))
			return false;
		journal->sink.failed++;
		return true;
	}
}

static bool journal_take(struct sink *sink, const struct kimg_klog_message *message)
{
	struct journal *journal = (struct journal *)sink;

	if (!open_socket(journal))
		return false;
	if (!journal->begun)
		begin(journal, message);
	if (!send_all(journal))
		return false;
	journal->begun = false;
	return true;
}

static void journal_reopen(struct sink *sink)
{
	close_socket((struct journal *)sink);
}

static void journal_free(struct sink *sink)
{
	struct journal *journal = (struct journal *)sink;

	journal_reopen(sink);
	buf_done(&journal->datagram);
	free(journal->path);
	free(journal);
}

struct kimg_error *sink_of_journal(const char *path, struct sink **ret_sink)
{
	struct journal *journal;

	if (strlen(path) >= sizeof(((struct sockaddr_un *)0)->sun_path))
		return error_new(KIMG_E_INVALID, "%s: too long for a socket", path);
	journal = calloc(1, sizeof(*journal));
	if (!journal)
		return error_nomem();
	journal->sink = (struct sink){ .take = journal_take,
				       .reopen = journal_reopen,
				       .free = journal_free };
	journal->fd = -1;
	journal->path = strdup(path);
	if (!journal->path) {
		journal_free(&journal->sink);
		return error_nomem();
	}
	*ret_sink = &journal->sink;
	return NULL;
}
