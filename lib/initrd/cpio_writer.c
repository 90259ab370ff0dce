/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Heads of a newc archive (Documentation/driver-api/early-userspace/buffer-format.rst, 6.12):
 *
 *	0	"070701"
 *	6	13 numbers of 8 hexadecimal digits: ino, mode, uid, gid, nlink, mtime, filesize, major and minor of the file's
 *		device, major and minor of the node itself, bytes of the name with its NUL, sum (0)
 *	110	the name and a NUL, padded with NULs so that what follows starts at a multiple of 4
 *
 * The data follows, padded in the same way. An entry of the name "TRAILER!!!" ends the archive.
 */
#include "initrd/cpio_writer.h"

#include <sys/stat.h>

#define HEADER 110

static const char trailer[] = "TRAILER!!!";

static const char *name_of(const struct content_node *node)
{
	return node ? node->path : trailer;
}

size_t cpio_head_size(const struct content_node *node)
{
	return cpio_padded(HEADER + strlen(name_of(node)) + 1);
}

uint64_t cpio_data_size(const struct content_node *node)
{
	if (!node)
		return 0;
	switch (node->kind) {
	case CONTENT_FILE:
	case CONTENT_BYTES:
		return node->size;
	case CONTENT_LINK:
		return strlen(node->source);
	default:
		return 0;
	}
}

static uint32_t mode_of(const struct content_node *node)
{
	switch (node->kind) {
	case CONTENT_FOLDER:
		return S_IFDIR | (node->mode & 07777);
	case CONTENT_LINK:
		return S_IFLNK | 0777;
	case CONTENT_DEVICE:
		return node->mode;
	default:
		return S_IFREG | (node->mode & 07777);
	}
}

static uint8_t *put_number(uint8_t *to, uint32_t value)
{
	static const char digits[] = "0123456789abcdef";

	for (int shift = 28; shift >= 0; shift -= 4)
		*to++ = digits[value >> shift & 15];
	return to;
}

size_t cpio_put_head(uint8_t *to, const struct content_node *node, const struct cpio_head *head)
{
	const char *name = name_of(node);
	size_t n = strlen(name) + 1, size = cpio_padded(HEADER + n);
	bool is_folder = node && node->kind == CONTENT_FOLDER;
	bool is_device = node && node->kind == CONTENT_DEVICE;
	const uint32_t numbers[] = {
		node ? head->ino : 0,
		node ? mode_of(node) : 0,
		0, /* uid */
		0, /* gid */
		is_folder ? 2
		: node    ? head->links
			  : 1,
		node ? head->mtime : 0,
		node ? head->data : 0,
		0,
		0,
		is_device ? node->major : 0,
		is_device ? node->minor : 0,
		n,
		0,
	};
	uint8_t *p = to + 6;

	memcpy(to, "070701", 6);
	for (size_t i = 0; i < ARRAY_SIZE(numbers); i++)
		p = put_number(p, numbers[i]);
	memcpy(p, name, n);
	memset(p + n, 0, size - HEADER - n);
	return size;
}
