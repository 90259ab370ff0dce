/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Disassembly of anything: the first byte tells the architecture, the second what it is like, the third where a
 * known instruction starts; the rest is code.
 */
#include <stdlib.h>
#include <string.h>

#include "debug/disasm.h"
#include "oops/resync.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { MAX_SIZE = 4096, ADDRESS = 0x10000000 };

/* By the library that is there; kept, as one for each input would take most of the time. */
static struct kimg_disasm *open_disasm(const struct kimg_disasm_options *options)
{
	static struct kimg_disasm *opened[KIMG_DISASM_ARCHS][3][2][2];
	static bool tried[KIMG_DISASM_ARCHS][3][2][2];
	unsigned int bits = options->bits / 32;
	struct kimg_disasm **disasm =
		&opened[options->arch][bits][options->big_endian][options->thumb];
	bool *was_tried = &tried[options->arch][bits][options->big_endian][options->thumb];

	if (!*was_tried)
		kimg_error_free(kimg_disasm_open(options, disasm));
	*was_tried = true;
	return *disasm;
}

static void check(bool right)
{
	if (!right)
		abort();
}

static void decode_all(struct kimg_disasm *disasm, struct span code)
{
	struct kimg_instruction instruction;

	for (size_t at = 0; at < code.n; at += instruction.size) {
		struct span rest = span_from(code, at);

		check(kimg_disasm_at(disasm, rest.p, rest.n, ADDRESS + at, &instruction));
		check(instruction.size > 0 && instruction.size <= rest.n);
		check(!instruction.text || strlen(instruction.text) < DISASM_TEXT);
		check(instruction.text || !(instruction.is_call || instruction.has_target));
		check(!(instruction.is_call && instruction.is_branch));
	}
}

static void find_calls(const struct kimg_disasm_options *options, struct span code)
{
	for (size_t at = 0; at <= code.n; at++) {
		uint64_t target;

		check(disasm_call_before(options, code, ADDRESS, ADDRESS + at, &target) <=
		      DISASM_INDIRECT);
	}
}

static void synchronise(struct kimg_disasm *disasm, const struct kimg_disasm_options *options,
			struct span code, size_t trap)
{
	struct resync resync = {
		.disasm = disasm,
		.unit = resync_unit(options),
		.bytes = code,
		.trap = trap < code.n ? trap : code.n,
		.has_start = trap & 1,
		.start = trap / 2,
	};

	check(resync_first(&resync) <= resync.trap);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const unsigned int widths[] = { 64, 32, 16, 64 };
	struct kimg_disasm_options options;
	struct kimg_disasm *disasm;
	struct span code;

	if (size < 3)
		return 0;
	options = (struct kimg_disasm_options){
		.arch = data[0] % KIMG_DISASM_ARCHS,
		.bits = widths[data[1] & 3],
		.big_endian = data[1] & 4,
		.thumb = data[1] & 8,
	};
	code = span_clip(span_of(data, size), 3, MAX_SIZE);
	find_calls(&options, code);
	disasm = open_disasm(&options);
	if (!disasm)
		return 0;
	decode_all(disasm, code);
	synchronise(disasm, &options, code, data[2]);
	return 0;
}
