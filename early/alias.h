/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef EARLY_ALIAS_H
#define EARLY_ALIAS_H

#include "modules.h"

/* The first pattern whose literal beginning does not sort before the text's first n bytes. */
size_t alias_first(const struct modules *modules, const char *text, size_t n);

#endif
