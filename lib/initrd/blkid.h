/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef INITRD_BLKID_H
#define INITRD_BLKID_H

#include "base/arena.h"
#include "base/error.h"

/*
 * The UUID of the file system, or of what else lies on a block device, by util-linux' libblkid, which is loaded on first use.
 * *ret_uuid is NULL where it has none, and where the device cannot be read: that takes root. KIMG_E_UNSUPPORTED without the
 * library.
 */
struct kimg_error *blkid_uuid(const char *device, struct arena *arena, char **ret_uuid) must_check;

#endif
