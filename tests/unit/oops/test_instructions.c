/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Code of real reports; what is expected is what objdump says of the vmlinux or module at that place. */
#include "../unit.h"

#include <stdio.h>
#include <string.h>

#include "oops/instructions.h"

/* kc_write+0x2b5 of Debian's 6.1.192: 42 bytes before the ud2 of WARN_ON() */
static const uint8_t warning[] = {
	0xc7, 0xc7, 0x45, 0xf1, 0x5d, 0xc0, 0xc6, 0x05, 0x38, 0x1c, 0x00, 0x00, 0x01,
	0xe8, 0x03, 0x36, 0x8c, 0xf4, 0x0f, 0x0b, 0xe9, 0x3b, 0xfe, 0xff, 0xff, 0xbe,
	0x2a, 0x00, 0x00, 0x00, 0x48, 0xc7, 0xc7, 0x1f, 0xf1, 0x5d, 0xc0, 0xe8, 0xeb,
	0x35, 0x8c, 0xf4, 0x0f, 0x0b, 0xe9, 0x23, 0xfe, 0xff, 0xff, 0x48, 0xc7, 0xc6,
	0x52, 0xf1, 0x5d, 0xc0, 0x48, 0x89, 0xef, 0xe8, 0x25, 0xe4, 0x20,
};
enum { TRAP = 42, ADDRESS = 0x1000000 };

static struct report *make_report(enum kimg_oops_arch arch, unsigned int bits, const void *bytes,
				  size_t size, size_t trap)
{
	struct report *report = report_new();
	struct kimg_oops_block *block = report_open_block(report, NULL);

	assert_non_null(block);
	report->oops.arch = arch;
	report->oops.bits = bits;
	block->has_code = true;
	block->code = (struct kimg_oops_code){
		.bytes = bytes, .size = size, .unit = 1, .has_trap = true, .trap = trap
	};
	return report;
}

static const struct kimg_oops_code *code_of(const struct report *report)
{
	return &report->oops.blocks[0].code;
}

/* The instruction that starts there; NULL: none does. */
static const struct kimg_oops_instruction *at(const struct report *report, size_t offset)
{
	const struct kimg_oops_code *code = code_of(report);

	for (size_t i = 0; i < code->instruction_count; i++)
		if (code->instructions[i].offset == offset)
			return &code->instructions[i];
	return NULL;
}

/* Together the instructions are all of the code, each behind the one before it. */
static void check_whole(const struct report *report)
{
	const struct kimg_oops_code *code = code_of(report);
	size_t next = 0;

	for (size_t i = 0; i < code->instruction_count; i++) {
		assert_int_equal(code->instructions[i].offset, next);
		assert_true(code->instructions[i].size > 0);
		next += code->instructions[i].size;
	}
	assert_int_equal(next, code->size);
}

static void set_pc(struct report *report, const char *symbol, uint64_t offset, uint64_t size)
{
	const struct kimg_oops_frame pc = {
		.symbol = symbol,
		.module = "kcrash",
		.has_offset = true,
		.offset = offset,
		.size = size,
	};

	report_set_pc(report, &pc);
}

static void before_the_trap(void **state)
{
	struct report *report = make_report(KIMG_OOPS_ARCH_X86, 64, warning, sizeof(warning), TRAP);

	set_pc(report, "kc_write", 0x2b5, 0x6bd);
	assert_ok(oops_instructions(report, NULL));
	check_whole(report);
	assert_string_equal(at(report, TRAP)->text, "ud2");
	assert_non_null(strstr(at(report, 37)->text, "call"));
	assert_null(at(report, 37)->target);
	assert_non_null(at(report, 25));
	assert_null(at(report, 8)); /* in the middle of movb $1, 0x1c38(%rip) */
	assert_string_equal(at(report, 44)->text, "jmp .-0x1d8");
	assert_string_equal(at(report, 44)->target, "kc_write+0xdf [kcrash]");
	assert_null(at(report, 59)->text); /* cut */
	assert_int_equal(at(report, 59)->size, 4);
	kimg_oops_free(&report->oops);
}

/* The function starts within the code: what is before it is of another one. */
static void from_the_start(void **state)
{
	struct report *report = make_report(KIMG_OOPS_ARCH_X86, 64, warning, sizeof(warning), TRAP);

	set_pc(report, "f", TRAP - 13, 0x100);
	assert_ok(oops_instructions(report, NULL));
	check_whole(report);
	assert_int_equal(code_of(report)->instructions[0].size, 13);
	assert_null(code_of(report)->instructions[0].text);
	assert_non_null(strstr(at(report, 13)->text, "call"));
	kimg_oops_free(&report->oops);
}

static bool name_place(void *context, const struct kimg_oops_place *near, uint64_t address,
		       struct kimg_oops_place *ret_place)
{
	*ret_place = (struct kimg_oops_place){ .symbol = "there", .offset = address & 0xff };
	return true;
}

/* The code of the symbols, from the start of the function: 6 bytes before that of the log. */
static size_t give_bytes(void *context, const struct kimg_oops_place *near, uint64_t address,
			 uint8_t *buffer, size_t size)
{
	uint8_t code[1 + sizeof(warning)] = { 0x48 };
	uint64_t offset = address - (ADDRESS - TRAP - 1);

	memcpy(code + 1, warning, sizeof(warning));
	if (*(bool *)context) /* of another kernel */
		memset(code, 0x90, sizeof(code));
	if (offset >= sizeof(code))
		return 0;
	size = size < sizeof(code) - offset ? size : sizeof(code) - offset;
	memcpy(buffer, code + offset, size);
	return size;
}

static void by_symbols(void **state)
{
	bool differs = false;
	struct oops_text text = { .context = &differs, .place = name_place, .bytes = give_bytes };

	for (int round = 0; round < 2; round++) {
		struct report *report =
			make_report(KIMG_OOPS_ARCH_X86, 64, warning, sizeof(warning), TRAP);
		struct kimg_oops_place place = { .symbol = "f",
						 .address = ADDRESS - TRAP - 1,
						 .offset = TRAP + 1 };
		struct kimg_oops_block *block = &report->oops.blocks[0];

		differs = round;
		set_pc(report, "f", TRAP + 1, 0x100);
		block->pc.certainty = KIMG_OOPS_CERTAIN;
		block->pc.places = &place;
		block->pc.place_count = 1;
		assert_ok(oops_instructions(report, &text));
		check_whole(report);
		assert_string_equal(at(report, TRAP)->text, "ud2");
		assert_int_equal(report->oops.note_count, differs);
		if (!differs) {
			assert_non_null(at(report, 6)->text);
			assert_non_null(strstr(at(report, 37)->target, "there"));
		}
		kimg_oops_free(&report->oops);
	}
}

static void without(void **state)
{
	struct report *report = make_report(KIMG_OOPS_ARCH_X86, 64, warning, sizeof(warning), TRAP);

	report->oops.blocks[0].user = true;
	assert_ok(oops_instructions(report, NULL));
	assert_int_equal(code_of(report)->instruction_count, 0);
	report->oops.blocks[0].user = false;
	report->oops.blocks[0].code.has_trap = false;
	assert_ok(oops_instructions(report, NULL));
	assert_int_equal(code_of(report)->instruction_count, 0);
	assert_non_null(code_of(report)->no_instructions);
	report->oops.blocks[0].code.has_trap = true;
	report->oops.arch = KIMG_OOPS_ARCH_UNKNOWN;
	assert_ok(oops_instructions(report, NULL));
	assert_string_equal(code_of(report)->no_instructions, "the architecture is not known");
	kimg_oops_free(&report->oops);
}

/* "Code: ???????? aa0003f3 f9400000 (b9000001)" of arm64 */
static void holes(void **state)
{
	static const uint8_t code[] = { 0,    0,    0,    0,    0xf3, 0x03, 0x00, 0xaa,
					0x00, 0x00, 0x40, 0xf9, 0x01, 0x00, 0x00, 0xb9 };
	static const bool known[] = { 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1 };
	struct report *report =
		make_report(KIMG_OOPS_ARCH_ARM64, 64, code, sizeof(code), sizeof(code) - 4);

	report->oops.blocks[0].code.known = known;
	assert_ok(oops_instructions(report, NULL));
	check_whole(report);
	assert_int_equal(code_of(report)->instruction_count, 4);
	assert_null(at(report, 0)->text);
	assert_string_equal(at(report, 4)->text, "mov x19, x0");
	assert_string_equal(at(report, 12)->text, "str w1, [x0]");
	kimg_oops_free(&report->oops);
}

/* i386 before 2.6.20: "ud2a; .word line; .long file" */
static void data_of_bug(void **state)
{
	static const uint8_t code[] = { 0x0f, 0x0b, 0x2a, 0x00, 0x10, 0x20,
					0x30, 0xc0, 0x89, 0xd8, 0x5b, 0xc3 };
	static const char *const releases[] = { NULL, "2.6.11", "2.6.20", "6.1.0-50-686-pae" };

	for (size_t i = 0; i < 4; i++) {
		struct report *report = make_report(KIMG_OOPS_ARCH_X86, 32, code, sizeof(code), 0);

		report->oops.release = releases[i];
		assert_ok(oops_instructions(report, NULL));
		check_whole(report);
		assert_int_equal(at(report, 0)->size, 2);
		if (i < 2)
			assert_int_equal(at(report, 2)->size, 6);
		assert_true((at(report, 2)->text == NULL) == (i < 2));
		kimg_oops_free(&report->oops);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(before_the_trap), cmocka_unit_test(from_the_start),
		cmocka_unit_test(by_symbols),      cmocka_unit_test(without),
		cmocka_unit_test(holes),           cmocka_unit_test(data_of_bug),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
