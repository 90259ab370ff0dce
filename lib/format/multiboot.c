/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Multiboot headers (Multiboot Specification 0.6.96, section 3.1; Multiboot2 Specification 2.0, 3.1).
 * Neither is pointed to by anything: they stand within the first bytes of the file, aligned.
 *
 * 1: first 8192 bytes, aligned to 4          2: first 32768 bytes, aligned to 8
 * 0  4 magic 0x1badb002                      0  4 magic 0xe85250d6
 * 4  4 flags                                 4  4 architecture (0 i386, 4 MIPS32)
 * 8  4 checksum: all three sum up to 0       8  4 header_length, all tags included
 * with flags bit 16:                         12 4 checksum: all four sum up to 0
 * 12 4 header_addr   16 4 load_addr          16   tags, aligned to 8: type 2, flags 2, size 4
 * 20 4 load_end_addr 24 4 bss_end_addr
 * 28 4 entry_addr
 * with flags bit 2:
 * 32 4 mode_type 36 4 width 40 4 height 44 4 depth
 */
#include "format/elf.h"

#define MB1_MAGIC     0x1badb002
#define MB1_REACH     8192
#define MB1_VIDEO     (1u << 2)
#define MB1_ADDRESSES (1u << 16)

#define MB2_MAGIC 0xe85250d6
#define MB2_REACH 32768
#define MB2_TAGS  16

static const struct name_of mb1_flags[] = {
	{ 1u << 0, "PAGE_ALIGN" },
	{ 1u << 1, "MEMORY_INFO" },
	{ MB1_VIDEO, "VIDEO_MODE" },
	{ MB1_ADDRESSES, "AOUT_KLUDGE" },
	NAMES_END,
};

static const struct name_of mb2_architectures[] = {
	{ 0, "i386" },
	{ 4, "MIPS32" },
	NAMES_END,
};

static void add_mb1(struct kimg_part *part, struct span s, size_t at)
{
	static const char *const addresses[] = { "header_addr", "load_addr", "load_end_addr",
						 "bss_end_addr", "entry_addr" };
	static const char *const video[] = { "mode_type", "width", "height", "depth" };
	uint32_t flags = span_le32(s, at + 4);
	uint64_t size = flags & MB1_VIDEO ? 48 : flags & MB1_ADDRESSES ? 32 : 12;
	struct kimg_part *view = part_add_view(part, KIMG_PART_HEADER, "multiboot", at, size);

	field_hex(view, "magic", MB1_MAGIC);
	field_flags(view, "flags", flags, mb1_flags);
	field_hex(view, "checksum", span_le32(s, at + 8));
	for (size_t i = 0; flags & MB1_ADDRESSES && i < ARRAY_SIZE(addresses); i++)
		field_hex(view, addresses[i], span_le32(s, at + 12 + 4 * i));
	for (size_t i = 0; flags & MB1_VIDEO && i < ARRAY_SIZE(video); i++)
		field_number(view, video[i], span_le32(s, at + 32 + 4 * i));
}

static bool find_mb1(struct span s, size_t *ret_at)
{
	for (size_t at = 0; at + 12 <= s.n && at < MB1_REACH; at += 4) {
		if (span_le32(s, at) == MB1_MAGIC &&
		    MB1_MAGIC + span_le32(s, at + 4) + span_le32(s, at + 8) == 0) {
			*ret_at = at;
			return true;
		}
	}
	return false;
}

static void add_mb2_tags(struct kimg_part *view, struct span tags)
{
	static const struct {
		uint16_t type;
		const char *name;
	} numbers[] = {
		{ 3, "entry_addr" },       { 6, "module_align" },     { 7, "efi_boot_services" },
		{ 8, "entry_addr_efi32" }, { 9, "entry_addr_efi64" },
	};
	size_t at = 0;

	while (at + 8 <= tags.n) {
		uint16_t type = span_le16(tags, at);
		uint32_t size = span_le32(tags, at + 4);

		if (type == 0)
			return;
		for (size_t i = 0; i < ARRAY_SIZE(numbers); i++)
			if (numbers[i].type == type)
				field_hex(view, numbers[i].name,
					  size >= 12 ? span_le32(tags, at + 8) : 1);
		if (type == 2) {
			field_hex(view, "header_addr", span_le32(tags, at + 8));
			field_hex(view, "load_addr", span_le32(tags, at + 12));
			field_hex(view, "load_end_addr", span_le32(tags, at + 16));
			field_hex(view, "bss_end_addr", span_le32(tags, at + 20));
		}
		if (size < 8 || size > tags.n - at) {
			note_bad(view, "a tag of type %u is %u bytes long", type, size);
			return;
		}
		at += (size + 7) & ~(size_t)7;
	}
	note_bad(view, "the tags have no end");
}

static void add_mb2(struct kimg_part *part, struct span s, size_t at)
{
	uint32_t length = span_le32(s, at + 8);
	struct kimg_part *view = part_add_view(part, KIMG_PART_HEADER, "multiboot2", at, length);

	field_hex(view, "magic", MB2_MAGIC);
	field_enum(view, "architecture", span_le32(s, at + 4), mb2_architectures);
	field_number(view, "header_length", length);
	field_hex(view, "checksum", span_le32(s, at + 12));
	if (length < MB2_TAGS + 8)
		note_bad(view, "header_length is %u", length);
	else
		add_mb2_tags(view, span_clip(span_clip(s, at, length), MB2_TAGS, MB2_REACH));
}

static bool find_mb2(struct span s, size_t *ret_at)
{
	for (size_t at = 0; at + MB2_TAGS <= s.n && at < MB2_REACH; at += 8) {
		if (span_le32(s, at) == MB2_MAGIC && MB2_MAGIC + span_le32(s, at + 4) +
								     span_le32(s, at + 8) +
								     span_le32(s, at + 12) ==
							     0) {
			*ret_at = at;
			return true;
		}
	}
	return false;
}

void multiboot_add_views(struct kimg_part *part)
{
	struct span s = part_span(part);
	size_t at;

	if (find_mb1(s, &at))
		add_mb1(part, s, at);
	if (find_mb2(s, &at))
		add_mb2(part, s, at);
}
