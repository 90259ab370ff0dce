/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "../unit.h"

#include <stdlib.h>

#include "kallsyms_writer.h"
#include "symbol/readers.h"

static struct kimg_error *read_written(const struct kallsyms_written *written,
				       const struct kimg_symbols_options *options,
				       struct kimg_symbols **ret_symbols)
{
	const struct kimg_symbols_options defaults = KIMG_SYMBOLS_OPTIONS_DEFAULT;
	/* Exactly as large as it is, so that a sanitizer sees the first byte read past it. */
	cleanup_free uint8_t *copy = malloc(written->n);

	memcpy(copy, written->p, written->n);
	return symbols_read_kallsyms(span_of(copy, written->n), options ? options : &defaults,
				     ret_symbols);
}

/* ---- whole tables ---- */

static const struct kallsyms_spec specs[] = {
	{ "2.6.10, 32 bits", FORM_2_6_10, 32 },
	{ "2.6.10, 32 bits, big endian", FORM_2_6_10, 32, .big_endian = true },
	{ "2.6.10, 64 bits", FORM_2_6_10, 64 },
	{ "2.6.10, 64 bits, big endian", FORM_2_6_10, 64, .big_endian = true },
	{ "2.6.10, .align 4 is 16", FORM_2_6_10, 32, .align = 16 },
	{ "2.6.10, .align 8 is 256", FORM_2_6_10, 64, .align = 256 },
	{ "2.6.10, .align 8 is 256, big endian", FORM_2_6_10, 64, .align = 256,
	  .big_endian = true },
	{ "2.6.10, ELF", FORM_2_6_10, 32, .elf = true },
	{ "2.6.10, low addresses", FORM_2_6_10, 32, .start = 0x8000 },
	{ "2.6.10, per-CPU", FORM_2_6_10, 64, .percpu = true, .elf = true },
	{ "4.6, 32 bits", FORM_4_6, 32 },
	{ "4.6, 32 bits, big endian", FORM_4_6, 32, .big_endian = true },
	{ "4.6, 64 bits", FORM_4_6, 64 },
	{ "4.6, 64 bits, big endian", FORM_4_6, 64, .big_endian = true },
	{ "4.6, .align 4 is 16", FORM_4_6, 32, .align = 16 },
	{ "4.6, .align 8 is 256", FORM_4_6, 64, .align = 256 },
	{ "4.6, per-CPU", FORM_4_6, 64, .percpu = true, .elf = true },
	{ "4.6, ia64", FORM_4_6, 64, .addresses = true, .start = 0xa000000100000000 },
	{ "4.6, low addresses", FORM_4_6, 32, .start = 0x8000 },
	{ "4.20, 32 bits", FORM_4_20, 32 },
	{ "4.20, 32 bits, big endian", FORM_4_20, 32, .big_endian = true },
	{ "4.20, 64 bits", FORM_4_20, 64 },
	{ "4.20, 64 bits, big endian", FORM_4_20, 64, .big_endian = true },
	{ "4.20, per-CPU", FORM_4_20, 64, .percpu = true, .elf = true },
	{ "4.20, functions only", FORM_4_20, 64, .functions_only = true },
	{ "4.20, relocatable", FORM_4_20, 64, .relocatable = true },
	{ "4.20, relocatable, headless", FORM_4_20, 64, .relocatable = true, .headless = true },
	{ "4.20, relocatable ELF", FORM_4_20, 64, .relocatable = true, .elf = true },
	{ "4.20, s390", FORM_4_20, 64, .big_endian = true, .s390 = true },
	{ "6.1, 32 bits", FORM_6_1, 32, .long_names = true },
	{ "6.1, 32 bits, big endian", FORM_6_1, 32, .long_names = true, .big_endian = true },
	{ "6.1, 64 bits", FORM_6_1, 64, .long_names = true },
	{ "6.1, 64 bits, big endian", FORM_6_1, 64, .long_names = true, .big_endian = true },
	{ "6.2, 32 bits", FORM_6_2, 32, .long_names = true },
	{ "6.2, 32 bits, big endian", FORM_6_2, 32, .long_names = true, .big_endian = true },
	{ "6.2, 64 bits", FORM_6_2, 64, .long_names = true },
	{ "6.2, 64 bits, big endian", FORM_6_2, 64, .long_names = true, .big_endian = true },
	{ "6.2, per-CPU", FORM_6_2, 64, .percpu = true, .elf = true },
	{ "6.2, seqs of 4 bytes", FORM_6_2, 64, .seq_size = 4 },
	{ "6.4, 32 bits", FORM_6_4, 32, .long_names = true },
	{ "6.4, 32 bits, big endian", FORM_6_4, 32, .long_names = true, .big_endian = true },
	{ "6.4, 64 bits", FORM_6_4, 64, .long_names = true },
	{ "6.4, 64 bits, big endian", FORM_6_4, 64, .long_names = true, .big_endian = true },
	{ "6.4, per-CPU", FORM_6_4, 64, .percpu = true, .elf = true },
	{ "6.4, relocatable", FORM_6_4, 64, .relocatable = true },
	{ "6.4, ia64", FORM_6_4, 64, .addresses = true, .start = 0xa000000100000000 },
	{ "7.0, 32 bits", FORM_7_0, 32, .addresses = true },
	{ "7.0, 32 bits, big endian", FORM_7_0, 32, .addresses = true, .big_endian = true },
	{ "7.0, 32 bits, relocatable", FORM_7_0, 32 },
	{ "7.0, 32 bits, relocatable, big endian", FORM_7_0, 32, .big_endian = true },
	{ "7.0, 32 bits, ELF", FORM_7_0, 32, .elf = true },
	{ "7.0, 64 bits", FORM_7_0, 64, .long_names = true },
	{ "7.0, 64 bits, big endian", FORM_7_0, 64, .big_endian = true },
	{ "7.0, 64 bits, ELF", FORM_7_0, 64, .elf = true },
	{ "7.0, s390", FORM_7_0, 64, .big_endian = true, .s390 = true },
	{ "7.0, functions only", FORM_7_0, 64, .functions_only = true },
	{ "7.0, loongarch", FORM_7_0, 64, .start = 0x9000000000200000 },
};

static void assert_symbols(const struct kallsyms_written *written,
			   const struct kimg_symbols *symbols, const char *name)
{
	if (symbols->n != written->count)
		fail_msg("%s: %zu symbols instead of %u", name, symbols->n, written->count);
	for (size_t i = 0; i < symbols->n; i++) {
		const struct kallsyms_symbol *expected = &written->symbols[i];
		const struct kimg_symbol *got = &symbols->all[i];

		if (got->address != expected->address || got->type != expected->text[0] ||
		    !span_equal(symbol_name(got),
				span_of(expected->text + 1, strlen(expected->text + 1))))
			fail_msg("%s: symbol %zu is %llx %c %.*s instead of %llx %s", name, i,
				 (unsigned long long)got->address, got->type, got->name_size,
				 got->name, (unsigned long long)expected->address, expected->text);
	}
}

static bool has_note(const struct kimg_symbols *symbols, const char *text)
{
	for (const struct kimg_note *note = symbols->notes; note; note = note->next)
		if (strstr(note->text, text))
			return true;
	return false;
}

static void reads(const struct kallsyms_spec *spec)
{
	cleanup_symbols struct kimg_symbols *symbols = NULL;
	struct kallsyms_written written;
	uint64_t base;

	kallsyms_write(spec, &written);
	assert_ok(read_written(&written, NULL, &symbols));
	assert_symbols(&written, symbols, spec->name);
	assert_int_equal(symbols->source, KIMG_SYMBOLS_KALLSYMS);
	assert_int_equal(symbols->bits, spec->bits);
	assert_int_equal(has_note(symbols, "CONFIG_KALLSYMS_ALL"), spec->functions_only);
	assert_int_equal(has_note(symbols, "assumed"), spec->s390);
	assert_int_equal(kimg_symbols_base(symbols, &base), !spec->elf);
	if (!spec->elf)
		assert_int_equal(base, written.base);
	kallsyms_written_done(&written);
}

static void each_form(void **state)
{
	for (size_t i = 0; i < ARRAY_SIZE(specs); i++)
		reads(&specs[i]);
}

/* ---- options ---- */

static void base_by_hand(void **state)
{
	const struct kallsyms_spec spec = { "7.0", FORM_7_0, 64 };
	struct kimg_symbols_options options = KIMG_SYMBOLS_OPTIONS_DEFAULT;
	cleanup_symbols struct kimg_symbols *symbols = NULL;
	struct kallsyms_written written;

	kallsyms_write(&spec, &written);
	options.has_base = true;
	options.base = written.base + 0x200000;
	assert_ok(read_written(&written, &options, &symbols));
	for (size_t i = 0; i < symbols->n; i++)
		assert_int_equal(symbols->all[i].address, written.symbols[i].address + 0x200000);
	assert_int_equal(symbols->base, options.base);
	assert_null(symbols->notes);
	kallsyms_written_done(&written);
}

/* The relocation at the address that the base gives the slot tells what offsets count from. */
static void base_by_hand_with_relocations(void **state)
{
	const struct kallsyms_spec spec = { "4.20", FORM_4_20, 64, .relocatable = true,
					    .headless = true };
	struct kimg_symbols_options options = KIMG_SYMBOLS_OPTIONS_DEFAULT;
	cleanup_symbols struct kimg_symbols *symbols = NULL;
	struct kallsyms_written written;

	kallsyms_write(&spec, &written);
	options.has_base = true;
	options.base = written.base;
	assert_ok(read_written(&written, &options, &symbols));
	assert_symbols(&written, symbols, spec.name);
	kallsyms_written_done(&written);
}

/* Nothing but tables: addresses count from nowhere. */
static void base_not_found(void **state)
{
	const struct kallsyms_spec spec = { "7.0", FORM_7_0, 64, .noise = 64 };
	struct kimg_symbols *symbols;
	struct kallsyms_written written;

	kallsyms_write(&spec, &written);
	assert_fails(KIMG_E_NOT_FOUND, read_written(&written, NULL, &symbols));
	kallsyms_written_done(&written);
}

static void shifted(void **state)
{
	const struct kallsyms_spec spec = { "6.4", FORM_6_4, 64, .percpu = true, .elf = true };
	struct kimg_symbols_options options = KIMG_SYMBOLS_OPTIONS_DEFAULT;
	cleanup_symbols struct kimg_symbols *symbols = NULL;
	struct kallsyms_written written;

	kallsyms_write(&spec, &written);
	options.shift = 0x1e000000;
	assert_ok(read_written(&written, &options, &symbols));
	for (size_t i = 0; i < symbols->n; i++) {
		bool absolute = written.symbols[i].text[0] == 'A';

		assert_int_equal(symbols->all[i].address,
				 written.symbols[i].address + (absolute ? 0 : options.shift));
		assert_int_equal(!!(symbols->all[i].flags & KIMG_SYMBOL_HIDDEN), absolute);
	}
	kallsyms_written_done(&written);
}

static void within_limits(void **state)
{
	const struct kallsyms_spec spec = { "6.4", FORM_6_4, 64, .elf = true };
	struct kimg_symbols_options options = KIMG_SYMBOLS_OPTIONS_DEFAULT;
	struct kimg_symbols *symbols;
	struct kallsyms_written written;

	kallsyms_write(&spec, &written);
	options.limits.output = written.count * sizeof(struct kimg_symbol) - 1;
	assert_fails(KIMG_E_LIMIT, read_written(&written, &options, &symbols));
	options.limits.output = 4096;
	assert_fails(KIMG_E_LIMIT, read_written(&written, &options, &symbols));
	kallsyms_written_done(&written);
}

/* ---- damage ---- */

static void flip(struct kallsyms_written *written, size_t at)
{
	written->p[at] ^= 1;
}

static void cut_names(struct kallsyms_written *w)
{
	w->n = w->names + w->names_size / 2;
}

static void cut_token_table(struct kallsyms_written *w)
{
	w->n = w->token_table + (w->token_index - w->token_table) / 2;
}

static void cut_token_index(struct kallsyms_written *w)
{
	w->n = w->token_index + 500;
}

static void cut_addresses(struct kallsyms_written *w)
{
	w->n = w->addresses + w->count * w->address_size / 2;
}

static void cut_seqs(struct kallsyms_written *w)
{
	w->n = w->end - 1;
}

static void without_start(struct kallsyms_written *w)
{
	size_t at = (w->names + w->names_size / 2) & ~(size_t)7;

	memmove(w->p, w->p + at, w->n - at);
	w->n -= at;
}

static void break_token_index(struct kallsyms_written *w)
{
	flip(w, w->token_index + 2 * 200);
}

/* A text that ends early. */
static void break_token_table(struct kallsyms_written *w)
{
	size_t at = (w->token_table + w->token_index) / 2;

	while (!w->p[at] || !w->p[at - 1])
		at--;
	w->p[at] = 0;
}

static void break_marker(struct kallsyms_written *w)
{
	flip(w, w->markers + w->marker_size);
}

static void break_last_marker(struct kallsyms_written *w)
{
	flip(w, w->markers + 2 * w->marker_size);
}

static void break_length(struct kallsyms_written *w)
{
	w->p[w->names] = 0x7f;
}

static void break_length_to_0(struct kallsyms_written *w)
{
	w->p[w->names] = 0;
}

static void break_type(struct kallsyms_written *w)
{
	w->p[w->names + 1] = '0';
}

static void break_count(struct kallsyms_written *w)
{
	flip(w, w->num_syms);
}

static void make_count_huge(struct kallsyms_written *w)
{
	memset(w->p + w->num_syms, 0xff, 4);
}

static void make_count_0(struct kallsyms_written *w)
{
	memset(w->p + w->num_syms, 0, w->marker_size);
}

static void repeat_seq(struct kallsyms_written *w)
{
	memcpy(w->p + w->seqs, w->p + w->seqs + 3, 3);
}

static void make_seq_huge(struct kallsyms_written *w)
{
	w->p[w->seqs] = 0xff;
}

static void break_order(struct kallsyms_written *w)
{
	memset(w->p + w->addresses + 100 * w->address_size, 0x7f, w->address_size);
}

static void break_first_address(struct kallsyms_written *w)
{
	bool offset = w->base_slot || (w->bits == 64 && w->address_size == 4);

	memset(w->p + w->addresses, offset ? 0x7f : 0xff, w->address_size);
}

struct damage {
	const char *name;
	void (*apply)(struct kallsyms_written *written);
	enum kimg_code code;
	enum kallsyms_form since;
};

static const struct damage damages[] = {
	{ "names cut", cut_names, KIMG_E_NOT_FOUND },
	{ "token_table cut", cut_token_table, KIMG_E_NOT_FOUND },
	{ "token_index cut", cut_token_index, KIMG_E_NOT_FOUND },
	{ "addresses cut", cut_addresses, KIMG_E_CORRUPT, FORM_6_4 },
	{ "seqs cut", cut_seqs, KIMG_E_CORRUPT, FORM_6_4 },
	{ "the start missing", without_start, KIMG_E_CORRUPT },
	{ "token_index wrong", break_token_index, KIMG_E_CORRUPT },
	{ "token_table wrong", break_token_table, KIMG_E_NOT_FOUND },
	{ "a marker wrong", break_marker, KIMG_E_CORRUPT },
	{ "the last marker wrong", break_last_marker, KIMG_E_CORRUPT },
	{ "a length wrong", break_length, KIMG_E_CORRUPT },
	{ "a length 0", break_length_to_0, KIMG_E_CORRUPT },
	{ "a type that is none", break_type, KIMG_E_CORRUPT },
	{ "count wrong", break_count, KIMG_E_CORRUPT },
	{ "count 2^32 - 1", make_count_huge, KIMG_E_CORRUPT },
	{ "count 0", make_count_0, KIMG_E_CORRUPT },
	{ "a symbol twice in seqs", repeat_seq, KIMG_E_CORRUPT, FORM_6_2 },
	{ "a number too large in seqs", make_seq_huge, KIMG_E_CORRUPT, FORM_6_2 },
	{ "addresses out of order", break_order, KIMG_E_CORRUPT },
	{ "the first address too high", break_first_address, KIMG_E_CORRUPT },
};

static void refuses(const struct kallsyms_spec *spec, const struct kallsyms_written *whole,
		    const struct damage *damage)
{
	struct kallsyms_written written = *whole;
	cleanup_free uint8_t *copy = written.p = malloc(whole->n);
	struct kimg_symbols *symbols = NULL;
	struct kimg_error *error;

	memcpy(copy, whole->p, whole->n);
	damage->apply(&written);
	error = read_written(&written, NULL, &symbols);
	if (!error || kimg_error_code(error) != damage->code)
		fail_msg("%s, %s: %s", spec->name, damage->name,
			 error ? kimg_error_message(error) : "read");
	kimg_error_free(error);
}

static void each_damage(void **state)
{
	static const struct kallsyms_spec forms[] = {
		{ "2.6.10, 32 bits", FORM_2_6_10, 32 },
		{ "2.6.10, 64 bits", FORM_2_6_10, 64, .big_endian = true },
		{ "4.20", FORM_4_20, 64 },
		{ "4.20, per-CPU", FORM_4_20, 64, .percpu = true, .elf = true },
		{ "6.2", FORM_6_2, 64 },
		{ "6.4, 32 bits", FORM_6_4, 32, .big_endian = true },
		{ "6.4, per-CPU", FORM_6_4, 64, .percpu = true, .elf = true },
		{ "7.0, 32 bits", FORM_7_0, 32, .addresses = true },
		{ "7.0", FORM_7_0, 64, .elf = true },
	};
	struct kallsyms_written whole;

	for (size_t i = 0; i < ARRAY_SIZE(forms); i++) {
		kallsyms_write(&forms[i], &whole);
		for (size_t j = 0; j < ARRAY_SIZE(damages); j++)
			if (forms[i].form >= damages[j].since)
				refuses(&forms[i], &whole, &damages[j]);
		kallsyms_written_done(&whole);
	}
}

/* ---- nothing there ---- */

static void reason_of(const char *bytes, size_t n, const char *expected)
{
	const struct kimg_symbols_options options = KIMG_SYMBOLS_OPTIONS_DEFAULT;
	struct kimg_symbols *symbols;
	struct kimg_error *error = symbols_read_kallsyms(span_of(bytes, n), &options, &symbols);

	assert_int_equal(kimg_error_code(error), KIMG_E_NOT_FOUND);
	assert_non_null(strstr(kimg_error_message(error), expected));
	kimg_error_free(error);
}

static void without_kallsyms(void **state)
{
	static const char without[] = "\0Linux version 6.1.0 (a@b) (gcc) #1 SMP Mon\n";
	static const char with[] = "\0Linux version 6.1.0 (a@b) (gcc) #1 SMP Mon\n\0kallsyms";

	reason_of(NULL, 0, "no kallsyms tables found");
	reason_of("", 1, "no kallsyms tables found");
	reason_of(without, sizeof(without), "without CONFIG_KALLSYMS");
	reason_of(with, sizeof(with), "no kallsyms tables found");
}

/* ---- hostile ---- */

/* What would take hours, were it quadratic. */
static void fails_soon(uint8_t *bytes, size_t n)
{
	const struct kimg_symbols_options options = KIMG_SYMBOLS_OPTIONS_DEFAULT;
	struct kimg_symbols *symbols;
	struct kimg_error *error = symbols_read_kallsyms(span_of(bytes, n), &options, &symbols);

	assert_non_null(error);
	kimg_error_free(error);
	free(bytes);
}

enum { MUCH = 4 << 20 };

static void many_digits(void **state)
{
	uint8_t *bytes = calloc(1, MUCH);

	for (size_t i = 0; i < MUCH; i += 2)
		bytes[i] = '0' + i / 2 % 10;
	fails_soon(bytes, MUCH);
}

/* Token tables without names, each valid, one after the other. */
static void many_token_tables(void **state)
{
	const struct kallsyms_spec spec = { "6.4", FORM_6_4, 64, .elf = true };
	struct kallsyms_written written;
	uint8_t *bytes = calloc(1, MUCH);
	size_t size, n = 0;

	kallsyms_write(&spec, &written);
	size = written.token_index + 512 - written.token_table;
	for (; n + size <= MUCH; n += (size + 7) & ~(size_t)7)
		memcpy(bytes + n, written.p + written.token_table, size);
	fails_soon(bytes, MUCH);
	kallsyms_written_done(&written);
}

/*
 * Markers that fit names at each of many places: the names all have one length, and most words are counts that
 * the markers allow, but none of the tables ends where it should.
 */
static void many_counts(void **state)
{
	const struct kallsyms_spec spec = { "6.4", FORM_6_4, 32, .elf = true, .noise = 64 };
	enum { NAMES = MUCH - 65536, COUNT = NAMES / 4 };
	struct kallsyms_written written;
	uint8_t *bytes = calloc(1, MUCH);
	size_t n = 0;

	kallsyms_write(&spec, &written);
	for (; n < NAMES; n += 4)
		memcpy(bytes + n, (uint32_t[]){ COUNT - 128 }, 4);
	for (size_t i = 0; i < NAMES; i += 4)
		bytes[i + 3] = 3;
	for (size_t i = 0; i < COUNT / 256; i++, n += 4)
		memcpy(bytes + n, (uint32_t[]){ 1024 * i }, 4);
	memcpy(bytes + n, written.p + written.token_table,
	       written.token_index + 512 - written.token_table);
	fails_soon(bytes, MUCH);
	kallsyms_written_done(&written);
}

/* Each word in front of a token table could be the first marker. */
static void many_markers(void **state)
{
	const struct kallsyms_spec spec = { "6.4", FORM_6_4, 32, .elf = true, .noise = 64 };
	struct kallsyms_written written;
	uint8_t *bytes = calloc(1, MUCH);
	size_t n = 0;

	kallsyms_write(&spec, &written);
	for (; n < MUCH - 65536; n += 4)
		memcpy(bytes + n, (uint32_t[]){ n % 12 * 256 }, 4);
	memcpy(bytes + n, written.p + written.token_table,
	       written.token_index + 512 - written.token_table);
	fails_soon(bytes, MUCH);
	kallsyms_written_done(&written);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_form),
		cmocka_unit_test(base_by_hand),
		cmocka_unit_test(base_by_hand_with_relocations),
		cmocka_unit_test(base_not_found),
		cmocka_unit_test(shifted),
		cmocka_unit_test(within_limits),
		cmocka_unit_test(each_damage),
		cmocka_unit_test(without_kallsyms),
		cmocka_unit_test(many_digits),
		cmocka_unit_test(many_token_tables),
		cmocka_unit_test(many_counts),
		cmocka_unit_test(many_markers),
	};

	return cmocka_run_group_tests_name("kallsyms", tests, NULL, NULL);
}
