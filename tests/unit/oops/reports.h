/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TESTS_UNIT_OOPS_REPORTS_H
#define TESTS_UNIT_OOPS_REPORTS_H

#include <string.h>

#include "kimg/oops.h"

/* The reports of a log, for tests. */
struct reports {
	struct kimg_oops *all[16];
	size_t count;
};

static inline void keep_report(void *context, struct kimg_oops *oops)
{
	struct reports *reports = context;

	assert_true(reports->count < sizeof(reports->all) / sizeof(*reports->all));
	reports->all[reports->count++] = oops;
}

static inline void free_reports(struct reports *reports)
{
	for (size_t i = 0; i < reports->count; i++)
		kimg_oops_free(reports->all[i]);
}

/* The caller gives them to free_reports(). */
static inline void read_log(const char *text, struct reports *reports)
{
	const struct kimg_oops_reader_options options = {
		.limits = KIMG_LIMITS_DEFAULT,
		.report = keep_report,
		.context = reports,
	};
	struct kimg_oops_reader *reader;

	*reports = (struct reports){ 0 };
	assert_ok(kimg_oops_reader_new(&options, &reader));
	assert_ok(kimg_oops_reader_feed(reader, text, strlen(text)));
	assert_ok(kimg_oops_reader_flush(reader));
	kimg_oops_reader_free(reader);
}

#endif
