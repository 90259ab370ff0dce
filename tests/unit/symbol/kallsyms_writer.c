/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <assert.h>
#include <elf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kallsyms_writer.h"

enum {
	SPARE = 1 << 20, /* more than the tables of any test take */
	BANNER_AT = 0x800,
	TEXTS_AT = 0x1000,
	TEXTS = 100,
	POINTERS = 400,
	CODES_MAX = 4096,
};

/* ---- what is being written ---- */

struct name {
	uint8_t codes[CODES_MAX];
	size_t n;
};

struct maker {
	const struct kallsyms_spec *spec;
	struct kallsyms_written *out;
	uint32_t random;
	struct name *names;
	char *tokens[256]; /* the texts of the codes; NULL: nothing yet */
};

static uint32_t next_random(struct maker *m)
{
	m->random ^= m->random << 13;
	m->random ^= m->random >> 17;
	m->random ^= m->random << 5;
	return m->random;
}

static void put(const struct maker *m, size_t at, uint64_t value, unsigned int size)
{
	for (unsigned int i = 0; i < size; i++)
		m->out->p[at + (m->spec->big_endian ? size - 1 - i : i)] = value >> 8 * i;
}

static void append(struct maker *m, uint64_t value, unsigned int size)
{
	put(m, m->out->n, value, size);
	m->out->n += size;
}

static unsigned int alignment(const struct maker *m)
{
	if (m->spec->align)
		return m->spec->align;
	return m->spec->form >= FORM_7_0 ? 4 : m->spec->bits / 8;
}

/* The start of a table. */
static size_t label(struct maker *m)
{
	while (m->out->n % alignment(m))
		m->out->p[m->out->n++] = 0;
	return m->out->n;
}

/* ---- symbols ---- */

static const char *const words[] = { "net",  "dev",   "read",  "write",  "init",  "sys",
				     "irq",  "lock",  "queue", "page",   "alloc", "free",
				     "task", "timer", "ext4",  "driver", "probe", "device" };

static void make_text(struct maker *m, char type, char *text)
{
	size_t n = sizeof(words) / sizeof(words[0]);

	if (m->spec->long_names && next_random(m) % 64 == 0) {
		size_t size = 200 + next_random(m) % 300;

		*text++ = type;
		for (size_t i = 0; i < size; i++)
			*text++ = "_RNvCsabcdefgh0123456789XYZ$"[next_random(m) % 28];
		*text = '\0';
		return;
	}
	if (m->spec->short_names) {
		sprintf(text, "%c%u", type, next_random(m) % 100);
		return;
	}
	sprintf(text, "%c%s%s_%s_%u", type, next_random(m) % 4 ? "" : "__",
		words[next_random(m) % n], words[next_random(m) % n], next_random(m) % 1000);
}

static void add_symbol(struct maker *m, uint64_t address, const char *text)
{
	struct kallsyms_symbol *symbol = &m->out->symbols[m->out->count++];

	symbol->address = address;
	symbol->text = strdup(text);
}

static void make_percpu_symbols(struct maker *m)
{
	char text[64];

	add_symbol(m, 0, "A__per_cpu_start");
	for (unsigned int i = 0; i < 20; i++) {
		sprintf(text, "Apercpu_%u", i);
		add_symbol(m, 0x1000 + 16 * (i / 2), text);
	}
}

/* The first third is code, the rest data, without that all is code. Several stand at one address. */
static void make_symbols(struct maker *m)
{
	unsigned int count = m->spec->count ? m->spec->count : 700;
	uint64_t address = m->out->base + (m->spec->headless ? 0x1000 : 0), step;
	const char *types = "TtTttW";
	bool banner = m->spec->functions_only;
	char text[1024];

	m->out->symbols = calloc(count, sizeof(*m->out->symbols));
	banner |= m->spec->short_names;
	if (m->spec->percpu)
		make_percpu_symbols(m);
	if (m->spec->s390)
		add_symbol(m, address, "Tstartup_continue");
	add_symbol(m, address, "T_text");
	add_symbol(m, address, "T_stext");
	while (m->out->count < count) {
		step = next_random(m) % 8 ? 16 + next_random(m) % 12 * 8 : 0;
		address += step;
		if (!m->spec->functions_only && m->out->count > count / 3)
			types = "DdRrBbdV";
		if (!banner && address >= m->out->base + BANNER_AT && !m->spec->headless) {
			address = m->out->base + BANNER_AT;
			add_symbol(m, address, "Rlinux_banner");
			address += 256;
			banner = true;
			continue;
		}
		make_text(m, types[next_random(m) % strlen(types)], text);
		add_symbol(m, address, text);
	}
}

/* ---- compression ---- */

/* The pair of codes that there is most of, and how many of it. */
static unsigned int best_pair(const struct maker *m, uint32_t pairs[65536], uint32_t *ret_count)
{
	unsigned int best = 0;

	memset(pairs, 0, 65536 * sizeof(*pairs));
	for (unsigned int i = 0; i < m->out->count; i++) {
		for (size_t j = 0; j + 1 < m->names[i].n; j++) {
			unsigned int pair = m->names[i].codes[j] << 8 | m->names[i].codes[j + 1];

			if (++pairs[pair] > pairs[best])
				best = pair;
		}
	}
	*ret_count = pairs[best];
	return best;
}

static void replace_pair(struct name *name, unsigned int pair, uint8_t code)
{
	size_t to = 0;

	for (size_t from = 0; from < name->n; from++) {
		if (from + 1 < name->n && name->codes[from] == pair >> 8 &&
		    name->codes[from + 1] == (pair & 0xff)) {
			name->codes[to++] = code;
			from++;
		} else {
			name->codes[to++] = name->codes[from];
		}
	}
	name->n = to;
}

static bool make_token(struct maker *m, uint8_t code, uint32_t pairs[65536])
{
	uint32_t count;
	unsigned int best = best_pair(m, pairs, &count);
	char text[1024];

	if (count < 2)
		return false;
	snprintf(text, sizeof(text), "%s%s", m->tokens[best >> 8], m->tokens[best & 0xff]);
	m->tokens[code] = strdup(text);
	for (unsigned int i = 0; i < m->out->count; i++)
		replace_pair(&m->names[i], best, code);
	return true;
}

/* Characters that occur stand for themselves, other codes for what is frequent, from the highest on. */
static void compress(struct maker *m)
{
	uint32_t *pairs = malloc(65536 * sizeof(*pairs));

	m->names = calloc(m->out->count, sizeof(*m->names));
	for (unsigned int i = 0; i < m->out->count; i++) {
		const char *text = m->out->symbols[i].text;

		m->names[i].n = strlen(text);
		memcpy(m->names[i].codes, text, m->names[i].n);
		for (; *text; text++) {
			const char self[2] = { *text };

			if (!m->tokens[(uint8_t)*text])
				m->tokens[(uint8_t)*text] = strdup(self);
		}
	}
	for (int code = 255; code >= 0; code--)
		if (!m->tokens[code] && !make_token(m, code, pairs))
			break;
	free(pairs);
}

/* ---- tables ---- */

static void write_names(struct maker *m)
{
	unsigned int markers[CODES_MAX], count = 0;
	struct kallsyms_written *out = m->out;

	out->marker_size = m->spec->form < FORM_4_20 ? m->spec->bits / 8 : 4;
	out->num_syms = label(m);
	append(m, out->count, out->marker_size);
	out->names = label(m);
	for (unsigned int i = 0; i < out->count; i++) {
		const struct name *name = &m->names[i];

		if (i % 256 == 0)
			markers[count++] = out->n - out->names;
		assert(name->n < (m->spec->form < FORM_6_1 ? 256 : 1 << 14));
		if (m->spec->form >= FORM_6_1 && name->n > 0x7f) {
			append(m, 0x80 | (name->n & 0x7f), 1);
			append(m, name->n >> 7, 1);
		} else {
			append(m, name->n, 1);
		}
		memcpy(out->p + out->n, name->codes, name->n);
		out->n += name->n;
	}
	out->names_size = out->n - out->names;
	out->markers = label(m);
	for (unsigned int i = 0; i < count; i++)
		append(m, markers[i], out->marker_size);
}

static const struct kallsyms_symbol *sorted_symbols;

static int by_name(const void *a, const void *b)
{
	const unsigned int *i = a, *j = b;
	int order = strcmp(sorted_symbols[*i].text + 1, sorted_symbols[*j].text + 1);

	return order ? order : *i < *j ? -1 : 1;
}

static void write_seqs(struct maker *m)
{
	unsigned int *seqs = calloc(m->out->count, sizeof(*seqs));
	unsigned int size = m->spec->seq_size ? m->spec->seq_size : 3;

	for (unsigned int i = 0; i < m->out->count; i++)
		seqs[i] = i;
	sorted_symbols = m->out->symbols;
	qsort(seqs, m->out->count, sizeof(*seqs), by_name);
	m->out->seqs = label(m);
	for (unsigned int i = 0; i < m->out->count; i++) {
		if (size == 4) {
			append(m, seqs[i], 4);
			continue;
		}
		for (int shift = 16; shift >= 0; shift -= 8)
			m->out->p[m->out->n++] = seqs[i] >> shift;
	}
	free(seqs);
}

static void write_tokens(struct maker *m)
{
	unsigned int places[256];

	m->out->token_table = label(m);
	for (unsigned int code = 0; code < 256; code++) {
		const char *text = m->tokens[code] ? m->tokens[code] : "";

		places[code] = m->out->n - m->out->token_table;
		memcpy(m->out->p + m->out->n, text, strlen(text) + 1);
		m->out->n += strlen(text) + 1;
	}
	m->out->token_index = label(m);
	for (unsigned int code = 0; code < 256; code++)
		append(m, places[code], 2);
}

static uint64_t offset_of(const struct maker *m, uint64_t address, uint64_t lowest)
{
	if (m->spec->form >= FORM_7_0)
		return address - (m->out->base + m->out->n);
	if (!m->spec->percpu)
		return address - lowest;
	return address < lowest ? address : lowest - address - 1;
}

static void write_addresses(struct maker *m)
{
	uint64_t lowest = m->out->symbols[m->spec->percpu ? 21 : 0].address;
	bool longs = m->spec->form < FORM_4_6 || m->spec->addresses;

	m->out->addresses = label(m);
	m->out->address_size = longs ? m->spec->bits / 8 : 4;
	for (unsigned int i = 0; i < m->out->count; i++) {
		uint64_t address = m->out->symbols[i].address;

		append(m, longs ? address : offset_of(m, address, lowest), m->out->address_size);
	}
	if (longs || m->spec->form >= FORM_7_0)
		return;
	m->out->base_slot = label(m);
	append(m, m->spec->relocatable || m->spec->s390 ? 0 : lowest, m->spec->bits / 8);
}

static void write_tables(struct maker *m)
{
	label(m);
	if (m->spec->form < FORM_6_4)
		write_addresses(m);
	write_names(m);
	if (m->spec->form == FORM_6_2)
		write_seqs(m);
	write_tokens(m);
	if (m->spec->form >= FORM_6_4) {
		write_addresses(m);
		write_seqs(m);
	}
	m->out->end = m->out->n;
}

/* ---- what is around them ---- */

static void write_noise(struct maker *m, size_t n)
{
	while (n-- > 0)
		m->out->p[m->out->n++] = next_random(m) >> 9;
}

/* The digits alone; then all tokens, with an index that is wrong. */
static void write_decoys(struct maker *m)
{
	static const char digits[] = "0\0001\0002\0003\0004\0005\0006\0007\0008\0009";
	char text[3];

	for (int i = 0; i < 3; i++) {
		memcpy(m->out->p + m->out->n, digits, sizeof(digits));
		m->out->n += sizeof(digits);
	}
	label(m);
	for (int code = 0; code < 256; code++) {
		text[0] = code >= '0' && code <= '9' ? code : 'x';
		m->out->p[m->out->n++] = text[0];
		m->out->p[m->out->n++] = '\0';
	}
	label(m);
	for (int code = 0; code < 256; code++)
		append(m, code == 60 ? 3 : 2 * code, 2);
}

/* Texts, and what leads to them and to symbols, or relocations that fill such pointers in. */
static void write_pointers(struct maker *m)
{
	unsigned int size = m->spec->bits / 8;
	uint64_t address;

	label(m);
	while (m->out->n % 8)
		m->out->p[m->out->n++] = 0;
	for (unsigned int i = 0; i < (m->spec->short_names ? POINTERS / 8 : POINTERS); i++) {
		if (i % 4 == 0)
			address = m->out->base + TEXTS_AT + i / 4 % TEXTS * 16;
		else
			address = m->out->symbols[next_random(m) % m->out->count].address;
		if (m->spec->relocatable && m->spec->bits == 64) {
			append(m, m->out->base + 8 * i, 8);
			append(m, R_AARCH64_RELATIVE, 8);
		}
		append(m, address, size);
	}
	if (m->spec->relocatable && m->out->base_slot) {
		append(m, m->out->base + m->out->base_slot, 8);
		append(m, R_AARCH64_RELATIVE, 8);
		append(m, m->out->symbols[0].address, 8);
	}
}

static void put_texts(struct maker *m)
{
	static const char *const releases[] = {
		[FORM_2_6_10] = "2.6.32", [FORM_4_6] = "4.9.0", [FORM_4_20] = "5.10.0",
		[FORM_6_1] = "6.1.0",     [FORM_6_2] = "6.2.0", [FORM_6_4] = "6.12.0",
		[FORM_7_0] = "7.0.0",
	};

	sprintf((char *)m->out->p + BANNER_AT,
		"Linux version %s-test (someone@example.org) (gcc) #1 SMP Mon Jan 1 00:00:00 UTC\n",
		releases[m->spec->form]);
	memcpy(m->out->p + TEXTS_AT - 32, "kallsyms", 9); /* the name of /proc/kallsyms */
	memset(m->out->p + TEXTS_AT - 1, 0, 16 * TEXTS + 1);
	for (unsigned int i = 0; i < TEXTS; i++)
		snprintf((char *)m->out->p + TEXTS_AT + 16 * i, 16, "text %u\n", i);
}

static void put_elf_header(struct maker *m)
{
	bool is64 = m->spec->bits == 64;
	unsigned int size = m->spec->bits / 8, at = is64 ? 64 : 52;
	const uint8_t ident[16] = {
		0x7f,
		'E',
		'L',
		'F',
		is64 ? ELFCLASS64 : ELFCLASS32,
		m->spec->big_endian ? ELFDATA2MSB : ELFDATA2LSB,
		EV_CURRENT,
	};

	memset(m->out->p, 0, at + (is64 ? 56 : 32));
	memcpy(m->out->p, ident, sizeof(ident));
	put(m, 16, ET_EXEC, 2);
	put(m, 18, is64 ? EM_X86_64 : EM_386, 2);
	put(m, 20, EV_CURRENT, 4);
	put(m, 24 + size, at, size); /* e_phoff */
	put(m, at - 12, at, 2);      /* e_ehsize */
	put(m, at - 10, is64 ? 56 : 32, 2);
	put(m, at - 8, 1, 2); /* e_phnum */
	put(m, at, PT_LOAD, 4);
	put(m, at + 2 * size, m->out->base, size); /* p_vaddr */
	put(m, at + 4 * size, m->out->n, size);    /* p_filesz */
	put(m, at + 5 * size, m->out->n, size);
}

/* ---- the whole ---- */

static uint64_t usual_start(const struct kallsyms_spec *spec)
{
	if (spec->bits == 32)
		return 0xc0008000;
	if (spec->s390)
		return 0x100000;
	return spec->elf ? 0xffffffff81000000 : 0xffff800080000000;
}

void kallsyms_write(const struct kallsyms_spec *spec, struct kallsyms_written *written)
{
	struct maker m = { .spec = spec, .out = written, .random = 0x12345 };
	size_t noise = spec->noise ? spec->noise : 16384;

	*written =
		(struct kallsyms_written){ .base = spec->start ? spec->start : usual_start(spec) };
	written->bits = spec->bits;
	written->p = calloc(1, SPARE + 2 * noise + (size_t)spec->count * 64);
	make_symbols(&m);
	compress(&m);
	write_noise(&m, noise);
	if (noise >= 16384) {
		put_texts(&m);
		write_decoys(&m);
		write_noise(&m, 100);
	}
	write_tables(&m);
	write_noise(&m, noise >= 16384 ? 100 : 0);
	if ((noise >= 16384 || spec->relocatable) && !spec->s390)
		write_pointers(&m);
	write_noise(&m, noise);
	if (spec->elf)
		put_elf_header(&m);
	free(m.names);
	for (unsigned int code = 0; code < 256; code++)
		free(m.tokens[code]);
}

void kallsyms_written_done(struct kallsyms_written *written)
{
	for (unsigned int i = 0; i < written->count; i++)
		free(written->symbols[i].text);
	free(written->symbols);
	free(written->p);
}
