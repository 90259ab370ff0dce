/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef EARLY_MAPPER_H
#define EARLY_MAPPER_H

#include "boot.h"

/* What LVM and LUKS share: both are devices of the kernel's device mapper. */

/* Its driver, and the folder that programs look for. */
void mapper_load(struct boot *boot);

/* Makes /dev/VG/LV of what is there, and leaves to udev of the real system what it must know to take it over. */
void mapper_settle(struct boot *boot);

#endif
