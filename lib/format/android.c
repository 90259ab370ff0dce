/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What Android's boot and vendor_boot images share. An image of a whole partition may end in the footer of
 * Android Verified Boot (AOSP external/avb, libavb/avb_footer.h, 2024), big endian, in its last 64 bytes:
 *
 *    0  4  magic "AVBf"               20  8  vbmeta_offset
 *    4  4  version_major              28  8  vbmeta_size
 *    8  4  version_minor              36 28  zeroes
 *   12  8  original_image_size
 */
#include "format/android.h"

#include <inttypes.h>

#define FOOTER_SIZE 64

uint64_t android_take(struct android_layout *layout, uint64_t size)
{
	uint64_t offset = layout->at;

	layout->at += (size + layout->page - 1) / layout->page * layout->page;
	return offset;
}

struct kimg_part *android_add(struct android_layout *layout, enum kimg_part_kind kind,
			      const char *name, uint64_t size)
{
	struct kimg_part *part;

	if (size == 0)
		return NULL;
	part = part_add_payload(layout->part, name, android_take(layout, size), size, false);
	part->kind = kind;
	return part;
}

struct kimg_part *android_add_plain(struct android_layout *layout, enum kimg_part_kind kind,
				    const char *name, uint64_t size)
{
	return size ? part_add(layout->part, kind, name, android_take(layout, size), size) : NULL;
}

bool android_show_page_size(struct kimg_part *header, uint32_t page)
{
	field_number(header, "page_size", page);
	if (page >= 512 && page <= 1u << 20 && (page & (page - 1)) == 0)
		return true;
	note_bad(header, "page_size is %" PRIu32 ": the parts cannot be found", page);
	return false;
}

/* What mkbootimg of the platform tools 29.0.6, which Debian 12 has, writes for version 3. */
static bool is_tools_29(uint32_t said, uint32_t size)
{
	return (said == 1596 && size == 1580) || (said == 2108 && size == 2112);
}

void android_show_header_size(struct kimg_part *header, uint32_t said, uint32_t size)
{
	field_number(header, "header_size", said);
	if (is_tools_29(said, size))
		note(header,
		     "header_size is %" PRIu32 ", as an old mkbootimg wrote it; it is %" PRIu32,
		     said, size);
	else if (said != size)
		note_bad(header, "header_size is %" PRIu32 ", that of this version is %" PRIu32,
			 said, size);
}

void android_add_avb(struct kimg_part *part)
{
	struct span s = part_span(part), footer;
	struct kimg_part *added;
	struct cursor c;

	if (s.n < FOOTER_SIZE || !span_has(s, s.n - FOOTER_SIZE, SPAN_LITERAL("AVBf")))
		return;
	footer = span_from(s, s.n - FOOTER_SIZE);
	added = part_add(part, KIMG_PART_HEADER, "avb-footer", s.n - FOOTER_SIZE, FOOTER_SIZE);
	c = cursor_be(footer);
	cursor_skip(&c, 4);
	field_number(added, "version_major", cursor_u32(&c));
	field_number(added, "version_minor", cursor_u32(&c));
	field_number(added, "original_image_size", cursor_u64(&c));
	field_hex(added, "vbmeta_offset", span_be64(footer, 20));
	field_number(added, "vbmeta_size", span_be64(footer, 28));
	part_add(part, KIMG_PART_SIGNATURE, "vbmeta", span_be64(footer, 20), span_be64(footer, 28));
}
