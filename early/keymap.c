/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What loadkeys -b writes: "bkeymap", for each of 256 maps a byte that says whether it follows, then for each that
 * does 128 codes of keys, of 16 bits in the machine's own order.
 */
#include "keymap.h"

#include <fcntl.h>
#include <linux/kd.h>
#include <linux/keyboard.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "layout.h"
#include "log.h"
#include "text.h"

#define MAGIC     "bkeymap"
#define HEAD      (sizeof(MAGIC) - 1 + KEYMAP_MAPS)
#define MAP_BYTES (2u * KEYMAP_KEYS)

const uint8_t *keymap_map(const uint8_t *table, size_t n, unsigned number)
{
	const uint8_t *flags = table + sizeof(MAGIC) - 1;
	size_t at = HEAD;

	if (n < HEAD || memcmp(table, MAGIC, sizeof(MAGIC) - 1) != 0 || !flags[number])
		return NULL;
	for (unsigned i = 0; i < number; i++)
		at += flags[i] ? MAP_BYTES : 0;
	return n >= at && n - at >= MAP_BYTES ? table + at : NULL;
}

static void give_map(int console, const uint8_t *map, unsigned number)
{
	for (unsigned key = 0; key < KEYMAP_KEYS; key++) {
		struct kbentry entry = { .kb_table = (unsigned char)number,
					 .kb_index = (unsigned char)key };

		memcpy(&entry.kb_value, map + 2u * key, 2);
		ioctl(console, KDSKBENT, &entry);
	}
}

void keymap_load(void)
{
	static bool done;
	size_t n = 0;
	char *table = done ? NULL : text_read(LAYOUT_KEYMAP, &n);
	int console = table ? open("/dev/tty0", O_RDWR | O_NOCTTY | O_CLOEXEC) : -1;

	done = true;
	/* A serial console has a keyboard of its own. */
	for (unsigned i = 0; console >= 0 && i < KEYMAP_MAPS && i < MAX_NR_KEYMAPS; i++) {
		const uint8_t *map = keymap_map((const uint8_t *)table, n, i);

		if (map)
			give_map(console, map, i);
	}
	if (console >= 0)
		close(console);
	free(table);
}
