/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef INITRD_PROGRAMS_H
#define INITRD_PROGRAMS_H

#include "initrd/content.h"
#include "kimg/part.h"

/*
 * Programs and libraries with all that they need to run: the ELF interpreter, DT_NEEDED as the dynamic linker searches
 * for it, what they load later (.note.dlopen, UAPI.12), libgcc_s where threads are cancelled, the interpreters of
 * scripts. From the system below sysroot ("" for this machine).
 */
struct programs;

struct kimg_error *programs_new(struct content *content, const char *sysroot,
				struct programs **ret) must_check;
void programs_free(struct programs *programs);

static inline void programs_free_pointer(struct programs **programs)
{
	programs_free(*programs);
}

#define cleanup_programs cleanup(programs_free_pointer)

/*
 * Puts the file at path in, and what it needs; a program's name without a '/' is looked for where programs are. model
 * gives why and because; its path is where the file shall be, or NULL: where it is on the system. *ret may be NULL.
 * KIMG_E_NOT_FOUND where there is no such file. What a file needs and is not there becomes a note.
 */
struct kimg_error *programs_add(struct programs *programs, const char *path,
				const struct content_node *model,
				const struct content_node **ret) must_check;

/* The whole path of a program's name on the system, in memory of the content's arena; NULL where there is none. */
const char *programs_find(const struct programs *programs, const char *name);

/* What is missing. */
const struct kimg_note *programs_notes(const struct programs *programs);

#endif
