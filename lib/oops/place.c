/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What stands where a frame or a register points to. */
#include "oops/resolve.h"
#include "symbol/map_match.h"

/* So many places are told of one frame. */
enum { PLACES_MAX = 16, SOURCE_MAX = 64 };

static const char *copy_text(struct report *report, const char *text, size_t n)
{
	const char *copy = text ? arena_copy(&report->arena, text, n) : NULL;

	if (text && !copy)
		report->failed = true;
	return copy;
}

static const char *copy_string(struct report *report, const char *text)
{
	return text ? copy_text(report, text, strlen(text)) : NULL;
}

static struct kimg_oops_place make_place(struct resolving *r, struct kimg_symbols *symbols,
					 const struct kimg_symbol *symbol, uint64_t offset)
{
	return (struct kimg_oops_place){
		.symbol = copy_text(r->report, symbol->name, symbol->name_size),
		.module = copy_string(r->report, kimg_symbols_module_name(symbols, symbol->module)),
		.section = symbol->module
				   ? copy_string(r->report, kimg_symbols_section_name(
								    symbols, symbol->section))
				   : NULL,
		.address = symbol->address,
		.offset = offset,
		.size = kimg_symbol_extent(symbols, symbol),
	};
}

/* ---- by name ---- */

struct matches {
	struct kimg_symbols *symbols;
	struct span name;
	const struct kimg_oops_frame *frame;
	const char *module; /* of a table of several, that of this name alone; NULL: of any */
	bool exact_names;   /* else those with suffixes of compilers, too */
	const struct kimg_symbol *all[PLACES_MAX];
	size_t n;
	size_t sized; /* so many of them, the first ones, have the size that the log tells */
	bool too_many;
};

/* Those of the right size go to the front. */
static void add_match(struct matches *matches, const struct kimg_symbol *symbol)
{
	uint64_t size = frame_size(matches->frame);
	bool sized = size && kimg_symbol_has_extent(matches->symbols, symbol, size);

	for (size_t i = 0; i < matches->n; i++)
		if (matches->all[i]->address == symbol->address)
			return;
	if (matches->n == PLACES_MAX) {
		matches->too_many = true;
		return;
	}
	matches->all[matches->n++] = symbol;
	if (!sized)
		return;
	matches->all[matches->n - 1] = matches->all[matches->sized];
	matches->all[matches->sized++] = symbol;
}

static bool is_in_module(const struct matches *matches, const struct kimg_symbol *symbol)
{
	const char *name;

	if (!matches->module)
		return true;
	name = kimg_symbols_module_name(matches->symbols, symbol->module);
	return name && module_same_name(name, matches->module);
}

static bool visit_symbol(void *context, const struct kimg_symbol *symbol)
{
	struct matches *matches = context;

	if (!symbol_is_called(symbol, matches->name) && matches->exact_names)
		return false;
	if (!(symbol->flags & KIMG_SYMBOL_HIDDEN) && is_in_module(matches, symbol))
		add_match(matches, symbol);
	return true;
}

/* Names as the log has them; older kernels cut what compilers put behind them. */
static void find_matches(struct matches *matches)
{
	for (int round = 0; round < 2 && matches->n == 0; round++) {
		matches->exact_names = round == 0;
		kimg_symbols_named(matches->symbols, (const char *)matches->name.p, matches->name.n,
				   visit_symbol, matches);
	}
}

/* The one match that has the address of the log. */
static void pick_by_address(struct matches *matches, uint64_t shift)
{
	const struct kimg_oops_frame *frame = matches->frame;
	uint64_t mask = kimg_symbols_bits(matches->symbols) == 32 ? UINT32_MAX : UINT64_MAX;

	for (size_t i = 0; i < matches->n; i++) {
		if (((matches->all[i]->address + frame->offset + shift) & mask) != frame->address)
			continue;
		matches->all[0] = matches->all[i];
		matches->n = 1;
		matches->sized = matches->sized > i;
		return;
	}
}

static struct kimg_error *set_places(struct resolving *r, struct matches *matches,
				     struct kimg_oops_frame *frame)
{
	size_t n = matches->sized ? matches->sized : matches->n;

	if (n == 0)
		return NULL;
	frame->places = report_alloc(r->report, n * sizeof(*frame->places));
	if (!frame->places)
		return error_nomem();
	for (size_t i = 0; i < n; i++) {
		frame->places[i] = make_place(r, matches->symbols, matches->all[i], frame->offset);
		/* a file found by its build-id may be called otherwise */
		if (frame->module)
			frame->places[i].module = frame->module;
	}
	frame->place_count = n;
	frame->certainty = n == 1 && !matches->too_many && (matches->sized || !frame_size(frame))
				   ? KIMG_OOPS_CERTAIN
				   : KIMG_OOPS_CANDIDATES;
	return r->report->failed ? error_nomem() : NULL;
}

/* shift: what is added to addresses of table where it ran; NULL: not known. */
static struct kimg_error *place_by_name(struct resolving *r, const struct oops_table *table,
					const uint64_t *shift, struct kimg_oops_frame *frame)
{
	struct matches matches = {
		.symbols = table_symbols(table),
		.name = span_of(frame->symbol, strlen(frame->symbol)),
		.frame = frame,
	};

	find_matches(&matches);
	if (frame->has_address && frame->has_offset && shift)
		pick_by_address(&matches, *shift);
	return set_places(r, &matches, frame);
}

/* ---- by address ---- */

static struct kimg_error *place_at(struct resolving *r, struct oops_table *table, uint64_t address,
				   struct kimg_oops_frame *frame)
{
	struct kimg_symbols *symbols;
	const struct kimg_symbol *symbol =
		table_at(r->symbols, table, address - !frame->exact, &symbols);

	if (!symbol)
		return NULL;
	frame->places = report_alloc(r->report, sizeof(*frame->places));
	if (!frame->places)
		return error_nomem();
	frame->places[0] = make_place(r, symbols, symbol, address - symbol->address);
	frame->place_count = 1;
	frame->certainty = KIMG_OOPS_CERTAIN;
	return r->report->failed ? error_nomem() : NULL;
}

/* Between the first and the last byte of the kernel: what lies below are offsets, of per-CPU variables for one. */
static bool is_in_kernel(const struct oops_table *table, uint64_t address)
{
	uint64_t start, text, end;
	bool has_start;

	if (!table)
		return false;
	has_start = table_address(table, "_stext", &start);
	if (table_address(table, "_text", &text) && (!has_start || text < start))
		start = text;
	else if (!has_start)
		return false;
	return address >= start && table_address(table, "_end", &end) && address < end;
}

static const uint64_t *kernel_shift(const struct resolving *r)
{
	static const uint64_t none;

	if (!r->kernel)
		return NULL;
	if (r->kernel == r->symbols->running)
		return &none;
	return r->report->oops.has_kernel_offset ? &r->report->oops.kernel_offset : NULL;
}

/* Where only the module can be told. */
static struct kimg_error *name_module(struct resolving *r, const char *name, uint64_t start,
				      uint64_t address, struct kimg_oops_frame *frame)
{
	frame->places = report_alloc(r->report, sizeof(*frame->places));
	if (!frame->places)
		return error_nomem();
	frame->places[0] = (struct kimg_oops_place){
		.module = name,
		.address = start,
		.offset = address - start,
	};
	frame->place_count = 1;
	frame->certainty = KIMG_OOPS_NAMED;
	return NULL;
}

static struct kimg_error *place_in_module(struct resolving *r, struct kimg_oops_frame *frame)
{
	const struct kimg_oops_module *told;
	struct resolved_module *module;

	TRY(module_at(r, frame->address, &told));
	if (!told)
		return NULL;
	TRY(module_find(r, told->name, told->build_id, &module));
	if (module && module->table && module->has_shift && !module->differs)
		TRY(place_at(r, module->table, frame->address - module->shift, frame));
	if (frame->place_count)
		return NULL;
	return name_module(r, told->name, told->address, frame->address, frame);
}

/* The running kernel names its modules' functions, too: what it says is looked up as if the log had said it. */
static struct kimg_error *place_live(struct resolving *r, struct kimg_oops_frame *frame)
{
	struct kimg_symbols *symbols = table_symbols(r->live);
	const struct kimg_symbol *symbol = kimg_symbols_at(symbols, frame->address - !frame->exact);
	struct kimg_oops_frame named = *frame;

	if (!symbol)
		return NULL;
	named.symbol = copy_text(r->report, symbol->name, symbol->name_size);
	named.module = copy_string(r->report, kimg_symbols_module_name(symbols, symbol->module));
	named.has_offset = true;
	named.offset = frame->address - symbol->address;
	named.size = kimg_symbol_extent(symbols, symbol);
	if (!named.symbol)
		return error_nomem();
	if (named.module)
		TRY(place_frame(r, &named));
	if (named.place_count && named.certainty != KIMG_OOPS_NAMED) {
		frame->places = named.places;
		frame->place_count = named.place_count;
		frame->certainty = named.certainty;
		return NULL;
	}
	return place_at(r, r->live, frame->address, frame);
}

static struct kimg_error *place_by_address(struct resolving *r, struct kimg_oops_frame *frame)
{
	const uint64_t *shift = kernel_shift(r);

	if (shift && is_in_kernel(r->kernel, frame->address - *shift))
		TRY(place_at(r, r->kernel, frame->address - *shift, frame));
	if (!frame->place_count && r->live)
		TRY(place_live(r, frame));
	if (!frame->place_count)
		TRY(place_in_module(r, frame));
	return NULL;
}

/* ---- frames ---- */

/*
 * By what the kernel itself says of the module, or said while it was loaded. A size that differs is of another module
 * of that name, as the kernel has its sizes from there.
 */
static struct kimg_error *place_by_kallsyms(struct resolving *r, struct kimg_symbols *symbols,
					    struct kimg_oops_frame *frame)
{
	struct matches matches = {
		.symbols = symbols,
		.name = span_of(frame->symbol, strlen(frame->symbol)),
		.frame = frame,
		.module = frame->module,
	};

	if (!symbols)
		return NULL;
	find_matches(&matches);
	if (frame_size(frame) && !matches.sized)
		return NULL;
	if (frame->has_address && frame->has_offset)
		pick_by_address(&matches, 0);
	return set_places(r, &matches, frame);
}

/* Without its file: the running kernel may name its functions. */
static struct kimg_error *place_live_frame(struct resolving *r, struct kimg_oops_frame *frame)
{
	if (!r->live)
		return NULL;
	TRY(place_by_kallsyms(r, table_symbols(r->live), frame));
	return frame->place_count ? NULL : place_by_kallsyms(r, r->symbols->left.symbols, frame);
}

static struct kimg_error *place_module_frame(struct resolving *r, struct kimg_oops_frame *frame)
{
	struct resolved_module *module;

	TRY(module_find(r, frame->module, frame->module_build_id, &module));
	if (module && module->table)
		return place_by_name(r, module->table, module->has_shift ? &module->shift : NULL,
				     frame);
	TRY(place_live_frame(r, frame));
	if (!frame->place_count)
		frame->certainty = KIMG_OOPS_NAMED;
	return NULL;
}

struct kimg_error *place_frame(struct resolving *r, struct kimg_oops_frame *frame)
{
	if (frame->place_count)
		return NULL;
	if (frame->symbol && frame->module)
		return place_module_frame(r, frame);
	if (frame->symbol && frame->has_offset)
		return r->kernel ? place_by_name(r, r->kernel, kernel_shift(r), frame) : NULL;
	return frame->has_address ? place_by_address(r, frame) : NULL;
}

/* ---- source lines ---- */

struct chain {
	struct report *report;
	struct kimg_oops_source all[SOURCE_MAX];
	size_t n;
};

static bool keep_source(void *context, const struct kimg_source_frame *frame)
{
	struct chain *chain = context;

	chain->all[chain->n++] = (struct kimg_oops_source){
		.function = copy_string(chain->report, frame->function),
		.file = copy_string(chain->report, frame->file),
		.line = frame->line,
		.column = frame->column,
		.inlined = frame->inlined,
	};
	return chain->n < SOURCE_MAX;
}

/* What cannot be read goes without lines; one note tells. */
static struct kimg_error *note_damage(struct report *report, struct kimg_error *error)
{
	char text[512];

	if (kimg_error_code(error) == KIMG_E_NOMEM)
		return error;
	kimg_error_format(error, text, sizeof(text));
	kimg_error_free(error);
	report_note(report, "no source lines: %s", text);
	return NULL;
}

static struct kimg_error *read_chain(struct resolving *r, struct kimg_source *source,
				     uint64_t address, struct kimg_oops_place *place)
{
	struct chain chain = { .report = r->report };
	struct kimg_oops_source *copy;
	struct kimg_error *error;

	error = kimg_source_at(source, address, keep_source, &chain, NULL);
	if (error)
		return note_damage(r->report, error);
	if (chain.n == 0)
		return NULL;
	/* functions in assembler have no names but those of their symbols */
	if (!chain.all[chain.n - 1].function)
		chain.all[chain.n - 1].function = place->symbol;
	copy = report_alloc(r->report, chain.n * sizeof(*copy));
	if (!copy || r->report->failed)
		return error_nomem();
	memcpy(copy, chain.all, chain.n * sizeof(*copy));
	place->source = copy;
	place->source_count = chain.n;
	return NULL;
}

/* Where a section of the table starts. */
static bool section_start(const struct kimg_symbols *symbols, const char *name,
			  uint64_t *ret_address)
{
	for (size_t i = 1; i < symbols->section_count; i++)
		if (strcmp(symbols->sections[i].name, name) == 0)
			return kimg_symbols_section_address(symbols, i, ret_address);
	return false;
}

static struct kimg_error *module_lines(struct resolving *r, struct kimg_oops_place *place,
				       uint64_t address)
{
	struct resolved_module *module;
	struct kimg_source *source;
	uint64_t start;

	TRY(module_find(r, place->module, NULL, &module));
	if (!module || !module->table || !place->section)
		return NULL;
	source = table_source(r->symbols, module->table, r->report);
	if (!source || !section_start(table_symbols(module->table), place->section, &start) ||
	    !kimg_source_section_address(source, place->section, address - start, &address))
		return NULL;
	return read_chain(r, source, address, place);
}

static struct kimg_error *kernel_lines(struct resolving *r, struct kimg_oops_place *place,
				       uint64_t address)
{
	struct kimg_source *source = r->lines ? table_source(r->symbols, r->lines, r->report)
					      : NULL;

	return source ? read_chain(r, source, address + r->lines_shift, place) : NULL;
}

struct kimg_error *place_lines(struct resolving *r, struct kimg_oops_frame *frame)
{
	for (size_t i = 0; i < frame->place_count; i++) {
		struct kimg_oops_place *place = &frame->places[i];
		/* what follows a call may be of another line, or of another function */
		uint64_t back = !frame->exact && place->offset > 0;
		uint64_t address = place->address + place->offset - back;

		if (!place->symbol || place->source)
			continue;
		TRY(place->module ? module_lines(r, place, address)
				  : kernel_lines(r, place, address));
	}
	return NULL;
}

/* ---- registers ---- */

static struct kimg_error *place_address(struct resolving *r, struct oops_table *table,
					uint64_t address, struct kimg_oops_place **ret_place)
{
	struct kimg_oops_frame frame = { .exact = true };

	TRY(place_at(r, table, address, &frame));
	*ret_place = frame.places;
	return NULL;
}

struct kimg_error *place_register(struct resolving *r, struct kimg_oops_register *reg)
{
	const uint64_t *shift = kernel_shift(r);
	struct kimg_oops_place *place = NULL;

	if (reg->value < 4096)
		return NULL;
	if (shift && is_in_kernel(r->kernel, reg->value - *shift))
		TRY(place_address(r, r->kernel, reg->value - *shift, &place));
	for (size_t i = 0; i < r->module_count; i++) {
		const struct resolved_module *module = &r->modules[i];

		if (module->table && module->has_shift && !module->differs && !place)
			TRY(place_address(r, module->table, reg->value - module->shift, &place));
	}
	reg->place = place;
	return NULL;
}
