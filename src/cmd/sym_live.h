/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CMD_SYM_LIVE_H
#define CMD_SYM_LIVE_H

#include "base/cleanup.h"
#include "cli/options.h"
#include "kimg/symbol.h"

/*
 * The symbols of the kernel that runs: as it shows them, or as they stand in its memory. Where only_live is
 * false and neither can be read, those of the map or vmlinux that belongs to it; what is to be known about that is
 * remarked.
 */
struct kimg_error *open_running(const struct cli *cli, const struct kimg_symbols_options *options,
				bool only_live, struct kimg_symbols **ret_symbols) must_check;

#endif
