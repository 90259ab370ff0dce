// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * shorten: of JSON lines of kimg klogd, prints those that are records of the flood as two numbers, the kernel's and
 * the flood's own, and the others as they are. As much as a guest writes takes long to come out of it.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char sequence_key[] = "\"sequence\":", text_key[] = "\"text\":\"kimg-flood ";

int main(void)
{
	char *line = NULL;
	size_t room = 0;

	while (getline(&line, &room, stdin) > 0) {
		const char *sequence = strstr(line, sequence_key);
		const char *text = strstr(line, text_key);

		if (sequence && text && strstr(line, "\"kind\":\"record\""))
			printf("%llu %llu\n", strtoull(sequence + strlen(sequence_key), NULL, 10),
			       strtoull(text + strlen(text_key), NULL, 10));
		else
			fputs(line, stdout);
	}
	free(line);
	return fflush(stdout) ? 1 : 0;
}
