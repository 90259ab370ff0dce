/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which machine a raw kernel is for, as the formats around it tell. */
#include <elf.h>

#include "symbol/vmlinux.h"

#ifndef EM_LOONGARCH
#define EM_LOONGARCH 258
#endif

#ifndef EF_RISCV_RVC
#define EF_RISCV_RVC 1
#endif

/* Newer than some C libraries: binutils' include/elf/loongarch.h. */
#define LOONGARCH_SOFT_FLOAT 0x1
#define LOONGARCH_OBJ_V1     0x40
#define R_LOONGARCH_REL      3

/*
 * What kernels of a machine have in common: flags as their toolchains set them, ENTRY() of vmlinux.lds.S, and what
 * the function is called, behind a prefix, that relocates the kernel in early boot (all of 6.12).
 */
static const struct kind {
	uint16_t machine;
	uint8_t bits; /* 0: either */
	bool big_endian;
	uint32_t flags;
	uint32_t relative;
	const char *entry;
	const char *relocator;
} kinds[] = {
	{ EM_AARCH64, 64, false, 0, R_AARCH64_RELATIVE, NULL, "relocate_kernel" },
	{ EM_ARM, 32, false, EF_ARM_EABI_VER5, 0, "stext", NULL },
	{ EM_RISCV, 0, false, EF_RISCV_RVC, R_RISCV_RELATIVE, NULL, "relocate_kernel" },
	{ EM_LOONGARCH, 64, false, LOONGARCH_SOFT_FLOAT | LOONGARCH_OBJ_V1, R_LOONGARCH_REL,
	  "kernel_entry", "relocate_kernel" },
	{ EM_S390, 0, true, 0, R_390_RELATIVE, "startup_continue", NULL },
	{ EM_MIPS, 0, true, 0, 0, "kernel_entry", NULL },
	{ EM_386, 32, false, 0, 0, NULL, NULL },
	{ EM_X86_64, 64, false, 0, 0, NULL, NULL },
	{ EM_PPC, 32, true, 0, 0, NULL, NULL },
	{ EM_PPC64, 64, true, 0, 0, NULL, NULL },
	{ EM_SH, 32, false, 0, 0, NULL, NULL },
	{ EM_SPARC, 32, true, 0, 0, NULL, NULL },
	{ EM_SPARCV9, 64, true, 0, 0, NULL, NULL },
	{ EM_68K, 32, true, 0, 0, NULL, NULL },
	{ EM_MICROBLAZE, 32, false, 0, 0, NULL, NULL },
	{ EM_ALTERA_NIOS2, 32, false, 0, 0, NULL, NULL },
	{ EM_ARC_COMPACT, 32, false, 0, 0, NULL, NULL },
	{ EM_XTENSA, 32, false, 0, 0, NULL, NULL },
	{ EM_OPENRISC, 32, true, 0, 0, NULL, NULL },
	{ EM_BLACKFIN, 32, false, 0, 0, NULL, NULL },
	{ EM_IA_64, 64, false, 0, 0, NULL, NULL },
	{ EM_ALPHA, 64, false, 0, 0, NULL, NULL },
};

/* x86 is one of two, by the bits of its addresses. */
enum { X86 = 0xffff };

/* The names of formats, and of architectures in the headers of U-Boot and of flattened image trees. */
static const struct {
	const char *name;
	uint16_t machine;
} formats[] = {
	{ "image-arm64", EM_AARCH64 },
	{ "image-riscv", EM_RISCV },
	{ "image-loongarch", EM_LOONGARCH },
	{ "image-s390", EM_S390 },
	{ "zimage-arm", EM_ARM },
	{ "bzimage", X86 },
	{ "zimage-x86", X86 },
	{ "bootsect", X86 },
	{ "x86-payload", X86 },
}, architectures[] = {
	{ "arm64", EM_AARCH64 },
	{ "arm", EM_ARM },
	{ "riscv", EM_RISCV },
	{ "loongarch", EM_LOONGARCH },
	{ "s390", EM_S390 },
	{ "mips", EM_MIPS },
	{ "mips64", EM_MIPS },
	{ "x86", X86 },
	{ "x86_64", X86 },
	{ "powerpc", EM_PPC },
	{ "sh", EM_SH },
	{ "sparc", EM_SPARC },
	{ "sparc64", EM_SPARCV9 },
	{ "m68k", EM_68K },
	{ "microblaze", EM_MICROBLAZE },
	{ "nios2", EM_ALTERA_NIOS2 },
	{ "arc", EM_ARC_COMPACT },
	{ "xtensa", EM_XTENSA },
	{ "or1k", EM_OPENRISC },
	{ "blackfin", EM_BLACKFIN },
	{ "ia64", EM_IA_64 },
	{ "alpha", EM_ALPHA },
};

static uint16_t machine_of_format(const char *format)
{
	for (size_t i = 0; format && i < ARRAY_SIZE(formats); i++)
		if (strcmp(formats[i].name, format) == 0)
			return formats[i].machine;
	return EM_NONE;
}

static uint16_t machine_of_architecture(struct span name)
{
	for (size_t i = 0; i < ARRAY_SIZE(architectures); i++)
		if (span_equal(name, span_of(architectures[i].name, strlen(architectures[i].name))))
			return architectures[i].machine;
	return EM_NONE;
}

/* The field of part, or of a header in it. */
static const struct kimg_field *find_field(const struct kimg_part *part, const char *name)
{
	const struct kimg_field *field = kimg_part_field(part, name);

	for (const struct kimg_part *child = part->children; !field && child; child = child->next)
		if (child->kind == KIMG_PART_HEADER)
			field = kimg_part_field(child, name);
	return field;
}

static uint64_t number(const struct kimg_part *part, const char *name)
{
	const struct kimg_field *field = find_field(part, name);

	return field && (field->type == KIMG_FIELD_NUMBER || field->type == KIMG_FIELD_HEX)
		       ? field->number
		       : 0;
}

/* The text of a field, or what its number means. */
static struct span words(const struct kimg_part *part, const char *name)
{
	const struct kimg_field *field = find_field(part, name);

	if (field && field->type == KIMG_FIELD_TEXT)
		return span_of(field->bytes, field->length);
	if (field && field->meaning)
		return span_of(field->meaning, strlen(field->meaning));
	return (struct span){ 0 };
}

/* What part itself tells about the kernel in it: EM_NONE where it is nothing. */
static uint16_t machine_of(const struct kimg_part *part)
{
	uint16_t machine = machine_of_format(part->format);

	if (!machine)
		machine = number(part, "e_machine");
	if (!machine)
		machine = machine_of_architecture(words(part, "ih_arch"));
	if (!machine)
		machine = machine_of_architecture(words(part, "arch"));
	return machine;
}

/* The part that tells, from kernel outwards. */
static const struct kimg_part *find_teller(const struct kimg_part *kernel, uint16_t *ret_machine)
{
	const struct kimg_part *part = kernel;

	while (part && !(*ret_machine = machine_of(part)))
		part = part->parent;
	return part;
}

static void set_kind(struct vmlinux_machine *machine, unsigned int bits)
{
	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
		const struct kind *kind = &kinds[i];

		if (kind->machine != machine->machine)
			continue;
		machine->is64 = kind->bits ? kind->bits == 64 : bits != 32;
		machine->big_endian = kind->big_endian;
		machine->flags = kind->flags;
		machine->relative = kind->relative;
		machine->entry = kind->entry;
		machine->relocator = kind->relocator;
		return;
	}
	machine->is64 = bits != 32;
}

/* Some formats tell more: the byte order, or all that a loader's ELF header has in common with the kernel's. */
static void ask(struct vmlinux_machine *machine, const struct kimg_part *kernel,
		const struct kimg_part *teller, unsigned int bits)
{
	const char *format = teller->format ? teller->format : "";

	if (strcmp(format, "image-arm64") == 0 || strcmp(format, "image-riscv") == 0) {
		machine->big_endian = number(kernel, "flags") & 1;
	} else if (strcmp(format, "zimage-arm") == 0) {
		struct span order = words(teller, "magic");

		machine->big_endian = span_starts(order, SPAN_LITERAL("big"));
	} else if (find_field(teller, "e_machine")) {
		machine->big_endian = number(teller, "EI_DATA") == ELFDATA2MSB;
		machine->flags = number(teller, "e_flags");
		if (bits == 0)
			machine->is64 = number(teller, "EI_CLASS") == ELFCLASS64;
	}
}

/* Code of ARM kernels since ARMv6 is little-endian all the same; the linker's --be8 sets this. */
static void add_arm_flags(struct vmlinux_machine *machine)
{
	if (machine->machine == EM_ARM && machine->big_endian)
		machine->flags |= EF_ARM_BE8;
}

struct kimg_error *vmlinux_find_machine(const struct kimg_part *kernel, unsigned int bits,
					struct vmlinux_machine *ret)
{
	struct vmlinux_machine machine = { 0 };
	const struct kimg_part *teller = find_teller(kernel, &machine.machine);

	if (!teller)
		return error_new(KIMG_E_UNSUPPORTED,
				 "nothing tells which machine this raw kernel is for");
	if (machine.machine == X86)
		machine.machine = bits == 32 ? EM_386 : EM_X86_64;
	else if (machine.machine == EM_PPC && bits == 64)
		machine.machine = EM_PPC64;
	set_kind(&machine, bits);
	ask(&machine, kernel, teller, bits);
	add_arm_flags(&machine);
	machine.memory = number(kernel, "image_size");
	*ret = machine;
	return NULL;
}
