/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef INITRD_MODINFO_H
#define INITRD_MODINFO_H

#include "base/error.h"
#include "base/span.h"
#include "io/blob.h"
#include "kimg/limits.h"

/* What a module's .modinfo says: "KEY=VALUE\0" after one another. Zero-initialise; modinfo_done() releases. */
struct modinfo {
	struct span text;
	struct blob file;
	uint8_t *decoded;
	struct blob whole;
};

/*
 * Of the module at path, compressed or not: only as much of it is decoded as it takes. KIMG_E_CORRUPT where it is no module, or
 * has no .modinfo.
 */
struct kimg_error *modinfo_open(struct modinfo *info, const char *path,
				const struct kimg_limits *limits) must_check;

/* The same of bytes in memory, which the caller keeps. */
struct kimg_error *modinfo_read(struct modinfo *info, struct span bytes,
				const struct kimg_limits *limits) must_check;

void modinfo_done(struct modinfo *info);

#define cleanup_modinfo cleanup(modinfo_done)

/* The next one, which is cut off the start of *rest; false at the end. */
bool modinfo_next(struct span *rest, struct span *ret_key, struct span *ret_value);

/* The first value of that key; an empty one where there is none. */
struct span modinfo_value(const struct modinfo *info, const char *key);

#endif
