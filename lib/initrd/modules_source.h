/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef INITRD_MODULES_SOURCE_H
#define INITRD_MODULES_SOURCE_H

#include "base/buf.h"
#include "initrd/chains.h"
#include "initrd/modules.h"
#include "io/blob.h"

/* The inside of struct module_tree; for modules*.c alone. */
struct module_tree {
	struct kimg_limits limits;
	struct arena arena;
	uint64_t seed;
	char *sysroot; /* "" or without a '/' at the end */
	char *folder;
	char *target;
	char *version;

	struct blob dep, builtin; /* modules.dep, modules.builtin */
	struct module *all;
	size_t n; /* of all */
	struct chains by_name;

	/* modules_alias.c */
	bool aliases_read;
	struct blob alias, modinfo; /* modules.alias, modules.builtin.modinfo */
	struct alias *aliases;
	size_t aliases_n, aliases_from_folder, aliases_builtin; /* where those begin */
	struct chains by_prefix;

	/* modules_config.c */
	struct blob_list *files;
	struct module_config *configs;
	size_t configs_n, configs_size;
	bool has_config_aliases;
	struct chains by_config;

	/* modules_scan.c: what stands for the files of depmod where there are none */
	bool scanned; /* or the texts were given */
	struct buf scanned_dep, scanned_alias, scanned_softdep;
	struct buf scanned_builtin, scanned_modinfo; /* given ones */
};

struct alias {
	struct span pattern;
	struct span module;
};

struct blob_list {
	struct blob_list *next;
	struct blob blob;
};

/* Modules by the texts of files instead of a folder's: softdep also has the lines of modprobe.d. */
struct module_texts {
	struct span dep, builtin, alias, softdep, modinfo;
};

struct kimg_error *module_tree_of_texts(const struct module_texts *texts,
					struct module_tree **ret) must_check;

/* Maps a file of the folder; leaves blob empty where there is none. */
struct kimg_error *module_tree_map(struct module_tree *modules, const char *name,
				   struct blob *blob) must_check;

/* Fills scanned_* from the modules themselves. */
struct kimg_error *module_tree_scan(struct module_tree *modules) must_check;

struct kimg_error *module_tree_read_config(struct module_tree *modules) must_check;

/* Reads lines as modprobe.d(5) has them; file is for messages and lives as long as the modules. */
struct kimg_error *module_tree_parse_config(struct module_tree *modules, struct span text,
					    const char *file) must_check;
struct kimg_error *module_tree_index_config(struct module_tree *modules) must_check;

struct kimg_error *module_tree_read_aliases(struct module_tree *modules) must_check;

void module_tree_done_aliases(struct module_tree *modules);
void module_tree_done_config(struct module_tree *modules);

/* The next line of text without its '\n', which is cut off with it; false at the end. */
static inline bool next_line(struct span *text, struct span *ret_line)
{
	const uint8_t *end;

	if (text->n == 0)
		return false;
	end = memchr(text->p, '\n', text->n);
	*ret_line = span_of(text->p, end ? (size_t)(end - text->p) : text->n);
	*text = span_from(*text, ret_line->n + 1);
	return true;
}

/* The name of a module's file: without folders, ".ko" and the suffix of a codec. Empty for other files. */
struct span module_name_of_path(struct span path);

static inline size_t count_lines(struct span text)
{
	size_t n = text.n > 0;

	for (const uint8_t *p = text.p, *end = text.p + text.n;
	     text.n && (p = memchr(p, '\n', end - p)); p++)
		n++;
	return n;
}

#endif
