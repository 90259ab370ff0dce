/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Opening whatever has symbols: which reader fits. */
#include <elf.h>

#include "codec/codec.h"
#include "format/part.h"
#include "symbol/elf_symtab.h"
#include "symbol/readers.h"

/* From the symbol table of an ELF file; *ret_symbols is NULL where bytes are none, or it is stripped. */
static struct kimg_error *read_symtab(struct span bytes, const struct kimg_symbols_options *options,
				      struct kimg_symbols **ret_symbols)
{
	struct elf_section symtab;
	struct elf elf;

	*ret_symbols = NULL;
	if (!elf_is(bytes))
		return NULL;
	TRY(elf_open(bytes, &elf));
	if (elf.type == ET_REL)
		return symbols_read_module(&elf, options, ret_symbols);
	if (elf_section(&elf, ".symtab", &symtab))
		return symbols_read_elf(&elf, options, ret_symbols);
	return NULL;
}

struct kimg_error *kimg_symbols_of_image(struct kimg_image *image,
					 const struct kimg_symbols_options *options,
					 struct kimg_symbols **ret_symbols)
{
	const struct kimg_symbols_options defaults = KIMG_SYMBOLS_OPTIONS_DEFAULT;
	const struct kimg_part *kernel;
	struct kimg_symbols *symbols;

	if (!options)
		options = &defaults;
	TRY(kimg_image_kernel(image, &kernel));
	TRY(read_symtab(part_span(kernel), options, &symbols));
	if (!symbols)
		TRY(symbols_read_kallsyms(part_span(kernel), options, &symbols));
	*ret_symbols = symbols;
	return NULL;
}

/*
 * Of a decoded raw kernel without a header, as those for arm, mips and s390 are, kallsyms are all that can be
 * told. Where there are none, it is the unknown format that is worth telling.
 */
static struct kimg_error *read_unknown(struct span file, struct kimg_error *unknown,
				       const struct kimg_symbols_options *options,
				       struct kimg_symbols **ret_symbols)
{
	struct kimg_error *error = symbols_read_kallsyms(file, options, ret_symbols);

	if (error && kimg_error_code(error) == KIMG_E_NOT_FOUND) {
		kimg_error_free(error);
		return unknown;
	}
	kimg_error_free(unknown);
	return error;
}

/* The table becomes the owner of image, which is freed where there is no table. */
static struct kimg_error *read_image(struct span file, const struct kimg_symbols_options *options,
				     struct kimg_symbols **ret_symbols)
{
	struct kimg_options of_image = { .depth = KIMG_HEADERS, .limits = options->limits };
	struct kimg_symbols *symbols;
	struct kimg_image *image;
	struct kimg_error *error;

	error = kimg_image_open_bytes(file.p, file.n, &of_image, &image);
	if (error && kimg_error_code(error) == KIMG_E_NOT_FOUND)
		return read_unknown(file, error, options, ret_symbols);
	TRY(error);
	error = kimg_symbols_of_image(image, options, &symbols);
	if (error) {
		kimg_image_free(image);
		return error;
	}
	symbols->image = image;
	*ret_symbols = symbols;
	return NULL;
}

static struct kimg_error *read_plain(struct span file, const struct kimg_symbols_options *options,
				     struct kimg_symbols **ret_symbols)
{
	struct kimg_symbols *symbols;

	if (symbols_text_is(file))
		return symbols_read_text(file, options, ret_symbols);
	TRY(read_symtab(file, options, &symbols));
	if (!symbols)
		return read_image(file, options, ret_symbols);
	*ret_symbols = symbols;
	return NULL;
}

/* What blob holds is read, and belongs to the table then. */
static struct kimg_error *read_blob(struct blob *blob, const struct kimg_symbols_options *options,
				    struct kimg_symbols **ret_symbols)
{
	cleanup_symbols struct kimg_symbols *symbols = NULL;

	TRY(read_plain(blob_span(blob), options, &symbols));
	symbols->file = blob_span(blob);
	TRY(symbols_own_blob(symbols, blob));
	*ret_symbols = symbols;
	symbols = NULL;
	return NULL;
}

static struct kimg_error *read_file(struct blob *file, const struct kimg_symbols_options *options,
				    struct kimg_symbols **ret_symbols)
{
	const struct codec *codec = codec_detect(blob_span(file), NULL);
	cleanup_blob struct blob decoded = { 0 };
	size_t consumed;

	/* A module, a map or a kernel that is compressed as it is */
	if (codec) {
		TRY(codec_decode(codec, blob_span(file), 0, &options->limits, &decoded, &consumed));
		return read_blob(&decoded, options, ret_symbols);
	}
	return read_blob(file, options, ret_symbols);
}

struct kimg_error *kimg_symbols_open(const char *path, const struct kimg_symbols_options *options,
				     struct kimg_symbols **ret_symbols)
{
	const struct kimg_symbols_options defaults = KIMG_SYMBOLS_OPTIONS_DEFAULT;
	cleanup_symbols struct kimg_symbols *symbols = NULL;
	cleanup_blob struct blob file = { 0 };

	if (!options)
		options = &defaults;
	TRY(blob_open(&file, path, &options->limits));
	TRY(error_wrap(read_file(&file, options, &symbols), "%s", path));
	if (symbols->source == KIMG_SYMBOLS_MODULE)
		TRY(symbols_name_module(symbols, path));
	*ret_symbols = symbols;
	symbols = NULL;
	return NULL;
}

bool symbols_can_be_selected(const char *path, const struct kimg_limits *limits)
{
	cleanup_blob struct blob file = { 0 };
	cleanup_error struct kimg_error *error = blob_open(&file, path, limits);
	struct elf_symtab symtab;
	struct elf elf;

	if (error || !elf_is(blob_span(&file)))
		return false;
	error = elf_open(blob_span(&file), &elf);
	if (!error && elf.type != ET_REL)
		error = elf_symtab_open(&elf, &symtab);
	return !error && elf.type != ET_REL && symtab.count > 1;
}
