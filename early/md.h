/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef EARLY_MD_H
#define EARLY_MD_H

#include "boot.h"

/* Arrays of MD, by the kernel's own ioctls: the kernel reads the superblocks, and knows what is degraded. */

/* How long an array may lack disks before it is started without them. */
#define MD_PATIENCE_MS 10000

/* Starts the arrays that are complete, or have been waited for. Whether any was. */
bool md_assemble(struct boot *boot);

/* When an array is started though it lacks disks; 0 where there is none. */
uint64_t md_deadline(const struct boot *boot);

#endif
