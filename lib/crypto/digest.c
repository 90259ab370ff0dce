/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "crypto/digest.h"

#include <libdeflate.h>
#include <strings.h>

#include "crypto/libcrypto.h"

static void compute_crc32(const struct span *pieces, size_t count, struct digest *ret)
{
	uint32_t crc = 0;

	for (size_t i = 0; i < count; i++)
		if (pieces[i].n)
			crc = libdeflate_crc32(crc, pieces[i].p, pieces[i].n);
	for (int i = 0; i < 4; i++)
		ret->bytes[i] = crc >> (24 - 8 * i);
	ret->n = 4;
}

/* Only these: libcrypto knows more, but also names that are no plain hashes. */
static bool known(const char *algorithm)
{
	static const char *const names[] = { "md5", "sha1", "sha256", "sha384", "sha512" };

	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (strcasecmp(names[i], algorithm) == 0)
			return true;
	return false;
}

static bool compute(const struct libcrypto *crypto, const EVP_MD *md, const struct span *pieces,
		    size_t count, struct digest *ret)
{
	EVP_MD_CTX *ctx = crypto->EVP_MD_CTX_new();
	unsigned int n = 0;
	bool ok = ctx && crypto->EVP_DigestInit_ex2(ctx, md, NULL);

	for (size_t i = 0; ok && i < count; i++)
		ok = crypto->EVP_DigestUpdate(ctx, pieces[i].p, pieces[i].n);
	ok = ok && crypto->EVP_DigestFinal_ex(ctx, ret->bytes, &n);
	crypto->EVP_MD_CTX_free(ctx);
	ret->n = n;
	return ok;
}

static struct kimg_error *compute_by_libcrypto(const char *algorithm, const struct span *pieces,
					       size_t count, struct digest *ret)
{
	const struct libcrypto *crypto;
	EVP_MD *md;
	bool ok;

	TRY(libcrypto_load(&crypto));
	/* A policy of the system may leave out md5. */
	md = crypto->EVP_MD_fetch(NULL, algorithm, NULL);
	if (!md)
		return error_new(KIMG_E_UNSUPPORTED, "libcrypto does not offer %s", algorithm);
	ok = compute(crypto, md, pieces, count, ret);
	crypto->EVP_MD_free(md);
	return ok ? NULL
		  : error_new(KIMG_E_UNSUPPORTED, "libcrypto fails to compute %s", algorithm);
}

struct kimg_error *digest_compute(const char *algorithm, const struct span *pieces, size_t count,
				  struct digest *ret_digest)
{
	struct digest digest = { 0 };

	if (strcasecmp(algorithm, "crc32") == 0)
		compute_crc32(pieces, count, &digest);
	else if (known(algorithm))
		TRY(compute_by_libcrypto(algorithm, pieces, count, &digest));
	else
		return error_new(KIMG_E_UNSUPPORTED, "unknown digest algorithm %s", algorithm);
	*ret_digest = digest;
	return NULL;
}
