/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * DWARF (version 4) from BTF. One unit has an entry for each type, in their order, so that the number of a type leads to
 * its entry; references are written as numbers first, and become offsets when all entries have theirs.
 *
 *   unit header     unit_length 4, version 2, debug_abbrev_offset 4, address_size 1
 *   compile unit
 *     void          what the number 0 refers to
 *     entries
 *     0
 */
#include "symbol/vmlinux_types.h"

#include <stdlib.h>

#include "format/dwarf.h"
#include "kernel/btf.h"
#include "symbol/symbols.h"

/* Shapes of entries: what .debug_abbrev numbers. */
enum shape {
	S_UNIT = 1,
	S_VOID,
	S_BASE,
	S_POINTER,
	S_CONST,
	S_VOLATILE,
	S_RESTRICT,
	S_TYPEDEF,
	S_ARRAY,
	S_RANGE,
	S_RANGE_OPEN,
	S_STRUCT,
	S_STRUCT_UNNAMED,
	S_STRUCT_FORWARD,
	S_UNION,
	S_UNION_UNNAMED,
	S_UNION_FORWARD,
	S_MEMBER,
	S_MEMBER_UNNAMED,
	S_BITS,
	S_BITS_UNNAMED,
	S_ENUM,
	S_ENUM_UNNAMED,
	S_ENUM_FORWARD,
	S_VALUE_SIGNED,
	S_VALUE_UNSIGNED,
	S_PROTOTYPE,
	S_PARAMETER,
	S_PARAMETER_UNNAMED,
	S_MORE_PARAMETERS,
	S_FUNCTION,
	S_FUNCTION_NOWHERE,
	S_VARIABLE,
	S_VARIABLE_NOWHERE,
};

/* clang-format off */
#define NAME DW_AT_name, DW_FORM_strp
#define TYPE DW_AT_type, DW_FORM_ref4
#define SIZE DW_AT_byte_size, DW_FORM_data4
#define PLACE DW_AT_data_member_location, DW_FORM_data4
#define BITS DW_AT_bit_size, DW_FORM_data1, DW_AT_data_bit_offset, DW_FORM_data4
#define DECLARED DW_AT_declaration, DW_FORM_flag_present
#define ADDRESSES DW_AT_low_pc, DW_FORM_addr, DW_AT_high_pc, DW_FORM_data8
#define LEAF DW_CHILDREN_no
#define TREE DW_CHILDREN_yes
#define END 0, 0

/* All numbers are below 128, so that each is a byte (ULEB128). */
static const uint8_t abbreviations[] = {
	S_UNIT, DW_TAG_compile_unit, TREE, DW_AT_producer, DW_FORM_string, DW_AT_language, DW_FORM_data1,
		DW_AT_name, DW_FORM_string, ADDRESSES, END,
	S_VOID, DW_TAG_unspecified_type, LEAF, DW_AT_name, DW_FORM_string, END,
	S_BASE, DW_TAG_base_type, LEAF, NAME, SIZE, DW_AT_encoding, DW_FORM_data1, END,
	S_POINTER, DW_TAG_pointer_type, LEAF, SIZE, TYPE, END,
	S_CONST, DW_TAG_const_type, LEAF, TYPE, END,
	S_VOLATILE, DW_TAG_volatile_type, LEAF, TYPE, END,
	S_RESTRICT, DW_TAG_restrict_type, LEAF, TYPE, END,
	S_TYPEDEF, DW_TAG_typedef, LEAF, NAME, TYPE, END,
	S_ARRAY, DW_TAG_array_type, TREE, TYPE, END,
	S_RANGE, DW_TAG_subrange_type, LEAF, TYPE, DW_AT_count, DW_FORM_data4, END,
	S_RANGE_OPEN, DW_TAG_subrange_type, LEAF, TYPE, END,
	S_STRUCT, DW_TAG_structure_type, TREE, NAME, SIZE, END,
	S_STRUCT_UNNAMED, DW_TAG_structure_type, TREE, SIZE, END,
	S_STRUCT_FORWARD, DW_TAG_structure_type, LEAF, NAME, DECLARED, END,
	S_UNION, DW_TAG_union_type, TREE, NAME, SIZE, END,
	S_UNION_UNNAMED, DW_TAG_union_type, TREE, SIZE, END,
	S_UNION_FORWARD, DW_TAG_union_type, LEAF, NAME, DECLARED, END,
	S_MEMBER, DW_TAG_member, LEAF, NAME, TYPE, PLACE, END,
	S_MEMBER_UNNAMED, DW_TAG_member, LEAF, TYPE, PLACE, END,
	S_BITS, DW_TAG_member, LEAF, NAME, TYPE, BITS, END,
	S_BITS_UNNAMED, DW_TAG_member, LEAF, TYPE, BITS, END,
	S_ENUM, DW_TAG_enumeration_type, TREE, NAME, SIZE, END,
	S_ENUM_UNNAMED, DW_TAG_enumeration_type, TREE, SIZE, END,
	S_ENUM_FORWARD, DW_TAG_enumeration_type, LEAF, NAME, DECLARED, END,
	S_VALUE_SIGNED, DW_TAG_enumerator, LEAF, NAME, DW_AT_const_value, DW_FORM_sdata, END,
	S_VALUE_UNSIGNED, DW_TAG_enumerator, LEAF, NAME, DW_AT_const_value, DW_FORM_udata, END,
	S_PROTOTYPE, DW_TAG_subroutine_type, TREE, DW_AT_prototyped, DW_FORM_flag_present, TYPE, END,
	S_PARAMETER, DW_TAG_formal_parameter, LEAF, NAME, TYPE, END,
	S_PARAMETER_UNNAMED, DW_TAG_formal_parameter, LEAF, TYPE, END,
	S_MORE_PARAMETERS, DW_TAG_unspecified_parameters, LEAF, END,
	S_FUNCTION, DW_TAG_subprogram, TREE, NAME, DW_AT_prototyped, DW_FORM_flag_present, TYPE, ADDRESSES, END,
	S_FUNCTION_NOWHERE, DW_TAG_subprogram, TREE, NAME, DW_AT_prototyped, DW_FORM_flag_present, TYPE,
		DECLARED, END,
	S_VARIABLE, DW_TAG_variable, LEAF, NAME, TYPE, DW_AT_location, DW_FORM_exprloc, END,
	S_VARIABLE_NOWHERE, DW_TAG_variable, LEAF, NAME, TYPE, DECLARED, END,
	0,
};
/* clang-format on */

struct maker {
	const struct btf *btf;
	struct elf_form form;
	struct kimg_symbols *symbols;
	struct buf *info;
	struct buf
		entries; /* where the entry of each type starts: 4 bytes a type, [0] that of void */
	struct buf references; /* where types are referred to: 4 bytes each */
	struct buf places;     /* where BTF has the type of each number, from 1 on: 4 bytes each */
};

/* ---- numbers ---- */

static void put8(struct maker *m, uint8_t value)
{
	buf_putc(m->info, value);
}

static void put16(struct maker *m, uint16_t value)
{
	uint8_t bytes[2];

	(m->form.big_endian ? put_be16 : put_le16)(bytes, value);
	buf_add(m->info, bytes, sizeof(bytes));
}

static void put32(struct maker *m, uint32_t value)
{
	uint8_t bytes[4];

	(m->form.big_endian ? put_be32 : put_le32)(bytes, value);
	buf_add(m->info, bytes, sizeof(bytes));
}

static void put64(struct maker *m, uint64_t value)
{
	uint8_t bytes[8];

	(m->form.big_endian ? put_be64 : put_le64)(bytes, value);
	buf_add(m->info, bytes, sizeof(bytes));
}

static void put_address(struct maker *m, uint64_t value)
{
	if (m->form.is64)
		put64(m, value);
	else
		put32(m, value);
}

static void put_unsigned(struct maker *m, uint64_t value)
{
	for (; value >= 0x80; value >>= 7)
		put8(m, value | 0x80);
	put8(m, value);
}

static void put_signed(struct maker *m, int64_t value)
{
	for (; value < -0x40 || value >= 0x40; value >>= 7)
		put8(m, value | 0x80);
	put8(m, value & 0x7f);
}

static void put_string(struct maker *m, const char *text)
{
	buf_add(m->info, text, strlen(text) + 1);
}

static void keep(struct buf *list, uint32_t value)
{
	buf_add(list, &value, sizeof(value));
}

/* A type by its number: an offset later. */
static void put_type(struct maker *m, uint32_t type)
{
	keep(&m->references, m->info->n);
	put32(m, type);
}

/* The start of an entry whose name comes first; names that are none, or past the end, are left out. */
static void start(struct maker *m, enum shape named, enum shape unnamed, uint32_t name)
{
	if (name && name < m->btf->strings.n) {
		put8(m, named);
		put32(m, name);
	} else {
		put8(m, unnamed);
		if (unnamed == named)
			put32(m, 0);
	}
}

/* The type of that number; false where it does not exist. */
static bool type_of(const struct maker *m, uint32_t number, struct btf_type *ret_type)
{
	uint32_t at;
	size_t offset;

	if (number == 0 || number > m->places.n / sizeof(at))
		return false;
	memcpy(&at, m->places.p + (number - 1) * sizeof(at), sizeof(at));
	offset = at;
	return btf_next(m->btf, &offset, ret_type);
}

/* ---- entries ---- */

static void add_int(struct maker *m, struct btf_type *type)
{
	/* bits 24-27 encoding (1 signed, 2 char, 4 bool), 16-23 offset, 0-7 bits */
	uint32_t encoding = cursor_u32(&type->rest) >> 24 & 15;
	bool is_char = (encoding & 2) || type->size == 1;

	start(m, S_BASE, S_BASE, type->name);
	put32(m, type->size);
	if (encoding & 4)
		put8(m, DW_ATE_boolean);
	else if (encoding & 1)
		put8(m, is_char ? DW_ATE_signed_char : DW_ATE_signed);
	else
		put8(m, is_char ? DW_ATE_unsigned_char : DW_ATE_unsigned);
}

static void add_array(struct maker *m, struct btf_type *type)
{
	uint32_t element = cursor_u32(&type->rest), index = cursor_u32(&type->rest);
	uint32_t count = cursor_u32(
		&type->rest); /* 0 for [] and for [0]; hardly anybody writes the latter */

	put8(m, S_ARRAY);
	put_type(m, element);
	put8(m, count ? S_RANGE : S_RANGE_OPEN);
	put_type(m, index);
	if (count)
		put32(m, count);
	put8(m, 0);
}

/* The bits of a bit-field as BTF had them before kind_flag: those of an int that does not fill its bytes. */
static unsigned int bits_of_int(const struct maker *m, uint32_t number, uint32_t *offset)
{
	struct btf_type type;
	uint32_t word;

	if (!type_of(m, number, &type) || type.kind != BTF_INT)
		return 0;
	word = cursor_u32(&type.rest); /* bits 16-23 offset, 0-7 how many */
	if ((word & 0xff) == 8 * (uint64_t)type.size)
		return *offset % 8 ? word & 0xff : 0;
	*offset += word >> 16 & 0xff;
	return word & 0xff;
}

/* A member: name 4, type 4, offset in bits 4; with kind_flag the offset has 24 bits below a size in bits. */
static void add_member(struct maker *m, struct btf_type *type)
{
	uint32_t name = cursor_u32(&type->rest), of = cursor_u32(&type->rest);
	uint32_t offset = cursor_u32(&type->rest);
	unsigned int bits;

	if (type->flag) {
		bits = offset >> 24;
		offset &= 0xffffff;
	} else {
		bits = bits_of_int(m, of, &offset);
	}
	if (bits) {
		start(m, S_BITS, S_BITS_UNNAMED, name);
		put_type(m, of);
		put8(m, bits);
		put32(m, offset);
		return;
	}
	start(m, S_MEMBER, S_MEMBER_UNNAMED, name);
	put_type(m, of);
	put32(m, offset / 8);
}

static void add_members(struct maker *m, struct btf_type *type)
{
	if (type->kind == BTF_STRUCT)
		start(m, S_STRUCT, S_STRUCT_UNNAMED, type->name);
	else
		start(m, S_UNION, S_UNION_UNNAMED, type->name);
	put32(m, type->size);
	for (uint32_t i = 0; i < type->count; i++)
		add_member(m, type);
	put8(m, 0);
}

static void add_enum(struct maker *m, struct btf_type *type)
{
	if (type->count == 0) {
		start(m, S_ENUM_FORWARD, S_ENUM_FORWARD, type->name);
		return;
	}
	start(m, S_ENUM, S_ENUM_UNNAMED, type->name);
	put32(m, type->size);
	for (uint32_t i = 0; i < type->count; i++) {
		uint32_t name = cursor_u32(&type->rest), low = cursor_u32(&type->rest);
		uint64_t high = type->kind == BTF_ENUM64 ? cursor_u32(&type->rest) : 0;

		if (type->flag) {
			start(m, S_VALUE_SIGNED, S_VALUE_SIGNED, name);
			put_signed(m, type->kind == BTF_ENUM64 ? (int64_t)(high << 32 | low)
							       : (int32_t)low);
		} else {
			start(m, S_VALUE_UNSIGNED, S_VALUE_UNSIGNED, name);
			put_unsigned(m, high << 32 | low);
		}
	}
	put8(m, 0);
}

/* Parameters: name 4, type 4; the last one is 0, 0 where more may follow. Ends the children. */
static void add_parameters(struct maker *m, struct btf_type *prototype)
{
	for (uint32_t i = 0; i < prototype->count; i++) {
		uint32_t name = cursor_u32(&prototype->rest), of = cursor_u32(&prototype->rest);

		if (i + 1 == prototype->count && name == 0 && of == 0) {
			put8(m, S_MORE_PARAMETERS);
			break;
		}
		start(m, S_PARAMETER, S_PARAMETER_UNNAMED, name);
		put_type(m, of);
	}
	put8(m, 0);
}

static void add_prototype(struct maker *m, struct btf_type *type)
{
	put8(m, S_PROTOTYPE);
	put_type(m, type->size);
	add_parameters(m, type);
}

struct only {
	const struct kimg_symbol *symbol;
	unsigned int count;
};

static bool take_only(void *context, const struct kimg_symbol *symbol)
{
	struct only *only = context;

	only->symbol = symbol;
	return ++only->count < 2;
}

/* NULL where there is none, or several. */
static const struct kimg_symbol *symbol_of(const struct maker *m, uint32_t name)
{
	struct span text = span_text(span_from(m->btf->strings, name));
	struct only only = { 0 };

	if (name == 0 || !m->symbols)
		return NULL;
	kimg_symbols_named_exactly(m->symbols, (const char *)text.p, text.n, take_only, &only);
	return only.count == 1 ? only.symbol : NULL;
}

/*
 * Functions that share a prototype have its parameters each: some 1.3 bytes for each of BTF. Hostile types can make that
 * as much as they like, and get none beyond.
 */
enum { MOST_GROWTH = 16 };

static void add_function(struct maker *m, const struct btf_type *type)
{
	const struct kimg_symbol *symbol = symbol_of(m, type->name);
	struct btf_type prototype;
	bool known = type_of(m, type->size, &prototype) && prototype.kind == BTF_PROTOTYPE &&
		     m->info->n / MOST_GROWTH <= m->btf->types.n;

	start(m, symbol ? S_FUNCTION : S_FUNCTION_NOWHERE, symbol ? S_FUNCTION : S_FUNCTION_NOWHERE,
	      type->name);
	put_type(m, known ? prototype.size : 0);
	if (symbol) {
		put_address(m, symbol->address);
		put64(m, kimg_symbol_extent(m->symbols, symbol));
	}
	if (known)
		add_parameters(m, &prototype);
	else
		put8(m, 0);
}

static void add_variable(struct maker *m, const struct btf_type *type)
{
	const struct kimg_symbol *symbol = symbol_of(m, type->name);
	enum shape shape = symbol ? S_VARIABLE : S_VARIABLE_NOWHERE;

	start(m, shape, shape, type->name);
	put_type(m, type->size);
	if (!symbol)
		return;
	put_unsigned(m, m->form.is64 ? 9 : 5);
	put8(m, DW_OP_addr);
	put_address(m, symbol->address);
}

/* An entry that says no more than what it refers to. */
static void add_plain(struct maker *m, enum shape shape, const struct btf_type *type)
{
	put8(m, shape);
	put_type(m, type->size);
}

static void add_type(struct maker *m, struct btf_type *type)
{
	switch (type->kind) {
	case BTF_INT:
		add_int(m, type);
		break;
	case BTF_FLOAT:
		start(m, S_BASE, S_BASE, type->name);
		put32(m, type->size);
		put8(m, DW_ATE_float);
		break;
	case BTF_POINTER:
		put8(m, S_POINTER);
		put32(m, m->form.is64 ? 8 : 4);
		put_type(m, type->size);
		break;
	case BTF_ARRAY:
		add_array(m, type);
		break;
	case BTF_STRUCT:
	case BTF_UNION:
		add_members(m, type);
		break;
	case BTF_ENUM:
	case BTF_ENUM64:
		add_enum(m, type);
		break;
	case BTF_FORWARD:
		start(m, type->flag ? S_UNION_FORWARD : S_STRUCT_FORWARD,
		      type->flag ? S_UNION_FORWARD : S_STRUCT_FORWARD, type->name);
		break;
	case BTF_TYPEDEF:
		start(m, S_TYPEDEF, S_TYPEDEF, type->name);
		put_type(m, type->size);
		break;
	case BTF_VOLATILE:
		add_plain(m, S_VOLATILE, type);
		break;
	case BTF_CONST:
		add_plain(m, S_CONST, type);
		break;
	case BTF_RESTRICT:
		add_plain(m, S_RESTRICT, type);
		break;
	case BTF_FUNCTION:
		add_function(m, type);
		break;
	case BTF_PROTOTYPE:
		add_prototype(m, type);
		break;
	case BTF_VARIABLE:
		add_variable(m, type);
		break;
	case BTF_DATASEC:
	case BTF_DECL_TAG:
	case BTF_TYPE_TAG: /* an attribute, such as of pointers to memory of programs, which C does not have */
		break;
	}
}

/* ---- the unit ---- */

static void list_types(struct maker *m)
{
	struct btf_type type;
	size_t at = 0;

	do
		keep(&m->places, at);
	while (btf_next(m->btf, &at, &type));
	m->places.n -= m->places.n ? sizeof(uint32_t) : 0; /* of the end */
}

/* Where functions lie, roughly: readers look for a unit by that. */
static void put_range(struct maker *m)
{
	size_t count = 0;
	const struct kimg_symbol *all = m->symbols ? kimg_symbols_all(m->symbols, &count) : NULL;
	uint64_t low = 0, high = 0;

	for (size_t i = 0; i < count; i++) {
		if (!strchr("tT", all[i].type))
			continue;
		low = high ? low : all[i].address;
		high = all[i].address + kimg_symbol_extent(m->symbols, &all[i]);
	}
	put_address(m, low);
	put64(m, high - low);
}

static void add_unit(struct maker *m)
{
	struct btf_type type;
	size_t at = 0;

	put32(m, 0); /* the length, when it is known */
	put16(m, 4);
	put32(m, 0);
	put8(m, m->form.is64 ? 8 : 4);
	put8(m, S_UNIT);
	put_string(m, "kimg");
	put8(m, DW_LANG_C99);
	put_string(m, "types of BTF");
	put_range(m);
	keep(&m->entries, m->info->n);
	put8(m, S_VOID);
	put_string(m, "void");
	while (btf_next(m->btf, &at, &type)) {
		size_t before = m->info->n;

		add_type(m, &type);
		keep(&m->entries, m->info->n > before ? before : 0);
	}
	put8(m, 0);
}

/* The entry of a type: of what it refers to, where it has none itself; that of void where that leads nowhere. */
static uint32_t entry_of(const struct maker *m, uint32_t number)
{
	enum { MOST_TAGS = 32 };
	struct btf_type type;
	uint32_t entry;

	for (int i = 0; i < MOST_TAGS; i++) {
		if (number >= m->entries.n / sizeof(entry))
			break;
		memcpy(&entry, m->entries.p + number * sizeof(entry), sizeof(entry));
		if (entry)
			return entry;
		if (!type_of(m, number, &type) || type.kind != BTF_TYPE_TAG)
			break;
		number = type.size;
	}
	memcpy(&entry, m->entries.p, sizeof(entry));
	return entry;
}

static void resolve_references(struct maker *m)
{
	for (size_t i = 0; i < m->references.n; i += sizeof(uint32_t)) {
		uint32_t at, entry;
		char *p;

		memcpy(&at, m->references.p + i, sizeof(at));
		p = m->info->p + at;
		entry = entry_of(m, m->form.big_endian ? get_be32(p) : get_le32(p));
		(m->form.big_endian ? put_be32 : put_le32)(p, entry);
	}
	(m->form.big_endian ? put_be32 : put_le32)(m->info->p, m->info->n - 4);
}

static void maker_done(struct maker *m)
{
	buf_done(&m->entries);
	buf_done(&m->references);
	buf_done(&m->places);
}

struct kimg_error *vmlinux_types_make(struct span kernel, struct elf_form form,
				      struct kimg_symbols *symbols, struct vmlinux_types *ret_types)
{
	struct btf btf;
	cleanup(maker_done) struct maker m = {
		.btf = &btf,
		.form = form,
		.symbols = symbols,
		.info = &ret_types->info,
	};

	if (!btf_open(kernel, &btf) || btf.big_endian != form.big_endian)
		return NULL;
	list_types(&m);
	add_unit(&m);
	if (m.info->failed || m.entries.failed || m.references.failed || m.places.failed)
		return error_nomem();
	if (m.info->n > UINT32_MAX - 16)
		return error_new(KIMG_E_LIMIT, "the types do not fit into 4 GiB of DWARF");
	resolve_references(&m);
	ret_types->abbrev = span_of(abbreviations, sizeof(abbreviations));
	ret_types->strings = btf.strings;
	ret_types->count = m.places.n / sizeof(uint32_t);
	return NULL;
}

void vmlinux_types_done(struct vmlinux_types *types)
{
	buf_done(&types->info);
}
