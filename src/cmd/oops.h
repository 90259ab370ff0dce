/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CMD_OOPS_H
#define CMD_OOPS_H

#include <sys/stat.h>

#include "base/buf.h"
#include "base/error.h"
#include "cli/options.h"
#include "kimg/oops.h"
#include "out/out.h"

/* ---- oops_input.c: the bytes of a log as they come ---- */

struct oops_input {
	const struct cli *cli;
	const char *path; /* "-": standard input */
	bool follow;
	bool records; /* /dev/kmsg: one record a read, which becomes a line as dmesg(1) has it */
	int fd;
	struct stat stat; /* of the file that fd is */
	char *p;
	size_t size, start, end; /* what was read and not handed out yet: from start to end */
	bool moved;              /* path is another file by now; the rest of this one comes first */
	unsigned int idle;       /* waits in a row in which nothing came */
	bool ended;
	uint64_t record; /* the number of the next record of /dev/kmsg, where has_record */
	bool has_record;
};

enum oops_input_state {
	OOPS_INPUT_BYTES, /* whole lines, but for the last one of all, and for those that never end */
	OOPS_INPUT_PAUSE, /* nothing more for now */
	OOPS_INPUT_QUIET, /* nothing came for so long that nothing belongs to what came before */
	OOPS_INPUT_END,
};

struct kimg_error *oops_input_open(struct oops_input *input, const struct cli *cli,
				   const char *path, bool follow) must_check;

/* *ret_bytes live until the next call. */
struct kimg_error *oops_input_next(struct oops_input *input, enum oops_input_state *ret_state,
				   struct span *ret_bytes) must_check;

void oops_input_done(struct oops_input *input);

/* Makes SIGINT and SIGTERM the end of the log that is followed, instead of the end of the program. */
void oops_input_catch_signals(void);

/* ---- oops_words.c: how things are called, in text and pages alike ---- */

struct span oops_span(const char *text); /* NULL is empty */

/* "vfs_write+0xf8/0x440 [module]" */
void oops_name_place(struct buf *buf, const struct kimg_oops_place *place);

/* As the log has it: the symbol, or the address where there is none. */
void oops_name_frame(struct buf *buf, const struct kimg_oops_frame *frame);

/* "fs/read_write.c:681"; nothing where the file is not known */
void oops_name_source(struct buf *buf, const struct kimg_oops_source *source);

/* "[KIND,] release x86 64-bit, CPU 1, init[185]": what there is of it */
void oops_name_circumstances(struct buf *buf, const struct kimg_oops *oops);

/* "PATH (System.map, by release; 174 of 174 names agree)" */
void oops_name_choice(struct buf *buf, const struct kimg_oops_choice *choice);

/* The message of a choice where there is some doubt about it, else NULL. */
const char *oops_warning(const struct kimg_oops_choice *choice);

/* Whether the source adds no name to that of the frame: it is the same but for what compilers add. */
bool oops_same_function(const char *symbol, const char *function);

/* "certain", "by-call", ...: for programs. */
const char *oops_certainty_name(enum kimg_oops_certainty certainty);

/* What is said of a frame that the trace of the log leaves out. */
#define OOPS_INSERTED "not in the trace: the link register tells"

/* The words about a place that is not certain; NULL where it is. */
const char *oops_doubt(const struct kimg_oops_frame *frame);

/* Whether all places of a frame read the same, as those of a function that headers give to several files do. */
bool oops_are_copies(const struct kimg_oops_frame *frame);

/* How many of its places are to be shown. */
size_t oops_place_count(const struct kimg_oops_frame *frame);

/* An instruction's place in its function, such as "+0x5", by the program counter of the block; empty: not known. */
void oops_name_instruction(struct buf *buf, const struct kimg_oops_block *block,
			   const struct kimg_oops_instruction *instruction);

/* Its bytes in hexadecimal, in words where the log has words; no more than longest. */
void oops_name_bytes(struct buf *buf, const struct kimg_oops *oops,
		     const struct kimg_oops_code *code,
		     const struct kimg_oops_instruction *instruction, size_t longest);

/* Whether it belongs to the function before or behind that of the program counter, which nobody wants to see. */
bool oops_is_outside(const struct kimg_oops_block *block,
		     const struct kimg_oops_instruction *instruction);

/* Whether the block tells the same as one before it: the kernel prints the state again behind the end mark. */
bool oops_is_again(const struct kimg_oops *oops, const struct kimg_oops_block *block);

/* ---- oops_show.c, oops_json.c: a report ---- */

/* One line. file: NULL where there is one log alone. */
void oops_show_title(struct out *out, const struct kimg_oops *oops, const char *file);

/* All of it, for people. */
void oops_show_text(struct out *out, const struct kimg_oops *oops);

/* All of it, for programs. */
void oops_show_json(struct out *out, const struct kimg_oops *oops, const char *file);

/* The same, into an object that is open. */
void oops_show_members(struct out *out, const struct kimg_oops *oops, const char *file);

/* ---- oops_html.c: a page ---- */

struct oops_page {
	struct buf contents; /* the list of reports */
	struct buf body;
	uint64_t reports;
};

/* file: NULL where there is one log alone. */
void oops_page_add(struct oops_page *page, const struct kimg_oops *oops, const char *file);

/* Adds the whole page to out. */
void oops_page_finish(struct oops_page *page, struct buf *out);

void oops_page_done(struct oops_page *page);

/* ---- oops_annotate.c: the log, with what was found under its lines ---- */

struct oops_pending;

struct oops_annotator {
	struct out *out;
	bool reports_only;                 /* lines that belong to no report are left out */
	bool in_line;                      /* a piece of a very long line went out */
	struct buf held;                   /* lines that did not go out yet */
	size_t start;                      /* of them in held */
	uint64_t offset;                   /* of the first of them in the log */
	uint64_t number;                   /* of its line */
	struct oops_pending *first, **end; /* reports whose lines did not all go out yet */
};

void oops_annotator_init(struct oops_annotator *annotator, struct out *out, bool reports_only);

/* The next bytes of the log. */
struct kimg_error *oops_annotator_add(struct oops_annotator *annotator,
				      struct span bytes) must_check;

/* Takes over a report, in the order of the log. */
struct kimg_error *oops_annotator_report(struct oops_annotator *annotator,
					 struct kimg_oops *oops) must_check;

/* Prints the lines before that number. */
void oops_annotator_show(struct oops_annotator *annotator, uint64_t number);

void oops_annotator_done(struct oops_annotator *annotator);

#endif
