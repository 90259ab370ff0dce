/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TESTS_MADE_H
#define TESTS_MADE_H

/* A program with debug information, made by the compilers that are installed, in a folder of its own. */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"

struct made {
	char folder[64];
};

/* Functions that are inlined into one another, cut into pieces, and put into several sections. */
static const char made_header[] = "static inline __attribute__((always_inline)) int twice(int x)\n"
				  "{\n"
				  "	if (x > 1000)\n"
				  "		sink = x;\n"
				  "	return x * 2 + sink;\n"
				  "}\n";

static const char made_main[] = "volatile int sink;\n"
				"#include \"inc/twice.h\"\n"
				"static inline __attribute__((always_inline)) int four(int x)\n"
				"{\n"
				"	int y = twice(x);\n"
				"	for (int i = 0; i < x; i++) {\n"
				"		int z = twice(y + i);\n"
				"		sink += z;\n"
				"	}\n"
				"	return twice(y);\n"
				"}\n"
				"__attribute__((noinline, cold)) void fail(int x)\n"
				"{\n"
				"	sink = four(x) - 1;\n"
				"}\n"
				"__attribute__((noinline)) int work(int x)\n"
				"{\n"
				"	if (__builtin_expect(x == 7, 0))\n"
				"		fail(four(x));\n"
				"	return four(x) + twice(sink);\n"
				"}\n"
				"__attribute__((section(\".init.text\"))) int setup(int x)\n"
				"{\n"
				"	return twice(x) - sink;\n"
				"}\n"
				"int other(int);\n"
				"void _start(void)\n"
				"{\n"
				"	sink = work(sink) + setup(3) + other(4);\n"
				"	for (;;)\n"
				"		sink++;\n"
				"}\n";

static const char made_other[] = "extern volatile int sink;\n"
				 "#include \"inc/twice.h\"\n"
				 "struct pair { int a, b; };\n"
				 "static __attribute__((noinline)) int sum(struct pair p)\n"
				 "{\n"
				 "	return twice(p.a) + p.b;\n"
				 "}\n"
				 "int other(int x)\n"
				 "{\n"
				 "	struct pair p = { x, sink };\n"
				 "	return sum(p);\n"
				 "}\n";

static inline void made_write(const struct made *made, const char *name, const char *text)
{
	char path[128];
	FILE *file;

	snprintf(path, sizeof(path), "%s/%s", made->folder, name);
	file = fopen(path, "w");
	assert_non_null(file);
	assert_true(fputs(text, file) >= 0);
	assert_int_equal(fclose(file), 0);
}

static inline bool made_run(const struct made *made, const char *command)
{
	cleanup_buf struct buf line = { 0 };

	buf_printf(&line, "cd '%s' && { %s; } >log 2>&1", made->folder, command);
	return system(line.p) == 0;
}

static inline struct made made_begin(void)
{
	struct made made = { .folder = "/tmp/kimg-debug-XXXXXX" };

	assert_non_null(mkdtemp(made.folder));
	assert_true(made_run(&made, "mkdir inc"));
	made_write(&made, "inc/twice.h", made_header);
	made_write(&made, "main.c", made_main);
	made_write(&made, "other.c", made_other);
	return made;
}

static inline void made_done(struct made *made)
{
	made_run(made, "rm -rf \"$PWD\"");
}

/* Where a tool is not installed. skip() leaves the test at once, without the end of any scope. */
static inline void made_run_or_skip(struct made *made, const char *command)
{
	if (made_run(made, command))
		return;
	made_done(made);
	skip();
}

static inline const char *made_path(const struct made *made, const char *name)
{
	static char path[128];

	snprintf(path, sizeof(path), "%s/%s", made->folder, name);
	return path;
}

#define cleanup_made cleanup(made_done)

#endif
