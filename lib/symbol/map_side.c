/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One side of a comparison: a file that is a map or a kernel, or the kernel that runs. */
#include <elf.h>
#include <errno.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/utsname.h>

#include "format/elf.h"
#include "format/part.h"
#include "kernel/facts.h"
#include "symbol/map_match.h"
#include "symbol/places.h"
#include "symbol/readers.h"

void kimg_map_side_free(struct kimg_map_side *side)
{
	if (!side)
		return;
	kimg_symbols_free(side->symbols);
	kimg_error_free(side->error);
	free(side->release);
	free(side->path);
	free(side);
}

static struct kimg_error *side_new(const char *path, struct kimg_map_side **ret_side)
{
	struct kimg_map_side *side = calloc(1, sizeof(*side));

	if (!side)
		return error_nomem();
	side->path = strdup(path);
	if (!side->path) {
		free(side);
		return error_nomem();
	}
	*ret_side = side;
	return NULL;
}

static void set_build_id(struct kimg_map_side *side, struct span id)
{
	id = span_clip(id, 0, sizeof(side->build_id));
	if (id.n)
		memcpy(side->build_id, id.p, id.n);
	side->build_id_size = id.n;
}

static struct kimg_error *set_release(struct kimg_map_side *side, struct span release)
{
	if (!release.n || memchr(release.p, 0, release.n))
		return NULL;
	side->release = strndup((const char *)release.p, release.n);
	return side->release ? NULL : error_nomem();
}

/* ---- files ---- */

static void read_elf_build_id(struct kimg_map_side *side, struct span file)
{
	struct span id;

	if (build_id_find(file, &id))
		set_build_id(side, id);
}

static struct kimg_error *read_kernel_facts(struct kimg_map_side *side, struct kimg_image *image)
{
	const struct kimg_part *kernel;
	struct kimg_error *error = kimg_image_kernel(image, &kernel);
	struct banner banner;
	struct span id;

	if (error) {
		kimg_error_free(error);
		return NULL;
	}
	if (build_id_find(part_span(kernel), &id))
		set_build_id(side, id);
	if (side->release || !banner_find(part_span(kernel), &banner))
		return NULL;
	return set_release(side, banner.release);
}

/* What else the file that symbols were read from tells. */
static struct kimg_error *read_facts(struct kimg_map_side *side)
{
	const struct kimg_symbols *symbols = side->symbols;

	if (symbols->release)
		TRY(set_release(side, span_of(symbols->release, strlen(symbols->release))));
	if (symbols->image)
		return read_kernel_facts(side, symbols->image);
	if (elf_is(symbols->file))
		read_elf_build_id(side, symbols->file);
	return NULL;
}

/* An image that has no symbols, or whose tables are damaged. */
static struct kimg_error *read_facts_alone(struct kimg_map_side *side,
					   const struct kimg_limits *limits)
{
	struct kimg_options options = { .depth = KIMG_HEADERS, .limits = *limits };
	struct kimg_image *image;
	struct kimg_error *error = kimg_image_open(side->path, &options, &image);

	if (error) {
		kimg_error_free(error);
		return NULL;
	}
	error = read_kernel_facts(side, image);
	kimg_image_free(image);
	return error;
}

/* Whether a file without symbols may tell something else. */
static bool may_tell_more(const struct kimg_map_side *side)
{
	switch (kimg_error_code(side->error)) {
	case KIMG_E_NOMEM:
	case KIMG_E_IO:
	case KIMG_E_LIMIT:
	case KIMG_E_INVALID:
		return false;
	default:
		return strcmp(side->path, "-") != 0;
	}
}

static struct kimg_error *take_error(struct kimg_map_side *side)
{
	struct kimg_error *error = side->error;

	side->error = NULL;
	return error;
}

struct kimg_error *kimg_map_side_open(const char *path, const struct kimg_symbols_options *options,
				      struct kimg_map_side **ret_side)
{
	const struct kimg_symbols_options defaults = KIMG_SYMBOLS_OPTIONS_DEFAULT;
	cleanup_map_side struct kimg_map_side *side = NULL;

	if (!options)
		options = &defaults;
	TRY(side_new(path, &side));
	side->error = kimg_symbols_open(path, options, &side->symbols);
	if (!side->error)
		TRY(read_facts(side));
	else if (may_tell_more(side))
		TRY(read_facts_alone(side, &options->limits));
	if (side->error && !side->release && !side->build_id_size)
		return take_error(side);
	*ret_side = side;
	side = NULL;
	return NULL;
}

/* ---- the running kernel ---- */

const char *const *map_roots(const char *const *roots)
{
	static const char *const slash[] = { "", NULL };

	return roots && *roots ? roots : slash;
}

/* The first root that has a proc folder with what a kernel tells there, or "". */
static struct kimg_error *live_root(const char *const *roots, const char **ret_root)
{
	static const char *const names[] = { "proc/kallsyms", "proc/sys/kernel/osrelease",
					     "proc/kcore" };

	*ret_root = "";
	for (const char *const *root = map_roots(roots); *root; root++) {
		for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
			cleanup_free char *path = NULL;
			struct stat st;

			if (asprintf(&path, "%s/%s", *root, names[i]) < 0)
				return error_nomem();
			if (stat(path, &st) == 0) {
				*ret_root = *root;
				return NULL;
			}
		}
	}
	return NULL;
}

/* The first line of a file, without its end; *ret_line is NULL where it cannot be read. */
static struct kimg_error *read_line(const char *path, char **ret_line)
{
	const struct kimg_limits limits = KIMG_LIMITS_DEFAULT;
	cleanup_blob struct blob file = { 0 };
	struct kimg_error *error = blob_open(&file, path, &limits);
	struct span text = blob_span(&file);
	const uint8_t *end;

	*ret_line = NULL;
	if (error) {
		kimg_error_free(error);
		return NULL;
	}
	end = text.n ? memchr(text.p, '\n', text.n) : NULL;
	if (end)
		text.n = end - text.p;
	*ret_line = strndup(text.n ? (const char *)text.p : "", text.n);
	return *ret_line ? NULL : error_nomem();
}

struct kimg_error *map_running_release(const char *const *roots, char **ret_release)
{
	cleanup_free char *path = NULL, *line = NULL;
	struct utsname system;
	const char *root;

	TRY(live_root(roots, &root));
	if (asprintf(&path, "%s/proc/sys/kernel/osrelease", root) < 0)
		return error_nomem();
	TRY(read_line(path, &line));
	if (!line || !*line) {
		if (uname(&system) < 0)
			return error_system(errno, "uname");
		free(line);
		line = strdup(system.release);
		if (!line)
			return error_nomem();
	}
	*ret_release = line;
	line = NULL;
	return NULL;
}

/*
 * The build-id in /sys/kernel/notes: the ELF notes of the kernel that runs, in its byte order (kernel/ksysfs.c).
 */
static struct kimg_error *read_notes(struct kimg_map_side *side, const char *root,
				     const struct kimg_limits *limits)
{
	cleanup_free char *path = NULL;
	cleanup_blob struct blob file = { 0 };
	struct kimg_error *error;
	struct elf_notes notes;
	struct elf_note note;

	if (asprintf(&path, "%s/sys/kernel/notes", root) < 0)
		return error_nomem();
	error = blob_open(&file, path, limits);
	if (error) {
		kimg_error_free(error);
		return NULL;
	}
	notes = (struct elf_notes){ .s = blob_span(&file),
				    .align = 4,
				    .big_endian = __BYTE_ORDER == __BIG_ENDIAN };
	while (elf_notes_next(&notes, &note)) {
		if (note.type == NT_GNU_BUILD_ID && span_equal(note.owner, SPAN_LITERAL("GNU"))) {
			set_build_id(side, note.desc);
			return NULL;
		}
	}
	return NULL;
}

/* The path becomes that of the file in proc which the symbols are from. */
static struct kimg_error *name_live_file(struct kimg_map_side *side)
{
	enum kimg_symbols_source source = side->symbols ? side->symbols->source
							: KIMG_SYMBOLS_PROC_KALLSYMS;
	char *path;

	if (asprintf(&path, "%s/%s", side->path,
		     source == KIMG_SYMBOLS_KALLSYMS     ? "kcore"
		     : source == KIMG_SYMBOLS_PROC_KSYMS ? "ksyms"
							 : "kallsyms") < 0)
		return error_nomem();
	free(side->path);
	side->path = path;
	return NULL;
}

struct kimg_error *kimg_map_side_of_running(const char *const *roots,
					    const struct kimg_symbols_options *options,
					    struct kimg_map_side **ret_side)
{
	const struct kimg_symbols_options defaults = KIMG_SYMBOLS_OPTIONS_DEFAULT;
	cleanup_map_side struct kimg_map_side *side = NULL;
	cleanup_free char *proc = NULL;
	const char *root;

	if (!options)
		options = &defaults;
	TRY(live_root(roots, &root));
	if (asprintf(&proc, "%s/proc", root) < 0)
		return error_nomem();
	TRY(side_new(proc, &side));
	TRY(map_running_release(roots, &side->release));
	TRY(read_notes(side, root, &options->limits));
	side->error = symbols_open_live_in(proc, options, &side->symbols);
	if (side->error && kimg_error_code(side->error) == KIMG_E_NOMEM)
		return take_error(side);
	TRY(name_live_file(side));
	*ret_side = side;
	side = NULL;
	return NULL;
}

/* ---- the kernel that is installed ---- */

static struct kimg_error *open_installed(const char *root, const char *place, const char *release,
					 const struct kimg_symbols_options *options,
					 struct kimg_map_side **ret_side)
{
	cleanup_map_side struct kimg_map_side *side = NULL;
	cleanup_free char *path = place_path(root, place, release);
	struct kimg_error *error;
	struct stat st;

	*ret_side = NULL;
	if (!path)
		return error_nomem();
	if (stat(path, &st) < 0 || !S_ISREG(st.st_mode))
		return NULL;
	error = kimg_map_side_open(path, options, &side);
	if (error && kimg_error_code(error) == KIMG_E_NOMEM)
		return error;
	kimg_error_free(error);
	if (!side || (side->release && strcmp(side->release, release) != 0))
		return NULL;
	*ret_side = side;
	side = NULL;
	return NULL;
}

struct kimg_error *kimg_map_side_installed(const char *release, const char *const *roots,
					   const struct kimg_symbols_options *options,
					   struct kimg_map_side **ret_side)
{
	struct kimg_map_side *side = NULL;

	for (const char *const *root = map_roots(roots); *root; root++) {
		for (const char *const *place = image_places; *place; place++) {
			TRY(open_installed(*root, *place, release, options, &side));
			if (side) {
				*ret_side = side;
				return NULL;
			}
		}
	}
	return error_new(KIMG_E_NOT_FOUND, "no image of kernel %s is installed", release);
}

/* ---- asking ---- */

const char *kimg_map_side_path(const struct kimg_map_side *side)
{
	return side->path;
}

const char *kimg_map_side_release(const struct kimg_map_side *side)
{
	return side->release;
}

const void *kimg_map_side_build_id(const struct kimg_map_side *side, size_t *ret_size)
{
	*ret_size = side->build_id_size;
	return side->build_id_size ? side->build_id : NULL;
}

struct kimg_symbols *kimg_map_side_symbols(const struct kimg_map_side *side)
{
	return side->symbols;
}

const struct kimg_error *kimg_map_side_error(const struct kimg_map_side *side)
{
	return side->error;
}
