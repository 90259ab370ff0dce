/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Source lines, inlined functions and units, from arbitrary ELF files. */
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "format/elf.h"
#include "kimg/source.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { SECTIONS = 32, ADDRESSES = 64, SHF_CODE = 4 };

static size_t length(const char *text)
{
	return text ? strlen(text) : 0;
}

static bool read_frame(void *context, const struct kimg_source_frame *frame)
{
	*(size_t *)context +=
		length(frame->function) + length(frame->linkage_name) + length(frame->file);
	return true;
}

static bool read_unit(void *context, const struct kimg_source_unit *unit)
{
	*(size_t *)context += length(unit->name) + length(unit->folder);
	for (size_t i = 0; i < unit->range_count; i++)
		if (unit->ranges[i].start >= unit->ranges[i].end)
			abort();
	return true;
}

static void ask_section(struct kimg_source *source, const struct elf_section *section)
{
	char name[256];
	size_t bytes = 0;

	snprintf(name, sizeof(name), "%.*s", (int)section->name.n, (const char *)section->name.p);
	for (uint64_t offset = 0; offset < section->size && offset < ADDRESSES; offset++) {
		struct kimg_source_unit unit;
		uint64_t address;

		if (!kimg_source_section_address(source, name, offset, &address))
			return;
		kimg_error_free(kimg_source_at(source, address, read_frame, &bytes, NULL));
		kimg_error_free(kimg_source_unit_at(source, address, &unit));
	}
}

static void ask_all(struct kimg_source *source, struct span file)
{
	struct elf_section section;
	size_t bytes = 0;
	struct elf elf;

	kimg_error_free(kimg_source_units(source, read_unit, &bytes));
	if (!elf_is(file) || elf_open(file, &elf))
		return;
	for (uint32_t i = 0; i < SECTIONS && elf_section_at(&elf, i, &section); i++)
		if (section.flags & SHF_CODE)
			ask_section(source, &section);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const nowhere[] = { "/nonexistent", NULL };
	const struct kimg_source_options options = {
		.limits = { .output = 1 << 20,
			    .memory = 32 << 20,
			    .input = 1 << 20,
			    .depth = 4,
			    .parts = 100 },
		.roots = nowhere,
	};
	struct kimg_source *source;
	struct kimg_error *error;
	char path[64];
	int fd = memfd_create("input", MFD_CLOEXEC);

	if (fd < 0 || write(fd, data, size) != (ssize_t)size)
		abort();
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	error = kimg_source_open(path, &options, &source);
	if (!error) {
		ask_all(source, span_of(data, size));
		kimg_source_free(source);
	}
	kimg_error_free(error);
	close(fd);
	return 0;
}
