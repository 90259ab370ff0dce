/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef EARLY_DEVICE_H
#define EARLY_DEVICE_H

#include <sys/types.h>

#include "partition.h"
#include "superblock.h"
#include "uevent.h"

/* The block devices that are there, and what is on them. */

#define DEVICE_NAME 64

struct device {
	char name[DEVICE_NAME]; /* below /dev */
	char disk[DEVICE_NAME]; /* of a partition, the disk it is on; else "" */
	unsigned partition;     /* its number; 0 for a whole disk */
	dev_t number;
	uint64_t size; /* in bytes */
	bool probed;
	struct superblock content; /* once it is probed */
	bool entry_read;
	bool has_entry;
	struct partition entry; /* of the disk's table */
	bool used;              /* by what assembles devices: asked for no more */
};

struct devices {
	struct device **list;
	size_t n;
	bool scanned;
};

/* How a device is named: what root=, resume= and crypttab take. */
enum name_kind {
	NAME_NONE,
	NAME_PATH,
	NAME_UUID,
	NAME_LABEL,
	NAME_PARTUUID,
	NAME_PARTLABEL,
	NAME_NUMBER,
	NAME_GPT_AUTO,
};

struct device_name {
	enum name_kind kind;
	char text[256]; /* what stands behind '=', or the path */
	int offset;     /* of PARTUUID=.../PARTNROFF=N */
	dev_t number;
};

/* Reads a name, also one that a link of udev's would have; NAME_NONE where it is none of a device. */
void device_name_parse(const char *text, struct device_name *ret);

/* All that are there; after the first call, what events have not told of. */
void devices_scan(struct devices *devices);

/* Adds one by its name below /dev; NULL where there is no such block device. */
struct device *devices_add(struct devices *devices, const char *name);

/* What an event tells of a block device. Whether anything is new. */
bool devices_event(struct devices *devices, const struct uevent *event);
void devices_done(struct devices *devices);

/* The one that is meant; NULL while it is not there. Of several with the same UUID that of an array comes first. */
struct device *devices_find(struct devices *devices, const struct device_name *name);
struct device *devices_by_number(struct devices *devices, dev_t number);

/* What is on it, from the device itself the first time. */
const struct superblock *device_content(struct device *device);

/* What its disk's table says of it; NULL where that is nothing. */
const struct partition *device_entry(struct device *device);

#endif
