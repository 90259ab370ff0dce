/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef INITRD_FIRMWARE_H
#define INITRD_FIRMWARE_H

#include "initrd/content.h"
#include "initrd/modules.h"

/* What a module of a set asks the kernel for (firmware= of .modinfo). */
struct firmware {
	const char *name;   /* as the module asks for it: "rtl_nic/rtl8168h-2.fw", or a pattern */
	const char *path;   /* on this machine; NULL where it is not there */
	const char *target; /* in the image; NULL likewise */
	const struct module_pick *module;
};

typedef struct kimg_error *firmware_found(void *context, const struct firmware *firmware);

/*
 * Tells what the modules of set ask for: from SYSROOT/lib/firmware, plain or with .xz or .zst, in the order in which the kernel
 * looks for it (drivers/base/firmware_loader/main.c, 6.12). Texts live as long as set. Where there is no firmware at all, no
 * module is read and nothing is told.
 */
struct kimg_error *firmware_each(struct module_set *set, const struct kimg_limits *limits,
				 firmware_found *found, void *context) must_check;

/*
 * Puts the firmware of set into content, and notes of what is not there into set. layout_add() must have been called before:
 * the modules are the reasons.
 */
struct kimg_error *firmware_add(struct content *content, struct module_set *set,
				const struct kimg_limits *limits) must_check;

#endif
