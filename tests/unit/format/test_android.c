/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tree.h"

static void good_ones(void **state)
{
	static const char *const names[] = {
		"boot-v0",
		"boot-v1",
		"boot-v2",
		"boot-v3",
		"boot-v4",
		"boot-v0-page-4096",
		"boot-v3-no-ramdisk",
	};

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		cleanup_image struct kimg_image *image = NULL;
		const struct kimg_part *kernel = NULL;
		char name[64];

		snprintf(name, sizeof(name), "android/good-%s", names[i]);
		check_word(name, "android-boot");
		image = open_sample(name, KIMG_DEEP);
		check_no_damage(image);
		assert_ok(kimg_image_kernel(image, &kernel));
		assert_int_equal(kernel->size, 8192);
	}
}

static void fields(void **state)
{
	cleanup_image struct kimg_image *image = open_sample("android/good-boot-v2", KIMG_DEEP);
	const struct kimg_part *header = part_at(image, "header");

	assert_number(header, "header_version", 2);
	assert_number(header, "kernel_size", 8192);
	assert_number(header, "kernel_addr", 0x10008000);
	assert_number(header, "ramdisk_addr", 0x11000000);
	assert_number(header, "second_addr", 0x10f00000);
	assert_number(header, "tags_addr", 0x10000100);
	assert_number(header, "page_size", 2048);
	assert_meaning(header, "os_version", "13.0.0, patch level 2023-01");
	assert_text(header, "name", "tiny");
	assert_text(header, "id_checksum", "ok");
	assert_number(header, "header_size", 1660);
	assert_number(header, "dtb_addr", 0x11f00000);
	assert_text(part_at(image, "cmdline"), "cmdline", "console=ttyS0");
	assert_int_equal(part_at(image, "recovery-dtbo")->size, 152);
	assert_text(part_at(image, "dtb"), "compatible", "kimg,tiny");
	assert_int_equal(part_at(image, "initrd")->kind, KIMG_PART_INITRD);
	assert_int_equal(part_at(image, "second")->kind, KIMG_PART_CODE);
}

static void versions_3_and_4(void **state)
{
	cleanup_image struct kimg_image *image = open_sample("android/good-boot-v4", KIMG_DEEP);
	const struct kimg_part *header = part_at(image, "header");

	assert_number(header, "header_version", 4);
	assert_number(header, "header_size", 1584);
	assert_number(header, "signature_size", 4096);
	assert_int_equal(part_at(image, "kernel")->offset, 4096);
	assert_int_equal(part_at(image, "signature")->size, 4096);
	assert_text(part_at(image, "cmdline"), "cmdline", "console=ttyS0");
}

static void a_command_line_in_two_places(void **state)
{
	cleanup_image struct kimg_image *image =
		open_sample("android/good-boot-v0-page-4096", KIMG_HEADERS);
	char text[600];

	memset(text, 'x', sizeof(text));
	check_bytes(image, part_at(image, "cmdline"), text, sizeof(text));
	assert_int_equal(field_at(part_at(image, "cmdline"), "cmdline")->length, 600);
}

static void vendor(void **state)
{
	cleanup_image struct kimg_image *image = open_sample("android/good-vendor-v4", KIMG_DEEP);
	cleanup_image struct kimg_image *old = open_sample("android/good-vendor-v3", KIMG_DEEP);

	check_word("android/good-vendor-v4", "vendor-boot");
	check_word("android/good-vendor-v3", "vendor-boot");
	check_no_damage(image);
	check_no_damage(old);
	assert_text(part_at(image, "initrd"), "ramdisk_name", "platform");
	assert_meaning(part_at(image, "initrd"), "ramdisk_type", "platform");
	assert_text(part_at(image, "initrd-2"), "ramdisk_name", "dlkm");
	assert_meaning(part_at(image, "initrd-2"), "ramdisk_type", "dlkm");
	check_bytes(image, part_at(image, "bootconfig"), "a=1\n", 4);
	assert_text(part_at(image, "dtb"), "compatible", "kimg,tiny");
	assert_text(part_at(old, "cmdline"), "cmdline", "androidboot.hardware=tiny");
	assert_number(part_at(old, "header"), "header_version", 3);
	assert_int_equal(part_at(old, "initrd")->kind, KIMG_PART_INITRD);
}

/* A table of device trees where later versions have header_version. */
static void qualcomm(void **state)
{
	size_t n = 0;
	cleanup_free uint8_t *bytes = read_sample("android/good-boot-v0", &n);
	cleanup_image struct kimg_image *image = NULL;

	bytes = realloc(bytes, n + 2048);
	memset(bytes + n, 0, 2048);
	memcpy(bytes + n, "QCDT", 4);
	bytes[41] = 2048 >> 8;
	image = open_bytes(bytes, n + 2048, KIMG_HEADERS);
	check_no_damage(image);
	assert_number(part_at(image, "header"), "dt_size", 2048);
	assert_int_equal(part_at(image, "dt")->offset, n);
}

static void verified_boot(void **state)
{
	size_t n = 0;
	cleanup_free uint8_t *bytes = read_sample("android/good-boot-v3", &n);
	cleanup_image struct kimg_image *image = NULL;
	uint8_t *footer;

	bytes = realloc(bytes, n + 4096);
	memset(bytes + n, 0, 4096);
	memset(bytes + n, 'v', 100);
	footer = bytes + n + 4096 - 64;
	memcpy(footer, "AVBf\0\0\0\1", 8);
	footer[26] = n >> 8;
	footer[35] = 100;
	image = open_bytes(bytes, n + 4096, KIMG_DEEP);
	check_no_damage(image);
	assert_number(part_at(image, "avb-footer"), "version_major", 1);
	assert_int_equal(part_at(image, "vbmeta")->offset, n);
	assert_int_equal(part_at(image, "vbmeta")->size, 100);
}

static void bad_ones(void **state)
{
	static const char *const names[] = {
		"bad-kernel-size",     "bad-page-size-0",       "bad-page-size-huge",
		"bad-page-size-odd",   "bad-ramdisk-size",      "bad-truncated",
		"bad-vendor-table",    "bad-vendor-entry-size", "bad-truncated-header",
		"unsupported-version",
	};

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		cleanup_image struct kimg_image *image = NULL;
		char name[64];

		snprintf(name, sizeof(name), "android/%s", names[i]);
		image = open_sample(name, KIMG_DEEP);
		check_damage(image);
	}
}

static void a_wrong_id(void **state)
{
	size_t n = 0;
	cleanup_free uint8_t *bytes = read_sample("android/good-boot-v1", &n);
	cleanup_image struct kimg_image *image = NULL;

	bytes[2048 + 4096] ^= 1;
	image = open_bytes(bytes, n, KIMG_DEEP);
	assert_text(part_at(image, "header"), "id_checksum", "wrong");
}

static void hostile(void **state)
{
	size_t n = 0;
	cleanup_free uint8_t *boot = read_sample("android/good-boot-v2", &n);

	check_cuts(boot, n, 100);
	for (size_t at = 8; at < 64; at += 4)
		check_extremes(boot, n, at, 4);
	for (size_t at = 1632; at < 1660; at += 4)
		check_extremes(boot, n, at, 4);
}

static void hostile_vendor(void **state)
{
	size_t n = 0;
	cleanup_free uint8_t *bytes = read_sample("android/good-vendor-v4", &n);

	check_cuts(bytes, n, 100);
	for (size_t at = 8; at < 28; at += 4)
		check_extremes(bytes, n, at, 4);
	for (size_t at = 2096; at < 2128; at += 4)
		check_extremes(bytes, n, at, 4);
	for (size_t at = 0x3000; at < 0x3000 + 24; at += 4)
		check_extremes(bytes, n, at, 4);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(good_ones),        cmocka_unit_test(fields),
		cmocka_unit_test(versions_3_and_4), cmocka_unit_test(a_command_line_in_two_places),
		cmocka_unit_test(vendor),           cmocka_unit_test(qualcomm),
		cmocka_unit_test(verified_boot),    cmocka_unit_test(bad_ones),
		cmocka_unit_test(a_wrong_id),       cmocka_unit_test(hostile),
		cmocka_unit_test(hostile_vendor),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
