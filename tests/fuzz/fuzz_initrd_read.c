/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Initial RAM disks: segments, archives, the tree of them, and the file systems of old ones. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "kimg/initrd.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static volatile unsigned int sink;

static void check(bool good)
{
	if (!good)
		abort();
}

static void touch(const void *p, size_t n)
{
	const uint8_t *bytes = p;

	for (size_t i = 0; i < n; i += 512)
		sink += bytes[i];
	if (n)
		sink += bytes[n - 1];
}

static void check_error(struct kimg_error *error)
{
	char text[512];

	if (!error)
		return;
	check(kimg_error_code(error) >= KIMG_E_NOMEM && kimg_error_code(error) <= KIMG_E_INVALID);
	kimg_error_format(error, text, sizeof(text));
	kimg_error_free(error);
}

static void check_data(struct kimg_initrd *initrd)
{
	const void *bytes;
	size_t n;
	struct kimg_error *error = kimg_initrd_data(initrd, &bytes, &n);

	if (!error)
		touch(bytes, n);
	check_error(error);
}

static void check_entry(struct kimg_initrd *initrd, const struct kimg_initrd_entry *entry)
{
	check(strlen(entry->name) == entry->name_size);
	check(!entry->target || strlen(entry->target) == entry->target_size);
	check((entry->effect == KIMG_INITRD_SKIPPED) == (entry->why != NULL));
	check((entry->effect == KIMG_INITRD_LINKED) == (entry->first != NULL));
	kimg_initrd_matches(entry->name, "*a[b-z]*/*.ko");
	if (S_ISREG(entry->mode))
		check_data(initrd);
}

static void check_found(struct kimg_initrd *initrd, const char *path)
{
	const struct kimg_initrd_entry *entry;
	struct kimg_error *error = kimg_initrd_find(initrd, path, &entry);

	if (!error && S_ISREG(entry->mode))
		check_data(initrd);
	check_error(error);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct kimg_initrd_options options = KIMG_INITRD_OPTIONS_DEFAULT;
	const struct kimg_initrd_entry *entry = NULL;
	struct kimg_initrd *initrd = NULL;
	struct kimg_error *error;
	char last[4200] = "";
	size_t count;

	options.limits.output = 4 << 20;
	options.limits.memory = 32 << 20;
	options.limits.parts = 64;
	error = kimg_initrd_open_bytes(data, size, &options, &initrd);
	while (!error && !(error = kimg_initrd_next(initrd, &entry)) && entry) {
		check_entry(initrd, entry);
		if (entry->name_size < sizeof(last))
			strcpy(last, entry->name);
	}
	check_error(error);
	if (!initrd)
		return 0;
	check_found(initrd, "init");
	check_found(initrd, last);
	kimg_initrd_segments(initrd, &count);
	for (const struct kimg_note *note = kimg_initrd_notes(initrd); note; note = note->next)
		touch(note->text, strlen(note->text));
	kimg_initrd_free(initrd);
	return 0;
}
