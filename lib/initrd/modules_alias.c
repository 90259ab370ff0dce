/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which modules a name stands for. What is read, when somebody asks:
 *
 * modules.alias             "alias pci:v00008086d00001237sv*sd*bc*sc*i* intel_agp", in the order of the modules
 * modules.builtin.modinfo   "ext4.alias=fs-ext4\0": all of .modinfo of what is built in, each with the module's name
 *                           before it (scripts/mod/modpost.c and Makefile.vmlinux, since 5.2)
 *
 * There are 27000 aliases, and a machine has 100 devices. So each alias goes into a hash table by its literal start, up
 * to PREFIX bytes; a name is looked for by each of its own starts. All are read in two milliseconds.
 */
#include <stdlib.h>

#include "base/large.h"
#include "initrd/modules.h"
#include "initrd/modules_source.h"
#include "symbol/glob.h"

#define PREFIX 24

/* ---- reading ---- */

static size_t literal_length(struct span pattern, size_t most)
{
	size_t n = 0;

	while (n < pattern.n && n < most && pattern.p[n] != '*' && pattern.p[n] != '?' &&
	       pattern.p[n] != '[' && pattern.p[n] != '\\')
		n++;
	return n;
}

static void add_alias(struct module_tree *modules, struct span pattern, struct span module)
{
	if (pattern.n && module.n)
		modules->aliases[modules->aliases_n++] =
			(struct alias){ .pattern = pattern, .module = module };
}

static void read_configured(struct module_tree *modules)
{
	for (size_t i = 0; i < modules->configs_n; i++) {
		struct module_config *config = &modules->configs[i];
		struct span text = config->text;

		if (config->kind == MODULE_CONFIG_ALIAS)
			add_alias(modules, config->name, next_word(&text));
	}
}

/* A pattern may have blanks in it, a module's name has none. */
static void read_alias_file(struct module_tree *modules, struct span text)
{
	struct span line;

	while (next_line(&text, &line)) {
		const uint8_t *blank;

		if (!span_starts(line, SPAN_LITERAL("alias ")))
			continue;
		line = span_from(line, strlen("alias "));
		blank = line.n ? memrchr(line.p, ' ', line.n) : NULL;
		if (blank)
			add_alias(modules, span_of(line.p, blank - line.p),
				  span_from(line, blank + 1 - line.p));
	}
}

static void read_builtin_aliases(struct module_tree *modules, struct span text)
{
	for (; text.n; text = span_from(text, 1)) {
		struct span item = span_text(text), rest;
		const uint8_t *dot = item.n ? memchr(item.p, '.', item.n) : NULL;

		text = span_from(text, item.n);
		if (!dot)
			continue;
		rest = span_from(item, dot + 1 - item.p);
		if (span_starts(rest, SPAN_LITERAL("alias=")))
			add_alias(modules, span_from(rest, strlen("alias=")),
				  span_of(item.p, dot - item.p));
	}
}

static size_t count_items(struct span text)
{
	size_t n = text.n > 0;

	for (size_t i = 0; i < text.n; i++)
		n += text.p[i] == '\0';
	return n;
}

static struct kimg_error *index_aliases(struct module_tree *modules)
{
	TRY(chains_init(&modules->by_prefix, modules->aliases_n));
	for (size_t i = modules->aliases_n; i > 0; i--) {
		struct span pattern = modules->aliases[i - 1].pattern;
		struct span prefix = span_clip(pattern, 0, literal_length(pattern, PREFIX));

		chains_put(&modules->by_prefix, i - 1, name_hash(modules->seed, prefix));
	}
	return NULL;
}

struct kimg_error *module_tree_read_aliases(struct module_tree *modules)
{
	struct span text, modinfo;

	if (modules->aliases_read)
		return NULL;
	if (*modules->folder)
		TRY(module_tree_map(modules, "modules.builtin.modinfo", &modules->modinfo));
	if (!modules->scanned)
		TRY(module_tree_map(modules, "modules.alias", &modules->alias));
	text = modules->scanned ? buf_span(&modules->scanned_alias) : blob_span(&modules->alias);
	modinfo = *modules->folder ? blob_span(&modules->modinfo)
				   : buf_span(&modules->scanned_modinfo);
	modules->aliases =
		large_alloc(modules->configs_n + count_lines(text) + count_items(modinfo) + 1,
			    sizeof(*modules->aliases));
	if (!modules->aliases)
		return error_nomem();
	read_configured(modules);
	modules->aliases_from_folder = modules->aliases_n;
	read_alias_file(modules, text);
	modules->aliases_builtin = modules->aliases_n;
	read_builtin_aliases(modules, modinfo);
	modules->aliases_read = true;
	return index_aliases(modules);
}

void module_tree_done_aliases(struct module_tree *modules)
{
	free(modules->aliases);
	chains_done(&modules->by_prefix);
	blob_done(&modules->alias);
	blob_done(&modules->modinfo);
}

/* ---- asking ---- */

struct matches {
	uint32_t *all; /* numbers of aliases */
	size_t n, size;
};

static struct kimg_error *keep_match(struct matches *matches, uint32_t number)
{
	if (matches->n == matches->size) {
		size_t size = matches->size ? matches->size * 2 : 16;
		void *grown = reallocarray(matches->all, size, sizeof(*matches->all));

		if (!grown)
			return error_nomem();
		matches->all = grown;
		matches->size = size;
	}
	matches->all[matches->n++] = number;
	return NULL;
}

/* modprobe takes '-' for '_' but within brackets, where it is a range. */
static struct kimg_error *with_underscores(struct buf *buf, struct span s)
{
	bool in_set = false;

	buf->n = 0;
	buf_add(buf, s.p, s.n);
	if (buf->failed)
		return error_nomem();
	for (size_t i = 0; i < buf->n; i++) {
		in_set = buf->p[i] == '[' || (in_set && buf->p[i] != ']');
		if (buf->p[i] == '-' && !in_set)
			buf->p[i] = '_';
	}
	return NULL;
}

struct search {
	struct module_tree *modules;
	struct span name;
	struct buf normal, pattern; /* the name with '_', a pattern likewise */
	struct matches matches;
};

/* All aliases whose literal start is the first n bytes of name, or begins with them where n is PREFIX. */
static struct kimg_error *search_prefix(struct search *s, size_t n, uint64_t hash)
{
	const struct module_tree *modules = s->modules;
	uint32_t at = chains_first(&modules->by_prefix, hash);

	for (; at; at = modules->by_prefix.nexts[at - 1]) {
		struct span pattern = modules->aliases[at - 1].pattern;
		size_t literal = literal_length(pattern, s->name.n + 1);

		if (literal > s->name.n || (n < PREFIX ? literal != n : literal < n) ||
		    !name_equal(span_clip(pattern, 0, literal), span_clip(s->name, 0, literal)))
			continue;
		TRY(with_underscores(&s->pattern, pattern));
		if (glob_matches(buf_span(&s->pattern), buf_span(&s->normal)))
			TRY(keep_match(&s->matches, at - 1));
	}
	return NULL;
}

static int compare_numbers(const void *a, const void *b)
{
	uint32_t na = *(const uint32_t *)a, nb = *(const uint32_t *)b;

	return na < nb ? -1 : na > nb;
}

static struct kimg_error *search_aliases(struct search *s)
{
	uint64_t hash = s->modules->seed;

	TRY(module_tree_read_aliases(s->modules));
	buf_add(&s->normal, s->name.p, s->name.n);
	if (s->normal.failed)
		return error_nomem();
	for (size_t i = 0; i < s->normal.n; i++)
		s->normal.p[i] = name_byte(s->normal.p[i]);
	for (size_t n = 0; n <= s->name.n && n <= PREFIX; n++) {
		TRY(search_prefix(s, n, hash));
		if (n < s->name.n)
			hash = name_hash_step(hash, s->name.p[n]);
	}
	if (s->matches.n)
		qsort(s->matches.all, s->matches.n, sizeof(*s->matches.all), compare_numbers);
	return NULL;
}

/* Hands the matches from from on, and before to, to found; each module once, as those of one module follow each other. */
static struct kimg_error *tell(struct search *s, size_t from, size_t to, module_tree_found *found,
			       void *context, size_t *n)
{
	const struct module *last = NULL;

	for (size_t i = 0; i < s->matches.n; i++) {
		uint32_t number = s->matches.all[i];
		const struct module *module;

		if (number < from || number >= to)
			continue;
		module = module_tree_find(s->modules, s->modules->aliases[number].module);
		if (!module || module == last)
			continue;
		last = module;
		++*n;
		TRY(found(context, module));
	}
	return NULL;
}

static bool has_match(const struct search *s, size_t before)
{
	return s->matches.n && s->matches.all[0] < before;
}

static struct kimg_error *lookup(struct search *s, module_tree_found *found, void *context,
				 size_t *n)
{
	struct module_tree *modules = s->modules;
	const struct module *module = module_tree_find(modules, s->name);

	/* A module that is called by its name needs no aliases, unless modprobe.d has some. */
	if (!module || module->builtin || modules->has_config_aliases)
		TRY(search_aliases(s));
	if (has_match(s, modules->aliases_from_folder))
		return tell(s, 0, modules->aliases_from_folder, found, context, n);
	if (module && !module->builtin) {
		++*n;
		return found(context, module);
	}
	/* "crc32" is built in, and an alias of the modules that do it faster: modprobe takes those. */
	TRY(tell(s, 0, modules->aliases_n, found, context, n));
	if (*n || !module)
		return NULL;
	++*n;
	return found(context, module);
}

struct kimg_error *module_tree_lookup(struct module_tree *modules, struct span name,
				      module_tree_found *found, void *context, size_t *ret_n)
{
	struct search s = { .modules = modules, .name = name };
	size_t n = 0;
	struct kimg_error *error = lookup(&s, found, context, &n);

	buf_done(&s.normal);
	buf_done(&s.pattern);
	free(s.matches.all);
	if (!error)
		*ret_n = n;
	return error;
}

struct kimg_error *module_tree_each_alias(struct module_tree *modules,
					  module_tree_alias_found *found, void *context)
{
	TRY(module_tree_read_aliases(modules));
	for (size_t i = 0; i < modules->aliases_builtin; i++) {
		/* those of modprobe.d come last */
		size_t at = (i + modules->aliases_from_folder) % modules->aliases_builtin;
		struct module_alias alias = { .pattern = modules->aliases[at].pattern };

		alias.module = module_tree_find(modules, modules->aliases[at].module);
		if (alias.module && !alias.module->builtin)
			TRY(found(context, &alias));
	}
	return NULL;
}
