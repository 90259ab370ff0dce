/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef INITRD_DLOPEN_NOTE_H
#define INITRD_DLOPEN_NOTE_H

#include "format/elf.h"

/* Libraries that an ELF loads later, as its notes tell (UAPI.12, "dlopen() Metadata for ELF Files", 1.0). */

enum dlopen_priority { DLOPEN_SUGGESTED, DLOPEN_RECOMMENDED, DLOPEN_REQUIRED };

#define DLOPEN_SONAMES_MAX 8

struct dlopen_feature {
	enum dlopen_priority priority;
	struct span sonames[DLOPEN_SONAMES_MAX]; /* the first one that is there is taken */
	size_t sonames_n;
	struct span description; /* as it stands in the JSON text, or empty */
};

/* Calls visit for each feature of each note, and returns what it returns if that is not NULL. */
struct kimg_error *dlopen_notes_visit(const struct elf *elf,
				      struct kimg_error *(*visit)(void *context,
								  const struct dlopen_feature *f),
				      void *context) must_check;

/* The same for the text of one note. */
struct kimg_error *dlopen_text_visit(struct span json,
				     struct kimg_error *(*visit)(void *context,
								 const struct dlopen_feature *f),
				     void *context) must_check;

#endif
