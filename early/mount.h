/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef EARLY_MOUNT_H
#define EARLY_MOUNT_H

#include <stdbool.h>
#include <stddef.h>

/* Where the real root is mounted before it becomes "/". */
#define MOUNT_ROOT "/sysroot"

#define MOUNT_DATA 1024

/* Options of mount(8) as mount(2) takes them. */
struct mount_options {
	unsigned long flags;
	char data[MOUNT_DATA];
	bool too_long;
};

/* Adds options parted by ','. Those that are for user space alone, as nofail and x-..., are left out. */
void mount_options_add(struct mount_options *options, const char *text);

/* /proc, /sys, /dev and /run, as far as they are not there. */
void mount_api(void);

/* Moves them to the real root. */
void mount_api_move(void);

#endif
