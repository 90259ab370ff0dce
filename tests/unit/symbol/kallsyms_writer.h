/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TESTS_SYMBOL_KALLSYMS_WRITER_H
#define TESTS_SYMBOL_KALLSYMS_WRITER_H

/*
 * Makes kernels up that have nothing but kallsyms: tables of every form that there has been, among noise and
 * what looks like such tables but is not.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* By the first kernel that had it. */
enum kallsyms_form {
	FORM_2_6_10, /* addresses; counts and markers are longs, lengths one byte */
	FORM_4_6,    /* offsets from a base */
	FORM_4_20,   /* counts and markers of 32 bits */
	FORM_6_1,    /* lengths of one or two bytes */
	FORM_6_2,    /* seqs_of_names in front of token_table */
	FORM_6_4,    /* offsets, base and seqs_of_names behind token_index */
	FORM_7_0,    /* no base, everything aligned to 4 */
};

struct kallsyms_spec {
	const char *name;
	enum kallsyms_form form;
	unsigned int bits;
	bool big_endian;
	bool addresses; /* no offsets, although the form has them: ia64; of 7.0: 32 bits without relocation */
	bool percpu;      /* offsets of per-CPU variables are absolute, all others below 0 */
	bool relocatable; /* the base is 0, and in a relocation */
	bool functions_only;
	bool long_names; /* some need more than 127 codes */
	bool short_names;
	bool headless; /* the lowest symbol is not at the start of the image */
	bool s390;     /* a relocatable kernel without relocations or pointers */
	bool elf;
	unsigned int align;    /* where it is not that of a long */
	unsigned int seq_size; /* of seqs_of_names, where it is not 3 */
	unsigned int count;    /* of symbols; 0: 700 */
	uint64_t start;        /* the address of the first byte of the image; 0: a usual one */
	size_t noise;          /* bytes around the tables; 0: 16 KiB */
};

struct kallsyms_symbol {
	uint64_t address;
	char *text; /* type and name */
};

/* A kernel as it was made. Places count from its start; 0: there is none. */
struct kallsyms_written {
	uint8_t *p;
	size_t n;
	struct kallsyms_symbol *symbols; /* by address */
	unsigned int count;
	uint64_t base; /* the address of the first byte */
	unsigned int bits;
	size_t addresses, base_slot, num_syms, names, markers, seqs, token_table, token_index;
	size_t end; /* of the tables */
	size_t marker_size, names_size, address_size;
};

void kallsyms_write(const struct kallsyms_spec *spec, struct kallsyms_written *written);
void kallsyms_written_done(struct kallsyms_written *written);

#endif
