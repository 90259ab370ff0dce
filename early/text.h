/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef EARLY_TEXT_H
#define EARLY_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Small files, lines, words and numbers. Memory that cannot be had ends the program: see log.h. */

#define TEXT_LIMIT (8u << 20) /* no table or configuration file is longer */

/* The end of a path, however long its folder: enough for what is in /dev, /sys and our images. */
#define TEXT_PATH 512

void *text_alloc(size_t n);
void *text_grow(void *p, size_t n);
char *text_copy(const char *s, size_t n);

/* "a/b" and the like. What does not fit is cut off, so that it names nothing that is there. */
__attribute__((format(printf, 3, 4))) char *text_print(char *out, size_t n, const char *format,
						       ...);

/* The whole file, ended by '\0', from the heap; NULL where it cannot be read, or is longer than TEXT_LIMIT. */
char *text_read(const char *path, size_t *ret_n);

/* Its first line, without the end of the line; false where it cannot be read. */
bool text_read_line(const char *path, char *out, size_t n);

bool text_write(const char *path, const char *content);

/* What follows prefix; NULL where s does not begin with it. */
const char *text_after(const char *s, const char *prefix);

/* The next line, ended in place; NULL at the end. Of lines that end with "\r\n", '\r' stays. */
char *text_line(char **rest);

/* The next word of a line, ended in place, which blanks and tabs end; NULL at the end. */
char *text_word(char **rest);

/* The next piece up to a separator, ended in place; NULL at the end. Empty pieces are left out. */
char *text_piece(char **rest, char separator);

/* All of s is a number, of that base or, if it is 0, of the one that its beginning tells. */
bool text_number(const char *s, int base, uint64_t *ret);

/* Whether it is as long, and differs in nothing but the case of ASCII letters. */
bool text_same_case(const char *a, const char *b);

/* Turns \x20 and the like, which stand for bytes in names that udev makes, into these bytes. */
void text_unescape(char *s);

#endif
