/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Code addresses and lines of traces, as the kernel writes them:
 *
 *	 name+0x12/0x34 [module 0123abcd] (P)		x86 from 4.10 on, arm64; "(P)": of an exception's state
 *	 ? name+0x12/0x34				x86: left on the stack
 *	 0xffffffff81000000				no name is known
 *	 [<ffffffff81000000>] ? name+0x12/0x34		most, x86 up to 4.9
 *	([<000003ffe0112a3c>] name+0x12/0x34)		s390: guessed
 *	 name [module] from caller+0x12/0x34 [module]	arm from 5.13 on: the frame is the caller
 *	[<c0012345>] (name) from [<c0023456>] (caller+0x12/0x34)	arm
 *	Function entered at [<c0012345>] from [<c0023456>]	arm without names
 *	[c00000000476fa90] [c000000000010b50] name+0x80/0x3b0 (unreliable)	ppc: stack pointer, address
 *	Caller[00000000005a1234]: name+0x12/0x34	sparc: the address is that of the call
 *	[f0012345 : name+0x12/0x34 ]			sparc, 32 bit
 *	[<c0121d83>] [<c012f8e0>]			2.4, several on a line
 *	[<c0121d83>] name [module] 0x63 (0xc9c6de94)	2.4 of Red Hat
 *	[name+99/432] [module:name+0x63/0x1b0]		klogd put the names in place of the addresses
 *	<ffffffff8013dd2e>{name+78}			x86-64 up to 2.6.17, decimal
 *	 <IRQ>, </IRQ>, <EOI>, <<EOE>>, <#DF>		the stack that the frames lie on
 */
#include "oops/arch.h"

bool scan_address(struct span *text, uint64_t *ret_address, unsigned int *ret_digits)
{
	struct span rest = *text;

	if (!scan_word(&rest, "[<") || !scan_hex(&rest, ret_address, ret_digits) ||
	    !scan_word(&rest, ">]"))
		return false;
	*text = rest;
	return true;
}

static bool is_name(uint8_t c)
{
	return (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z') ||
	       (c && strchr("_.$@:-~<>", c));
}

static bool scan_name(struct span *text, struct span *ret_name)
{
	size_t n = 0;

	while (n < text->n && is_name(text->p[n]))
		n++;
	if (n == 0 || (text->p[0] >= '0' && text->p[0] <= '9'))
		return false;
	*ret_name = span_clip(*text, 0, n);
	*text = span_from(*text, n);
	return true;
}

/* Hexadecimal with 0x; else decimal, as klogd and old kernels have it. */
static bool scan_number(struct span *text, uint64_t *ret_value)
{
	return starts(*text, "0x") ? scan_hex(text, ret_value, NULL)
				   : scan_decimal(text, ret_value);
}

/* " [module]", " [module 0123abcd]" */
static void scan_module(struct report *report, struct span *text, struct kimg_oops_frame *frame)
{
	struct span rest = *text, name, id;
	size_t n = 0;

	scan_blanks(&rest);
	if (!scan_word(&rest, "[") || !scan_name(&rest, &name))
		return;
	scan_blanks(&rest);
	while (n < rest.n && rest.p[n] != ']' && rest.p[n] != ' ')
		n++;
	id = span_clip(rest, 0, n);
	rest = span_from(rest, n);
	if (!scan_word(&rest, "]"))
		return;
	frame->module = report_text(report, name);
	if (id.n)
		frame->module_build_id = report_text(report, id);
	*text = rest;
}

/* "name [kernel] 0x3b" */
static bool scan_red_hat(struct report *report, struct span *text, struct kimg_oops_frame *frame)
{
	struct kimg_oops_frame found = *frame;
	struct span rest = *text, name;

	if (!scan_name(&rest, &name))
		return false;
	scan_module(report, &rest, &found);
	if (!found.module || !scan_word(&rest, " 0x") || !scan_hex(&rest, &found.offset, NULL))
		return false;
	if (strcmp(found.module, "kernel") == 0)
		found.module = NULL;
	found.has_offset = true;
	found.symbol = report_text(report, name);
	*frame = found;
	*text = rest;
	return true;
}

/* "name+0x12/0x34" */
static bool scan_symbol(struct report *report, struct span *text, struct kimg_oops_frame *frame)
{
	struct span rest = *text, name;
	uint64_t offset, size = 0;

	if (!scan_name(&rest, &name) || !scan_word(&rest, "+") || !scan_number(&rest, &offset))
		return false;
	if (scan_word(&rest, "/") && !scan_number(&rest, &size))
		return false;
	frame->has_offset = true;
	frame->offset = offset;
	frame->size = size;
	frame->symbol = report_text(report, name);
	*text = rest;
	return true;
}

bool frame_scan(struct report *report, struct span *text, struct kimg_oops_frame *frame)
{
	struct span rest = *text;
	unsigned int digits;
	uint64_t address;

	scan_blanks(&rest);
	if (scan_symbol(report, &rest, frame)) {
		scan_module(report, &rest, frame);
	} else if (!scan_red_hat(report, &rest, frame)) {
		if (!starts(rest, "0x") || !scan_hex(&rest, &address, &digits) ||
		    (rest.n && rest.p[0] > ' ' && rest.p[0] != ')' && rest.p[0] != '>'))
			return false;
		frame->has_address = true;
		frame->address = address;
	}
	*text = rest;
	return true;
}

/* " (P)", " (unreliable)", " (0xc9c6de94)"; ppc: " (name+0x1/0x2)", the caller that a tracer hid */
static void scan_suffix(struct report *report, struct span *text, struct kimg_oops_frame *frame)
{
	struct kimg_oops_frame hidden = { 0 };
	struct span rest = *text, word;
	size_t n = 0;

	scan_blanks(&rest);
	if (!scan_word(&rest, "("))
		return;
	while (n < rest.n && rest.p[n] != ')')
		n++;
	if (n == rest.n)
		return;
	word = span_clip(rest, 0, n);
	*text = span_from(rest, n + 1);
	if (span_equal(word, SPAN_LITERAL("unreliable")) || span_equal(word, SPAN_LITERAL("U"))) {
		frame->unreliable = true;
	} else if (n <= 4 && memchr(word.p, 'P', n)) {
		frame->exact = true;
	} else if (frame_scan(report, &word, &hidden) && hidden.symbol) {
		hidden.unreliable = frame->unreliable;
		*frame = hidden;
	}
}

/* "<ffffffff8013dd2e>{name+78}", "<ffffffffa0012345>{:module:name+78}" */
static bool scan_braces(struct report *report, struct span *text, struct kimg_oops_frame *frame)
{
	struct span rest = *text, module = { 0 };
	size_t n = 0;

	if (!scan_word(&rest, "<") || !scan_hex(&rest, &frame->address, NULL) ||
	    !scan_word(&rest, ">{"))
		return false;
	if (scan_word(&rest, ":")) {
		while (n < rest.n && rest.p[n] != ':' && rest.p[n] != '}')
			n++;
		module = span_clip(rest, 0, n);
		rest = span_from(rest, n + 1);
	}
	if (!scan_symbol(report, &rest, frame) || !scan_word(&rest, "}"))
		return false;
	frame->has_address = true;
	if (module.n)
		frame->module = report_text(report, module);
	*text = rest;
	return true;
}

/* "[name+99/432]", "[module:name+0x63/0x1b0]" */
static bool scan_klogd(struct report *report, struct span *text, struct kimg_oops_frame *frame)
{
	struct span rest = *text, name;
	const char *colon;

	if (!scan_word(&rest, "[") || !scan_symbol(report, &rest, frame) || !scan_word(&rest, "]"))
		return false;
	*text = rest;
	colon = frame->symbol ? strchr(frame->symbol, ':') : NULL;
	if (colon && colon != frame->symbol) {
		name = span_of(frame->symbol, colon - frame->symbol);
		frame->module = report_text(report, name);
		frame->symbol = colon + 1;
	}
	return true;
}

/* "Caller[00000000005a1234]: name+0x1/0x2", "[f0012345 : name+0x1/0x2 ]" */
static bool scan_sparc(struct report *report, struct span *text, struct kimg_oops_frame *frame)
{
	struct span rest = *text;
	bool caller = scan_word(&rest, "Caller[");

	if (!caller && !scan_word(&rest, "["))
		return false;
	if (!scan_hex(&rest, &frame->address, NULL) || !scan_word(&rest, caller ? "]: " : " : "))
		return false;
	frame->has_address = true;
	frame_scan(report, &rest, frame);
	if (!caller && !scan_word(&rest, " ]"))
		return false;
	frame->exact = true;
	*text = rest;
	return true;
}

/* "[c00000000476fa90] [c000000000010b50] name+0x80/0x3b0", and with one bracket alone in sparc64 of 2.6 */
static bool scan_square(struct report *report, struct span *text, struct kimg_oops_frame *frame)
{
	struct span rest = *text, next;
	unsigned int digits;
	uint64_t address;

	if (!scan_word(&rest, "[") || !scan_hex(&rest, &address, &digits) || digits < 8 ||
	    !scan_word(&rest, "] "))
		return false;
	next = rest;
	if (scan_word(&next, "[") && scan_hex(&next, &address, &digits) && scan_word(&next, "]"))
		rest = next;
	frame->has_address = true;
	frame->address = address;
	frame_scan(report, &rest, frame);
	frame->address = address;
	*text = rest;
	return true;
}

/* "[<ffffffff81000000>] ? name+0x12/0x34 [module]": the address, the name, or both. */
static bool scan_plain(struct report *report, struct span *text, struct kimg_oops_frame *frame)
{
	struct span rest = *text;
	uint64_t address;

	frame->has_address = scan_address(&rest, &frame->address, NULL);
	address = frame->address;
	scan_blanks(&rest);
	frame->unreliable = scan_word(&rest, "? ");
	if (!frame_scan(report, &rest, frame)) {
		if (!frame->has_address)
			return false;
	} else if (address) {
		frame->address = address;
	}
	*text = rest;
	return true;
}

bool frame_parse(struct report *report, struct span text, struct kimg_oops_frame *ret_frame,
		 struct span *ret_rest)
{
	static bool (*const forms[])(struct report *, struct span *, struct kimg_oops_frame *) = {
		scan_plain, scan_klogd, scan_square, scan_sparc, scan_braces,
	};

	scan_blanks(&text);
	for (size_t i = 0; i < sizeof(forms) / sizeof(*forms); i++) {
		struct kimg_oops_frame frame = { 0 };

		if (!forms[i](report, &text, &frame))
			continue;
		scan_suffix(report, &text, &frame);
		*ret_frame = frame;
		*ret_rest = text;
		return true;
	}
	return false;
}

/* "kernel/workqueue.c:2096", "fs/open.c:12 (discriminator 3)": a log that was decoded already */
static bool is_source(struct span text)
{
	size_t n = 0;
	uint64_t line;

	while (n < text.n && text.p[n] > ' ' && text.p[n] != ':')
		n++;
	text = span_from(text, n);
	return n && scan_word(&text, ":") && scan_decimal(&text, &line) &&
	       (text.n == 0 || text.p[0] == ' ' || text.p[0] == ':');
}

bool frame_is_bare(struct span text)
{
	uint64_t number;
	struct span name;

	if (!starts(text, " "))
		return false;
	scan_blanks(&text);
	scan_word(&text, "? ");
	if (!scan_name(&text, &name) || !scan_word(&text, "+") || !starts(text, "0x") ||
	    !scan_hex(&text, &number, NULL) || !starts(text, "/0x") || !scan_word(&text, "/") ||
	    !scan_hex(&text, &number, NULL))
		return false;
	text = without_blanks(text);
	return text.n == 0 || text.p[0] == '[' || text.p[0] == '(' || is_source(text);
}

/* "<TASK>", "</TASK>", "<#DF>", "<<EOE>>"; "<EOI>" and "<EOE>" lead back to the stack before. */
static bool scan_context(struct report *report, struct span *text)
{
	struct span rest = *text, name;
	bool ends;
	size_t n = 0;

	scan_blanks(&rest);
	if (!scan_word(&rest, "<"))
		return false;
	scan_word(&rest, "<");
	ends = scan_word(&rest, "/");
	while (n < rest.n && n < 32 && rest.p[n] != '>')
		n++;
	name = span_clip(rest, 0, n);
	rest = span_from(rest, n);
	if (n < 2 || (name.p[0] != '#' && (name.p[0] < 'A' || name.p[0] > 'Z')) ||
	    !scan_word(&rest, ">"))
		return false;
	scan_word(&rest, ">");
	if (ends || span_equal(name, SPAN_LITERAL("EOI")) || span_equal(name, SPAN_LITERAL("EOE")))
		report->context = NULL;
	else
		report->context = report_text(report, name);
	*text = rest;
	return true;
}

/* The caller behind " from ": "caller+0x1/0x2 [module]", "[<c0023456>] (caller+0x1/0x2)" */
static bool take_from(struct report *report, struct span text)
{
	struct kimg_oops_frame frame = { 0 };
	struct span rest, name;

	if (!scan_after(text, " from ", &rest) || rest.n == 0)
		return false;
	scan_blanks(&text);
	if (!starts(text, "[<") && !starts(text, "Function entered at [<") &&
	    (!scan_name(&text, &name) || (!starts(text, " from ") && !starts(text, " ["))))
		return false;
	frame.has_address = scan_address(&rest, &frame.address, NULL);
	scan_blanks(&rest);
	scan_word(&rest, "(");
	if (!frame_scan(report, &rest, &frame) && !frame.has_address)
		return false;
	report_add_frame(report, &frame);
	return true;
}

/* "([<000003ffe0112a3c>] name+0x12/0x34)" */
static bool take_guess(struct report *report, struct span text)
{
	struct kimg_oops_frame frame;
	struct span rest;

	scan_blanks(&text);
	if (!scan_word(&text, "(") || !starts(text, "[<") ||
	    !frame_parse(report, text, &frame, &rest))
		return false;
	frame.unreliable = true;
	report_add_frame(report, &frame);
	return true;
}

bool frame_take(struct report *report, struct span text)
{
	struct kimg_oops_frame frame;
	bool any = false;

	if (take_from(report, text) || take_guess(report, text))
		return true;
	for (;;) {
		struct span rest = text;

		if (scan_context(report, &rest)) {
			any = true;
		} else if (frame_parse(report, text, &frame, &rest)) {
			/* words behind a bare name: a message, no frame */
			if (!frame.has_address && without_blanks(rest).n &&
			    !starts(without_blanks(text), "[") &&
			    !starts(without_blanks(rest), "<") && !is_source(without_blanks(rest)))
				return any;
			report_add_frame(report, &frame);
			any = true;
		} else {
			return any;
		}
		text = rest;
	}
}

bool trace_begin(struct report *report, struct span text, const char *title)
{
	static const char *const headings[] = { "Call Trace:", "Call trace:", "Call backtrace:",
						"Backtrace:",  "Trace:",      "stack backtrace:" };
	struct kimg_oops_block *block;

	scan_blanks(&text);
	for (size_t i = 0; i < sizeof(headings) / sizeof(*headings); i++) {
		struct span rest = text;

		if (!scan_word(&rest, headings[i]))
			continue;
		block = report_block(report);
		if (block && block->frame_count)
			block = report_open_block(report, NULL);
		if (block && !block->title)
			block->title = title ? title : "Call Trace";
		report->context = NULL;
		report->in_trace = true;
		report->follows = 0;
		frame_take(report, rest);
		return true;
	}
	return false;
}
