/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "crypto/der.h"

#include "unit.h"

static struct der der_of(uint8_t tag, struct span body)
{
	return (struct der){ .tag = tag, .body = body };
}

static void test_elements(void **state)
{
	struct span s = SPAN_LITERAL("\x02\x01\x05\x04\x81\x02"
				     "ab\x30\x00");
	struct der der;
	struct span body;

	assert_false(der_take(&s, DER_OID, &der));
	assert_true(der_take(&s, DER_INTEGER, &der));
	assert_true(span_equal(der.body, SPAN_LITERAL("\x05")));
	assert_true(span_equal(der.whole, SPAN_LITERAL("\x02\x01\x05")));
	assert_true(der_next(&s, &der));
	assert_int_equal(der.tag, DER_OCTET_STRING);
	assert_true(span_equal(der.body, SPAN_LITERAL("ab")));
	assert_true(der_enter(&s, DER_SEQUENCE, &body));
	assert_int_equal(body.n, 0);
	assert_false(der_next(&s, &der));
}

static void test_bad_elements(void **state)
{
	static const struct span bad[] = {
		{ (const uint8_t *)"\x30", 1 },
		{ (const uint8_t *)"\x30\x01", 2 },
		{ (const uint8_t *)"\x30\x80\x00\x00", 4 },
		{ (const uint8_t *)"\x30\x85\x00\x00\x00\x00\x00", 7 },
		{ (const uint8_t *)"\x30\x84\xff\xff\xff\xff", 6 },
		{ (const uint8_t *)"\x30\x82\x01", 3 },
		{ (const uint8_t *)"\x3f\x01\x00", 3 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		struct span s = bad[i];
		struct der der;

		assert_false(der_next(&s, &der));
		assert_ptr_equal(s.p, bad[i].p);
		assert_int_equal(s.n, bad[i].n);
	}
}

static void test_times(void **state)
{
	struct der utc = der_of(DER_UTC_TIME, SPAN_LITERAL("220818173237Z"));
	struct der last_century = der_of(DER_UTC_TIME, SPAN_LITERAL("700101000000Z"));
	struct der general = der_of(DER_GENERALIZED_TIME, SPAN_LITERAL("21261029041526Z"));
	int64_t t = -1;

	assert_true(der_time(&utc, &t));
	assert_int_equal(t, 1660843957);
	assert_true(der_time(&last_century, &t));
	assert_int_equal(t, 0);
	assert_true(der_time(&general, &t));
	assert_int_equal(t, 4948920926);
}

static void test_bad_times(void **state)
{
	static const char *const bad[] = {
		"",
		"2208181732Z",
		"220818173237",
		"220818173237+0100",
		"221318173237Z",
		"220832173237Z",
		"22081817323xZ",
		"220800173237Z",
	};
	struct der integer = der_of(DER_INTEGER, SPAN_LITERAL("220818173237Z"));
	int64_t t;

	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		struct der der = der_of(DER_UTC_TIME, span_of(bad[i], strlen(bad[i])));

		assert_false(der_time(&der, &t));
	}
	assert_false(der_time(&integer, &t));
}

static void assert_oid(struct span oid, const char *expected)
{
	cleanup_buf struct buf text = { 0 };

	der_oid_text(oid, &text);
	assert_string_equal(text.p ? text.p : "", expected);
}

static void test_oids(void **state)
{
	assert_oid(SPAN_LITERAL("\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02"), "1.2.840.113549.1.7.2");
	assert_oid(SPAN_LITERAL("\x60\x86\x48\x01\x65\x03\x04\x02\x01"), "2.16.840.1.101.3.4.2.1");
	assert_oid(SPAN_LITERAL("\x55\x04\x03"), "2.5.4.3");
	assert_oid(SPAN_LITERAL("\x86\x48"), "2.760");
	assert_oid(SPAN_LITERAL(""), "");
}

static void assert_name(struct span name, bool good, const char *expected)
{
	cleanup_buf struct buf text = { 0 };

	assert_int_equal(der_name_text(name, &text), good);
	assert_string_equal(text.p ? text.p : "", expected);
}

static void test_names(void **state)
{
	assert_name(SPAN_LITERAL("\x31\x0b\x30\x09\x06\x03\x55\x04\x06\x13\x02"
				 "DE\x31\x0c\x30\x0a\x06\x03\x55\x04\x03\x0c\x03"
				 "a,b"),
		    true, "C=DE, CN=a\\,b");
	/* BMPString, an unknown attribute, and two attributes in one set */
	assert_name(SPAN_LITERAL("\x31\x16\x30\x0b\x06\x03\x55\x04\x03\x1e\x04\x00\x61\x20\xac"
				 "\x30\x07\x06\x02\x2a\x03\x0c\x01x"),
		    true, "CN=a\xe2\x82\xac+1.2.3=x");
	assert_name(SPAN_LITERAL(""), true, "");
	assert_name(SPAN_LITERAL("\x30\x00"), false, "");
	assert_name(SPAN_LITERAL("\x31\x02\x30\x00"), false, "");
}

static void test_integers(void **state)
{
	struct der der = der_of(DER_INTEGER, SPAN_LITERAL("\x00\x00\x8f"));
	struct der zero = der_of(DER_INTEGER, SPAN_LITERAL("\x00"));

	assert_true(span_equal(der_integer(&der), SPAN_LITERAL("\x8f")));
	assert_true(span_equal(der_integer(&zero), SPAN_LITERAL("\x00")));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_elements), cmocka_unit_test(test_bad_elements),
		cmocka_unit_test(test_times),    cmocka_unit_test(test_bad_times),
		cmocka_unit_test(test_oids),     cmocka_unit_test(test_names),
		cmocka_unit_test(test_integers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
