/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef EARLY_PARTITION_H
#define EARLY_PARTITION_H

#include "superblock.h"

/* One partition, as the table of its disk describes it. */
struct partition {
	char uuid[40]; /* PARTUUID: lower case; of an MBR the disk's number and the partition's, as 1234abcd-01 */
	char label[112];     /* PARTLABEL; "" in an MBR */
	char type[40];       /* GUID, lower case; "" in an MBR */
	uint64_t attributes; /* of GPT */
};

/* The partition of that number; false where the window shows no table that has it. */
bool partition_find(const struct window *disk, unsigned number, struct partition *ret);

/* The same from an open disk. */
bool partition_read(int fd, uint64_t size, unsigned number, struct partition *ret);

#endif
