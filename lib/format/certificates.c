/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The attribute certificate table of a PE file: the signatures of Secure Boot.
 *
 *   table: WIN_CERTIFICATE entries, each aligned to 8 bytes (UEFI specification, 32.2.3)
 *   0x00 le32 dwLength, this header included        0x04 le16 wRevision
 *   0x06 le16 wCertificateType                      0x08 the certificate: mostly PKCS #7 in DER
 *
 * What a signature is of: "Windows Authenticode Portable Executable Signature Format", "Calculating the
 * PE Image Hash". Firmware does it as edk2's DxeImageVerificationLib, HashPeImage().
 */
#include <inttypes.h>
#include <stdlib.h>

#include "crypto/authenticode.h"
#include "crypto/der.h"
#include "crypto/digest.h"
#include "format/pe.h"
#include "format/registry.h"

#define ENTRY_HEADER_SIZE 8
#define ENTRY_ALIGNMENT   8
#define MAX_ENTRIES       256

enum { TYPE_X509 = 1, TYPE_PKCS7 = 2, TYPE_TS_STACK = 4, TYPE_EFI_PKCS115 = 0xef0, TYPE_EFI_GUID };

static const struct name_of types[] = {
	{ TYPE_X509, "X509" },
	{ TYPE_PKCS7, "PKCS_SIGNED_DATA" },
	{ TYPE_TS_STACK, "TS_STACK_SIGNED" },
	{ TYPE_EFI_PKCS115, "EFI_PKCS115" },
	{ TYPE_EFI_GUID, "EFI_GUID" },
	NAMES_END,
};

/* ---- the file's digest ---- */

struct pieces {
	struct span *p;
	size_t n;
	uint64_t hashed; /* as the definition counts: headers whole, the fields left out included */
};

static int by_place(const void *a, const void *b)
{
	const struct span *x = a, *y = b;

	return x->p < y->p ? -1 : x->p > y->p;
}

/* All but the fields that signing changes: CheckSum and the directory entry of the table itself. */
static bool add_headers(struct span file, const struct pe *pe, struct pieces *pieces)
{
	uint64_t after_checksum = (uint64_t)pe->checksum_offset + 4;
	uint64_t entry = (uint64_t)pe->directories_offset + PE_CERTIFICATES * 8;

	if (pe->directories <= PE_CERTIFICATES || pe->size_of_headers < entry + 8 ||
	    pe->size_of_headers > file.n)
		return false;
	pieces->p[0] = span_clip(file, 0, pe->checksum_offset);
	pieces->p[1] = span_clip(file, after_checksum, entry - after_checksum);
	pieces->p[2] = span_clip(file, entry + 8, pe->size_of_headers - (entry + 8));
	pieces->n = 3;
	pieces->hashed = pe->size_of_headers;
	return true;
}

static bool add_sections(struct span file, const struct pe *pe, struct pieces *pieces)
{
	struct span *first = pieces->p + pieces->n;
	struct pe_section section;
	size_t n = 0;

	for (unsigned int i = 0; pe_section(pe, i, &section); i++) {
		if (section.size_of_raw_data == 0)
			continue;
		if (!span_sub(file, section.pointer_to_raw_data, section.size_of_raw_data,
			      &first[n]))
			return false;
		pieces->hashed += first[n++].n;
		/* Sections that overlap: none needs more bytes than there are, and all could be huge. */
		if (pieces->hashed > file.n)
			return false;
	}
	qsort(first, n, sizeof(*first), by_place);
	pieces->n += n;
	return true;
}

static bool add_rest(struct span file, const struct pe *pe, struct pieces *pieces)
{
	uint64_t table = pe->directory[PE_CERTIFICATES].size;

	if (table > file.n)
		return false;
	if (file.n - table > pieces->hashed)
		pieces->p[pieces->n++] =
			span_clip(file, pieces->hashed, file.n - table - pieces->hashed);
	return true;
}

static struct kimg_error *file_digest(struct span file, const char *algorithm, struct digest *ret)
{
	cleanup_free struct span *memory = NULL;
	struct pieces pieces = { 0 };
	struct pe pe;

	TRY(pe_read(file, &pe));
	pieces.p = memory = calloc((size_t)pe.sections + 4, sizeof(*memory));
	if (!memory)
		return error_nomem();
	if (!add_headers(file, &pe, &pieces) || !add_sections(file, &pe, &pieces) ||
	    !add_rest(file, &pe, &pieces))
		return error_new(KIMG_E_CORRUPT,
				 "headers and sections overlap or run past the end: no digest");
	return digest_compute(algorithm, pieces.p, pieces.n, ret);
}

/* ---- fields ---- */

static void field_name_text(struct kimg_part *part, const char *field, struct span name)
{
	cleanup_buf struct buf text = { 0 };

	if (!der_name_text(name, &text))
		note_bad(part, "%s is no distinguished name", field);
	if (text.n && !text.failed)
		field_text(part, field, buf_span(&text));
}

static void describe(struct kimg_part *part, const struct authenticode *a)
{
	char algorithm[128];

	if (a->has_certificate)
		field_name_text(part, "subject", a->certificate.subject);
	else
		note_bad(part, "the certificate of the signer is missing");
	field_name_text(part, "issuer", a->issuer);
	field_bytes(part, "serial", a->serial);
	if (a->has_certificate) {
		field_time(part, "not_before", a->certificate.not_before);
		field_time(part, "not_after", a->certificate.not_after);
	}
	if (a->has_signing_time)
		field_time(part, "signing_time", a->signing_time);
	field_number(part, "certificates", a->certificates);
	if (a->signers != 1)
		note_bad(part, "%u signers, where Authenticode has one", a->signers);
	authenticode_algorithm_text(a->signature_algorithm, algorithm, sizeof(algorithm));
	field_printf(part, "signature_algorithm", "%s", algorithm);
	field_printf(part, "digest_algorithm", "%s",
		     a->file_algorithm ? a->file_algorithm : "unknown");
	field_bytes(part, "SpcIndirectData", a->file_digest);
	field_unchecked(part, "digest");
	field_unchecked(part, "signature");
}

/* ---- the driver of one entry ---- */

static struct kimg_error *parse(struct kimg_part *part)
{
	struct span s = span_from(part_span(part), ENTRY_HEADER_SIZE);
	struct span rest = s;
	struct authenticode a;
	struct der der = { 0 };

	part_add(part, KIMG_PART_HEADER, "header", 0, ENTRY_HEADER_SIZE);
	/* dwLength may count the padding. */
	if (der_next(&rest, &der))
		s = der.whole;
	part_add(part, KIMG_PART_SIGNATURE, "pkcs7", ENTRY_HEADER_SIZE, s.n);
	if (der.whole.n && der.body.n == 0) {
		note(part, "empty: nobody signed");
		return NULL;
	}
	TRY(authenticode_read(s, &a));
	describe(part, &a);
	return NULL;
}

/* What cannot be told stays "not checked", and the note says why. */
static void verify_signature(struct kimg_part *part, const struct authenticode *a)
{
	cleanup_error struct kimg_error *error = authenticode_verify(a);

	if (!error) {
		field_printf(part, "signature", "ok");
	} else if (kimg_error_code(error) == KIMG_E_MISMATCH) {
		field_printf(part, "signature", "wrong");
		note_bad(part, "%s", kimg_error_message(error));
	} else {
		note(part, "signature not checked: %s", kimg_error_message(error));
	}
}

static struct kimg_error *verify(struct kimg_part *part)
{
	cleanup_error struct kimg_error *error = NULL;
	struct authenticode a;

	error = authenticode_read(span_from(part_span(part), ENTRY_HEADER_SIZE), &a);
	if (!error) /* else noted by parse() */
		verify_signature(part, &a);
	return NULL;
}

/* These two are not in the registry: only a PE header tells where they are. */
static const struct format format_authenticode = {
	.name = "authenticode",
	.title = "Authenticode signature",
	.parse = parse,
	.verify = verify,
};

/* ---- the table ---- */

static void add_entry(struct kimg_part *table, struct span entry, uint64_t offset, uint32_t length)
{
	unsigned int revision = span_le16(entry, 4), type = span_le16(entry, 6);
	bool pkcs7 = type == TYPE_PKCS7;
	struct kimg_part *part = part_add(table,
					  pkcs7 ? KIMG_PART_SIGNATURE : KIMG_PART_CERTIFICATE,
					  pkcs7 ? "signature" : "certificate", offset, length);

	field_hex_as(part, "wRevision", revision, "%u.%u", revision >> 8, revision & 0xff);
	field_enum(part, "wCertificateType", type, types);
	if (pkcs7 && length > ENTRY_HEADER_SIZE)
		part_nest(part, &format_authenticode);
}

static struct kimg_error *parse_table(struct kimg_part *table)
{
	struct span s = part_span(table);
	uint64_t at = 0;

	for (int n = 0; at < s.n; n++) {
		struct span entry = span_from(s, at);
		uint32_t length = span_le32(entry, 0);

		if (n && span_filled(span_clip(entry, 0, ENTRY_HEADER_SIZE), 0))
			return NULL;
		if (entry.n < ENTRY_HEADER_SIZE || length < ENTRY_HEADER_SIZE) {
			note_bad(table, "the entry at 0x%" PRIx64 " has a dwLength of %u", at,
				 length);
			return NULL;
		}
		if (n == MAX_ENTRIES) {
			note_bad(table, "more than %d entries", MAX_ENTRIES);
			return NULL;
		}
		add_entry(table, entry, at, length);
		at += ((uint64_t)length + ENTRY_ALIGNMENT - 1) & ~(uint64_t)(ENTRY_ALIGNMENT - 1);
	}
	return NULL;
}

/* What algorithms the entries ask for, each computed once: a table may have many entries. */
struct file_digests {
	const char *algorithm[4];
	struct digest digest[4];
	size_t n;
};

static struct kimg_error *file_digest_once(struct file_digests *digests, struct span file,
					   const char *algorithm, struct span *ret)
{
	size_t i = 0;

	while (i < digests->n && strcmp(digests->algorithm[i], algorithm) != 0)
		i++;
	if (i == ARRAY_SIZE(digests->algorithm))
		return error_new(KIMG_E_UNSUPPORTED, "the signatures use too many algorithms");
	if (i == digests->n) {
		TRY(file_digest(file, algorithm, &digests->digest[i]));
		digests->algorithm[digests->n++] = algorithm;
	}
	*ret = digest_span(&digests->digest[i]);
	return NULL;
}

static void verify_digest(struct kimg_part *entry, struct span file, struct file_digests *digests)
{
	cleanup_error struct kimg_error *error = NULL;
	struct authenticode a;
	struct span computed;

	error = authenticode_read(span_from(part_span(entry), ENTRY_HEADER_SIZE), &a);
	if (error || !a.file_algorithm)
		return; /* described as such by parse() */
	error = file_digest_once(digests, file, a.file_algorithm, &computed);
	if (!error)
		field_check(entry, "digest", a.file_digest, computed);
	else if (kimg_error_code(error) == KIMG_E_UNSUPPORTED)
		note(entry, "digest not checked: %s", kimg_error_message(error));
	else
		note_bad(entry, "%s", kimg_error_message(error));
}

static struct kimg_error *verify_table(struct kimg_part *table)
{
	struct file_digests digests = { 0 };
	const struct kimg_part *child;

	for (child = table->children; child; child = child->next)
		if (child->kind == KIMG_PART_SIGNATURE && !child->truncated)
			verify_digest((struct kimg_part *)child, part_span(table->parent),
				      &digests);
	return NULL;
}

static const struct format format_certificates = {
	.name = "pe-certificates",
	.title = "attribute certificate table",
	.parse = parse_table,
	.verify = verify_table,
};

void pe_add_certificates(struct kimg_part *root, const struct pe *pe)
{
	const struct pe_directory *directory = &pe->directory[PE_CERTIFICATES];
	struct kimg_part *table;

	if (directory->size == 0)
		return;
	table = part_add(root, KIMG_PART_CERTIFICATE, "certificates", directory->address,
			 directory->size);
	if (directory->address % ENTRY_ALIGNMENT)
		note_bad(table, "not aligned to %d bytes", ENTRY_ALIGNMENT);
	/* A view shows again what its parent explains. */
	if (!root->view)
		part_nest(table, &format_certificates);
}
