/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Unified kernel images, and PE add-ons, which extend them (UAPI.5, "Unified Kernel Image"; the reference
 * implementation is systemd-stub): PE files whose sections hold a kernel, its initrd, command line and
 * so on. The names of sections tell what they are; there is no other header.
 *
 *   .linux required in an image, absent in an add-on; that has .cmdline, .dtb, .ucode or .initrd
 *   .profile may appear many times: what follows it, up to the next, overrides the sections of the same
 *   names before the first one, which are the base of all profiles
 */
#include <stdio.h>

#include "base/buf.h"
#include "format/pe.h"
#include "format/registry.h"
#include "format/uki_text.h"

/* How many sections are looked into; sane images have some dozens. */
#define MAX_ENTRIES 256

#define BASE_PROFILE -1

static const char sdmagic[] = "#### LoaderInfo: ";

struct section_type {
	char name[9];
	enum kimg_part_kind kind;
	bool nested;
	bool many; /* may appear more than once in a profile */
	void (*describe)(struct kimg_part *part);
};

static void describe_cmdline(struct kimg_part *part)
{
	field_text(part, "cmdline", part_span(part));
}

static void describe_uname(struct kimg_part *part)
{
	field_text(part, "uname", part_span(part));
}

static void describe_assignments(struct kimg_part *part)
{
	uki_add_assignments(part, part_span(part));
}

static void describe_sbat(struct kimg_part *part)
{
	uki_add_sbat(part, part_span(part));
}

/* "#### LoaderInfo: systemd-stub 252.39-1~deb12u2 ####" */
static bool add_loader_info(struct kimg_part *part, struct span s)
{
	struct span text = span_text(span_from(s, sizeof(sdmagic) - 1));
	size_t end = 0;

	if (!span_starts(s, SPAN_LITERAL(sdmagic)) ||
	    !span_find(text, 0, SPAN_LITERAL(" ####"), &end))
		return false;
	field_text(part, "LoaderInfo", span_clip(text, 0, end));
	return true;
}

static void describe_sdmagic(struct kimg_part *part)
{
	if (!add_loader_info(part, part_span(part)))
		note(part, "not as systemd-stub writes it");
}

/* A Windows bitmap: 0x00 "BM", 0x12 le32 width, 0x16 le32 height, below 0 where rows go down. */
static void describe_splash(struct kimg_part *part)
{
	struct span s = part_span(part);
	int32_t height = span_le32(s, 0x16);

	if (!span_starts(s, SPAN_LITERAL("BM")))
		return;
	field_number(part, "width", span_le32(s, 0x12));
	field_number(part, "height", height < 0 ? -(uint32_t)height : (uint32_t)height);
}

/*
 * UAPI.5, the text of systemd 257. .dtbauto and .efifw came after it (systemd 257 and 258), .hwids with them;
 * the texts at hand do not describe their insides, so they are shown as data.
 */
static const struct section_type types[] = {
	{ ".linux", KIMG_PART_KERNEL, .nested = true },
	{ ".osrel", KIMG_PART_DATA, .describe = describe_assignments },
	{ ".cmdline", KIMG_PART_CMDLINE, .describe = describe_cmdline },
	{ ".initrd", KIMG_PART_INITRD, .nested = true },
	{ ".ucode", KIMG_PART_DATA, .nested = true },
	{ ".splash", KIMG_PART_DATA, .describe = describe_splash },
	{ ".dtb", KIMG_PART_DTB, .nested = true, .many = true },
	{ ".dtbauto", KIMG_PART_DTB, .nested = true, .many = true },
	{ ".efifw", KIMG_PART_DATA, .many = true },
	{ ".fwauto", KIMG_PART_DATA, .many = true },
	{ ".hwids", KIMG_PART_DATA },
	{ ".uname", KIMG_PART_DATA, .describe = describe_uname },
	{ ".sbat", KIMG_PART_DATA, .describe = describe_sbat },
	{ ".pcrsig", KIMG_PART_DATA },
	{ ".pcrpkey", KIMG_PART_DATA },
};

/* ---- probing ---- */

static bool has_section(const struct pe *pe, const char *name)
{
	struct pe_section section;

	for (unsigned int i = 0; pe_section(pe, i, &section); i++)
		if (strcmp(section.name, name) == 0)
			return true;
	return false;
}

/* The headers of s, where it is a PE file that can be told: false also where it ends before them. */
static bool read_program(struct span s, struct pe *ret)
{
	struct kimg_error *error = pe_read(s, ret);

	kimg_error_free(error);
	return !error;
}

static int probe_uki(struct span s)
{
	struct pe pe;

	return read_program(s, &pe) && has_section(&pe, ".linux") ? pe_probe(s) + 48 : 0;
}

static int probe_addon(struct span s)
{
	struct pe pe;

	if (!read_program(s, &pe) || pe.subsystem != PE_SUBSYSTEM_EFI_APPLICATION ||
	    has_section(&pe, ".linux"))
		return 0;
	return has_section(&pe, ".cmdline") || has_section(&pe, ".dtb") ||
			       has_section(&pe, ".ucode") || has_section(&pe, ".initrd")
		       ? pe_probe(s) + 32
		       : 0;
}

/* ---- sections and profiles ---- */

struct entry {
	const struct section_type *type; /* NULL: .profile itself */
	struct kimg_part *part;
	int profile;
};

struct uki {
	struct kimg_part *root;
	const struct pe *pe;
	struct entry entries[MAX_ENTRIES];
	unsigned int count;
	int profile; /* which one the sections belong to now */
	bool more;   /* there are more entries than fit */
};

static bool appeared(const struct uki *uki, const struct section_type *type, int profile)
{
	for (unsigned int i = 0; i < uki->count; i++)
		if (uki->entries[i].type == type && uki->entries[i].profile == profile)
			return true;
	return false;
}

/* False where there are too many to look into. */
static bool remember(struct uki *uki, const struct section_type *type, struct kimg_part *part)
{
	if (type && !type->many && appeared(uki, type, uki->profile))
		note_bad(part, "%s appears more than once: systemd-stub takes the first",
			 type->name);
	if (uki->count == MAX_ENTRIES) {
		uki->more = true;
		return false;
	}
	uki->entries[uki->count++] =
		(struct entry){ .type = type, .part = part, .profile = uki->profile };
	return true;
}

static void add_profile(struct uki *uki, const struct pe_section *section)
{
	struct kimg_part *part;
	char name[24];

	uki->profile++;
	snprintf(name, sizeof(name), "profile-%d", uki->profile);
	/* One that only separates may be empty: it is a profile all the same. */
	part = pe_add_section(uki->root, KIMG_PART_CONFIGURATION, name, uki->pe, section);
	if (!part)
		part = part_add_view(uki->root, KIMG_PART_CONFIGURATION, name, 0, 0);
	if (remember(uki, NULL, part))
		describe_assignments(part);
}

static void add_typed(struct uki *uki, const struct section_type *type,
		      const struct pe_section *section)
{
	struct kimg_part *part =
		pe_add_section(uki->root, type->kind, type->name + 1, uki->pe, section);

	if (!part || !remember(uki, type, part))
		return;
	if (type->nested)
		part_nest(part, NULL);
	/* As in other containers: one compressed stream is decoded, what is more than that is nested. */
	if (type->kind == KIMG_PART_INITRD)
		part_set_codec(part, NULL, 0);
	if (type->describe)
		type->describe(part);
}

static void add_section(struct uki *uki, const struct pe_section *section)
{
	struct kimg_part *part;

	for (size_t i = 0; i < ARRAY_SIZE(types); i++) {
		if (strcmp(types[i].name, section->name) == 0) {
			add_typed(uki, &types[i], section);
			return;
		}
	}
	if (strcmp(section->name, ".profile") == 0) {
		add_profile(uki, section);
		return;
	}
	part = pe_add_section(uki->root, KIMG_PART_SECTION, NULL, uki->pe, section);
	if (part && strcmp(section->name, ".sdmagic") == 0)
		describe_sdmagic(part);
}

/* The parts that a profile takes for a type: its own, else those of the base. */
static void describe_choice(const struct uki *uki, struct kimg_part *profile, int number,
			    const struct section_type *type)
{
	int from = appeared(uki, type, number) ? number : BASE_PROFILE;
	cleanup_buf struct buf names = { 0 };

	for (unsigned int i = 0; i < uki->count; i++) {
		const struct entry *entry = &uki->entries[i];

		if (entry->type != type || entry->profile != from || (names.n && !type->many))
			continue;
		buf_printf(&names, "%s%s", names.n ? " " : "", entry->part->name);
	}
	if (names.n && !names.failed)
		field_text(profile, type->name + 1, buf_span(&names));
}

static void describe_profiles(const struct uki *uki)
{
	for (unsigned int i = 0; i < uki->count; i++) {
		const struct entry *entry = &uki->entries[i];

		for (size_t t = 0; !entry->type && t < ARRAY_SIZE(types); t++)
			describe_choice(uki, entry->part, entry->profile, &types[t]);
	}
	if (uki->more)
		note_bad(uki->root,
			 "more than %d sections with a meaning: the rest is not looked into",
			 MAX_ENTRIES);
}

/* ---- the drivers ---- */

static struct kimg_error *parse(struct kimg_part *part)
{
	struct pe pe;
	struct uki uki = { .root = part, .pe = &pe, .profile = BASE_PROFILE };
	struct pe_section section;

	TRY(pe_read(part_span(part), &pe));
	pe_add_header(part, &pe);
	for (unsigned int i = 0; pe_section(&pe, i, &section); i++)
		add_section(&uki, &section);
	describe_profiles(&uki);
	pe_add_symbols(part, &pe);
	pe_add_certificates(part, &pe);
	return NULL;
}

/* Stubs before systemd 252 have the text of .sdmagic somewhere in their data. */
static struct kimg_error *search(struct kimg_part *part)
{
	const struct kimg_part *child;
	size_t at;

	for (child = part->children; child; child = child->next)
		if (child->kind == KIMG_PART_SECTION && kimg_part_field(child, "LoaderInfo"))
			return NULL;
	for (child = part->children; child; child = child->next) {
		/* Views are sections that overlap others: a file may have thousands of them. */
		if (child->view || child->kind != KIMG_PART_SECTION ||
		    !span_find(part_span(child), 0, SPAN_LITERAL(sdmagic), &at))
			continue;
		add_loader_info(part, span_from(part_span(child), at));
		return NULL;
	}
	return NULL;
}

const struct format format_uki = {
	.name = "uki",
	.title = "unified kernel image",
	.refines = &format_pe,
	.probe = probe_uki,
	.parse = parse,
	.search = search,
	.verify = pe_verify,
};

const struct format format_pe_addon = {
	.name = "pe-addon",
	.title = "add-on to a unified kernel image",
	.refines = &format_pe,
	.probe = probe_addon,
	.parse = parse,
	.search = search,
	.verify = pe_verify,
};
