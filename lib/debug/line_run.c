/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The program of a table of lines (DWARF 5, section 6.2.5), which makes rows of address, file, line and column:
 *
 *	opcode_base and up      advances address and line by what the opcode is, and makes a row
 *	1 to opcode_base - 1    DW_LNS_..., with LEB128 numbers; but DW_LNS_fixed_advance_pc, which has 2 bytes
 *	0                       LEB128 length, and as many bytes: DW_LNE_... 1, and what it has
 *
 * It is run to find one row. The rows of a run are kept once it is asked again.
 */
#include <inttypes.h>

#include "debug/lines.h"

struct machine {
	const struct lines *lines;
	struct cursor c;
	uint64_t mask;
	uint64_t address, line, file, column;
	unsigned int op_index;

	/* The run so far. */
	bool has_rows, unsorted;
	uint64_t low, highest;
	/* The last row not above wanted. */
	uint64_t wanted;
	bool has_best;
	struct line_row best;
	uint64_t best_address;

	struct buf *rows;    /* NULL: not wanted */
	struct buf *defined; /* NULL: not wanted */
};

static void start(struct machine *m)
{
	m->address = m->column = 0;
	m->line = m->file = 1;
	m->op_index = 0;
	m->has_rows = m->has_best = m->unsorted = false;
	m->low = UINT64_MAX;
	m->highest = 0;
}

/* What does not fit is nothing that a file has. */
static uint32_t clip(uint64_t number)
{
	return number <= INT32_MAX ? number : 0;
}

static inline void make_row(struct machine *m)
{
	m->has_rows = true;
	if (m->address < m->low)
		m->low = m->address;
	m->unsorted |= m->address < m->highest;
	if (m->address > m->highest)
		m->highest = m->address;
	if (m->address <= m->wanted && (!m->has_best || m->address >= m->best_address)) {
		m->has_best = true;
		m->best_address = m->address;
		m->best.file = m->file <= UINT32_MAX ? m->file : UINT32_MAX;
		m->best.line = clip(m->line);
		m->best.column = clip(m->column);
	}
	if (m->rows)
		buf_add(m->rows,
			&(struct line_row){
				.address = (uint32_t)(m->address - m->low),
				.file = m->file <= UINT32_MAX ? m->file : UINT32_MAX,
				.line = clip(m->line),
				.column = clip(m->column),
			},
			sizeof(struct line_row));
}

static inline void advance(struct machine *m, uint64_t operations)
{
	const struct lines *lines = m->lines;

	if (lines->max_ops == 1) {
		m->address += operations * lines->min_length;
	} else {
		operations += m->op_index;
		m->address += operations / lines->max_ops * lines->min_length;
		m->op_index = operations % lines->max_ops;
	}
	m->address &= m->mask;
}

static void define_file(struct machine *m)
{
	const uint32_t at = (uint32_t)m->c.at;

	if (m->defined)
		buf_add(m->defined, &at, sizeof(at));
}

/* True at the end of a run. */
static bool step_extended(struct machine *m)
{
	uint64_t length = cursor_uleb128(&m->c);
	size_t from = m->c.at;
	struct cursor inside;
	uint8_t opcode;

	/* One of no bytes has no opcode. */
	if (length == 0)
		return false;
	opcode = cursor_u8(&m->c);
	inside = m->c;
	switch (opcode) {
	case DW_LNE_set_address:
		m->address = length == 9   ? cursor_u64(&inside)
			     : length == 5 ? cursor_u32(&inside)
					   : 0;
		m->op_index = 0;
		break;
	case DW_LNE_define_file:
		define_file(m);
		break;
	}
	m->c.at = from;
	cursor_skip(&m->c, length);
	return opcode == DW_LNE_end_sequence;
}

static void step_standard(struct machine *m, uint8_t opcode)
{
	switch (opcode) {
	case DW_LNS_copy:
		make_row(m);
		return;
	case DW_LNS_advance_pc:
		advance(m, cursor_uleb128(&m->c));
		return;
	case DW_LNS_advance_line:
		m->line += (uint64_t)cursor_sleb128(&m->c);
		return;
	case DW_LNS_set_file:
		m->file = cursor_uleb128(&m->c);
		return;
	case DW_LNS_set_column:
		m->column = cursor_uleb128(&m->c);
		return;
	case DW_LNS_const_add_pc:
		advance(m, m->lines->advance[255]);
		return;
	case DW_LNS_fixed_advance_pc:
		m->address = (m->address + cursor_u16(&m->c)) & m->mask;
		m->op_index = 0;
		return;
	}
	for (unsigned int i = m->lines->opcode_lengths[opcode - 1]; i > 0; i--)
		cursor_uleb128(&m->c);
}

/* Runs up to the end of a run. False at the end of the program; then m may hold a run without an end. */
static bool run(struct machine *m)
{
	const struct lines *lines = m->lines;

	while (m->c.at < m->c.s.n && !m->c.failed) {
		uint8_t opcode = m->c.s.p[m->c.at++];

		if (opcode >= lines->opcode_base) {
			m->line += (uint64_t)(int64_t)lines->line_advance[opcode];
			advance(m, lines->advance[opcode]);
			m->c.failed |= !lines->has_special;
			make_row(m);
		} else if (opcode) {
			step_standard(m, opcode);
		} else if (step_extended(m)) {
			return true;
		}
	}
	return false;
}

static struct machine machine_of(const struct lines *lines, size_t at, uint64_t wanted)
{
	struct machine m = {
		.lines = lines,
		.c = lines->table,
		.mask = address_mask(&lines->encoding),
		.wanted = wanted,
	};

	m.c.at = at;
	start(&m);
	return m;
}

static struct kimg_error *check(const struct machine *m)
{
	return m->c.failed
		       ? error_new(KIMG_E_CORRUPT, "debug information: lines that cannot be read")
		       : NULL;
}

/* ---- all runs ---- */

static struct kimg_error *add_run(struct kimg_source *source, const struct machine *m, size_t at,
				  struct reach *reach, struct buf *list)
{
	struct line_run *new = source_alloc(source, sizeof(*new));

	if (!new)
		return error_nomem();
	if (list->n > source->limits.memory)
		return error_new(KIMG_E_LIMIT, "debug information: lines in too many pieces");
	new->at = at;
	*reach = (struct reach){ .low = m->low, .high = m->address, .run = new };
	reaches_add(list, reach);
	return NULL;
}

static struct kimg_error *read_all(struct kimg_source *source, struct machine *m, struct buf *list,
				   struct reach *best, struct line_row *ret_row)
{
	bool ended = true;

	while (ended) {
		size_t at = m->c.at;
		struct reach reach;

		start(m);
		ended = run(m);
		TRY(check(m));
		/* The last row of one without an end has one byte, at least. */
		if (!ended)
			m->address = m->highest + 1;
		if (!m->has_rows || m->low >= m->address)
			continue;
		TRY(add_run(source, m, at, &reach, list));
		if (m->has_best && m->wanted < reach.high &&
		    (best->high == 0 || reach.low > best->low ||
		     (reach.low == best->low && reach.high <= best->high))) {
			*best = reach;
			*ret_row = m->best;
		}
	}
	return NULL;
}

struct kimg_error *line_runs_read(struct kimg_source *source, struct lines *lines, uint64_t address,
				  struct line_row *ret_row, bool *ret_found)
{
	struct machine m = machine_of(lines, lines->program, address);
	cleanup_buf struct buf list = { 0 };
	struct reach best = { 0 };

	m.defined = &lines->defined;
	TRY(read_all(source, &m, &list, &best, ret_row));
	*ret_found = best.high != 0;
	return reaches_finish(&list, source, &lines->runs);
}

/* ---- one run ---- */

static struct kimg_error *keep_rows(struct kimg_source *source, struct line_run *run_of,
				    const struct buf *rows)
{
	size_t n = rows->n / sizeof(struct line_row);

	if (rows->failed)
		return error_nomem();
	run_of->rows = source_alloc(source, rows->n);
	if (!run_of->rows)
		return error_nomem();
	memcpy(run_of->rows, rows->p, rows->n);
	run_of->n = n;
	return NULL;
}

static void find_row(const struct line_run *run_of, uint64_t offset, struct line_row *ret_row)
{
	size_t from = 0, to = run_of->n;

	while (from < to) {
		size_t middle = from + (to - from) / 2;

		if (run_of->rows[middle].address <= offset)
			from = middle + 1;
		else
			to = middle;
	}
	*ret_row = run_of->rows[from ? from - 1 : 0];
}

struct kimg_error *line_run_at(struct kimg_source *source, struct lines *lines,
			       const struct reach *reach, uint64_t address,
			       struct line_row *ret_row)
{
	struct line_run *run_of = reach->run;
	struct machine m = machine_of(lines, run_of->at, address);
	cleanup_buf struct buf rows = { 0 };

	if (run_of->rows) {
		find_row(run_of, address - reach->low, ret_row);
		return NULL;
	}
	/* Tried once. */
	if (++run_of->lookups == 1 && reach->high - reach->low <= UINT32_MAX)
		m.rows = &rows;
	run(&m);
	TRY(check(&m));
	*ret_row = m.best;
	/* Rows that are in no order are not kept; nobody writes such. */
	return m.rows && !m.unsorted ? keep_rows(source, run_of, &rows) : NULL;
}
