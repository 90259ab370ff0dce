/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TESTS_ELF_MAKER_H
#define TESTS_ELF_MAKER_H

#include <elf.h>
#include <stdbool.h>

#include "base/buf.h"

/* A small ELF file with what the dynamic linker wants: no code, and nothing that runs. */
struct elf_maker {
	uint16_t machine; /* 0: EM_X86_64 */
	bool is32;
	bool big_endian;
	const char *interpreter;
	const char *needed[8];
	const char *soname, *rpath, *runpath;
	const char *symbol; /* a name among the strings */
	const char *dlopen; /* the JSON text of a note */
	bool no_default;
};

static inline void maker_put(struct buf *buf, const struct elf_maker *m, uint64_t value, int size)
{
	for (int i = 0; i < size; i++)
		buf_putc(buf, value >> 8 * (m->big_endian ? size - 1 - i : i));
}

static inline void maker_word(struct buf *buf, const struct elf_maker *m, uint64_t value)
{
	maker_put(buf, m, value, m->is32 ? 4 : 8);
}

static inline uint64_t maker_string(struct buf *strings, const char *text)
{
	uint64_t at = strings->n;

	buf_add(strings, text, strlen(text) + 1);
	return at;
}

static inline void maker_entry(struct buf *table, const struct elf_maker *m, uint64_t tag,
			       uint64_t value)
{
	maker_word(table, m, tag);
	maker_word(table, m, value);
}

static inline void maker_segment(struct buf *out, const struct elf_maker *m, uint32_t type,
				 uint64_t offset, uint64_t size)
{
	maker_put(out, m, type, 4);
	if (!m->is32)
		maker_put(out, m, PF_R, 4);
	for (int i = 0; i < 3; i++)
		maker_word(out, m, offset); /* p_offset, p_vaddr, p_paddr */
	for (int i = 0; i < 2; i++)
		maker_word(out, m, size);
	if (m->is32)
		maker_put(out, m, PF_R, 4);
	maker_word(out, m, 4);
}

static inline void maker_section(struct buf *out, const struct elf_maker *m, uint32_t name,
				 uint32_t type, uint64_t offset, uint64_t size)
{
	maker_put(out, m, name, 4);
	maker_put(out, m, type, 4);
	maker_word(out, m, 0);
	maker_word(out, m, 0);
	maker_word(out, m, offset);
	maker_word(out, m, size);
	maker_put(out, m, 0, 4);
	maker_put(out, m, 0, 4);
	maker_word(out, m, 4);
	maker_word(out, m, 0);
}

static inline void maker_head(struct buf *out, const struct elf_maker *m, int segments,
			      uint64_t sections_at, int sections)
{
	const uint8_t ident[16] = { 0x7f, 'E', 'L', 'F', m->is32 ? 1 : 2, m->big_endian ? 2 : 1, 1 };

	buf_add(out, ident, sizeof(ident));
	maker_put(out, m, ET_DYN, 2);
	maker_put(out, m, m->machine ? m->machine : EM_X86_64, 2);
	maker_put(out, m, 1, 4);
	maker_word(out, m, 0);
	maker_word(out, m, m->is32 ? 52 : 64);
	maker_word(out, m, sections ? sections_at : 0);
	maker_put(out, m, 0, 4);
	maker_put(out, m, m->is32 ? 52 : 64, 2);
	maker_put(out, m, m->is32 ? 32 : 56, 2);
	maker_put(out, m, segments, 2);
	maker_put(out, m, m->is32 ? 40 : 64, 2);
	maker_put(out, m, sections, 2);
	maker_put(out, m, sections ? sections - 1 : 0, 2);
}

static inline void maker_table(struct buf *table, struct buf *strings, const struct elf_maker *m,
			       uint64_t strings_at)
{
	buf_putc(strings, '\0');
	for (size_t i = 0; i < 8 && m->needed[i]; i++)
		maker_entry(table, m, DT_NEEDED, maker_string(strings, m->needed[i]));
	if (m->soname)
		maker_entry(table, m, DT_SONAME, maker_string(strings, m->soname));
	if (m->rpath)
		maker_entry(table, m, DT_RPATH, maker_string(strings, m->rpath));
	if (m->runpath)
		maker_entry(table, m, DT_RUNPATH, maker_string(strings, m->runpath));
	if (m->no_default)
		maker_entry(table, m, DT_FLAGS_1, DF_1_NODEFLIB);
	if (m->symbol)
		maker_string(strings, m->symbol);
	maker_entry(table, m, DT_STRTAB, strings_at);
	maker_entry(table, m, DT_STRSZ, strings->n);
	maker_entry(table, m, DT_NULL, 0);
}

/* Head and program headers fill 512 bytes; then the strings, the interpreter, the note and the dynamic section. */
static inline void elf_make(struct buf *out, const struct elf_maker *m)
{
	static const char names[] = "\0.note.dlopen\0.shstrtab";
	cleanup_buf struct buf strings = { 0 }, table = { 0 }, head = { 0 }, note = { 0 };
	const char *interpreter = m->interpreter ? m->interpreter : "";
	uint64_t strings_at = 512, interpreter_at, note_at, table_at, names_at, end;

	maker_table(&table, &strings, m, strings_at);
	if (m->dlopen) {
		maker_put(&note, m, 4, 4);
		maker_put(&note, m, strlen(m->dlopen) + 1, 4);
		maker_put(&note, m, 0x407c0c0a, 4);
		buf_add(&note, "FDO", 4);
		buf_add(&note, m->dlopen, strlen(m->dlopen) + 1);
	}
	interpreter_at = strings_at + strings.n;
	note_at = (interpreter_at + strlen(interpreter) + 1 + 3) & ~3ULL;
	table_at = (note_at + note.n + 7) & ~7ULL;
	names_at = table_at + table.n;
	end = (names_at + sizeof(names) + 7) & ~7ULL;
	maker_head(&head, m, 3, end, m->dlopen ? 3 : 0);
	maker_segment(&head, m, PT_LOAD, 0, names_at);
	maker_segment(&head, m, m->interpreter ? PT_INTERP : PT_NULL, interpreter_at,
		      strlen(interpreter) + 1);
	maker_segment(&head, m, PT_DYNAMIC, table_at, table.n);
	buf_add(out, head.p, head.n);
	buf_fill(out, '\0', strings_at - out->n);
	buf_add(out, strings.p, strings.n);
	buf_add(out, interpreter, strlen(interpreter) + 1);
	buf_fill(out, '\0', note_at - out->n);
	buf_add(out, note.p, note.n);
	buf_fill(out, '\0', table_at - out->n);
	buf_add(out, table.p, table.n);
	buf_add(out, names, sizeof(names));
	buf_fill(out, '\0', end - out->n);
	if (!m->dlopen)
		return;
	maker_section(out, m, 0, SHT_NULL, 0, 0);
	maker_section(out, m, 1, SHT_NOTE, note_at, note.n);
	maker_section(out, m, 14, SHT_STRTAB, names_at, sizeof(names));
}

#endif
