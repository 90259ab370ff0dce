/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where the sections of a module go: as the kernel would do it, or as it did. */
#include "symbol/module_layout.h"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "symbol/places.h"

enum { PAGE = 4096 };

/* Not a flag of the file: what is written until the module's init function has run (include/linux/elf.h). */
#define RO_AFTER_INIT 0x00200000u

#define PLACE_FLAGS (SHF_ALLOC | SHF_WRITE | SHF_EXECINSTR)

/* Sections that are read while loading and then dropped (kernel/module/main.c, rewrite_section_headers()). */
static bool is_dropped(struct span name)
{
	return span_equal(name, SPAN_LITERAL(".modinfo")) ||
	       span_equal(name, SPAN_LITERAL("__versions")) ||
	       span_equal(name, SPAN_LITERAL("__version_ext_crcs")) ||
	       span_equal(name, SPAN_LITERAL("__version_ext_names")) ||
	       /* copied to each CPU, setup_load_info() */
	       span_equal(name, SPAN_LITERAL(".data..percpu"));
}

static bool is_ro_after_init(struct span name)
{
	return span_equal(name, SPAN_LITERAL(".data..ro_after_init")) ||
	       span_equal(name, SPAN_LITERAL("__jump_table"));
}

static struct module_section describe(const struct elf_section *section)
{
	struct module_section s = {
		.size = section->size,
		.align = section->addralign,
		.flags = section->flags & PLACE_FLAGS,
		.init = span_starts(section->name, SPAN_LITERAL(".init")),
		.name = section->name,
	};

	if (section->type == SHT_NULL || is_dropped(section->name))
		s.flags = 0;
	if (is_ro_after_init(section->name))
		s.flags |= RO_AFTER_INIT;
	return s;
}

struct kimg_error *module_sections(const struct elf *elf, struct module_section **ret_sections,
				   size_t *ret_count)
{
	struct module_section *sections = calloc(elf->sections + (size_t)1, sizeof(*sections));
	struct elf_section section;
	uint32_t i;

	if (!sections)
		return error_nomem();
	for (i = 0; elf_section_at(elf, i, &section); i++)
		sections[i] = describe(&section);
	*ret_sections = sections;
	*ret_count = i;
	return NULL;
}

/* ---- as the kernel would ---- */

struct layout {
	struct module_section *sections;
	size_t count;
	uint64_t end; /* of what was placed */
	uint64_t limit;
};

static struct kimg_error *place(struct layout *layout, struct module_section *section)
{
	/* No loader would take more than a huge page. */
	uint64_t align = section->align && section->align <= 2 << 20 ? section->align : 1;
	uint64_t start = (layout->end + align - 1) / align * align;

	if (start > layout->limit || section->size > layout->limit - start)
		return error_new(KIMG_E_CORRUPT, "the sections are larger than the address space");
	section->address = start;
	section->placed = true;
	layout->end = start + section->size;
	return NULL;
}

/* kernel/module/main.c, __layout_sections(): code, constants, what becomes constant, data; a page each. */
static struct kimg_error *place_all(struct layout *layout, bool init)
{
	static const struct {
		uint32_t with;
		uint32_t without;
	} kinds[] = {
		{ SHF_EXECINSTR | SHF_ALLOC, 0 },
		{ SHF_ALLOC, SHF_WRITE },
		{ RO_AFTER_INIT | SHF_ALLOC, 0 },
		{ SHF_ALLOC, 0 },
	};

	for (size_t kind = 0; kind < ARRAY_SIZE(kinds); kind++) {
		for (size_t i = 0; i < layout->count; i++) {
			struct module_section *s = &layout->sections[i];

			if (!s->placed && s->init == init && !(s->flags & kinds[kind].without) &&
			    (s->flags & kinds[kind].with) == kinds[kind].with)
				TRY(place(layout, s));
		}
		layout->end = (layout->end + PAGE - 1) / PAGE * PAGE;
	}
	return NULL;
}

struct kimg_error *module_lay_out(struct module_section *sections, size_t count, bool is64)
{
	struct layout layout = {
		.sections = sections,
		.count = count,
		.limit = is64 ? 1ULL << 47 : 1ULL << 31,
	};

	TRY(place_all(&layout, false));
	return place_all(&layout, true);
}

/* ---- as the kernel did ---- */

/* folder/name/sections where there is such a folder, else folder itself. */
static int open_folder(const char *folder, const char *name)
{
	cleanup_buf struct buf below = { 0 };
	int fd = -1;

	buf_printf(&below, "%s/%s/sections", folder, name);
	if (is_file_name(span_of(name, strlen(name))) && !below.failed)
		fd = open(below.p, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return fd;
}

/* "0xffffffffc0429000\n". False where there is no such file. */
static struct kimg_error *read_address(int folder, const char *name, bool *ret_found,
				       uint64_t *ret_address)
{
	int fd = openat(folder, name, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	char text[32], *end;
	ssize_t n;

	*ret_found = fd >= 0;
	if (fd < 0)
		return errno == ENOENT ? NULL : error_system(errno, "%s", name);
	n = read(fd, text, sizeof(text) - 1);
	close(fd);
	if (n < 0)
		return error_system(errno, "%s", name);
	text[n] = '\0';
	errno = 0;
	*ret_address = strtoull(text, &end, 16);
	if (errno || end == text || (*end && *end != '\n'))
		return error_new(KIMG_E_CORRUPT, "%s: no address", name);
	return NULL;
}

static struct kimg_error *place_section(struct module_section *section, int folder)
{
	cleanup_buf struct buf name = { 0 };

	if (!is_file_name(section->name))
		return NULL;
	buf_add(&name, section->name.p, section->name.n);
	if (name.failed)
		return error_nomem();
	return read_address(folder, name.p, &section->placed, &section->address);
}

static struct kimg_error *place_from(struct module_section *sections, size_t count, int folder,
				     size_t *ret_missing)
{
	size_t placed = 0, missing = 0;
	bool seen = false;

	for (size_t i = 0; i < count; i++) {
		if (!(sections[i].flags & SHF_ALLOC) || sections[i].size == 0)
			continue;
		TRY(place_section(&sections[i], folder));
		if (sections[i].placed)
			placed++;
		else
			missing++;
		seen |= sections[i].address != 0;
	}
	if (placed == 0)
		return error_new(KIMG_E_NOT_FOUND, "none of the module's sections is there");
	if (!seen)
		return error_new(
			KIMG_E_NOT_FOUND,
			"the kernel hid the addresses, all of them are 0: only root sees them");
	*ret_missing = missing;
	return NULL;
}

struct kimg_error *module_place(struct module_section *sections, size_t count, const char *folder,
				const char *name, size_t *ret_missing)
{
	struct kimg_error *error;
	int fd = open_folder(folder, name);

	if (fd < 0)
		return error_system(errno, "%s", folder);
	error = place_from(sections, count, fd, ret_missing);
	close(fd);
	return error_wrap(error, "%s", folder);
}
