/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "modules.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "alias.h"
#include "layout.h"
#include "log.h"
#include "text.h"

/* include/uapi/linux/module.h: the file is compressed, and the kernel is to unpack it (5.17). */
#define FLAG_COMPRESSED 4

/* No chain of needs is that deep; tables that go round in circles end here. */
#define MOST_DEEP 32

struct columns {
	char *copy;
	const char *name, *path, *needs, *before, *after, *options;
};

static size_t count_lines(const char *text)
{
	size_t n = 0;

	for (; text && *text; n++) {
		text = strchr(text, '\n');
		text = text ? text + 1 : NULL;
	}
	return n;
}

/* How many bytes of a line its first column has. */
static size_t column(const char *line)
{
	return strcspn(line, " \n");
}

void modules_parse(struct modules *modules, char *table, char *aliases, char *blacklist)
{
	const char *at = table;

	modules->text = table;
	modules->alias_text = aliases;
	modules->blacklist = blacklist;
	modules->n = count_lines(table);
	modules->modules = text_alloc(modules->n * sizeof(*modules->modules));
	for (size_t i = 0; i < modules->n; i++) {
		modules->modules[i] = (struct module){ .line = at };
		at += strcspn(at, "\n") + 1;
	}
	modules->n_aliases = count_lines(aliases);
	modules->aliases = text_alloc(modules->n_aliases * sizeof(*modules->aliases));
	at = aliases;
	for (size_t i = 0; i < modules->n_aliases; i++) {
		modules->aliases[i] =
			(struct alias){ .line = at, .literal = strcspn(at, "*?[ \n") };
		at += strcspn(at, "\n") + 1;
	}
}

void modules_read(struct modules *modules, const struct cmdline *cmdline)
{
	modules->cmdline = cmdline;
	modules_parse(modules, text_read(LAYOUT_MODULES, NULL), text_read(LAYOUT_ALIASES, NULL),
		      text_read(LAYOUT_BLACKLIST, NULL));
}

void modules_done(struct modules *modules)
{
	free(modules->text);
	free(modules->modules);
	free(modules->alias_text);
	free(modules->aliases);
	free(modules->blacklist);
	*modules = (struct modules){ 0 };
}

/* "-", and what is missing, is empty. */
static const char *next_column(char **rest)
{
	const char *word = text_word(rest);

	return word && strcmp(word, "-") ? word : "";
}

static struct columns columns_of(const struct module *module)
{
	struct columns columns = { .copy = text_copy(module->line, strcspn(module->line, "\n")) };
	char *rest = columns.copy;

	columns.name = next_column(&rest);
	columns.path = next_column(&rest);
	columns.needs = next_column(&rest);
	columns.before = next_column(&rest);
	columns.after = next_column(&rest);
	columns.options = rest;
	return columns;
}

/* The next number of a list, which a ',' or the end of the column ends; SIZE_MAX at the end. */
static size_t next_number(const char **list)
{
	size_t number = 0;

	if (**list < '0' || **list > '9')
		return SIZE_MAX;
	for (; **list >= '0' && **list <= '9'; (*list)++)
		number = number < SIZE_MAX / 16 ? number * 10 + (size_t)(**list - '0') : number;
	if (**list == ',')
		(*list)++;
	return number;
}

static bool load(struct modules *modules, size_t number, unsigned depth);

/* Whether all of the list are loaded now. */
static bool load_list(struct modules *modules, const char *list, unsigned depth)
{
	bool all = true;
	size_t number;

	while ((number = next_number(&list)) != SIZE_MAX)
		all &= load(modules, number, depth);
	return all;
}

/* Adds what the command line says of this module: NAME.PARAMETER=VALUE. */
static char *all_options(const struct modules *modules, const struct columns *columns)
{
	size_t n = strlen(columns->name);
	size_t used = strlen(columns->options);
	char *options = text_copy(columns->options, used);

	for (size_t i = 0; modules->cmdline && i < modules->cmdline->n; i++) {
		const struct cmdline_word *word = &modules->cmdline->words[i];
		bool own = cmdline_same_name(word->name, columns->name, n) && word->name[n] == '.';
		size_t room;

		if (!own)
			continue;
		room = used + strlen(word->name) + (word->value ? strlen(word->value) : 0) + 5;
		options = text_grow(options, room);
		used += (size_t)snprintf(options + used, room - used,
					 word->value ? " %s=\"%s\"" : " %s", word->name + n + 1,
					 word->value);
	}
	return options;
}

static int insert(const char *path, const char *options)
{
	const char *end = strrchr(path, '.');
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	int flags = end && !strcmp(end, ".ko") ? 0 : FLAG_COMPRESSED;
	int result;

	if (fd < 0)
		return errno;
	result = syscall(SYS_finit_module, fd, options, flags) ? errno : 0;
	close(fd);
	/* In the kernel, or there already: as good. */
	return result == EEXIST ? 0 : result;
}

static bool load_one(struct modules *modules, const struct columns *columns)
{
	char *options = all_options(modules, columns);
	int failed = insert(columns->path, options);

	free(options);
	/* Drivers of a processor's instructions say so where it has none. */
	if (failed == ENODEV)
		log_debug("module %s: no device for it", columns->name);
	else if (failed)
		log_error("module %s: %s: %s", columns->name, columns->path, strerror(failed));
	else
		log_debug("module %s", columns->name);
	modules->loaded += !failed;
	return !failed;
}

static bool load(struct modules *modules, size_t number, unsigned depth)
{
	struct module *module = number < modules->n ? &modules->modules[number] : NULL;
	struct columns columns;

	if (!module || depth > MOST_DEEP)
		return false;
	if (module->state != MODULE_NEW)
		return module->state == MODULE_LOADED;
	module->state = MODULE_LOADING;
	columns = columns_of(module);
	load_list(modules, columns.before, depth + 1);
	if (cmdline_lists(modules->cmdline, "module_blacklist", columns.name)) {
		log_info("module %s: blacklisted", columns.name);
		module->state = MODULE_FAILED;
	} else if (load_list(modules, columns.needs, depth + 1) && load_one(modules, &columns)) {
		module->state = MODULE_LOADED;
	} else {
		module->state = MODULE_FAILED;
	}
	if (module->state == MODULE_LOADED)
		load_list(modules, columns.after, depth + 1);
	free(columns.copy);
	return module->state == MODULE_LOADED;
}

/* Whether it is blacklisted for devices: one that is asked for by its name is loaded all the same. */
static bool blacklisted(const struct modules *modules, size_t number)
{
	const char *name = modules->modules[number].line;
	size_t n = column(name);
	char copy[64];

	for (const char *at = modules->blacklist; at && *at; at += strspn(at, "\n")) {
		if (column(at) == n && cmdline_same_name(at, name, n))
			return true;
		at += strcspn(at, "\n");
	}
	if (n >= sizeof(copy))
		return false;
	memcpy(copy, name, n);
	copy[n] = '\0';
	return cmdline_lists(modules->cmdline, "modprobe.blacklist", copy) ||
	       cmdline_lists(modules->cmdline, "rd.driver.blacklist", copy) ||
	       cmdline_lists(modules->cmdline, "module_blacklist", copy);
}

static bool load_alias(struct modules *modules, const struct alias *alias)
{
	const char *numbers = alias->line + column(alias->line);
	bool any = false;
	size_t number;

	numbers += *numbers == ' ';
	while ((number = next_number(&numbers)) != SIZE_MAX) {
		if (number >= modules->n || modules->modules[number].state != MODULE_NEW ||
		    blacklisted(modules, number))
			continue;
		any |= load(modules, number, 0);
	}
	return any;
}

static bool alias_matches(const struct alias *alias, const char *text)
{
	return !strncmp(alias->line, text, alias->literal) &&
	       modules_match(alias->line, column(alias->line), text);
}

/* Patterns are sorted by their literal beginning: those of the same first bytes stand together. */
static size_t bus_length(const char *alias)
{
	size_t n = strcspn(alias, ":");

	return alias[n] ? n + 1 : n;
}

bool modules_load_alias(struct modules *modules, const char *alias)
{
	size_t n = bus_length(alias);
	bool any = false;

	for (size_t i = alias_first(modules, alias, n); i < modules->n_aliases; i++) {
		if (strncmp(modules->aliases[i].line, alias, n) != 0)
			break;
		if (alias_matches(&modules->aliases[i], alias))
			any |= load_alias(modules, &modules->aliases[i]);
	}
	return any;
}

static size_t find_name(const struct modules *modules, const char *name)
{
	size_t n = strlen(name);

	for (size_t i = 0; i < modules->n; i++) {
		const char *line = modules->modules[i].line;

		if (column(line) == n && cmdline_same_name(line, name, n))
			return i;
	}
	return SIZE_MAX;
}

static bool alias_known(const struct modules *modules, const char *name)
{
	size_t n = bus_length(name);

	for (size_t i = alias_first(modules, name, n); i < modules->n_aliases; i++) {
		if (strncmp(modules->aliases[i].line, name, n) != 0)
			return false;
		if (alias_matches(&modules->aliases[i], name))
			return true;
	}
	return false;
}

bool modules_have(const struct modules *modules, const char *name)
{
	return find_name(modules, name) != SIZE_MAX || alias_known(modules, name);
}

bool modules_load(struct modules *modules, const char *name)
{
	size_t number = find_name(modules, name);

	if (number != SIZE_MAX)
		return load(modules, number, 0);
	return modules_load_alias(modules, name);
}

bool modules_want(const struct modules *modules, const char *beginning)
{
	size_t n = strlen(beginning);
	size_t i = alias_first(modules, beginning, n);

	return i < modules->n_aliases && !strncmp(modules->aliases[i].line, beginning, n);
}

void modules_load_words(struct modules *modules, const char *word)
{
	const char *list;
	size_t at = 0;

	while ((list = cmdline_next(modules->cmdline, word, &at))) {
		char *copy = text_copy(list, strlen(list));
		char *rest = copy;
		const char *name;

		while ((name = text_piece(&rest, ','))) {
			if (!modules_load(modules, name))
				log_warning("%s=%s: no such module, or it cannot be loaded", word,
					    name);
		}
		free(copy);
	}
}

void modules_load_listed(struct modules *modules)
{
	char *list = text_read(LAYOUT_LOAD, NULL);
	char *rest = list;
	const char *line;
	uint64_t number;

	modules_load_words(modules, "rd.driver.pre");
	while ((line = text_line(&rest))) {
		if (text_number(line, 10, &number) && number < modules->n &&
		    !blacklisted(modules, number))
			load(modules, number, 0);
	}
	free(list);
}
