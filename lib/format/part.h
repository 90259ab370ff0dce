/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef FORMAT_PART_H
#define FORMAT_PART_H

#include "base/cleanup.h"
#include "base/error.h"
#include "base/span.h"
#include "kimg/image.h"
#include "kimg/part.h"

/*
 * How format drivers build the part tree.
 *
 * Nothing here returns an error: lack of memory and the limit on parts are remembered in the image,
 * which reports them at the end, and part_add() then returns a part that leads nowhere. So a driver
 * reads like the layout that it describes.
 */

struct format;
struct codec;
struct kimg_image;

/* ---- what a driver reads ---- */

/* The bytes of part, as stored. */
struct span part_span(const struct kimg_part *part);

/* The limits that the image was opened with. */
const struct kimg_limits *part_limits(const struct kimg_part *part);

/* ---- children ---- */

/*
 * Adds a tile at offset (in bytes from the start of parent). What runs past the end of parent is cut
 * off, noted, and marks the part as truncated. A tile that overlaps another becomes a view, with a note.
 * The name is copied, made safe to print and unique among its siblings: "dtb", "dtb-2". Gaps between
 * tiles are filled in by the engine.
 */
struct kimg_part *part_add(struct kimg_part *parent, enum kimg_part_kind kind, const char *name,
			   uint64_t offset, uint64_t size);

/*
 * What gaps between the tiles of parent are, where more is known than that nothing points to them: "code"
 * for the boot code around a payload. Padding stays padding.
 */
void part_fill(struct kimg_part *parent, enum kimg_part_kind kind, const char *name);

/* Whether part could not be made: a loop over more of its kind may end. */
bool part_is_lost(const struct kimg_part *part);

/* Adds a view, which may overlap anything. */
struct kimg_part *part_add_view(struct kimg_part *parent, enum kimg_part_kind kind,
				const char *name, uint64_t offset, uint64_t size);

/* As part_add, for a part whose content is a format of its own: the engine identifies and explains it. */
struct kimg_part *part_add_nested(struct kimg_part *parent, enum kimg_part_kind kind,
				  const char *name, uint64_t offset, uint64_t size);

/*
 * Marks part as a format of its own. With format, it is that one (bzimage hands its PE header view to
 * pe); NULL: the engine identifies it, and an unknown one is no damage.
 */
void part_nest(struct kimg_part *part, const struct format *format);

/*
 * Of the siblings that lead to a kernel part is the one that boots, as a default configuration says; without
 * such a word it is the first.
 */
void part_prefer(struct kimg_part *part);

/*
 * What comes out of the codec of part is of this format, whatever its first bytes look like: its parse
 * callback takes the decoded bytes apart.
 */
void part_set_content_format(struct kimg_part *part, const struct format *format);

/*
 * What part holds stands in several places: its content is the pieces, one after another (part itself is
 * the first of them).
 */
void part_set_pieces(struct kimg_part *part, const struct span *pieces, size_t count);

/*
 * Says that the bytes of part are one compressed stream. codec NULL: found by magic, now. size is the
 * exact size of the output where a field tells it (then 1 to any), 0 where not known. The codec's header is
 * read and becomes fields. False where no codec fits (then part stays as it is).
 */
bool part_set_codec(struct kimg_part *part, const struct codec *codec, uint64_t size);

/*
 * Adds the usual end of a header's work: a payload at offset, size bytes long, with or without a size
 * word of 4 bytes little endian as its last bytes (the kernel's size_append; scripts/Makefile.lib,
 * 6.12), which becomes a tile of its own, "payload-size". With gzip the word is the stream's own ISIZE and
 * belongs to it. Where the payload is compressed, part_set_codec() was called on it, else it is nested.
 * Returns the payload part.
 */
struct kimg_part *part_add_payload(struct kimg_part *parent, const char *name, uint64_t offset,
				   uint64_t size, bool size_word);

/*
 * For formats whose header does not say where the payload starts: looks in parent from offset on,
 * up to end, for a compressed stream that decodes without error and after which a matching size word
 * follows; with exact_end also that this ends exactly at end. Adds it by part_add_payload() and keeps
 * what it decoded. False where there is none. Only for search callbacks.
 */
bool part_search_payload(struct kimg_part *parent, const char *name, uint64_t offset, uint64_t end,
			 bool exact_end);

/*
 * For a search that found nothing: adds the first place in parent from offset up to end where a stream
 * starts well, with all that follows up to end (a size word at its end, where size_word), so that what is
 * wrong with it can be told. False where there is none either. Only for search callbacks.
 */
bool part_guess_payload(struct kimg_part *parent, const char *name, uint64_t offset, uint64_t end,
			bool size_word);

/* ---- fields; a field of the same name is replaced ---- */

struct name_of {
	uint64_t value;
	const char *name;
};

#define NAMES_END       \
	{               \
		0, NULL \
	}

void field_number(struct kimg_part *part, const char *name, uint64_t value);
void field_hex(struct kimg_part *part, const char *name, uint64_t value);
void field_bool(struct kimg_part *part, const char *name, bool value);

/* A number or hex number with what it means: "2.15", "UTC 2024-01-01 00:00:00". */
void field_number_as(struct kimg_part *part, const char *name, uint64_t value, const char *format,
		     ...) printf_like(4, 5);
void field_hex_as(struct kimg_part *part, const char *name, uint64_t value, const char *format, ...)
	printf_like(4, 5);

/* A number whose meaning stands in a table; "unknown" where it does not. */
void field_enum(struct kimg_part *part, const char *name, uint64_t value,
		const struct name_of *names);

/* A mask: the meaning lists the names of the bits that are set, then the rest in hex. */
void field_flags(struct kimg_part *part, const char *name, uint64_t value,
		 const struct name_of *bits);

/* Text as it stands in the image (copied; NULs at the end and what follows the first one are cut). */
void field_text(struct kimg_part *part, const char *name, struct span text);
void field_printf(struct kimg_part *part, const char *name, const char *format, ...)
	printf_like(3, 4);
void field_bytes(struct kimg_part *part, const char *name, struct span bytes);

/* Seconds since 1970, as a number that means a date. */
void field_time(struct kimg_part *part, const char *name, uint64_t seconds);

/* Can be known, but not from the headers. */
void field_unchecked(struct kimg_part *part, const char *name);

/*
 * The outcome of a check, for verify callbacks: "ok" where stored equals computed, else "wrong", with a
 * bad note that gives both.
 */
void field_check(struct kimg_part *part, const char *name, struct span stored,
		 struct span computed);

/* ---- notes ---- */

void note(struct kimg_part *part, const char *format, ...) printf_like(2, 3);

/* The image contradicts itself or is damaged. */
void note_bad(struct kimg_part *part, const char *format, ...) printf_like(2, 3);

#endif
