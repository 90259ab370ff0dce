/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CMD_INITRD_H
#define CMD_INITRD_H

#include "cli/options.h"
#include "kimg/initrd.h"

/* What the verbs that read initial RAM disks share. */

/* part may be NULL. */
struct kimg_error *initrd_open(const struct cli *cli, const char *file, const char *part,
			       struct kimg_initrd **ret_initrd) must_check;

/* Tells what is odd about what was read; STATUS_NO where the kernel would not unpack it as it stands. */
int initrd_tell_notes(const struct cli *cli, const char *file, const struct kimg_initrd *initrd);

static inline void free_initrd_pointer(struct kimg_initrd **initrd)
{
	kimg_initrd_free(*initrd);
}

#define cleanup_initrd cleanup(free_initrd_pointer)

#endif
