/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The lines that reports start with, of kernels from 2.4 on. By the first byte of the line:
 *
 *   BUG: kernel NULL pointer dereference, address: 0000000000000000
 *   WARNING: CPU: 0 PID: 186 at file.c:54 function+0x2b9/0x6c1 [module]
 *   Unable to handle kernel paging request at virtual address ffff000000000010
 *   watchdog: BUG: soft lockup - CPU#0 stuck for 7s! [init:132]
 *
 * or, where the line starts with a name that may be any, by what stands at a colon: kinds_colon.c. Many boot
 * messages begin with the same words ("WARNING: This combination of AMD processors ..."): a word alone starts
 * nothing where the kernel has used it for plain messages.
 */
#include "oops/kinds.h"

#define K(kind) KIMG_OOPS_##kind
#define STARTS(of)                             \
	{                                      \
		of, sizeof(of) / sizeof(*(of)) \
	}

struct start_words {
	const char *words; /* that the line starts with */
	const char *also;  /* and has further on; NULL: nothing */
	struct line_start start;
	bool none; /* such a line starts nothing */
};

/* In each table the first entry that fits counts. */

static const struct start_words of_rule[] = {
	{ "------------[ cut here ]------------", NULL, { K(WARNING), .cut = true } },
	{ "----------- [cut here ] --------- [please bite here", NULL, { K(BUG), .cut = true } },
	{ "------------[ cut here", NULL, { K(WARNING), .cut = true } },
};

static const struct start_words of_8[] = {
	{ "8<--- cut here ---", NULL, { K(OOPS), .cut = true } },
};

static const struct start_words of_A[] = {
	{ "Assertion failed", NULL, { K(BUG) } },
	{ "Assertion failure in ", NULL, { K(BUG) } },
};

static const struct start_words of_B[] = {
	{ "BUG: kernel NULL pointer dereference", NULL, { K(NULL_POINTER) } },
	{ "BUG: Kernel NULL pointer dereference", NULL, { K(NULL_POINTER) } },
	{ "BUG: unable to handle kernel NULL pointer", NULL, { K(NULL_POINTER) } },
	{ "BUG: unable to handle", NULL, { K(PAGE_FAULT) } },
	{ "BUG: Unable to handle", NULL, { K(PAGE_FAULT) } },
	{ "BUG: KASAN: ", NULL, { K(KASAN), .opens = true } },
	{ "BUG: KFENCE: ", NULL, { K(KFENCE), .opens = true } },
	{ "BUG: KMSAN: ", NULL, { K(KMSAN), .opens = true } },
	{ "BUG: KCSAN: ", NULL, { K(KCSAN), .opens = true } },
	{ "BUG: soft lockup", NULL, { K(SOFT_LOCKUP) } },
	{ "BUG: scheduling while atomic", NULL, { K(ATOMIC) } },
	{ "BUG: scheduling with irqs disabled", NULL, { K(ATOMIC) } },
	{ "BUG: sleeping function called from invalid context", NULL, { K(ATOMIC) } },
	{ "BUG: using ", " in preemptible", { K(ATOMIC) } },
	{ "BUG: workqueue leaked lock or atomic", NULL, { K(ATOMIC) } },
	{ "BUG: workqueue lockup", NULL, { K(WORKQUEUE) } },
	{ "BUG: stack guard page was hit", NULL, { K(STACK_OVERFLOW) } },
	{ "BUG: ", " stack guard page was hit", { K(STACK_OVERFLOW) } },
	{ "BUG: kernel stack overflow", NULL, { K(STACK_OVERFLOW) } },
	{ "BUG: Bad ", NULL, { K(BAD_PAGE) } },
	{ "BUG: bad page", NULL, { K(BAD_PAGE) } },
	{ "BUG: non-zero ", " on freeing mm", { K(BAD_PAGE) } },
	{ "BUG: Invalid wait context", NULL, { K(LOCKDEP) } },
	{ "BUG: MAX_LOCK", NULL, { K(LOCKDEP) } },
	{ "BUG: MAX_STACK_TRACE_ENTRIES", NULL, { K(LOCKDEP) } },
	{ "BUG: looking up invalid subclass", NULL, { K(LOCKDEP) } },
	{ "BUG: key ", " registered", { K(LOCKDEP) } },
	{ "BUG: warning at ", NULL, { K(WARNING) } }, /* 2.6.17 */
	/* sched/topology.c writes it of machines whose firmware errs */
	{ "BUG: arch topology borken", .none = true },
	{ "BUG: ", NULL, { K(BUG) } },
	{ "BUG ", "Redzone", { K(SLAB), .opens = true } },
	{ "BUG ", " overwritten", { K(SLAB), .opens = true } },
	{ "BUG ", "ainted", { K(SLAB), .opens = true } },
	{ "BUG ", "): ", { K(SLAB), .opens = true } },
	{ "Backtrace: ", NULL, { K(DUMP), .weak = true } },
	{ "Bad mode in ", " detected", { K(OOPS) } },
	{ "Bad page state", NULL, { K(BAD_PAGE) } },
	{ "Badness in ", NULL, { K(WARNING) } }, /* before 2.6.19 */
	{ "Badness at ", NULL, { K(WARNING) } }, /* powerpc */
	{ "Break instruction in kernel code", NULL, { K(BUG) } },
};

static const struct start_words of_C[] = {
	{ "CPU: ", " PID: ", { K(DUMP), .weak = true } },
	{ "CPU ", " Unable to handle kernel ", { K(PAGE_FAULT) } }, /* mips, loongarch */
	{ "CPU ", ": Machine Check Exception", { K(MACHINE_CHECK) } },
	{ "Call Trace:", NULL, { K(DUMP), .weak = true } },
	{ "Call trace:", NULL, { K(DUMP), .weak = true } },
	{ "Corrupt kernel stack", NULL, { K(STACK_OVERFLOW) } }, /* s390 */
	{ "Caught Machine Check exception", NULL, { K(MACHINE_CHECK) } },
};

static const struct start_words of_D[] = {
	{ "Data bus error, ", "epc", { K(MACHINE_CHECK) } },
	{ "DEBUG_LOCKS_WARN_ON(", NULL, { K(LOCKDEP), .follows = true } },
};

static const struct start_words of_F[] = {
	{ "Fault in ", " space mode ", { K(PAGE_FAULT), .follows = true } }, /* s390 */
};

static const struct start_words of_I[] = {
	{ "INFO: task ", " is blocked on ", .none = true },
	{ "INFO: task ", " blocked ", { K(HUNG_TASK), .opens = true } },
	{ "INFO: rcu", " stall", { K(RCU_STALL), .opens = true } },
	{ "INFO: trying to register non-static key", NULL, { K(LOCKDEP) } },
	{ "INFO: possible ", " detected", { K(LOCKDEP) } },
	{ "INFO: inconsistent lock state", NULL, { K(LOCKDEP) } },
	{ "INFO: suspicious RCU usage", NULL, { K(LOCKDEP) } },
	{ "Internal error: Oops - BUG", NULL, { K(BUG) } },
	{ "Internal error: Oops - undefined instruction", NULL, { K(INVALID_OPCODE) } },
	{ "Internal error: SError", NULL, { K(MACHINE_CHECK) } },
	{ "Internal error: ", "external abort", { K(MACHINE_CHECK) } },
	{ "Internal error: UBSAN", NULL, { K(UBSAN) } },
	{ "Internal error: KASAN", NULL, { K(KASAN) } },
	{ "Internal error: kernel stack overflow", NULL, { K(STACK_OVERFLOW) } },
	{ "Internal error: ", "[#", { K(OOPS) } },
	{ "Internal error: ", NULL, { K(OOPS) } },
	{ "Insufficient stack space to handle exception", NULL, { K(STACK_OVERFLOW) } },
};

static const struct start_words of_K[] = {
	{ "Kernel panic", "Fatal ", { K(PANIC), .follows = true } },
	{ "Kernel panic", "anic_on_", { K(PANIC), .follows = true, .warned = true } },
	{ "Kernel panic", "softlockup", { K(PANIC), .follows = true } },
	{ "Kernel panic", "hung_task", { K(PANIC), .follows = true } },
	{ "Kernel panic", "RCU Stall", { K(PANIC), .follows = true } },
	{ "Kernel panic", "ard LOCKUP", { K(PANIC), .follows = true } },
	{ "Kernel panic", "Out of memory", { K(PANIC), .follows = true } },
	{ "Kernel panic", "deadlocked on memory", { K(PANIC), .follows = true } },
	{ "Kernel panic", "Attempted to kill", { K(PANIC), .follows = true } },
	{ "Kernel panic", "killing interrupt handler", { K(PANIC), .follows = true } },
	{ "Kernel panic", "triggered crash", { K(PANIC), .follows = true } },
	{ "Kernel panic", "NMI: Not continuing", { K(PANIC), .follows = true } },
	{ "Kernel panic", "machine check", { K(PANIC), .follows = true } },
	{ "Kernel panic", "Asynchronous SError", { K(PANIC), .follows = true } },
	{ "Kernel panic", "Oops", { K(PANIC), .follows = true } },
	{ "Kernel panic", "kernel stack overflow", { K(STACK_OVERFLOW), .follows = true } },
	{ "Kernel panic", "Kernel stack overflow", { K(STACK_OVERFLOW), .follows = true } },
	{ "Kernel panic - not syncing: ", NULL, { K(PANIC) } },
	{ "Kernel panic: ", NULL, { K(PANIC) } },
	{ "Kernel BUG at ", NULL, { K(BUG), .renames = true } },
	{ "Kernel BUG [#", NULL, { K(BUG) } },
	{ "Kernel bug detected[#", NULL, { K(BUG) } },
	{ "Kernel stack overflow", NULL, { K(STACK_OVERFLOW) } },
	{ "Kernel access of bad area", NULL, { K(PAGE_FAULT) } },
	{ "Kernel unaligned access at", NULL, { K(OOPS) } },
	{ "Kernel ade access[#", NULL, { K(PAGE_FAULT) } },
	{ "Kernel ale access[#", NULL, { K(OOPS) } },
};

static const struct start_words of_M[] = {
	{ "MCE: ", "exception", { K(MACHINE_CHECK) } },
	{ "Machine Check Exception", NULL, { K(MACHINE_CHECK) } },
	{ "Machine check events logged", NULL, { K(MACHINE_CHECK) } },
	{ "Machine check in kernel mode", NULL, { K(MACHINE_CHECK) } },
	{ "Machine check, ", NULL, { K(MACHINE_CHECK) } },
	{ "Modules linked in:", NULL, { K(DUMP), .weak = true } },
};

static const struct start_words of_N[] = {
	{ "NMI watchdog: BUG: soft lockup", NULL, { K(SOFT_LOCKUP) } },
	{ "NMI watchdog: Watchdog detected hard LOCKUP", NULL, { K(HARD_LOCKUP) } },
	{ "NMI Watchdog detected LOCKUP", NULL, { K(HARD_LOCKUP) } },
	{ "NMI backtrace for cpu ", " skipped", .none = true },
	{ "NMI backtrace for cpu ", NULL, { K(DUMP), .weak = true } },
	{ "NMI: PCI system error", NULL, { K(NMI) } },
	{ "NMI: IOCK error", NULL, { K(NMI) } },
	{ "NMI: Not continuing", NULL, { K(NMI) } },
};

/* Oops: of a page fault, unless another trap's name follows (x86 from 6.9 on). */
static const struct start_words of_O[] = {
	{ "Oops: Kernel access of bad area", NULL, { K(OOPS) } },
	{ "Oops: Exception in kernel mode", NULL, { K(OOPS) } },
	{ "Oops: Machine check", NULL, { K(MACHINE_CHECK) } },
	{ "Oops: general protection fault", NULL, { K(GENERAL_PROTECTION) } },
	{ "Oops: divide error", NULL, { K(DIVIDE_ERROR) } },
	{ "Oops: invalid opcode", NULL, { K(INVALID_OPCODE) } },
	{ "Oops: double fault", NULL, { K(DOUBLE_FAULT) } },
	{ "Oops: stack guard page", NULL, { K(STACK_OVERFLOW) } },
	{ "Oops: kernel stack overflow", NULL, { K(STACK_OVERFLOW) } },
	{ "Oops: ", "[#", { K(OOPS) } },
	{ "Oops: 0", NULL, { K(OOPS), .die = true } }, /* 2.4 counts no oopses */
	{ "Oops[#", NULL, { K(OOPS) } },
	{ "Oops [#", NULL, { K(OOPS) } },
	{ "Oops - illegal instruction", NULL, { K(INVALID_OPCODE) } },
	{ "Oops - ", "[#", { K(OOPS) } },
	{ "Out of memory: Kill", NULL, { K(OUT_OF_MEMORY), .weak = true } },
	{ "Out of Memory: Kill", NULL, { K(OUT_OF_MEMORY), .weak = true } },
};

static const struct start_words of_P[] = {
	{ "PANIC: double fault", NULL, { K(DOUBLE_FAULT) } },
	{ "PANIC: early exception", NULL, { K(OOPS) } },
	{ "Pid: ", " comm: ", { K(DUMP), .weak = true } },
};

static const struct start_words of_R[] = {
	{ "RIP: 0010:", NULL, { K(DUMP), .weak = true } },
	{ "RCU detected CPU ", " stall", { K(RCU_STALL), .opens = true } },
	{ "Reserved instruction in kernel code", NULL, { K(INVALID_OPCODE) } },
};

static const struct start_words of_S[] = {
	{ "SError Interrupt on CPU", NULL, { K(MACHINE_CHECK) } },
	{ "Synchronous External Abort: ", NULL, { K(MACHINE_CHECK) } },
	{ "Slab corruption", NULL, { K(SLAB), .opens = true } },
	{ "SysRq : Show", NULL, { K(SYSRQ), .opens = true } },
	{ "SysRq : Trigger a crash", NULL, { K(SYSRQ), .opens = true } },
};

static const struct start_words of_U[] = {
	{ "UBSAN: ", " in ", { K(UBSAN) } },
	{ "Uhhuh. NMI received", NULL, { K(NMI) } },
	{ "Unable to handle kernel NULL pointer", NULL, { K(NULL_POINTER) } },
	{ "Unable to handle kernel ", NULL, { K(PAGE_FAULT) } },
	{ "Unexpected kernel ", NULL, { K(OOPS) } },
	{ "Unhandled fault: ", "external abort", { K(MACHINE_CHECK) } },
	{ "Unhandled fault: ", " at 0x", { K(PAGE_FAULT) } },
	{ "Unhandled prefetch abort: ", NULL, { K(PAGE_FAULT) } },
	{ "Unhandled kernel unaligned access", NULL, { K(OOPS) } },
	{ "Unrecoverable exception ", NULL, { K(OOPS) } },
	{ "Unrecoverable FP Unavailable", NULL, { K(OOPS) } },
};

/* lib/bug.c, kernel/panic.c and lockdep: other warnings are plain messages. */
static const struct start_words of_W[] = {
	{ "WARNING: CPU: ", " at ", { K(WARNING), .renames = true } },
	{ "WARNING: at ", NULL, { K(WARNING), .renames = true } },  /* before 3.11 */
	{ "WARNING: ", ", CPU#", { K(WARNING), .renames = true } }, /* from 6.19 on */
	{ "WARNING: possible ", " detected", { K(LOCKDEP) } },
	{ "WARNING: inconsistent lock state", NULL, { K(LOCKDEP) } },
	{ "WARNING: bad unlock balance", NULL, { K(LOCKDEP) } },
	{ "WARNING: bad contention detected", NULL, { K(LOCKDEP) } },
	{ "WARNING: Nested lock was not taken", NULL, { K(LOCKDEP) } },
	{ "WARNING: nested lock was not taken", NULL, { K(LOCKDEP) } },
	{ "WARNING: suspicious RCU usage", NULL, { K(LOCKDEP) } },
	{ "WARNING: held lock freed", NULL, { K(LOCKDEP) } },
	{ "WARNING: lock held ", NULL, { K(LOCKDEP) } },
	{ "WARNING: ", "still has locks held", { K(LOCKDEP) } },
	{ "WARNING: ", "lock order detected", { K(LOCKDEP) } },
	{ "Watchdog detected hard LOCKUP", NULL, { K(HARD_LOCKUP) } },
	{ "Watchdog CPU:", " Hard LOCKUP", { K(HARD_LOCKUP) } }, /* powerpc 4.13 */
};

/* lockdep before 4.10 */
static const struct start_words of_bracket[] = {
	{ "[ INFO: ", " ]", { K(LOCKDEP) } },
	{ "[ BUG: ", " ]", { K(LOCKDEP) } },
	{ "[Hardware Error]: ", NULL, { K(MACHINE_CHECK) } },
};

static const struct start_words of_brace[] = {
	{ "{", "}[Hardware Error]: ", { K(MACHINE_CHECK) } },
};

static const struct start_words of_a[] = {
	{ "alignment check: ", "[#", { K(OOPS) } },
};

static const struct start_words of_d[] = {
	{ "detected buffer overflow in ", NULL, { K(BUG) } },
	{ "divide error: 0", NULL, { K(DIVIDE_ERROR), .die = true } },
	{ "double fault: 0", NULL, { K(DOUBLE_FAULT), .die = true } },
	{ "double fault, ", NULL, { K(DOUBLE_FAULT) } },
};

static const struct start_words of_f[] = {
	{ "fixpoint divide exception: ", NULL, { K(DIVIDE_ERROR) } }, /* s390 */
};

static const struct start_words of_g[] = {
	{ "general protection fault: ", NULL, { K(GENERAL_PROTECTION), .die = true } },
	{ "general protection fault, ", NULL, { K(GENERAL_PROTECTION) } },
};

static const struct start_words of_i[] = {
	{ "invalid opcode: 0", NULL, { K(INVALID_OPCODE), .die = true } },
	{ "invalid operand: 0", NULL, { K(INVALID_OPCODE), .die = true } }, /* before 2.6.16 */
	{ "illegal operation: ", "ilc:", { K(INVALID_OPCODE) } },           /* s390 */
};

static const struct start_words of_k[] = {
	{ "kernel BUG at ", NULL, { K(BUG), .renames = true } },
	{ "kernel stack overflow", NULL, { K(STACK_OVERFLOW) } },
};

static const struct start_words of_l[] = {
	{ "list_add ", NULL, { K(LIST_CORRUPTION) } },
	{ "list_del ", NULL, { K(LIST_CORRUPTION) } },
	{ "list_add corruption", NULL, { K(LIST_CORRUPTION) } },
	{ "list_del corruption", NULL, { K(LIST_CORRUPTION) } },
};

static const struct start_words of_m[] = {
	{ "mce: [Hardware Error]: ", NULL, { K(MACHINE_CHECK) } },
};

static const struct start_words of_o[] = {
	{ "oom-killer: gfp_mask", NULL, { K(OUT_OF_MEMORY), .opens = true } }, /* 2.6.10 */
};

static const struct start_words of_r[] = {
	{ "rcu: INFO: ", " stall", { K(RCU_STALL), .opens = true } },
	{ "refcount_t: ", NULL, { K(REFCOUNT) } },
};

static const struct start_words of_s[] = {
	{ "slab error in ", NULL, { K(SLAB), .opens = true } },
	{ "slab: ", "orruption detected", { K(SLAB), .opens = true } },
	{ "stack guard page: ", NULL, { K(STACK_OVERFLOW) } },
	{ "sysrq: Show ", NULL, { K(SYSRQ), .opens = true } },
	{ "sysrq: SysRq : Show ", NULL, { K(SYSRQ), .opens = true } },
	{ "sysrq: Trigger a crash", NULL, { K(SYSRQ), .opens = true } },
	{ "sysrq: SysRq : Trigger a crash", NULL, { K(SYSRQ), .opens = true } },
};

static const struct start_words of_t[] = {
	{ "task:", " state:", { K(DUMP), .weak = true } },
	{ "traps: Missing ENDBR", NULL, { K(OOPS) } },
};

static const struct start_words of_u[] = {
	{ "usercopy: Kernel memory ", NULL, { K(USERCOPY) } },
	{ "usercopy: kernel memory ", NULL, { K(USERCOPY) } },
};

static const struct start_words of_w[] = {
	{ "watchdog: BUG: soft lockup", NULL, { K(SOFT_LOCKUP) } },
	{ "watchdog: Watchdog detected hard LOCKUP", NULL, { K(HARD_LOCKUP) } },
	{ "watchdog: CPU", "ard LOCKUP", { K(HARD_LOCKUP) } },
};

static const struct {
	const struct start_words *all;
	size_t count;
} tables[256] = {
	['-'] = STARTS(of_rule), ['8'] = STARTS(of_8), ['A'] = STARTS(of_A),
	['B'] = STARTS(of_B),    ['C'] = STARTS(of_C), ['D'] = STARTS(of_D),
	['F'] = STARTS(of_F),    ['I'] = STARTS(of_I), ['K'] = STARTS(of_K),
	['M'] = STARTS(of_M),    ['N'] = STARTS(of_N), ['O'] = STARTS(of_O),
	['P'] = STARTS(of_P),    ['R'] = STARTS(of_R), ['S'] = STARTS(of_S),
	['U'] = STARTS(of_U),    ['W'] = STARTS(of_W), ['['] = STARTS(of_bracket),
	['a'] = STARTS(of_a),    ['d'] = STARTS(of_d), ['f'] = STARTS(of_f),
	['g'] = STARTS(of_g),    ['i'] = STARTS(of_i), ['k'] = STARTS(of_k),
	['l'] = STARTS(of_l),    ['m'] = STARTS(of_m), ['o'] = STARTS(of_o),
	['r'] = STARTS(of_r),    ['s'] = STARTS(of_s), ['t'] = STARTS(of_t),
	['u'] = STARTS(of_u),    ['w'] = STARTS(of_w), ['{'] = STARTS(of_brace),
};

/* Words further on are looked for in the first bytes alone: a line may be a megabyte. */
enum { FURTHER_ON = 512 };

static bool fits(const struct start_words *entry, struct span text)
{
	size_t at;

	/* The first byte is known to fit; the second one tells most others. */
	if (entry->words[1] && (text.n < 2 || entry->words[1] != text.p[1]))
		return false;
	if (!span_starts(text, span_of(entry->words, strlen(entry->words))))
		return false;
	return !entry->also || span_find(span_clip(text, 0, FURTHER_ON), strlen(entry->words),
					 span_of(entry->also, strlen(entry->also)), &at);
}

bool line_start(struct span text, struct line_start *ret_start)
{
	if (text.n == 0)
		return false;
	for (size_t i = 0; i < tables[text.p[0]].count; i++) {
		const struct start_words *entry = &tables[text.p[0]].all[i];

		if (!fits(entry, text))
			continue;
		*ret_start = entry->start;
		return !entry->none;
	}
	return kinds_colon(text, ret_start);
}
