/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "symbol/readers.h"

bool symbols_text_is(struct span text)
{
	return false;
}

struct kimg_error *symbols_read_text(struct span bytes, const struct kimg_symbols_options *options,
				     struct kimg_symbols **ret_symbols)
{
	return error_new(KIMG_E_UNSUPPORTED, "not read yet");
}
