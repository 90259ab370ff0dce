/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef KERNEL_BTF_H
#define KERNEL_BTF_H

#include "base/span.h"

/* The types in BTF type information, one after the other: numbers count from 1 on, 0 is void. */
struct btf {
	struct span types;
	struct span strings; /* names are offsets into them; the last one ends with a NUL */
	bool big_endian;
};

/* Values of include/uapi/linux/btf.h (6.12). */
enum btf_kind {
	BTF_INT = 1,
	BTF_POINTER,
	BTF_ARRAY,
	BTF_STRUCT,
	BTF_UNION,
	BTF_ENUM,
	BTF_FORWARD,
	BTF_TYPEDEF,
	BTF_VOLATILE,
	BTF_CONST,
	BTF_RESTRICT,
	BTF_FUNCTION,
	BTF_PROTOTYPE,
	BTF_VARIABLE,
	BTF_DATASEC,
	BTF_FLOAT,
	BTF_DECL_TAG,
	BTF_TYPE_TAG,
	BTF_ENUM64,
};

struct btf_type {
	uint32_t name; /* 0: none */
	enum btf_kind kind;
	bool flag;          /* kind_flag: bit-fields, a union, signed values */
	uint32_t count;     /* of what follows: members, values, parameters */
	uint32_t size;      /* or the number of the type that it refers to */
	struct cursor rest; /* what follows; it holds count entries of that kind */
};

/* Finds the types in an uncompressed kernel; false where it has none. */
bool btf_open(struct span kernel, struct btf *ret_btf);

/* The type at *at, which moves on to the next one; false at the end, and where there is no sense in it. */
bool btf_next(const struct btf *btf, size_t *at, struct btf_type *ret_type);

#endif
