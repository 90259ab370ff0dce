/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The table of lines of a unit. */
#include "debug/source.h"

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

/* The same without those. */
static struct kimg_error *tidy_name(struct kimg_source *source, const struct unit *unit,
				    const char *name, const char **ret_name)
{
	const char *from;
	char *copy, *to;

	*ret_name = name = lines_short_name(unit->folder, name);
	from = needless(name);
	if (!from)
		return NULL;
	copy = arena_copy(&source->arena, name, strlen(name));
	if (!copy)
		return error_nomem();
	source->spent += strlen(name) + 1;
	to = copy + (from - name);
	while (from) {
		const char *next;

		from += from[1] == '/' ? 1 : 2;
		next = needless(from);
		/* from stands on the second of the two slashes, which stays */
		memcpy(to, from, next ? (size_t)(next - from) : strlen(from) + 1);
		to += next ? next - from : 0;
		from = next;
	}
	*ret_name = copy;
	return NULL;
}

static struct kimg_error *read_lines(struct kimg_source *source, struct unit *unit)
{
	const struct libdw *dw = source->dw;

	if (unit->has_lines)
		return NULL;
	unit->has_lines = true;
	if (!dw->dwarf_hasattr(&unit->scope.die, DW_AT_stmt_list))
		return NULL;
	TRY(check_lines(source, die_number(source, &unit->scope.die, DW_AT_stmt_list)));
	if (dw->dwarf_getsrclines(&unit->scope.die, &unit->lines, &unit->line_count)) {
		unit->lines = NULL;
		unit->line_count = 0;
		return source_damaged(source, "line table");
	}
	source->spent += unit->line_count * LINE_ROW_MEMORY;
	return NULL;
}

/* The last row that is not above address, as gdb and addr2line choose. */
static Dwarf_Line *row_at(const struct libdw *dw, const struct unit *unit, uint64_t address)
{
	size_t from = 0, to = unit->line_count;
	Dwarf_Line *row;
	bool ends;

	while (from < to) {
		size_t middle = from + (to - from) / 2;
		Dwarf_Addr start;

		row = dw->dwarf_onesrcline(unit->lines, middle);
		if (!row || dw->dwarf_lineaddr(row, &start))
			return NULL;
		if (start <= address)
			from = middle + 1;
		else
			to = middle;
	}
	row = from ? dw->dwarf_onesrcline(unit->lines, from - 1) : NULL;
	if (!row || dw->dwarf_lineendsequence(row, &ends) || ends)
		return NULL;
	return row;
}

struct kimg_error *lines_at(struct kimg_source *source, struct unit *unit, uint64_t address,
			    struct kimg_source_frame *frame)
{
	const struct libdw *dw = source->dw;
	int line = 0, column = 0;
	const char *name;
	Dwarf_Line *row;

	TRY(read_lines(source, unit));
	row = row_at(dw, unit, address);
	if (!row)
		return NULL;
	name = dw->dwarf_linesrc(row, NULL, NULL);
	if (name && *name)
		TRY(tidy_name(source, unit, name, &frame->file));
	if (!dw->dwarf_lineno(row, &line) && line > 0)
		frame->line = line;
	if (!dw->dwarf_linecol(row, &column) && column > 0)
		frame->column = column;
	return NULL;
}

static struct kimg_error *read_files(struct kimg_source *source, struct unit *unit)
{
	size_t n;

	if (unit->has_files)
		return NULL;
	unit->has_files = true;
	/* They come with the lines; those of a unit that has none are checked as well. */
	TRY(read_lines(source, unit));
	if (unit->lines && source->dw->dwarf_getsrcfiles(&unit->scope.die, &unit->files, &n))
		unit->files = NULL;
	return NULL;
}

struct kimg_error *lines_file(struct kimg_source *source, struct unit *unit, uint64_t number,
			      const char **ret_name)
{
	const char *name;

	*ret_name = NULL;
	TRY(read_files(source, unit));
	if (!unit->files)
		return NULL;
	name = source->dw->dwarf_filesrc(unit->files, number, NULL, NULL);
	return name && *name ? tidy_name(source, unit, name, ret_name) : NULL;
}
