/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef KIMG_SOURCE_H
#define KIMG_SOURCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "kimg/error.h"
#include "kimg/limits.h"

#pragma GCC visibility push(default)
#ifdef __cplusplus
extern "C" {
#endif

/*
 * Where machine code comes from: source files, lines and inlined functions by the debug information (DWARF) of a
 * vmlinux or a module, versions 2 to 5. What is in files of its own beside them is not read: of functions in a .dwo
 * there are lines alone, and names in a .dwz are missing.
 *
 * A source is for one thread at a time. Strings that it hands out live until the next call for it.
 */
struct kimg_source;

struct kimg_source_options {
	struct kimg_limits limits; /* memory: of what is kept between calls */
	/*
	 * Folders that usr/lib/debug is looked for in, ending with NULL, for a file whose debug information is
	 * in another one. NULL: "/" alone.
	 */
	const char *const *roots;
};

#define KIMG_SOURCE_OPTIONS_DEFAULT ((struct kimg_source_options){ .limits = KIMG_LIMITS_DEFAULT })

/*
 * Opens the debug information of the vmlinux, module (which may be compressed) or kernel image at path. Where
 * the file has none itself it is looked for
 * by build-id: usr/lib/debug/.build-id/xx/yyyy.debug below the roots
 * by .gnu_debuglink: beside path, in .debug beside path, in usr/lib/debug/FOLDER-OF-PATH below the roots
 * and taken if its build-id, or its checksum, says that it belongs to the file. Addresses are always those that
 * the kernel was linked for. options may be NULL for the defaults.
 *
 * Errors: KIMG_E_IO, KIMG_E_NOMEM, KIMG_E_LIMIT; KIMG_E_NOT_FOUND where there is no debug information;
 * KIMG_E_CORRUPT, KIMG_E_TRUNCATED; KIMG_E_UNSUPPORTED where it is compressed in a way, or relocated for a
 * machine, that is not known; of an image, those of
 * kimg_image_kernel().
 */
struct kimg_error *kimg_source_open(const char *path, const struct kimg_source_options *options,
				    struct kimg_source **ret_source);

/* The same by a build-id alone, such as that of an image: id_size bytes. */
struct kimg_error *kimg_source_open_build_id(const void *id, size_t id_size,
					     const struct kimg_source_options *options,
					     struct kimg_source **ret_source);

/* NULL is fine. */
void kimg_source_free(struct kimg_source *source);

/* The file that the debug information is read from. Belongs to the source. */
const char *kimg_source_path(const struct kimg_source *source);

/*
 * Whether the ELF file at path has debug information itself. KIMG_E_IO, KIMG_E_LIMIT,
 * KIMG_E_NOMEM, and those of decoding where it is compressed.
 */
struct kimg_error *kimg_source_is_in(const char *path, const struct kimg_limits *limits,
				     bool *ret_is);

/*
 * The address by which the source knows the byte at offset in a section: for modules, whose sections have
 * no addresses before they are loaded. False where there is no such section, or it is shorter.
 */
bool kimg_source_section_address(const struct kimg_source *source, const char *section,
				 uint64_t offset, uint64_t *ret_address);

/* One function of the chain that an instruction belongs to. What is not known is NULL or 0. */
struct kimg_source_frame {
	const char *function;     /* its name in the source */
	const char *linkage_name; /* as linkers know it, where that differs: of Rust and C++ */
	const char *file; /* without the folder that the kernel was built in: "fs/read_write.c" */
	uint32_t line;
	uint32_t column;
	bool inlined; /* into the next frame, whose file and line are those of the call */
};

/*
 * The frames of the instruction at address, innermost first: what was inlined, and last the function that
 * has the code. Calls visit for each; false from it ends the walk. *ret_count (may be NULL) is how many
 * there are; 0 where the debug information says nothing about the address.
 *
 * Errors: KIMG_E_CORRUPT where the debug information contradicts itself, KIMG_E_UNSUPPORTED where it is of a version
 * of DWARF that is not known, KIMG_E_LIMIT, KIMG_E_NOMEM.
 */
struct kimg_error *kimg_source_at(struct kimg_source *source, uint64_t address,
				  bool (*visit)(void *context,
						const struct kimg_source_frame *frame),
				  void *context, size_t *ret_count);

struct kimg_source_range {
	uint64_t start;
	uint64_t end; /* of the first byte behind it */
};

/* A compile unit: what was made from one source file. */
struct kimg_source_unit {
	const char *name;   /* "fs/read_write.c"; NULL where it has none */
	const char *folder; /* that it was built in, as it is written in the file; may be NULL */
	uint64_t id;        /* tells units apart */
	const struct kimg_source_range *ranges; /* of its code, in no order; not of its data */
	size_t range_count;
};

/*
 * All units, in the order of the file, in memory that does not grow with their number. Calls visit for each;
 * false from it ends the walk. Errors as kimg_source_at().
 */
struct kimg_error *
kimg_source_units(struct kimg_source *source,
		  bool (*visit)(void *context, const struct kimg_source_unit *unit), void *context);

/*
 * The unit that the code at address is of, without its ranges. KIMG_E_NOT_FOUND where there is none; other
 * errors as kimg_source_at().
 */
struct kimg_error *kimg_source_unit_at(struct kimg_source *source, uint64_t address,
				       struct kimg_source_unit *ret_unit);

#ifdef __cplusplus
}
#endif
#pragma GCC visibility pop
#endif
