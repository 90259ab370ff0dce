/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SYMBOL_KSYMS_H
#define SYMBOL_KSYMS_H

#include "symbol/symbols.h"

/* ksyms.c: what stands in names of /proc/ksyms, the symbols that kernels up to 2.4 export. */

/*
 * name without the version that CONFIG_MODVERSIONS put behind it: _R and eight digits, between them "smp_",
 * "2gig_" or "smp2gig_" (genksyms' option -p, as the kernel's Makefile gave it).
 */
struct span ksyms_plain_name(struct span name);

/*
 * A section of a module, as insmod of modutils puts it into the table: __insmod_MODULE_S.text_L1234, the
 * length in decimal.
 */
struct ksyms_section {
	struct span name;
	uint64_t size;
};

bool ksyms_section(struct span name, struct ksyms_section *ret);

/* Once the table is sorted: each symbol gets the section that it lies in. */
void ksyms_place(struct kimg_symbols *symbols);

#endif
