// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * flood COUNT: writes records numbered from 0 to the kernel's log, as fast as it can, and says how fast that was.
 * The guest needs printk.devkmsg=on, as the kernel drops most of them otherwise.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static double now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static int write_record(int kmsg, long number)
{
	char record[128];
	int size = snprintf(record, sizeof(record),
			    "<6>kimg-flood %ld of the records that fill the ring", number);
	ssize_t written;

	do
		written = write(kmsg, record, (size_t)size);
	while (written < 0 && errno == EINTR);
	return written == size ? 0 : -1;
}

int main(int argc, char **argv)
{
	long count = argc == 2 ? atol(argv[1]) : 0;
	int kmsg = open("/dev/kmsg", O_WRONLY | O_CLOEXEC);
	double began = now();
	double seconds;

	if (kmsg < 0 || count <= 0) {
		fprintf(stderr, "flood COUNT: %s\n", kmsg < 0 ? strerror(errno) : "not a number");
		return 2;
	}
	for (long i = 0; i < count; i++) {
		if (write_record(kmsg, i)) {
			fprintf(stderr, "record %ld: %s\n", i, strerror(errno));
			return 1;
		}
	}
	seconds = now() - began;
	printf("%ld records in %.3f s: %.0f a second\n", count, seconds, (double)count / seconds);
	return 0;
}
