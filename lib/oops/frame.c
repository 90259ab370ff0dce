/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Code addresses as the kernel writes them. */
#include "oops/lines.h"
#include "oops/scan.h"

/* "[<ffffffff81000000>]" */
static bool scan_address(struct span *text, uint64_t *ret_address)
{
	struct span rest = *text;

	if (!scan_word(&rest, "[<") || !scan_hex(&rest, ret_address, NULL) ||
	    !scan_word(&rest, ">]"))
		return false;
	*text = rest;
	return true;
}

/* "name+0x12/0x34" */
static bool scan_symbol(struct report *report, struct span *text, struct kimg_oops_frame *frame)
{
	struct span rest = *text, name;
	size_t n = 0;

	while (n < rest.n && rest.p[n] != '+' && rest.p[n] > ' ')
		n++;
	name = span_clip(rest, 0, n);
	rest = span_from(rest, n);
	if (n == 0 || !scan_word(&rest, "+") || !scan_hex(&rest, &frame->offset, NULL))
		return false;
	if (scan_word(&rest, "/") && !scan_hex(&rest, &frame->size, NULL))
		return false;
	frame->has_offset = true;
	frame->symbol = report_text(report, name);
	*text = rest;
	return true;
}

/* " [module]" */
static void scan_module(struct report *report, struct span *text, struct kimg_oops_frame *frame)
{
	struct span rest = *text;
	size_t n = 0;

	scan_blanks(&rest);
	if (!scan_word(&rest, "["))
		return;
	while (n < rest.n && rest.p[n] != ']' && rest.p[n] != ' ')
		n++;
	if (n == rest.n)
		return;
	frame->module = report_text(report, span_clip(rest, 0, n));
	*text = span_from(rest, n + 1);
}

bool frame_parse(struct report *report, struct span text, struct kimg_oops_frame *ret_frame,
		 struct span *ret_rest)
{
	struct kimg_oops_frame frame = { 0 };

	scan_blanks(&text);
	frame.has_address = scan_address(&text, &frame.address);
	scan_blanks(&text);
	frame.unreliable = scan_word(&text, "? ");
	if (scan_symbol(report, &text, &frame))
		scan_module(report, &text, &frame);
	else if (!frame.has_address)
		return false;
	*ret_frame = frame;
	*ret_rest = text;
	return true;
}

/* "<TASK>", "</TASK>", "<#DF>" */
static bool take_context(struct report *report, struct span text)
{
	scan_blanks(&text);
	if (text.n < 3 || text.p[0] != '<' || text.p[text.n - 1] != '>')
		return false;
	report->context = text.p[1] == '/' ? NULL
					   : report_text(report, span_clip(text, 1, text.n - 2));
	return true;
}

bool frame_take(struct report *report, struct span text)
{
	struct kimg_oops_frame frame;
	struct span rest;

	if (take_context(report, text))
		return true;
	if (!frame_parse(report, text, &frame, &rest))
		return false;
	report_add_frame(report, &frame);
	return true;
}
