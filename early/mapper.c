/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "mapper.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "log.h"
#include "text.h"

void mapper_load(struct boot *boot)
{
	modules_load(&boot->modules, "dm_mod");
	mkdir("/dev/mapper", 0755);
	mkdir("/run/lvm", 0755);
	mkdir("/run/lock", 0755);
	mkdir("/run/lock/lvm", 0700);
	mkdir("/run/cryptsetup", 0700);
}

/*
 * Programs that make such devices tell udev by the event's cookie that a device is whole. Here there was none: without
 * a record of it, udev's 10-dm.rules and 69-lvm.rules take a device that they did not see being made for one that is
 * not ready, and units wait for it. Form: src/libsystemd/sd-device of systemd, /run/udev/data/bMAJOR:MINOR.
 */
static void tell_udev(dev_t number)
{
	char path[TEXT_PATH];

	mkdir("/run/udev", 0755);
	mkdir("/run/udev/data", 0755);
	text_print(path, sizeof(path), "/run/udev/data/b%u:%u", major(number), minor(number));
	text_write(
		path,
		"E:DM_UDEV_PRIMARY_SOURCE_FLAG=1\nE:DM_UDEV_RULES_VSN=2\nE:DM_ACTIVATION=1\nV:1\n");
}

/* The group and the volume of a name of the mapper's: '-' parts them, "--" is a '-' of theirs. */
static bool split_name(const char *name, char *group, char *volume, size_t room)
{
	char *out = group;
	size_t n = 0;

	for (; *name; name++) {
		bool dash = *name == '-';

		if (n + 1 >= room)
			return false;
		if (dash && name[1] != '-' && out == group) {
			out[n] = '\0';
			out = volume;
			n = 0;
			continue;
		}
		if (dash && name[1] == '-')
			name++;
		out[n++] = *name;
	}
	out[n] = '\0';
	return out == volume && *group && *volume && *group != '.' && *volume != '.';
}

static void link_volume(const char *name)
{
	char group[128];
	char volume[128];
	char path[TEXT_PATH];
	char target[TEXT_PATH];

	if (!split_name(name, group, volume, sizeof(group)))
		return;
	mkdir(text_print(path, sizeof(path), "/dev/%s", group), 0755);
	text_print(path, sizeof(path), "/dev/%s/%s", group, volume);
	text_print(target, sizeof(target), "../mapper/%s", name);
	if (symlink(target, path) && errno != EEXIST)
		log_debug("%s: %s", path, strerror(errno));
}

static bool is_volume(const char *sys_name)
{
	char path[TEXT_PATH];
	char uuid[160];

	text_print(path, sizeof(path), "/sys/block/%s/dm/uuid", sys_name);
	return text_read_line(path, uuid, sizeof(uuid)) && text_after(uuid, "LVM-");
}

void mapper_settle(struct boot *boot)
{
	DIR *folder = opendir("/sys/block");
	struct dirent *entry;

	while (folder && (entry = readdir(folder))) {
		char path[TEXT_PATH];
		char name[160];
		struct stat status;

		if (!text_after(entry->d_name, "dm-"))
			continue;
		text_print(path, sizeof(path), "/sys/block/%s/dm/name", entry->d_name);
		if (!text_read_line(path, name, sizeof(name)) ||
		    stat(text_print(path, sizeof(path), "/dev/%s", entry->d_name), &status))
			continue;
		if (is_volume(entry->d_name))
			link_volume(name);
		/* Libraries without udev make the node; where they do not, it is made here. */
		text_print(path, sizeof(path), "/dev/mapper/%s", name);
		if (access(path, F_OK) && mknod(path, S_IFBLK | 0600, status.st_rdev))
			log_debug("%s: %s", path, strerror(errno));
		tell_udev(status.st_rdev);
		devices_add(&boot->devices, entry->d_name);
	}
	if (folder)
		closedir(folder);
}
