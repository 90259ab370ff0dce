/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "crypto/digest.h"

#include <stdio.h>

#include "unit.h"

/* The digests of "abc": FIPS 180-4's examples, RFC 1321's test suite, and zlib's crc32. */
static const struct {
	const char *algorithm, *hex;
} vectors[] = {
	{ "crc32", "352441c2" },
	{ "md5", "900150983cd24fb0d6963f7d28e17f72" },
	{ "sha1", "a9993e364706816aba3e25717850c26c9cd0d89d" },
	{ "sha256", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad" },
	{ "sha384", "cb00753f45a35e8bb5a03d699ac65007272c32ab0eded1631a8b605a43ff5bed"
		    "8086072ba1e7cc2358baeca134c825a7" },
	{ "sha512", "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
		    "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f" },
};

static void assert_digest(const char *algorithm, const struct span *pieces, size_t count,
			  const char *expected)
{
	struct digest digest;
	char hex[2 * DIGEST_MAX + 1] = "";

	assert_ok(digest_compute(algorithm, pieces, count, &digest));
	for (size_t i = 0; i < digest.n; i++)
		sprintf(hex + 2 * i, "%02x", digest.bytes[i]);
	assert_string_equal(hex, expected);
}

static void test_vectors(void **state)
{
	struct span whole = SPAN_LITERAL("abc");
	struct span pieces[] = { SPAN_LITERAL("a"), { 0 }, SPAN_LITERAL("b"), SPAN_LITERAL("c") };

	for (size_t i = 0; i < ARRAY_SIZE(vectors); i++) {
		assert_digest(vectors[i].algorithm, &whole, 1, vectors[i].hex);
		assert_digest(vectors[i].algorithm, pieces, ARRAY_SIZE(pieces), vectors[i].hex);
	}
}

static void test_empty(void **state)
{
	assert_digest("crc32", NULL, 0, "00000000");
	assert_digest("sha1", NULL, 0, "da39a3ee5e6b4b0d3255bfef95601890afd80709");
}

static void test_unknown(void **state)
{
	struct digest digest = { .n = 99 };

	assert_fails(KIMG_E_UNSUPPORTED, digest_compute("", NULL, 0, &digest));
	assert_fails(KIMG_E_UNSUPPORTED, digest_compute("shake128", NULL, 0, &digest));
	assert_fails(KIMG_E_UNSUPPORTED, digest_compute("sha1024", NULL, 0, &digest));
	assert_int_equal(digest.n, 99);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_vectors),
		cmocka_unit_test(test_empty),
		cmocka_unit_test(test_unknown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
