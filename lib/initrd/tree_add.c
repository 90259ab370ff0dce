/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A folder with all that is in it. */
#include "initrd/tree_add.h"

#include <errno.h>
#include <fts.h>
#include <limits.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

static void close_walk(FTS **fts)
{
	if (*fts)
		fts_close(*fts);
}

static struct kimg_error *read_link(const FTSENT *entry, char target[PATH_MAX])
{
	ssize_t n = readlink(entry->fts_accpath, target, PATH_MAX - 1);

	if (n < 0)
		return error_system(errno, "%s", entry->fts_path);
	target[n] = '\0';
	return NULL;
}

/* False for what no image holds. */
static bool set_kind(struct content_node *node, const struct stat *st, bool special)
{
	node->mode = st->st_mode & (special ? 07777 : 0777);
	switch (st->st_mode & S_IFMT) {
	case S_IFDIR:
		node->kind = CONTENT_FOLDER;
		return true;
	case S_IFREG:
		node->kind = CONTENT_FILE;
		return true;
	case S_IFLNK:
		node->kind = CONTENT_LINK;
		return true;
	case S_IFCHR:
	case S_IFBLK:
	case S_IFIFO:
		node->kind = CONTENT_DEVICE;
		node->mode |= st->st_mode & S_IFMT;
		node->major = S_ISFIFO(st->st_mode) ? 0 : major(st->st_rdev);
		node->minor = S_ISFIFO(st->st_mode) ? 0 : minor(st->st_rdev);
		return true;
	default:
		return false;
	}
}

static struct kimg_error *add_entry(struct content *content, const FTSENT *entry, const char *path,
				    const struct content_node *model, bool special)
{
	struct content_node node = *model;
	char target[PATH_MAX];

	node.path = path;
	if (!set_kind(&node, entry->fts_statp, special))
		return NULL;
	node.source = node.kind == CONTENT_FILE ? entry->fts_path : NULL;
	if (node.kind == CONTENT_LINK) {
		TRY(read_link(entry, target));
		node.source = target;
	}
	return content_add(content, &node, NULL);
}

static struct kimg_error *entry_error(const FTSENT *entry)
{
	return error_system(entry->fts_errno, "%s", entry->fts_path);
}

struct kimg_error *tree_add(struct content *content, const char *folder, const char *path,
			    const struct content_node *model, bool special)
{
	char *const roots[] = { (char *)folder, NULL };
	cleanup(close_walk) FTS *fts = fts_open(roots, FTS_PHYSICAL | FTS_NOCHDIR, NULL);
	char below[2 * PATH_MAX];
	const FTSENT *entry;

	if (!fts)
		return error_system(errno, "%s", folder);
	while ((entry = fts_read(fts))) {
		if (entry->fts_info == FTS_DNR || entry->fts_info == FTS_ERR ||
		    entry->fts_info == FTS_NS)
			return entry_error(entry);
		if (entry->fts_info == FTS_DP || (entry->fts_level == 0 && !*path))
			continue;
		if (snprintf(below, sizeof(below), "%s%s", path,
			     entry->fts_path + strlen(folder)) >= (int)sizeof(below))
			return error_new(KIMG_E_INVALID, "%s: the path is too long",
					 entry->fts_path);
		TRY(add_entry(content, entry, below, model, special));
	}
	return errno ? error_system(errno, "%s", folder) : NULL;
}
