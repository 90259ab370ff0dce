/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "../unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "initrd/content.h"

static int setup(void **state)
{
	struct content *content = NULL;

	assert_ok(content_new(&content));
	*state = content;
	return 0;
}

static int teardown(void **state)
{
	content_free(*state);
	return 0;
}

static struct kimg_error *add_bytes(struct content *content, const char *path, const char *text)
{
	return content_add(content,
			   &(struct content_node){ .path = path,
						   .kind = CONTENT_BYTES,
						   .bytes = span_of(text, strlen(text)),
						   .why = "a test" },
			   NULL);
}

static struct kimg_error *add_link(struct content *content, const char *path, const char *target)
{
	return content_add(
		content,
		&(struct content_node){ .path = path, .kind = CONTENT_LINK, .source = target },
		NULL);
}

static struct kimg_error *add_folder(struct content *content, const char *path, uint32_t mode)
{
	return content_add(
		content,
		&(struct content_node){ .path = path, .kind = CONTENT_FOLDER, .mode = mode }, NULL);
}

/* All paths, a blank between two. */
static void assert_paths(struct content *content, const char *expected)
{
	char text[1024] = "";
	size_t n, at = 0;
	const struct content_node *const *all = content_sorted(content, &n);

	for (size_t i = 0; i < n; i++)
		at += snprintf(text + at, sizeof(text) - at, "%s%s", i ? " " : "", all[i]->path);
	assert_string_equal(text, expected);
}

static void folders_come_by_themselves(void **state)
{
	const struct content_node *node;

	assert_ok(add_bytes(*state, "/b/c//d/./e", "x"));
	assert_ok(add_bytes(*state, "b/c/d/../f", "y"));
	assert_ok(add_bytes(*state, "a", ""));
	assert_paths(*state, "a b b/c b/c/d b/c/d/e b/c/f");
	node = content_find(*state, "/b/c");
	assert_non_null(node);
	assert_int_equal(node->kind, CONTENT_FOLDER);
	assert_int_equal(node->mode, 0755);
	assert_true(node->implied);
	assert_ok(add_folder(*state, "b/c", 0700));
	assert_int_equal(node->mode, 0700);
	assert_false(node->implied);
	assert_null(content_find(*state, "b/x"));
	assert_null(content_find(*state, "a/x"));
	assert_int_equal(content_find(*state, "a")->mode, 0644);
}

static void a_folder_and_then_what_is_in_it(void **state)
{
	static const char *const paths[] = { "a-b", "a/z", "a.c", "a/b/c", "a/b-c", "ab" };

	for (size_t i = 0; i < ARRAY_SIZE(paths); i++)
		assert_ok(add_bytes(*state, paths[i], ""));
	assert_paths(*state, "a a/b a/b/c a/b-c a/z a-b a.c ab");
}

static void links_are_followed(void **state)
{
	assert_ok(add_link(*state, "lib", "usr/lib"));
	assert_ok(add_bytes(*state, "lib/x", "x"));
	assert_ok(add_link(*state, "usr/lib/up", "../../etc"));
	assert_ok(add_bytes(*state, "/lib/up/y", "y"));
	assert_ok(add_link(*state, "usr/abs", "/var/tmp/"));
	assert_ok(add_bytes(*state, "usr/abs/deep/z", "z"));
	assert_paths(*state, "etc etc/y lib usr usr/abs usr/lib usr/lib/up usr/lib/x var var/tmp "
			     "var/tmp/deep var/tmp/deep/z");
	assert_string_equal(content_find(*state, "lib/up/y")->path, "etc/y");
	assert_int_equal(content_find(*state, "lib")->kind, CONTENT_LINK);
}

static void loops_end(void **state)
{
	assert_ok(add_link(*state, "a", "b"));
	assert_ok(add_link(*state, "b", "a"));
	assert_ok(add_link(*state, "c", "c/c"));
	assert_fails(KIMG_E_INVALID, add_bytes(*state, "a/x", ""));
	assert_fails(KIMG_E_INVALID, add_bytes(*state, "c/x", ""));
	assert_null(content_find(*state, "a/x"));
}

static void paths_that_name_nothing(void **state)
{
	static const char *const paths[] = { "", "/", "..", "a/..", "./.", "../.." };
	char *name = malloc(5000);

	for (size_t i = 0; i < ARRAY_SIZE(paths); i++)
		assert_fails(KIMG_E_INVALID, add_bytes(*state, paths[i], ""));
	memset(name, 'n', 4999);
	name[4999] = '\0';
	assert_fails(KIMG_E_INVALID, add_bytes(*state, name, ""));
	for (size_t i = 0; i < 4999; i += 2)
		name[i] = '/';
	assert_fails(KIMG_E_INVALID, add_bytes(*state, name, ""));
	free(name);
	assert_ok(add_bytes(*state, "../../x", ""));
	assert_non_null(content_find(*state, "x"));
}

static void twice_the_same(void **state)
{
	assert_ok(add_bytes(*state, "a", "one"));
	assert_ok(add_bytes(*state, "a", "one"));
	assert_fails(KIMG_E_AMBIGUOUS, add_bytes(*state, "a", "two"));
	assert_fails(KIMG_E_AMBIGUOUS, add_link(*state, "a", "one"));
	assert_fails(KIMG_E_AMBIGUOUS, add_folder(*state, "a", 0));
	assert_fails(KIMG_E_AMBIGUOUS, add_bytes(*state, "a/b", "two"));
	assert_ok(add_folder(*state, "f", 0));
	assert_fails(KIMG_E_AMBIGUOUS, add_bytes(*state, "f", "two"));
}

static void the_users_own_win(void **state)
{
	struct content_node own = {
		.path = "a", .kind = CONTENT_BYTES, .bytes = SPAN_LITERAL("own"), .overlay = true
	};
	const struct content_node *node;

	assert_ok(add_bytes(*state, "a", "one"));
	assert_ok(content_add(*state, &own, &node));
	assert_ok(add_bytes(*state, "a", "two"));
	assert_ptr_equal(content_find(*state, "a"), node);
	assert_int_equal(node->size, 3);
	assert_memory_equal(node->bytes.p, "own", 3);
	own.path = "folder";
	assert_ok(add_bytes(*state, "folder/a", "one"));
	assert_fails(KIMG_E_AMBIGUOUS, content_add(*state, &own, NULL));
}

static struct kimg_error *add_file(struct content *content, const char *path, const char *source,
				   const struct content_node **ret)
{
	return content_add(
		content,
		&(struct content_node){ .path = path, .kind = CONTENT_FILE, .source = source },
		ret);
}

static void files(void **state)
{
	char folder[] = "/tmp/kimg-test-XXXXXX", file[64], other[64];
	const struct content_node *node;

	assert_non_null(mkdtemp(folder));
	snprintf(file, sizeof(file), "%s/m.ko.xz", folder);
	snprintf(other, sizeof(other), "%s/link", folder);
	FILE *f = fopen(file, "w");
	assert_non_null(f);
	fputs("12345", f);
	fclose(f);
	assert_int_equal(chmod(file, 04750), 0);
	assert_int_equal(symlink(file, other), 0);
	assert_ok(add_file(*state, "m.ko.xz", file, &node));
	assert_int_equal(node->size, 5);
	assert_int_equal(node->mode, 0750);
	assert_true(node->stored);
	assert_ok(add_file(*state, "m.ko.xz", other, NULL));
	assert_fails(KIMG_E_AMBIGUOUS, add_file(*state, "m.ko.xz", "/proc/self/exe", NULL));
	assert_fails(KIMG_E_INVALID, add_file(*state, "f", folder, NULL));
	unlink(other);
	unlink(file);
	assert_fails(KIMG_E_NOT_FOUND, add_file(*state, "x", file, NULL));
	rmdir(folder);
}

static void links_of_the_system(void **state)
{
	char folder[] = "/tmp/kimg-test-XXXXXX", path[64];

	assert_non_null(mkdtemp(folder));
	snprintf(path, sizeof(path), "%s/lib", folder);
	assert_int_equal(symlink("usr/lib", path), 0);
	assert_ok(content_use_links(*state, folder));
	unlink(path);
	rmdir(folder);
	assert_null(content_find(*state, "lib"));
	assert_ok(add_bytes(*state, "sbin/a", ""));
	assert_paths(*state, "sbin sbin/a");
	assert_ok(add_folder(*state, "lib/modules", 0));
	assert_ok(add_folder(*state, "lib", 0700));
	assert_paths(*state, "lib sbin sbin/a usr usr/lib usr/lib/modules");
	assert_int_equal(content_find(*state, "lib")->kind, CONTENT_LINK);
	assert_int_equal(content_find(*state, "usr/lib")->mode, 0700);
}

static void many(void **state)
{
	char path[64];
	size_t n;

	for (unsigned int i = 0; i < 20000; i++) {
		snprintf(path, sizeof(path), "folder%u/file%u", i % 100, i);
		assert_ok(add_bytes(*state, path, ""));
	}
	for (unsigned int i = 0; i < 20000; i++) {
		snprintf(path, sizeof(path), "folder%u/file%u", i % 100, i);
		assert_non_null(content_find(*state, path));
	}
	content_sorted(*state, &n);
	assert_int_equal(n, 20100);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
		TEST(folders_come_by_themselves), TEST(a_folder_and_then_what_is_in_it),
		TEST(links_are_followed),         TEST(loops_end),
		TEST(paths_that_name_nothing),    TEST(twice_the_same),
		TEST(the_users_own_win),          TEST(files),
		TEST(links_of_the_system),        TEST(many),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
