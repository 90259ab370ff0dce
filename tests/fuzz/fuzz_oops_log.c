/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Logs of the kernel, and the reports in them. Lines of a report ascend, reports come in the order of their first
 * lines, and neither depends on how the bytes are cut.
 */
#include <stdlib.h>
#include <string.h>

#include "kimg/oops.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { MOST_REPORTS = 1024 };

struct seen {
	struct kimg_oops_reader *reader;
	struct kimg_oops *reports[MOST_REPORTS];
	size_t count;
};

static void check(bool holds)
{
	if (!holds)
		abort();
}

static void check_lines(const struct kimg_oops *oops)
{
	check(oops->line_count > 0 && oops->line_count <= 65536);
	for (size_t i = 1; i < oops->line_count; i++)
		check(oops->lines[i - 1].number <= oops->lines[i].number &&
		      oops->lines[i - 1].offset <= oops->lines[i].offset);
}

static void check_frames(const struct kimg_oops *oops)
{
	for (size_t i = 0; i < oops->block_count; i++) {
		const struct kimg_oops_block *block = &oops->blocks[i];

		check(!block->has_pc || block->pc.line < oops->line_count);
		check(!block->has_link || block->link.line < oops->line_count);
		check(!block->has_code || block->code.line < oops->line_count);
		for (size_t k = 0; k < block->frame_count; k++)
			check(block->frames[k].line < oops->line_count);
		for (size_t k = 0; k < block->register_count; k++)
			check(block->registers[k].line < oops->line_count);
	}
}

static void take_report(void *context, struct kimg_oops *oops)
{
	struct seen *seen = context;

	check(oops->message && oops->number > 0);
	check_lines(oops);
	check_frames(oops);
	if (seen->count < MOST_REPORTS)
		seen->reports[seen->count++] = oops;
	else
		kimg_oops_free(oops);
}

static void feed(struct seen *seen, const uint8_t *data, size_t size)
{
	/* Exactly as many bytes, so that a sanitizer sees a read past them. */
	uint8_t *copy = malloc(size ? size : 1);

	check(copy);
	memcpy(copy, data, size);
	check(!kimg_oops_reader_feed(seen->reader, copy, size));
	free(copy);
}

/* step: how many bytes a call has at most; 0: all of them. */
static void read_log(struct seen *seen, const uint8_t *data, size_t size, size_t step)
{
	struct kimg_oops_reader_options options = {
		.limits = KIMG_LIMITS_DEFAULT,
		.report = take_report,
		.context = seen,
	};
	uint64_t settled = 0;

	check(!kimg_oops_reader_new(&options, &seen->reader));
	for (size_t at = 0; at < size;) {
		size_t n = step && step < size - at ? step : size - at;

		feed(seen, data + at, n);
		at += n;
		step = step ? step * 7 % 61 + 1 : 0;
		check(kimg_oops_reader_settled(seen->reader) >= settled);
		settled = kimg_oops_reader_settled(seen->reader);
	}
	check(!kimg_oops_reader_flush(seen->reader));
	kimg_oops_reader_free(seen->reader);
}

static void check_same(const struct kimg_oops *a, const struct kimg_oops *b)
{
	check(a->number == b->number && a->kind == b->kind && a->line_count == b->line_count);
	check(a->truncated == b->truncated && a->corrupted == b->corrupted);
	for (size_t i = 0; i < a->line_count; i++)
		check(a->lines[i].number == b->lines[i].number &&
		      a->lines[i].offset == b->lines[i].offset &&
		      strcmp(a->lines[i].text, b->lines[i].text) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct seen whole, cut;

	whole.count = cut.count = 0;
	read_log(&whole, data, size, 0);
	read_log(&cut, data, size, size % 61 + 1);
	check(whole.count == cut.count);
	for (size_t i = 0; i < whole.count; i++) {
		check(!i ||
		      whole.reports[i - 1]->lines[0].number <= whole.reports[i]->lines[0].number);
		check_same(whole.reports[i], cut.reports[i]);
	}
	for (size_t i = 0; i < whole.count; i++) {
		kimg_oops_free(whole.reports[i]);
		kimg_oops_free(cut.reports[i]);
	}
	return 0;
}
