/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Android's boot image (AOSP system/tools/mkbootimg, include/bootimg/bootimg.h, 2024). Little endian. Each
 * part starts on a page; pages are 4096 bytes from version 3 on. Versions 0 to 2:
 *
 *    0  8  magic "ANDROID!"           36  4  page_size
 *    8  4  kernel_size                40  4  header_version (before it: size of a device tree table)
 *   12  4  kernel_addr                44  4  os_version: a.b.c in 7 bits each, year - 2000 in 7, month in 4
 *   16  4  ramdisk_size               48 16  name
 *   20  4  ramdisk_addr               64 512 cmdline
 *   24  4  second_size               576 32  id: SHA-1 of the parts and their sizes
 *   28  4  second_addr               608 1024 extra_cmdline
 *   32  4  tags_addr
 * 1632  4  recovery_dtbo_size   1   1648  4  dtb_size  2
 * 1636  8  recovery_dtbo_offset 1   1652  8  dtb_addr  2
 * 1644  4  header_size          1
 *
 * Versions 3 and 4:
 *
 *    8  4  kernel_size                40  4  header_version
 *   12  4  ramdisk_size               44 1536 cmdline
 *   16  4  os_version               1580  4  signature_size  4
 *   20  4  header_size
 */
#include <inttypes.h>

#include "crypto/digest.h"
#include "format/android.h"
#include "format/dtree.h"
#include "format/registry.h"

#define MAGIC              SPAN_LITERAL("ANDROID!")
#define VERSION_AT         40
#define NEWEST_OLD         2
#define NEWEST_VERSION     4
#define PAGE_SIZE_V3       4096
#define ID_AT              576
#define ID_SIZE            32
#define SHA1_SIZE          20
#define EXTRA_CMDLINE_AT   608
#define EXTRA_CMDLINE_SIZE 1024

enum { RECOVERY_DTBO = 3, MAX_AREAS = 5 };

/* The header of each version. */
static const uint16_t header_sizes[] = { 1632, 1648, 1660, 1580, 1584 };

static int probe(struct span s)
{
	uint32_t version = span_le32(s, VERSION_AT);

	if (!span_starts(s, MAGIC))
		return 0;
	return 64 + (version <= NEWEST_VERSION ? 16 : 0);
}

/* ---- fields ---- */

static void show_os_version(struct kimg_part *part, uint32_t value)
{
	uint32_t version = value >> 11, level = value & 0x7ff;

	if (value)
		field_hex_as(part, "os_version", value,
			     "%" PRIu32 ".%" PRIu32 ".%" PRIu32 ", patch level %" PRIu32
			     "-%02" PRIu32,
			     version >> 14, version >> 7 & 0x7f, version & 0x7f,
			     (level >> 4) + 2000, level & 0xf);
	else
		field_hex_as(part, "os_version", value, "not set");
}

/* The id is whatever the maker put there; only a SHA-1, with zeroes behind, can be checked. */
static bool has_sha1(struct span s)
{
	return !span_filled(span_clip(s, ID_AT, SHA1_SIZE), 0) &&
	       span_filled(span_clip(s, ID_AT + SHA1_SIZE, ID_SIZE - SHA1_SIZE), 0);
}

static void show_old(struct kimg_part *part, struct span s, uint32_t version)
{
	field_number(part, "kernel_size", span_le32(s, 8));
	field_hex(part, "kernel_addr", span_le32(s, 12));
	field_number(part, "ramdisk_size", span_le32(s, 16));
	field_hex(part, "ramdisk_addr", span_le32(s, 20));
	field_number(part, "second_size", span_le32(s, 24));
	field_hex(part, "second_addr", span_le32(s, 28));
	field_hex(part, "tags_addr", span_le32(s, 32));
	show_os_version(part, span_le32(s, 44));
	field_text(part, "name", span_clip(s, 48, 16));
	field_bytes(part, "id", span_clip(s, ID_AT, ID_SIZE));
	if (has_sha1(s))
		field_unchecked(part, "id_checksum");
	if (version >= 1) {
		field_number(part, "recovery_dtbo_size", span_le32(s, 1632));
		field_hex(part, "recovery_dtbo_offset", span_le64(s, 1636));
		android_show_header_size(part, span_le32(s, 1644), header_sizes[version]);
	}
	if (version >= 2) {
		field_number(part, "dtb_size", span_le32(s, 1648));
		field_hex(part, "dtb_addr", span_le64(s, 1652));
	}
}

static void show_new(struct kimg_part *part, struct span s, uint32_t version)
{
	field_number(part, "kernel_size", span_le32(s, 8));
	field_number(part, "ramdisk_size", span_le32(s, 12));
	show_os_version(part, span_le32(s, 16));
	android_show_header_size(part, span_le32(s, 20), header_sizes[version]);
	if (version >= 4)
		field_number(part, "signature_size", span_le32(s, 1580));
}

/* The command line stands in two places: what the first has no room for is in extra_cmdline. */
static void add_cmdline(struct kimg_part *part, uint64_t offset, uint64_t room, bool extra)
{
	struct span s = part_span(part);
	struct span pieces[] = {
		span_text(span_clip(s, offset, room)),
		span_text(span_clip(s, EXTRA_CMDLINE_AT, extra ? EXTRA_CMDLINE_SIZE : 0)),
	};
	struct kimg_part *view;

	if (pieces[0].n == 0)
		return;
	view = part_add_view(part, KIMG_PART_CMDLINE, "cmdline", offset, pieces[0].n);
	if (pieces[1].n == 0) {
		field_text(view, "cmdline", pieces[0]);
		return;
	}
	field_printf(view, "cmdline", "%.*s%.*s", (int)pieces[0].n, (const char *)pieces[0].p,
		     (int)pieces[1].n, (const char *)pieces[1].p);
	part_set_pieces(view, pieces, ARRAY_SIZE(pieces));
}

/* ---- versions 0 to 2 ---- */

struct area {
	enum kimg_part_kind kind;
	const char *name;
	uint32_t size;
};

/* The parts in their order; returns how many this version has. */
static size_t old_areas(struct span s, uint32_t version, struct area *ret_areas)
{
	const struct area areas[MAX_AREAS] = {
		{ KIMG_PART_PAYLOAD, "kernel", span_le32(s, 8) },
		{ KIMG_PART_INITRD, "initrd", span_le32(s, 16) },
		{ KIMG_PART_CODE, "second", span_le32(s, 24) },
		{ KIMG_PART_DTB, "recovery-dtbo", span_le32(s, 1632) },
		{ KIMG_PART_DTB, "dtb", span_le32(s, 1648) },
	};

	memcpy(ret_areas, areas, sizeof(areas));
	return 3 + version;
}

/*
 * Qualcomm's images of version 0 have the size of a table of device trees where later ones have the header
 * version. The table tells: "QCDT", or trees one after another.
 */
static bool is_qualcomm(struct span s, uint64_t offset)
{
	return span_has(s, offset, SPAN_LITERAL("QCDT")) || span_has(s, offset, DTREE_MAGIC);
}

static struct kimg_error *parse_old(struct kimg_part *part, struct kimg_part *header,
				    uint32_t version)
{
	struct android_layout layout = { .part = part, .page = span_le32(part_span(part), 36) };
	struct span s = part_span(part);
	struct area areas[MAX_AREAS];
	bool known = version <= NEWEST_OLD;
	size_t count = old_areas(s, known ? version : 0, areas);

	show_old(header, s, known ? version : 0);
	add_cmdline(header, 64, 512, true);
	if (!android_show_page_size(header, layout.page))
		return NULL;
	layout.at = layout.page;
	for (size_t i = 0; i < count; i++) {
		if (i == RECOVERY_DTBO && areas[i].size && span_le64(s, 1636) != layout.at)
			note_bad(header,
				 "recovery_dtbo_offset is not where the part is, 0x%" PRIx64,
				 layout.at);
		android_add(&layout, areas[i].kind, areas[i].name, areas[i].size);
	}
	if (known)
		return NULL;
	if (!is_qualcomm(s, layout.at))
		return error_at(KIMG_E_UNSUPPORTED, part->offset + VERSION_AT,
				"header version %" PRIu32 ": known, not supported", version);
	field_number(header, "dt_size", version);
	android_add(&layout, KIMG_PART_DTB, "dt", version);
	return NULL;
}

static void parse_new(struct kimg_part *part, struct kimg_part *header, uint32_t version)
{
	struct android_layout layout = { .part = part, .page = PAGE_SIZE_V3, .at = PAGE_SIZE_V3 };
	struct span s = part_span(part);

	show_new(header, s, version);
	add_cmdline(header, 44, 1536, false);
	android_add(&layout, KIMG_PART_PAYLOAD, "kernel", span_le32(s, 8));
	android_add(&layout, KIMG_PART_INITRD, "initrd", span_le32(s, 12));
	if (version >= 4)
		android_add_plain(&layout, KIMG_PART_SIGNATURE, "signature", span_le32(s, 1580));
}

static struct kimg_error *parse(struct kimg_part *part)
{
	struct span s = part_span(part);
	uint32_t version = span_le32(s, VERSION_AT);
	bool known = version <= NEWEST_VERSION;
	struct kimg_part *header;

	header = part_add(part, KIMG_PART_HEADER, "header", 0, header_sizes[known ? version : 0]);
	field_number(header, "header_version", version);
	android_add_avb(part);
	if (known && version > NEWEST_OLD)
		parse_new(part, header, version);
	else
		return parse_old(part, header, version);
	return NULL;
}

/* ---- verify ---- */

static struct kimg_error *verify(struct kimg_part *part)
{
	struct android_layout layout = { .page = span_le32(part_span(part), 36) };
	struct span s = part_span(part), pieces[2 * MAX_AREAS];
	uint32_t version = span_le32(s, VERSION_AT);
	struct area areas[MAX_AREAS];
	uint8_t sizes[MAX_AREAS][4];
	struct digest digest;
	size_t count;

	if (version > NEWEST_OLD || !layout.page || !has_sha1(s))
		return NULL;
	count = old_areas(s, version, areas);
	layout.at = layout.page;
	for (size_t i = 0; i < count; i++) {
		uint32_t size = htole32(areas[i].size);

		if (!span_sub(s, android_take(&layout, areas[i].size), areas[i].size,
			      &pieces[2 * i]))
			return NULL;
		memcpy(sizes[i], &size, sizeof(size));
		pieces[2 * i + 1] = span_of(sizes[i], sizeof(sizes[i]));
	}
	TRY(digest_compute("sha1", pieces, 2 * count, &digest));
	field_check((struct kimg_part *)part->children, "id_checksum",
		    span_clip(s, ID_AT, SHA1_SIZE), digest_span(&digest));
	return NULL;
}

const struct format format_android_boot = {
	.name = "android-boot",
	.title = "Android boot image",
	.probe = probe,
	.parse = parse,
	.verify = verify,
};
