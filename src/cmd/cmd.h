/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CMD_CMD_H
#define CMD_CMD_H

#include "cli/options.h"

/* One file a verb: its table of options is static there, and this stands in the list of main.c. */
extern const struct verb verb_completion, verb_config, verb_extract, verb_identify, verb_info,
	verb_initrd_cat, verb_initrd_check, verb_initrd_create, verb_initrd_extract,
	verb_initrd_list, verb_klogd, verb_map, verb_oops, verb_size, verb_sym, verb_vmlinux;

#endif
