/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SYMBOL_VMLINUX_TYPES_H
#define SYMBOL_VMLINUX_TYPES_H

#include "base/buf.h"
#include "base/error.h"
#include "format/elf_writer.h"
#include "kimg/symbol.h"

/*
 * Debug information (DWARF 4) out of the types that a kernel carries for BPF: structures with their members,
 * enumerations, and the parameters of functions. It has no source lines, which BTF does not know, and variables
 * only where BTF has them, which are the per-CPU ones.
 */
struct vmlinux_types {
	struct buf info;     /* .debug_info: one unit */
	struct span abbrev;  /* .debug_abbrev */
	struct span strings; /* .debug_str: those of BTF, in the bytes of the kernel */
	size_t count;        /* of types; 0: the kernel has none */
};

/*
 * kernel are its bytes, form those of its ELF. symbols: for the addresses of functions and variables.
 * KIMG_E_NOMEM.
 */
struct kimg_error *vmlinux_types_make(struct span kernel, struct elf_form form,
				      struct kimg_symbols *symbols,
				      struct vmlinux_types *ret_types) must_check;

void vmlinux_types_done(struct vmlinux_types *types);

#endif
