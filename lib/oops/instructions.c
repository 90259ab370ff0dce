/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * "Code:" as instructions. The one at the program counter starts where the log marks it. Those before it are
 * found from the start of the function, where that is told (RIP: name+0x12/0x34) and within the code, or else
 * by resync.c: the code of x86 starts 42 bytes before the mark, in the middle of anything (dumpstack.c, 6.12).
 */
#include "oops/instructions.h"

#include <stdio.h>
#include <stdlib.h>

#include "oops/resync.h"
#include "oops/scan.h"

bool oops_disasm_options(const struct kimg_oops *oops, bool thumb,
			 struct kimg_disasm_options *ret_options)
{
	static const struct {
		enum kimg_disasm_arch arch;
		unsigned int bits;
	} archs[KIMG_OOPS_ARCHS] = {
		[KIMG_OOPS_ARCH_X86] = { KIMG_DISASM_X86, 64 },
		[KIMG_OOPS_ARCH_ARM] = { KIMG_DISASM_ARM, 32 },
		[KIMG_OOPS_ARCH_ARM64] = { KIMG_DISASM_ARM64, 64 },
		[KIMG_OOPS_ARCH_RISCV] = { KIMG_DISASM_RISCV, 64 },
		[KIMG_OOPS_ARCH_PPC] = { KIMG_DISASM_PPC, 64 },
		[KIMG_OOPS_ARCH_S390] = { KIMG_DISASM_S390, 64 },
		[KIMG_OOPS_ARCH_MIPS] = { KIMG_DISASM_MIPS, 32 },
		[KIMG_OOPS_ARCH_SPARC] = { KIMG_DISASM_SPARC, 64 },
		[KIMG_OOPS_ARCH_LOONGARCH] = { KIMG_DISASM_LOONGARCH, 64 },
	};

	if (oops->arch == KIMG_OOPS_ARCH_UNKNOWN || oops->arch >= KIMG_OOPS_ARCHS)
		return false;
	*ret_options = (struct kimg_disasm_options){
		.arch = archs[oops->arch].arch,
		.bits = oops->bits ? oops->bits : archs[oops->arch].bits,
		.big_endian = oops->has_byte_order && oops->big_endian,
		.thumb = thumb && oops->arch == KIMG_OOPS_ARCH_ARM,
	};
	return true;
}

enum {
	COMPARED = 128,
	MAX_CODE = 4096, /* bytes; the kernel prints 64 */
	MAX_BEFORE =
		16384, /* bytes of a function that are decoded to find where its instructions are */
};

/* One block while its code is decoded. */
struct decoding {
	struct report *report;
	const struct oops_text *text;
	const struct kimg_oops_block *block;
	struct kimg_oops_code *code;
	struct kimg_disasm_options options;
	struct kimg_disasm *disasm;
	const struct kimg_oops_place *near; /* what the program counter lies in; NULL: not known */
	bool has_base;
	uint64_t base; /* the address of the first byte of the code */
	struct kimg_oops_instruction *instructions;
	size_t count;
};

static bool is_known(const struct kimg_oops_code *code, size_t i)
{
	return !code->known || code->known[i];
}

static size_t known_count(const struct kimg_oops_code *code)
{
	size_t count = 0;

	for (size_t i = 0; i < code->size; i++)
		count += is_known(code, i);
	return count;
}

/* The bytes from offset on that were read without a hole. */
static struct span known_from(const struct kimg_oops_code *code, size_t offset)
{
	size_t end = offset;

	while (end < code->size && is_known(code, end))
		end++;
	return span_of(code->bytes + offset, end - offset);
}

static const char *place_text(struct report *report, const struct kimg_oops_place *place)
{
	const char *open = place->module ? " [" : "", *shut = place->module ? "]" : "";
	const char *module = place->module ? place->module : "";

	if (!place->offset)
		return report_format(report, "%s%s%s%s", place->symbol, open, module, shut);
	return report_format(report, "%s+0x%llx%s%s%s", place->symbol,
			     (unsigned long long)place->offset, open, module, shut);
}

/* Of a target in the function of the program counter, which the log names itself. */
static const char *own_target(struct decoding *decoding, uint64_t target)
{
	const struct kimg_oops_frame *pc = &decoding->block->pc;
	uint64_t offset = target - (decoding->base + decoding->code->trap) + pc->offset;

	if (!decoding->block->has_pc || !pc->symbol || !pc->has_offset || offset >= pc->size)
		return NULL;
	return place_text(decoding->report, &(struct kimg_oops_place){ .symbol = pc->symbol,
								       .module = pc->module,
								       .offset = offset });
}

static const char *target_text(struct decoding *decoding, uint64_t address, struct span bytes,
			       uint64_t target)
{
	const struct kimg_oops_place *near = decoding->near;
	const struct oops_text *text = decoding->text;
	struct kimg_oops_place place;

	if (near && text && text->callee &&
	    text->callee(text->context, near, address, bytes, &place))
		return place_text(decoding->report, &place);
	if (near && text && text->place && text->place(text->context, near, target, &place))
		return place_text(decoding->report, &place);
	return own_target(decoding, target);
}

/*
 * Where the address of the code is not known those of its targets mean nothing: "jmp .+0x12", as assemblers
 * write it.
 */
static const char *relative_text(struct decoding *decoding, const char *text, uint64_t address,
				 uint64_t target)
{
	const char *number = strrchr(text, ' ');
	int64_t distance = target - address;
	struct span rest;
	uint64_t value;

	if (decoding->options.bits == 32)
		distance = (int32_t)distance;
	number = number ? number + 1 : text;
	number += *number == '#';
	rest = span_of(number, strlen(number));
	if (!scan_hex(&rest, &value, NULL) || rest.n || value != target)
		return report_format(decoding->report, "%s", text);
	return report_format(decoding->report, "%.*s.%c0x%llx", (int)(number - text), text,
			     distance < 0 ? '-' : '+',
			     (unsigned long long)(distance < 0 ? -distance : distance));
}

static void add(struct decoding *decoding, size_t offset, size_t size, const char *text,
		const char *target)
{
	struct kimg_oops_instruction *next = decoding->instructions + decoding->count;

	if (!text && decoding->count && !next[-1].text && offset != decoding->code->trap) {
		next[-1].size += size;
		return;
	}
	*next = (struct kimg_oops_instruction){ offset, size, text, target };
	decoding->count++;
}

/* Adds the instruction at offset, before end; returns its size. */
static size_t add_at(struct decoding *decoding, size_t offset, size_t end)
{
	struct span bytes = span_clip(known_from(decoding->code, offset), 0, end - offset);
	uint64_t address = decoding->base + offset;
	struct kimg_instruction instruction;
	const char *text = NULL, *target = NULL;

	if (!kimg_disasm_at(decoding->disasm, bytes.p, bytes.n, address, &instruction)) {
		add(decoding, offset, 1, NULL, NULL);
		return 1;
	}
	if (instruction.text && instruction.has_target && !decoding->has_base)
		text = relative_text(decoding, instruction.text, address, instruction.target);
	else if (instruction.text)
		text = report_format(decoding->report, "%s", instruction.text);
	if (instruction.has_target)
		target = target_text(decoding, address, span_clip(bytes, 0, instruction.size),
				     instruction.target);
	add(decoding, offset, instruction.size, text, target);
	return instruction.size;
}

static void add_range(struct decoding *decoding, size_t offset, size_t end)
{
	while (offset < end)
		offset += add_at(decoding, offset, end);
}

/*
 * i386 before 2.6.20 has the line and the address of the name of the file behind the ud2a of BUG()
 * (include/asm-i386/bug.h), which is no code. Returns how many bytes.
 */
static size_t bug_data(const struct decoding *decoding)
{
	const struct kimg_oops_code *code = decoding->code;
	const char *release = decoding->report->oops.release;
	unsigned int minor;
	struct span rest;

	if (decoding->options.arch != KIMG_DISASM_X86 || decoding->options.bits != 32 ||
	    (release && strncmp(release, "2.", 2) != 0) ||
	    (release && sscanf(release, "2.6.%u", &minor) == 1 && minor >= 20))
		return 0;
	rest = known_from(code, code->trap);
	if (!span_starts(rest, SPAN_LITERAL("\x0f\x0b")) || rest.n < 8 ||
	    span_le32(rest, 4) < 0xc0000000)
		return 0;
	return 6;
}

/*
 * Where the first instruction starts in the code of the log, by the code that the symbols have from the start of the
 * function on. What is patched is as long as what was there.
 */
static bool known_boundary(const struct decoding *decoding, size_t *ret_offset)
{
	const struct kimg_oops_place *near = decoding->near;
	struct kimg_instruction instruction;
	cleanup_free uint8_t *bytes = NULL;
	uint64_t distance, at = 0;
	size_t n;

	if (!near || !decoding->text || !decoding->text->bytes || decoding->base < near->address)
		return false;
	distance = decoding->base - near->address;
	bytes = distance <= MAX_BEFORE ? malloc(distance + 16) : NULL;
	if (!bytes)
		return false;
	n = decoding->text->bytes(decoding->text->context, near, near->address, bytes,
				  distance + 16);
	for (; at < distance && at < n; at += instruction.size)
		if (!kimg_disasm_at(decoding->disasm, bytes + at, n - at, near->address + at,
				    &instruction))
			return false;
	*ret_offset = at - distance;
	return at >= distance;
}

/* Where the instructions before the trap start. */
static size_t first_boundary(const struct decoding *decoding)
{
	const struct kimg_oops_frame *pc = &decoding->block->pc;
	const struct kimg_oops_code *code = decoding->code;
	struct resync resync = {
		.disasm = decoding->disasm,
		.unit = resync_unit(&decoding->options),
	};
	size_t hole = code->trap;

	if (resync.unit == 4)
		return code->trap % 4;
	while (hole && is_known(code, hole - 1))
		hole--;
	resync.bytes = span_of(code->bytes + hole, code->trap - hole);
	resync.trap = code->trap - hole;
	if (decoding->block->has_pc && pc->has_offset && pc->offset <= resync.trap) {
		resync.has_start = true;
		resync.start = resync.trap - pc->offset;
	} else if (hole == 0 && known_boundary(decoding, &resync.start)) {
		resync.has_start = true;
	}
	return hole + resync_first(&resync);
}

static void decode(struct decoding *decoding)
{
	struct kimg_oops_code *code = decoding->code;
	size_t first = first_boundary(decoding), data = bug_data(decoding), size;

	if (first)
		add(decoding, 0, first, NULL, NULL);
	add_range(decoding, first, code->trap);
	size = add_at(decoding, code->trap, code->size);
	if (data)
		add(decoding, code->trap + size, data, NULL, NULL);
	add_range(decoding, code->trap + size + data, code->size);
	code->instructions = decoding->instructions;
	code->instruction_count = decoding->count;
}

/* The code of the log against that of the symbols: alternatives and static keys are patched, no more. */
static void compare(struct decoding *decoding)
{
	const struct kimg_oops_code *code = decoding->code;
	uint8_t bytes[COMPARED];
	size_t from = code->trap > COMPARED / 2 ? code->trap - COMPARED / 2 : 0;
	size_t n = code->size - from, known = 0, differing = 0;

	/* of modules the relocations differ */
	if (!decoding->near || decoding->near->module || !decoding->text || !decoding->text->bytes)
		return;
	n = decoding->text->bytes(decoding->text->context, decoding->near, decoding->base + from,
				  bytes, n < COMPARED ? n : COMPARED);
	for (size_t i = 0; i < n && i < COMPARED; i++) {
		known += is_known(code, from + i);
		differing += is_known(code, from + i) && bytes[i] != code->bytes[from + i];
	}
	if (known >= 8 && 2 * differing > known)
		report_note(decoding->report,
			    "the code at %s is not that of its symbols: %zu of %zu bytes differ",
			    decoding->near->symbol, differing, known);
}

static void set_base(struct decoding *decoding)
{
	const struct kimg_oops_frame *pc = &decoding->block->pc;
	uint64_t trap = decoding->options.bits == 64 ? 0x100000000 : 0x10000000;

	if (decoding->block->has_pc && pc->certainty == KIMG_OOPS_CERTAIN && pc->place_count) {
		decoding->near = &pc->places[0];
		decoding->has_base = !pc->places[0].module;
		trap = pc->places[0].address + pc->places[0].offset;
	} else if (decoding->block->has_pc && pc->has_address) {
		decoding->has_base = true;
		trap = pc->address;
	}
	decoding->base = trap - decoding->code->trap;
}

static void free_disasm(struct kimg_disasm **disasm)
{
	kimg_disasm_free(*disasm);
}

/* No *ret_disasm, and the reason in the code, where there is no disassembler. */
static struct kimg_error *open_disasm(struct report *report, struct kimg_oops_code *code,
				      const struct kimg_disasm_options *options,
				      struct kimg_disasm **ret_disasm)
{
	cleanup_error struct kimg_error *error = kimg_disasm_open(options, ret_disasm);
	char text[256];

	if (!error)
		return NULL;
	if (kimg_error_code(error) == KIMG_E_NOMEM)
		return error_nomem();
	kimg_error_format(error, text, sizeof(text));
	code->no_instructions = report_format(report, "%s", text);
	return NULL;
}

static struct kimg_error *decode_block(struct report *report, const struct oops_text *text,
				       struct kimg_oops_block *block)
{
	struct kimg_oops_code *code = &block->code;
	cleanup(free_disasm) struct kimg_disasm *disasm = NULL;
	struct decoding decoding = {
		.report = report,
		.text = text,
		.block = block,
		.code = code,
	};

	if (!oops_disasm_options(&report->oops, code->unit == 2, &decoding.options)) {
		code->no_instructions = "the architecture is not known";
		return NULL;
	}
	TRY(open_disasm(report, code, &decoding.options, &disasm));
	if (!disasm)
		return NULL;
	decoding.disasm = disasm;
	/* one for each byte at most, and one for what comes before the first */
	decoding.instructions =
		arena_alloc(&report->arena, (code->size + 1) * sizeof(*decoding.instructions));
	if (!decoding.instructions)
		return error_nomem();
	set_base(&decoding);
	decode(&decoding);
	compare(&decoding);
	return report->failed ? error_nomem() : NULL;
}

struct kimg_error *oops_instructions(struct report *report, const struct oops_text *text)
{
	for (size_t i = 0; i < report->oops.block_count; i++) {
		struct kimg_oops_block *block = &report->oops.blocks[i];

		if (!block->has_code || block->user || !block->code.size)
			continue;
		if (known_count(&block->code) == 0)
			block->code.no_instructions = "the kernel could not read it";
		else if (block->code.size > MAX_CODE)
			block->code.no_instructions = "this is more code than the kernel prints";
		else if (!block->code.has_trap || block->code.trap >= block->code.size)
			block->code.no_instructions = "the instruction at fault is not marked";
		else
			TRY(decode_block(report, text, block));
	}
	return NULL;
}
