/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The symbol tables of vmlinux files and modules. */
#include "symbols.h"

#include "symbol/readers.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

typedef struct kimg_error *reader(const struct elf *elf, const struct kimg_symbols_options *options,
				  struct kimg_symbols **ret_symbols);

static void check(reader *read, struct span file)
{
	const struct kimg_symbols_options options = KIMG_SYMBOLS_OPTIONS_DEFAULT;
	cleanup_symbols struct kimg_symbols *symbols = NULL;
	struct kimg_error *error;
	struct elf elf;

	error = elf_open(file, &elf);
	if (!error)
		error = read(&elf, &options, &symbols);
	if (error)
		kimg_error_free(error);
	else
		fuzz_check_symbols(symbols, file);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	check(symbols_read_elf, span_of(data, size));
	check(symbols_read_module, span_of(data, size));
	return 0;
}
