/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "superblock.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "text.h"

#define MD_BYTES 4096

const uint8_t *window_at(const struct window *window, uint64_t offset, size_t n)
{
	for (unsigned i = 0; i < window->n; i++) {
		const struct window_piece *piece = &window->pieces[i];

		if (offset >= piece->offset && offset - piece->offset <= piece->n &&
		    piece->n - (offset - piece->offset) >= n)
			return piece->p + (offset - piece->offset);
	}
	return NULL;
}

uint16_t window_le16(const uint8_t *p)
{
	return (uint16_t)(p[0] | p[1] << 8);
}

uint32_t window_le32(const uint8_t *p)
{
	return window_le16(p) | (uint32_t)window_le16(p + 2) << 16;
}

uint64_t window_le64(const uint8_t *p)
{
	return window_le32(p) | (uint64_t)window_le32(p + 4) << 32;
}

uint16_t window_be16(const uint8_t *p)
{
	return (uint16_t)(p[0] << 8 | p[1]);
}

uint32_t window_be32(const uint8_t *p)
{
	return (uint32_t)window_be16(p) << 16 | window_be16(p + 2);
}

void superblock_uuid(char *out, size_t room, const uint8_t *p)
{
	snprintf(out, room, "%02x%02x%02x%02x-%02x%02x-%02x%02x-%02x%02x-%02x%02x%02x%02x%02x%02x",
		 p[0], p[1], p[2], p[3], p[4], p[5], p[6], p[7], p[8], p[9], p[10], p[11], p[12],
		 p[13], p[14], p[15]);
}

void superblock_text(char *out, size_t room, const uint8_t *p, size_t n)
{
	size_t length = 0;

	while (length < n && length + 1 < room && p[length])
		length++;
	while (length && p[length - 1] == ' ')
		length--;
	memcpy(out, p, length);
	out[length] = '\0';
}

/* A character as UTF-8; returns how many bytes. */
static size_t put_utf8(char *out, uint32_t c)
{
	if (c < 0x80) {
		out[0] = (char)c;
		return 1;
	}
	if (c < 0x800) {
		out[0] = (char)(0xc0 | c >> 6);
		out[1] = (char)(0x80 | (c & 0x3f));
		return 2;
	}
	if (c < 0x10000) {
		out[0] = (char)(0xe0 | c >> 12);
		out[1] = (char)(0x80 | (c >> 6 & 0x3f));
		out[2] = (char)(0x80 | (c & 0x3f));
		return 3;
	}
	out[0] = (char)(0xf0 | c >> 18);
	out[1] = (char)(0x80 | (c >> 12 & 0x3f));
	out[2] = (char)(0x80 | (c >> 6 & 0x3f));
	out[3] = (char)(0x80 | (c & 0x3f));
	return 4;
}

void superblock_utf16(char *out, size_t room, const uint8_t *p, size_t n)
{
	size_t used = 0;

	for (size_t i = 0; i + 2 <= n && used + 5 <= room; i += 2) {
		uint32_t c = window_le16(p + i);

		if (!c)
			break;
		if (c >= 0xd800 && c < 0xe000) {
			uint32_t low = i + 4 <= n && c < 0xdc00 ? window_le16(p + i + 2) : 0;

			if (low >= 0xdc00 && low < 0xe000) {
				c = 0x10000 + ((c & 0x3ff) << 10) + (low & 0x3ff);
				i += 2;
			} else {
				c = '?';
			}
		}
		used += put_utf8(out + used, c);
	}
	out[used] = '\0';
}

/*
 * What stands around something else is asked before it: a member of a RAID 1 whose superblock is at its end begins
 * as the file system that is on the array. Boot sectors, which are known by few bytes, come last.
 */
void superblock_probe(const struct window *window, struct superblock *ret)
{
	static bool (*const readers[])(const struct window *, struct superblock *) = {
		superblock_md,       superblock_luks,    superblock_lvm,  superblock_ext,
		superblock_xfs,      superblock_btrfs,   superblock_f2fs, superblock_erofs,
		superblock_squashfs, superblock_iso9660, superblock_swap, superblock_vfat,
	};

	for (size_t i = 0; i < sizeof(readers) / sizeof(*readers); i++) {
		*ret = (struct superblock){ 0 };
		if (readers[i](window, ret))
			return;
	}
	*ret = (struct superblock){ 0 };
}

/* Reads what there is of these bytes. */
static bool add_piece(struct window *window, int fd, uint8_t *room, uint64_t offset, size_t n)
{
	ssize_t got = pread(fd, room, n, (off_t)offset);

	if (got > 0)
		window->pieces[window->n++] =
			(struct window_piece){ .offset = offset, .n = (size_t)got, .p = room };
	return got >= 0;
}

bool superblock_read(int fd, uint64_t size, struct superblock *ret)
{
	uint8_t *room = text_alloc(WINDOW_HEAD + 2 * MD_BYTES);
	struct window window = { .size = size };
	uint64_t old = superblock_md_old_place(size);
	uint64_t end = superblock_md_end_place(size);
	bool done = add_piece(&window, fd, room, 0, WINDOW_HEAD);

	if (done && old != UINT64_MAX)
		add_piece(&window, fd, room + WINDOW_HEAD, old, MD_BYTES);
	if (done && end != UINT64_MAX)
		add_piece(&window, fd, room + WINDOW_HEAD + MD_BYTES, end, MD_BYTES);
	if (done)
		superblock_probe(&window, ret);
	free(room);
	return done;
}
