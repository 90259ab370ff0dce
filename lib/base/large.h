/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BASE_LARGE_H
#define BASE_LARGE_H

#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>

#include "base/cleanup.h"

/*
 * Memory for count objects of that size, for free(). What is large lies in huge pages: a page fault for each
 * 4 KiB would cost more than most work on them does. Memory that is not written to is not taken, but for
 * the rest of the last huge page. NULL where there is none.
 */
static inline must_check void *large_alloc(size_t count, size_t object)
{
	const size_t huge_page = 2 << 20;
	size_t size;
	void *p;

	if (__builtin_mul_overflow(count, object, &size) || size > PTRDIFF_MAX - huge_page)
		return NULL;
	if (size < huge_page)
		return malloc(size ? size : 1);
	size = (size + huge_page - 1) & ~(huge_page - 1);
	p = aligned_alloc(huge_page, size);
	if (p)
		madvise(p, size, MADV_HUGEPAGE);
	return p;
}

#endif
