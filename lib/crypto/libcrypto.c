/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "crypto/libcrypto.h"

#include "base/dynlib.h"

DYNLIB_NOTE(libcrypto, "signatures", "Computes hashes and verifies signatures", "recommended",
	    "\"libcrypto.so.3\"");

static struct libcrypto functions;

#define SYMBOL(name) DYNLIB_SYMBOL(#name, functions.name),

static const struct dynlib_symbol symbols[] = {
	LIBCRYPTO_FUNCTIONS(SYMBOL) DYNLIB_SYMBOLS_END,
};

static const char *const sonames[] = { "libcrypto.so.3", NULL };

static struct dynlib library = DYNLIB(sonames, symbols);

struct kimg_error *libcrypto_load(const struct libcrypto **ret)
{
	TRY(dynlib_load(&library));
	*ret = &functions;
	return NULL;
}
