/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What comes out of an x86 payload: arch/x86/boot/compressed/Makefile (6.12) packs vmlinux.bin, an ELF file
 * since 2.6.26, and behind it, with CONFIG_X86_NEED_RELOCS, vmlinux.relocs, which arch/x86/tools/relocs.c
 * writes. The decompressor reads it backwards from the end of the payload, each word the place of a
 * relocation by its link address, and 0 ends each list:
 *
 *   64 bits  0, relocs64, 0, relocs32neg (per-CPU data; gone in 6.15), 0, relocs32
 *   32 bits  0, relocs32
 *
 * Before 2.6.26 a flat kernel comes out.
 */
#include "format/elf.h"
#include "format/registry.h"
#include "format/x86.h"

#define WORD      4u
#define MAX_LISTS 3
#define ELFCLASS  4
#define ELF64     2

/* The lists' lengths, the last one first; false where the words are not such lists. */
static bool count_lists(struct span s, uint64_t ret_counts[MAX_LISTS], unsigned int *ret_lists)
{
	unsigned int lists = 0;
	uint64_t count = 0;

	if (s.n % WORD || span_le32(s, 0) != 0)
		return false;
	for (uint64_t at = s.n; at >= WORD; at -= WORD) {
		if (get_le32(s.p + at - WORD) != 0) {
			count++;
			continue;
		}
		if (lists == MAX_LISTS)
			return false;
		ret_counts[lists++] = count;
		count = 0;
	}
	*ret_lists = lists;
	return true;
}

static void add_relocs(struct kimg_part *part, struct span s, uint64_t at, bool wide)
{
	uint64_t counts[MAX_LISTS] = { 0 };
	struct kimg_part *relocs;
	unsigned int lists = 0;

	if (at >= s.n)
		return;
	if (!count_lists(span_from(s, at), counts, &lists) || (!wide && lists > 1)) {
		part_add(part, KIMG_PART_GAP, "tail", at, s.n - at);
		note_bad(part, "what follows the ELF file is no list of relocations");
		return;
	}
	relocs = part_add(part, KIMG_PART_TABLE, "relocs", at, s.n - at);
	field_number(relocs, "lists", lists);
	if (lists > 1)
		field_number(relocs, "relocs64", counts[lists - 1]);
	if (lists > 2)
		field_number(relocs, "relocs32neg", counts[1]);
	field_number(relocs, "relocs32", counts[0]);
}

void x86_mark_flat_kernel(struct kimg_part *part)
{
	size_t at;

	if (span_find(part_span(part), 0, SPAN_LITERAL("Linux version "), &at))
		part->kind = KIMG_PART_KERNEL;
	else
		note_bad(part, "neither ELF nor a flat kernel, which has a banner");
}

static struct kimg_error *parse(struct kimg_part *part)
{
	struct span s = part_span(part);
	uint64_t end = elf_file_end(s);

	if (end == 0) {
		x86_mark_flat_kernel(part);
		return NULL;
	}
	part_add_nested(part, KIMG_PART_KERNEL, "vmlinux", 0, end);
	add_relocs(part, s, end, s.p[ELFCLASS] == ELF64);
	return NULL;
}

const struct format format_x86_payload = {
	.name = "x86-payload",
	.title = "x86 kernel and its relocations",
	.parse = parse,
};

void x86_mark_found(struct kimg_part *parent)
{
	for (const struct kimg_part *child = parent->children; child; child = child->next) {
		struct kimg_part *content = (struct kimg_part *)child->content;

		if (content && !content->format)
			x86_mark_flat_kernel(content);
	}
}
