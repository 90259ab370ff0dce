/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tree.h"

#include <libfdt.h>

static void add_kernel(void *fit, const char *unit, const char *data)
{
	assert_int_equal(fdt_begin_node(fit, unit), 0);
	fdt_property_string(fit, "type", "kernel");
	fdt_property_string(fit, "compression", "none");
	assert_int_equal(fdt_property(fit, "data", data, strlen(data)), 0);
	fdt_end_node(fit);
}

static void add_signature(void *fit)
{
	fdt_begin_node(fit, "signature-1");
	fdt_property_string(fit, "algo", "sha256,rsa2048");
	fdt_property_string(fit, "key-name-hint", "dev");
	fdt_property(fit, "sign-images", "kernel\0fdt", 11);
	fdt_property(fit, "value", "\1\2\3\4", 4);
	fdt_end_node(fit);
}

/* Two kernels, of which the second is the default configuration's; a signature; a reference to nowhere. */
static size_t make_fit(void *fit, size_t size, const char *chosen)
{
	assert_int_equal(fdt_create(fit, size), 0);
	fdt_finish_reservemap(fit);
	fdt_begin_node(fit, "");
	fdt_property_string(fit, "description", "made");
	fdt_begin_node(fit, "images");
	add_kernel(fit, "kernel-1", "Linux version 1");
	add_kernel(fit, "kernel-2", "Linux version 2, the one");
	fdt_end_node(fit);
	fdt_begin_node(fit, "configurations");
	fdt_property_string(fit, "default", chosen);
	fdt_begin_node(fit, "conf-1");
	fdt_property_string(fit, "kernel", "kernel-1");
	add_signature(fit);
	fdt_end_node(fit);
	fdt_begin_node(fit, "conf-2");
	fdt_property_string(fit, "kernel", "kernel-2");
	fdt_end_node(fit);
	fdt_end_node(fit);
	fdt_end_node(fit);
	assert_int_equal(fdt_finish(fit), 0);
	return fdt_totalsize(fit);
}

static void good_ones(void **state)
{
	static const char *const names[] = {
		"internal",
		"external",
		"position",
		"aligned",
		"gzip",
		"bzip2",
		"lzma",
		"lzo",
		"lz4",
		"zstd",
		"hashes",
		"configurations",
		"no-configuration",
	};

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		cleanup_image struct kimg_image *image = NULL;
		const struct kimg_part *kernel = NULL;
		char name[64];

		snprintf(name, sizeof(name), "fit/good-%s", names[i]);
		check_word(name, "fit");
		image = open_sample(name, KIMG_DEEP);
		check_no_damage(image);
		assert_ok(kimg_image_kernel(image, &kernel));
		assert_int_equal(kernel->size, 8192);
	}
}

static void fields(void **state)
{
	cleanup_image struct kimg_image *image = open_sample("fit/good-external", KIMG_HEADERS);
	const struct kimg_part *root = kimg_image_root(image), *kernel = part_at(image, "kernel");

	assert_text(root, "description", "tiny");
	assert_meaning(root, "timestamp", "2023-01-01 00:00:00 UTC");
	assert_text(kernel, "unit", "kernel");
	assert_text(kernel, "type", "kernel");
	assert_text(kernel, "arch", "arm64");
	assert_text(kernel, "os", "linux");
	assert_text(kernel, "compression", "gzip");
	assert_number(kernel, "load", 0x80000);
	assert_number(kernel, "entry", 0x80000);
	assert_text(kernel, "hash-1-algo", "crc32");
	assert_int_equal(field_at(kernel, "hash-1-value")->length, 4);
	assert_int_equal(field_at(kernel, "hash-1")->type, KIMG_FIELD_UNCHECKED);
	assert_string_equal(kernel->codec, "gzip");
	assert_text(part_at(image, "dtb"), "unit", "fdt-1");
	assert_text(part_at(image, "initrd"), "unit", "ramdisk-1");
}

static void every_hash(void **state)
{
	static const char *const algorithms[] = { "crc32",  "md5",    "sha1",
						  "sha256", "sha384", "sha512" };
	cleanup_image struct kimg_image *image = open_sample("fit/good-hashes", KIMG_DEEP);
	const struct kimg_part *kernel = part_at(image, "kernel");

	for (unsigned int i = 0; i < ARRAY_SIZE(algorithms); i++) {
		char name[32];

		snprintf(name, sizeof(name), "hash-%u-algo", i + 1);
		assert_text(kernel, name, algorithms[i]);
		snprintf(name, sizeof(name), "hash-%u", i + 1);
		assert_text(kernel, name, "ok");
	}
}

static void configurations(void **state)
{
	cleanup_image struct kimg_image *image =
		open_sample("fit/good-configurations", KIMG_HEADERS);
	const struct kimg_part *first = part_at(image, "conf-1"),
			       *second = part_at(image, "conf-2");

	assert_int_equal(first->kind, KIMG_PART_CONFIGURATION);
	assert_true(first->view);
	assert_number(first, "default", 1);
	assert_text(first, "kernel", "kernel");
	assert_text(first, "fdt", "fdt-1");
	assert_text(first, "ramdisk", "ramdisk-1");
	assert_number(second, "default", 0);
	assert_text(second, "fdt", "fdt-2");
	assert_text(part_at(image, "dtb-2"), "unit", "fdt-2");
	assert_text(part_at(image, "script"), "type", "script");
}

/* "default" decides, not the order of the images. */
static void the_default_kernel(void **state)
{
	_Alignas(8) uint8_t bytes[2048];
	size_t n = make_fit(bytes, sizeof(bytes), "conf-2");
	cleanup_image struct kimg_image *image = open_bytes(bytes, n, KIMG_DEEP);
	const struct kimg_part *kernel = NULL;

	check_no_damage(image);
	assert_ok(kimg_image_kernel(image, &kernel));
	assert_ptr_equal(kernel, part_at(image, "kernel"));
	assert_text(kernel, "unit", "kernel-2");
	assert_true(kernel->offset > part_at(image, "kernel-2")->offset);
	assert_text(part_at(image, "kernel-2"), "unit", "kernel-1");
	assert_number(part_at(image, "conf-2"), "default", 1);
}

static void no_such_default(void **state)
{
	_Alignas(8) uint8_t bytes[2048];
	size_t n = make_fit(bytes, sizeof(bytes), "conf-3");
	cleanup_image struct kimg_image *image = open_bytes(bytes, n, KIMG_DEEP);

	check_damage(image);
	assert_text(part_at(image, "kernel"), "unit", "kernel-1");
}

static void signatures(void **state)
{
	_Alignas(8) uint8_t bytes[2048];
	size_t n = make_fit(bytes, sizeof(bytes), "conf-2");
	cleanup_image struct kimg_image *image = open_bytes(bytes, n, KIMG_HEADERS);
	const struct kimg_part *conf = part_at(image, "conf-1");

	assert_text(conf, "signature-1-algo", "sha256,rsa2048");
	assert_text(conf, "signature-1-key-name-hint", "dev");
	assert_text(conf, "signature-1-sign-images", "kernel fdt");
	assert_int_equal(field_at(conf, "signature-1-value")->length, 4);
}

static void bad_ones(void **state)
{
	static const char *const names[] = {
		"configuration", "data-offset",   "data-offset-negative", "data-size",
		"hash",          "struct-offset", "total-size",           "truncated",
	};

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		cleanup_image struct kimg_image *image = NULL;
		char name[64];

		snprintf(name, sizeof(name), "fit/bad-%s", names[i]);
		image = open_sample(name, KIMG_DEEP);
		check_damage(image);
	}
}

static void a_wrong_hash(void **state)
{
	cleanup_image struct kimg_image *image = open_sample("fit/bad-hash", KIMG_DEEP);

	assert_text(part_at(image, "dtb"), "hash-1", "wrong");
	assert_text(part_at(image, "kernel"), "hash-1", "ok");
}

/* What is told from the first 4 KiB of a large one. */
static void the_beginning(void **state)
{
	size_t n = 0;
	cleanup_free uint8_t *bytes = read_sample("fit/good-hashes", &n);
	cleanup_image struct kimg_image *image = open_bytes(bytes, 4096, KIMG_HEADERS);

	assert_string_equal(kimg_image_root(image)->format, "fit");
}

static void hostile(void **state)
{
	size_t n = 0;
	cleanup_free uint8_t *bytes = read_sample("fit/good-external", &n);

	check_cuts(bytes, n, n);
	for (size_t at = 0; at < 1024; at += 4)
		check_extremes(bytes, n, at, 4);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(good_ones),
		cmocka_unit_test(fields),
		cmocka_unit_test(every_hash),
		cmocka_unit_test(configurations),
		cmocka_unit_test(the_default_kernel),
		cmocka_unit_test(no_such_default),
		cmocka_unit_test(signatures),
		cmocka_unit_test(bad_ones),
		cmocka_unit_test(a_wrong_hash),
		cmocka_unit_test(the_beginning),
		cmocka_unit_test(hostile),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
