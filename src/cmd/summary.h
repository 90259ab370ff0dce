/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CMD_SUMMARY_H
#define CMD_SUMMARY_H

#include "kimg/part.h"
#include "out/out.h"

/* What people want to know first: which kernel, how it is packed, who signed it. Text only. */
void summary(struct out *out, const struct kimg_part *root);

#endif
