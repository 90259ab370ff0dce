/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef INITRD_HARDWARE_CLASSES_H
#define INITRD_HARDWARE_CLASSES_H

#include "initrd/hardware_source.h"

/* Kinds of modules, as on= of a described root has them. */
enum {
	MODULES_VIRTIO = 1 << 0,
	MODULES_NVME = 1 << 1,
	MODULES_ATA = 1 << 2,
	MODULES_SCSI = 1 << 3, /* and what looks like it: UFS, RAID controllers */
	MODULES_USB = 1 << 4,
	MODULES_MMC = 1 << 5,
	MODULES_OTHER =
		1
		<< 6, /* disks of Xen and Hyper-V, NVDIMM, FireWire, loop and network block devices */
	MODULES_BUSES =
		1 << 7, /* what disks hang on in machines that are described by a device tree */
	MODULES_MD = 1 << 8, /* arrays, and all of device mapper */
	MODULES_CRYPTO = 1 << 9,
	MODULES_NET = 1 << 10,
	MODULES_FILESYSTEMS = 1 << 11,
	MODULES_KEYBOARDS = 1 << 12,

	MODULES_DISKS = MODULES_VIRTIO | MODULES_NVME | MODULES_ATA | MODULES_SCSI | MODULES_USB |
			MODULES_MMC | MODULES_OTHER | MODULES_BUSES,
	MODULES_ALL = MODULES_DISKS | MODULES_MD | MODULES_CRYPTO | MODULES_NET |
		      MODULES_FILESYSTEMS | MODULES_KEYBOARDS,
};

/* Wants all modules of these kinds. */
struct kimg_error *hardware_want_classes(struct hardware *hardware, struct module_tree *modules,
					 unsigned int classes) must_check;

#endif
