/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The relocations of debug information in a module, which are of few kinds: the address of a section or symbol, the
 * offset of something in another section of debug information, and where the linker may still change the
 * size of code (RISC-V, LoongArch) the difference of two addresses as an addition and a subtraction.
 *
 *	Elf32_Rel   r_offset 4, r_info 4             the symbol is r_info >> 8, the type its lower 8 bits
 *	Elf32_Rela  the same, r_addend 4
 *	Elf64_Rel   r_offset 8, r_info 8             r_info >> 32, the lower 32 bits
 *	Elf64_Rela  the same, r_addend 8
 *	Elf32_Sym   st_name 4, st_value 4, st_size 4, st_info 1, st_other 1, st_shndx 2
 *	Elf64_Sym   st_name 4, st_info 1, st_other 1, st_shndx 2, st_value 8, st_size 8
 *
 * r_info of 64-bit MIPS: symbol 4, special symbol 1, types 1 each: third, second, first; in that order, in both byte
 * orders. Types are those of the supplements of the ABI for the processors, which <elf.h> names.
 */
#include <elf.h>

#include "debug/source.h"

/* glibc before 2.39 lacks these; LoongArch ELF ABI 2.20, RISC-V ELF psABI 1.0. */
#define LARCH_SUB6        106
#define LARCH_ADD6        105
#define LARCH_ADD_ULEB128 107
#define LARCH_SUB_ULEB128 108
#define RISCV_SET_ULEB128 60
#define RISCV_SUB_ULEB128 61

enum action { PUT, ADD, SUBTRACT };

/* The size of what is changed, where it is no number of bytes. */
enum { SIX_BITS = 0, ULEB128 = -1 };

struct kind {
	uint16_t machine;
	uint16_t type;
	uint8_t action;
	int8_t size;
};

static const struct kind kinds[] = {
	{ EM_X86_64, R_X86_64_64, PUT, 8 },
	{ EM_X86_64, R_X86_64_32, PUT, 4 },
	{ EM_X86_64, R_X86_64_32S, PUT, 4 },
	{ EM_X86_64, R_X86_64_16, PUT, 2 },
	{ EM_X86_64, R_X86_64_8, PUT, 1 },
	{ EM_386, R_386_32, PUT, 4 },
	{ EM_386, R_386_16, PUT, 2 },
	{ EM_386, R_386_8, PUT, 1 },
	{ EM_AARCH64, R_AARCH64_ABS64, PUT, 8 },
	{ EM_AARCH64, R_AARCH64_ABS32, PUT, 4 },
	{ EM_AARCH64, R_AARCH64_ABS16, PUT, 2 },
	{ EM_ARM, R_ARM_ABS32, PUT, 4 },
	{ EM_ARM, R_ARM_ABS16, PUT, 2 },
	{ EM_ARM, R_ARM_ABS8, PUT, 1 },
	{ EM_PPC64, R_PPC64_ADDR64, PUT, 8 },
	{ EM_PPC64, R_PPC64_UADDR64, PUT, 8 },
	{ EM_PPC64, R_PPC64_ADDR32, PUT, 4 },
	{ EM_PPC64, R_PPC64_UADDR32, PUT, 4 },
	{ EM_PPC64, R_PPC64_ADDR16, PUT, 2 },
	{ EM_PPC, R_PPC_ADDR32, PUT, 4 },
	{ EM_PPC, R_PPC_UADDR32, PUT, 4 },
	{ EM_PPC, R_PPC_ADDR16, PUT, 2 },
	{ EM_S390, R_390_64, PUT, 8 },
	{ EM_S390, R_390_32, PUT, 4 },
	{ EM_S390, R_390_16, PUT, 2 },
	{ EM_S390, R_390_8, PUT, 1 },
	{ EM_MIPS, R_MIPS_64, PUT, 8 },
	{ EM_MIPS, R_MIPS_32, PUT, 4 },
	{ EM_SPARC, R_SPARC_32, PUT, 4 },
	{ EM_SPARC, R_SPARC_UA32, PUT, 4 },
	{ EM_SPARCV9, R_SPARC_64, PUT, 8 },
	{ EM_SPARCV9, R_SPARC_UA64, PUT, 8 },
	{ EM_SPARCV9, R_SPARC_32, PUT, 4 },
	{ EM_SPARCV9, R_SPARC_UA32, PUT, 4 },
	{ EM_RISCV, R_RISCV_64, PUT, 8 },
	{ EM_RISCV, R_RISCV_32, PUT, 4 },
	{ EM_RISCV, R_RISCV_SET32, PUT, 4 },
	{ EM_RISCV, R_RISCV_SET16, PUT, 2 },
	{ EM_RISCV, R_RISCV_SET8, PUT, 1 },
	{ EM_RISCV, R_RISCV_SET6, PUT, SIX_BITS },
	{ EM_RISCV, RISCV_SET_ULEB128, PUT, ULEB128 },
	{ EM_RISCV, R_RISCV_ADD64, ADD, 8 },
	{ EM_RISCV, R_RISCV_ADD32, ADD, 4 },
	{ EM_RISCV, R_RISCV_ADD16, ADD, 2 },
	{ EM_RISCV, R_RISCV_ADD8, ADD, 1 },
	{ EM_RISCV, R_RISCV_SUB64, SUBTRACT, 8 },
	{ EM_RISCV, R_RISCV_SUB32, SUBTRACT, 4 },
	{ EM_RISCV, R_RISCV_SUB16, SUBTRACT, 2 },
	{ EM_RISCV, R_RISCV_SUB8, SUBTRACT, 1 },
	{ EM_RISCV, R_RISCV_SUB6, SUBTRACT, SIX_BITS },
	{ EM_RISCV, RISCV_SUB_ULEB128, SUBTRACT, ULEB128 },
	{ EM_LOONGARCH, R_LARCH_64, PUT, 8 },
	{ EM_LOONGARCH, R_LARCH_32, PUT, 4 },
	{ EM_LOONGARCH, R_LARCH_ADD64, ADD, 8 },
	{ EM_LOONGARCH, R_LARCH_ADD32, ADD, 4 },
	{ EM_LOONGARCH, R_LARCH_ADD24, ADD, 3 },
	{ EM_LOONGARCH, R_LARCH_ADD16, ADD, 2 },
	{ EM_LOONGARCH, R_LARCH_ADD8, ADD, 1 },
	{ EM_LOONGARCH, LARCH_ADD6, ADD, SIX_BITS },
	{ EM_LOONGARCH, LARCH_ADD_ULEB128, ADD, ULEB128 },
	{ EM_LOONGARCH, R_LARCH_SUB64, SUBTRACT, 8 },
	{ EM_LOONGARCH, R_LARCH_SUB32, SUBTRACT, 4 },
	{ EM_LOONGARCH, R_LARCH_SUB24, SUBTRACT, 3 },
	{ EM_LOONGARCH, R_LARCH_SUB16, SUBTRACT, 2 },
	{ EM_LOONGARCH, R_LARCH_SUB8, SUBTRACT, 1 },
	{ EM_LOONGARCH, LARCH_SUB6, SUBTRACT, SIX_BITS },
	{ EM_LOONGARCH, LARCH_SUB_ULEB128, SUBTRACT, ULEB128 },
};

struct relocation {
	uint64_t offset;
	uint64_t symbol; /* its index */
	unsigned int type;
	bool has_addend;
	uint64_t addend;
};

/* All there is to a section of relocations. */
struct relocator {
	const struct kimg_source *source;
	const struct kind *kinds; /* those of the machine */
	size_t kind_count;
	struct span symbols;
	struct span section_indexes; /* SHT_SYMTAB_SHNDX; empty: none */
	uint8_t *bytes;              /* what is relocated */
	size_t n;
};

static struct cursor cursor_of(const struct relocator *r, struct span s)
{
	return (struct cursor){ .s = s, .big_endian = r->source->elf.big_endian };
}

/* ---- symbols ---- */

static uint64_t symbol_value(const struct relocator *r, uint64_t index)
{
	const struct elf *elf = &r->source->elf;
	struct cursor c = cursor_of(r, r->symbols);
	uint64_t value, section;

	if (index > r->symbols.n)
		return 0;
	cursor_seek(&c, index * (elf->is64 ? 24 : 16) + (elf->is64 ? 6 : 4));
	if (elf->is64) {
		section = cursor_u16(&c);
		value = cursor_u64(&c);
	} else {
		value = cursor_u32(&c);
		cursor_skip(&c, 6);
		section = cursor_u16(&c);
	}
	if (c.failed)
		return 0;
	if (section == SHN_XINDEX) {
		c = cursor_of(r, r->section_indexes);
		cursor_seek(&c, index * 4);
		section = cursor_u32(&c);
	} else if (section >= SHN_LORESERVE) {
		return section == SHN_ABS ? value : 0;
	}
	return section && section < elf->sections ? value + r->source->addresses[section] : 0;
}

/* ---- one relocation ---- */

static uint64_t get(const struct relocator *r, const uint8_t *p, int size)
{
	const bool big = r->source->elf.big_endian;
	uint64_t value = 0;

	for (int i = 0; i < size; i++)
		value = value << 8 | p[big ? i : size - 1 - i];
	return value;
}

static void put(const struct relocator *r, uint8_t *p, int size, uint64_t value)
{
	const bool big = r->source->elf.big_endian;

	for (int i = 0; i < size; i++, value >>= 8)
		p[big ? size - 1 - i : i] = (uint8_t)value;
}

static uint64_t combine(unsigned int action, uint64_t old, uint64_t value)
{
	return action == ADD ? old + value : action == SUBTRACT ? old - value : value;
}

/* A number that keeps its length. */
static void change_uleb128(uint8_t *p, size_t room, unsigned int action, uint64_t value)
{
	uint64_t old = 0;
	size_t n = 0;

	while (n < room && (p[n] & 0x80))
		n++;
	if (n == room || n >= 10)
		return;
	for (size_t i = n + 1; i-- > 0;)
		old = old << 7 | (p[i] & 0x7f);
	value = combine(action, old, value);
	for (size_t i = 0; i <= n; i++, value >>= 7)
		p[i] = (uint8_t)((value & 0x7f) | (i < n ? 0x80 : 0));
}

static void change(const struct relocator *r, const struct kind *kind,
		   const struct relocation *relocation)
{
	size_t need = kind->size > 0 ? kind->size : 1;
	uint64_t value = symbol_value(r, relocation->symbol) + relocation->addend;
	uint8_t *p;

	if (relocation->offset > r->n || r->n - relocation->offset < need)
		return;
	p = r->bytes + relocation->offset;
	if (kind->size == ULEB128)
		change_uleb128(p, r->n - relocation->offset, kind->action, value);
	else if (kind->size == SIX_BITS)
		*p = (*p & 0xc0) | (combine(kind->action, *p, value) & 0x3f);
	else if (kind->action == PUT && relocation->has_addend)
		put(r, p, kind->size, value);
	else
		put(r, p, kind->size,
		    combine(kind->action == PUT ? ADD : kind->action, get(r, p, kind->size),
			    value));
}

static void apply(const struct relocator *r, const struct relocation *relocation)
{
	for (size_t i = 0; i < r->kind_count; i++)
		if (r->kinds[i].type == relocation->type) {
			change(r, &r->kinds[i], relocation);
			return;
		}
	/* Those of addresses that do not name code: of thread-local variables, for one. */
}

/* ---- a section of them ---- */

static void read_info(const struct relocator *r, struct cursor *c, struct relocation *relocation)
{
	const struct elf *elf = &r->source->elf;
	uint64_t info;

	if (elf->is64 && elf->machine == EM_MIPS) {
		relocation->symbol = cursor_u32(c);
		cursor_skip(c, 3);
		relocation->type = cursor_u8(c);
	} else if (elf->is64) {
		info = cursor_u64(c);
		relocation->symbol = info >> 32;
		/* SPARC keeps data in the upper 24 bits. */
		relocation->type = info & (elf->machine == EM_SPARCV9 ? 0xff : 0xffffffff);
	} else {
		info = cursor_u32(c);
		relocation->symbol = info >> 8;
		relocation->type = info & 0xff;
	}
}

static void apply_all(const struct relocator *r, struct span entries, bool has_addend)
{
	const bool is64 = r->source->elf.is64;
	struct cursor c = cursor_of(r, entries);

	for (;;) {
		struct relocation relocation = { .has_addend = has_addend };

		relocation.offset = is64 ? cursor_u64(&c) : cursor_u32(&c);
		read_info(r, &c, &relocation);
		if (has_addend)
			relocation.addend = is64 ? cursor_u64(&c)
						 : (uint64_t)(int32_t)cursor_u32(&c);
		if (c.failed)
			return;
		apply(r, &relocation);
	}
}

static void set_symbols(struct relocator *r, uint32_t index)
{
	const struct elf *elf = &r->source->elf;
	struct elf_section section;

	r->symbols = r->section_indexes = (struct span){ 0 };
	if (elf_section_at(elf, index, &section))
		r->symbols = elf_section_bytes(elf, &section);
	for (uint32_t i = 0; elf_section_at(elf, i, &section); i++)
		if (section.type == SHT_SYMTAB_SHNDX && section.link == index)
			r->section_indexes = elf_section_bytes(elf, &section);
}

/* Memory that may be written to. */
static struct kimg_error *make_own(struct debug_section *section)
{
	uint8_t *own;

	if (section->own)
		return NULL;
	own = malloc(section->bytes.n + 1);
	if (!own)
		return error_nomem();
	if (section->bytes.n)
		memcpy(own, section->bytes.p, section->bytes.n);
	section->own = own;
	section->bytes.p = own;
	return NULL;
}

static void set_kinds(struct relocator *r)
{
	r->kinds = kinds;
	while (r->kinds < kinds + ARRAY_SIZE(kinds) && r->kinds->machine != r->source->elf.machine)
		r->kinds++;
	while (r->kinds + r->kind_count < kinds + ARRAY_SIZE(kinds) &&
	       r->kinds[r->kind_count].machine == r->source->elf.machine)
		r->kind_count++;
}

static struct debug_section *target_of(struct kimg_source *source, const struct elf_section *found)
{
	if (found->type != SHT_REL && found->type != SHT_RELA)
		return NULL;
	for (unsigned int i = 0; i < SECTIONS_N; i++)
		if (source->sections[i].index && source->sections[i].index == found->info)
			return source->sections[i].relocated ? NULL : &source->sections[i];
	return NULL;
}

struct kimg_error *relocate_sections(struct kimg_source *source)
{
	struct relocator r = { .source = source };
	struct elf_section found;

	set_kinds(&r);
	for (uint32_t i = 0; elf_section_at(&source->elf, i, &found); i++) {
		struct debug_section *target = target_of(source, &found);

		if (!target)
			continue;
		if (r.kind_count == 0)
			return error_new(KIMG_E_UNSUPPORTED,
					 "relocations of machine %u are not known",
					 source->elf.machine);
		/* One section of relocations is for one other; more would cost what they like. */
		target->relocated = true;
		TRY(make_own(target));
		r.bytes = target->own;
		r.n = target->bytes.n;
		set_symbols(&r, found.link);
		apply_all(&r, elf_section_bytes(&source->elf, &found), found.type == SHT_RELA);
	}
	return NULL;
}
