/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Taking initial RAM disks apart into a folder of a folder: nothing else in the outer one, which links may lead to, ever
 * changes. Half of the inputs find a link in the way that leads there.
 */
#include <dirent.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "kimg/initrd.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool good)
{
	if (!good)
		abort();
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	return remove(path);
}

/* Folders may have come without permissions. */
static int open_up(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	if (type == FTW_DNR || type == FTW_D)
		chmod(path, 0700);
	return 0;
}

static void clean(const char *path)
{
	nftw(path, open_up, 16, FTW_PHYS);
	nftw(path, remove_one, 16, FTW_PHYS | FTW_DEPTH);
}

/* The outer folder holds what it held: "in", and an empty "out". */
static void check_outer(const char *outer)
{
	char path[128];
	struct dirent *entry;
	struct stat st;
	DIR *folder = opendir(outer);
	int count = 0;

	check(folder != NULL);
	while ((entry = readdir(folder)))
		count++;
	closedir(folder);
	check(count == 4);
	snprintf(path, sizeof(path), "%s/out", outer);
	check(stat(path, &st) == 0 && (st.st_mode & 07777) == 0711);
	check(rmdir(path) == 0);
}

static void take_apart(const char *folder, const uint8_t *data, size_t size)
{
	struct kimg_initrd_options options = KIMG_INITRD_OPTIONS_DEFAULT;
	struct kimg_initrd_extract_options extract = { .folder = folder, .force = size & 2 };
	struct kimg_initrd *initrd = NULL;
	struct kimg_error *error;
	int null = open("/dev/null", O_WRONLY | O_CLOEXEC);

	options.limits.output = 1 << 20;
	options.limits.memory = 16 << 20;
	options.limits.parts = 64;
	error = kimg_initrd_open_bytes(data, size, &options, &initrd);
	if (!error)
		error = kimg_initrd_extract(initrd, &extract);
	kimg_error_free(error);
	if (initrd && null >= 0)
		kimg_error_free(kimg_initrd_tar(initrd, null, NULL));
	close(null);
	kimg_initrd_free(initrd);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char outer[] = "/tmp/kimg-fuzz-XXXXXX", path[64];

	/* A file of 4 GiB without bytes costs nothing but time to remove. */
	if (size > 65536 || !mkdtemp(outer))
		return 0;
	snprintf(path, sizeof(path), "%s/out", outer);
	check(mkdir(path, 0700) == 0 && chmod(path, 0711) == 0);
	snprintf(path, sizeof(path), "%s/in", outer);
	check(mkdir(path, 0700) == 0);
	if (size & 1) {
		snprintf(path, sizeof(path), "%s/in/etc", outer);
		check(symlink("../out", path) == 0);
		snprintf(path, sizeof(path), "%s/in/a", outer);
		check(symlink("../out", path) == 0);
		snprintf(path, sizeof(path), "%s/in", outer);
	}
	take_apart(path, data, size);
	check_outer(outer);
	clean(outer);
	return 0;
}
