/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Opening, decoding layer by layer, finding: the engine as its users see it. */
#include "tree.h"

#include <zlib.h>

#include "format/format.h"

struct bytes {
	uint8_t *p;
	size_t n;
};

static void bytes_done(struct bytes *bytes)
{
	free(bytes->p);
}

#define cleanup_bytes cleanup(bytes_done)

/* p packed by gzip, with extra zero bytes of room behind it. */
static struct bytes gzip(const void *p, size_t n, size_t extra)
{
	z_stream z = { .next_in = (Bytef *)p, .avail_in = n };
	struct bytes out;

	assert_int_equal(deflateInit2(&z, 9, Z_DEFLATED, 16 + MAX_WBITS, 9, Z_DEFAULT_STRATEGY),
			 Z_OK);
	out.n = deflateBound(&z, n) + 32;
	out.p = calloc(1, out.n + extra);
	assert_non_null(out.p);
	z.next_out = out.p;
	z.avail_out = out.n;
	assert_int_equal(deflate(&z, Z_FINISH), Z_STREAM_END);
	out.n = z.total_out + extra;
	deflateEnd(&z);
	return out;
}

static const char text[] = "Linux version 6.1.0 (a kernel that is a text)";

static void nothing_is_decoded_for_headers(void **state)
{
	cleanup_bytes struct bytes packed = gzip(text, sizeof(text), 0);
	cleanup_image struct kimg_image *image = open_bytes(packed.p, packed.n, KIMG_HEADERS);
	const struct kimg_part *payload = kimg_image_root(image)->children;

	assert_string_equal(payload->codec, "gzip");
	assert_null(payload->content);
	assert_ok(kimg_part_expand(image, payload));
	assert_non_null(payload->content);
	check_bytes(image, payload, text, sizeof(text));
	check_tiles(image);
}

static void deep_decodes(void **state)
{
	cleanup_bytes struct bytes packed = gzip(text, sizeof(text), 0);
	cleanup_image struct kimg_image *image = open_bytes(packed.p, packed.n, KIMG_DEEP);
	const struct kimg_part *kernel;

	assert_non_null(kimg_image_root(image)->children->content);
	/* A banner makes a kernel of bytes that no driver knows. */
	assert_ok(kimg_image_kernel(image, &kernel));
	assert_int_equal(kernel->size, sizeof(text));
	check_no_damage(image);
}

static void the_bytes_as_stored(void **state)
{
	cleanup_bytes struct bytes packed = gzip(text, sizeof(text), 0);
	cleanup_image struct kimg_image *image = open_bytes(packed.p, packed.n, KIMG_HEADERS);
	const void *found;
	size_t n;

	assert_ok(kimg_part_bytes(image, part_at(image, "payload"), false, &found, &n));
	assert_ptr_equal(found, packed.p);
	assert_int_equal(n, packed.n);
}

static void no_kernel_in_a_text(void **state)
{
	cleanup_bytes struct bytes packed = gzip("nothing much", 12, 0);
	cleanup_image struct kimg_image *image = open_bytes(packed.p, packed.n, KIMG_HEADERS);
	const struct kimg_part *kernel;

	assert_fails(KIMG_E_NOT_FOUND, kimg_image_kernel(image, &kernel));
}

static void what_is_not_known(void **state)
{
	struct kimg_image *image = NULL;

	assert_fails(KIMG_E_NOT_FOUND, kimg_image_open_bytes("", 0, NULL, &image));
	assert_fails(KIMG_E_NOT_FOUND, kimg_image_open_bytes("x", 1, NULL, &image));
	assert_fails(KIMG_E_NOT_FOUND, kimg_image_open_bytes("\0\0\0\0", 4, NULL, &image));
	assert_fails(KIMG_E_IO, kimg_image_open("/does/not/exist", NULL, &image));
	assert_null(image);
}

/* Each layer holds the next one; extra zeroes behind each stream, if any, are no damage. */
static struct bytes nest(unsigned int layers)
{
	struct bytes packed = gzip(text, sizeof(text), 0);

	for (unsigned int i = 1; i < layers; i++) {
		struct bytes outer = gzip(packed.p, packed.n, 0);

		free(packed.p);
		packed = outer;
	}
	return packed;
}

static void layers_within_the_limit(void **state)
{
	cleanup_bytes struct bytes packed = nest(5);
	cleanup_image struct kimg_image *image = open_bytes(packed.p, packed.n, KIMG_DEEP);
	const struct kimg_part *kernel;

	check_no_damage(image);
	assert_ok(kimg_image_kernel(image, &kernel));
	assert_int_equal(kernel->size, sizeof(text));
	part_at(image, "payload/payload/payload/payload/payload");
}

static void layers_without_end(void **state)
{
	cleanup_bytes struct bytes packed = nest(60);
	cleanup_image struct kimg_image *image = open_bytes(packed.p, packed.n, KIMG_DEEP);
	cleanup_image struct kimg_image *lazy = open_bytes(packed.p, packed.n, KIMG_HEADERS);
	const struct kimg_part *part;
	unsigned int depth = 0;

	check_damage(image);
	for (part = kimg_image_root(image); part; depth++)
		part = part->content ? part->content : part->children;
	assert_true(depth < 60);
	assert_fails(KIMG_E_LIMIT, kimg_image_kernel(lazy, &part));
	/* The second time it is remembered. */
	assert_fails(KIMG_E_LIMIT, kimg_image_kernel(lazy, &part));
	check_tiles(lazy);
}

static void a_bomb(void **state)
{
	struct kimg_options options = tree_options(KIMG_DEEP);
	cleanup_image struct kimg_image *image = NULL, *lazy = NULL;
	cleanup_free uint8_t *zeroes = calloc(1, 4 << 20);
	cleanup_bytes struct bytes packed = gzip(zeroes, 4 << 20, 0);
	const struct kimg_part *payload;

	options.limits.output = 1 << 20;
	assert_ok(kimg_image_open_bytes(packed.p, packed.n, &options, &image));
	check_damage(image);
	check_tiles(image);
	options.depth = KIMG_HEADERS;
	assert_ok(kimg_image_open_bytes(packed.p, packed.n, &options, &lazy));
	payload = part_at(lazy, "payload");
	assert_fails(KIMG_E_LIMIT, kimg_part_expand(lazy, payload));
	assert_null(payload->content);
}

/* Many small bombs together are held to the same limit as one. */
static void the_limit_is_for_all_layers_together(void **state)
{
	struct kimg_options options = tree_options(KIMG_HEADERS);
	cleanup_image struct kimg_image *image = NULL;
	cleanup_free uint8_t *noise = malloc(100000);
	cleanup_bytes struct bytes inner = { 0 }, outer = { 0 };
	const struct kimg_part *kernel;

	for (size_t i = 0, x = 1; i < 100000; i++, x = x * 1103515245 + 12345)
		noise[i] = x >> 16;
	inner = gzip(noise, 100000, 0);
	outer = gzip(inner.p, inner.n, 0);
	options.limits.output = 150000;
	assert_ok(kimg_image_open_bytes(outer.p, outer.n, &options, &image));
	assert_fails(KIMG_E_LIMIT, kimg_image_kernel(image, &kernel));
}

static void behind_the_stream(void **state)
{
	cleanup_bytes struct bytes zeroes = gzip(text, sizeof(text), 16);
	cleanup_bytes struct bytes word = gzip(text, sizeof(text), 4);
	cleanup_bytes struct bytes junk = gzip(text, sizeof(text), 4);
	cleanup_image struct kimg_image *padded = NULL, *sized = NULL, *wrong = NULL;

	padded = open_bytes(zeroes.p, zeroes.n, KIMG_DEEP);
	check_no_damage(padded);
	assert_int_equal(part_at(padded, "payload/padding")->size, 16);
	/* As `cat Image.gz size` leaves it. */
	put_le(word.p, word.n - 4, 4, sizeof(text));
	sized = open_bytes(word.p, word.n, KIMG_DEEP);
	check_no_damage(sized);
	assert_number(part_at(sized, "payload/size"), "uncompressed_size", sizeof(text));
	put_le(junk.p, junk.n - 4, 4, 0x11223344);
	wrong = open_bytes(junk.p, junk.n, KIMG_DEEP);
	check_damage(wrong);
}

static void a_stream_cut_short(void **state)
{
	cleanup_bytes struct bytes packed = gzip(text, sizeof(text), 0);
	cleanup_image struct kimg_image *image = open_bytes(packed.p, packed.n - 9, KIMG_HEADERS);
	const struct kimg_part *payload = part_at(image, "payload");
	struct kimg_error *error = kimg_part_expand(image, payload);

	assert_non_null(error);
	kimg_error_free(error);
	assert_null(payload->content);
	check_damage(image);
}

/* payload-size of bzImage: right, and off by one to both sides (samples). */
static void a_size_word_that_does_not_fit(void **state)
{
	static const char *const names[] = { "bzimage/bad-size-word-less",
					     "bzimage/bad-size-word-more",
					     "bzimage/bad-size-word-huge" };

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		cleanup_image struct kimg_image *image = open_sample(names[i], KIMG_HEADERS);
		struct kimg_error *error = kimg_part_expand(image, part_at(image, "payload"));
		enum kimg_code code;

		assert_non_null(error);
		code = kimg_error_code(error);
		kimg_error_free(error);
		assert_int_equal(code, i < 2 ? KIMG_E_MISMATCH : KIMG_E_LIMIT);
	}
}

static void finding_by_name_and_path(void **state)
{
	cleanup_image struct kimg_image *image =
		open_sample("bzimage/good-2.15-gzip", KIMG_HEADERS);
	const struct kimg_part *part;

	assert_int_equal(part_at(image, "setup")->offset, 0);
	assert_string_equal(part_at(image, "setup/header")->parent->name, "setup");
	/* Decodes what it must, and only then. */
	assert_null(part_at(image, "payload")->content);
	assert_int_equal(part_at(image, "payload/vmlinux")->kind, KIMG_PART_KERNEL);
	assert_fails(KIMG_E_NOT_FOUND, kimg_image_find(image, "setup/vmlinux", &part));
	assert_fails(KIMG_E_NOT_FOUND, kimg_image_find(image, "no-such", &part));
	assert_fails(KIMG_E_NOT_FOUND, kimg_image_find(image, "", &part));
	assert_fails(KIMG_E_NOT_FOUND, kimg_image_find(image, "/", &part));
}

/* What comes out begins with small numbers, as a header of lzma might. */
static void a_table_is_no_lzma(void **state)
{
	cleanup_image struct kimg_image *image = open_sample("xz/good-bcj-ia64", KIMG_DEEP);

	assert_null(part_at(image, "payload")->content->format);
	check_no_damage(image);
	check_word("xz/good-bcj-ia64", "xz");
}

static void few_parts(void **state)
{
	struct kimg_options options = tree_options(KIMG_DEEP);
	size_t n;
	cleanup_free uint8_t *bytes = read_sample("bzimage/good-2.15-efi-certificate", &n);

	for (uint32_t parts = 0; parts < 60; parts++) {
		struct kimg_image *image = NULL;

		options.limits.parts = parts;
		assert_ok(kimg_image_open_bytes(bytes, n, &options, &image));
		check_tiles(image);
		kimg_image_free(image);
	}
}

static void no_driver_is_ambiguous_with_another(void **state)
{
	for (size_t i = 0; format_all[i]; i++) {
		assert_ptr_equal(format_by_name(format_all[i]->name), format_all[i]);
		assert_true(format_all[i]->parse || format_all[i]->unsupported);
		assert_non_null(format_all[i]->title);
	}
	assert_null(format_by_name("no-such"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_is_decoded_for_headers),
		cmocka_unit_test(deep_decodes),
		cmocka_unit_test(the_bytes_as_stored),
		cmocka_unit_test(no_kernel_in_a_text),
		cmocka_unit_test(what_is_not_known),
		cmocka_unit_test(layers_within_the_limit),
		cmocka_unit_test(layers_without_end),
		cmocka_unit_test(a_bomb),
		cmocka_unit_test(the_limit_is_for_all_layers_together),
		cmocka_unit_test(behind_the_stream),
		cmocka_unit_test(a_stream_cut_short),
		cmocka_unit_test(a_size_word_that_does_not_fit),
		cmocka_unit_test(finding_by_name_and_path),
		cmocka_unit_test(a_table_is_no_lzma),
		cmocka_unit_test(few_parts),
		cmocka_unit_test(no_driver_is_ambiguous_with_another),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
