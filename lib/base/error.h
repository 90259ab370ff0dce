/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BASE_ERROR_H
#define BASE_ERROR_H

#include <stdarg.h>

#include "base/cleanup.h"
#include "kimg/error.h"

/* All of these return an error object, never NULL; where memory is short, the static one. */
struct kimg_error *error_new(enum kimg_code code, const char *format, ...) must_check
	printf_like(2, 3);

/* With the place in the input, in bytes. */
struct kimg_error *error_at(enum kimg_code code, uint64_t offset, const char *format,
			    ...) must_check printf_like(3, 4);

/* KIMG_E_IO with an errno value, whose text is added to the message. */
struct kimg_error *error_system(int number, const char *format, ...) must_check printf_like(2, 3);

struct kimg_error *error_nomem(void) must_check;

/*
 * Says more about cause, which it takes over: the new error has the code of the cause. NULL stays
 * NULL, so that the result of a call can be wrapped without a test.
 */
struct kimg_error *error_wrap(struct kimg_error *cause, const char *format, ...) must_check
	printf_like(2, 3);

/*
 * Adds by to the offsets of error and its causes: for a caller that handed a part of its bytes down.
 * Returns error; NULL stays NULL.
 */
struct kimg_error *error_shift(struct kimg_error *error, uint64_t by);

static inline void error_free_pointer(struct kimg_error **error)
{
	kimg_error_free(*error);
}

#define cleanup_error cleanup(error_free_pointer)

/* Hands an error of expression up to the caller. */
#define TRY(expression)                                      \
	do {                                                 \
		struct kimg_error *try_error = (expression); \
		if (try_error)                               \
			return try_error;                    \
	} while (0)

#endif
