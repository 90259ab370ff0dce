/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef FORMAT_UKI_TEXT_H
#define FORMAT_UKI_TEXT_H

#include "format/part.h"

/* The sections of a unified kernel image that are lines of text. */

/* Lines of KEY=VALUE, as os-release(5) and .profile have them: a text field each. */
void uki_add_assignments(struct kimg_part *part, struct span text);

/* SBAT metadata (shim's SBAT.md): a field for each component, its generation and who made it. */
void uki_add_sbat(struct kimg_part *part, struct span text);

#endif
