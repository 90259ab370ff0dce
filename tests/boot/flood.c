// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * flood COUNT [DEVICE]: writes records numbered from 0 to the kernel's log, as fast as it can, and says how fast that
 * was. With a device, that of the module, the kernel itself says them, and no other program gets the last CPU
 * meanwhile. The guest needs printk.devkmsg=on, as the kernel drops most of what programs write otherwise.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
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

static int write_all(int fd, const char *text, int size)
{
	ssize_t written;

	do
		written = write(fd, text, (size_t)size);
	while (written < 0 && errno == EINTR);
	return written == size ? 0 : -1;
}

static int write_records(int kmsg, long count)
{
	char record[128];

	for (long i = 0; i < count; i++) {
		int size = snprintf(record, sizeof(record),
				    "<6>kimg-flood %ld of the records that fill the ring", i);

		if (write_all(kmsg, record, size))
			return -1;
	}
	return 0;
}

static int ask_module(int device, long count)
{
	const struct sched_param parameters = { .sched_priority = 1 };
	char text[32];
	cpu_set_t cpus;

	CPU_ZERO(&cpus);
	CPU_SET(sysconf(_SC_NPROCESSORS_ONLN) - 1, &cpus);
	if (sched_setaffinity(0, sizeof(cpus), &cpus) ||
	    sched_setscheduler(0, SCHED_FIFO, &parameters))
		return -1;
	return write_all(device, text, snprintf(text, sizeof(text), "flood %ld", count));
}

int main(int argc, char **argv)
{
	long count = argc > 1 ? atol(argv[1]) : 0;
	int fd = open(argc > 2 ? argv[2] : "/dev/kmsg", O_WRONLY | O_CLOEXEC);
	double began, seconds;

	if (fd < 0 || count <= 0) {
		fprintf(stderr, "flood COUNT [DEVICE]: %s\n",
			fd < 0 ? strerror(errno) : "not a number");
		return 2;
	}
	began = now();
	if (argc > 2 ? ask_module(fd, count) : write_records(fd, count)) {
		fprintf(stderr, "%s\n", strerror(errno));
		return 1;
	}
	seconds = now() - began;
	printf("%ld records in %.3f s: %.0f a second\n", count, seconds, (double)count / seconds);
	return 0;
}
