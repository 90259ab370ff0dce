/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The file systems of old ramdisks: ext2, cramfs, romfs, squashfs, minix. */
#include "tree.h"

static void good_ones(void **state)
{
	static const char *const names[][2] = {
		{ "ext2/good-1k", "ext2" },           { "cramfs/good-big", "cramfs" },
		{ "cramfs/good-little", "cramfs" },   { "romfs/good-tiny", "romfs" },
		{ "squashfs/good-gzip", "squashfs" }, { "squashfs/good-lz4", "squashfs" },
		{ "squashfs/good-lzo", "squashfs" },  { "squashfs/good-xz", "squashfs" },
		{ "squashfs/good-zstd", "squashfs" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		cleanup_image struct kimg_image *image = open_sample(names[i][0], KIMG_DEEP);

		check_word(names[i][0], names[i][1]);
		check_no_damage(image);
		assert_int_equal(kimg_image_root(image)->kind, KIMG_PART_INITRD);
	}
}

static void bad_ones(void **state)
{
	static const char *const names[] = {
		"ext2/bad-block-size", "ext2/bad-truncated",
		"cramfs/bad-checksum", "cramfs/bad-size",
		"romfs/bad-size",      "squashfs/bad-size",
		"squashfs/bad-table",  "squashfs/unsupported-version",
	};

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		cleanup_image struct kimg_image *image = open_sample(names[i], KIMG_DEEP);

		check_damage(image);
	}
}

static void ext2(void **state)
{
	cleanup_image struct kimg_image *image = open_sample("ext2/good-1k", KIMG_HEADERS);
	const struct kimg_part *super = part_at(image, "superblock");

	assert_text(kimg_image_root(image), "version", "ext2");
	assert_int_equal(super->offset, 1024);
	assert_number(super, "s_blocks_count", 60);
	assert_number(super, "s_inodes_count", 16);
	assert_number(super, "s_inode_size", 128);
	assert_meaning(super, "s_log_block_size", "1024 bytes");
	assert_meaning(super, "s_feature_incompat", "filetype");
	assert_meaning(super, "s_state", "clean");
	assert_text(super, "s_volume_name", "tiny");
	assert_int_equal(field_at(super, "s_uuid")->length, 16);
}

static void cramfs(void **state)
{
	cleanup_image struct kimg_image *big = open_sample("cramfs/good-big", KIMG_DEEP);
	const struct kimg_part *super = part_at(big, "superblock");
	size_t n = 0;
	cleanup_free uint8_t *bytes = read_sample("cramfs/good-little", &n);
	uint8_t shifted[512 + 4096] = { 0 };
	cleanup_image struct kimg_image *image = NULL;

	assert_text(kimg_image_root(big), "byte_order", "big-endian");
	assert_number(super, "size", 4096);
	assert_number(super, "files", 2);
	assert_text(super, "name", "tiny");
	assert_text(super, "checksum", "ok");

	/* Behind a boot sector. */
	assert_int_equal(n, 4096);
	memcpy(shifted + 512, bytes, n);
	image = open_bytes(shifted, sizeof(shifted), KIMG_HEADERS);
	assert_string_equal(kimg_image_root(image)->format, "cramfs");
	assert_int_equal(part_at(image, "superblock")->offset, 512);
}

static void romfs(void **state)
{
	cleanup_image struct kimg_image *image = open_sample("romfs/good-tiny", KIMG_HEADERS);
	const struct kimg_part *super = part_at(image, "superblock");

	assert_number(super, "size", 448);
	assert_text(super, "volume_name", "tiny");
	assert_text(super, "header_checksum", "ok");
}

static void squashfs(void **state)
{
	cleanup_image struct kimg_image *image = open_sample("squashfs/good-xz", KIMG_HEADERS);
	const struct kimg_part *super = part_at(image, "superblock");

	assert_text(kimg_image_root(image), "version", "4.0");
	assert_meaning(super, "compression", "xz");
	assert_number(super, "block_size", 4096);
	assert_number(super, "inodes", 6);
	assert_meaning(super, "mkfs_time", "2023-01-01 00:00:00 UTC");
	assert_meaning(super, "xattr_id_table_start", "none");
}

static void old_squashfs(void **state)
{
	uint8_t bytes[256] = "sqsh";
	cleanup_image struct kimg_image *image = NULL;

	bytes[7] = 5; /* inodes */
	bytes[29] = 3;
	bytes[31] = 1;
	bytes[53] = 0x80; /* block_size */
	bytes[69] = 1;    /* bytes_used */
	image = open_bytes(bytes, sizeof(bytes), KIMG_DEEP);
	check_no_damage(image);
	assert_text(kimg_image_root(image), "version", "3.1");
	assert_text(kimg_image_root(image), "byte_order", "big-endian");
	assert_number(part_at(image, "superblock"), "inodes", 5);
	assert_number(part_at(image, "superblock"), "block_size", 0x8000);
	assert_number(part_at(image, "superblock"), "bytes_used", 256);
}

/* A superblock of each version, in each byte order. */
static void put(uint8_t *p, unsigned int width, bool big_endian, uint32_t value)
{
	for (unsigned int i = 0; i < width; i++)
		p[big_endian ? width - 1 - i : i] = value >> 8 * i;
}

static void check_minix(unsigned int magic, unsigned int version, bool big_endian)
{
	uint8_t bytes[16384] = { 0 };
	uint8_t *super = bytes + 1024;
	unsigned int shift = version == 3 ? 2 : 0;
	unsigned int inode_blocks = 32 * (version == 1 ? 32 : 64) / 1024;
	cleanup_image struct kimg_image *image = NULL;
	char text[32];

	put(super, version == 3 ? 4 : 2, big_endian, 32);
	if (version == 1)
		put(super + 2, 2, big_endian, 16);
	put(super + 4 + shift, 2, big_endian, 1);
	put(super + 6 + shift, 2, big_endian, 1);
	put(super + 8 + shift, 2, big_endian, 4 + inode_blocks);
	if (version > 1)
		put(super + 20, 4, big_endian, 16);
	put(super + (version == 3 ? 24 : 16), 2, big_endian, magic);
	if (version == 3)
		put(super + 28, 2, big_endian, 1024);
	image = open_bytes(bytes, sizeof(bytes), KIMG_DEEP);
	check_no_damage(image);
	assert_string_equal(kimg_image_root(image)->format, "minix");
	snprintf(text, sizeof(text), "%u, names of", version);
	assert_memory_equal(field_at(kimg_image_root(image), "version")->bytes, text, strlen(text));
	assert_number(part_at(image, "superblock"), "s_ninodes", 32);
	assert_number(part_at(image, "superblock"), version == 1 ? "s_nzones" : "s_zones", 16);
}

static void minix(void **state)
{
	for (int order = 0; order < 2; order++) {
		check_minix(0x137f, 1, order);
		check_minix(0x138f, 1, order);
		check_minix(0x2468, 2, order);
		check_minix(0x2478, 2, order);
		check_minix(0x4d5a, 3, order);
	}
}

static void hostile(void **state)
{
	static const char *const names[] = { "cramfs/good-big", "romfs/good-tiny",
					     "squashfs/good-gzip" };
	size_t n = 0;
	cleanup_free uint8_t *ext2_bytes = read_sample("ext2/good-1k", &n);

	for (size_t at = 0; at < 128; at += 4)
		check_extremes(ext2_bytes, 4096, 1024 + at, 4);
	check_extremes(ext2_bytes, 4096, 1024 + 336, 4);
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		cleanup_free uint8_t *bytes = read_sample(names[i], &n);

		check_cuts(bytes, n, 200);
		for (size_t at = 0; at < 96; at += 4)
			check_extremes(bytes, n, at, 4);
		for (size_t at = 40; at < 96; at += 8)
			check_extremes(bytes, n, at, 8);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(good_ones),    cmocka_unit_test(bad_ones),
		cmocka_unit_test(ext2),         cmocka_unit_test(cramfs),
		cmocka_unit_test(romfs),        cmocka_unit_test(squashfs),
		cmocka_unit_test(old_squashfs), cmocka_unit_test(minix),
		cmocka_unit_test(hostile),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
