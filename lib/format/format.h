/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef FORMAT_FORMAT_H
#define FORMAT_FORMAT_H

#include "base/error.h"
#include "base/span.h"
#include "format/part.h"

/*
 * A format driver: one const object in one file, one line in registry.c.
 *
 * probe   how many bits of s it verified to be this format; 0: it is not. Must be cheap and must not
 *         read beyond the headers. s starts where the format would start and ends where its container
 *         ends.
 * parse   adds the children and fields of part, which covers the whole of the format's bytes, from the
 *         headers alone. Damage becomes notes; an error is for what cannot be read at all, and what was
 *         added until then stays.
 * search  NULL, or: finds the payloads that no header points to and adds them. Runs when the part is
 *         expanded, after parse.
 * verify  NULL, or: works out what takes reading all of the bytes: checksums, hashes, signatures. It
 *         replaces the fields that parse left unchecked. Runs at KIMG_DEEP.
 * word    NULL, or: the word of identify where it is not simply name. Writes at most size bytes.
 */
struct format {
	const char *name;             /* the stable word: "bzimage" */
	const char *title;            /* for people: "Linux x86 bzImage" */
	const struct format *refines; /* what it is a special case of: bzimage refines pe; or NULL */
	bool unsupported;             /* known by name only: parse is NULL */
	int (*probe)(struct span s);
	struct kimg_error *(*parse)(struct kimg_part *part);
	struct kimg_error *(*search)(struct kimg_part *part);
	struct kimg_error *(*verify)(struct kimg_part *part);
	void (*word)(struct span s, const struct kimg_limits *limits, char *ret_word, size_t size);
};

/* All drivers; ends with NULL. */
extern const struct format *const format_all[];

/* The driver of that name, or NULL. */
const struct format *format_by_name(const char *name);

/*
 * Which format s is. A refinement wins over what it refines; between unrelated ones the bits decide.
 * KIMG_E_NOT_FOUND (the message says what was seen), KIMG_E_AMBIGUOUS.
 */
struct kimg_error *format_identify(struct span s, const struct format **ret_format) must_check;

/* The word for s, which format_identify() found to be format. */
void format_word(const struct format *format, struct span s, const struct kimg_limits *limits,
		 char *ret_word, size_t size);

#endif
