/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef OUT_OUT_H
#define OUT_OUT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/cleanup.h"
#include "base/span.h"

/*
 * The one way in which commands print facts: a stream of calls that every back end renders as it can.
 *
 * Three kinds of calls stand side by side:
 * - structure (out_document, out_record, out_object, out_array, out_close) makes JSON's braces, and
 *   text takes no notice of it;
 * - layout (out_row, out_block, out_print, out_gap, ...) makes text's lines and columns, and JSON takes no
 *   notice of it;
 * - values have a key and a style, and are shown by both; a text back end skips OUT_DATA, JSON skips a
 *   value in an object that has no key.
 *
 * So a command says what it knows and how it looks once, and never asks which back end there is.
 */
struct out;

enum out_format {
	OUT_TEXT,
	OUT_JSON_PRETTY, /* indented */
	OUT_JSON_SHORT,  /* on one line */
	OUT_JSON_LINES,  /* one line for each record */
};

/* How a value looks in text. */
enum out_style {
	OUT_DATA, /* not at all: it is there for programs */
	OUT_PLAIN,
	OUT_STRONG,
	OUT_FAINT,
	OUT_NAME,
	OUT_GOOD,
	OUT_BAD,
};

/* Writes to the descriptor fd, which stays open. NULL: out of memory. */
struct out *out_new(int fd, enum out_format format, bool color) must_check;

/* Writes what is left and frees out. The errno of the first write that failed, or 0. */
int out_finish(struct out *out) must_check;

/* Writes what is there by now, for somebody who waits for it. */
void out_flush(struct out *out);

/* Whether a write failed, as when nobody reads any more: all that follows is in vain. */
bool out_failed(const struct out *out);

/* ---- structure ---- */

/*
 * The whole output: {"schema": schema, key: [records]}; with OUT_JSON_LINES each record is a line. Without a
 * key it is one object, {"schema": schema, ...}, which takes values at once.
 */
void out_document(struct out *out, const char *schema, const char *key);
void out_record(struct out *out);

/* key is NULL inside an array. */
void out_object(struct out *out, const char *key);
void out_array(struct out *out, const char *key);

/* Ends the innermost document, record, object or array. */
void out_close(struct out *out);

/* ---- values; key is NULL inside an array ---- */

/* Text of our own. NULL is null, and shown as nothing. */
void out_string(struct out *out, const char *key, enum out_style style, const char *text);

/* Text of a stranger. In JSON, what is not UTF-8 is replaced, and KEY_hex has the bytes. */
void out_text(struct out *out, const char *key, enum out_style style, struct span text);

/* Hexadecimal digits. */
void out_bytes(struct out *out, const char *key, enum out_style style, struct span bytes);

void out_number(struct out *out, const char *key, enum out_style style, uint64_t value);

/* A difference: text always shows its sign. */
void out_signed(struct out *out, const char *key, enum out_style style, int64_t value);

/* A number that text shows in hexadecimal, as a place is. */
void out_offset(struct out *out, const char *key, enum out_style style, uint64_t value);

/* An address, magic or mask: "0x..." in JSON as well, where numbers over 2^53 are not safe. */
void out_hex(struct out *out, const char *key, enum out_style style, uint64_t value);

void out_bool(struct out *out, const char *key, enum out_style style, bool value);

/* null; text shows the words. */
void out_null(struct out *out, const char *key, enum out_style style, const char *words);

/* ---- layout ---- */

/* What is printed until out_row_end() stands on one line, two columns apart. */
void out_row(struct out *out);
void out_row_end(struct out *out);

/* Lines until out_block_end() are indented by this many columns more. */
void out_block(struct out *out, unsigned int indent);
void out_block_end(struct out *out);

/* What follows until out_unmute() is for programs: text leaves it out. May be nested. */
void out_mute(struct out *out);
void out_unmute(struct out *out);

/* An empty line, unless nothing was printed yet. */
void out_space(struct out *out);

/* A cell of text alone. */
void out_print(struct out *out, enum out_style style, const char *format, ...) printf_like(3, 4);

/* The same for a line of a log, or a piece of it: as it came, but for what could steer a terminal. */
void out_log(struct out *out, enum out_style style, struct span text);

/* The next cell stands this many columns after the one before it, instead of two. */
void out_gap(struct out *out, unsigned int columns);

/* The next cell fills this many columns: flush left, or right where width is negative. */
void out_width(struct out *out, int width);

#endif
