/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Authenticode signatures (Microsoft, "Windows Authenticode Portable Executable Signature Format",
 * 2008; PKCS #7 1.5, RFC 2315; X.509, RFC 5280). What is read:
 *
 *   ContentInfo       SEQUENCE { OID signedData, [0] SignedData }
 *   SignedData        SEQUENCE { version, SET digestAlgorithms,
 *                                SEQUENCE { OID SPC_INDIRECT_DATA, [0] SpcIndirectDataContent },
 *                                [0] certificates, [1] crls, SET of SignerInfo }
 *   SpcIndirectData   SEQUENCE { SEQUENCE data, SEQUENCE { SEQUENCE { OID algorithm }, OCTET STRING } }
 *   SignerInfo        SEQUENCE { version, SEQUENCE { issuer, serial }, SEQUENCE { OID algorithm },
 *                                [0] attributes, SEQUENCE { OID algorithm }, OCTET STRING signature }
 *   Certificate       SEQUENCE { SEQUENCE { [0] version, serial, algorithm, issuer,
 *                                           SEQUENCE { not before, not after }, subject, ... }, ... }
 */
#include "crypto/authenticode.h"

#include <stdio.h>

#include "crypto/der.h"
#include "crypto/digest.h"
#include "crypto/libcrypto.h"

#define MAX_CERTIFICATES 64
#define MAX_SIGNERS      16
#define MAX_ATTRIBUTES   64

#define OID(bytes)                                                    \
	{                                                             \
		.p = (const uint8_t *)(bytes), .n = sizeof(bytes) - 1 \
	}

static const struct span oid_signed_data = OID("\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02");
static const struct span oid_indirect_data = OID("\x2b\x06\x01\x04\x01\x82\x37\x02\x01\x04");
static const struct span oid_message_digest = OID("\x2a\x86\x48\x86\xf7\x0d\x01\x09\x04");
static const struct span oid_signing_time = OID("\x2a\x86\x48\x86\xf7\x0d\x01\x09\x05");
static const struct span oid_pss = OID("\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0a");

static const struct {
	const char *name;
	struct span oid;
} digests[] = {
	{ "md5", OID("\x2a\x86\x48\x86\xf7\x0d\x02\x05") },
	{ "sha1", OID("\x2b\x0e\x03\x02\x1a") },
	{ "sha256", OID("\x60\x86\x48\x01\x65\x03\x04\x02\x01") },
	{ "sha384", OID("\x60\x86\x48\x01\x65\x03\x04\x02\x02") },
	{ "sha512", OID("\x60\x86\x48\x01\x65\x03\x04\x02\x03") },
}, signatures[] = {
	{ "rsaEncryption", OID("\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01") },
	{ "sha1WithRSAEncryption", OID("\x2a\x86\x48\x86\xf7\x0d\x01\x01\x05") },
	{ "id-RSASSA-PSS", OID("\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0a") },
	{ "sha256WithRSAEncryption", OID("\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0b") },
	{ "sha384WithRSAEncryption", OID("\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0c") },
	{ "sha512WithRSAEncryption", OID("\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0d") },
	{ "id-ecPublicKey", OID("\x2a\x86\x48\xce\x3d\x02\x01") },
	{ "ecdsa-with-SHA256", OID("\x2a\x86\x48\xce\x3d\x04\x03\x02") },
	{ "ecdsa-with-SHA384", OID("\x2a\x86\x48\xce\x3d\x04\x03\x03") },
	{ "ecdsa-with-SHA512", OID("\x2a\x86\x48\xce\x3d\x04\x03\x04") },
};

/* ---- reading ---- */

static const char *digest_name(struct span oid)
{
	for (size_t i = 0; i < ARRAY_SIZE(digests); i++)
		if (span_equal(digests[i].oid, oid))
			return digests[i].name;
	return NULL;
}

/* An AlgorithmIdentifier: the body of its object identifier. */
static bool take_algorithm(struct span *s, struct span *ret_oid)
{
	struct span algorithm;

	return der_enter(s, DER_SEQUENCE, &algorithm) && der_enter(&algorithm, DER_OID, ret_oid);
}

static bool read_certificate(struct span s, struct x509_certificate *ret)
{
	struct x509_certificate certificate = { .whole = s };
	struct span outer, tbs, algorithm, validity;
	struct der der, from, to;

	if (!der_enter(&s, DER_SEQUENCE, &outer) || !der_enter(&outer, DER_SEQUENCE, &tbs))
		return false;
	der_take(&tbs, DER_CONTEXT_0, &der);
	if (!der_take(&tbs, DER_INTEGER, &der) || !der_enter(&tbs, DER_SEQUENCE, &algorithm) ||
	    !der_enter(&tbs, DER_SEQUENCE, &certificate.issuer) ||
	    !der_enter(&tbs, DER_SEQUENCE, &validity) ||
	    !der_enter(&tbs, DER_SEQUENCE, &certificate.subject))
		return false;
	certificate.serial = der_integer(&der);
	if (!der_next(&validity, &from) || !der_time(&from, &certificate.not_before) ||
	    !der_next(&validity, &to) || !der_time(&to, &certificate.not_after))
		return false;
	*ret = certificate;
	return true;
}

static void read_certificates(struct span s, struct authenticode *a)
{
	struct x509_certificate certificate;
	struct der der;

	while (a->certificates < MAX_CERTIFICATES && der_next(&s, &der)) {
		a->certificates++;
		if (a->has_certificate || !read_certificate(der.whole, &certificate) ||
		    !span_equal(certificate.serial, a->serial) ||
		    !span_equal(certificate.issuer, a->issuer))
			continue;
		a->certificate = certificate;
		a->has_certificate = true;
	}
}

static void read_attributes(struct span s, struct authenticode *a)
{
	struct span attribute, oid, values;
	struct der value;

	for (int i = 0; i < MAX_ATTRIBUTES && der_enter(&s, DER_SEQUENCE, &attribute); i++) {
		if (!der_enter(&attribute, DER_OID, &oid) ||
		    !der_enter(&attribute, DER_SET, &values) || !der_next(&values, &value))
			continue;
		if (span_equal(oid, oid_message_digest))
			a->message_digest = value.body;
		else if (span_equal(oid, oid_signing_time))
			a->has_signing_time = der_time(&value, &a->signing_time);
	}
}

static bool read_signer(struct span s, struct authenticode *a)
{
	struct span identity, algorithm;
	struct der der;

	if (!der_take(&s, DER_INTEGER, &der) || !der_enter(&s, DER_SEQUENCE, &identity) ||
	    !der_enter(&identity, DER_SEQUENCE, &a->issuer) ||
	    !der_take(&identity, DER_INTEGER, &der) || !take_algorithm(&s, &algorithm))
		return false;
	a->serial = der_integer(&der);
	a->signer_algorithm = digest_name(algorithm);
	if (der_take(&s, DER_CONTEXT_0, &der)) {
		a->attributes = der.whole;
		read_attributes(der.body, a);
	}
	return take_algorithm(&s, &a->signature_algorithm) &&
	       der_enter(&s, DER_OCTET_STRING, &a->signature);
}

static bool read_signers(struct span s, struct authenticode *a)
{
	struct span signer;

	for (; a->signers < MAX_SIGNERS && der_enter(&s, DER_SEQUENCE, &signer); a->signers++)
		if (a->signers == 0 && !read_signer(signer, a))
			return false;
	return a->signers > 0;
}

static bool read_content(struct span s, struct authenticode *a)
{
	struct span data, digest_info, algorithm, content;

	if (!der_enter(&s, DER_SEQUENCE, &content))
		return false;
	a->content = content;
	if (!der_enter(&content, DER_SEQUENCE, &data) ||
	    !der_enter(&content, DER_SEQUENCE, &digest_info) ||
	    !take_algorithm(&digest_info, &algorithm))
		return false;
	a->file_algorithm = digest_name(algorithm);
	return der_enter(&digest_info, DER_OCTET_STRING, &a->file_digest);
}

static struct kimg_error *corrupt(const char *what)
{
	return error_new(KIMG_E_CORRUPT, "PKCS #7: %s cannot be read", what);
}

static struct kimg_error *read_signed_data(struct span s, struct authenticode *a)
{
	struct span algorithms, info, type, content, certificates = { 0 }, signers;
	struct der der;

	if (!der_take(&s, DER_INTEGER, &der) || !der_enter(&s, DER_SET, &algorithms) ||
	    !der_enter(&s, DER_SEQUENCE, &info) || !der_enter(&info, DER_OID, &type))
		return corrupt("SignedData");
	if (!span_equal(type, oid_indirect_data))
		return error_new(KIMG_E_UNSUPPORTED, "PKCS #7: signs something other than a file");
	if (!der_enter(&info, DER_CONTEXT_0, &content) || !read_content(content, a))
		return corrupt("SpcIndirectDataContent");
	der_enter(&s, DER_CONTEXT_0, &certificates);
	der_take(&s, DER_CONTEXT_1, &der);
	if (!der_enter(&s, DER_SET, &signers) || !read_signers(signers, a))
		return corrupt("SignerInfo");
	read_certificates(certificates, a);
	return NULL;
}

struct kimg_error *authenticode_read(struct span s, struct authenticode *ret)
{
	struct authenticode a = { 0 };
	struct span info, type, content, signed_data;

	if (!der_enter(&s, DER_SEQUENCE, &info) || !der_enter(&info, DER_OID, &type) ||
	    !span_equal(type, oid_signed_data) || !der_enter(&info, DER_CONTEXT_0, &content) ||
	    !der_enter(&content, DER_SEQUENCE, &signed_data))
		return corrupt("ContentInfo");
	TRY(read_signed_data(signed_data, &a));
	*ret = a;
	return NULL;
}

/* ---- verifying ---- */

static bool verify_with_key(const struct libcrypto *crypto, const struct authenticode *a,
			    struct span text, EVP_PKEY *key)
{
	EVP_MD_CTX *ctx = crypto->EVP_MD_CTX_new();
	bool ok = ctx &&
		  crypto->EVP_DigestVerifyInit_ex(ctx, NULL, a->signer_algorithm, NULL, NULL, key,
						  NULL) == 1 &&
		  crypto->EVP_DigestVerify(ctx, a->signature.p, a->signature.n, text.p, text.n) ==
			  1;

	crypto->EVP_MD_CTX_free(ctx);
	return ok;
}

static struct kimg_error *verify_text(const struct authenticode *a, struct span text)
{
	const unsigned char *der = a->certificate.whole.p;
	struct kimg_error *error = NULL;
	const struct libcrypto *crypto;
	EVP_PKEY *key;
	X509 *x509;

	TRY(libcrypto_load(&crypto));
	x509 = crypto->d2i_X509(NULL, &der, a->certificate.whole.n);
	key = x509 ? crypto->X509_get0_pubkey(x509) : NULL;
	if (!key)
		error = error_new(KIMG_E_UNSUPPORTED, "the signer's key cannot be read");
	else if (!verify_with_key(crypto, a, text, key))
		error = error_new(KIMG_E_MISMATCH,
				  "the signature was not made by the key of the certificate");
	crypto->X509_free(x509);
	return error;
}

static struct kimg_error *verify_attributes(const struct authenticode *a)
{
	cleanup_free uint8_t *text = NULL;
	struct digest digest;

	TRY(digest_compute(a->signer_algorithm, &a->content, 1, &digest));
	if (!span_equal(digest_span(&digest), a->message_digest))
		return error_new(KIMG_E_MISMATCH, "what the signature signs is not what it holds");
	text = malloc(a->attributes.n);
	if (!text)
		return error_nomem();
	/* They are signed as what they are, a SET, and not as the [0] that they stand under (RFC 2315, 9.3). */
	memcpy(text, a->attributes.p, a->attributes.n);
	text[0] = DER_SET;
	return verify_text(a, span_of(text, a->attributes.n));
}

struct kimg_error *authenticode_verify(const struct authenticode *a)
{
	if (!a->has_certificate)
		return error_new(KIMG_E_UNSUPPORTED,
				 "the signer's certificate is not in the signature");
	if (!a->signer_algorithm)
		return error_new(KIMG_E_UNSUPPORTED, "unknown digest algorithm");
	if (span_equal(a->signature_algorithm, oid_pss))
		return error_new(KIMG_E_UNSUPPORTED, "RSASSA-PSS is not supported");
	return a->attributes.n ? verify_attributes(a) : verify_text(a, a->content);
}

void authenticode_algorithm_text(struct span oid, char *ret_text, size_t size)
{
	cleanup_buf struct buf text = { 0 };

	for (size_t i = 0; i < ARRAY_SIZE(signatures); i++) {
		if (span_equal(signatures[i].oid, oid)) {
			snprintf(ret_text, size, "%s", signatures[i].name);
			return;
		}
	}
	der_oid_text(oid, &text);
	snprintf(ret_text, size, "%s", text.failed || !text.n ? "unknown" : text.p);
}
