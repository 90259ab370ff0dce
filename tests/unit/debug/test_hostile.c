/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Debug information that lies: nothing crashes, nothing hangs, and no lie takes all memory. */
#include "../unit.h"

#include <elf.h>

#include "format/elf.h"
#include "io/blob.h"
#include "kimg/source.h"
#include "made.h"

static void free_source(struct kimg_source **source)
{
	kimg_source_free(*source);
}

#define cleanup_source cleanup(free_source)

#define CFLAGS "-fno-pie -ffreestanding -nostdlib -static -fno-asynchronous-unwind-tables "

/* ---- asking everything ---- */

static size_t length(const char *text)
{
	return text ? strlen(text) : 0;
}

static bool read_frame(void *context, const struct kimg_source_frame *frame)
{
	*(size_t *)context +=
		length(frame->function) + length(frame->linkage_name) + length(frame->file);
	return true;
}

static bool read_unit(void *context, const struct kimg_source_unit *unit)
{
	*(size_t *)context += length(unit->name) + length(unit->folder) + unit->range_count;
	return true;
}

static void ask_section(struct kimg_source *source, const struct elf_section *section)
{
	char name[256];
	size_t bytes = 0;

	snprintf(name, sizeof(name), "%.*s", (int)section->name.n, (const char *)section->name.p);
	for (uint64_t offset = 0; offset < section->size; offset += 3) {
		struct kimg_source_unit unit;
		uint64_t address;

		if (!kimg_source_section_address(source, name, offset, &address))
			return;
		kimg_error_free(kimg_source_at(source, address, read_frame, &bytes, NULL));
		kimg_error_free(kimg_source_unit_at(source, address, &unit));
	}
}

/* elf is that of the file before it was damaged. */
static void ask_all(const char *path, const struct elf *elf)
{
	cleanup_source struct kimg_source *source = NULL;
	struct kimg_error *error = kimg_source_open(path, NULL, &source);
	struct elf_section section;
	size_t bytes = 0;

	kimg_error_free(error);
	if (error)
		return;
	kimg_error_free(kimg_source_units(source, read_unit, &bytes));
	for (uint32_t i = 0; elf_section_at(elf, i, &section); i++)
		if (section.flags & SHF_EXECINSTR)
			ask_section(source, &section);
}

/* ---- damage ---- */

static uint64_t random_state;

/* xorshift */
static uint32_t random_below(uint32_t n)
{
	random_state ^= random_state << 13;
	random_state ^= random_state >> 7;
	random_state ^= random_state << 17;
	return (random_state >> 20) % n;
}

static void damage_byte(uint8_t *p)
{
	switch (random_below(4)) {
	case 0:
		*p = 0;
		break;
	case 1:
		*p = 0xff;
		break;
	case 2:
		*p ^= 1 << random_below(8);
		break;
	default:
		*p = random_below(256);
	}
}

/* In the headers of sections, now and then, else in the debug sections. */
static void damage(uint8_t *bytes, const struct elf *elf)
{
	struct elf_section section;

	for (;;) {
		uint32_t index = random_below(elf->sections);

		assert_true(elf_section_at(elf, index, &section));
		if (!span_starts(section.name, SPAN_LITERAL(".debug_")) || section.size == 0)
			continue;
		if (random_below(16) == 0)
			damage_byte(bytes + elf->shoff + index * elf->shentsize +
				    random_below(elf->shentsize));
		else
			damage_byte(bytes + section.offset + random_below(section.size));
		return;
	}
}

static void write_bytes(const char *path, const uint8_t *bytes, size_t n)
{
	FILE *file = fopen(path, "w");

	assert_non_null(file);
	assert_int_equal(fwrite(bytes, 1, n, file), n);
	assert_int_equal(fclose(file), 0);
}

enum { MUTATIONS = 200 };

static void any_damage_is_survived(void **state)
{
	cleanup_made struct made made = made_begin();
	const struct kimg_limits limits = KIMG_LIMITS_DEFAULT;
	cleanup_blob struct blob file = { 0 };
	cleanup_free uint8_t *bytes = NULL;
	struct elf elf;

	made_run_or_skip(&made, *state);
	assert_ok(blob_open(&file, made_path(&made, "sample"), &limits));
	assert_ok(elf_open(blob_span(&file), &elf));
	bytes = malloc(file.n);
	assert_non_null(bytes);
	for (unsigned int seed = 1; seed <= MUTATIONS; seed++) {
		random_state = seed * 0x9e3779b97f4a7c15u;
		memcpy(bytes, file.p, file.n);
		for (unsigned int i = 1 + random_below(6); i > 0; i--)
			damage(bytes, &elf);
		write_bytes(made_path(&made, "damaged"), bytes, file.n);
		ask_all(made_path(&made, "damaged"), &elf);
	}
}

static void any_cut_is_survived(void **state)
{
	cleanup_made struct made made = made_begin();
	const struct kimg_limits limits = KIMG_LIMITS_DEFAULT;
	cleanup_blob struct blob file = { 0 };
	struct elf elf;

	made_run_or_skip(&made, *state);
	assert_ok(blob_open(&file, made_path(&made, "sample"), &limits));
	assert_ok(elf_open(blob_span(&file), &elf));
	for (size_t n = 0; n < file.n; n += file.n / 64) {
		write_bytes(made_path(&made, "damaged"), file.p, n);
		ask_all(made_path(&made, "damaged"), &elf);
	}
}

/* ---- lies by hand: a unit with a function, whose parts the tests choose ---- */

/* DWARF 4: abbreviations 1, the unit; 2, a function; 3, a function by its origin; 4, one with a sibling. */
static const char lie[] = "	.text\n"
			  "	.globl _start\n"
			  "_start:	nop; nop; nop; nop\n"
			  "	.section .debug_abbrev\n"
			  "	.byte 1,0x11,1, 0x11,1, 0x12,7, 0x10,0x17, 0,0\n"
			  "	.byte 2,0x2e,1, 0x11,1, 0x12,7, 3,8, 0,0\n"
			  "	.byte 3,0x2e,1, 0x11,1, 0x12,7, 0x31,0x13, 0,0\n"
			  "	.byte 4,0x2e,1, 1,0x13, 0x11,1, 0x12,7, 0,0\n"
			  "	.byte 0\n"
			  "	.section .debug_info\n"
			  "	.4byte 2f-1f\n"
			  "1:	.2byte 4\n"
			  "	.4byte 0\n"
			  "	.byte 8\n"
			  "	.byte 1\n"
			  "	.8byte _start, 4\n"
			  "	.4byte 0\n"
			  "	.include \"function.s\"\n"
			  "	.byte 0\n"
			  "2:\n"
			  "	.section .debug_line\n"
			  "	.4byte 2f-1f\n"
			  "1:	.2byte 4\n"
			  "	.4byte 4f-3f\n"
			  "3:	.byte 1,1,1,1,1,1\n"
			  "	.include \"files.s\"\n"
			  "4:	.byte 0,9,2\n"
			  "	.8byte _start\n"
			  "	.byte 1, 2,4, 0,1,1\n"
			  "2:\n";

#define NO_FILES "	.byte 0,0\n"

static struct kimg_source *open_lie(struct made *made, const char *function, const char *files)
{
	struct kimg_source *source;

	made_write(made, "lie.s", lie);
	made_write(made, "function.s", function);
	made_write(made, "files.s", files);
	made_run_or_skip(made, "as --64 lie.s -o lie.o && ld -m elf_x86_64 -o lie lie.o");
	assert_ok(kimg_source_open(made_path(made, "lie"), NULL, &source));
	return source;
}

static struct kimg_error *ask_start(struct kimg_source *source, size_t *ret_count)
{
	uint64_t address;
	size_t bytes = 0;

	assert_true(kimg_source_section_address(source, ".text", 0, &address));
	return kimg_source_at(source, address, read_frame, &bytes, ret_count);
}

static void a_function_of_no_lie_is_found(void **state)
{
	cleanup_made struct made made = made_begin();
	cleanup_source struct kimg_source *source = open_lie(
		&made, "	.byte 2\n	.8byte _start, 4\n	.asciz \"f\"\n	.byte 0\n",
		NO_FILES);
	size_t n;

	assert_ok(ask_start(source, &n));
	assert_int_equal(n, 1);
}

static void origins_may_go_in_circles(void **state)
{
	cleanup_made struct made made = made_begin();
	/* The first DIE behind that of the unit is at 11 + 1 + 16 + 4. */
	cleanup_source struct kimg_source *source = open_lie(
		&made, "	.byte 3\n	.8byte _start, 4\n	.4byte 32\n	.byte 0\n",
		NO_FILES);
	size_t n;

	assert_ok(ask_start(source, &n));
	assert_int_equal(n, 1);
}

static void siblings_may_be_behind(void **state)
{
	cleanup_made struct made made = made_begin();
	cleanup_source struct kimg_source *source = open_lie(
		&made, "	.byte 4\n	.4byte 32\n	.8byte _start, 4\n	.byte 0\n",
		NO_FILES);
	size_t n;

	assert_ok(ask_start(source, &n));
	assert_int_equal(n, 1);
}

static void functions_in_one_another_have_an_end(void **state)
{
	cleanup_made struct made made = made_begin();
	cleanup_source struct kimg_source *source = open_lie(
		&made,
		"	.rept 300\n	.byte 2\n	.8byte _start, 4\n	.asciz \"f\"\n"
		"	.endr\n	.fill 300, 1, 0\n",
		NO_FILES);

	assert_fails(KIMG_E_LIMIT, ask_start(source, NULL));
}

/* A folder with a name of a megabyte, and 200,000 files in it: 200 GB of names. */
static void long_names_of_many_files_are_refused(void **state)
{
	cleanup_made struct made made = made_begin();
	cleanup_source struct kimg_source *source =
		open_lie(&made, NO_FILES,
			 "	.fill 1000000, 1, 'd'\n	.byte 0,0\n"
			 "	.rept 200000\n	.byte 'f',0,1,0,0\n	.endr\n	.byte 0\n");

	assert_fails(KIMG_E_LIMIT, ask_start(source, NULL));
}

/* 100,000 abbreviations, and 40,000 units, each of which has its DIE by the last of them. */
static struct kimg_source *open_many_units(struct made *made, const char *where)
{
	cleanup_buf struct buf text = { 0 };
	struct kimg_source *source;

	buf_printf(&text,
		   "	.section .debug_abbrev\n"
		   "	.rept 100000\n	.byte 2,0x2e,0,0,0\n	.endr\n"
		   "	.byte 1,0x11,0,0,0,0\n"
		   "	.section .debug_info\n"
		   "	.set i, 0\n"
		   "	.rept 40000\n	.4byte 8\n	.2byte 4\n	.4byte %s\n"
		   "	.byte 8,1\n	.set i, i + 1\n	.endr\n",
		   where);
	made_write(made, "lie.s", text.p);
	made_run_or_skip(made, "as --64 lie.s -o lie.o && ld -m elf_x86_64 -o lie lie.o");
	assert_ok(kimg_source_open(made_path(made, "lie"), NULL, &source));
	return source;
}

static void units_may_share_abbreviations(void **state)
{
	cleanup_made struct made made = made_begin();
	cleanup_source struct kimg_source *source = open_many_units(&made, "0");
	size_t bytes = 0;

	assert_ok(kimg_source_units(source, read_unit, &bytes));
}

/* Each unit has one abbreviation less. */
static void tables_that_begin_in_one_another_are_limited(void **state)
{
	cleanup_made struct made made = made_begin();
	cleanup_source struct kimg_source *source = open_many_units(&made, "5*i");
	size_t bytes = 0;

	assert_fails(KIMG_E_LIMIT, kimg_source_units(source, read_unit, &bytes));
}

/* A section that says it has 2^40 bytes once it is decompressed. */
static void sizes_after_decompression_are_limited(void **state)
{
	cleanup_made struct made made = made_begin();
	struct kimg_source *source;

	made_run_or_skip(
		&made,
		"cc -g -O2 -gz " CFLAGS "-o sample main.c other.c && "
		"at=$(readelf -SW sample | sed -n 's/.* .debug_info *PROGBITS *[0-9a-f]* "
		"\\([0-9a-f]*\\) .*/\\1/p') && "
		"printf '\\0\\0\\0\\0\\0\\1' | dd of=sample bs=1 seek=$((0x$at + 8)) conv=notrunc");
	assert_fails(KIMG_E_LIMIT, kimg_source_open(made_path(&made, "sample"), NULL, &source));
}

#define COMMAND_TEST(function, command)                                  \
	{                                                                \
		.name = #function ": " command, .test_func = (function), \
		.initial_state = (void *)(uintptr_t)(command)            \
	}

int main(void)
{
	const struct CMUnitTest tests[] = {
		COMMAND_TEST(any_damage_is_survived,
			     "cc -gdwarf-5 -O2 " CFLAGS "-o sample main.c other.c"),
		COMMAND_TEST(any_damage_is_survived,
			     "cc -gdwarf-4 -O2 " CFLAGS "-o sample main.c other.c"),
		COMMAND_TEST(any_damage_is_survived,
			     "cc -gdwarf-5 -O2 -gz " CFLAGS "-o sample main.c other.c"),
		COMMAND_TEST(any_damage_is_survived,
			     "clang -gdwarf-5 -O2 " CFLAGS "-o sample main.c other.c"),
		COMMAND_TEST(any_damage_is_survived,
			     "cc -g -O2 -ffreestanding -ffunction-sections -c -o sample main.c"),
		COMMAND_TEST(any_cut_is_survived, "cc -g -O2 " CFLAGS "-o sample main.c other.c"),
		COMMAND_TEST(any_cut_is_survived, "cc -g -O2 -ffreestanding -c -o sample main.c"),
		cmocka_unit_test(a_function_of_no_lie_is_found),
		cmocka_unit_test(origins_may_go_in_circles),
		cmocka_unit_test(siblings_may_be_behind),
		cmocka_unit_test(functions_in_one_another_have_an_end),
		cmocka_unit_test(long_names_of_many_files_are_refused),
		cmocka_unit_test(units_may_share_abbreviations),
		cmocka_unit_test(tables_that_begin_in_one_another_are_limited),
		cmocka_unit_test(sizes_after_decompression_are_limited),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
