/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef OOPS_CALLS_H
#define OOPS_CALLS_H

#include "format/elf.h"
#include "kimg/oops.h"
#include "oops/resolve.h"

/* calls.c: the code of a kernel, and the calls in it. */

enum text_arch {
	TEXT_OTHER,
	TEXT_X86,
	TEXT_X86_64,
	TEXT_ARM,
	TEXT_ARM64,
	TEXT_RISCV,
	TEXT_PPC,
	TEXT_S390,
};

struct text {
	enum text_arch arch;
	bool big_endian;
	bool is_elf;
	struct elf elf;
	struct span raw; /* where it is no ELF file: bytes from base on */
	uint64_t base;
};

/* The code behind the symbols of table. False for a map, which has none, and where the machine is not known. */
bool text_open(const struct oops_table *table, const struct kimg_oops *oops, struct text *ret_text);

/* The n bytes that start at address. False where they are not all there. */
bool text_bytes(const struct text *text, uint64_t address, size_t n, struct span *ret);

/* Whether the instruction that ends at address is a call. */
bool text_is_behind_call(const struct text *text, uint64_t address);

/* The function that the instruction which ends at address calls. False where it calls none, or by a register. */
bool text_call_target(const struct text *text, uint64_t address, uint64_t *ret_target);

#endif
