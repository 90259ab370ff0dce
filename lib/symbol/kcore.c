/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The kallsyms of the kernel that runs, from its memory. /proc/kcore is an ELF core file (fs/proc/kcore.c):
 *
 *	ELF header	type ET_CORE, class and byte order of the kernel
 *	PT_NOTE		notes; since 4.19 one of them is VMCOREINFO
 *	PT_LOAD ...	the kernel's own mapping, modules, all memory: the offset in the file of an address
 *
 * VMCOREINFO (kernel/crash_core.c, later kernel/vmcore_info.c) is lines of text:
 *
 *	SYMBOL(_stext)=ffffffff9e000000		where it is now, KASLR included
 *	SYMBOL(kallsyms_names)=...		since 6.0: also kallsyms_num_syms, kallsyms_token_table,
 *						kallsyms_token_index and kallsyms_offsets
 *
 * The file seems to be 128 TiB long. What is read of it, a few MiB around the tables, is handed on as an ELF of
 * one segment, so that the reader of kallsyms knows at which address it lies.
 */
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "symbol/readers.h"

#define HEAD_SIZE (256u << 10) /* the ELF header and the program headers, 4,600 of them */
#define NOTES_MAX (1u << 20)
#define PAGE      4096u
#define STEP      (1u << 20) /* read at once */
#define WINDOW_MAX \
	(64u << 20) /* of tables whose addresses are known; the largest kernels have 8 MiB */
#define MAPPING_MAX (192u << 20) /* of the kernel, where they are not */
#define AROUND      (64u << 10)  /* before the first address and behind the last */

enum { STEXT, NUM_SYMS, NAMES, TOKEN_TABLE, TOKEN_INDEX, OFFSETS, KEYS };

static const char *const keys[KEYS] = {
	[STEXT] = "SYMBOL(_stext)=",
	[NUM_SYMS] = "SYMBOL(kallsyms_num_syms)=",
	[NAMES] = "SYMBOL(kallsyms_names)=",
	[TOKEN_TABLE] = "SYMBOL(kallsyms_token_table)=",
	[TOKEN_INDEX] = "SYMBOL(kallsyms_token_index)=",
	[OFFSETS] = "SYMBOL(kallsyms_offsets)=",
};

struct core {
	const char *path;
	int fd;
	struct blob head;
	struct elf elf;
	bool has[KEYS];
	uint64_t values[KEYS]; /* of VMCOREINFO */
};

static void core_done(struct core *core)
{
	if (core->fd >= 0)
		close(core->fd);
	blob_done(&core->head);
}

/* ---- reading ---- */

/* As much as can be read at once, up to size bytes. */
static ssize_t read_at(const struct core *core, void *p, size_t size, uint64_t offset)
{
	ssize_t got;

	if (offset > INT64_MAX - size)
		return 0;
	do
		got = pread(core->fd, p, size, offset);
	while (got < 0 && errno == EINTR);
	return got;
}

/*
 * size bytes from offset on, into zeroed memory. Pages that cannot be read, such as those of .init that were
 * given back, stay zero. Returns how many bytes were read.
 */
static size_t read_pages(const struct core *core, uint8_t *p, size_t size, uint64_t offset)
{
	size_t at = 0, total = 0, step = STEP;

	while (at < size) {
		size_t want = size - at < step ? size - at : step;
		ssize_t got = read_at(core, p + at, want, offset + at);

		if (got > 0) {
			at += got;
			total += got;
			step = STEP;
		} else if (step > PAGE) {
			step = PAGE;
		} else {
			at += want;
		}
	}
	return total;
}

/* Makes a blob of size bytes, those of the file from offset on. */
static struct kimg_error *read_blob(const struct core *core, uint64_t offset, size_t size,
				    struct blob *blob)
{
	ssize_t got;

	blob_init(blob, size);
	TRY(blob_reserve(blob, size));
	got = read_at(core, blob->p, size, offset);
	if (got < 0)
		return error_system(errno, "%s", core->path);
	blob->n = got;
	return NULL;
}

/* ---- VMCOREINFO ---- */

static void parse_line(struct core *core, struct span line)
{
	for (int key = 0; key < KEYS; key++) {
		size_t n = strlen(keys[key]);
		char digits[20] = { 0 };

		if (!span_starts(line, span_of(keys[key], n)))
			continue;
		line = span_from(line, n);
		if (line.n == 0 || line.n >= sizeof(digits))
			return;
		memcpy(digits, line.p, line.n);
		core->values[key] = strtoull(digits, NULL, 16);
		core->has[key] = core->values[key] != 0;
		return;
	}
}

static void parse_vmcoreinfo(struct core *core, struct span text)
{
	while (text.n) {
		const uint8_t *end = memchr(text.p, '\n', text.n);
		size_t n = end ? (size_t)(end - text.p) : text.n;

		parse_line(core, span_of(text.p, n));
		text = span_from(text, n + 1);
	}
}

static struct kimg_error *read_notes(struct core *core, const struct elf_segment *segment)
{
	cleanup_blob struct blob bytes = { 0 };
	struct elf_notes notes;
	struct elf_note note;

	if (segment->filesz == 0 || segment->filesz > NOTES_MAX)
		return NULL;
	TRY(read_blob(core, segment->offset, segment->filesz, &bytes));
	notes = (struct elf_notes){ .s = blob_span(&bytes),
				    .align = 4,
				    .big_endian = core->elf.big_endian };
	while (elf_notes_next(&notes, &note))
		if (span_equal(note.owner, SPAN_LITERAL("VMCOREINFO")))
			parse_vmcoreinfo(core, note.desc);
	return NULL;
}

static struct kimg_error *open_error(const char *path)
{
	if (errno == EACCES || errno == EPERM)
		return error_system(
			errno, "%s (it takes root, and a kernel that is not locked down)", path);
	return error_system(errno, "%s", path);
}

static struct kimg_error *core_open(struct core *core)
{
	struct elf_segment segment;

	core->fd = open(core->path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	if (core->fd < 0)
		return open_error(core->path);
	TRY(read_blob(core, 0, HEAD_SIZE, &core->head));
	TRY(error_wrap(elf_open(blob_span(&core->head), &core->elf), "%s", core->path));
	if (core->elf.type != ET_CORE)
		return error_new(KIMG_E_UNSUPPORTED, "%s is no core file", core->path);
	for (uint32_t i = 0; elf_segment_at(&core->elf, i, &segment); i++)
		if (segment.type == PT_NOTE)
			TRY(read_notes(core, &segment));
	if (!core->has[STEXT])
		return error_new(
			KIMG_E_NOT_FOUND,
			"%s has no VMCOREINFO that tells where the kernel lies, which kernels "
			"since 4.19 have",
			core->path);
	return NULL;
}

/* ---- what to read ---- */

/* A stretch of memory, and where the file has it. */
struct window {
	uint64_t address;
	uint64_t size;
	uint64_t offset;
};

/* The smallest segment that address lies in: the kernel's own mapping rather than that of all memory. */
static bool find_segment(const struct core *core, uint64_t address, struct window *ret_window)
{
	struct elf_segment segment;
	bool found = false;

	for (uint32_t i = 0; elf_segment_at(&core->elf, i, &segment); i++) {
		if (segment.type != PT_LOAD || address < segment.vaddr ||
		    address - segment.vaddr >= segment.filesz ||
		    (found && segment.filesz >= ret_window->size))
			continue;
		*ret_window = (struct window){ segment.vaddr, segment.filesz, segment.offset };
		found = true;
	}
	return found;
}

/* The part of window from address on, size bytes at most. */
static struct window narrow(struct window window, uint64_t address, uint64_t size)
{
	uint64_t skip = address > window.address ? (address - window.address) & -(uint64_t)PAGE : 0;

	window.address += skip;
	window.offset += skip;
	window.size -= skip;
	if (window.size > size)
		window.size = size;
	return window;
}

/* kallsyms_num_syms, which tells how long the tables behind the last known address are; 0: not readable. */
static uint32_t read_count(const struct core *core)
{
	struct window window;
	uint8_t bytes[4];

	if (!find_segment(core, core->values[NUM_SYMS], &window) ||
	    read_at(core, bytes, sizeof(bytes),
		    window.offset + (core->values[NUM_SYMS] - window.address)) != sizeof(bytes))
		return 0;
	return core->elf.big_endian ? get_be32(bytes) : get_le32(bytes);
}

/* What holds the tables, where VMCOREINFO tells their addresses. */
static bool find_tables(const struct core *core, struct window *ret_window)
{
	uint64_t first = UINT64_MAX, last = 0, before, size;
	struct window window;

	for (int key = NUM_SYMS; key <= OFFSETS; key++) {
		if (!core->has[key])
			return false;
		if (core->values[key] < first)
			first = core->values[key];
		if (core->values[key] > last)
			last = core->values[key];
	}
	if (last - first > WINDOW_MAX || !find_segment(core, first, &window))
		return false;
	before = first - window.address < AROUND ? first - window.address : AROUND;
	/* Behind the offsets, of 4 bytes, the sequence of names, of 3 */
	size = before + PAGE + (last - first) + 8ULL * read_count(core) + AROUND;
	if (size > WINDOW_MAX)
		return false;
	*ret_window = narrow(window, first - before, size);
	return true;
}

static struct kimg_error *find_window(const struct core *core, const struct kimg_limits *limits,
				      struct window *ret_window)
{
	uint64_t max = limits->output < MAPPING_MAX ? limits->output : MAPPING_MAX;
	struct window window = { 0 };

	if (find_tables(core, ret_window))
		return NULL;
	if (!find_segment(core, core->values[STEXT], &window))
		return error_new(KIMG_E_NOT_FOUND, "%s does not hold the kernel's code",
				 core->path);
	/* A mapping of all memory begins long before the kernel does. */
	*ret_window = window.size <= max ? window : narrow(window, core->values[STEXT], max);
	return NULL;
}

/* ---- an ELF of it ---- */

struct writer {
	struct blob *blob;
	bool is64;
	bool big_endian;
};

static void put(struct writer *w, size_t size, uint64_t value)
{
	for (size_t i = 0; i < size; i++)
		w->blob->p[w->blob->n + (w->big_endian ? size - 1 - i : i)] = value >> (8 * i);
	w->blob->n += size;
}

static void put_word(struct writer *w, uint64_t value)
{
	put(w, w->is64 ? 8 : 4, value);
}

static void put_elf_header(struct writer *w, const struct elf *elf)
{
	memcpy(w->blob->p, ELFMAG, SELFMAG);
	w->blob->p[EI_CLASS] = elf->is64 ? ELFCLASS64 : ELFCLASS32;
	w->blob->p[EI_DATA] = elf->big_endian ? ELFDATA2MSB : ELFDATA2LSB;
	w->blob->p[EI_VERSION] = EV_CURRENT;
	w->blob->n = EI_NIDENT;
	put(w, 2, ET_EXEC);
	put(w, 2, elf->machine);
	put(w, 4, EV_CURRENT);
	put_word(w, 0);
	put_word(w, elf->is64 ? sizeof(Elf64_Ehdr) : sizeof(Elf32_Ehdr));
	put_word(w, 0);
	put(w, 4, elf->flags);
	put(w, 2, elf->is64 ? sizeof(Elf64_Ehdr) : sizeof(Elf32_Ehdr));
	put(w, 2, elf->is64 ? sizeof(Elf64_Phdr) : sizeof(Elf32_Phdr));
	put(w, 2, 1);
	put(w, 6, 0); /* no sections */
}

static void put_segment(struct writer *w, const struct window *window)
{
	put(w, 4, PT_LOAD);
	if (w->is64)
		put(w, 4, PF_R | PF_X);
	put_word(w, PAGE);
	put_word(w, window->address);
	put_word(w, window->address);
	put_word(w, window->size);
	put_word(w, window->size);
	if (!w->is64)
		put(w, 4, PF_R | PF_X);
	put_word(w, PAGE);
}

static struct kimg_error *make_elf(const struct core *core, const struct window *window,
				   struct blob *blob)
{
	struct writer w = { blob, core->elf.is64, core->elf.big_endian };

	blob_init(blob, PAGE + window->size);
	TRY(blob_reserve(blob, PAGE + window->size));
	put_elf_header(&w, &core->elf);
	put_segment(&w, window);
	blob->n = PAGE + window->size;
	if (read_pages(core, blob->p + PAGE, window->size, window->offset) == 0)
		return error_new(KIMG_E_NOT_FOUND, "%s: the kernel's memory cannot be read",
				 core->path);
	return NULL;
}

/* ---- all of it ---- */

static bool take_first(void *context, const struct kimg_symbol *symbol)
{
	*(uint64_t *)context = symbol->address;
	return false;
}

/*
 * The tables hold addresses as they are now, as the kernel relocated itself. Where they do not, _stext tells how far
 * KASLR moved them, by whole pages; anything else is not the table of this kernel.
 */
static struct kimg_error *settle(const struct core *core, struct kimg_symbols *symbols)
{
	uint64_t stext, apart;

	if (!kimg_symbols_named(symbols, "_stext", strlen("_stext"), take_first, &stext))
		return error_new(KIMG_E_NOT_FOUND, "%s: the kernel's tables hold no _stext",
				 core->path);
	apart = core->values[STEXT] - stext;
	if (apart == 0)
		return NULL;
	if (apart % PAGE)
		return error_new(
			KIMG_E_CORRUPT,
			"%s: the symbols found do not fit where VMCOREINFO says the kernel is",
			core->path);
	return symbols_finish(symbols, apart);
}

static struct kimg_error *read_tables(const struct core *core,
				      const struct kimg_symbols_options *options,
				      struct kimg_symbols **ret_symbols)
{
	struct kimg_symbols_options of_elf = { .limits = options->limits };
	cleanup_symbols struct kimg_symbols *symbols = NULL;
	cleanup_blob struct blob blob = { 0 };
	struct window window = { 0 };

	TRY(find_window(core, &options->limits, &window));
	TRY(make_elf(core, &window, &blob));
	TRY(error_wrap(symbols_read_kallsyms(blob_span(&blob), &of_elf, &symbols), "%s",
		       core->path));
	TRY(settle(core, symbols));
	TRY(symbols_own_blob(symbols, &blob));
	*ret_symbols = symbols;
	symbols = NULL;
	return NULL;
}

struct kimg_error *symbols_read_kcore(const char *path, const struct kimg_symbols_options *options,
				      struct kimg_symbols **ret_symbols)
{
	cleanup(core_done) struct core core = { .path = path, .fd = -1 };

	TRY(core_open(&core));
	return read_tables(&core, options, ret_symbols);
}
