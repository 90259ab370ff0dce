/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which lines start reports: written after the kernel's formats, of 2.4 to 7.x. */
#include "unit.h"

#include "oops/lines.h"

#define K(kind) KIMG_OOPS_##kind

static const struct {
	const char *line;
	enum kimg_oops_kind kind;
} starts[] = {
	{ "BUG: kernel NULL pointer dereference, address: 0000000000000000", K(NULL_POINTER) },
	{ "BUG: unable to handle kernel NULL pointer dereference at (null)", K(NULL_POINTER) },
	{ "BUG: Kernel NULL pointer dereference on read at 0x00000000", K(NULL_POINTER) },
	{ "BUG: unable to handle page fault for address: ffff900000000010", K(PAGE_FAULT) },
	{ "BUG: unable to handle kernel paging request at ffffffffc0123456", K(PAGE_FAULT) },
	{ "BUG: Unable to handle kernel data access on read at 0xc000000012345678", K(PAGE_FAULT) },
	{ "Unable to handle kernel NULL pointer dereference at virtual address 00000008",
	  K(NULL_POINTER) },
	{ "Unable to handle kernel paging request at virtual address dead000000000108",
	  K(PAGE_FAULT) },
	{ "Unable to handle kernel paging request for data at address 0x00000010", K(PAGE_FAULT) },
	{ "Unable to handle kernel pointer dereference in virtual kernel address space",
	  K(PAGE_FAULT) },
	{ "CPU 1 Unable to handle kernel paging request at virtual address 0000000000000000, "
	  "epc == ffffffffc0002014, ra == ffffffffc0002050",
	  K(PAGE_FAULT) },
	{ "Unhandled fault: page domain fault (0x01b) at 0x00000000", K(PAGE_FAULT) },
	{ "Unhandled fault: external abort on non-linefetch (0x008) at 0xf0001000",
	  K(MACHINE_CHECK) },
	{ "Internal error: Oops: 96000006 [#1] SMP", K(OOPS) },
	{ "Internal error: Oops - undefined instruction: 0 [#1] ARM", K(INVALID_OPCODE) },
	{ "Internal error: : 1b [#1] SMP ARM", K(OOPS) },
	{ "Oops: 0002 [#1] SMP", K(OOPS) },
	{ "Oops: 0000", K(OOPS) },
	{ "Oops[#1]:", K(OOPS) },
	{ "Oops [#1]", K(OOPS) },
	{ "Oops: Kernel access of bad area, sig: 11 [#1]", K(OOPS) },
	{ "Oops: general protection fault, probably for non-canonical address "
	  "0xdead4ead00000010: 0000 [#1] PREEMPT SMP NOPTI",
	  K(GENERAL_PROTECTION) },
	{ "general protection fault: 0000 [#1] SMP", K(GENERAL_PROTECTION) },
	{ "divide error: 0000 [#1] PREEMPT SMP NOPTI", K(DIVIDE_ERROR) },
	{ "fixpoint divide exception: 0009 ilc:2 [#1] SMP", K(DIVIDE_ERROR) },
	{ "invalid opcode: 0000 [#1] SMP", K(INVALID_OPCODE) },
	{ "invalid operand: 0000", K(INVALID_OPCODE) },
	{ "control protection fault: 0003 [#1] SMP", K(OOPS) },
	{ "monitor event: 0040 ilc:2 [#1] SMP ", K(OOPS) },
	{ "init(1): Oops [#1]", K(OOPS) },
	{ "swapper/0(1): Kernel bad sw trap 5 [#1]", K(OOPS) },
	{ "Trap instruction in kernel code[#1]:", K(OOPS) },
	{ "Bad mode in Synchronous Abort handler detected on CPU0, code 0x86000006", K(OOPS) },
	{ "Unexpected kernel BRK exception at EL1", K(OOPS) },
	{ "kernel BUG at mm/slub.c:550!", K(BUG) },
	{ "Kernel BUG at spinlock:76", K(BUG) },
	{ "Kernel bug detected[#1]:", K(BUG) },
	{ "Assertion failure in journal_start() at fs/jbd/transaction.c:1: \"x\"", K(BUG) },
	{ "BUG: TASK stack guard page was hit at 00000000a8c02afb (stack is 0..1)",
	  K(STACK_OVERFLOW) },
	{ "BUG: stack guard page was hit at ffffc90000000000 (stack is 0..1)", K(STACK_OVERFLOW) },
	{ "Insufficient stack space to handle exception!", K(STACK_OVERFLOW) },
	{ "Kernel stack overflow.", K(STACK_OVERFLOW) },
	{ "PANIC: double fault, error_code: 0x0", K(DOUBLE_FAULT) },
	{ "Kernel panic - not syncing: Attempted to kill init! exitcode=0x00000300", K(PANIC) },
	{ "Kernel panic: Aiee, killing interrupt handler!", K(PANIC) },
	{ "INFO: task kc_hung:133 blocked for more than 3 seconds.", K(HUNG_TASK) },
	{ "watchdog: BUG: soft lockup - CPU#0 stuck for 7s! [init:132]", K(SOFT_LOCKUP) },
	{ "NMI watchdog: BUG: soft lockup - CPU#0 stuck for 22s! [init:132]", K(SOFT_LOCKUP) },
	{ "BUG: soft lockup - CPU#1 stuck for 61s! [ksoftirqd/1:9]", K(SOFT_LOCKUP) },
	{ "watchdog: Watchdog detected hard LOCKUP on cpu 3", K(HARD_LOCKUP) },
	{ "NMI watchdog: Watchdog detected hard LOCKUP on cpu 3", K(HARD_LOCKUP) },
	{ "watchdog: CPU 0 self-detected hard LOCKUP @ foo+0x10/0x20", K(HARD_LOCKUP) },
	{ "rcu: INFO: rcu_preempt self-detected stall on CPU", K(RCU_STALL) },
	{ "rcu: INFO: rcu_sched detected stalls on CPUs/tasks:", K(RCU_STALL) },
	{ "rcu: INFO: rcu_preempt detected expedited stalls on CPUs/tasks: { 0-... }",
	  K(RCU_STALL) },
	{ "INFO: rcu_sched_state detected stall on CPU 0 (t=15000 jiffies)", K(RCU_STALL) },
	{ "INFO: rcu_tasks detected stalls on tasks:", K(RCU_STALL) },
	{ "BUG: KASAN: slab-use-after-free in f+0x12/0x34 [m]", K(KASAN) },
	{ "BUG: KFENCE: use-after-free read in f+0x12/0x34", K(KFENCE) },
	{ "BUG: KMSAN: uninit-value in f+0x12/0x34", K(KMSAN) },
	{ "BUG: KCSAN: data-race in f / g", K(KCSAN) },
	{ "UBSAN: array-index-out-of-bounds in lib/a.c:12:34", K(UBSAN) },
	{ "UBSAN: Undefined behaviour in lib/a.c:12:34", K(UBSAN) },
	{ "WARNING: possible circular locking dependency detected", K(LOCKDEP) },
	{ "WARNING: possible recursive locking detected", K(LOCKDEP) },
	{ "WARNING: inconsistent lock state", K(LOCKDEP) },
	{ "WARNING: bad unlock balance detected!", K(LOCKDEP) },
	{ "WARNING: suspicious RCU usage", K(LOCKDEP) },
	{ "WARNING: held lock freed!", K(LOCKDEP) },
	{ "WARNING: SOFTIRQ-safe -> SOFTIRQ-unsafe lock order detected", K(LOCKDEP) },
	{ "WARNING: init/1 still has locks held!", K(LOCKDEP) },
	{ "INFO: trying to register non-static key.", K(LOCKDEP) },
	{ "[ INFO: possible circular locking dependency detected ]", K(LOCKDEP) },
	{ "[ BUG: Invalid wait context ]", K(LOCKDEP) },
	{ "WARNING: CPU: 0 PID: 186 at lib/a.c:54 f+0x2b9/0x6c1 [m]", K(WARNING) },
	{ "WARNING: at kernel/a.c:54 f+0x2b9/0x6c1 [m]()", K(WARNING) },
	{ "WARNING: kernel/a.c:54 at f+0x2b9/0x6c1 [m], CPU#0: init/186", K(WARNING) },
	{ "Badness in f at kernel/a.c:54", K(WARNING) },
	{ "list_del corruption. prev->next should be 1, but was 2. (prev=1)", K(LIST_CORRUPTION) },
	{ "list_add double add: new=1, prev=2, next=1.", K(LIST_CORRUPTION) },
	{ "refcount_t: underflow; use-after-free.", K(REFCOUNT) },
	{ "BUG kmalloc-64 (Tainted: G    B      ): Redzone overwritten", K(SLAB) },
	{ "BUG kmalloc-64: Poison overwritten", K(SLAB) },
	{ "Slab corruption: start=c1234567, len=64", K(SLAB) },
	{ "BUG: Bad page state in process init  pfn:12345", K(BAD_PAGE) },
	{ "BUG: Bad page map in process init  pte:12345 pmd:12345", K(BAD_PAGE) },
	{ "BUG: Bad rss-counter state mm:0000000012345678 type:MM_ANONPAGES val:1", K(BAD_PAGE) },
	{ "BUG: scheduling while atomic: init/133/0x00000002", K(ATOMIC) },
	{ "BUG: sleeping function called from invalid context at kernel/a.c:12", K(ATOMIC) },
	{ "BUG: using smp_processor_id() in preemptible [00000000] code: init/1", K(ATOMIC) },
	{ "kworker/0:1: page allocation failure: order:4, mode:0x40d00", K(ALLOCATION) },
	{ "swapper: page allocation failure. order:1, mode:0x20", K(ALLOCATION) },
	{ "dd invoked oom-killer: gfp_mask=0x140cca, order=0, oom_score_adj=0", K(OUT_OF_MEMORY) },
	{ "a b: c invoked oom-killer: gfp_mask=0x140cca, order=0", K(OUT_OF_MEMORY) },
	{ "oom-killer: gfp_mask=0xd0", K(OUT_OF_MEMORY) },
	{ "sysrq: Show Blocked State", K(SYSRQ) },
	{ "SysRq : Show Regs", K(SYSRQ) },
	{ "sysrq: SysRq : Show backtrace of all active CPUs", K(SYSRQ) },
	{ "mce: [Hardware Error]: CPU 0: Machine Check Exception: 5 Bank 4: be000000",
	  K(MACHINE_CHECK) },
	{ "CPU 0: Machine Check Exception: 0000000000000004", K(MACHINE_CHECK) },
	{ "Machine check in kernel mode.", K(MACHINE_CHECK) },
	{ "{1}[Hardware Error]: Hardware error from APEI Generic Hardware Error Source: 0",
	  K(MACHINE_CHECK) },
	{ "SError Interrupt on CPU0, code 0xbf000000 -- SError", K(MACHINE_CHECK) },
	{ "usercopy: Kernel memory exposure attempt detected from SLUB object 'a' (offset 0)!",
	  K(USERCOPY) },
	{ "BUG: workqueue lockup - pool cpus=0 node=0 flags=0x0 nice=0 stuck for 30s!",
	  K(WORKQUEUE) },
	{ "irq 16: nobody cared (try booting with the \"irqpoll\" option)", K(IRQ) },
	{ "Uhhuh. NMI received for unknown reason 3d on CPU 0.", K(NMI) },
	{ "BUG: spinlock bad magic on CPU#0, init/1", K(BUG) },
	{ "------------[ cut here ]------------", K(WARNING) },
};

static void lines_start_reports(void **state)
{
	for (size_t i = 0; i < sizeof(starts) / sizeof(*starts); i++) {
		struct line_start start = { .kind = K(KINDS) };

		if (!line_start(span_of(starts[i].line, strlen(starts[i].line)), &start) ||
		    start.kind != starts[i].kind)
			fail_msg("%s: %s", starts[i].line, kimg_oops_kind_name(start.kind));
	}
}

static const char *const others[] = {
	"",
	"WARNING: This combination of AMD processors is not suitable for SMP.",
	"WARNING: stack recursion on stack type 1",
	"Warning: unable to open an initial console.",
	"[Firmware Bug]: TSC doesn't count with P0 frequency!",
	"[Firmware Warn]: GHES: Poll interval is 0",
	"ACPI BIOS Error (bug): Could not resolve symbol [\\_SB.PCI0], AE_NOT_FOUND (20230331/a-1)",
	"ACPI Error: Aborting method \\_SB.PCI0 due to previous error",
	"CPU: ARMv7 Processor [414fc0f0] revision 0 (ARMv7), cr=10c5387d",
	"CPU: div instructions available: patching division code",
	"CPU0: Thermal monitoring enabled (TM1)",
	"CPU 0/0x0 -> Node 0",
	"mce: CPU0: Thermal monitoring enabled (TM1)",
	"NMI watchdog: Enabled. Permanently consumes one hw-PMU counter.",
	"watchdog: Delayed init of the lockup detector failed: -19",
	"rcu: Hierarchical RCU implementation.",
	"rcu: \tRCU event tracing is enabled.",
	"INFO: NMI handler (nmi_cpu_backtrace_handler) took too long to run: 1.687 msecs",
	"INFO: lockdep is turned off.",
	"INFO: task a:1 is blocked on a mutex likely owned by task b:2.",
	"sysrq: HELP : loglevel(0-9) reboot(b) crash(c)",
	"sysrq: Emergency Sync",
	"SysRq : Changing Loglevel",
	"traps: init[133] general protection fault ip:47b7a0 sp:7ffd error:0 in busybox[401000]",
	"init[133]: segfault at 427700 ip 0000000000427700 sp 00007ffc70e77388 error 14 in busybox",
	"unregister_netdevice: waiting for lo to become free. Usage count = 1",
	"kmemleak: 2 new suspected memory leaks (see /sys/kernel/debug/kmemleak)",
	"Machine model: linux,dummy-virt",
	"integrity: Machine keyring initialized",
	"tsc: Unable to calibrate against PIT",
	"Unable to mount root fs via NFS, trying floppy.",
	"oom_reaper: reaped process 184 (dd), now anon-rss:0kB, file-rss:0kB, shmem-rss:0kB",
	"8250: ttyS0 at I/O 0x3f8 (irq = 4, base_baud = 115200) is a 16550A",
	"----------------",
	"Kernel command line: BUG: kernel NULL pointer dereference",
	"BUG: arch topology borken",
	"pci 0000:00:01.0: [8086:7000] type 00 class 0x060100",
	"Call me",
	"task:",
};

static void other_lines_do_not(void **state)
{
	for (size_t i = 0; i < sizeof(others) / sizeof(*others); i++) {
		struct line_start start;

		if (line_start(span_of(others[i], strlen(others[i])), &start))
			fail_msg("%s: %s", others[i], kimg_oops_kind_name(start.kind));
	}
}

/* All of them cut at every byte: no read beyond the end. */
static void cut_lines(void **state)
{
	struct line_start start;

	for (size_t i = 0; i < sizeof(starts) / sizeof(*starts); i++) {
		for (size_t n = 0; n < strlen(starts[i].line); n++) {
			char *copy = malloc(n ? n : 1);

			assert_non_null(copy);
			memcpy(copy, starts[i].line, n);
			line_start(span_of(copy, n), &start);
			free(copy);
		}
	}
}

static void kinds_have_names(void **state)
{
	for (int i = 0; i < KIMG_OOPS_KINDS; i++)
		for (int j = 0; j < i; j++)
			assert_string_not_equal(kimg_oops_kind_name(i), kimg_oops_kind_name(j));
	assert_string_equal(kimg_oops_kind_name(KIMG_OOPS_KINDS), "oops");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lines_start_reports),
		cmocka_unit_test(other_lines_do_not),
		cmocka_unit_test(cut_lines),
		cmocka_unit_test(kinds_have_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
