/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Tables of symbols in text, and lookups in them. */
#include "symbols.h"

#include "symbol/glob.h"
#include "symbol/readers.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct kimg_symbols_options options = KIMG_SYMBOLS_OPTIONS_DEFAULT;
	cleanup_symbols struct kimg_symbols *symbols = NULL;
	struct span text = span_of(data, size), half = span_clip(text, 0, size / 2);
	struct kimg_error *error;

	glob_matches(half, span_from(text, half.n));
	symbols_text_is(text);
	options.shift = size % 3 ? 0 : size << 20;
	error = symbols_read_text(text, &options, &symbols);
	if (error)
		kimg_error_free(error);
	else
		fuzz_check_symbols(symbols, text);
	return 0;
}
