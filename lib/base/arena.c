/* SPDX-License-Identifier: GPL-2.0-or-later */
/* An arena: chunks of doubling size, freed together. */
#include "base/arena.h"

#include <stdalign.h>
#include <stdio.h>
#include <string.h>

#define FIRST_CHUNK   4096
#define LARGEST_CHUNK (1 << 20)

struct arena_chunk {
	struct arena_chunk *next;
	size_t used;
	size_t size;
	alignas(max_align_t) char data[];
};

static struct arena_chunk *chunk_new(struct arena *arena, size_t need)
{
	struct arena_chunk *chunk;
	size_t size = arena->chunks ? arena->chunks->size * 2 : FIRST_CHUNK;

	if (size > LARGEST_CHUNK)
		size = LARGEST_CHUNK;
	if (size < need)
		size = need;
	chunk = calloc(1, sizeof(*chunk) + size);
	if (!chunk)
		return NULL;
	chunk->size = size;
	chunk->next = arena->chunks;
	arena->chunks = chunk;
	return chunk;
}

void *arena_alloc(struct arena *arena, size_t size)
{
	const size_t align = alignof(max_align_t);
	struct arena_chunk *chunk = arena->chunks;
	void *p;

	if (size > (size_t)1 << 40)
		return NULL;
	size = (size + align - 1) & ~(align - 1);
	if (!chunk || chunk->size - chunk->used < size)
		chunk = chunk_new(arena, size);
	if (!chunk)
		return NULL;
	p = chunk->data + chunk->used;
	chunk->used += size;
	return p;
}

char *arena_copy(struct arena *arena, const char *text, size_t n)
{
	char *copy = arena_alloc(arena, n + 1);

	if (copy && n)
		memcpy(copy, text, n);
	return copy;
}

char *arena_vprintf(struct arena *arena, const char *format, va_list ap)
{
	va_list again;
	char *text;
	int n;

	va_copy(again, ap);
	n = vsnprintf(NULL, 0, format, again);
	va_end(again);
	if (n < 0)
		return NULL;
	text = arena_alloc(arena, (size_t)n + 1);
	if (text)
		vsnprintf(text, (size_t)n + 1, format, ap);
	return text;
}

void arena_done(struct arena *arena)
{
	while (arena->chunks) {
		struct arena_chunk *next = arena->chunks->next;

		free(arena->chunks);
		arena->chunks = next;
	}
}
