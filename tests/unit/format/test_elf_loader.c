/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "make_elf.h"
#include "tree.h"

static uint8_t kernel[2048];

/* A payload behind before bytes of other data, and after bytes of padding. */
static size_t make_payload(uint8_t *p, size_t before, size_t after)
{
	size_t n;

	make_kernel(kernel, sizeof(kernel));
	memset(p, 0x55, before);
	n = before + make_gzip(kernel, sizeof(kernel), p + before, 4096);
	memset(p + n, 0, after);
	return n + after;
}

static struct made make_mips(bool is64, bool big_endian, size_t before, bool dtb)
{
	static uint8_t text[64], data[8192];
	uint64_t base = is64 ? 0xffffffff81000000 : 0x81000000;
	struct made_section list[] = {
		{ ".text", SHT_PROGBITS, base, text, sizeof(text), 0 },
		{ ".data", SHT_PROGBITS, base + 0x1000, data, 0, 0 },
		{ dtb ? ".appended_dtb" : ".bss", SHT_NOBITS, base + 0x8000, NULL, 4096, 0 },
	};
	struct made_segment segments[] = { { PT_LOAD, base, base, 1 },
					   { PT_LOAD, base + 0x1000, base + 0x1000, 2 } };
	struct made_elf elf = { is64, big_endian, ET_EXEC, EM_MIPS, list, 3, segments, 2, false };

	list[1].size = make_payload(data, before, 12);
	return make_elf(&elf);
}

static void mips(void **state)
{
	for (unsigned int kind = 0; kind < 8; kind++) {
		struct made made = make_mips(kind & 1, kind & 2, kind & 4 ? 0 : 96, true);
		cleanup_image struct kimg_image *image = open_bytes(made.p, made.n, KIMG_HEADERS);
		const struct kimg_part *root = kimg_image_root(image), *part = NULL;

		assert_string_equal(root->format, "vmlinuz-mips");
		assert_int_equal(field_at(root, "payload")->type, KIMG_FIELD_UNCHECKED);
		assert_ok(kimg_image_kernel(image, &part));
		check_bytes(image, part, kernel, sizeof(kernel));
		part = part_at(image, "payload");
		assert_int_equal(part->offset, made.offset[1] + (kind & 4 ? 0 : 96));
		assert_string_equal(part->parent->name, "data");
		check_tiles(image);
		check_no_damage(image);
		free(made.p);
	}
}

static void mips_samples(void **state)
{
	static const char *const names[] = { "vmlinuz-mips/good-gzip", "vmlinuz-mips/good-xz" };

	for (size_t i = 0; i < 2; i++) {
		cleanup_image struct kimg_image *image = open_sample(names[i], KIMG_DEEP);

		check_word(names[i], "vmlinuz-mips");
		check_no_damage(image);
		assert_true(has_part(image, "payload"));
	}
}

static void mips_damaged(void **state)
{
	struct made made = make_mips(true, false, 0, false);
	struct kimg_image *image;
	const struct kimg_part *part;

	made.p[made.offset[1] + 100] ^= 0xff;
	image = open_bytes(made.p, made.n, KIMG_DEEP);
	assert_string_equal(kimg_image_root(image)->format, "vmlinuz-mips");
	check_damage(image);
	assert_fails(KIMG_E_CORRUPT, kimg_image_kernel(image, &part));
	kimg_image_free(image);
	free(made.p);

	/* Nothing that is a stream. */
	made = make_mips(true, false, 96, true);
	memset(made.p + made.offset[1], 0x55, 2048);
	image = open_bytes(made.p, made.n, KIMG_DEEP);
	check_damage(image);
	assert_fails(KIMG_E_NOT_FOUND, kimg_image_kernel(image, &part));
	kimg_image_free(image);
	free(made.p);
}

static void powerpc(void **state)
{
	static uint8_t text[64], payload[8192], dtb[64];
	struct made_section list[] = {
		{ ".text", SHT_PROGBITS, 0x400000, text, sizeof(text), 0 },
		{ ".kernel:vmlinux.strip", SHT_PROGBITS, 0x401000, payload, 0, 0 },
		{ ".kernel:dtb", SHT_PROGBITS, 0x405000, dtb, sizeof(dtb), 0 },
		{ ".kernel:initrd", SHT_PROGBITS, 0x406000, "070701 not really", 17, 0 },
		{ "__builtin_cmdline", SHT_PROGBITS, 0x407000, "console=hvc0\0\0\0", 16, 0 },
	};
	struct made_segment segments[] = { { PT_LOAD, 0x400000, 0x400000, 1 } };
	struct made_elf elf = { false, true, ET_EXEC, EM_PPC, list, 5, segments, 1, false };
	cleanup_image struct kimg_image *image = NULL;
	const struct kimg_part *part;
	struct made made;

	list[1].size = make_payload(payload, 0, 0);
	made = make_elf(&elf);
	image = open_bytes(made.p, made.n, KIMG_HEADERS);
	assert_string_equal(kimg_image_root(image)->format, "zimage-ppc");
	part = part_at(image, "payload");
	assert_string_equal(part->codec, "gzip");
	assert_int_equal(part->offset, made.offset[1]);
	assert_int_equal(part_at(image, "dtb")->kind, KIMG_PART_DTB);
	assert_int_equal(part_at(image, "initrd")->kind, KIMG_PART_INITRD);
	assert_text(part_at(image, "cmdline"), "cmdline", "console=hvc0");
	assert_ok(kimg_image_kernel(image, &part));
	check_bytes(image, part, kernel, sizeof(kernel));
	check_cuts(made.p, made.n, 512);
	free(made.p);
}

/* The section with and without the word that says how long it is. */
static void others(void **state)
{
	static uint8_t text[64], payload[8192];
	struct made_section list[] = {
		{ ".text", SHT_PROGBITS, 0x1000, text, sizeof(text), 0 },
		{ ".rodata.compressed", SHT_PROGBITS, 0x2000, payload, 0, 0 },
	};
	struct made_elf elf = { false, true, ET_EXEC, EM_PARISC, list, 2, NULL, 0, false };

	for (size_t before = 0; before <= 4; before += 4) {
		size_t n = make_payload(payload, before, 0);
		struct made made;
		struct kimg_image *image;
		const struct kimg_part *part;

		if (before)
			put_word(payload, n - 4, 4, true);
		list[1].size = n;
		made = make_elf(&elf);
		image = open_bytes(made.p, made.n, KIMG_HEADERS);
		assert_string_equal(kimg_image_root(image)->format, "vmlinuz-elf");
		check_no_damage(image);
		assert_ok(kimg_image_kernel(image, &part));
		check_bytes(image, part, kernel, sizeof(kernel));
		assert_int_equal(part_at(image, "payload")->offset, made.offset[1] + before);
		check_tiles(image);
		kimg_image_free(image);
		free(made.p);
	}
}

static void cut_and_twisted(void **state)
{
	struct made made = make_mips(false, true, 16, true);

	check_cuts(made.p, made.n, made.n);
	for (size_t at = 16; at < 52 + 64; at += 2)
		check_extremes(made.p, made.n, at, 4);
	for (size_t at = made.shoff; at + 4 <= made.n; at += 4)
		check_extremes(made.p, made.n, at, 4);
	free(made.p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(mips),         cmocka_unit_test(mips_samples),
		cmocka_unit_test(mips_damaged), cmocka_unit_test(powerpc),
		cmocka_unit_test(others),       cmocka_unit_test(cut_and_twisted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
