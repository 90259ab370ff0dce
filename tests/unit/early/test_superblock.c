/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The samples are the seeds of fuzz_early_superblock: the first bytes of what mke2fs and its like made, of which
 * blkid says the same. Members of MD and LVM are written here.
 */
#include "early.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "partition.h"
#include "superblock.h"

#define UUID "6c1f7d3a-52d2-4b7e-9d57-2f3f3b1e8a11"

static uint8_t head[WINDOW_HEAD];
static uint8_t tail[4096];

static struct window read_sample(const char *name)
{
	char path[512];
	uint8_t first[9];
	struct window window = { .n = 1 };
	FILE *file;

	snprintf(path, sizeof(path), "%s/%s", getenv("SAMPLES"), name);
	file = fopen(path, "rb");
	assert_non_null(file);
	assert_int_equal(fread(first, 1, sizeof(first), file), sizeof(first));
	memset(head, 0, sizeof(head));
	assert_true(fread(head, 1, sizeof(head), file) > 0);
	fclose(file);
	window.size = window_le64(first);
	window.pieces[0] =
		(struct window_piece){ .n = window.size < sizeof(head) ? window.size : sizeof(head),
				       .p = head };
	return window;
}

static void samples(void **state)
{
	static const struct {
		const char *name, *type, *uuid, *label;
		enum content content;
	} all[] = {
		{ "ext2", "ext2", UUID, "kimg-root", CONTENT_FILESYSTEM },
		{ "ext3", "ext3", UUID, "kimg-root", CONTENT_FILESYSTEM },
		{ "ext4", "ext4", UUID, "kimg-root", CONTENT_FILESYSTEM },
		{ "xfs", "xfs", UUID, "kimg-root", CONTENT_FILESYSTEM },
		{ "btrfs", "btrfs", UUID, "kimg-root", CONTENT_FILESYSTEM },
		{ "f2fs", "f2fs", UUID, "kimg-r\xc3\xb6ot", CONTENT_FILESYSTEM },
		{ "squashfs", "squashfs", "", "", CONTENT_FILESYSTEM },
		{ "erofs", "erofs", UUID, "", CONTENT_FILESYSTEM },
		{ "fat32", "vfat", "1234-ABCD", "KIMGROOT", CONTENT_FILESYSTEM },
		{ "fat16", "vfat", "1234-ABCD", "", CONTENT_FILESYSTEM },
		{ "luks1", "crypto_LUKS", UUID, "", CONTENT_LUKS },
		{ "luks2", "crypto_LUKS", UUID, "kimg-luks", CONTENT_LUKS },
		{ "swap", "swap", UUID, "kimg-swap", CONTENT_SWAP },
		{ "suspended", "swsuspend", UUID, "kimg-swap", CONTENT_SUSPENDED },
		{ "gpt", "", "", "", CONTENT_UNKNOWN },
		{ "mbr", "", "", "", CONTENT_UNKNOWN },
	};

	for (size_t i = 0; i < sizeof(all) / sizeof(*all); i++) {
		struct window window = read_sample(all[i].name);
		struct superblock found;

		superblock_probe(&window, &found);
		assert_string_equal(found.type, all[i].type);
		assert_string_equal(found.uuid, all[i].uuid);
		assert_string_equal(found.label, all[i].label);
		assert_int_equal(found.content, all[i].content);
		/* However little of it is there, nothing is read that is not. */
		for (size_t n = 0; n < window.pieces[0].n; n += 61) {
			struct window shorter = window;

			uint8_t *copy = malloc(n ? n : 1);

			memcpy(copy, head, n);
			shorter.pieces[0] = (struct window_piece){ .n = n, .p = copy };
			superblock_probe(&shorter, &found);
			free(copy);
		}
	}
}

static void tables(void **state)
{
	struct window window = read_sample("gpt");
	struct partition entry;

	assert_true(partition_find(&window, 1, &entry));
	assert_string_equal(entry.uuid, "0b2d9c44-77aa-4b8c-9a0e-5d1f0a6b7c31");
	assert_string_equal(entry.label, "kimg part");
	assert_string_equal(entry.type, "0fc63daf-8483-4772-8e79-3d69d8477de4");
	assert_false(partition_find(&window, 0, &entry));
	window = read_sample("mbr");
	assert_true(partition_find(&window, 5, &entry));
	assert_string_equal(entry.uuid, "5eed1234-05");
	assert_string_equal(entry.label, "");
	memset(head, 0, sizeof(head));
	assert_false(partition_find(&window, 1, &entry));
}

static void put_le(uint8_t *p, uint64_t value, unsigned bytes)
{
	for (unsigned i = 0; i < bytes; i++)
		p[i] = (uint8_t)(value >> (8 * i));
}

static void put_be32(uint8_t *p, uint32_t value)
{
	for (unsigned i = 0; i < 4; i++)
		p[i] = (uint8_t)(value >> (24 - 8 * i));
}

static void write_md(uint8_t *p, uint64_t place)
{
	put_le(p, 0xa92b4efc, 4);
	put_le(p + 4, 1, 4);
	for (unsigned i = 0; i < 16; i++)
		p[16 + i] = (uint8_t)(i * 17);
	memcpy(p + 32, "host:0", 7);
	put_le(p + 72, 5, 4);
	put_le(p + 92, 3, 4);
	put_le(p + 144, place / 512, 8);
	put_le(p + 160, 1, 4);
	put_le(p + 200, 42, 8);
	put_le(p + 220, 3, 4);
	put_le(p + 256, 0, 2);
	put_le(p + 258, 2, 2);
	put_le(p + 260, 0xfffe, 2);
}

static struct window blank(uint64_t size, uint64_t tail_place)
{
	struct window window = { .size = size, .n = 2 };

	memset(head, 0, sizeof(head));
	memset(tail, 0, sizeof(tail));
	window.pieces[0] = (struct window_piece){ .n = sizeof(head), .p = head };
	window.pieces[1] =
		(struct window_piece){ .offset = tail_place, .n = sizeof(tail), .p = tail };
	return window;
}

static void check_md(const struct window *window, unsigned minor_version)
{
	struct superblock found;

	superblock_probe(window, &found);
	assert_int_equal(found.content, CONTENT_MD);
	assert_string_equal(found.uuid, "00112233-4455-6677-8899-aabbccddeeff");
	assert_string_equal(found.label, "host:0");
	assert_int_equal(found.member.minor_version, minor_version);
	assert_int_equal(found.member.level, 5);
	assert_int_equal(found.member.disks, 3);
	assert_int_equal(found.member.role, 2);
	assert_int_equal(found.member.events, 42);
}

static void members_of_md(void **state)
{
	uint64_t size = (64u << 20) + 512 * 3;
	uint64_t end = superblock_md_end_place(size);
	struct window window = blank(size, end);
	struct superblock found;

	write_md(head + 4096, 4096);
	check_md(&window, 2);
	/* Of another disk, copied with it. */
	put_le(head + 4096 + 144, 9, 8);
	superblock_probe(&window, &found);
	assert_int_equal(found.content, CONTENT_UNKNOWN);
	window = blank(size, end);
	write_md(head, 0);
	check_md(&window, 1);
	/* A number beyond the roles, and a role that says "faulty". */
	put_le(head + 160, 3, 4);
	superblock_probe(&window, &found);
	assert_int_equal(found.member.role, MEMBER_SPARE);
	put_le(head + 160, 2, 4);
	superblock_probe(&window, &found);
	assert_int_equal(found.member.role, MEMBER_SPARE);
	/* At the end, and a file system at the beginning. */
	window = blank(size, end);
	put_le(head + 1024 + 56, 0xef53, 2);
	put_le(head + 1024 + 4, 100, 4);
	write_md(tail, end);
	check_md(&window, 0);
	assert_int_equal(superblock_md_end_place(4096), UINT64_MAX);
}

static void old_members_of_md(void **state)
{
	uint64_t size = (64u << 20) + 70000;
	struct window window = blank(size, superblock_md_old_place(size));
	struct superblock found;

	assert_int_equal(superblock_md_old_place(size), 64u << 20);
	for (unsigned i = 0; i < 3; i++)
		put_le(tail + 4 * i, i == 0 ? 0xa92b4efc : i == 2 ? 90 : 0, 4);
	put_le(tail + 4 * 7, 1, 4);
	put_le(tail + 4 * 10, 2, 4);
	put_le(tail + 4 * 11, 7, 4);
	put_le(tail + 4 * 39, 5, 4);
	put_le(tail + 4 * 995, 1, 4);
	superblock_probe(&window, &found);
	assert_int_equal(found.content, CONTENT_MD);
	assert_int_equal(found.member.version, 0);
	assert_int_equal(found.member.minor_version, 90);
	assert_int_equal(found.member.minor, 7);
	assert_int_equal(found.member.role, 1);
	assert_int_equal(found.member.events, 5);
	/* Of a machine of the other order. */
	for (unsigned i = 0; i < 1024; i++)
		put_be32(tail + 4 * i, window_le32(tail + 4 * i));
	superblock_probe(&window, &found);
	assert_int_equal(found.content, CONTENT_MD);
	assert_int_equal(found.member.minor, 7);
}

static void members_of_lvm(void **state)
{
	struct window window = blank(1 << 20, UINT64_MAX);
	struct superblock found;

	window.n = 1;
	memcpy(head + 512, "LABELONE", 8);
	put_le(head + 512 + 20, 32, 4);
	memcpy(head + 512 + 24, "LVM2 001", 8);
	memcpy(head + 512 + 32, "abcdefGHIJklmnOPQRstuvWXYZ012345", 32);
	superblock_probe(&window, &found);
	assert_int_equal(found.content, CONTENT_LVM);
	assert_string_equal(found.uuid, "abcdef-GHIJ-klmn-OPQR-stuv-WXYZ-012345");
	put_le(head + 512 + 20, 0xffffffff, 4);
	superblock_probe(&window, &found);
	assert_int_equal(found.content, CONTENT_UNKNOWN);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(samples),        cmocka_unit_test(tables),
		cmocka_unit_test(members_of_md),  cmocka_unit_test(old_members_of_md),
		cmocka_unit_test(members_of_lvm),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
