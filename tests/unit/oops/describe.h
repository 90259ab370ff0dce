/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TESTS_UNIT_OOPS_DESCRIBE_H
#define TESTS_UNIT_OOPS_DESCRIBE_H

#include <inttypes.h>
#include <stdio.h>

#include "oops/reports.h"

/* What the lines of a report say about code and registers, as text that tests compare. */

static inline void describe_frame(FILE *out, const char *what, const struct kimg_oops_frame *frame)
{
	fprintf(out, "%s%s", what, frame->unreliable ? " ?" : "");
	if (frame->symbol)
		fprintf(out, " %s+%#" PRIx64 "/%#" PRIx64, frame->symbol, frame->offset,
			frame->size);
	if (frame->module)
		fprintf(out, " [%s%s%s]", frame->module, frame->module_build_id ? " " : "",
			frame->module_build_id ? frame->module_build_id : "");
	if (frame->has_address)
		fprintf(out, " @%" PRIx64, frame->address);
	fprintf(out, "%s%s", frame->exact ? " exact" : "", frame->inserted ? " inserted" : "");
	if (frame->context)
		fprintf(out, " <%s>", frame->context);
	fputc('\n', out);
}

static inline void describe_code(FILE *out, const struct kimg_oops_code *code)
{
	fprintf(out, "code");
	for (size_t i = 0; i < code->size; i++) {
		const char *mark = code->has_trap && code->trap == i ? ">" : " ";

		if (i % code->unit == 0)
			fputs(mark, out);
		if (code->known[i])
			fprintf(out, "%02x", code->bytes[i]);
		else
			fputs("--", out);
	}
	if (code->problem)
		fprintf(out, " (%s)", code->problem);
	if (code->listing)
		fprintf(out, "\n%s", code->listing);
	fputc('\n', out);
}

static inline void describe_block(FILE *out, const struct kimg_oops_block *block)
{
	fprintf(out, "block %s%s%s\n", block->title ? block->title : "-",
		block->user ? ", user" : "", block->repeated ? ", repeated" : "");
	if (block->has_pc)
		describe_frame(out, "pc", &block->pc);
	if (block->has_link)
		describe_frame(out, "link", &block->link);
	for (size_t i = 0; i < block->register_count; i++)
		fprintf(out, "%s=%" PRIx64 "%c", block->registers[i].name,
			block->registers[i].value, i + 1 < block->register_count ? ' ' : '\n');
	for (size_t i = 0; i < block->frame_count; i++)
		describe_frame(out, "frame", &block->frames[i]);
	if (block->has_code)
		describe_code(out, &block->code);
}

/* The first report of the log. The caller frees what it returns. */
static inline char *describe_log(const char *log)
{
	struct reports reports;
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	assert_non_null(out);
	read_log(log, &reports);
	assert_int_equal(reports.count, 1);
	fprintf(out, "%s %u %s\n", kimg_oops_arch_name(reports.all[0]->arch), reports.all[0]->bits,
		!reports.all[0]->has_byte_order ? "?"
		: reports.all[0]->big_endian    ? "big"
						: "little");
	for (size_t i = 0; i < reports.all[0]->block_count; i++)
		describe_block(out, &reports.all[0]->blocks[i]);
	fclose(out);
	free_reports(&reports);
	return text;
}

#define assert_described(log, expected)                   \
	do {                                              \
		char *described = describe_log(log);      \
		assert_string_equal(described, expected); \
		free(described);                          \
	} while (0)

#endif
