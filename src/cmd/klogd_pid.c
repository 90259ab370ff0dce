/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The file that says which process the daemon is. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/term.h"
#include "cmd/klogd.h"

/* A lock ends with its process, so that what a dead one left behind misleads nobody. */
static bool lock(int fd, int command, struct flock *lock)
{
	*lock = (struct flock){ .l_type = F_WRLCK, .l_whence = SEEK_SET };
	return fcntl(fd, command, lock) == 0;
}

static void make_folder(const char *path)
{
	cleanup_free char *folder = strdup(path);
	char *slash = folder ? strrchr(folder, '/') : NULL;

	if (!slash || slash == folder)
		return;
	*slash = '\0';
	mkdir(folder, 0755); /* opening the file tells what is wrong */
}

int klogd_write_pid(const struct cli *cli, const char *path)
{
	struct flock held;
	int fd;

	make_folder(path);
	fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NOCTTY, 0644);
	if (fd < 0) {
		remark(cli, "%s: %s", path, strerror(errno));
		return -1;
	}
	if (!lock(fd, F_SETLK, &held)) {
		if (errno == EAGAIN || errno == EACCES)
			complain("%s: another klogd is running", path);
		else
			complain("%s: %s", path, strerror(errno));
		close(fd);
		return -2;
	}
	if (ftruncate(fd, 0) != 0 || dprintf(fd, "%d\n", (int)getpid()) < 0)
		remark(cli, "%s: %s", path, strerror(errno));
	return fd;
}

int klogd_signal(const struct cli *cli, const char *path, int signal)
{
	struct flock held;
	int fd = open(path, O_RDWR | O_CLOEXEC | O_NOCTTY);
	bool known;

	if (fd < 0) {
		complain("%s: %s", path, strerror(errno));
		return STATUS_ERROR;
	}
	known = lock(fd, F_GETLK, &held) && held.l_type != F_UNLCK && held.l_pid > 0;
	close(fd);
	if (!known) {
		complain("%s: no klogd is running", path);
		return STATUS_NO;
	}
	if (kill(held.l_pid, signal) != 0) {
		complain("process %d: %s", (int)held.l_pid, strerror(errno));
		return STATUS_ERROR;
	}
	return STATUS_YES;
}
