/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef KIMG_SIZE_H
#define KIMG_SIZE_H

#include "kimg/error.h"
#include "kimg/limits.h"
#include "kimg/part.h"
#include "kimg/symbol.h"

#pragma GCC visibility push(default)
#ifdef __cplusplus
extern "C" {
#endif

/*
 * Where the bytes of a kernel or module are, and what changed from one to another. What the file cannot tell
 * is absent: a System.map has no sections, a stripped kernel has no sizes of symbols but the distances between
 * them. Sums never wrap: they end at UINT64_MAX.
 */
struct kimg_size;

/*
 * Opens the file at path ("-": standard input): a vmlinux or module, also compressed, any kernel image, a
 * System.map or a copy of /proc/kallsyms. options may be NULL for the defaults.
 *
 * A file without symbols opens too, where it has sections. Errors: those of kimg_symbols_open().
 */
struct kimg_error *kimg_size_open(const char *path, const struct kimg_symbols_options *options,
				  struct kimg_size **ret_size);

/* The same for sections alone: the symbols are not read. */
struct kimg_error *kimg_size_open_sections(const char *path,
					   const struct kimg_symbols_options *options,
					   struct kimg_size **ret_size);

/* NULL is fine. */
void kimg_size_free(struct kimg_size *size);

/* What is to be known about the answers, what is missing among it; NULL where there is nothing. */
const struct kimg_note *kimg_size_notes(const struct kimg_size *size);

/* The symbols, NULL where there are none. They belong to size. KIMG_E_NOMEM. */
struct kimg_error *kimg_size_symbols(struct kimg_size *size, struct kimg_symbols **ret_symbols);

/* Whether the file itself is an ELF file (compressed or not), rather than an image with one inside. */
bool kimg_size_is_elf(const struct kimg_size *size);

/* ---- sections ---- */

struct kimg_size_totals {
	uint64_t text; /* loaded code, and what else is read-only */
	uint64_t data; /* loaded and writable */
	uint64_t bss;  /* writable, and not in the file */
};

/* As size(1) prints them in its Berkeley format. False where the file has no sections. */
bool kimg_size_totals(const struct kimg_size *size, struct kimg_size_totals *ret_totals);

enum kimg_size_kind {
	KIMG_SIZE_TEXT, /* code */
	KIMG_SIZE_RODATA,
	KIMG_SIZE_DATA,
	KIMG_SIZE_BSS,
	KIMG_SIZE_UNLOADED, /* symbols, debugging information, ... */
};

/* "text", "rodata", "data", "bss", "unloaded". */
const char *kimg_size_kind_name(enum kimg_size_kind kind);

struct kimg_size_section {
	const char *name; /* as the file has it, maybe hostile */
	uint64_t address;
	uint64_t size;
	enum kimg_size_kind kind;
};

/* In the order of the file; the first, empty one is left out. */
const struct kimg_size_section *kimg_size_sections(const struct kimg_size *size, size_t *ret_count);

/* ---- regions ---- */

/* What lies between two symbols that the kernel's linker script puts around something. */
struct kimg_size_region {
	const char *name;  /* "text" */
	const char *first; /* "_text" */
	const char *last;  /* "_etext" */
	uint64_t address;
	uint64_t size;
};

/*
 * Those that the symbols tell of, from the general to the particular; they may lie inside one another.
 * KIMG_E_NOMEM.
 */
struct kimg_error *kimg_size_regions(struct kimg_size *size,
				     const struct kimg_size_region **ret_regions,
				     size_t *ret_count);

/* ---- symbols ---- */

struct kimg_size_symbol {
	const struct kimg_symbol *symbol;
	uint64_t size;
	bool measured; /* the source does not tell the size: it is the distance to the next symbol */
};

/*
 * All symbols that have a size, largest first, those of one size by name. Of several symbols at one address
 * whose sizes are not known, one stands for all. KIMG_E_NOMEM.
 */
struct kimg_error *kimg_size_ranking(struct kimg_size *size,
				     const struct kimg_size_symbol **ret_symbols,
				     size_t *ret_count);

/* ---- as a tree ---- */

struct kimg_size_tree;
struct kimg_source; /* kimg/source.h */

struct kimg_size_node {
	const char *name; /* of a folder, file, section, word or symbol; not terminated */
	size_t name_size;
	uint64_t size;                         /* in bytes, with all that is below */
	enum kimg_size_kind kind;              /* of most of its bytes */
	size_t symbols;                        /* in it */
	const struct kimg_size_node *children; /* the largest first; NULL for a symbol */
	const struct kimg_size_node *next;
};

/*
 * All symbols in a tree, and what of the sections none covers. With source, the debugging information of the
 * same file: by folder and file of the source; data, of which it does not tell, by section. Without
 * (NULL): by section, or kind where there are no sections, and first word of the name. Of several compile
 * units that claim a symbol the first has it. size must outlive the tree.
 *
 * Errors: KIMG_E_NOMEM, and those of kimg_source_units().
 */
struct kimg_error *kimg_size_tree_new(struct kimg_size *size, struct kimg_source *source,
				      struct kimg_size_tree **ret_tree);

/* NULL is fine. */
void kimg_size_tree_free(struct kimg_size_tree *tree);

/* The whole; it has no name. Belongs to the tree. */
const struct kimg_size_node *kimg_size_tree_root(const struct kimg_size_tree *tree);

/* ---- compressed ---- */

/*
 * The bytes of the kernel that an image holds compressed: what its payload decodes to; of a vmlinux, what is loaded
 * (without the relocations that the build of x86 appends). They belong to size. KIMG_E_NOT_FOUND for a
 * table of symbols, KIMG_E_UNSUPPORTED for a module.
 */
struct kimg_error *kimg_size_payload(const struct kimg_size *size, const void **ret_bytes,
				     uint64_t *ret_size);

/* The name of a codec: "gzip", ...; NULL past the last. */
const char *kimg_size_codec(unsigned int index);

/*
 * How many bytes the payload takes, encoded by that codec with the flags of the kernel's own build. Takes up to
 * half a minute and 800 MB. KIMG_E_INVALID: no such codec; errors as kimg_size_payload(); KIMG_E_NOMEM.
 */
struct kimg_error *kimg_size_compressed(const struct kimg_size *size, const char *codec,
					uint64_t *ret_size);

/* ---- comparison ---- */

struct kimg_size_diff;

/* One name that is in either file. Symbols of one name count together. */
struct kimg_size_change {
	const char *name; /* without the numbers that compilers add (".0"); not terminated */
	size_t name_size;
	uint64_t old_size;
	uint64_t new_size;
	uint32_t old_count; /* symbols of that name; 0: there is none */
	uint32_t new_count;
	/* of the one symbol, where there is just one; sections as in struct kimg_symbol */
	uint64_t old_address;
	uint64_t new_address;
	uint16_t old_section;
	uint16_t new_section;
	char old_type;
	char new_type;
};

struct kimg_size_summary {
	uint64_t added, removed, grown, shrunk; /* names */
	uint64_t up, down;                      /* bytes */
	uint64_t before, after;                 /* bytes of all symbols */
	uint64_t moved;                         /* single symbols at another address */
	uint64_t retyped;                       /* single symbols of another type or section */
};

struct kimg_size_diff_options {
	/* Leave weak symbols out, as scripts/bloat-o-meter did before Linux 6.10. */
	bool without_weak;
};

/*
 * Compares the symbols of two files by their names, by the rules of the kernel's scripts/bloat-o-meter: types
 * tTdDbBrRvVwW; without __mod_*, __se_sys*, __se_compat_sys*, __addressable_*, linux_banner, vermagic,
 * __noinstr_text_start and _sdata; ".NUMBER" is cut out of names.
 *
 * Sizes are those that the symbol tables tell; where one of the two has none, the distances between symbols in
 * both. Both files must outlive the result. Errors: KIMG_E_NOT_FOUND where one has no symbols, KIMG_E_NOMEM.
 */
struct kimg_error *kimg_size_compare(struct kimg_size *new_size, struct kimg_size *old_size,
				     const struct kimg_size_diff_options *options,
				     struct kimg_size_diff **ret_diff);

void kimg_size_diff_free(struct kimg_size_diff *diff);

const struct kimg_size_summary *kimg_size_diff_summary(const struct kimg_size_diff *diff);

/* Whether the sizes are distances between symbols. */
bool kimg_size_diff_is_measured(const struct kimg_size_diff *diff);

/*
 * The names whose size changed: the largest growth first, those of one difference by name, descending.
 * KIMG_E_NOMEM.
 */
struct kimg_error *kimg_size_diff_changes(struct kimg_size_diff *diff,
					  const struct kimg_size_change *const **ret_changes,
					  size_t *ret_count);

/* All names, in no order: for what moved or changed its type without a change of size. */
const struct kimg_size_change *kimg_size_diff_names(const struct kimg_size_diff *diff,
						    size_t *ret_count);

/* A section or region of either file; those of one name count together. */
struct kimg_size_part {
	const char *name;
	bool in_old, in_new;
	uint64_t old_size, new_size;
};

/*
 * The sections of both, in the order of the new file, those that are gone behind them; where one has no
 * sections, the regions. *ret_regions tells which. KIMG_E_NOMEM.
 */
struct kimg_error *kimg_size_diff_parts(struct kimg_size_diff *diff,
					const struct kimg_size_part **ret_parts, size_t *ret_count,
					bool *ret_regions);

/* Whether it counts in moved, and in retyped, of the summary. */
bool kimg_size_change_moved(const struct kimg_size_change *change);
bool kimg_size_change_retyped(const struct kimg_size_diff *diff,
			      const struct kimg_size_change *change);

/* The names of its sections, NULL where they are not known. They belong to the files. */
const char *kimg_size_change_old_section(const struct kimg_size_diff *diff,
					 const struct kimg_size_change *change);
const char *kimg_size_change_new_section(const struct kimg_size_diff *diff,
					 const struct kimg_size_change *change);

#ifdef __cplusplus
}
#endif
#pragma GCC visibility pop
#endif
