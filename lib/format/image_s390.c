/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The s390 image: what a mainframe loads to address 0 and starts (arch/s390/boot/{head.S,ipl_data.c},
 * arch/s390/include/asm/setup.h, 6.12). All words are big endian.
 *
 * 0x00000 8    program status word to start with
 * 0x00008 16   channel command words that read on, when it is loaded from cards or tape
 * 0x10008 6    "S390EP" (3.2), then a word that tells the version of what follows
 * 0x10400 8    ipl_device              0x10420 8    oldmem_size
 * 0x10408 8    initrd_start            0x10428 8    kernel_version: offset of a text (5.3)
 * 0x10410 8    initrd_size             0x10430 8    max_command_line_size (5.17; 0: 896)
 * 0x10418 8    oldmem_base             0x10480      command line
 *
 * 31-bit kernels, which ended with 4.0, have their words in the lower halves of the same 8 bytes. The
 * payload is what the linker put behind the loader: no field tells its place; behind it stands its size,
 * little endian as everywhere. An image (not bzImage), and all before 2.6.35, are the kernel itself.
 */
#include <inttypes.h>

#include "format/registry.h"

#define SIGNATURE_AT 0x10008
#define PARMAREA_AT  0x10400
#define PARMAREA_END 0x10480
#define CMDLINE_AT   0x10480
#define CMDLINE_SIZE 896 /* COMMAND_LINE_SIZE before it could be configured */
#define LOADER_START 0x10000
#define IPL_SIZE     24
#define MAX_VERSION  4096

static const uint8_t ipl_start[IPL_SIZE] = {
	0x00, 0x08, 0x00, 0x00,
	0x80, 0x00, 0x02, 0x00, /* the program status word */
	0x02, 0x00, 0x00, 0x18,
	0x60, 0x00, 0x00, 0x50, /* two channel command words: read 80 bytes */
	0x02, 0x00, 0x00, 0x68,
	0x60, 0x00, 0x00, 0x50,
};

static int image_s390_probe(struct span s)
{
	bool ipl = span_starts(s, span_of(ipl_start, sizeof(ipl_start)));
	bool signature = span_has(s, SIGNATURE_AT, SPAN_LITERAL("S390EP"));

	if (!ipl)
		return 0;
	return signature ? 240 : 192;
}

static void add_parmarea(struct kimg_part *part, struct span s)
{
	static const char *const names[] = { "ipl_device",           "initrd_start",
					     "initrd_size",          "oldmem_base",
					     "oldmem_size",          "kernel_version",
					     "max_command_line_size" };
	struct kimg_part *header =
		part_add(part, KIMG_PART_HEADER, "header", PARMAREA_AT, PARMAREA_END - PARMAREA_AT);

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		uint64_t value = span_be64(s, PARMAREA_AT + 8 * i);

		if (i == ARRAY_SIZE(names) - 1)
			field_number(header, names[i], value);
		else
			field_hex(header, names[i], value);
	}
}

static void add_cmdline(struct kimg_part *part, struct span s)
{
	uint64_t size = span_be64(s, PARMAREA_AT + 0x30);
	struct kimg_part *cmdline = part_add(part, KIMG_PART_CMDLINE, "cmdline", CMDLINE_AT,
					     size ? size : CMDLINE_SIZE);

	field_text(cmdline, "cmdline", part_span(cmdline));
}

static void add_version(struct kimg_part *part, struct span s)
{
	uint64_t at = span_be64(s, PARMAREA_AT + 0x28);
	struct span text = span_text(span_clip(s, at, MAX_VERSION));
	struct kimg_part *version;

	if (at == 0)
		return;
	if (at < LOADER_START || text.n == 0) {
		note_bad(part, "kernel_version points to 0x%" PRIx64, at);
		return;
	}
	version = part_add(part, KIMG_PART_DATA, "version", at, text.n + 1);
	field_text(version, "version", text);
	field_text(part, "version", text);
}

static struct kimg_error *image_s390_parse(struct kimg_part *part)
{
	struct span s = part_span(part);
	struct kimg_part *ipl = part_add(part, KIMG_PART_HEADER, "ipl", 0, IPL_SIZE);

	part_fill(part, KIMG_PART_CODE, "code");
	field_hex(ipl, "psw", span_be64(s, 0));
	if (span_has(s, SIGNATURE_AT, SPAN_LITERAL("S390EP"))) {
		struct kimg_part *signature =
			part_add(part, KIMG_PART_HEADER, "signature", SIGNATURE_AT, 8);

		field_text(signature, "magic", span_clip(s, SIGNATURE_AT, 6));
		field_number(signature, "version", span_be32(s, SIGNATURE_AT + 4) & 0xffff);
	}
	add_parmarea(part, s);
	if (s.n > PARMAREA_END) {
		add_cmdline(part, s);
		add_version(part, s);
	} else {
		note_bad(part, "ends before its parameter area does");
	}
	field_unchecked(part, "payload");
	return NULL;
}

static struct kimg_error *image_s390_search(struct kimg_part *part)
{
	struct span s = part_span(part);
	size_t at;

	if (part_search_payload(part, "payload", LOADER_START, s.n, false)) {
		field_printf(part, "payload", "found");
	} else if (span_find(s, 0, SPAN_LITERAL("Linux version "), &at)) {
		field_printf(part, "payload", "none: this is the kernel itself");
		part->kind = KIMG_PART_KERNEL;
	} else if (part_guess_payload(part, "payload", LOADER_START, s.n, false)) {
		field_printf(part, "payload", "damaged");
		note_bad(part, "no stream is sound and followed by its size");
	} else {
		field_printf(part, "payload", "none found");
		note_bad(part, "no payload found");
	}
	return NULL;
}

const struct format format_image_s390 = {
	.name = "image-s390",
	.title = "Linux s390 image",
	.probe = image_s390_probe,
	.parse = image_s390_parse,
	.search = image_s390_search,
};
