/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The map of the running kernel, looked for and told about in klogd's words. */
#include <inttypes.h>
#include <stdio.h>

#include "base/buf.h"
#include "base/error.h"
#include "cli/term.h"
#include "cmd/klogd.h"
#include "kimg/map.h"

enum { LEVEL_WARNING = 4, LEVEL_INFO = 6 };

static void tell(struct klogd *klogd, unsigned int level, const char *format, ...)
	printf_like(3, 4);

static void tell(struct klogd *klogd, unsigned int level, const char *format, ...)
{
	char text[1024];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	kimg_error_free(kimg_klog_note(klogd->klog, level, text));
}

static void free_found(struct kimg_map_found **found)
{
	kimg_map_found_free(*found);
}

static void tell_candidate(struct klogd *klogd, const struct kimg_map_candidate *candidate)
{
	char text[512];

	tell(klogd, LEVEL_INFO, "Inspecting %s", candidate->path);
	if (!candidate->error)
		return;
	kimg_error_format(candidate->error, text, sizeof(text));
	tell(klogd, LEVEL_WARNING, "%s: %s", candidate->path, text);
}

static void tell_check(struct klogd *klogd, const char *path, const struct kimg_map_check *check)
{
	bool differs = check->verdict == KIMG_MAP_DIFFERS;

	tell(klogd, LEVEL_INFO, "Loaded %" PRIu64 " symbols from %s.", check->in_map, path);
	tell(klogd, differs ? LEVEL_WARNING : LEVEL_INFO, "%s", check->message);
	if (differs)
		tell(klogd, LEVEL_WARNING, "%s: " KIMG_MAP_DIFFERS_MESSAGE, path);
}

static void free_side(struct kimg_map_side **side)
{
	kimg_map_side_free(*side);
}

static void free_check(struct kimg_map_check **check)
{
	kimg_map_check_free(*check);
}

/* The map that -k names, against the running kernel. */
static struct kimg_error *tell_given(struct klogd *klogd)
{
	cleanup(free_side) struct kimg_map_side *map = NULL, *kernel = NULL;
	cleanup(free_check) struct kimg_map_check *check = NULL;

	tell(klogd, LEVEL_INFO, "Inspecting %s", klogd->map);
	TRY(kimg_map_side_open(klogd->map, NULL, &map));
	TRY(kimg_map_side_of_running(NULL, NULL, &kernel));
	TRY(kimg_map_check(map, kernel, 0, &check));
	tell_check(klogd, klogd->map, check);
	return NULL;
}

static void tell_error(struct klogd *klogd, struct kimg_error *error)
{
	char text[512];

	if (!error)
		return;
	kimg_error_format(error, text, sizeof(text));
	tell(klogd, LEVEL_WARNING, "%s", text);
	kimg_error_free(error);
}

static void tell_found(struct klogd *klogd)
{
	struct kimg_map_find_options options = KIMG_MAP_FIND_OPTIONS_DEFAULT;
	cleanup(free_found) struct kimg_map_found *found = NULL;
	const struct kimg_map_candidate *all, *best;
	struct kimg_error *error;
	size_t count;

	options.max_differences = 0;
	error = kimg_map_find(&options, &found);
	if (error) {
		tell_error(klogd, error);
		return;
	}
	all = kimg_map_found_all(found, &count);
	for (size_t i = 0; i < count; i++)
		tell_candidate(klogd, &all[i]);
	best = kimg_map_found_best(found);
	if (best && best->check)
		tell_check(klogd, best->path, best->check);
	else
		tell(klogd, LEVEL_WARNING, "%s", kimg_map_found_message(found));
}

void klogd_tell_map(struct klogd *klogd)
{
	if (klogd->map)
		tell_error(klogd, tell_given(klogd));
	else
		tell_found(klogd);
}
