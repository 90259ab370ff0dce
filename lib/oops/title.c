/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The title of a report: what happened, and in which function. */
#include "oops/title.h"

#include "base/buf.h"
#include "oops/header.h"

enum { LONGEST = 160 };

static const char *const fixed[KIMG_OOPS_KINDS] = {
	[KIMG_OOPS_OOPS] = "Oops",
	[KIMG_OOPS_WARNING] = "WARNING",
	[KIMG_OOPS_PAGE_FAULT] = "BUG: unable to handle page fault",
	[KIMG_OOPS_NULL_POINTER] = "BUG: kernel NULL pointer dereference",
	[KIMG_OOPS_GENERAL_PROTECTION] = "general protection fault",
	[KIMG_OOPS_DIVIDE_ERROR] = "divide error",
	[KIMG_OOPS_INVALID_OPCODE] = "invalid opcode",
	[KIMG_OOPS_STACK_OVERFLOW] = "kernel stack overflow",
	[KIMG_OOPS_DOUBLE_FAULT] = "double fault",
	[KIMG_OOPS_HUNG_TASK] = "INFO: task hung",
	[KIMG_OOPS_SOFT_LOCKUP] = "BUG: soft lockup",
	[KIMG_OOPS_HARD_LOCKUP] = "hard LOCKUP",
	[KIMG_OOPS_RCU_STALL] = "INFO: rcu detected stall",
	[KIMG_OOPS_LIST_CORRUPTION] = "BUG: corrupted list",
	[KIMG_OOPS_REFCOUNT] = "WARNING: refcount bug",
	[KIMG_OOPS_ALLOCATION] = "page allocation failure",
	[KIMG_OOPS_OUT_OF_MEMORY] = "out of memory",
	[KIMG_OOPS_MACHINE_CHECK] = "machine check",
	[KIMG_OOPS_USERCOPY] = "BUG: bad usercopy",
	[KIMG_OOPS_WORKQUEUE] = "BUG: workqueue lockup",
	[KIMG_OOPS_IRQ] = "irq: nobody cared",
	[KIMG_OOPS_NMI] = "NMI for unknown reason",
	[KIMG_OOPS_DUMP] = "stack dump",
};

/* Parts of lockdep's headers, and what they are called. */
static const struct {
	const char *words, *what;
} locks[] = {
	{ "ossible circular locking", "possible deadlock" },
	{ "ossible recursive locking", "possible deadlock" },
	{ "ossible irq lock inversion", "possible deadlock" },
	{ "lock order detected", "possible deadlock" },
	{ "nconsistent lock state", "inconsistent lock state" },
	{ "uspicious RCU usage", "suspicious RCU usage" },
	{ "bad unlock balance", "bad unlock balance" },
	{ "bad contention", "bad lock contention" },
	{ "ested lock was not taken", "nested lock was not taken" },
	{ "held lock freed", "held lock freed" },
	{ "still has locks held", "lock held at exit" },
	{ "lock held at task exit", "lock held at exit" },
	{ "lock held when returning", "lock held when returning to user space" },
	{ "non-static key", "INFO: trying to register non-static key" },
	{ "nvalid wait context", "invalid wait context" },
	{ "DEBUG_LOCKS_WARN_ON", "WARNING: locking bug" },
};

/* Words that nothing follows any more. */
static const char *const linking[] = { " on", " at", " in", " for", " of" };

/* The words of a message up to where it becomes that of one machine: numbers, names, punctuation. */
static struct span words_until(struct span text, bool colon)
{
	size_t end = 0;

	for (size_t i = 0; i <= text.n && i < LONGEST; i++) {
		uint8_t c = i < text.n ? text.p[i] : ' ';

		if (c == ' ')
			end = i;
		if ((c >= '0' && c <= '9') || c == ',' || c == '(' || c == '[' || c == '/')
			break;
		if (colon && c == ':' && i + 1 < text.n && text.p[i + 1] == ' ') {
			end = i;
			break;
		}
	}
	text = text_trim(span_clip(text, 0, end));
	for (size_t i = 0; i < sizeof(linking) / sizeof(*linking); i++)
		if (text_ends(text, linking[i]))
			text.n -= strlen(linking[i]);
	return text;
}

static struct span common_words(struct span text)
{
	return words_until(text, true);
}

static void add_span(struct buf *out, struct span text)
{
	for (size_t i = 0; i < text.n && i < LONGEST; i++)
		buf_putc(out, text.p[i] < ' ' ? ' ' : (char)text.p[i]);
}

/* "BUG: KASAN: slab-use-after-free in f" is "KASAN: slab-use-after-free Read" */
static void what_checker(struct report *report, struct span message, struct buf *out)
{
	struct span type = message;

	scan_word(&message, "BUG: ");
	type = message;
	text_until(&message, " in ", &type);
	add_span(out, type);
	if (report->told.access)
		buf_printf(out, " %s", report->told.access);
}

static void what_lock(struct span message, struct buf *out)
{
	for (size_t i = 0; i < sizeof(locks) / sizeof(*locks); i++) {
		if (text_has(message, locks[i].words)) {
			buf_puts(out, locks[i].what);
			return;
		}
	}
	if (scan_word(&message, "[ ") && text_ends(message, " ]"))
		message.n -= 2;
	if (!scan_word(&message, "WARNING: ") && !scan_word(&message, "INFO: "))
		scan_word(&message, "BUG: ");
	add_span(out, common_words(message));
}

/* "kernel BUG at file:line!" has a function; other messages name the bug. */
static void what_bug(struct span message, struct buf *out)
{
	if (scan_word(&message, "BUG: ")) {
		buf_puts(out, "BUG: ");
		add_span(out, common_words(message));
		return;
	}
	buf_puts(out, "kernel BUG");
}

static void what_panic(struct span message, struct buf *out)
{
	struct span common;

	if (!text_skip_to(&message, "not syncing: "))
		text_skip_to(&message, "panic: ");
	buf_puts(out, "kernel panic: ");
	if (text_has(message, "tack is corrupted in")) {
		buf_puts(out, "stack is corrupted");
		return;
	}
	if (text_starts(message, "Attempted to kill init!")) {
		buf_puts(out, "Attempted to kill init!");
		return;
	}
	common = words_until(message, false);
	add_span(out, common.n > 4 ? common : message);
}

/* "BUG kmalloc-64 (Tainted: G    B): Redzone overwritten" */
static void what_slab(struct span message, struct buf *out)
{
	struct span head = message, tail = message;

	if (!scan_word(&message, "BUG ") || !text_until_last(&tail, ':', &head)) {
		add_span(out, common_words(message));
		return;
	}
	buf_puts(out, "BUG ");
	add_span(out,
		 common_words(text_word(message)).n ? text_word(message) : common_words(message));
	buf_puts(out, ": ");
	add_span(out, text_trim(tail));
}

static void what_sysrq(struct span message, struct buf *out)
{
	text_skip_to(&message, ": ");
	text_skip_to(&message, ": ");
	buf_puts(out, "sysrq: ");
	add_span(out, text_trim(message));
}

/* "BUG: Bad page state in process init  pfn:12345", "BUG: scheduling while atomic: init/133/0x00000002" */
static void what_said(struct span message, struct buf *out)
{
	struct span head;

	if (scan_word(&message, "BUG: using ") && text_until(&message, " in preemptible", &head)) {
		buf_puts(out, "BUG: using ");
		add_span(out, head);
		buf_puts(out, " in preemptible code");
	} else if (text_until(&message, " in process", &head) ||
		   text_until(&message, " from invalid context", &head)) {
		add_span(out, head);
	} else if (scan_word(&message, "BUG: ")) {
		buf_puts(out, "BUG: ");
		add_span(out, common_words(message));
	} else {
		add_span(out, common_words(message));
	}
}

const char *title_what(struct report *report)
{
	cleanup_buf struct buf out = { 0 };
	const struct kimg_oops *oops = &report->oops;
	struct span message = span_of(oops->message, oops->message ? strlen(oops->message) : 0);

	message = span_clip(message, 0, 1024);
	switch (oops->kind) {
	case KIMG_OOPS_BUG:
		what_bug(message, &out);
		break;
	case KIMG_OOPS_PANIC:
		what_panic(message, &out);
		break;
	case KIMG_OOPS_KASAN:
	case KIMG_OOPS_KFENCE:
	case KIMG_OOPS_KMSAN:
	case KIMG_OOPS_KCSAN:
	case KIMG_OOPS_UBSAN:
		what_checker(report, message, &out);
		break;
	case KIMG_OOPS_LOCKDEP:
		what_lock(message, &out);
		break;
	case KIMG_OOPS_SLAB:
		what_slab(message, &out);
		break;
	case KIMG_OOPS_BAD_PAGE:
	case KIMG_OOPS_ATOMIC:
		what_said(message, &out);
		break;
	case KIMG_OOPS_SYSRQ:
		what_sysrq(message, &out);
		break;
	default:
		buf_puts(&out, fixed[oops->kind] ? fixed[oops->kind] : "Oops");
	}
	if (out.n == 0)
		buf_puts(&out, "Oops");
	if (out.failed) {
		report->failed = true;
		return NULL;
	}
	return report_text(report, buf_span(&out));
}

/* The message knows better than the trace where a checker names the function, unless that one works for others. */
static bool named(const struct report *report, struct span *ret_name)
{
	struct span name;

	if (!report->told.function)
		return false;
	name = title_normal(report->told.function);
	if (name.n == 0 || title_is_helper(name))
		return false;
	*ret_name = name;
	return true;
}

static bool has_no_function(enum kimg_oops_kind kind)
{
	return kind == KIMG_OOPS_SYSRQ || kind == KIMG_OOPS_IRQ || kind == KIMG_OOPS_NMI ||
	       kind == KIMG_OOPS_WORKQUEUE;
}

/* "KCSAN: data-race in f / g" */
static bool take_race(struct report *report, struct buf *out)
{
	const struct kimg_oops *oops = &report->oops;
	const char *in = oops->kind == KIMG_OOPS_KCSAN && oops->message
				 ? strstr(oops->message, " in ")
				 : NULL;

	if (!in || !strstr(in, " / "))
		return false;
	add_span(out, span_of(in, strlen(in)));
	return true;
}

void title_make(struct report *report, const char *what)
{
	struct kimg_oops *oops = &report->oops;
	cleanup_buf struct buf out = { 0 };
	struct title_function function;
	struct span name;

	buf_puts(&out, what);
	if (has_no_function(oops->kind) ||
	    strcmp(what, "kernel panic: Attempted to kill init!") == 0)
		name = (struct span){ 0 };
	else if (take_race(report, &out))
		name = (struct span){ 0 };
	else if (!named(report, &name))
		name = title_functions(report, &function, 1) ? function.name : (struct span){ 0 };
	if (name.n) {
		buf_puts(&out, " in ");
		add_span(&out, name);
	} else if (oops->kind == KIMG_OOPS_BUG && oops->file && strcmp(what, "kernel BUG") == 0) {
		buf_printf(&out, " at %s:%u", oops->file, oops->file_line);
	}
	if (out.failed)
		report->failed = true;
	else
		oops->title = report_text(report, buf_span(&out));
}
