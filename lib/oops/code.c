/* SPDX-License-Identifier: GPL-2.0-or-later */
/* "Code:": the bytes around the program counter. */
#include "oops/lines.h"
#include "oops/scan.h"

void code_take(struct report *report, struct span text, unsigned int unit, bool big_endian)
{
	struct kimg_oops_block *block = report_block(report);
	struct kimg_oops_code code = { .line = report->line, .unit = unit };
	uint8_t *bytes = arena_alloc(&report->arena, text.n / 2 + 1);
	uint64_t word;

	if (!block || !bytes) {
		report->failed = true;
		return;
	}
	while (text.n) {
		bool trap = scan_word(&text, "<");

		if (!scan_hex(&text, &word, NULL))
			break;
		if (trap) {
			code.has_trap = true;
			code.trap = code.size;
			scan_word(&text, ">");
		}
		for (unsigned int i = 0; i < unit; i++)
			bytes[code.size++] = word >> 8 * (big_endian ? unit - 1 - i : i);
		scan_blanks(&text);
	}
	code.bytes = bytes;
	block->has_code = true;
	block->code = code;
}
