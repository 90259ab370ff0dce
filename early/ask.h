/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef EARLY_ASK_H
#define EARLY_ASK_H

#include <stdbool.h>
#include <stddef.h>

/* Asks for a passphrase: by plymouth where it runs, else on the console, without an echo. Without its newline; false
 * where nobody answers. The caller clears it. */
bool ask_passphrase(const char *question, char *out, size_t room);

#endif
