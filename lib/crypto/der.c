/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "crypto/der.h"

#include <inttypes.h>
#include <time.h>

/* ---- elements ---- */

static uint32_t read_length(struct cursor *c)
{
	uint8_t first = cursor_u8(c);
	uint32_t length = 0;

	if (first < 0x80)
		return first;
	if (first == 0x80 || first > 0x84) {
		c->failed = true;
		return 0;
	}
	for (int i = 0; i < (first & 0x7f); i++)
		length = length << 8 | cursor_u8(c);
	return length;
}

bool der_next(struct span *s, struct der *ret)
{
	struct cursor c = cursor_be(*s);
	struct der der;

	der.tag = cursor_u8(&c);
	der.body = cursor_take(&c, read_length(&c));
	/* Tag numbers over 30 take more bytes; nothing that we read has them. */
	if (c.failed || (der.tag & 0x1f) == 0x1f)
		return false;
	der.whole = span_clip(*s, 0, c.at);
	*s = span_from(*s, c.at);
	*ret = der;
	return true;
}

bool der_take(struct span *s, uint8_t tag, struct der *ret)
{
	return s->n && s->p[0] == tag && der_next(s, ret);
}

bool der_enter(struct span *s, uint8_t tag, struct span *ret_body)
{
	struct der der;

	if (!der_take(s, tag, &der))
		return false;
	*ret_body = der.body;
	return true;
}

struct span der_integer(const struct der *der)
{
	struct span s = der->body;

	while (s.n > 1 && s.p[0] == 0)
		s = span_from(s, 1);
	return s;
}

/* ---- times ---- */

/* n decimal digits off the start of *s; -1 where there are none. */
static int take_digits(struct span *s, unsigned int n)
{
	int value = 0;

	if (s->n < n)
		return -1;
	for (unsigned int i = 0; i < n; i++) {
		if (s->p[i] < '0' || s->p[i] > '9')
			return -1;
		value = value * 10 + (s->p[i] - '0');
	}
	*s = span_from(*s, n);
	return value;
}

bool der_time(const struct der *der, int64_t *ret)
{
	struct span s = der->body;
	struct tm tm = { 0 };
	int year;

	if (der->tag != DER_UTC_TIME && der->tag != DER_GENERALIZED_TIME)
		return false;
	year = take_digits(&s, der->tag == DER_UTC_TIME ? 2 : 4);
	/* RFC 5280, 4.1.2.5.1 */
	if (der->tag == DER_UTC_TIME && year >= 0)
		year += year < 50 ? 2000 : 1900;
	tm.tm_year = year - 1900;
	tm.tm_mon = take_digits(&s, 2) - 1;
	tm.tm_mday = take_digits(&s, 2);
	tm.tm_hour = take_digits(&s, 2);
	tm.tm_min = take_digits(&s, 2);
	tm.tm_sec = take_digits(&s, 2);
	if (year < 0 || tm.tm_mon < 0 || tm.tm_mon > 11 || tm.tm_mday < 1 || tm.tm_mday > 31 ||
	    tm.tm_hour < 0 || tm.tm_hour > 23 || tm.tm_min < 0 || tm.tm_min > 59 || tm.tm_sec < 0 ||
	    tm.tm_sec > 60 || !span_equal(s, SPAN_LITERAL("Z")))
		return false;
	*ret = timegm(&tm);
	return true;
}

/* ---- object identifiers ---- */

void der_oid_text(struct span oid, struct buf *text)
{
	uint64_t value = 0;
	bool first = true;

	for (size_t i = 0; i < oid.n; i++) {
		value = value << 7 | (oid.p[i] & 0x7f);
		if (oid.p[i] & 0x80)
			continue;
		if (first)
			buf_printf(text, "%d.%" PRIu64, value < 80 ? (int)(value / 40) : 2,
				   value < 80 ? value % 40 : value - 80);
		else
			buf_printf(text, ".%" PRIu64, value);
		first = false;
		value = 0;
	}
}

/* ---- names ---- */

/* RFC 4514, section 3, and what else names commonly have. */
static const struct {
	const char *name;
	struct span oid;
} attributes[] = {
	{ "CN", { (const uint8_t *)"\x55\x04\x03", 3 } },
	{ "SN", { (const uint8_t *)"\x55\x04\x04", 3 } },
	{ "serialNumber", { (const uint8_t *)"\x55\x04\x05", 3 } },
	{ "C", { (const uint8_t *)"\x55\x04\x06", 3 } },
	{ "L", { (const uint8_t *)"\x55\x04\x07", 3 } },
	{ "ST", { (const uint8_t *)"\x55\x04\x08", 3 } },
	{ "STREET", { (const uint8_t *)"\x55\x04\x09", 3 } },
	{ "O", { (const uint8_t *)"\x55\x04\x0a", 3 } },
	{ "OU", { (const uint8_t *)"\x55\x04\x0b", 3 } },
	{ "emailAddress", { (const uint8_t *)"\x2a\x86\x48\x86\xf7\x0d\x01\x09\x01", 9 } },
	{ "DC", { (const uint8_t *)"\x09\x92\x26\x89\x93\xf2\x2c\x64\x01\x19", 10 } },
};

static void add_type(struct span oid, struct buf *text)
{
	for (size_t i = 0; i < ARRAY_SIZE(attributes); i++) {
		if (span_equal(attributes[i].oid, oid)) {
			buf_puts(text, attributes[i].name);
			return;
		}
	}
	der_oid_text(oid, text);
}

static void add_escaped(struct buf *text, uint8_t c)
{
	if (c && strchr(",+\"\\<>;", c))
		buf_putc(text, '\\');
	buf_putc(text, c);
}

/* A character of UTF-16 without surrogates, which BMPString does not have. */
static void add_utf16(struct buf *text, uint16_t c)
{
	if (c < 0x80) {
		add_escaped(text, c);
	} else if (c < 0x800) {
		buf_putc(text, 0xc0 | c >> 6);
		buf_putc(text, 0x80 | (c & 0x3f));
	} else {
		buf_putc(text, 0xe0 | c >> 12);
		buf_putc(text, 0x80 | (c >> 6 & 0x3f));
		buf_putc(text, 0x80 | (c & 0x3f));
	}
}

static void add_value(const struct der *value, struct buf *text)
{
	if (value->tag == DER_BMP_STRING)
		for (size_t i = 0; i + 2 <= value->body.n; i += 2)
			add_utf16(text, get_be16(value->body.p + i));
	else
		for (size_t i = 0; i < value->body.n; i++)
			add_escaped(text, value->body.p[i]);
}

static bool add_attribute(struct span *rdn, const char *separator, struct buf *text)
{
	struct span attribute;
	struct der type, value;

	if (!der_enter(rdn, DER_SEQUENCE, &attribute) || !der_take(&attribute, DER_OID, &type) ||
	    !der_next(&attribute, &value))
		return false;
	buf_puts(text, separator);
	add_type(type.body, text);
	buf_putc(text, '=');
	add_value(&value, text);
	return true;
}

bool der_name_text(struct span name, struct buf *text)
{
	struct span rdn;

	while (name.n) {
		const char *separator = text->n ? ", " : "";

		if (!der_enter(&name, DER_SET, &rdn))
			return false;
		for (; rdn.n; separator = "+")
			if (!add_attribute(&rdn, separator, text))
				return false;
	}
	return true;
}
