/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BASE_CLEANUP_H
#define BASE_CLEANUP_H

#include <stdlib.h>

/* Runs free_function(&variable) when the variable goes out of scope. */
#define cleanup(free_function) __attribute__((__cleanup__(free_function)))

#define must_check              __attribute__((warn_unused_result))
#define printf_like(fmt, first) __attribute__((__format__(__printf__, fmt, first)))

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

static inline void free_pointer(void *p)
{
	free(*(void **)p);
}

/* A char * or other malloc'ed memory that is freed at the end of its scope. */
#define cleanup_free cleanup(free_pointer)

#endif
