/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BASE_ENDIAN_H
#define BASE_ENDIAN_H

#include <endian.h>
#include <stdint.h>
#include <string.h>

/* Integers at any address, aligned or not: input is never cast to a wider type. */
#define DEFINE_GET(type, name, convert)        \
	static inline type name(const void *p) \
	{                                      \
		type v;                        \
		memcpy(&v, p, sizeof(v));      \
		return convert(v);             \
	}

DEFINE_GET(uint16_t, get_le16, le16toh)
DEFINE_GET(uint32_t, get_le32, le32toh)
DEFINE_GET(uint64_t, get_le64, le64toh)
DEFINE_GET(uint16_t, get_be16, be16toh)
DEFINE_GET(uint32_t, get_be32, be32toh)
DEFINE_GET(uint64_t, get_be64, be64toh)

#undef DEFINE_GET

#define DEFINE_PUT(type, name, convert)              \
	static inline void name(void *p, type value) \
	{                                            \
		type v = convert(value);             \
		memcpy(p, &v, sizeof(v));            \
	}

DEFINE_PUT(uint16_t, put_le16, htole16)
DEFINE_PUT(uint32_t, put_le32, htole32)
DEFINE_PUT(uint64_t, put_le64, htole64)
DEFINE_PUT(uint16_t, put_be16, htobe16)
DEFINE_PUT(uint32_t, put_be32, htobe32)
DEFINE_PUT(uint64_t, put_be64, htobe64)

#undef DEFINE_PUT

#endif
