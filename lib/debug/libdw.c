/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "debug/libdw.h"

#include "base/dynlib.h"

DYNLIB_NOTE(libdw, "source-lines", "Finds source lines and inlined functions of addresses",
	    "recommended", "\"libdw.so.1\"");

static struct libdw functions;

#define SYMBOL(name) DYNLIB_SYMBOL(#name, functions.name),

/* libdw needs libelf, so what is looked up in the one is found in the other as well. */
static const struct dynlib_symbol symbols[] = {
	LIBDW_FUNCTIONS(SYMBOL) DYNLIB_SYMBOLS_END,
};

static const char *const sonames[] = { "libdw.so.1", NULL };

static struct dynlib library = DYNLIB(sonames, symbols);

struct kimg_error *libdw_load(const struct libdw **ret)
{
	TRY(dynlib_load(&library));
	functions.elf_version(EV_CURRENT);
	*ret = &functions;
	return NULL;
}
