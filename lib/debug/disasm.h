/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef DEBUG_DISASM_H
#define DEBUG_DISASM_H

#include "base/error.h"
#include "base/span.h"
#include "kimg/disasm.h"

/* ---- disasm_flow.c, disasm_flow_x86.c: where instructions go, without any library ---- */

struct disasm_flow {
	bool call;
	bool branch;
	bool has_target;
	uint64_t target;
};

/* Of one instruction, whole, that stands at address. */
struct disasm_flow disasm_flow(const struct kimg_disasm_options *options, struct span instruction,
			       uint64_t address);

/* That of x86: of what is at least as long as the instruction says. */
struct disasm_flow disasm_flow_x86(const struct kimg_disasm_options *options,
				   struct span instruction, uint64_t address);

/*
 * How long the instruction is that bytes start with, cut to the bytes that there are; 0 where there are none. Of
 * x86 it is 1: only decoding tells.
 */
size_t disasm_unit(const struct kimg_disasm_options *options, struct span bytes);

/* The address as it is in a space of that many bits. */
uint64_t disasm_wrap(const struct kimg_disasm_options *options, uint64_t address);

/* ---- disasm_calls.c: what called ---- */

enum disasm_call {
	DISASM_UNKNOWN, /* the bytes do not reach to where the call would be */
	DISASM_NO_CALL,
	DISASM_DIRECT,   /* the target is known */
	DISASM_INDIRECT, /* through a register or memory */
};

/*
 * What the call is like that returns to return_address, by bytes around it, which start at start. Return
 * addresses are what traces have: behind the delay slot on MIPS; on SPARC that of the call itself. A direct
 * target may be something that goes on to the function that matters: a thunk (__x86_indirect_thunk_rax), a
 * trampoline (__SCT__name), a veneer or PLT entry, the local entry of a function of ppc64 (8 bytes in).
 */
enum disasm_call disasm_call_before(const struct kimg_disasm_options *options, struct span bytes,
				    uint64_t start, uint64_t return_address, uint64_t *ret_target);

/* ---- disasm_capstone.c, disasm_llvm.c: the libraries ---- */

enum { DISASM_TEXT = 256 };

struct disasm_library {
	const char *name;
	struct kimg_error *(*open)(const struct kimg_disasm_options *options, void **ret_handle);
	/* How many bytes the first instruction has, and its text, terminated; 0: it is none. */
	size_t (*decode)(void *handle, struct span bytes, uint64_t address, char text[DISASM_TEXT]);
	void (*close)(void *handle);
};

extern const struct disasm_library disasm_capstone;
extern const struct disasm_library disasm_llvm;

/* disasm_x86.c: as decode above, of instructions that the library does not know; 0: it is none of them. */
size_t disasm_x86_decode(const struct kimg_disasm_options *options,
			 const struct disasm_library *library, void *handle, struct span bytes,
			 uint64_t address, char text[DISASM_TEXT]);

/* How long an instruction of x86 is that the library does not know, in maps that are regular; 0: it is in none. */
size_t disasm_x86_length(const struct kimg_disasm_options *options, struct span bytes);

/* The length of what a ModRM byte starts, itself, SIB and displacement; 0 where it is cut. Not of 16-bit code. */
size_t disasm_x86_operand(struct span bytes);

/* disasm_arm64.c: the same. */
size_t disasm_arm64_decode(const struct kimg_disasm_options *options, struct span bytes,
			   char text[DISASM_TEXT]);

#endif
