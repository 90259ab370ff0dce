/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "../unit.h"

#include <elf.h>

#include "root.h"
#include "symbol/module_layout.h"
#include "table.h"

static const char *sample(const char *name)
{
	static char path[512];

	snprintf(path, sizeof(path), "%s/elf/%s", getenv("SAMPLES"), name);
	return path;
}

static struct kimg_symbols *open_module(const char *path, const char *sections)
{
	struct kimg_symbols_options options = KIMG_SYMBOLS_OPTIONS_DEFAULT;
	struct kimg_symbols *symbols = NULL;

	options.sections = sections;
	assert_ok(kimg_symbols_open(path, &options, &symbols));
	return symbols;
}

static void assert_symbol(struct kimg_symbols *symbols, const char *name, uint64_t address,
			  char type, const char *section)
{
	const struct kimg_symbol *symbol = table_named(symbols, name);
	const char *found;

	assert_name(name, symbol);
	found = kimg_symbols_section_name(symbols, symbol->section);
	assert_int_equal(symbol->address, address);
	assert_int_equal(symbol->type, type);
	assert_string_equal(found ? found : "-", section);
	assert_string_equal(kimg_symbols_module_name(symbols, symbol->module), "sample");
}

/* What nm says of each class and byte order, and where the loader would put it. */
static void modules_are_laid_out(void **state)
{
	static const char *const names[] = { "good-module-x86_64", "good-module-arm",
					     "good-module-s390x", "good-module-open-name" };

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		cleanup_symbols struct kimg_symbols *symbols = open_module(sample(names[i]), NULL);

		assert_int_equal(kimg_symbols_source(symbols), KIMG_SYMBOLS_MODULE);
		assert_int_equal(kimg_symbols_bits(symbols), strstr(names[i], "arm") ? 32 : 64);
		assert_symbol(symbols, "work", 0x10, 't', ".text");
		assert_symbol(symbols, "exported", 0x30, 'T', ".text");
		assert_symbol(symbols, "cleanup_module", 0x50, 'T', ".exit.text");
		assert_symbol(symbols, "work.cold", 0x5c, 't', ".text.unlikely");
		assert_symbol(symbols, "table", 0x1000, 'r', ".rodata");
		assert_symbol(symbols, "counter", 0x2000, 'd', ".data");
		assert_symbol(symbols, "__this_module", 0x2040, 'D', ".gnu.linkonce.this_module");
		assert_symbol(symbols, "init_module", 0x3000, 'T', ".init.text");
		assert_symbol(symbols, "__crc_exported", 0x12345678, 'A', "-");
		assert_symbol(symbols, "_printk", 0, 'U', "-");
		assert_int_equal(table_named(symbols, "work")->size, 0x20);
		assert_int_equal(table_named(symbols, "work")->flags, KIMG_SYMBOL_FUNCTION);
		assert_int_equal(table_named(symbols, "exported")->flags,
				 KIMG_SYMBOL_FUNCTION | KIMG_SYMBOL_GLOBAL);
	}
}

static void what_is_nowhere_is_hidden(void **state)
{
	static const char *const hidden[] = { "_printk", "__crc_exported", ".L7",
					      "__UNIQUE_ID_license1" };
	cleanup_symbols struct kimg_symbols *symbols =
		open_module(sample("good-module-x86_64"), NULL);

	for (size_t i = 0; i < ARRAY_SIZE(hidden); i++)
		assert_true(table_named(symbols, hidden[i])->flags & KIMG_SYMBOL_HIDDEN);
	assert_null(kimg_symbols_at(symbols, 0));
	assert_name("work", kimg_symbols_at(symbols, 0x1f));
	/* as the kernel prints it: up to the end of the page that the code ends in */
	assert_int_equal(kimg_symbol_extent(symbols, table_named(symbols, "work.cold")), 0xfa4);
}

/* Where a function is the last one of its part, kernels print anything up to the end of its page. */
static void the_last_function_has_many_sizes(void **state)
{
	cleanup_symbols struct kimg_symbols *symbols =
		open_module(sample("good-module-x86_64"), NULL);
	const struct kimg_symbol *last = table_named(symbols, "work.cold");
	const struct kimg_symbol *other = table_named(symbols, "work");
	uint64_t extent = kimg_symbol_extent(symbols, other);

	assert_true(kimg_symbol_has_extent(symbols, last, 0xfa4));
	assert_true(kimg_symbol_has_extent(symbols, last, last->size + 8));
	assert_false(kimg_symbol_has_extent(symbols, last, last->size - 1));
	assert_false(kimg_symbol_has_extent(symbols, last, 0xfa5));
	assert_true(kimg_symbol_has_extent(symbols, other, extent));
	assert_false(kimg_symbol_has_extent(symbols, other, extent + 8));
}

static void write_sections(struct root *root, const char *folder, const char *text)
{
	char path[128];

	snprintf(path, sizeof(path), "%s/.text", folder);
	root_write(root, path, span_of(text, strlen(text)));
	snprintf(path, sizeof(path), "%s/.text.unlikely", folder);
	root_write(root, path, SPAN_LITERAL("0xffffffffc0001000\n"));
	snprintf(path, sizeof(path), "%s/.data", folder);
	root_write(root, path, SPAN_LITERAL("0xffffffffc0002000\n"));
}

/* As in /sys/module, and as a copy of one folder of it. */
static void modules_where_they_were_loaded(void **state)
{
	struct root *root = *state;
	static const char *const folders[] = { "module", "module/sample/sections" };

	write_sections(root, "module/sample/sections", "0xffffffffc0000000\n");
	for (size_t i = 0; i < ARRAY_SIZE(folders); i++) {
		cleanup_free char *path = strdup(root_path(root, folders[i]));
		cleanup_symbols struct kimg_symbols *symbols =
			open_module(sample("good-module-s390x"), path);

		assert_symbol(symbols, "work", 0xffffffffc0000010, 't', ".text");
		assert_symbol(symbols, "work.cold", 0xffffffffc0001000, 't', ".text.unlikely");
		assert_symbol(symbols, "counter", 0xffffffffc0002000, 'd', ".data");
		/* not loaded any more */
		assert_null(table_named(symbols, "init_module"));
		assert_non_null(strstr(kimg_symbols_notes(symbols)->text, "left out"));
	}
}

static void sections_that_help_nobody(void **state)
{
	struct root *root = *state;
	struct kimg_symbols_options options = KIMG_SYMBOLS_OPTIONS_DEFAULT;
	struct kimg_symbols *symbols = NULL;
	cleanup_free char *hidden = NULL, *broken = NULL, *empty = NULL;

	root_write(root, "hidden/.text", SPAN_LITERAL("0x0000000000000000\n"));
	hidden = strdup(root_path(root, "hidden"));
	root_write(root, "broken/.text", SPAN_LITERAL("nowhere\n"));
	broken = strdup(root_path(root, "broken"));
	root_write(root, "empty/README", SPAN_LITERAL(""));
	empty = strdup(root_path(root, "empty"));

	options.sections = hidden;
	assert_fails(KIMG_E_NOT_FOUND,
		     kimg_symbols_open(sample("good-module-arm"), &options, &symbols));
	options.sections = broken;
	assert_fails(KIMG_E_CORRUPT,
		     kimg_symbols_open(sample("good-module-arm"), &options, &symbols));
	options.sections = empty;
	assert_fails(KIMG_E_NOT_FOUND,
		     kimg_symbols_open(sample("good-module-arm"), &options, &symbols));
	options.sections = "/no/such/folder";
	assert_fails(KIMG_E_IO, kimg_symbols_open(sample("good-module-arm"), &options, &symbols));
	assert_null(symbols);
}

/* A module that does not say its name is called as its file is. */
static void names_of_files(void **state)
{
	static const struct {
		const char *path;
		const char *name;
	} cases[] = {
		{ "snd-hda-intel.ko", "snd_hda_intel" },
		{ "/lib/modules/nfs.o", "nfs" },
		{ "a/b.ko.xz", "b" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		cleanup_symbols struct kimg_symbols *symbols = NULL;

		assert_ok(symbols_new(KIMG_SYMBOLS_MODULE, &symbols));
		assert_ok(symbols_name_module(symbols, cases[i].path));
		assert_string_equal(kimg_symbols_module_name(symbols, 1), cases[i].name);
	}
}

static void layouts_that_do_not_fit(void **state)
{
	struct module_section huge[] = {
		{ .flags = SHF_ALLOC | SHF_EXECINSTR, .size = 16, .align = 1ULL << 63 },
		{ .flags = SHF_ALLOC | SHF_EXECINSTR, .size = UINT64_MAX - 8, .align = 4096 },
	};

	assert_ok(module_lay_out(huge, 1, true));
	assert_int_equal(huge[0].address, 0);
	assert_fails(KIMG_E_CORRUPT, module_lay_out(huge, 2, true));
	huge[0].placed = huge[1].placed = false;
	huge[1].size = 1ULL << 31;
	assert_fails(KIMG_E_CORRUPT, module_lay_out(huge, 2, false));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(modules_are_laid_out),
		cmocka_unit_test(what_is_nowhere_is_hidden),
		cmocka_unit_test(the_last_function_has_many_sizes),
		cmocka_unit_test_setup_teardown(modules_where_they_were_loaded, root_setup,
						root_teardown),
		cmocka_unit_test_setup_teardown(sections_that_help_nobody, root_setup,
						root_teardown),
		cmocka_unit_test(names_of_files),
		cmocka_unit_test(layouts_that_do_not_fit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
