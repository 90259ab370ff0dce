/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The regions between the symbols that the kernel's linker scripts put around things. */
#include <assert.h>

#include "size/size.h"

/*
 * include/asm-generic/vmlinux.lds.h and arch/{x86,arm64,arm,riscv,powerpc,s390}/kernel/vmlinux.lds.S, 2.6 to 6.12.
 * Which there are depends on the version, the architecture and the configuration. Of lines with one name
 * the first counts whose symbols are both there.
 */
static const struct {
	const char *name, *first, *last;
} wanted[] = {
	{ "kernel", "_text", "_end" },
	{ "kernel", "_stext", "_end" },
	{ "text", "_text", "_etext" },
	{ "text", "_stext", "_etext" },
	{ "irq entry text", "__irqentry_text_start", "__irqentry_text_end" },
	{ "softirq entry text", "__softirqentry_text_start", "__softirqentry_text_end" },
	{ "entry text", "__entry_text_start", "__entry_text_end" },
	{ "noinstr text", "__noinstr_text_start", "__noinstr_text_end" },
	{ "scheduler text", "__sched_text_start", "__sched_text_end" },
	{ "cpuidle text", "__cpuidle_text_start", "__cpuidle_text_end" },
	{ "lock text", "__lock_text_start", "__lock_text_end" },
	{ "kprobes text", "__kprobes_text_start", "__kprobes_text_end" },
	{ "identity-mapped text", "__idmap_text_start", "__idmap_text_end" },
	{ "hypervisor text", "__hyp_text_start", "__hyp_text_end" },
	{ "rodata", "__start_rodata", "__end_rodata" },
	{ "read-only after init", "__start_ro_after_init", "__end_ro_after_init" },
	{ "symbol exports", "__start___ksymtab", "__stop___ksymtab_gpl" },
	{ "exception table", "__start___ex_table", "__stop___ex_table" },
	{ "parameters", "__start___param", "__stop___param" },
	{ "notes", "__start_notes", "__stop_notes" },
	{ "BTF", "__start_BTF", "__stop_BTF" },
	{ "ORC unwind table", "__start_orc_unwind", "__stop_orc_unwind" },
	{ "ORC addresses", "__start_orc_unwind_ip", "__stop_orc_unwind_ip" },
	{ "unwind index", "__start_unwind_idx", "__stop_unwind_idx" },
	{ "hypervisor rodata", "__hyp_rodata_start", "__hyp_rodata_end" },
	{ "data", "_sdata", "_edata" },
	{ "init task", "__start_init_task", "__end_init_task" },
	{ "init task", "init_stack", "__end_init_task" },
	{ "bug table", "__start___bug_table", "__stop___bug_table" },
	{ "jump labels", "__start___jump_table", "__stop___jump_table" },
	{ "static calls", "__start_static_call_sites", "__stop_static_call_sites" },
	{ "tracepoints", "__start___tracepoints_ptrs", "__stop___tracepoints_ptrs" },
	{ "trace events", "__start_ftrace_events", "__stop_ftrace_events" },
	{ "ftrace calls", "__start_mcount_loc", "__stop_mcount_loc" },
	{ "init", "__init_begin", "__init_end" },
	{ "init text", "__inittext_begin", "__inittext_end" },
	{ "init text", "_sinittext", "_einittext" },
	{ "init data", "__initdata_begin", "__initdata_end" },
	{ "exit text", "__exittext_begin", "__exittext_end" },
	{ "alternatives", "__alt_instructions", "__alt_instructions_end" },
	{ "initcalls", "__initcall_start", "__initcall_end" },
	{ "kernel parameters, early", "__setup_start", "__setup_end" },
	{ "initramfs", "__irf_start", "__irf_end" },
	{ "device trees", "__dtb_start", "__dtb_end" },
	{ "relocations", "__rela_start", "__rela_end" },
	{ "relocations", "__pi_rela_start", "__pi_rela_end" },
	{ "relocations, packed", "__relr_start", "__relr_end" },
	{ "relocations, packed", "__pi_relr_start", "__pi_relr_end" },
	{ "per-CPU", "__per_cpu_start", "__per_cpu_end" },
	{ "nosave", "__nosave_begin", "__nosave_end" },
	{ "bss", "__bss_start", "__bss_stop" },
	{ "brk", "__brk_base", "__brk_limit" },
};

static bool ends(struct span name, struct span suffix)
{
	return name.n >= suffix.n && span_has(name, name.n - suffix.n, suffix);
}

bool size_is_end(const struct kimg_symbol *symbol, bool told)
{
	bool function = symbol->type == 't' || symbol->type == 'T';
	struct span name = symbol_name(symbol);

	/* Where sizes are not told, functions may be called "something_end". */
	if ((told || !function) &&
	    (ends(name, SPAN_LITERAL("_end")) || span_starts(name, SPAN_LITERAL("__end_"))))
		return true;
	if (!name.n || name.p[0] != '_')
		return false;
	if (span_starts(name, SPAN_LITERAL("__stop_")))
		return true;
	for (size_t i = 0; i < ARRAY_SIZE(wanted); i++)
		if (span_equal(name, span_of(wanted[i].last, strlen(wanted[i].last))))
			return true;
	return false;
}

/* What was found of a line of the table. */
struct found {
	bool has_first, has_last;
	uint64_t first, last;
};

/* A small hash of the names, so that a walk over all symbols compares few of them whole. */
enum { BUCKETS = 1024, END = 0xff };

struct index {
	uint8_t heads[BUCKETS];
	uint8_t nexts[2 * ARRAY_SIZE(wanted)];
};

static_assert(2 * ARRAY_SIZE(wanted) < END, "the index counts in bytes");

static unsigned int bucket_of(struct span name)
{
	return (name.p[name.n / 2] * 31u + name.p[name.n - 3] * 7u + name.p[2] + name.n * 67u) %
	       BUCKETS;
}

static const char *name_of(unsigned int i)
{
	return i % 2 ? wanted[i / 2].last : wanted[i / 2].first;
}

static void make_index(struct index *index)
{
	memset(index->heads, END, sizeof(index->heads));
	for (unsigned int i = 0; i < 2 * ARRAY_SIZE(wanted); i++) {
		const char *name = name_of(i);
		unsigned int bucket = bucket_of(span_of(name, strlen(name)));

		index->nexts[i] = index->heads[bucket];
		index->heads[bucket] = i;
	}
}

/* The first symbol of each name counts. */
static void take(const struct index *index, struct span name, uint64_t address, struct found *found)
{
	for (uint8_t i = index->heads[bucket_of(name)]; i != END; i = index->nexts[i]) {
		struct found *f = &found[i / 2];
		const char *want = name_of(i);

		if (!span_equal(name, span_of(want, strlen(want))))
			continue;
		if (i % 2 && !f->has_last)
			f->has_last = true, f->last = address;
		if (i % 2 == 0 && !f->has_first)
			f->has_first = true, f->first = address;
	}
}

static void find(const struct kimg_symbols *symbols, struct found *found)
{
	struct index index;

	make_index(&index);
	for (size_t i = 0; i < symbols->n; i++) {
		const struct kimg_symbol *symbol = &symbols->all[i];

		if (symbol->name_size >= 4 && symbol->module == 0 &&
		    (symbol->name[0] == '_' || symbol->name[0] == 'i'))
			take(&index, symbol_name(symbol), symbol->address, found);
	}
}

static void add_regions(struct kimg_size *size, const struct found *found)
{
	const char *last_name = "";

	for (size_t i = 0; i < ARRAY_SIZE(wanted); i++) {
		const struct found *f = &found[i];

		if (!f->has_first || !f->has_last || f->last < f->first ||
		    strcmp(last_name, wanted[i].name) == 0)
			continue;
		last_name = wanted[i].name;
		size->regions[size->region_count++] = (struct kimg_size_region){
			.name = wanted[i].name,
			.first = wanted[i].first,
			.last = wanted[i].last,
			.address = f->first,
			.size = f->last - f->first,
		};
	}
}

struct kimg_error *kimg_size_regions(struct kimg_size *size,
				     const struct kimg_size_region **ret_regions, size_t *ret_count)
{
	struct found found[ARRAY_SIZE(wanted)] = { 0 };

	if (!size->regions && size->symbols && size->symbols->source != KIMG_SYMBOLS_MODULE) {
		size->regions = reallocarray(NULL, ARRAY_SIZE(wanted), sizeof(*size->regions));
		if (!size->regions)
			return error_nomem();
		find(size->symbols, found);
		add_regions(size, found);
	}
	*ret_regions = size->regions;
	*ret_count = size->region_count;
	return NULL;
}
