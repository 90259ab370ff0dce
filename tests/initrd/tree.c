/* SPDX-License-Identifier: GPL-2.0-or-later */
/* tree FILE: the tree that the library makes of an initrd, in the form of show.h; then whether the kernel would stop. */
#include <string.h>

#include "initrd/reader.h"
#include "show.h"

static void show_node(struct kimg_initrd *initrd, const struct rootfs_node *node)
{
	const struct rootfs_file *file = node->file;
	char buffer[ROOTFS_PATH], path[ROOTFS_PATH + 1], target[ROOTFS_PATH + 1] = "";
	struct shown shown = {
		.path = path,
		.mode = file->mode,
		.uid = file->uid,
		.gid = file->gid,
		.mtime = file->mtime,
		.major = file->rdev_major,
		.minor = file->rdev_minor,
		.size = file->size,
		.sum = SUM_START,
	};
	const size_t most = 64 * 65536;
	struct span data = { 0 };

	snprintf(path, sizeof(path), "/%s", rootfs_path(node, buffer));
	for (const struct rootfs_node *name = file->names; name; name = name->next_name)
		shown.nlink++;
	if (S_ISLNK(file->mode)) {
		memcpy(target, file->target.p, file->target.n);
		shown.target = target;
	} else if (S_ISREG(file->mode)) {
		kimg_error_free(initrd_file_data(initrd, file, &data));
		shown.sum = sum_of(shown.sum, data.p, data.n < most ? data.n : most);
		for (uint64_t n = data.n; n < file->size && n < most; n++)
			shown.sum = sum_of(shown.sum, (const unsigned char *)"", 1);
	}
	show(&shown);
}

static bool has_bad_note(const struct kimg_initrd *initrd)
{
	bool bad = false;

	for (const struct kimg_note *note = kimg_initrd_notes(initrd); note; note = note->next) {
		printf("note: %s\n", note->text);
		bad |= note->bad;
	}
	return bad;
}

int main(int argc, char **argv)
{
	struct kimg_initrd *initrd = NULL;
	struct kimg_error *error = kimg_initrd_open(argv[1], NULL, &initrd);
	char text[512] = "";

	if (!error)
		error = initrd_read_all(initrd);
	if (error) {
		kimg_error_format(error, text, sizeof(text));
		printf("error: %s\n", text);
	}
	if (!initrd)
		return 1;
	for (const struct rootfs_node *node = rootfs_walk(initrd->rootfs.root); node;
	     node = rootfs_walk(node))
		if (!node->own)
			show_node(initrd, node);
	printf("%s\n", error ? "stopped" : has_bad_note(initrd) ? "doubtful" : "fine");
	kimg_error_free(error);
	kimg_initrd_free(initrd);
	return 0;
}
