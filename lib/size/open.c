/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Opening whatever has sizes: its sections, its symbols, or both. */
#include <elf.h>
#include <stdarg.h>

#include "codec/codec.h"
#include "format/part.h"
#include "size/size.h"
#include "symbol/readers.h"

void size_note(struct kimg_size *size, bool bad, const char *format, ...)
{
	struct kimg_note *note = arena_alloc(&size->arena, sizeof(*note));
	va_list ap;

	if (!note)
		return;
	va_start(ap, format);
	note->text = arena_vprintf(&size->arena, format, ap);
	va_end(ap);
	if (!note->text)
		return;
	note->bad = bad;
	if (size->last_note)
		size->last_note->next = note;
	else
		size->notes = note;
	size->last_note = note;
}

void kimg_size_free(struct kimg_size *size)
{
	if (!size)
		return;
	kimg_symbols_free(size->symbols);
	kimg_image_free(size->image);
	blob_done(&size->decoded);
	blob_done(&size->file);
	free(size->sections);
	free(size->regions);
	free(size->ranking);
	arena_done(&size->arena);
	free(size);
}

static void free_size(struct kimg_size **size)
{
	kimg_size_free(*size);
}

/* ---- what the file is ---- */

static struct kimg_error *open_image(struct kimg_size *size, struct span file,
				     const struct kimg_symbols_options *options)
{
	struct kimg_options of_image = { .depth = KIMG_HEADERS, .limits = options->limits };
	const struct kimg_part *kernel;

	TRY(kimg_image_open_bytes(file.p, file.n, &of_image, &size->image));
	TRY(kimg_image_kernel(size->image, &kernel));
	size->kernel = part_span(kernel);
	return NULL;
}

/* The table of symbols that the ELF file itself has; none where it is stripped. */
static struct kimg_error *read_symtab(struct kimg_size *size,
				      const struct kimg_symbols_options *options)
{
	struct elf_section symtab;

	if (size->elf.type == ET_REL)
		return symbols_read_module(&size->elf, options, &size->symbols);
	if (elf_section(&size->elf, ".symtab", &symtab))
		return symbols_read_elf_unsorted(&size->elf, options, &size->symbols);
	return NULL;
}

static struct kimg_error *read_kernel_symbols(struct kimg_size *size,
					      const struct kimg_symbols_options *options)
{
	if (size->has_elf)
		TRY(read_symtab(size, options));
	if (!size->symbols)
		TRY(symbols_read_kallsyms(size->kernel, options, &size->symbols));
	return NULL;
}

/* That there are no symbols is a note where there are sections to tell of. */
static struct kimg_error *read_symbols(struct kimg_size *size,
				       const struct kimg_symbols_options *options)
{
	struct kimg_error *error = NULL;
	char text[256];

	if (!size->sections_only || !size->section_count)
		error = read_kernel_symbols(size, options);
	if (!error || !size->section_count || kimg_error_code(error) == KIMG_E_NOMEM)
		return error;
	kimg_error_format(error, text, sizeof(text));
	size_note(size, kimg_error_code(error) == KIMG_E_CORRUPT, "no symbols: %s", text);
	kimg_error_free(error);
	return NULL;
}

static struct kimg_error *read_file(struct kimg_size *size, struct span file,
				    const struct kimg_symbols_options *options)
{
	if (symbols_text_is(file))
		return symbols_read_text(file, options, &size->symbols);
	if (elf_is(file))
		size->kernel = file;
	else
		TRY(open_image(size, file, options));
	if (elf_is(size->kernel)) {
		TRY(elf_open(size->kernel, &size->elf));
		size->has_elf = true;
		TRY(size_read_sections(size));
	}
	return read_symbols(size, options);
}

/* ---- the call ---- */

static struct kimg_error *read_decoded(struct kimg_size *size,
				       const struct kimg_symbols_options *options)
{
	const struct codec *codec = codec_detect(blob_span(&size->file), NULL);
	size_t consumed;

	if (!codec)
		return read_file(size, blob_span(&size->file), options);
	TRY(codec_decode(codec, blob_span(&size->file), 0, &options->limits, &size->decoded,
			 &consumed));
	return read_file(size, blob_span(&size->decoded), options);
}

static void note_what_is_missing(struct kimg_size *size)
{
	if (!size->section_count)
		size_note(size, false, "no sections: %s",
			  size->kernel.n ? "the kernel is no ELF file, or has lost them"
					 : "a table of symbols has none");
	if (size->symbols && !size_is_told(size->symbols))
		size_note(size, false, "sizes of symbols are distances to the next one");
}

static struct kimg_error *open_size(const char *path, const struct kimg_symbols_options *options,
				    bool sections_only, struct kimg_size **ret_size)
{
	const struct kimg_symbols_options defaults = KIMG_SYMBOLS_OPTIONS_DEFAULT;
	cleanup(free_size) struct kimg_size *size = calloc(1, sizeof(*size));

	if (!size)
		return error_nomem();
	if (!options)
		options = &defaults;
	size->sections_only = sections_only;
	TRY(blob_open(&size->file, path, &options->limits));
	TRY(error_wrap(read_decoded(size, options), "%s", path));
	if (size->symbols && size->symbols->source == KIMG_SYMBOLS_MODULE)
		TRY(symbols_name_module(size->symbols, path));
	note_what_is_missing(size);
	*ret_size = size;
	size = NULL;
	return NULL;
}

struct kimg_error *kimg_size_open(const char *path, const struct kimg_symbols_options *options,
				  struct kimg_size **ret_size)
{
	return open_size(path, options, false, ret_size);
}

struct kimg_error *kimg_size_open_sections(const char *path,
					   const struct kimg_symbols_options *options,
					   struct kimg_size **ret_size)
{
	return open_size(path, options, true, ret_size);
}

const struct kimg_note *kimg_size_notes(const struct kimg_size *size)
{
	return size->notes;
}

struct kimg_error *kimg_size_symbols(struct kimg_size *size, struct kimg_symbols **ret_symbols)
{
	if (size->symbols)
		TRY(symbols_finish(size->symbols, 0));
	*ret_symbols = size->symbols;
	return NULL;
}

bool kimg_size_is_elf(const struct kimg_size *size)
{
	return size->has_elf && !size->image;
}
