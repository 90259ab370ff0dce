/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef DEBUG_SOURCE_H
#define DEBUG_SOURCE_H

#include "base/arena.h"
#include "base/error.h"
#include "base/span.h"
#include "debug/form.h"
#include "format/elf.h"
#include "io/blob.h"
#include "kimg/source.h"

/*
 * Debug information is read where it stands in the file, and as little of it as an address needs: the unit that the
 * address is of (.debug_aranges), the functions of that unit, and the run of its table of lines. What is kept
 * between calls is counted in source->spent; all of it goes when that passes the limit on memory.
 */

enum debug_section_id {
	SECTION_INFO,
	SECTION_ABBREV,
	SECTION_STR,
	SECTION_LINE_STR,
	SECTION_LINE,
	SECTION_RANGES,
	SECTION_RNGLISTS,
	SECTION_ADDR,
	SECTION_STR_OFFSETS,
	SECTION_ARANGES,
	SECTIONS_N,
};

struct debug_section {
	struct span bytes; /* decompressed and relocated; empty where there is none */
	uint32_t index;    /* in the ELF file */
	uint8_t *own;      /* the same as bytes, where they are not those of the file */
	bool relocated;
	bool terminated; /* the last byte is 0, so all strings in it end */
};

/* Some code, and the unit, scope or run of lines that it belongs to. */
struct reach {
	uint64_t low;
	uint64_t high;     /* of the first byte behind it */
	uint64_t max_high; /* the highest of this one and those before it */
	union {
		uint64_t unit; /* offset of its header in .debug_info */
		struct scope *scope;
		struct line_run *run;
	};
};

struct reaches {
	struct reach *all; /* by low */
	size_t n;
};

/* A DIE that has code: the unit itself, a function, a block, an inlined function. */
struct scope {
	uint64_t die; /* offset in .debug_info */
	uint16_t tag;
	bool open; /* children are known */
	struct reaches children;
};

struct unit {
	struct unit *next;  /* of the same hash */
	uint64_t offset;    /* of its header in .debug_info */
	uint64_t end;       /* of the first byte behind it */
	uint64_t first_die; /* offset in .debug_info */
	struct encoding encoding;
	uint8_t type; /* DW_UT_...; DW_UT_compile before DWARF 5 */
	uint64_t abbrev_offset;
	const struct abbrevs *abbrevs;

	/* Of its first DIE. */
	uint16_t tag;
	uint64_t low; /* what ranges are relative to */
	uint64_t addr_base, str_offsets_base, rnglists_base, ranges_base;
	bool is_flat;       /* the language has no functions inside of types */
	const char *folder; /* DW_AT_comp_dir, or NULL */
	bool has_line_offset;
	uint64_t line_offset; /* in .debug_line */

	uint64_t budget; /* how many entries walks may still meet */
	bool damaged;    /* something in it could not be read; it is not tried again */
	struct scope scope;
	struct lines *lines; /* NULL: not read yet */
};

#define UNIT_HASH   1024
#define ABBREV_HASH 1024

struct kimg_source {
	struct kimg_limits limits;
	char *path;
	struct blob file; /* decoded, if it was compressed */
	struct elf elf;   /* of file */
	struct debug_section sections[SECTIONS_N];
	uint64_t *addresses; /* of the sections of a module, which have none in the file; else NULL */

	bool has_aranges, has_ranges;
	struct reaches aranges; /* by .debug_aranges */
	struct reaches ranges;  /* by the units themselves, for what that lacks */
	uint64_t *unit_offsets; /* where units start, in order; NULL: not known yet */
	size_t unit_count;

	struct unit *units[UNIT_HASH];
	struct abbrevs *abbrevs[ABBREV_HASH];
	uint64_t abbrevs_read; /* bytes of .debug_abbrev, each time that they were read */
	struct arena arena;    /* units, abbreviations, scopes, runs of lines, names */
	uint64_t spent;        /* bytes in arena */
};

static inline struct span section_bytes(const struct kimg_source *source, enum debug_section_id id)
{
	return source->sections[id].bytes;
}

static inline struct cursor section_cursor(const struct kimg_source *source,
					   enum debug_section_id id, uint64_t offset)
{
	struct cursor c = { .s = source->sections[id].bytes, .big_endian = source->elf.big_endian };

	cursor_seek(&c, offset);
	return c;
}

/* ---- open.c ---- */

/* Gives all back that lookups left behind, if that is more than the limit on memory. */
struct kimg_error *source_trim(struct kimg_source *source) must_check;

/* Zeroed memory that lives until then; NULL where there is none. */
void *source_alloc(struct kimg_source *source, size_t size) must_check;

/* ---- sections.c ---- */

/* Whether there are sections of debug information that name units and lines. */
bool sections_have_debug(const struct elf *elf);

/* Finds, decompresses and relocates the sections of source->file, and gives those of a module addresses. */
struct kimg_error *sections_open(struct kimg_source *source) must_check;
void sections_done(struct kimg_source *source);

/* The text at offset; NULL where it lies outside, or does not end. */
const char *section_text(const struct kimg_source *source, enum debug_section_id id,
			 uint64_t offset);

/* ---- relocate.c ---- */

/* Applies the relocations of the file to the sections of debug information, which become our own memory. */
struct kimg_error *relocate_sections(struct kimg_source *source) must_check;

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

/* Sorts the list, which the result takes over (reaches_done() frees it) or, with a source, copies to there. */
struct kimg_error *reaches_finish(struct buf *list, struct kimg_source *source,
				  struct reaches *ret) must_check;

/* What covers address; of several the one that starts last. NULL where nothing does. */
const struct reach *reaches_at(const struct reaches *reaches, uint64_t address);

void reaches_done(struct reaches *reaches);

/* ---- abbrev.c ---- */

/* What a DIE is to a walk. */
enum die_kind {
	DIE_OTHER,
	DIE_CODE,  /* has code, and more of it below */
	DIE_HOLDER /* has no code itself, but may hold functions that have: Rust has them in types */
};

#define SIBLING_NONE  (-1)
#define SIBLING_LATER (-2)

/* How to come behind the attributes of a DIE: a step each, 0 behind the last. */
enum skip_step {
	SKIP_END = 0,
	SKIP_BYTES_MAX = 250, /* up to here: as many bytes */
	SKIP_LEB128,
	SKIP_BLOCK,  /* LEB128, and as many bytes */
	SKIP_BLOCK1, /* a byte, and as many bytes */
	SKIP_SLOWLY, /* by the list of attributes */
};

#define SKIP_STEPS 10

/* What DIEs of one kind look like. */
struct abbrev {
	uint64_t code;
	uint64_t attributes; /* where they start in .debug_abbrev */
	uint16_t tag;
	uint8_t kind;
	bool has_children;
	int16_t sibling; /* where DW_AT_sibling of 4 bytes is in the attributes of a DIE, or SIBLING_... */
	uint8_t skip[SKIP_STEPS];
};

/* The table at offset, for units of that encoding. Kept by source. */
struct kimg_error *abbrevs_at(struct kimg_source *source, uint64_t offset,
			      const struct encoding *encoding,
			      const struct abbrevs **ret_abbrevs) must_check;

/* NULL where there is none. */
const struct abbrev *abbrev_find(const struct abbrevs *abbrevs, uint64_t code);

/*
 * One alone of the table at offset, without keeping anything. *read goes up by the bytes of .debug_abbrev that were
 * read: KIMG_E_LIMIT where they are absurdly many.
 */
struct kimg_error *abbrev_find_alone(const struct kimg_source *source, uint64_t offset,
				     uint64_t code, const struct encoding *encoding, uint64_t *read,
				     struct abbrev *ret_abbrev) must_check;

/* An attribute in an abbreviation; false at the end of the list. */
struct attribute {
	uint64_t name; /* DW_AT_... */
	uint16_t form; /* DW_FORM_...; 0 for none that is known */
	int64_t implicit;
};
bool attribute_next(struct cursor *c, struct attribute *ret_attribute);

/* ---- die.c ---- */

/* The attributes that we read. */
enum die_slot {
	AT_NAME,
	AT_LINKAGE_NAME,
	AT_SIBLING,
	AT_ORIGIN, /* abstract_origin, or specification */
	AT_LOW_PC,
	AT_HIGH_PC,
	AT_ENTRY_PC,
	AT_RANGES,
	AT_CALL_FILE,
	AT_CALL_LINE,
	AT_CALL_COLUMN,
	AT_COMP_DIR,
	AT_LANGUAGE,
	AT_STMT_LIST,
	AT_STR_OFFSETS_BASE,
	AT_ADDR_BASE,
	AT_RNGLISTS_BASE,
	AT_RANGES_BASE,
	AT_SLOTS,
};

struct die {
	uint64_t offset;
	uint64_t next; /* of the first byte behind its attributes: its first child, if it has any */
	uint16_t tag;
	bool has_children;
	uint32_t have; /* 1 << slot */
	struct value values[AT_SLOTS];
};

static inline bool die_has(const struct die *die, enum die_slot slot)
{
	return die->have >> slot & 1;
}

/* Reads the DIE at offset, which must be in unit. */
struct kimg_error *die_read(const struct kimg_source *source, const struct unit *unit,
			    uint64_t offset, struct die *ret_die) must_check;

/* The same where its abbreviation is known, from behind its code on. */
struct kimg_error *die_read_as(const struct kimg_source *source, const struct unit *unit,
			       const struct abbrev *abbrev, struct cursor c,
			       struct die *ret_die) must_check;

/* A string attribute; NULL where there is none, or it is empty or in a file of its own (.dwo, .dwz). */
const char *die_text(const struct kimg_source *source, const struct unit *unit,
		     const struct die *die, enum die_slot slot);

/* A number; 0 where it has none. */
uint64_t die_number(const struct die *die, enum die_slot slot);

/* An address; false where it has none. */
bool die_address(const struct kimg_source *source, const struct unit *unit, const struct die *die,
		 enum die_slot slot, uint64_t *ret_address);

/* The names of the function that the DIE at offset stands for; NULL where there are none. */
struct kimg_error *die_names(struct kimg_source *source, struct unit *unit, uint64_t offset,
			     const char **ret_name, const char **ret_linkage_name) must_check;

/*
 * Behind the DIE with that abbreviation, whose attributes start at c: its first child where it has any. *ret_sibling is
 * behind those as well where DW_AT_sibling tells, and it is further on; else 0. c fails where it runs past the end.
 */
void die_skip(const struct kimg_source *source, const struct unit *unit,
	      const struct abbrev *abbrev, struct cursor *c, uint64_t *ret_sibling);

/* The DIEs of unit, from offset on. */
struct cursor die_cursor(const struct kimg_source *source, const struct unit *unit,
			 uint64_t offset);

/* ---- ranges.c ---- */

/* Part of an address table: the address of that index. False where there is none. */
bool address_at_index(const struct kimg_source *source, const struct unit *unit, uint64_t index,
		      uint64_t *ret_address);

/*
 * Adds the code of a DIE to list, one struct reach a range, each like reach but for its bounds. *budget goes
 * down with each entry that is read.
 */
struct kimg_error *die_add_reaches(const struct kimg_source *source, const struct unit *unit,
				   const struct die *die, const struct reach *reach,
				   struct buf *list, uint64_t *budget) must_check;

/* ---- units.c ---- */

/* Reads the header at offset; everything else in *ret_unit is 0. *ret_known: whether we know its version. */
struct kimg_error *unit_read_header(const struct kimg_source *source, uint64_t offset,
				    struct unit *ret_unit, bool *ret_known) must_check;

/* What die, the first one, says of the unit. */
void unit_set_first(const struct kimg_source *source, struct unit *unit, const struct die *die);

/* The unit whose header is at offset; kept by source. */
struct kimg_error *unit_at_offset(struct kimg_source *source, uint64_t offset,
				  struct unit **ret_unit) must_check;

/* The unit that the DIE at offset is in. *ret_unit is NULL where there is none. */
struct kimg_error *unit_of_die(struct kimg_source *source, uint64_t offset,
			       struct unit **ret_unit) must_check;

/* ---- aranges.c ---- */

/* The unit of the code at address; *ret_unit is NULL where there is none. */
struct kimg_error *unit_at_address(struct kimg_source *source, uint64_t address,
				   struct unit **ret_unit) must_check;

/* ---- units_walk.c ---- */

/* The code of the units that are not in aranges, by the units themselves. */
struct kimg_error *units_read_ranges(struct kimg_source *source, const struct reaches *aranges,
				     struct reaches *ret) must_check;

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
