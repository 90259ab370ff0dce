/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef OOPS_CODE_MODULE_H
#define OOPS_CODE_MODULE_H

#include "format/elf.h"
#include "kimg/symbol.h"

/* code_module.c: one section with code of a module. */
struct code_module {
	struct elf elf;
	struct span code;
	uint64_t start; /* of the section, in the addresses of the table of symbols */
	struct span relocations;
	bool has_addends;
	struct elf_section symbols; /* that relocations are against */
};

/* False where the file has no such section. The bytes belong to symbols. */
bool code_module_open(const struct kimg_symbols *symbols, const char *section,
		      struct code_module *ret_module);

/* At most size bytes from address on. */
struct span code_module_bytes(const struct code_module *module, uint64_t address, size_t size);

/*
 * The name of the symbol that the instruction of size bytes at address refers to by a relocation, and whether it
 * is in the module itself. False where there is none.
 */
bool code_module_callee(const struct code_module *module, uint64_t address, size_t size,
			struct span *ret_name, bool *ret_own);

#endif
