/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * PE files (Microsoft's "PE Format"; UEFI specification, section 2.1.1), as far as EFI programs go.
 *
 *   0x00 "MZ"                    0x3c le32 e_lfanew: where the PE header is
 *
 *   PE header, COFF file header, from e_lfanew:
 *   0x00 "PE\0\0"                0x04 le16 Machine            0x06 le16 NumberOfSections
 *   0x08 le32 TimeDateStamp      0x0c le32 PointerToSymbolTable
 *   0x10 le32 NumberOfSymbols    0x14 le16 SizeOfOptionalHeader 0x16 le16 Characteristics
 *
 *   optional header, SizeOfOptionalHeader bytes from 0x18:
 *   0x00 le16 Magic              0x02 u8[2] linker version    0x04 le32 SizeOfCode
 *   0x08 le32 SizeOfInitializedData                           0x0c le32 SizeOfUninitializedData
 *   0x10 le32 AddressOfEntryPoint                             0x14 le32 BaseOfCode
 *   PE32: 0x18 le32 BaseOfData, 0x1c le32 ImageBase;          PE32+: 0x18 le64 ImageBase
 *   0x20 le32 SectionAlignment   0x24 le32 FileAlignment      0x28 le16[2] operating system version
 *   0x2c le16[2] image version   0x30 le16[2] subsystem version   0x34 le32 Win32VersionValue
 *   0x38 le32 SizeOfImage        0x3c le32 SizeOfHeaders      0x40 le32 CheckSum
 *   0x44 le16 Subsystem          0x46 le16 DllCharacteristics
 *   0x48 four sizes of stack and heap (le32; PE32+: le64), le32 LoaderFlags, le32 NumberOfRvaAndSizes, then
 *   as many data directories: le32 address, le32 size
 *
 *   section table, right after the optional header, 40 bytes each:
 *   0x00 name[8]                 0x08 le32 VirtualSize        0x0c le32 VirtualAddress
 *   0x10 le32 SizeOfRawData      0x14 le32 PointerToRawData   0x18 relocations, line numbers
 *   0x24 le32 Characteristics
 */
#include "format/pe.h"

#include "format/registry.h"

#define DOS_HEADER_SIZE  64
#define COFF_HEADER_SIZE 24 /* with "PE\0\0" */
#define SECTION_SIZE     40
#define SYMBOL_SIZE      18

/* ---- reading ---- */

static void read_directories(struct cursor *c, struct pe *pe)
{
	uint32_t n = pe->number_of_rva_and_sizes;

	for (uint32_t i = 0; i < n && i < PE_DIRECTORIES; i++) {
		struct pe_directory directory;

		directory.address = cursor_u32(c);
		directory.size = cursor_u32(c);
		if (c->failed)
			return;
		pe->directory[pe->directories++] = directory;
	}
}

static void read_optional(struct span s, uint32_t offset, struct pe *pe)
{
	struct cursor c = cursor_le(s);
	bool plus;

	pe->magic = cursor_u16(&c);
	plus = pe->magic == PE_MAGIC_32_PLUS;
	pe->linker_version[0] = cursor_u8(&c);
	pe->linker_version[1] = cursor_u8(&c);
	pe->size_of_code = cursor_u32(&c);
	pe->size_of_initialized_data = cursor_u32(&c);
	pe->size_of_uninitialized_data = cursor_u32(&c);
	pe->address_of_entry_point = cursor_u32(&c);
	pe->base_of_code = cursor_u32(&c);
	if (!plus)
		cursor_skip(&c, 4);
	pe->image_base = plus ? cursor_u64(&c) : cursor_u32(&c);
	pe->section_alignment = cursor_u32(&c);
	pe->file_alignment = cursor_u32(&c);
	for (int i = 0; i < 2; i++)
		pe->operating_system_version[i] = cursor_u16(&c);
	for (int i = 0; i < 2; i++)
		pe->image_version[i] = cursor_u16(&c);
	for (int i = 0; i < 2; i++)
		pe->subsystem_version[i] = cursor_u16(&c);
	cursor_skip(&c, 4);
	pe->size_of_image = cursor_u32(&c);
	pe->size_of_headers = cursor_u32(&c);
	pe->checksum_offset = offset + c.at;
	pe->checksum = cursor_u32(&c);
	pe->subsystem = cursor_u16(&c);
	pe->dll_characteristics = cursor_u16(&c);
	cursor_skip(&c, (plus ? 4 * 8 : 4 * 4) + 4);
	pe->number_of_rva_and_sizes = cursor_u32(&c);
	pe->optional_cut = c.failed;
	pe->directories_offset = offset + c.at;
	if (!c.failed)
		read_directories(&c, pe);
}

static struct kimg_error *read_coff(struct span s, struct pe *pe)
{
	struct cursor c = cursor_le(span_clip(s, pe->offset, COFF_HEADER_SIZE));

	if (!span_has(s, pe->offset, SPAN_LITERAL("PE\0\0")))
		return error_at(KIMG_E_NOT_FOUND, pe->offset, "no PE header");
	cursor_skip(&c, 4);
	pe->machine = cursor_u16(&c);
	pe->number_of_sections = cursor_u16(&c);
	pe->time_date_stamp = cursor_u32(&c);
	pe->pointer_to_symbol_table = cursor_u32(&c);
	pe->number_of_symbols = cursor_u32(&c);
	pe->size_of_optional_header = cursor_u16(&c);
	pe->characteristics = cursor_u16(&c);
	if (c.failed)
		return error_at(KIMG_E_TRUNCATED, pe->offset, "the PE header is cut short");
	return NULL;
}

/*
 * What does not lie within the headers is no section header: firmware refuses such files (edk2,
 * PeCoffLoaderGetPeHeader()).
 */
static void find_sections(struct span s, uint32_t table, struct pe *pe)
{
	uint64_t size = (uint64_t)pe->number_of_sections * SECTION_SIZE;

	pe->section_table = table;
	pe->table = span_clip(s, table, size);
	if (pe->size_of_headers > table)
		pe->table = span_clip(pe->table, 0, pe->size_of_headers - table);
	pe->sections = pe->table.n / SECTION_SIZE;
	pe->table = span_clip(pe->table, 0, (uint64_t)pe->sections * SECTION_SIZE);
}

struct kimg_error *pe_read(struct span s, struct pe *ret)
{
	struct pe pe = { .offset = span_le32(s, 0x3c) };
	uint64_t optional = (uint64_t)pe.offset + COFF_HEADER_SIZE, table;

	if (s.n < DOS_HEADER_SIZE || !span_starts(s, SPAN_LITERAL("MZ")))
		return error_new(KIMG_E_NOT_FOUND, "no DOS header");
	if (pe.offset > s.n - 4)
		return error_at(KIMG_E_TRUNCATED, 0x3c,
				"the PE header would be at 0x%x, past the end", pe.offset);
	TRY(read_coff(s, &pe));
	table = optional + pe.size_of_optional_header;
	if (table > UINT32_MAX)
		return error_at(KIMG_E_CORRUPT, pe.offset, "the section table is past 4 GiB");
	read_optional(span_clip(s, optional, pe.size_of_optional_header), optional, &pe);
	find_sections(s, table, &pe);
	*ret = pe;
	return NULL;
}

bool pe_section(const struct pe *pe, unsigned int index, struct pe_section *ret)
{
	struct cursor c = cursor_le(pe->table);
	struct pe_section section = { 0 };

	if (index >= pe->sections)
		return false;
	cursor_seek(&c, (size_t)index * SECTION_SIZE);
	memcpy(section.name, cursor_take(&c, 8).p, 8);
	section.virtual_size = cursor_u32(&c);
	section.virtual_address = cursor_u32(&c);
	section.size_of_raw_data = cursor_u32(&c);
	section.pointer_to_raw_data = cursor_u32(&c);
	cursor_skip(&c, 12);
	section.characteristics = cursor_u32(&c);
	*ret = section;
	return true;
}

uint32_t pe_section_content(const struct pe_section *section)
{
	uint32_t size = section->size_of_raw_data;

	/* VirtualSize 0 is what object files have; such a section is as long as its data. */
	if (section->virtual_size && section->virtual_size < size)
		size = section->virtual_size;
	return size;
}

uint32_t pe_headers_size(const struct pe *pe)
{
	uint32_t least = pe->section_table + pe->table.n, first = UINT32_MAX;
	struct pe_section section;

	for (unsigned int i = 0; pe_section(pe, i, &section); i++)
		if (section.size_of_raw_data && section.pointer_to_raw_data < first)
			first = section.pointer_to_raw_data;
	if (pe->size_of_headers < least)
		return least;
	/* Headers that claim the data of a section: they end where that starts. */
	if (pe->size_of_headers > first)
		return first > least ? first : least;
	return pe->size_of_headers;
}

/* ---- the driver ---- */

int pe_probe(struct span s)
{
	struct pe pe;
	struct kimg_error *error = pe_read(s, &pe);
	enum kimg_code code = error ? kimg_error_code(error) : 0;

	kimg_error_free(error);
	if (code == KIMG_E_TRUNCATED)
		return 16;
	if (error)
		return 0;
	return pe.magic == PE_MAGIC_32 || pe.magic == PE_MAGIC_32_PLUS ? 16 + 32 + 16 : 16 + 32;
}

struct kimg_part *pe_add_header(struct kimg_part *root, const struct pe *pe)
{
	struct kimg_part *part = part_add(root, KIMG_PART_HEADER, "header", 0, pe_headers_size(pe));

	pe_describe(part, pe);
	return part;
}

struct kimg_part *pe_add_section(struct kimg_part *root, enum kimg_part_kind kind, const char *name,
				 const struct pe *pe, const struct pe_section *section)
{
	uint32_t size = pe_section_content(section);
	struct kimg_part *part;

	if (size == 0)
		return NULL;
	if (!name)
		name = section->name[0] == '.' && section->name[1] ? section->name + 1
								   : section->name;
	part = part_add(root, kind, name, section->pointer_to_raw_data, size);
	pe_describe_section(part, section);
	if (pe->size_of_image &&
	    (uint64_t)section->virtual_address + section->virtual_size > pe->size_of_image)
		note_bad(part, "runs past SizeOfImage in memory");
	return part;
}

void pe_add_symbols(struct kimg_part *root, const struct pe *pe)
{
	struct span s = part_span(root);
	uint64_t start = pe->pointer_to_symbol_table, size;

	/* x86 kernels before 5.6 said one symbol and no table (arch/x86/boot/header.S). */
	if (start == 0)
		return;
	size = (uint64_t)pe->number_of_symbols * SYMBOL_SIZE;
	/* The string table, behind the symbols, starts with its own length. */
	size += span_le32(s, start + size);
	if (size)
		field_number(part_add(root, KIMG_PART_TABLE, "symbols", start, size),
			     "NumberOfSymbols", pe->number_of_symbols);
}

/* The sum of all 16-bit words, but for CheckSum itself, with carries added in; and the file's size. */
static uint32_t compute_checksum(struct span s, uint32_t checksum_offset)
{
	uint64_t sum = 0;
	size_t i;

	for (i = 0; i + 2 <= s.n; i += 2)
		sum += get_le16(s.p + i);
	if (i < s.n)
		sum += s.p[i];
	sum -= span_le16(s, checksum_offset);
	sum -= span_le16(s, checksum_offset + 2);
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return sum + s.n;
}

struct kimg_error *pe_verify(struct kimg_part *part)
{
	struct pe pe = { 0 };
	uint32_t computed;

	/* An error is noted already, by parse(). */
	kimg_error_free(pe_read(part_span(part), &pe));
	/* At an odd offset the words would not be its own; nobody has it there but on purpose. */
	if (pe.checksum == 0 || pe.checksum_offset % 2)
		return NULL;
	computed = compute_checksum(part_span(part), pe.checksum_offset);
	field_printf(part, "checksum", "%s", computed == pe.checksum ? "ok" : "wrong");
	/* No damage: firmware does not look at it, and not every tool that changes a file renews it. */
	if (computed != pe.checksum)
		note(part, "CheckSum is 0x%x, the bytes give 0x%x", pe.checksum, computed);
	return NULL;
}

void pe_add_view(struct kimg_part *root)
{
	struct kimg_part *view = part_add_view(root, KIMG_PART_CONTAINER, "pe", 0, root->size);

	part_nest(view, &format_pe);
}

static struct kimg_error *parse(struct kimg_part *part)
{
	struct pe_section section;
	struct pe pe;

	TRY(pe_read(part_span(part), &pe));
	pe_add_header(part, &pe);
	for (unsigned int i = 0; pe_section(&pe, i, &section); i++)
		pe_add_section(part, KIMG_PART_SECTION, NULL, &pe, &section);
	pe_add_symbols(part, &pe);
	pe_add_certificates(part, &pe);
	return NULL;
}

const struct format format_pe = {
	.name = "pe",
	.title = "PE program",
	.probe = pe_probe,
	.parse = parse,
	.verify = pe_verify,
};
