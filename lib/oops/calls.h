/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef OOPS_CALLS_H
#define OOPS_CALLS_H

#include "debug/disasm.h"
#include "format/elf.h"
#include "oops/resolve.h"

/* ---- text.c: the code of a kernel ---- */

struct text {
	struct kimg_disasm_options options;
	bool is_elf;
	struct elf elf;
	struct span raw; /* where it is no ELF file: bytes from base on */
	uint64_t base;
};

/* The code behind the symbols of table. False for a map, which has none, and where the machine is not known. */
bool text_open(const struct oops_table *table, const struct kimg_oops *oops, struct text *ret_text);

/* Up to size bytes at address. False where there are none. */
bool text_bytes(const struct text *text, uint64_t address, size_t size, struct span *ret_bytes);

/* ---- calls.c: the calls in it ---- */

/* Whether the instruction that returns to address is a call. */
bool text_is_behind_call(const struct text *text, uint64_t address);

/* The function that is called by the instruction that returns to address. False where it is none, or by a register. */
bool text_call_target(const struct text *text, uint64_t address, uint64_t *ret_target);

#endif
