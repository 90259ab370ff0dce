/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef EARLY_RESCUE_H
#define EARLY_RESCUE_H

#include "boot.h"

/* Says why, what devices there are and what was tried, and takes commands on the console until one of them lets the
 * boot go on. */
void rescue(struct boot *boot, const char *why);

/* The prompt where break=, rd.break= name the stage. */
void rescue_break(struct boot *boot, const char *stage);

#endif
