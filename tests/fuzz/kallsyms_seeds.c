/* SPDX-License-Identifier: GPL-2.0-or-later */
/* kallsyms_seeds FOLDER: writes the seeds of fuzz_kallsyms, one for each form of the tables. */
#include <stdio.h>
#include <stdlib.h>

#include "kallsyms_writer.h"

#define SEED(name_, form_, bits_, ...)                                                          \
	{                                                                                       \
		.name = name_, .form = form_, .bits = bits_, .short_names = true, .count = 257, \
		.noise = 120, __VA_ARGS__                                                       \
	}

static const struct kallsyms_spec seeds[] = {
	SEED("2.6.10-32", FORM_2_6_10, 32, .elf = true),
	SEED("2.6.10-64-be", FORM_2_6_10, 64, .big_endian = true),
	SEED("2.6.10-32-align-16", FORM_2_6_10, 32, .align = 16),
	SEED("4.6-32", FORM_4_6, 32, .start = 0x8000),
	SEED("4.6-64-align-256", FORM_4_6, 64, .align = 256),
	SEED("4.20-32-be", FORM_4_20, 32, .big_endian = true),
	SEED("4.20-64-percpu", FORM_4_20, 64, .percpu = true, .elf = true),
	SEED("4.20-64-relocatable", FORM_4_20, 64, .relocatable = true),
	SEED("6.2-64", FORM_6_2, 64),
	SEED("6.2-64-seqs-4", FORM_6_2, 64, .seq_size = 4),
	SEED("6.4-32", FORM_6_4, 32),
	SEED("6.4-64-be", FORM_6_4, 64, .big_endian = true),
	SEED("6.4-64-percpu", FORM_6_4, 64, .percpu = true, .elf = true),
	SEED("7.0-32", FORM_7_0, 32, .addresses = true),
	SEED("7.0-32-elf", FORM_7_0, 32, .elf = true),
	SEED("7.0-64-elf", FORM_7_0, 64, .elf = true),
};

static void write_seed(const char *folder, const struct kallsyms_spec *seed)
{
	struct kallsyms_written written;
	char path[4096];
	FILE *file;

	kallsyms_write(seed, &written);
	snprintf(path, sizeof(path), "%s/%s", folder, seed->name);
	file = fopen(path, "wb");
	if (!file || fwrite(written.p, 1, written.n, file) != written.n || fclose(file)) {
		perror(path);
		exit(1);
	}
	kallsyms_written_done(&written);
}

int main(int argc, char **argv)
{
	if (argc != 2) {
		fprintf(stderr, "Usage: kallsyms_seeds FOLDER\n");
		return 2;
	}
	for (size_t i = 0; i < sizeof(seeds) / sizeof(seeds[0]); i++)
		write_seed(argv[1], &seeds[i]);
	return 0;
}
