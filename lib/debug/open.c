/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Opening debug information: the file that has it, and what is kept of it between calls. */
#include "codec/codec.h"
#include "debug/source.h"
#include "format/part.h"
#include "kernel/facts.h"
#include "kimg/image.h"

static void free_source(struct kimg_source **source)
{
	kimg_source_free(*source);
}

static void free_image(struct kimg_image **image)
{
	kimg_image_free(*image);
}

static void forget(struct kimg_source *source)
{
	arena_done(&source->arena);
	memset(source->units, 0, sizeof(source->units));
	memset(source->abbrevs, 0, sizeof(source->abbrevs));
	source->abbrevs_read = 0;
	source->spent = 0;
}

struct kimg_error *source_trim(struct kimg_source *source)
{
	if (source->spent > source->limits.memory)
		forget(source);
	return NULL;
}

void *source_alloc(struct kimg_source *source, size_t size)
{
	source->spent += size;
	return arena_alloc(&source->arena, size);
}

/* ---- opening ---- */

/* Decodes file where it is compressed as a whole. */
static struct kimg_error *decode(struct blob *file, const struct kimg_limits *limits)
{
	const struct codec *codec = codec_detect(blob_span(file), NULL);
	struct blob decoded = { 0 };
	size_t consumed;

	if (!codec)
		return NULL;
	TRY(codec_decode(codec, blob_span(file), 0, limits, &decoded, &consumed));
	blob_done(file);
	*file = decoded;
	return NULL;
}

static struct kimg_error *load(const char *path, const struct kimg_limits *limits,
			       struct blob *ret_file)
{
	TRY(blob_open(ret_file, path, limits));
	return decode(ret_file, limits);
}

struct kimg_error *kimg_source_is_in(const char *path, const struct kimg_limits *limits,
				     bool *ret_is)
{
	const struct kimg_limits defaults = KIMG_LIMITS_DEFAULT;
	cleanup_blob struct blob file = { 0 };
	bool is = false;
	struct elf elf;

	TRY(error_wrap(load(path, limits ? limits : &defaults, &file), "%s", path));
	if (elf_is(blob_span(&file))) {
		TRY(error_wrap(elf_open(blob_span(&file), &elf), "%s", path));
		is = sections_have_debug(&elf);
	}
	*ret_is = is;
	return NULL;
}

static struct kimg_error *source_new(const struct kimg_source_options *options,
				     struct kimg_source **ret_source)
{
	struct kimg_source *source = calloc(1, sizeof(*source));

	if (!source)
		return error_nomem();
	source->limits = options->limits;
	*ret_source = source;
	return NULL;
}

/* source has its file. */
static struct kimg_error *finish(struct kimg_source *source)
{
	TRY(elf_open(blob_span(&source->file), &source->elf));
	return sections_open(source);
}

/* That of the kernel in an image, which is not opened where there could be no debug information anyhow. */
static struct kimg_error *open_image(struct kimg_source *source, struct span file,
				     const struct kimg_source_options *options)
{
	struct kimg_options of_image = { .depth = KIMG_HEADERS, .limits = options->limits };
	cleanup(free_image) struct kimg_image *image = NULL;
	const struct kimg_part *kernel;
	struct span id;

	if (!find_has_build_ids(options))
		return error_new(KIMG_E_NOT_FOUND, "no debug information is installed");
	TRY(kimg_image_open_bytes(file.p, file.n, &of_image, &image));
	TRY(kimg_image_kernel(image, &kernel));
	if (!build_id_find(part_span(kernel), &id))
		return error_new(KIMG_E_NOT_FOUND, "no build-id to find debug information by");
	return find_by_build_id(id, options, &source->file, &source->path);
}

static struct kimg_error *open_file(struct kimg_source *source, const char *path,
				    const struct kimg_source_options *options)
{
	cleanup_blob struct blob file = { 0 };
	struct elf elf;

	TRY(load(path, &options->limits, &file));
	if (elf_is(blob_span(&file)))
		TRY(elf_open(blob_span(&file), &elf));
	if (elf_is(blob_span(&file)) && sections_have_debug(&elf)) {
		source->path = strdup(path);
		if (!source->path)
			return error_nomem();
		source->file = file;
		file = (struct blob){ 0 };
		return finish(source);
	}
	if (elf_is(blob_span(&file)))
		TRY(find_debug_file(path, &elf, options, &source->file, &source->path));
	else
		TRY(open_image(source, blob_span(&file), options));
	return finish(source);
}

struct kimg_error *kimg_source_open(const char *path, const struct kimg_source_options *options,
				    struct kimg_source **ret_source)
{
	const struct kimg_source_options defaults = KIMG_SOURCE_OPTIONS_DEFAULT;
	cleanup(free_source) struct kimg_source *source = NULL;

	if (!options)
		options = &defaults;
	TRY(source_new(options, &source));
	TRY(error_wrap(open_file(source, path, options), "%s", path));
	*ret_source = source;
	source = NULL;
	return NULL;
}

struct kimg_error *kimg_source_open_build_id(const void *id, size_t id_size,
					     const struct kimg_source_options *options,
					     struct kimg_source **ret_source)
{
	const struct kimg_source_options defaults = KIMG_SOURCE_OPTIONS_DEFAULT;
	cleanup(free_source) struct kimg_source *source = NULL;

	if (!options)
		options = &defaults;
	TRY(source_new(options, &source));
	TRY(find_by_build_id(span_of(id, id_size), options, &source->file, &source->path));
	TRY(error_wrap(finish(source), "%s", source->path));
	*ret_source = source;
	source = NULL;
	return NULL;
}

void kimg_source_free(struct kimg_source *source)
{
	if (!source)
		return;
	forget(source);
	sections_done(source);
	free(source->unit_offsets);
	reaches_done(&source->aranges);
	reaches_done(&source->ranges);
	blob_done(&source->file);
	free(source->path);
	free(source);
}

const char *kimg_source_path(const struct kimg_source *source)
{
	return source->path;
}
