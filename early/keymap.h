/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef EARLY_KEYMAP_H
#define EARLY_KEYMAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define KEYMAP_MAPS 256
#define KEYMAP_KEYS 128

/* One map of the table, from its bytes: NULL where it has none of that number. */
const uint8_t *keymap_map(const uint8_t *table, size_t n, unsigned number);

/* Gives LAYOUT_KEYMAP to the console, once: before somebody types a passphrase or a command. */
void keymap_load(void);

#endif
