/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Lines that belong to a report although nothing of them is kept but their text: what the kernel tells about page
 * tables, memory, locks, tasks. Known by their first words, and by the kind of the report where these are common ones.
 */
#include "oops/header.h"

#define BIT(kind) ((uint64_t)1 << KIMG_OOPS_##kind)

enum { LONGEST = 512 };

struct lines_of {
	uint64_t kinds; /* of the report; 0: any */
	const char *const *words;
	size_t count;
};

#define WORDS(of) (of), sizeof(of) / sizeof(*(of))

static const char *const of_faults[] = {
	"#PF: ",
	"PGD ",
	"P4D ",
	"*pde = ",
	"*pdpt = ",
	"pgd = ",
	"Mem abort info:",
	"Data abort info:",
	"  ESR = ",
	"  EC = ",
	"  SET = ",
	"  EA = ",
	"  FSC = ",
	"  ISV = ",
	"  CM = ",
	"  GCS = ",
	"  Exception class = ",
	"user pgtable: ",
	"swapper pgtable: ",
	"Current ",
	"Faulting instruction address:",
	"Faulting data address",
	"Fault in ",
	"AS:",
	"LE PAGE_SIZE=",
	"BE PAGE_SIZE=",
	"PREEMPT ",
	"SMP ",
	"tsk->",
	" printing eip:",
	"printing eip:",
	"KASAN: ",
	"Tainted: [",
	"last sysfs file: ",
	"task: ",
	"Thread overran stack",
	"Stack:",
	"Stack from ",
	"Process ",
	"note: ",
	"Disabling lock debugging due to kernel taint",
	"Fixing recursive fault but reboot is needed",
	"Dumping ftrace buffer:",
	"   (ftrace buffer empty)",
	"Kernel Offset",
	"Rebooting in ",
	"Rebooting automatically",
	"Shutting down cpus with NMI",
	"SMP: stopping secondary CPUs",
	"CPU features: ",
	"PHYS_OFFSET: ",
	"Memory Limit: ",
	"Sending NMI ",
	"NMI backtrace for cpu ",
	"INFO: NMI handler",
	"INFO: lockdep is turned off",
	"irq event stamp: ",
	"hardirqs last ",
	"softirqs last ",
	"no locks held by ",
	"Showing all locks held in the system",
	"Preemption disabled at",
	"preempt_count: ",
	"RCU nest depth: ",
	"Last level interrupt",
	"<0>",
	"Call Trace",
	"Backtrace",
	"\\|/ ____ \\|/",
	"\"@'/ ",
	"/_| ",
	"   \\__U_/",
	"kernel tried to execute ",
	"WARNING: stack recursion",
	"WARNING: kernel stack ",
	"handlers:",
	"Disabling IRQ #",
	"\"echo 0 > /proc/sys/kernel/hung_task",
	"Future hung task reports are suppressed",
	"Do you have a strange power saving mode",
	"Dazed and confused, but trying to continue",
	"This warning is only shown once",
};

static const char *const of_memory[] = {
	"Mem-Info:",
	"active_anon:",
	" active_file:",
	" unevictable:",
	" slab_",
	" mapped:",
	" shmem:",
	" sec_",
	" kernel_misc",
	" free:",
	" pagetables:",
	" bounce:",
	"Node ",
	"lowmem_reserve",
	"Free swap",
	"Total swap",
	"Swap cache ",
	"Tasks state",
	"[  pid",
	"[ pid",
	"[ ",
	"oom-kill:",
	"Out of memory",
	"Out of Memory",
	"Memory cgroup",
	"memory: usage",
	"swap: usage",
	"kmem: usage",
	"memory+swap: ",
	"Task in ",
	"Tasks in ",
	"anon ",
	"file ",
	"kernel ",
	"DMA",
	"Normal",
	"HighMem",
	"Unreclaimable",
	"Name  ",
	"Mem-info:",
	"Zone ",
	"oom_reaper: ",
	"Killed process",
	"CPU    ",
	"Warn unreclaim",
	"active:",
	"inactive:",
	"warn_alloc_show_mem",
	"SLUB: Unable",
	"  cache: ",
	"  node ",
	"HugeTLB ",
	"Active:",
	"Hugepagesize",
	"0 pages ",
	"per-cpu:",
	"cpu ",
	"protections[]",
	"Purging GPU",
	"Per-node ",
};

static const char *const of_locks[] = {
	"====",
	"----",
	"but task is already holding lock:",
	"but task is already holding:",
	"but now in lock-ordering",
	"which lock already depends on the new lock",
	"the existing dependency chain",
	"other info that might help us debug this",
	"the existing lock chain",
	"Chain exists of",
	" Possible ",
	"       CPU0",
	"       ----",
	"  lock(",
	"  <Interrupt>",
	"   lock(",
	"    lock(",
	"         ",
	" *** DEADLOCK ***",
	" May be due to missing lock nesting notation",
	"stack backtrace",
	" #",
	"which would create a new lock dependency",
	"and this task is already holding",
	"but this new dependency connects",
	"to a ",
	"the dependencies between ",
	"... key",
	" ... key",
	"... acquired at",
	" ... acquired at",
	"...",
	" ...",
	"the shortest dependencies between",
	"and interrupts could create inverse lock ordering",
	"rcu_scheduler_active = ",
	"rcu is ",
	"the code is fine but needs lockdep annotation",
	"you didn't initialize this object before use",
	"turning off the locking correctness validator",
	"-> (",
	" {",
	"   ",
	"context-{",
	"other info that",
	"inconsistent {",
	"but there are no more locks to release",
	"RCU used illegally from ",
};

static const char *const of_checks[] = {
	"====",
	"----",
	"The buggy address ",
	"The buggy variable",
	"This frame has ",
	" [",
	"Memory state around the buggy address",
	">ff",
	" ff",
	"                ",
	"page:",
	"page: ",
	"flags: ",
	"raw: ",
	"head: ",
	"page dumped because",
	"page_type: ",
	"page_owner ",
	"page_pool",
	"memcg:",
	"aops:",
	"anon flags",
	"pages's memcg",
	"pcp ",
	"addr:",
	"file:",
	"vm_flags",
	"kfence-#",
	"value changed: ",
	"Reported by Kernel Concurrency Sanitizer",
	"Bytes ",
	"Byte",
	"Uninit was ",
	"Slab 0x",
	"Object ",
	"Redzone ",
	"Padding ",
	"Bytes b4",
	"FIX ",
	"INFO: ",
	"0x",
	"Slab ",
	"Last user: ",
	"Prev obj",
	"Next obj",
	"Single bit error",
	"Run a memory test",
	"index ",
	"signed integer overflow",
	"unsigned integer overflow",
	"shift exponent ",
	"left shift of ",
	"member access within ",
	"load of value ",
	"load of ",
	"store to ",
	"division by zero",
	"type ",
	"hex dump (",
};

static const char *const of_tasks[] = {
	"Sched Debug Version",
	"Sched debug",
	"ktime ",
	"sched_clk ",
	"cpu_clk ",
	"jiffies ",
	"sysctl_sched",
	"cpu#",
	"  .",
	"cfs_rq",
	"rt_rq",
	"dl_rq",
	"runnable tasks",
	"----",
	" S ",
	">R",
	" I ",
	" D ",
	" R ",
	"  S ",
	"  task ",
	"Showing busy workqueues",
	"Showing backtraces of running workers",
	"workqueue ",
	"pool ",
	"  pwq ",
	"    in-flight",
	"    pending",
	"    inactive",
	"Call Trace",
	"active timers",
	"CPU#",
	"perf: ",
	"\t",
};

static const char *const of_stalls[] = {
	"rcu: ",
	"\t",
	"(t=",
	"(detected by",
	" (t=",
	" (detected by",
	"rcu_",
	"All QSes seen",
	"Possible timer handling issue",
	"Unless rcu_",
	"blocking rcu_node structures",
	"Showing busy workqueues",
	"workqueue ",
	"  pwq ",
	"    in-flight",
	"    pending",
	"pool ",
	"Task dump for CPU",
	"Modules linked in",
};

#define CHECKS                                                                         \
	(BIT(KASAN) | BIT(KFENCE) | BIT(KMSAN) | BIT(KCSAN) | BIT(UBSAN) | BIT(SLAB) | \
	 BIT(BAD_PAGE))
#define MEMORY (BIT(OUT_OF_MEMORY) | BIT(ALLOCATION) | BIT(SYSRQ))
#define LOCKS  (BIT(LOCKDEP) | BIT(ATOMIC) | BIT(HUNG_TASK) | BIT(SYSRQ))
#define STALLS (BIT(RCU_STALL) | BIT(WORKQUEUE) | BIT(SOFT_LOCKUP) | BIT(HARD_LOCKUP))

static const struct lines_of all[] = {
	{ 0, WORDS(of_faults) },           { MEMORY, WORDS(of_memory) },
	{ BIT(LOCKDEP), WORDS(of_locks) }, { CHECKS, WORDS(of_checks) },
	{ BIT(SYSRQ), WORDS(of_tasks) },   { STALLS, WORDS(of_stalls) },
};

static bool has_words(const struct lines_of *lines, struct span text)
{
	for (size_t i = 0; i < lines->count; i++)
		if (text_starts(text, lines->words[i]))
			return true;
	return false;
}

/* "c0123456 00000000 c0ee5e24", "9e80: e0979ea4 bf000064", "       ffff8800 ...": numbers of one width alone */
static bool is_dump(struct span text)
{
	unsigned int digits, width = 0, count = 0;
	uint64_t value;

	text = text_trim(text);
	if (text.n < 8)
		return false;
	for (; text.n; scan_blanks(&text), count++) {
		scan_word(&text, "<");
		if (!scan_hex(&text, &value, &digits))
			return false;
		if (scan_word(&text, ":") && count == 0)
			continue;
		scan_word(&text, ">");
		if (digits < 2 || (width && digits != width))
			return false;
		width = digits;
	}
	return count >= 4;
}

/* "48154 total pagecache pages", "0 pages in swap cache", "1 lock held by init/1:" */
static bool is_count(struct span text, uint64_t kind)
{
	uint64_t value;

	scan_blanks(&text);
	if (!scan_decimal(&text, &value) || !text.n || text.p[0] != ' ')
		return false;
	if (text_starts(text, " lock held by ") || text_starts(text, " locks held by "))
		return true;
	return (kind & MEMORY) && text_has(text, "pages");
}

/* " #0: ffff8880 (&lock){+.+.}-{3:3}, at: function+0x1/0x2" */
static bool is_lock(struct span text)
{
	return text_starts(text, " #") && text_has(text, ", at: ");
}

bool body_take(struct report *report, struct span text)
{
	uint64_t kind = (uint64_t)1 << report->oops.kind;

	/* Lines that are empty are part of reports that are set out in paragraphs. */
	if (text.n == 0)
		return kind & (CHECKS | LOCKS);
	text = span_clip(text, 0, LONGEST);
	for (size_t i = 0; i < sizeof(all) / sizeof(*all); i++)
		if ((all[i].kinds == 0 || (all[i].kinds & kind)) && has_words(&all[i], text))
			return true;
	return is_count(text, kind) || is_lock(text) || is_dump(text);
}
