/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What an image shall hold: keys with values, from files and options. */
#include "initrd/recipe.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/error.h"
#include "base/span.h"

#define WORDS_MAX 100000

struct key {
	const char *name;
	bool is_list;
	const char *usual;
	/* "A B C": the values that there are; "#": a number; NULL: any */
	const char *values;
};

static const struct key keys[RECIPE_KEYS] = {
	[RECIPE_ROOT] = { "root", false, "host", NULL },
	[RECIPE_MODULES] = { "modules", true, NULL, NULL },
	[RECIPE_PRELOAD] = { "preload", true, NULL, NULL },
	[RECIPE_OMIT] = { "omit-modules", true, NULL, NULL },
	[RECIPE_FIRMWARE] = { "firmware", true, NULL, NULL },
	[RECIPE_PROGRAMS] = { "programs", true, NULL, NULL },
	[RECIPE_FILES] = { "files", true, NULL, NULL },
	[RECIPE_HOOKS] = { "hooks", true, NULL, NULL },
	[RECIPE_CMDLINE] = { "cmdline", true, NULL, NULL },
	[RECIPE_KEYMAP] = { "keymap", false, "none", NULL },
	[RECIPE_MICROCODE] = { "microcode", false, "host", "host all none" },
	[RECIPE_FORMAT] = { "format", false, "cpio", "cpio ext2" },
	[RECIPE_CODEC] = { "codec", false, "auto", "auto none gzip bzip2 lzma xz lzo lz4 zstd" },
	[RECIPE_LEVEL] = { "level", false, "0", "#" },
	[RECIPE_THREADS] = { "threads", false, "0", "#" },
	[RECIPE_AUTOMATIC] = { "automatic", false, "no", "yes no" },
};

struct kimg_initrd_recipe {
	struct arena arena;
	struct entry {
		const char *value;
		const char **words; /* ends with NULL */
		size_t n, size;
	} entries[RECIPE_KEYS];
};

struct kimg_error *kimg_initrd_recipe_new(struct kimg_initrd_recipe **ret_recipe)
{
	*ret_recipe = calloc(1, sizeof(**ret_recipe));
	return *ret_recipe ? NULL : error_nomem();
}

void kimg_initrd_recipe_free(struct kimg_initrd_recipe *recipe)
{
	if (!recipe)
		return;
	for (size_t i = 0; i < RECIPE_KEYS; i++)
		free(recipe->entries[i].words);
	arena_done(&recipe->arena);
	free(recipe);
}

/* ---- asking ---- */

static bool find_key(const char *name, enum recipe_key *ret)
{
	for (size_t i = 0; i < RECIPE_KEYS; i++)
		if (strcmp(keys[i].name, name) == 0) {
			*ret = i;
			return true;
		}
	return false;
}

const char *recipe_value(const struct kimg_initrd_recipe *recipe, enum recipe_key key)
{
	const char *value = recipe->entries[key].value;

	return value ? value : keys[key].usual;
}

const char *const *recipe_list(const struct kimg_initrd_recipe *recipe, enum recipe_key key)
{
	static const char *const none[] = { NULL };
	const char *const *words = recipe->entries[key].words;

	return words ? words : none;
}

unsigned int recipe_number(const struct kimg_initrd_recipe *recipe, enum recipe_key key)
{
	return strtoul(recipe_value(recipe, key), NULL, 10);
}

bool recipe_is(const struct kimg_initrd_recipe *recipe, enum recipe_key key, const char *value)
{
	return strcmp(recipe_value(recipe, key), value) == 0;
}

const char *kimg_initrd_recipe_value(const struct kimg_initrd_recipe *recipe, const char *key)
{
	enum recipe_key found;

	return find_key(key, &found) && !keys[found].is_list ? recipe_value(recipe, found) : NULL;
}

const char *const *kimg_initrd_recipe_list(const struct kimg_initrd_recipe *recipe, const char *key)
{
	static const char *const none[] = { NULL };
	enum recipe_key found;

	return find_key(key, &found) ? recipe_list(recipe, found) : none;
}

/* ---- setting ---- */

static struct kimg_error *add_word(struct kimg_initrd_recipe *recipe, enum recipe_key key,
				   struct span word)
{
	struct entry *entry = &recipe->entries[key];
	const char *copy = arena_copy(&recipe->arena, (const char *)word.p, word.n);

	if (entry->n >= WORDS_MAX)
		return error_new(KIMG_E_LIMIT, "%s: more than %d words", keys[key].name, WORDS_MAX);
	if (entry->n + 2 > entry->size) {
		size_t size = entry->size * 2 + 8;
		const char **words = realloc(entry->words, size * sizeof(*words));

		if (!words)
			return error_nomem();
		entry->words = words;
		entry->size = size;
	}
	if (!copy)
		return error_nomem();
	entry->words[entry->n++] = copy;
	entry->words[entry->n] = NULL;
	return NULL;
}

static struct kimg_error *add_words(struct kimg_initrd_recipe *recipe, enum recipe_key key,
				    const char *value)
{
	static const char blanks[] = " \t\r\n,";
	/* Words of a command line may have commas in them. */
	const char *between = key == RECIPE_CMDLINE ? " \t\r\n" : blanks;
	struct entry *entry = &recipe->entries[key];

	value += strspn(value, between);
	if (!*value && entry->words) {
		entry->n = 0;
		entry->words[0] = NULL;
	}
	while (*value) {
		size_t n = strcspn(value, between);

		TRY(add_word(recipe, key, span_of(value, n)));
		value += n;
		value += strspn(value, between);
	}
	return NULL;
}

static bool is_number(const char *value)
{
	size_t n = strspn(value, "0123456789");

	return n > 0 && n < 6 && value[n] == '\0';
}

static bool is_one_of(const char *value, const char *values)
{
	size_t n = strlen(value);

	for (const char *p = values; n && (p = strstr(p, value)); p += n)
		if ((p == values || p[-1] == ' ') && (p[n] == ' ' || p[n] == '\0'))
			return true;
	return false;
}

static struct kimg_error *check_value(const struct key *key, const char *value)
{
	if (!key->values)
		return NULL;
	if (strcmp(key->values, "#") == 0)
		return is_number(value) ? NULL
					: error_new(KIMG_E_INVALID, "%s = %s: not a number",
						    key->name, value);
	if (is_one_of(value, key->values))
		return NULL;
	return error_new(KIMG_E_INVALID, "%s = %s: not one of %s", key->name, value, key->values);
}

static struct kimg_error *set_value(struct kimg_initrd_recipe *recipe, enum recipe_key key,
				    const char *value)
{
	struct entry *entry = &recipe->entries[key];

	if (!*value) {
		entry->value = NULL;
		return NULL;
	}
	TRY(check_value(&keys[key], value));
	entry->value = arena_copy(&recipe->arena, value, strlen(value));
	return entry->value ? NULL : error_nomem();
}

struct kimg_error *kimg_initrd_recipe_set(struct kimg_initrd_recipe *recipe, const char *key,
					  const char *value)
{
	enum recipe_key found;

	if (!find_key(key, &found))
		return error_new(KIMG_E_INVALID, "%s: no such key", key);
	return keys[found].is_list ? add_words(recipe, found, value)
				   : set_value(recipe, found, value);
}

struct kimg_error *kimg_initrd_recipe_add(struct kimg_initrd_recipe *recipe, const char *key,
					  const char *word)
{
	enum recipe_key found;

	if (!find_key(key, &found))
		return error_new(KIMG_E_INVALID, "%s: no such key", key);
	return keys[found].is_list ? add_word(recipe, found, span_of(word, strlen(word)))
				   : set_value(recipe, found, word);
}
