/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the verbs that read initial RAM disks share. */
#include "cmd/initrd.h"

#include "cli/term.h"

struct kimg_error *initrd_open(const struct cli *cli, const char *file, const char *part,
			       struct kimg_initrd **ret_initrd)
{
	struct kimg_initrd_options o = { .limits = cli->limits, .part = part };

	return kimg_initrd_open(file, &o, ret_initrd);
}

int initrd_tell_notes(const struct cli *cli, const char *file, const struct kimg_initrd *initrd)
{
	int status = STATUS_YES;

	for (const struct kimg_note *note = kimg_initrd_notes(initrd); note; note = note->next) {
		remark(cli, "%s: %s", file, note->text);
		if (note->bad)
			status = STATUS_NO;
	}
	return status;
}
