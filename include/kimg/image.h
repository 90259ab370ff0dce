/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef KIMG_IMAGE_H
#define KIMG_IMAGE_H

#include "kimg/error.h"
#include "kimg/limits.h"
#include "kimg/part.h"

#pragma GCC visibility push(default)
#ifdef __cplusplus
extern "C" {
#endif

struct kimg_image;

/* How much is worked out when an image is opened. More can be asked for later, part by part. */
enum kimg_depth {
	KIMG_HEADERS, /* what headers tell: nothing is decoded, no byte of a payload is read */
	KIMG_DEEP,    /* everything: payloads decoded and explained, checksums verified */
};

struct kimg_options {
	enum kimg_depth depth;
	struct kimg_limits limits;
};

#define KIMG_OPTIONS_DEFAULT \
	((struct kimg_options){ .depth = KIMG_HEADERS, .limits = KIMG_LIMITS_DEFAULT })

/*
 * Opens the image at path ("-" reads standard input) and explains it. options may be NULL for the
 * defaults. A damaged image opens too, as far as it can be read: its parts carry notes.
 *
 * Errors: KIMG_E_IO, KIMG_E_LIMIT, KIMG_E_NOMEM; KIMG_E_NOT_FOUND where no format fits,
 * KIMG_E_AMBIGUOUS where several fit equally well, KIMG_E_UNSUPPORTED for what is known by name only.
 */
struct kimg_error *kimg_image_open(const char *path, const struct kimg_options *options,
				   struct kimg_image **ret_image);

/* The same for bytes in memory, which the caller keeps until kimg_image_free(). */
struct kimg_error *kimg_image_open_bytes(const void *bytes, size_t size,
					 const struct kimg_options *options,
					 struct kimg_image **ret_image);

/* NULL is fine. Everything that came from the image goes with it. */
void kimg_image_free(struct kimg_image *image);

/*
 * One stable word for what the file is ("bzimage", "uki", "image-arm64.gzip"). Reads headers only; to
 * tell what is inside a bare compressed file it may decode up to 4 KiB. Errors as kimg_image_open().
 * *ret_word belongs to the caller, who frees it with free().
 */
struct kimg_error *kimg_identify(const char *path, const struct kimg_limits *limits,
				 char **ret_word);

/* The same word for an image that is open; it belongs to the image. */
const char *kimg_image_word(struct kimg_image *image);

/*
 * What people call the format of that name (of struct kimg_part, or a word of kimg_identify):
 * "Linux x86 bzImage". NULL where no driver has that name.
 */
const char *kimg_format_title(const char *name);

/*
 * Whether the tree holds all parts of what was opened and expanded so far: false where the limit on parts
 * left some out.
 */
bool kimg_image_is_complete(const struct kimg_image *image);

/* The whole file. */
const struct kimg_part *kimg_image_root(const struct kimg_image *image);

/*
 * Works out what part holds: finds payloads that no header points to, decodes the part if it is
 * compressed and explains what comes out, as KIMG_DEEP does for all. Errors: what stopped it; the tree
 * stays valid. A part that is done already costs nothing.
 */
struct kimg_error *kimg_part_expand(struct kimg_image *image, const struct kimg_part *part);

/*
 * Verifies what part lies in, from part itself up to the whole file: the checksums and hashes that the
 * containers have. What does not fit becomes a bad note on the part that it is about. KIMG_E_NOMEM.
 */
struct kimg_error *kimg_part_verify(struct kimg_image *image, const struct kimg_part *part);

/*
 * Finds a part by its name ("initrd", "dtb-2") or by its path from the root ("payload/vmlinux"). The
 * shallowest match wins. Expands what it must on the way. KIMG_E_NOT_FOUND, KIMG_E_AMBIGUOUS (several
 * at the same depth).
 */
struct kimg_error *kimg_image_find(struct kimg_image *image, const char *name,
				   const struct kimg_part **ret_part);

/* The innermost kernel; decodes all layers down to it. KIMG_E_NOT_FOUND where there is none. */
struct kimg_error *kimg_image_kernel(struct kimg_image *image, const struct kimg_part **ret_part);

/*
 * The bytes of a part: as they are stored, or (decoded) what comes out of its codec, where it has one.
 * They belong to the image. Errors: KIMG_E_TRUNCATED for a part that lacks its end, and those of
 * kimg_part_expand().
 */
struct kimg_error *kimg_part_bytes(struct kimg_image *image, const struct kimg_part *part,
				   bool decoded, const void **ret_bytes, size_t *ret_size);

#ifdef __cplusplus
}
#endif
#pragma GCC visibility pop
#endif
