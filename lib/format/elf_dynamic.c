/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The dynamic section (System V ABI, "Dynamic Section"): entries of two words, a tag and a value, up to one of the tag
 * DT_NULL. The value of DT_STRTAB is an address, those of DT_NEEDED, DT_RPATH and the like are offsets into the
 * strings there. PT_DYNAMIC and PT_INTERP say where the entries and the interpreter's path stand.
 */
#include "format/elf_dynamic.h"

#include <elf.h>

static bool find_segment(const struct elf *elf, uint32_t type, struct elf_segment *ret)
{
	for (uint32_t i = 0; i < elf->segments; i++)
		if (elf_segment_at(elf, i, ret) && ret->type == type)
			return true;
	return false;
}

bool elf_dynamic_at(const struct elf_dynamic *dynamic, size_t index, uint64_t *ret_tag,
		    uint64_t *ret_value)
{
	size_t size = dynamic->is64 ? 16 : 8;
	struct cursor c = { .big_endian = dynamic->big_endian };

	if (index >= dynamic->entries.n / size)
		return false;
	c.s = span_clip(dynamic->entries, index * size, size);
	*ret_tag = dynamic->is64 ? cursor_u64(&c) : cursor_u32(&c);
	*ret_value = dynamic->is64 ? cursor_u64(&c) : cursor_u32(&c);
	return *ret_tag != DT_NULL;
}

/* The last value of a tag, as the dynamic linker takes it. */
static bool find_value(const struct elf_dynamic *dynamic, uint64_t tag, uint64_t *ret)
{
	uint64_t each, value;
	bool found = false;

	for (size_t i = 0; elf_dynamic_at(dynamic, i, &each, &value); i++) {
		if (each != tag)
			continue;
		*ret = value;
		found = true;
	}
	return found;
}

bool elf_dynamic_open(const struct elf *elf, struct elf_dynamic *ret)
{
	struct elf_segment segment;
	uint64_t address, size, offset;

	if (!find_segment(elf, PT_DYNAMIC, &segment))
		return false;
	*ret = (struct elf_dynamic){
		.is64 = elf->is64,
		.big_endian = elf->big_endian,
		.entries = elf_segment_bytes(elf, &segment),
	};
	if (find_value(ret, DT_STRTAB, &address) && find_value(ret, DT_STRSZ, &size) &&
	    elf_vaddr_to_offset(elf, address, &offset))
		ret->strings = span_clip(elf->file, offset, size);
	return true;
}

struct span elf_dynamic_text(const struct elf_dynamic *dynamic, uint64_t value)
{
	struct span rest = span_from(dynamic->strings, value);
	struct span text = span_text(rest);

	return text.n < rest.n ? text : (struct span){ 0 };
}

struct span elf_dynamic_find(const struct elf_dynamic *dynamic, uint64_t tag)
{
	uint64_t value;

	if (!find_value(dynamic, tag, &value))
		return (struct span){ 0 };
	return elf_dynamic_text(dynamic, value);
}

bool elf_dynamic_names(const struct elf_dynamic *dynamic, const char *name)
{
	/* With the NUL before it, so that it is the whole of a name. */
	struct span want = span_of(name, strlen(name) + 1);
	size_t at = 0;

	while (span_find(dynamic->strings, at, want, &at)) {
		if (at && dynamic->strings.p[at - 1] == '\0')
			return true;
		at++;
	}
	return false;
}

struct span elf_interpreter(const struct elf *elf)
{
	struct elf_segment segment;

	if (!find_segment(elf, PT_INTERP, &segment))
		return (struct span){ 0 };
	return span_text(elf_segment_bytes(elf, &segment));
}
