/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ELF programs that unpack a kernel and start it. A section holds the kernel:
 *
 * vmlinuz-mips  .data, after the loader's own data (arch/mips/boot/compressed/ld.script, 6.12); what
 *               follows the stream is its size word and padding, and no field tells the length
 * zimage-ppc    .kernel:vmlinux.strip, exactly (arch/powerpc/boot/{wrapper,zImage.lds.S}, 6.12); further
 *               sections may hold an initrd, a device tree, a command line
 * vmlinuz-elf   what other architectures link before objcopy makes a flat image of it, which on parisc
 *               is the image that boots: stream and size word, on some behind a word with their length
 *                 .piggydata               arm      (arch/arm/boot/compressed/vmlinux.lds.S, 4.16)
 *                 .rodata..compressed      x86, sh  (arch/x86/boot/compressed/mkpiggy.c, 6.12)
 *                 .rodata.compressed       parisc, older x86 and sh (vmlinux.scr)
 *                 .vmlinux.bin.compressed  s390, parisc
 */
#include <elf.h>

#include "codec/codec.h"
#include "format/elf.h"
#include "format/registry.h"

/* As many sections as a loader may have; probing stays cheap. */
#define MAX_LOOK 256

static bool open_quietly(struct span s, struct elf *ret_elf)
{
	struct kimg_error *error;

	if (!elf_is(s))
		return false;
	error = elf_open(s, ret_elf);
	kimg_error_free(error);
	return !error;
}

/* The first of these sections that has bytes. */
static bool find_section(const struct elf *elf, const char *const *names,
			 struct elf_section *ret_section)
{
	struct elf_section section;

	for (uint32_t i = 1; i < MAX_LOOK && elf_section_at(elf, i, &section); i++)
		for (const char *const *name = names; *name; name++)
			if (elf_section_has_bytes(&section) && elf_section_named(&section, *name)) {
				*ret_section = section;
				return true;
			}
	return false;
}

/* The tile that elf_parse() made of section, or NULL. */
static struct kimg_part *section_part(struct kimg_part *part, const struct elf_section *section)
{
	for (const struct kimg_part *child = part->children; child; child = child->next)
		if (!child->view && child->offset == part->offset + section->offset &&
		    (child->kind == KIMG_PART_SECTION || child->kind == KIMG_PART_TABLE))
			return (struct kimg_part *)child;
	return NULL;
}

/* ---- MIPS ---- */

static const char *const mips_names[] = { ".image", ".data", NULL };
static const char *const mips_dtb_names[] = { ".appended_dtb", NULL };

static bool starts_with_stream(struct span s)
{
	return codec_detect(s, NULL) != NULL;
}

static int mips_probe(struct span s)
{
	struct elf_section section, dtb;
	struct elf elf;

	if (!open_quietly(s, &elf) || elf.machine != EM_MIPS || !elf_is_standalone(&elf) ||
	    elf_has_linux_sections(&elf) || !find_section(&elf, mips_names, &section))
		return 0;
	if (starts_with_stream(elf_section_bytes(&elf, &section)))
		return 80;
	return elf_section(&elf, mips_dtb_names[0], &dtb) ? 72 : 0;
}

static struct kimg_error *mips_parse(struct kimg_part *part)
{
	TRY(elf_parse(part));
	field_unchecked(part, "payload");
	return NULL;
}

static struct kimg_error *mips_search(struct kimg_part *part)
{
	struct elf_section section;
	struct kimg_part *child;
	struct elf elf;

	TRY(elf_open(part_span(part), &elf));
	child = find_section(&elf, mips_names, &section) ? section_part(part, &section) : NULL;
	if (!child) {
		note_bad(part, "no section holds a payload");
		return NULL;
	}
	if (part_search_payload(child, "payload", 0, child->size, false)) {
		field_printf(part, "payload", "%.*s", (int)section.name.n, section.name.p);
		return NULL;
	}
	/* Loaders of others put no size word behind the stream. */
	if (starts_with_stream(part_span(child)))
		part_add_payload(child, "payload", 0, child->size, false);
	else if (!part_guess_payload(child, "payload", 0, child->size, false))
		note_bad(part, "no payload found");
	field_printf(part, "payload", "%s", child->children ? "without a size" : "none found");
	return NULL;
}

const struct format format_vmlinuz_mips = {
	.name = "vmlinuz-mips",
	.title = "Linux MIPS vmlinuz (ELF loader)",
	.refines = &format_elf,
	.probe = mips_probe,
	.parse = mips_parse,
	.search = mips_search,
};

/* ---- PowerPC ---- */

static const char *const ppc_names[] = { ".kernel:vmlinux.strip", NULL };

static int ppc_probe(struct span s)
{
	struct elf_section section;
	struct elf elf;

	if (!open_quietly(s, &elf) || (elf.machine != EM_PPC && elf.machine != EM_PPC64))
		return 0;
	return find_section(&elf, ppc_names, &section) ? 96 : 0;
}

static void add_inside(struct kimg_part *part, const struct elf *elf, const char *section_name,
		       enum kimg_part_kind kind, const char *name)
{
	struct elf_section section;
	struct kimg_part *outer, *inner;

	if (!elf_section(elf, section_name, &section) || !elf_section_has_bytes(&section))
		return;
	outer = section_part(part, &section);
	if (!outer || outer->size == 0)
		return;
	if (kind == KIMG_PART_PAYLOAD) {
		part_add_payload(outer, name, 0, outer->size, false);
		return;
	}
	if (kind == KIMG_PART_CMDLINE) {
		inner = part_add(outer, kind, name, 0, outer->size);
		field_text(inner, "cmdline", part_span(inner));
		return;
	}
	part_add_nested(outer, kind, name, 0, outer->size);
}

static struct kimg_error *ppc_parse(struct kimg_part *part)
{
	struct elf elf;

	TRY(elf_parse(part));
	TRY(elf_open(part_span(part), &elf));
	add_inside(part, &elf, ppc_names[0], KIMG_PART_PAYLOAD, "payload");
	add_inside(part, &elf, ".kernel:initrd", KIMG_PART_INITRD, "initrd");
	add_inside(part, &elf, ".kernel:dtb", KIMG_PART_DTB, "dtb");
	add_inside(part, &elf, ".kernel:esm_blob", KIMG_PART_DATA, "esm-blob");
	add_inside(part, &elf, "__builtin_cmdline", KIMG_PART_CMDLINE, "cmdline");
	return NULL;
}

const struct format format_zimage_ppc = {
	.name = "zimage-ppc",
	.title = "Linux PowerPC zImage (ELF loader)",
	.refines = &format_elf,
	.probe = ppc_probe,
	.parse = ppc_parse,
};

/* ---- the others ---- */

static const char *const other_names[] = { ".piggydata", ".rodata..compressed",
					   ".rodata.compressed", ".vmlinux.bin.compressed", NULL };

static int other_probe(struct span s)
{
	struct elf_section section;
	struct elf elf;

	if (!open_quietly(s, &elf) || (elf.type != ET_EXEC && elf.type != ET_DYN))
		return 0;
	return find_section(&elf, other_names, &section) ? 88 : 0;
}

static struct kimg_error *other_parse(struct kimg_part *part)
{
	struct elf_section section;
	struct kimg_part *child;
	struct span s;
	struct elf elf;
	struct cursor c;

	TRY(elf_parse(part));
	TRY(elf_open(part_span(part), &elf));
	child = find_section(&elf, other_names, &section) ? section_part(part, &section) : NULL;
	if (!child) {
		note_bad(part, "the section of the payload cannot be read");
		return NULL;
	}
	s = part_span(child);
	c = elf.big_endian ? cursor_be(s) : cursor_le(s);
	if (!starts_with_stream(s) && s.n > 4 && cursor_u32(&c) == section.size - 4 &&
	    starts_with_stream(span_from(s, 4))) {
		part_add(child, KIMG_PART_HEADER, "input-len", 0, 4);
		part_add_payload(child, "payload", 4, section.size - 4, true);
	} else {
		part_add_payload(child, "payload", 0, section.size, true);
	}
	return NULL;
}

const struct format format_vmlinuz_elf = {
	.name = "vmlinuz-elf",
	.title = "Linux kernel in an ELF loader",
	.refines = &format_elf,
	.probe = other_probe,
	.parse = other_parse,
};
