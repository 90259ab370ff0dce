/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef EARLY_ROOT_H
#define EARLY_ROOT_H

#include "boot.h"

/* Mounts the real root, and /usr where that is a file system of its own. False: boot->why. */
bool root_mount(struct boot *boot);

/* Takes away what a try that failed has mounted. */
void root_unmount(void);

/* Looks for the real init below MOUNT_ROOT. Its path there; NULL: boot->why. */
const char *root_find_init(struct boot *boot);

/* Mounts one device. False: boot->why. */
bool root_mount_device(struct boot *boot, struct device *device, const char *types,
		       const char *options, const char *place);

/* Checks a file system where the image has a program for its type. False where it must not be mounted. */
bool fsck_run(struct boot *boot, const char *type, const char *device, const char *mark);

/* Covers the root with a file system in memory that takes all changes, if the command line asks for it. */
bool overlay_mount(struct boot *boot);

#endif
