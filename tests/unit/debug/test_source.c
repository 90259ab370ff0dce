/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "../unit.h"

#include <inttypes.h>

#include "format/elf.h"
#include "io/blob.h"
#include "kimg/source.h"
#include "made.h"

static void free_source(struct kimg_source **source)
{
	kimg_source_free(*source);
}

#define cleanup_source cleanup(free_source)

static struct kimg_source *open_source(const char *path, const char *root)
{
	const char *const roots[] = { root ? root : "/nonexistent", NULL };
	struct kimg_source_options options = KIMG_SOURCE_OPTIONS_DEFAULT;
	struct kimg_source *source = NULL;

	options.roots = roots;
	assert_ok(kimg_source_open(path, &options, &source));
	return source;
}

/* ---- the same as addr2line ---- */

#define NOTHING "??\n??:0\n"
#define ANY     "*"

static bool add_frame(void *context, const struct kimg_source_frame *frame)
{
	struct buf *text = context;

	/* addr2line takes a name from the symbol table where there is no function, or no line. */
	if (frame->line == 0)
		buf_puts(text, NOTHING);
	else
		buf_printf(text, "%s\n%s:%u\n", frame->function ? frame->function : ANY,
			   frame->file ? frame->file : "??", frame->line);
	return true;
}

/* A place as addr2line writes it, without the folder of the build and the discriminator. */
static const char *plain_place(const struct made *made, char *line)
{
	size_t n = strlen(made->folder);
	char *end = strstr(line, " (disc");

	if (end)
		strcpy(end, "\n");
	if (strncmp(line, made->folder, n) == 0)
		line += n + 1;
	return strncmp(line, "./", 2) == 0 ? line + 2 : line;
}

/* Lines of addr2line -afi, as add_frame() writes them. */
static void expect(const struct made *made, FILE *pipe, struct buf *text)
{
	char line[512], place[512];

	while (fgets(line, sizeof(line), pipe)) {
		if (strncmp(line, "0x", 2) == 0) {
			buf_printf(text, "0x%llx\n", strtoull(line, NULL, 16));
			continue;
		}
		assert_non_null(fgets(place, sizeof(place), pipe));
		if (strstr(place, ":?\n") || strstr(place, ":0\n")) {
			buf_puts(text, NOTHING);
			continue;
		}
		buf_puts(text, line);
		buf_puts(text, plain_place(made, place));
	}
}

static size_t line_length(const char *text)
{
	return strcspn(text, "\n") + (strchr(text, '\n') != NULL);
}

/* Fails with the first chain that differs. */
static void assert_same_chains(const char *have, const char *want)
{
	const char *have_start = have, *want_start = want;

	while (*have || *want) {
		size_t h = line_length(have), w = line_length(want);

		if (strncmp(have, ANY "\n", 2) != 0 && (h != w || strncmp(have, want, h) != 0))
			fail_msg("kimg: %.200s\nthe other: %.200s", have_start, want_start);
		if (strncmp(have, "0x", 2) == 0) {
			have_start = have;
			want_start = want;
		}
		have += h;
		want += w;
	}
}

/* The chains of all addresses of a section, as kimg and as addr2line have them, must be equal. */
static void compare_section(const struct made *made, const char *tool, const char *name,
			    struct kimg_source *source, const struct elf_section *section,
			    bool is_rel)
{
	cleanup_buf struct buf have = { 0 }, want = { 0 }, command = { 0 };
	FILE *list = fopen(made_path(made, "list"), "w"), *pipe;
	char section_name[64];

	assert_non_null(list);
	snprintf(section_name, sizeof(section_name), "%.*s", (int)section->name.n,
		 (const char *)section->name.p);
	for (uint64_t offset = 0; offset < section->size; offset++) {
		uint64_t address;
		size_t n;

		assert_true(kimg_source_section_address(source, section_name, offset, &address));
		fprintf(list, "%" PRIx64 "\n", is_rel ? offset : section->addr + offset);
		buf_printf(&have, "0x%" PRIx64 "\n", is_rel ? offset : address);
		assert_ok(kimg_source_at(source, address, add_frame, &have, &n));
		if (n == 0)
			buf_puts(&have, NOTHING);
	}
	assert_int_equal(fclose(list), 0);
	buf_printf(&command, "cd '%s' && %s -afi %s %s -e %s <list", made->folder, tool,
		   is_rel ? "-j" : "", is_rel ? section_name : "", name);
	pipe = popen(command.p, "r");
	assert_non_null(pipe);
	expect(made, pipe, &want);
	assert_int_equal(pclose(pipe), 0);
	assert_same_chains(have.p, want.p);
}

static void compare(const struct made *made, const char *tool, const char *name)
{
	cleanup_source struct kimg_source *source = open_source(made_path(made, name), NULL);
	const struct kimg_limits limits = KIMG_LIMITS_DEFAULT;
	cleanup_blob struct blob file = { 0 };
	struct elf_section section;
	unsigned int sections = 0;
	struct elf elf;

	assert_ok(blob_open(&file, made_path(made, name), &limits));
	assert_ok(elf_open(blob_span(&file), &elf));
	for (uint32_t i = 0; elf_section_at(&elf, i, &section); i++) {
		if (!(section.flags & 4) || section.size == 0) /* SHF_EXECINSTR */
			continue;
		sections++;
		compare_section(made, tool, name, source, &section, elf.type == 1);
	}
	assert_true(sections >= 2);
}

#define CFLAGS "-fno-pie -ffreestanding -fno-asynchronous-unwind-tables "

static void chains_are_those_of_addr2line(void **state)
{
	const char *compiler = *state;
	cleanup_made struct made made = made_begin();
	char command[512];

	snprintf(command, sizeof(command),
		 "%s " CFLAGS "-nostdlib -static -o linked main.c other.c", compiler);
	made_run_or_skip(&made, command);
	compare(&made, "addr2line", "linked");
	snprintf(command, sizeof(command), "%s " CFLAGS "-ffunction-sections -c -o module.o main.c",
		 compiler);
	assert_true(made_run(&made, command));
	compare(&made, "addr2line", "module.o");
}

/* binutils 2.40 takes some lists of ranges that clang writes for DWARF 5 for others, and knows none of 64 bits. */
static void chains_are_those_of_llvm(void **state)
{
	const char *compiler = *state;
	cleanup_made struct made made = made_begin();
	char command[512];

	snprintf(command, sizeof(command),
		 "llvm-addr2line --version && %s " CFLAGS
		 "-nostdlib -static -o linked main.c other.c",
		 compiler);
	made_run_or_skip(&made, command);
	compare(&made, "llvm-addr2line", "linked");
}

/* ---- units ---- */

struct units {
	unsigned int count;
	uint64_t bytes;
	bool main_seen;
};

static bool count_unit(void *context, const struct kimg_source_unit *unit)
{
	struct units *units = context;

	units->count++;
	for (size_t i = 0; i < unit->range_count; i++)
		units->bytes += unit->ranges[i].end - unit->ranges[i].start;
	units->main_seen = units->main_seen || strcmp(unit->name, "main.c") == 0;
	return true;
}

static void units_have_names_and_code(void **state)
{
	cleanup_made struct made made = made_begin();
	cleanup_source struct kimg_source *source = NULL;
	struct units units = { 0 };
	struct kimg_source_unit unit;
	uint64_t address;

	made_run_or_skip(&made, *state);
	source = open_source(made_path(&made, "linked"), NULL);
	assert_ok(kimg_source_units(source, count_unit, &units));
	assert_int_equal(units.count, 2);
	assert_true(units.main_seen);
	assert_true(units.bytes > 100);
	assert_true(kimg_source_section_address(source, ".init.text", 1, &address));
	assert_ok(kimg_source_unit_at(source, address, &unit));
	assert_string_equal(unit.name, "main.c");
	assert_fails(KIMG_E_NOT_FOUND, kimg_source_unit_at(source, 1, &unit));
	assert_false(kimg_source_section_address(source, ".init.text", 4096, &address));
	assert_false(kimg_source_section_address(source, ".nowhere", 0, &address));
}

/* ---- debug information elsewhere ---- */

#define LINK      "cc -g -O2 -Wl,--build-id -fno-pie -ffreestanding -nostdlib -static -o linked *.c && "
#define TAKE_AWAY "objcopy --only-keep-debug linked linked.debug && objcopy --strip-debug "

static void it_is_found_by_build_id(void **state)
{
	cleanup_made struct made made = made_begin();
	cleanup_source struct kimg_source *source = NULL, *again = NULL;
	const struct kimg_limits limits = KIMG_LIMITS_DEFAULT;
	struct kimg_source_options options = KIMG_SOURCE_OPTIONS_DEFAULT;
	const char *const roots[] = { made.folder, NULL };
	cleanup_blob struct blob file = { 0 };
	struct elf_note note;
	struct elf elf;
	bool is;

	if (!made_run(&made,
		      LINK TAKE_AWAY "linked stripped && "
				     "id=$(readelf -n linked | sed -n 's/.*Build ID: //p') && "
				     "d=usr/lib/debug/.build-id/$(echo $id | cut -c-2) && "
				     "mkdir -p $d && mv linked.debug $d/${id#??}.debug"))
		skip();
	assert_ok(kimg_source_is_in(made_path(&made, "stripped"), NULL, &is));
	assert_false(is);
	assert_ok(kimg_source_is_in(made_path(&made, "linked"), NULL, &is));
	assert_true(is);
	assert_ok(kimg_source_is_in(made_path(&made, "main.c"), NULL, &is));
	assert_false(is);
	source = open_source(made_path(&made, "stripped"), made.folder);
	assert_non_null(strstr(kimg_source_path(source), "/usr/lib/debug/.build-id/"));

	assert_ok(blob_open(&file, made_path(&made, "linked"), &limits));
	assert_ok(elf_open(blob_span(&file), &elf));
	assert_true(elf_find_note(&elf, "GNU", 3, &note));
	options.roots = roots;
	assert_ok(kimg_source_open_build_id(note.desc.p, note.desc.n, &options, &again));
	assert_string_equal(kimg_source_path(source), kimg_source_path(again));
}

static void it_is_found_by_debuglink(void **state)
{
	cleanup_made struct made made = made_begin();
	cleanup_source struct kimg_source *source = NULL;
	struct kimg_source *none;

	if (!made_run(&made,
		      "cc -g -O2 -Wl,--build-id=none -fno-pie -ffreestanding -nostdlib -static "
		      "-o linked *.c && " TAKE_AWAY
		      "--add-gnu-debuglink=linked.debug linked stripped && mkdir .debug && "
		      "cp linked.debug .debug/"))
		skip();
	source = open_source(made_path(&made, "stripped"), NULL);
	assert_string_equal(kimg_source_path(source), made_path(&made, "linked.debug"));
	/* That of another program is not taken, but the next one is. */
	assert_true(made_run(&made, "echo >>linked.debug"));
	kimg_source_free(source);
	source = open_source(made_path(&made, "stripped"), NULL);
	assert_string_equal(kimg_source_path(source), made_path(&made, ".debug/linked.debug"));
	assert_true(made_run(&made, "rm -r .debug"));
	assert_fails(KIMG_E_NOT_FOUND, kimg_source_open(made_path(&made, "stripped"), NULL, &none));
}

static void compressed_modules_open(void **state)
{
	cleanup_made struct made made = made_begin();
	cleanup_source struct kimg_source *source = NULL;
	cleanup_buf struct buf text = { 0 };
	uint64_t address;

	made_run_or_skip(&made, "cc -g -O2 -ffreestanding -c -o m.ko main.c && xz -C crc32 m.ko");
	source = open_source(made_path(&made, "m.ko.xz"), NULL);
	assert_true(kimg_source_section_address(source, ".init.text", 0, &address));
	assert_ok(kimg_source_at(source, address, add_frame, &text, NULL));
	assert_string_equal(text.p, "twice\ninc/twice.h:3\nsetup\nmain.c:24\n");
}

#define FLAGS_TEST(function, flags)                                   \
	{                                                             \
		.name = #function " " flags, .test_func = (function), \
		.initial_state = (void *)(uintptr_t)(flags)           \
	}

int main(void)
{
	const struct CMUnitTest tests[] = {
		FLAGS_TEST(chains_are_those_of_addr2line, "cc -gdwarf-2 -O2"),
		FLAGS_TEST(chains_are_those_of_addr2line, "cc -gdwarf-3 -O2"),
		FLAGS_TEST(chains_are_those_of_addr2line, "cc -gdwarf-4 -O2"),
		FLAGS_TEST(chains_are_those_of_addr2line, "cc -gdwarf-5 -O2"),
		FLAGS_TEST(chains_are_those_of_addr2line, "cc -gdwarf-5 -O0"),
		FLAGS_TEST(chains_are_those_of_addr2line, "cc -gdwarf-5 -O2 -gz"),
		FLAGS_TEST(chains_are_those_of_addr2line, "clang -gdwarf-4 -O2"),
		FLAGS_TEST(chains_are_those_of_llvm, "clang -gdwarf-5 -O2"),
		FLAGS_TEST(chains_are_those_of_llvm, "clang -gdwarf-5 -gdwarf64 -O2"),
		FLAGS_TEST(units_have_names_and_code,
			   "cc -g -O2 -ffreestanding -nostdlib -static -o linked *.c"),
		FLAGS_TEST(units_have_names_and_code,
			   "clang -g -O2 -ffreestanding -nostdlib -static -o linked *.c"),
		cmocka_unit_test(it_is_found_by_build_id),
		cmocka_unit_test(it_is_found_by_debuglink),
		cmocka_unit_test(compressed_modules_open),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
