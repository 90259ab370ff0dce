/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Messages into a file, and to a function. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "klog/sink.h"

/* ---- a function ---- */

struct call {
	struct sink sink;
	kimg_klog_take *take;
	void *context;
};

static bool call_take(struct sink *sink, const struct kimg_klog_message *message)
{
	struct call *call = (struct call *)sink;

	return call->take(call->context, message);
}

static void call_free(struct sink *sink)
{
	free(sink);
}

struct kimg_error *sink_of_call(kimg_klog_take *take, void *context, struct sink **ret_sink)
{
	struct call *call = calloc(1, sizeof(*call));

	if (!call)
		return error_nomem();
	call->sink = (struct sink){ .take = call_take, .free = call_free };
	call->take = take;
	call->context = context;
	*ret_sink = &call->sink;
	return NULL;
}

/* ---- a file ---- */

struct file {
	struct sink sink;
	char *path;
	char *host;
	enum kimg_klog_format format;
	int fd;
	struct buf lines; /* of the message, from written on */
	size_t written;
	bool begun;
};

static struct kimg_error *open_path(const char *path, int *ret_fd)
{
	int fd;

	if (strcmp(path, "-") == 0)
		fd = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3);
	else
		fd = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOCTTY, 0640);
	if (fd < 0)
		return error_system(errno, "%s", path);
	*ret_fd = fd;
	return NULL;
}

static void begin(struct file *file, const struct kimg_klog_message *message)
{
	struct span line;
	size_t at = 0;

	file->lines.n = file->written = 0;
	while (next_line(message, &at, &line)) {
		format_line(&file->lines, file->format, file->host, message, line);
		buf_putc(&file->lines, '\n');
	}
	file->begun = true;
}

/* Where the disk is full the message is tried again; where it fails for good it is left out and counted. */
static bool write_lines(struct file *file)
{
	while (file->written < file->lines.n) {
		ssize_t n = write(file->fd, file->lines.p + file->written,
				  file->lines.n - file->written);

		if (n > 0)
			file->written += n;
		else if (n < 0 && (errno == EAGAIN || errno == ENOSPC || errno == EDQUOT))
			return false;
		else if (n == 0 || errno != EINTR) {
			file->sink.failed++;
			return true;
		}
	}
	return true;
}

static bool file_take(struct sink *sink, const struct kimg_klog_message *message)
{
	struct file *file = (struct file *)sink;

	if (!file->begun)
		begin(file, message);
	if (!write_lines(file))
		return false;
	file->begun = false;
	return true;
}

static void file_reopen(struct sink *sink)
{
	struct file *file = (struct file *)sink;
	int fd = -1;
	struct kimg_error *error = open_path(file->path, &fd);

	if (error) {
		kimg_error_free(error); /* the old one is better than none */
		return;
	}
	close(file->fd);
	file->fd = fd;
}

static void file_free(struct sink *sink)
{
	struct file *file = (struct file *)sink;

	if (file->fd >= 0)
		close(file->fd);
	buf_done(&file->lines);
	free(file->path);
	free(file->host);
	free(file);
}

struct kimg_error *sink_of_file(const char *path, enum kimg_klog_format format, const char *host,
				struct sink **ret_sink)
{
	struct file *file = calloc(1, sizeof(*file));
	struct kimg_error *error = NULL;

	if (!file)
		return error_nomem();
	file->sink = (struct sink){ .take = file_take, .reopen = file_reopen, .free = file_free };
	file->format = format;
	file->fd = -1;
	file->path = strdup(path);
	file->host = strdup(host ? host : "");
	if (!file->path || !file->host)
		error = error_nomem();
	else
		error = open_path(path, &file->fd);
	if (error) {
		file_free(&file->sink);
		return error;
	}
	*ret_sink = &file->sink;
	return NULL;
}
