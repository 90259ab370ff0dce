/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How far the kernel was moved when it was loaded. A panic tells it ("Kernel Offset: 0xe400000 from
 * 0xffffffff81000000"); else frames that have both a name and an address do; else, of x86, values that would all
 * be places behind calls if it had been moved by so much, and not by any other.
 */
#include "oops/calls.h"
#include "oops/resolve.h"
#include "symbol/map_match.h"

/* ---- by frames with names and addresses ---- */

enum { OFFSETS_MAX = 64 };

/* How many frames speak for an offset. */
struct counts {
	struct {
		uint64_t offset;
		unsigned int frames;
	} all[OFFSETS_MAX];
	size_t n;
};

static void count_offset(struct counts *counts, uint64_t offset)
{
	for (size_t i = 0; i < counts->n; i++) {
		if (counts->all[i].offset == offset) {
			counts->all[i].frames++;
			return;
		}
	}
	if (counts->n < OFFSETS_MAX)
		counts->all[counts->n++] = (typeof(counts->all[0])){ offset, 1 };
}

struct pair {
	struct counts *counts;
	struct kimg_symbols *symbols;
	const struct kimg_oops_frame *frame;
	uint64_t mask;
};

static bool count_symbol(void *context, const struct kimg_symbol *symbol)
{
	struct pair *pair = context;
	const struct kimg_oops_frame *frame = pair->frame;

	if (!symbol_is_called(symbol, span_of(frame->symbol, strlen(frame->symbol))))
		return false;
	if (!(symbol->flags & KIMG_SYMBOL_HIDDEN) &&
	    (!frame_size(frame) || kimg_symbol_has_extent(pair->symbols, symbol, frame->size)))
		count_offset(pair->counts,
			     (frame->address - frame->offset - symbol->address) & pair->mask);
	return true;
}

static void count_frame(const struct resolving *r, struct counts *counts,
			const struct kimg_oops_frame *frame)
{
	struct kimg_symbols *symbols = table_symbols(r->kernel);
	struct pair pair = {
		.counts = counts,
		.symbols = symbols,
		.frame = frame,
		.mask = kimg_symbols_bits(symbols) == 32 ? UINT32_MAX : UINT64_MAX,
	};

	if (frame->has_address && frame->has_offset && frame->symbol && !frame->module)
		kimg_symbols_named(symbols, frame->symbol, strlen(frame->symbol), count_symbol,
				   &pair);
}

static void count_frames(const struct resolving *r, struct counts *counts)
{
	for (size_t i = 0; i < r->report->oops.block_count; i++) {
		const struct kimg_oops_block *block = &r->report->oops.blocks[i];

		if (block->user)
			continue;
		if (block->has_pc)
			count_frame(r, counts, &block->pc);
		if (block->has_link)
			count_frame(r, counts, &block->link);
		for (size_t j = 0; j < block->frame_count; j++)
			count_frame(r, counts, &block->frames[j]);
	}
}

/* The one that most speak for, twice as many as for the next, and by whole pages. */
static bool by_names(const struct resolving *r, uint64_t *ret_offset)
{
	struct counts counts = { 0 };
	size_t best = 0;
	unsigned int others = 0;

	count_frames(r, &counts);
	for (size_t i = 1; i < counts.n; i++)
		if (counts.all[i].frames > counts.all[best].frames)
			best = i;
	for (size_t i = 0; i < counts.n; i++)
		if (i != best && counts.all[i].frames > others)
			others = counts.all[i].frames;
	if (counts.n == 0 || counts.all[best].frames <= 2 * others ||
	    counts.all[best].offset & 4095)
		return false;
	*ret_offset = counts.all[best].offset;
	return true;
}

/* ---- by the running kernel ---- */

static bool by_live(const struct resolving *r, uint64_t *ret_offset)
{
	static const char *const anchors[] = { "_stext", "_text", "_etext" };
	uint64_t here, there;

	for (size_t i = 0; r->live && i < ARRAY_SIZE(anchors); i++) {
		if (table_address(r->live, anchors[i], &here) &&
		    table_address(r->kernel, anchors[i], &there)) {
			*ret_offset = here - there;
			return true;
		}
	}
	return false;
}

/* ---- by what stands before return addresses ---- */

/* x86-64 is moved by steps of 2 MiB within 1 GiB (arch/x86/boot/compressed/kaslr.c). */
#define STEP  (2ULL << 20)
#define RANGE (1ULL << 30)

enum { VALUES_MAX = 64, VALUES_MIN = 4 };

struct values {
	uint64_t all[VALUES_MAX];
	size_t n;
};

static void add_value(struct values *values, uint64_t value)
{
	for (size_t i = 0; i < values->n; i++)
		if (values->all[i] == value)
			return;
	if (values->n < VALUES_MAX)
		values->all[values->n++] = value;
}

/* Return addresses that have no names, as those of kernels without kallsyms. */
static void collect_values(const struct resolving *r, struct values *values)
{
	for (size_t i = 0; i < r->report->oops.block_count; i++) {
		const struct kimg_oops_block *block = &r->report->oops.blocks[i];

		for (size_t j = 0; j < block->frame_count && !block->user; j++)
			if (block->frames[j].has_address && !block->frames[j].has_offset &&
			    !block->frames[j].exact && !block->frames[j].unreliable)
				add_value(values, block->frames[j].address);
	}
}

static size_t count_calls(const struct text *text, const struct values *values, uint64_t offset)
{
	size_t n = 0;

	for (size_t i = 0; i < values->n; i++)
		n += text_is_behind_call(text, values->all[i] - offset);
	return n;
}

/*
 * The values may be of modules in part. By chance one place in twenty is behind a call: that four of five are, of
 * four and more, happens to one of 512 offsets in a hundred reports, and then the second best tells.
 */
static bool by_calls(const struct resolving *r, uint64_t *ret_offset)
{
	struct values values = { 0 };
	struct text text;
	size_t best = 0, second = 0;

	collect_values(r, &values);
	if (values.n < VALUES_MIN || !text_open(r->kernel, &r->report->oops, &text))
		return false;
	if (text.options.arch != KIMG_DISASM_X86 || text.options.bits != 64) {
		*ret_offset = 0;
		return count_calls(&text, &values, 0) * 5 >= values.n * 4;
	}
	for (uint64_t offset = 0; offset < RANGE; offset += STEP) {
		size_t n = count_calls(&text, &values, offset);

		if (n > best) {
			second = best;
			best = n;
			*ret_offset = offset;
		} else if (n > second) {
			second = n;
		}
	}
	return best >= VALUES_MIN && best * 5 >= values.n * 4 && best >= 2 * second;
}

/* ---- all of it ---- */

/* Whether addresses without names are all in the kernel as it was linked: of kernels that are never moved. */
static bool is_never_moved(const struct resolving *r)
{
	uint64_t start, end;
	struct values values = { 0 };

	if (kimg_symbols_bits(table_symbols(r->kernel)) != 32 ||
	    !table_address(r->kernel, "_etext", &end) ||
	    (!table_address(r->kernel, "_stext", &start) &&
	     !table_address(r->kernel, "_text", &start)))
		return false;
	collect_values(r, &values);
	for (size_t i = 0; i < values.n; i++)
		if (values.all[i] >= start && values.all[i] < end)
			return true;
	return false;
}

struct kimg_error *kaslr_solve(struct resolving *r)
{
	struct kimg_oops *oops = &r->report->oops;
	uint64_t offset = 0;

	if (oops->has_kernel_offset || !r->kernel || r->differs)
		return NULL;
	if (r->kernel == r->symbols->running)
		return NULL;
	if (!by_live(r, &offset) && !by_names(r, &offset) && !by_calls(r, &offset)) {
		if (!is_never_moved(r))
			return NULL;
		offset = 0;
	}
	oops->has_kernel_offset = true;
	oops->offset_solved = true;
	oops->kernel_offset = offset;
	return NULL;
}
