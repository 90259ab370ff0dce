/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SYMBOL_MODULE_LAYOUT_H
#define SYMBOL_MODULE_LAYOUT_H

#include "format/elf.h"
#include "kimg/limits.h"

/* Where the sections of a module are once it is loaded. */
struct module_section {
	uint64_t address;
	uint64_t size;
	uint64_t align;
	uint32_t flags; /* SHF_ALLOC only where the section stays in memory */
	bool init;      /* freed once the module runs */
	bool placed;
	struct span name; /* in the file */
};

/*
 * All sections of the file, by their index; to be given to free(). None is placed. KIMG_E_NOMEM.
 */
struct kimg_error *module_sections(const struct elf *elf, struct module_section **ret_sections,
				   size_t *ret_count) must_check;

/*
 * Places sections one after another from address 0, with the order, alignment and page boundaries of the
 * kernel's loader. KIMG_E_CORRUPT where they do not fit into the address space.
 */
struct kimg_error *module_lay_out(struct module_section *sections, size_t count,
				  bool is64) must_check;

/*
 * Places sections by the files of folder, each the address of the section that it is called by, as
 * /sys/module/NAME/sections has them; folder may also have NAME/sections in it. *ret_missing are sections
 * of memory that have no file. Errors: KIMG_E_IO; KIMG_E_CORRUPT, KIMG_E_NOT_FOUND where the addresses are
 * hidden, or none is there.
 */
struct kimg_error *module_place(struct module_section *sections, size_t count, const char *folder,
				const char *name, size_t *ret_missing) must_check;

#endif
