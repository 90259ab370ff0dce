/* SPDX-License-Identifier: GPL-2.0-or-later */
/* /dev/kmsg, /proc/kmsg, syslog(2), and files. */
#include "klog/source.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/klog.h>
#include <sys/stat.h>
#include <unistd.h>

/* Of syslog(2). */
enum { SYSLOG_READ = 2, SYSLOG_SIZE_UNREAD = 9 };

static ssize_t read_fd(struct source *source, void *bytes, size_t size)
{
	ssize_t n = read(source->fd, bytes, size);

	return n < 0 ? -errno : n;
}

/* SYSLOG_READ waits where there is nothing, and nothing could end that. */
static ssize_t read_syscall(struct source *source, void *bytes, size_t size)
{
	int n = klogctl(SYSLOG_SIZE_UNREAD, NULL, 0);

	if (n == 0)
		return -EAGAIN;
	if (n > 0)
		n = klogctl(SYSLOG_READ, bytes, size);
	return n < 0 ? -errno : n;
}

static struct kimg_error *set_name(struct source *source, const char *name)
{
	source->name = strdup(name);
	return source->name ? NULL : error_nomem();
}

static struct kimg_error *open_fd(struct source *source, const char *path)
{
	source->read = read_fd;
	source->fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY);
	return source->fd < 0 ? error_system(errno, "%s", path) : set_name(source, path);
}

/*
 * /dev/kmsg opens for everybody where kernel.dmesg_restrict is 0, and reading it fails for want of rights where
 * it is not. That is found out now, while there is another way.
 */
static struct kimg_error *open_dev_kmsg(struct source *source)
{
	char bytes[16384];
	ssize_t n;

	TRY(open_fd(source, "/dev/kmsg"));
	source->device = true;
	n = read_fd(source, bytes, sizeof(bytes));
	if (n < 0 && n != -EAGAIN && n != -EPIPE && n != -EINVAL)
		return error_system((int)-n, "/dev/kmsg");
	if (lseek(source->fd, 0, SEEK_SET) < 0)
		return error_system(errno, "/dev/kmsg");
	return NULL;
}

static struct kimg_error *open_syscall(struct source *source)
{
	source->read = read_syscall;
	if (klogctl(SYSLOG_SIZE_UNREAD, NULL, 0) < 0)
		return error_system(errno, "klogctl");
	return set_name(source, "klogctl");
}

/* Standard input is shared with others: it is not made to return at once, but asked with poll(2) first. */
static struct kimg_error *open_input(struct source *source, const char *input)
{
	struct stat status;

	if (strcmp(input, "-") != 0) {
		TRY(open_fd(source, input));
	} else {
		source->read = read_fd;
		source->fd = fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3);
		if (source->fd < 0)
			return error_system(errno, "standard input");
		TRY(set_name(source, "standard input"));
	}
	source->patient = true;
	if (fstat(source->fd, &status) != 0)
		return error_system(errno, "%s", source->name);
	if (S_ISDIR(status.st_mode))
		return error_system(EISDIR, "%s", source->name);
	source->seekable = S_ISREG(status.st_mode);
	return NULL;
}

static struct kimg_error *open_kind(struct source *source, enum kimg_klog_source kind,
				    const char *input)
{
	*source = (struct source){ .fd = -1 };
	switch (kind) {
	case KIMG_KLOG_DEV_KMSG:
		return open_dev_kmsg(source);
	case KIMG_KLOG_PROC_KMSG:
		return open_fd(source, "/proc/kmsg");
	case KIMG_KLOG_SYSCALL:
		return open_syscall(source);
	default:
		return open_input(source, input);
	}
}

static struct kimg_error *open_any(struct source *source)
{
	static const enum kimg_klog_source kinds[] = { KIMG_KLOG_DEV_KMSG, KIMG_KLOG_PROC_KMSG,
						       KIMG_KLOG_SYSCALL };
	struct kimg_error *first = NULL, *error;

	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
		error = open_kind(source, kinds[i], "");
		if (!error) {
			kimg_error_free(first);
			return NULL;
		}
		source_close(source);
		if (first)
			kimg_error_free(error);
		else
			first = error;
	}
	return first;
}

struct kimg_error *source_open(struct source *source, enum kimg_klog_source kind, const char *input)
{
	return kind == KIMG_KLOG_AUTO ? open_any(source) : open_kind(source, kind, input);
}

void source_close(struct source *source)
{
	if (source->fd >= 0)
		close(source->fd);
	source->fd = -1;
	free(source->name);
	source->name = NULL;
	source->read = NULL;
}
