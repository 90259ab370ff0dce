/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef INITRD_LIBRARY_PATH_H
#define INITRD_LIBRARY_PATH_H

#include "base/arena.h"
#include "format/elf_dynamic.h"

/*
 * Where the dynamic linkers of glibc (ld.so(8)) and musl look for the libraries of an object, without what the
 * environment says. Whoever asks has the files: on this machine, below another root, or in an image.
 */

/* A program or library. */
struct library_object {
	const char *path;        /* absolute */
	const char *origin_path; /* the same without links, as $ORIGIN of a program has it */
	struct span rpath, runpath;
	const struct library_object *loader; /* what needs it; NULL for a program */
	uint16_t machine;
	bool is64;
	bool no_default; /* DF_1_NODEFLIB */
};

/* rpath, runpath and what else of object its ELF says. */
void library_object_read(struct library_object *object, const struct elf *elf,
			 const struct elf_dynamic *dynamic);

/* The folders that ld.so.conf(5) adds for the whole system. Zero-initialise. */
struct library_folders {
	struct library_folder {
		const char *path;
		const struct library_folder *next;
	} * first, *last;
	size_t n;
};

/*
 * Adds the folders that text names: the bytes of ld.so.conf, or of musl's ld-musl-ARCH.path, which has ':' between
 * two. include (may be NULL) is called for the pattern of each "include". False where memory is short.
 */
bool library_folders_read(struct library_folders *folders, struct arena *arena, struct span text,
			  void (*include)(void *context, const char *pattern), void *context);

/* A search: the first path that fits wins. */
struct library_search {
	const struct library_folders *folders;
	/* Whether that absolute path is the library. */
	bool (*fits)(struct library_search *search, const char *path);
	/* Whether what was found stands in a folder that the linker only knows by ld.so.conf. */
	bool by_conf;
	unsigned int tries; /* paths asked for; the search gives up past LIBRARY_TRIES_MAX */
};

#define LIBRARY_TRIES_MAX 20000

/* Looks for what object needs by that name. Returns false where nothing fits. */
bool library_search(struct library_search *search, const struct library_object *object,
		    struct span name);

/* Folders below one of libraries that has faster ones for newer CPUs, the fastest first: "glibc-hwcaps/x86-64-v4". */
const char *const *library_hwcaps(uint16_t machine);

#endif
