/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BASE_ESCAPE_H
#define BASE_ESCAPE_H

#include "base/buf.h"
#include "base/span.h"

/*
 * Adds text that a stranger wrote, so that it is safe on one line of a terminal: control characters,
 * what is not UTF-8, and the backslash itself become \n, \t, \\ or \xNN.
 */
void escape_line(struct buf *buf, struct span text);

/* The same, but tabs and backslashes stay: for lines that are shown as they came, not as a name is. */
void escape_log(struct buf *buf, struct span text);

/* How much of the start of text is ASCII that escape_line() leaves as it is; maybe less than there is. */
size_t escape_plain_length(struct span text);

/*
 * Adds text for XML and HTML, inside of an element or a quoted attribute. escape_markup() is for text of our
 * own or escaped already, escape_xml() for a stranger's: that of escape_line() as markup, since XML has no
 * way to write control characters.
 */
void escape_markup(struct buf *buf, struct span text);
void escape_xml(struct buf *buf, struct span text);

/*
 * Adds text as the inside of a JSON string, without its quotes. What is not UTF-8 becomes U+FFFD, one
 * for each byte; false says that there was such a byte.
 */
bool escape_json(struct buf *buf, struct span text);

/* Adds two hexadecimal digits for each byte. */
void escape_hex(struct buf *buf, struct span bytes);

/* How many columns text takes on a terminal, one for each character. */
size_t text_columns(struct span text);

#endif
