/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The address that offsets count from, where the tables do not hold it. */
#include "symbol/kallsyms.h"

/*
 * Kernels for s390 have no pointers: the decompressor relocates them with a table of its own. They are linked
 * to start at 0x100000 (arch/s390/kernel/vmlinux.lds.S), with startup_continue (head64.S).
 */
#define S390_BASE 0x100000

bool kallsyms_is_s390(const struct kallsyms *k)
{
	uint64_t at = k->names;
	char name[32];
	size_t n = 0;
	struct span codes;

	if (!k->big_endian || k->bits != 64 || !kallsyms_next_name(k, &at, k->names_end, &codes))
		return false;
	for (size_t i = 0; i < codes.n; i++) {
		struct span text = k->tokens[codes.p[i]];

		if (text.n > sizeof(name) - n)
			return false;
		memcpy(name + n, text.p, text.n);
		n += text.n;
	}
	return span_equal(span_of(name, n), SPAN_LITERAL("Tstartup_continue"));
}

/* What is to be added to the addresses of a raw image, which count from its start or from the lowest one. */
static struct kimg_error *base_of_raw(struct kallsyms *k, struct kimg_symbols *symbols,
				      uint64_t *ret_base)
{
	bool may_be_32 = k->kind == KALLSYMS_PC_RELATIVE;
	size_t votes;

	if (kallsyms_is_s390(k)) {
		*ret_base = S390_BASE;
		symbols_note(symbols, false, "base address 0x%x: that of all kernels for s390",
			     S390_BASE);
		return NULL;
	}
	if (!kallsyms_vote(k, k->bits, ret_base, &votes)) {
		if (!may_be_32 || !kallsyms_vote(k, 32, ret_base, &votes))
			return error_new(KIMG_E_NOT_FOUND,
					 "kallsyms: nothing in the image tells its base address");
		k->bits = 32;
	}
	symbols_note(symbols, false,
		     "base address 0x%llx found by %zu pointers that lead to symbols with it",
		     (unsigned long long)*ret_base, votes);
	return NULL;
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
	uint64_t slot;

	if (k->kind == KALLSYMS_PC_RELATIVE) {
		if (!elf_offset_to_vaddr(&k->elf, k->addresses, &k->base))
			return error_at(KIMG_E_CORRUPT, k->addresses,
					"kallsyms: tables that no segment loads");
		if (!k->elf.is64)
			k->bits = 32;
		return NULL;
	}
	if (k->base_slot && k->base == 0 && k->bits == 64 &&
	    elf_offset_to_vaddr(&k->elf, k->base_slot, &slot))
		find_relocation(k, slot, &k->base);
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
	if (k->kind == KALLSYMS_PC_RELATIVE) {
		k->base = k->addresses;
		if (!symbols->has_base)
			TRY(base_of_raw(k, symbols, &symbols->base));
		symbols->has_base = true;
		k->base += symbols->base;
	} else if (k->base_slot && k->base == 0) {
		if (!options->has_base)
			TRY(base_of_raw(k, symbols, &base));
		else if (!find_relocation(k, options->base + k->base_slot, &base))
			base = options->base;
		k->base = base;
	}
	return NULL;
}
