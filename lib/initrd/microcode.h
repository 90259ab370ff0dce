/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef INITRD_MICROCODE_H
#define INITRD_MICROCODE_H

#include "initrd/content.h"
#include "kimg/limits.h"

/*
 * Puts the microcode of x86 CPUs where the kernel looks for it before it unpacks anything
 * (arch/x86/kernel/cpu/microcode, 6.12). From the system below sysroot ("" for this machine). cpuinfo: the text of
 * /proc/cpuinfo, whose CPU it is for; empty: for all that there are. That there is none is no error.
 */
struct kimg_error *microcode_add(struct content *content, const char *sysroot, struct span cpuinfo,
				 const struct kimg_limits *limits) must_check;

#endif
