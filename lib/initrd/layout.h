/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef INITRD_LAYOUT_H
#define INITRD_LAYOUT_H

#include "initrd/content.h"
#include "initrd/modules.h"

/*
 * Puts the modules of a set into an image, and the tables of early/layout.h that say how they are loaded.
 */
struct layout {
	const struct module_set *set;
	const struct module *const
		*load; /* loaded at once, in this order; must be in the set, or built in */
	size_t load_n;
	const char *cmdline;  /* words for the kernel's command line, or NULL */
	const char *crypttab; /* lines of crypttab(5), or NULL */
	const char *fstab;    /* lines of fstab(5), or NULL */
	bool unpack;          /* the kernel cannot decompress modules: layout_must_unpack() */
	struct kimg_limits limits;
};

struct kimg_error *layout_add(struct content *content, const struct layout *layout) must_check;

/*
 * Whether compressed modules must be unpacked for this kernel: its configuration, beside the kernel or its modules, has no
 * CONFIG_MODULE_DECOMPRESS=y (5.17). Where there is no configuration, they must.
 */
struct kimg_error *layout_must_unpack(const struct module_tree *modules,
				      const struct kimg_limits *limits, bool *ret) must_check;

#endif
