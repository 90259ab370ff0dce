/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Whether another program hands the kernel's log on. journald keeps its position in it in a file; of others, and
 * of older ones, /proc tells which files they have open, where this process may look. A sandbox may forbid that:
 * then the names of programs have to do.
 */
#include <ctype.h>
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cmd/klogd.h"

static const char *const daemons[] = { "systemd-journal", "rsyslogd", "syslog-ng", "klogd",
				       "busybox-klogd" };

static bool read_file(const char *path, char *text, size_t size)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n;

	if (fd < 0)
		return false;
	n = read(fd, text, size - 1);
	close(fd);
	if (n < 0)
		return false;
	text[n] = '\0';
	text[strcspn(text, "\n")] = '\0';
	return true;
}

/* Many have /dev/kmsg open for writing; whoever reads it is meant. */
static bool is_reader(const char *process, const char *descriptor)
{
	char path[512], text[256] = "", line[64] = "";
	unsigned int flags = O_WRONLY;
	ssize_t n;
	FILE *info;

	snprintf(path, sizeof(path), "/proc/%s/fd/%s", process, descriptor);
	n = readlink(path, text, sizeof(text) - 1);
	if (n < 0)
		return false;
	text[n] = '\0';
	if (strcmp(text, "/dev/kmsg") != 0 && strcmp(text, "/proc/kmsg") != 0)
		return false;
	snprintf(path, sizeof(path), "/proc/%s/fdinfo/%s", process, descriptor);
	info = fopen(path, "re");
	if (!info)
		return false;
	while (fgets(line, sizeof(line), info))
		if (sscanf(line, "flags: %o", &flags) == 1)
			break;
	fclose(info);
	return (flags & O_ACCMODE) != O_WRONLY;
}

/* Whether the process reads it; false with *ret_hidden set where its files cannot be looked at. */
static bool reads_log(const char *process, bool *ret_hidden)
{
	char path[300];
	struct dirent *entry;
	bool found = false;
	DIR *folder;

	snprintf(path, sizeof(path), "/proc/%s/fd", process);
	folder = opendir(path);
	*ret_hidden = !folder;
	if (!folder)
		return false;
	while (!found && (entry = readdir(folder)))
		found = isdigit((unsigned char)entry->d_name[0]) &&
			is_reader(process, entry->d_name);
	closedir(folder);
	return found;
}

static bool is_daemon(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(daemons); i++)
		if (strcmp(name, daemons[i]) == 0)
			return true;
	return false;
}

static bool is_other(const char *process, char *ret_who, size_t size)
{
	char path[300], name[64] = "?";
	bool hidden, reads;

	if (!isdigit((unsigned char)process[0]) || strtol(process, NULL, 10) == getpid())
		return false;
	snprintf(path, sizeof(path), "/proc/%s/comm", process);
	read_file(path, name, sizeof(name));
	reads = reads_log(process, &hidden);
	if (!reads && !(hidden && is_daemon(name)))
		return false;
	/* A pager or a terminal's dmesg -w hands nothing on. */
	if (strcmp(name, "dmesg") == 0)
		return false;
	snprintf(ret_who, size, "%s, process %s", name, process);
	return true;
}

bool klogd_other_reader(char *ret_who, size_t size)
{
	struct dirent *entry;
	bool found = false;
	DIR *folder;

	if (access("/run/systemd/journal/kernel-seqnum", F_OK) == 0) {
		snprintf(ret_who, size, "systemd-journald");
		return true;
	}
	folder = opendir("/proc");
	if (!folder)
		return false;
	while (!found && (entry = readdir(folder)))
		found = is_other(entry->d_name, ret_who, size);
	closedir(folder);
	return found;
}
