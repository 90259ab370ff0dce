/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The map of the running kernel, looked for and told about in klogd's words. */
#include <inttypes.h>
#include <stdio.h>

#include "base/buf.h"
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

void klogd_tell_map(struct klogd *klogd)
{
	struct kimg_map_find_options options = KIMG_MAP_FIND_OPTIONS_DEFAULT;
	cleanup(free_found) struct kimg_map_found *found = NULL;
	const struct kimg_map_candidate *all, *best;
	struct kimg_error *error;
	size_t count;

	options.max_differences = 0;
	error = kimg_map_find(&options, &found);
	if (error) {
		kimg_error_free(error);
		return;
	}
	all = kimg_map_found_all(found, &count);
	for (size_t i = 0; i < count; i++)
		tell_candidate(klogd, &all[i]);
	best = kimg_map_found_best(found);
	if (best && best->check)
		tell(klogd, LEVEL_INFO, "Loaded %" PRIu64 " symbols from %s.", best->check->in_map,
		     best->path);
	tell(klogd,
	     best && best->check && best->check->verdict != KIMG_MAP_DIFFERS ? LEVEL_INFO
									     : LEVEL_WARNING,
	     "%s", kimg_map_found_message(found));
}
