/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef OOPS_KINDS_H
#define OOPS_KINDS_H

#include "oops/lines.h"

/* kinds_colon.c: as line_start(), for lines that start with the name of a program or a trap. */
bool kinds_colon(struct span text, struct line_start *ret_start);

#endif
