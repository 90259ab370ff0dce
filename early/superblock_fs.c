/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * File systems and swap.
 *
 * ext2-4 (fs/ext4/ext4.h)	at 1024: blocks (le32) at 4, log of the block's size (le32) at 24, 0xef53 (le16) at
 *				56, features: compatible at 92, incompatible at 96, read-only at 100 (le32 each),
 *				uuid at 104, label (16) at 120
 * xfs (fs/xfs/libxfs)		"XFSB", size of blocks (be32) at 4, uuid at 32, label (12) at 108
 * btrfs (btrfs_tree.h)		at 64 KiB: uuid at 32, "_BHRfS_M" at 64, disks (le64) at 136, label (256) at 299
 * f2fs (linux/f2fs_fs.h)	at 1024: 0xf2f52010 (le32), uuid at 108, label (UTF-16LE, 1024 bytes) at 124
 * squashfs (squashfs_fs.h)	"hsqs", version (le16) at 28
 * erofs (erofs_fs.h)		at 1024: 0xe0f5e1e2 (le32), uuid at 48, label (16) at 64
 * ISO 9660 (ECMA-119, 8.4)	at 32768: 1, "CD001", label (32) at 40, made (16 digits) at 813, changed at 830
 * FAT (Microsoft's fatgen103)	0x55aa (be16) at 510; "FAT32   " at 82, serial number (le32) at 67, label (11) at 71;
 *				or "FAT12   ", "FAT16   ", "FAT     " at 54, serial number at 39, label at 43
 * swap (linux/swap.h)		"SWAPSPACE2" as the last ten bytes of the first page, uuid at 1036, label (16) at
 *				1052; "S1SUSPEND" there instead once memory was written to it
 */
#include "superblock.h"

#include <stdio.h>
#include <string.h>

enum {
	EXT_HAS_JOURNAL = 0x4,
	EXT_JOURNAL_DEVICE = 0x8,
	/* What ext3 knows: filetype, recover, meta_bg; sparse_super, large_file, btree_dir. */
	EXT3_INCOMPATIBLE = 0x2 | 0x4 | 0x10,
	EXT3_READ_ONLY = 0x1 | 0x2 | 0x4,
	EXT_LARGEST_BLOCK = 6, /* 64 KiB, as log of KiB */
};

static bool is_filesystem(struct superblock *ret, const char *type)
{
	ret->content = CONTENT_FILESYSTEM;
	snprintf(ret->type, sizeof(ret->type), "%s", type);
	return true;
}

static const char *ext_type(const uint8_t *p)
{
	uint32_t incompatible = window_le32(p + 96);
	uint32_t read_only = window_le32(p + 100);

	if (incompatible & EXT_JOURNAL_DEVICE)
		return "jbd";
	if ((incompatible & ~(uint32_t)EXT3_INCOMPATIBLE) ||
	    (read_only & ~(uint32_t)EXT3_READ_ONLY))
		return "ext4";
	return window_le32(p + 92) & EXT_HAS_JOURNAL ? "ext3" : "ext2";
}

bool superblock_ext(const struct window *window, struct superblock *ret)
{
	const uint8_t *p = window_at(window, 1024, 1024);

	if (!p || window_le16(p + 56) != 0xef53 || window_le32(p + 24) > EXT_LARGEST_BLOCK ||
	    window_le32(p + 4) == 0)
		return false;
	superblock_uuid(ret->uuid, sizeof(ret->uuid), p + 104);
	superblock_text(ret->label, sizeof(ret->label), p + 120, 16);
	is_filesystem(ret, ext_type(p));
	if (!strcmp(ret->type, "jbd"))
		ret->content = CONTENT_UNKNOWN;
	return true;
}

bool superblock_xfs(const struct window *window, struct superblock *ret)
{
	const uint8_t *p = window_at(window, 0, 512);

	if (!p || memcmp(p, "XFSB", 4) != 0 || window_be32(p + 4) < 512)
		return false;
	superblock_uuid(ret->uuid, sizeof(ret->uuid), p + 32);
	superblock_text(ret->label, sizeof(ret->label), p + 108, 12);
	return is_filesystem(ret, "xfs");
}

bool superblock_btrfs(const struct window *window, struct superblock *ret)
{
	const uint8_t *p = window_at(window, 65536, 4096);
	uint64_t disks;

	if (!p || memcmp(p + 64, "_BHRfS_M", 8) != 0)
		return false;
	disks = window_le64(p + 136);
	ret->member.disks = disks > UINT32_MAX ? UINT32_MAX : (uint32_t)disks;
	superblock_uuid(ret->uuid, sizeof(ret->uuid), p + 32);
	superblock_text(ret->label, sizeof(ret->label), p + 299, 256);
	return is_filesystem(ret, "btrfs");
}

bool superblock_f2fs(const struct window *window, struct superblock *ret)
{
	const uint8_t *p = window_at(window, 1024, 3072);

	if (!p || window_le32(p) != 0xf2f52010)
		return false;
	superblock_uuid(ret->uuid, sizeof(ret->uuid), p + 108);
	superblock_utf16(ret->label, sizeof(ret->label), p + 124, 1024);
	return is_filesystem(ret, "f2fs");
}

bool superblock_squashfs(const struct window *window, struct superblock *ret)
{
	const uint8_t *p = window_at(window, 0, 96);

	if (!p || memcmp(p, "hsqs", 4) != 0 || window_le16(p + 28) != 4)
		return false;
	return is_filesystem(ret, "squashfs");
}

bool superblock_erofs(const struct window *window, struct superblock *ret)
{
	const uint8_t *p = window_at(window, 1024, 128);

	if (!p || window_le32(p) != 0xe0f5e1e2)
		return false;
	superblock_uuid(ret->uuid, sizeof(ret->uuid), p + 48);
	superblock_text(ret->label, sizeof(ret->label), p + 64, 16);
	return is_filesystem(ret, "erofs");
}

/* YYYYMMDDhhmmsscc as YYYY-MM-DD-hh-mm-ss-cc, which is what such a disk has for a uuid; "" for none. */
static void iso_date(char *out, size_t room, const uint8_t *p)
{
	bool zeros = true;

	for (unsigned i = 0; i < 16; i++) {
		if (p[i] < '0' || p[i] > '9')
			return;
		zeros = zeros && p[i] == '0';
	}
	if (!zeros)
		snprintf(out, room, "%.4s-%.2s-%.2s-%.2s-%.2s-%.2s-%.2s", (const char *)p,
			 (const char *)p + 4, (const char *)p + 6, (const char *)p + 8,
			 (const char *)p + 10, (const char *)p + 12, (const char *)p + 14);
}

bool superblock_iso9660(const struct window *window, struct superblock *ret)
{
	const uint8_t *p = window_at(window, 32768, 2048);

	if (!p || memcmp(p, "\1CD001", 6) != 0)
		return false;
	superblock_text(ret->label, sizeof(ret->label), p + 40, 32);
	iso_date(ret->uuid, sizeof(ret->uuid), p + 830);
	if (!*ret->uuid)
		iso_date(ret->uuid, sizeof(ret->uuid), p + 813);
	return is_filesystem(ret, "iso9660");
}

static void fat_name(struct superblock *ret, const uint8_t *serial, const uint8_t *label)
{
	uint32_t number = window_le32(serial);

	snprintf(ret->uuid, sizeof(ret->uuid), "%04X-%04X", number >> 16, number & 0xffff);
	superblock_text(ret->label, sizeof(ret->label), label, 11);
	if (!strcmp(ret->label, "NO NAME"))
		*ret->label = '\0';
}

bool superblock_vfat(const struct window *window, struct superblock *ret)
{
	const uint8_t *p = window_at(window, 0, 512);

	if (!p || window_be16(p + 510) != 0x55aa)
		return false;
	if (!memcmp(p + 82, "FAT32   ", 8))
		fat_name(ret, p + 67, p + 71);
	else if (!memcmp(p + 54, "FAT", 3) && !memcmp(p + 59, "   ", 3))
		fat_name(ret, p + 39, p + 43);
	else
		return false;
	return is_filesystem(ret, "vfat");
}

static bool swap_page(const struct window *window, uint64_t page, struct superblock *ret)
{
	const uint8_t *p = window_at(window, page - 10, 10);

	if (!p)
		return false;
	if (!memcmp(p, "SWAPSPACE2", 10) || !memcmp(p, "SWAP-SPACE", 10))
		ret->content = CONTENT_SWAP;
	else if (!memcmp(p, "S1SUSPEND", 9) || !memcmp(p, "S2SUSPEND", 9) ||
		 !memcmp(p, "ULSUSPEND", 9))
		ret->content = CONTENT_SUSPENDED;
	else
		return false;
	strcpy(ret->type, ret->content == CONTENT_SWAP ? "swap" : "swsuspend");
	return true;
}

bool superblock_swap(const struct window *window, struct superblock *ret)
{
	const uint8_t *p = window_at(window, 1024, 512);

	if (!p || !(swap_page(window, 4096, ret) || swap_page(window, 8192, ret) ||
		    swap_page(window, 16384, ret) || swap_page(window, 65536, ret)))
		return false;
	superblock_uuid(ret->uuid, sizeof(ret->uuid), p + 12);
	superblock_text(ret->label, sizeof(ret->label), p + 28, 16);
	return true;
}
