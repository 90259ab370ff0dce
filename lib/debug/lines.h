/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef DEBUG_LINES_H
#define DEBUG_LINES_H

#include "base/buf.h"
#include "debug/source.h"

/* Places of the entries of a table: offsets in .debug_line from the start of the unit's part of it. */
struct line_names {
	uint32_t *at;
	size_t n;
	struct cursor entry; /* at what describes an entry, from DWARF 5 on */
	unsigned int formats;
};

/* The table of lines of a unit. */
struct lines {
	const struct kimg_source *source;
	struct encoding encoding;
	struct cursor table; /* over all of it, at the names of folders and files */
	size_t program;      /* offset in table: where instructions start */
	uint8_t min_length;  /* of a machine instruction */
	uint8_t max_ops;     /* in an instruction (VLIW); 1 for most */
	uint8_t opcode_base;
	const uint8_t *opcode_lengths; /* of the standard opcodes but 0, opcode_base - 1 of them */
	uint8_t advance[256];          /* operations that opcodes from opcode_base on advance by */
	int16_t line_advance[256];

	bool asked;    /* for an address */
	bool has_runs; /* those are known */
	struct reaches runs;

	bool has_names;
	bool with_defined; /* those too that the program defines */
	struct line_names folders, files;
	const char **file_names; /* those that were asked for */
};

/* One row, as far as it is told. */
struct line_row {
	uint32_t address; /* from the lowest of its run on */
	uint32_t file;
	uint32_t line;
	uint32_t column;
};

/* A sequence of the program: rows of rising addresses, up to DW_LNE_end_sequence. */
struct line_run {
	size_t at;             /* offset in the table: where its instructions start */
	bool asked;            /* for an address */
	struct line_row *rows; /* NULL: not kept */
	size_t n;
};

/* ---- line_header.c ---- */

struct kimg_error *line_header_read(struct kimg_source *source, const struct unit *unit,
				    struct lines *lines) must_check;

/* Where the entries of the tables of names are. */
struct kimg_error *line_names_read(struct kimg_source *source, struct lines *lines) must_check;

/*
 * The name of a file by its number, with its folder, unless that is not known; appended to name. Nothing where there
 * is no such file.
 */
struct kimg_error *line_name(const struct lines *lines, const struct unit *unit, uint64_t number,
			     struct buf *name) must_check;

/* ---- line_run.c ---- */

/* The last row that is not above address, in the first run that has it. */
struct kimg_error *line_row_find(const struct lines *lines, uint64_t address,
				 struct line_row *ret_row, bool *ret_found) must_check;

/* All runs. */
struct kimg_error *line_runs_read(struct kimg_source *source, const struct lines *lines,
				  struct reaches *ret) must_check;

/* The same in the run of reach. */
struct kimg_error *line_run_at(struct kimg_source *source, const struct lines *lines,
			       const struct reach *reach, uint64_t address,
			       struct line_row *ret_row) must_check;

/* Adds the places of files that the program itself defines: uint32_t each. To DWARF 4; nobody writes them. */
struct kimg_error *line_defined_files(const struct lines *lines, struct buf *places) must_check;

#endif
