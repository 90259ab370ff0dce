/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What header lines, headings and messages say. The logs are written after the kernel's formats. */
#include "unit.h"

#include "oops/reports.h"

static const struct kimg_oops *one_report(const char *log, struct reports *reports)
{
	read_log(log, reports);
	assert_int_equal(reports->count, 1);
	return reports->all[0];
}

static void a_name_may_hold_anything(void **state)
{
	struct reports reports;
	const struct kimg_oops *oops = one_report(
		"BUG: unable to handle page fault for address: ffffc90000123456\n"
		"Oops: 0002 [#3] PREEMPT SMP NOPTI\n"
		"CPU: 3 PID: 77 Comm: a (b) c/d Kdump: loaded Not tainted 5.14.0-70.el9.x86_64 #1\n"
		"Workqueue: events kc_work [kcrash]\n"
		"Call Trace:\n"
		" kc_work+0x12/0x34 [kcrash]\n",
		&reports);

	assert_string_equal(oops->comm, "a (b) c/d");
	assert_int_equal(oops->cpu, 3);
	assert_int_equal(oops->pid, 77);
	assert_int_equal(oops->uid, -1);
	assert_int_equal(oops->count, 3);
	assert_null(oops->taint);
	assert_string_equal(oops->release, "5.14.0-70.el9.x86_64");
	assert_string_equal(oops->version, "#1");
	assert_string_equal(oops->workqueue, "events kc_work [kcrash]");
	assert_true(oops->has_fault_address);
	assert_int_equal(oops->fault_address, 0xffffc90000123456);
	assert_string_equal(oops->title, "BUG: unable to handle page fault in kc_work");
	free_reports(&reports);
}

static void kernels_of_2_6(void **state)
{
	struct reports reports;
	const struct kimg_oops *oops =
		one_report("Unable to handle kernel paging request at virtual address 6b6b6b6b\n"
			   " printing eip:\n"
			   "c0123456\n"
			   "*pde = 00000000\n"
			   "Oops: 0000 [#1]\n"
			   "SMP \n"
			   "Modules linked in: nfsd exportfs lockd\n"
			   "CPU:    1\n"
			   "EIP:    0060:[<c0123456>]    Tainted: P      VLI\n"
			   "EFLAGS: 00010246   (2.6.11-rc2) \n"
			   "EIP is at do_thing+0x24/0x50\n"
			   "Process cat (pid: 2810, threadinfo=ec476000 task=f739ead0)\n"
			   "Call Trace:\n"
			   " [<c0123460>] do_other+0x10/0x20\n",
			   &reports);

	assert_int_equal(oops->kind, KIMG_OOPS_PAGE_FAULT);
	assert_int_equal(oops->cpu, 1);
	assert_int_equal(oops->pid, 2810);
	assert_string_equal(oops->comm, "cat");
	assert_string_equal(oops->taint, "P");
	assert_int_equal(oops->taint_bits, 1);
	assert_string_equal(oops->release, "2.6.11-rc2");
	assert_int_equal(oops->fault_address, 0x6b6b6b6b);
	assert_int_equal(oops->module_count, 3);
	assert_string_equal(oops->modules[2].name, "lockd");
	free_reports(&reports);
}

static void kernels_of_2_4(void **state)
{
	struct reports reports;
	const struct kimg_oops *oops = one_report("kernel BUG at page_alloc.c:76!\n"
						  "invalid operand: 0000\n"
						  "CPU:    0\n"
						  "EIP:    0010:[<c012f8e0>]    Tainted: PF\n"
						  "Process dpkg (pid: 22720, stackpage=c9c6d000)\n"
						  "Call Trace:    [<c0121d83>] [<c012f8e0>]\n",
						  &reports);

	assert_int_equal(oops->kind, KIMG_OOPS_BUG);
	assert_string_equal(oops->file, "page_alloc.c");
	assert_int_equal(oops->file_line, 76);
	assert_string_equal(oops->comm, "dpkg");
	assert_int_equal(oops->taint_bits, 3);
	free_reports(&reports);
}

static void modules_over_lines(void **state)
{
	struct reports reports;
	const struct kimg_oops *oops =
		one_report("------------[ cut here ]------------\n"
			   "WARNING: CPU: 0 PID: 1 at lib/a.c:54 f+0x2b9/0x6c1 [m]\n"
			   "Modules linked in: one(OE) two(+) three_four five_six seven_eight "
			   "nine_ten eleven\n"
			   " twelve_thirteen(POE-) fourteen [last unloaded: gone(E)]\n"
			   "CPU: 0 PID: 1 Comm: init Tainted: P        W  OE     4.19.0 #1\n"
			   "Modules linked in: again\n"
			   "Call Trace:\n"
			   " f+0x2b9/0x6c1 [m]\n",
			   &reports);

	assert_int_equal(oops->module_count, 9);
	assert_string_equal(oops->modules[0].flags, "OE");
	assert_string_equal(oops->modules[1].flags, "+");
	assert_string_equal(oops->modules[7].name, "twelve_thirteen");
	assert_string_equal(oops->modules[7].flags, "POE-");
	assert_null(oops->modules[8].flags);
	assert_string_equal(oops->taint, "P        W  OE");
	assert_int_equal(oops->taint_bits, 1 << 0 | 1 << 9 | 1 << 12 | 1 << 13);
	free_reports(&reports);
}

static void warning_of_7(void **state)
{
	struct reports reports;
	const struct kimg_oops *oops =
		one_report("------------[ cut here ]------------\n"
			   "refcount_t: underflow; use-after-free.\n"
			   "WARNING: lib/refcount.c:28 at refcount_warn_saturate+0x12/0x34, CPU#2: "
			   "my task/1/186\n"
			   "Call Trace:\n"
			   " <TASK>\n"
			   " put_thing.isra.0+0x12/0x34\n"
			   " do_syscall_64+0x12/0x34\n",
			   &reports);

	assert_int_equal(oops->kind, KIMG_OOPS_REFCOUNT);
	assert_string_equal(oops->file, "lib/refcount.c");
	assert_int_equal(oops->cpu, 2);
	assert_int_equal(oops->pid, 186);
	assert_string_equal(oops->comm, "my task/1");
	assert_string_equal(oops->title, "WARNING: refcount bug in put_thing");
	free_reports(&reports);
}

static void kasan_has_blocks(void **state)
{
	struct reports reports;
	const struct kimg_oops *oops =
		one_report("==================================================================\n"
			   "BUG: KASAN: slab-use-after-free in kc_read+0x12/0x34 [kcrash]\n"
			   "Read of size 8 at addr ffff888012345678 by task my/task/123\n"
			   "\n"
			   "CPU: 1 UID: 0 PID: 123 Comm: my/task Not tainted 6.12.0 #1\n"
			   "Call Trace:\n"
			   " <TASK>\n"
			   " dump_stack_lvl+0x5d/0x80\n"
			   " print_report+0x174/0x500\n"
			   " kasan_report+0xdd/0x1b0\n"
			   " kc_read+0x12/0x34 [kcrash]\n"
			   " </TASK>\n"
			   "\n"
			   "Allocated by task 12 on cpu 3 at 1.234567s:\n"
			   " kasan_save_stack+0x24/0x50\n"
			   " kc_alloc+0x12/0x34 [kcrash]\n"
			   "\n"
			   "Freed by task 13:\n"
			   " kc_free+0x12/0x34 [kcrash]\n"
			   "\n"
			   "The buggy address belongs to the object at ffff888012345600\n"
			   " which belongs to the cache kmalloc-64 of size 64\n",
			   &reports);

	assert_int_equal(oops->kind, KIMG_OOPS_KASAN);
	assert_string_equal(oops->title, "KASAN: slab-use-after-free Read in kc_read");
	assert_int_equal(oops->fault_address, 0xffff888012345678);
	assert_string_equal(oops->comm, "my/task");
	assert_int_equal(oops->pid, 123);
	assert_int_equal(oops->block_count, 3);
	assert_string_equal(oops->blocks[1].title, "Allocated by task 12 on cpu 3 at 1.234567s");
	assert_int_equal(oops->blocks[1].pid, 12);
	assert_int_equal(oops->blocks[1].cpu, 3);
	assert_int_equal(oops->blocks[1].frame_count, 2);
	assert_int_equal(oops->blocks[2].pid, 13);
	assert_int_equal(oops->blocks[2].frame_count, 1);
	free_reports(&reports);
}

static void lockdep_has_chains(void **state)
{
	struct reports reports;
	const struct kimg_oops *oops =
		one_report("======================================================\n"
			   "WARNING: possible circular locking dependency detected\n"
			   "6.1.0 #1 Not tainted\n"
			   "------------------------------------------------------\n"
			   "kworker/0:1/12 is trying to acquire lock:\n"
			   "ffff888012345678 (&a){+.+.}-{3:3}, at: take_a+0x12/0x34\n"
			   "\n"
			   "but task is already holding lock:\n"
			   "ffff888012345679 (&b){+.+.}-{3:3}, at: take_b+0x12/0x34\n"
			   "\n"
			   "which lock already depends on the new lock.\n"
			   "\n"
			   "the existing dependency chain (in reverse order) is:\n"
			   "\n"
			   "-> #1 (&b){+.+.}-{3:3}:\n"
			   "       take_b+0x12/0x34\n"
			   "\n"
			   "-> #0 (&a){+.+.}-{3:3}:\n"
			   "       take_a+0x12/0x34\n"
			   "\n"
			   "other info that might help us debug this:\n"
			   "\n"
			   "stack backtrace:\n"
			   "CPU: 0 PID: 12 Comm: kworker/0:1 Not tainted 6.1.0 #1\n"
			   "Call Trace:\n"
			   " take_a+0x12/0x34\n",
			   &reports);

	assert_int_equal(oops->kind, KIMG_OOPS_LOCKDEP);
	assert_string_equal(oops->title, "possible deadlock in take_a");
	assert_string_equal(oops->comm, "kworker/0:1");
	assert_int_equal(oops->pid, 12);
	assert_int_equal(oops->block_count, 3);
	assert_string_equal(oops->blocks[0].title, "-> #1 (&b){+.+.}-{3:3}");
	assert_int_equal(oops->blocks[2].frame_count, 1);
	free_reports(&reports);
}

static void lockdep_names_the_lock(void **state)
{
	struct reports reports;
	const struct kimg_oops *oops =
		one_report("[ BUG: bad unlock balance detected! ]\n"
			   "4.10.0-rc8+ #228 Tainted: G        W\n"
			   "-------------------------------------\n"
			   "init/1 is trying to release lock (&a) at:\n"
			   "[<ffffffff82de6c86>] put_a+0xe6/0x210\n"
			   "but there are no more locks to release!\n"
			   "\n"
			   "1 lock held by init/1:\n"
			   " #0:  (&b){+.+...}, at: [<ffffffff82de6c86>] take_b+0xe6/0x210\n",
			   &reports);

	assert_int_equal(oops->kind, KIMG_OOPS_LOCKDEP);
	assert_string_equal(oops->title, "bad unlock balance in put_a");
	assert_string_equal(oops->release, "4.10.0-rc8+");
	assert_string_equal(oops->version, "#228");
	assert_string_equal(oops->taint, "G        W");
	assert_string_equal(oops->comm, "init");
	free_reports(&reports);
}

static void system_calls_have_titles(void **state)
{
	struct reports reports;
	const struct kimg_oops *oops =
		one_report("BUG: scheduling while atomic: my init/1/0x00000002\n"
			   "CPU: 1 PID: 1 Comm: my init Not tainted 5.10.0 #1\n"
			   "Call Trace:\n"
			   " __schedule_bug+0x12/0x34\n"
			   " schedule+0x12/0x34\n"
			   " __x64_sys_pause+0x12/0x34\n"
			   " do_syscall_64+0x12/0x34\n",
			   &reports);

	assert_string_equal(oops->title, "BUG: scheduling while atomic in sys_pause");
	assert_string_equal(oops->comm, "my init");
	free_reports(&reports);
}

static void messages_that_say_nothing(void **state)
{
	struct reports reports;

	one_report("DEBUG_LOCKS_WARN_ON(1)\n", &reports);
	free_reports(&reports);
	one_report("[ BUG: 1 ]\n", &reports);
	assert_string_equal(reports.all[0]->title, "Oops");
	free_reports(&reports);
	one_report("BUG: \n", &reports);
	assert_non_null(reports.all[0]->title);
	free_reports(&reports);
	one_report("Kernel panic: \n", &reports);
	assert_non_null(reports.all[0]->title);
	free_reports(&reports);
}

static void tasks_of_old_kernels(void **state)
{
	struct reports reports;
	const struct kimg_oops *oops =
		one_report("SysRq : Show Blocked State\n"
			   "  task                        PC stack   pid father\n"
			   "kc_hung         D ffff880011223344     0   133      2 0x00000000\n"
			   "Call Trace:\n"
			   " [<ffffffff81234567>] schedule+0x12/0x34\n"
			   "a b             D    0   134      2 0x80004000\n"
			   "Call Trace:\n"
			   " [<ffffffff81234567>] schedule+0x12/0x34\n",
			   &reports);

	assert_int_equal(oops->block_count, 2);
	assert_string_equal(oops->blocks[0].comm, "kc_hung");
	assert_int_equal(oops->blocks[0].pid, 133);
	assert_string_equal(oops->blocks[1].comm, "a b");
	assert_int_equal(oops->blocks[1].pid, 134);
	assert_string_equal(oops->title, "sysrq: Show Blocked State");
	free_reports(&reports);
}

static void powerpc_says_it_in_registers(void **state)
{
	struct reports reports;
	const struct kimg_oops *oops =
		one_report("BUG: Kernel NULL pointer dereference on read at 0x00000010\n"
			   "Faulting instruction address: 0xc000000000123456\n"
			   "Oops: Kernel access of bad area, sig: 11 [#1]\n"
			   "NIP:  c000000000123456 LR: c000000000123400 CTR: 0000000000000000\n"
			   "REGS: c00000000476f7d0 TRAP: 0300   Tainted: G        W          "
			   "(5.4.0 Debian 5.4-1)\n",
			   &reports);

	assert_int_equal(oops->kind, KIMG_OOPS_NULL_POINTER);
	assert_int_equal(oops->fault_address, 0x10);
	assert_string_equal(oops->release, "5.4.0");
	assert_string_equal(oops->version, "Debian 5.4-1");
	assert_string_equal(oops->taint, "G        W");
	free_reports(&reports);
}

static void a_panic_tells_the_offset(void **state)
{
	struct reports reports;
	const struct kimg_oops *oops =
		one_report("Kernel panic - not syncing: VFS: Unable to mount root fs on "
			   "unknown-block(0,0)\n"
			   "CPU: 0 PID: 1 Comm: swapper/0 Not tainted 6.1.0 #1 "
			   "0123456789abcdef0123456789abcdef01234567\n"
			   "Call Trace:\n"
			   " dump_stack_lvl+0x44/0x5c\n"
			   " panic+0x118/0x2f4\n"
			   " mount_root_generic+0x12/0x34\n"
			   "Kernel Offset: 0x7a00000 from 0xffffffff81000000\n"
			   "---[ end Kernel panic - not syncing: VFS: Unable to mount ]---\n",
			   &reports);

	assert_int_equal(oops->kind, KIMG_OOPS_PANIC);
	assert_true(oops->has_kernel_offset);
	assert_int_equal(oops->kernel_offset, 0x7a00000);
	assert_string_equal(oops->build_id, "0123456789abcdef0123456789abcdef01234567");
	assert_string_equal(oops->version, "#1");
	assert_string_equal(oops->title,
			    "kernel panic: VFS: Unable to mount root fs in mount_root_generic");
	free_reports(&reports);
}

static void taints_have_meanings(void **state)
{
	struct kimg_oops_taint taint;

	for (unsigned int bit = 0; bit < 20; bit++)
		assert_true(kimg_oops_taint(bit, &taint));
	assert_false(kimg_oops_taint(20, &taint));
	assert_true(kimg_oops_taint(12, &taint));
	assert_int_equal(taint.letter, 'O');
	assert_string_equal(taint.name, "OOT_MODULE");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_name_may_hold_anything),
		cmocka_unit_test(kernels_of_2_6),
		cmocka_unit_test(kernels_of_2_4),
		cmocka_unit_test(modules_over_lines),
		cmocka_unit_test(warning_of_7),
		cmocka_unit_test(kasan_has_blocks),
		cmocka_unit_test(lockdep_has_chains),
		cmocka_unit_test(lockdep_names_the_lock),
		cmocka_unit_test(system_calls_have_titles),
		cmocka_unit_test(messages_that_say_nothing),
		cmocka_unit_test(tasks_of_old_kernels),
		cmocka_unit_test(powerpc_says_it_in_registers),
		cmocka_unit_test(a_panic_tells_the_offset),
		cmocka_unit_test(taints_have_meanings),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
