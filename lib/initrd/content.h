/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef INITRD_CONTENT_H
#define INITRD_CONTENT_H

#include <stdint.h>

#include "base/arena.h"
#include "base/error.h"
#include "base/span.h"

/*
 * What goes into an image that is made: a set of nodes by path. Whoever puts one in says why. Folders on the way to a
 * node come by themselves. The same path twice is one node if both mean the same, else KIMG_E_AMBIGUOUS with both
 * reasons; only an overlay (the user's own files) may replace what is there, and stays whatever comes later.
 */
enum content_kind { CONTENT_FOLDER, CONTENT_FILE, CONTENT_BYTES, CONTENT_LINK, CONTENT_DEVICE };

struct content_node {
	const char *path;   /* without a leading '/' */
	const char *source; /* FILE: the file on this machine; LINK: the target */
	struct span bytes;  /* BYTES: arena's, or the caller's for as long as the content lives */
	uint64_t size;      /* FILE, BYTES: content_add() finds it */
	/*
	 * Permissions; of a DEVICE with its type. 0: those of the source, without setuid and the like; 0755 for a
	 * folder, 0644 for bytes.
	 */
	uint32_t mode;
	uint32_t major, minor;
	enum content_kind kind;
	bool stored; /* is compressed already, as a FILE's name says: need not be compressed again */
	bool overlay; /* the user's own */
	/* FILE: which file source is, if that has several names, which stay names of one file; else 0. */
	uint64_t file_device, file_number;
	bool implied;                       /* came by itself: on the way to something */
	const char *why;                    /* "ext4: the file system of /" */
	const struct content_node *because; /* the node that asked for it, or NULL */
};

struct content; /* content.c */

struct kimg_error *content_new(struct content **ret) must_check;
void content_free(struct content *content);

/*
 * /bin, /sbin, /lib* are links where they are links below sysroot ("" for this machine), as on systems with a merged
 * /usr: each comes into the image when something goes below it. For before the first content_add().
 */
struct kimg_error *content_use_links(struct content *content, const char *sysroot) must_check;

/* Those of these links that lead to a folder that is there come in too: programs count on /bin and /sbin. */
struct kimg_error *content_complete_links(struct content *content) must_check;

/* Memory that lives as long as the content. */
struct arena *content_arena(struct content *content);

/*
 * Puts a node in; all texts are copied. because may be NULL. *ret (may be NULL) is the node, which stays where it is.
 * Links of the content on the way to it are followed, so that its path may become another. For a FILE, source is
 * followed if it is a link; KIMG_E_NOT_FOUND where there is none.
 */
struct kimg_error *content_add(struct content *content, const struct content_node *node,
			       const struct content_node **ret) must_check;

/* The node at path, or NULL. Links on the way are followed; a link at its end is not. */
const struct content_node *content_find(const struct content *content, const char *path);

/* All nodes in the order that they are packed in: by path, folders before what is in them. NULL: out of memory. */
const struct content_node *const *content_sorted(struct content *content, size_t *ret_n);

#endif
