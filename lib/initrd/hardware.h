/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef INITRD_HARDWARE_H
#define INITRD_HARDWARE_H

#include "initrd/modules.h"

/*
 * What it takes to reach a root file system: modules, programs, and what kimg-init must be told. Found out from a running
 * system, described in words, or all that there may be.
 */

/* A module that is wanted. */
struct hardware_module {
	const char *name; /* or an alias, or that of a device */
	const char *why;  /* "drives the disk of /" */
	bool load;        /* at once: no device asks for it */
	bool needed; /* root cannot be reached without it; else it is put in where there is one */
	bool device; /* drives something that root hangs on, unless that is built in */
	const struct hardware_module *next;
};

/* A program that is wanted, by its path in the image. */
struct hardware_program {
	const char *path; /* "/sbin/cryptsetup" */
	const char *why;
	bool needed; /* else it is an advantage, and not small: fsck */
	const struct hardware_program *next;
};

/* A file of this machine that is wanted: a key file. */
struct hardware_file {
	const char *path;
	const char *why;
	const struct hardware_file *next;
};

struct hardware;

/* Where the running system tells about itself. NULL, as a whole or each: "/sys", "/proc", "/run/udev/data", "/dev", "/etc". */
struct hardware_places {
	const char *sysfs, *proc, *udev, *dev, *etc;
};

/*
 * What this machine's / takes, and /usr where it is a file system of its own, and the device that it resumes from. Errors:
 * KIMG_E_IO; KIMG_E_NOT_FOUND where / cannot be traced to anything (the message says why, and what to say instead).
 */
struct kimg_error *hardware_of_host(const struct hardware_places *places,
				    struct hardware **ret) must_check;

/*
 * A root that is described: "ROOT[,fstype=TYPE[+TYPE...]][,on=LAYER[+LAYER...]][,flags=FLAGS]". ROOT is as root= on the
 * kernel's command line, with or without "root=": UUID=..., LABEL=..., PARTUUID=..., PARTLABEL=..., a device, nfs:...;
 * or "auto" where the command line or the partition table tells. LAYER is a kind of disk or what lies on
 * disks (hardware_root.c has the words), or a module.
 * FLAGS are those of mount(8); they are the last, and may have commas in them. KIMG_E_INVALID says what is wrong.
 */
struct kimg_error *hardware_described(const char *text, struct module_tree *modules,
				      struct hardware **ret) must_check;

/*
 * Any hardware: all modules of the kernel that may stand between it and a root file system, by the folders that they are in,
 * what they need, and the buses of their aliases.
 */
struct kimg_error *hardware_generic(struct module_tree *modules, struct hardware **ret) must_check;

void hardware_free(struct hardware *hardware);

static inline void hardware_free_pointer(struct hardware **hardware)
{
	hardware_free(*hardware);
}

#define cleanup_hardware cleanup(hardware_free_pointer)

const struct hardware_module *hardware_modules(const struct hardware *hardware);
const struct hardware_program *hardware_programs(const struct hardware *hardware);
const struct hardware_file *hardware_files(const struct hardware *hardware);

/* Texts as struct layout has them; "" where there is nothing to say. */
const char *hardware_cmdline(const struct hardware *hardware);
const char *hardware_crypttab(const struct hardware *hardware);
const char *hardware_fstab(const struct hardware *hardware);
const struct kimg_note *hardware_notes(const struct hardware *hardware);

/*
 * Puts the modules into set; notes there what is wanted and is not there (bad where it is needed). ret_load, for struct layout,
 * is memory of set.
 */
struct kimg_error *hardware_choose(const struct hardware *hardware, struct module_set *set,
				   const struct module *const **ret_load, size_t *ret_n) must_check;

#endif
