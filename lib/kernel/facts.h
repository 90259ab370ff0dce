/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef KERNEL_FACTS_H
#define KERNEL_FACTS_H

#include "base/error.h"
#include "base/span.h"
#include "kimg/limits.h"

/*
 * Finding the facts inside an uncompressed kernel, given as the bytes of its ELF or raw image. Each
 * function looks for one; false where it is not there. All of them read every byte at most once or
 * twice, so they are for when somebody asks.
 */

/* A stretch of the kernel, in bytes from its start. */
struct place {
	uint64_t offset;
	uint64_t size;
};

/*
 * linux_banner (init/version.c): "Linux version RELEASE (USER@HOST) (COMPILER) VERSION". The texts are
 * views of the kernel's bytes; what an old form lacks is empty.
 */
struct banner {
	struct span line;     /* whole, without the newline */
	struct span release;  /* 6.1.0-56-amd64 */
	struct span builder;  /* user@host */
	struct span compiler; /* gcc-12 (Debian 12.2.0-14) 12.2.0, GNU ld (...) 2.40 */
	struct span version;  /* #1 SMP PREEMPT_DYNAMIC Debian 6.1.192-2 (2026-10-05) */
};

bool banner_find(struct span kernel, struct banner *ret_banner);

/* The banner's fields from its line, "Linux version ..." */
bool banner_parse(struct span line, struct banner *ret_banner);

/*
 * The GNU build-id of the kernel itself: from the ELF notes where there are some, else the one that
 * is not inside one of the ELF files (vDSOs) that the kernel carries.
 */
bool build_id_find(struct span kernel, struct span *ret_id);

/* The gzip stream between IKCFG_ST and IKCFG_ED (kernel/configs.c); of size 0 where the end mark is missing. */
bool ikconfig_find(struct span kernel, struct place *ret_place);

/* BTF type information (include/uapi/linux/btf.h), header included. */
bool btf_find(struct span kernel, struct place *ret_place);

/*
 * The initramfs that is linked in (usr/initramfs_data.S), a cpio archive or a compressed one; every kernel
 * since 2.6 has one, if only with /dev/console. *ret_codec is the codec's name, or NULL.
 */
bool initramfs_find(struct span kernel, const struct kimg_limits *limits, struct place *ret_place,
		    const char **ret_codec);

#endif
