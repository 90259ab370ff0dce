/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef EARLY_FIND_H
#define EARLY_FIND_H

#include "boot.h"

#define FIND_FOREVER UINT64_MAX

/* Loads drivers and puts devices together until what is named is there. NULL where it does not come, and for so many
 * milliseconds nothing else did, or where waiting is of no use: boot->hopeless. */
struct device *find_device(struct boot *boot, const struct device_name *name, uint64_t limit);

/* Takes what events say: new devices, and modules that they want. Whether there was any. */
bool find_events(struct boot *boot);

#endif
