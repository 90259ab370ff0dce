/* SPDX-License-Identifier: GPL-2.0-or-later */
/* An initrd that is open: where its bytes are, and its entries one after another. */
#include <stdarg.h>
#include <stdlib.h>

#include "initrd/reader.h"

void initrd_note(struct kimg_initrd *initrd, bool bad, const char *format, ...)
{
	struct kimg_note *note = arena_alloc(&initrd->arena, sizeof(*note));
	va_list ap;

	if (!note)
		return;
	va_start(ap, format);
	note->text = arena_vprintf(&initrd->arena, format, ap);
	va_end(ap);
	if (!note->text)
		return;
	note->bad = bad;
	if (initrd->last_note)
		initrd->last_note->next = note;
	else
		initrd->notes = note;
	initrd->last_note = note;
}

static struct kimg_initrd *new_initrd(const struct kimg_initrd_options *options)
{
	struct kimg_initrd *initrd = calloc(1, sizeof(*initrd));

	if (!initrd)
		return NULL;
	initrd->limits = options ? options->limits : KIMG_LIMITS_DEFAULT;
	initrd->last_segment = &initrd->segments;
	return initrd;
}

struct kimg_error *kimg_initrd_open_bytes(const void *bytes, size_t size,
					  const struct kimg_initrd_options *options,
					  struct kimg_initrd **ret_initrd)
{
	struct kimg_initrd *initrd = new_initrd(options);

	if (!initrd)
		return error_nomem();
	initrd->bytes = span_of(bytes, size);
	*ret_initrd = initrd;
	return NULL;
}

struct kimg_error *kimg_initrd_open(const char *path, const struct kimg_initrd_options *options,
				    struct kimg_initrd **ret_initrd)
{
	struct kimg_initrd *initrd = new_initrd(options);
	struct kimg_error *error;

	if (!initrd)
		return error_nomem();
	error = blob_open(&initrd->file, path, &initrd->limits);
	if (error) {
		kimg_initrd_free(initrd);
		return error;
	}
	initrd->bytes = blob_span(&initrd->file);
	*ret_initrd = initrd;
	return NULL;
}

void kimg_initrd_free(struct kimg_initrd *initrd)
{
	if (!initrd)
		return;
	for (struct segment *segment = initrd->segments; segment; segment = segment->next)
		blob_done(&segment->decoded);
	kimg_error_free(initrd->broken);
	blob_done(&initrd->file);
	arena_done(&initrd->arena);
	free(initrd->list);
	free(initrd);
}

/* ---- entries ---- */

static struct kimg_error *next(struct kimg_initrd *initrd, bool *ret_got)
{
	*ret_got = false;
	while (!*ret_got) {
		if (!initrd->segment)
			TRY(segment_next(initrd));
		if (!initrd->segment)
			return NULL;
		TRY(error_wrap(archive_next(initrd, ret_got), "segment %zu",
			       initrd->segment->about.index));
	}
	return NULL;
}

struct kimg_error *kimg_initrd_next(struct kimg_initrd *initrd,
				    const struct kimg_initrd_entry **ret_entry)
{
	struct kimg_error *error = NULL;
	bool got = false;

	if (!initrd->ended)
		error = next(initrd, &got);
	initrd->ended |= !got;
	if (!error)
		*ret_entry = got ? &initrd->entry : NULL;
	return error;
}

const struct kimg_initrd_segment *const *kimg_initrd_segments(const struct kimg_initrd *initrd,
							      size_t *ret_count)
{
	*ret_count = initrd->count;
	return initrd->list;
}

const struct kimg_note *kimg_initrd_notes(const struct kimg_initrd *initrd)
{
	return initrd->notes;
}
