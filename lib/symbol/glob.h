/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SYMBOL_GLOB_H
#define SYMBOL_GLOB_H

#include "base/span.h"

/*
 * Whether all of name fits pattern, as glob(7) has it: * ? [...] with ranges, [!...] and [^...], and \ before a
 * character that stands for itself. A [ without its ] is a plain character. The work is at most the product
 * of the two lengths, whatever they hold.
 */
bool glob_matches(struct span pattern, struct span name);

#endif
