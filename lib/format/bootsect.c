/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * x86 images from before the boot protocol 2.00 (up to kernel 1.3.72): a boot sector that loads the rest from a
 * floppy, setup code, and the system, which since about 0.99 is a gzip stream behind its unpacker.
 *
 *   0      b8 c0 07  mov $0x7c0,%ax  8e d8  mov %ax,%ds: how the kernel's own boot sectors begin, 0.01 to 2.4
 *   0x1f1  setup_sects, root_flags, syssize, swap_dev, ram_size, vid_mode, root_dev: see x86_header.c
 *   0x1fe  0xaa55
 *   (setup_sects + 1) * 512  the system, syssize * 16 bytes
 *
 * Every disk's boot sector ends with 0xaa55 as well, so that without the first instructions the fields must make
 * sense.
 */
#include <inttypes.h>

#include "format/registry.h"
#include "format/x86.h"

#define HEADER_START 0x1f1u
#define HEADER_END   0x200u
#define MAX_SETUP    64

/* A zImage and its setup fit below 640 KiB (boot.rst, memory layout). */
#define MAX_SYSSIZE 0x9000

static bool fields_make_sense(struct span s)
{
	uint16_t root_flags = span_le16(s, 0x1f2), syssize = span_le16(s, 0x1f4);
	uint16_t vid_mode = span_le16(s, 0x1fa);

	return s.p[HEADER_START] <= MAX_SETUP && root_flags <= 1 && syssize > 0x100 &&
	       syssize <= MAX_SYSSIZE && span_le16(s, 0x1f8) == 0 &&
	       (vid_mode >= 0xfffd || vid_mode <= 0xf09);
}

static int probe(struct span s)
{
	if (s.n < HEADER_END || span_le16(s, 0x1fe) != 0xaa55 ||
	    span_has(s, 0x202, SPAN_LITERAL("HdrS")))
		return 0;
	if (span_starts(s, SPAN_LITERAL("\xb8\xc0\x07\x8e\xd8")))
		return 56;
	return fields_make_sense(s) ? 24 : 0;
}

static struct kimg_error *parse(struct kimg_part *part)
{
	struct span s = part_span(part);
	uint64_t code = x86_setup_size(s), size = span_le16(s, 0x1f4) * UINT64_C(16), there;
	struct kimg_part *setup = part_add(part, KIMG_PART_CODE, "setup", 0, code);
	struct kimg_part *header = part_add(setup, KIMG_PART_HEADER, "header", HEADER_START,
					    HEADER_END - HEADER_START);

	part_fill(setup, KIMG_PART_CODE, "code");
	x86_header_fields(header, s, 0);
	there = s.n > code ? s.n - code : 0;
	if (size >= there + 16)
		note_bad(part, "syssize tells %" PRIu64 " bytes, of which %" PRIu64 " are there",
			 size, there);
	/* The last sector of a floppy image may be filled up; a wrong syssize is the rule up to 0.95. */
	if (there)
		part_add(part, KIMG_PART_CODE, "system", code, there);
	field_unchecked(part, "payload");
	return NULL;
}

static struct kimg_error *search(struct kimg_part *part)
{
	const struct kimg_part *child = part->children;
	struct kimg_part *system;

	while (child && (child->view || strcmp(child->name, "system") != 0))
		child = child->next;
	system = (struct kimg_part *)child;
	if (!system) {
		field_printf(part, "payload", "none");
		return NULL;
	}
	if (part_search_payload(system, "payload", 0, system->size, false)) {
		x86_mark_found(system);
		part_fill(system, KIMG_PART_CODE, "code");
		field_printf(part, "payload", "found");
	} else {
		/* Not packed, as up to 0.99: the kernel itself. */
		x86_mark_flat_kernel(system);
		field_printf(part, "payload", "none");
	}
	return NULL;
}

const struct format format_bootsect = {
	.name = "bootsect",
	.title = "Linux x86 boot sector image",
	.probe = probe,
	.parse = parse,
	.search = search,
};
