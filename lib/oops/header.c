/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The lines of a report that say where it happened: CPU, process, kernel, hardware.
 *
 *   CPU: 0 UID: 0 PID: 183 Comm: init Tainted: G           OE      6.12.117 #1  Debian	6.11 and later
 *   CPU: 0 PID: 116 Comm: init Kdump: loaded Not tainted 5.10.0 #1 Debian		3.10 and later
 *   Pid: 2810, comm: cat Not tainted 2.6.32 #1 HP ProLiant				2.6.24 and later
 *   Pid: 1, comm:              swapper
 *   Process cat (pid: 2810, threadinfo=ec476000 task=f739ead0)			2.4, 2.6, arm, mips, s390
 *   CPU:    0									2.4, 2.6
 *   CPU: 0    Not tainted  (2.6.35 #1)						arm
 *   Hardware name: QEMU Standard PC (i440FX + PIIX, 1996), BIOS 1.16.2 04/01/2014
 *   Workqueue: events kc_work [kcrash]
 *   Kernel Offset: 0x7a00000 from 0xffffffff81000000 (relocation range: ...)
 */
#include "oops/header.h"

struct process {
	uint64_t cpu, uid, pid;
	bool has_cpu, has_uid, has_pid;
	struct span comm;
};

static int64_t known(bool has, uint64_t value)
{
	return has && value <= INT64_MAX ? (int64_t)value : -1;
}

/* Those of the report, unless it is known to be of another process. */
static void set_process(struct report *report, const struct process *process)
{
	struct kimg_oops *oops = &report->oops;
	int64_t pid = known(process->has_pid, process->pid);

	if (oops->pid >= 0 && pid >= 0 && oops->pid != pid)
		return;
	if (oops->pid < 0)
		oops->pid = pid;
	if (oops->cpu < 0)
		oops->cpu = known(process->has_cpu, process->cpu);
	if (oops->uid < 0)
		oops->uid = known(process->has_uid, process->uid);
	if (!oops->comm && process->comm.n)
		oops->comm = report_text(report, process->comm);
}

/* Those of the stack that follows, where there was one already. */
static void set_block(struct report *report, const struct process *process)
{
	struct kimg_oops_block *block;

	if (report->oops.block_count == 0)
		return;
	block = block_begin(report, NULL);
	if (!block || block->pid >= 0)
		return;
	block->cpu = known(process->has_cpu, process->cpu);
	block->pid = known(process->has_pid, process->pid);
	if (process->comm.n)
		block->comm = report_text(report, process->comm);
}

/* "init Kdump: loaded Not tainted 5.10.0": the name may hold anything. */
static void scan_comm(struct report *report, struct span text, struct process *process)
{
	size_t at = text.n;

	if (kernel_find(text, &at))
		kernel_take(report, span_from(text, at));
	process->comm = text_trim(span_clip(text, 0, at));
	if (text_ends(process->comm, " Kdump: loaded"))
		process->comm.n -= sizeof(" Kdump: loaded") - 1;
}

/* dump_stack_print_info() of lib/dump_stack.c; without UID before 6.11. */
static bool take_cpu(struct report *report, struct span text)
{
	struct process process = { .has_cpu = true };

	if (!scan_word(&text, "CPU: ") || !scan_decimal(&text, &process.cpu))
		return false;
	process.has_uid = scan_word(&text, " UID: ") && scan_decimal(&text, &process.uid);
	process.has_pid = scan_word(&text, " PID: ") && scan_decimal(&text, &process.pid);
	if (!process.has_pid || !scan_word(&text, " Comm: "))
		return false;
	scan_comm(report, text, &process);
	set_process(report, &process);
	set_block(report, &process);
	return true;
}

static bool take_pid(struct report *report, struct span text)
{
	struct process process = { .has_pid = true };

	if (!scan_word(&text, "Pid: ") || !scan_decimal(&text, &process.pid) ||
	    !scan_word(&text, ", comm:"))
		return false;
	scan_comm(report, text, &process);
	set_process(report, &process);
	set_block(report, &process);
	return true;
}

static bool take_process(struct report *report, struct span text)
{
	struct process process = { .has_pid = true };

	if (!scan_word(&text, "Process ") || !text_until(&text, " (pid: ", &process.comm))
		return false;
	scan_blanks(&text);
	if (!scan_decimal(&text, &process.pid))
		return false;
	set_process(report, &process);
	return true;
}

/* "CPU:    0", "CPU: 0    Not tainted  (2.6.35 #1)" */
static bool take_old_cpu(struct report *report, struct span text)
{
	struct process process = { .has_cpu = true };

	if (!scan_word(&text, "CPU:"))
		return false;
	scan_blanks(&text);
	if (!scan_decimal(&text, &process.cpu))
		return false;
	scan_blanks(&text);
	if (text.n && !kernel_take(report, text))
		return false;
	set_process(report, &process);
	return true;
}

/* "  0x0 (rcu_gp)": nothing runs. Each task of a dump has its own. */
static void take_workqueue(struct report *report, struct span text)
{
	text = text_trim(text);
	if (report->oops.workqueue || text_starts(text, "0x0 ") ||
	    report->oops.kind == KIMG_OOPS_SYSRQ)
		return;
	report->oops.workqueue = report_text(report, text);
}

static void take_offset(struct report *report, struct span text)
{
	struct kimg_oops *oops = &report->oops;
	uint64_t offset = 0;

	if (!scan_word(&text, "disabled") && !scan_hex(&text, &offset, NULL))
		return;
	oops->has_kernel_offset = true;
	oops->kernel_offset = offset;
}

static bool take_name(struct report *report, struct span text)
{
	if (scan_word(&text, "Hardware name:")) {
		text = text_trim(text);
		if (!report->oops.hardware && text.n)
			report->oops.hardware = report_text(report, text);
		return true;
	}
	if (scan_word(&text, "Workqueue: ")) {
		take_workqueue(report, text);
		return true;
	}
	if (scan_word(&text, "Kernel Offset: ")) {
		take_offset(report, text);
		return true;
	}
	return false;
}

bool header_take(struct report *report, struct span text)
{
	struct span bare = text_trim(text);

	if (text.n == 0)
		return false;
	kernel_peek(report, text);
	if (modules_take(report, text) || take_cpu(report, text) || take_pid(report, text) ||
	    take_process(report, text) || take_old_cpu(report, text) || take_name(report, text) ||
	    headings_take(report, text) || message_more(report, text))
		return true;
	/* "      Tainted: G   OE  6.1.0 #1": of a hung task. "Tainted: [O]=OOT_MODULE" says it again. */
	if (bare.p != text.p && kernel_take(report, bare))
		return true;
	if (text_starts(text, "Tainted: ["))
		return true;
	return trace_begin(report, text, NULL);
}
