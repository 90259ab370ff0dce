/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What an initrd lacks. Each entry is looked at as it comes; what that wants is looked for once all are known. */
#include "initrd/check.h"

#include <stdlib.h>
#include <sys/stat.h>

#include "base/escape.h"
#include "base/hash.h"
#include "format/elf.h"
#include "initrd/modules_source.h"

#define FILES_MAX    4000000
#define FINDINGS_MAX 100000

const char *kimg_initrd_finding_name(enum kimg_initrd_finding_kind kind)
{
	static const char *const names[] = {
		[KIMG_INITRD_DAMAGED] = "damaged",
		[KIMG_INITRD_INIT_MISSING] = "init-missing",
		[KIMG_INITRD_MODULE_MISSING] = "module-missing",
		[KIMG_INITRD_MODULE_FOREIGN] = "module-foreign",
		[KIMG_INITRD_MODULE_DAMAGED] = "module-damaged",
		[KIMG_INITRD_LIBRARY_MISSING] = "library-missing",
		[KIMG_INITRD_PROGRAM_MISSING] = "program-missing",
		[KIMG_INITRD_FIRMWARE_MISSING] = "firmware-missing",
	};

	return kind < ARRAY_SIZE(names) ? names[kind] : "unknown";
}

/* ---- findings ---- */

static const char *safe_text(struct kimg_initrd_check *check, struct span text)
{
	cleanup_buf struct buf buf = { 0 };

	escape_line(&buf, text);
	return buf.failed ? NULL : arena_copy(&check->arena, buf.p ? buf.p : "", buf.n);
}

static struct kimg_error *append_finding(struct kimg_initrd_check *check,
					 const struct kimg_initrd_finding *finding)
{
	struct kimg_initrd_finding *copy = arena_alloc(&check->arena, sizeof(*copy));

	if (!copy || !finding->what || !finding->text)
		return error_nomem();
	*copy = *finding;
	if (check->last)
		check->last->next = copy;
	else
		check->first = copy;
	check->last = copy;
	check->findings++;
	return NULL;
}

struct kimg_error *check_find(struct kimg_initrd_check *check, enum kimg_initrd_finding_kind kind,
			      bool bad, struct span what, struct span by, const char *format, ...)
{
	struct kimg_initrd_finding finding = { .kind = kind, .bad = bad };
	const char *text;
	va_list ap;

	if (check->findings >= FINDINGS_MAX)
		return NULL;
	va_start(ap, format);
	text = arena_vprintf(&check->arena, format, ap);
	va_end(ap);
	if (!text)
		return error_nomem();
	finding.what = safe_text(check, what);
	finding.by = by.n ? safe_text(check, by) : NULL;
	finding.text = safe_text(check, span_of(text, strlen(text)));
	return append_finding(check, &finding);
}

/* ---- the files ---- */

void *check_grow(void *array, size_t n, size_t *size, size_t object)
{
	void *grown;
	size_t more;

	if (n < *size)
		return array;
	more = *size ? *size * 2 : 64;
	grown = reallocarray(array, more, object);
	if (grown)
		*size = more;
	return grown;
}

struct kimg_error *check_copy(struct kimg_initrd_check *check, struct span *text)
{
	text->p = (const uint8_t *)arena_copy(&check->arena, (const char *)text->p, text->n);
	return text->p ? NULL : error_nomem();
}

bool check_has_file(struct kimg_initrd_check *check, const char *path, struct span *ret_bytes,
		    uint32_t *ret_mode)
{
	const struct kimg_initrd_entry *entry;
	struct kimg_error *error = kimg_initrd_find(check->initrd, path, &entry);
	const void *bytes;
	size_t size;
	uint32_t mode;

	if (!error && !S_ISREG(entry->mode))
		return false;
	mode = error ? 0 : entry->mode;
	if (!error && ret_bytes)
		error = kimg_initrd_data(check->initrd, &bytes, &size);
	if (error) {
		kimg_error_free(error);
		return false;
	}
	if (ret_bytes)
		*ret_bytes = span_of(bytes, size);
	if (ret_mode)
		*ret_mode = mode;
	return true;
}

static struct kimg_error *take_name(struct kimg_initrd_check *check, struct span path)
{
	struct check_file *grown =
		check_grow(check->files, check->files_n, &check->files_size, sizeof(*check->files));
	const uint8_t *slash = memrchr(path.p, '/', path.n);

	if (!grown)
		return error_nomem();
	check->files = grown;
	if (check->files_n == FILES_MAX)
		return error_new(KIMG_E_LIMIT, "more than %d files", FILES_MAX);
	check->files[check->files_n++] = (struct check_file){
		.path = path,
		.base = slash ? span_from(path, slash + 1 - path.p) : path,
	};
	return NULL;
}

/* "./usr/x" and "/usr/x" are "usr/x". */
static struct span plain_path(struct span path)
{
	for (;;) {
		if (span_starts(path, SPAN_LITERAL("/")))
			path = span_from(path, 1);
		else if (span_starts(path, SPAN_LITERAL("./")))
			path = span_from(path, 2);
		else
			return path;
	}
}

static struct kimg_error *take_entry(struct kimg_initrd_check *check,
				     const struct kimg_initrd_entry *entry)
{
	struct span path = plain_path(span_of(entry->name, entry->name_size)), bytes;
	const void *data;
	size_t size;

	if (entry->effect == KIMG_INITRD_SKIPPED || !path.n)
		return NULL;
	TRY(check_copy(check, &path));
	if (S_ISREG(entry->mode) || S_ISLNK(entry->mode))
		TRY(take_name(check, path));
	if (!S_ISREG(entry->mode))
		return NULL;
	TRY(kimg_initrd_data(check->initrd, &data, &size));
	bytes = span_of(data, size);
	if (module_name_of_path(path).n)
		return check_take_module(check, path, bytes);
	if (elf_is(bytes) || ((entry->mode & 0111) && span_starts(bytes, SPAN_LITERAL("#!"))))
		return check_take_program(check, path, bytes);
	return NULL;
}

static bool is_ours(const struct kimg_error *error)
{
	enum kimg_code code = kimg_error_code(error);

	return code == KIMG_E_NOMEM || code == KIMG_E_LIMIT || code == KIMG_E_UNSUPPORTED;
}

/* Where the kernel stops unpacking there is a finding; what came before it is still checked. */
static struct kimg_error *take_all(struct kimg_initrd_check *check)
{
	const struct kimg_initrd_entry *entry;
	struct kimg_error *error;
	char text[512];

	for (;;) {
		error = kimg_initrd_next(check->initrd, &entry);
		if (error || !entry)
			break;
		TRY(take_entry(check, entry));
	}
	if (!error || is_ours(error))
		return error;
	kimg_error_format(error, text, sizeof(text));
	kimg_error_free(error);
	return check_find(check, KIMG_INITRD_DAMAGED, true, SPAN_LITERAL("initrd"),
			  (struct span){ 0 }, "the kernel stops unpacking: %s", text);
}

static struct kimg_error *index_files(struct kimg_initrd_check *check)
{
	TRY(chains_init(&check->by_base, check->files_n));
	for (size_t i = check->files_n; i > 0; i--)
		chains_put(&check->by_base, i - 1,
			   name_hash(check->seed, check->files[i - 1].base));
	return NULL;
}

/* ---- all of it ---- */

/* The modules of the kernel on this machine: not needed unless a root is to be reached. */
static struct kimg_error *open_tree(struct kimg_initrd_check *check)
{
	struct module_tree_options options = {
		.sysroot = check->options->sysroot,
		.version = check->version,
		.limits = check->options->limits,
	};
	struct kimg_error *error;

	if (!check->version)
		return NULL;
	error = module_tree_open(&options, &check->tree);
	if (!error || check->options->root || check->options->host ||
	    kimg_error_code(error) == KIMG_E_NOMEM)
		return error;
	kimg_error_free(error);
	return NULL;
}

static struct kimg_error *run(struct kimg_initrd_check *check)
{
	TRY(take_all(check));
	TRY(index_files(check));
	TRY(check_init(check));
	TRY(check_programs(check));
	TRY(check_modules(check));
	TRY(open_tree(check));
	return check_root(check);
}

struct kimg_error *kimg_initrd_check(struct kimg_initrd *initrd,
				     const struct kimg_initrd_check_options *options,
				     struct kimg_initrd_check **ret_check)
{
	struct kimg_initrd_check *check = calloc(1, sizeof(*check));
	struct kimg_error *error;

	if (!check)
		return error_nomem();
	check->initrd = initrd;
	check->options = options;
	check->seed = hash_seed();
	error = run(check);
	if (error) {
		kimg_initrd_check_free(check);
		return error;
	}
	*ret_check = check;
	return NULL;
}

void kimg_initrd_check_free(struct kimg_initrd_check *check)
{
	if (!check)
		return;
	module_tree_free(check->tree);
	chains_done(&check->by_base);
	chains_done(&check->by_module);
	chains_done(&check->by_program);
	free(check->files);
	free(check->modules);
	free(check->programs);
	arena_done(&check->arena);
	free(check);
}

const struct kimg_initrd_finding *kimg_initrd_check_findings(const struct kimg_initrd_check *check)
{
	return check->first;
}

void kimg_initrd_check_counts(const struct kimg_initrd_check *check,
			      struct kimg_initrd_check_counts *ret_counts)
{
	*ret_counts = (struct kimg_initrd_check_counts){
		.files = check->files_n,
		.modules = check->modules_n,
		.programs = check->programs_n,
		.version = check->version,
	};
}
