/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef KIMG_SYMBOL_H
#define KIMG_SYMBOL_H

#include "kimg/error.h"
#include "kimg/image.h"
#include "kimg/limits.h"
#include "kimg/part.h"

#pragma GCC visibility push(default)
#ifdef __cplusplus
extern "C" {
#endif

/*
 * The symbols of a kernel, of a module or of both, whatever they were read from: one table, sorted by address
 * and found by name. A table is read-only once it is open, apart from the indexes that lookups make when they
 * are worth it: threads that share a table call kimg_symbols_index() first.
 */
struct kimg_symbols;

/* What a table was read from. */
enum kimg_symbols_source {
	KIMG_SYMBOLS_ELF,           /* the symbol table of a vmlinux */
	KIMG_SYMBOLS_MODULE,        /* that of a module (ET_REL) */
	KIMG_SYMBOLS_MAP,           /* System.map */
	KIMG_SYMBOLS_PROC_KALLSYMS, /* the kernel that runs, or ran: 2.6 and later */
	KIMG_SYMBOLS_PROC_KSYMS,    /* the same of 2.4 and before: exported symbols only */
	KIMG_SYMBOLS_KALLSYMS,      /* the tables inside an image */
};

enum kimg_symbol_flag {
	KIMG_SYMBOL_GLOBAL = 1 << 0, /* seen by other files */
	KIMG_SYMBOL_WEAK = 1 << 1,
	/* Never the answer to what stands at an address: absolute values, mapping symbols ($x), local labels (.L),
	 * symbols that the file only refers to (U, w) */
	KIMG_SYMBOL_HIDDEN = 1 << 2,
	KIMG_SYMBOL_FUNCTION = 1 << 3, /* STT_FUNC; only ELF tells */
	KIMG_SYMBOL_OBJECT = 1 << 4,   /* STT_OBJECT */
};

struct kimg_symbol {
	uint64_t address;
	uint64_t size; /* in bytes, as the source says; 0 where it does not: see kimg_symbol_extent() */
	const char *name;   /* as the source has it, maybe hostile; not terminated */
	uint16_t name_size; /* in bytes */
	uint16_t section;   /* for kimg_symbols_section_name(); 0: not known */
	uint16_t module;    /* for kimg_symbols_module_name(); 0: the kernel itself */
	char type;          /* the letter of nm(1): T, t, D, ... */
	uint8_t flags;      /* enum kimg_symbol_flag */
};

struct kimg_symbols_options {
	struct kimg_limits limits;
	bool has_base;
	uint64_t base; /* the virtual address of the first byte of a raw image, where it is known */
	uint64_t shift; /* added to every address that is not absolute: the offset of KASLR */
	/*
	 * For modules: the folder that has the addresses of their sections, one file each, as
	 * /sys/module/NAME/sections has them; or one that has NAME/sections in it, as /sys/module. NULL: the
	 * sections are laid out from address 0 on, in the order in which the kernel does it.
	 */
	const char *sections;
	/*
	 * Where nothing will be asked for but what stands at these addresses, by kimg_symbols_at() and
	 * kimg_symbol_extent(): all other symbols may be left out, which makes a table of few symbols in a
	 * fraction of the time. It may have no banner either.
	 */
	const uint64_t *near;
	size_t near_count; /* 0: all symbols */
	/*
	 * Where nothing will be asked for but symbols of these names, by kimg_symbols_named() and
	 * kimg_symbol_extent(): all other symbols may be left out. kimg_symbols_are_all() tells.
	 */
	const char *const *names;
	size_t name_count; /* 0: all symbols */
};

#define KIMG_SYMBOLS_OPTIONS_DEFAULT \
	((struct kimg_symbols_options){ .limits = KIMG_LIMITS_DEFAULT })

/*
 * Reads the symbols of the file at path ("-": standard input), which may be a vmlinux, a module (.ko, also
 * compressed), a System.map, a copy of /proc/kallsyms or /proc/ksyms, or any kernel image. options may be
 * NULL for the defaults.
 *
 * Errors: KIMG_E_IO, KIMG_E_NOMEM, KIMG_E_LIMIT; KIMG_E_NOT_FOUND where the file has no symbols, with the
 * reason; KIMG_E_CORRUPT where its tables contradict themselves; and those of kimg_image_kernel().
 */
struct kimg_error *kimg_symbols_open(const char *path, const struct kimg_symbols_options *options,
				     struct kimg_symbols **ret_symbols);

/*
 * The same for the kernel in an image that is open: from the ELF symbol table where it has one, else from
 * its kallsyms. What is decoded belongs to image, which must outlive the table.
 */
struct kimg_error *kimg_symbols_of_image(struct kimg_image *image,
					 const struct kimg_symbols_options *options,
					 struct kimg_symbols **ret_symbols);

/*
 * The symbols of the kernel that runs, at the addresses where it runs, and those of its modules: from
 * /proc/kallsyms (/proc/ksyms of 2.4). Where that shows no addresses (kernel.kptr_restrict) or does not exist,
 * the kernel's own are found in its memory, /proc/kcore, which root alone may read. options as above.
 *
 * Errors: KIMG_E_NOMEM; KIMG_E_NOT_FOUND where neither gives symbols, with the reason.
 */
struct kimg_error *kimg_symbols_open_live(const struct kimg_symbols_options *options,
					  struct kimg_symbols **ret_symbols);

/* NULL is fine. */
void kimg_symbols_free(struct kimg_symbols *symbols);

enum kimg_symbols_source kimg_symbols_source(const struct kimg_symbols *symbols);

/* "vmlinux", "module", "System.map", "/proc/kallsyms", "/proc/ksyms", "kallsyms". */
const char *kimg_symbols_source_name(enum kimg_symbols_source source);

/* Whether none were left out as they were not wanted: by near or names of struct kimg_symbols_options. */
bool kimg_symbols_are_all(const struct kimg_symbols *symbols);

/* Bits of an address, 32 or 64. */
unsigned int kimg_symbols_bits(const struct kimg_symbols *symbols);

/*
 * Of a table from the kallsyms of a raw image: the virtual address of its first byte, before any shift. False
 * for others.
 */
bool kimg_symbols_base(const struct kimg_symbols *symbols, uint64_t *ret_base);

/*
 * The banner of the kernel, "Linux version RELEASE (USER@HOST) (COMPILER) VERSION", and its release; NULL
 * where the source does not tell. They belong to the table.
 */
const char *kimg_symbols_banner(const struct kimg_symbols *symbols);
const char *kimg_symbols_release(const struct kimg_symbols *symbols);

/*
 * What is to be known about the table, such as that its kernel was built without KALLSYMS_ALL; NULL where
 * there is nothing. Belongs to the table.
 */
const struct kimg_note *kimg_symbols_notes(const struct kimg_symbols *symbols);

/* All symbols by address; those of one address in the order of the source. They belong to the table. */
const struct kimg_symbol *kimg_symbols_all(const struct kimg_symbols *symbols, size_t *ret_count);

/* The name of a section or module, NULL where index is 0 or unknown. Belongs to the table. */
const char *kimg_symbols_section_name(const struct kimg_symbols *symbols, unsigned int index);
const char *kimg_symbols_module_name(const struct kimg_symbols *symbols, unsigned int index);

/* Where a section starts, in the addresses of the table. False where index is 0 or unknown. */
bool kimg_symbols_section_address(const struct kimg_symbols *symbols, unsigned int index,
				  uint64_t *ret_address);

/*
 * Makes the indexes that lookups by address and by name use, which they else make themselves. KIMG_E_NOMEM.
 */
struct kimg_error *kimg_symbols_index(struct kimg_symbols *symbols);

/*
 * The symbol that address lies in, NULL where there is none. Of several at one address it is the one that
 * people would name, and the kernel does: not a label of padding (__pfx_), with a size rather than without, not
 * a weak one, not the start or end of a section (__start_x, __x_end), with few underscores in front, global
 * rather than local; then the first.
 */
const struct kimg_symbol *kimg_symbols_at(struct kimg_symbols *symbols, uint64_t address);

/*
 * How many bytes symbol covers as the kernel prints it in an oops ("name+0x12/0x40"): up to the next higher
 * address of a symbol of the kernel, or of its module. Where there is none, or only behind a hole in the address
 * space, it is the size that the source tells, or 0; the last function of a module ends with its page. Symbols
 * that are hidden have the size that the source tells.
 */
uint64_t kimg_symbol_extent(struct kimg_symbols *symbols, const struct kimg_symbol *symbol);

/*
 * Whether that is how many bytes the kernel prints for symbol. For the last function in a part of a module (.text,
 * .init.text) it may be anything from its own size up to the end of its page: what lies behind it, such as
 * stubs for calls, depends on the kernel that loads it.
 */
bool kimg_symbol_has_extent(struct kimg_symbols *symbols, const struct kimg_symbol *symbol,
			    uint64_t size);

/*
 * The symbols of that name, in the order of their addresses. A name without the suffixes that compilers
 * add (.isra.0, .constprop.0, .cold, .llvm.HASH) finds those with them too, after the exact ones. Calls
 * visit for each; false from it ends the walk. Returns how many were visited.
 */
size_t kimg_symbols_named(struct kimg_symbols *symbols, const char *name, size_t name_size,
			  bool (*visit)(void *context, const struct kimg_symbol *symbol),
			  void *context);

/* The same for that very name alone. */
size_t kimg_symbols_named_exactly(struct kimg_symbols *symbols, const char *name, size_t name_size,
				  bool (*visit)(void *context, const struct kimg_symbol *symbol),
				  void *context);

/* The same for names that match a pattern of * ? and [...], in the order of their addresses. */
size_t kimg_symbols_matching(const struct kimg_symbols *symbols, const char *pattern,
			     size_t pattern_size,
			     bool (*visit)(void *context, const struct kimg_symbol *symbol),
			     void *context);

#ifdef __cplusplus
}
#endif
#pragma GCC visibility pop
#endif
