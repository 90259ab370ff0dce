/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * BTF type information (Documentation/bpf/btf.rst, 6.12), in the byte order of the kernel:
 *
 *	 0  2  magic eb9f
 *	 2  1  version, 1
 *	 3  1  flags
 *	 4  4  hdr_len, 24 or more
 *	 8  4  type_off    12  4  type_len    both count from the end of the header
 *	16  4  str_off     20  4  str_len
 *
 * A type:
 *
 *	 0  4  name_off, into the strings
 *	 4  4  bits 0-15 vlen, 24-28 kind, 31 kind_flag
 *	 8  4  size, or the number of another type
 *	12     what follows, by kind: vlen entries, or one of a fixed size
 */
#include "kernel/btf.h"

#include "format/elf.h"
#include "kernel/facts.h"

#define HEADER_SIZE 24

static bool read_header(struct cursor c, uint64_t *ret_size)
{
	uint64_t header, type_off, type_len, str_off, str_len;
	uint8_t version;

	cursor_skip(&c, 2);
	version = cursor_u8(&c);
	cursor_skip(&c, 1);
	header = cursor_u32(&c);
	type_off = cursor_u32(&c);
	type_len = cursor_u32(&c);
	str_off = cursor_u32(&c);
	str_len = cursor_u32(&c);
	if (c.failed || version != 1 || header < HEADER_SIZE || header > 256 || str_len == 0)
		return false;
	/* The kernel's own linker of types puts the strings right behind the types. */
	if (type_off != 0 || str_off != type_len || header + str_off + str_len > c.s.n)
		return false;
	/* The first string is the empty one, and the last one ends. */
	if (c.s.p[header + str_off] != 0 || c.s.p[header + str_off + str_len - 1] != 0)
		return false;
	*ret_size = header + str_off + str_len;
	return true;
}

bool btf_find(struct span kernel, struct place *ret_place)
{
	for (int big_endian = 0; big_endian < 2; big_endian++) {
		struct span magic = big_endian ? SPAN_LITERAL("\xeb\x9f\x01\x00")
					       : SPAN_LITERAL("\x9f\xeb\x01\x00");

		for (size_t at = 0; span_find(kernel, at, magic, &at); at++) {
			struct cursor c = { .s = span_from(kernel, at), .big_endian = big_endian };

			if (!read_header(c, &ret_place->size))
				continue;
			ret_place->offset = at;
			return true;
		}
	}
	return false;
}

/* The section of an ELF that has it; else all of the kernel, to be searched. */
static struct span where_to_look(struct span kernel)
{
	struct elf elf;
	struct elf_section section;
	struct kimg_error *error = elf_is(kernel) ? elf_open(kernel, &elf) : NULL;

	if (error)
		kimg_error_free(error);
	else if (elf_is(kernel) && elf_section(&elf, ".BTF", &section))
		return elf_section_bytes(&elf, &section);
	return kernel;
}

bool btf_open(struct span kernel, struct btf *ret_btf)
{
	struct place place;
	struct span btf;
	struct cursor c;
	uint32_t header, types, strings;

	kernel = where_to_look(kernel);
	if (!btf_find(kernel, &place) || !span_sub(kernel, place.offset, place.size, &btf))
		return false;
	c = (struct cursor){ .s = btf, .big_endian = btf.p[0] == 0xeb };
	cursor_skip(&c, 4);
	header = cursor_u32(&c);
	cursor_skip(&c, 4);
	types = cursor_u32(&c);
	cursor_skip(&c, 4);
	strings = cursor_u32(&c);
	ret_btf->big_endian = c.big_endian;
	return span_sub(btf, header, types, &ret_btf->types) &&
	       span_sub(btf, (uint64_t)header + types, strings, &ret_btf->strings);
}

/* How long what follows a type is: for each entry of it, or for the whole. */
static bool rest_size(const struct btf_type *type, uint64_t *ret_size)
{
	static const struct {
		uint8_t each, whole;
	} sizes[] = {
		[BTF_INT] = { 0, 4 },       [BTF_POINTER] = { 0 },     [BTF_ARRAY] = { 0, 12 },
		[BTF_STRUCT] = { 12, 0 },   [BTF_UNION] = { 12, 0 },   [BTF_ENUM] = { 8, 0 },
		[BTF_FORWARD] = { 0 },      [BTF_TYPEDEF] = { 0 },     [BTF_VOLATILE] = { 0 },
		[BTF_CONST] = { 0 },        [BTF_RESTRICT] = { 0 },    [BTF_FUNCTION] = { 0 },
		[BTF_PROTOTYPE] = { 8, 0 }, [BTF_VARIABLE] = { 0, 4 }, [BTF_DATASEC] = { 12, 0 },
		[BTF_FLOAT] = { 0 },        [BTF_DECL_TAG] = { 0, 4 }, [BTF_TYPE_TAG] = { 0 },
		[BTF_ENUM64] = { 12, 0 },
	};

	if (type->kind < BTF_INT || type->kind > BTF_ENUM64)
		return false;
	*ret_size = sizes[type->kind].whole + (uint64_t)sizes[type->kind].each * type->count;
	return true;
}

bool btf_next(const struct btf *btf, size_t *at, struct btf_type *ret_type)
{
	struct cursor c = { .s = span_from(btf->types, *at), .big_endian = btf->big_endian };
	struct btf_type type;
	uint64_t size;
	uint32_t info;

	type.name = cursor_u32(&c);
	info = cursor_u32(&c);
	type.size = cursor_u32(&c);
	type.count = info & 0xffff;
	type.kind = info >> 24 & 31;
	type.flag = info >> 31;
	if (c.failed || type.name >= btf->strings.n || !rest_size(&type, &size))
		return false;
	type.rest = (struct cursor){ .s = cursor_take(&c, size), .big_endian = btf->big_endian };
	if (c.failed)
		return false;
	*at += c.at;
	*ret_type = type;
	return true;
}
