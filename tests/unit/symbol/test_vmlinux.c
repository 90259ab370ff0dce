/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "../unit.h"

#include <elf.h>
#include <stdio.h>
#include <stdlib.h>

#include "../format/tree.h"
#include "kallsyms_writer.h"
#include "symbol/readers.h"
#include "symbol/vmlinux.h"

static void vmlinux_free_pointer(struct kimg_vmlinux **vmlinux)
{
	kimg_vmlinux_free(*vmlinux);
}

#define cleanup_vmlinux cleanup(vmlinux_free_pointer)
#define cleanup_written cleanup(kallsyms_written_done)

/* The whole file; the caller frees it. */
static uint8_t *join(const struct kimg_vmlinux *vmlinux, size_t *ret_size)
{
	size_t count, size = 0;
	const struct kimg_vmlinux_piece *pieces = kimg_vmlinux_pieces(vmlinux, &count);
	uint8_t *file = malloc(kimg_vmlinux_facts(vmlinux)->size);

	assert_non_null(file);
	for (size_t i = 0; i < count; i++) {
		memcpy(file + size, pieces[i].bytes, pieces[i].size);
		size += pieces[i].size;
	}
	assert_int_equal(size, kimg_vmlinux_facts(vmlinux)->size);
	*ret_size = size;
	return file;
}

/* The symbols of an ELF file are those that kallsyms were made of, moved by shift. */
static void check_symbols(struct span file, const struct kallsyms_written *written, uint64_t shift)
{
	const struct kimg_symbols_options options = KIMG_SYMBOLS_OPTIONS_DEFAULT;
	cleanup_symbols struct kimg_symbols *symbols = NULL;
	size_t n, at = 0;
	const struct kimg_symbol *all;
	struct elf elf;

	assert_ok(elf_open(file, &elf));
	assert_ok(symbols_read_elf(&elf, &options, &symbols));
	all = kimg_symbols_all(symbols, &n);
	assert_int_equal(n, written->count);
	for (size_t i = 0; i < written->count; i++) {
		const struct kallsyms_symbol *symbol = &written->symbols[i];
		bool absolute = symbol->text[0] == 'A' || symbol->text[0] == 'a';
		uint64_t address = symbol->address + (absolute ? 0 : shift);
		bool found = false;

		/* of one address, locals come first in the ELF */
		for (at = i > 8 ? i - 8 : 0; !found && at < n && at < i + 9; at++)
			found = all[at].address == address &&
				span_equal(symbol_name(&all[at]),
					   span_of(symbol->text + 1, strlen(symbol->text + 1)));
		if (!found)
			fail_msg("%s is missing", symbol->text);
	}
}

static struct kimg_vmlinux *make(const struct kallsyms_written *written,
				 const struct kimg_vmlinux_options *options,
				 struct kimg_image **ret_image)
{
	struct kimg_vmlinux *vmlinux = NULL;

	*ret_image = open_bytes(written->p, written->n, KIMG_HEADERS);
	assert_ok(kimg_vmlinux_make(*ret_image, options, &vmlinux));
	return vmlinux;
}

/* ---- an ELF that is there ---- */

static const struct kallsyms_spec elfs[] = {
	{ "32 bits", FORM_2_6_10, 32, .elf = true },
	{ "64 bits", FORM_6_4, 64, .elf = true },
	{ "64 bits, per-CPU", FORM_4_20, 64, .percpu = true, .elf = true },
};

static void symbols_are_added(void **state)
{
	for (size_t i = 0; i < ARRAY_SIZE(elfs); i++) {
		cleanup_written struct kallsyms_written written;
		cleanup_image struct kimg_image *image = NULL;
		cleanup_vmlinux struct kimg_vmlinux *vmlinux = NULL;
		cleanup_free uint8_t *file = NULL;
		size_t header = elfs[i].bits == 64 ? 64 : 52, n;

		kallsyms_write(&elfs[i], &written);
		vmlinux = make(&written, NULL, &image);
		assert_int_equal(kimg_vmlinux_facts(vmlinux)->origin, KIMG_VMLINUX_ADDED);
		assert_int_equal(kimg_vmlinux_facts(vmlinux)->bits, elfs[i].bits);
		assert_int_equal(kimg_vmlinux_facts(vmlinux)->symbols, written.count);
		assert_true(kimg_vmlinux_facts(vmlinux)->base == written.base);
		file = join(vmlinux, &n);
		assert_true(n > written.n);
		assert_memory_equal(file + header, written.p + header, written.n - header);
		check_symbols(span_of(file, n), &written, 0);
	}
}

static void what_has_symbols_stays(void **state)
{
	cleanup_image struct kimg_image *image =
		open_sample("elf/good-vmlinux-x86_64", KIMG_HEADERS);
	cleanup_vmlinux struct kimg_vmlinux *vmlinux = NULL;
	cleanup_free uint8_t *file = NULL, *sample = NULL;
	size_t n, m;

	assert_ok(kimg_vmlinux_make(image, NULL, &vmlinux));
	assert_int_equal(kimg_vmlinux_facts(vmlinux)->origin, KIMG_VMLINUX_AS_IS);
	assert_int_equal(kimg_vmlinux_facts(vmlinux)->symbols, 3);
	file = join(vmlinux, &n);
	sample = read_sample("elf/good-vmlinux-x86_64", &m);
	assert_int_equal(m, n);
	assert_memory_equal(sample, file, n);
}

static void same_input_same_bytes(void **state)
{
	cleanup_written struct kallsyms_written written;
	cleanup_image struct kimg_image *image = NULL;
	cleanup_vmlinux struct kimg_vmlinux *vmlinux = NULL, *again = NULL;
	cleanup_free uint8_t *file = NULL, *same = NULL;
	size_t n, m;

	kallsyms_write(&elfs[1], &written);
	vmlinux = make(&written, NULL, &image);
	assert_ok(kimg_vmlinux_make(image, NULL, &again));
	file = join(vmlinux, &n);
	same = join(again, &m);
	assert_int_equal(m, n);
	assert_memory_equal(same, file, n);
}

static void addresses_are_shifted(void **state)
{
	struct kimg_vmlinux_options options = KIMG_VMLINUX_OPTIONS_DEFAULT;
	cleanup_written struct kallsyms_written written;
	cleanup_image struct kimg_image *image = NULL;
	cleanup_vmlinux struct kimg_vmlinux *vmlinux = NULL;
	cleanup_free uint8_t *file = NULL;
	struct elf_segment segment;
	struct elf elf;
	size_t n;

	options.symbols.shift = 0x1e000000;
	kallsyms_write(&elfs[1], &written);
	vmlinux = make(&written, &options, &image);
	file = join(vmlinux, &n);
	check_symbols(span_of(file, n), &written, options.symbols.shift);
	assert_ok(elf_open(span_of(file, n), &elf));
	assert_true(elf_segment_at(&elf, 0, &segment));
	assert_true(segment.vaddr == written.base + options.symbols.shift);
}

/* What has symbols gets new ones, in the sections of the old. */
static void symbols_are_shifted(void **state)
{
	struct kimg_vmlinux_options options = KIMG_VMLINUX_OPTIONS_DEFAULT;
	cleanup_image struct kimg_image *image =
		open_sample("elf/good-vmlinux-x86_64", KIMG_HEADERS);
	const struct kimg_symbols_options plain = KIMG_SYMBOLS_OPTIONS_DEFAULT;
	cleanup_symbols struct kimg_symbols *before = NULL, *after = NULL;
	cleanup_vmlinux struct kimg_vmlinux *vmlinux = NULL;
	cleanup_free uint8_t *file = NULL;
	struct elf_section section;
	struct elf elf;
	size_t n;

	options.symbols.shift = 0x1000000;
	assert_ok(kimg_symbols_of_image(image, NULL, &before));
	assert_ok(kimg_vmlinux_make(image, &options, &vmlinux));
	file = join(vmlinux, &n);
	assert_ok(elf_open(span_of(file, n), &elf));
	assert_int_equal(elf.sections, 9);
	assert_true(elf_section(&elf, ".text", &section));
	assert_true(section.addr == 0xffffffff82000160);
	assert_ok(symbols_read_elf(&elf, &plain, &after));
	assert_int_equal(after->n, before->n);
	for (size_t i = 0; i < after->n; i++)
		assert_true(after->all[i].address == before->all[i].address + 0x1000000);
}

/* ---- a raw kernel ---- */

/* Makes written an Image for arm64. */
static void make_image(struct kallsyms_written *written, bool big_endian)
{
	memset(written->p, 0, 64);
	put_le(written->p, 0x10, 8, written->n + 0x3000);
	put_le(written->p, 0x18, 8, big_endian);
	memcpy(written->p + 0x38, "ARM\x64", 4);
}

static void raw_kernels(void **state)
{
	static const struct kallsyms_spec specs[] = {
		{ "little endian", FORM_6_4, 64 },
		{ "big endian", FORM_6_4, 64, .big_endian = true },
		{ "relocatable", FORM_4_20, 64, .relocatable = true },
	};

	for (size_t i = 0; i < ARRAY_SIZE(specs); i++) {
		cleanup_written struct kallsyms_written written;
		cleanup_image struct kimg_image *image = NULL;
		cleanup_vmlinux struct kimg_vmlinux *vmlinux = NULL;
		const struct kimg_vmlinux_facts *facts;
		cleanup_free uint8_t *file = NULL;
		uint64_t offset;
		struct elf elf;
		size_t n;

		kallsyms_write(&specs[i], &written);
		make_image(&written, specs[i].big_endian);
		vmlinux = make(&written, NULL, &image);
		facts = kimg_vmlinux_facts(vmlinux);
		assert_int_equal(facts->origin, KIMG_VMLINUX_MADE);
		assert_int_equal(facts->machine, EM_AARCH64);
		assert_int_equal(facts->big_endian, specs[i].big_endian);
		assert_true(facts->base == written.base && facts->entry == written.base);
		file = join(vmlinux, &n);
		check_symbols(span_of(file, n), &written, 0);
		assert_ok(elf_open(span_of(file, n), &elf));
		assert_true(elf_vaddr_to_offset(&elf, written.base, &offset));
		assert_true(span_has(span_of(file, n), offset, span_of(written.p, written.n)));
	}
}

static void without_symbols(void **state)
{
	struct kimg_vmlinux_options options = KIMG_VMLINUX_OPTIONS_DEFAULT;
	cleanup_image struct kimg_image *image = open_sample("image-arm64/good-efi", KIMG_HEADERS);
	struct kimg_vmlinux *vmlinux = NULL;

	assert_fails(KIMG_E_NOT_FOUND, kimg_vmlinux_make(image, NULL, &vmlinux));
	options.no_symbols = true;
	assert_fails(KIMG_E_INVALID, kimg_vmlinux_make(image, &options, &vmlinux));
	options.symbols.has_base = true;
	options.symbols.base = UINT64_MAX - 10;
	assert_fails(KIMG_E_INVALID, kimg_vmlinux_make(image, &options, &vmlinux));
	options.symbols.base = 0xffff800080000000;
	assert_ok(kimg_vmlinux_make(image, &options, &vmlinux));
	assert_int_equal(kimg_vmlinux_facts(vmlinux)->symbols, 0);
	assert_true(kimg_vmlinux_facts(vmlinux)->base == options.symbols.base);
	kimg_vmlinux_free(vmlinux);
	kimg_vmlinux_free(NULL);
}

/* Which machine a kernel is for stands in the formats around it. */
static void machines(void **state)
{
	static const struct {
		const char *sample;
		uint16_t machine;
		bool is64, big_endian;
		uint32_t flags;
	} cases[] = {
		{ "image-arm64/good-plain", EM_AARCH64, true, false, 0 },
		{ "image-arm64/good-big-endian", EM_AARCH64, true, true, 0 },
		{ "image-riscv/good-0.2", EM_RISCV, true, false, 1 },
		{ "image-loongarch/good-efi", 258, true, false, 0x41 },
	};
	struct kimg_vmlinux_options options = KIMG_VMLINUX_OPTIONS_DEFAULT;

	options.no_symbols = true;
	options.symbols.has_base = true;
	options.symbols.base = 0x80000000;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		cleanup_image struct kimg_image *image = open_sample(cases[i].sample, KIMG_HEADERS);
		cleanup_vmlinux struct kimg_vmlinux *vmlinux = NULL;
		cleanup_free uint8_t *file = NULL;
		struct elf elf;
		size_t n;

		assert_ok(kimg_vmlinux_make(image, &options, &vmlinux));
		file = join(vmlinux, &n);
		assert_ok(elf_open(span_of(file, n), &elf));
		assert_int_equal(elf.machine, cases[i].machine);
		assert_int_equal(elf.is64, cases[i].is64);
		assert_int_equal(elf.big_endian, cases[i].big_endian);
		assert_int_equal(elf.flags, cases[i].flags);
	}
}

/* ---- hostile ones ---- */

/* Whatever stands in the header of an ELF: an error, or a file that can be read. */
static void hostile_headers(void **state)
{
	static const uint64_t values[] = { 0, 1, 40, 0xff00, 0xffff, 0xffffffff, UINT64_MAX };
	struct kimg_vmlinux_options options = KIMG_VMLINUX_OPTIONS_DEFAULT;
	cleanup_written struct kallsyms_written written;
	cleanup_free uint8_t *good = NULL;

	kallsyms_write(&elfs[1], &written);
	good = malloc(written.n);
	assert_non_null(good);
	memcpy(good, written.p, written.n);
	for (size_t at = 24; at < 64 + 56; at += 2) {
		for (size_t i = 0; i < ARRAY_SIZE(values); i++) {
			cleanup_image struct kimg_image *image = NULL;
			cleanup_vmlinux struct kimg_vmlinux *vmlinux = NULL;
			cleanup_free uint8_t *file = NULL;
			struct elf elf;
			size_t n;

			memcpy(written.p, good, written.n);
			put_le(written.p, at, i < 5 ? 2 : 8, values[i]);
			options.symbols.shift = i % 2 ? 0x1000000 : 0;
			kimg_error_free(kimg_image_open_bytes(written.p, written.n, NULL, &image));
			if (!image)
				continue;
			kimg_error_free(kimg_vmlinux_make(image, &options, &vmlinux));
			if (!vmlinux)
				continue;
			file = join(vmlinux, &n);
			assert_ok(elf_open(span_of(file, n), &elf));
		}
	}
}

/* ---- sections from labels ---- */

static const struct vmlinux_machine arm64 = { .machine = EM_AARCH64, .is64 = true };

static void add(struct kimg_symbols *symbols, uint64_t address, char letter, const char *name)
{
	assert_ok(symbols_add(symbols, &(struct kimg_symbol){ .address = address,
							      .name = name,
							      .name_size = strlen(name),
							      .type = letter }));
}

static void check_layout(const struct layout *layout, const struct layout_section *expected,
			 size_t n)
{
	for (size_t i = 0; i < layout->n && i < n; i++) {
		const struct layout_section *section = &layout->sections[i];

		assert_string_equal(section->name, expected[i].name);
		assert_true(section->start == expected[i].start);
		assert_true(section->end == expected[i].end);
		assert_int_equal(section->type, expected[i].type);
		assert_int_equal(section->flags, expected[i].flags);
	}
	assert_int_equal(layout->n, n);
}

#define X  (SHF_ALLOC | SHF_EXECINSTR)
#define R  SHF_ALLOC
#define RW (SHF_ALLOC | SHF_WRITE)

static void sections_by_labels(void **state)
{
	static const struct layout_section expected[] = {
		{ ".head.text", 0x1000000, 0x1010000, SHT_PROGBITS, X },
		{ ".text", 0x1010000, 0x1100000, SHT_PROGBITS, X },
		{ ".rodata", 0x1100000, 0x1120000, SHT_PROGBITS, R },
		{ "__ex_table", 0x1120000, 0x1121000, SHT_PROGBITS, R },
		{ ".rodata", 0x1121000, 0x1140000, SHT_PROGBITS, R },
		{ ".init.text", 0x1150000, 0x1160000, SHT_PROGBITS, X },
		{ ".exit.text", 0x1160000, 0x1170000, SHT_PROGBITS, X },
		{ ".data", 0x1170000, 0x1190000, SHT_PROGBITS, RW },
		{ ".bss", 0x1190000, 0x11a0000, SHT_NOBITS, RW },
	};
	cleanup_symbols struct kimg_symbols *symbols = NULL;
	cleanup_free uint8_t *bytes = calloc(1, 0x190000);
	struct layout layout;

	assert_non_null(bytes);
	memset(bytes + 0x18f000, 1, 0x1000);
	assert_ok(symbols_new(KIMG_SYMBOLS_KALLSYMS, &symbols));
	add(symbols, 0x1000000, 'T', "_text");
	add(symbols, 0x1010000, 'T', "_stext");
	add(symbols, 0x1100000, 'R', "__start_rodata");
	add(symbols, 0x1100000, 'R', "_etext");
	add(symbols, 0x1100010, 'r', "constant");
	add(symbols, 0x1120000, 'R', "__start___ex_table");
	add(symbols, 0x1121000, 'R', "__stop___ex_table");
	add(symbols, 0x1140000, 'R', "__end_rodata");
	add(symbols, 0x1150000, 'T', "_sinittext");
	add(symbols, 0x1160000, 'T', "_einittext");
	add(symbols, 0x1160010, 't', "some_exit");
	add(symbols, 0x1170000, 'D', "_sdata");
	add(symbols, 0x1170010, 'd', "variable");
	add(symbols, 0x1190000, 'D', "_edata");
	add(symbols, 0x1190000, 'B', "__bss_start");
	add(symbols, 0x11a0000, 'B', "_end");
	assert_ok(symbols_finish(symbols, 0));
	vmlinux_layout(symbols, 0x1000000, span_of(bytes, 0x190000), &arm64, &layout);
	check_layout(&layout, expected, ARRAY_SIZE(expected));
	assert_true(layout.file_end == 0x1190000 && layout.memory_end == 0x11a0000);
}

/* Labels that contradict each other, or lie elsewhere, are as if they were not there. */
static void hostile_labels(void **state)
{
	static const struct layout_section expected[] = {
		{ ".head.text", 0x1000, 0x2000, SHT_PROGBITS, X },
		{ ".text", 0x2000, 0x20000, SHT_PROGBITS, X },
	};
	cleanup_symbols struct kimg_symbols *symbols = NULL;
	cleanup_free uint8_t *bytes = malloc(0x1f000);
	struct layout layout;

	assert_non_null(bytes);
	memset(bytes, 1, 0x1f000);
	assert_ok(symbols_new(KIMG_SYMBOLS_KALLSYMS, &symbols));
	add(symbols, 0x10, 'R', "__start_rodata");
	add(symbols, 0x800, 'T', "_etext");
	add(symbols, 0x2000, 'T', "_stext");
	add(symbols, 0x3000, 'R', "__end_rodata");
	add(symbols, 0x4000, 'T', "_einittext");
	add(symbols, 0x5000, 'T', "_sinittext");
	add(symbols, UINT64_MAX - 1, 'D', "_sdata");
	add(symbols, UINT64_MAX, 'B', "_end");
	assert_ok(symbols_finish(symbols, 0));
	vmlinux_layout(symbols, 0x1000, span_of(bytes, 0x1f000), &arm64, &layout);
	check_layout(&layout, expected, ARRAY_SIZE(expected));
	assert_true(layout.memory_end == 0x20000);
}

/* One section at least. */
static void no_labels(void **state)
{
	static const struct layout_section expected[] = {
		{ ".text", 0x1000, 0x1100, SHT_PROGBITS, X | SHF_WRITE },
	};
	static const uint8_t bytes[0x100] = { 1 };
	struct layout layout;

	vmlinux_layout(NULL, 0x1000, span_of(bytes, sizeof(bytes)), &arm64, &layout);
	check_layout(&layout, expected, ARRAY_SIZE(expected));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(symbols_are_added),     cmocka_unit_test(what_has_symbols_stays),
		cmocka_unit_test(same_input_same_bytes), cmocka_unit_test(addresses_are_shifted),
		cmocka_unit_test(symbols_are_shifted),   cmocka_unit_test(raw_kernels),
		cmocka_unit_test(without_symbols),       cmocka_unit_test(machines),
		cmocka_unit_test(hostile_headers),       cmocka_unit_test(sections_by_labels),
		cmocka_unit_test(hostile_labels),        cmocka_unit_test(no_labels),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
