/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef INITRD_HARDWARE_SYSFS_H
#define INITRD_HARDWARE_SYSFS_H

#include <limits.h>

#include "initrd/hardware_source.h"

/* A walk over sysfs that wants the drivers of what it passes. */
struct sysfs {
	struct hardware *hardware;
	char root[PATH_MAX]; /* of sysfs, without links */
	const char *etc;     /* for crypttab */
	char **seen;
	size_t seen_n, seen_size;
	unsigned int depth;
	bool crypt; /* a passphrase is asked for */
};

/* KIMG_E_IO where there is no such folder. */
struct kimg_error *sysfs_open(struct sysfs *sysfs, const char *path, const char *etc,
			      struct hardware *hardware) must_check;
void sysfs_done(struct sysfs *sysfs);

#define cleanup_sysfs cleanup(sysfs_done)

/* The first line of a file below a folder, without blanks at its end; false where there is none. */
bool sysfs_line(const char *folder, const char *name, char *line, size_t size);

/* The last name of what the link leads to. */
bool sysfs_link(const char *folder, const char *name, char *target, size_t size);

/*
 * The folder of a block device, "8:1" or "/dev/sda1" or "/dev/mapper/NAME"; false where there is none.
 */
bool sysfs_block(const struct sysfs *sysfs, const char *device, char path[PATH_MAX]);

/* Wants what the block device with that folder takes. of: "/", for messages. */
void sysfs_want_block(struct sysfs *sysfs, const char *path, const char *of);

/* Wants the drivers of a device and of all that it hangs on, up to the top. */
void sysfs_want_device(struct sysfs *sysfs, const char *path, const char *of, unsigned int flags);

/* Wants the drivers of whatever the entries of a class lead to: class/net, class/input. */
void sysfs_want_class(struct sysfs *sysfs, const char *class, bool (*wanted)(const char *path),
		      const char *of);

#endif
