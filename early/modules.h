/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef EARLY_MODULES_H
#define EARLY_MODULES_H

#include <stdbool.h>
#include <stddef.h>

#include "cmdline.h"

/* The modules of the image (LAYOUT_MODULES), and what device wants which (LAYOUT_ALIASES). */

enum module_state { MODULE_NEW, MODULE_LOADING, MODULE_LOADED, MODULE_FAILED };

struct module {
	const char *line; /* "NAME PATH NEEDS ...", which a '\n' or '\0' ends */
	enum module_state state;
};

/* A pattern, its literal beginning, and what stands behind it. */
struct alias {
	const char *line; /* "PATTERN NUMBERS", ended as above */
	size_t literal;
};

struct modules {
	const struct cmdline *cmdline;
	char *text;
	struct module *modules;
	size_t n;
	char *alias_text;
	struct alias *aliases;
	size_t n_aliases;
	char *blacklist; /* LAYOUT_BLACKLIST */
	unsigned loaded;
};

/* The tables, which may be missing. The command line must stay. */
void modules_read(struct modules *modules, const struct cmdline *cmdline);
/* The same from texts on the heap, which are taken over; NULL is an empty one. */
void modules_parse(struct modules *modules, char *table, char *aliases, char *blacklist);
void modules_done(struct modules *modules);

/* Loads what LAYOUT_LOAD lists, between rd.driver.pre= and whatever comes later. */
void modules_load_listed(struct modules *modules);

/* Loads those that the word, such as rd.driver.post=, lists. */
void modules_load_words(struct modules *modules, const char *word);

/* Loads a module by its name, or those that an alias such as "fs-ext4" means. False where there is none, or none
 * could be loaded. */
bool modules_load(struct modules *modules, const char *name);

/* Loads those that a device's alias names, but for what is blacklisted. Whether any was loaded now. */
bool modules_load_alias(struct modules *modules, const char *alias);

/* Whether the image has a module of that name, or one that is meant by it as an alias. */
bool modules_have(const struct modules *modules, const char *name);

/* Whether the alias of any device can begin in this way ("cpu:"). */
bool modules_want(const struct modules *modules, const char *beginning);

/* Whether a text fits a pattern with '*', '?' and '[...]'. */
bool modules_match(const char *pattern, size_t n, const char *text);

#endif
