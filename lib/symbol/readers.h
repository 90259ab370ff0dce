/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SYMBOL_READERS_H
#define SYMBOL_READERS_H

#include "format/elf.h"
#include "symbol/symbols.h"

/*
 * The readers of symbols: each makes a whole table of bytes that outlive it, or that the caller then gives to
 * it. options is never NULL.
 */

/* elf_symbols.c: the symbol table of a vmlinux. KIMG_E_NOT_FOUND where it is stripped. */
struct kimg_error *symbols_read_elf(const struct elf *elf,
				    const struct kimg_symbols_options *options,
				    struct kimg_symbols **ret_symbols) must_check;

/* The same in the order of the file, for those who walk over all of it; symbols_finish() sorts. */
struct kimg_error *symbols_read_elf_unsorted(const struct elf *elf,
					     const struct kimg_symbols_options *options,
					     struct kimg_symbols **ret_symbols) must_check;

/*
 * module.c: the symbol table of a module (ET_REL). Sections are where options->sections says, else one after
 * another from address 0. symbols_name_module() names the module after its file, where it did not say its name.
 */
struct kimg_error *symbols_read_module(const struct elf *elf,
				       const struct kimg_symbols_options *options,
				       struct kimg_symbols **ret_symbols) must_check;

struct kimg_error *symbols_name_module(struct kimg_symbols *symbols, const char *path) must_check;

/* map_reader.c: whether text looks like a System.map, /proc/kallsyms or /proc/ksyms; reads one of these. */
bool symbols_text_is(struct span text);
struct kimg_error *symbols_read_text(struct span text, const struct kimg_symbols_options *options,
				     struct kimg_symbols **ret_symbols) must_check;

/* kallsyms.c: the tables inside an uncompressed kernel, the ELF or raw image that kernel is the bytes of. */
struct kimg_error *symbols_read_kallsyms(struct span kernel,
					 const struct kimg_symbols_options *options,
					 struct kimg_symbols **ret_symbols) must_check;

/*
 * live.c: the symbols of the kernel that runs, from kallsyms, ksyms or kcore in the folder proc; the errors
 * are those of kimg_symbols_open_live().
 */
struct kimg_error *symbols_open_live_in(const char *proc,
					const struct kimg_symbols_options *options,
					struct kimg_symbols **ret_symbols) must_check;

/*
 * kcore.c: the kallsyms of the kernel whose memory the ELF core file at path is. Reads no more of it than
 * the tables need. KIMG_E_NOT_FOUND, KIMG_E_UNSUPPORTED, with the reason; KIMG_E_IO, KIMG_E_NOMEM.
 */
struct kimg_error *symbols_read_kcore(const char *path, const struct kimg_symbols_options *options,
				      struct kimg_symbols **ret_symbols) must_check;

#endif
