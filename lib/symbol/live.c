/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The symbols of the kernel that runs: what it tells about itself, else what its memory holds. */
#include <errno.h>
#include <stdio.h>

#include "symbol/readers.h"

static bool is_absent(const struct kimg_error *error)
{
	for (; error; error = kimg_error_cause(error))
		if (kimg_error_errno(error) == ENOENT)
			return true;
	return false;
}

/*
 * Reads one of the tables that the kernel shows; KIMG_E_NOT_FOUND where its addresses are hidden. *ret_symbols
 * is NULL, and so is the error, where there is no such file.
 */
static struct kimg_error *read_shown(const char *proc, const char *name,
				     const struct kimg_symbols_options *options,
				     struct kimg_symbols **ret_symbols)
{
	cleanup_free char *path = NULL;
	struct kimg_error *error;

	if (asprintf(&path, "%s/%s", proc, name) < 0)
		return error_nomem();
	error = kimg_symbols_open(path, options, ret_symbols);
	if (!error || !is_absent(error))
		return error;
	kimg_error_free(error);
	return NULL;
}

/* Both errors in one: the first is why there was a need for the second. Takes both over. */
static struct kimg_error *join(struct kimg_error *hidden, struct kimg_error *memory)
{
	cleanup_error struct kimg_error *first = hidden, *second = memory;
	char one[512], other[512];

	if (kimg_error_code(second) == KIMG_E_NOMEM) {
		second = NULL;
		return memory;
	}
	kimg_error_format(second, other, sizeof(other));
	if (!first)
		return error_new(KIMG_E_NOT_FOUND, "no /proc/kallsyms, and %s", other);
	kimg_error_format(first, one, sizeof(one));
	return error_new(KIMG_E_NOT_FOUND, "%s; %s", one, other);
}

struct kimg_error *symbols_open_live_in(const char *proc,
					const struct kimg_symbols_options *options,
					struct kimg_symbols **ret_symbols)
{
	struct kimg_symbols *symbols = NULL;
	struct kimg_error *hidden, *error;
	cleanup_free char *kcore = NULL;

	if (asprintf(&kcore, "%s/kcore", proc) < 0)
		return error_nomem();
	hidden = read_shown(proc, "kallsyms", options, &symbols);
	if (!hidden && !symbols)
		hidden = read_shown(proc, "ksyms", options, &symbols);
	if (!symbols && (!hidden || kimg_error_code(hidden) != KIMG_E_NOMEM)) {
		error = symbols_read_kcore(kcore, options, &symbols);
		if (error)
			return join(hidden, error);
		kimg_error_free(hidden);
		hidden = NULL;
	}
	TRY(hidden);
	*ret_symbols = symbols;
	return NULL;
}

struct kimg_error *kimg_symbols_open_live(const struct kimg_symbols_options *options,
					  struct kimg_symbols **ret_symbols)
{
	const struct kimg_symbols_options defaults = KIMG_SYMBOLS_OPTIONS_DEFAULT;

	return symbols_open_live_in("/proc", options ? options : &defaults, ret_symbols);
}
