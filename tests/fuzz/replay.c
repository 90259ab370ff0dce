/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Runs a fuzz target once for each file below the paths given: regression tests without libFuzzer. */
#include <ftw.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static unsigned long runs;

static int replay(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	uint8_t *data;
	FILE *file;
	size_t n;

	if (type != FTW_F)
		return 0;
	file = fopen(path, "rb");
	/* Exactly as large as the file, so that a sanitizer sees the first byte read past it. */
	data = malloc(st->st_size ? st->st_size : 1);
	if (!file || !data) {
		perror(path);
		exit(1);
	}
	n = fread(data, 1, st->st_size, file);
	fclose(file);
	LLVMFuzzerTestOneInput(data, n);
	free(data);
	runs++;
	return 0;
}

int main(int argc, char **argv)
{
	for (int i = 1; i < argc; i++)
		nftw(argv[i], replay, 16, FTW_PHYS);
	printf("%lu inputs\n", runs);
	return runs == 0;
}
