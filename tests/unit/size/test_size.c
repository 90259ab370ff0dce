/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Regions, sizes, comparison and trees of small tables; tests/size/run holds ELF files against other tools. */
#include "../unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "kimg/size.h"

/* Opens a file that holds text. */
static struct kimg_size *open_text(const char *text)
{
	char path[] = "/tmp/kimg-size-XXXXXX";
	struct kimg_size *size = NULL;
	int fd = mkstemp(path);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
	close(fd);
	assert_ok(kimg_size_open(path, NULL, &size));
	unlink(path);
	return size;
}

static uint64_t size_of(struct kimg_size *size, const char *name)
{
	const struct kimg_size_symbol *all;
	size_t n;

	assert_ok(kimg_size_ranking(size, &all, &n));
	for (size_t i = 0; i < n; i++)
		if (all[i].symbol->name_size == strlen(name) &&
		    memcmp(all[i].symbol->name, name, strlen(name)) == 0)
			return all[i].size;
	return 0;
}

/* ---- one file ---- */

static void test_distances(void **state)
{
	struct kimg_size *size = open_text("ffffffff81000000 T _text\n"
					   "ffffffff81000000 T first\n"
					   "ffffffff81000040 t second\n"
					   "ffffffff81000050 t handler_end\n"
					   "ffffffff81000060 T _etext\n"
					   "ffffffff81002000 D __some_table_end\n"
					   "ffffffff81003000 D d\n"
					   "ffffffff81003004 A absolute\n"
					   "ffffffff81003008 B _end\n");
	struct kimg_size_totals totals;

	/* One of the two at the first address stands for both. */
	assert_int_equal(size_of(size, "_text") + size_of(size, "first"), 0x40);
	assert_int_equal(size_of(size, "second"), 0x10);
	assert_int_equal(size_of(size, "handler_end"), 0x10);
	assert_int_equal(size_of(size, "_etext"), 0);
	assert_int_equal(size_of(size, "__some_table_end"), 0);
	assert_int_equal(size_of(size, "d"), 8);
	assert_int_equal(size_of(size, "absolute"), 0);
	assert_int_equal(size_of(size, "_end"), 0);
	assert_false(kimg_size_totals(size, &totals));
	assert_non_null(kimg_size_notes(size));
	kimg_size_free(size);
}

/* Between the areas of addresses is nothing. */
static void test_holes_are_no_symbols(void **state)
{
	struct kimg_size *size = open_text("0000000000000000 D per_cpu\n"
					   "0000000000000100 D last_per_cpu\n"
					   "ffffffff81000000 T f\n"
					   "ffffffff81000010 T g\n");

	assert_int_equal(size_of(size, "per_cpu"), 0x100);
	assert_int_equal(size_of(size, "last_per_cpu"), 0);
	assert_int_equal(size_of(size, "f"), 0x10);
	assert_int_equal(size_of(size, "g"), 0);
	kimg_size_free(size);
}

static void test_ranking_is_sorted(void **state)
{
	struct kimg_size *size = open_text("0000000000001000 t a\n0000000000001010 t b\n"
					   "0000000000001020 t c\n0000000000001100 t d\n"
					   "0000000000001110 T e\n");
	const struct kimg_size_symbol *all;
	size_t n;

	assert_ok(kimg_size_ranking(size, &all, &n));
	assert_int_equal(n, 4);
	for (size_t i = 0; i < n; i++)
		assert_int_equal(all[i].symbol->name[0], "cabd"[i]);
	assert_true(all[0].measured);
	kimg_size_free(size);
}

static void test_regions(void **state)
{
	struct kimg_size *size = open_text("0000000000001000 T _stext\n"
					   "0000000000001000 T _text\n"
					   "0000000000001800 T _etext\n"
					   "0000000000002000 T __init_begin\n"
					   "0000000000001f00 T __init_end\n"
					   "0000000000003000 B __bss_start\n"
					   "0000000000003400 B __bss_stop\n");
	const struct kimg_size_region *regions;
	size_t n;

	assert_ok(kimg_size_regions(size, &regions, &n));
	/* _text, not also _stext; and nothing whose end is before its start */
	assert_int_equal(n, 2);
	assert_string_equal(regions[0].name, "text");
	assert_string_equal(regions[0].first, "_text");
	assert_int_equal(regions[0].size, 0x800);
	assert_string_equal(regions[1].name, "bss");
	assert_int_equal(regions[1].size, 0x400);
	kimg_size_free(size);
}

/* ---- two files ---- */

static void test_comparison(void **state)
{
	struct kimg_size *old = open_text("0000000000001000 t f.1\n0000000000001010 t f.22\n"
					  "0000000000001030 t gone\n0000000000001040 t type\n"
					  "0000000000001050 t __mod_x\n0000000000001090 T end\n");
	struct kimg_size *new = open_text("0000000000001000 t f.9\n0000000000001040 t fresh\n"
					  "0000000000001048 T type\n0000000000001058 t __mod_y\n"
					  "0000000000001090 T end\n");
	const struct kimg_size_change *const *changes;
	const struct kimg_size_summary *s;
	struct kimg_size_diff *diff = NULL;
	size_t n;

	assert_ok(kimg_size_compare(new, old, NULL, &diff));
	s = kimg_size_diff_summary(diff);
	assert_true(kimg_size_diff_is_measured(diff));
	assert_int_equal(s->added, 1);
	assert_int_equal(s->removed, 1);
	assert_int_equal(s->grown, 1);
	assert_int_equal(s->shrunk, 0);
	assert_int_equal(s->up, 0x10 + 8);
	assert_int_equal(s->down, 0x10);
	assert_int_equal(s->before, 0x50);
	assert_int_equal(s->after, 0x58);
	assert_int_equal(s->moved, 1);
	assert_int_equal(s->retyped, 1);
	assert_ok(kimg_size_diff_changes(diff, &changes, &n));
	assert_int_equal(n, 3);
	assert_int_equal(changes[0]->name_size, 1);
	assert_memory_equal(changes[0]->name, "f", 1);
	assert_int_equal(changes[0]->old_count, 2);
	assert_memory_equal(changes[1]->name, "fresh", 5);
	assert_memory_equal(changes[2]->name, "gone", 4);
	kimg_size_diff_free(diff);
	kimg_size_free(old);
	kimg_size_free(new);
}

static int by_name_descending(const void *a, const void *b)
{
	return -strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Names of one growth in the order of strcmp(), the last first, whatever they begin with. */
static void test_order_of_names(void **state)
{
	enum { COUNT = 3000 };
	char *text = calloc(COUNT + 2, 80), *at = text;
	const struct kimg_size_change *const *changes;
	struct kimg_size_diff *diff = NULL;
	struct kimg_size *old, *new;
	static char names[COUNT][40];
	const char *sorted[COUNT];
	size_t n;

	for (unsigned int i = 0; i < COUNT; i++) {
		const char *prefix = i % 3 ? "__pfx_" : i % 2 ? "" : "a_prefix_of_names_";

		snprintf(names[i], sizeof(names[i]), "%sn%o%.*s", prefix, i * 2654435761u >> 12,
			 (int)(i % 9), "xxxxxxxxx");
		sorted[i] = names[i];
		at += sprintf(at, "%016x t %s\n", 0x1000 + 16 * i, names[i]);
	}
	sprintf(at, "%016x T end\n", 0x1000 + 16 * COUNT);
	qsort(sorted, COUNT, sizeof(*sorted), by_name_descending);
	old = open_text("0000000000001000 T a\n0000000000001000 T b\n");
	new = open_text(text);
	assert_ok(kimg_size_compare(new, old, NULL, &diff));
	assert_ok(kimg_size_diff_changes(diff, &changes, &n));
	for (size_t i = 0, j = 0; j < n; i++, j++) {
		/* Numbers may come twice: those count as one name. */
		while (i + 1 < COUNT && strcmp(sorted[i], sorted[i + 1]) == 0)
			fail_msg("the names of this test are not unique: %s", sorted[i]);
		assert_int_equal(changes[j]->name_size, strlen(sorted[i]));
		assert_memory_equal(changes[j]->name, sorted[i], strlen(sorted[i]));
	}
	assert_int_equal(n, COUNT);
	kimg_size_diff_free(diff);
	kimg_size_free(old);
	kimg_size_free(new);
	free(text);
}

/* ---- as a tree ---- */

static uint64_t sum_of_leaves(const struct kimg_size_node *node)
{
	uint64_t sum = node->children ? 0 : node->size;

	for (const struct kimg_size_node *child = node->children; child; child = child->next) {
		assert_true(!child->next || child->size >= child->next->size);
		sum += sum_of_leaves(child);
	}
	assert_int_equal(sum, node->size);
	return sum;
}

static void test_tree(void **state)
{
	struct kimg_size *size =
		open_text("0000000000001000 t ext4_a\n0000000000001010 t __ext4_b\n"
			  "0000000000001030 T __pfx_ext4_c\n0000000000001040 d d\n"
			  "0000000000001100 b b\n0000000000001200 B _end\n");
	struct kimg_size_tree *tree = NULL;
	const struct kimg_size_node *root, *text;

	assert_ok(kimg_size_tree_new(size, NULL, &tree));
	root = kimg_size_tree_root(tree);
	assert_int_equal(sum_of_leaves(root), 0x200);
	assert_int_equal(root->symbols, 5);
	text = root->children;
	while (text->kind != KIMG_SIZE_TEXT)
		text = text->next;
	assert_memory_equal(text->name, "text", 4);
	assert_null(text->children->next);
	assert_int_equal(text->children->name_size, 4);
	assert_memory_equal(text->children->name, "ext4", 4);
	assert_int_equal(text->children->symbols, 3);
	kimg_size_tree_free(tree);
	kimg_size_free(size);
}

/* ---- what there is not ---- */

static void test_no_payload(void **state)
{
	struct kimg_size *size = open_text("0000000000001000 T a\n0000000000001010 T b\n");
	uint64_t n = 7;

	assert_fails(KIMG_E_NOT_FOUND, kimg_size_compressed(size, "gzip", &n));
	assert_fails(KIMG_E_INVALID, kimg_size_compressed(size, "arj", &n));
	assert_int_equal(n, 7);
	kimg_size_free(size);
}

static void test_no_kernel(void **state)
{
	struct kimg_size *size = NULL;
	struct kimg_error *error = kimg_size_open("/dev/null", NULL, &size);

	assert_non_null(error);
	kimg_error_free(error);
	assert_null(size);
	kimg_size_free(NULL);
	kimg_size_diff_free(NULL);
	kimg_size_tree_free(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_distances),
		cmocka_unit_test(test_holes_are_no_symbols),
		cmocka_unit_test(test_ranking_is_sorted),
		cmocka_unit_test(test_regions),
		cmocka_unit_test(test_comparison),
		cmocka_unit_test(test_order_of_names),
		cmocka_unit_test(test_tree),
		cmocka_unit_test(test_no_payload),
		cmocka_unit_test(test_no_kernel),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
