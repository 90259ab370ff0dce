/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef EARLY_COMMAND_H
#define EARLY_COMMAND_H

#include "boot.h"

/* The commands of the rescue prompt. */

/* Runs one line. Whether the boot is to go on. */
bool command_run(struct boot *boot, char *line);

/* All block devices and what is on them. */
void command_blkid(struct boot *boot);

#endif
