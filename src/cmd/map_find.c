/* SPDX-License-Identifier: GPL-2.0-or-later */
/* kimg map --find: where the map of a kernel is. */
#include <inttypes.h>
#include <string.h>

#include "base/error.h"
#include "cli/term.h"
#include "cmd/map.h"

static void free_side(struct kimg_map_side **side)
{
	kimg_map_side_free(*side);
}

static void free_found(struct kimg_map_found **found)
{
	kimg_map_found_free(*found);
}

static const char *text_of(const struct kimg_error *error, char *text, size_t size)
{
	kimg_error_format(error, text, size);
	return text;
}

static void file_field(struct out *out, const char *key, const char *path)
{
	if (path)
		out_text(out, key, OUT_DATA, span_of(path, strlen(path)));
	else
		out_null(out, key, OUT_DATA, "");
}

/* ---- candidates ---- */

/* The error of a candidate without its path, which stands before it. */
static const struct kimg_error *inner_error(const struct kimg_map_candidate *candidate)
{
	const struct kimg_error *cause = kimg_error_cause(candidate->error);

	if (cause && strcmp(kimg_error_message(candidate->error), candidate->path) == 0)
		return cause;
	return candidate->error;
}

static void show_candidate(struct out *out, const struct kimg_map_candidate *candidate)
{
	const struct kimg_map_check *check = candidate->check;
	char text[1024];

	out_row(out);
	out_text(out, NULL, OUT_NAME, span_of(candidate->path, strlen(candidate->path)));
	if (!check) {
		out_print(out, OUT_BAD, "%s", text_of(inner_error(candidate), text, sizeof(text)));
		out_row_end(out);
		return;
	}
	out_print(out,
		  map_check_is_good(check)             ? OUT_GOOD
		  : check->verdict == KIMG_MAP_DIFFERS ? OUT_BAD
						       : OUT_PLAIN,
		  "%s", kimg_map_verdict_name(check->verdict));
	if (check->same + check->differing)
		out_print(out, OUT_FAINT, "%" PRIu64 " of %" PRIu64 " symbols the same",
			  check->same, check->same + check->differing);
	out_row_end(out);
}

static void candidate_fields(struct out *out, const struct kimg_map_candidate *candidate)
{
	char text[1024];

	out_object(out, NULL);
	file_field(out, "file", candidate->path);
	if (candidate->error) {
		text_of(inner_error(candidate), text, sizeof(text));
		out_text(out, "error", OUT_DATA, span_of(text, strlen(text)));
	}
	if (candidate->check)
		map_check_fields(out, candidate->check);
	out_close(out);
}

static void show_candidates(struct out *out, const struct kimg_map_found *found, bool verbose)
{
	size_t n;
	const struct kimg_map_candidate *all = kimg_map_found_all(found, &n);

	out_array(out, "candidates");
	for (size_t i = 0; i < n; i++)
		candidate_fields(out, &all[i]);
	out_close(out);
	for (size_t i = 0; verbose && i < n; i++)
		show_candidate(out, &all[i]);
}

/* ---- what was found ---- */

static void tell_differences(struct cli *cli, const struct kimg_map_check *check)
{
	remark(cli, "%s", KIMG_MAP_DIFFERS_MESSAGE);
	for (size_t i = 0; i < check->difference_count; i++) {
		const struct kimg_map_difference *difference = &check->differences[i];

		remark(cli, "%.*s is at %" PRIx64 " in the map, at %" PRIx64 " in the kernel",
		       difference->name_size, difference->name, difference->in_map,
		       difference->in_kernel);
	}
	if (check->differing > check->difference_count)
		remark(cli, "and %" PRIu64 " more symbols differ",
		       check->differing - check->difference_count);
}

/* Why candidates are none: a placeholder for example. */
static void tell_errors(struct cli *cli, const struct kimg_map_found *found)
{
	size_t n;
	const struct kimg_map_candidate *all = kimg_map_found_all(found, &n);
	char text[1024];

	for (size_t i = 0; i < n; i++)
		if (all[i].error)
			remark(cli, "%s", text_of(all[i].error, text, sizeof(text)));
}

/* Why nothing could be verified. */
static void tell_kernel(struct cli *cli, const struct kimg_map_found *found)
{
	const struct kimg_map_side *kernel = kimg_map_found_kernel(found);
	char text[1024];

	if (!kernel)
		remark(cli, "kernel %s is neither running nor installed",
		       kimg_map_found_release(found));
	else if (kimg_map_side_error(kernel))
		remark(cli, "%s", text_of(kimg_map_side_error(kernel), text, sizeof(text)));
}

static int tell(struct cli *cli, const struct map_match_options *o,
		const struct kimg_map_found *found)
{
	const struct kimg_map_candidate *best = kimg_map_found_best(found);
	const char *message = kimg_map_found_message(found);

	if (!best) {
		if (!o->verbose)
			tell_errors(cli, found);
		remark(cli, "%s", message);
		return STATUS_NO;
	}
	switch (best->check->verdict) {
	case KIMG_MAP_MATCHES:
		remark(cli, "%s", message);
		return STATUS_YES;
	case KIMG_MAP_MATCHES_SHIFTED:
		remark(cli, "%s KASLR moved the kernel by %s0x%" PRIx64 ".", message,
		       MAP_CHECK_SHIFT(best->check));
		return STATUS_YES;
	case KIMG_MAP_DIFFERS:
		remark(cli, "%s: %s", best->path, message);
		tell_differences(cli, best->check);
		break;
	case KIMG_MAP_CANNOT_TELL:
		tell_kernel(cli, found);
		remark(cli, "%s: %s", best->path, message);
		break;
	}
	return STATUS_NO;
}

static void show_kernel(struct out *out, const struct kimg_map_found *found)
{
	const struct kimg_map_side *kernel = kimg_map_found_kernel(found);
	const char *release = kimg_map_found_release(found);
	const void *id;
	size_t n;

	out_text(out, "release", OUT_DATA, span_of(release, strlen(release)));
	file_field(out, "kernel", kernel ? kimg_map_side_path(kernel) : NULL);
	id = kernel ? kimg_map_side_build_id(kernel, &n) : NULL;
	if (id)
		out_bytes(out, "build_id", OUT_DATA, span_of(id, n));
}

static void show(struct out *out, const struct map_match_options *o,
		 const struct kimg_map_found *found)
{
	const struct kimg_map_candidate *best = kimg_map_found_best(found);
	const char *message = kimg_map_found_message(found);

	show_kernel(out, found);
	file_field(out, "best", best ? best->path : NULL);
	out_text(out, "message", OUT_DATA, span_of(message, strlen(message)));
	show_candidates(out, found, o->verbose);
	/* A file that is wrong is no answer. */
	if (o->verbose || !best || best->check->verdict == KIMG_MAP_DIFFERS)
		return;
	out_row(out);
	out_text(out, NULL, OUT_PLAIN, span_of(best->path, strlen(best->path)));
	out_row_end(out);
}

/* ---- the work ---- */

static struct kimg_error *find(struct cli *cli, const struct map_match_options *o,
			       const struct kimg_map_side *kernel,
			       struct kimg_map_found **ret_found)
{
	struct kimg_map_find_options options = KIMG_MAP_FIND_OPTIONS_DEFAULT;

	options.release = cli->operand_count ? cli->operands[0] : NULL;
	options.roots = o->roots[0] ? o->roots : NULL;
	options.kernel = kernel;
	options.debuginfod = debuginfod_is_configured();
	options.limits = cli->limits;
	return kimg_map_find(&options, ret_found);
}

static struct kimg_error *open_kernel(struct cli *cli, const struct map_match_options *o,
				      struct kimg_map_side **ret_kernel)
{
	struct kimg_symbols_options options = KIMG_SYMBOLS_OPTIONS_DEFAULT;

	options.limits = cli->limits;
	return o->kernel ? kimg_map_side_open(o->kernel, &options, ret_kernel) : NULL;
}

static int run_on(struct cli *cli, const struct map_match_options *o, struct out *out)
{
	cleanup(free_side) struct kimg_map_side *kernel = NULL;
	cleanup(free_found) struct kimg_map_found *found = NULL;
	struct kimg_error *error = open_kernel(cli, o, &kernel);

	if (!error)
		error = find(cli, o, kernel, &found);
	if (error)
		return worse(report(cli, error), STATUS_ERROR);
	show(out, o, found);
	return tell(cli, o, found);
}

int map_find(struct cli *cli, const struct map_match_options *o)
{
	struct screen screen;
	int status;

	if (screen_open(&screen, cli))
		return STATUS_ERROR;
	out_document(screen.out, "kimg-map-find-1", NULL);
	status = run_on(cli, o, screen.out);
	out_close(screen.out);
	return screen_close(&screen, status);
}
