/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "md.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/major.h>
#include <linux/raid/md_u.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "log.h"
#include "text.h"

/* Where numbers begin that stand in no superblock: mdadm counts down from here, too. */
#define FIRST_FREE 127

#define LEVEL_LINEAR (-1)

static bool is_free_member(struct device *device)
{
	return !device->used && device_content(device)->content == CONTENT_MD;
}

static bool is_of(struct device *device, const struct superblock *array)
{
	return is_free_member(device) && !strcmp(device_content(device)->uuid, array->uuid);
}

/* How many of the disks that the array counts on are there. A disk that left it long ago says so itself seldom: its
 * events are behind the others'. */
static uint32_t count_active(struct boot *boot, const struct superblock *array)
{
	uint64_t newest = 0;
	uint32_t active = 0;

	for (size_t i = 0; i < boot->devices.n; i++) {
		struct device *device = boot->devices.list[i];

		if (is_of(device, array) && device->content.member.events > newest)
			newest = device->content.member.events;
	}
	for (size_t i = 0; i < boot->devices.n; i++) {
		struct device *device = boot->devices.list[i];

		/* As the kernel: one event behind is fresh (md_validate of super_1_validate). */
		active += is_of(device, array) && device->content.member.role != MEMBER_SPARE &&
			  device->content.member.events + 1 >= newest;
	}
	return active;
}

/* rd.md=0, and the arrays that rd.md.uuid= leaves, whose form may be that of mdadm: 8:8:8:8. */
static bool is_wanted(const struct boot *boot, const struct superblock *array)
{
	const char *uuid;
	size_t at = 0;
	bool any = false;

	if (!cmdline_flag(&boot->cmdline, "rd.md", true))
		return false;
	while ((uuid = cmdline_next(&boot->cmdline, "rd.md.uuid", &at))) {
		char digits[64];
		char own[64];
		size_t n = 0;
		size_t m = 0;

		for (; *uuid && n + 1 < sizeof(digits); uuid++) {
			if (*uuid != ':' && *uuid != '-')
				digits[n++] = *uuid;
		}
		for (const char *c = array->uuid; *c && m + 1 < sizeof(own); c++) {
			if (*c != '-')
				own[m++] = *c;
		}
		digits[n] = own[m] = '\0';
		if (text_same_case(digits, own))
			return true;
		any = true;
	}
	return !any;
}

/* "host:name" without the host. */
static const char *array_name(const struct superblock *array)
{
	const char *colon = strchr(array->label, ':');

	return colon ? colon + 1 : array->label;
}

static bool is_taken(unsigned number)
{
	char path[TEXT_PATH];

	return !access(text_print(path, sizeof(path), "/sys/block/md%u", number), F_OK);
}

/* The number that the superblock has, or that its name is; else one that is free. */
static unsigned choose_number(const struct superblock *array)
{
	const char *name = array_name(array);
	unsigned number = FIRST_FREE;
	uint64_t named;

	if (array->member.version == 0 && array->member.minor < 512 &&
	    !is_taken(array->member.minor))
		return array->member.minor;
	if (text_number(name, 10, &named) && named < 512 && !is_taken((unsigned)named))
		return (unsigned)named;
	while (number && is_taken(number))
		number--;
	return number;
}

static void load_level(struct boot *boot, int level)
{
	char alias[32];

	if (level == LEVEL_LINEAR)
		text_print(alias, sizeof(alias), "md-linear");
	else
		text_print(alias, sizeof(alias), "md-level-%d", level);
	modules_load(&boot->modules, "md_mod");
	modules_load(&boot->modules, alias);
}

/* Opening a node of MD's makes the array where new_array does not. */
static int open_array(unsigned number)
{
	char path[TEXT_PATH];
	char name[16];

	text_print(name, sizeof(name), "md%u", number);
	text_write("/sys/module/md_mod/parameters/new_array", name);
	text_print(path, sizeof(path), "/dev/%s", name);
	if (access(path, F_OK) && mknod(path, S_IFBLK | 0600, makedev(MD_MAJOR, number)))
		return -1;
	return open(path, O_RDWR | O_CLOEXEC);
}

static void add_disks(struct boot *boot, int fd, const struct superblock *array)
{
	for (size_t i = 0; i < boot->devices.n; i++) {
		struct device *device = boot->devices.list[i];
		mdu_disk_info_t disk = { 0 };

		if (!is_of(device, array))
			continue;
		disk.major = (int)major(device->number);
		disk.minor = (int)minor(device->number);
		if (ioctl(fd, ADD_NEW_DISK, &disk))
			log_warning("%s: md does not take it: %s", device->name, strerror(errno));
	}
}

static void mark_used(struct boot *boot, const struct superblock *array)
{
	struct superblock copy = *array;

	for (size_t i = 0; i < boot->devices.n; i++) {
		if (is_of(boot->devices.list[i], &copy))
			boot->devices.list[i]->used = true;
	}
}

static void link_name(const struct superblock *array, unsigned number)
{
	char target[32];
	char path[TEXT_PATH];
	const char *name = array_name(array);

	if (!*name || strchr(name, '/') || *name == '.')
		return;
	mkdir("/dev/md", 0755);
	text_print(target, sizeof(target), "../md%u", number);
	if (symlink(target, text_print(path, sizeof(path), "/dev/md/%s", name)))
		log_debug("%s: %s", path, strerror(errno));
}

/* With no disks in what is set, the kernel takes all from the superblocks, whose version it is told. */
static bool start(struct boot *boot, const struct superblock *array)
{
	mdu_array_info_t info = { .major_version = (int)array->member.version,
				  .minor_version = (int)array->member.minor_version };
	unsigned number = choose_number(array);
	bool done = false;
	int fd;

	load_level(boot, array->member.level);
	fd = open_array(number);
	if (fd < 0 || ioctl(fd, SET_ARRAY_INFO, &info)) {
		log_error("md%u: %s", number, strerror(errno));
	} else {
		add_disks(boot, fd, array);
		done = !ioctl(fd, RUN_ARRAY, NULL);
		if (!done) {
			log_error("md%u: cannot be started: %s", number, strerror(errno));
			ioctl(fd, STOP_ARRAY, NULL);
		}
	}
	if (fd >= 0)
		close(fd);
	if (done)
		link_name(array, number);
	return done;
}

/* The level bears that so many disks are missing. */
static bool can_run(const struct superblock *array, uint32_t active)
{
	uint32_t missing = array->member.disks - active;

	switch (array->member.level) {
	case 1:
		return active > 0;
	case 4:
	case 5:
		return missing <= 1;
	case 6:
		return missing <= 2;
	case 10:
		return active * 2 >= array->member.disks; /* which ones, the kernel knows */
	default:
		return false;
	}
}

static bool consider(struct boot *boot, struct device *device, bool late)
{
	struct superblock array = *device_content(device);
	uint32_t active = count_active(boot, &array);
	char name[DEVICE_NAME];

	if (!array.member.disks || !is_wanted(boot, &array) ||
	    (active < array.member.disks && !(late && can_run(&array, active))))
		return false;
	if (active < array.member.disks)
		log_warning("array %s: starts with %u of %u disks", array.uuid, active,
			    array.member.disks);
	text_print(name, sizeof(name), "%s", device->name);
	if (!start(boot, &array))
		log_warning("array %s with %s: not started", array.uuid, name);
	mark_used(boot, &array);
	return true;
}

bool md_assemble(struct boot *boot)
{
	bool late = boot_now() >= boot->started + MD_PATIENCE_MS;
	bool any = false;

	for (size_t i = 0; i < boot->devices.n; i++) {
		struct device *device = boot->devices.list[i];

		if (is_free_member(device))
			any |= consider(boot, device, late);
	}
	return any;
}

uint64_t md_deadline(const struct boot *boot)
{
	for (size_t i = 0; i < boot->devices.n; i++) {
		struct device *device = boot->devices.list[i];

		if (device->probed && device->content.content == CONTENT_MD && !device->used)
			return boot->started + MD_PATIENCE_MS;
	}
	return 0;
}
