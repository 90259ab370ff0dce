/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A table of the symbols near some addresses, or of some names, answers as the whole table does. */
#include "../unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kimg/symbol.h"

static struct kimg_symbols *open_sample(const char *name, const uint64_t *near, size_t near_count)
{
	struct kimg_symbols_options options = KIMG_SYMBOLS_OPTIONS_DEFAULT;
	struct kimg_symbols *symbols;
	char path[512];

	options.near = near;
	options.near_count = near_count;
	snprintf(path, sizeof(path), "%s/elf/%s", getenv("SAMPLES"), name);
	assert_ok(kimg_symbols_open(path, &options, &symbols));
	return symbols;
}

static void compare_at(struct kimg_symbols *whole, const char *name, uint64_t address)
{
	struct kimg_symbols *part = open_sample(name, &address, 1);
	const struct kimg_symbol *want = kimg_symbols_at(whole, address);
	const struct kimg_symbol *have = kimg_symbols_at(part, address);

	assert_int_equal(!have, !want);
	if (want) {
		assert_int_equal(have->name_size, want->name_size);
		assert_memory_equal(have->name, want->name, want->name_size);
		assert_int_equal(kimg_symbol_extent(part, have), kimg_symbol_extent(whole, want));
	}
	kimg_symbols_free(part);
}

static void compare_sample(const char *name)
{
	struct kimg_symbols *whole = open_sample(name, NULL, 0);
	const struct kimg_symbol *all;
	size_t n;

	all = kimg_symbols_all(whole, &n);
	assert_true(n > 1);
	for (size_t i = 0; i < n; i++)
		for (int away = -1; away <= 1; away++)
			compare_at(whole, name, all[i].address + away);
	compare_at(whole, name, 0);
	compare_at(whole, name, UINT64_MAX);
	kimg_symbols_free(whole);
}

static void few_symbols_answer_as_all(void **state)
{
	compare_sample("good-vmlinux-x86_64");
	compare_sample("good-vmlinux-arm");
	compare_sample("good-vmlinux-mips");
	compare_sample("good-vmlinux-ppc64");
}

/* ---- by names ---- */

struct found {
	struct kimg_symbols *symbols;
	uint64_t addresses[64], extents[64];
	size_t n;
};

static bool keep(void *context, const struct kimg_symbol *symbol)
{
	struct found *found = context;

	if (symbol->flags & KIMG_SYMBOL_HIDDEN || found->n == 64)
		return true;
	found->addresses[found->n] = symbol->address;
	found->extents[found->n++] = kimg_symbol_extent(found->symbols, symbol);
	return true;
}

static void compare_named(struct kimg_symbols *whole, struct kimg_symbols *part, const char *name)
{
	struct found want = { .symbols = whole }, have = { .symbols = part };

	kimg_symbols_named(whole, name, strlen(name), keep, &want);
	kimg_symbols_named(part, name, strlen(name), keep, &have);
	assert_int_equal(have.n, want.n);
	assert_memory_equal(have.addresses, want.addresses, want.n * sizeof(*want.addresses));
	assert_memory_equal(have.extents, want.extents, want.n * sizeof(*want.extents));
}

/* Every name, together with the one that comes some symbols later. */
static void compare_names(const char *name)
{
	struct kimg_symbols_options options = KIMG_SYMBOLS_OPTIONS_DEFAULT;
	struct kimg_symbols *whole = open_sample(name, NULL, 0), *part;
	const struct kimg_symbol *all;
	char path[512];
	size_t n;

	snprintf(path, sizeof(path), "%s/elf/%s", getenv("SAMPLES"), name);
	all = kimg_symbols_all(whole, &n);
	for (size_t i = 0; i < n; i++) {
		const struct kimg_symbol *other = &all[(i + 5) % n];
		char *names[] = { strndup(all[i].name, all[i].name_size),
				  strndup(other->name, other->name_size) };

		options.names = (const char *const *)names;
		options.name_count = ARRAY_SIZE(names);
		assert_ok(kimg_symbols_open(path, &options, &part));
		compare_named(whole, part, names[0]);
		compare_named(whole, part, names[1]);
		kimg_symbols_free(part);
		free(names[0]);
		free(names[1]);
	}
	assert_true(kimg_symbols_are_all(whole));
	kimg_symbols_free(whole);
}

static void few_names_are_found_as_in_all(void **state)
{
	compare_names("good-vmlinux-x86_64");
	compare_names("good-vmlinux-arm");
	compare_names("good-vmlinux-mips");
	compare_names("good-vmlinux-ppc64");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(few_names_are_found_as_in_all),
		cmocka_unit_test(few_symbols_answer_as_all),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
