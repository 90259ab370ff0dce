/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Tables of partitions.
 *
 * GPT (UEFI 2.10, 5.3)	in the second sector "EFI PART", entries' first sector (le64) at 72, how many (le32) at
 *			80, bytes of each (le32) at 84; an entry: type (GUID), own GUID at 16, attributes (le64) at
 *			48, name (UTF-16LE, 72 bytes) at 56. Sectors are of 512 or of 4096 bytes.
 * MBR			0x55aa (be16) at 510; the disk's number (le32) at 440
 */
#include "partition.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <unistd.h>

#include "text.h"

#define ENTRY_BYTES 128
#define ENTRIES_MAX 4096
#define NAME_BYTES  72

/* The first three fields are numbers of little-endian order. */
static void put_guid(char *out, size_t room, const uint8_t *p)
{
	snprintf(out, room, "%08x-%04x-%04x-%02x%02x-%02x%02x%02x%02x%02x%02x", window_le32(p),
		 window_le16(p + 4), window_le16(p + 6), p[8], p[9], p[10], p[11], p[12], p[13],
		 p[14], p[15]);
}

static const uint8_t *gpt_entry(const struct window *disk, uint32_t sector, unsigned number)
{
	const uint8_t *p = window_at(disk, sector, 92);
	uint64_t first;
	uint32_t bytes;

	if (!p || memcmp(p, "EFI PART", 8) != 0)
		return NULL;
	first = window_le64(p + 72);
	bytes = window_le32(p + 84);
	if (number > window_le32(p + 80) || number > ENTRIES_MAX || bytes < ENTRY_BYTES ||
	    bytes > sector || first > disk->size / sector)
		return NULL;
	return window_at(disk, first * sector + (uint64_t)bytes * (number - 1), ENTRY_BYTES);
}

static bool find_gpt(const struct window *disk, unsigned number, struct partition *ret)
{
	const uint8_t *p = gpt_entry(disk, 512, number);

	if (!p)
		p = gpt_entry(disk, 4096, number);
	if (!p)
		return false;
	put_guid(ret->type, sizeof(ret->type), p);
	put_guid(ret->uuid, sizeof(ret->uuid), p + 16);
	ret->attributes = window_le64(p + 48);
	superblock_utf16(ret->label, sizeof(ret->label), p + 56, NAME_BYTES);
	return true;
}

bool partition_find(const struct window *disk, unsigned number, struct partition *ret)
{
	const uint8_t *p = window_at(disk, 0, 512);

	*ret = (struct partition){ 0 };
	if (!number)
		return false;
	if (find_gpt(disk, number, ret))
		return true;
	if (!p || window_be16(p + 510) != 0x55aa)
		return false;
	/* The kernel's own form: block/partitions/msdos.c. */
	snprintf(ret->uuid, sizeof(ret->uuid), "%08x-%02x", window_le32(p + 440), number);
	return true;
}

bool partition_read(int fd, uint64_t size, unsigned number, struct partition *ret)
{
	uint8_t *head = text_alloc(WINDOW_HEAD);
	ssize_t got = pread(fd, head, WINDOW_HEAD, 0);
	struct window disk = { .size = size, .n = 1 };
	bool found;

	disk.pieces[0] = (struct window_piece){ .n = got > 0 ? (size_t)got : 0, .p = head };
	found = partition_find(&disk, number, ret);
	free(head);
	return found;
}
