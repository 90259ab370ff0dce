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
 */
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
