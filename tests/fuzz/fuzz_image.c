/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * All format drivers: opens any bytes, from headers alone and then deeply, and holds the tree to its
 * invariants. The bytes are an image as they stand, so that every sample is a seed.
 */
#include <stdio.h>
#include <stdlib.h>

#include "../invariants.h"
#include "format/format.h"
#include "kimg/kimg.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct kimg_limits limits = {
	.output = 4 << 20,
	.memory = 32 << 20,
	.input = 64 << 20,
	.depth = 8,
	.parts = 2000,
};

static void check(const struct kimg_image *image)
{
	const char *broken = invariant_broken(kimg_image_root(image));

	if (!broken)
		return;
	fprintf(stderr, "invariant: %s\n", broken);
	abort();
}

static void identify(const uint8_t *data, size_t size)
{
	const struct format *format;
	struct kimg_error *error = format_identify(span_of(data, size), &format);
	char word[64] = "";

	if (!error) {
		format_word(format, span_of(data, size), &limits, word, sizeof(word));
		if (!word[0] || strlen(word) >= sizeof(word) - 1)
			abort();
	}
	kimg_error_free(error);
}

static void from_headers(const uint8_t *data, size_t size)
{
	struct kimg_options options = { .depth = KIMG_HEADERS, .limits = limits };
	const struct kimg_part *part = NULL;
	struct kimg_image *image = NULL;
	struct kimg_error *error = kimg_image_open_bytes(data, size, &options, &image);
	const void *bytes;
	size_t n;

	kimg_error_free(error);
	if (error)
		return;
	check(image);
	error = kimg_image_find(image, "payload", &part);
	kimg_error_free(error);
	error = kimg_image_kernel(image, &part);
	if (!error)
		error = kimg_part_bytes(image, part, true, &bytes, &n);
	kimg_error_free(error);
	check(image);
	kimg_image_free(image);
}

static void deeply(const uint8_t *data, size_t size)
{
	struct kimg_options options = { .depth = KIMG_DEEP, .limits = limits };
	struct kimg_image *image = NULL;
	struct kimg_error *error = kimg_image_open_bytes(data, size, &options, &image);

	kimg_error_free(error);
	if (error)
		return;
	check(image);
	kimg_image_free(image);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	identify(data, size);
	from_headers(data, size);
	deeply(data, size);
	return 0;
}
