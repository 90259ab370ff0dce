/* SPDX-License-Identifier: GPL-2.0-or-later */
/* kimg initrd create --dry-run: every file of an image, and why it is there. */
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "cmd/initrd_create.h"

static struct span text_of(const char *text)
{
	return span_of(text, strlen(text));
}

static const char *type_of(uint32_t mode)
{
	switch (mode & S_IFMT) {
	case S_IFDIR:
		return "folder";
	case S_IFLNK:
		return "link";
	case S_IFREG:
		return "file";
	case S_IFCHR:
		return "character-device";
	case S_IFBLK:
		return "block-device";
	default:
		return "fifo";
	}
}

/* For programs: all that is known. */
static void show_facts(struct out *out, const struct kimg_initrd_file *file)
{
	char mode[8];

	snprintf(mode, sizeof(mode), "%04o", file->mode & 07777);
	out_string(out, "type", OUT_DATA, type_of(file->mode));
	out_string(out, "mode", OUT_DATA, mode);
	if (file->source && !S_ISLNK(file->mode))
		out_text(out, "source", OUT_DATA, text_of(file->source));
	out_bool(out, "stored", OUT_DATA, file->stored);
	out_bool(out, "implied", OUT_DATA, file->implied);
}

static void show_file(struct out *out, const struct kimg_initrd_file *file)
{
	out_record(out);
	out_row(out);
	out_width(out, -10);
	if (S_ISREG(file->mode))
		out_number(out, "size", OUT_PLAIN, file->size);
	else
		out_print(out, OUT_FAINT, "%s", S_ISLNK(file->mode) ? "link" : "device");
	out_text(out, "path", OUT_PLAIN, text_of(file->path));
	if (S_ISLNK(file->mode)) {
		out_gap(out, 1);
		out_print(out, OUT_FAINT, "->");
		out_gap(out, 1);
		out_text(out, "target", OUT_PLAIN, text_of(file->source));
	}
	if (file->why)
		out_text(out, "why", OUT_FAINT, text_of(file->why));
	if (file->because)
		out_text(out, "because", OUT_DATA, text_of(file->because));
	show_facts(out, file);
	out_row_end(out);
	out_close(out);
}

/* Folders are for programs alone: they say nothing. */
static void show_folder(struct out *out, const struct kimg_initrd_file *file)
{
	out_record(out);
	out_text(out, "path", OUT_DATA, text_of(file->path));
	if (file->why)
		out_text(out, "why", OUT_DATA, text_of(file->why));
	if (file->because)
		out_text(out, "because", OUT_DATA, text_of(file->because));
	show_facts(out, file);
	out_close(out);
}

void initrd_explain(struct out *out, const struct kimg_initrd_plan *plan)
{
	struct kimg_initrd_file file;

	for (size_t i = 0; kimg_initrd_plan_file(plan, i, &file); i++) {
		if (S_ISDIR(file.mode))
			show_folder(out, &file);
		else
			show_file(out, &file);
	}
}
