/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Patterns for names in an initrd. */
#include "base/buf.h"
#include "kimg/initrd.h"
#include "symbol/glob.h"

/* "./usr", "/usr", "usr": the same file. */
static struct span plain(const char *name)
{
	while (name[0] == '/' || (name[0] == '.' && name[1] == '/'))
		name++;
	return span_of(name, strlen(name));
}

bool kimg_initrd_matches(const char *name, const char *pattern)
{
	struct span wanted = plain(pattern), whole = plain(name);
	cleanup_buf struct buf below = { 0 };

	while (wanted.n && wanted.p[wanted.n - 1] == '/')
		wanted.n--;
	if (glob_matches(wanted, whole))
		return true;
	/* A star takes slashes, too: this is every name below a folder that fits. */
	buf_add(&below, wanted.p, wanted.n);
	buf_puts(&below, "/*");
	return !below.failed && glob_matches(buf_span(&below), whole);
}
