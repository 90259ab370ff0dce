/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The file that has the debug information of another one, as gdb and elfutils look for it: by build-id, or by
 * section .gnu_debuglink:
 *
 *	 0  ..  name of a file, NUL-terminated, padded to a multiple of 4
 *	    4   CRC-32 of the file
 */
#include <stdio.h>
#include <sys/stat.h>
#include <zlib.h>

#include "base/buf.h"
#include "debug/source.h"

#define NT_BUILD_ID 3

/* What is looked for. */
struct wanted {
	struct span id;   /* the build-id; empty: not known */
	struct span link; /* the name in .gnu_debuglink; empty: none */
	uint32_t crc;
	const struct kimg_source_options *options;
	struct blob *ret_file;
	char **ret_path;
};

static struct span build_id_of(const struct elf *elf)
{
	struct elf_note note;

	return elf_find_note(elf, "GNU", NT_BUILD_ID, &note) ? note.desc : (struct span){ 0 };
}

static bool is_the_one(const struct wanted *wanted, struct span file, const struct elf *elf)
{
	struct span id = build_id_of(elf);

	if (wanted->id.n && id.n)
		return span_equal(wanted->id, id);
	return wanted->link.n && crc32_z(0, file.p, file.n) == wanted->crc;
}

/* Takes the file at path where it is the one. Anything else there, or nothing, is no error. */
static struct kimg_error *try_path(const struct wanted *wanted, const char *path, bool *ret_taken)
{
	cleanup_blob struct blob file = { 0 };
	struct kimg_error *error;
	struct elf elf;
	struct stat st;

	*ret_taken = false;
	/* Opening a pipe would wait for somebody to write to it. */
	if (stat(path, &st) || !S_ISREG(st.st_mode))
		return NULL;
	error = blob_open(&file, path, &wanted->options->limits);
	if (!error)
		error = elf_open(blob_span(&file), &elf);
	if (error) {
		kimg_error_free(error);
		return NULL;
	}
	if (!sections_have_debug(&elf) || !is_the_one(wanted, blob_span(&file), &elf))
		return NULL;
	*wanted->ret_path = strdup(path);
	if (!*wanted->ret_path)
		return error_nomem();
	*wanted->ret_file = file;
	file = (struct blob){ 0 };
	*ret_taken = true;
	return NULL;
}

static struct kimg_error *try_buf(const struct wanted *wanted, struct buf *path, bool *ret_taken)
{
	if (path->failed)
		return error_nomem();
	return try_path(wanted, path->p, ret_taken);
}

/* ---- by build-id ---- */

static struct kimg_error *try_build_id(const struct wanted *wanted, const char *root,
				       bool *ret_taken)
{
	cleanup_buf struct buf path = { 0 };

	buf_printf(&path, "%s/usr/lib/debug/.build-id/%02x/", root, wanted->id.p[0]);
	for (size_t i = 1; i < wanted->id.n; i++)
		buf_printf(&path, "%02x", wanted->id.p[i]);
	buf_puts(&path, ".debug");
	return try_buf(wanted, &path, ret_taken);
}

/* ---- by .gnu_debuglink ---- */

static void read_link(struct wanted *wanted, const struct elf *elf)
{
	struct elf_section section;
	struct span bytes, name;
	struct cursor c;

	if (!elf_section(elf, ".gnu_debuglink", &section))
		return;
	bytes = elf_section_bytes(elf, &section);
	name = span_text(bytes);
	c = (struct cursor){ .s = bytes, .big_endian = elf->big_endian };
	cursor_seek(&c, (name.n + 4) & ~(size_t)3);
	wanted->crc = cursor_u32(&c);
	/* A name, not a path */
	if (c.failed || name.n > 255 || memchr(name.p, '/', name.n) || name.p[0] == '.')
		return;
	wanted->link = name;
}

static struct kimg_error *try_link(const struct wanted *wanted, const char *root,
				   const char *folder, const char *below, bool *ret_taken)
{
	cleanup_buf struct buf path = { 0 };

	buf_printf(&path, "%s%s%s", root, folder, below);
	buf_add(&path, wanted->link.p, wanted->link.n);
	return try_buf(wanted, &path, ret_taken);
}

/* Beside the file itself, and in .debug there. */
static struct kimg_error *try_beside(const struct wanted *wanted, const char *path, bool *ret_taken)
{
	const char *slash = strrchr(path, '/');
	cleanup_free char *folder = slash ? strndup(path, slash - path + 1) : strdup("");

	if (!folder)
		return error_nomem();
	TRY(try_link(wanted, "", folder, "", ret_taken));
	if (!*ret_taken)
		TRY(try_link(wanted, "", folder, ".debug/", ret_taken));
	return NULL;
}

/* usr/lib/debug below root has the tree of the folders that the files are installed in. */
static struct kimg_error *try_installed(const struct wanted *wanted, const char *root,
					const char *path, bool *ret_taken)
{
	cleanup_free char *real = realpath(path, NULL);
	char *slash = real ? strrchr(real, '/') : NULL;
	size_t n = strlen(root);

	*ret_taken = false;
	if (!slash)
		return NULL;
	slash[1] = 0;
	if (strncmp(real, root, n) == 0 && real[n] == '/')
		return try_link(wanted, root, "/usr/lib/debug", real + n, ret_taken);
	return try_link(wanted, root, "/usr/lib/debug", real, ret_taken);
}

/* ---- both ---- */

static const char *const *roots_of(const struct kimg_source_options *options)
{
	static const char *const slash[] = { "", NULL };

	return options->roots ? options->roots : slash;
}

bool find_has_build_ids(const struct kimg_source_options *options)
{
	bool found = false;

	for (const char *const *root = roots_of(options); *root && !found; root++) {
		cleanup_buf struct buf path = { 0 };
		struct stat st;

		buf_printf(&path, "%s/usr/lib/debug/.build-id", *root);
		found = !path.failed && stat(path.p, &st) == 0;
	}
	return found;
}

static struct kimg_error *look(const struct wanted *wanted, const char *path)
{
	const char *const *roots = roots_of(wanted->options);
	bool taken = false;

	for (const char *const *root = roots; *root && !taken && wanted->id.n; root++)
		TRY(try_build_id(wanted, *root, &taken));
	if (wanted->link.n && !taken)
		TRY(try_beside(wanted, path, &taken));
	for (const char *const *root = roots; *root && !taken && wanted->link.n; root++)
		TRY(try_installed(wanted, *root, path, &taken));
	if (taken)
		return NULL;
	return error_new(KIMG_E_NOT_FOUND, "no debug information%s",
			 wanted->id.n || wanted->link.n ? ", nor another file that has it" : "");
}

struct kimg_error *find_debug_file(const char *path, const struct elf *elf,
				   const struct kimg_source_options *options, struct blob *ret_file,
				   char **ret_path)
{
	struct wanted wanted = {
		.id = build_id_of(elf),
		.options = options,
		.ret_file = ret_file,
		.ret_path = ret_path,
	};

	read_link(&wanted, elf);
	return look(&wanted, path);
}

struct kimg_error *find_by_build_id(struct span id, const struct kimg_source_options *options,
				    struct blob *ret_file, char **ret_path)
{
	const struct wanted wanted = {
		.id = id,
		.options = options,
		.ret_file = ret_file,
		.ret_path = ret_path,
	};

	return look(&wanted, "");
}
