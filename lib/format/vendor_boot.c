/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Android's vendor_boot image (AOSP system/tools/mkbootimg, include/bootimg/bootimg.h, 2024). Little endian;
 * each part starts on a page:
 *
 *    0  8  magic "VNDRBOOT"          2080 16  name
 *    8  4  header_version, 3 or 4    2096  4  header_size
 *   12  4  page_size                 2100  4  dtb_size
 *   16  4  kernel_addr               2104  8  dtb_addr
 *   20  4  ramdisk_addr              2112  4  vendor_ramdisk_table_size        4
 *   24  4  vendor_ramdisk_size       2116  4  vendor_ramdisk_table_entry_num   4
 *   28 2048 cmdline                  2120  4  vendor_ramdisk_table_entry_size  4
 * 2076  4  tags_addr                 2124  4  bootconfig_size                  4
 *
 * The parts: ramdisks, dtb, ramdisk table, bootconfig. An entry of the table:
 *
 *    0  4  ramdisk_size                12 32  ramdisk_name
 *    4  4  ramdisk_offset              44 64  board_id
 *    8  4  ramdisk_type
 */
#include <inttypes.h>

#include "format/android.h"
#include "format/registry.h"

#define MAGIC      SPAN_LITERAL("VNDRBOOT")
#define SIZE_V3    2112
#define SIZE_V4    2128
#define ENTRY_SIZE 108

static int probe(struct span s)
{
	uint32_t version = span_le32(s, 8);

	if (!span_starts(s, MAGIC))
		return 0;
	return 64 + (version == 3 || version == 4 ? 16 : 0);
}

static void show_header(struct kimg_part *part, struct span s, uint32_t version)
{
	field_number(part, "header_version", version);
	field_hex(part, "kernel_addr", span_le32(s, 16));
	field_hex(part, "ramdisk_addr", span_le32(s, 20));
	field_number(part, "vendor_ramdisk_size", span_le32(s, 24));
	field_hex(part, "tags_addr", span_le32(s, 2076));
	field_text(part, "name", span_clip(s, 2080, 16));
	android_show_header_size(part, span_le32(s, 2096), version < 4 ? SIZE_V3 : SIZE_V4);
	field_number(part, "dtb_size", span_le32(s, 2100));
	field_hex(part, "dtb_addr", span_le64(s, 2104));
	if (version < 4)
		return;
	field_number(part, "vendor_ramdisk_table_size", span_le32(s, 2112));
	field_number(part, "vendor_ramdisk_table_entry_num", span_le32(s, 2116));
	field_number(part, "vendor_ramdisk_table_entry_size", span_le32(s, 2120));
	field_number(part, "bootconfig_size", span_le32(s, 2124));
}

static void add_cmdline(struct kimg_part *header, struct span s)
{
	struct span text = span_text(span_clip(s, 28, 2048));

	if (text.n)
		field_text(part_add_view(header, KIMG_PART_CMDLINE, "cmdline", 28, text.n),
			   "cmdline", text);
}

/* One ramdisk, which the table's entry places within the area of all of them. */
static void add_ramdisk(struct kimg_part *part, uint64_t area, uint64_t area_size,
			struct span entry)
{
	static const struct name_of types[] = {
		{ 0, "none" }, { 1, "platform" }, { 2, "recovery" }, { 3, "dlkm" }, NAMES_END,
	};
	uint64_t size = span_le32(entry, 0), offset = span_le32(entry, 4);
	struct kimg_part *ramdisk = part_add_payload(part, "initrd", area + offset, size, false);
	struct span board = span_clip(entry, 44, 64);

	ramdisk->kind = KIMG_PART_INITRD;
	field_text(ramdisk, "ramdisk_name", span_clip(entry, 12, 32));
	field_enum(ramdisk, "ramdisk_type", span_le32(entry, 8), types);
	if (!span_filled(board, 0))
		field_bytes(ramdisk, "board_id", board);
	if (offset > area_size || size > area_size - offset)
		note_bad(ramdisk, "lies past the end of the ramdisks");
}

/* The table comes behind the ramdisks that it tells about: area is where they are. */
static bool add_ramdisks(struct kimg_part *part, struct kimg_part *table, uint64_t area)
{
	struct span s = part_span(part), entries = part_span(table);
	uint32_t count = span_le32(s, 2116), size = span_le32(s, 2120);

	if (size < ENTRY_SIZE || count > entries.n / size) {
		note_bad(table,
			 "%" PRIu32 " entries of %" PRIu32 " bytes do not fit a table of %zu bytes",
			 count, size, entries.n);
		return false;
	}
	for (uint32_t i = 0; i < count; i++)
		add_ramdisk(part, area, span_le32(s, 24),
			    span_clip(entries, (uint64_t)i * size, size));
	return count > 0;
}

static void add_parts(struct kimg_part *part, uint32_t version, uint32_t page)
{
	struct android_layout layout = { .part = part, .page = page };
	struct span s = part_span(part);
	uint64_t ramdisks, size = span_le32(s, 24);
	struct kimg_part *table = NULL;

	android_take(&layout, version < 4 ? SIZE_V3 : SIZE_V4);
	ramdisks = android_take(&layout, size);
	android_add(&layout, KIMG_PART_DTB, "dtb", span_le32(s, 2100));
	if (version >= 4) {
		table = android_add_plain(&layout, KIMG_PART_TABLE, "ramdisk-table",
					  span_le32(s, 2112));
		android_add_plain(&layout, KIMG_PART_DATA, "bootconfig", span_le32(s, 2124));
	}
	if (!table || !add_ramdisks(part, table, ramdisks)) {
		layout.at = ramdisks;
		android_add(&layout, KIMG_PART_INITRD, "initrd", size);
	}
}

static struct kimg_error *parse(struct kimg_part *part)
{
	struct span s = part_span(part);
	uint32_t version = span_le32(s, 8), page = span_le32(s, 12);
	struct kimg_part *header =
		part_add(part, KIMG_PART_HEADER, "header", 0, version == 4 ? SIZE_V4 : SIZE_V3);

	show_header(header, s, version);
	add_cmdline(header, s);
	android_add_avb(part);
	if (version != 3 && version != 4)
		return error_at(KIMG_E_UNSUPPORTED, part->offset + 8,
				"header version %" PRIu32 ": known, not supported", version);
	if (android_show_page_size(header, page))
		add_parts(part, version, page);
	return NULL;
}

const struct format format_vendor_boot = {
	.name = "vendor-boot",
	.title = "Android vendor_boot image",
	.probe = probe,
	.parse = parse,
};
