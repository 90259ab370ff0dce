/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef DEBUG_SOURCE_H
#define DEBUG_SOURCE_H

#include "base/arena.h"
#include "base/error.h"
#include "base/span.h"
#include "debug/libdw.h"
#include "format/elf.h"
#include "io/blob.h"
#include "kimg/source.h"

/*
 * What is believed of the input, and what of libdw: libdw keeps its reads within the sections, and walks over
 * siblings only forward. What it does not bound is bounded here: memory (check.c) and the number of
 * entries that a walk over a unit meets (scopes.c).
 */

/* Some code, and the unit or scope that it belongs to. */
struct reach {
	uint64_t low;
	uint64_t high;     /* of the first byte behind it */
	uint64_t max_high; /* the highest of this one and those before it */
	union {
		uint64_t unit; /* offset of its header in .debug_info */
		struct scope *scope;
	};
};

struct reaches {
	struct reach *all; /* by low */
	size_t n;
};

/* A DIE that has code: the unit itself, a function, a block, an inlined function. */
struct scope {
	Dwarf_Die die;
	int tag;
	bool open; /* children are known */
	struct reaches children;
};

struct unit {
	struct unit *next; /* of the same hash */
	uint64_t offset;
	const char *folder; /* DW_AT_comp_dir, or NULL */
	uint64_t budget;    /* how many entries walks may still meet */
	bool damaged;       /* something in it could not be read; it is not tried again */
	struct scope scope;
	bool has_lines; /* that lines are known, if there are any */
	Dwarf_Lines *lines;
	size_t line_count;
	bool has_files;
	Dwarf_Files *files;
};

#define UNIT_HASH 1024

struct kimg_source {
	const struct libdw *dw;
	struct kimg_limits limits;
	char *path;
	struct blob file; /* decoded, if it was compressed */
	struct elf elf;   /* of file */
	bool in_memory;   /* file is not what is at path: it was decompressed, or standard input */

	int fd;      /* of handle */
	Elf *handle; /* of file; NULL for modules, which have dwfl instead */
	Dwarf *dwarf;
	Dwfl *dwfl;
	Dwfl_Callbacks callbacks;
	Elf *module; /* of dwfl: its sections have addresses */
	uint64_t bias;

	uint64_t checked;       /* how far check_units() has come in info */
	uint64_t abbreviations; /* what it counted */
	struct span abbrev, info, str, line_str,
		line;                           /* sections as libdw has them: decompressed */
	uint64_t longest_str, longest_line_str; /* of their strings, + 1; 0: not known yet */

	bool has_aranges, has_ranges;
	struct reaches aranges; /* by .debug_aranges */
	struct reaches ranges;  /* by the units themselves, for what that lacks */

	struct unit *units[UNIT_HASH];
	struct arena arena; /* units and scopes */
	uint64_t spent;     /* bytes of memory, about, that lookups left behind, in libdw as well */
};

/* ---- open.c ---- */

/* Starts libdw for the file that source has. Also after source_forget(). */
struct kimg_error *source_start(struct kimg_source *source) must_check;

/* Gives all back that lookups left behind, if that is more than the limit on memory. */
struct kimg_error *source_trim(struct kimg_source *source) must_check;

/* An error for the last failure of libdw: where what is put before the reason. */
struct kimg_error *source_damaged(const struct kimg_source *source, const char *what) must_check;

/* The bytes of a section of that name, without ".debug_"; decompressed. Empty where there is none. */
struct span source_section(const struct kimg_source *source, const char *name);

/* ---- check.c ---- */

/* Whether the sections of debug information of elf are what libdw can be trusted with. */
struct kimg_error *check_sections(const struct elf *elf,
				  const struct kimg_limits *limits) must_check;

/* Whether there are sections of debug information that name units and lines. */
bool check_has_debug(const struct elf *elf);

/*
 * Whether libdw would take an absurd amount of time and memory to come to the unit at offset, and to look at it:
 * *count goes up by what that costs.
 */
struct kimg_error *check_units(struct kimg_source *source, uint64_t offset) must_check;
struct kimg_error *check_unit(const struct kimg_source *source, uint64_t offset,
			      uint64_t *count) must_check;

/* What a row of a line table takes in libdw, while it is read and later. */
#define LINE_ROW_MEMORY 112

/* Whether the line table at offset in .debug_line would take an absurd amount of memory. */
struct kimg_error *check_lines(struct kimg_source *source, uint64_t offset) must_check;

/* ---- find.c ---- */

/*
 * The file with the debug information of the one at path, with elf, which has none itself. KIMG_E_NOT_FOUND.
 * *ret_path is freed by the caller.
 */
struct kimg_error *find_debug_file(const char *path, const struct elf *elf,
				   const struct kimg_source_options *options, struct blob *ret_file,
				   char **ret_path) must_check;

/* Whether there is a folder of files by build-id at all. */
bool find_has_build_ids(const struct kimg_source_options *options);

struct kimg_error *find_by_build_id(struct span id, const struct kimg_source_options *options,
				    struct blob *ret_file, char **ret_path) must_check;

/* ---- reach.c ---- */

/* A list while it grows: struct reach in a buf. */
struct buf;
void reaches_add(struct buf *list, const struct reach *reach);

/* Sorts the list, which the result takes over (reaches_done() frees it) or, with an arena, copies to there. */
struct kimg_error *reaches_finish(struct buf *list, struct arena *arena,
				  struct reaches *ret) must_check;

/* What covers address; of several the one that starts last. NULL where nothing does. */
const struct reach *reaches_at(const struct reaches *reaches, uint64_t address);

void reaches_done(struct reaches *reaches);

/* ---- units.c ---- */

/* The unit whose header is at offset; kept by source. */
struct kimg_error *unit_at_offset(struct kimg_source *source, uint64_t offset,
				  struct unit **ret_unit) must_check;

/* The unit of the code at address; *ret_unit is NULL where there is none. */
struct kimg_error *unit_at_address(struct kimg_source *source, uint64_t address,
				   struct unit **ret_unit) must_check;

/*
 * Adds the code of a DIE to list, one struct reach a range, each like reach but for its bounds. *budget goes
 * down with each.
 */
struct kimg_error *die_add_reaches(const struct kimg_source *source, Dwarf_Die *die,
				   const struct reach *reach, struct buf *list,
				   uint64_t *budget) must_check;

/* A string attribute of die, or of what it refers to; NULL where it has none. */
const char *die_text(const struct kimg_source *source, Dwarf_Die *die, unsigned int attribute);

/* A number, of die itself; 0 where it has none. */
uint64_t die_number(const struct kimg_source *source, Dwarf_Die *die, unsigned int attribute);

/* ---- scopes.c ---- */

/* How deep blocks and inlined functions lie in one another: 30 are many. */
#define SCOPES_MAX 256

/* The scopes that hold address, from the function inwards. */
struct kimg_error *scopes_at(struct kimg_source *source, struct unit *unit, uint64_t address,
			     struct scope *path[SCOPES_MAX], size_t *ret_n) must_check;

/* ---- lines.c ---- */

/* Sets file, line and column for address; leaves them where the table of lines says nothing. */
struct kimg_error *lines_at(struct kimg_source *source, struct unit *unit, uint64_t address,
			    struct kimg_source_frame *frame) must_check;

/* The name of a file by its number in unit; NULL where there is none. */
struct kimg_error *lines_file(struct kimg_source *source, struct unit *unit, uint64_t number,
			      const char **ret_name) must_check;

/* name without the folder that unit was made in. */
const char *lines_short_name(const char *folder, const char *name);

#endif
