/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef INITRD_MODULES_H
#define INITRD_MODULES_H

#include <stdint.h>

#include "base/arena.h"
#include "base/error.h"
#include "base/span.h"
#include "kimg/limits.h"
#include "kimg/part.h"

/*
 * The modules of one kernel: what its folder says (modules.dep(5) and the other files of depmod(8)), and what modprobe.d(5) adds.
 * Names of modules and aliases have '-' and '_' for the same. All spans live as long as the modules.
 */
struct module_tree;

struct module_tree_options {
	const char *sysroot; /* "/" or the root folder of another system */
	const char *version; /* the kernel's release: the name of the folder */
	struct kimg_limits limits;
};

/* One module, of the folder or built into the kernel. */
struct module {
	struct span name; /* as its file has it, without folders and ".ko" */
	struct span
		path; /* from the folder of modules, or absolute; of what is built in, what it would be */
	struct span
		needs; /* paths, parted by blanks, the last one to be loaded first; itself not among them */
	uint32_t number; /* in the order of the folder, which is the order in which modules are preferred */
	bool builtin;
};

/*
 * Opens SYSROOT/lib/modules/VERSION, or the same below /usr. Where there is no modules.dep, the modules themselves are read.
 * KIMG_E_NOT_FOUND where there is no such folder; the message names it.
 */
struct kimg_error *module_tree_open(const struct module_tree_options *options,
				    struct module_tree **ret) must_check;
void module_tree_free(struct module_tree *modules);

static inline void module_tree_free_pointer(struct module_tree **modules)
{
	module_tree_free(*modules);
}

#define cleanup_module_tree cleanup(module_tree_free_pointer)

/* Where the modules are, with the sysroot; and what that is in the image: "usr/lib/modules/VERSION". */
const char *module_tree_folder(const struct module_tree *modules);
const char *module_tree_target(const struct module_tree *modules);
const char *module_tree_version(const struct module_tree *modules);

/* "" or a folder, without a "/" at its end. */
const char *module_tree_sysroot(const struct module_tree *modules);

/* All of them, those that are built in last. Their numbers are their places here. */
const struct module *module_tree_all(const struct module_tree *modules, size_t *ret_n);

/* The module of that name, or NULL. */
const struct module *module_tree_find(const struct module_tree *modules, struct span name);

/* The module whose file that is: a path from the folder, as modules.dep has it. NULL where there is none. */
const struct module *module_tree_by_path(const struct module_tree *modules, struct span path);

/* The whole path of its file on this machine, for the arena to keep; NULL where memory is short. */
char *module_tree_path(const struct module_tree *modules, const struct module *module,
		       struct arena *arena);

/*
 * Calls found for each module that name stands for, in order of preference: by an alias of modprobe.d, else by its name,
 * else by the aliases of modules and of what is built in, in which name may be that of a device (its modalias).
 * *ret_n: how many there were.
 */
typedef struct kimg_error *module_tree_found(void *context, const struct module *module);
struct kimg_error *module_tree_lookup(struct module_tree *modules, struct span name,
				      module_tree_found *found, void *context,
				      size_t *ret_n) must_check;

/* Every alias of the modules that are not built in, in the order of the folder, with those of modprobe.d at last. */
struct module_alias {
	struct span pattern;
	const struct module *module;
};
typedef struct kimg_error *module_tree_alias_found(void *context, const struct module_alias *alias);
struct kimg_error *module_tree_each_alias(struct module_tree *modules,
					  module_tree_alias_found *found, void *context) must_check;

/* ---- modprobe.d, modules.softdep and modules.weakdep ---- */

enum module_config_kind {
	MODULE_CONFIG_ALIAS,     /* name: the pattern; text: the module */
	MODULE_CONFIG_BLACKLIST, /* text is empty */
	MODULE_CONFIG_OPTIONS,
	MODULE_CONFIG_SOFTDEP, /* text: "pre: A B post: C" */
	MODULE_CONFIG_WEAKDEP, /* text: "A B" */
	MODULE_CONFIG_INSTALL, /* a command, which no initrd runs */
};

struct module_config {
	enum module_config_kind kind;
	struct span name;
	struct span text;
	const char *file; /* that says so */
};

/* All lines. */
const struct module_config *module_tree_configs(const struct module_tree *modules, size_t *ret_n);

/* The next line of that kind about the module of that name, behind last (NULL: the first one); NULL where there is none. */
const struct module_config *module_tree_config_next(const struct module_tree *modules,
						    enum module_config_kind kind, struct span name,
						    const struct module_config *last);

bool module_tree_is_blacklisted(const struct module_tree *modules, const struct module *module);

/* The next word of text, which is cut off its start; an empty one at the end. Blanks and tabs part words. */
struct span next_word(struct span *text);

/* ---- choosing ---- */

/* A module that is chosen, and why. */
struct module_pick {
	const struct module *module;
	char *name;   /* with '_' */
	char *path;   /* of the file on this machine */
	char *target; /* in the image, without a leading '/' */
	const char *why;
	const struct module_pick *because; /* the one that it is needed by, or NULL */
	uint32_t line;                     /* its place among those that are chosen */
	const struct module_pick **needs, **before, **after;
	size_t needs_n, before_n, after_n;
};

/* A set of modules with all that they need. */
struct module_set;

struct kimg_error *module_set_new(struct module_tree *modules, struct module_set **ret) must_check;
void module_set_free(struct module_set *set);

static inline void module_set_free_pointer(struct module_set **set)
{
	module_set_free(*set);
}

#define cleanup_module_set cleanup(module_set_free_pointer)

/*
 * Puts module in with what it needs (modules.dep), what is loaded before and after it (softdep), and what it asks for later
 * (weakdep). why is copied. What is built in takes nothing.
 */
struct kimg_error *module_set_add(struct module_set *set, const struct module *module,
				  const char *why) must_check;

/*
 * The same for all that name stands for: a module, an alias or a device. *ret_n (may be NULL): how many modules that were,
 * built in ones included. None is no error.
 */
struct kimg_error *module_set_add_name(struct module_set *set, struct span name, const char *why,
				       size_t *ret_n) must_check;

/* Leaves module out, whoever wants it from now on. */
void module_set_omit(struct module_set *set, const struct module *module);

/*
 * Those that are chosen, each behind those that it needs and those that are loaded before it. Valid until more are added.
 */
const struct module_pick *const *module_set_picks(const struct module_set *set, size_t *ret_n);

/* The pick of that module, or NULL. */
const struct module_pick *module_set_pick(const struct module_set *set,
					  const struct module *module);

struct module_tree *module_set_modules(const struct module_set *set);

/* What is odd: softdeps of modules that are not there, install commands that are passed over. */
const struct kimg_note *module_set_notes(const struct module_set *set);

void module_set_note(struct module_set *set, bool bad, const char *format, ...) printf_like(3, 4);

struct arena *module_set_arena(struct module_set *set);

#endif
