/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reports of s390, 31 and 64 bit: arch/s390/kernel/dumpstack.c and dis.c (6.12).
 *
 *	Krnl PSW : 0704d00180000000 000003ff7e9cf2ee (name+0x6/0x28 [module])	"User PSW" of a program
 *	           R:0 T:1 IO:1 EX:1 Key:0 M:1 W:0 P:0 AS:3 CC:1 PM:0 RI:0 EA:3
 *	Krnl GPRS: 0000000000000000 000003ff7e9d3018 ...	four on a line, 16 in all
 *	           0000000000000000 ...
 *	Krnl Code: 000003ff7e9cf2de: c0e5... brasl %r14,...	'#': the instruction before that at the
 *	          >000003ff7e9cf2ee: e310...			program counter, which has '>'
 *	Call Trace:
 *	 [<000003ff7e9cf2ee>] name+0x6/0x28 [module]
 *	([<000003ff7e9cf2e0>] name+0x6/0x28 [module])	guessed
 *	Last Breaking-Event-Address:
 *	 [<000003ff7e9cf31c>] name+0xc/0x30 [module]
 */
#include <stdio.h>

#include "oops/arch.h"

enum { FOLLOWS_REGISTERS = 1, FOLLOWS_CODE, FOLLOWS_EVENT };
enum { MOST_LISTING = 16 };

static bool scan_mode(struct span *text, bool *ret_user)
{
	*ret_user = starts(*text, "User ");
	return *ret_user ? scan_word(text, "User ") : scan_word(text, "Krnl ");
}

static bool claims(struct span text)
{
	bool user;

	if (starts(text, "Last Breaking-Event-Address:") || starts(text, "Kernel BackChain"))
		return true;
	return scan_mode(&text, &user) && (starts(text, "PSW : ") || starts(text, "GPRS: ") ||
					   starts(text, "Code: ") || starts(text, "ACRS: "));
}

/* The topmost bit of addresses of 31 bits is the addressing mode. */
static bool take_psw(struct report *report, struct span text)
{
	struct kimg_oops_frame frame = { 0 };
	uint64_t mask, address;
	unsigned int digits;
	bool user;

	if (!scan_mode(&text, &user) || !scan_word(&text, "PSW : ") ||
	    !scan_hex(&text, &mask, &digits) || !scan_word(&text, " ") ||
	    !scan_hex(&text, &address, NULL))
		return false;
	state_bits(report, digits);
	if (digits == 8)
		address &= 0x7fffffff;
	state_begin(report);
	if (scan_word(&text, " ("))
		frame_scan(report, &text, &frame);
	frame.has_address = true;
	frame.address = address;
	state_pc(report, &frame);
	/* the problem state is bit 15 of the mask, counted from the left */
	state_user(report, user || (mask >> (digits == 8 ? 16 : 48) & 1));
	report_add_register(report, SPAN_LITERAL("psw_mask"), mask, digits == 8 ? 32 : 64);
	report_add_register(report, SPAN_LITERAL("psw_addr"), address, digits == 8 ? 32 : 64);
	return true;
}

static bool take_registers(struct report *report, struct span text)
{
	const struct kimg_oops_block *block = state_current(report);
	struct span rest = text;
	unsigned int first = 0;
	bool user;

	if (scan_mode(&rest, &user) && scan_word(&rest, "GPRS: ")) {
		report->follows = FOLLOWS_REGISTERS;
		return registers_row(report, rest, "r", 1, 0, 16) != 0;
	}
	if (report->follows != FOLLOWS_REGISTERS || !block || !is_hex_words(text))
		return false;
	for (size_t i = 0; i < block->register_count; i++)
		first += block->registers[i].name && block->registers[i].name[0] == 'r';
	return first < 16 && registers_row(report, text, "r", 1, first, 16 - first) != 0;
}

static size_t lines_of(const char *listing)
{
	size_t n = 0;

	for (; listing && *listing; listing++)
		n += *listing == '\n';
	return n;
}

/* ">000003ff7e9cf2ee: e31030000004\tlg\t%r1,0(%r3)": one line of what the kernel disassembled */
static void add_listing(struct report *report, struct kimg_oops_block *block, struct span text)
{
	struct kimg_oops_code *code = &block->code;
	const char *line = report_text(report, text);

	if (!line)
		return;
	block->has_code = true;
	if (!code->listing) {
		code->line = report->line;
		code->listing = line;
	} else if (lines_of(code->listing) < MOST_LISTING) {
		code->listing = report_format(report, "%s\n%s", code->listing, line);
	}
}

/* The bytes behind the address follow those of the line before. */
static void add_bytes(struct report *report, struct kimg_oops_block *block, struct span text)
{
	struct kimg_oops_code *code = &block->code;
	bool trap = scan_word(&text, ">");
	uint8_t bytes[6], *all;
	bool *known;
	size_t n = 0;
	uint64_t address, byte;

	scan_word(&text, "#");
	scan_word(&text, "*");
	scan_blanks(&text);
	if (!scan_hex(&text, &address, NULL) || !scan_word(&text, ": "))
		return;
	while (n < sizeof(bytes) && text.n >= 2) {
		struct span digits = span_clip(text, 0, 2);

		if (!scan_hex(&digits, &byte, NULL) || digits.n)
			break;
		bytes[n++] = byte;
		text = span_from(text, 2);
	}
	all = arena_alloc(&report->arena, code->size + n + 1);
	known = arena_alloc(&report->arena, (code->size + n + 1) * sizeof(*known));
	if (!all || !known) {
		report->failed = true;
		return;
	}
	memcpy(all, code->size ? code->bytes : all, code->size);
	memcpy(all + code->size, bytes, n);
	memset(known, true, (code->size + n) * sizeof(*known));
	if (trap && n) {
		code->has_trap = true;
		code->trap = code->size;
	}
	code->unit = 1;
	code->bytes = all;
	code->known = known;
	code->size += n;
}

static bool is_listing(struct span text)
{
	unsigned int digits;
	uint64_t address;

	if (!scan_word(&text, ">") && !scan_word(&text, "#"))
		scan_word(&text, "*");
	scan_blanks(&text);
	return scan_hex(&text, &address, &digits) && digits >= 8 && starts(text, ":");
}

static bool take_code(struct report *report, struct span text)
{
	const struct code_form form = { .unit = 1 };
	struct kimg_oops_block *block;
	struct span rest = text;
	bool user, first = scan_mode(&rest, &user) && scan_word(&rest, "Code:");

	if (!first && (report->follows != FOLLOWS_CODE || !is_listing(without_blanks(text))))
		return false;
	report->follows = FOLLOWS_CODE;
	block = state_outer(report);
	if (!block)
		return true;
	if (first)
		block->code = (struct kimg_oops_code){ 0 };
	else
		rest = text;
	rest = without_blanks(rest);
	if (is_listing(rest) && lines_of(block->code.listing) < MOST_LISTING) {
		add_listing(report, block, rest);
		add_bytes(report, block, rest);
	} else if (!block->code.listing) {
		code_take(report, block, rest, &form);
	}
	return true;
}

/* The last branch that was taken: an address of an instruction, in a block of its own. */
static bool take_event(struct report *report, struct span text)
{
	struct kimg_oops_block *outer;
	struct kimg_oops_frame frame;
	struct span rest;
	bool user;

	if (starts(text, "Last Breaking-Event-Address:")) {
		report->follows = FOLLOWS_EVENT;
		report->in_trace = false;
		return true;
	}
	if (report->follows != FOLLOWS_EVENT || !frame_parse(report, text, &frame, &rest))
		return false;
	outer = state_outer(report);
	user = outer && outer->user;
	if (report_open_block(report, "Last Breaking-Event-Address"))
		report_set_pc(report, &frame);
	state_user(report, user);
	report->follows = 0;
	return true;
}

static bool take(struct report *report, struct span text)
{
	return take_psw(report, text) || take_registers(report, text) || take_code(report, text) ||
	       take_event(report, text) || starts(text, "           R:");
}

const struct oops_arch oops_arch_s390 = {
	.arch = KIMG_OOPS_ARCH_S390,
	.claims = claims,
	.take = take,
};
