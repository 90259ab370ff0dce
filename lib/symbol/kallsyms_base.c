/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The address that offsets count from, where the tables do not hold it. */
#include "symbol/kallsyms.h"

/*
 * Kernels for s390 have no pointers: the decompressor relocates them with a table of its own. They are linked
 * to start at 0x100000 (arch/s390/kernel/vmlinux.lds.S), with startup_continue (head64.S).
 */
#define S390_BASE 0x100000

/* The type and name at *at, which is moved behind them, into text; cut where it is longer. */
static struct span next_text(const struct kallsyms *k, uint64_t *at, char *text, size_t size)
{
	struct span codes = { 0 };
	size_t n = 0;

	if (!kallsyms_next_name(k, at, k->names_end, &codes))
		return codes;
	for (size_t i = 0; i < codes.n; i++) {
		struct span piece = span_clip(k->tokens[codes.p[i]], 0, size - n);

		memcpy(text + n, piece.p, piece.n);
		n += piece.n;
	}
	return span_of(text, n);
}

bool kallsyms_is_s390(const struct kallsyms *k)
{
	enum { AT_START = 8 }; /* more names than there are for the first address */
	uint64_t at = k->names;
	char text[32];

	if (!k->big_endian || k->bits != 64)
		return false;
	for (unsigned int i = 0; i < AT_START; i++)
		if (span_equal(next_text(k, &at, text, sizeof(text)),
			       SPAN_LITERAL("Tstartup_continue")))
			return true;
	return false;
}

/* What is to be added to addresses that count from the start of a raw image, or from the lowest one. */
static struct kimg_error *find_base(struct kallsyms *k, uint64_t *ret_base)
{
	if (kallsyms_is_s390(k)) {
		*ret_base = S390_BASE;
		k->assumed = true;
		return NULL;
	}
	if (kallsyms_vote(k, k->bits, ret_base, &k->votes))
		return NULL;
	if (k->kind == KALLSYMS_PC_RELATIVE && kallsyms_vote(k, 32, ret_base, &k->votes)) {
		k->bits = 32;
		return NULL;
	}
	return error_new(KIMG_E_NOT_FOUND, "kallsyms: nothing in the image tells its base address");
}

/* The addend of the relocation that fills the slot at vaddr (Elf64_Rela: r_offset, r_info, r_addend). */
static bool find_relocation(const struct kallsyms *k, uint64_t vaddr, uint64_t *ret_addend)
{
	uint8_t bytes[8];
	size_t at = 0;

	for (unsigned int i = 0; i < 8; i++)
		bytes[i] = vaddr >> 8 * (k->big_endian ? 7 - i : i);
	for (; span_find(k->kernel, at, span_of(bytes, 8), &at); at++) {
		uint64_t info = kallsyms_u64(k, at + 8);

		*ret_addend = kallsyms_u64(k, at + 16);
		if (info && info < 0x1000 && *ret_addend)
			return true;
	}
	return false;
}

static struct kimg_error *base_of_elf(struct kallsyms *k)
{
	uint64_t slot, offset;

	if (k->kind == KALLSYMS_PC_RELATIVE) {
		if (!elf_offset_to_vaddr(&k->elf, k->addresses, &k->base))
			return error_at(KIMG_E_CORRUPT, k->addresses,
					"kallsyms: tables that no segment loads");
		if (!k->elf.is64)
			k->bits = 32;
		return NULL;
	}
	if (!k->base_slot || k->base || elf_vaddr_to_offset(&k->elf, 0, &offset))
		return NULL;
	if (k->bits == 64 && elf_offset_to_vaddr(&k->elf, k->base_slot, &slot) &&
	    find_relocation(k, slot, &k->base))
		return NULL;
	return find_base(k, &k->base);
}

/* Offsets count from where they stand. */
static struct kimg_error *base_of_raw_pc_relative(struct kallsyms *k,
						  const struct kimg_symbols_options *options,
						  struct kimg_symbols *symbols)
{
	k->base = k->addresses;
	if (!options->has_base)
		TRY(find_base(k, &symbols->base));
	else if (options->base >> 30 && !(options->base >> 32))
		k->bits = 32; /* kernels for s390 are far below 1 GiB */
	symbols->has_base = true;
	k->base += symbols->base;
	return NULL;
}

struct kimg_error *kallsyms_find_base(struct kallsyms *k,
				      const struct kimg_symbols_options *options,
				      struct kimg_symbols *symbols)
{
	uint64_t base;

	if (k->is_elf)
		return base_of_elf(k);
	symbols->has_base = options->has_base;
	symbols->base = options->base;
	if (k->kind == KALLSYMS_PC_RELATIVE)
		return base_of_raw_pc_relative(k, options, symbols);
	if (!k->base_slot || k->base)
		return NULL;
	if (!options->has_base)
		TRY(find_base(k, &base));
	else if (!find_relocation(k, options->base + k->base_slot, &base))
		base = options->base;
	k->base = base;
	return NULL;
}
