/* SPDX-License-Identifier: GPL-2.0-or-later */
/* kimg sym without a file: the running kernel, or else the map that belongs to it. */
#include "cmd/sym_live.h"

#include "base/error.h"
#include "cli/term.h"
#include "kimg/map.h"

static void free_found(struct kimg_map_found **found)
{
	kimg_map_found_free(*found);
}

static void tell(const struct cli *cli, const struct kimg_error *error,
		 const struct kimg_map_found *found)
{
	char text[1024];

	kimg_error_format(error, text, sizeof(text));
	remark(cli, "%s", text);
	remark(cli, "the symbols are those of %s: %s", kimg_map_found_best(found)->path,
	       kimg_map_found_message(found));
	remark(cli, "addresses are as before KASLR");
}

/* A map that is wrong is worse than none. */
static struct kimg_symbols *take_map(const struct cli *cli, const struct kimg_error *error,
				     struct kimg_map_found *found)
{
	const struct kimg_map_candidate *best = kimg_map_found_best(found);

	if (!best || best->check->verdict == KIMG_MAP_DIFFERS) {
		remark(cli, "%s", kimg_map_found_message(found));
		return NULL;
	}
	tell(cli, error, found);
	return kimg_map_found_take_symbols(found);
}

struct kimg_error *open_running(const struct cli *cli, const struct kimg_symbols_options *options,
				bool only_live, struct kimg_symbols **ret_symbols)
{
	struct kimg_map_find_options how = KIMG_MAP_FIND_OPTIONS_DEFAULT;
	cleanup(free_found) struct kimg_map_found *found = NULL;
	struct kimg_error *error = kimg_symbols_open_live(options, ret_symbols);
	struct kimg_symbols *symbols;

	if (!error || only_live || kimg_error_code(error) != KIMG_E_NOT_FOUND)
		return error;
	how.limits = options->limits;
	how.debuginfod = debuginfod_is_configured();
	how.max_differences = 0;
	kimg_error_free(kimg_map_find(&how, &found));
	symbols = found ? take_map(cli, error, found) : NULL;
	if (!symbols)
		return error;
	kimg_error_free(error);
	*ret_symbols = symbols;
	return NULL;
}
