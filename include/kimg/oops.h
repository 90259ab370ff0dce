/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef KIMG_OOPS_H
#define KIMG_OOPS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "kimg/error.h"
#include "kimg/limits.h"
#include "kimg/symbol.h"

#pragma GCC visibility push(default)
#ifdef __cplusplus
extern "C" {
#endif

/*
 * Reports of the kernel about itself (oopses, warnings, stalls, ...) in a log: found, taken apart by their text
 * alone, and then resolved by symbols. Strings are NUL-terminated, come from the log, and may be hostile; NULL
 * where the log does not tell. Everything belongs to the report.
 */

enum kimg_oops_kind {
	KIMG_OOPS_OOPS, /* of a kind that no other word stands for */
	KIMG_OOPS_BUG,
	KIMG_OOPS_WARNING,
	KIMG_OOPS_PAGE_FAULT,
	KIMG_OOPS_NULL_POINTER,
	KIMG_OOPS_GENERAL_PROTECTION,
	KIMG_OOPS_DIVIDE_ERROR,
	KIMG_OOPS_INVALID_OPCODE,
	KIMG_OOPS_STACK_OVERFLOW,
	KIMG_OOPS_DOUBLE_FAULT,
	KIMG_OOPS_PANIC,
	KIMG_OOPS_HUNG_TASK,
	KIMG_OOPS_SOFT_LOCKUP,
	KIMG_OOPS_HARD_LOCKUP,
	KIMG_OOPS_RCU_STALL,
	KIMG_OOPS_KASAN,
	KIMG_OOPS_KFENCE,
	KIMG_OOPS_KMSAN,
	KIMG_OOPS_KCSAN,
	KIMG_OOPS_UBSAN,
	KIMG_OOPS_LOCKDEP,
	KIMG_OOPS_LIST_CORRUPTION,
	KIMG_OOPS_REFCOUNT,
	KIMG_OOPS_SLAB,          /* SLUB's and SLAB's checks */
	KIMG_OOPS_BAD_PAGE,      /* bad page state, bad page map, bad rss-counter */
	KIMG_OOPS_ATOMIC,        /* scheduling while atomic, sleeping in invalid context */
	KIMG_OOPS_ALLOCATION,    /* page allocation failure */
	KIMG_OOPS_OUT_OF_MEMORY, /* the OOM killer */
	KIMG_OOPS_SYSRQ,
	KIMG_OOPS_MACHINE_CHECK, /* and other errors of the hardware: SError, bus errors */
	KIMG_OOPS_USERCOPY,
	KIMG_OOPS_WORKQUEUE, /* workqueue lockup */
	KIMG_OOPS_IRQ,       /* "nobody cared" */
	KIMG_OOPS_NMI,       /* for an unknown reason */
	KIMG_OOPS_DUMP,      /* dump_stack() without a reason that is known */
	KIMG_OOPS_KINDS,
};

/* "oops", "bug", "warning", "page-fault", ...: for programs. */
const char *kimg_oops_kind_name(enum kimg_oops_kind kind);

enum kimg_oops_arch {
	KIMG_OOPS_ARCH_UNKNOWN,
	KIMG_OOPS_ARCH_X86,
	KIMG_OOPS_ARCH_ARM,
	KIMG_OOPS_ARCH_ARM64,
	KIMG_OOPS_ARCH_RISCV,
	KIMG_OOPS_ARCH_PPC,
	KIMG_OOPS_ARCH_S390,
	KIMG_OOPS_ARCH_MIPS,
	KIMG_OOPS_ARCH_SPARC,
	KIMG_OOPS_ARCH_LOONGARCH,
	KIMG_OOPS_ARCHS,
};

/* "x86", "arm", ...; "unknown". */
const char *kimg_oops_arch_name(enum kimg_oops_arch arch);

/* A function of the chain that the source has at a place, innermost first. See kimg_source_frame. */
struct kimg_oops_source {
	const char *function;
	const char *file;
	uint32_t line;
	uint32_t column;
	bool inlined;
};

/* What stands at an address: the outcome of resolving. */
struct kimg_oops_place {
	const char *symbol;
	const char *module;  /* NULL: the kernel itself */
	const char *section; /* of a module; NULL where that is not known */
	uint64_t address;    /* of the symbol, as the symbols have it: without KASLR */
	uint64_t offset;     /* from there on, in bytes */
	uint64_t size;       /* of the symbol, in bytes; 0 where it is not known */
	const struct kimg_oops_source *source; /* NULL where there is no debug information */
	size_t source_count;
};

/* How sure a place is. */
enum kimg_oops_certainty {
	KIMG_OOPS_UNRESOLVED,
	KIMG_OOPS_CERTAIN, /* one place, by its address, or as one symbol alone fits */
	KIMG_OOPS_BY_CALL, /* of several, the one behind a call of the function that the frame below is in */
	KIMG_OOPS_CANDIDATES, /* several fit: all are given */
	KIMG_OOPS_NAMED,      /* only the module can be named */
};

/* A code address in a report. */
struct kimg_oops_frame {
	uint32_t line;      /* index into the lines of the report */
	const char *symbol; /* as the log has it */
	const char *module;
	const char *module_build_id; /* hexadecimal, where the log tells */
	bool has_offset;             /* of "symbol+0xOFFSET/0xSIZE" */
	uint64_t offset;
	uint64_t size; /* 0: not told */
	bool has_address;
	uint64_t address; /* where the log gives it: as the kernel ran, with KASLR */
	bool unreliable;  /* "?": left on the stack, maybe of no caller */
	bool exact; /* of an instruction; else a return address, which is looked up at address - 1 */
	bool inserted; /* not in the trace of the log: the caller that only lr or ra tells */
	const char
		*context; /* the stack that it lies on: "TASK", "IRQ", "NMI", ...; NULL: not told */
	/* by kimg_oops_resolve(): */
	enum kimg_oops_certainty certainty;
	struct kimg_oops_place *places;
	size_t place_count;
};

struct kimg_oops_register {
	uint32_t line;    /* index into the lines of the report */
	const char *name; /* as the log has it, in lower case: "rax", "x29", "gpr00" */
	uint64_t value;
	unsigned int bits;
	/* by kimg_oops_resolve(): the symbol that it points to, NULL where it does to none */
	const struct kimg_oops_place *place;
};

/* A decoded instruction. */
struct kimg_oops_instruction {
	size_t offset;    /* in the bytes of the code */
	size_t size;      /* in bytes */
	const char *text; /* NULL where it is none */
	const char
		*target; /* the symbol that it calls or jumps to, with an offset; NULL: not known */
};

/* "Code:", the bytes around the program counter. */
struct kimg_oops_code {
	uint32_t line;
	const uint8_t *bytes; /* as they stand in memory */
	const bool *known;    /* of each byte: false where the kernel could not read it */
	size_t size;          /* 0: none, problem says why */
	size_t unit;          /* bytes in a word of the log: 1, 2, 4 */
	bool has_trap;
	size_t trap;         /* offset of the instruction at the program counter */
	const char *problem; /* "Unable to access opcode bytes at 0x...": what the log says instead */
	const char *
		listing; /* s390: what the kernel disassembled itself, lines with '\n' between them */
	/* by kimg_oops_resolve(): */
	const struct kimg_oops_instruction *instructions;
	size_t instruction_count;
	const char *
		no_instructions; /* why there are none, such as that no disassembler is installed */
};

/* The state of one task or CPU, or one stack: what comes under one heading. */
struct kimg_oops_block {
	const char *title; /* "Call Trace", "Allocated by task 12", ...; NULL: none */
	bool user;         /* of a program: its addresses mean nothing to the kernel's symbols */
	bool repeated; /* printed behind the end of the report: the state at the first oops since boot */
	int64_t cpu; /* -1 where these are not its own */
	int64_t pid;
	const char *comm;
	bool has_pc;
	struct kimg_oops_frame pc;
	bool has_link; /* lr, ra: where the function at the program counter returns to */
	struct kimg_oops_frame link;
	struct kimg_oops_register *registers;
	size_t register_count;
	struct kimg_oops_frame *frames; /* innermost first */
	size_t frame_count;
	bool has_code;
	struct kimg_oops_code code;
};

struct kimg_oops_module {
	const char *name;
	const char *flags; /* "OE"; NULL: none */
	const char *build_id;
	bool has_address; /* where its code is loaded: from "Modules linked in" of some, or the running kernel */
	uint64_t address;
};

/* A line of the log that belongs to the report. */
struct kimg_oops_line {
	uint64_t number;  /* in the log, from 1 on */
	uint64_t offset;  /* of its first byte in the log */
	const char *text; /* without what the logger put before it */
};

/* What the symbols of a kernel were taken from, and how well they fit. */
struct kimg_oops_choice {
	const char *path;
	const char *kind;    /* "System.map", "vmlinux", "image", "module", "running kernel" */
	const char *how;     /* "given", "release", "build-id", "vote" */
	uint64_t agreeing;   /* names with sizes of the report that are so in these symbols */
	uint64_t compared;   /* that could be compared */
	bool differs;        /* they are of another kernel */
	const char *message; /* klogd's words about it */
};

struct kimg_oops {
	uint64_t number; /* in the log, from 1 on */
	enum kimg_oops_kind kind;
	const char *message; /* the line that tells what happened, as the log has it */
	const char *title;   /* one line that reports of the same fault share */
	const char *
		signature; /* hexadecimal: the same for the same fault, whatever the build, CPU and KASLR */
	struct kimg_oops_line *lines;
	size_t line_count;
	bool has_time;
	uint64_t time; /* of the first line, since boot, in microseconds */

	enum kimg_oops_arch arch;
	unsigned int bits; /* 32 or 64; 0: not known */
	bool has_byte_order;
	bool big_endian;

	const char *release; /* "6.12.117+deb13-amd64" */
	const char *version; /* "#1 Debian 6.12.117-1" */
	const char *build_id;
	const char *hardware;
	int64_t cpu; /* -1 where they are not told */
	int64_t pid;
	int64_t uid;
	const char *comm;
	const char *workqueue;
	const char *
		taint; /* as the log has it: "G        W  OE"; NULL where it is not tainted, or not told */
	uint64_t taint_bits; /* 1 << n as /proc/sys/kernel/tainted has them */
	int64_t count;       /* N of "[#N]"; -1 */
	const char *file;    /* of BUG and WARNING: where the source says so */
	uint32_t file_line;
	bool has_fault_address;
	uint64_t fault_address;
	bool has_kernel_offset;
	uint64_t kernel_offset; /* KASLR: told by a panic, or solved by kimg_oops_resolve() */
	bool offset_solved;
	struct kimg_oops_module *modules;
	size_t module_count;

	struct kimg_oops_block *blocks; /* in the order of the log */
	size_t block_count;

	bool truncated; /* its end is missing */
	bool corrupted; /* lines are damaged, or those of several reports are mixed; notes say how */
	const char **notes;
	size_t note_count;

	/* by kimg_oops_resolve(): */
	struct kimg_oops_choice *choices; /* of the kernel first, then of modules */
	size_t choice_count;
};

/* NULL is fine. */
void kimg_oops_free(struct kimg_oops *oops);

/* The letter, its name (OOT_MODULE) and what it means; false where bit is not known. */
struct kimg_oops_taint {
	char letter;
	const char *name;
	const char *meaning;
};
bool kimg_oops_taint(unsigned int bit, struct kimg_oops_taint *ret_taint);

/* ---- reading a log ---- */

/* A log as it comes. For one thread at a time. */
struct kimg_oops_reader;

struct kimg_oops_reader_options {
	struct kimg_limits limits;
	/* Takes a report, which the callee owns from then on. */
	void (*report)(void *context, struct kimg_oops *oops);
	void *context;
};

/* KIMG_E_NOMEM. */
struct kimg_error *kimg_oops_reader_new(const struct kimg_oops_reader_options *options,
					struct kimg_oops_reader **ret_reader);

/* NULL is fine. Reports that are not complete are lost. */
void kimg_oops_reader_free(struct kimg_oops_reader *reader);

/*
 * The next bytes of the log, however they are cut. Reports go out as they end, in the order of their first
 * lines. KIMG_E_NOMEM.
 */
struct kimg_error *kimg_oops_reader_feed(struct kimg_oops_reader *reader, const void *bytes,
					 size_t size);

/* The end of the log, or of what came so far: what is open goes out. KIMG_E_NOMEM. */
struct kimg_error *kimg_oops_reader_flush(struct kimg_oops_reader *reader);

/*
 * The number of the first line that a report may still come to hold; that of the line after the last one where
 * none is open. Lines before it are settled.
 */
uint64_t kimg_oops_reader_settled(const struct kimg_oops_reader *reader);

/* ---- resolving ---- */

/* The symbols that reports are resolved with, kept from one report to the next. For one thread at a time. */
struct kimg_oops_symbols;

struct kimg_oops_symbols_options {
	struct kimg_limits limits;
	const char *map; /* what is given is used; what is NULL is looked for */
	const char *vmlinux;
	const char *image;
	const char *const *modules; /* .ko files, or folders with them; ends with NULL. May be NULL */
	const char *const *roots;   /* folders to look below, ending with NULL; NULL: "/" alone */
	bool live; /* the report is of the running kernel: /proc and /sys tell its symbols and modules */
	bool debuginfod; /* ask the servers that libdebuginfod is configured for */
	bool no_search;  /* only what is given */
	bool no_source;  /* no source lines */
	bool no_code;    /* no instructions */
};

#define KIMG_OOPS_SYMBOLS_OPTIONS_DEFAULT \
	((struct kimg_oops_symbols_options){ .limits = KIMG_LIMITS_DEFAULT })

/*
 * Opens what is given. options may be NULL. Errors: those of kimg_symbols_open() for what is given, so that a
 * mistyped name does not pass unnoticed; KIMG_E_NOMEM.
 */
struct kimg_error *kimg_oops_symbols_new(const struct kimg_oops_symbols_options *options,
					 struct kimg_oops_symbols **ret_symbols);

/* NULL is fine. Reports that were resolved do not need it any more. */
void kimg_oops_symbols_free(struct kimg_oops_symbols *symbols);

/*
 * Fills in what symbols can tell about the report. Where there are none it stays as it was, which is no error: the
 * notes say what was looked for. KIMG_E_NOMEM.
 */
struct kimg_error *kimg_oops_resolve(struct kimg_oops_symbols *symbols, struct kimg_oops *oops);

#ifdef __cplusplus
}
#endif
#pragma GCC visibility pop
#endif
