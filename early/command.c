/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "command.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/klog.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "find.h"
#include "layout.h"
#include "log.h"
#include "mount.h"
#include "root.h"
#include "run.h"
#include "text.h"

#define MOST_WORDS 16

static void complain(const char *what)
{
	printf("%s: %s\n", what, strerror(errno));
}

static char kind_letter(mode_t mode)
{
	static const struct {
		mode_t kind;
		char letter;
	} letters[] = { { S_IFDIR, 'd' }, { S_IFLNK, 'l' }, { S_IFCHR, 'c' },
			{ S_IFBLK, 'b' }, { S_IFIFO, 'p' }, { S_IFSOCK, 's' } };

	for (size_t i = 0; i < sizeof(letters) / sizeof(*letters); i++) {
		if ((mode & S_IFMT) == letters[i].kind)
			return letters[i].letter;
	}
	return '-';
}

static void list_one(const char *path, const char *name)
{
	char target[TEXT_PATH];
	struct stat status;
	ssize_t n;

	if (lstat(path, &status)) {
		complain(path);
		return;
	}
	printf("%c%04o ", kind_letter(status.st_mode), status.st_mode & 07777);
	if (S_ISBLK(status.st_mode) || S_ISCHR(status.st_mode))
		printf("%4u, %4u", major(status.st_rdev), minor(status.st_rdev));
	else
		printf("%10llu", (unsigned long long)status.st_size);
	printf(" %s", name);
	n = S_ISLNK(status.st_mode) ? readlink(path, target, sizeof(target) - 1) : -1;
	printf(n >= 0 ? " -> %.*s\n" : "\n", (int)n, target);
}

static void list(const char *path)
{
	struct dirent **entries;
	int n = scandir(path, &entries, NULL, alphasort);

	if (n < 0) {
		list_one(path, path);
		return;
	}
	for (int i = 0; i < n; i++) {
		char below[TEXT_PATH];

		text_print(below, sizeof(below), "%s/%s", path, entries[i]->d_name);
		list_one(below, entries[i]->d_name);
		free(entries[i]);
	}
	free(entries);
}

static bool do_ls(struct boot *boot, char **words, size_t n)
{
	if (n == 1)
		list(".");
	for (size_t i = 1; i < n; i++)
		list(words[i]);
	return false;
}

static void show(const char *path)
{
	char data[4096];
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t got = -1;

	while (fd >= 0 && (got = read(fd, data, sizeof(data))) > 0)
		fwrite(data, 1, (size_t)got, stdout);
	if (got < 0)
		complain(path);
	if (fd >= 0)
		close(fd);
}

static bool do_cat(struct boot *boot, char **words, size_t n)
{
	for (size_t i = 1; i < n; i++)
		show(words[i]);
	return false;
}

/* Without words, what is mounted; else DEVICE PLACE [TYPE [OPTIONS]]. */
static bool do_mount(struct boot *boot, char **words, size_t n)
{
	struct device_name name;
	struct device *device;

	if (n < 3) {
		show("/proc/mounts");
		return false;
	}
	device_name_parse(words[1], &name);
	device = devices_find(&boot->devices, &name);
	if (!device) {
		printf("%s: no such device\n", words[1]);
		return false;
	}
	mkdir(words[2], 0755);
	if (!root_mount_device(boot, device, n > 3 ? words[3] : NULL, n > 4 ? words[4] : "ro",
			       words[2]))
		printf("%s\n", boot->why);
	return false;
}

static bool do_umount(struct boot *boot, char **words, size_t n)
{
	for (size_t i = 1; i < n; i++) {
		if (umount2(words[i], 0))
			complain(words[i]);
	}
	return false;
}

static bool do_insmod(struct boot *boot, char **words, size_t n)
{
	for (size_t i = 1; i < n; i++) {
		if (!modules_load(&boot->modules, words[i]))
			printf("%s: not loaded: the log says why, or it is not in the image\n",
			       words[i]);
	}
	return false;
}

static bool do_dmesg(struct boot *boot, char **words, size_t n)
{
	int room = klogctl(10, NULL, 0);
	char *text = text_alloc(room > 0 ? (size_t)room : 1);
	int got = klogctl(3, text, room);

	if (got < 0)
		complain("dmesg");
	else
		fwrite(text, 1, (size_t)got, stdout);
	free(text);
	return false;
}

void command_blkid(struct boot *boot)
{
	find_events(boot);
	devices_scan(&boot->devices);
	for (size_t i = 0; i < boot->devices.n; i++) {
		struct device *device = boot->devices.list[i];
		const struct superblock *content = device_content(device);
		const struct partition *entry = device_entry(device);

		printf("  /dev/%s %llu MiB", device->name,
		       (unsigned long long)(device->size >> 20));
		if (*content->type)
			printf(" TYPE=%s", content->type);
		if (*content->uuid)
			printf(" UUID=%s", content->uuid);
		if (*content->label)
			printf(" LABEL=\"%s\"", content->label);
		if (entry)
			printf(" PARTUUID=%s", entry->uuid);
		if (entry && *entry->label)
			printf(" PARTLABEL=\"%s\"", entry->label);
		printf("\n");
	}
}

static bool do_blkid(struct boot *boot, char **words, size_t n)
{
	command_blkid(boot);
	return false;
}

static bool do_sh(struct boot *boot, char **words, size_t n)
{
	static const char *const argv[] = { LAYOUT_SHELL, NULL };

	if (run_have(LAYOUT_SHELL))
		run_plain(argv);
	else
		printf("the image has no " LAYOUT_SHELL "\n");
	return false;
}

static bool do_continue(struct boot *boot, char **words, size_t n)
{
	return true;
}

static bool do_reboot(struct boot *boot, char **words, size_t n)
{
	sync();
	reboot(!strcmp(words[0], "poweroff") ? RB_POWER_OFF : RB_AUTOBOOT);
	complain(words[0]);
	return false;
}

static bool do_help(struct boot *boot, char **words, size_t n);

static const struct {
	const char *name;
	bool (*run)(struct boot *, char **, size_t);
	const char *help;
} commands[] = {
	{ "help", do_help, "" },
	{ "ls", do_ls, "[PATH...]" },
	{ "cat", do_cat, "PATH..." },
	{ "mount", do_mount,
	  "[DEVICE PLACE [TYPE [OPTIONS]]]: DEVICE as for root=; ro if not told otherwise" },
	{ "umount", do_umount, "PLACE..." },
	{ "insmod", do_insmod, "MODULE...: by their names, with what they need" },
	{ "dmesg", do_dmesg, "" },
	{ "blkid", do_blkid, "" },
	{ "sh", do_sh, "" },
	{ "continue", do_continue, "tries again, or goes on" },
	{ "reboot", do_reboot, "" },
	{ "poweroff", do_reboot, "" },
};

static bool do_help(struct boot *boot, char **words, size_t n)
{
	for (size_t i = 0; i < sizeof(commands) / sizeof(*commands); i++)
		printf("  %s %s\n", commands[i].name, commands[i].help);
	return false;
}

bool command_run(struct boot *boot, char *line)
{
	char *words[MOST_WORDS];
	size_t n = 0;
	char *rest = line;

	while (n < MOST_WORDS && (words[n] = text_word(&rest)))
		n++;
	if (!n)
		return false;
	for (size_t i = 0; i < sizeof(commands) / sizeof(*commands); i++) {
		if (!strcmp(words[0], commands[i].name))
			return commands[i].run(boot, words, n);
	}
	printf("%s: no such command; \"help\" lists them\n", words[0]);
	return false;
}
