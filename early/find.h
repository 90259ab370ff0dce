/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef EARLY_FIND_H
#define EARLY_FIND_H

#include "boot.h"

/* Loads drivers and puts devices together until what is named is there. NULL where it does not come: boot->why. */
struct device *find_device(struct boot *boot, const struct device_name *name);

/* Takes what events say: new devices, and modules that they want. Whether there was any. */
bool find_events(struct boot *boot);

#endif
