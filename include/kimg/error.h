/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef KIMG_ERROR_H
#define KIMG_ERROR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#pragma GCC visibility push(default)
#ifdef __cplusplus
extern "C" {
#endif

/*
 * What went wrong. A function that can fail returns a struct kimg_error *: NULL for success, else an
 * object that the caller owns and frees with kimg_error_free(). Results go out through the ret_
 * parameters, which stay untouched on failure.
 */
enum kimg_code {
	KIMG_E_NOMEM = 1, /* out of memory; the object is static and freeing it does nothing */
	KIMG_E_IO,        /* the system refused: kimg_error_errno() says why */
	KIMG_E_TRUNCATED, /* something runs past the end of its bytes */
	KIMG_E_CORRUPT,   /* the bytes contradict the format */
	KIMG_E_MISMATCH, /* two things that should agree do not: a field and the bytes, a checksum */
	KIMG_E_UNSUPPORTED, /* known, named, and not handled */
	KIMG_E_LIMIT,       /* a limit of struct kimg_limits was reached */
	KIMG_E_NOT_FOUND,   /* nothing here fits */
	KIMG_E_AMBIGUOUS,   /* more than one thing fits */
	KIMG_E_INVALID,     /* the caller asked for something that makes no sense */
};

struct kimg_error;

enum kimg_code kimg_error_code(const struct kimg_error *error);

/* The errno of the failed call, or 0 where there was none. */
int kimg_error_errno(const struct kimg_error *error);

/* Whether the error belongs to a place in the input; *ret_offset is then its offset in bytes. */
bool kimg_error_offset(const struct kimg_error *error, uint64_t *ret_offset);

/* The message of this error alone. Never NULL; lives as long as the error. */
const char *kimg_error_message(const struct kimg_error *error);

/* The error below this one, or NULL. Belongs to this error. */
const struct kimg_error *kimg_error_cause(const struct kimg_error *error);

/*
 * Writes the whole chain, outermost first, into text (size bytes, always terminated when size > 0):
 * "vmlinuz: bzimage: setup runs past the end (offset 0x0)". Returns the length that it wanted.
 */
size_t kimg_error_format(const struct kimg_error *error, char *text, size_t size);

/* NULL is fine. */
void kimg_error_free(struct kimg_error *error);

#ifdef __cplusplus
}
#endif
#pragma GCC visibility pop
#endif
