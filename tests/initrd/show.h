/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TESTS_INITRD_SHOW_H
#define TESTS_INITRD_SHOW_H

#include <stdint.h>
#include <stdio.h>
#include <sys/stat.h>
#include <termios.h>

/* How a node is shown, by the guest and by us: two programs whose lines must be alike. */
struct shown {
	const char *path;
	uint32_t mode, uid, gid, nlink, major, minor;
	int64_t mtime;
	uint64_t size;
	const char *target;
	uint64_t sum;
};

#define SUM_START 14695981039346656037ULL

static inline uint64_t sum_of(uint64_t sum, const unsigned char *p, size_t n)
{
	while (n--)
		sum = (sum ^ *p++) * 1099511628211ULL;
	return sum;
}

static inline void show_text(const char *text)
{
	for (; *text; text++)
		if (*text <= ' ' || *text > '~' || *text == '\\')
			printf("\\%02x", (unsigned char)*text);
		else
			putchar(*text);
}

static inline void show(const struct shown *s)
{
	printf("= ");
	show_text(s->path);
	printf(" %o %u %u %lld", s->mode, s->uid, s->gid, (long long)s->mtime);
	if (!S_ISDIR(s->mode))
		printf(" n%u", s->nlink);
	if (S_ISCHR(s->mode) || S_ISBLK(s->mode))
		printf(" %u:%u", s->major, s->minor);
	if (S_ISREG(s->mode))
		printf(" %llu %016llx", (unsigned long long)s->size, (unsigned long long)s->sum);
	if (s->target) {
		printf(" -> ");
		show_text(s->target);
	}
	putchar('\n');
}

static inline void tcdrain_all(void)
{
	tcdrain(1);
}

#endif
