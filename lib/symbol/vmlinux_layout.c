/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The sections of a raw kernel. objcopy drops their headers; what stays are the labels that linker scripts put
 * around them (include/asm-generic/vmlinux.lds.h, 6.12), as far as kallsyms has them: without KALLSYMS_ALL that is
 * code alone.
 *
 *   leaves   sections with labels at both ends, which lie where they say: .text, .notes, .bss ...
 *   outer    regions of several sections: what no leaf takes there goes by the region's name
 *   the rest goes by the letters of its symbols, or, where there are none, by what usually comes there
 */
#include <elf.h>
#include <stdio.h>

#include "kernel/facts.h"
#include "symbol/vmlinux.h"

#define CODE   (SHF_ALLOC | SHF_EXECINSTR)
#define DATA   (SHF_ALLOC | SHF_WRITE)
#define RODATA SHF_ALLOC

/* Labels of linker scripts, in the order of labels[]. */
enum label {
	L_NONE,
	L_BASE, /* not a label: the first byte */
	L_STEXT,
	L_ETEXT,
	L_SINITTEXT,
	L_EINITTEXT,
	L_START_RODATA,
	L_END_RODATA,
	L_START_NOTES,
	L_STOP_NOTES,
	L_START_BTF,
	L_STOP_BTF,
	L_START_EX_TABLE,
	L_STOP_EX_TABLE,
	L_START_BUG_TABLE,
	L_STOP_BUG_TABLE,
	L_START_PARAM,
	L_STOP_PARAM,
	L_START_KSYMTAB,
	L_STOP_KSYMTAB,
	L_START_KSYMTAB_GPL,
	L_STOP_KSYMTAB_GPL,
	L_PER_CPU_START,
	L_PER_CPU_END,
	L_INITDATA_BEGIN,
	L_INITDATA_END,
	L_SDATA,
	L_EDATA,
	L_BSS_START,
	L_BSS_STOP,
	L_END,
	LABELS,
};

static const char *const labels[LABELS] = {
	[L_NONE] = "",
	[L_BASE] = "",
	[L_STEXT] = "_stext",
	[L_ETEXT] = "_etext",
	[L_SINITTEXT] = "_sinittext",
	[L_EINITTEXT] = "_einittext",
	[L_START_RODATA] = "__start_rodata",
	[L_END_RODATA] = "__end_rodata",
	[L_START_NOTES] = "__start_notes",
	[L_STOP_NOTES] = "__stop_notes",
	[L_START_BTF] = "__start_BTF",
	[L_STOP_BTF] = "__stop_BTF",
	[L_START_EX_TABLE] = "__start___ex_table",
	[L_STOP_EX_TABLE] = "__stop___ex_table",
	[L_START_BUG_TABLE] = "__start___bug_table",
	[L_STOP_BUG_TABLE] = "__stop___bug_table",
	[L_START_PARAM] = "__start___param",
	[L_STOP_PARAM] = "__stop___param",
	[L_START_KSYMTAB] = "__start___ksymtab",
	[L_STOP_KSYMTAB] = "__stop___ksymtab",
	[L_START_KSYMTAB_GPL] = "__start___ksymtab_gpl",
	[L_STOP_KSYMTAB_GPL] = "__stop___ksymtab_gpl",
	[L_PER_CPU_START] = "__per_cpu_start",
	[L_PER_CPU_END] = "__per_cpu_end",
	[L_INITDATA_BEGIN] = "__initdata_begin",
	[L_INITDATA_END] = "__initdata_end",
	[L_SDATA] = "_sdata",
	[L_EDATA] = "_edata",
	[L_BSS_START] = "__bss_start",
	[L_BSS_STOP] = "__bss_stop",
	[L_END] = "_end",
};

/* The longest of them. */
enum { LABEL_MAX = sizeof("__start___ksymtab_gpl") - 1 };

struct rule {
	const char *name;
	enum label start, end;
	uint64_t flags;
};

static const struct rule leaves[] = {
	{ ".head.text", L_BASE, L_STEXT, CODE },
	{ ".text", L_STEXT, L_ETEXT, CODE },
	{ ".init.text", L_SINITTEXT, L_EINITTEXT, CODE },
	{ ".BTF", L_START_BTF, L_STOP_BTF, RODATA },
	{ "__ex_table", L_START_EX_TABLE, L_STOP_EX_TABLE, RODATA },
	{ "__bug_table", L_START_BUG_TABLE, L_STOP_BUG_TABLE, DATA },
	{ "__param", L_START_PARAM, L_STOP_PARAM, RODATA },
	{ "__ksymtab", L_START_KSYMTAB, L_STOP_KSYMTAB, RODATA },
	{ "__ksymtab_gpl", L_START_KSYMTAB_GPL, L_STOP_KSYMTAB_GPL, RODATA },
	{ ".data..percpu", L_PER_CPU_START, L_PER_CPU_END, DATA },
};

static const struct rule outer[] = {
	{ ".rodata", L_START_RODATA, L_END_RODATA, RODATA },
	{ ".init.data", L_INITDATA_BEGIN, L_INITDATA_END, DATA },
	{ ".data", L_SDATA, L_EDATA, DATA },
};

struct maker {
	struct layout *layout;
	const struct kimg_symbols *symbols; /* or NULL */
	uint64_t at[LABELS];
	bool known[LABELS];
	uint64_t limit; /* the end of what is there, .bss included */
};

/* ---- labels ---- */

static void find_labels(struct maker *maker)
{
	size_t lengths[LABELS];

	for (int label = 0; label < LABELS; label++)
		lengths[label] = strlen(labels[label]);
	for (size_t i = 0; maker->symbols && i < maker->symbols->n; i++) {
		const struct kimg_symbol *symbol = &maker->symbols->all[i];

		if (symbol->name_size < 4 || symbol->name_size > LABEL_MAX ||
		    symbol->name[0] != '_')
			continue;
		for (int label = 1; label < LABELS; label++) {
			if (maker->known[label] || lengths[label] != symbol->name_size ||
			    memcmp(symbol->name, labels[label], lengths[label]) != 0)
				continue;
			maker->at[label] = symbol->address;
			maker->known[label] = true;
		}
	}
}

static bool between(const struct maker *maker, enum label start, enum label end,
		    uint64_t *ret_start, uint64_t *ret_end)
{
	if (!maker->known[start] || !maker->known[end] || maker->at[start] < maker->layout->base ||
	    maker->at[end] > maker->limit || maker->at[start] >= maker->at[end])
		return false;
	*ret_start = maker->at[start];
	*ret_end = maker->at[end];
	return true;
}

/* ---- the list ---- */

/* Inserts a section in its place; one that overlaps another, or is one too many, is left out. */
static void insert(struct layout *layout, const struct layout_section *section)
{
	size_t i = layout->n;

	while (i > 0 && layout->sections[i - 1].start >= section->end)
		i--;
	if ((i > 0 && layout->sections[i - 1].end > section->start) ||
	    layout->n == LAYOUT_SECTIONS || section->start >= section->end)
		return;
	memmove(&layout->sections[i + 1], &layout->sections[i],
		(layout->n - i) * sizeof(layout->sections[0]));
	layout->sections[i] = *section;
	layout->n++;
}

static void insert_leaves(struct maker *maker)
{
	for (size_t i = 0; i < ARRAY_SIZE(leaves); i++) {
		struct layout_section section = {
			.name = leaves[i].name,
			.type = SHT_PROGBITS,
			.flags = leaves[i].flags,
		};

		if (between(maker, leaves[i].start, leaves[i].end, &section.start, &section.end))
			insert(maker->layout, &section);
	}
}

/* ---- notes ---- */

/* How many bytes of notes there are at the start of s, with the padding of the last. */
static uint64_t notes_size(struct span s, bool big_endian)
{
	const struct elf elf = { .file = s, .big_endian = big_endian };
	struct elf_notes notes = elf_notes_of(&elf, 0, s.n, 4);
	struct elf_note note;
	uint64_t size = 0;

	while (notes.at < s.n) {
		struct span header = span_clip(s, notes.at, 16);

		/* owners are short words: GNU, Linux, Xen */
		if (header.n < 16 || header.p[12] < 'A' || header.p[12] > 'z' ||
		    !elf_notes_next(&notes, &note) || note.owner.n > 7)
			break;
		size = notes.at;
	}
	return size;
}

/* .notes by its labels, or from the build-id on. */
static void insert_notes(struct maker *maker, struct span bytes, bool big_endian)
{
	struct layout_section section = { .name = ".notes", .type = SHT_NOTE, .flags = RODATA };
	uint64_t base = maker->layout->base;
	struct span id;

	if (between(maker, L_START_NOTES, L_STOP_NOTES, &section.start, &section.end)) {
		uint64_t size = section.end - section.start;

		if (notes_size(span_clip(bytes, section.start - base, size), big_endian) + 4 > size)
			insert(maker->layout, &section);
		return;
	}
	if (!build_id_find(bytes, &id))
		return;
	section.start = base + (id.p - bytes.p) - 16;
	section.end =
		section.start + notes_size(span_from(bytes, section.start - base), big_endian);
	insert(maker->layout, &section);
}

/* ---- .bss and the end ---- */

/* Headers of machines tell more than they have, at most this. */
#define BSS_MAX (UINT64_C(1) << 32)

/*
 * Where bytes and memory end. Bytes from __bss_start on are there in some images, all 0: they need not be in the
 * file.
 */
static void find_ends(struct maker *maker, struct span bytes, uint64_t memory)
{
	struct layout *layout = maker->layout;
	uint64_t end = layout->base + bytes.n, bss = maker->at[L_BSS_START];

	layout->file_end = layout->memory_end = end;
	if (memory > bytes.n && memory - bytes.n <= BSS_MAX && layout->base + memory > end)
		layout->memory_end = layout->base + memory;
	if (maker->known[L_END] && maker->at[L_END] > layout->memory_end &&
	    maker->at[L_END] - end <= BSS_MAX)
		layout->memory_end = maker->at[L_END];
	if (maker->known[L_BSS_START] && bss > layout->base && bss < end &&
	    span_filled(span_from(bytes, bss - layout->base), 0))
		layout->file_end = bss;
	maker->limit = layout->memory_end;
}

static void insert_bss(struct maker *maker)
{
	struct layout *layout = maker->layout;
	struct layout_section section = {
		.name = ".bss",
		.start = layout->file_end,
		.end = layout->memory_end,
		.type = SHT_NOBITS,
		.flags = DATA,
	};

	if (maker->known[L_BSS_START] && maker->at[L_BSS_START] > section.start)
		section.start = maker->at[L_BSS_START];
	insert(layout, &section);
}

/* ---- what is left ---- */

/* A gap up to this without a symbol in it is padding, or too little to have a name. */
#define GAP_IGNORED (64u << 10)

/* What letters of nm(1) there are behind start, where labels stand, up to end. */
struct letters {
	size_t code, rodata, data;
};

/* The first symbol at address or above it. */
static size_t first_at(const struct kimg_symbols *symbols, uint64_t address)
{
	size_t low = 0, high = symbols->n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (symbols->all[middle].address < address)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static struct letters count_letters(const struct kimg_symbols *symbols, uint64_t start,
				    uint64_t end)
{
	struct letters letters = { 0 };

	for (size_t i = symbols ? first_at(symbols, start + 1) : 0;
	     symbols && i < symbols->n && symbols->all[i].address < end; i++) {
		char letter = symbols->all[i].type;

		if (letter == 't' || letter == 'T')
			letters.code++;
		else if (letter == 'r' || letter == 'R')
			letters.rodata++;
		else if (letter != 'a' && letter != 'A')
			letters.data++;
	}
	return letters;
}

/* The region that all of a gap lies in, or NULL; where a region starts or ends inside, *end is moved there. */
static const struct rule *region_of(const struct maker *maker, uint64_t start, uint64_t *end)
{
	uint64_t from, to;

	for (size_t i = 0; i < ARRAY_SIZE(outer); i++) {
		if (!between(maker, outer[i].start, outer[i].end, &from, &to))
			continue;
		if (start >= from && start < to) {
			*end = *end < to ? *end : to;
			return &outer[i];
		}
		if (start<from && * end> from)
			*end = from;
	}
	return NULL;
}

static bool is_called(const struct layout_section *section, const char *name)
{
	return section && strcmp(section->name, name) == 0;
}

/* Names and rights for what no label names. before: the section that ends where it starts, or NULL. */
static void describe_gap(const struct rule *region, const struct layout_section *before,
			 struct letters letters, struct layout_section *gap)
{
	bool none = letters.code + letters.rodata + letters.data == 0;

	if (none && !before) {
		/* Nothing is known, or nothing that comes before code. */
		gap->name = ".text";
		gap->flags = CODE | SHF_WRITE;
	} else if (region) {
		gap->name = region->name;
		gap->flags = region->flags;
	} else if (letters.code > letters.rodata + letters.data) {
		/* EXIT_TEXT follows INIT_TEXT everywhere. */
		gap->name = is_called(before, ".init.text") ? ".exit.text" : ".text";
		gap->flags = CODE;
	} else if (letters.rodata > letters.data || (none && is_called(before, ".text"))) {
		gap->name = ".rodata";
		gap->flags = RODATA;
	} else {
		gap->name = ".data";
		gap->flags = DATA;
	}
	/* .rodata may be writable, as the linker sees it; the letters know. */
	if (gap->flags == RODATA && letters.data > letters.rodata)
		gap->flags = DATA;
}

static void fill_gap(struct maker *maker, const struct layout *known, size_t before, uint64_t start,
		     uint64_t end)
{
	while (start < end) {
		struct layout_section gap = { .start = start, .end = end, .type = SHT_PROGBITS };
		const struct rule *region = region_of(maker, start, &gap.end);
		struct letters letters = count_letters(maker->symbols, start, gap.end);
		bool empty = letters.code + letters.rodata + letters.data == 0;

		describe_gap(region, before ? &known->sections[before - 1] : NULL, letters, &gap);
		if (!empty || gap.end - start > GAP_IGNORED ||
		    end - start == known->file_end - known->base)
			insert(maker->layout, &gap);
		start = gap.end;
	}
}

static void fill_gaps(struct maker *maker)
{
	const struct layout known = *maker->layout;
	uint64_t start = known.base;

	for (size_t i = 0; i <= known.n; i++) {
		uint64_t end = i < known.n ? known.sections[i].start : known.file_end;

		if (end > known.file_end)
			end = known.file_end;
		fill_gap(maker, &known, i, start, end);
		if (i < known.n)
			start = known.sections[i].end;
	}
}

void vmlinux_layout(const struct kimg_symbols *symbols, uint64_t base, struct span bytes,
		    const struct vmlinux_machine *machine, struct layout *ret_layout)
{
	struct maker maker = { .layout = ret_layout, .symbols = symbols };

	*ret_layout = (struct layout){ .base = base };
	find_labels(&maker);
	maker.at[L_BASE] = base;
	maker.known[L_BASE] = true;
	/* Where both stand at one address (LoongArch), kallsyms may have the one alone. */
	if (!maker.known[L_SINITTEXT] && maker.known[L_ETEXT]) {
		maker.at[L_SINITTEXT] = maker.at[L_ETEXT];
		maker.known[L_SINITTEXT] = true;
	}
	find_ends(&maker, bytes, machine->memory);
	insert_leaves(&maker);
	insert_notes(&maker, bytes, machine->big_endian);
	insert_bss(&maker);
	fill_gaps(&maker);
}
