/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What kimg-init reads from block devices. The input: the device's size (8 bytes, little-endian), the number of a
 * partition (1), then the device's first bytes; the last 4 KiB of these stand at its end, too, where superblocks of
 * MD are.
 */
#include <stdlib.h>
#include <string.h>

#include "partition.h"
#include "superblock.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool holds)
{
	if (!holds)
		abort();
}

static void check_text(const char *text, size_t room)
{
	check(memchr(text, '\0', room) != NULL);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct window window = { .n = 1 };
	struct superblock found;
	struct partition entry;
	size_t tail;
	uint64_t places[2];

	if (size < 9)
		return 0;
	window.size = window_le64(data);
	window.pieces[0] = (struct window_piece){ .n = size - 9, .p = data + 9 };
	tail = size - 9 < 4096 ? size - 9 : 4096;
	places[0] = superblock_md_old_place(window.size);
	places[1] = superblock_md_end_place(window.size);
	for (unsigned i = 0; i < 2; i++) {
		if (places[i] != UINT64_MAX)
			window.pieces[window.n++] = (struct window_piece){
				.offset = places[i], .n = tail, .p = data + size - tail
			};
	}
	superblock_probe(&window, &found);
	check_text(found.type, sizeof(found.type));
	check_text(found.uuid, sizeof(found.uuid));
	check_text(found.label, sizeof(found.label));
	check((found.content != CONTENT_UNKNOWN) <= (*found.type != '\0'));
	if (partition_find(&window, data[8], &entry)) {
		check_text(entry.uuid, sizeof(entry.uuid));
		check_text(entry.label, sizeof(entry.label));
		check_text(entry.type, sizeof(entry.type));
	}
	return 0;
}
