/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "unit.h"

#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "klog/klog.h"

enum { LONGEST = 4 << 20 };

/* A daemon's socket, in a folder of its own that the test is in. */
struct daemon {
	char folder[32];
	int fd;
	char *bytes;
	size_t size;
};

static int listen_at(const char *path, int type)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, type | SOCK_CLOEXEC, 0);

	strcpy(address.sun_path, path);
	assert_true(fd >= 0);
	assert_int_equal(bind(fd, (struct sockaddr *)&address, sizeof(address)), 0);
	if (type == SOCK_STREAM)
		assert_int_equal(listen(fd, 1), 0);
	return fd;
}

static void open_daemon(struct daemon *daemon, int type)
{
	*daemon = (struct daemon){ .bytes = malloc(LONGEST) };
	strcpy(daemon->folder, "/tmp/kimg-sinks-XXXXXX");
	assert_non_null(daemon->bytes);
	assert_non_null(mkdtemp(daemon->folder));
	assert_int_equal(chdir(daemon->folder), 0);
	daemon->fd = type ? listen_at("socket", type) : -1;
}

static void close_daemon(struct daemon *daemon)
{
	if (daemon->fd >= 0)
		close(daemon->fd);
	free(daemon->bytes);
	unlink("socket");
	assert_int_equal(chdir("/"), 0);
	assert_int_equal(rmdir(daemon->folder), 0);
}

/* The next datagram, or what the descriptor in it holds; false where there is none. */
static bool receive(struct daemon *daemon)
{
	union {
		char bytes[CMSG_SPACE(sizeof(int))];
		struct cmsghdr header;
	} control = { 0 };
	struct iovec part = { .iov_base = daemon->bytes, .iov_len = LONGEST };
	struct msghdr message = { .msg_iov = &part,
				  .msg_iovlen = 1,
				  .msg_control = &control,
				  .msg_controllen = sizeof(control) };
	ssize_t n = recvmsg(daemon->fd, &message, MSG_DONTWAIT);
	struct stat status;
	int fd;

	if (n < 0)
		return false;
	daemon->size = n;
	if (!CMSG_FIRSTHDR(&message))
		return true;
	assert_int_equal(n, 0);
	memcpy(&fd, CMSG_DATA(CMSG_FIRSTHDR(&message)), sizeof(fd));
	assert_int_equal(fstat(fd, &status), 0);
	assert_true(status.st_size <= LONGEST);
	assert_int_equal(pread(fd, daemon->bytes, status.st_size, 0), status.st_size);
	daemon->size = status.st_size;
	close(fd);
	return true;
}

/* The value of a field in a datagram of the journal's protocol, as it is parsed there. */
static struct span field(const struct daemon *daemon, const char *name)
{
	struct span rest = span_of(daemon->bytes, daemon->size), found = { 0 };

	while (rest.n) {
		const uint8_t *newline = memchr(rest.p, '\n', rest.n), *equals;
		struct span line, value;

		assert_non_null(newline);
		line = span_clip(rest, 0, newline - rest.p);
		equals = memchr(line.p, '=', line.n);
		if (equals) {
			value = span_from(line, equals - line.p + 1);
			line.n = equals - line.p;
			rest = span_from(rest, newline - rest.p + 1);
		} else {
			uint64_t size = span_le64(rest, line.n + 1);

			assert_true(span_sub(rest, line.n + 9, size, &value));
			assert_int_equal(rest.p[line.n + 9 + size], '\n');
			rest = span_from(rest, line.n + 9 + size + 1);
		}
		if (span_equal(line, span_of(name, strlen(name))))
			found = value;
	}
	return found;
}

static bool is_field(const struct daemon *daemon, const char *name, const char *value)
{
	return span_equal(field(daemon, name), span_of(value, strlen(value)));
}

static struct kimg_klog_message message_of(enum kimg_klog_kind kind, const char *text)
{
	return (struct kimg_klog_message){
		.kind = kind,
		.level = 3,
		.text = text,
		.size = strlen(text),
		.caller = "",
		.properties = "",
	};
}

static void the_journal_gets_fields(void **state)
{
	struct kimg_klog_message message = message_of(KIMG_KLOG_RECORD, "text");
	struct daemon daemon;
	struct sink *sink;

	open_daemon(&daemon, SOCK_DGRAM);
	message.has_sequence = message.has_time = true;
	message.sequence = 77;
	message.time = 5;
	message.caller = "T12";
	message.properties = "SUBSYSTEM=pci\nDEVICE=+pci:0\nOTHER=x\n";
	assert_ok(sink_of_journal("socket", &sink));
	assert_true(sink->take(sink, &message));
	assert_true(receive(&daemon));
	assert_true(is_field(&daemon, "MESSAGE", "text"));
	assert_true(is_field(&daemon, "PRIORITY", "3"));
	assert_true(is_field(&daemon, "SYSLOG_FACILITY", "0"));
	assert_true(is_field(&daemon, "SYSLOG_IDENTIFIER", "kernel"));
	assert_true(is_field(&daemon, "KIMG_SEQUENCE", "77"));
	assert_true(is_field(&daemon, "KIMG_CALLER", "T12"));
	assert_true(is_field(&daemon, "KIMG_SUBSYSTEM", "pci"));
	assert_true(is_field(&daemon, "KIMG_DEVICE", "+pci:0"));
	assert_false(receive(&daemon));
	sink->free(sink);
	close_daemon(&daemon);
}

/* Text cannot make fields of its own. */
static void newlines_do_not_end_fields(void **state)
{
	struct kimg_klog_message message =
		message_of(KIMG_KLOG_RECORD, "a\nPRIORITY=0\nMESSAGE_ID=0\n");
	struct daemon daemon;
	struct sink *sink;

	open_daemon(&daemon, SOCK_DGRAM);
	assert_ok(sink_of_journal("socket", &sink));
	assert_true(sink->take(sink, &message));
	assert_true(receive(&daemon));
	assert_true(is_field(&daemon, "MESSAGE", message.text));
	assert_true(is_field(&daemon, "PRIORITY", "3"));
	assert_int_equal(field(&daemon, "MESSAGE_ID").n, 0);
	sink->free(sink);
	close_daemon(&daemon);
}

static void reports_have_fields_of_their_own(void **state)
{
	const struct kimg_oops_source source = { .function = "inner",
						 .file = "fs/a.c",
						 .line = 12 };
	struct kimg_oops_place place = {
		.symbol = "outer", .module = "m", .source = &source, .source_count = 1
	};
	struct kimg_oops_block blocks[2] = {
		{ .user = true, .has_pc = true, .pc = { .symbol = "not this" } },
		{ .has_pc = true, .pc = { .symbol = "outer", .places = &place, .place_count = 1 } },
	};
	const struct kimg_oops oops = { .title = "BUG in inner",
					.signature = "0123",
					.pid = 5,
					.cpu = -1,
					.comm = "init",
					.blocks = blocks,
					.block_count = 2,
					.kind = KIMG_OOPS_BUG };
	struct kimg_klog_message message = message_of(KIMG_KLOG_REPORT, "first\nsecond\n");
	struct daemon daemon;
	struct sink *sink;

	open_daemon(&daemon, SOCK_DGRAM);
	message.oops = &oops;
	assert_ok(sink_of_journal("socket", &sink));
	assert_true(sink->take(sink, &message));
	assert_true(receive(&daemon));
	assert_true(is_field(&daemon, "MESSAGE", "BUG in inner\n\nfirst\nsecond"));
	assert_true(is_field(&daemon, "KIMG_TEXT", "first\nsecond\n"));
	assert_true(is_field(&daemon, "KIMG_TITLE", "BUG in inner"));
	assert_true(is_field(&daemon, "KIMG_SIGNATURE", "0123"));
	assert_true(is_field(&daemon, "KIMG_FUNCTION", "inner"));
	assert_true(is_field(&daemon, "KIMG_SYMBOL", "outer"));
	assert_true(is_field(&daemon, "KIMG_FILE", "fs/a.c"));
	assert_true(is_field(&daemon, "KIMG_LINE", "12"));
	assert_true(is_field(&daemon, "KIMG_PID", "5"));
	assert_int_equal(field(&daemon, "KIMG_CPU").n, 0);
	sink->free(sink);
	close_daemon(&daemon);
}

/* More than a datagram holds goes as a file without a name. */
static void long_messages_go_by_memfd(void **state)
{
	cleanup_free char *text = malloc(LONGEST / 2);
	struct kimg_klog_message message;
	struct daemon daemon;
	struct sink *sink;

	assert_non_null(text);
	memset(text, 'x', LONGEST / 2 - 1);
	text[LONGEST / 2 - 1] = '\0';
	message = message_of(KIMG_KLOG_RECORD, text);
	open_daemon(&daemon, SOCK_DGRAM);
	assert_ok(sink_of_journal("socket", &sink));
	assert_true(sink->take(sink, &message));
	assert_true(receive(&daemon));
	assert_true(is_field(&daemon, "MESSAGE", text));
	sink->free(sink);
	close_daemon(&daemon);
}

/* While nobody listens, and when the daemon starts anew, messages wait. */
static void a_daemon_that_is_not_there_is_waited_for(void **state)
{
	struct kimg_klog_message message = message_of(KIMG_KLOG_RECORD, "text");
	struct sink *sinks[2];
	struct daemon daemon;

	for (size_t i = 0; i < 2; i++) {
		open_daemon(&daemon, 0);
		assert_ok(i ? sink_of_syslog("socket", KIMG_KLOG_RFC3164, "host", &sinks[i])
			    : sink_of_journal("socket", &sinks[i]));
		for (unsigned int run = 0; run < 2; run++) {
			assert_false(sinks[i]->take(sinks[i], &message));
			daemon.fd = listen_at("socket", SOCK_DGRAM);
			assert_true(sinks[i]->take(sinks[i], &message));
			assert_true(receive(&daemon));
			assert_false(receive(&daemon));
			close(daemon.fd);
			daemon.fd = -1;
			unlink("socket");
		}
		sinks[i]->free(sinks[i]);
		close_daemon(&daemon);
	}
}

/* A daemon that reads nothing: the message waits, and none of its lines comes twice. */
static void a_slow_daemon_gets_each_line_once(void **state)
{
	struct kimg_klog_message message = message_of(KIMG_KLOG_RECORD, "");
	cleanup_buf struct buf text = { 0 };
	unsigned int got = 0, full = 0;
	struct daemon daemon;
	struct sink *sink;

	for (unsigned int i = 0; i < 2000; i++)
		buf_printf(&text, "line %u\n", i);
	message.text = text.p;
	message.size = text.n;
	open_daemon(&daemon, SOCK_DGRAM);
	assert_ok(sink_of_syslog("socket", KIMG_KLOG_PRIORITY, NULL, &sink));
	for (bool taken = false; !taken;) {
		taken = sink->take(sink, &message);
		full += !taken;
		while (receive(&daemon)) {
			char wanted[32];
			int n = snprintf(wanted, sizeof(wanted), "<3>line %u", got++);

			assert_int_equal(daemon.size, n);
			assert_memory_equal(daemon.bytes, wanted, n);
		}
	}
	assert_int_equal(got, 2000);
	assert_true(full > 0);
	sink->free(sink);
	close_daemon(&daemon);
}

static void streams_are_framed(void **state)
{
	struct kimg_klog_message message = message_of(KIMG_KLOG_RECORD, "one\ntwo");
	static const char *const wanted[2] = { "<3>one", "<3>two" };
	struct daemon daemon;
	struct sink *sink;
	int fd;

	open_daemon(&daemon, SOCK_STREAM);
	assert_ok(sink_of_syslog("socket", KIMG_KLOG_PRIORITY, NULL, &sink));
	assert_true(sink->take(sink, &message));
	fd = accept(daemon.fd, NULL, NULL);
	assert_int_equal(read(fd, daemon.bytes, LONGEST), 14);
	for (size_t i = 0; i < 2; i++)
		assert_string_equal(daemon.bytes + 7 * i, wanted[i]);
	close(fd);
	sink->free(sink);
	assert_ok(sink_of_syslog("socket", KIMG_KLOG_RFC5424, "host", &sink));
	assert_true(sink->take(sink, &message));
	fd = accept(daemon.fd, NULL, NULL);
	assert_true(read(fd, daemon.bytes, LONGEST) > 100);
	assert_memory_equal(daemon.bytes,
			    "54 <3>1 1970-01-01T00:00:00.000000Z host kernel - - - one54 ", 60);
	close(fd);
	sink->free(sink);
	close_daemon(&daemon);
}

static void paths_that_are_too_long_are_refused(void **state)
{
	char path[200];
	struct sink *sink;

	memset(path, 'x', sizeof(path));
	path[sizeof(path) - 1] = '\0';
	assert_fails(KIMG_E_INVALID, sink_of_journal(path, &sink));
	assert_fails(KIMG_E_INVALID, sink_of_syslog(path, KIMG_KLOG_RFC3164, NULL, &sink));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_journal_gets_fields),
		cmocka_unit_test(newlines_do_not_end_fields),
		cmocka_unit_test(reports_have_fields_of_their_own),
		cmocka_unit_test(long_messages_go_by_memfd),
		cmocka_unit_test(a_daemon_that_is_not_there_is_waited_for),
		cmocka_unit_test(a_slow_daemon_gets_each_line_once),
		cmocka_unit_test(streams_are_framed),
		cmocka_unit_test(paths_that_are_too_long_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
