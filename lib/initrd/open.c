/* SPDX-License-Identifier: GPL-2.0-or-later */
/* An initrd that is open: where its bytes are, and its entries one after another. */
#include <stdarg.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "initrd/reader.h"

/* An archive of nothing but damage has enough to say by then. */
#define MAX_NOTES 256

void initrd_note(struct kimg_initrd *initrd, bool bad, const char *format, ...)
{
	struct kimg_note *note;
	va_list ap;

	if (++initrd->note_count > MAX_NOTES)
		return;
	note = arena_alloc(&initrd->arena, sizeof(*note));
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

/* Zero after an error, too, so that it can be freed. */
static struct kimg_error *new_initrd(const struct kimg_initrd_options *options,
				     struct kimg_initrd **ret)
{
	struct kimg_initrd *initrd = calloc(1, sizeof(*initrd));

	*ret = initrd;
	if (!initrd)
		return error_nomem();
	initrd->limits = options ? options->limits : KIMG_LIMITS_DEFAULT;
	return rootfs_init(&initrd->rootfs, initrd->limits.memory, true);
}

static void free_initrd(struct kimg_initrd **initrd)
{
	kimg_initrd_free(*initrd);
}

struct kimg_error *kimg_initrd_open_bytes(const void *bytes, size_t size,
					  const struct kimg_initrd_options *options,
					  struct kimg_initrd **ret_initrd)
{
	cleanup(free_initrd) struct kimg_initrd *initrd = NULL;

	TRY(new_initrd(options, &initrd));
	TRY(initrd_find_bytes(initrd, span_of(bytes, size), options ? options->part : NULL));
	TRY(ramdisk_open(initrd));
	*ret_initrd = initrd;
	initrd = NULL;
	return NULL;
}

struct kimg_error *kimg_initrd_open(const char *path, const struct kimg_initrd_options *options,
				    struct kimg_initrd **ret_initrd)
{
	cleanup(free_initrd) struct kimg_initrd *initrd = NULL;

	TRY(new_initrd(options, &initrd));
	TRY(blob_open(&initrd->file, path, &initrd->limits));
	TRY(error_wrap(
		initrd_find_bytes(initrd, blob_span(&initrd->file), options ? options->part : NULL),
		"%s", path));
	TRY(error_wrap(ramdisk_open(initrd), "%s", path));
	*ret_initrd = initrd;
	initrd = NULL;
	return NULL;
}

void kimg_initrd_free(struct kimg_initrd *initrd)
{
	if (!initrd)
		return;
	for (struct segment *segment = initrd->segments; segment; segment = segment->next)
		arrival_done(&segment->arrival);
	kimg_error_free(initrd->broken);
	rootfs_done(&initrd->rootfs);
	if (initrd->ramdisk)
		ramdisk_close(initrd->ramdisk);
	blob_done(&initrd->unpacked);
	kimg_image_free(initrd->image);
	blob_done(&initrd->file);
	arena_done(&initrd->arena);
	free(initrd->list);
	free(initrd);
}

/* ---- entries ---- */

static struct kimg_error *next(struct kimg_initrd *initrd, bool *ret_got)
{
	struct kimg_error *error = initrd->broken;

	initrd->broken = NULL;
	if (initrd->ramdisk)
		return ramdisk_next(initrd->ramdisk, ret_got);
	while (!error && !*ret_got) {
		size_t index;

		if (!initrd->segment)
			TRY(segment_next(initrd));
		if (!initrd->segment)
			return NULL;
		index = initrd->segment->about.index;
		error = error_wrap(archive_next(initrd, ret_got), "segment %zu", index);
	}
	return error;
}

struct kimg_error *initrd_next(struct kimg_initrd *initrd, bool *ret_got)
{
	struct kimg_error *error = NULL;

	*ret_got = false;
	if (!initrd->ended)
		error = next(initrd, ret_got);
	initrd->ended |= !*ret_got;
	return error;
}

struct kimg_error *kimg_initrd_next(struct kimg_initrd *initrd,
				    const struct kimg_initrd_entry **ret_entry)
{
	bool got;

	TRY(initrd_next(initrd, &got));
	*ret_entry = got ? &initrd->entry : NULL;
	return NULL;
}

struct kimg_error *initrd_rewind(struct kimg_initrd *initrd)
{
	rootfs_done(&initrd->rootfs);
	TRY(rootfs_init(&initrd->rootfs, initrd->limits.memory, !initrd->ramdisk));
	kimg_error_free(initrd->broken);
	initrd->broken = NULL;
	initrd->at = 0;
	initrd->decoded = 0;
	initrd->behind_archive = false;
	initrd->ended = false;
	initrd->segment = NULL;
	initrd->previous = NULL;
	initrd->notes = NULL;
	initrd->last_note = NULL;
	initrd->note_count = 0;
	return initrd->ramdisk ? ramdisk_rewind(initrd->ramdisk) : NULL;
}

struct kimg_error *initrd_read_all(struct kimg_initrd *initrd)
{
	bool got = true;

	while (got)
		TRY(initrd_next(initrd, &got));
	return NULL;
}

/* ---- what is known of them ---- */

struct kimg_error *initrd_file_data(struct kimg_initrd *initrd, const struct rootfs_file *file,
				    struct span *ret_data)
{
	*ret_data = file->data;
	return file->inode ? ramdisk_data(initrd->ramdisk, file, ret_data) : NULL;
}

struct kimg_error *kimg_initrd_data(struct kimg_initrd *initrd, const void **ret_bytes,
				    size_t *ret_size)
{
	const struct rootfs_node *node = initrd->change.node;
	struct span data = initrd->data;

	if (node && S_ISREG(node->file->mode) &&
	    (node->file->inode || initrd->entry.effect == KIMG_INITRD_LINKED))
		TRY(initrd_file_data(initrd, node->file, &data));
	*ret_bytes = data.p;
	*ret_size = data.n;
	return NULL;
}

static void show_file(struct kimg_initrd *initrd, const struct rootfs_file *file)
{
	struct kimg_initrd_entry *entry = &initrd->entry;

	*entry = (struct kimg_initrd_entry){
		.segment = entry->segment,
		.target = (const char *)file->target.p,
		.target_size = file->target.n,
		.offset = file->inode,
		.size = file->size,
		.mode = file->mode,
		.uid = file->uid,
		.gid = file->gid,
		.mtime = file->mtime,
		.rdev_major = file->rdev_major,
		.rdev_minor = file->rdev_minor,
		.effect = KIMG_INITRD_MADE,
	};
	for (const struct rootfs_node *name = file->names; name; name = name->next_name)
		entry->nlink++;
	initrd->data = file->data;
}

struct kimg_error *kimg_initrd_find(struct kimg_initrd *initrd, const char *path,
				    const struct kimg_initrd_entry **ret_entry)
{
	char buffer[ROOTFS_PATH];
	const char *name;
	struct kimg_error *error = initrd_read_all(initrd);
	struct rootfs_node *node = rootfs_find(&initrd->rootfs, span_of(path, strlen(path)), true);
	char *copy;

	if (error && !node)
		return error;
	kimg_error_free(error);
	if (!node)
		return error_new(KIMG_E_NOT_FOUND, "%s: not in the initrd", path);
	name = rootfs_path(node, buffer);
	if (!name)
		return error_new(KIMG_E_LIMIT, "%s: its path is too long", path);
	copy = arena_copy(&initrd->arena, name, strlen(name));
	if (!copy)
		return error_nomem();
	show_file(initrd, node->file);
	initrd->change = (struct rootfs_change){ .node = node };
	initrd->entry.name = copy;
	initrd->entry.name_size = strlen(copy);
	*ret_entry = &initrd->entry;
	return NULL;
}

const struct kimg_initrd_segment *const *kimg_initrd_segments(const struct kimg_initrd *initrd,
							      size_t *ret_count)
{
	*ret_count = initrd->ramdisk ? 1 : initrd->count;
	return initrd->ramdisk ? ramdisk_segments(initrd->ramdisk) : initrd->list;
}

const struct kimg_note *kimg_initrd_notes(const struct kimg_initrd *initrd)
{
	return initrd->notes;
}
