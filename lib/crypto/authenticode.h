/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CRYPTO_AUTHENTICODE_H
#define CRYPTO_AUTHENTICODE_H

#include "base/error.h"
#include "base/span.h"

/*
 * An Authenticode signature: PKCS #7 SignedData (RFC 2315) around the digest of a PE file. All spans
 * belong to the bytes that were read; what is absent is empty.
 */

struct x509_certificate {
	struct span whole;
	struct span issuer;  /* body of the distinguished name, for der_name_text() */
	struct span subject; /* the same */
	struct span serial;
	int64_t not_before; /* seconds since 1970 */
	int64_t not_after;
};

struct authenticode {
	const char *file_algorithm; /* of file_digest, as digest_compute() names it; NULL: unknown */
	struct span file_digest;    /* of SpcIndirectDataContent */
	struct span content;        /* body of SpcIndirectDataContent: what is signed */

	unsigned int certificates; /* how many come with the signature */
	bool has_certificate;      /* the signer's is among them */
	struct x509_certificate certificate;

	unsigned int signers; /* should be 1; the fields that follow are of the first */
	struct span issuer;   /* of the signer's certificate: body of the distinguished name */
	struct span serial;
	const char *signer_algorithm; /* digest, as digest_compute() names it; NULL: unknown */
	struct span attributes;       /* authenticated, whole, with the tag [0] */
	struct span message_digest;   /* attribute: the digest of content */
	bool has_signing_time;
	int64_t signing_time;
	struct span signature_algorithm; /* body of the object identifier */
	struct span signature;
};

/* KIMG_E_CORRUPT where s is no PKCS #7 SignedData, KIMG_E_UNSUPPORTED where it signs something else. */
struct kimg_error *authenticode_read(struct span s, struct authenticode *ret) must_check;

/*
 * Whether the signature fits: the digest of what it signs, and that it was made by the key of the
 * signer's certificate. Whether anybody trusts that certificate is not looked at. KIMG_E_MISMATCH: it
 * does not fit; KIMG_E_UNSUPPORTED: cannot be told, for lack of the certificate, the algorithm or
 * libcrypto.
 */
struct kimg_error *authenticode_verify(const struct authenticode *signature) must_check;

/* "rsaEncryption", or the object identifier in dots; writes at most size bytes. */
void authenticode_algorithm_text(struct span oid, char *ret_text, size_t size);

#endif
