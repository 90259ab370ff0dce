/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Debug information from servers: libdebuginfod of elfutils, loaded on first use. */
#include "symbol/debuginfod.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/dynlib.h"

DYNLIB_NOTE(debuginfod, "debuginfod", "Fetches the symbols of a kernel by its build-id",
	    "suggested", "\"libdebuginfod.so.1\"");

/*
 * The interface of debuginfod_find_debuginfo(3), declared here so that no header of it is needed: the
 * client is opaque, a result below 0 is a negative errno, and *path is malloc'ed.
 */
static struct {
	void *(*begin)(void);
	int (*find)(void *client, const unsigned char *build_id, int build_id_size, char **path);
	void (*end)(void *client);
} functions;

static const struct dynlib_symbol symbols[] = {
	DYNLIB_SYMBOL("debuginfod_begin", functions.begin),
	DYNLIB_SYMBOL("debuginfod_find_debuginfo", functions.find),
	DYNLIB_SYMBOL("debuginfod_end", functions.end),
	DYNLIB_SYMBOLS_END,
};

static const char *const sonames[] = { "libdebuginfod.so.1", NULL };

static struct dynlib library = DYNLIB(sonames, symbols);

struct kimg_error *debuginfod_find(struct span build_id, char **ret_path)
{
	char *path = NULL;
	void *client;
	int fd;

	if (build_id.n == 0 || build_id.n > INT_MAX)
		return error_new(KIMG_E_NOT_FOUND, "no build-id to ask debuginfod for");
	TRY(error_wrap(dynlib_load(&library), "debuginfod"));
	client = functions.begin();
	if (!client)
		return error_nomem();
	fd = functions.find(client, build_id.p, build_id.n, &path);
	functions.end(client);
	if (fd >= 0)
		close(fd);
	if (fd == -ENOMEM || (fd >= 0 && !path)) {
		free(path);
		return error_nomem();
	}
	if (fd < 0) {
		free(path);
		return error_new(KIMG_E_NOT_FOUND, "debuginfod: %s", strerror(-fd));
	}
	*ret_path = path;
	return NULL;
}
