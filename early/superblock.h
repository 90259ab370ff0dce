/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef EARLY_SUPERBLOCK_H
#define EARLY_SUPERBLOCK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * What a block device holds, from the bytes in which each kind names itself. What is read is hostile: readers take
 * bytes from a window alone, which holds those pieces of the device that were read.
 */

#define WINDOW_PIECES 4
#define WINDOW_HEAD   (68u << 10) /* up to the end of a btrfs superblock: 64 KiB and 4 KiB */

struct window {
	uint64_t size; /* of the device, in bytes */
	struct window_piece {
		uint64_t offset;
		size_t n;
		const uint8_t *p;
	} pieces[WINDOW_PIECES];
	unsigned n;
};

enum content {
	CONTENT_UNKNOWN,
	CONTENT_FILESYSTEM,
	CONTENT_SWAP,
	CONTENT_SUSPENDED, /* swap that holds an image of the memory */
	CONTENT_LUKS,
	CONTENT_LVM,
	CONTENT_MD,
};

/* A member of an array of disks, or of a file system on several. */
struct member {
	uint64_t events; /* the higher, the newer */
	int level;
	uint32_t disks;   /* without which it is degraded */
	uint32_t role;    /* MEMBER_SPARE where it is none of these */
	uint32_t minor;   /* 0.90: the number of its device */
	unsigned version; /* of the superblock: major; 0 for 0.90 */
	unsigned minor_version;
};

#define MEMBER_SPARE UINT32_MAX

struct superblock {
	enum content content;
	char type[20]; /* as mount(8) and blkid(8) call it; "" for what is not known */
	char uuid[64];
	char label[260];
	unsigned version;     /* of LUKS */
	struct member member; /* of MD; of btrfs, how many disks it has */
};

/* Bytes of the device: NULL where the window lacks any of them. */
const uint8_t *window_at(const struct window *window, uint64_t offset, size_t n);

uint16_t window_le16(const uint8_t *p);
uint32_t window_le32(const uint8_t *p);
uint64_t window_le64(const uint8_t *p);
uint16_t window_be16(const uint8_t *p);
uint32_t window_be32(const uint8_t *p);

/* The form of 8-4-4-4-12 digits. */
void superblock_uuid(char *out, size_t room, const uint8_t *p);

/* Bytes up to the first '\0', without blanks at the end. */
void superblock_text(char *out, size_t room, const uint8_t *p, size_t n);

/* UTF-16LE, as UTF-8. What is no character becomes '?'. */
void superblock_utf16(char *out, size_t room, const uint8_t *p, size_t n);

/* What the window shows; content is CONTENT_UNKNOWN where nothing is known. */
void superblock_probe(const struct window *window, struct superblock *ret);

/* The readers, each of which says whether it knows the bytes. */
bool superblock_md(const struct window *window, struct superblock *ret);
bool superblock_luks(const struct window *window, struct superblock *ret);
bool superblock_lvm(const struct window *window, struct superblock *ret);
bool superblock_ext(const struct window *window, struct superblock *ret);
bool superblock_xfs(const struct window *window, struct superblock *ret);
bool superblock_btrfs(const struct window *window, struct superblock *ret);
bool superblock_f2fs(const struct window *window, struct superblock *ret);
bool superblock_squashfs(const struct window *window, struct superblock *ret);
bool superblock_erofs(const struct window *window, struct superblock *ret);
bool superblock_swap(const struct window *window, struct superblock *ret);
bool superblock_iso9660(const struct window *window, struct superblock *ret);
bool superblock_vfat(const struct window *window, struct superblock *ret);

/* Where the superblocks of MD lie that stand at the end of a device of that size; UINT64_MAX where it is too small. */
uint64_t superblock_md_old_place(uint64_t size);
uint64_t superblock_md_end_place(uint64_t size);

/* Reads the pieces that the readers want, and probes. False where the device cannot be read: errno. */
bool superblock_read(int fd, uint64_t size, struct superblock *ret);

#endif
