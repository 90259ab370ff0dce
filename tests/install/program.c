/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a program of somebody else looks like: the installed headers alone. */
#include <kimg/kimg.h>
#include <stdio.h>
#include <stdlib.h>

int main(int argc, char **argv)
{
	struct kimg_image *image = NULL;
	const struct kimg_part *kernel;
	struct kimg_error *error;
	char *word = NULL;

	if (argc < 2)
		return 2;
	error = kimg_identify(argv[1], NULL, &word);
	if (!error)
		error = kimg_image_open(argv[1], NULL, &image);
	if (!error)
		error = kimg_image_kernel(image, &kernel);
	if (!error)
		printf("%s holds %s of %llu bytes\n", word, kernel->name,
		       (unsigned long long)kernel->size);
	else
		fprintf(stderr, "%s\n", kimg_error_message(error));
	kimg_image_free(image);
	free(word);
	kimg_error_free(error);
	return error != NULL;
}
