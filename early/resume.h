/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef EARLY_RESUME_H
#define EARLY_RESUME_H

#include "boot.h"

/* Goes back to the memory that resume= names, if there is any in it: then this does not return. What is stale or
 * missing is waited for a while, and left. */
void resume(struct boot *boot);

#endif
