/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What lies on a block device, where udev has not written it down. */
#include "initrd/blkid.h"

#include <string.h>

#include "base/dynlib.h"

/* As blkid/blkid.h declares them; the types are opaque, and the calls the same since util-linux 2.17. */
static void *(*call_new_probe)(const char *device);
static void (*call_free_probe)(void *probe);
static int (*call_do_safeprobe)(void *probe);
static int (*call_lookup_value)(void *probe, const char *name, const char **data, size_t *size);

static const struct dynlib_symbol symbols[] = {
	DYNLIB_SYMBOL("blkid_new_probe_from_filename", call_new_probe),
	DYNLIB_SYMBOL("blkid_free_probe", call_free_probe),
	DYNLIB_SYMBOL("blkid_do_safeprobe", call_do_safeprobe),
	DYNLIB_SYMBOL("blkid_probe_lookup_value", call_lookup_value),
	DYNLIB_SYMBOLS_END,
};
static const char *const sonames[] = { "libblkid.so.1", NULL };
static struct dynlib library = DYNLIB(sonames, symbols);
DYNLIB_NOTE(blkid, "initrd", "Finds out what lies on the disk of / where udev does not run",
	    "suggested", "\"libblkid.so.1\"");

struct kimg_error *blkid_uuid(const char *device, struct arena *arena, char **ret_uuid)
{
	const char *uuid = NULL;
	char *copy = NULL;
	void *probe;

	TRY(dynlib_load(&library));
	probe = call_new_probe(device);
	if (probe && call_do_safeprobe(probe) == 0 &&
	    call_lookup_value(probe, "UUID", &uuid, NULL) == 0 && uuid)
		copy = arena_copy(arena, uuid, strlen(uuid));
	if (probe)
		call_free_probe(probe);
	if (uuid && !copy)
		return error_nomem();
	*ret_uuid = copy;
	return NULL;
}
