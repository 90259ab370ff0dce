/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tree.h"

static void good_ones(void **state)
{
	static const char *const names[] = { "gzip", "plain", "setup-sects-0", NULL };

	check_good_samples("bootsect", "bootsect", names);
}

static void fields_of_the_boot_sector(void **state)
{
	cleanup_image struct kimg_image *image = open_sample("bootsect/good-gzip", KIMG_HEADERS);
	const struct kimg_part *header = part_at(image, "setup/header");

	assert_number(header, "setup_sects", 4);
	assert_meaning(header, "root_flags", "read-only");
	assert_number(header, "swap_dev", 0);
	assert_meaning(header, "vid_mode", "normal");
	assert_meaning(header, "root_dev", "3:1");
	assert_number(header, "boot_flag", 0xaa55);
	assert_no_field(header, "header");
	assert_int_equal(part_at(image, "setup")->size, 5 * 512);
	assert_int_equal(field_at(kimg_image_root(image), "payload")->type, KIMG_FIELD_UNCHECKED);
}

static void the_kernel_is_packed_or_not(void **state)
{
	cleanup_image struct kimg_image *packed = open_sample("bootsect/good-gzip", KIMG_HEADERS);
	cleanup_image struct kimg_image *plain = open_sample("bootsect/good-plain", KIMG_HEADERS);
	const struct kimg_part *kernel;

	assert_ok(kimg_image_kernel(packed, &kernel));
	assert_int_equal(kernel->size, 4096);
	assert_ptr_equal(kernel->parent, part_at(packed, "system/payload"));
	assert_ok(kimg_image_kernel(plain, &kernel));
	assert_ptr_equal(kernel, part_at(plain, "system"));
	assert_int_equal(kernel->kind, KIMG_PART_KERNEL);
	check_tiles(packed);
	check_tiles(plain);
}

/* The boot sectors of disks end with 0xaa55 too. */
static void a_disk_is_none(void **state)
{
	uint8_t disk[2048] = { 0xeb, 0x58, 0x90, 'm', 'k', 'f', 's' };
	struct kimg_image *image = NULL;

	put_le(disk, 510, 2, 0xaa55);
	assert_fails(KIMG_E_NOT_FOUND, kimg_image_open_bytes(disk, sizeof(disk), NULL, &image));
	/* A partition of type 0x83 in the table's last row. */
	put_le(disk, 0x1ee, 4, 0x00010180);
	put_le(disk, 0x1f2, 4, 0x3f3f0183);
	put_le(disk, 0x1f6, 8, 0x0001000000000800);
	assert_fails(KIMG_E_NOT_FOUND, kimg_image_open_bytes(disk, sizeof(disk), NULL, &image));
}

static void another_boot_sector_with_sound_fields(void **state)
{
	uint8_t bytes[512 * 5 + 0x2000] = { 0xfa };
	cleanup_image struct kimg_image *image = NULL, *nothing = NULL;
	const struct kimg_part *kernel;

	put_le(bytes, 0x1f1, 1, 4);
	put_le(bytes, 0x1f4, 2, 0x200);
	put_le(bytes, 0x1fa, 2, 0xffff);
	put_le(bytes, 0x1fe, 2, 0xaa55);
	nothing = open_bytes(bytes, sizeof(bytes), KIMG_DEEP);
	assert_string_equal(kimg_image_root(nothing)->format, "bootsect");
	assert_fails(KIMG_E_NOT_FOUND, kimg_image_kernel(nothing, &kernel));
	strcpy((char *)bytes + 4000, "Linux version 0.99.15 (root@host)");
	image = open_bytes(bytes, sizeof(bytes), KIMG_DEEP);
	check_no_damage(image);
	assert_ok(kimg_image_kernel(image, &kernel));
}

static void cut_anywhere(void **state)
{
	static const char *const names[] = { "bad-truncated", NULL };
	cleanup_free uint8_t *bytes = NULL;
	size_t n;

	check_bad_samples("bootsect", names);
	bytes = read_sample("bootsect/good-gzip", &n);
	check_cuts(bytes, n, n);
	check_extremes(bytes, n, 0x1f1, 1);
	check_extremes(bytes, n, 0x1f4, 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(good_ones),
		cmocka_unit_test(fields_of_the_boot_sector),
		cmocka_unit_test(the_kernel_is_packed_or_not),
		cmocka_unit_test(a_disk_is_none),
		cmocka_unit_test(another_boot_sector_with_sound_fields),
		cmocka_unit_test(cut_anywhere),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
