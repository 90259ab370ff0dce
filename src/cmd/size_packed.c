/* SPDX-License-Identifier: GPL-2.0-or-later */
/* kimg size --compressed: how large the kernel would be in each codec. */
#include <string.h>

#include "cmd/size.h"

/* Whether the list, with commas between, has the name; NULL has all. */
static bool is_listed(const char *list, const char *name)
{
	size_t length = strlen(name);

	for (; list; list = strchr(list, ',')) {
		list += *list == ',';
		if (strncmp(list, name, length) == 0 &&
		    (list[length] == ',' || list[length] == '\0'))
			return true;
	}
	return false;
}

bool size_codecs_are_known(const char *codecs)
{
	for (const char *at = codecs;; at++) {
		size_t n = strcspn(at, ",");
		const char *name;
		bool known = false;

		for (unsigned int i = 0; (name = kimg_size_codec(i)); i++)
			known |= strlen(name) == n && memcmp(name, at, n) == 0;
		if (!known)
			return false;
		at += n;
		if (!*at)
			return true;
	}
}

static void show_one(struct out *out, const char *name, uint64_t size, uint64_t whole)
{
	out_object(out, NULL);
	out_row(out);
	out_width(out, -10);
	out_number(out, "size", OUT_PLAIN, size);
	size_share(out, size, whole);
	out_string(out, "name", OUT_NAME, name);
	out_row_end(out);
	out_close(out);
}

static struct kimg_error *show_codec(struct out *out, const char *codec, struct kimg_size *new_size,
				     struct kimg_size *old_size, uint64_t whole)
{
	struct kimg_error *error;
	uint64_t new, old;

	error = kimg_size_compressed(new_size, codec, &new);
	if (!error && old_size)
		error = kimg_size_compressed(old_size, codec, &old);
	if (error)
		return error;
	if (!old_size) {
		show_one(out, codec, new, whole);
		return NULL;
	}
	out_object(out, NULL);
	size_row(out, span_of(codec, strlen(codec)), &old, &new);
	out_close(out);
	return NULL;
}

static void show_heading(struct out *out, bool both)
{
	out_space(out);
	if (both) {
		size_heading(out, "Compressed");
		return;
	}
	out_row(out);
	out_width(out, -10);
	out_print(out, OUT_FAINT, "compressed");
	out_row_end(out);
}

struct kimg_error *size_show_compressed(struct out *out, const struct size_options *o,
					struct kimg_size *new_size, struct kimg_size *old_size)
{
	struct kimg_error *error;
	uint64_t new, old = 0;
	const void *bytes;
	const char *codec;

	error = kimg_size_payload(new_size, &bytes, &new);
	if (!error && old_size)
		error = kimg_size_payload(old_size, &bytes, &old);
	if (error)
		return error;
	show_heading(out, old_size);
	out_array(out, "compressed");
	if (old_size) {
		out_object(out, NULL);
		size_row(out, SPAN_LITERAL("none"), &old, &new);
		out_close(out);
	} else {
		show_one(out, "none", new, new);
	}
	for (unsigned int i = 0; !error && (codec = kimg_size_codec(i)); i++)
		if (!o->codecs || is_listed(o->codecs, codec))
			error = show_codec(out, codec, new_size, old_size, new);
	out_close(out);
	return error;
}
