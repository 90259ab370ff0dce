/* SPDX-License-Identifier: GPL-2.0-or-later */
/* File, line and column of an address, by the table of lines of its unit. */
#include "debug/lines.h"

/* The name of a file as one would write it in the source tree: without the folder of the build. */
const char *lines_short_name(const char *folder, const char *name)
{
	size_t n = folder ? strlen(folder) : 0;

	while (n && folder[n - 1] == '/')
		n--;
	if (n && strncmp(name, folder, n) == 0 && name[n] == '/' && name[n + 1])
		name += n + 1;
	while (name[0] == '.' && name[1] == '/' && name[2])
		name += 2;
	return name;
}

/* Whether name has "//" or "/./" in it, as the kernel's include paths lead to: it means one '/'. */
static const char *needless(const char *name)
{
	const char *slash = strchr(name, '/');

	while (slash && slash[1] != '/' && (slash[1] != '.' || slash[2] != '/'))
		slash = strchr(slash + 1, '/');
	return slash;
}

/* Takes those out. */
static void tidy(char *name)
{
	const char *from = needless(name);
	char *to = name + (from ? from - name : 0);

	while (from) {
		const char *next;
		size_t n;

		from += from[1] == '/' ? 1 : 2;
		next = needless(from);
		/* from stands on the second of the two slashes, which stays */
		n = next ? (size_t)(next - from) : strlen(from) + 1;
		memmove(to, from, n);
		to += n;
		from = next;
	}
}

static struct kimg_error *read_header(struct kimg_source *source, struct unit *unit)
{
	struct lines *lines;

	if (unit->lines || !unit->has_line_offset)
		return NULL;
	lines = source_alloc(source, sizeof(*lines));
	if (!lines)
		return error_nomem();
	TRY(line_header_read(source, unit, lines));
	unit->lines = lines;
	return NULL;
}

static struct kimg_error *row_at(struct kimg_source *source, struct lines *lines, uint64_t address,
				 struct line_row *ret_row, bool *ret_found)
{
	const struct reach *reach;

	if (!lines->asked) {
		lines->asked = true;
		return line_row_find(lines, address, ret_row, ret_found);
	}
	if (!lines->has_runs)
		TRY(line_runs_read(source, lines, &lines->runs));
	lines->has_runs = true;
	reach = reaches_at(&lines->runs, address);
	*ret_found = reach;
	return reach ? line_run_at(source, lines, reach, address, ret_row) : NULL;
}

static struct kimg_error *make_name(struct kimg_source *source, const struct unit *unit,
				    uint64_t number, const char **ret_name)
{
	cleanup_buf struct buf name = { 0 };
	const char *shorter;
	char *copy;

	TRY(line_name(unit->lines, unit, number, &name));
	if (name.failed)
		return error_nomem();
	if (!name.n)
		return NULL;
	shorter = lines_short_name(unit->folder, name.p);
	copy = source_alloc(source, strlen(shorter) + 1);
	if (!copy)
		return error_nomem();
	strcpy(copy, shorter);
	tidy(copy);
	*ret_name = copy;
	return NULL;
}

struct kimg_error *lines_file(struct kimg_source *source, struct unit *unit, uint64_t number,
			      const char **ret_name)
{
	struct lines *lines = unit->lines;

	*ret_name = NULL;
	/* Files are asked for behind the lines alone. */
	if (!lines)
		return NULL;
	if (!lines->has_names)
		TRY(line_names_read(source, lines));
	if (number > lines->files.n && lines->encoding.version < 5 && !lines->with_defined) {
		lines->with_defined = true;
		TRY(line_names_read(source, lines));
	}
	if (number > lines->files.n)
		return NULL;
	if (!lines->file_names[number])
		TRY(make_name(source, unit, number, &lines->file_names[number]));
	*ret_name = lines->file_names[number];
	return NULL;
}

struct kimg_error *lines_at(struct kimg_source *source, struct unit *unit, uint64_t address,
			    struct kimg_source_frame *frame)
{
	struct line_row row;
	bool found;

	TRY(read_header(source, unit));
	if (!unit->lines)
		return NULL;
	TRY(row_at(source, unit->lines, address, &row, &found));
	if (!found)
		return NULL;
	frame->line = row.line;
	frame->column = row.column;
	return lines_file(source, unit, row.file, &frame->file);
}
