/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef IO_BLOB_H
#define IO_BLOB_H

#include "base/error.h"
#include "base/span.h"
#include "kimg/limits.h"

/*
 * Who owns bytes: a mapped file, or anonymous memory that a decoder or a pipe filled. Nothing else in
 * the library owns input or decoded bytes. Zero-initialise; blob_done() releases.
 *
 * A file stays mapped, so a file that somebody truncates meanwhile ends the program with SIGBUS, as it
 * does for every tool that maps its input.
 */
struct blob {
	uint8_t *p;
	size_t n;    /* bytes in use */
	size_t size; /* bytes mapped */
	size_t max;  /* n never grows past this */
	/*
	 * For who reads what a decoder makes while it goes on: called with the n that is reached, below which
	 * nothing changes any more. False stops the decoder. NULL: nobody does.
	 */
	bool (*grew)(struct blob *blob, size_t n);
};

/* Maps path; "-" and what cannot be mapped (pipes, /proc) is read whole, up to limits->input. */
struct kimg_error *blob_open(struct blob *blob, const char *path,
			     const struct kimg_limits *limits) must_check;

/* The same for a descriptor, which stays open; name is for messages. */
struct kimg_error *blob_read(struct blob *blob, int fd, const char *name,
			     const struct kimg_limits *limits) must_check;

/* Anonymous memory that may grow up to max bytes; pages are only taken when written to. */
void blob_init(struct blob *blob, size_t max);

/*
 * Makes room for more bytes after n. KIMG_E_LIMIT past max, KIMG_E_NOMEM where there is none. What is
 * in the blob may move.
 */
struct kimg_error *blob_reserve(struct blob *blob, size_t more) must_check;

/* Gives unused memory at the end back. */
void blob_trim(struct blob *blob);

void blob_done(struct blob *blob);

static inline struct span blob_span(const struct blob *blob)
{
	return span_of(blob->p, blob->n);
}

#define cleanup_blob cleanup(blob_done)

#endif
