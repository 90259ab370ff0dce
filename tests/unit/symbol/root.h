/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TESTS_UNIT_SYMBOL_ROOT_H
#define TESTS_UNIT_SYMBOL_ROOT_H

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"

/* A folder that stands for "/", with files as a test wants them. */
struct root {
	char path[32];
	const char *roots[2]; /* as the library wants it */
	char name[1024];
};

static inline int root_setup(void **state)
{
	struct root *root = calloc(1, sizeof(*root));

	if (!root)
		return -1;
	strcpy(root->path, "/tmp/kimg-test-XXXXXX");
	if (!mkdtemp(root->path))
		return -1;
	root->roots[0] = root->path;
	*state = root;
	return 0;
}

static inline int root_remove(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	return remove(path);
}

static inline int root_teardown(void **state)
{
	struct root *root = *state;

	nftw(root->path, root_remove, 16, FTW_DEPTH | FTW_PHYS);
	free(root);
	return 0;
}

/* The whole path of a file below root; valid until the next call. */
static inline const char *root_path(struct root *root, const char *path)
{
	snprintf(root->name, sizeof(root->name), "%s/%s", root->path, path);
	return root->name;
}

/* Writes a file, whose folders are made. Returns its path as root_path() does. */
static inline const char *root_write(struct root *root, const char *path, struct span bytes)
{
	FILE *file;

	root_path(root, path);
	for (char *slash = strchr(root->name + strlen(root->path) + 1, '/'); slash;
	     slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		mkdir(root->name, 0777);
		*slash = '/';
	}
	file = fopen(root->name, "w");
	assert_non_null(file);
	assert_int_equal(fwrite(bytes.p, 1, bytes.n, file), bytes.n);
	assert_int_equal(fclose(file), 0);
	return root->name;
}

#endif
