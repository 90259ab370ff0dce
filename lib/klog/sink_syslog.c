/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Messages to a syslog daemon, through its socket. */
#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "klog/sink.h"

/*
 * Lines that are longer go in pieces: RFC 5424 says that 2048 bytes should be taken; rsyslog takes 8192, and
 * journald's socket more.
 */
enum { LONGEST_TEXT = 2000, PATIENCE = 20 /* ms */ };

struct syslog {
	struct sink sink;
	char *path;
	char *host;
	enum kimg_klog_format format;
	int fd; /* -1: not connected */
	bool stream;
	struct buf line;  /* what is being sent */
	size_t sent;      /* of a stream: bytes of it */
	bool has_line;    /* line is not sent yet */
	size_t at;        /* where the next line starts in the message */
	struct span rest; /* of a line that goes in pieces; points into the message's text */
};

static void disconnect(struct syslog *syslog)
{
	if (syslog->fd >= 0)
		close(syslog->fd);
	syslog->fd = -1;
	syslog->sent = 0;
}

static int connect_type(const struct syslog *syslog, int type)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, type | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	memcpy(address.sun_path, syslog->path, strlen(syslog->path) + 1);
	if (fd < 0 || connect(fd, (struct sockaddr *)&address, sizeof(address)) == 0)
		return fd;
	close(fd);
	return -1;
}

/* Datagrams, as all daemons take them today; where the socket is none for them, a stream. */
static bool open_socket(struct syslog *syslog)
{
	if (syslog->fd >= 0)
		return true;
	syslog->stream = false;
	syslog->fd = connect_type(syslog, SOCK_DGRAM);
	if (syslog->fd < 0 && errno == EPROTOTYPE) {
		syslog->fd = connect_type(syslog, SOCK_STREAM);
		syslog->stream = true;
	}
	return syslog->fd >= 0;
}

/* The end of a message: NUL in streams of the old format, as libc has it; RFC 6587, 3.4.1 for the new. */
static void frame(struct syslog *syslog)
{
	cleanup_buf struct buf framed = { 0 };

	if (!syslog->stream)
		return;
	if (syslog->format != KIMG_KLOG_RFC5424) {
		buf_putc(&syslog->line, '\0');
		return;
	}
	buf_printf(&framed, "%zu ", syslog->line.n);
	buf_add(&framed, syslog->line.p, syslog->line.n);
	syslog->line.n = 0;
	buf_add(&syslog->line, framed.p, framed.n);
}

/* Prepares the next datagram; false where the message has none left. */
static bool prepare(struct syslog *syslog, const struct kimg_klog_message *message)
{
	struct span piece;

	if (syslog->rest.n == 0 && !next_line(message, &syslog->at, &syslog->rest))
		return false;
	piece = span_clip(syslog->rest, 0, LONGEST_TEXT);
	syslog->rest = span_from(syslog->rest, piece.n);
	syslog->line.n = 0;
	format_line(&syslog->line, syslog->format, syslog->host, message, piece);
	frame(syslog);
	syslog->sent = 0;
	syslog->has_line = true;
	return true;
}

/* After a send that failed. A daemon that is only slow is waited for a little. */
static bool wait_for_room(struct syslog *syslog)
{
	struct pollfd fd = { .fd = syslog->fd, .events = POLLOUT };

	if (errno == EAGAIN && poll(&fd, 1, PATIENCE) > 0 && fd.revents == POLLOUT)
		return true;
	if (errno != EAGAIN && errno != ENOBUFS)
		disconnect(syslog);
	return false;
}

static bool send_line(struct syslog *syslog)
{
	while (syslog->sent < syslog->line.n) {
		ssize_t n = send(syslog->fd, syslog->line.p + syslog->sent,
				 syslog->line.n - syslog->sent, MSG_NOSIGNAL);

		if (n >= 0)
			syslog->sent += n;
		else if (errno == EMSGSIZE) {
			syslog->sink.failed++;
			break;
		} else if (errno != EINTR && !wait_for_room(syslog)) {
			return false;
		}
	}
	syslog->has_line = false;
	return true;
}

static bool syslog_take(struct sink *sink, const struct kimg_klog_message *message)
{
	struct syslog *syslog = (struct syslog *)sink;

	if (!open_socket(syslog))
		return false;
	while (syslog->has_line || prepare(syslog, message))
		if (!send_line(syslog))
			return false;
	syslog->at = 0;
	return true;
}

static void syslog_reopen(struct sink *sink)
{
	disconnect((struct syslog *)sink);
}

static void syslog_free(struct sink *sink)
{
	struct syslog *syslog = (struct syslog *)sink;

	disconnect(syslog);
	buf_done(&syslog->line);
	free(syslog->path);
	free(syslog->host);
	free(syslog);
}

struct kimg_error *sink_of_syslog(const char *path, enum kimg_klog_format format, const char *host,
				  struct sink **ret_sink)
{
	struct syslog *syslog;

	if (strlen(path) >= sizeof(((struct sockaddr_un *)0)->sun_path))
		return error_new(KIMG_E_INVALID, "%s: too long for a socket", path);
	syslog = calloc(1, sizeof(*syslog));
	if (!syslog)
		return error_nomem();
	syslog->sink =
		(struct sink){ .take = syslog_take, .reopen = syslog_reopen, .free = syslog_free };
	syslog->format = format;
	syslog->fd = -1;
	syslog->path = strdup(path);
	syslog->host = strdup(host ? host : "");
	if (!syslog->path || !syslog->host) {
		syslog_free(&syslog->sink);
		return error_nomem();
	}
	*ret_sink = &syslog->sink;
	return NULL;
}
