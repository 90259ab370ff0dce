/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef EARLY_BTRFS_H
#define EARLY_BTRFS_H

#include "boot.h"

/* Whether the file system on the device has all its disks; the kernel is told of them then. */
bool btrfs_ready(struct boot *boot, struct device *device);

#endif
