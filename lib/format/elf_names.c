/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the numbers in ELF files mean (gABI and <elf.h>). */
#include <elf.h>

#include "format/elf.h"

/* Newer than some C libraries. */
#ifndef EM_LOONGARCH
#define EM_LOONGARCH 258
#endif

#define EM_ALPHA_OLD 0x9026

#define NAME(constant)              \
	{                           \
		constant, #constant \
	}

const struct name_of elf_machines[] = {
	NAME(EM_NONE),
	NAME(EM_M32),
	NAME(EM_SPARC),
	NAME(EM_386),
	NAME(EM_68K),
	NAME(EM_88K),
	NAME(EM_860),
	NAME(EM_MIPS),
	NAME(EM_S370),
	NAME(EM_MIPS_RS3_LE),
	NAME(EM_PARISC),
	NAME(EM_SPARC32PLUS),
	NAME(EM_PPC),
	NAME(EM_PPC64),
	NAME(EM_S390),
	NAME(EM_V850),
	NAME(EM_ARM),
	NAME(EM_SH),
	NAME(EM_SPARCV9),
	NAME(EM_H8_300),
	NAME(EM_IA_64),
	NAME(EM_X86_64),
	NAME(EM_CRIS),
	NAME(EM_M32R),
	NAME(EM_MN10300),
	NAME(EM_OPENRISC),
	NAME(EM_XTENSA),
	NAME(EM_BLACKFIN),
	NAME(EM_ALTERA_NIOS2),
	NAME(EM_TI_C6000),
	NAME(EM_METAG),
	NAME(EM_UNICORE),
	NAME(EM_MICROBLAZE),
	NAME(EM_TILEPRO),
	NAME(EM_TILEGX),
	NAME(EM_ARC),
	NAME(EM_ARC_COMPACT),
	NAME(EM_ARCV2),
	NAME(EM_AARCH64),
	NAME(EM_RISCV),
	NAME(EM_BPF),
	NAME(EM_CSKY),
	NAME(EM_LOONGARCH),
	NAME(EM_SCORE7),
	{ 164, "EM_QDSP6" },
	/* From before the numbers were given: old kernels and tools have them. */
	{ EM_ALPHA_OLD, "EM_ALPHA" },
	{ 0xa390, "EM_S390_OLD" },
	{ 0x5441, "EM_CYGNUS_FRV" },
	{ 0x9041, "EM_CYGNUS_M32R" },
	{ 0xbeef, "EM_CYGNUS_MN10300" },
	{ 0xbaab, "EM_MICROBLAZE_OLD" },
	{ 0xfebb, "EM_AVR32" },
	NAMES_END,
};

const struct name_of elf_types[] = {
	NAME(ET_NONE), NAME(ET_REL), NAME(ET_EXEC), NAME(ET_DYN), NAME(ET_CORE), NAMES_END,
};

const struct name_of elf_osabis[] = {
	NAME(ELFOSABI_NONE),    NAME(ELFOSABI_HPUX),       NAME(ELFOSABI_NETBSD),
	NAME(ELFOSABI_GNU),     NAME(ELFOSABI_SOLARIS),    NAME(ELFOSABI_IRIX),
	NAME(ELFOSABI_FREEBSD), NAME(ELFOSABI_OPENBSD),    NAME(ELFOSABI_ARM_AEABI),
	NAME(ELFOSABI_ARM),     NAME(ELFOSABI_STANDALONE), NAMES_END,
};

const struct name_of elf_segment_types[] = {
	NAME(PT_NULL),
	NAME(PT_LOAD),
	NAME(PT_DYNAMIC),
	NAME(PT_INTERP),
	NAME(PT_NOTE),
	NAME(PT_SHLIB),
	NAME(PT_PHDR),
	NAME(PT_TLS),
	NAME(PT_GNU_EH_FRAME),
	NAME(PT_GNU_STACK),
	NAME(PT_GNU_RELRO),
	{ 0x6474e553, "PT_GNU_PROPERTY" },
	{ 0x6474e554, "PT_GNU_SFRAME" },
	NAMES_END,
};

const struct name_of elf_section_types[] = {
	NAME(SHT_NULL),         NAME(SHT_PROGBITS),    NAME(SHT_SYMTAB),         NAME(SHT_STRTAB),
	NAME(SHT_RELA),         NAME(SHT_HASH),        NAME(SHT_DYNAMIC),        NAME(SHT_NOTE),
	NAME(SHT_NOBITS),       NAME(SHT_REL),         NAME(SHT_SHLIB),          NAME(SHT_DYNSYM),
	NAME(SHT_INIT_ARRAY),   NAME(SHT_FINI_ARRAY),  NAME(SHT_PREINIT_ARRAY),  NAME(SHT_GROUP),
	NAME(SHT_SYMTAB_SHNDX), { 19, "SHT_RELR" },    NAME(SHT_GNU_ATTRIBUTES), NAME(SHT_GNU_HASH),
	NAME(SHT_GNU_verdef),   NAME(SHT_GNU_verneed), NAME(SHT_GNU_versym),     NAMES_END,
};

const struct name_of elf_segment_flags[] = {
	NAME(PF_R),
	NAME(PF_W),
	NAME(PF_X),
	NAMES_END,
};

const struct name_of elf_section_flags[] = {
	NAME(SHF_WRITE),   NAME(SHF_ALLOC),     NAME(SHF_EXECINSTR),  NAME(SHF_MERGE),
	NAME(SHF_STRINGS), NAME(SHF_INFO_LINK), NAME(SHF_LINK_ORDER), NAME(SHF_OS_NONCONFORMING),
	NAME(SHF_GROUP),   NAME(SHF_TLS),       NAME(SHF_COMPRESSED), NAMES_END,
};

/* Types from here on mean something else on each machine. */
#define LOPROC 0x70000000
#define HIPROC 0x7fffffff

static const struct {
	uint16_t machine;
	uint32_t type;
	const char *segment;
	const char *section;
} machine_types[] = {
	{ EM_MIPS, 0x70000000, "PT_MIPS_REGINFO", NULL },
	{ EM_MIPS, 0x70000002, "PT_MIPS_OPTIONS", NULL },
	{ EM_MIPS, 0x70000003, "PT_MIPS_ABIFLAGS", NULL },
	{ EM_MIPS, 0x70000005, NULL, "SHT_MIPS_DEBUG" },
	{ EM_MIPS, 0x70000006, NULL, "SHT_MIPS_REGINFO" },
	{ EM_MIPS, 0x7000000d, NULL, "SHT_MIPS_OPTIONS" },
	{ EM_MIPS, 0x7000002a, NULL, "SHT_MIPS_ABIFLAGS" },
	{ EM_ARM, 0x70000001, "PT_ARM_EXIDX", "SHT_ARM_EXIDX" },
	{ EM_ARM, 0x70000003, NULL, "SHT_ARM_ATTRIBUTES" },
	{ EM_RISCV, 0x70000003, "PT_RISCV_ATTRIBUTES", "SHT_RISCV_ATTRIBUTES" },
	{ EM_X86_64, 0x70000001, NULL, "SHT_X86_64_UNWIND" },
	{ EM_IA_64, 0x70000001, "PT_IA_64_UNWIND", "SHT_IA_64_UNWIND" },
	{ EM_PARISC, 0x70000001, NULL, "SHT_PARISC_UNWIND" },
	{ EM_ALPHA_OLD, 0x70000001, NULL, "SHT_ALPHA_DEBUG" },
};

static void type_field(struct kimg_part *part, const char *name, uint32_t type,
		       const struct name_of *names, uint16_t machine)
{
	const char *meaning = NULL;

	while (names->name && names->value != type)
		names++;
	if (names->name)
		meaning = names->name;
	for (size_t i = 0; type >= LOPROC && type <= HIPROC && i < ARRAY_SIZE(machine_types); i++)
		if (machine_types[i].machine == machine && machine_types[i].type == type)
			meaning = name[0] == 'p' ? machine_types[i].segment
						 : machine_types[i].section;
	if (!meaning)
		meaning = "unknown";
	if (type >= 0x60000000)
		field_hex_as(part, name, type, "%s", meaning);
	else
		field_number_as(part, name, type, "%s", meaning);
}

void elf_segment_type_field(struct kimg_part *part, uint32_t type, uint16_t machine)
{
	type_field(part, "p_type", type, elf_segment_types, machine);
}

void elf_section_type_field(struct kimg_part *part, uint32_t type, uint16_t machine)
{
	type_field(part, "sh_type", type, elf_section_types, machine);
}

const char *elf_machine_name(uint16_t machine)
{
	for (const struct name_of *name = elf_machines; name->name; name++)
		if (name->value == machine)
			return name->name;
	return NULL;
}
