/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "../unit.h"

#include "base/buf.h"
#include "table.h"

static bool is_text(const char *text)
{
	return symbols_text_is(span_of(text, strlen(text)));
}

static void assert_symbol(struct kimg_symbols *symbols, const char *name, uint64_t address,
			  char type)
{
	const struct kimg_symbol *symbol = table_named(symbols, name);

	assert_name(name, symbol);
	assert_int_equal(symbol->address, address);
	assert_int_equal(symbol->type, type);
}

static void maps_of_64_and_32_bits(void **state)
{
	cleanup_symbols struct kimg_symbols *wide = text_table("ffffffff81000000 T _text\n"
							       "ffffffff81000040 t secondary\n"
							       "ffffffff81000080 W weak\n");
	cleanup_symbols struct kimg_symbols *narrow = text_table("c0100000 A _text\n"
								 "c0100040 t secondary\n");

	assert_int_equal(kimg_symbols_bits(wide), 64);
	assert_int_equal(kimg_symbols_source(wide), KIMG_SYMBOLS_MAP);
	assert_symbol(wide, "_text", 0xffffffff81000000, 'T');
	assert_symbol(wide, "secondary", 0xffffffff81000040, 't');
	assert_int_equal(table_named(wide, "weak")->flags, KIMG_SYMBOL_WEAK);
	assert_null(kimg_symbols_notes(wide));
	assert_int_equal(kimg_symbols_bits(narrow), 32);
	assert_symbol(narrow, "_text", 0xc0100000, 'A');
	assert_true(table_named(narrow, "_text")->flags & KIMG_SYMBOL_HIDDEN);
}

/* What hands, editors and other tools make of a line. */
static void lines_may_look_otherwise(void **state)
{
	cleanup_symbols struct kimg_symbols *symbols =
		text_table("FFFFFFFF81000100 T upper\r\n"
			   "0xffffffff81000000 T prefixed\n"
			   "  ffffffff81000020 T indented\n"
			   "\n"
			   "ffffffff81000030\tT\ttabs  \n"
			   "ffffffff81000040 0000000000000010 T sized\n"
			   "                 U undefined\n"
			   "                 w maybe\n"
			   "ffffffff81000050 d __kvm_nvhe_.L1\001\061\n"
			   "ffffffff81000060 T last");

	assert_null(kimg_symbols_notes(symbols));
	assert_int_equal(table_count(symbols), 7);
	assert_symbol(symbols, "upper", 0xffffffff81000100, 'T');
	assert_symbol(symbols, "prefixed", 0xffffffff81000000, 'T');
	assert_symbol(symbols, "indented", 0xffffffff81000020, 'T');
	assert_symbol(symbols, "tabs", 0xffffffff81000030, 'T');
	assert_int_equal(table_named(symbols, "sized")->size, 16);
	assert_symbol(symbols, "last", 0xffffffff81000060, 'T');
	assert_symbol(symbols, "__kvm_nvhe_.L1\001\061", 0xffffffff81000050, 'd');
}

/* Each length of a name, and each number of bytes behind it, as eight bytes are read at once. */
static void names_of_every_length(void **state)
{
	for (size_t length = 1; length < 40; length++) {
		cleanup_buf struct buf text = { 0 };
		cleanup_symbols struct kimg_symbols *symbols = NULL;

		buf_printf(&text, "ffffffff81000000 T %.*s\nffffffff8123abcd t b\n", (int)length,
			   "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOP");
		symbols = text_table(text.p);
		assert_int_equal(table_count(symbols), 2);
		assert_int_equal(symbols->all[0].name_size, length);
		assert_int_equal(symbols->all[1].address, 0xffffffff8123abcd);
	}
}

static void names_too_long_are_left_out(void **state)
{
	cleanup_buf struct buf text = { 0 };
	cleanup_symbols struct kimg_symbols *symbols = NULL;

	buf_puts(&text, "ffffffff81000000 T a\nffffffff81000000 T b\nffffffff81000000 T ");
	buf_fill(&text, 'c', 65536);
	buf_puts(&text, "\nffffffff81000000 T ");
	buf_fill(&text, 'd', 65535);
	buf_puts(&text, "\n");
	symbols = text_table(text.p);
	assert_int_equal(table_count(symbols), 3);
	assert_string_equal(kimg_symbols_notes(symbols)->text,
			    "1 line is no symbol; the first is line 3");
}

static void damage_is_counted(void **state)
{
	cleanup_symbols struct kimg_symbols *symbols = text_table("ffffffff81000000 T a\n"
								  "ffffffff81000010 T\n"
								  "ffffffff8100002\n"
								  "ffffffff81000030 T b\n"
								  "ffffffff81000040 T two words\n"
								  "ffffffff81000050 TT c\n"
								  "fffffffff81000060 T c\n"
								  "ffffffff81000070 T c\n"
								  "ffffffff81000080 T d\n"
								  "ffffffff81000090 T e\n"
								  "ffffffff810000a0 T f\n");
	struct kimg_symbols *none = NULL;

	assert_int_equal(table_count(symbols), 6);
	assert_string_equal(kimg_symbols_notes(symbols)->text,
			    "5 lines are no symbols; the first is line 2");
	assert_true(kimg_symbols_notes(symbols)->bad);
	assert_fails(KIMG_E_CORRUPT, read_text("ffffffff81000000 T a\nx\ny\n", &none));
	assert_fails(KIMG_E_CORRUPT, read_text("", &none));
	assert_null(none);
}

static void symbols_are_sorted(void **state)
{
	cleanup_symbols struct kimg_symbols *symbols = text_table("c0300000 T third\n"
								  "c0100000 T first\n"
								  "c0200000 T second\n"
								  "c0100000 T first_too\n");

	assert_name("first", &symbols->all[0]);
	assert_name("first_too", &symbols->all[1]);
	assert_name("second", &symbols->all[2]);
	assert_name("third", &symbols->all[3]);
}

static void what_moves_with_the_kernel_is_shifted(void **state)
{
	static const char text[] = "0000000000000000 D __per_cpu_start\n"
				   "0000000000012345 A value\n"
				   "ffffffff81000000 T _text\n";
	struct kimg_symbols_options options = KIMG_SYMBOLS_OPTIONS_DEFAULT;
	cleanup_symbols struct kimg_symbols *symbols = NULL;

	options.shift = 0x12000000;
	assert_ok(symbols_read_text(SPAN_LITERAL(text), &options, &symbols));
	assert_symbol(symbols, "_text", 0xffffffff93000000, 'T');
	assert_symbol(symbols, "__per_cpu_start", 0, 'D');
	assert_symbol(symbols, "value", 0x12345, 'A');
}

static void kallsyms_have_modules(void **state)
{
	cleanup_symbols struct kimg_symbols *symbols =
		text_table("ffffffff81000000 T _text\n"
			   "ffffffffc0000000 t a\t[one]\n"
			   "ffffffffc0001000 t b\t[two]\n"
			   "ffffffffc0000010 t c\t[one]\n"
			   "ffffffffc0002000 t p_1234\t[bpf]\n"
			   "ffffffffc0003000 t d [one]\n");

	assert_int_equal(kimg_symbols_source(symbols), KIMG_SYMBOLS_PROC_KALLSYMS);
	assert_int_equal(table_named(symbols, "_text")->module, 0);
	for (const char *name = "acd"; *name; name++) {
		const char word[2] = { *name };
		const struct kimg_symbol *symbol = table_named(symbols, word);

		assert_non_null(symbol);
		assert_string_equal(kimg_symbols_module_name(symbols, symbol->module), "one");
	}
	assert_string_equal(
		kimg_symbols_module_name(symbols, table_named(symbols, "p_1234")->module), "bpf");
	assert_int_equal(symbols->module_count, 4);
}

/* Thousands of modules, each named again and again. */
static void many_modules(void **state)
{
	cleanup_buf struct buf text = { 0 };
	cleanup_symbols struct kimg_symbols *symbols = NULL;

	for (unsigned int i = 0; i < 30000; i++)
		buf_printf(&text, "%016x T f%u\t[m%u]\n", 0x1000 + i, i, i % 10000);
	symbols = text_table(text.p);
	assert_int_equal(symbols->module_count, 10001);
	for (unsigned int i = 0; i < 30000; i++)
		assert_int_equal(symbols->all[i].module, 1 + i % 10000);
}

/* Those that have no number left would be taken for the kernel itself. */
static void too_many_modules(void **state)
{
	cleanup_buf struct buf text = { 0 };
	cleanup_symbols struct kimg_symbols *symbols = NULL;

	for (unsigned int i = 0; i < UINT16_MAX; i++)
		buf_printf(&text, "%016x T f\t[m%u]\n", 0x1000 + i, i);
	assert_fails(KIMG_E_LIMIT, read_text(text.p, &symbols));
	assert_null(symbols);
}

static void hidden_addresses_are_explained(void **state)
{
	cleanup_buf struct buf text = { 0 };
	cleanup_symbols struct kimg_symbols *symbols = NULL;
	struct kimg_error *error;
	char message[256];

	error = read_text("0000000000000000 T _text\n0000000000000000 t a\t[m]\n", &symbols);
	assert_non_null(error);
	assert_int_equal(kimg_error_code(error), KIMG_E_NOT_FOUND);
	kimg_error_format(error, message, sizeof(message));
	assert_non_null(strstr(message, "kptr_restrict"));
	kimg_error_free(error);

	for (int i = 0; i < 100; i++)
		buf_printf(&text, "0000000000000000 t hidden_%d\n", i);
	buf_puts(&text, "ffffffff81000000 T seen\n");
	symbols = text_table(text.p);
	assert_string_equal(
		kimg_symbols_notes(symbols)->text,
		"the addresses of 100 of 101 symbols are 0: read /proc/kallsyms as root, "
		"with kernel.kptr_restrict at 0 or 1 (see proc_sys_kernel(5))");
	assert_null(kimg_symbols_at(symbols, 0));
	assert_name("seen", kimg_symbols_at(symbols, 0xffffffff81000000));
}

static void placeholders_are_told(void **state)
{
	static const char text[] = "ffffffffffffffff B The real System.map is in the "
				   "linux-image-<version>-dbg package\n";
	struct kimg_symbols *symbols = NULL;
	struct kimg_error *error = read_text(text, &symbols);
	char message[256];

	assert_true(is_text(text));
	assert_non_null(error);
	assert_int_equal(kimg_error_code(error), KIMG_E_NOT_FOUND);
	kimg_error_format(error, message, sizeof(message));
	kimg_error_free(error);
	assert_string_equal(message, "this is a placeholder; the real System.map is in the package "
				     "linux-image-<version>-dbg");
}

static void ksyms_of_2_4(void **state)
{
	static const char text[] =
		"c8830060 nfs_read_Rsmp_1b7d4074\t[nfs]\n"
		"c8830000 __insmod_nfs_O/lib/modules/2.4.20/nfs.o_M3DF2A1B0_V132116\t[nfs]\n"
		"c8830060 __insmod_nfs_S.text_L1234\t[nfs]\n"
		"c8831000 __insmod_nfs_S.data_L16\t[nfs]\n"
		"c8831008 nfs_table\t[nfs]\n"
		"c8831010 nfs_behind\t[nfs]\n"
		"c01152d0 printk_R1b7d4074\n"
		"c01152e0 a_Rdeadbee\n"
		"c01152f0 highmem_R2gig_12345678\n";
	cleanup_symbols struct kimg_symbols *symbols = text_table(text);
	const struct kimg_symbol *read;

	assert_true(is_text(text));
	assert_int_equal(kimg_symbols_source(symbols), KIMG_SYMBOLS_PROC_KSYMS);
	assert_int_equal(kimg_symbols_bits(symbols), 32);
	assert_symbol(symbols, "printk", 0xc01152d0, '?');
	assert_name("printk", table_named(symbols, "printk_R1b7d4074"));
	assert_symbol(symbols, "a_Rdeadbee", 0xc01152e0, '?');
	assert_symbol(symbols, "highmem", 0xc01152f0, '?');
	read = table_named(symbols, "nfs_read");
	assert_string_equal(kimg_symbols_module_name(symbols, read->module), "nfs");
	assert_string_equal(kimg_symbols_section_name(symbols, read->section), ".text");
	assert_string_equal(
		kimg_symbols_section_name(symbols, table_named(symbols, "nfs_table")->section),
		".data");
	assert_int_equal(table_named(symbols, "nfs_behind")->section, 0);
	/* not the __insmod_ symbol that stands there, too */
	assert_name("nfs_read", kimg_symbols_at(symbols, 0xc8830070));
}

static void other_text_is_none(void **state)
{
	static const char *const others[] = {
		"",
		"\n\n",
		"#\n# Automatically generated file; DO NOT EDIT.\nCONFIG_X86=y\n",
		"{\"address\": \"ffffffff81000000\"}\n",
		"The quick brown fox\njumps over\nthe lazy dog\n",
		"deadbeef\ncafebabe\n",
		"d41d8cd98f00b204e9800998ecf8427e  vmlinuz\nd41d8cd98f00b204e9800998ecf8427e  "
		"initrd\n",
		"00000000  7f 45 4c 46 02 01 01 00  |.ELF....|\n",
		"00000000: 7f45 4c46 0201 0100 .ELF....\n",
		"00000000-00000fff : Reserved\n00001000-0009fbff : System RAM\n",
		"9849f38a doc: where the code goes\nef4c5d0b kimg: checksums\n",
		"ffffffff81000000 <_text>:\nffffffff81000000:\t0f 0b\tud2\n",
		"0000000000000000 l    df *ABS*\t0000000000000000 a.c\n",
		"add T x\nbad T y\n",
		"12345678 1\n12345679 2\n",
	};

	for (size_t i = 0; i < ARRAY_SIZE(others); i++)
		if (is_text(others[i]))
			fail_msg("taken for symbols: %s", others[i]);
	assert_true(is_text("c0100000 A _text\n"));
	assert_true(is_text("Address   Symbol                            Defined by\n"
			    "c01152d0  printk                            [(kernel)]\n"));
	assert_true(is_text("0x1000 T _start\n"));
	assert_true(is_text("garbage\nffffffff81000000 T _text\nffffffff81000000 T _stext\n"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(maps_of_64_and_32_bits),
		cmocka_unit_test(lines_may_look_otherwise),
		cmocka_unit_test(names_of_every_length),
		cmocka_unit_test(names_too_long_are_left_out),
		cmocka_unit_test(damage_is_counted),
		cmocka_unit_test(symbols_are_sorted),
		cmocka_unit_test(what_moves_with_the_kernel_is_shifted),
		cmocka_unit_test(kallsyms_have_modules),
		cmocka_unit_test(many_modules),
		cmocka_unit_test(too_many_modules),
		cmocka_unit_test(hidden_addresses_are_explained),
		cmocka_unit_test(placeholders_are_told),
		cmocka_unit_test(ksyms_of_2_4),
		cmocka_unit_test(other_text_is_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
