/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef OOPS_RESOLVE_H
#define OOPS_RESOLVE_H

#include "base/buf.h"
#include "base/error.h"
#include "base/span.h"
#include "kimg/map.h"
#include "kimg/oops.h"
#include "kimg/source.h"
#include "oops/report.h"

/* How reports are resolved: what symbols.c, tables.c, choose.c, vote.c, kaslr.c, modules.c, ... share. */

/* ---- tables.c: files with symbols, of kernels and modules, kept while they are used ---- */

enum { NEAR_MAX = 4, SELECTIONS_MAX = 3 };

struct oops_table {
	char *path;
	struct kimg_map_side *side; /* NULL: it cannot be read, or no report has needed it yet */
	char *problem;              /* why it cannot */
	bool is_module;
	char *vermagic; /* of a module: the release that it was built for; NULL where it does not tell */
	uint64_t used; /* the number of the report that used it last */
	/*
	 * Of a vmlinux, at first only what the names of one report need is read, in a seventh of the time that all
	 * takes: all of it is for many reports, or for many addresses.
	 */
	uint64_t read;                /* the number of the report that it was read for */
	unsigned int read_again;      /* how often that was for another report */
	struct kimg_map_side *before; /* the side until then, for those who look at it still */
	struct kimg_symbols *near[NEAR_MAX]; /* what stands around single addresses */
	size_t near_count;
	/* the debug information, opened when it is asked for; NULL where there is none */
	struct kimg_source *source;
	bool source_tried;
};

/*
 * The table of the file at path, read now or before. side is NULL where it cannot be read, and *ret_table is NULL
 * where no file is there. KIMG_E_NOMEM.
 */
struct kimg_error *table_get(struct kimg_oops_symbols *symbols, const char *path,
			     struct oops_table **ret_table) must_check;

/*
 * The one of the running kernel, at the addresses where it runs; side is NULL where it does not tell. It is read again
 * when modules have come or gone.
 */
struct kimg_error *table_get_running(struct kimg_oops_symbols *symbols,
				     struct oops_table **ret_table) must_check;

/* Forgets a table that proved to be of no use. */
void table_drop(struct kimg_oops_symbols *symbols, struct oops_table *table);

void tables_free(struct kimg_oops_symbols *symbols);

/* Those of all names of the report, and maybe no others. */
struct kimg_symbols *table_symbols(const struct oops_table *table);

/* The symbol that address lies in, and the symbols that it is one of; NULL where there is none. */
const struct kimg_symbol *table_at(struct kimg_oops_symbols *symbols, struct oops_table *table,
				   uint64_t address, struct kimg_symbols **ret_symbols);

/*
 * Asks debuginfod for that build-id, where that is configured: *ret_path for free(), or NULL. Hostile logs may name many
 * that there are not: after some it is not asked any more. KIMG_E_NOMEM.
 */
struct kimg_error *debuginfod_ask(struct kimg_oops_symbols *symbols, struct report *report,
				  struct span build_id, char **ret_path) must_check;

/* Its debug information; NULL where there is none, with a note to the report the first time. */
struct kimg_source *table_source(struct kimg_oops_symbols *symbols, struct oops_table *table,
				 struct report *report);

/* The address of the first symbol of that name. */
bool table_address(const struct oops_table *table, const char *name, uint64_t *ret_address);

/* ---- index.c: names of modules and the files that they are in ---- */

struct module_path {
	char *name; /* of the file, up to the first dot, - as _ */
	char *path;
};

struct module_index {
	struct module_path *all; /* by name */
	size_t n, room;
	bool sorted;
};

/* A file, or a folder and those below it. */
struct kimg_error *index_add(struct module_index *index, const char *path) must_check;

/* lib/modules/RELEASE below the roots, with what usr/lib/debug has of it. */
struct kimg_error *index_add_installed(struct module_index *index, const char *const *roots,
				       const char *release) must_check;

/*
 * The files of that module: those called so, and those whose names go on with - or _ ("kcrash-6.1.192.ko").
 * *ret_first and the count of them.
 */
size_t index_find(struct module_index *index, const char *name,
		  const struct module_path **ret_first);

void index_done(struct module_index *index);

/* ---- left.c: symbols of modules that left the running kernel ---- */

struct left_modules {
	struct buf text;              /* that symbols are of */
	struct kimg_symbols *symbols; /* NULL: none has left */
};

/* What the table of /proc/kallsyms (NULL is fine) has of modules that are not in /proc/modules now. KIMG_E_NOMEM. */
struct kimg_error *left_keep(struct left_modules *left, const struct kimg_symbols *before,
			     struct span modules) must_check;

void left_done(struct left_modules *left);

/* ---- what is kept from report to report ---- */

/* A kernel that reports were of. */
struct oops_kernel {
	char *release; /* of the reports; NULL: not told */
	char *build_id;
	char *path; /* of the symbols that were found; NULL: none so far */
	const char *how;
	unsigned int searches; /* so many times it was looked for */
	uint64_t used;
	struct module_index modules; /* those installed */
	bool modules_known;
};

enum {
	TABLES_MAX = 96, /* kept at once; one of a kernel takes about 20 MB, of a module far less */
	KERNEL_TABLES_MAX = 4,  /* of kernels */
	KERNELS_MAX = 4,        /* of which it is remembered what was found */
	SEARCHES_MAX = 3,       /* for one kernel, as reports may be damaged */
	WIDE_SEARCHES_MAX = 16, /* through all maps that are installed */
	MODULES_MAX = 64,       /* that frames of one report are resolved in */
};

struct kimg_oops_symbols {
	struct kimg_oops_symbols_options options; /* with copies of the strings */
	struct oops_table *tables[TABLES_MAX];
	size_t table_count;
	struct oops_table *given[3]; /* the vmlinux, the map, the image */
	struct oops_table *running;
	uint64_t running_modules;    /* a hash of /proc/modules when it was read */
	unsigned int unanswered;     /* questions to debuginfod that it had no answer to */
	struct left_modules left;    /* what it had of modules that left */
	struct module_index modules; /* those given */
	struct oops_kernel kernels[KERNELS_MAX];
	size_t kernel_count;
	unsigned int wide_searches;
	uint64_t serial;          /* of the report that is being resolved */
	const char *const *names; /* those of its frames, and some that are always needed */
	size_t name_count;        /* 0: there are too many to choose symbols by */
};

/* The folders to look below: those given, or "". */
const char *const *symbols_roots(const struct kimg_oops_symbols *symbols);

/* ---- vote.c: whether symbols are those of the report ---- */

/* A name with its size, as frames have it. */
struct oops_pair {
	const char *module; /* NULL: the kernel */
	const char *name;
	uint64_t size;
};

struct oops_pairs {
	struct oops_pair *all; /* each once, by module */
	size_t n;
};

/* The names that symbols are chosen by, in memory of the report. */
struct kimg_error *names_collect(struct report *report, const char *const **ret_names,
				 size_t *ret_count) must_check;

/* Of all frames in blocks of the kernel, in memory of the report. */
struct kimg_error *pairs_collect(struct report *report, struct oops_pairs *ret_pairs) must_check;

enum oops_fit { OOPS_DIFFERS, OOPS_CANNOT_TELL, OOPS_FITS };

struct oops_verdict {
	enum oops_fit fit;
	uint64_t agreeing;
	uint64_t compared;
	uint64_t unknown; /* names that the symbols do not have */
};

/* Whether table is of the kernel, or the module (NULL: the kernel), of the report. */
struct oops_verdict vote(const struct oops_table *table, const struct kimg_oops *oops,
			 const struct oops_pairs *pairs, const char *module);

/* Whether a is the better one of two that fit alike. */
bool verdict_is_better(const struct oops_verdict *a, const struct oops_verdict *b);

/* ---- a report while it is resolved ---- */

struct resolved_module {
	const char *name;
	struct oops_table *table; /* NULL: not found */
	bool differs;
	bool has_shift; /* what is added to addresses of the table where the module was loaded */
	uint64_t shift;
};

struct resolving {
	struct kimg_oops_symbols *symbols;
	struct report *report;
	struct oops_kernel *known; /* what is remembered of its kernel; NULL: nothing is looked for */
	struct oops_pairs pairs;
	struct oops_table *kernel; /* NULL: no symbols */
	bool differs;              /* they were given, and are of another kernel */
	struct oops_table *lines;  /* what has the source lines of the kernel; NULL: none */
	uint64_t lines_shift;      /* what is added to an address of kernel to get one of lines */
	struct oops_table *live;   /* the running kernel, where the report is its */
	size_t choice_room;
	struct resolved_module modules[MODULES_MAX];
	size_t module_count;
};

/* choose.c: sets kernel, lines, live and the choices. */
struct kimg_error *choose_kernel(struct resolving *r) must_check;

/* tell.c: tells what was taken, or tried. */
struct kimg_error *add_choice(struct resolving *r, const struct oops_table *table, const char *how,
			      const struct oops_verdict *verdict) must_check;

/* modules.c: the module of that name; *ret_module is NULL where nothing is known of it. */
struct kimg_error *module_find(struct resolving *r, const char *name, const char *build_id,
			       struct resolved_module **ret_module) must_check;

/* The module that address lies in, by what the log says; NULL where it is in none. */
struct kimg_error *module_at(struct resolving *r, uint64_t address,
			     const struct kimg_oops_module **ret_module) must_check;

/* kaslr.c: sets the kernel's offset in the report, where it can be told for sure. */
struct kimg_error *kaslr_solve(struct resolving *r) must_check;

/* place.c: the places of a frame. */
struct kimg_error *place_frame(struct resolving *r, struct kimg_oops_frame *frame) must_check;

/* Source lines of what frame was resolved to. */
struct kimg_error *place_lines(struct resolving *r, struct kimg_oops_frame *frame) must_check;

/* The symbol that a register points to. */
struct kimg_error *place_register(struct resolving *r, struct kimg_oops_register *reg) must_check;

/* calls.c: settles frames of a trace that several places fit, by who calls whom. */
void calls_settle(struct resolving *r, struct kimg_oops_block *block);

/* code_symbols.c: the instructions of the code in the report. */
struct kimg_error *code_decode(struct resolving *r) must_check;

/*
 * The size that a frame tells, 0 where it does not: for what is not code, kernels print the distance to the end of
 * something else, maybe below it.
 */
static inline uint64_t frame_size(const struct kimg_oops_frame *frame)
{
	return frame->size < 256 << 20 ? frame->size : 0;
}

/* Names of modules have no dashes in the kernel, and file names may (kernel/module/main.c). */
static inline bool module_same_name(const char *a, const char *b)
{
	for (; *a && *b; a++, b++)
		if (*a != *b && !((*a == '-' || *a == '_') && (*b == '-' || *b == '_')))
			return false;
	return *a == *b;
}

/* Whether that is the name of symbol, and not only how it begins. */
static inline bool symbol_is_called(const struct kimg_symbol *symbol, struct span name)
{
	return span_equal(span_of(symbol->name, symbol->name_size), name);
}

/* Memory of the report, zeroed; NULL, and failed, where there is none. */
static inline void *report_alloc(struct report *report, size_t size)
{
	void *p = arena_alloc(&report->arena, size);

	if (!p)
		report->failed = true;
	return p;
}

#endif
