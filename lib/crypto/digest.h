/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CRYPTO_DIGEST_H
#define CRYPTO_DIGEST_H

#include "base/error.h"
#include "base/span.h"

#define DIGEST_MAX 64

struct digest {
	uint8_t bytes[DIGEST_MAX];
	size_t n;
};

/*
 * The digest of the pieces, one after another, by the algorithm's usual name: "crc32" (4 bytes, big
 * endian), "md5", "sha1", "sha256", "sha384", "sha512". KIMG_E_UNSUPPORTED for other names, and for all
 * but crc32 where libcrypto is not installed: it is loaded on first use.
 */
struct kimg_error *digest_compute(const char *algorithm, const struct span *pieces, size_t count,
				  struct digest *ret_digest) must_check;

static inline struct span digest_span(const struct digest *digest)
{
	return span_of(digest->bytes, digest->n);
}

#endif
