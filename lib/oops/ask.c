/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Files by their build-ids, from the servers of debuginfod. */
#include "oops/resolve.h"
#include "symbol/debuginfod.h"

enum { MOST_UNANSWERED = 16 };

struct kimg_error *debuginfod_ask(struct kimg_oops_symbols *symbols, struct report *report,
				  struct span build_id, char **ret_path)
{
	struct kimg_error *error;
	char text[512];

	*ret_path = NULL;
	if (!symbols->options.debuginfod || symbols->options.no_search || build_id.n == 0 ||
	    symbols->unanswered >= MOST_UNANSWERED)
		return NULL;
	error = debuginfod_find(build_id, ret_path);
	if (!error || kimg_error_code(error) == KIMG_E_NOMEM)
		return error;
	symbols->unanswered++;
	kimg_error_format(error, text, sizeof(text));
	kimg_error_free(error);
	report_note(report, "%s", text);
	return NULL;
}
