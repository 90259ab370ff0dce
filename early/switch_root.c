/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "switch_root.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "log.h"

#define MAGIC_RAMFS 0x858458f6
#define MAGIC_TMPFS 0x01021994
#define MOST_DEEP   64

/* Removes what is below the folder, and on the same file system: that is the memory of the initrd. */
static void empty(int parent, const char *name, dev_t device, unsigned depth)
{
	int fd = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	DIR *folder = fd < 0 ? NULL : fdopendir(fd);
	struct dirent *entry;
	struct stat status;

	if (!folder) {
		if (fd >= 0)
			close(fd);
		return;
	}
	while (depth < MOST_DEEP && (entry = readdir(folder))) {
		bool is_folder;

		if (!strcmp(entry->d_name, ".") || !strcmp(entry->d_name, ".."))
			continue;
		if (fstatat(fd, entry->d_name, &status, AT_SYMLINK_NOFOLLOW) ||
		    status.st_dev != device)
			continue;
		is_folder = S_ISDIR(status.st_mode);
		if (is_folder)
			empty(fd, entry->d_name, device, depth + 1);
		unlinkat(fd, entry->d_name, is_folder ? AT_REMOVEDIR : 0);
	}
	closedir(folder);
}

static void empty_initrd(void)
{
	struct statfs kind;
	struct stat status;

	/* Never a disk. */
	if (statfs("/", &kind) || stat("/", &status))
		return;
	if ((unsigned long)kind.f_type == MAGIC_RAMFS || (unsigned long)kind.f_type == MAGIC_TMPFS)
		empty(AT_FDCWD, "/", status.st_dev, 0);
}

/*
 * Where "/" is a mount upon another one, as an initrd is on the nullfs of Linux 7.0 and later, it can be changed and
 * let go whole. Before, the initrd is the very first mount, which stays: it is emptied, and covered by the new one.
 */
int switch_root(const char *folder)
{
	if (chdir(folder))
		return -1;
	if (!syscall(SYS_pivot_root, ".", ".")) {
		log_debug("pivot_root");
		return umount2(".", MNT_DETACH) || chdir("/") ? -1 : 0;
	}
	if (errno != EINVAL)
		return -1;
	empty_initrd();
	if (mount(".", "/", NULL, MS_MOVE, NULL) || chroot(".") || chdir("/"))
		return -1;
	return 0;
}
