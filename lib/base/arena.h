/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BASE_ARENA_H
#define BASE_ARENA_H

#include <stdarg.h>
#include <stddef.h>

#include "base/cleanup.h"

/*
 * Many small objects that live and die together. Zero-initialise; arena_done() frees all of it.
 * Memory comes back zeroed and aligned for any type; NULL when memory is short.
 */
struct arena {
	struct arena_chunk *chunks;
};

void *arena_alloc(struct arena *arena, size_t size) must_check;

/* n bytes of text and a NUL. */
char *arena_copy(struct arena *arena, const char *text, size_t n) must_check;

char *arena_vprintf(struct arena *arena, const char *format, va_list ap) must_check;

void arena_done(struct arena *arena);

#endif
