/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef EARLY_UEVENT_H
#define EARLY_UEVENT_H

#include <stdbool.h>
#include <stddef.h>

#include "modules.h"

/*
 * What the kernel says of devices (lib/kobject_uevent.c), and what it said before anyone listened:
 *
 *	add@/devices/pci0000:00/0000:00:04.0\0ACTION=add\0DEVPATH=...\0SUBSYSTEM=pci\0MODALIAS=pci:v0000...\0
 */
struct uevent {
	const char *action;
	const char *subsystem;
	const char *name;     /* DEVNAME, below /dev; NULL where it has no node */
	const char *modalias; /* or NULL */
};

/* Reads one message, whose last byte must be '\0'; false where it is none of the kernel's form. */
bool uevent_parse(const char *message, size_t n, struct uevent *ret);

/* A socket on which they come; -1 where there is none. */
int uevent_open(void);

/* The next one, if it is there; what ret points to is good until the next call. False with ENOBUFS as errno where
 * some were lost. */
bool uevent_next(int fd, struct uevent *ret);

/* Waits until something comes, at most so many milliseconds; false when nothing came. */
bool uevent_wait(int fd, int milliseconds);

/* Loads the modules of all devices that are there. */
void uevent_coldplug(struct modules *modules);

#endif
