/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Disassembly. The libraries are chosen by what they may be linked into: capstone (BSD) and LLVM (Apache 2.0
 * with its exceptions; loaded as one may load it) go with GPL-2.0-or-later; binutils' libopcodes (GPL-3 or later)
 * would make all of kimg so.
 */
#include "debug/disasm.h"

#include <stdio.h>
#include <stdlib.h>

enum { X86_LONGEST = 15 };

struct kimg_disasm {
	struct kimg_disasm_options options;
	const struct disasm_library *library;
	void *handle;
	char text[DISASM_TEXT];
};

static bool options_valid(const struct kimg_disasm_options *options)
{
	bool wide = options->bits == 64, narrow = options->bits == 32;

	switch (options->arch) {
	case KIMG_DISASM_X86:
		return wide || narrow || options->bits == 16;
	case KIMG_DISASM_ARM:
		return narrow;
	case KIMG_DISASM_ARM64:
		return wide;
	case KIMG_DISASM_RISCV:
	case KIMG_DISASM_PPC:
	case KIMG_DISASM_S390:
	case KIMG_DISASM_MIPS:
	case KIMG_DISASM_SPARC:
	case KIMG_DISASM_LOONGARCH:
		return wide || narrow;
	default:
		return false;
	}
}

/* The first library that has it; the error of the first, which is the one that is wanted most. */
static struct kimg_error *open_library(struct kimg_disasm *disasm)
{
	static const struct disasm_library *const libraries[] = { &disasm_capstone, &disasm_llvm };
	cleanup_error struct kimg_error *first = NULL;

	for (size_t i = 0; i < ARRAY_SIZE(libraries); i++) {
		struct kimg_error *error = libraries[i]->open(&disasm->options, &disasm->handle);

		if (!error) {
			disasm->library = libraries[i];
			return NULL;
		}
		if (kimg_error_code(error) != KIMG_E_UNSUPPORTED)
			return error;
		if (first)
			return error_wrap(error, "%s", kimg_error_message(first));
		first = error;
	}
	return error_nomem();
}

struct kimg_error *kimg_disasm_open(const struct kimg_disasm_options *options,
				    struct kimg_disasm **ret_disasm)
{
	struct kimg_disasm *disasm;
	struct kimg_error *error;

	if (!options_valid(options))
		return error_new(KIMG_E_INVALID, "no architecture %d of %u bits",
				 (int)options->arch, options->bits);
	disasm = calloc(1, sizeof(*disasm));
	if (!disasm)
		return error_nomem();
	disasm->options = *options;
	error = open_library(disasm);
	if (error) {
		free(disasm);
		return error;
	}
	*ret_disasm = disasm;
	return NULL;
}

void kimg_disasm_free(struct kimg_disasm *disasm)
{
	if (!disasm)
		return;
	disasm->library->close(disasm->handle);
	free(disasm);
}

const char *kimg_disasm_library(const struct kimg_disasm *disasm)
{
	return disasm->library->name;
}

static size_t decode(struct kimg_disasm *disasm, struct span bytes, uint64_t address)
{
	size_t size = 0;

	if (disasm->options.arch == KIMG_DISASM_X86)
		size = disasm_x86_decode(&disasm->options, disasm->library, disasm->handle, bytes,
					 address, disasm->text);
	else if (disasm->options.arch == KIMG_DISASM_ARM64)
		size = disasm_arm64_decode(&disasm->options, bytes, disasm->text);
	if (!size)
		size = disasm->library->decode(disasm->handle, bytes, address, disasm->text);
	return size <= bytes.n ? size : 0;
}

/* Shows the target where the library gives the distance to it, "beqz a0, 24", or as if it were below 0. */
static void show_target(char text[DISASM_TEXT], uint64_t address, uint64_t target)
{
	char *operand = strrchr(text, ' '), *end;
	uint64_t value;

	if (!operand)
		return;
	operand++;
	operand += *operand == '#';
	value = strtoull(operand + (*operand == '.'), &end, 0);
	if (end == operand || *end || (value == target && *operand != '-') ||
	    (value != target && value != target - address))
		return;
	snprintf(operand, DISASM_TEXT - (operand - text), "0x%llx", (unsigned long long)target);
}

/* Whether more bytes could make an instruction of them: then they are the start of one. */
static bool is_cut(struct kimg_disasm *disasm, struct span bytes)
{
	uint8_t longer[X86_LONGEST + 1] = { 0 };
	char text[DISASM_TEXT];

	if (bytes.n >= X86_LONGEST)
		return false;
	memcpy(longer, bytes.p, bytes.n);
	return disasm->library->decode(disasm->handle, span_of(longer, X86_LONGEST), 0, text) >
	       bytes.n;
}

static size_t unknown_size(struct kimg_disasm *disasm, struct span bytes)
{
	size_t size = 0;

	if (disasm->options.arch == KIMG_DISASM_X86)
		size = is_cut(disasm, bytes) ? bytes.n : disasm_x86_length(&disasm->options, bytes);
	return size ? size : disasm_unit(&disasm->options, bytes);
}

bool kimg_disasm_at(struct kimg_disasm *disasm, const void *bytes, size_t size, uint64_t address,
		    struct kimg_instruction *ret_instruction)
{
	struct span span = span_of(bytes, size);
	struct kimg_instruction instruction = { 0 };
	struct disasm_flow flow = { 0 };

	if (!size)
		return false;
	instruction.size = decode(disasm, span, disasm_wrap(&disasm->options, address));
	if (instruction.size) {
		instruction.text = disasm->text;
		flow = disasm_flow(&disasm->options, span_clip(span, 0, instruction.size), address);
		if (flow.has_target)
			show_target(disasm->text, address, flow.target);
	} else {
		instruction.size = unknown_size(disasm, span);
	}
	instruction.is_call = flow.call;
	instruction.is_branch = flow.branch;
	instruction.has_target = flow.has_target;
	instruction.target = flow.target;
	*ret_instruction = instruction;
	return true;
}
