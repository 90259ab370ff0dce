/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What stands below a file system.
 *
 * LUKS (cryptsetup, on-disk formats 1 and 2)	"LUKS\xba\xbe", version (be16) at 6; 2: label (48) at 24; uuid as
 *						text (40) at 168
 * LVM2 (lib/format_text/layout.h)		in one of the first four sectors "LABELONE", at 20 (le32) where the
 *						header is in the sector, "LVM2 001" at 24; there 32 letters of uuid
 * MD 1.x (include/uapi/linux/raid/md_p.h)	0xa92b4efc (le32), major (le32) at 4, uuid (16) at 16, name (32) at
 *						32, level (le32) at 72, raid_disks (le32) at 92, super_offset (le64,
 *						sectors) at 144, dev_number (le32) at 160, events (le64) at 200,
 *						max_dev (le32) at 220, roles (le16 each) from 256
 *	1.0: 8 KiB or a little more before the end; 1.1: at 0; 1.2: at 4 KiB
 * MD 0.90 (same file), words of 32 bits	0xa92b4efc, major, minor; 5: uuid; 7: level; 10: raid_disks; 11: the
 *	array's minor; 13-15: uuid; 39, 40: events; 992: this disk: number, major, minor, raid_disk, state
 *	in the order of bytes of the machine that made it; in the last whole 64 KiB but one
 */
#include "superblock.h"

#include <stdio.h>
#include <string.h>

#define MD_MAGIC      0xa92b4efc
#define MD_HEADER     256
#define OLD_BYTES     4096
#define OLD_WORD_SELF 992
#define ROLE_SPARE    0xffff
#define ROLE_FAULTY   0xfffe
#define ROLE_JOURNAL  0xfffd
#define MOST_DISKS    384 /* of an array: md's own limit for RAID 1 is below */

bool superblock_luks(const struct window *window, struct superblock *ret)
{
	const uint8_t *p = window_at(window, 0, 512);

	if (!p || memcmp(p, "LUKS\xba\xbe", 6) != 0)
		return false;
	ret->version = window_be16(p + 6);
	if (ret->version != 1 && ret->version != 2)
		return false;
	ret->content = CONTENT_LUKS;
	strcpy(ret->type, "crypto_LUKS");
	superblock_text(ret->uuid, sizeof(ret->uuid), p + 168, 40);
	if (ret->version == 2)
		superblock_text(ret->label, sizeof(ret->label), p + 24, 48);
	return true;
}

/* As lvm prints it: 6-4-4-4-4-4-6. */
static void lvm_uuid(char *out, const uint8_t *p)
{
	for (unsigned i = 0; i < 32; i++) {
		if (i >= 6 && i <= 26 && (i - 6) % 4 == 0)
			*out++ = '-';
		*out++ = (char)(p[i] > ' ' && p[i] < 0x7f ? p[i] : '?');
	}
	*out = '\0';
}

bool superblock_lvm(const struct window *window, struct superblock *ret)
{
	for (unsigned sector = 0; sector < 4; sector++) {
		const uint8_t *p = window_at(window, sector * 512u, 512);
		uint32_t at;

		if (!p || memcmp(p, "LABELONE", 8) != 0 || memcmp(p + 24, "LVM2 001", 8) != 0)
			continue;
		at = window_le32(p + 20);
		if (at > 512 - 32)
			return false;
		ret->content = CONTENT_LVM;
		strcpy(ret->type, "LVM2_member");
		lvm_uuid(ret->uuid, p + at);
		return true;
	}
	return false;
}

uint64_t superblock_md_end_place(uint64_t size)
{
	uint64_t sectors = size / 512;

	return sectors < 24 ? UINT64_MAX : ((sectors - 16) & ~UINT64_C(7)) * 512;
}

uint64_t superblock_md_old_place(uint64_t size)
{
	return size < 2 * 65536 ? UINT64_MAX : (size & ~UINT64_C(65535)) - 65536;
}

static uint32_t md_role(const struct window *window, const uint8_t *p, uint64_t place)
{
	uint32_t number = window_le32(p + 160);
	const uint8_t *role;

	if (number >= window_le32(p + 220) || number >= MOST_DISKS)
		return MEMBER_SPARE;
	role = window_at(window, place + MD_HEADER + 2u * number, 2);
	if (!role || window_le16(role) >= ROLE_JOURNAL)
		return MEMBER_SPARE;
	return window_le16(role);
}

static bool md_at(const struct window *window, uint64_t place, unsigned minor_version,
		  struct superblock *ret)
{
	const uint8_t *p = window_at(window, place, MD_HEADER);

	if (!p || window_le32(p) != MD_MAGIC || window_le32(p + 4) != 1 ||
	    window_le64(p + 144) != place / 512)
		return false;
	ret->content = CONTENT_MD;
	strcpy(ret->type, "linux_raid_member");
	superblock_uuid(ret->uuid, sizeof(ret->uuid), p + 16);
	superblock_text(ret->label, sizeof(ret->label), p + 32, 32);
	ret->member = (struct member){
		.version = 1,
		.minor_version = minor_version,
		.level = (int)window_le32(p + 72),
		.disks = window_le32(p + 92),
		.events = window_le64(p + 200),
		.role = md_role(window, p, place),
	};
	return true;
}

static uint32_t old_word(const uint8_t *p, unsigned word, bool big)
{
	return big ? window_be32(p + 4 * word) : window_le32(p + 4 * word);
}

static void old_uuid(struct superblock *ret, const uint8_t *p)
{
	uint8_t uuid[16];

	memcpy(uuid, p + 4 * 5, 4);
	memcpy(uuid + 4, p + 4 * 13, 12);
	superblock_uuid(ret->uuid, sizeof(ret->uuid), uuid);
}

static bool md_old(const struct window *window, struct superblock *ret)
{
	uint64_t place = superblock_md_old_place(window->size);
	const uint8_t *p = place == UINT64_MAX ? NULL : window_at(window, place, OLD_BYTES);
	bool big = p && window_be32(p) == MD_MAGIC;
	uint32_t role;

	if (!p || (!big && window_le32(p) != MD_MAGIC) || old_word(p, 1, big) != 0)
		return false;
	role = old_word(p, OLD_WORD_SELF + 3, big);
	ret->content = CONTENT_MD;
	strcpy(ret->type, "linux_raid_member");
	old_uuid(ret, p);
	ret->member = (struct member){
		.level = (int)old_word(p, 7, big),
		.disks = old_word(p, 10, big),
		.role = role < old_word(p, 10, big) ? role : MEMBER_SPARE,
		.minor = old_word(p, 11, big),
		.minor_version = 90,
		.events = (uint64_t)old_word(p, big ? 39 : 40, big) << 32 |
			  old_word(p, big ? 40 : 39, big),
	};
	return true;
}

bool superblock_md(const struct window *window, struct superblock *ret)
{
	uint64_t end = superblock_md_end_place(window->size);

	return md_at(window, 4096, 2, ret) || md_at(window, 0, 1, ret) ||
	       (end != UINT64_MAX && md_at(window, end, 0, ret)) || md_old(window, ret);
}
