/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CMD_SYM_SHOW_H
#define CMD_SYM_SHOW_H

#include "cmd/sym_query.h"
#include "cmd/sym_source.h"
#include "out/out.h"

/* sym_show.c: one record for a query, one line for each match. */
void sym_show(struct out *out, struct span query, const struct sym_answer *answer,
	      struct sym_sources *sources);

#endif
