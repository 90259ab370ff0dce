/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BASE_BUF_H
#define BASE_BUF_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/cleanup.h"
#include "base/span.h"

/*
 * A growing heap buffer. Zero-initialise; buf_done() frees it. Its failure (no memory) is sticky:
 * check failed once at the end. What it holds is always followed by a NUL that n does not count.
 */
struct buf {
	char *p;
	size_t n;
	size_t size;
	bool failed;
};

/* Makes room for more bytes and a NUL behind n; false where there is none. */
bool buf_reserve(struct buf *buf, size_t more);

static inline void buf_add(struct buf *buf, const void *p, size_t n)
{
	if (n >= buf->size - buf->n && !buf_reserve(buf, n))
		return;
	if (n)
		memcpy(buf->p + buf->n, p, n);
	buf->n += n;
	buf->p[buf->n] = '\0';
}

static inline void buf_putc(struct buf *buf, char c)
{
	buf_add(buf, &c, 1);
}

void buf_puts(struct buf *buf, const char *text);
void buf_fill(struct buf *buf, char c, size_t n);
void buf_decimal(struct buf *buf, uint64_t value);
void buf_printf(struct buf *buf, const char *format, ...) printf_like(2, 3);
void buf_done(struct buf *buf);

static inline struct span buf_span(const struct buf *buf)
{
	return span_of(buf->p, buf->n);
}

#define cleanup_buf cleanup(buf_done)

#endif
