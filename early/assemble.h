/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef EARLY_ASSEMBLE_H
#define EARLY_ASSEMBLE_H

#include "boot.h"

/* Devices out of devices: arrays, volumes, what is encrypted, btrfs on several disks. */

/* Looks at what devices are new, and puts together what is complete. Whether anything was done. */
bool assemble(struct boot *boot);

/* Whether what is on the device can be mounted already. */
bool assemble_ready(struct boot *boot, struct device *device);

/* When assemble() is to be asked again though nothing came, as boot_now() says it; 0: never. */
uint64_t assemble_deadline(const struct boot *boot);

#endif
