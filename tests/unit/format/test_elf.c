/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "format/elf.h"
#include "format/format.h"

#include "make_elf.h"
#include "tree.h"

#define BASE64 0xffffffff81000000
#define BASE32 0xc0100000

static const uint8_t build_id[20] = "0123456789abcdefghi";

/* The four kinds of ELF, by the bits of kind. */
static struct made make_kernel_elf(unsigned int kind, const char *text_name, bool sections)
{
	static uint8_t text[512], notes[64];
	bool is64 = kind & 1, big_endian = kind & 2;
	uint64_t base = is64 ? BASE64 : BASE32;
	size_t n = make_note(notes, big_endian, "GNU", 3, build_id, sizeof(build_id));
	struct made_section list[] = {
		{ text_name, SHT_PROGBITS, base, text, sizeof(text), 0 },
		{ ".note.test", SHT_NOTE, base + 0x1000, notes, n, 0 },
		{ ".bss", SHT_NOBITS, base + 0x2000, NULL, 4096, 0 },
	};
	struct made_segment segments[] = {
		{ PT_LOAD, base, 0x100000, 1 },
		{ PT_NOTE, base + 0x1000, 0x101000, 2 },
	};
	struct made_elf elf = { is64,     big_endian, ET_EXEC,  is64 ? EM_X86_64 : EM_386, list, 3,
				segments, 2,          !sections };

	memset(text, 0x90, sizeof(text));
	return make_elf(&elf);
}

static void reads_all_kinds(void **state)
{
	for (unsigned int kind = 0; kind < 4; kind++) {
		struct made made = make_kernel_elf(kind, ".text", true);
		uint64_t base = kind & 1 ? BASE64 : BASE32, offset = 0, vaddr = 0;
		struct elf elf;
		struct elf_section section;
		struct elf_segment segment;
		struct elf_note note;

		assert_ok(elf_open(span_of(made.p, made.n), &elf));
		assert_int_equal(elf.is64, kind & 1);
		assert_int_equal(elf.big_endian, !!(kind & 2));
		assert_int_equal(elf.type, ET_EXEC);
		assert_int_equal(elf.machine, kind & 1 ? EM_X86_64 : EM_386);
		assert_true(elf.entry == base);
		assert_int_equal(elf.flags, 0x1234);
		assert_int_equal(elf.segments, 2);
		assert_int_equal(elf.sections, 5);
		assert_true(elf_section(&elf, ".note.test", &section));
		assert_int_equal(section.index, 2);
		assert_int_equal(section.type, SHT_NOTE);
		assert_true(section.addr == base + 0x1000);
		assert_int_equal(section.offset, made.offset[1]);
		assert_int_equal(elf_section_bytes(&elf, &section).n, section.size);
		assert_true(elf_section(&elf, ".bss", &section));
		assert_int_equal(elf_section_bytes(&elf, &section).n, 0);
		assert_false(elf_section(&elf, ".data", &section));
		assert_true(elf_segment_at(&elf, 0, &segment));
		assert_true(segment.vaddr == base && segment.paddr == 0x100000);
		assert_int_equal(segment.filesz, 512);
		assert_int_equal(segment.flags, PF_R | PF_X);
		assert_false(elf_segment_at(&elf, 2, &segment));
		assert_true(elf_vaddr_to_offset(&elf, base + 511, &offset));
		assert_int_equal(offset, made.offset[0] + 511);
		assert_false(elf_vaddr_to_offset(&elf, base + 512, &offset));
		assert_false(elf_vaddr_to_offset(&elf, base - 1, &offset));
		assert_true(elf_offset_to_vaddr(&elf, made.offset[0] + 1, &vaddr));
		assert_true(vaddr == base + 1);
		assert_false(elf_offset_to_vaddr(&elf, 0, &vaddr));
		assert_true(elf_find_note(&elf, "GNU", 3, &note));
		assert_int_equal(note.desc.n, sizeof(build_id));
		assert_memory_equal(note.desc.p, build_id, sizeof(build_id));
		assert_int_equal(note.offset, made.offset[1]);
		assert_false(elf_find_note(&elf, "GNU", 1, &note));
		assert_false(elf_find_note(&elf, "GN", 3, &note));
		assert_int_equal(elf_file_end(span_of(made.p, made.n)), made.n);
		assert_int_equal(elf_file_end(span_of(made.p, 100)), made.n);
		free(made.p);
	}
}

static void finds_the_end(void **state)
{
	struct made made = make_kernel_elf(1, ".text", false);

	/* Without section headers the last segment is the end. */
	assert_int_equal(elf_file_end(span_of(made.p, 1 << 19)), made.offset[1] + 36);
	assert_int_equal(elf_file_end(span_of(made.p, 63)), 0);
	assert_int_equal(elf_file_end(span_of("no", 2)), 0);
	/* A size that overflows. */
	put_word(made.p + made.phoff + 32, UINT64_MAX, 8, false);
	assert_true(elf_file_end(span_of(made.p, made.n)) == UINT64_MAX);
	free(made.p);
}

static void shows_the_parts(void **state)
{
	for (unsigned int kind = 0; kind < 4; kind++) {
		struct made made = make_kernel_elf(kind, "__ksymtab", true);
		cleanup_image struct kimg_image *image = open_bytes(made.p, made.n, KIMG_HEADERS);
		const struct kimg_part *part;

		check_no_damage(image);
		assert_int_equal(kimg_image_root(image)->kind, KIMG_PART_KERNEL);
		assert_string_equal(kimg_image_root(image)->format, "vmlinux");
		part = part_at(image, "header");
		assert_meaning(part, "e_type", "ET_EXEC");
		assert_meaning(part, "EI_DATA", kind & 2 ? "big endian" : "little endian");
		assert_number(part, "e_shnum", 5);
		part = part_at(image, "__ksymtab");
		assert_false(part->view);
		assert_int_equal(part->offset, made.offset[0]);
		assert_meaning(part, "sh_type", "SHT_PROGBITS");
		part = part_at(image, "load");
		assert_true(part->view);
		assert_number(part, "p_paddr", 0x100000);
		part = part_at(image, "build-id");
		assert_int_equal(part->kind, KIMG_PART_NOTE);
		assert_int_equal(field_at(part, "desc")->length, 20);
		assert_text(part, "owner", "GNU");
		part = part_at(image, "section-headers");
		assert_int_equal(part->kind, KIMG_PART_TABLE);
		assert_number(part, "entries", 5);
		free(made.p);
	}
}

static void segments_tile_without_sections(void **state)
{
	struct made made = make_kernel_elf(1, "", false);
	cleanup_image struct kimg_image *image = open_bytes(made.p, made.n, KIMG_HEADERS);

	check_no_damage(image);
	assert_string_equal(kimg_image_root(image)->format, "vmlinux");
	assert_false(part_at(image, "load")->view);
	assert_true(part_at(image, "note")->view);
	assert_true(has_part(image, "note/build-id"));
	free(made.p);
}

/* A segment that holds the headers too, as programs have it, is a view. */
static void segment_over_the_header(void **state)
{
	struct made made = make_kernel_elf(1, "", false);
	cleanup_image struct kimg_image *image = NULL;

	put_word(made.p + made.phoff + 8, 0, 8, false);
	put_word(made.p + made.phoff + 32, made.n, 8, false);
	put_word(made.p + made.phoff + 40, made.n, 8, false);
	image = open_bytes(made.p, made.n, KIMG_HEADERS);
	check_no_damage(image);
	assert_true(part_at(image, "load")->view);
	free(made.p);
}

static void tells_kernels_from_others(void **state)
{
	static const char *const words[][2] = {
		{ "elf/good-program", "elf" },
		{ "elf/good-object", "elf" },
		{ "elf/good-extended-numbering", "elf" },
		{ "elf/good-vmlinux-x86_64", "vmlinux" },
		{ "elf/good-vmlinux-m68k", "vmlinux" },
		{ "elf/good-vmlinux-s390x", "vmlinux" },
		{ "elf/good-vmlinux-no-sections", "vmlinux" },
		{ "elf/good-vmlinux-stripped", "vmlinux" },
	};
	cleanup_free char *word = NULL;

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		check_word(words[i][0], words[i][1]);
	/* This test itself has an interpreter. */
	assert_ok(kimg_identify("/proc/self/exe", NULL, &word));
	assert_string_equal(word, "elf");
}

/* What is neither executable nor at a kernel's address is none; nor is one with an interpreter. */
static void headers_that_speak_against(void **state)
{
	struct made made = make_kernel_elf(1, ".text", true);
	struct kimg_image *image = open_bytes(made.p, made.n, KIMG_HEADERS);

	assert_string_equal(kimg_image_root(image)->format, "elf");
	kimg_image_free(image);
	free(made.p);

	made = make_kernel_elf(1, "__ksymtab", true);
	put_word(made.p + 16, ET_REL, 2, false);
	image = open_bytes(made.p, made.n, KIMG_HEADERS);
	assert_string_equal(kimg_image_root(image)->format, "elf");
	kimg_image_free(image);
	put_word(made.p + 16, ET_DYN, 2, false);
	image = open_bytes(made.p, made.n, KIMG_HEADERS);
	assert_string_equal(kimg_image_root(image)->format, "vmlinux");
	kimg_image_free(image);
	put_word(made.p + made.phoff + 56, PT_INTERP, 4, false);
	image = open_bytes(made.p, made.n, KIMG_HEADERS);
	assert_string_equal(kimg_image_root(image)->format, "elf");
	kimg_image_free(image);
	free(made.p);
}

/* The first 4 KiB of a large kernel end before its section headers. */
static void a_beginning_is_enough(void **state)
{
	struct made made = make_kernel_elf(1, "__ksymtab", true);
	const struct format *format = NULL;

	assert_ok(format_identify(span_of(made.p, made.shoff - 8), &format));
	assert_string_equal(format->name, "vmlinux");
	free(made.p);
}

static void extended_numbering(void **state)
{
	const unsigned int count = 65400;
	size_t n = 64 + 56 + (size_t)count * 64;
	cleanup_free uint8_t *p = calloc(1, n);
	struct writer w = { .p = p };
	const uint8_t ident[16] = { 0x7f, 'E', 'L', 'F', ELFCLASS64, ELFDATA2LSB, EV_CURRENT };
	cleanup_image struct kimg_image *image = NULL;
	struct elf elf;

	add_bytes(&w, ident, 16);
	add_word(&w, ET_REL, 2);
	add_word(&w, EM_X86_64, 2);
	add_word(&w, 1, 4);
	add_word(&w, 0, 8);
	add_word(&w, 64, 8);  /* e_phoff */
	add_word(&w, 120, 8); /* e_shoff */
	add_word(&w, 0, 4);
	add_word(&w, 64, 2);
	add_word(&w, 56, 2);
	add_word(&w, 0xffff, 2); /* PN_XNUM */
	add_word(&w, 64, 2);
	add_word(&w, 0, 2);
	add_word(&w, SHN_XINDEX, 2);
	put_word(p + 120 + 32, count, 8, false);     /* sh_size: the sections */
	put_word(p + 120 + 40, count - 1, 4, false); /* sh_link: the names */
	put_word(p + 120 + 44, 1, 4, false);         /* sh_info: the segments */
	for (unsigned int i = 1; i < count; i++)
		put_word(p + 120 + 64 * i + 4, SHT_NOBITS, 4, false);
	assert_ok(elf_open(span_of(p, n), &elf));
	assert_int_equal(elf.shnum, count);
	assert_int_equal(elf.sections, count);
	assert_int_equal(elf.shstrndx, count - 1);
	assert_int_equal(elf.phnum, 1);
	assert_int_equal(elf.segments, 1);
	image = open_bytes(p, n, KIMG_HEADERS);
	check_no_damage(image);
	assert_true(has_part(image, "section-65399"));
}

/* More entries than any memory has. */
static void counts_that_lie(void **state)
{
	struct made made = make_kernel_elf(1, ".text", true);
	cleanup_image struct kimg_image *image = NULL;
	struct elf elf;

	put_word(made.p + 60, 0, 2, false);
	put_word(made.p + made.shoff + 32, UINT64_MAX / 2, 8, false);
	assert_ok(elf_open(span_of(made.p, made.n), &elf));
	assert_int_equal(elf.sections, 5);
	assert_true(elf_file_end(span_of(made.p, made.n)) == UINT64_MAX);
	image = open_bytes(made.p, made.n, KIMG_DEEP);
	check_damage(image);
	free(made.p);
}

static void notes_of_kernels(void **state)
{
	uint8_t notes[512];
	size_t n = 0;
	struct made_section list[] = { { ".notes", SHT_NOTE, 0x1000, notes, 0, 0 } };
	struct made_segment segments[] = { { PT_LOAD, 0x1000, 0x1000, 1 } };
	struct made_elf elf = { false, true, ET_EXEC, EM_PPC, list, 1, segments, 1, false };
	cleanup_image struct kimg_image *image = NULL;
	struct made made;

	n += make_note(notes + n, true, "Linux", 0x100, "salt", 5);
	n += make_note(notes + n, true, "Xen", 18, "\x00\x10\x00\x00", 4);
	n += make_note(notes + n, true, "Xen", 6, "linux", 6);
	n += make_note(notes + n, true, "PowerPC", 1, "\0\0\0\1", 4);
	n += make_note(notes + n, true, "Some/body", 7, "", 0);
	list[0].size = n;
	made = make_elf(&elf);
	image = open_bytes(made.p, made.n, KIMG_HEADERS);
	check_no_damage(image);
	assert_text(part_at(image, "build-salt"), "desc", "salt");
	assert_number(part_at(image, "pvh"), "desc", 0x100000);
	assert_text(part_at(image, "xen-guest-os"), "desc", "linux");
	assert_number(part_at(image, "powerpc-capabilities"), "desc", 1);
	assert_true(has_part(image, "note-Some_body-7"));
	free(made.p);
}

static void multiboot_headers(void **state)
{
	static uint8_t text[256];
	struct made_section list[] = { { ".text", SHT_PROGBITS, 0x100000, text, sizeof(text), 0 } };
	struct made_elf elf = { false, false, ET_EXEC, EM_386, list, 1, NULL, 0, false };
	struct writer w = { .p = text };
	cleanup_image struct kimg_image *image = NULL;
	struct made made;

	add_word(&w, 0x1badb002, 4);
	add_word(&w, 0x10003, 4);
	add_word(&w, -(0x1badb002u + 0x10003u), 4);
	for (unsigned int i = 1; i <= 5; i++)
		add_word(&w, i << 20, 4);
	w.at = 64;
	add_word(&w, 0xe85250d6, 4);
	add_word(&w, 0, 4);
	add_word(&w, 40, 4);
	add_word(&w, -(0xe85250d6u + 40u), 4);
	add_word(&w, 3, 2); /* the tag of the entry address */
	add_word(&w, 0, 2);
	add_word(&w, 12, 4);
	add_word(&w, 0x200000, 4);
	add_word(&w, 0, 4);
	add_word(&w, 0, 4);
	add_word(&w, 8, 4);
	made = make_elf(&elf);
	image = open_bytes(made.p, made.n, KIMG_HEADERS);
	check_no_damage(image);
	assert_meaning(part_at(image, "multiboot"), "flags", "PAGE_ALIGN,MEMORY_INFO,AOUT_KLUDGE");
	assert_number(part_at(image, "multiboot"), "load_addr", 2 << 20);
	assert_int_equal(part_at(image, "multiboot")->size, 32);
	assert_number(part_at(image, "multiboot2"), "entry_addr", 0x200000);
	assert_int_equal(part_at(image, "multiboot2")->offset, made.offset[0] + 64);
	free(made.p);
}

static void damaged_samples(void **state)
{
	static const char *const names[] = {
		"elf/bad-note",           "elf/bad-section-count",   "elf/bad-section-entry-size",
		"elf/bad-section-names",  "elf/bad-section-size",    "elf/bad-section-table",
		"elf/bad-segment-count",  "elf/bad-segment-offset",  "elf/bad-segment-size",
		"elf/bad-segment-table",  "elf/bad-name-offset",     "elf/bad-truncated-0x3f",
		"elf/bad-truncated-0xc8", "elf/bad-truncated-0xabe",
	};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		cleanup_image struct kimg_image *image = open_sample(names[i], KIMG_DEEP);

		check_damage(image);
	}
}

static void cut_and_twisted(void **state)
{
	for (unsigned int kind = 0; kind < 4; kind++) {
		struct made made = make_kernel_elf(kind, "__ksymtab", true);

		check_cuts(made.p, made.n, made.n);
		for (size_t at = 16; at < (kind & 1 ? 64 + 112 : 52 + 64); at += 2)
			check_extremes(made.p, made.n, at, at % 4 ? 2 : 8);
		for (size_t at = made.shoff; at + 8 <= made.n; at += 4)
			check_extremes(made.p, made.n, at, 8);
		for (size_t at = made.offset[1]; at < made.offset[1] + 12; at += 4)
			check_extremes(made.p, made.n, at, 4);
		free(made.p);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_all_kinds),
		cmocka_unit_test(finds_the_end),
		cmocka_unit_test(shows_the_parts),
		cmocka_unit_test(segments_tile_without_sections),
		cmocka_unit_test(segment_over_the_header),
		cmocka_unit_test(tells_kernels_from_others),
		cmocka_unit_test(headers_that_speak_against),
		cmocka_unit_test(a_beginning_is_enough),
		cmocka_unit_test(extended_numbering),
		cmocka_unit_test(counts_that_lie),
		cmocka_unit_test(notes_of_kernels),
		cmocka_unit_test(multiboot_headers),
		cmocka_unit_test(damaged_samples),
		cmocka_unit_test(cut_and_twisted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
