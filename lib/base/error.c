/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The error object: a code, an errno, a place, a message, and the error below it. */
#include "base/error.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

struct kimg_error {
	enum kimg_code code;
	int number;
	bool has_offset;
	uint64_t offset;
	struct kimg_error *cause;
	char message[];
};

static struct kimg_error *nomem(void)
{
	/* Static, since there is nothing left to make one from. Never written to, never freed. */
	static const struct {
		struct kimg_error error;
		char message[16];
	} object = { .error = { .code = KIMG_E_NOMEM }, .message = "out of memory" };

	return (struct kimg_error *)&object.error;
}

static struct kimg_error *make(enum kimg_code code, const char *suffix, const char *format,
			       va_list ap)
{
	va_list again;
	struct kimg_error *error;
	size_t tail = suffix ? strlen(suffix) + 2 : 0;
	int n;

	va_copy(again, ap);
	n = vsnprintf(NULL, 0, format, again);
	va_end(again);
	if (n < 0)
		return nomem();
	error = calloc(1, sizeof(*error) + n + tail + 1);
	if (!error)
		return nomem();
	error->code = code;
	vsnprintf(error->message, n + 1, format, ap);
	if (suffix)
		snprintf(error->message + n, tail + 1, ": %s", suffix);
	return error;
}

struct kimg_error *error_new(enum kimg_code code, const char *format, ...)
{
	struct kimg_error *error;
	va_list ap;

	va_start(ap, format);
	error = make(code, NULL, format, ap);
	va_end(ap);
	return error;
}

struct kimg_error *error_at(enum kimg_code code, uint64_t offset, const char *format, ...)
{
	struct kimg_error *error;
	va_list ap;

	va_start(ap, format);
	error = make(code, NULL, format, ap);
	va_end(ap);
	if (error != nomem()) {
		error->has_offset = true;
		error->offset = offset;
	}
	return error;
}

struct kimg_error *error_system(int number, const char *format, ...)
{
	struct kimg_error *error;
	va_list ap;

	va_start(ap, format);
	error = make(KIMG_E_IO, strerror(number), format, ap);
	va_end(ap);
	if (error != nomem())
		error->number = number;
	return error;
}

struct kimg_error *error_nomem(void)
{
	return nomem();
}

struct kimg_error *error_wrap(struct kimg_error *cause, const char *format, ...)
{
	struct kimg_error *error;
	va_list ap;

	if (!cause || cause == nomem())
		return cause;
	va_start(ap, format);
	error = make(cause->code, NULL, format, ap);
	va_end(ap);
	if (error == nomem()) {
		kimg_error_free(cause);
		return error;
	}
	error->cause = cause;
	return error;
}

struct kimg_error *error_shift(struct kimg_error *error, uint64_t by)
{
	for (struct kimg_error *e = error; e; e = e->cause)
		if (e->has_offset)
			e->offset += by;
	return error;
}

enum kimg_code kimg_error_code(const struct kimg_error *error)
{
	return error->code;
}

int kimg_error_errno(const struct kimg_error *error)
{
	for (; error; error = error->cause)
		if (error->number)
			return error->number;
	return 0;
}

bool kimg_error_offset(const struct kimg_error *error, uint64_t *ret_offset)
{
	for (; error; error = error->cause) {
		if (error->has_offset) {
			*ret_offset = error->offset;
			return true;
		}
	}
	return false;
}

const char *kimg_error_message(const struct kimg_error *error)
{
	return error == nomem() ? "out of memory" : error->message;
}

const struct kimg_error *kimg_error_cause(const struct kimg_error *error)
{
	return error->cause;
}

size_t kimg_error_format(const struct kimg_error *error, char *text, size_t size)
{
	uint64_t offset;
	size_t n = 0;

	if (size)
		text[0] = '\0';
	for (const struct kimg_error *e = error; e; e = e->cause)
		n += snprintf(n < size ? text + n : NULL, n < size ? size - n : 0, "%s%s",
			      e == error ? "" : ": ", kimg_error_message(e));
	if (error && kimg_error_offset(error, &offset))
		n += snprintf(n < size ? text + n : NULL, n < size ? size - n : 0,
			      " (offset 0x%" PRIx64 ")", offset);
	return n;
}

void kimg_error_free(struct kimg_error *error)
{
	while (error && error != nomem()) {
		struct kimg_error *cause = error->cause;

		free(error);
		error = cause;
	}
}
