/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "btrfs.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/btrfs.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "log.h"
#include "text.h"

static bool is_member(struct device *device, const struct superblock *content)
{
	const struct superblock *other = device_content(device);

	return !strcmp(other->type, "btrfs") && !strcmp(other->uuid, content->uuid);
}

/* One disk is mounted without ado: the kernel is told of the others. */
static void tell_kernel(struct boot *boot, const struct superblock *content)
{
	struct btrfs_ioctl_vol_args args = { 0 };
	int fd = open("/dev/btrfs-control", O_RDWR | O_CLOEXEC);

	for (size_t i = 0; fd >= 0 && i < boot->devices.n; i++) {
		struct device *device = boot->devices.list[i];

		if (!is_member(device, content))
			continue;
		text_print(args.name, sizeof(args.name), "/dev/%s", device->name);
		if (ioctl(fd, BTRFS_IOC_SCAN_DEV, &args))
			log_warning("%s: btrfs does not take it: %s", device->name,
				    strerror(errno));
	}
	if (fd >= 0)
		close(fd);
}

bool btrfs_ready(struct boot *boot, struct device *device)
{
	const struct superblock *content = device_content(device);
	const char *flags = cmdline_get(&boot->cmdline, "rootflags");
	uint32_t members = 0;

	if (content->member.disks < 2)
		return true;
	if (!boot->devices.scanned)
		devices_scan(&boot->devices);
	for (size_t i = 0; i < boot->devices.n; i++)
		members += is_member(boot->devices.list[i], content);
	if (members < content->member.disks && !(flags && strstr(flags, "degraded")))
		return false;
	modules_load(&boot->modules, "btrfs");
	tell_kernel(boot, content);
	return true;
}
