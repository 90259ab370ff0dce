/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The words for what the headers of a PE file say: the names of Microsoft's "PE Format". */
#include "format/pe.h"

static const struct name_of machines[] = {
	{ 0, "UNKNOWN" },
	{ PE_MACHINE_I386, "I386" },
	{ 0x166, "R4000" },
	{ 0x184, "ALPHA" },
	{ 0x1a2, "SH3" },
	{ 0x1a6, "SH4" },
	{ 0x1c0, "ARM" },
	{ 0x1c2, "THUMB" },
	{ PE_MACHINE_ARMNT, "ARMNT" },
	{ 0x1f0, "POWERPC" },
	{ 0x200, "IA64" },
	{ 0x284, "ALPHA64" },
	{ 0x366, "MIPSFPU" },
	{ PE_MACHINE_EBC, "EBC" },
	{ 0x5032, "RISCV32" },
	{ PE_MACHINE_RISCV64, "RISCV64" },
	{ 0x5128, "RISCV128" },
	{ 0x6232, "LOONGARCH32" },
	{ PE_MACHINE_LOONGARCH64, "LOONGARCH64" },
	{ PE_MACHINE_AMD64, "AMD64" },
	{ PE_MACHINE_ARM64, "ARM64" },
	NAMES_END,
};

static const struct name_of file_characteristics[] = {
	{ 0x0001, "RELOCS_STRIPPED" },
	{ 0x0002, "EXECUTABLE_IMAGE" },
	{ 0x0004, "LINE_NUMS_STRIPPED" },
	{ 0x0008, "LOCAL_SYMS_STRIPPED" },
	{ 0x0010, "AGGRESSIVE_WS_TRIM" },
	{ 0x0020, "LARGE_ADDRESS_AWARE" },
	{ 0x0080, "BYTES_REVERSED_LO" },
	{ 0x0100, "32BIT_MACHINE" },
	{ 0x0200, "DEBUG_STRIPPED" },
	{ 0x0400, "REMOVABLE_RUN_FROM_SWAP" },
	{ 0x0800, "NET_RUN_FROM_SWAP" },
	{ 0x1000, "SYSTEM" },
	{ 0x2000, "DLL" },
	{ 0x4000, "UP_SYSTEM_ONLY" },
	{ 0x8000, "BYTES_REVERSED_HI" },
	NAMES_END,
};

static const struct name_of magics[] = {
	{ 0x107, "ROM" },
	{ PE_MAGIC_32, "PE32" },
	{ PE_MAGIC_32_PLUS, "PE32+" },
	NAMES_END,
};

static const struct name_of subsystems[] = {
	{ 0, "UNKNOWN" },
	{ 1, "NATIVE" },
	{ 2, "WINDOWS_GUI" },
	{ 3, "WINDOWS_CUI" },
	{ 5, "OS2_CUI" },
	{ 7, "POSIX_CUI" },
	{ 8, "NATIVE_WINDOWS" },
	{ 9, "WINDOWS_CE_GUI" },
	{ PE_SUBSYSTEM_EFI_APPLICATION, "EFI_APPLICATION" },
	{ 11, "EFI_BOOT_SERVICE_DRIVER" },
	{ 12, "EFI_RUNTIME_DRIVER" },
	{ 13, "EFI_ROM" },
	{ 14, "XBOX" },
	{ 16, "WINDOWS_BOOT_APPLICATION" },
	NAMES_END,
};

static const struct name_of dll_characteristics[] = {
	{ 0x0020, "HIGH_ENTROPY_VA" },
	{ 0x0040, "DYNAMIC_BASE" },
	{ 0x0080, "FORCE_INTEGRITY" },
	{ 0x0100, "NX_COMPAT" },
	{ 0x0200, "NO_ISOLATION" },
	{ 0x0400, "NO_SEH" },
	{ 0x0800, "NO_BIND" },
	{ 0x1000, "APPCONTAINER" },
	{ 0x2000, "WDM_DRIVER" },
	{ 0x4000, "GUARD_CF" },
	{ 0x8000, "TERMINAL_SERVER_AWARE" },
	NAMES_END,
};

/* Bits 20 to 23 hold an alignment, which only object files use; Linux sets them all the same. */
#define SECTION_ALIGN_MASK 0x00f00000u

static const struct name_of section_characteristics[] = {
	{ 0x00000008, "TYPE_NO_PAD" },
	{ 0x00000020, "CNT_CODE" },
	{ 0x00000040, "CNT_INITIALIZED_DATA" },
	{ 0x00000080, "CNT_UNINITIALIZED_DATA" },
	{ 0x00000200, "LNK_INFO" },
	{ 0x00000800, "LNK_REMOVE" },
	{ 0x00001000, "LNK_COMDAT" },
	{ 0x01000000, "LNK_NRELOC_OVFL" },
	{ 0x02000000, "MEM_DISCARDABLE" },
	{ 0x04000000, "MEM_NOT_CACHED" },
	{ 0x08000000, "MEM_NOT_PAGED" },
	{ 0x10000000, "MEM_SHARED" },
	{ 0x20000000, "MEM_EXECUTE" },
	{ 0x40000000, "MEM_READ" },
	{ 0x80000000, "MEM_WRITE" },
	NAMES_END,
};

/* The data directories in their order. */
static const char *const directory_names[PE_DIRECTORIES] = {
	"ExportTable",
	"ImportTable",
	"ResourceTable",
	"ExceptionTable",
	"CertificateTable",
	"BaseRelocationTable",
	"Debug",
	"Architecture",
	"GlobalPtr",
	"TLSTable",
	"LoadConfigTable",
	"BoundImport",
	"IAT",
	"DelayImportDescriptor",
	"CLRRuntimeHeader",
	"Reserved",
};

static void field_enum_hex(struct kimg_part *part, const char *name, uint64_t value,
			   const struct name_of *names)
{
	while (names->name && names->value != value)
		names++;
	field_hex_as(part, name, value, "%s", names->name ? names->name : "unknown");
}

static void describe_coff(struct kimg_part *part, const struct pe *pe)
{
	field_hex(part, "e_lfanew", pe->offset);
	field_enum_hex(part, "Machine", pe->machine, machines);
	field_number(part, "NumberOfSections", pe->number_of_sections);
	field_time(part, "TimeDateStamp", pe->time_date_stamp);
	field_flags(part, "Characteristics", pe->characteristics, file_characteristics);
	if (pe->sections < pe->number_of_sections)
		note_bad(part, "the section table is cut short: %u of %u entries are there",
			 pe->sections, pe->number_of_sections);
}

static void describe_directories(struct kimg_part *part, const struct pe *pe)
{
	field_number(part, "NumberOfRvaAndSizes", pe->number_of_rva_and_sizes);
	if (pe->number_of_rva_and_sizes > PE_DIRECTORIES)
		note_bad(part, "%u data directories, the format has %d",
			 pe->number_of_rva_and_sizes, PE_DIRECTORIES);
	else if (pe->directories < pe->number_of_rva_and_sizes)
		note_bad(part, "the optional header has room for %u of %u data directories",
			 pe->directories, pe->number_of_rva_and_sizes);
	for (unsigned int i = 0; i < pe->directories; i++)
		if (pe->directory[i].address || pe->directory[i].size)
			field_hex_as(part, directory_names[i], pe->directory[i].address, "%u bytes",
				     pe->directory[i].size);
}

static void describe_optional(struct kimg_part *part, const struct pe *pe)
{
	field_enum_hex(part, "Magic", pe->magic, magics);
	field_number(part, "SizeOfCode", pe->size_of_code);
	field_number(part, "SizeOfInitializedData", pe->size_of_initialized_data);
	field_number(part, "SizeOfUninitializedData", pe->size_of_uninitialized_data);
	field_hex(part, "AddressOfEntryPoint", pe->address_of_entry_point);
	field_hex(part, "BaseOfCode", pe->base_of_code);
	field_hex(part, "ImageBase", pe->image_base);
	field_hex(part, "SectionAlignment", pe->section_alignment);
	field_hex(part, "FileAlignment", pe->file_alignment);
	field_printf(part, "ImageVersion", "%u.%u", pe->image_version[0], pe->image_version[1]);
	field_printf(part, "SubsystemVersion", "%u.%u", pe->subsystem_version[0],
		     pe->subsystem_version[1]);
	field_number(part, "SizeOfImage", pe->size_of_image);
	field_number(part, "SizeOfHeaders", pe->size_of_headers);
	field_hex(part, "CheckSum", pe->checksum);
	field_enum(part, "Subsystem", pe->subsystem, subsystems);
	field_flags(part, "DllCharacteristics", pe->dll_characteristics, dll_characteristics);
	describe_directories(part, pe);
}

void pe_describe(struct kimg_part *part, const struct pe *pe)
{
	describe_coff(part, pe);
	if (pe->size_of_optional_header == 0) {
		note(part, "no optional header: an object file, not a program");
		return;
	}
	describe_optional(part, pe);
	if (pe->optional_cut)
		note_bad(part, "the optional header is cut short");
	else if (pe->magic != PE_MAGIC_32 && pe->magic != PE_MAGIC_32_PLUS)
		note_bad(part, "Magic 0x%x is neither PE32 nor PE32+", pe->magic);
	if (pe->machine == PE_MACHINE_EBC)
		note(part, "EFI byte code: no Linux kernel runs on this machine");
}

void pe_describe_section(struct kimg_part *part, const struct pe_section *section)
{
	uint32_t bits = section->characteristics & ~SECTION_ALIGN_MASK;
	unsigned int align = (section->characteristics & SECTION_ALIGN_MASK) >> 20;

	field_text(part, "Name", span_of(section->name, 8));
	field_hex(part, "VirtualAddress", section->virtual_address);
	field_number(part, "VirtualSize", section->virtual_size);
	field_number(part, "SizeOfRawData", section->size_of_raw_data);
	field_hex(part, "PointerToRawData", section->pointer_to_raw_data);
	field_flags(part, "Characteristics", bits, section_characteristics);
	if (align)
		field_number(part, "Alignment", 1u << (align - 1));
}
