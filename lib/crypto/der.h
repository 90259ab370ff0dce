/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CRYPTO_DER_H
#define CRYPTO_DER_H

#include "base/buf.h"
#include "base/span.h"

/*
 * Reading DER (ITU-T X.690), as far as certificates and signatures need it: tags of one byte, definite
 * lengths below 4 GiB.
 */
enum {
	DER_INTEGER = 0x02,
	DER_OCTET_STRING = 0x04,
	DER_OID = 0x06,
	DER_UTC_TIME = 0x17,
	DER_GENERALIZED_TIME = 0x18,
	DER_BMP_STRING = 0x1e,
	DER_SEQUENCE = 0x30,
	DER_SET = 0x31,
	DER_CONTEXT_0 = 0xa0, /* [0], constructed */
	DER_CONTEXT_1 = 0xa1,
};

struct der {
	uint8_t tag;
	struct span body;
	struct span whole; /* with tag and length */
};

/* Takes the element at the start of *s off it. False, with *s untouched, where none is there. */
bool der_next(struct span *s, struct der *ret);

/* As der_next(), for an element that must have this tag. */
bool der_take(struct span *s, uint8_t tag, struct der *ret);

/* Goes into an element that must have this tag: *ret_body is what is in it. */
bool der_enter(struct span *s, uint8_t tag, struct span *ret_body);

/* Seconds since 1970. */
bool der_time(const struct der *der, int64_t *ret);

/* The bytes of an integer without the zeroes in front. */
struct span der_integer(const struct der *der);

/* The object identifier whose body is oid, in dots. */
void der_oid_text(struct span oid, struct buf *text);

/*
 * A distinguished name (the body of its SEQUENCE) as text, in the order of its elements: "C=GB, CN=Name"
 * with the escapes of RFC 4514. False where it is none.
 */
bool der_name_text(struct span name, struct buf *text);

#endif
