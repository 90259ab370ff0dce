/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BASE_UTF8_H
#define BASE_UTF8_H

#include <stdbool.h>

#include "base/span.h"

/*
 * The length in bytes (1 to 4) of the UTF-8 character at the start of s; 0 where s is empty or its
 * first byte starts none (overlong forms, surrogates and values over U+10FFFF are none).
 */
size_t utf8_length(struct span s);

/* Whether all of s is UTF-8. */
bool utf8_valid(struct span s);

/* Whether s is UTF-8 without control characters, tab included: safe to print on one line. */
bool utf8_printable(struct span s);

#endif
