/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * U-Boot's legacy image (include/image.h, boot/image.c of U-Boot 2023.01 and 2025.04). Big endian:
 *
 *    0  4  ih_magic 27 05 19 56      24  4  ih_dcrc  CRC-32 of the data
 *    4  4  ih_hcrc  CRC-32 of the    28  1  ih_os
 *          header with this as 0     29  1  ih_arch
 *    8  4  ih_time                   30  1  ih_type
 *   12  4  ih_size  of the data      31  1  ih_comp
 *   16  4  ih_load                   32 32  ih_name, NULs behind it if shorter
 *   20  4  ih_ep                     64     data
 *
 * The data of types multi and script opens with a table of the sizes of its pieces, 32 bits each, and a zero.
 * The pieces follow, each padded to 4 bytes but for the last.
 */
#include "base/buf.h"
#include "crypto/digest.h"
#include "format/registry.h"
#include "format/uboot.h"

#define HEADER_SIZE 64
#define MAGIC       SPAN_LITERAL("\x27\x05\x19\x56")

/* No loader takes more than four; this is for a damaged table. */
#define MAX_PIECES 1024

enum { OS_LINUX = 5 };
enum {
	TYPE_STANDALONE = 1,
	TYPE_KERNEL = 2,
	TYPE_RAMDISK = 3,
	TYPE_MULTI = 4,
	TYPE_SCRIPT = 6,
	TYPE_FLATDT = 8,
	TYPE_KERNEL_NOLOAD = 14,
	TYPE_FDT_LEGACY = 43,
};

/* The short names that mkimage takes; the few that it has none for, as they are called. */
static const char *const os_names[] = {
	"invalid",  "openbsd",
	"netbsd",   "freebsd",
	"4_4bsd",   "linux",
	"svr4",     "esix",
	"solaris",  "irix",
	"sco",      "dell",
	"ncr",      "lynxos",
	"vxworks",  "psos",
	"qnx",      "u-boot",
	"rtems",    "artos",
	"unity",    "integrity",
	"ose",      "plan9",
	"openrtos", "arm-trusted-firmware",
	"tee",      "opensbi",
	"efi",      "elf",
};

static const char *const arch_names[] = {
	"invalid",    "alpha", "arm",      "x86",    "ia64",    "mips",    "mips64",
	"powerpc",    "s390",  "sh",       "sparc",  "sparc64", "m68k",    "nios",
	"microblaze", "nios2", "blackfin", "avr32",  "st200",   "sandbox", "nds32",
	"or1k",       "arm64", "arc",      "x86_64", "xtensa",  "riscv",   "loongarch",
};

static const char *const type_names[] = {
	"invalid",         "standalone",   "kernel",       "ramdisk",    "multi",
	"firmware",        "script",       "filesystem",   "flat_dt",    "kwbimage",
	"imximage",        "ublimage",     "omapimage",    "aisimage",   "kernel_noload",
	"pblimage",        "mxsimage",     "gpimage",      "atmelimage", "socfpgaimage",
	"x86_setup",       "lpc32xximage", "loadable",     "rkimage",    "rksd",
	"rkspi",           "zynqimage",    "zynqmpimage",  "zynqmpbif",  "fpga",
	"vybridimage",     "tee",          "firmware_ivt", "pmmc",       "stm32image",
	"socfpgaimage_v1", "mtk_image",    "imx8mimage",   "imx8image",  "copro",
	"sunxi_egon",      "sunxi_toc0",   "fdt_legacy",   "spkgimage",  "sfspl",
	"tfa-bl31",        "stm32imagev2", "amlimage",
};

static const char *const comp_names[] = {
	"none", "gzip", "bzip2", "lzma", "lzo", "lz4", "zstd",
};

struct header {
	uint32_t hcrc, time, size, load, ep, dcrc;
	uint8_t os, arch, type, comp;
	struct span name;
};

static bool read_header(struct span s, struct header *ret)
{
	struct cursor c = cursor_be(s);

	cursor_skip(&c, 4);
	ret->hcrc = cursor_u32(&c);
	ret->time = cursor_u32(&c);
	ret->size = cursor_u32(&c);
	ret->load = cursor_u32(&c);
	ret->ep = cursor_u32(&c);
	ret->dcrc = cursor_u32(&c);
	ret->os = cursor_u8(&c);
	ret->arch = cursor_u8(&c);
	ret->type = cursor_u8(&c);
	ret->comp = cursor_u8(&c);
	ret->name = cursor_take(&c, 32);
	return !c.failed;
}

static int probe(struct span s)
{
	struct header header;
	int bits = 32;

	if (!span_starts(s, MAGIC))
		return 0;
	if (read_header(s, &header))
		bits += (header.os < ARRAY_SIZE(os_names)) +
			(header.arch < ARRAY_SIZE(arch_names)) +
			(header.type < ARRAY_SIZE(type_names)) +
			(header.comp < ARRAY_SIZE(comp_names));
	return bits;
}

static void field_named(struct kimg_part *part, const char *name, uint8_t value,
			const char *const *names, size_t count)
{
	field_number_as(part, name, value, "%s", value < count ? names[value] : "unknown");
}

static struct kimg_error *check_header(struct kimg_part *part, struct span s)
{
	struct span pieces[] = {
		span_clip(s, 0, 4),
		SPAN_LITERAL("\0\0\0\0"),
		span_clip(s, 8, HEADER_SIZE - 8),
	};
	struct digest digest;

	TRY(digest_compute("crc32", pieces, ARRAY_SIZE(pieces), &digest));
	field_check(part, "header_checksum", span_clip(s, 4, 4), digest_span(&digest));
	return NULL;
}

static void show_header(struct kimg_part *part, const struct header *header)
{
	field_hex(part, "ih_hcrc", header->hcrc);
	field_time(part, "ih_time", header->time);
	field_number(part, "ih_size", header->size);
	field_hex(part, "ih_load", header->load);
	field_hex(part, "ih_ep", header->ep);
	field_hex(part, "ih_dcrc", header->dcrc);
	field_named(part, "ih_os", header->os, os_names, ARRAY_SIZE(os_names));
	field_named(part, "ih_arch", header->arch, arch_names, ARRAY_SIZE(arch_names));
	field_named(part, "ih_type", header->type, type_names, ARRAY_SIZE(type_names));
	field_named(part, "ih_comp", header->comp, comp_names, ARRAY_SIZE(comp_names));
	field_text(part, "ih_name", header->name);
	field_unchecked(part, "data_checksum");
}

static const char *compression(const struct header *header)
{
	return header->comp < ARRAY_SIZE(comp_names) ? comp_names[header->comp] : "of this number";
}

/* ---- the data ---- */

struct role {
	enum kimg_part_kind kind;
	const char *name;
};

/* What bootm takes the pieces of a Linux image for, by their place (boot/bootm.c, boot/image-board.c). */
static struct role role_of_piece(const struct header *header, unsigned int place)
{
	static const struct role roles[] = {
		{ KIMG_PART_PAYLOAD, "kernel" },
		{ KIMG_PART_INITRD, "initrd" },
		{ KIMG_PART_DTB, "dtb" },
	};

	if (header->type == TYPE_SCRIPT)
		return place == 0 ? (struct role){ KIMG_PART_DATA, "payload" }
				  : (struct role){ KIMG_PART_DATA, "piece" };
	if (header->os == OS_LINUX && place < ARRAY_SIZE(roles))
		return roles[place];
	return (struct role){ place ? KIMG_PART_DATA : KIMG_PART_PAYLOAD, "piece" };
}

/* bootm unpacks the first piece alone. */
static void add_piece(struct kimg_part *part, const struct header *header, unsigned int place,
		      uint64_t offset, uint64_t size)
{
	struct role role = role_of_piece(header, place);
	struct kimg_part *piece;

	if (header->type == TYPE_SCRIPT)
		piece = part_add(part, role.kind, role.name, offset, size);
	else
		piece = uboot_add_image(part, role.kind, role.name, offset, size,
					place ? NULL : compression(header));
	if (offset + size > (uint64_t)HEADER_SIZE + header->size)
		note_bad(piece, "runs past the end of the data");
}

static void add_pieces(struct kimg_part *part, const struct header *header)
{
	struct span data = span_clip(part_span(part), HEADER_SIZE, header->size);
	struct cursor c = cursor_be(data);
	unsigned int count = 0;
	struct kimg_part *table;
	uint64_t offset;

	while (count < MAX_PIECES && cursor_u32(&c) != 0)
		count++;
	table = part_add(part, KIMG_PART_TABLE, "sizes", HEADER_SIZE, c.at);
	field_number(table, "pieces", count);
	if (c.failed || count == MAX_PIECES) {
		note_bad(table, "the table of sizes has no end");
		return;
	}
	offset = HEADER_SIZE + c.at;
	cursor_seek(&c, 0);
	for (unsigned int place = 0; place < count; place++) {
		uint32_t size = cursor_u32(&c);

		add_piece(part, header, place, offset, size);
		offset += ((uint64_t)size + 3) & ~(uint64_t)3;
	}
}

static bool holds_kernel(const struct header *header)
{
	return header->type == TYPE_KERNEL || header->type == TYPE_KERNEL_NOLOAD ||
	       (header->type == TYPE_STANDALONE && header->os == OS_LINUX);
}

static void add_data(struct kimg_part *part, const struct header *header)
{
	struct role role = { KIMG_PART_PAYLOAD, "payload" };

	if (header->size == 0)
		return;
	if (header->type == TYPE_MULTI || header->type == TYPE_SCRIPT) {
		add_pieces(part, header);
		return;
	}
	if (header->type == TYPE_RAMDISK)
		role = (struct role){ KIMG_PART_INITRD, "initrd" };
	else if (header->type == TYPE_FLATDT || header->type == TYPE_FDT_LEGACY)
		role = (struct role){ KIMG_PART_DTB, "dtb" };
	else if (!holds_kernel(header))
		role.kind = KIMG_PART_DATA;
	uboot_add_image(part, role.kind, role.name, HEADER_SIZE, header->size, compression(header));
}

static struct kimg_error *parse(struct kimg_part *part)
{
	struct span s = part_span(part);
	struct kimg_part *head = part_add(part, KIMG_PART_HEADER, "header", 0, HEADER_SIZE);
	struct header header;

	if (!read_header(s, &header))
		return NULL;
	show_header(head, &header);
	add_data(part, &header);
	return check_header(head, s);
}

/* The data may be cut short; then its checksum says nothing. */
static struct kimg_error *verify(struct kimg_part *part)
{
	struct span s = part_span(part), data;
	struct kimg_part *head = (struct kimg_part *)part->children;
	struct header header;
	struct digest digest;

	if (!head || !read_header(s, &header))
		return NULL;
	if (!span_sub(s, HEADER_SIZE, header.size, &data)) {
		note_bad(head, "the data should be %u bytes, of which %zu are there", header.size,
			 s.n - HEADER_SIZE);
		return NULL;
	}
	TRY(digest_compute("crc32", &data, 1, &digest));
	field_check(head, "data_checksum", span_clip(s, 24, 4), digest_span(&digest));
	return NULL;
}

const struct format format_uimage = {
	.name = "uimage",
	.title = "U-Boot legacy image",
	.probe = probe,
	.parse = parse,
	.verify = verify,
};
