/* SPDX-License-Identifier: GPL-2.0-or-later */
/* kimg map --check: whether a map is of a kernel. */
#include <inttypes.h>
#include <string.h>

#include "base/error.h"
#include "cli/term.h"
#include "cmd/map.h"

enum { MAX_DIFFERENCES = 10, MAX_DIFFERENCES_VERBOSE = 1000 };

static void free_side(struct kimg_map_side **side)
{
	kimg_map_side_free(*side);
}

static void free_check(struct kimg_map_check **check)
{
	kimg_map_check_free(*check);
}

/* ---- for programs ---- */

static void difference_fields(struct out *out, const struct kimg_map_difference *difference)
{
	out_object(out, NULL);
	out_text(out, "name", OUT_DATA, span_of(difference->name, difference->name_size));
	out_hex(out, "in_map", OUT_DATA, difference->in_map);
	out_hex(out, "in_kernel", OUT_DATA, difference->in_kernel);
	out_close(out);
}

void map_check_fields(struct out *out, const struct kimg_map_check *check)
{
	out_string(out, "verdict", OUT_DATA, kimg_map_verdict_name(check->verdict));
	out_string(out, "proof", OUT_DATA, kimg_map_proof_name(check->proof));
	out_text(out, "message", OUT_DATA, span_of(check->message, strlen(check->message)));
	out_string(out, "reason", OUT_DATA, check->reason);
	out_hex(out, "shift", OUT_DATA, check->shift);
	if (check->build_ids)
		out_bool(out, "same_build_id", OUT_DATA, check->same_build_id);
	else
		out_null(out, "same_build_id", OUT_DATA, "");
	out_number(out, "in_map", OUT_DATA, check->in_map);
	out_number(out, "in_kernel", OUT_DATA, check->in_kernel);
	out_number(out, "same", OUT_DATA, check->same);
	out_number(out, "differing", OUT_DATA, check->differing);
	out_number(out, "missing", OUT_DATA, check->missing);
	out_number(out, "extra", OUT_DATA, check->extra);
	out_array(out, "differences");
	for (size_t i = 0; i < check->difference_count; i++)
		difference_fields(out, &check->differences[i]);
	out_close(out);
}

static void side_fields(struct out *out, const char *key, const struct kimg_map_side *side)
{
	const char *path = kimg_map_side_path(side), *release = kimg_map_side_release(side);
	size_t n;
	const void *id = kimg_map_side_build_id(side, &n);

	out_object(out, key);
	out_text(out, "file", OUT_DATA, span_of(path, strlen(path)));
	if (release)
		out_text(out, "release", OUT_DATA, span_of(release, strlen(release)));
	if (id)
		out_bytes(out, "build_id", OUT_DATA, span_of(id, n));
	out_close(out);
}

/* ---- for people ---- */

static void show_verdict(struct out *out, const struct kimg_map_check *check)
{
	enum out_style style = map_check_is_good(check)             ? OUT_GOOD
			       : check->verdict == KIMG_MAP_DIFFERS ? OUT_BAD
								    : OUT_STRONG;

	out_row(out);
	out_print(out, style, "%s", check->message);
	out_row_end(out);
	if (check->verdict != KIMG_MAP_DIFFERS)
		return;
	out_row(out);
	out_print(out, style, "%s", KIMG_MAP_DIFFERS_MESSAGE);
	out_row_end(out);
}

static void show_counts(struct out *out, const struct kimg_map_check *check)
{
	out_row(out);
	out_print(out, OUT_PLAIN, "%s", check->reason);
	out_row_end(out);
	if (check->verdict == KIMG_MAP_MATCHES_SHIFTED) {
		out_row(out);
		out_print(out, OUT_PLAIN, "KASLR moved the kernel by %s0x%" PRIx64,
			  MAP_CHECK_SHIFT(check));
		out_row_end(out);
	}
	if (!check->in_map || !check->in_kernel)
		return;
	out_row(out);
	out_print(out, OUT_PLAIN,
		  "of %" PRIu64 " symbols in both, %" PRIu64 " are at the same address (%u %%)",
		  check->same + check->differing, check->same, map_check_percent(check));
	out_row_end(out);
	out_row(out);
	out_print(out, OUT_FAINT, "%" PRIu64 " in the map alone, %" PRIu64 " in the kernel alone",
		  check->missing, check->extra);
	out_row_end(out);
}

static void show_difference(struct out *out, const struct kimg_map_difference *difference)
{
	out_row(out);
	out_width(out, 16);
	out_print(out, OUT_PLAIN, "%" PRIx64, difference->in_map);
	out_width(out, 16);
	out_print(out, OUT_PLAIN, "%" PRIx64, difference->in_kernel);
	out_text(out, NULL, OUT_NAME, span_of(difference->name, difference->name_size));
	out_row_end(out);
}

static void show_differences(struct out *out, const struct kimg_map_check *check)
{
	uint64_t more = check->differing - check->difference_count;

	if (!check->difference_count)
		return;
	out_space(out);
	out_row(out);
	out_width(out, 16);
	out_print(out, OUT_STRONG, "in the map");
	out_width(out, 16);
	out_print(out, OUT_STRONG, "in the kernel");
	out_print(out, OUT_STRONG, "symbol");
	out_row_end(out);
	for (size_t i = 0; i < check->difference_count; i++)
		show_difference(out, &check->differences[i]);
	if (!more)
		return;
	out_row(out);
	out_print(out, OUT_FAINT, "and %" PRIu64 " more", more);
	out_row_end(out);
}

static void show(struct out *out, const struct kimg_map_side *map,
		 const struct kimg_map_side *kernel, const struct kimg_map_check *check)
{
	side_fields(out, "map", map);
	side_fields(out, "kernel", kernel);
	map_check_fields(out, check);
	show_verdict(out, check);
	out_block(out, 2);
	show_counts(out, check);
	show_differences(out, check);
	out_block_end(out);
}

/* ---- the work ---- */

static struct kimg_error *open_kernel(struct cli *cli, const struct map_match_options *o,
				      const struct kimg_symbols_options *options,
				      struct kimg_map_side **ret_kernel)
{
	const char *path = cli->operand_count == 2 ? cli->operands[1] : o->kernel;

	if (path)
		return kimg_map_side_open(path, options, ret_kernel);
	return kimg_map_side_of_running(o->roots, options, ret_kernel);
}

/* Why a side has no symbols is worth to be known, even where the verdict needs none. */
static void tell_error(struct cli *cli, const struct kimg_map_side *side)
{
	const struct kimg_error *error = kimg_map_side_error(side);
	char text[1024];

	if (!error)
		return;
	kimg_error_format(error, text, sizeof(text));
	remark(cli, "%s", text);
}

static int check_sides(struct cli *cli, const struct map_match_options *o, struct out *out,
		       const struct kimg_map_side *map, const struct kimg_map_side *kernel)
{
	cleanup(free_check) struct kimg_map_check *check = NULL;
	struct kimg_error *error;

	error = kimg_map_check(map, kernel, o->verbose ? MAX_DIFFERENCES_VERBOSE : MAX_DIFFERENCES,
			       &check);
	if (error)
		return report(cli, error);
	show(out, map, kernel, check);
	tell_error(cli, map);
	tell_error(cli, kernel);
	return map_check_is_good(check) ? STATUS_YES : STATUS_NO;
}

static int run_on(struct cli *cli, const struct map_match_options *o, struct out *out)
{
	cleanup(free_side) struct kimg_map_side *map = NULL, *kernel = NULL;
	struct kimg_symbols_options options = KIMG_SYMBOLS_OPTIONS_DEFAULT;
	struct kimg_error *error;

	options.limits = cli->limits;
	error = kimg_map_side_open(cli->operands[0], &options, &map);
	if (!error)
		error = open_kernel(cli, o, &options, &kernel);
	/* No verdict is another thing than one that says no. */
	return error ? worse(report(cli, error), STATUS_ERROR)
		     : check_sides(cli, o, out, map, kernel);
}

int map_check(struct cli *cli, const struct map_match_options *o)
{
	struct screen screen;
	int status;

	if (screen_open(&screen, cli))
		return STATUS_ERROR;
	out_document(screen.out, "kimg-map-check-1", NULL);
	status = run_on(cli, o, screen.out);
	out_close(screen.out);
	return screen_close(&screen, status);
}
