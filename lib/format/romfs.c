/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * romfs (Documentation/filesystems/romfs.rst, 6.12; big endian):
 *
 *    0  8  "-rom1fs-"               12  4  checksum: the words of the first 512 bytes add up to 0
 *    8  4  size                     16     volume name, NUL, padded to 16
 */
#include "format/ramdisk.h"
#include "format/registry.h"

#define MAGIC    SPAN_LITERAL("-rom1fs-")
#define CHECKED  512
#define MAX_NAME 256

static int probe(struct span s)
{
	return span_starts(s, MAGIC) ? 64 : 0;
}

static uint32_t sum(struct span s)
{
	uint32_t total = 0;

	for (size_t i = 0; i + 4 <= s.n; i += 4)
		total += span_be32(s, i);
	return total;
}

static struct kimg_error *parse(struct kimg_part *part)
{
	struct span s = part_span(part), checked;
	uint32_t size = span_be32(s, 8);
	struct span name = span_text(span_clip(s, 16, MAX_NAME));
	struct kimg_part *header = ramdisk_add(part, size, 0, 16 + (name.n + 16) / 16 * 16);

	field_number(header, "size", size);
	field_hex(header, "checksum", span_be32(s, 12));
	field_text(header, "volume_name", name);
	if (span_sub(s, 0, size < CHECKED ? size : CHECKED, &checked)) {
		bool good = sum(checked) == 0;

		field_printf(header, "header_checksum", good ? "ok" : "wrong");
		if (!good)
			note_bad(header, "the words of the first %zu bytes do not add up to 0",
				 checked.n);
	}
	return NULL;
}

const struct format format_romfs = {
	.name = "romfs",
	.title = "romfs file system",
	.probe = probe,
	.parse = parse,
};
