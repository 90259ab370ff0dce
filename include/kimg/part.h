/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef KIMG_PART_H
#define KIMG_PART_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#pragma GCC visibility push(default)
#ifdef __cplusplus
extern "C" {
#endif

/*
 * The part tree: what an image is made of. Parts are made by the library, live as long as their image,
 * and are read-only to everybody else. Fields may be added at the end of these structures.
 */

/* What a part is for. kimg_part_kind_name() gives the word that JSON uses. */
enum kimg_part_kind {
	KIMG_PART_CONTAINER, /* something that holds others: a file, a decoded buffer, a section that nests */
	KIMG_PART_HEADER,  /* tells about the rest */
	KIMG_PART_CODE,    /* runs before the kernel: setup, decompressor, EFI stub */
	KIMG_PART_PAYLOAD, /* compressed or not, it holds the kernel */
	KIMG_PART_KERNEL,  /* a kernel that needs no further unpacking, or the layer around one */
	KIMG_PART_INITRD,
	KIMG_PART_DTB,
	KIMG_PART_CMDLINE,
	KIMG_PART_CONFIG,
	KIMG_PART_SEGMENT, /* of a program: ELF program header */
	KIMG_PART_SECTION, /* ELF, PE */
	KIMG_PART_NOTE,    /* ELF note */
	KIMG_PART_TABLE,   /* entries of one kind: relocations, symbols, section headers */
	KIMG_PART_CERTIFICATE,
	KIMG_PART_SIGNATURE,
	KIMG_PART_CHECKSUM,      /* checksum or hash */
	KIMG_PART_CONFIGURATION, /* which parts go together: FIT configuration, UKI profile */
	KIMG_PART_DATA,          /* anything else with a meaning */
	KIMG_PART_PADDING,       /* filled with one value, to align what follows */
	KIMG_PART_GAP,           /* bytes that nothing points to */
};

enum kimg_field_type {
	KIMG_FIELD_NUMBER,    /* number, shown in decimal */
	KIMG_FIELD_HEX,       /* number, shown in hexadecimal: addresses, magics, masks */
	KIMG_FIELD_BOOL,      /* number is 0 or 1 */
	KIMG_FIELD_TEXT,      /* bytes, as they stand in the image: hostile, perhaps not UTF-8 */
	KIMG_FIELD_BYTES,     /* bytes, shown as hex digits: digests, build-ids */
	KIMG_FIELD_UNCHECKED, /* can be known, but only by work that was not asked for */
};

/* A fact about a part, named as the format's own documents name it. */
struct kimg_field {
	const char *name; /* "setup_sects" */
	enum kimg_field_type type;
	uint64_t number;
	const void *bytes;
	size_t length;       /* of bytes, without a terminating NUL */
	const char *meaning; /* what the value means, or NULL: "2.15", "gzip", "LOADED_HIGH,KASLR" */
	const struct kimg_field *next;
};

/* Something noteworthy: damage, a contradiction, something ignored. */
struct kimg_note {
	const char *text;
	bool bad; /* true: the image contradicts itself or is damaged here */
	const struct kimg_note *next;
};

/*
 * A part is a tile or a view. The tiles among the children of a part cover it exactly, in the order
 * of their offsets, without overlap; gaps and padding are tiles too. Views may overlap anything.
 */
struct kimg_part {
	const char *name; /* unique among its siblings; safe to print, without '/' */
	enum kimg_part_kind kind;
	bool view;
	bool truncated;  /* it should be longer than the bytes there are */
	uint64_t offset; /* in bytes, within its space: the file or a decoded buffer */
	uint64_t size;
	const char *format; /* the format driver that explained it, or NULL */
	const char *codec;  /* what its bytes are compressed with, or NULL */
	const struct kimg_part *parent;
	const struct kimg_part *children;
	const struct kimg_part *next;
	const struct kimg_part
		*content; /* what came out of decoding it: the root of a new space; or NULL */
	const struct kimg_field *fields;
	const struct kimg_note *notes;
};

/* "container", "header", ... */
const char *kimg_part_kind_name(enum kimg_part_kind kind);

/* The field of that name, or NULL. */
const struct kimg_field *kimg_part_field(const struct kimg_part *part, const char *name);

#ifdef __cplusplus
}
#endif
#pragma GCC visibility pop
#endif
