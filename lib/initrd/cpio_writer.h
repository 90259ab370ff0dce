/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef INITRD_CPIO_WRITER_H
#define INITRD_CPIO_WRITER_H

#include "initrd/content.h"

/* The header and the name of an entry take no more than this. */
#define CPIO_HEAD_MOST (110 + 4096 + 3)

/* Bytes of a header and name in the archive, padding included. */
size_t cpio_head_size(const struct content_node *node);

/* Bytes of what follows the head, without padding: of a file, a link's target. */
uint64_t cpio_data_size(const struct content_node *node);

static inline uint64_t cpio_padded(uint64_t size)
{
	return (size + 3) & ~3ULL;
}

/* What a header says that a node does not. */
struct cpio_head {
	uint32_t ino;
	uint32_t links; /* names of the same file */
	uint32_t mtime;
	uint64_t data; /* bytes that follow */
};

/* Writes header and name of a node, with padding. node NULL: the trailer. Returns its size. */
size_t cpio_put_head(uint8_t *to, const struct content_node *node, const struct cpio_head *head);

#endif
