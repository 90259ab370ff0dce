/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the line that tells what happened says besides:
 *
 *   WARNING: CPU: 0 PID: 186 at file.c:54 function+0x2b9/0x6c1 [module]
 *   WARNING: at file.c:54 function+0x2b9/0x6c1 [module]()		before 3.11
 *   WARNING: file.c:54 at function+0x2b9/0x6c1 [module], CPU#0: init/186	from 6.19 on
 *   kernel BUG at file.c:52!
 *   BUG: unable to handle page fault for address: ffff900000000010
 *   BUG: unable to handle kernel NULL pointer dereference at 0000000000000008
 *   Oops: general protection fault, probably for non-canonical address 0xdead4ead00000010: 0000 [#3] SMP
 *   watchdog: BUG: soft lockup - CPU#0 stuck for 7s! [init:132]
 *   INFO: task kc_hung:133 blocked for more than 3 seconds.
 *   BUG: scheduling while atomic: init/133/0x00000002
 *   BUG: KASAN: slab-use-after-free in function+0x12/0x34 [module]
 *   UBSAN: array-index-out-of-bounds in file.c:12:34
 */
#include "oops/header.h"

enum { LONGEST = 1024 };

static void set_cpu(struct report *report, struct span text)
{
	uint64_t cpu;

	if (report->oops.cpu < 0 && scan_decimal(&text, &cpu))
		report->oops.cpu = cpu;
}

static void set_task(struct report *report, struct span comm, struct span pid)
{
	struct kimg_oops *oops = &report->oops;
	uint64_t value;

	scan_blanks(&pid);
	if (oops->pid < 0 && scan_decimal(&pid, &value))
		oops->pid = value;
	comm = text_trim(comm);
	if (!oops->comm && comm.n && comm.n < 64)
		oops->comm = report_text(report, comm);
}

/* "init/186", "kworker/0:1:186": the name may have the byte too. */
static void set_task_by(struct report *report, struct span text, uint8_t byte)
{
	struct span comm;

	if (text_until_last(&text, byte, &comm))
		set_task(report, comm, text);
}

/* "file.c:54" */
static void set_file(struct report *report, struct span text)
{
	struct kimg_oops *oops = &report->oops;
	struct span word = text_word(text), file;
	uint64_t line;
	size_t at;

	if (oops->file || !span_find(word, 0, SPAN_LITERAL(":"), &at) || at == 0)
		return;
	file = span_clip(word, 0, at);
	word = span_from(word, at + 1);
	if (!scan_decimal(&word, &line))
		return;
	oops->file = report_text(report, file);
	oops->file_line = line;
}

static bool is_number(struct span word)
{
	uint64_t value;

	return scan_hex(&word, &value, NULL) && word.n == 0;
}

static bool is_letter(uint8_t c)
{
	return ((c | 0x20) >= 'a' && (c | 0x20) <= 'z') || c == '_';
}

static void set_function(struct report *report, struct span text)
{
	struct report_told *told = &report->told;
	struct kimg_oops_frame frame = { 0 };
	struct span rest, name;
	size_t n = 0;

	scan_blanks(&text);
	if (told->function)
		return;
	if (frame_parse(report, text, &frame, &rest) && frame.symbol) {
		told->function = frame.symbol;
		told->module = frame.module;
		return;
	}
	while (n < text.n && text.p[n] > ' ' && text.p[n] != '+' && text.p[n] != '(')
		n++;
	name = span_clip(text, 0, n);
	if (n && is_letter(name.p[0]) && !is_number(name) && !memchr(name.p, ':', n) &&
	    !memchr(name.p, '/', n))
		told->function = report_text(report, name);
}

static void warning(struct report *report, struct span text)
{
	uint64_t pid;
	struct span at;

	if (scan_word(&text, "CPU: ")) {
		set_cpu(report, text);
		if (text_skip_to(&text, " PID: ") && report->oops.pid < 0 &&
		    scan_decimal(&text, &pid))
			report->oops.pid = pid;
		if (!text_skip_to(&text, " at "))
			return;
		set_file(report, text);
		set_function(report, span_from(text, text_word(text).n));
	} else if (scan_word(&text, "at ")) {
		set_file(report, text);
		set_function(report, span_from(text, text_word(text).n));
	} else if (text_until(&text, " at ", &at)) {
		set_file(report, at);
		set_function(report, text);
		if (!text_skip_to(&text, ", CPU#"))
			return;
		set_cpu(report, text);
		if (text_skip_to(&text, ": "))
			set_task_by(report, text, '/');
	}
}

static void bug_at(struct report *report, struct span text)
{
	set_file(report, text);
}

/* " - CPU#0 stuck for 7s! [init:132]" */
static void soft_lockup(struct report *report, struct span text)
{
	if (!text_skip_to(&text, "CPU#"))
		return;
	set_cpu(report, text);
	if (!text_skip_to(&text, "! [") || !text.n || text.p[text.n - 1] != ']')
		return;
	text.n--;
	set_task_by(report, text, ':');
}

static void hung_task(struct report *report, struct span text)
{
	struct span task;

	if (text_until(&text, " blocked ", &task) || text_until(&text, " is blocked", &task))
		set_task_by(report, task, ':');
}

/* ": init/133/0x00000002" */
static void atomic(struct report *report, struct span text)
{
	struct span task;

	if (text_skip_to(&text, ": ") && text_until_last(&text, '/', &task))
		set_task_by(report, task, '/');
}

/* "file.c:54", "code: init/133" */
static void place(struct report *report, struct span text)
{
	set_file(report, text);
	if (text_skip_to(&text, " code: "))
		set_task_by(report, text, '/');
}

static void in_function(struct report *report, struct span text)
{
	if (text_skip_to(&text, " in "))
		set_function(report, text);
}

static void in_file(struct report *report, struct span text)
{
	if (text_skip_to(&text, " in "))
		set_file(report, text);
}

static void process(struct report *report, struct span text)
{
	struct span comm;

	if (text_skip_to(&text, " process ") && text_until(&text, "  pfn:", &comm))
		set_task(report, comm, (struct span){ 0 });
}

static void on_cpu(struct report *report, struct span text)
{
	if (text_skip_to(&text, "pu ") || text_skip_to(&text, "CPU:") || text_skip_to(&text, "CPU"))
		scan_blanks(&text);
	set_cpu(report, text);
}

static void stack_protector(struct report *report, struct span text)
{
	if (text_skip_to(&text, "corrupted in: "))
		set_function(report, text);
}

static void at_start(struct report *report, struct span text)
{
	set_cpu(report, text);
}

/* What stands behind words that lines start with. */
static const struct {
	const char *words;
	void (*take)(struct report *report, struct span text);
} messages[] = {
	{ "WARNING: ", warning },
	{ "BUG: warning at ", bug_at },
	{ "Badness ", warning },
	{ "kernel BUG at ", bug_at },
	{ "Kernel BUG at ", bug_at },
	{ "watchdog: BUG: soft lockup", soft_lockup },
	{ "NMI watchdog: BUG: soft lockup", soft_lockup },
	{ "BUG: soft lockup", soft_lockup },
	{ "INFO: task ", hung_task },
	{ "BUG: scheduling while atomic", atomic },
	{ "BUG: sleeping function called from invalid context at ", place },
	{ "BUG: using ", place },
	{ "BUG: K", in_function },
	{ "UBSAN: ", in_file },
	{ "BUG: Bad page ", process },
	{ "watchdog: ", on_cpu },
	{ "Watchdog ", on_cpu },
	{ "NMI watchdog: ", on_cpu },
	{ "NMI Watchdog ", on_cpu },
	{ "mce: [Hardware Error]: CPU ", at_start },
	{ "CPU ", at_start },
	{ "Kernel panic", stack_protector },
};

/* "dd invoked oom-killer: ", "kworker/0:1: page allocation failure", "init(1): Oops [#1]" */
static void take_comm(struct report *report, struct span text, enum kimg_oops_kind kind)
{
	struct span comm, rest = text;

	if (kind == KIMG_OOPS_OUT_OF_MEMORY && text_until(&rest, " invoked oom-killer", &comm))
		set_task(report, comm, (struct span){ 0 });
	else if (kind == KIMG_OOPS_ALLOCATION && (text_until(&rest, ": page alloc", &comm) ||
						  text_until(&rest, ": vmalloc", &comm)))
		set_task(report, comm, (struct span){ 0 });
	else if (kind == KIMG_OOPS_OOPS && text_until(&rest, "): ", &comm))
		set_task_by(report, comm, '(');
}

/* Where an address stands in the messages of faults, the more telling words first. */
static const char *const address_words[] = {
	" virtual address ",   "address: ",        " address 0x",  " for address ",
	" access at 0x",       " at 0x",           " on read at ", " on write at ",
	" paging request at ", " dereference at ",
};

static void take_address(struct report *report, struct span text)
{
	struct kimg_oops *oops = &report->oops;

	for (size_t i = 0; i < sizeof(address_words) / sizeof(*address_words); i++) {
		struct span rest = text;
		uint64_t address = 0;
		unsigned int digits = 0;

		if (oops->has_fault_address || !text_skip_to(&rest, address_words[i]))
			continue;
		if (!scan_word(&rest, "(null)") && !scan_word(&rest, "(ptrval)") &&
		    !scan_hex(&rest, &address, &digits))
			continue;
		oops->has_fault_address = true;
		oops->fault_address = address;
	}
}

static bool is_fault(enum kimg_oops_kind kind)
{
	return kind == KIMG_OOPS_PAGE_FAULT || kind == KIMG_OOPS_NULL_POINTER ||
	       kind == KIMG_OOPS_GENERAL_PROTECTION || kind == KIMG_OOPS_MACHINE_CHECK;
}

static void take_count(struct report *report, struct span text)
{
	uint64_t count;

	if (report->oops.count < 0 && text_skip_to(&text, "[#") && scan_decimal(&text, &count))
		report->oops.count = count;
}

void message_take(struct report *report, struct span text, enum kimg_oops_kind kind)
{
	text = span_clip(text, 0, LONGEST);
	take_count(report, text);
	if (is_fault(kind))
		take_address(report, text);
	take_comm(report, text, kind);
	for (size_t i = 0; i < sizeof(messages) / sizeof(*messages); i++) {
		struct span rest = text;

		if (!scan_word(&rest, messages[i].words))
			continue;
		messages[i].take(report, rest);
		return;
	}
}

/* "Read of size 8 at addr ffff888012345678 by task init/123": of KASAN */
static bool more_access(struct report *report, struct span text)
{
	struct kimg_oops *oops = &report->oops;
	bool read = text_starts(text, "Read of size ") || text_starts(text, "Read at addr ");

	if (oops->kind != KIMG_OOPS_KASAN ||
	    (!read && !text_starts(text, "Write of size ") && !text_starts(text, "Write at addr ")))
		return false;
	if (!report->told.access)
		report->told.access = read ? "Read" : "Write";
	if (!oops->has_fault_address && text_skip_to(&text, " at addr "))
		oops->has_fault_address = scan_hex(&text, &oops->fault_address, NULL);
	if (text_skip_to(&text, " by task "))
		set_task_by(report, text, '/');
	return true;
}

static bool starts_lock(struct report *report, struct span text)
{
	static const char *const words[] = {
		" is trying to acquire lock:",       " is trying to acquire:",
		" is trying to release lock ",       " is trying to lock:",
		" is trying to contend lock ",       " is freeing memory ",
		" just changed the state of lock:",  " is leaving the kernel with",
		" is exiting with locks still held",
	};
	struct span task;

	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++) {
		struct span head;

		if (!text_until(&text, words[i], &task))
			continue;
		head = task; /* "init/1 [HC0[0]:SC0[0]:HE0:SE1]" */
		set_task_by(report, text_until(&task, " [", &head) ? head : task, '/');
		return true;
	}
	if (!text_ends(text, " takes:") || !text_until(&text, " [", &task))
		return false;
	set_task_by(report, task, '/');
	return true;
}

/* "6.1.0 #1 Not tainted", "4.10.0 #228 Tainted: G        W": lockdep has the kernel before its taint. */
static bool more_kernel(struct report *report, struct span text)
{
	struct span release = text_word(text);
	size_t at;

	if (release.n == 0 || release.p[0] < '0' || release.p[0] > '9' || !kernel_find(text, &at) ||
	    at <= release.n)
		return false;
	if (!report->oops.release) {
		report->oops.release = report_text(report, release);
		report->oops.version =
			report_text(report, text_trim(span_clip(text, release.n, at - release.n)));
	}
	kernel_take(report, span_from(text, at));
	return true;
}

/*
 * Of lockdep: "init/1 is trying to acquire lock:", then "ffff8880 (&lock){+.+.}-{3:3}, at: function+0x1/0x2"; or
 * "init/1 is trying to release lock (&lock) at:", then "[<ffffffff81234567>] function+0x1/0x2".
 */
static bool more_lock(struct report *report, struct span text)
{
	bool wanted = report->told.lock_follows;

	if (report->oops.kind != KIMG_OOPS_LOCKDEP)
		return false;
	report->told.lock_follows = false;
	if (more_kernel(report, text))
		return true;
	if (starts_lock(report, text)) {
		report->told.lock_follows = true;
		return true;
	}
	if (text_skip_to(&text, ", at: ")) {
		if (wanted)
			set_function(report, text);
		return true;
	}
	if (!wanted)
		return false;
	scan_blanks(&text);
	set_function(report, text);
	return true;
}

/* "in_atomic(): 1, irqs_disabled(): 0, non_block: 0, pid: 1, name: init" */
static bool more_atomic(struct report *report, struct span text)
{
	struct span pid;

	if (!scan_word(&text, "in_atomic(): "))
		return false;
	if (!text_skip_to(&text, " pid: "))
		return true;
	pid = text;
	if (text_skip_to(&text, " name: "))
		set_task(report, text, pid);
	return true;
}

static bool more_caller(struct report *report, struct span text)
{
	struct kimg_oops *oops = &report->oops;

	/* x86 before 4.10: "IP: [<ffffffff810a376f>] function+0x1f/0x280" */
	if (text_starts(text, "IP: ") && !report->told.function) {
		set_function(report, span_from(text, 4));
		return true;
	}
	if (scan_word(&text, "caller is ")) {
		set_function(report, text);
		return true;
	}
	if (scan_word(&text, "Failing address: ") ||
	    (oops->kind == KIMG_OOPS_PAGE_FAULT &&
	     scan_word(&text, "Faulting instruction address: "))) {
		if (!oops->has_fault_address)
			oops->has_fault_address = scan_hex(&text, &oops->fault_address, NULL);
		return true;
	}
	if (oops->kind != KIMG_OOPS_LOCKDEP || !text_has(text, " suspicious rcu_"))
		return false;
	set_file(report, text);
	return true;
}

bool message_more(struct report *report, struct span text)
{
	text = span_clip(text, 0, LONGEST);
	return more_access(report, text) || more_lock(report, text) || more_atomic(report, text) ||
	       more_caller(report, text);
}
