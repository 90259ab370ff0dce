/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef KIMG_DISASM_H
#define KIMG_DISASM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "kimg/error.h"

#pragma GCC visibility push(default)
#ifdef __cplusplus
extern "C" {
#endif

/*
 * Machine code as text, of any architecture on any machine. It is decoded by capstone, or by LLVM where
 * capstone is not installed or does not know the architecture; both are loaded on first use. What neither
 * needs them for, calls and jumps, is told by kimg itself.
 *
 * The text is that of the library: AT&T syntax for x86, as objdump and the kernel's own files have it, and
 * for the others the syntax that their manuals and GNU as share. It is for people; details such as the suffix of
 * "callq" or the blanks in it may change with the version of the library.
 *
 * A disassembler is for one thread at a time.
 */
struct kimg_disasm;

enum kimg_disasm_arch {
	KIMG_DISASM_X86,
	KIMG_DISASM_ARM, /* A32, or with thumb T32 */
	KIMG_DISASM_ARM64,
	KIMG_DISASM_RISCV,
	KIMG_DISASM_PPC,
	KIMG_DISASM_S390,
	KIMG_DISASM_MIPS,
	KIMG_DISASM_SPARC,
	KIMG_DISASM_LOONGARCH,
	KIMG_DISASM_ARCHS,
};

struct kimg_disasm_options {
	enum kimg_disasm_arch arch;
	unsigned int bits; /* 16 (x86), 32 or 64 */
	bool big_endian;   /* of the code itself, which is not that of the data everywhere */
	bool thumb;
};

/*
 * Opens a disassembler. Errors: KIMG_E_NOMEM; KIMG_E_INVALID where there is no such architecture of that
 * many bits; KIMG_E_UNSUPPORTED where no library that knows it is installed.
 */
struct kimg_error *kimg_disasm_open(const struct kimg_disasm_options *options,
				    struct kimg_disasm **ret_disasm);

/* NULL is fine. */
void kimg_disasm_free(struct kimg_disasm *disasm);

/* What decodes: "capstone", "LLVM". */
const char *kimg_disasm_library(const struct kimg_disasm *disasm);

struct kimg_instruction {
	size_t size; /* in bytes, at least 1 */
	/* "callq 0xffffffff81000000"; NULL: these bytes are no instruction, or are cut. Lives until the next call */
	const char *text;
	bool is_call;    /* leaves a return address behind */
	bool is_branch;  /* jumps, maybe on a condition, or returns through a register */
	bool has_target; /* the instruction itself tells where it goes */
	uint64_t target;
};

/*
 * The instruction that bytes start with, which stand at address. What is none counts as one unit of the
 * architecture, or as all that is left. False, with *ret_instruction untouched, where size is 0.
 */
bool kimg_disasm_at(struct kimg_disasm *disasm, const void *bytes, size_t size, uint64_t address,
		    struct kimg_instruction *ret_instruction);

#ifdef __cplusplus
}
#endif
#pragma GCC visibility pop
#endif
