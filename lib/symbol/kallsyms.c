/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "symbol/readers.h"

struct kimg_error *symbols_read_kallsyms(struct span bytes,
					 const struct kimg_symbols_options *options,
					 struct kimg_symbols **ret_symbols)
{
	return error_new(KIMG_E_UNSUPPORTED, "not read yet");
}
