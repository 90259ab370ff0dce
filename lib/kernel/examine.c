/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Puts what is known of the kernel inside an image into its part tree. */
#include "codec/codec.h"
#include "format/find.h"
#include "format/part.h"
#include "kernel/config.h"
#include "kernel/facts.h"
#include "kimg/kernel.h"

static void add_banner(struct kimg_part *part, struct span kernel)
{
	struct banner banner;

	if (!banner_find(kernel, &banner)) {
		note(part, "no banner: this may not be a Linux kernel");
		return;
	}
	field_text(part, "banner", banner.line);
	field_text(part, "release", banner.release);
	if (banner.builder.n)
		field_text(part, "builder", banner.builder);
	if (banner.compiler.n)
		field_text(part, "compiler", banner.compiler);
	if (banner.version.n)
		field_text(part, "version", banner.version);
}

/* A kernel has no field for its built-in command line; the configuration that it was built with tells. */
static void add_cmdline(struct kimg_part *part, struct kimg_image *image,
			const struct kimg_part *view)
{
	cleanup_config struct kimg_config *config = NULL;
	const void *text;
	const char *cmdline;
	size_t size;
	struct kimg_error *error = kimg_part_bytes(image, view, true, &text, &size);

	if (!error)
		error = kimg_config_parse(text, size, &config);
	if (error) {
		note_bad(part, "embedded configuration: %s", kimg_error_message(error));
		kimg_error_free(error);
		return;
	}
	cmdline = kimg_config_value(config, "CMDLINE");
	if (cmdline && strcmp(cmdline, "n") != 0 && strcmp(cmdline, "\"\"") != 0)
		field_text(part, "cmdline", span_of(cmdline, strlen(cmdline)));
}

static void add_config(struct kimg_part *part, struct kimg_image *image, struct span kernel)
{
	struct kimg_part *view;
	struct place place;

	if (!ikconfig_find(kernel, &place)) {
		field_number_as(part, "config_size", 0, "none embedded");
		return;
	}
	if (place.size == 0) {
		note_bad(part, "the embedded configuration has no end mark");
		return;
	}
	view = part_add_view(part, KIMG_PART_CONFIG, "config", place.offset, place.size);
	part_set_codec(view, &codec_gzip, 0);
	field_number(part, "config_size", place.size);
	add_cmdline(part, image, view);
}

static void add_initramfs(struct kimg_part *part, struct span kernel)
{
	struct kimg_part *view;
	struct place place;
	const char *codec;

	if (!initramfs_find(kernel, part_limits(part), &place, &codec)) {
		field_number_as(part, "initramfs_size", 0, "none built in");
		return;
	}
	view = part_add_view(part, KIMG_PART_INITRD, "initramfs", place.offset, place.size);
	if (codec)
		part_set_codec(view, codec_by_name(codec), 0);
	field_number(part, "initramfs_size", place.size);
}

static void add_btf(struct kimg_part *part, struct span kernel)
{
	struct place place;

	if (!btf_find(kernel, &place)) {
		field_number_as(part, "btf_size", 0, "none");
		return;
	}
	part_add_view(part, KIMG_PART_TABLE, "btf", place.offset, place.size);
	field_number(part, "btf_size", place.size);
}

static void add_facts(struct kimg_image *image, struct kimg_part *part)
{
	struct span kernel = part_span(part), id;

	add_banner(part, kernel);
	if (build_id_find(kernel, &id))
		field_bytes(part, "build_id", id);
	add_config(part, image, kernel);
	add_initramfs(part, kernel);
	add_btf(part, kernel);
}

static void leave_unchecked(struct kimg_part *part)
{
	static const char *const names[] = { "banner", "build_id", "config_size", "initramfs_size",
					     "btf_size" };

	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		field_unchecked(part, names[i]);
}

struct kimg_error *kimg_kernel_examine(struct kimg_image *image, enum kimg_depth depth,
				       const struct kimg_part **ret_part)
{
	const struct kimg_part *found;
	const struct kimg_field *last;
	struct kimg_part *part;

	if (depth == KIMG_HEADERS)
		TRY(image_visible_kernel(image, &found));
	else
		TRY(kimg_image_kernel(image, &found));
	/* Parts are only read-only to the user of the library. */
	part = (struct kimg_part *)found;
	last = kimg_part_field(part, "btf_size");
	if (!last || last->type == KIMG_FIELD_UNCHECKED) {
		if (depth == KIMG_HEADERS)
			leave_unchecked(part);
		else
			add_facts(image, part);
	}
	if (ret_part)
		*ret_part = part;
	return NULL;
}
