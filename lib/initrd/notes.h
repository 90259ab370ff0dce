/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef INITRD_NOTES_H
#define INITRD_NOTES_H

#include <stdarg.h>

#include "base/arena.h"
#include "base/cleanup.h"
#include "kimg/part.h"

/* Notes in order, in the arena of whoever has them. Where memory is short, or there are very many, one is left out. */
struct notes {
	struct kimg_note *first, *last;
	size_t n;
};

#define NOTES_MAX 10000

static inline printf_like(4, 5) void notes_add(struct notes *notes, struct arena *arena, bool bad,
					       const char *format, ...)
{
	struct kimg_note *note;
	va_list ap;

	if (notes->n >= NOTES_MAX)
		return;
	note = arena_alloc(arena, sizeof(*note));
	if (!note)
		return;
	va_start(ap, format);
	note->text = arena_vprintf(arena, format, ap);
	va_end(ap);
	if (!note->text)
		return;
	note->bad = bad;
	if (notes->last)
		notes->last->next = note;
	else
		notes->first = note;
	notes->last = note;
	notes->n++;
}

#endif
