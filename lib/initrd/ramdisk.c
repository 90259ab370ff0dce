/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The files of an old ramdisk, as entries: each folder before what is in it, from the root on. */
#include "initrd/ramdisk.h"

#include <inttypes.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "format/registry.h"
#include "initrd/reader.h"

static const struct ramdisk_driver *const drivers[] = {
	&ramdisk_ext2, &ramdisk_minix, &ramdisk_romfs, &ramdisk_cramfs, &ramdisk_squashfs,
};

struct pending {
	struct pending *next;
	const char *path;
	size_t path_size;
	uint64_t number;
};

/* A file system, and what of it is still to come. */
struct ramdisk_walk {
	struct kimg_initrd *initrd;
	const struct ramdisk_driver *driver;
	void *fs;
	struct arena arena;
	struct pending *first; /* what comes next */
	struct pending **at;   /* where the names of the folder that is listed go */
	const struct pending *folder;
	uint64_t *seen; /* numbers of folders, in a table with open addresses; 0 is empty */
	size_t seen_count, seen_size;
	uint64_t entries, entries_most;
	uint64_t memory;
	uint64_t read; /* bytes of files so far */
	struct blob scratch;
	struct kimg_initrd_segment about;
	const struct kimg_initrd_segment *list[1];
};

/* ---- what is shared by the readers ---- */

void ramdisk_put(struct blob *out, struct span bytes)
{
	size_t room = out->size - out->n < out->max - out->n ? out->size - out->n
							     : out->max - out->n;

	bytes = span_clip(bytes, 0, room);
	if (bytes.n)
		memcpy(out->p + out->n, bytes.p, bytes.n);
	out->n += bytes.n;
}

/* The memory is fresh: it holds zeroes. */
void ramdisk_put_zeroes(struct blob *out, uint64_t n)
{
	size_t room = out->size - out->n < out->max - out->n ? out->size - out->n
							     : out->max - out->n;

	out->n += n < room ? n : room;
}

/* ---- names ---- */

static void *take(struct ramdisk_walk *w, size_t size)
{
	if (size > w->initrd->limits.memory - w->memory)
		return NULL;
	w->memory += size;
	return arena_alloc(&w->arena, size);
}

static struct kimg_error *too_much(const struct ramdisk_walk *w)
{
	return error_new(KIMG_E_LIMIT,
			 "its names need more than the limit of %" PRIu64 " bytes of memory",
			 w->initrd->limits.memory);
}

static bool is_name(struct span name)
{
	return name.n && !memchr(name.p, '/', name.n) && !memchr(name.p, 0, name.n) &&
	       !span_equal(name, SPAN_LITERAL(".")) && !span_equal(name, SPAN_LITERAL(".."));
}

struct kimg_error *ramdisk_found(struct ramdisk_walk *w, struct span name, uint64_t number)
{
	size_t before = w->folder->path_size ? w->folder->path_size + 1 : 0;
	struct pending *pending;
	char *path;

	if (++w->entries > w->entries_most)
		return error_new(KIMG_E_CORRUPT,
				 "more names than a file system of that size holds");
	if (!is_name(name))
		return NULL;
	if (before + name.n >= ROOTFS_PATH) {
		initrd_note(w->initrd, true, "%s: a path below it is too long", w->folder->path);
		return NULL;
	}
	pending = take(w, sizeof(*pending));
	path = pending ? take(w, before + name.n + 1) : NULL;
	if (!path)
		return too_much(w);
	if (before) {
		memcpy(path, w->folder->path, before - 1);
		path[before - 1] = '/';
	}
	memcpy(path + before, name.p, name.n);
	*pending = (struct pending){
		.next = *w->at, .path = path, .path_size = before + name.n, .number = number
	};
	*w->at = pending;
	w->at = &pending->next;
	return NULL;
}

/* ---- folders that were listed: each is once, or it may lead into itself ---- */

static bool put_seen(uint64_t *table, size_t size, uint64_t number)
{
	size_t at = (number * 0x9e3779b97f4a7c15) >> 20;

	for (;; at++) {
		uint64_t *slot = &table[at & (size - 1)];

		if (*slot == number)
			return false;
		if (*slot == 0) {
			*slot = number;
			return true;
		}
	}
}

static struct kimg_error *first_time(struct ramdisk_walk *w, uint64_t number, bool *ret)
{
	if (2 * w->seen_count >= w->seen_size) {
		size_t size = w->seen_size ? 2 * w->seen_size : 256;
		uint64_t *table = calloc(size, sizeof(*table));

		if (!table)
			return error_nomem();
		for (size_t i = 0; i < w->seen_size; i++)
			if (w->seen[i])
				put_seen(table, size, w->seen[i]);
		free(w->seen);
		w->seen = table;
		w->seen_size = size;
	}
	*ret = put_seen(w->seen, w->seen_size, number + 1);
	w->seen_count += *ret;
	return NULL;
}

/* ---- entries ---- */

static struct kimg_error *read_bytes(struct ramdisk_walk *w, uint64_t number, uint64_t size,
				     struct span *ret)
{
	if (size > w->initrd->limits.output - w->read)
		return error_new(KIMG_E_LIMIT,
				 "its files have more than the limit of %" PRIu64 " bytes",
				 w->initrd->limits.output);
	blob_done(&w->scratch);
	blob_init(&w->scratch, size);
	*ret = (struct span){ 0 };
	if (size == 0)
		return NULL;
	TRY(blob_reserve(&w->scratch, size));
	TRY(w->driver->read(w->fs, number, &w->scratch, size));
	w->read += w->scratch.n;
	*ret = blob_span(&w->scratch);
	return NULL;
}

struct kimg_error *ramdisk_data(struct ramdisk_walk *w, const struct rootfs_file *file,
				struct span *ret)
{
	return read_bytes(w, file->inode - 1, file->size, ret);
}

static struct kimg_error *set_target(struct ramdisk_walk *w, const struct pending *pending,
				     struct kimg_initrd_entry *entry)
{
	struct span target;
	char *copy;

	if (entry->size > ROOTFS_PATH) {
		initrd_note(w->initrd, true, "%s: the target of the link is too long", entry->name);
		entry->size = 0;
	}
	TRY(read_bytes(w, pending->number, entry->size, &target));
	target = span_text(target);
	copy = take(w, target.n + 1);
	if (!copy)
		return too_much(w);
	if (target.n)
		memcpy(copy, target.p, target.n);
	entry->target = copy;
	entry->size = entry->target_size = target.n;
	return NULL;
}

static void set_entry(struct ramdisk_walk *w, const struct pending *pending,
		      const struct ramdisk_inode *inode)
{
	w->initrd->entry = (struct kimg_initrd_entry){
		.segment = &w->about,
		.name = pending->path_size ? pending->path : ".",
		.name_size = pending->path_size ? pending->path_size : 1,
		.offset = pending->number,
		.size = S_ISREG(inode->mode) || S_ISLNK(inode->mode) ? inode->size : 0,
		.mode = inode->mode,
		.uid = inode->uid,
		.gid = inode->gid,
		.nlink = inode->nlink,
		/* The kernel's numbers have 64 bits; what tells hard links here has these. */
		.ino = pending->number,
		.mtime = inode->mtime,
		.rdev_major = inode->major,
		.rdev_minor = inode->minor,
		.effect = KIMG_INITRD_MADE,
	};
	w->initrd->devno[0] = pending->number >> 32;
	w->initrd->devno[1] = 0;
	w->initrd->data = (struct span){ 0 };
}

static struct kimg_error *list_folder(struct ramdisk_walk *w, const struct pending *folder)
{
	bool first;

	TRY(first_time(w, folder->number, &first));
	if (!first) {
		initrd_note(w->initrd, true, "%s: a folder that is in another place, too",
			    w->initrd->entry.name);
		return NULL;
	}
	w->folder = folder;
	w->at = &w->first;
	return w->driver->list(w->fs, folder->number, w);
}

/* What is wrong with one file does not hide the others. */
static struct kimg_error *passed_over(struct ramdisk_walk *w, const struct pending *pending,
				      struct kimg_error *error)
{
	char text[256];

	if (!error || kimg_error_code(error) == KIMG_E_NOMEM ||
	    kimg_error_code(error) == KIMG_E_LIMIT)
		return error;
	kimg_error_format(error, text, sizeof(text));
	kimg_error_free(error);
	initrd_note(w->initrd, true, "%s: %s", pending->path_size ? pending->path : "/", text);
	return NULL;
}

static struct kimg_error *show(struct ramdisk_walk *w, const struct pending *pending, bool *ret_got)
{
	struct kimg_initrd *initrd = w->initrd;
	struct ramdisk_inode inode = { 0 };
	struct kimg_error *error = w->driver->inode(w->fs, pending->number, &inode);

	if (error)
		return passed_over(w, pending, error);
	set_entry(w, pending, &inode);
	if (S_ISLNK(inode.mode))
		TRY(passed_over(w, pending, set_target(w, pending, &initrd->entry)));
	TRY(rootfs_add(&initrd->rootfs, &initrd->entry, initrd->data, initrd->devno,
		       &initrd->change));
	if (initrd->change.node && S_ISREG(inode.mode))
		initrd->change.node->file->inode = pending->number + 1;
	w->about.entries++;
	*ret_got = true;
	if (S_ISDIR(inode.mode))
		return passed_over(w, pending, list_folder(w, pending));
	return NULL;
}

struct kimg_error *ramdisk_next(struct ramdisk_walk *w, bool *ret_got)
{
	*ret_got = false;
	while (w->first && !*ret_got) {
		const struct pending *pending = w->first;

		w->first = pending->next;
		TRY(show(w, pending, ret_got));
	}
	return NULL;
}

/* ---- opening ---- */

struct kimg_error *ramdisk_rewind(struct ramdisk_walk *w)
{
	struct pending *root;

	arena_done(&w->arena);
	free(w->seen);
	w->seen = NULL;
	w->seen_count = w->seen_size = 0;
	w->entries = w->memory = w->read = 0;
	w->about.entries = 0;
	root = take(w, sizeof(*root));
	if (!root)
		return too_much(w);
	*root = (struct pending){ .path = "", .number = w->driver->root(w->fs) };
	w->first = root;
	return NULL;
}

static const struct ramdisk_driver *driver_of(struct span image)
{
	const struct format *format;
	struct kimg_error *error = format_identify(image, &format);

	kimg_error_free(error);
	for (size_t i = 0; !error && i < ARRAY_SIZE(drivers); i++)
		if (strcmp(drivers[i]->name, format->name) == 0)
			return drivers[i];
	return NULL;
}

/* The kernel looks at as much of what a stream holds (identify_ramdisk_image() of init/do_mounts_rd.c, 6.12). */
static const struct ramdisk_driver *packed_driver(struct span s, const struct kimg_limits *limits)
{
	const struct codec *codec = codec_detect(s, NULL);
	uint8_t head[4096];
	struct kimg_error *error;
	size_t n = 0;

	if (!codec)
		return NULL;
	error = codec->peek(s, limits, head, sizeof(head), &n);
	kimg_error_free(error);
	return error ? NULL : driver_of(span_of(head, n));
}

static struct kimg_error *unpack(struct kimg_initrd *initrd, struct ramdisk_walk *w)
{
	const struct codec *codec = codec_detect(initrd->bytes, NULL);
	size_t consumed;

	TRY(codec_decode(codec, initrd->bytes, 0, &initrd->limits, &initrd->unpacked, &consumed));
	w->about.codec = codec->name;
	w->about.stored = consumed;
	return NULL;
}

struct kimg_error *ramdisk_open(struct kimg_initrd *initrd)
{
	const struct ramdisk_driver *driver = driver_of(initrd->bytes);
	bool packed = !driver;
	struct span image = initrd->bytes;
	struct ramdisk_walk *w;

	if (packed)
		driver = packed_driver(initrd->bytes, &initrd->limits);
	if (!driver)
		return NULL;
	w = arena_alloc(&initrd->arena, sizeof(*w));
	if (!w)
		return error_nomem();
	initrd->ramdisk = w;
	w->initrd = initrd;
	w->driver = driver;
	w->about = (struct kimg_initrd_segment){ .format = driver->name, .stored = image.n };
	w->list[0] = &w->about;
	if (packed) {
		TRY(unpack(initrd, w));
		image = blob_span(&initrd->unpacked);
	}
	w->about.size = image.n;
	/* A name takes more than one byte of the file system, packed or not. */
	w->entries_most = image.n + 65536;
	TRY(error_wrap(driver->open(image, &initrd->limits, &initrd->arena, &w->fs), "%s",
		       driver->name));
	/* With a tree of its own: the kernel has nothing in it. */
	return initrd_rewind(initrd);
}

const struct kimg_initrd_segment *const *ramdisk_segments(const struct ramdisk_walk *w)
{
	return w->list;
}

void ramdisk_close(struct ramdisk_walk *w)
{
	if (w->fs && w->driver->close)
		w->driver->close(w->fs);
	arena_done(&w->arena);
	blob_done(&w->scratch);
	free(w->seen);
}
