/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TESTS_FORMAT_TREE_H
#define TESTS_FORMAT_TREE_H

/* For tests of format drivers: opening samples and made-up bytes, and asking the part tree. */

#include "../unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../invariants.h"
#include "kimg/kimg.h"

static inline void image_free_pointer(struct kimg_image **image)
{
	kimg_image_free(*image);
}

#define cleanup_image cleanup(image_free_pointer)

/* Every invariant of the tree holds. */
static inline void check_tiles(const struct kimg_image *image)
{
	const char *broken = invariant_broken(kimg_image_root(image));

	if (broken)
		fail_msg("%s", broken);
}

static inline struct kimg_options tree_options(enum kimg_depth depth)
{
	struct kimg_options options = KIMG_OPTIONS_DEFAULT;

	options.depth = depth;
	return options;
}

/* Opens bytes, which must succeed, and checks the tree. */
static inline struct kimg_image *open_bytes(const void *bytes, size_t size, enum kimg_depth depth)
{
	struct kimg_options options = tree_options(depth);
	struct kimg_image *image = NULL;

	assert_ok(kimg_image_open_bytes(bytes, size, &options, &image));
	check_tiles(image);
	return image;
}

/* The path of a sample in tests/data, "bzimage/good-2.15-xz". */
static inline const char *sample_path(const char *name, char *buffer, size_t size)
{
	const char *folder = getenv("SAMPLES");

	snprintf(buffer, size, "%s/%s", folder ? folder : "tests/data", name);
	return buffer;
}

/* All bytes of a sample; the caller frees them. */
static inline uint8_t *read_sample(const char *name, size_t *ret_size)
{
	char path[512];
	FILE *file = fopen(sample_path(name, path, sizeof(path)), "rb");
	uint8_t *bytes = NULL;
	long size;

	if (!file)
		fail_msg("%s is missing", path);
	fseek(file, 0, SEEK_END);
	size = ftell(file);
	rewind(file);
	bytes = malloc(size ? size : 1);
	assert_non_null(bytes);
	assert_int_equal(fread(bytes, 1, size, file), size);
	fclose(file);
	*ret_size = size;
	return bytes;
}

static inline struct kimg_image *open_sample(const char *name, enum kimg_depth depth)
{
	struct kimg_options options = tree_options(depth);
	struct kimg_image *image = NULL;
	char path[512];

	assert_ok(kimg_image_open(sample_path(name, path, sizeof(path)), &options, &image));
	check_tiles(image);
	return image;
}

/* The word of kimg_identify() is word. */
static inline void check_word(const char *name, const char *word)
{
	cleanup_free char *found = NULL;
	char path[512];

	assert_ok(kimg_identify(sample_path(name, path, sizeof(path)), NULL, &found));
	assert_string_equal(found, word);
}

/* The part of that name or path, which must be there. */
static inline const struct kimg_part *part_at(struct kimg_image *image, const char *name)
{
	const struct kimg_part *part = NULL;

	assert_ok(kimg_image_find(image, name, &part));
	return part;
}

static inline bool has_part(struct kimg_image *image, const char *name)
{
	const struct kimg_part *part = NULL;
	struct kimg_error *error = kimg_image_find(image, name, &part);

	kimg_error_free(error);
	return !error;
}

static inline const struct kimg_field *field_at(const struct kimg_part *part, const char *name)
{
	const struct kimg_field *field = kimg_part_field(part, name);

	if (!field)
		fail_msg("%s has no field %s", part->name, name);
	return field;
}

#define assert_number(part, name, value) \
	assert_true(field_at((part), (name))->number == (uint64_t)(value))

#define assert_meaning(part, name, text) \
	assert_string_equal(field_at((part), (name))->meaning, (text))

#define assert_no_field(part, name) assert_null(kimg_part_field((part), (name)))

static inline void assert_text(const struct kimg_part *part, const char *name, const char *text)
{
	const struct kimg_field *field = field_at(part, name);

	assert_int_equal(field->length, strlen(text));
	assert_memory_equal(field->bytes, text, field->length);
}

/* How many bad notes part and all below it have; the last one's text in *ret_text, where wanted. */
static inline unsigned int bad_notes(const struct kimg_part *part, const char **ret_text)
{
	unsigned int n = 0;

	for (const struct kimg_note *note = part->notes; note; note = note->next) {
		n += note->bad;
		if (note->bad && ret_text)
			*ret_text = note->text;
	}
	for (const struct kimg_part *child = part->children; child; child = child->next)
		n += bad_notes(child, ret_text);
	if (part->content)
		n += bad_notes(part->content, ret_text);
	return n;
}

static inline void check_no_damage(const struct kimg_image *image)
{
	const char *text = NULL;

	if (bad_notes(kimg_image_root(image), &text))
		fail_msg("noted as damage: %s", text);
}

static inline void check_damage(const struct kimg_image *image)
{
	assert_true(bad_notes(kimg_image_root(image), NULL) > 0);
}

/* The part's bytes, decoded where it has a codec, are exactly these. */
static inline void check_bytes(struct kimg_image *image, const struct kimg_part *part,
			       const void *bytes, size_t size)
{
	const void *found = NULL;
	size_t n = 0;

	assert_ok(kimg_part_bytes(image, part, true, &found, &n));
	assert_int_equal(n, size);
	assert_memory_equal(found, bytes, size);
}

/*
 * Opens every beginning of bytes, up to most bytes long: no crash, no broken tree; an error or a tree is
 * both fine.
 */
static inline void check_cuts(const uint8_t *bytes, size_t size, size_t most)
{
	struct kimg_options options = tree_options(KIMG_DEEP);

	for (size_t n = 0; n <= size && n <= most; n++) {
		cleanup_image struct kimg_image *image = NULL;
		/* A copy of its own, so that a sanitizer sees the first byte read past the end. */
		cleanup_free uint8_t *copy = malloc(n ? n : 1);

		assert_non_null(copy);
		memcpy(copy, bytes, n);
		kimg_error_free(kimg_image_open_bytes(copy, n, &options, &image));
		if (image)
			check_tiles(image);
		kimg_image_free(image);
		image = NULL;
	}
}

/* Writes a field, little endian. */
static inline void put_le(uint8_t *bytes, size_t offset, size_t width, uint64_t value)
{
	for (size_t i = 0; i < width; i++)
		bytes[offset + i] = value >> (8 * i);
}

/* The samples of that folder, NULL at the end: words as in the file names, no damage, the tiles cover. */
static inline void check_good_samples(const char *folder, const char *word,
				      const char *const *names)
{
	for (; *names; names++) {
		cleanup_image struct kimg_image *image = NULL;
		const struct kimg_part *kernel;
		char name[128];

		snprintf(name, sizeof(name), "%s/good-%s", folder, *names);
		check_word(name, word);
		image = open_sample(name, KIMG_DEEP);
		check_no_damage(image);
		assert_ok(kimg_image_kernel(image, &kernel));
	}
}

/* These open and show damage, or are refused. */
static inline void check_bad_samples(const char *folder, const char *const *names)
{
	for (; *names; names++) {
		struct kimg_options options = tree_options(KIMG_DEEP);
		cleanup_image struct kimg_image *image = NULL;
		struct kimg_error *error;
		char name[128], path[512];

		snprintf(name, sizeof(name), "%s/%s", folder, *names);
		error = kimg_image_open(sample_path(name, path, sizeof(path)), &options, &image);
		kimg_error_free(error);
		if (error)
			continue;
		check_tiles(image);
		if (!bad_notes(kimg_image_root(image), NULL))
			fail_msg("%s shows no damage", name);
	}
}

/* Opens bytes with each of the extreme values in the field of that width at offset. */
static inline void check_extremes(const uint8_t *bytes, size_t size, size_t offset, size_t width)
{
	static const uint64_t values[] = {
		0,
		1,
		0x7f,
		0x80,
		0xff,
		0x7fff,
		0xffff,
		0x7fffffff,
		0x80000000,
		0xfffffff0,
		0xffffffff,
		0x7fffffffffffffff,
		0x8000000000000000,
		0xffffffffffffffff,
	};
	struct kimg_options options = tree_options(KIMG_DEEP);
	cleanup_free uint8_t *copy = malloc(size);

	assert_non_null(copy);
	for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++) {
		struct kimg_image *image = NULL;

		memcpy(copy, bytes, size);
		for (size_t at = 0; at < width; at++)
			copy[offset + at] = values[i] >> (8 * at);
		kimg_error_free(kimg_image_open_bytes(copy, size, &options, &image));
		if (image)
			check_tiles(image);
		kimg_image_free(image);
	}
}

/* ---- the headers of raw images ---- */

/* A field of a header: where it stands, little endian, what is put there and found under that name. */
struct header_field {
	size_t offset, width;
	uint64_t value;
	const char *name; /* NULL: it is text, or has no field */
};

static inline void put_fields(uint8_t *bytes, const struct header_field *fields, size_t count)
{
	for (size_t i = 0; i < count; i++)
		put_le(bytes, fields[i].offset, fields[i].width, fields[i].value);
}

static inline void check_fields(const struct kimg_part *header, const struct header_field *fields,
				size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (fields[i].name)
			assert_number(header, fields[i].name, fields[i].value);
}

/* A good image, cut short anywhere, or with anything in the 64 bytes of its header, breaks nothing. */
static inline void check_image_header(const char *sample)
{
	cleanup_free uint8_t *bytes = NULL;
	size_t n;

	bytes = read_sample(sample, &n);
	check_cuts(bytes, n, n);
	for (size_t offset = 0; offset < 64; offset += 8)
		check_extremes(bytes, n, offset, 8);
	check_extremes(bytes, n, 0x3c, 4);
}

#endif
