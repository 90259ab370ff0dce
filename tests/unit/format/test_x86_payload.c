/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tree.h"

#include <elf.h>

#define SETUP 1024u
#define ELF   0x180u

static void counts(const char *name, uint64_t lists, uint64_t relocs32neg)
{
	cleanup_image struct kimg_image *image = open_sample(name, KIMG_DEEP);
	const struct kimg_part *relocs = part_at(image, "payload/relocs");

	check_no_damage(image);
	assert_int_equal(relocs->kind, KIMG_PART_TABLE);
	assert_number(relocs, "lists", lists);
	assert_number(relocs, "relocs64", 3);
	assert_number(relocs, "relocs32", 2);
	if (relocs32neg)
		assert_number(relocs, "relocs32neg", relocs32neg);
	else
		assert_no_field(relocs, "relocs32neg");
}

static void relocations_are_counted(void **state)
{
	counts("bzimage/good-2.15-gzip", 3, 1);
	counts("bzimage/good-2.15-relocs-two-lists", 2, 0);
}

static void vmlinux_ends_where_the_elf_does(void **state)
{
	cleanup_image struct kimg_image *image = open_sample("bzimage/good-2.15-gzip", KIMG_DEEP);
	const struct kimg_part *vmlinux = part_at(image, "payload/vmlinux"), *kernel;

	assert_ok(kimg_image_kernel(image, &kernel));
	assert_ptr_equal(kernel, vmlinux);
	assert_int_equal(vmlinux->kind, KIMG_PART_KERNEL);
	assert_int_equal(vmlinux->offset, 0);
	assert_int_equal(vmlinux->parent->size, vmlinux->size + 9 * 4);
}

/*
 * A bzImage of 2.15 around a payload that is stored, not packed: an ELF file of ELF bytes, all of it one
 * segment, and tail behind it. The caller frees it.
 */
static uint8_t *stored(int class, const uint32_t *tail, size_t words, size_t *ret_n)
{
	size_t payload = ELF + words * 4, n = SETUP + (payload + 15) / 16 * 16;
	uint8_t *bytes = calloc(1, n), *elf = bytes + SETUP;

	assert_non_null(bytes);
	put_le(bytes, 0x1f1, 1, SETUP / 512 - 1);
	put_le(bytes, 0x1f4, 4, (n - SETUP) / 16);
	put_le(bytes, 0x1fe, 2, 0xaa55);
	put_le(bytes, 0x200, 2, 0x6aeb);
	memcpy(bytes + 0x202, "HdrS", 4);
	put_le(bytes, 0x206, 2, 0x20f);
	put_le(bytes, 0x211, 1, 1);
	put_le(bytes, 0x24c, 4, payload);
	memcpy(elf, ELFMAG, SELFMAG);
	elf[EI_CLASS] = class;
	elf[EI_DATA] = ELFDATA2LSB;
	elf[EI_VERSION] = EV_CURRENT;
	if (class == ELFCLASS64) {
		Elf64_Ehdr head = { .e_type = ET_EXEC,
				    .e_machine = EM_X86_64,
				    .e_version = 1,
				    .e_phoff = sizeof(head),
				    .e_ehsize = sizeof(head),
				    .e_phentsize = sizeof(Elf64_Phdr),
				    .e_phnum = 1 };
		Elf64_Phdr load = { .p_type = PT_LOAD, .p_filesz = ELF, .p_memsz = ELF };

		memcpy(head.e_ident, elf, EI_NIDENT);
		memcpy(elf, &head, sizeof(head));
		memcpy(elf + sizeof(head), &load, sizeof(load));
	} else {
		Elf32_Ehdr head = { .e_type = ET_EXEC,
				    .e_machine = EM_386,
				    .e_version = 1,
				    .e_phoff = sizeof(head),
				    .e_ehsize = sizeof(head),
				    .e_phentsize = sizeof(Elf32_Phdr),
				    .e_phnum = 1 };
		Elf32_Phdr load = { .p_type = PT_LOAD, .p_filesz = ELF, .p_memsz = ELF };

		memcpy(head.e_ident, elf, EI_NIDENT);
		memcpy(elf, &head, sizeof(head));
		memcpy(elf + sizeof(head), &load, sizeof(load));
	}
	for (size_t i = 0; i < words; i++)
		put_le(elf, ELF + i * 4, 4, tail[i]);
	*ret_n = n;
	return bytes;
}

static void one_list_of_32_bits(void **state)
{
	static const uint32_t tail[] = { 0, 0xc1000010, 0xc1000020 };
	cleanup_free uint8_t *bytes = NULL;
	cleanup_image struct kimg_image *image = NULL;
	const struct kimg_part *relocs;
	size_t n;

	bytes = stored(ELFCLASS32, tail, 3, &n);
	image = open_bytes(bytes, n, KIMG_DEEP);
	check_no_damage(image);
	relocs = part_at(image, "payload/relocs");
	assert_number(relocs, "lists", 1);
	assert_number(relocs, "relocs32", 2);
	assert_no_field(relocs, "relocs64");
	assert_int_equal(relocs->size, sizeof(tail));
}

/* Empty lists, odd sizes, no zero in front, a list too many, too many lists for 32 bits. */
static void what_is_no_list_is_a_tail(void **state)
{
	static const uint32_t empty[] = { 0, 0, 0 }, front[] = { 5, 0, 6 },
			      four[] = { 0, 1, 0, 2, 0, 3, 0, 4 };
	const struct {
		int class;
		const uint32_t *tail;
		size_t words;
		bool good;
	} cases[] = {
		{ ELFCLASS64, empty, 3, true },
		{ ELFCLASS64, front, 3, false },
		{ ELFCLASS64, four, 8, false },
		{ ELFCLASS32, empty, 2, false },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		cleanup_free uint8_t *bytes = NULL;
		cleanup_image struct kimg_image *image = NULL;
		size_t n;

		bytes = stored(cases[i].class, cases[i].tail, cases[i].words, &n);
		image = open_bytes(bytes, n, KIMG_DEEP);
		assert_int_equal(has_part(image, "payload/relocs"), cases[i].good);
		assert_int_equal(has_part(image, "payload/tail"), !cases[i].good);
		assert_int_equal(bad_notes(kimg_image_root(image), NULL) == 0, cases[i].good);
	}
}

static void no_relocations_no_part(void **state)
{
	cleanup_free uint8_t *bytes = NULL;
	cleanup_image struct kimg_image *image = NULL;
	size_t n;

	bytes = stored(ELFCLASS64, NULL, 0, &n);
	image = open_bytes(bytes, n, KIMG_DEEP);
	check_no_damage(image);
	assert_int_equal(part_at(image, "payload/vmlinux")->size, ELF);
	assert_false(has_part(image, "relocs"));
}

static void an_elf_that_lacks_its_end(void **state)
{
	cleanup_free uint8_t *bytes = NULL;
	cleanup_image struct kimg_image *image = NULL;
	const struct kimg_part *kernel;
	size_t n;

	bytes = stored(ELFCLASS64, NULL, 0, &n);
	put_le(bytes, SETUP + sizeof(Elf64_Ehdr) + offsetof(Elf64_Phdr, p_filesz), 8, ELF + 100);
	image = open_bytes(bytes, n, KIMG_DEEP);
	check_damage(image);
	assert_fails(KIMG_E_TRUNCATED, kimg_image_kernel(image, &kernel));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(relocations_are_counted),
		cmocka_unit_test(vmlinux_ends_where_the_elf_does),
		cmocka_unit_test(one_list_of_32_bits),
		cmocka_unit_test(what_is_no_list_is_a_tail),
		cmocka_unit_test(no_relocations_no_part),
		cmocka_unit_test(an_elf_that_lacks_its_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
