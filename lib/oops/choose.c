/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which symbols a report is resolved with: those that are given, else those of its build-id, those of its release,
 * and, where the log tells neither or nothing is found by them, the ones of all that are installed which have the
 * names and sizes of its frames.
 */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/buf.h"
#include "base/escape.h"
#include "base/hex.h"
#include "oops/resolve.h"
#include "symbol/map_match.h"
#include "symbol/places.h"

/* ---- one candidate ---- */

struct search {
	struct resolving *r;
	const char *how;
	struct oops_table *best;
	struct oops_verdict verdict;
	unsigned int differing; /* candidates that were tried and are of another kernel */
};

static bool is_found(const struct search *search)
{
	return search->best && search->verdict.fit != OOPS_DIFFERS;
}

static struct kimg_error *try_path(struct search *search, const char *path)
{
	struct resolving *r = search->r;
	struct oops_verdict verdict;
	struct oops_table *table;

	TRY(table_get(r->symbols, path, &table));
	if (!table || table == search->best)
		return NULL;
	if (!table_symbols(table)) {
		report_note(r->report, "%s", table->problem);
		return NULL;
	}
	if (table->is_module)
		return NULL;
	verdict = vote(table, &r->report->oops, &r->pairs, NULL);
	if (!search->best || verdict_is_better(&verdict, &search->verdict)) {
		if (search->best)
			table_drop(r->symbols, search->best);
		search->best = table;
		search->verdict = verdict;
	} else {
		table_drop(r->symbols, table);
	}
	return NULL;
}

/* ---- by release ---- */

static struct kimg_error *try_places(struct search *search, const char *const *places,
				     const char *release)
{
	for (const char *const *root = symbols_roots(search->r->symbols); *root; root++)
		for (size_t i = 0; places[i] && !is_found(search); i++) {
			cleanup_free char *path = place_path(*root, places[i], release);

			if (!path)
				return error_nomem();
			TRY(try_path(search, path));
		}
	return NULL;
}

static bool is_release(const char *text)
{
	return text && is_file_name(span_of(text, strlen(text)));
}

/* What has source lines first, then what is quick to read, then what always is there. */
static struct kimg_error *try_release(struct search *search, const char *release)
{
	if (!is_release(release))
		return NULL;
	search->how = "release";
	TRY(try_places(search, vmlinux_places, release));
	TRY(try_places(search, map_places, release));
	return try_places(search, image_places, release);
}

/* ---- by build-id ---- */

static struct kimg_error *try_debuginfod(struct search *search, struct span id)
{
	cleanup_free char *path = NULL;

	TRY(debuginfod_ask(search->r->symbols, search->r->report, id, &path));
	return path ? try_path(search, path) : NULL;
}

static struct kimg_error *try_build_id(struct search *search, const char *text, bool ask)
{
	uint8_t bytes[BUILD_ID_MAX];
	size_t n = text ? hex_bytes(span_of(text, strlen(text)), bytes, sizeof(bytes)) : 0;

	if (n < 2)
		return NULL;
	search->how = "build-id";
	for (const char *const *root = symbols_roots(search->r->symbols);
	     *root && !is_found(search) && !ask; root++) {
		cleanup_buf struct buf path = { 0 };

		buf_printf(&path, "%s/usr/lib/debug/.build-id/%02x/", *root, bytes[0]);
		escape_hex(&path, span_of(bytes + 1, n - 1));
		buf_puts(&path, ".debug");
		if (path.failed)
			return error_nomem();
		TRY(try_path(search, path.p));
	}
	return ask && !is_found(search) ? try_debuginfod(search, span_of(bytes, n)) : NULL;
}

/* ---- by the vote of the frames, among all that are installed ---- */

enum { RELEASES_MAX = 64 };

struct releases {
	char *all[RELEASES_MAX];
	size_t n;
};

static void free_releases(struct releases *releases)
{
	for (size_t i = 0; i < releases->n; i++)
		free(releases->all[i]);
}

static struct kimg_error *add_release(struct releases *releases, const char *name)
{
	for (size_t i = 0; i < releases->n; i++)
		if (strcmp(releases->all[i], name) == 0)
			return NULL;
	if (releases->n == RELEASES_MAX || !is_release(name))
		return NULL;
	releases->all[releases->n] = strdup(name);
	return releases->all[releases->n++] ? NULL : error_nomem();
}

/* Of the names in folder: what follows one of the prefixes, or all of it where there are none. */
static struct kimg_error *list_releases(struct releases *releases, const char *root,
					const char *folder, const char *const *prefixes)
{
	cleanup_free char *path = NULL;
	struct kimg_error *error = NULL;
	const struct dirent *entry;
	DIR *stream;

	if (asprintf(&path, "%s/%s", root, folder) < 0)
		return error_nomem();
	stream = opendir(path);
	while (stream && !error && (entry = readdir(stream)) != NULL) {
		const char *name = entry->d_name;

		if (!prefixes && name[0] != '.')
			error = add_release(releases, name);
		for (size_t i = 0; prefixes && prefixes[i] && !error; i++)
			if (strncmp(name, prefixes[i], strlen(prefixes[i])) == 0)
				error = add_release(releases, name + strlen(prefixes[i]));
	}
	if (stream)
		closedir(stream);
	return error;
}

static struct kimg_error *list_all_releases(struct releases *releases, const char *root)
{
	static const char *const prefixes[] = { "System.map-", "vmlinux-", "vmlinuz-", "Image-",
						NULL };

	TRY(list_releases(releases, root, "boot", prefixes));
	TRY(list_releases(releases, root, "usr/lib/debug/boot", prefixes));
	TRY(list_releases(releases, root, "", prefixes));
	TRY(list_releases(releases, root, "usr/lib/debug/lib/modules", NULL));
	TRY(list_releases(releases, root, "usr/lib/modules", NULL));
	return list_releases(releases, root, "lib/modules", NULL);
}

/* What stands for one release, the best of it; wide collects the best of all. */
static struct kimg_error *vote_on_release(struct search *wide, const char *release)
{
	struct search search = { .r = wide->r };

	TRY(try_release(&search, release));
	if (!search.best)
		return NULL;
	if (!wide->best || verdict_is_better(&search.verdict, &wide->verdict)) {
		if (wide->best && wide->best != search.best)
			table_drop(wide->r->symbols, wide->best);
		wide->best = search.best;
		wide->verdict = search.verdict;
	} else if (wide->best != search.best) {
		table_drop(wide->r->symbols, search.best);
	}
	return NULL;
}

static struct kimg_error *try_all(struct search *search)
{
	cleanup(free_releases) struct releases releases = { 0 };
	struct resolving *r = search->r;

	if (r->pairs.n == 0 || r->symbols->wide_searches >= WIDE_SEARCHES_MAX)
		return NULL;
	r->symbols->wide_searches++;
	for (const char *const *root = symbols_roots(r->symbols); *root; root++)
		TRY(list_all_releases(&releases, *root));
	for (size_t i = 0; i < releases.n; i++)
		if (!r->report->oops.release ||
		    strcmp(releases.all[i], r->report->oops.release) != 0)
			TRY(vote_on_release(search, releases.all[i]));
	if (!is_found(search))
		TRY(try_places(search, unnamed_places, ""));
	search->how = "vote";
	return NULL;
}

/* ---- what is remembered ---- */

static bool same_text(const char *a, const char *b)
{
	return a && b ? strcmp(a, b) == 0 : a == b;
}

static void forget(struct oops_kernel *kernel)
{
	free(kernel->release);
	free(kernel->build_id);
	free(kernel->path);
	index_done(&kernel->modules);
	*kernel = (struct oops_kernel){ 0 };
}

/* A place for one more: a new one, or that of the kernel which no report was of for the longest time. */
static struct oops_kernel *free_place(struct kimg_oops_symbols *symbols)
{
	struct oops_kernel *oldest = symbols->kernels;

	if (symbols->kernel_count < KERNELS_MAX)
		return &symbols->kernels[symbols->kernel_count++];
	for (size_t i = 1; i < symbols->kernel_count; i++)
		if (symbols->kernels[i].used < oldest->used)
			oldest = &symbols->kernels[i];
	forget(oldest);
	return oldest;
}

static struct kimg_error *remember(struct resolving *r)
{
	const struct kimg_oops *oops = &r->report->oops;
	struct kimg_oops_symbols *symbols = r->symbols;
	struct oops_kernel *kernel;

	for (size_t i = 0; i < symbols->kernel_count; i++) {
		kernel = &symbols->kernels[i];
		if (same_text(kernel->release, oops->release) &&
		    same_text(kernel->build_id, oops->build_id)) {
			kernel->used = symbols->serial;
			r->known = kernel;
			return NULL;
		}
	}
	kernel = free_place(symbols);
	kernel->used = symbols->serial;
	r->known = kernel;
	if (oops->release)
		kernel->release = strdup(oops->release);
	if (oops->build_id)
		kernel->build_id = strdup(oops->build_id);
	if ((oops->release && !kernel->release) || (oops->build_id && !kernel->build_id))
		return error_nomem();
	return NULL;
}

static struct kimg_error *remember_path(struct oops_kernel *kernel, const struct search *search)
{
	free(kernel->path);
	kernel->path = strdup(search->best->path);
	kernel->how = search->how;
	return kernel->path ? NULL : error_nomem();
}

/* ---- all of it ---- */

/* Nothing given: what is installed. */
static struct kimg_error *look_for(struct search *search)
{
	struct resolving *r = search->r;
	const struct kimg_oops *oops = &r->report->oops;
	struct oops_kernel *known = r->known;

	if (known->path) {
		TRY(try_path(search, known->path));
		search->how = known->how;
	}
	if (is_found(search) || known->searches >= SEARCHES_MAX)
		return NULL;
	known->searches++;
	TRY(try_build_id(search, oops->build_id, false));
	if (!is_found(search))
		TRY(try_release(search, oops->release));
	if (!is_found(search))
		TRY(try_all(search));
	if (!is_found(search))
		TRY(try_build_id(search, oops->build_id, true));
	return is_found(search) ? remember_path(known, search) : NULL;
}

/* Found ones that are of another kernel are told, and not used. */
static struct kimg_error *find_kernel(struct resolving *r)
{
	struct search search = { .r = r };

	TRY(look_for(&search));
	if (search.best)
		TRY(add_choice(r, search.best, search.how, &search.verdict));
	if (is_found(&search))
		r->kernel = r->lines = search.best;
	return NULL;
}

/* Of those given the one that fits best; each is told. */
static struct kimg_error *take_given(struct resolving *r)
{
	struct oops_verdict best = { 0 };

	for (size_t i = 0; i < ARRAY_SIZE(r->symbols->given); i++) {
		struct oops_table *table = r->symbols->given[i];
		struct oops_verdict verdict;

		if (!table)
			continue;
		/* what is given was opened before there was a report */
		TRY(table_get(r->symbols, table->path, &table));
		if (!table_symbols(table)) {
			report_note(r->report, "%s", table->problem);
			continue;
		}
		verdict = vote(table, &r->report->oops, &r->pairs, NULL);
		TRY(add_choice(r, table, "given", &verdict));
		if (r->kernel && !verdict_is_better(&verdict, &best))
			continue;
		r->kernel = table;
		best = verdict;
	}
	r->differs = r->kernel && best.fit == OOPS_DIFFERS;
	r->lines = table_symbols(r->symbols->given[0]) ? r->symbols->given[0] : r->kernel;
	return NULL;
}

/* A map has no source lines: the vmlinux that is installed has. */
static struct kimg_error *find_lines(struct resolving *r)
{
	struct search search = { .r = r, .how = "release" };
	const char *release = r->report->oops.release;

	if (!r->kernel || r->differs || r->symbols->options.no_source ||
	    kimg_symbols_source(table_symbols(r->kernel)) == KIMG_SYMBOLS_ELF ||
	    !is_release(release))
		return NULL;
	TRY(try_places(&search, vmlinux_places, release));
	if (!is_found(&search))
		TRY(try_build_id(&search, r->report->oops.build_id, true));
	if (!is_found(&search))
		return NULL;
	r->lines = search.best;
	return add_choice(r, search.best, search.how, &search.verdict);
}

/* Where the kernel itself can be asked, it tells where everything is. */
static struct kimg_error *take_running(struct resolving *r)
{
	struct oops_verdict verdict;
	struct oops_table *table;

	TRY(table_get_running(r->symbols, &table));
	if (!table_symbols(table)) {
		report_note(r->report, "the running kernel: %s", table->problem);
		return NULL;
	}
	verdict = vote(table, &r->report->oops, &r->pairs, NULL);
	if (verdict.fit != OOPS_DIFFERS)
		r->live = table;
	if (r->kernel || verdict.fit == OOPS_DIFFERS)
		return NULL;
	r->kernel = r->lines = table;
	return add_choice(r, table, "release", &verdict);
}

struct kimg_error *choose_kernel(struct resolving *r)
{
	const struct kimg_oops_symbols_options *options = &r->symbols->options;

	TRY(remember(r));
	TRY(take_given(r));
	if (!r->kernel && !options->no_search)
		TRY(find_kernel(r));
	else if (r->kernel && !options->no_search)
		TRY(find_lines(r));
	if (options->live)
		TRY(take_running(r));
	if (!r->kernel)
		report_note(r->report, "%s No symbols of kernel %s were found.",
			    KIMG_MAP_NOT_FOUND_MESSAGE,
			    r->report->oops.release ? r->report->oops.release : "of this report");
	return NULL;
}
