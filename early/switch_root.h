/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef EARLY_SWITCH_ROOT_H
#define EARLY_SWITCH_ROOT_H

/* Makes the folder, which is a mount, "/", and frees what was there. -1 and errno where that fails. */
int switch_root(const char *folder);

#endif
