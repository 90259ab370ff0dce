/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Programs of a small system that is made here, and of this machine. */
#include "../unit.h"

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "elf_maker.h"
#include "initrd/dlopen_note.h"
#include "initrd/library_path.h"
#include "initrd/programs.h"

struct place {
	char root[32];
	struct content *content;
	struct programs *programs;
};

static int setup(void **state)
{
	struct place *place = calloc(1, sizeof(*place));

	strcpy(place->root, "/tmp/kimg-test-XXXXXX");
	assert_non_null(mkdtemp(place->root));
	assert_ok(content_new(&place->content));
	*state = place;
	return 0;
}

static int remove_entry(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	return remove(path);
}

static int teardown(void **state)
{
	struct place *place = *state;

	programs_free(place->programs);
	content_free(place->content);
	nftw(place->root, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
	free(place);
	return 0;
}

/* The whole path, with the folders on the way made. */
static const char *make_way(struct place *place, const char *path)
{
	static char whole[512];

	snprintf(whole, sizeof(whole), "%s/%s", place->root, path);
	for (char *p = whole + strlen(place->root) + 1; (p = strchr(p, '/')); p++) {
		*p = '\0';
		mkdir(whole, 0755);
		*p = '/';
	}
	return whole;
}

static void put(struct place *place, const char *path, const void *bytes, size_t n)
{
	FILE *f = fopen(make_way(place, path), "w");

	assert_non_null(f);
	assert_int_equal(fwrite(bytes, 1, n, f), n);
	assert_int_equal(fclose(f), 0);
}

static void put_text(struct place *place, const char *path, const char *text)
{
	put(place, path, text, strlen(text));
}

static void put_elf(struct place *place, const char *path, struct elf_maker maker)
{
	cleanup_buf struct buf buf = { 0 };

	elf_make(&buf, &maker);
	put(place, path, buf.p, buf.n);
}

static void put_link(struct place *place, const char *path, const char *target)
{
	assert_int_equal(symlink(target, make_way(place, path)), 0);
}

static struct kimg_error *add(struct place *place, const char *path)
{
	const struct content_node model = { .why = "a test" };

	if (!place->programs) {
		TRY(content_use_links(place->content, place->root));
		TRY(programs_new(place->content, place->root, &place->programs));
	}
	return programs_add(place->programs, path, &model, NULL);
}

/* All files and links, a blank between two. */
static void assert_paths(struct place *place, const char *expected)
{
	char text[2048] = "";
	size_t n, at = 0;
	const struct content_node *const *all = content_sorted(place->content, &n);

	for (size_t i = 0; i < n; i++)
		if (all[i]->kind != CONTENT_FOLDER)
			at += snprintf(text + at, sizeof(text) - at, "%s%s", at ? " " : "",
				       all[i]->path);
	assert_string_equal(text, expected);
}

static void assert_notes(struct place *place, const char *expected)
{
	char text[2048] = "";

	for (const struct kimg_note *n = programs_notes(place->programs); n; n = n->next)
		snprintf(text + strlen(text), sizeof(text) - strlen(text), "%s\n", n->text);
	assert_string_equal(text, expected);
}

static void libraries_and_links(void **state)
{
	struct place *place = *state;

	put_link(place, "lib", "usr/lib");
	put_link(place, "sbin", "usr/sbin");
	put_elf(place, "usr/sbin/tool-1.2",
		(struct elf_maker){ .interpreter = "/lib/ld.so", .needed = { "liba.so.1" } });
	put_link(place, "usr/sbin/tool", "/etc/alternatives/tool");
	put_link(place, "etc/alternatives/tool", "/sbin/tool-1.2");
	put_elf(place, "usr/lib/x86_64-linux-gnu/liba.so.1.0",
		(struct elf_maker){ .needed = { "libb.so", "liba.so.1" } });
	put_link(place, "usr/lib/x86_64-linux-gnu/liba.so.1", "liba.so.1.0");
	put_elf(place, "usr/lib/libb.so", (struct elf_maker){ .needed = { "libgone.so" } });
	put_elf(place, "usr/lib/ld.so", (struct elf_maker){ .soname = "ld.so" });
	assert_ok(add(place, "tool"));
	assert_paths(place, "etc/alternatives/tool lib sbin usr/lib/ld.so usr/lib/libb.so "
			    "usr/lib/x86_64-linux-gnu/liba.so.1 "
			    "usr/lib/x86_64-linux-gnu/liba.so.1.0 usr/sbin/tool usr/sbin/tool-1.2");
	assert_notes(place, "usr/lib/libb.so: needs libgone.so, which is not there\n");
	assert_string_equal(content_find(place->content, "/usr/lib/libb.so")->because->path,
			    "usr/lib/x86_64-linux-gnu/liba.so.1.0");
}

static void the_same_kind_only(void **state)
{
	struct place *place = *state;

	put_elf(place, "bin/p",
		(struct elf_maker){
			.machine = EM_S390, .big_endian = true, .needed = { "liba.so" } });
	put_elf(place, "lib/s390x-linux-gnu/liba.so", (struct elf_maker){ 0 });
	put_text(place, "usr/lib/s390x-linux-gnu/liba.so", "no ELF");
	put_elf(place, "lib64/liba.so",
		(struct elf_maker){ .machine = EM_S390, .big_endian = true });
	put_elf(place, "bin/q",
		(struct elf_maker){ .machine = EM_386, .is32 = true, .needed = { "libc.so" } });
	put_elf(place, "lib/libc.so", (struct elf_maker){ .machine = EM_386 });
	put_elf(place, "usr/lib/libc.so", (struct elf_maker){ .machine = EM_386, .is32 = true });
	assert_ok(add(place, "/bin/p"));
	assert_ok(add(place, "/bin/q"));
	assert_paths(place, "bin/p bin/q lib64/liba.so usr/lib/libc.so");
	assert_notes(place, "");
}

/* DT_RPATH of the object and its loaders; DT_RUNPATH of the object alone, in place of all of them. */
static void paths_in_objects(void **state)
{
	struct place *place = *state;

	put_elf(place, "opt/bin/p",
		(struct elf_maker){ .rpath = "relative:$ORIGIN/../libs:/opt/${LIB}",
				    .needed = { "liba.so", "libl.so" } });
	put_elf(place, "opt/libs/liba.so", (struct elf_maker){ .needed = { "libb.so" } });
	put_elf(place, "opt/lib64/libl.so",
		(struct elf_maker){ .runpath = "/opt/$PLATFORM",
				    .needed = { "libb.so", "libc.so" } });
	put_elf(place, "opt/libs/libb.so", (struct elf_maker){ 0 });
	put_elf(place, "opt/x86_64/libc.so", (struct elf_maker){ .needed = { "libd.so" } });
	/* Reached by DT_RPATH of the program, through libl, which has none itself. */
	put_elf(place, "opt/libs/libd.so", (struct elf_maker){ 0 });
	put_elf(place, "lib/libb.so", (struct elf_maker){ 0 });
	assert_ok(add(place, "/opt/bin/p"));
	assert_paths(place, "lib/libb.so opt/bin/p opt/lib64/libl.so opt/libs/liba.so "
			    "opt/libs/libb.so opt/libs/libd.so opt/x86_64/libc.so");
	assert_notes(place, "");
}

static void folders_of_the_system(void **state)
{
	struct place *place = *state;

	put_text(place, "etc/ld.so.conf", "# a comment\ninclude ld.so.conf.d/*.conf\n/lib\n");
	put_text(place, "etc/ld.so.conf.d/a.conf", "/opt/a=libc6 # old\n\n  /opt/b/ ,/opt/c\n");
	put_text(place, "etc/ld.so.conf.d/loop.conf", "include /etc/ld.so.conf\n");
	put_text(place, "etc/ld.so.cache", "cache");
	put_elf(place, "bin/p",
		(struct elf_maker){ .needed = { "liba.so", "libb.so", "libd.so" } });
	put_elf(place, "bin/q", (struct elf_maker){ .needed = { "libb.so" }, .no_default = true });
	put_elf(place, "opt/b/liba.so", (struct elf_maker){ 0 });
	put_elf(place, "opt/c/libb.so", (struct elf_maker){ 0 });
	put_elf(place, "lib/libb.so", (struct elf_maker){ 0 });
	put_elf(place, "lib/libd.so", (struct elf_maker){ 0 });
	put_elf(place, "lib/glibc-hwcaps/x86-64-v3/libd.so", (struct elf_maker){ 0 });
	put_elf(place, "lib/glibc-hwcaps/x86-64-v9/libd.so", (struct elf_maker){ 0 });
	assert_ok(add(place, "p"));
	assert_paths(place, "bin/p etc/ld.so.cache lib/glibc-hwcaps/x86-64-v3/libd.so lib/libd.so "
			    "opt/b/liba.so opt/c/libb.so");
	assert_notes(place, "");
	assert_ok(add(place, "q"));
}

static void what_is_loaded_later(void **state)
{
	struct place *place = *state;

	put_elf(place, "bin/p",
		(struct elf_maker){ .symbol = "pthread_exit",
				    .dlopen =
					    "[{\"feature\":\"a\",\"priority\":\"recommended\","
					    "\"soname\":[\"liba.so.2\",\"liba.so.1\"]},"
					    "{\"soname\":[\"libb.so\"],\"priority\":\"suggested\"},"
					    "{\"x\":{\"y\":[1,-2.5,null,{\"z\":\"}\"}]},\"soname\":"
					    "[\"libc.so\"],"
					    "\"priority\":\"required\"}]" });
	put_elf(place, "lib/liba.so.1", (struct elf_maker){ 0 });
	put_elf(place, "lib/liba.so.0", (struct elf_maker){ 0 });
	put_elf(place, "lib/libb.so", (struct elf_maker){ 0 });
	put_elf(place, "lib/libgcc_s.so.1", (struct elf_maker){ 0 });
	assert_ok(add(place, "p"));
	assert_paths(place, "bin/p lib/liba.so.1 lib/libgcc_s.so.1");
	assert_notes(place, "bin/p: needs libc.so, which is not there\n");
}

static void scripts(void **state)
{
	struct place *place = *state;

	put_text(place, "bin/a", "#! /bin/b\t-x\nrest");
	put_text(place, "bin/b", "#!/usr/bin/env -S X=1 sh -e\n");
	put_elf(place, "usr/bin/env", (struct elf_maker){ 0 });
	put_elf(place, "bin/sh", (struct elf_maker){ 0 });
	put_text(place, "bin/loop", "#!/bin/loop");
	put_text(place, "bin/bad", "#!");
	put_text(place, "bin/gone", "#!/bin/none");
	assert_ok(add(place, "a"));
	assert_ok(add(place, "loop"));
	assert_ok(add(place, "bad"));
	assert_ok(add(place, "gone"));
	assert_paths(place, "bin/a bin/b bin/bad bin/gone bin/loop bin/sh usr/bin/env");
	assert_notes(place, "bin/gone: the interpreter, /bin/none, is not there\n");
	assert_fails(KIMG_E_NOT_FOUND, add(place, "nothing"));
	assert_fails(KIMG_E_NOT_FOUND, add(place, "/bin/nothing"));
}

/* Nothing leads out of the system, and nothing hangs. */
static void hostile_systems(void **state)
{
	struct place *place = *state;
	cleanup_buf struct buf path = { 0 };

	put_link(place, "bin/out", "../../../../../../etc/passwd");
	put_link(place, "bin/loop", "loop");
	put_link(place, "bin/a", "b");
	put_link(place, "bin/b", "a/x");
	put_elf(place, "bin/up", (struct elf_maker){ .needed = { "../../../x", "/", "a/../b" } });
	for (int i = 0; i < 70000; i++)
		buf_puts(&path, ":$LIB");
	put_elf(place, "bin/long",
		(struct elf_maker){ .rpath = path.p, .needed = { "liba.so", "libb.so" } });
	assert_fails(KIMG_E_NOT_FOUND, add(place, "/bin/out"));
	assert_fails(KIMG_E_INVALID, add(place, "/bin/loop"));
	assert_fails(KIMG_E_INVALID, add(place, "/bin/a"));
	assert_ok(add(place, "/bin/up"));
	assert_ok(add(place, "/bin/long"));
	assert_null(content_find(place->content, "etc/passwd"));
}

/* Every prefix of an ELF file, and every byte of it changed. */
static void damaged_files(void **state)
{
	struct place *place = *state;
	cleanup_buf struct buf elf = { 0 };
	char path[32];

	elf_make(&elf, &(struct elf_maker){ .interpreter = "/lib/ld.so",
					    .needed = { "liba.so" },
					    .dlopen = "[{\"soname\":[\"libb.so\"]}]" });
	for (size_t i = 0; i < elf.n; i++) {
		snprintf(path, sizeof(path), "bin/%zu", i);
		if (i % 2)
			elf.p[i] ^= 0x41;
		put(place, path, elf.p, i % 2 ? elf.n : i);
		if (i % 2)
			elf.p[i] ^= 0x41;
		/* Good or not, it comes back. */
		snprintf(path, sizeof(path), "/bin/%zu", i);
		kimg_error_free(add(place, path));
	}
}

static struct kimg_error *count(void *context, const struct dlopen_feature *f)
{
	*(size_t *)context += f->sonames_n;
	return NULL;
}

static void texts_of_notes(void **state)
{
	static const struct {
		const char *text;
		size_t sonames;
	} cases[] = {
		{ "", 0 },
		{ "[]", 0 },
		{ "[{}]", 0 },
		{ "[{\"soname\":[\"a\",\"b\"]},{\"soname\":[\"c\"]}]", 3 },
		{ " [ { \"soname\" : [ \"a\" ] , \"feature\" : \"x\\\"]\" } ]", 1 },
		{ "[{\"soname\":[\"a\"]},{\"soname\":[\"b\"}]", 1 },
		{ "[{\"soname\":\"a\"},{\"soname\":[\"b\"]}]", 1 },
		{ "[{\"a\":[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[", 0 },
		{ "[{\"a\":tru", 0 },
		{ "[{\"a\":\"", 0 },
		{ "[{\"a\":\"\\", 0 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		size_t n = 0;

		assert_ok(dlopen_text_visit(span_of(cases[i].text, strlen(cases[i].text)), count,
					    &n));
		assert_int_equal(n, cases[i].sonames);
	}
}

/* /bin/sh of this machine runs with what is found: its libraries are all there. */
static void this_machine(void **state)
{
	struct place *place = *state;
	size_t n;

	assert_ok(content_use_links(place->content, ""));
	assert_ok(programs_new(place->content, "", &place->programs));
	assert_ok(programs_add(place->programs, "sh", &(struct content_node){ .why = "a test" },
			       NULL));
	assert_null(programs_notes(place->programs));
	content_sorted(place->content, &n);
	assert_true(n > 3);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
		TEST(libraries_and_links),   TEST(the_same_kind_only),   TEST(paths_in_objects),
		TEST(folders_of_the_system), TEST(what_is_loaded_later), TEST(scripts),
		TEST(hostile_systems),       TEST(damaged_files),        TEST(texts_of_notes),
		TEST(this_machine),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
