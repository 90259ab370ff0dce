/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef KLOG_MODULES_H
#define KLOG_MODULES_H

#include "base/error.h"
#include "base/span.h"
#include "kimg/oops.h"

/* Where the modules of the running kernel are, and those were that have left. */

struct loaded_module {
	char name[64];
	uint64_t address; /* of its code */
	uint64_t size;
	bool gone;
	uint64_t seen; /* counts changes: when it came, or left */
};

struct modules {
	struct loaded_module *all;
	size_t count, room;
	uint64_t changes; /* how often one came or left */
	int events;       /* what the kernel says of devices and modules; -1: it cannot be heard */
};

/* Where the kernel cannot be listened to, modules are looked at when reports come. */
void modules_open(struct modules *modules);
void modules_close(struct modules *modules);

/* Takes what the kernel said; looks at the modules where it was about one. */
void modules_hear(struct modules *modules);

/* Looks at /proc/modules. */
void modules_refresh(struct modules *modules);

/* The same for its text. */
void modules_update(struct modules *modules, struct span text);

/* Tells the report where its modules are, as far as the log does not. */
void modules_tell(const struct modules *modules, struct kimg_oops *oops);

#endif
