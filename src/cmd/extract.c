/* SPDX-License-Identifier: GPL-2.0-or-later */
/* kimg extract: writes the kernel or other parts out. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "cli/term.h"
#include "cmd/cmd.h"
#include "cmd/parts.h"
#include "io/folder.h"
#include "io/outfile.h"
#include "kimg/image.h"

static const struct option_def options[] = {
	{ 'o', "output", "FILE", "write the part to FILE; - is standard output (default)",
	  COMPLETE_FILE, NULL, 0 },
	{ 'C', "directory", "DIR", "write each part to a file of its name below DIR",
	  COMPLETE_FOLDER, NULL, 0 },
	{ 'a', "all", NULL, "write all parts that --list shows", COMPLETE_NOTHING, NULL, 0 },
	{ 'l', "list", NULL, "list the parts that can be extracted", COMPLETE_NOTHING, NULL, 0 },
	{ 'v', "verbose", NULL, "with --list and --all: also headers, sections and padding",
	  COMPLETE_NOTHING, NULL, 0 },
	{ 'r', "raw", NULL, "write parts as they are stored, not decoded", COMPLETE_NOTHING, NULL,
	  0 },
	{ 'f', "force", NULL, "write to a terminal, too", COMPLETE_NOTHING, NULL, 0 },
	OPTIONS_END,
};

/* Remarks on damage; 'kimg info' has them all. */
#define MAX_TOLD 10

struct extract {
	struct cli *cli;
	struct kimg_image *image;
	const char *file;
	const char *output;
	const char *directory;
	struct folder folder;
	bool all, list, verbose, raw, force;
	unsigned int told;
};

/* ---- what to write ---- */

/* What the decoded space that part stands in came out of, or part itself where that is the file. */
static const struct kimg_part *stored(const struct kimg_part *part)
{
	const struct kimg_part *p = part;

	while (p->parent && p->parent->content != p)
		p = p->parent;
	return p->parent ? p->parent : part;
}

/* name NULL: the innermost kernel; with --raw, the payload that holds it. */
static struct kimg_error *find(struct extract *extract, const char *name,
			       const struct kimg_part **ret_part)
{
	if (name)
		return kimg_image_find(extract->image, name, ret_part);
	TRY(kimg_image_kernel(extract->image, ret_part));
	if (extract->raw)
		*ret_part = stored(*ret_part);
	return NULL;
}

static struct kimg_error *bytes_of(struct extract *extract, const struct kimg_part *part,
				   struct span *ret_bytes)
{
	const void *p;
	size_t n;

	TRY(kimg_part_bytes(extract->image, part, !extract->raw, &p, &n));
	*ret_bytes = span_of(p, n);
	return NULL;
}

/* ---- writing ---- */

static bool stat_input(const struct extract *extract, struct stat *ret_st)
{
	bool is_stdin = strcmp(extract->file, "-") == 0;

	return (is_stdin ? fstat(STDIN_FILENO, ret_st) : stat(extract->file, ret_st)) == 0;
}

/* What is not as it should be, though there are bytes to write: such as some that follow a stream's end. */
static void tell_damage(struct extract *extract, const struct kimg_part *part)
{
	for (const struct kimg_note *note = part->notes; note; note = note->next)
		if (note->bad && extract->told++ < MAX_TOLD)
			remark(extract->cli, "%s: %s: %s", extract->file, part->name, note->text);
}

/* The same for all that is known to be inside part. */
static void tell_damage_inside(struct extract *extract, const struct kimg_part *part)
{
	tell_damage(extract, part);
	for (const struct kimg_part *child = part->children; child; child = child->next)
		tell_damage_inside(extract, child);
	if (part->content)
		tell_damage_inside(extract, part->content);
}

/* The same for all that is around part, from the file on. */
static void tell_damage_around(struct extract *extract, const struct kimg_part *part)
{
	if (!part->parent)
		return;
	tell_damage_around(extract, part->parent);
	tell_damage(extract, part->parent);
	/* A checksum of the whole stands in a part of its own. */
	for (const struct kimg_part *child = part->parent->children; child; child = child->next)
		if (child != part &&
		    (child->kind == KIMG_PART_HEADER || child->kind == KIMG_PART_CHECKSUM))
			tell_damage(extract, child);
}

static struct kimg_error *write_output(struct extract *extract, const char *name)
{
	cleanup_outfile struct outfile out = OUTFILE_NONE;
	const char *output = extract->output ? extract->output : "-";
	const struct kimg_part *part;
	struct span bytes;

	if (outfile_is(output, extract->file))
		return error_new(KIMG_E_INVALID, "%s is the input: it stays as it is",
				 strcmp(output, "-") == 0 ? "standard output" : output);
	TRY(error_wrap(find(extract, name, &part), "%s", extract->file));
	TRY(error_wrap(bytes_of(extract, part, &bytes), "%s", extract->file));
	TRY(kimg_part_verify(extract->image, part));
	tell_damage_around(extract, part);
	tell_damage_inside(extract, part);
	TRY(outfile_open(&out, output));
	TRY(outfile_write(&out, bytes));
	return outfile_commit(&out);
}

static struct kimg_error *write_below(struct extract *extract, const struct kimg_part *part)
{
	cleanup_outfile struct outfile out = OUTFILE_NONE;
	cleanup_free char *path = part_file_path(part);
	struct span bytes;
	struct stat input;

	if (!path)
		return error_nomem();
	TRY(error_wrap(bytes_of(extract, part, &bytes), "%s", extract->file));
	TRY(kimg_part_verify(extract->image, part));
	if (extract->all) {
		tell_damage(extract, part);
	} else {
		tell_damage_around(extract, part);
		tell_damage_inside(extract, part);
	}
	TRY(folder_open_file(&extract->folder, path, &out));
	if (stat_input(extract, &input) && folder_is(&extract->folder, path, &input))
		return error_new(KIMG_E_INVALID, "%s/%s is the input: it stays as it is",
				 extract->directory, path);
	TRY(outfile_write(&out, bytes));
	return folder_commit(&extract->folder, path, part, &out);
}

/* ---- many parts ---- */

static int write_visited(const struct kimg_part *part, const char *path, void *context)
{
	struct extract *extract = context;
	struct kimg_error *error = write_below(extract, part);

	return error ? report(extract->cli, error) : STATUS_YES;
}

static void pass(const struct kimg_part *part, void *context)
{
	tell_damage(context, part);
}

static int write_named(struct extract *extract, const char *name)
{
	const struct kimg_part *part;
	struct kimg_error *error = find(extract, name, &part);

	if (error)
		error = error_wrap(error, "%s", extract->file);
	else
		error = write_below(extract, part);
	return error ? report(extract->cli, error) : STATUS_YES;
}

/* Whether the visit saw all parts; if not, says so. */
static int check_complete(const struct extract *extract)
{
	if (kimg_image_is_complete(extract->image))
		return STATUS_YES;
	return report(extract->cli,
		      error_new(KIMG_E_LIMIT,
				"%s: more parts than the limit of %u: the rest is left out",
				extract->file, extract->cli->limits.parts));
}

static int write_parts(struct extract *extract)
{
	struct kimg_error *error = folder_open(&extract->folder, extract->directory);
	struct cli *cli = extract->cli;
	int status = STATUS_YES;

	if (error)
		return report(cli, error);
	if (extract->all)
		status = worse(
			parts_visit(extract->image, extract->verbose, write_visited, pass, extract),
			check_complete(extract));
	else if (cli->operand_count == 1)
		status = write_named(extract, NULL);
	for (int i = 1; i < cli->operand_count; i++)
		status = worse(status, write_named(extract, cli->operands[i]));
	folder_done(&extract->folder);
	return status;
}

/* ---- --list ---- */

struct list {
	struct out *out;
	int width;
	bool raw;
};

static int measure_path(const struct kimg_part *part, const char *path, void *context)
{
	struct list *list = context;
	int columns = text_columns(span_of(path, strlen(path)));

	if (columns > list->width)
		list->width = columns;
	return STATUS_YES;
}

static int list_part(const struct kimg_part *part, const char *path, void *context)
{
	struct list *list = context;
	struct out *out = list->out;
	const struct kimg_part *bytes = part->content && !list->raw ? part->content : part;

	out_object(out, NULL);
	out_row(out);
	out_width(out, list->width);
	out_text(out, "path", OUT_NAME, span_of(path, strlen(path)));
	out_width(out, -12);
	out_number(out, "size", OUT_PLAIN, bytes->size);
	out_string(out, "kind", OUT_FAINT, kimg_part_kind_name(part->kind));
	out_string(out, "format", bytes->format ? OUT_PLAIN : OUT_DATA, bytes->format);
	out_string(out, "codec", part->codec ? OUT_PLAIN : OUT_DATA, part->codec);
	out_bool(out, "truncated", OUT_DATA, part->truncated);
	if (part->truncated)
		out_print(out, OUT_BAD, "truncated");
	out_row_end(out);
	out_close(out);
	return STATUS_YES;
}

static int list_parts(struct extract *extract)
{
	struct list list = { .raw = extract->raw };
	struct screen screen;

	if (screen_open(&screen, extract->cli))
		return STATUS_ERROR;
	list.out = screen.out;
	parts_visit(extract->image, extract->verbose, measure_path, NULL, &list);
	out_document(list.out, "kimg-extract-list-1", NULL);
	out_text(list.out, "file", OUT_DATA, span_of(extract->file, strlen(extract->file)));
	out_array(list.out, "parts");
	parts_visit(extract->image, extract->verbose, list_part, NULL, &list);
	out_close(list.out);
	out_close(list.out);
	return screen_close(&screen, check_complete(extract));
}

/* ---- the verb ---- */

static int check_usage(struct extract *extract)
{
	struct cli *cli = extract->cli;
	bool to_stdout = !extract->output || strcmp(extract->output, "-") == 0;

	if (extract->list)
		return STATUS_YES;
	if (extract->output && extract->directory)
		return cli_usage_error(cli, "--output and --directory exclude each other");
	if (extract->all && cli->operand_count > 1)
		return cli_usage_error(cli, "--all leaves nothing for PART to say");
	if ((extract->all || cli->operand_count > 2) && !extract->directory)
		return cli_usage_error(cli, "several parts need a folder to go to: --directory");
	if (!extract->directory && to_stdout && !extract->force && isatty(STDOUT_FILENO))
		return cli_usage_error(
			cli, "will not write binary data to a terminal: use --output, or --force");
	return STATUS_YES;
}

static int work(struct extract *extract)
{
	struct kimg_error *error;
	struct cli *cli = extract->cli;

	if (extract->list)
		return list_parts(extract);
	if (extract->directory)
		return write_parts(extract);
	error = write_output(extract, cli->operand_count > 1 ? cli->operands[1] : NULL);
	return error ? report(cli, error) : STATUS_YES;
}

static void take_option(struct extract *extract, int id)
{
	switch (id) {
	case 'o':
		extract->output = extract->cli->argument;
		break;
	case 'C':
		extract->directory = extract->cli->argument;
		break;
	case 'a':
		extract->all = true;
		break;
	case 'l':
		extract->list = true;
		break;
	case 'v':
		extract->verbose = true;
		break;
	case 'r':
		extract->raw = true;
		break;
	case 'f':
		extract->force = true;
		break;
	}
}

static int run(struct cli *cli)
{
	struct extract extract = { .cli = cli };
	struct kimg_options image_options = KIMG_OPTIONS_DEFAULT;
	struct kimg_error *error;
	int id, status;

	while ((id = cli_option(cli)) > 0)
		take_option(&extract, id);
	if (id == CLI_STOP)
		return cli->status;
	status = check_usage(&extract);
	if (status)
		return status;
	extract.file = cli->operands[0];
	image_options.limits = cli->limits;
	error = kimg_image_open(extract.file, &image_options, &extract.image);
	if (error)
		return report(cli, error);
	status = work(&extract);
	if (extract.told > MAX_TOLD)
		remark(cli, "%s: %u more like these: see 'kimg info'", extract.file,
		       extract.told - MAX_TOLD);
	kimg_image_free(extract.image);
	/* What was written may be all that is left of a damaged image; but it is not what it should be. */
	return extract.told ? worse(status, STATUS_NO) : status;
}

const struct verb verb_extract = {
	.name = "extract",
	.operands = "FILE [PART]...",
	.summary = "write the kernel or other parts out",
	.about = "Writes the innermost kernel of FILE, or the named PARTs, decoded. A PART is a "
		 "name as in\n"
		 "'kimg info', or the path to it, such as payload or linux/payload. A part that is "
		 "cut\n"
		 "short or does not decode is an error, and no file appears.",
	.options = options,
	.groups = GROUP_OUTPUT | GROUP_PAGER | GROUP_LIMITS,
	.complete = COMPLETE_FILE,
	.min_operands = 1,
	.max_operands = -1,
	.run = run,
};
