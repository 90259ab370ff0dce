/* SPDX-License-Identifier: GPL-2.0-or-later */
/* kimg initrd list: what is in an initial RAM disk. */
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "base/error.h"
#include "cli/term.h"
#include "cmd/cmd.h"
#include "cmd/initrd.h"

static const struct option_def options[] = {
	{ 'n', "names", NULL, "print names alone", COMPLETE_NOTHING, NULL, 0 },
	{ 's', "segments", NULL, "print the segments, not what is in them", COMPLETE_NOTHING, NULL,
	  0 },
	{ 'p', "part", "PART", "read this initrd of an image that holds several", COMPLETE_NOTHING,
	  NULL, 0 },
	OPTIONS_END,
};

struct list {
	struct cli *cli;
	struct out *out;
	const char *file;
	char **patterns;
	int pattern_count;
	const char *part;
	bool names, segments;
};

/* ---- an entry ---- */

/* As ls -l shows it. */
static void mode_text(uint32_t mode, char text[11])
{
	static const char types[] = "?pc?d?b?-?l?s???";

	strcpy(text, "?rwxrwxrwx");
	text[0] = types[mode >> 12 & 15];
	for (int i = 0; i < 9; i++)
		if (!(mode >> (8 - i) & 1))
			text[1 + i] = '-';
	if (mode & S_ISUID)
		text[3] = mode & S_IXUSR ? 's' : 'S';
	if (mode & S_ISGID)
		text[6] = mode & S_IXGRP ? 's' : 'S';
	if (mode & S_ISVTX)
		text[9] = mode & S_IXOTH ? 't' : 'T';
}

/* UTC, so that the same file is always shown alike. */
static void time_text(int64_t seconds, char text[32])
{
	time_t when = seconds;
	struct tm tm;

	if (!gmtime_r(&when, &tm) || !strftime(text, 32, "%Y-%m-%d %H:%M", &tm))
		strcpy(text, "?");
}

static const char *type_name(uint32_t mode)
{
	return S_ISREG(mode)    ? "file"
	       : S_ISDIR(mode)  ? "folder"
	       : S_ISLNK(mode)  ? "link"
	       : S_ISCHR(mode)  ? "character-device"
	       : S_ISBLK(mode)  ? "block-device"
	       : S_ISFIFO(mode) ? "fifo"
	       : S_ISSOCK(mode) ? "socket"
				: "unknown";
}

static const char *effect_name(enum kimg_initrd_effect effect)
{
	return effect == KIMG_INITRD_MADE      ? "made"
	       : effect == KIMG_INITRD_SKIPPED ? "skipped"
					       : "linked";
}

static void show_size(struct out *out, const struct kimg_initrd_entry *entry)
{
	bool device = S_ISCHR(entry->mode) || S_ISBLK(entry->mode);

	out_width(out, -10);
	if (device)
		out_print(out, OUT_PLAIN, "%u, %u", entry->rdev_major, entry->rdev_minor);
	out_number(out, "size", device ? OUT_DATA : OUT_PLAIN, entry->size);
	if (device) {
		out_number(out, "rdev_major", OUT_DATA, entry->rdev_major);
		out_number(out, "rdev_minor", OUT_DATA, entry->rdev_minor);
	}
}

static void show_owner(struct out *out, const struct kimg_initrd_entry *entry)
{
	out_gap(out, 1);
	out_width(out, -3);
	out_number(out, "nlink", OUT_FAINT, entry->nlink);
	out_gap(out, 1);
	out_width(out, -5);
	out_number(out, "uid", OUT_PLAIN, entry->uid);
	out_gap(out, 1);
	out_width(out, -5);
	out_number(out, "gid", OUT_PLAIN, entry->gid);
	out_number(out, "ino", OUT_DATA, entry->ino);
}

static void show_long(struct out *out, const struct kimg_initrd_entry *entry)
{
	char mode[11], when[32], octal[8];

	mode_text(entry->mode, mode);
	time_text(entry->mtime, when);
	snprintf(octal, sizeof(octal), "%04o", entry->mode & 07777);
	out_print(out, OUT_PLAIN, "%s", mode);
	out_string(out, "type", OUT_DATA, type_name(entry->mode));
	out_string(out, "mode", OUT_DATA, octal);
	show_owner(out, entry);
	out_gap(out, 1);
	show_size(out, entry);
	out_gap(out, 1);
	out_print(out, OUT_PLAIN, "%s", when);
	out_signed(out, "mtime", OUT_DATA, entry->mtime);
}

static void show_rest(struct out *out, const struct kimg_initrd_entry *entry)
{
	if (entry->target) {
		out_gap(out, 1);
		out_print(out, OUT_FAINT, "->");
		out_gap(out, 1);
		out_text(out, "target", OUT_PLAIN, span_of(entry->target, entry->target_size));
	}
	if (entry->first) {
		out_gap(out, 1);
		out_print(out, OUT_FAINT, "=");
		out_gap(out, 1);
		out_text(out, "first", OUT_PLAIN, span_of(entry->first, strlen(entry->first)));
	}
	if (entry->why) {
		out_gap(out, 1);
		out_print(out, OUT_BAD, "(skipped: %s)", entry->why);
		out_string(out, "why", OUT_DATA, entry->why);
	}
}

static void show_entry(const struct list *list, const struct kimg_initrd_entry *entry)
{
	struct out *out = list->out;

	out_record(out);
	out_row(out);
	if (list->names)
		out_mute(out);
	show_long(out, entry);
	if (list->names)
		out_unmute(out);
	out_gap(out, 1);
	out_text(out, "name", S_ISDIR(entry->mode) ? OUT_NAME : OUT_PLAIN,
		 span_of(entry->name, entry->name_size));
	if (list->names)
		out_mute(out);
	show_rest(out, entry);
	if (list->names)
		out_unmute(out);
	out_string(out, "effect", OUT_DATA, effect_name(entry->effect));
	out_number(out, "segment", OUT_DATA, entry->segment->index);
	out_offset(out, "offset", OUT_DATA, entry->offset);
	out_row_end(out);
	out_close(out);
}

static bool is_wanted(const struct list *list, const struct kimg_initrd_entry *entry)
{
	if (list->names && list->cli->format == OUT_TEXT && entry->effect == KIMG_INITRD_SKIPPED)
		return false;
	for (int i = 0; i < list->pattern_count; i++)
		if (kimg_initrd_matches(entry->name, list->patterns[i]))
			return true;
	return list->pattern_count == 0;
}

/* ---- segments ---- */

/* Not the file system of an old ramdisk. */
static bool is_archive(const struct kimg_initrd_segment *segment)
{
	return segment->format &&
	       (strcmp(segment->format, "newc") == 0 || strcmp(segment->format, "crc") == 0);
}

static void show_segment(struct out *out, const struct kimg_initrd_segment *segment)
{
	out_record(out);
	out_row(out);
	out_number(out, "index", OUT_PLAIN, segment->index);
	out_width(out, -10);
	out_offset(out, "offset", OUT_PLAIN, segment->offset);
	out_width(out, 8);
	out_string(out, "format", OUT_NAME, segment->format);
	out_width(out, 6);
	out_string(out, "codec", OUT_PLAIN, segment->codec);
	out_width(out, -11);
	out_number(out, "stored", OUT_PLAIN, segment->stored);
	out_width(out, -11);
	out_number(out, "size", OUT_PLAIN, segment->size);
	out_width(out, -7);
	out_number(out, "entries", OUT_PLAIN, segment->entries);
	out_print(out, OUT_FAINT, "%s", segment->entries == 1 ? "entry" : "entries");
	if (segment->early)
		out_print(out, OUT_FAINT, "early");
	if (!segment->trailer && is_archive(segment))
		out_print(out, OUT_FAINT, "no trailer");
	out_bool(out, "early", OUT_DATA, segment->early);
	out_bool(out, "trailer", OUT_DATA, segment->trailer);
	out_row_end(out);
	out_close(out);
}

static void show_segments(const struct list *list, const struct kimg_initrd *initrd)
{
	size_t count;
	const struct kimg_initrd_segment *const *segments = kimg_initrd_segments(initrd, &count);

	for (size_t i = 0; i < count; i++)
		show_segment(list->out, segments[i]);
}

/* ---- the verb ---- */

static struct kimg_error *walk(const struct list *list, struct kimg_initrd *initrd, bool *ret_hit)
{
	const struct kimg_initrd_entry *entry;

	for (;;) {
		TRY(kimg_initrd_next(initrd, &entry));
		if (!entry)
			return NULL;
		if (!is_wanted(list, entry))
			continue;
		*ret_hit = true;
		if (!list->segments)
			show_entry(list, entry);
	}
}

static int run_on(const struct list *list)
{
	cleanup_initrd struct kimg_initrd *initrd = NULL;
	struct kimg_error *error = initrd_open(list->cli, list->file, list->part, &initrd);
	int status = STATUS_YES;
	bool hit = false;

	if (error)
		return report(list->cli, error);
	error = walk(list, initrd, &hit);
	if (list->segments)
		show_segments(list, initrd);
	out_flush(list->out);
	status = initrd_tell_notes(list->cli, list->file, initrd);
	if (error)
		return worse(status, report(list->cli, error_wrap(error, "%s", list->file)));
	if (list->pattern_count && !hit)
		status = worse(status, STATUS_NO);
	return status;
}

static void set_option(struct list *list, int id)
{
	switch (id) {
	case 'n':
		list->names = true;
		break;
	case 's':
		list->segments = true;
		break;
	case 'p':
		list->part = list->cli->argument;
		break;
	}
}

static int run(struct cli *cli)
{
	struct list list = { .cli = cli };
	struct screen screen;
	int id, status;

	while ((id = cli_option(cli)) > 0)
		set_option(&list, id);
	if (id == CLI_STOP)
		return cli->status;
	list.file = cli->operands[0];
	list.patterns = cli->operands + 1;
	list.pattern_count = cli->operand_count - 1;
	if (screen_open(&screen, cli))
		return STATUS_ERROR;
	list.out = screen.out;
	if (list.segments)
		out_document(list.out, "kimg-initrd-segments-1", "segments");
	else
		out_document(list.out, "kimg-initrd-list-1", "entries");
	status = run_on(&list);
	out_close(list.out);
	return screen_close(&screen, status);
}

const struct verb verb_initrd_list = {
	.name = "initrd list",
	.operands = "FILE [PATTERN]...",
	.summary = "print what is in one",
	.about = "Prints the entries of the initial RAM disk in FILE, in their order and as ls -l "
		 "does;\n"
		 "with PATTERN, those whose name matches it or that lie in a folder whose name "
		 "does.",
	.options = options,
	.groups = GROUP_OUTPUT | GROUP_PAGER | GROUP_LIMITS,
	.complete = COMPLETE_FILE,
	.min_operands = 1,
	.max_operands = -1,
	.run = run,
};
