/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef EARLY_LAYOUT_H
#define EARLY_LAYOUT_H

/*
 * What `kimg initrd create` puts into an image for kimg-init, which is /init there. Both include this file, and
 * nothing else of one another. All are text; lines end with '\n'; "-" stands for an empty column. What the command
 * line of the kernel says wins over what stands here.
 */

/*
 * Modules, one a line, columns parted by a blank:
 *
 *	NAME PATH NEEDS BEFORE AFTER [OPTIONS...]
 *
 * NAME has '_', never '-'. PATH is absolute; .ko, or .ko.{gz,xz,zst} where the kernel can decompress it. NEEDS is
 * what must be loaded first (modules.dep, its whole closure but for the module itself), BEFORE and AFTER what is
 * loaded around it if that works (softdep pre and post, weakdep counts as neither); each is a list of line
 * numbers, from 0, parted by ','. OPTIONS is the rest of the line, as modprobe.d gives it.
 */
#define LAYOUT_MODULES "/kimg/modules"

/*
 * What devices want which module: PATTERN, a blank, line numbers in LAYOUT_MODULES parted by ','. Sorted by the
 * bytes of PATTERN up to its first '*', '?' or '[', so that those of a bus stand together.
 */
#define LAYOUT_ALIASES "/kimg/aliases"

/* Line numbers in LAYOUT_MODULES, one a line: loaded at once and in this order, before any device is looked at. */
#define LAYOUT_LOAD "/kimg/load"

/* Names of modules that are never loaded by an alias, one a line (blacklist of modprobe.d). */
#define LAYOUT_BLACKLIST "/kimg/blacklist"

/*
 * Words as on the kernel's command line, which stands behind them: root=, rootfstype=, rootflags=, resume=,
 * rd.luks.uuid= and all else that kimg-init understands.
 */
#define LAYOUT_CMDLINE "/kimg/cmdline"

/* As crypttab(5): what is unlocked before root is looked for. */
#define LAYOUT_CRYPTTAB "/etc/crypttab"

/* As fstab(5): /usr alone, if it has a file system of its own. */
#define LAYOUT_FSTAB "/etc/fstab"

/* The console's key map, as the bytes that loadkeys -b writes. */
#define LAYOUT_KEYMAP "/kimg/keymap"

/* Run if they are there, each with a full path; nothing else is looked for in PATH. */
#define LAYOUT_SHELL       "/bin/sh"
#define LAYOUT_CRYPTSETUP  "/sbin/cryptsetup"
#define LAYOUT_LVM         "/sbin/lvm"
#define LAYOUT_MDADM       "/sbin/mdadm"
#define LAYOUT_VERITYSETUP "/sbin/veritysetup"
#define LAYOUT_PLYMOUTH    "/bin/plymouth"
#define LAYOUT_ISCSISTART  "/sbin/iscsistart"
#define LAYOUT_NBD_CLIENT  "/sbin/nbd-client"
#define LAYOUT_FSCK        "/sbin/fsck." /* and the type */

/* Programs of the user, run in the order of their names: before root is looked for, and once it is mounted. */
#define LAYOUT_HOOKS_BEFORE "/kimg/hooks/before"
#define LAYOUT_HOOKS_AFTER  "/kimg/hooks/after"

/* What kimg-init leaves behind in the real system's /run. */
#define LAYOUT_TIMES "/run/kimg/times" /* stage, a blank, seconds since boot */

#endif
