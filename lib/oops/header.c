/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The lines of a report that say where it happened: CPU, process, kernel, hardware, modules. */
#include "oops/lines.h"
#include "oops/scan.h"

static struct span word_of(struct span text)
{
	size_t n = 0;

	while (n < text.n && text.p[n] != ' ')
		n++;
	return span_clip(text, 0, n);
}

/*
 * "CPU: 0 UID: 0 PID: 183 Comm: init Tainted: G           OE      6.12.117 #1  Debian": lib/dump_stack.c,
 * dump_stack_print_info() (6.12); without UID before 6.11.
 */
static bool take_cpu(struct report *report, struct span text)
{
	struct kimg_oops *oops = &report->oops;
	uint64_t cpu, uid, pid;
	size_t at;

	if (!scan_word(&text, "CPU: ") || !scan_decimal(&text, &cpu))
		return false;
	if (scan_word(&text, " UID: ") && scan_decimal(&text, &uid))
		oops->uid = uid;
	if (!scan_word(&text, " PID: ") || !scan_decimal(&text, &pid) ||
	    !scan_word(&text, " Comm: "))
		return false;
	oops->cpu = cpu;
	oops->pid = pid;
	if (span_find(text, 0, SPAN_LITERAL(" Not tainted "), &at)) {
		oops->comm = report_text(report, span_clip(text, 0, at));
		oops->release = report_text(report, word_of(span_from(text, at + 13)));
	} else if (span_find(text, 0, SPAN_LITERAL(" Tainted: "), &at)) {
		oops->comm = report_text(report, span_clip(text, 0, at));
	}
	return true;
}

bool header_take(struct report *report, struct span text)
{
	if (take_cpu(report, text))
		return true;
	if (scan_word(&text, "Hardware name: ")) {
		report->oops.hardware = report_text(report, text);
		return true;
	}
	if (scan_word(&text, "Call Trace:") || scan_word(&text, "Call trace:")) {
		report->in_trace = true;
		return true;
	}
	return false;
}
