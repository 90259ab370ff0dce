/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The program of a table of lines (DWARF 5, section 6.2.5), which makes rows of address, file, line and column:
 *
 *	opcode_base and up      advances address and line by what the opcode is, and makes a row
 *	1 to opcode_base - 1    DW_LNS_..., with LEB128 numbers; but DW_LNS_fixed_advance_pc, which has 2 bytes
 *	0                       LEB128 length, and as many bytes: DW_LNE_... 1, and what it has
 *
 * It is run to find one row. What is asked a second time is kept: which runs there are, and their rows.
 */
#include <inttypes.h>

#include "debug/lines.h"

/* What a row is made of. */
struct registers {
	uint64_t address, line, file, column;
	unsigned int op_index;
};

struct machine {
	const struct lines *lines;
	struct cursor c;
	uint64_t mask;
	struct registers now;

	/* The run so far. */
	bool has_rows, unsorted;
	uint64_t low, highest;
	/* The last row not above wanted. */
	uint64_t wanted;
	bool stops; /* behind that row, if there is another one */
	bool has_best;
	struct registers best;

	struct buf *rows;    /* NULL: not asked for */
	struct buf *defined; /* of uint32_t: places of names of files; NULL: not asked for */
};

static void start(struct machine *m)
{
	m->now = (struct registers){ .line = 1, .file = 1 };
	m->best = (struct registers){ 0 };
	m->has_rows = m->has_best = m->unsorted = false;
	m->low = m->highest = 0;
}

/* What does not fit is nothing that a file has. */
static struct line_row row_of(const struct machine *m, const struct registers *r)
{
	return (struct line_row){
		.address = (uint32_t)(r->address - m->low),
		.file = r->file <= UINT32_MAX ? r->file : UINT32_MAX,
		.line = r->line <= INT32_MAX ? r->line : 0,
		.column = r->column <= INT32_MAX ? r->column : 0,
	};
}

/* True where nothing is to be learned from the rest. */
static inline bool make_row(struct machine *m, struct registers r)
{
	if (!m->has_rows || r.address < m->low)
		m->low = r.address;
	if (r.address < m->highest)
		m->unsorted = true;
	else
		m->highest = r.address;
	m->has_rows = true;
	if (m->rows) {
		struct line_row row = row_of(m, &r);

		buf_add(m->rows, &row, sizeof(row));
	}
	if (r.address > m->wanted)
		return m->has_best && m->stops;
	if (r.address >= m->best.address) {
		m->best = r;
		m->has_best = true;
	}
	return false;
}

static inline void advance(const struct machine *m, struct registers *r, uint64_t operations)
{
	const struct lines *lines = m->lines;

	if (lines->max_ops == 1) {
		r->address += operations * lines->min_length;
	} else {
		operations += r->op_index;
		r->address += operations / lines->max_ops * lines->min_length;
		r->op_index = operations % lines->max_ops;
	}
	r->address &= m->mask;
}

/* True at the end of a run. inside: the bytes of the opcode. */
static bool step_extended(struct machine *m, struct cursor inside, struct registers *r)
{
	uint32_t at;

	switch (cursor_u8(&inside)) {
	case DW_LNE_end_sequence:
		return true;
	case DW_LNE_set_address:
		r->address = inside.s.n - inside.at == 8   ? cursor_u64(&inside)
			     : inside.s.n - inside.at == 4 ? cursor_u32(&inside)
							   : 0;
		r->op_index = 0;
		break;
	case DW_LNE_define_file:
		at = (uint32_t)inside.at;
		if (m->defined)
			buf_add(m->defined, &at, sizeof(at));
		break;
	}
	return false;
}

static inline void step_standard(const struct machine *m, uint8_t opcode, struct cursor *c,
				 struct registers *r)
{
	switch (opcode) {
	case DW_LNS_advance_pc:
		advance(m, r, cursor_uleb128(c));
		return;
	case DW_LNS_advance_line:
		r->line += (uint64_t)cursor_sleb128(c);
		return;
	case DW_LNS_set_file:
		r->file = cursor_uleb128(c);
		return;
	case DW_LNS_set_column:
		r->column = cursor_uleb128(c);
		return;
	case DW_LNS_const_add_pc:
		advance(m, r, m->lines->advance[255]);
		return;
	case DW_LNS_fixed_advance_pc:
		r->address = (r->address + cursor_u16(c)) & m->mask;
		r->op_index = 0;
		return;
	}
	for (unsigned int i = m->lines->opcode_lengths[opcode - 1]; i > 0; i--)
		cursor_uleb128(c);
}

/* The bytes of an extended opcode, which c is left behind; most are discriminators, which say nothing to us. */
static inline bool step_over_extended(struct machine *m, struct cursor *c, struct registers *r)
{
	uint64_t length = cursor_uleb128(c);
	struct cursor inside = *c;
	struct registers copy;
	bool ended;

	cursor_skip(c, length);
	if (c->failed || length == 0 || inside.s.p[inside.at] == DW_LNE_set_discriminator)
		return false;
	inside.s.n = c->at;
	copy = *r;
	ended = step_extended(m, inside, &copy);
	*r = copy;
	return ended;
}

/*
 * Runs up to the end of a run. False at the end of the program, where it may have a run without an end, and where the
 * machine stops. Most of the time goes here: the registers are copies, so that they are those of the processor.
 */
static bool run(struct machine *m)
{
	const unsigned int opcode_base = m->lines->opcode_base;
	struct registers r = m->now;
	struct cursor c = m->c;
	bool ended = false, stopped = false;

	while (c.at < c.s.n && !c.failed && !ended && !stopped) {
		uint8_t opcode = c.s.p[c.at++];

		if (opcode >= opcode_base) {
			r.line += (uint64_t)(int64_t)m->lines->line_advance[opcode];
			advance(m, &r, m->lines->advance[opcode]);
			stopped = make_row(m, r);
		} else if (opcode == DW_LNS_copy) {
			stopped = make_row(m, r);
		} else if (opcode) {
			step_standard(m, opcode, &c, &r);
		} else {
			ended = step_over_extended(m, &c, &r);
		}
	}
	m->c = c;
	m->now = r;
	return ended;
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

/* The next run; false where there is none. Its first row and its end: m->low, m->now.address. */
static bool next_run(struct machine *m)
{
	bool ended = true;

	while (ended) {
		start(m);
		ended = run(m);
		/* The last row of one without an end has one byte, at least. */
		if (!ended)
			m->now.address = m->highest + 1;
		if (m->has_rows && m->low < m->now.address)
			return !m->c.failed;
	}
	return false;
}

/* ---- one address ---- */

struct kimg_error *line_row_find(const struct lines *lines, uint64_t address,
				 struct line_row *ret_row, bool *ret_found)
{
	struct machine m = machine_of(lines, lines->program, address);

	m.stops = true;
	*ret_found = false;
	while (!*ret_found && next_run(&m))
		*ret_found = m.has_best && address < m.now.address;
	TRY(check(&m));
	*ret_row = row_of(&m, &m.best);
	return NULL;
}

/* ---- all runs ---- */

static struct kimg_error *add_run(struct kimg_source *source, const struct machine *m, size_t at,
				  struct buf *list)
{
	struct line_run *new = source_alloc(source, sizeof(*new));

	if (!new)
		return error_nomem();
	if (list->n > source->limits.memory)
		return error_new(KIMG_E_LIMIT, "debug information: lines in too many pieces");
	new->at = at;
	reaches_add(list, &(struct reach){ .low = m->low, .high = m->now.address, .run = new });
	return NULL;
}

struct kimg_error *line_runs_read(struct kimg_source *source, const struct lines *lines,
				  struct reaches *ret)
{
	struct machine m = machine_of(lines, lines->program, 0);
	cleanup_buf struct buf list = { 0 };
	size_t at = m.c.at;

	for (; next_run(&m); at = m.c.at)
		TRY(add_run(source, &m, at, &list));
	TRY(check(&m));
	return reaches_finish(&list, source, ret);
}

struct kimg_error *line_defined_files(const struct lines *lines, struct buf *places)
{
	struct machine m = machine_of(lines, lines->program, 0);

	m.defined = places;
	while (next_run(&m))
		;
	return check(&m);
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

struct kimg_error *line_run_at(struct kimg_source *source, const struct lines *lines,
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
	if (!run_of->asked && reach->high - reach->low <= UINT32_MAX)
		m.rows = &rows;
	run_of->asked = true;
	run(&m);
	TRY(check(&m));
	*ret_row = row_of(&m, &m.best);
	/* Rows that are in no order are not kept; nobody writes such. */
	return m.rows && !m.unsorted ? keep_rows(source, run_of, &rows) : NULL;
}
