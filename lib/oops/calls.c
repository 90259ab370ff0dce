/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Who calls whom: of several functions of one name, the one is meant that the caller in the trace calls, or that
 * calls what the trace has below it. Forms of calls, by the manuals of the architectures:
 *
 *	x86      e8 REL32; ff /2, of two to seven bytes, through a register or memory
 *	arm      1110 1011 OFFSET24 (bl), with any condition
 *	arm64    1001 01 OFFSET26 (bl); d63f0000 | Rn << 5 (blr)
 *	riscv    jal ra; auipc ra and jalr ra, ra; c.jalr
 *	ppc      0100 10 OFFSET24 0 1 (bl); bctrl
 *	s390     c0 r5 OFFSET32 (brasl), 0d/basr
 */
#include "oops/calls.h"

#include <elf.h>

#include "base/endian.h"
#include "format/part.h"
#include "symbol/map_match.h"

/* ---- code ---- */

static enum text_arch arch_of(const struct kimg_oops *oops, unsigned int bits)
{
	switch (oops->arch) {
	case KIMG_OOPS_ARCH_X86:
		return bits == 64 ? TEXT_X86_64 : TEXT_X86;
	case KIMG_OOPS_ARCH_ARM:
		return TEXT_ARM;
	case KIMG_OOPS_ARCH_ARM64:
		return TEXT_ARM64;
	case KIMG_OOPS_ARCH_RISCV:
		return TEXT_RISCV;
	case KIMG_OOPS_ARCH_PPC:
		return TEXT_PPC;
	case KIMG_OOPS_ARCH_S390:
		return TEXT_S390;
	default:
		return TEXT_OTHER;
	}
}

static bool open_bytes(const struct oops_table *table, struct span bytes, struct text *text)
{
	struct kimg_error *error;

	text->is_elf = elf_is(bytes);
	text->raw = bytes;
	if (!text->is_elf)
		return kimg_symbols_base(table->side->symbols, &text->base);
	error = elf_open(bytes, &text->elf);
	kimg_error_free(error);
	text->big_endian = !error && text->elf.big_endian;
	return !error;
}

bool text_open(const struct oops_table *table, const struct kimg_oops *oops, struct text *ret_text)
{
	const struct kimg_symbols *symbols = table_symbols(table);
	const struct kimg_part *kernel;
	struct kimg_error *error;

	*ret_text = (struct text){ 0 };
	if (!symbols || table->is_module)
		return false;
	ret_text->arch = arch_of(oops, symbols->bits);
	ret_text->big_endian = oops->big_endian;
	if (ret_text->arch == TEXT_OTHER)
		return false;
	if (!symbols->image)
		return elf_is(symbols->file) && open_bytes(table, symbols->file, ret_text);
	error = kimg_image_kernel(symbols->image, &kernel);
	kimg_error_free(error);
	return !error && open_bytes(table, part_span(kernel), ret_text);
}

bool text_bytes(const struct text *text, uint64_t address, size_t n, struct span *ret)
{
	uint64_t offset = address - text->base;

	if (text->is_elf && !elf_vaddr_to_offset(&text->elf, address, &offset))
		return false;
	return span_sub(text->raw, offset, n, ret);
}

/* The n bytes that end at address. */
static bool bytes_before(const struct text *text, uint64_t address, size_t n, struct span *ret)
{
	return address >= n && text_bytes(text, address - n, n, ret);
}

/* ---- calls ---- */

/* ff /2 of n bytes: ModRM, maybe SIB, and a displacement (Intel SDM volume 2, table 2-2). */
static bool is_indirect_x86(struct span s, size_t n)
{
	unsigned int mode, rm, length = 2;

	if (s.n < n || s.p[s.n - n] != 0xff || (s.p[s.n - n + 1] >> 3 & 7) != 2)
		return false;
	mode = s.p[s.n - n + 1] >> 6;
	rm = s.p[s.n - n + 1] & 7;
	if (mode != 3 && rm == 4)
		length++;
	if (mode == 1)
		length++;
	if (mode == 2 || (mode == 0 && rm == 5))
		length += 4;
	return length == n;
}

static uint32_t word_at(const struct text *text, struct span s, size_t at)
{
	return text->big_endian ? get_be32(s.p + at) : get_le32(s.p + at);
}

/* bits low bits of value, with their sign */
static int64_t extend(uint64_t value, unsigned int bits)
{
	return (int64_t)(value << (64 - bits)) >> (64 - bits);
}

/* Immediates of riscv's J, U and I forms (unprivileged ISA manual, 2.3). */
static int64_t riscv_jal(uint32_t w)
{
	return extend((uint64_t)(w >> 31) << 20 | (w >> 12 & 0xff) << 12 | (w >> 20 & 1) << 11 |
			      (w >> 21 & 0x3ff) << 1,
		      21);
}

static bool riscv_target(const struct text *text, uint64_t address, uint64_t *ret_target)
{
	struct span s;
	uint32_t first, second;

	if (!bytes_before(text, address, 8, &s))
		return false;
	first = word_at(text, s, 0);
	second = word_at(text, s, 4);
	/* auipc ra, HIGH; jalr ra, LOW(ra) */
	if ((first & 0xfff) == 0x097 && (second & 0xfffff) == 0x080e7) {
		*ret_target =
			address - 8 + extend(first & 0xfffff000, 32) + extend(second >> 20, 12);
		return true;
	}
	if ((second & 0xfff) != 0x0ef)
		return false;
	*ret_target = address - 4 + riscv_jal(second);
	return true;
}

static bool x86_target(const struct text *text, uint64_t address, uint64_t *ret_target)
{
	struct span s;

	if (!bytes_before(text, address, 5, &s) || s.p[0] != 0xe8)
		return false;
	*ret_target = address + extend(get_le32(s.p + 1), 32);
	if (text->arch == TEXT_X86)
		*ret_target &= UINT32_MAX;
	return true;
}

static bool s390_target(const struct text *text, uint64_t address, uint64_t *ret_target)
{
	struct span s;

	if (!bytes_before(text, address, 6, &s) || s.p[0] != 0xc0 || (s.p[1] & 0x0f) != 5)
		return false;
	*ret_target = address - 6 + 2 * extend(get_be32(s.p + 2), 32);
	return true;
}

static bool word_target(const struct text *text, uint64_t address, uint64_t *ret_target)
{
	struct span s;
	uint32_t w;

	if (!bytes_before(text, address, 4, &s))
		return false;
	w = word_at(text, s, 0);
	switch (text->arch) {
	case TEXT_ARM64:
		*ret_target = address - 4 + 4 * extend(w, 26);
		return w >> 26 == 0x25;
	case TEXT_ARM:
		*ret_target = (address + 4 + 4 * extend(w, 24)) & UINT32_MAX;
		return (w >> 24 & 0x0f) == 0x0b && w >> 28 != 0x0f;
	case TEXT_PPC:
		*ret_target = address - 4 + extend(w & 0x03fffffc, 26);
		return w >> 26 == 18 && (w & 3) == 1;
	default:
		return false;
	}
}

bool text_call_target(const struct text *text, uint64_t address, uint64_t *ret_target)
{
	switch (text->arch) {
	case TEXT_X86:
	case TEXT_X86_64:
		return x86_target(text, address, ret_target);
	case TEXT_RISCV:
		return riscv_target(text, address, ret_target);
	case TEXT_S390:
		return s390_target(text, address, ret_target);
	default:
		return word_target(text, address, ret_target);
	}
}

static bool is_behind_indirect(const struct text *text, uint64_t address)
{
	struct span s;

	switch (text->arch) {
	case TEXT_X86:
	case TEXT_X86_64:
		for (size_t n = 2; n <= 7; n++)
			if (bytes_before(text, address, n, &s) && is_indirect_x86(s, n))
				return true;
		return false;
	case TEXT_ARM64:
		return bytes_before(text, address, 4, &s) &&
		       (word_at(text, s, 0) & 0xfffffc1f) == 0xd63f0000;
	default:
		return false;
	}
}

bool text_is_behind_call(const struct text *text, uint64_t address)
{
	uint64_t target;

	return text_call_target(text, address, &target) || is_behind_indirect(text, address);
}

/* Functions that are longer are not searched. */
enum { LONGEST_FUNCTION = 64 << 10 };

/* Whether there is a call of target in the size bytes from start on. */
static bool is_called_within(const struct text *text, uint64_t start, uint64_t size,
			     uint64_t target)
{
	unsigned int step = text->arch == TEXT_X86 || text->arch == TEXT_X86_64 ? 1 : 2;
	uint64_t found;

	if (size > LONGEST_FUNCTION)
		return false;
	for (uint64_t at = step; at <= size; at += step)
		if (text_call_target(text, start + at, &found) && found == target)
			return true;
	return false;
}

/* ---- frames that several places fit ---- */

/* How far outwards the caller is looked for: between it and the frame may lie what was left on the stack. */
enum { OUTWARDS = 4 };

static bool is_open(const struct kimg_oops_frame *frame)
{
	return frame->certainty == KIMG_OOPS_CANDIDATES && frame->place_count > 1 &&
	       !frame->places[0].module;
}

static void settle(struct kimg_oops_frame *frame, size_t place)
{
	frame->places = &frame->places[place];
	frame->place_count = 1;
	frame->certainty = KIMG_OOPS_BY_CALL;
}

/* The one place of frame that the code behind one of the places of caller calls; SIZE_MAX where none or several. */
static size_t called_by(const struct text *text, const struct kimg_oops_frame *caller,
			const struct kimg_oops_frame *frame)
{
	size_t found = SIZE_MAX;
	uint64_t target;

	for (size_t i = 0; i < caller->place_count && !caller->exact; i++) {
		const struct kimg_oops_place *from = &caller->places[i];

		if (from->module || !text_call_target(text, from->address + from->offset, &target))
			continue;
		for (size_t j = 0; j < frame->place_count; j++) {
			if (frame->places[j].address != target || found == j)
				continue;
			if (found != SIZE_MAX)
				return SIZE_MAX;
			found = j;
		}
	}
	return found;
}

/*
 * The same for what was left on the stack, "? name": the caller has gone on since, and made other calls. The one
 * place that is called anywhere in it.
 */
static size_t called_within(const struct text *text, const struct kimg_oops_frame *caller,
			    const struct kimg_oops_frame *frame)
{
	size_t found = SIZE_MAX;

	if (caller->place_count != 1 || caller->places[0].module)
		return SIZE_MAX;
	for (size_t i = 0; i < frame->place_count; i++) {
		if (!is_called_within(text, caller->places[0].address, caller->places[0].size,
				      frame->places[i].address))
			continue;
		if (found != SIZE_MAX)
			return SIZE_MAX;
		found = i;
	}
	return found;
}

/* The one place of frame that calls callee; SIZE_MAX where none or several. */
static size_t calls_this(const struct text *text, const struct kimg_oops_frame *frame,
			 const struct kimg_oops_frame *callee)
{
	size_t found = SIZE_MAX;
	uint64_t target;

	if (callee->place_count != 1 || callee->places[0].module || frame->exact)
		return SIZE_MAX;
	for (size_t i = 0; i < frame->place_count; i++) {
		const struct kimg_oops_place *place = &frame->places[i];

		if (!text_call_target(text, place->address + place->offset, &target) ||
		    target != callee->places[0].address)
			continue;
		if (found != SIZE_MAX)
			return SIZE_MAX;
		found = i;
	}
	return found;
}

/* Frame i of n, innermost first. */
static void settle_frame(const struct text *text, struct kimg_oops_frame **frames, size_t i,
			 size_t n)
{
	size_t place = SIZE_MAX;

	for (size_t j = i + 1; j < n && j <= i + OUTWARDS && place == SIZE_MAX; j++)
		place = called_by(text, frames[j], frames[i]);
	for (size_t j = i + 1; j < n && j <= i + OUTWARDS && place == SIZE_MAX; j++)
		if (frames[i]->unreliable)
			place = called_within(text, frames[j], frames[i]);
	if (place == SIZE_MAX && i > 0)
		place = calls_this(text, frames[i], frames[i - 1]);
	if (place != SIZE_MAX)
		settle(frames[i], place);
}

void calls_settle(struct resolving *r, struct kimg_oops_block *block)
{
	struct kimg_oops_frame **frames;
	struct text text;
	size_t n = 0, open = 0;

	open = block->has_pc && is_open(&block->pc);
	for (size_t i = 0; i < block->frame_count; i++)
		open += is_open(&block->frames[i]);
	if (open == 0 || r->differs || !text_open(r->kernel, &r->report->oops, &text))
		return;
	frames = report_alloc(r->report,
			      (block->frame_count + 1) * sizeof(struct kimg_oops_frame *));
	if (!frames)
		return;
	if (block->has_pc)
		frames[n++] = &block->pc;
	for (size_t i = 0; i < block->frame_count; i++)
		frames[n++] = &block->frames[i];
	for (size_t i = 0; i < n; i++)
		if (is_open(frames[i]))
			settle_frame(&text, frames, i, n);
}
