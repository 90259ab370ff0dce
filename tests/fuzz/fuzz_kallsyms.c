/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The kallsyms of arbitrary bytes, as those of a kernel. */
#include <stdlib.h>

#include "symbol/readers.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(struct kimg_symbols *symbols)
{
	size_t n;
	const struct kimg_symbol *all = kimg_symbols_all(symbols, &n);
	uint64_t last = 0, sum = 0;

	for (size_t i = 0; i < n; i++) {
		if (all[i].address < last || all[i].name_size == 0 || all[i].type <= ' ' ||
		    all[i].type >= 0x7f)
			abort();
		last = all[i].address;
		for (size_t j = 0; j < all[i].name_size; j++)
			sum += (uint8_t)all[i].name[j];
		kimg_symbols_at(symbols, all[i].address + (sum & 1));
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct kimg_symbols_options options = {
		.limits = { .output = 1 << 20 },
		.shift = size % 3 == 0 ? 0x1000000 : 0,
		.has_base = size % 5 == 0,
		.base = 0xffff800080000000,
	};
	cleanup_symbols struct kimg_symbols *symbols = NULL;
	struct kimg_error *error = symbols_read_kallsyms(span_of(data, size), &options, &symbols);

	if (error)
		kimg_error_free(error);
	else
		check(symbols);
	return 0;
}
