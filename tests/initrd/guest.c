/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Shows the tree below /, as /init of a kernel that has unpacked an initrd: one line a node, in the form of show.h.
 * Then the machine is turned off.
 */
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/reboot.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "show.h"

static void show_path(const char *path, const struct stat *st)
{
	static char target[8192];
	struct shown shown = {
		.path = path,
		.mode = st->st_mode,
		.uid = st->st_uid,
		.gid = st->st_gid,
		.nlink = st->st_nlink,
		.mtime = st->st_mtime,
		.major = major(st->st_rdev),
		.minor = minor(st->st_rdev),
		.sum = SUM_START,
	};
	static unsigned char bytes[65536];
	ssize_t n;
	int fd;

	if (S_ISLNK(st->st_mode)) {
		n = readlink(path, target, sizeof(target) - 1);
		shown.target = target;
		target[n < 0 ? 0 : n] = '\0';
	} else if (S_ISREG(st->st_mode)) {
		shown.size = st->st_size;
		fd = open(path, O_RDONLY);
		/* What is huge has holes, which look alike. */
		for (int i = 0; i < 64 && (n = read(fd, bytes, sizeof(bytes))) > 0; i++)
			shown.sum = sum_of(shown.sum, bytes, n);
		close(fd);
	}
	show(&shown);
}

static void walk(const char *path)
{
	DIR *folder = opendir(path);
	struct dirent *entry;
	struct stat st;

	while (folder && (entry = readdir(folder))) {
		char below[8192];

		if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
			continue;
		snprintf(below, sizeof(below), "%s%s%s", path, path[1] ? "/" : "", entry->d_name);
		if (strcmp(below, "/.oracle") == 0 || lstat(below, &st) < 0)
			continue;
		show_path(below, &st);
		if (S_ISDIR(st.st_mode))
			walk(below);
	}
	if (folder)
		closedir(folder);
}

int main(void)
{
	setvbuf(stdout, NULL, _IOFBF, 65536);
	printf("\n[tree\n");
	walk("/");
	printf("tree]\n");
	fflush(stdout);
	tcdrain_all();
	reboot(RB_POWER_OFF);
	return 0;
}
