/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef EARLY_LVM_H
#define EARLY_LVM_H

#include "boot.h"

/* Volumes of LVM, by the host's lvm. Asked anew whenever disks of it came. Whether that was done now. */
bool lvm_assemble(struct boot *boot);

#endif
