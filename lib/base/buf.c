/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A growing heap buffer. */
#include "base/buf.h"

#include <stdio.h>
#include <stdlib.h>

bool buf_reserve(struct buf *buf, size_t more)
{
	size_t want;
	char *p;

	if (buf->failed || more > SIZE_MAX / 4 || buf->n > SIZE_MAX / 4)
		return !(buf->failed = true);
	want = buf->n + more + 1;
	if (want <= buf->size)
		return true;
	if (want < 2 * buf->size)
		want = 2 * buf->size;
	if (want < 64)
		want = 64;
	p = realloc(buf->p, want);
	if (!p)
		return !(buf->failed = true);
	buf->p = p;
	buf->size = want;
	return true;
}

void buf_puts(struct buf *buf, const char *text)
{
	buf_add(buf, text, strlen(text));
}

void buf_fill(struct buf *buf, char c, size_t n)
{
	if (!buf_reserve(buf, n))
		return;
	memset(buf->p + buf->n, c, n);
	buf->n += n;
	buf->p[buf->n] = '\0';
}

void buf_decimal(struct buf *buf, uint64_t value)
{
	char digits[20], *p = digits + sizeof(digits);

	do
		*--p = '0' + value % 10;
	while (value /= 10);
	buf_add(buf, p, digits + sizeof(digits) - p);
}

/* Where there is room already, once is enough. */
void buf_printf(struct buf *buf, const char *format, ...)
{
	size_t room = buf->failed ? 0 : buf->size - buf->n;
	va_list ap;
	int n;

	va_start(ap, format);
	n = vsnprintf(room ? buf->p + buf->n : NULL, room, format, ap);
	va_end(ap);
	if (n < 0 || !buf_reserve(buf, n))
		return;
	if ((size_t)n >= room) {
		va_start(ap, format);
		vsnprintf(buf->p + buf->n, (size_t)n + 1, format, ap);
		va_end(ap);
	}
	buf->n += n;
}

void buf_done(struct buf *buf)
{
	free(buf->p);
	*buf = (struct buf){ 0 };
}
