/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Modules with all that they need, in an order in which they load: as modprobe(8) does it, each module comes behind what it
 * needs and what its softdep puts before it, and before what that puts behind it.
 */
#include <stdlib.h>

#include "initrd/modules.h"
#include "initrd/modules_source.h"
#include "initrd/notes.h"

/* Kernels have chains of ten or so. */
#define DEPTH_MAX 256

/* The generic set of a kernel has 10000 or so. */
#define NEEDS_MAX (4u << 20)

struct pick_list {
	const struct module_pick **all;
	size_t n, size;
};

struct module_set {
	struct module_tree *modules;
	struct arena arena;
	struct module_pick **by_number;
	bool *omitted;    /* by number */
	uint32_t *stamps; /* by number: the last collection that has it */
	uint32_t stamp;
	struct pick_list picks;
	size_t needs_n; /* of all picks together */
	unsigned int depth;
	struct notes notes;
};

static struct kimg_error *push(struct pick_list *list, const struct module_pick *pick)
{
	if (list->n == list->size) {
		size_t size = list->size ? list->size * 2 : 16;
		void *grown = reallocarray(list->all, size, sizeof(*list->all));

		if (!grown)
			return error_nomem();
		list->all = grown;
		list->size = size;
	}
	list->all[list->n++] = pick;
	return NULL;
}

static void pick_list_done(struct pick_list *list)
{
	free(list->all);
}

#define cleanup_pick_list cleanup(pick_list_done)

struct kimg_error *module_set_new(struct module_tree *modules, struct module_set **ret)
{
	cleanup_module_set struct module_set *set = calloc(1, sizeof(*set));
	size_t n;

	if (!set)
		return error_nomem();
	module_tree_all(modules, &n);
	set->modules = modules;
	set->by_number = calloc(n + 1, sizeof(struct module_pick *));
	set->stamps = calloc(n + 1, sizeof(*set->stamps));
	set->omitted = calloc(n + 1, sizeof(*set->omitted));
	if (!set->by_number || !set->stamps || !set->omitted)
		return error_nomem();
	*ret = set;
	set = NULL;
	return NULL;
}

void module_set_free(struct module_set *set)
{
	if (!set)
		return;
	arena_done(&set->arena);
	free(set->by_number);
	free(set->omitted);
	free(set->stamps);
	pick_list_done(&set->picks);
	free(set);
}

/* ---- one pick ---- */

static struct kimg_error *new_pick(struct module_set *set, const struct module *module,
				   const char *why, const struct module_pick *because,
				   struct module_pick **ret)
{
	struct module_pick *pick = arena_alloc(&set->arena, sizeof(*pick));
	const char *folder = module_tree_target(set->modules);
	bool absolute = module->path.n && module->path.p[0] == '/';
	size_t n = absolute ? 0 : strlen(folder) + 1;

	if (!pick)
		return error_nomem();
	pick->module = module;
	pick->because = because;
	pick->why = why;
	pick->name = arena_copy(&set->arena, (const char *)module->name.p, module->name.n);
	pick->path = module_tree_path(set->modules, module, &set->arena);
	pick->target = arena_alloc(&set->arena, n + module->path.n + 1);
	if (!pick->name || !pick->path || !pick->target)
		return error_nomem();
	for (char *p = pick->name; *p; p++)
		*p = name_byte(*p);
	if (!absolute) {
		memcpy(pick->target, folder, n - 1);
		pick->target[n - 1] = '/';
	}
	memcpy(pick->target + n, module->path.p + absolute, module->path.n - absolute);
	*ret = pick;
	return NULL;
}

static struct kimg_error *keep_list(struct module_set *set, const struct pick_list *list,
				    const struct module_pick ***ret_all, size_t *ret_n)
{
	if (!list->n)
		return NULL;
	*ret_all = arena_alloc(&set->arena, list->n * sizeof(**ret_all));
	if (!*ret_all)
		return error_nomem();
	memcpy(*ret_all, list->all, list->n * sizeof(**ret_all));
	*ret_n = list->n;
	return NULL;
}

static struct kimg_error *add(struct module_set *set, const struct module *module, const char *why,
			      const struct module_pick *because,
			      const struct module_pick **ret) must_check;

/* ---- what it needs ---- */

static struct kimg_error *add_need(struct module_set *set, struct module_pick *pick,
				   struct span path, struct pick_list *list)
{
	const struct module *module = module_tree_by_path(set->modules, path);
	const struct module_pick *need = NULL;

	if (!module)
		notes_add(&set->notes, &set->arena, true, "%s needs %.*s, which is not there",
			  pick->name, (int)path.n, (const char *)path.p);
	if (module && set->omitted[module->number])
		notes_add(&set->notes, &set->arena, false, "%s needs %.*s, which is left out",
			  pick->name, (int)path.n, (const char *)path.p);
	if (!module || module->builtin || set->omitted[module->number])
		return NULL;
	TRY(add(set, module, "a module needs it", pick, &need));
	return push(list, need);
}

/* The words of needs from the last to the first. */
static struct kimg_error *add_needs(struct module_set *set, struct module_pick *pick,
				    struct pick_list *list)
{
	struct span rest = pick->module->needs;

	while (rest.n) {
		const uint8_t *blank;
		struct span word;

		while (rest.n && (rest.p[rest.n - 1] == ' ' || rest.p[rest.n - 1] == '\r'))
			rest.n--;
		if (!rest.n)
			break;
		blank = memrchr(rest.p, ' ', rest.n);
		word = blank ? span_from(rest, blank + 1 - rest.p) : rest;
		rest.n -= word.n;
		TRY(add_need(set, pick, word, list));
	}
	return NULL;
}

static struct kimg_error *collect(struct module_set *set, struct pick_list *all,
				  const struct module_pick *pick)
{
	if (set->stamps[pick->module->number] == set->stamp)
		return NULL;
	set->stamps[pick->module->number] = set->stamp;
	if (++set->needs_n > NEEDS_MAX)
		return error_new(KIMG_E_LIMIT, "the modules need too many of each other");
	return push(all, pick);
}

/* modules.dep has all that is needed in one line; others, and files that are wrong, have less. */
static struct kimg_error *close_needs(struct module_set *set, struct module_pick *pick,
				      const struct pick_list *direct)
{
	cleanup_pick_list struct pick_list all = { 0 };

	set->stamp++;
	set->stamps[pick->module->number] = set->stamp;
	for (size_t i = 0; i < direct->n; i++) {
		const struct module_pick *need = direct->all[i];

		for (size_t k = 0; k < need->needs_n; k++)
			TRY(collect(set, &all, need->needs[k]));
		TRY(collect(set, &all, need));
	}
	return keep_list(set, &all, &pick->needs, &pick->needs_n);
}

/* ---- softdep and weakdep ---- */

struct soft {
	struct module_set *set;
	struct module_pick *pick;
	const char *why;
	struct pick_list *list; /* may be NULL */
};

static struct kimg_error *add_soft(void *context, const struct module *module)
{
	struct soft *soft = context;
	const struct module_pick *other = NULL;

	if (module->builtin || soft->set->omitted[module->number])
		return NULL;
	TRY(add(soft->set, module, soft->why, soft->pick, &other));
	return soft->list ? push(soft->list, other) : NULL;
}

static struct kimg_error *add_soft_name(struct soft *soft, struct span name, const char *kind)
{
	size_t n;

	TRY(module_tree_lookup(soft->set->modules, name, add_soft, soft, &n));
	if (n == 0)
		notes_add(&soft->set->notes, &soft->set->arena, false,
			  "%s: %s %.*s: there is no such module", soft->pick->name, kind,
			  (int)name.n, (const char *)name.p);
	return NULL;
}

/* "pre: A B post: C": the words behind which. */
static struct kimg_error *add_softdep(struct soft *soft, struct span text, const char *which)
{
	bool wanted = false;

	for (;;) {
		struct span word = next_word(&text);

		if (word.n == 0)
			return NULL;
		if (word.p[word.n - 1] == ':')
			wanted = span_equal(word, span_of(which, strlen(which)));
		else if (wanted)
			TRY(add_soft_name(soft, word, "softdep"));
	}
}

static struct kimg_error *add_softdeps(struct module_set *set, struct module_pick *pick,
				       const char *which, const struct module_pick ***ret_all,
				       size_t *ret_n)
{
	cleanup_pick_list struct pick_list list = { 0 };
	struct soft soft = {
		.set = set,
		.pick = pick,
		.why = which[1] == 'r' ? "is loaded before a module, by its softdep"
				       : "is loaded after a module, by its softdep",
		.list = &list,
	};
	const struct module_config *config = NULL;

	while ((config = module_tree_config_next(set->modules, MODULE_CONFIG_SOFTDEP,
						 pick->module->name, config)))
		TRY(add_softdep(&soft, config->text, which));
	return keep_list(set, &list, ret_all, ret_n);
}

static struct kimg_error *add_weakdeps(struct module_set *set, struct module_pick *pick)
{
	struct soft soft = {
		.set = set,
		.pick = pick,
		.why = "a module may ask for it (weakdep)",
	};
	const struct module_config *config = NULL;

	while ((config = module_tree_config_next(set->modules, MODULE_CONFIG_WEAKDEP,
						 pick->module->name, config))) {
		struct span text = config->text, word;

		while ((word = next_word(&text)).n)
			TRY(add_soft_name(&soft, word, "weakdep"));
	}
	return NULL;
}

/* ---- the set ---- */

static void note_install(struct module_set *set, const struct module_pick *pick)
{
	const struct module_config *config = module_tree_config_next(
		set->modules, MODULE_CONFIG_INSTALL, pick->module->name, NULL);

	if (config)
		notes_add(&set->notes, &set->arena, false,
			  "%s: its install command in %s is passed over, the module is loaded as "
			  "it is",
			  pick->name, config->file);
}

static struct kimg_error *add_all(struct module_set *set, struct module_pick *pick)
{
	cleanup_pick_list struct pick_list direct = { 0 };

	TRY(add_needs(set, pick, &direct));
	TRY(close_needs(set, pick, &direct));
	TRY(add_softdeps(set, pick, "pre:", &pick->before, &pick->before_n));
	pick->line = set->picks.n;
	TRY(push(&set->picks, pick));
	TRY(add_softdeps(set, pick, "post:", &pick->after, &pick->after_n));
	note_install(set, pick);
	return add_weakdeps(set, pick);
}

static struct kimg_error *add(struct module_set *set, const struct module *module, const char *why,
			      const struct module_pick *because, const struct module_pick **ret)
{
	struct module_pick *pick = set->by_number[module->number];

	if (!pick) {
		struct kimg_error *error;

		if (set->depth == DEPTH_MAX)
			return error_new(KIMG_E_LIMIT,
					 "more than %d modules need each other in a row",
					 DEPTH_MAX);
		TRY(new_pick(set, module, why, because, &pick));
		set->by_number[module->number] = pick;
		set->depth++;
		error = add_all(set, pick);
		set->depth--;
		if (error)
			return error;
	}
	*ret = pick;
	return NULL;
}

/* A text of the caller's, once for all that it is said of. */
static struct kimg_error *keep_why(struct module_set *set, const char *why, const char **ret)
{
	*ret = arena_copy(&set->arena, why, strlen(why));
	return *ret ? NULL : error_nomem();
}

struct kimg_error *module_set_add(struct module_set *set, const struct module *module,
				  const char *why)
{
	const struct module_pick *pick;
	const char *kept;

	if (module->builtin || set->omitted[module->number] || set->by_number[module->number])
		return NULL;
	TRY(keep_why(set, why, &kept));
	return add(set, module, kept, NULL, &pick);
}

void module_set_omit(struct module_set *set, const struct module *module)
{
	set->omitted[module->number] = true;
}

static struct kimg_error *add_found(void *context, const struct module *module)
{
	struct soft *soft = context;

	return module_set_add(soft->set, module, soft->why);
}

struct kimg_error *module_set_add_name(struct module_set *set, struct span name, const char *why,
				       size_t *ret_n)
{
	struct soft soft = { .set = set, .why = why };
	size_t n;

	TRY(module_tree_lookup(set->modules, name, add_found, &soft, &n));
	if (ret_n)
		*ret_n = n;
	return NULL;
}

const struct module_pick *const *module_set_picks(const struct module_set *set, size_t *ret_n)
{
	*ret_n = set->picks.n;
	return set->picks.all;
}

const struct module_pick *module_set_pick(const struct module_set *set, const struct module *module)
{
	return module->builtin ? NULL : set->by_number[module->number];
}

struct module_tree *module_set_modules(const struct module_set *set)
{
	return set->modules;
}

const struct kimg_note *module_set_notes(const struct module_set *set)
{
	return set->notes.first;
}

void module_set_note(struct module_set *set, bool bad, const char *format, ...)
{
	va_list ap;
	char *text;

	va_start(ap, format);
	text = arena_vprintf(&set->arena, format, ap);
	va_end(ap);
	if (text)
		notes_add(&set->notes, &set->arena, bad, "%s", text);
}

struct arena *module_set_arena(struct module_set *set)
{
	return &set->arena;
}
