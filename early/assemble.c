/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "assemble.h"

#include <string.h>

#include "btrfs.h"

bool assemble(struct boot *boot)
{
	(void)boot;
	return false;
}

bool assemble_ready(struct boot *boot, struct device *device)
{
	return strcmp(device_content(device)->type, "btrfs") != 0 || btrfs_ready(boot, device);
}

uint64_t assemble_deadline(const struct boot *boot)
{
	(void)boot;
	return 0;
}
