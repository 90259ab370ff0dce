/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "initrd/libext2fs.h"

#include "base/dynlib.h"

DYNLIB_NOTE(libext2fs, "ext2", "Makes old RAM disks", "suggested", "\"libext2fs.so.2\"");

static struct libext2fs functions;

#define SYMBOL(name) DYNLIB_SYMBOL(#name, functions.name),

static const struct dynlib_symbol symbols[] = {
	LIBEXT2FS_FUNCTIONS(SYMBOL) DYNLIB_SYMBOLS_END,
};

static const char *const sonames[] = { "libext2fs.so.2", NULL };

static struct dynlib library = DYNLIB(sonames, symbols);

struct kimg_error *libext2fs_load(const struct libext2fs **ret)
{
	TRY(dynlib_load(&library));
	*ret = &functions;
	return NULL;
}

/* Codes below 256 are errno values, the others the library's own (lib/ext2fs/ext2_err.et). */
struct kimg_error *libext2fs_error(errcode_t code, const char *what)
{
	if (!code)
		return NULL;
	if (code == EXT2_ET_NO_MEMORY)
		return error_nomem();
	if (code > 0 && code < 256)
		return error_system(code, "%s", what);
	if (code == EXT2_ET_BLOCK_ALLOC_FAIL || code == EXT2_ET_INODE_ALLOC_FAIL)
		return error_new(KIMG_E_LIMIT, "%s: the file system is full", what);
	return error_new(KIMG_E_UNSUPPORTED, "%s: libext2fs: error %ld", what, code);
}
