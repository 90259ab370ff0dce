/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef KIMG_VMLINUX_H
#define KIMG_VMLINUX_H

#include "kimg/error.h"
#include "kimg/image.h"
#include "kimg/symbol.h"

#pragma GCC visibility push(default)
#ifdef __cplusplus
extern "C" {
#endif

/*
 * An ELF file with symbols, as debuggers, profilers and disassemblers want it, from any kernel image: made of the
 * bytes that the image has, and of tables beside them.
 */
struct kimg_vmlinux;

/* Where the ELF comes from. */
enum kimg_vmlinux_origin {
	KIMG_VMLINUX_AS_IS, /* the image holds an ELF, which has symbols, or none are wanted */
	KIMG_VMLINUX_TYPES_ADDED, /* the image holds an ELF with symbols: debug information is added to it */
	KIMG_VMLINUX_ADDED, /* the image holds an ELF: symbols are added to it, all else stays in its place */
	KIMG_VMLINUX_MADE, /* the image holds a raw kernel: an ELF is made around it */
};

struct kimg_vmlinux_options {
	/*
	 * base is used for raw images. With a shift, the addresses of symbols, segments and sections move along;
	 * per-CPU ones that count from 0 and what is not an address stay.
	 */
	struct kimg_symbols_options symbols;
	bool no_symbols; /* writes none; for kernels that have none */
	/*
	 * Leaves out debug information (DWARF, without lines) about the types that the kernel carries for BPF (BTF), which
	 * is made where symbols are added or the ELF is made, and has none.
	 */
	bool no_types;
};

#define KIMG_VMLINUX_OPTIONS_DEFAULT \
	((struct kimg_vmlinux_options){ .symbols = KIMG_SYMBOLS_OPTIONS_DEFAULT })

/* A stretch of the file. */
struct kimg_vmlinux_piece {
	const void *bytes;
	size_t size;
};

struct kimg_vmlinux_section {
	const char *name; /* perhaps hostile; not terminated */
	size_t name_size;
	uint64_t address;
	uint64_t size;
	uint32_t type;  /* SHT_PROGBITS ... */
	uint64_t flags; /* SHF_ALLOC ... */
};

struct kimg_vmlinux_segment {
	uint64_t address;
	uint64_t size;  /* in memory */
	uint32_t type;  /* PT_LOAD ... */
	uint32_t flags; /* PF_R ... */
};

struct kimg_vmlinux_facts {
	enum kimg_vmlinux_origin origin;
	unsigned int bits; /* 32 or 64 */
	bool big_endian;
	uint16_t type;            /* ET_EXEC, ET_DYN */
	uint16_t machine;         /* EM_X86_64 ... */
	const char *type_name;    /* "ET_EXEC"; NULL: unknown; as are these */
	const char *machine_name; /* "EM_X86_64" */
	uint64_t base; /* the lowest virtual address of what is loaded, per-CPU data at 0 left out */
	uint64_t entry;
	uint64_t size;    /* of the file, in bytes */
	uint64_t symbols; /* how many the file has, without the null symbol */
	uint64_t types;   /* how many types the debug information has that was made; 0: none was */
};

/*
 * Makes the ELF of the innermost kernel of image, which must outlive it. options may be NULL for the defaults.
 *
 * Errors: those of kimg_image_kernel() and kimg_symbols_of_image(), of which KIMG_E_NOT_FOUND is for kernels
 * without symbols; KIMG_E_CORRUPT and KIMG_E_TRUNCATED where the ELF in the image cannot be copied soundly;
 * KIMG_E_UNSUPPORTED where the machine of a raw kernel is not known; KIMG_E_INVALID where no_symbols leaves its
 * base unknown and none is given.
 */
struct kimg_error *kimg_vmlinux_make(struct kimg_image *image,
				     const struct kimg_vmlinux_options *options,
				     struct kimg_vmlinux **ret_vmlinux);

/* NULL is fine. */
void kimg_vmlinux_free(struct kimg_vmlinux *vmlinux);

/* What these give belongs to vmlinux. */
const struct kimg_vmlinux_facts *kimg_vmlinux_facts(const struct kimg_vmlinux *vmlinux);

/* The file, piece after piece. */
const struct kimg_vmlinux_piece *kimg_vmlinux_pieces(const struct kimg_vmlinux *vmlinux,
						     size_t *ret_count);

/* Its sections without the null section, and its segments, in the order of its tables. */
const struct kimg_vmlinux_section *kimg_vmlinux_sections(const struct kimg_vmlinux *vmlinux,
							 size_t *ret_count);
const struct kimg_vmlinux_segment *kimg_vmlinux_segments(const struct kimg_vmlinux *vmlinux,
							 size_t *ret_count);

/* What is to be known about its symbols, as kimg_symbols_notes(). */
const struct kimg_note *kimg_vmlinux_notes(const struct kimg_vmlinux *vmlinux);

#ifdef __cplusplus
}
#endif
#pragma GCC visibility pop
#endif
