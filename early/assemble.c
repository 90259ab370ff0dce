/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "assemble.h"

#include <string.h>

#include "btrfs.h"
#include "crypt.h"
#include "lvm.h"
#include "md.h"

bool assemble(struct boot *boot)
{
	/* Each may bring what another one waits for, whatever stands on what. */
	bool any = md_assemble(boot);

	any |= lvm_assemble(boot);
	any |= crypt_assemble(boot);
	return any;
}

bool assemble_ready(struct boot *boot, struct device *device)
{
	return strcmp(device_content(device)->type, "btrfs") != 0 || btrfs_ready(boot, device);
}

uint64_t assemble_deadline(const struct boot *boot)
{
	return md_deadline(boot);
}
