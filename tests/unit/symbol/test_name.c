/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "../unit.h"

#include "symbol/ksyms.h"

static struct span text(const char *s)
{
	return span_of(s, strlen(s));
}

static void plain_names(void **state)
{
	static const struct {
		const char *name;
		const char *plain;
	} cases[] = {
		{ "vfs_write", "vfs_write" },
		{ "f.isra.0", "f" },
		{ "f.constprop.0.isra.1", "f" },
		{ "f.part.12.cold", "f" },
		{ "f.cold", "f" },
		{ "f.llvm.1234567890", "f" },
		{ "f.lto_priv.3", "f" },
		{ "f.localalias", "f" },
		{ "f.cfi_jt", "f" },
		{ "counter.12", "counter" },
		{ "f.__uniq.1234.llvm.56", "f" },
		/* not what compilers add */
		{ "a.b", "a.b" },
		{ "a.b.cold", "a.b" },
		{ "f.colder", "f.colder" },
		{ ".sys_read", ".sys_read" },
		{ ".sys_read.cold", ".sys_read" },
		{ "f.", "f." },
		{ ".", "." },
		{ "", "" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		if (!span_equal(symbol_plain_name(text(cases[i].name)), text(cases[i].plain)))
			fail_msg("%s", cases[i].name);
}

static void internal_names(void **state)
{
	static const char *const internal[] = { "$x", "$d.12", ".L12", ".LC0", "L0\001" };
	static const char *const others[] = { "", "L0", "Lx", "x$", "_L", "loop.L1" };

	for (size_t i = 0; i < ARRAY_SIZE(internal); i++)
		assert_true(symbol_name_is_internal(text(internal[i])));
	for (size_t i = 0; i < ARRAY_SIZE(others); i++)
		assert_false(symbol_name_is_internal(text(others[i])));
}

static void versions_of_2_4(void **state)
{
	static const struct {
		const char *name;
		const char *plain;
	} cases[] = {
		{ "printk_R1b7d4074", "printk" },
		{ "printk_Rsmp_1b7d4074", "printk" },
		{ "printk_Rsmp2gig_1b7d4074", "printk" },
		{ "printk_R2gig_1b7d4074", "printk" },
		{ "printk_R1b7d407", "printk_R1b7d407" },
		{ "printk_R1b7d407G", "printk_R1b7d407G" },
		{ "_R1b7d4074", "_R1b7d4074" },
		{ "printk", "printk" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		if (!span_equal(ksyms_plain_name(text(cases[i].name)), text(cases[i].plain)))
			fail_msg("%s", cases[i].name);
}

static void sections_of_insmod(void **state)
{
	struct ksyms_section section;

	assert_true(ksyms_section(text("__insmod_a_S_b_S.text_L1234"), &section));
	assert_true(span_equal(section.name, SPAN_LITERAL(".text")));
	assert_int_equal(section.size, 1234);
	assert_false(ksyms_section(text("__insmod_a_S.text_L"), &section));
	assert_false(ksyms_section(text("__insmod_a_S.text_L12x"), &section));
	assert_false(ksyms_section(text("__insmod_a_S.text_L99999999999999999999"), &section));
	assert_false(ksyms_section(text("__insmod_a_S_L12"), &section));
	assert_false(ksyms_section(text("__insmod_a_O/lib/a.o_M3DF2A1B0_V132116"), &section));
	assert_false(ksyms_section(text("insmod_S.text_L12"), &section));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(plain_names),
		cmocka_unit_test(internal_names),
		cmocka_unit_test(versions_of_2_4),
		cmocka_unit_test(sections_of_insmod),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
