/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "format/pe.h"

#include "tree.h"

#define E_LFANEW 0x3c

static void put16(uint8_t *p, uint16_t v)
{
	p[0] = v;
	p[1] = v >> 8;
}

static void put32(uint8_t *p, uint32_t v)
{
	put16(p, v);
	put16(p + 2, v >> 16);
}

static void test_fields(void **state)
{
	cleanup_image struct kimg_image *image = open_sample("pe/good-plain", KIMG_DEEP);
	const struct kimg_part *header = part_at(image, "header"), *text = part_at(image, "text");

	check_no_damage(image);
	assert_string_equal(kimg_image_root(image)->format, "pe");
	assert_meaning(header, "Machine", "AMD64");
	assert_meaning(header, "Magic", "PE32+");
	assert_number(header, "NumberOfSections", 2);
	assert_meaning(header, "Characteristics",
		       "EXECUTABLE_IMAGE,LINE_NUMS_STRIPPED,DEBUG_STRIPPED");
	assert_number(header, "AddressOfEntryPoint", 0x1000);
	assert_number(header, "SectionAlignment", 0x1000);
	assert_number(header, "FileAlignment", 0x200);
	assert_text(header, "ImageVersion", "1.1");
	assert_number(header, "SizeOfHeaders", 0x200);
	assert_number(header, "CheckSum", 0);
	assert_meaning(header, "Subsystem", "EFI_APPLICATION");
	assert_meaning(header, "DllCharacteristics", "NX_COMPAT");
	assert_number(header, "NumberOfRvaAndSizes", 6);
	assert_no_field(header, "CertificateTable");
	assert_int_equal(header->size, 0x200);
	assert_int_equal(text->kind, KIMG_PART_SECTION);
	assert_int_equal(text->offset, 0x200);
	assert_int_equal(text->size, field_at(text, "VirtualSize")->number);
	assert_number(text, "SizeOfRawData", 0x200);
	assert_text(text, "Name", ".text");
	check_word("pe/good-plain", "pe");
}

static void test_pe32(void **state)
{
	cleanup_image struct kimg_image *image = open_sample("pe/good-pe32", KIMG_DEEP);
	const struct kimg_part *header = part_at(image, "header");

	check_no_damage(image);
	assert_meaning(header, "Machine", "I386");
	assert_meaning(header, "Magic", "PE32");
	assert_number(header, "ImageBase", 0);
	assert_number(header, "SizeOfHeaders", 0x200);
	assert_number(header, "NumberOfRvaAndSizes", 6);
}

/* Every byte of the headers, as two and four bytes, at every value that is likely to overflow something. */
static void test_extremes(void **state)
{
	size_t size;
	cleanup_free uint8_t *bytes = read_sample("pe/good-signed", &size);

	for (size_t at = 0; at < 0x200; at += 2) {
		if (at % 4 == 0)
			check_extremes(bytes, size, at, 4);
		check_extremes(bytes, size, at, 2);
	}
	for (size_t at = 0x600; at < 0x608; at += 2)
		check_extremes(bytes, size, at, 2);
}

static void test_cuts(void **state)
{
	size_t size;
	cleanup_free uint8_t *bytes = read_sample("pe/good-signed", &size);

	check_cuts(bytes, size, size);
}

static void test_header_offset(void **state)
{
	static const uint32_t offsets[] = { 0, 2, 0x3c, 0x5fc, 0x5fd, 0x600, 0xffffffff };
	size_t size;
	cleanup_free uint8_t *bytes = read_sample("pe/good-plain", &size);
	struct pe pe = { .machine = 99 };

	for (size_t i = 0; i < sizeof(offsets) / sizeof(offsets[0]); i++) {
		struct kimg_error *error;

		put32(bytes + E_LFANEW, offsets[i]);
		error = pe_read(span_of(bytes, size), &pe);
		assert_non_null(error);
		kimg_error_free(error);
		assert_int_equal(pe.machine, 99);
	}
}

/* The PE header inside the DOS header, as small programs have it. */
static void test_header_in_dos_header(void **state)
{
	size_t size;
	cleanup_free uint8_t *bytes = read_sample("pe/good-plain", &size);
	struct pe pe;

	memmove(bytes + 0x40, bytes + 0x80, 0x100);
	put32(bytes + E_LFANEW, 0x40);
	assert_ok(pe_read(span_of(bytes, size), &pe));
	assert_int_equal(pe.machine, PE_MACHINE_AMD64);
	assert_int_equal(pe.sections, 2);
}

/* 65535 sections, all of them over the whole file. */
static void test_many_sections(void **state)
{
	enum { SECTIONS = 65535, OPTIONAL = 0x98, HEADERS = 0x138 };
	size_t size, old;
	cleanup_free uint8_t *bytes = read_sample("pe/good-plain", &old), *big = NULL;
	cleanup_image struct kimg_image *image = NULL;
	struct pe_section section;
	struct pe pe;

	size = HEADERS + SECTIONS * 40;
	big = calloc(1, size);
	assert_non_null(big);
	memcpy(big, bytes, HEADERS);
	put16(big + 0x86, SECTIONS);
	put32(big + OPTIONAL + 60, size);
	for (int i = 0; i < SECTIONS; i++) {
		put32(big + HEADERS + 40 * i + 16, size);
		memset(big + HEADERS + 40 * i, 'a' + i % 26, 8);
	}
	assert_ok(pe_read(span_of(big, size), &pe));
	assert_int_equal(pe.sections, SECTIONS);
	assert_true(pe_section(&pe, SECTIONS - 1, &section));
	assert_false(pe_section(&pe, SECTIONS, &section));
	image = open_bytes(big, size, KIMG_DEEP);
	check_damage(image);
}

/* What the table claims beyond SizeOfHeaders is no section header. */
static void test_sections_past_headers(void **state)
{
	cleanup_image struct kimg_image *image = open_sample("uki/bad-sections", KIMG_DEEP);

	check_damage(image);
	assert_true(has_part(image, "linux"));
	assert_false(part_at(image, "linux")->view);
}

static void test_signature(void **state)
{
	cleanup_image struct kimg_image *image = open_sample("pe/good-signed", KIMG_DEEP);
	const struct kimg_part *signature = part_at(image, "certificates/signature");

	check_no_damage(image);
	assert_int_equal(part_at(image, "certificates")->kind, KIMG_PART_CERTIFICATE);
	assert_int_equal(signature->kind, KIMG_PART_SIGNATURE);
	assert_meaning(signature, "wRevision", "2.0");
	assert_meaning(signature, "wCertificateType", "PKCS_SIGNED_DATA");
	assert_text(signature, "subject", "O=Tiny\\, Inc., CN=Tiny signer");
	assert_text(signature, "issuer", "O=Tiny\\, Inc., CN=Tiny signer");
	assert_int_equal(field_at(signature, "serial")->length, 20);
	assert_text(signature, "signature_algorithm", "rsaEncryption");
	assert_text(signature, "digest_algorithm", "sha256");
	assert_int_equal(field_at(signature, "SpcIndirectData")->length, 32);
	assert_text(signature, "digest", "ok");
	assert_text(signature, "signature", "ok");
	assert_true(field_at(signature, "not_before")->number <=
		    field_at(signature, "signing_time")->number);
	assert_true(has_part(image, "certificates/signature/pkcs7"));
}

/* From headers alone nothing is hashed. */
static void test_unchecked(void **state)
{
	cleanup_image struct kimg_image *image = open_sample("pe/bad-digest", KIMG_HEADERS);
	const struct kimg_part *signature = part_at(image, "certificates/signature");

	check_no_damage(image);
	assert_int_equal(field_at(signature, "digest")->type, KIMG_FIELD_UNCHECKED);
	assert_int_equal(field_at(signature, "signature")->type, KIMG_FIELD_UNCHECKED);
}

static void test_two_signatures(void **state)
{
	cleanup_image struct kimg_image *image = open_sample("pe/good-signed-twice", KIMG_DEEP);

	check_no_damage(image);
	assert_text(part_at(image, "signature"), "digest", "ok");
	assert_text(part_at(image, "signature-2"), "digest", "ok");
	assert_text(part_at(image, "signature-2"), "signature", "ok");
}

static void test_bad_signatures(void **state)
{
	cleanup_image struct kimg_image *digest = open_sample("pe/bad-digest", KIMG_DEEP);
	cleanup_image struct kimg_image *signature = open_sample("pe/bad-signature", KIMG_DEEP);
	cleanup_image struct kimg_image *length = open_sample("pe/bad-entry-length", KIMG_DEEP);
	cleanup_image struct kimg_image *overlap = open_sample("pe/bad-overlap", KIMG_DEEP);

	check_damage(digest);
	assert_text(part_at(digest, "signature"), "digest", "wrong");
	assert_text(part_at(digest, "signature"), "signature", "ok");
	check_damage(signature);
	assert_text(part_at(signature, "signature"), "digest", "ok");
	assert_text(part_at(signature, "signature"), "signature", "wrong");
	check_damage(length);
	assert_false(has_part(length, "signature"));
	check_damage(overlap);
}

static void test_checksum(void **state)
{
	size_t size;
	cleanup_free uint8_t *bytes = read_sample("pe/good-plain", &size);
	cleanup_image struct kimg_image *none = open_bytes(bytes, size, KIMG_DEEP), *wrong = NULL,
					*right = NULL;
	uint32_t sum = 0;
	struct pe pe;

	assert_no_field(kimg_image_root(none), "checksum");
	assert_ok(pe_read(span_of(bytes, size), &pe));
	for (size_t i = 0; i < size; i += 2) {
		sum += bytes[i] | bytes[i + 1] << 8;
		sum = (sum & 0xffff) + (sum >> 16);
	}
	put32(bytes + pe.checksum_offset, sum + size);
	right = open_bytes(bytes, size, KIMG_DEEP);
	assert_text(kimg_image_root(right), "checksum", "ok");
	check_no_damage(right);
	put32(bytes + pe.checksum_offset, sum + size + 1);
	wrong = open_bytes(bytes, size, KIMG_DEEP);
	assert_text(kimg_image_root(wrong), "checksum", "wrong");
	check_no_damage(wrong);
}

/* Any flipped bit of the file shows, but those that no signature covers. */
static void test_every_bit_counts(void **state)
{
	size_t size;
	cleanup_free uint8_t *bytes = read_sample("pe/good-signed", &size);
	struct pe pe;

	assert_ok(pe_read(span_of(bytes, size), &pe));
	for (size_t at = 0x40; at < 0x600; at += 37) {
		bool covered = at < pe.checksum_offset || at >= pe.checksum_offset + 4;
		struct kimg_image *image = NULL;
		struct kimg_options options = tree_options(KIMG_DEEP);
		const struct kimg_field *field = NULL;
		const struct kimg_part *part = NULL;
		struct kimg_error *error;

		bytes[at] ^= 0x10;
		error = kimg_image_open_bytes(bytes, size, &options, &image);
		if (!error)
			error = kimg_image_find(image, "signature", &part);
		if (!error)
			field = kimg_part_field(part, "digest");
		if (field && field->type == KIMG_FIELD_TEXT)
			assert_string_equal((const char *)field->bytes, covered ? "wrong" : "ok");
		kimg_error_free(error);
		kimg_image_free(image);
		bytes[at] ^= 0x10;
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_fields),         cmocka_unit_test(test_pe32),
		cmocka_unit_test(test_extremes),       cmocka_unit_test(test_cuts),
		cmocka_unit_test(test_header_offset),  cmocka_unit_test(test_header_in_dos_header),
		cmocka_unit_test(test_many_sections),  cmocka_unit_test(test_sections_past_headers),
		cmocka_unit_test(test_signature),      cmocka_unit_test(test_unchecked),
		cmocka_unit_test(test_two_signatures), cmocka_unit_test(test_bad_signatures),
		cmocka_unit_test(test_checksum),       cmocka_unit_test(test_every_bit_counts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
