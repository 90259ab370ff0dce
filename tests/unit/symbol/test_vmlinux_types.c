/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Debug information out of BTF, as libdw reads it. */
#include "unit.h"

#include <dwarf.h>
#include <elf.h>
#include <elfutils/libdw.h>
#include <stdio.h>
#include <unistd.h>

#include "base/buf.h"
#include "format/elf_writer.h"
#include "symbol/table.h"
#include "symbol/vmlinux_types.h"

/* ---- BTF, in the byte order of this machine ---- */

struct writer {
	struct buf types, strings;
};

static uint32_t name(struct writer *w, const char *text)
{
	uint32_t at = w->strings.n;

	buf_add(&w->strings, text, strlen(text) + 1);
	return at;
}

static void word(struct writer *w, uint32_t value)
{
	buf_add(&w->types, &value, sizeof(value));
}

static void type(struct writer *w, const char *called, uint32_t kind, uint32_t count, uint32_t size)
{
	word(w, called ? name(w, called) : 0);
	word(w, kind << 24 | count);
	word(w, size);
}

static void entry(struct writer *w, const char *called, uint32_t of, uint32_t value)
{
	word(w, called ? name(w, called) : 0);
	word(w, of);
	word(w, value);
}

enum { FLAG = 1 << 7 }; /* kind_flag, above the five bits of the kind */

/*
 *	1 int   2 struct thing *   3 int[3]   4 struct thing   5 tag on 1   6 tagged *   7 enum colour
 *	8 int (thing *, ...)   9 function scale   10 variable counter   11 typedef 99 (there is none)
 *	12 int of 3 bits   13 struct old
 */
static void write_types(struct writer *w)
{
	buf_putc(&w->strings, '\0');
	type(w, "int", 1, 0, 4);
	word(w, 1 << 24 | 32);
	type(w, NULL, 2, 0, 4);
	type(w, NULL, 3, 0, 0);
	word(w, 1); /* the element, the index, how many */
	word(w, 1);
	word(w, 3);
	type(w, "thing", 4 | FLAG, 4, 24);
	entry(w, "next", 2, 0);
	entry(w, "low", 1, 3 << 24 | 64);
	entry(w, "high", 1, 5 << 24 | 67);
	entry(w, "list", 3, 96);
	type(w, "user", 18, 0, 1);
	type(w, NULL, 2, 0, 5);
	type(w, "colour", 6 | FLAG, 2, 4);
	word(w, name(w, "RED"));
	word(w, -1);
	word(w, name(w, "BLUE"));
	word(w, 70);
	type(w, NULL, 13, 2, 1);
	word(w, name(w, "what"));
	word(w, 2);
	word(w, 0);
	word(w, 0);
	type(w, "scale", 12, 1, 8);
	type(w, "counter", 14, 0, 6);
	word(w, 1);
	type(w, "lost", 8, 0, 99);
	type(w, "int", 1, 0, 4);
	word(w, 3);
	type(w, "old", 4, 2, 8);
	entry(w, "bits", 12, 5);
	entry(w, "whole", 1, 32);
}

static void make_btf(struct buf *btf)
{
	struct writer w = { 0 };
	uint32_t header[6] = { 0x0001eb9f, 24 };

	write_types(&w);
	header[3] = header[4] = w.types.n;
	header[5] = w.strings.n;
	buf_add(btf, header, sizeof(header));
	buf_add(btf, w.types.p, w.types.n);
	buf_add(btf, w.strings.p, w.strings.n);
	assert_false(btf->failed || w.types.failed || w.strings.failed);
	buf_done(&w.types);
	buf_done(&w.strings);
}

/* ---- the sections as a file that libdw reads ---- */

static struct elf_form form_here(void)
{
	return (struct elf_form){ .is64 = true, .big_endian = __BYTE_ORDER == __BIG_ENDIAN };
}

static int write_file(const struct vmlinux_types *types)
{
	static const char names[] = "\0.debug_info\0.debug_abbrev\0.debug_str";
	const struct span bytes[] = { buf_span(&types->info), types->abbrev, types->strings,
				      span_of(names, sizeof(names)) };
	const uint32_t name_at[] = { 1, 13, 27, 0 };
	struct elf elf = {
		.is64 = true, .type = ET_EXEC, .machine = EM_X86_64, .shnum = 5, .shstrndx = 4
	};
	uint8_t head[sizeof(Elf64_Ehdr)], section[5][sizeof(Elf64_Shdr)] = { 0 };
	FILE *file = tmpfile();
	int fd;

	assert_non_null(file);
	elf.big_endian = form_here().big_endian;
	elf.shoff = sizeof(head);
	for (uint64_t i = 0, at = sizeof(head) + sizeof(section); i < 4; at += bytes[i++].n)
		elf_write_section(section[i + 1], form_here(),
				  &(struct elf_section){ .type = i < 3 ? SHT_PROGBITS : SHT_STRTAB,
							 .name_at = name_at[i],
							 .offset = at,
							 .size = bytes[i].n });
	elf_write_header(head, &elf);
	fwrite(head, sizeof(head), 1, file);
	fwrite(section, sizeof(section), 1, file);
	for (size_t i = 0; i < 4; i++)
		fwrite(bytes[i].p, bytes[i].n, 1, file);
	fflush(file);
	fd = dup(fileno(file));
	fclose(file);
	assert_true(fd >= 0);
	return fd;
}

struct fixture {
	struct buf btf;
	struct vmlinux_types types;
	int fd;
	Dwarf *dwarf;
	Dwarf_Die unit;
};

static int open_fixture(void **state)
{
	static struct fixture fixture;
	struct kimg_symbols *symbols =
		text_table("1000 T scale\n1040 T next_one\n2000 d counter\n3000 d counter\n");
	Dwarf_CU *cu = NULL;

	fixture = (struct fixture){ 0 };
	make_btf(&fixture.btf);
	assert_ok(vmlinux_types_make(buf_span(&fixture.btf), form_here(), symbols, &fixture.types));
	kimg_symbols_free(symbols);
	fixture.fd = write_file(&fixture.types);
	fixture.dwarf = dwarf_begin(fixture.fd, DWARF_C_READ);
	assert_non_null(fixture.dwarf);
	assert_int_equal(dwarf_get_units(fixture.dwarf, NULL, &cu, NULL, NULL, &fixture.unit, NULL),
			 0);
	*state = &fixture;
	return 0;
}

static int close_fixture(void **state)
{
	struct fixture *fixture = *state;

	dwarf_end(fixture->dwarf);
	close(fixture->fd);
	vmlinux_types_done(&fixture->types);
	buf_done(&fixture->btf);
	return 0;
}

/* The entry of that tag and name; its type, where it has one. */
static Dwarf_Die find(struct fixture *f, Dwarf_Die *parent, int tag, const char *called)
{
	Dwarf_Die die;

	assert_int_equal(dwarf_child(parent ? parent : &f->unit, &die), 0);
	do {
		const char *own = dwarf_diename(&die);

		if (dwarf_tag(&die) == tag && (!called || (own && strcmp(own, called) == 0)))
			return die;
	} while (dwarf_siblingof(&die, &die) == 0);
	fail_msg("no %s", called);
	return die;
}

static Dwarf_Die type_of(Dwarf_Die *die)
{
	Dwarf_Attribute attribute;
	Dwarf_Die found;

	assert_non_null(dwarf_attr(die, DW_AT_type, &attribute));
	assert_non_null(dwarf_formref_die(&attribute, &found));
	return found;
}

static Dwarf_Word number(Dwarf_Die *die, unsigned int which)
{
	Dwarf_Attribute attribute;
	Dwarf_Word value;

	assert_non_null(dwarf_attr(die, which, &attribute));
	assert_int_equal(dwarf_formudata(&attribute, &value), 0);
	return value;
}

static void structures_have_members(void **state)
{
	struct fixture *f = *state;
	Dwarf_Die thing = find(f, NULL, DW_TAG_structure_type, "thing"), member, of;

	assert_int_equal(dwarf_bytesize(&thing), 24);
	member = find(f, &thing, DW_TAG_member, "next");
	of = type_of(&member);
	assert_int_equal(dwarf_tag(&of), DW_TAG_pointer_type);
	of = type_of(&of);
	assert_string_equal(dwarf_diename(&of), "thing");
	member = find(f, &thing, DW_TAG_member, "high");
	assert_int_equal(number(&member, DW_AT_bit_size), 5);
	assert_int_equal(number(&member, DW_AT_data_bit_offset), 67);
	member = find(f, &thing, DW_TAG_member, "list");
	assert_int_equal(number(&member, DW_AT_data_member_location), 12);
	of = type_of(&member);
	of = find(f, &of, DW_TAG_subrange_type, NULL);
	assert_int_equal(number(&of, DW_AT_count), 3);
}

/* As BTF was before it had kind_flag. */
static void bits_may_be_of_the_type(void **state)
{
	struct fixture *f = *state;
	Dwarf_Die old = find(f, NULL, DW_TAG_structure_type, "old"), member;

	member = find(f, &old, DW_TAG_member, "bits");
	assert_int_equal(number(&member, DW_AT_bit_size), 3);
	assert_int_equal(number(&member, DW_AT_data_bit_offset), 5);
	member = find(f, &old, DW_TAG_member, "whole");
	assert_int_equal(number(&member, DW_AT_data_member_location), 4);
}

static void tags_stand_for_what_they_mark(void **state)
{
	struct fixture *f = *state;
	Dwarf_Die variable = find(f, NULL, DW_TAG_variable, "counter"), of = type_of(&variable);

	assert_int_equal(dwarf_tag(&of), DW_TAG_pointer_type);
	of = type_of(&of);
	assert_string_equal(dwarf_diename(&of), "int");
	/* two symbols have that name: neither is told */
	assert_false(dwarf_hasattr(&variable, DW_AT_location));
}

static void functions_have_addresses_and_parameters(void **state)
{
	struct fixture *f = *state;
	Dwarf_Die function = find(f, NULL, DW_TAG_subprogram, "scale"), what,
		  of = type_of(&function);
	Dwarf_Addr low, high;

	assert_string_equal(dwarf_diename(&of), "int");
	assert_int_equal(dwarf_lowpc(&function, &low), 0);
	assert_int_equal(dwarf_highpc(&function, &high), 0);
	assert_int_equal(low, 0x1000);
	assert_int_equal(high, 0x1040);
	what = find(f, &function, DW_TAG_formal_parameter, "what");
	assert_int_equal(dwarf_tag(&what), DW_TAG_formal_parameter);
	find(f, &function, DW_TAG_unspecified_parameters, NULL);
}

static void enumerations_have_signs(void **state)
{
	struct fixture *f = *state;
	Dwarf_Die colour = find(f, NULL, DW_TAG_enumeration_type, "colour"), red;
	Dwarf_Attribute attribute;
	Dwarf_Sword value;

	red = find(f, &colour, DW_TAG_enumerator, "RED");
	assert_int_equal(dwarf_formsdata(dwarf_attr(&red, DW_AT_const_value, &attribute), &value),
			 0);
	assert_int_equal(value, -1);
	red = find(f, &colour, DW_TAG_enumerator, "BLUE");
	assert_int_equal(dwarf_formsdata(dwarf_attr(&red, DW_AT_const_value, &attribute), &value),
			 0);
	assert_int_equal(value, 70);
}

static void what_leads_nowhere_is_void(void **state)
{
	struct fixture *f = *state;
	Dwarf_Die lost = find(f, NULL, DW_TAG_typedef, "lost"), of = type_of(&lost);

	assert_int_equal(dwarf_tag(&of), DW_TAG_unspecified_type);
	assert_string_equal(dwarf_diename(&of), "void");
}

static void a_kernel_without_btf_has_none(void **state)
{
	struct vmlinux_types types = { 0 };

	assert_ok(vmlinux_types_make(SPAN_LITERAL("nothing"), form_here(), NULL, &types));
	assert_int_equal(types.count, 0);
	vmlinux_types_done(&types);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(structures_have_members, open_fixture,
						close_fixture),
		cmocka_unit_test_setup_teardown(bits_may_be_of_the_type, open_fixture,
						close_fixture),
		cmocka_unit_test_setup_teardown(tags_stand_for_what_they_mark, open_fixture,
						close_fixture),
		cmocka_unit_test_setup_teardown(functions_have_addresses_and_parameters,
						open_fixture, close_fixture),
		cmocka_unit_test_setup_teardown(enumerations_have_signs, open_fixture,
						close_fixture),
		cmocka_unit_test_setup_teardown(what_leads_nowhere_is_void, open_fixture,
						close_fixture),
		cmocka_unit_test(a_kernel_without_btf_has_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
