/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Opening debug information. The sections of a vmlinux are final, even where it has .rela.debug_* beside them
 * (x86 links it with --emit-relocs): libdw reads them as they are. Those of a module are not:
 * libdwfl gives its sections addresses of their own and applies the relocations.
 */
#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "codec/codec.h"
#include "debug/source.h"
#include "format/part.h"
#include "kernel/facts.h"
#include "kimg/image.h"

static void free_source(struct kimg_source **source)
{
	kimg_source_free(*source);
}

static void free_image(struct kimg_image **image)
{
	kimg_image_free(*image);
}

struct kimg_error *source_damaged(const struct kimg_source *source, const char *what)
{
	const char *reason = source->dw->dwarf_errmsg(-1);

	return error_new(KIMG_E_CORRUPT, "debug information: %s%s%s", what, reason ? ": " : "",
			 reason ? reason : "");
}

/* ---- sections ---- */

static bool has_name(const char *have, const char *name)
{
	if (strncmp(have, ".debug_", 7) == 0)
		return strcmp(have + 7, name) == 0;
	return strncmp(have, ".zdebug_", 8) == 0 && strcmp(have + 8, name) == 0;
}

struct span source_section(const struct kimg_source *source, const char *name)
{
	const struct libdw *dw = source->dw;
	Elf *elf = dw->dwarf_getelf(source->dwarf);
	size_t names;

	if (!elf || dw->elf_getshdrstrndx(elf, &names))
		return (struct span){ 0 };
	for (Elf_Scn *section = NULL; (section = dw->elf_nextscn(elf, section));) {
		GElf_Shdr header;
		const char *have;
		Elf_Data *data;

		if (!dw->gelf_getshdr(section, &header) || header.sh_type == SHT_NOBITS)
			continue;
		have = dw->elf_strptr(elf, names, header.sh_name);
		if (!have || !has_name(have, name))
			continue;
		data = dw->elf_getdata(section, NULL);
		if (data && data->d_buf)
			return span_of(data->d_buf, data->d_size);
	}
	return (struct span){ 0 };
}

bool kimg_source_section_address(const struct kimg_source *source, const char *name,
				 uint64_t offset, uint64_t *ret_address)
{
	const struct libdw *dw = source->dw;
	Elf *elf = source->dwfl ? source->module : source->handle;
	size_t names;

	if (!elf || dw->elf_getshdrstrndx(elf, &names))
		return false;
	for (Elf_Scn *section = NULL; (section = dw->elf_nextscn(elf, section));) {
		GElf_Shdr header;
		const char *have;

		if (!dw->gelf_getshdr(section, &header) || !(header.sh_flags & SHF_ALLOC))
			continue;
		have = dw->elf_strptr(elf, names, header.sh_name);
		/* Return addresses may be those of the first byte behind it. */
		if (!have || strcmp(have, name) != 0 || offset > header.sh_size)
			continue;
		*ret_address = header.sh_addr + source->bias + offset;
		return true;
	}
	return false;
}

/* ---- starting and stopping libdw ---- */

static void stop(struct kimg_source *source)
{
	const struct libdw *dw = source->dw;

	if (source->dwfl)
		dw->dwfl_end(source->dwfl);
	else if (source->dwarf)
		dw->dwarf_end(source->dwarf);
	if (source->handle)
		dw->elf_end(source->handle);
	if (source->fd >= 0)
		close(source->fd);
	source->fd = -1;
	source->dwfl = NULL;
	source->dwarf = NULL;
	source->handle = NULL;
	source->module = NULL;
	arena_done(&source->arena);
	memset(source->units, 0, sizeof(source->units));
	source->spent = 0;
}

/* No debug information is looked for elsewhere: find.c has done so. */
static int find_nothing(Dwfl_Module *module, void **user, const char *name, Dwarf_Addr base,
			const char *file_name, const char *link, GElf_Word crc,
			char **ret_file_name)
{
	return -1;
}

static int write_all(int fd, struct span bytes)
{
	while (bytes.n) {
		ssize_t n = write(fd, bytes.p, bytes.n);

		if (n < 0 && errno != EINTR)
			return -1;
		if (n > 0)
			bytes = span_from(bytes, n);
	}
	return 0;
}

/* libdw writes to its own mapping of the file; what was decompressed becomes a file in memory. */
static struct kimg_error *open_for_libdw(const struct kimg_source *source, int *ret_fd)
{
	struct kimg_error *error;
	int fd;

	if (!source->in_memory) {
		fd = open(source->path, O_RDONLY | O_CLOEXEC);
		if (fd < 0)
			return error_system(errno, "%s", source->path);
		*ret_fd = fd;
		return NULL;
	}
	fd = memfd_create("debug", MFD_CLOEXEC);
	if (fd < 0)
		return error_system(errno, "memfd_create");
	if (write_all(fd, blob_span(&source->file))) {
		error = error_system(errno, "memory for a file");
		close(fd);
		return error;
	}
	*ret_fd = fd;
	return NULL;
}

static struct kimg_error *start_linked(struct kimg_source *source, int fd)
{
	const struct libdw *dw = source->dw;

	source->fd = fd;
	source->handle = dw->elf_begin(fd, ELF_C_READ_MMAP_PRIVATE, NULL);
	if (!source->handle)
		return error_new(KIMG_E_CORRUPT, "%s", dw->elf_errmsg(-1));
	source->dwarf = dw->dwarf_begin_elf(source->handle, DWARF_C_READ, NULL);
	if (!source->dwarf)
		return source_damaged(source, "sections");
	return NULL;
}

static struct kimg_error *start_module(struct kimg_source *source, int fd)
{
	const struct libdw *dw = source->dw;
	Dwfl_Module *module = NULL;
	GElf_Addr bias;

	source->callbacks = (Dwfl_Callbacks){
		.find_debuginfo = find_nothing,
		.section_address = dw->dwfl_offline_section_address,
	};
	source->dwfl = dw->dwfl_begin(&source->callbacks);
	if (source->dwfl) {
		dw->dwfl_report_begin(source->dwfl);
		module = dw->dwfl_report_offline(source->dwfl, "module", source->path, fd);
		dw->dwfl_report_end(source->dwfl, NULL, NULL);
	}
	/* A module that was reported has taken it over. */
	if (!module)
		close(fd);
	else
		source->module = dw->dwfl_module_getelf(module, &bias);
	if (source->module) {
		source->bias = bias;
		source->dwarf = dw->dwfl_module_getdwarf(module, &bias);
	}
	if (!source->dwarf)
		return error_new(KIMG_E_CORRUPT, "debug information: %s", dw->dwfl_errmsg(-1));
	return NULL;
}

struct kimg_error *source_start(struct kimg_source *source)
{
	int fd = -1;

	TRY(open_for_libdw(source, &fd));
	TRY(source->elf.type == ET_REL ? start_module(source, fd) : start_linked(source, fd));
	source->abbrev = source_section(source, "abbrev");
	source->info = source_section(source, "info");
	source->str = source_section(source, "str");
	source->line = source_section(source, "line");
	source->line_str = source_section(source, "line_str");
	return NULL;
}

struct kimg_error *source_trim(struct kimg_source *source)
{
	if (!source->dwarf)
		return error_new(KIMG_E_CORRUPT, "debug information: it could be opened only once");
	if (source->spent <= source->limits.memory)
		return NULL;
	stop(source);
	return source_start(source);
}

/* ---- opening ---- */

/* Decodes file where it is compressed as a whole; *ret_decoded says so. */
static struct kimg_error *decode(struct blob *file, const struct kimg_limits *limits,
				 bool *ret_decoded)
{
	const struct codec *codec = codec_detect(blob_span(file), NULL);
	struct blob decoded = { 0 };
	size_t consumed;

	*ret_decoded = codec;
	if (!codec)
		return NULL;
	TRY(codec_decode(codec, blob_span(file), 0, limits, &decoded, &consumed));
	blob_done(file);
	*file = decoded;
	return NULL;
}

static struct kimg_error *load(const char *path, const struct kimg_limits *limits,
			       struct blob *ret_file, bool *ret_in_memory)
{
	bool decoded;

	TRY(blob_open(ret_file, path, limits));
	TRY(decode(ret_file, limits, &decoded));
	*ret_in_memory = decoded || strcmp(path, "-") == 0;
	return NULL;
}

struct kimg_error *kimg_source_is_in(const char *path, const struct kimg_limits *limits,
				     bool *ret_is)
{
	const struct kimg_limits defaults = KIMG_LIMITS_DEFAULT;
	cleanup_blob struct blob file = { 0 };
	bool in_memory, is = false;
	struct elf elf;

	TRY(error_wrap(load(path, limits ? limits : &defaults, &file, &in_memory), "%s", path));
	if (elf_is(blob_span(&file))) {
		TRY(error_wrap(elf_open(blob_span(&file), &elf), "%s", path));
		is = check_has_debug(&elf);
	}
	*ret_is = is;
	return NULL;
}

static struct kimg_error *source_new(const struct kimg_source_options *options,
				     struct kimg_source **ret_source)
{
	struct kimg_source *source = calloc(1, sizeof(*source));

	if (!source)
		return error_nomem();
	source->limits = options->limits;
	source->fd = -1;
	*ret_source = source;
	return NULL;
}

/* source has its file. */
static struct kimg_error *finish(struct kimg_source *source)
{
	TRY(libdw_load(&source->dw));
	TRY(elf_open(blob_span(&source->file), &source->elf));
	TRY(check_sections(&source->elf, &source->limits));
	return source_start(source);
}

/* That of the kernel in an image, which is not opened where there could be no debug information anyhow. */
static struct kimg_error *open_image(struct kimg_source *source, struct span file,
				     const struct kimg_source_options *options)
{
	struct kimg_options of_image = { .depth = KIMG_HEADERS, .limits = options->limits };
	cleanup(free_image) struct kimg_image *image = NULL;
	const struct kimg_part *kernel;
	struct span id;

	if (!find_has_build_ids(options))
		return error_new(KIMG_E_NOT_FOUND, "no debug information is installed");
	TRY(kimg_image_open_bytes(file.p, file.n, &of_image, &image));
	TRY(kimg_image_kernel(image, &kernel));
	if (!build_id_find(part_span(kernel), &id))
		return error_new(KIMG_E_NOT_FOUND, "no build-id to find debug information by");
	return find_by_build_id(id, options, &source->file, &source->path);
}

static struct kimg_error *open_file(struct kimg_source *source, const char *path,
				    const struct kimg_source_options *options)
{
	cleanup_blob struct blob file = { 0 };
	struct elf elf;

	TRY(load(path, &options->limits, &file, &source->in_memory));
	if (elf_is(blob_span(&file)))
		TRY(elf_open(blob_span(&file), &elf));
	if (elf_is(blob_span(&file)) && check_has_debug(&elf)) {
		source->path = strdup(path);
		if (!source->path)
			return error_nomem();
		source->file = file;
		file = (struct blob){ 0 };
		return finish(source);
	}
	source->in_memory = false;
	if (elf_is(blob_span(&file)))
		TRY(find_debug_file(path, &elf, options, &source->file, &source->path));
	else
		TRY(open_image(source, blob_span(&file), options));
	return finish(source);
}

struct kimg_error *kimg_source_open(const char *path, const struct kimg_source_options *options,
				    struct kimg_source **ret_source)
{
	const struct kimg_source_options defaults = KIMG_SOURCE_OPTIONS_DEFAULT;
	cleanup(free_source) struct kimg_source *source = NULL;

	if (!options)
		options = &defaults;
	TRY(source_new(options, &source));
	TRY(error_wrap(open_file(source, path, options), "%s", path));
	*ret_source = source;
	source = NULL;
	return NULL;
}

struct kimg_error *kimg_source_open_build_id(const void *id, size_t id_size,
					     const struct kimg_source_options *options,
					     struct kimg_source **ret_source)
{
	const struct kimg_source_options defaults = KIMG_SOURCE_OPTIONS_DEFAULT;
	cleanup(free_source) struct kimg_source *source = NULL;

	if (!options)
		options = &defaults;
	TRY(source_new(options, &source));
	TRY(find_by_build_id(span_of(id, id_size), options, &source->file, &source->path));
	TRY(error_wrap(finish(source), "%s", source->path));
	*ret_source = source;
	source = NULL;
	return NULL;
}

void kimg_source_free(struct kimg_source *source)
{
	if (!source)
		return;
	if (source->dw)
		stop(source);
	reaches_done(&source->aranges);
	reaches_done(&source->ranges);
	blob_done(&source->file);
	free(source->path);
	free(source);
}

const char *kimg_source_path(const struct kimg_source *source)
{
	return source->path;
}
