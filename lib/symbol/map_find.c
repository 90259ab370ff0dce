/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where the map of a kernel is: every place that tools and distributions know, each file checked. */
#include <dirent.h>
#include <stdio.h>
#include <sys/stat.h>

#include "base/buf.h"
#include "base/escape.h"
#include "symbol/debuginfod.h"
#include "symbol/map_match.h"
#include "symbol/places.h"

/* So many files may stand in the places; more are left out. */
#define MAX_CANDIDATES 256

struct kimg_map_found {
	char *release;
	struct kimg_map_side *own_kernel;
	const struct kimg_map_side *kernel; /* own_kernel, or the caller's */
	struct kimg_map_candidate all[MAX_CANDIDATES];
	size_t count;
	size_t best;                  /* count: none */
	struct kimg_symbols *symbols; /* of the best one */

	/* while it looks */
	const struct kimg_map_find_options *options;
	struct kimg_symbols_options reading;
	struct {
		dev_t device;
		ino_t inode;
	} seen[MAX_CANDIDATES];
};

void kimg_map_found_free(struct kimg_map_found *found)
{
	if (!found)
		return;
	for (size_t i = 0; i < found->count; i++) {
		free((char *)found->all[i].path);
		kimg_error_free((struct kimg_error *)found->all[i].error);
		kimg_map_check_free((struct kimg_map_check *)found->all[i].check);
	}
	kimg_symbols_free(found->symbols);
	kimg_map_side_free(found->own_kernel);
	free(found->release);
	free(found);
}

static void found_free_pointer(struct kimg_map_found **found)
{
	kimg_map_found_free(*found);
}

/* ---- candidates ---- */

/* How much of the kernel the map knows, in tenths: less tells nothing about which file is better. */
static unsigned int tenths_known(const struct kimg_map_check *check)
{
	return check->in_kernel ? check->same * 10 / check->in_kernel : 0;
}

static unsigned int rank_of_verdict(enum kimg_map_verdict verdict)
{
	static const unsigned int ranks[] = {
		[KIMG_MAP_DIFFERS] = 0,
		[KIMG_MAP_CANNOT_TELL] = 1,
		[KIMG_MAP_MATCHES_SHIFTED] = 2,
		[KIMG_MAP_MATCHES] = 2,
	};

	return ranks[verdict];
}

static bool is_better(const struct kimg_map_check *check, const struct kimg_map_check *than)
{
	unsigned int a = rank_of_verdict(check->verdict), b = rank_of_verdict(than->verdict);

	return a != b ? a > b : tenths_known(check) > tenths_known(than);
}

static struct kimg_error *check_candidate(struct kimg_map_found *found,
					  struct kimg_map_candidate *candidate)
{
	static const struct kimg_map_side nothing = { 0 };
	cleanup_map_side struct kimg_map_side *side = NULL;
	struct kimg_map_check *check;
	struct kimg_error *error;

	error = kimg_map_side_open(candidate->path, &found->reading, &side);
	if (!error && !side->symbols) {
		error = side->error;
		side->error = NULL;
	}
	if (error && kimg_error_code(error) == KIMG_E_NOMEM)
		return error;
	if (error) {
		candidate->error = error;
		return NULL;
	}
	TRY(kimg_map_check(side, found->kernel ? found->kernel : &nothing,
			   found->options->max_differences, &check));
	candidate->check = check;
	if (found->best != SIZE_MAX && !is_better(check, found->all[found->best].check))
		return NULL;
	kimg_symbols_free(found->symbols);
	found->symbols = side->symbols;
	side->symbols = NULL;
	found->best = candidate - found->all;
	return NULL;
}

/* Whether the file was there already, under another name or behind a link; remembers it. */
static bool is_seen(struct kimg_map_found *found, const struct stat *st)
{
	for (size_t i = 0; i < found->count; i++)
		if (found->seen[i].device == st->st_dev && found->seen[i].inode == st->st_ino)
			return true;
	found->seen[found->count].device = st->st_dev;
	found->seen[found->count].inode = st->st_ino;
	return false;
}

/* Takes path over. */
static struct kimg_error *add_candidate(struct kimg_map_found *found, char *path)
{
	struct stat st;

	if (found->count == MAX_CANDIDATES || stat(path, &st) < 0 || !S_ISREG(st.st_mode) ||
	    is_seen(found, &st)) {
		free(path);
		return NULL;
	}
	found->all[found->count] = (struct kimg_map_candidate){ .path = path };
	return check_candidate(found, &found->all[found->count++]);
}

static struct kimg_error *try_place(struct kimg_map_found *found, const char *root,
				    const char *place)
{
	char *path = place_path(root, place, found->release);

	return path ? add_candidate(found, path) : error_nomem();
}

/* ---- the places ---- */

static int compare_names(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static void free_names(struct buf *names)
{
	for (size_t i = 0; i < names->n / sizeof(char *); i++)
		free(((char **)(void *)names->p)[i]);
	buf_done(names);
}

/* The names in folder that start with prefix, in names as pointers, sorted. */
static struct kimg_error *list_names(const char *folder, const char *prefix, struct buf *names)
{
	DIR *stream = opendir(folder);
	const struct dirent *entry;

	if (!stream)
		return NULL;
	while ((entry = readdir(stream)) != NULL) {
		char *name;

		if (strncmp(entry->d_name, prefix, strlen(prefix)) != 0)
			continue;
		name = strdup(entry->d_name);
		if (name)
			buf_add(names, &name, sizeof(name));
		if (!name || names->failed) {
			free(name);
			closedir(stream);
			return error_nomem();
		}
	}
	closedir(stream);
	if (names->n)
		qsort(names->p, names->n / sizeof(char *), sizeof(char *), compare_names);
	return NULL;
}

/* FOLDER/System.map-RELEASE.*, as people name the maps of several builds: System.map-2.2.14.nosound. */
static struct kimg_error *try_builds(struct kimg_map_found *found, const char *root,
				     const char *place)
{
	cleanup_free char *folder = place_path(root, place, found->release);
	cleanup(free_names) struct buf names = { 0 };
	cleanup_buf struct buf prefix = { 0 };
	char *name;

	if (!folder)
		return error_nomem();
	name = strrchr(folder, '/') + 1;
	buf_printf(&prefix, "%s.", name);
	*name = '\0';
	if (prefix.failed)
		return error_nomem();
	TRY(list_names(folder, prefix.p, &names));
	for (size_t i = 0; i < names.n / sizeof(char *); i++) {
		char *path;

		if (asprintf(&path, "%s%s", folder, ((char **)(void *)names.p)[i]) < 0)
			return error_nomem();
		TRY(add_candidate(found, path));
	}
	return NULL;
}

/* The release is the end of the name, and not that of a folder. */
static bool may_have_builds(const char *place)
{
	const char *percent = strstr(place, "%s");

	return percent && percent[2] == '\0';
}

/* Maps before the far larger vmlinux files. */
static struct kimg_error *try_places(struct kimg_map_found *found, const char *root)
{
	for (const char *const *place = map_places; *place; place++) {
		TRY(try_place(found, root, *place));
		if (may_have_builds(*place))
			TRY(try_builds(found, root, *place));
	}
	for (const char *const *place = unnamed_places; *place; place++)
		TRY(try_place(found, root, *place));
	for (const char *const *place = vmlinux_places; *place; place++)
		TRY(try_place(found, root, *place));
	return NULL;
}

static struct span kernel_build_id(const struct kimg_map_found *found)
{
	return found->kernel ? span_of(found->kernel->build_id, found->kernel->build_id_size)
			     : (struct span){ 0 };
}

/* usr/lib/debug/.build-id/xx/yyyy.debug, as of gdb's manual ("Separate Debug Files"). */
static struct kimg_error *try_build_id(struct kimg_map_found *found, const char *root)
{
	struct span id = kernel_build_id(found);
	cleanup_buf struct buf place = { 0 };

	if (id.n < 2)
		return NULL;
	buf_printf(&place, "usr/lib/debug/.build-id/%02x/", id.p[0]);
	escape_hex(&place, span_from(id, 1));
	buf_puts(&place, ".debug");
	return place.failed ? error_nomem() : try_place(found, root, place.p);
}

static bool has_match(const struct kimg_map_found *found)
{
	return found->best != SIZE_MAX && rank_of_verdict(found->all[found->best].check->verdict) ==
						  rank_of_verdict(KIMG_MAP_MATCHES);
}

/* Hundreds of megabytes over the network: only where nothing else will do. */
static struct kimg_error *try_debuginfod(struct kimg_map_found *found)
{
	struct kimg_error *error;
	char *path;

	if (!found->options->debuginfod || !kernel_build_id(found).n || has_match(found) ||
	    found->count == MAX_CANDIDATES)
		return NULL;
	error = debuginfod_find(kernel_build_id(found), &path);
	if (!error)
		return add_candidate(found, path);
	if (kimg_error_code(error) == KIMG_E_NOMEM)
		return error;
	path = strdup("debuginfod");
	if (!path) {
		kimg_error_free(error);
		return error_nomem();
	}
	found->all[found->count++] = (struct kimg_map_candidate){ .path = path, .error = error };
	return NULL;
}

static struct kimg_error *look_around(struct kimg_map_found *found)
{
	for (const char *const *root = map_roots(found->options->roots); *root; root++) {
		TRY(try_places(found, *root));
		TRY(try_build_id(found, *root));
	}
	return try_debuginfod(found);
}

/* ---- what they are checked against ---- */

static struct kimg_error *choose_release(struct kimg_map_found *found)
{
	const char *release = found->options->release;

	if (!release && found->options->kernel)
		release = found->options->kernel->release;
	if (!release)
		return map_running_release(found->options->roots, &found->release);
	if (!is_file_name(span_of(release, strlen(release))))
		return error_new(KIMG_E_INVALID, "'%s' is no release of a kernel", release);
	found->release = strdup(release);
	return found->release ? NULL : error_nomem();
}

/* The running kernel, if the release is its and it tells more than that. */
static struct kimg_error *choose_running(struct kimg_map_found *found)
{
	const char *const *roots = found->options->roots;
	cleanup_map_side struct kimg_map_side *side = NULL;
	cleanup_free char *running = NULL;

	TRY(map_running_release(roots, &running));
	if (strcmp(running, found->release) != 0)
		return NULL;
	TRY(kimg_map_side_of_running(roots, &found->reading, &side));
	found->own_kernel = side;
	side = NULL;
	return NULL;
}

/* Whether an image is of another build than the kernel that runs, though both have one release. */
static bool is_misfit(const struct kimg_map_side *running, const struct kimg_map_side *image)
{
	return running && running->build_id_size && image->build_id_size &&
	       !span_equal(span_of(running->build_id, running->build_id_size),
			   span_of(image->build_id, image->build_id_size));
}

/* What is installed under a release is taken for it where it does not tell its own. */
static struct kimg_error *assume_release(struct kimg_map_found *found)
{
	if (found->own_kernel->release)
		return NULL;
	found->own_kernel->release = strdup(found->release);
	return found->own_kernel->release ? NULL : error_nomem();
}

static struct kimg_error *choose_kernel(struct kimg_map_found *found)
{
	struct kimg_map_side *installed;
	struct kimg_error *error;

	found->kernel = found->options->kernel;
	if (found->kernel)
		return NULL;
	TRY(choose_running(found));
	if (!found->own_kernel || !found->own_kernel->symbols) {
		error = kimg_map_side_installed(found->release, found->options->roots,
						&found->reading, &installed);
		if (error && kimg_error_code(error) == KIMG_E_NOMEM)
			return error;
		kimg_error_free(error);
		if (!error && !is_misfit(found->own_kernel, installed)) {
			kimg_map_side_free(found->own_kernel);
			found->own_kernel = installed;
		} else if (!error) {
			kimg_map_side_free(installed);
		}
	}
	found->kernel = found->own_kernel;
	return found->own_kernel ? assume_release(found) : NULL;
}

/* ---- all of it ---- */

struct kimg_error *kimg_map_find(const struct kimg_map_find_options *options,
				 struct kimg_map_found **ret_found)
{
	const struct kimg_map_find_options defaults = KIMG_MAP_FIND_OPTIONS_DEFAULT;
	cleanup(found_free_pointer) struct kimg_map_found *found = calloc(1, sizeof(*found));

	if (!found)
		return error_nomem();
	found->options = options ? options : &defaults;
	found->reading.limits = found->options->limits;
	found->best = SIZE_MAX;
	TRY(choose_release(found));
	TRY(choose_kernel(found));
	TRY(look_around(found));
	found->options = NULL;
	*ret_found = found;
	found = NULL;
	return NULL;
}

const char *kimg_map_found_release(const struct kimg_map_found *found)
{
	return found->release;
}

const struct kimg_map_side *kimg_map_found_kernel(const struct kimg_map_found *found)
{
	return found->kernel;
}

const struct kimg_map_candidate *kimg_map_found_all(const struct kimg_map_found *found,
						    size_t *ret_count)
{
	*ret_count = found->count;
	return found->all;
}

const struct kimg_map_candidate *kimg_map_found_best(const struct kimg_map_found *found)
{
	return found->best == SIZE_MAX ? NULL : &found->all[found->best];
}

const char *kimg_map_found_message(const struct kimg_map_found *found)
{
	const struct kimg_map_candidate *best = kimg_map_found_best(found);

	return best ? best->check->message : KIMG_MAP_NOT_FOUND_MESSAGE;
}

struct kimg_symbols *kimg_map_found_take_symbols(struct kimg_map_found *found)
{
	struct kimg_symbols *symbols = found->symbols;
	struct kimg_error *error;
	uint64_t shift;

	found->symbols = NULL;
	if (!symbols)
		return NULL;
	shift = found->all[found->best].check->shift;
	error = symbols_finish(symbols,
			       rank_of_verdict(found->all[found->best].check->verdict) ? shift : 0);
	if (!error)
		return symbols;
	kimg_error_free(error);
	kimg_symbols_free(symbols);
	return NULL;
}
