/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef EARLY_BOOT_H
#define EARLY_BOOT_H

#include "cmdline.h"
#include "crypt.h"
#include "device.h"
#include "modules.h"
#include "times.h"

/* One boot: what every stage knows. */
struct boot {
	struct cmdline cmdline;
	struct modules modules;
	struct devices devices;
	struct crypt crypt;
	struct times times;
	int uevents;      /* the socket */
	bool plugged;     /* the drivers of all devices that were there have been looked for */
	uint64_t started; /* the wait for root, in ms of the monotonic clock */
	uint64_t heard;   /* when the last device came, the same */
	char **argv;      /* of the first process: the real init's arguments */
	bool hopeless;    /* waiting is of no use: why says what is wrong */
	char why[256];    /* why the boot cannot go on */
};

uint64_t boot_now(void); /* ms of the monotonic clock */

/* Says why the boot cannot go on; false. */
__attribute__((format(printf, 2, 3))) bool boot_fail(struct boot *boot, const char *format, ...);

#endif
