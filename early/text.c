/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "text.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "log.h"

void *text_alloc(size_t n)
{
	return text_grow(NULL, n);
}

void *text_grow(void *p, size_t n)
{
	void *grown = realloc(p, n ? n : 1);

	if (!grown)
		log_die("out of memory");
	return grown;
}

char *text_copy(const char *s, size_t n)
{
	char *copy = text_alloc(n + 1);

	memcpy(copy, s, n);
	copy[n] = '\0';
	return copy;
}

char *text_print(char *out, size_t n, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(out, n, format, args);
	va_end(args);
	return out;
}

char *text_read(const char *path, size_t *ret_n)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	size_t room = 4096;
	size_t n = 0;
	ssize_t got = fd < 0 ? -1 : 0;
	char *data = NULL;

	while (fd >= 0 && n < TEXT_LIMIT) {
		data = text_grow(data, room);
		got = read(fd, data + n, room - n - 1);
		if (got <= 0)
			break;
		n += (size_t)got;
		if (n + 1 == room)
			room *= 4;
	}
	if (fd >= 0)
		close(fd);
	if (got < 0 || n >= TEXT_LIMIT) {
		free(data);
		return NULL;
	}
	data[n] = '\0';
	if (ret_n)
		*ret_n = n;
	return data;
}

bool text_read_line(const char *path, char *out, size_t n)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t got;

	if (fd < 0)
		return false;
	got = read(fd, out, n - 1);
	close(fd);
	out[got > 0 ? got : 0] = '\0';
	out[strcspn(out, "\n")] = '\0';
	return got >= 0;
}

bool text_write(const char *path, const char *content)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	ssize_t n = (ssize_t)strlen(content);
	bool done;

	if (fd < 0)
		return false;
	done = write(fd, content, (size_t)n) == n;
	return close(fd) == 0 && done;
}

const char *text_after(const char *s, const char *prefix)
{
	size_t n = strlen(prefix);

	return strncmp(s, prefix, n) ? NULL : s + n;
}

char *text_line(char **rest)
{
	char *line = *rest;
	char *end;

	if (!line || !*line)
		return NULL;
	end = strchr(line, '\n');
	if (end)
		*end = '\0';
	*rest = end ? end + 1 : NULL;
	return line;
}

char *text_word(char **rest)
{
	char *word = *rest ? *rest + strspn(*rest, " \t\r") : NULL;
	char *end;

	if (!word || !*word)
		return NULL;
	end = word + strcspn(word, " \t\r");
	*rest = *end ? end + 1 : end;
	*end = '\0';
	return word;
}

char *text_piece(char **rest, char separator)
{
	char *piece = *rest;
	char *end;

	while (piece && *piece == separator)
		piece++;
	if (!piece || !*piece)
		return NULL;
	end = strchr(piece, separator);
	*rest = end ? end + 1 : NULL;
	if (end)
		*end = '\0';
	return piece;
}

bool text_number(const char *s, int base, uint64_t *ret)
{
	char *end;
	uint64_t value;

	/* strtoull takes blanks and signs. */
	if (!strchr("0123456789abcdefABCDEF", *s) || !*s)
		return false;
	errno = 0;
	value = strtoull(s, &end, base);
	if (errno || *end)
		return false;
	*ret = value;
	return true;
}

static char lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c + 'a' - 'A') : c;
}

bool text_same_case(const char *a, const char *b)
{
	while (*a && lower(*a) == lower(*b)) {
		a++;
		b++;
	}
	return !*a && !*b;
}

static int hex_digit(char c)
{
	c = lower(c);
	if (c >= '0' && c <= '9')
		return c - '0';
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

void text_unescape(char *s)
{
	char *out = s;

	while (*s) {
		int high = s[0] == '\\' && s[1] == 'x' ? hex_digit(s[2]) : -1;
		int low = high >= 0 ? hex_digit(s[3]) : -1;

		if (low >= 0 && (high || low)) {
			*out++ = (char)(high << 4 | low);
			s += 4;
		} else {
			*out++ = *s++;
		}
	}
	*out = '\0';
}
