/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef OOPS_INSTRUCTIONS_H
#define OOPS_INSTRUCTIONS_H

#include "base/error.h"
#include "kimg/disasm.h"
#include "oops/report.h"

/*
 * What symbols tell about the code of a report. Addresses are those of the place that the program counter of a
 * block was resolved to (address + offset), near: as linked, without KASLR. Each function may be NULL.
 */
struct oops_text {
	void *context;
	/* The symbol that address lies in. False where there is none. Strings live until the next call. */
	bool (*place)(void *context, const struct kimg_oops_place *near, uint64_t address,
		      struct kimg_oops_place *ret_place);
	/* The same of what the instruction at address calls or jumps to. */
	bool (*callee)(void *context, const struct kimg_oops_place *near, uint64_t address,
		       struct span instruction, struct kimg_oops_place *ret_place);
	/*
	 * Copies what the vmlinux, image or module has at address; returns how many bytes, at most size. Of modules it
	 * is what relocations have not been applied to.
	 */
	size_t (*bytes)(void *context, const struct kimg_oops_place *near, uint64_t address,
			uint8_t *buffer, size_t size);
};

/*
 * instructions.c: fills in the instructions of all blocks of the kernel that have code, and notes where the code
 * of the log is not that of the symbols. To be called when the program counters are resolved; text may be NULL.
 * Where no disassembler is there the blocks say so. KIMG_E_NOMEM.
 */
struct kimg_error *oops_instructions(struct report *report,
				     const struct oops_text *text) must_check;

/* How the code of a report is to be decoded. False where that is not known. */
bool oops_disasm_options(const struct kimg_oops *oops, bool thumb,
			 struct kimg_disasm_options *ret_options);

#endif
