/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef KIMG_INITRD_CHECK_H
#define KIMG_INITRD_CHECK_H

#include "kimg/initrd.h"

#pragma GCC visibility push(default)
#ifdef __cplusplus
extern "C" {
#endif

/* What an initrd lacks: whoever made it, whatever is /init in it. */
struct kimg_initrd_check;

enum kimg_initrd_finding_kind {
	KIMG_INITRD_DAMAGED,         /* the kernel stops unpacking here */
	KIMG_INITRD_INIT_MISSING,    /* there is no /init that could run */
	KIMG_INITRD_MODULE_MISSING,  /* one that another needs, or the root */
	KIMG_INITRD_MODULE_FOREIGN,  /* was made for another kernel */
	KIMG_INITRD_MODULE_DAMAGED,  /* cannot be read */
	KIMG_INITRD_LIBRARY_MISSING, /* or the dynamic linker, or the interpreter of a script */
	KIMG_INITRD_PROGRAM_MISSING, /* one that reaching the root takes */
	KIMG_INITRD_FIRMWARE_MISSING,
};

struct kimg_initrd_finding {
	enum kimg_initrd_finding_kind kind;
	bool bad;         /* the system does not start without it; else it may */
	const char *what; /* that is missing or wrong: "crc32c_generic", "libm.so.6" */
	const char *by;   /* what in the initrd wants it, or NULL */
	const char *text; /* the whole in words; safe to print */
	const struct kimg_initrd_finding *next;
};

struct kimg_initrd_check_options {
	struct kimg_limits limits;
	const char *sysroot; /* where the modules of the kernel are, whole; NULL: "/" */
	const char *version; /* the kernel's release; NULL: that of the modules in the initrd */
	const char *
		root; /* a root that it shall reach, as `kimg initrd create --root` describes it; or NULL */
	bool host; /* it shall reach this machine's root */
};

#define KIMG_INITRD_CHECK_OPTIONS_DEFAULT \
	((struct kimg_initrd_check_options){ .limits = KIMG_LIMITS_DEFAULT })

/* "module-missing", ... */
const char *kimg_initrd_finding_name(enum kimg_initrd_finding_kind kind);

/*
 * Reads all of initrd, which nobody has read from yet. Errors: KIMG_E_NOMEM, KIMG_E_LIMIT; with a root, KIMG_E_NOT_FOUND
 * where the modules of the kernel are not below the sysroot, KIMG_E_INVALID where the root is described wrongly, and KIMG_E_IO.
 * What is wrong with the initrd itself is a finding.
 */
struct kimg_error *kimg_initrd_check(struct kimg_initrd *initrd,
				     const struct kimg_initrd_check_options *options,
				     struct kimg_initrd_check **ret_check);

/* NULL is fine. */
void kimg_initrd_check_free(struct kimg_initrd_check *check);

/* The first finding, or NULL; in the order of the files. */
const struct kimg_initrd_finding *kimg_initrd_check_findings(const struct kimg_initrd_check *check);

/* What was looked at. */
struct kimg_initrd_check_counts {
	size_t files, modules, programs; /* programs: ELF files but modules, and scripts */
	const char *version;             /* of the kernel; NULL where there is no module */
};
void kimg_initrd_check_counts(const struct kimg_initrd_check *check,
			      struct kimg_initrd_check_counts *ret_counts);

#ifdef __cplusplus
}
#endif
#pragma GCC visibility pop
#endif
