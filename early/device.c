/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "device.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "log.h"
#include "text.h"

/* Without media or without content; a floppy drive without a disk takes seconds to say so. */
static bool is_ignored(const char *name)
{
	static const char *const prefixes[] = { "ram", "zram", "fd" };
	const char *rest;

	for (size_t i = 0; i < sizeof(prefixes) / sizeof(*prefixes); i++) {
		rest = text_after(name, prefixes[i]);
		if (rest && *rest >= '0' && *rest <= '9')
			return true;
	}
	return false;
}

static struct device *by_name(struct devices *devices, const char *name)
{
	for (size_t i = 0; i < devices->n; i++) {
		if (!strcmp(devices->list[i]->name, name))
			return devices->list[i];
	}
	return NULL;
}

struct device *devices_by_number(struct devices *devices, dev_t number)
{
	for (size_t i = 0; i < devices->n; i++) {
		if (devices->list[i]->number == number)
			return devices->list[i];
	}
	return NULL;
}

/* The name in /sys, where '!' stands for '/'. */
static void swap_slashes(char *name, char from, char to)
{
	for (; *name; name++) {
		if (*name == from)
			*name = to;
	}
}

/* Of a partition, its number and its disk, which is the folder above it. */
static void read_place(struct device *device)
{
	char name[DEVICE_NAME];
	char path[TEXT_PATH];
	char target[TEXT_PATH];
	char number[16];
	uint64_t value;
	char *end;
	ssize_t n;

	swap_slashes(text_print(name, sizeof(name), "%s", device->name), '/', '!');
	text_print(path, sizeof(path), "/sys/class/block/%s/partition", name);
	if (!text_read_line(path, number, sizeof(number)) || !text_number(number, 10, &value))
		return;
	text_print(path, sizeof(path), "/sys/class/block/%s", name);
	n = readlink(path, target, sizeof(target) - 1);
	target[n > 0 ? n : 0] = '\0';
	end = strrchr(target, '/');
	if (!end)
		return;
	*end = '\0';
	end = strrchr(target, '/');
	text_print(device->disk, sizeof(device->disk), "%s", end ? end + 1 : target);
	swap_slashes(device->disk, '!', '/');
	device->partition = (unsigned)value;
}

struct device *devices_add(struct devices *devices, const char *name)
{
	struct device *device = by_name(devices, name);
	char path[TEXT_PATH];
	struct stat status;

	if (is_ignored(name) || strlen(name) >= DEVICE_NAME ||
	    stat(text_print(path, sizeof(path), "/dev/%s", name), &status) ||
	    !S_ISBLK(status.st_mode))
		return NULL;
	if (device)
		return device;
	device = text_alloc(sizeof(*device));
	*device = (struct device){ .number = status.st_rdev };
	text_print(device->name, sizeof(device->name), "%s", name);
	read_place(device);
	devices->list = text_grow(devices->list, (devices->n + 1) * sizeof(*devices->list));
	devices->list[devices->n++] = device;
	return device;
}

void devices_scan(struct devices *devices)
{
	DIR *folder = opendir("/sys/class/block");
	struct dirent *entry;

	while (folder && (entry = readdir(folder))) {
		char name[DEVICE_NAME];

		if (*entry->d_name == '.')
			continue;
		swap_slashes(text_print(name, sizeof(name), "%s", entry->d_name), '!', '/');
		devices_add(devices, name);
	}
	if (folder)
		closedir(folder);
	devices->scanned = true;
}

static void forget(struct devices *devices, struct device *device)
{
	for (size_t i = 0; i < devices->n; i++) {
		if (devices->list[i] == device) {
			devices->list[i] = devices->list[--devices->n];
			break;
		}
	}
	free(device);
}

bool devices_event(struct devices *devices, const struct uevent *event)
{
	struct device *device;

	if (strcmp(event->subsystem, "block") != 0 || !event->name)
		return false;
	device = by_name(devices, event->name);
	if (!strcmp(event->action, "remove")) {
		if (device)
			forget(devices, device);
		return false;
	}
	if (!device)
		return devices_add(devices, event->name) != NULL;
	/* Another medium, or an array that is complete now. */
	device->probed = device->entry_read = false;
	return true;
}

void devices_done(struct devices *devices)
{
	while (devices->n)
		forget(devices, devices->list[0]);
	free(devices->list);
	*devices = (struct devices){ 0 };
}

static int open_device(const char *name, uint64_t *ret_size)
{
	char path[TEXT_PATH];
	int fd = open(text_print(path, sizeof(path), "/dev/%s", name),
		      O_RDONLY | O_CLOEXEC | O_NONBLOCK);

	if (fd >= 0 && ioctl(fd, BLKGETSIZE64, ret_size)) {
		close(fd);
		fd = -1;
	}
	return fd;
}

const struct superblock *device_content(struct device *device)
{
	int fd;

	if (device->probed)
		return &device->content;
	device->content = (struct superblock){ 0 };
	fd = open_device(device->name, &device->size);
	device->probed = true;
	if (fd >= 0 && device->size && !superblock_read(fd, device->size, &device->content))
		log_warning("%s: cannot be read: %s", device->name, strerror(errno));
	if (fd >= 0)
		close(fd);
	log_debug("%s: %s %s", device->name, *device->content.type ? device->content.type : "-",
		  device->content.uuid);
	return &device->content;
}

const struct partition *device_entry(struct device *device)
{
	uint64_t size;
	int fd;

	if (!device->partition)
		return NULL;
	if (!device->entry_read) {
		fd = open_device(device->disk, &size);
		device->has_entry = fd >= 0 &&
				    partition_read(fd, size, device->partition, &device->entry);
		device->entry_read = true;
		if (fd >= 0)
			close(fd);
	}
	return device->has_entry ? &device->entry : NULL;
}
