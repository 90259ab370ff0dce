/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "crypto/authenticode.h"

#include <stdio.h>
#include <stdlib.h>

#include "crypto/der.h"
#include "unit.h"

/* The signature in the sample pe/good-signed, which sbsign made: table at 0x600, entry header 8 bytes. */
#define SIGNATURE_OFFSET 0x608

static uint8_t sample[8192];
static struct span signature;

static int read_sample(void **state)
{
	const char *folder = getenv("SAMPLES");
	char path[512];
	FILE *file;

	snprintf(path, sizeof(path), "%s/pe/good-signed", folder ? folder : "tests/data");
	file = fopen(path, "rb");
	if (!file)
		return -1;
	signature.n = fread(sample, 1, sizeof(sample), file);
	fclose(file);
	signature = span_from(span_of(sample, signature.n), SIGNATURE_OFFSET);
	return 0;
}

static void test_read(void **state)
{
	struct authenticode a;
	char text[64];

	assert_ok(authenticode_read(signature, &a));
	assert_string_equal(a.file_algorithm, "sha256");
	assert_int_equal(a.file_digest.n, 32);
	assert_int_equal(a.certificates, 1);
	assert_true(a.has_certificate);
	assert_true(span_equal(a.certificate.issuer, a.issuer));
	assert_int_equal(a.certificate.not_after - a.certificate.not_before, 36500ll * 86400);
	assert_int_equal(a.signers, 1);
	assert_true(a.has_signing_time);
	assert_int_equal(a.message_digest.n, 32);
	assert_int_equal(a.signature.n, 256);
	authenticode_algorithm_text(a.signature_algorithm, text, sizeof(text));
	assert_string_equal(text, "rsaEncryption");
	authenticode_algorithm_text(SPAN_LITERAL("\x2a\x03"), text, sizeof(text));
	assert_string_equal(text, "1.2.3");
}

static void test_verify(void **state)
{
	struct authenticode a, changed;

	assert_ok(authenticode_read(signature, &a));
	assert_ok(authenticode_verify(&a));

	changed = a;
	changed.content = span_from(a.content, 1);
	assert_fails(KIMG_E_MISMATCH, authenticode_verify(&changed));
	changed = a;
	changed.signature = span_from(a.signature, 1);
	assert_fails(KIMG_E_MISMATCH, authenticode_verify(&changed));
	/* Without attributes the signature would be one of the content itself. */
	changed = a;
	changed.attributes = (struct span){ 0 };
	assert_fails(KIMG_E_MISMATCH, authenticode_verify(&changed));
}

static void test_cannot_tell(void **state)
{
	struct authenticode a, changed;

	assert_ok(authenticode_read(signature, &a));
	changed = a;
	changed.has_certificate = false;
	assert_fails(KIMG_E_UNSUPPORTED, authenticode_verify(&changed));
	changed = a;
	changed.signer_algorithm = NULL;
	assert_fails(KIMG_E_UNSUPPORTED, authenticode_verify(&changed));
	changed = a;
	changed.certificate.whole = SPAN_LITERAL("\x30\x00");
	assert_fails(KIMG_E_UNSUPPORTED, authenticode_verify(&changed));
}

/* Cut at every byte, and every byte changed: no crash, and no signature that is not ours holds. */
static void test_hostile(void **state)
{
	cleanup_free uint8_t *copy = malloc(signature.n);
	struct authenticode a;

	assert_non_null(copy);
	for (size_t n = 0; n < signature.n; n++) {
		struct kimg_error *error = authenticode_read(span_clip(signature, 0, n), &a);

		kimg_error_free(error);
	}
	memcpy(copy, signature.p, signature.n);
	for (size_t at = 0; at < signature.n; at++) {
		struct kimg_error *error;

		copy[at] ^= 0xff;
		error = authenticode_read(span_of(copy, signature.n), &a);
		if (!error)
			error = authenticode_verify(&a);
		kimg_error_free(error);
		copy[at] ^= 0xff;
	}
}

static void test_other_things(void **state)
{
	struct authenticode a;

	assert_fails(KIMG_E_CORRUPT, authenticode_read(SPAN_LITERAL(""), &a));
	assert_fails(KIMG_E_CORRUPT, authenticode_read(SPAN_LITERAL("\x30\x00"), &a));
	/* SignedData of plain data */
	assert_fails(
		KIMG_E_UNSUPPORTED,
		authenticode_read(SPAN_LITERAL("\x30\x21\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07"
					       "\x02\xa0\x14\x30\x12\x02\x01\x01\x31\x00\x30"
					       "\x0b\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07"
					       "\x01"),
				  &a));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_read),         cmocka_unit_test(test_verify),
		cmocka_unit_test(test_cannot_tell),  cmocka_unit_test(test_hostile),
		cmocka_unit_test(test_other_things),
	};

	return cmocka_run_group_tests(tests, read_sample, NULL);
}
