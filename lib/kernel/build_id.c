/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The GNU build-id of a kernel. In an ELF it is a note of its own segment or section. In a raw image it is
 * one of several in the bytes, since each vDSO that the kernel carries is an ELF file with a build-id. The
 * note, in the byte order of the kernel:
 *
 *	 0  4  namesz 4
 *	 4  4  descsz: 20 for SHA-1, which is the default; 8, 16 and 32 by other settings of the linker
 *	 8  4  type 3, NT_GNU_BUILD_ID
 *	12  4  "GNU\0"
 *	16  .. the build-id
 */
#include "format/elf.h"
#include "kernel/facts.h"

#define NT_BUILD_ID 3
#define NOTE_HEADER 16

/* More ELF files than any kernel carries; the rest could only slow the search down. */
#define MAX_CARRIED 64
#define MAX_MAGICS  4096

struct carried {
	struct place files[MAX_CARRIED];
	size_t n;
};

/* vDSOs have few pages; what claims more is not one, and must not hide the kernel's own note. */
#define MAX_VDSO (256u << 10)

static void find_carried(struct span kernel, struct carried *ret_carried)
{
	ret_carried->n = 0;
	for (size_t at = 0, magics = 0; ret_carried->n < MAX_CARRIED && magics < MAX_MAGICS;
	     at++, magics++) {
		uint64_t size;

		if (!span_find(kernel, at,
			       SPAN_LITERAL("\x7f"
					    "ELF"),
			       &at))
			return;
		/* One byte more tells what is too long; tables that go on for ever end there, too. */
		size = elf_file_end(span_clip(kernel, at, MAX_VDSO + 1));
		if (size == 0 || size > MAX_VDSO)
			continue;
		ret_carried->files[ret_carried->n++] = (struct place){ .offset = at, .size = size };
	}
}

static bool is_carried(const struct carried *carried, uint64_t offset)
{
	for (size_t i = 0; i < carried->n; i++)
		if (offset >= carried->files[i].offset &&
		    offset - carried->files[i].offset < carried->files[i].size)
			return true;
	return false;
}

/* The build-id of a note whose type field stands at offset; empty where it is none. */
static struct span id_at(struct span kernel, size_t offset, bool big_endian)
{
	struct cursor c = { .s = kernel, .big_endian = big_endian };
	uint32_t namesz, descsz;
	struct span id;

	if (offset < 8)
		return (struct span){ 0 };
	cursor_seek(&c, offset - 8);
	namesz = cursor_u32(&c);
	descsz = cursor_u32(&c);
	cursor_skip(&c, 8);
	if (namesz != 4 || (descsz != 20 && descsz != 8 && descsz != 16 && descsz != 32))
		return (struct span){ 0 };
	id = cursor_take(&c, descsz);
	return span_filled(id, 0) ? (struct span){ 0 } : id;
}

static bool find_raw(struct span kernel, struct span *ret_id)
{
	struct carried carried;

	find_carried(kernel, &carried);
	for (int big_endian = 0; big_endian < 2; big_endian++) {
		struct span pattern = big_endian ? SPAN_LITERAL("\0\0\0\3GNU\0")
						 : SPAN_LITERAL("\3\0\0\0GNU\0");

		for (size_t at = 0; span_find(kernel, at, pattern, &at); at++) {
			struct span id = id_at(kernel, at, big_endian);

			if (id.n == 0 || is_carried(&carried, at))
				continue;
			*ret_id = id;
			return true;
		}
	}
	return false;
}

bool build_id_find(struct span kernel, struct span *ret_id)
{
	struct elf_note note;
	struct elf elf;

	if (elf_is(kernel)) {
		struct kimg_error *error = elf_open(kernel, &elf);

		kimg_error_free(error);
		if (error || !elf_find_note(&elf, "GNU", NT_BUILD_ID, &note))
			return false;
		*ret_id = note.desc;
		return true;
	}
	return find_raw(kernel, ret_id);
}
