/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * cpio archives: a header, the name and its NUL, the data, for each member; then a member named TRAILER!!!.
 * Numbers are hexadecimal (newc, crc), octal (odc) or binary, of 16 bits in either byte order and with
 * the higher half of two first (POSIX.1-1988; cpio(5)).
 *
 *   newc, crc      odc            binary
 *     0  6 magic     0  6 magic    0  2 magic      070701 newc, 070702 crc, 070707 odc, 0x71c7 binary
 *     6  8 ino       6  6 dev      2  2 dev
 *    14  8 mode     12  6 ino      4  2 ino
 *    22  8 uid      18  6 mode     6  2 mode
 *    30  8 gid      24  6 uid      8  2 uid
 *    38  8 nlink    30  6 gid     10  2 gid
 *    46  8 mtime    36  6 nlink   12  2 nlink
 *    54  8 size     42  6 rdev    14  2 rdev
 *    62  8 major    48 11 mtime   16  4 mtime
 *    70  8 minor    59  6 namesz  20  2 namesize
 *    78  8 rmajor   65 11 size    22  4 size
 *    86  8 rminor
 *    94  8 namesize
 *   102  8 check
 *
 * namesize counts the NUL. newc and crc pad header and name, and data, to 4 bytes, binary to 2.
 */
#include "format/cpio.h"

#include <inttypes.h>
#include <sys/stat.h>

#include "base/hex.h"
#include "format/part.h"
#include "format/registry.h"

/* Longer names the kernel skips (PATH_MAX). */
#define MAX_NAME 4096

/* Wrong checksums noted for one archive. */
#define MAX_NOTES 16

static const struct layout {
	const char *name;
	struct span magic;
	uint8_t size;
	uint8_t pad;
	uint8_t base; /* of the digits; 0: binary */
} layouts[] = {
	[CPIO_NEWC] = { "newc", { (const uint8_t *)"070701", 6 }, 110, 4, 16 },
	[CPIO_CRC] = { "crc", { (const uint8_t *)"070702", 6 }, 110, 4, 16 },
	[CPIO_ODC] = { "odc", { (const uint8_t *)"070707", 6 }, 76, 1, 8 },
	[CPIO_BINARY_LE] = { "binary, little-endian", { (const uint8_t *)"\xc7\x71", 2 }, 26, 2, 0 },
	[CPIO_BINARY_BE] = { "binary, big-endian", { (const uint8_t *)"\x71\xc7", 2 }, 26, 2, 0 },
};

const char *cpio_variant_name(enum cpio_variant variant)
{
	return layouts[variant].name;
}

/* ---- numbers ---- */

struct digits {
	struct cursor c;
	unsigned int base;
	bool wrong;
};

static uint64_t number(struct digits *digits, unsigned int width)
{
	struct span text = cursor_take(&digits->c, width);
	uint64_t value = 0;

	for (size_t i = 0; i < text.n; i++) {
		unsigned int digit = hex_digit(text.p[i]); /* -1 is more than any base */

		digits->wrong |= digit >= digits->base;
		value = value * digits->base + (digit < digits->base ? digit : 0);
	}
	return value;
}

static uint32_t half_words(struct cursor *c)
{
	uint32_t high = cursor_u16(c);

	return high << 16 | cursor_u16(c);
}

struct sizes {
	uint64_t name, data;
};

static bool read_newc(struct span header, struct cpio_entry *entry, struct sizes *ret)
{
	struct digits d = { .c = cursor_le(span_from(header, 6)), .base = 16 };

	entry->ino = number(&d, 8);
	entry->mode = number(&d, 8);
	entry->uid = number(&d, 8);
	entry->gid = number(&d, 8);
	entry->nlink = number(&d, 8);
	entry->mtime = number(&d, 8);
	ret->data = number(&d, 8);
	number(&d, 8);
	number(&d, 8);
	entry->rdev_major = number(&d, 8);
	entry->rdev_minor = number(&d, 8);
	ret->name = number(&d, 8);
	entry->check = number(&d, 8);
	return !d.wrong;
}

static bool read_odc(struct span header, struct cpio_entry *entry, struct sizes *ret)
{
	struct digits d = { .c = cursor_le(span_from(header, 12)), .base = 8 };
	uint32_t rdev;

	entry->ino = number(&d, 6);
	entry->mode = number(&d, 6);
	entry->uid = number(&d, 6);
	entry->gid = number(&d, 6);
	entry->nlink = number(&d, 6);
	rdev = number(&d, 6);
	entry->rdev_major = rdev >> 8;
	entry->rdev_minor = rdev & 0xff;
	entry->mtime = number(&d, 11);
	ret->name = number(&d, 6);
	ret->data = number(&d, 11);
	return !d.wrong;
}

static void read_binary(struct span header, bool big_endian, struct cpio_entry *entry,
			struct sizes *ret)
{
	struct cursor c = big_endian ? cursor_be(header) : cursor_le(header);
	uint16_t rdev;

	cursor_skip(&c, 4);
	entry->ino = cursor_u16(&c);
	entry->mode = cursor_u16(&c);
	entry->uid = cursor_u16(&c);
	entry->gid = cursor_u16(&c);
	entry->nlink = cursor_u16(&c);
	rdev = cursor_u16(&c);
	entry->rdev_major = rdev >> 8;
	entry->rdev_minor = rdev & 0xff;
	entry->mtime = half_words(&c);
	ret->name = cursor_u16(&c);
	ret->data = half_words(&c);
}

static bool read_header(enum cpio_variant variant, struct span header, struct cpio_entry *entry,
			struct sizes *ret)
{
	switch (variant) {
	case CPIO_NEWC:
	case CPIO_CRC:
		return read_newc(header, entry, ret);
	case CPIO_ODC:
		return read_odc(header, entry, ret);
	case CPIO_BINARY_LE:
	case CPIO_BINARY_BE:
		read_binary(header, variant == CPIO_BINARY_BE, entry, ret);
		return true;
	}
	return false;
}

/* ---- walking ---- */

bool cpio_init(struct cpio *cpio, struct span s)
{
	for (size_t i = 0; i < ARRAY_SIZE(layouts); i++) {
		if (!span_starts(s, layouts[i].magic))
			continue;
		*cpio = (struct cpio){ .s = s, .variant = i };
		return true;
	}
	return false;
}

uint64_t cpio_skip_zeroes(struct span s, uint64_t offset)
{
	while (offset < s.n && s.p[offset] == 0)
		offset++;
	return offset;
}

static uint64_t padded(uint64_t n, unsigned int pad)
{
	return n + (pad - n % pad) % pad;
}

static struct kimg_error *read_name(struct cpio *cpio, uint64_t size, struct cpio_entry *entry)
{
	uint64_t at = cpio->at + layouts[cpio->variant].size;

	if (size == 0 || size > MAX_NAME)
		return error_at(KIMG_E_CORRUPT, cpio->at, "a name of %" PRIu64 " bytes", size);
	if (!span_sub(cpio->s, at, size, &entry->name))
		return error_at(KIMG_E_TRUNCATED, at, "the archive ends within a name");
	entry->name = span_text(entry->name);
	if (entry->name.n != size - 1)
		return error_at(KIMG_E_CORRUPT, at, "a name does not end where it should");
	return NULL;
}

struct kimg_error *cpio_next(struct cpio *cpio, struct cpio_entry *ret_entry, bool *ret_more)
{
	const struct layout *layout = &layouts[cpio->variant];
	struct cpio_entry entry = { .offset = cpio->at };
	struct span header;
	struct sizes sizes;
	uint64_t at;

	if (cpio->at >= cpio->s.n ||
	    (cpio->s.p[cpio->at] == 0 && cpio_skip_zeroes(cpio->s, cpio->at) == cpio->s.n)) {
		*ret_more = false;
		return NULL;
	}
	if (!span_starts(span_from(cpio->s, cpio->at), layout->magic))
		return error_at(KIMG_E_CORRUPT, cpio->at, "no header where the next one should be");
	if (!span_sub(cpio->s, cpio->at, layout->size, &header))
		return error_at(KIMG_E_TRUNCATED, cpio->at, "the archive ends within a header");
	if (!read_header(cpio->variant, header, &entry, &sizes))
		return error_at(KIMG_E_CORRUPT, cpio->at,
				"a header with a field that is no number");
	TRY(read_name(cpio, sizes.name, &entry));
	at = cpio->at + padded(layout->size + sizes.name, layout->pad);
	if (sizes.data && !span_sub(cpio->s, at, sizes.data, &entry.data))
		return error_at(KIMG_E_TRUNCATED, cpio->at,
				"the archive ends within a member of %" PRIu64 " bytes",
				sizes.data);
	entry.trailer = span_equal(entry.name, SPAN_LITERAL("TRAILER!!!"));
	cpio->at = at + padded(sizes.data, layout->pad);
	*ret_entry = entry;
	*ret_more = true;
	return NULL;
}

/* ---- the driver ---- */

/* The magic of binary is but 16 bits: its first header must make sense, too. */
int cpio_probe(struct span s)
{
	struct cpio cpio;
	struct cpio_entry entry;
	struct kimg_error *error;
	bool more = false, binary, sound;

	if (!cpio_init(&cpio, s))
		return 0;
	binary = layouts[cpio.variant].base == 0;
	error = cpio_next(&cpio, &entry, &more);
	sound = !error || (kimg_error_code(error) == KIMG_E_TRUNCATED && !binary);
	kimg_error_free(error);
	if (!binary)
		return sound ? 96 : 48;
	if (!sound || !more || entry.name.n == 0 || (!entry.trailer && (entry.mode & S_IFMT) == 0))
		return 0;
	return 32;
}

static struct kimg_error *parse(struct kimg_part *part)
{
	struct cpio_entry entry;
	struct cpio cpio;
	bool more;

	if (!cpio_init(&cpio, part_span(part)))
		return error_at(KIMG_E_CORRUPT, part->offset, "no archive");
	if (part->kind == KIMG_PART_CONTAINER)
		part->kind = KIMG_PART_INITRD;
	field_printf(part, "variant", "%s", cpio_variant_name(cpio.variant));
	if (cpio.variant > CPIO_CRC)
		note(part, "the kernel unpacks newc and crc archives alone");
	field_unchecked(part, "entries");
	field_unchecked(part, "data_size");
	field_unchecked(part, "trailer");
	return error_shift(cpio_next(&cpio, &entry, &more), part->offset);
}

/* How wrong checksums are told: each, up to a limit. */
static void check_member(struct kimg_part *part, const struct cpio_entry *entry,
			 unsigned int *wrong)
{
	uint32_t sum = 0;

	if (!S_ISREG(entry->mode) || entry->data.n == 0)
		return;
	for (size_t i = 0; i < entry->data.n; i++)
		sum += entry->data.p[i];
	if (sum != entry->check && ++*wrong <= MAX_NOTES)
		note_bad(part,
			 "the checksum of %.*s is 0x%08" PRIx32 ", its bytes give 0x%08" PRIx32,
			 (int)entry->name.n, (const char *)entry->name.p, entry->check, sum);
}

static struct kimg_error *verify(struct kimg_part *part)
{
	struct cpio_entry entry = { 0 };
	uint64_t entries = 0, size = 0;
	unsigned int wrong = 0;
	struct kimg_error *error;
	struct cpio cpio;
	bool more = true;

	if (!cpio_init(&cpio, part_span(part)))
		return NULL;
	while (!(error = cpio_next(&cpio, &entry, &more)) && more && !entry.trailer) {
		entries++;
		size += entry.data.n;
		if (cpio.variant == CPIO_CRC)
			check_member(part, &entry, &wrong);
	}
	field_number(part, "entries", entries);
	field_number(part, "data_size", size);
	field_bool(part, "trailer", !error && more && entry.trailer);
	if (!error && cpio_skip_zeroes(cpio.s, cpio.at) < cpio.s.n)
		note(part, "the archive ends %" PRIu64 " bytes before the end", cpio.s.n - cpio.at);
	/* What is wrong with the first header is noted already. */
	if (entries == 0 && error) {
		kimg_error_free(error);
		return NULL;
	}
	return error_shift(error, part->offset);
}

const struct format format_cpio = {
	.name = "cpio",
	.title = "cpio archive",
	.probe = cpio_probe,
	.parse = parse,
	.verify = verify,
};
