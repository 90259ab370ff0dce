/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The initrd in a file: the file itself, or one part of an image. Parts inside of a part that is an initrd are its
 * segments, which are read as the kernel reads them, not as the tree of parts shows them.
 */
#include "base/buf.h"
#include "format/registry.h"
#include "initrd/reader.h"
#include "kimg/kernel.h"

/* Names of parts that are listed where there are several. */
#define MAX_TOLD 16

struct search {
	const struct kimg_part *first;
	size_t count;
	struct buf names;
};

static void search_done(struct search *search)
{
	buf_done(&search->names);
}

static void found(struct search *search, const struct kimg_part *part)
{
	if (search->count++ == 0)
		search->first = part;
	if (search->count > MAX_TOLD)
		return;
	buf_puts(&search->names, search->names.n ? ", " : "");
	buf_puts(&search->names, part->name);
}

/* Parts lie at most limits.depth deep. */
static void look(struct search *search, const struct kimg_part *part)
{
	if (part->kind == KIMG_PART_INITRD) {
		found(search, part);
		return;
	}
	for (const struct kimg_part *child = part->children; child; child = child->next)
		look(search, child);
	if (part->content)
		look(search, part->content);
}

/* Those that headers show; else the one that is built into the kernel, which has to be decoded for that. */
static struct kimg_error *search_image(struct kimg_image *image, struct search *search)
{
	const struct kimg_part *kernel;
	struct kimg_error *error;

	look(search, kimg_image_root(image));
	if (search->count)
		return NULL;
	error = kimg_kernel_examine(image, KIMG_DEEP, &kernel);
	if (error && kimg_error_code(error) == KIMG_E_NOT_FOUND) {
		kimg_error_free(error);
		return NULL;
	}
	if (!error)
		look(search, kernel);
	return error;
}

/* What is in the kernel itself shows up when that is examined. */
static struct kimg_error *find_named(struct kimg_image *image, const char *name,
				     const struct kimg_part **ret_part)
{
	struct kimg_error *error = kimg_image_find(image, name, ret_part);

	if (!error || kimg_error_code(error) != KIMG_E_NOT_FOUND)
		return error;
	kimg_error_free(kimg_kernel_examine(image, KIMG_DEEP, NULL));
	kimg_error_free(error);
	return kimg_image_find(image, name, ret_part);
}

static struct kimg_error *find_part(struct kimg_image *image, const char *name,
				    const struct kimg_part **ret_part)
{
	cleanup(search_done) struct search search = { 0 };

	if (name)
		return find_named(image, name, ret_part);
	TRY(search_image(image, &search));
	if (search.names.failed)
		return error_nomem();
	if (search.count == 0)
		return error_new(KIMG_E_NOT_FOUND, "no initial RAM disk in it");
	if (search.count > 1)
		return error_new(KIMG_E_AMBIGUOUS, "holds several initial RAM disks: %s%s",
				 search.names.p, search.count > MAX_TOLD ? ", ..." : "");
	*ret_part = search.first;
	return NULL;
}

/* What a loader hands to the kernel as it is: whatever the file is besides, its first bytes are those of a segment. */
static bool looks_like_segments(struct span s)
{
	return s.n && (s.p[0] == 0 || s.p[0] == '0' || codec_detect(s, NULL));
}

/* "gzip", "cpio.zstd", "ext2.gzip": no more than the stream of an initrd. "image-arm64.gzip" is none. */
static bool is_packed_initrd(const char *word)
{
	const char *dot = strrchr(word, '.');

	if (!dot)
		return codec_by_name(word);
	return codec_by_name(dot + 1) &&
	       (strncmp(word, "cpio.", 5) == 0 || initrd_is_ramdisk(word, dot - word));
}

bool initrd_is_ramdisk(const char *name, size_t n)
{
	static const char *const all[] = { "ext2", "minix", "romfs", "cramfs", "squashfs" };

	for (size_t i = 0; i < ARRAY_SIZE(all); i++)
		if (strlen(all[i]) == n && memcmp(all[i], name, n) == 0)
			return true;
	return false;
}

static bool is_whole(struct kimg_image *image)
{
	return kimg_image_root(image)->kind == KIMG_PART_INITRD ||
	       is_packed_initrd(kimg_image_word(image));
}

struct kimg_error *initrd_find_bytes(struct kimg_initrd *initrd, struct span file, const char *part)
{
	struct kimg_options options = { .depth = KIMG_HEADERS, .limits = initrd->limits };
	struct kimg_error *error = kimg_image_open_bytes(file.p, file.n, &options, &initrd->image);
	const struct kimg_part *found_part;
	const void *bytes;
	size_t size;

	initrd->bytes = file;
	if (error && (kimg_error_code(error) == KIMG_E_NOMEM || part || !looks_like_segments(file)))
		return error_wrap(error, "no initial RAM disk");
	kimg_error_free(error);
	if (error || (!part && is_whole(initrd->image)))
		return NULL;
	TRY(find_part(initrd->image, part, &found_part));
	TRY(kimg_part_bytes(initrd->image, found_part, false, &bytes, &size));
	initrd->bytes = span_of(bytes, size);
	return NULL;
}
