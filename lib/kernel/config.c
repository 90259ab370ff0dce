/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Configurations: reading a .config file and comparing two. A line is CONFIG_NAME=VALUE, "# CONFIG_NAME is
 * not set", a comment, or empty (scripts/kconfig/confdata.c, 6.12).
 */
#include "kernel/config.h"

#include <stdlib.h>

static int by_name(const void *a, const void *b)
{
	const struct kimg_config_option *x = a, *y = b;
	int order = strcmp(x->name, y->name);

	/* Options point into one text: of two lines for one option the later one wins, as in the kernel. */
	return order ? order : x->name < y->name ? -1 : x->name > y->name;
}

/* Cuts the option out of a line, which is changed; false for a line that sets none. */
static bool parse_line(char *line, struct kimg_config_option *ret_option)
{
	static const char unset[] = " is not set";
	char *name = line, *end;

	if (strncmp(line, "# CONFIG_", 9) == 0) {
		name = line + 9;
		end = strstr(name, unset);
		if (!end || end[strlen(unset)] != '\0')
			return false;
		*end = '\0';
		*ret_option = (struct kimg_config_option){ name, "n" };
		return true;
	}
	if (strncmp(line, "CONFIG_", 7) != 0)
		return false;
	name = line + 7;
	end = strchr(name, '=');
	if (!end)
		return false;
	*end = '\0';
	*ret_option = (struct kimg_config_option){ name, end + 1 };
	return true;
}

static struct kimg_error *add_option(struct kimg_config *config, size_t *size,
				     struct kimg_config_option option)
{
	if (config->count == *size) {
		size_t more = *size ? *size * 2 : 1024;
		void *p = reallocarray(config->options, more, sizeof(option));

		if (!p)
			return error_nomem();
		config->options = p;
		*size = more;
	}
	config->options[config->count++] = option;
	return NULL;
}

/* Sorts, and keeps the last of several lines for one option. */
static void sort_options(struct kimg_config *config)
{
	size_t kept = 0;

	qsort(config->options, config->count, sizeof(*config->options), by_name);
	for (size_t i = 0; i < config->count; i++) {
		if (kept && strcmp(config->options[kept - 1].name, config->options[i].name) == 0)
			kept--;
		config->options[kept++] = config->options[i];
	}
	config->count = kept;
}

static struct kimg_error *parse(struct kimg_config *config)
{
	struct kimg_config_option option;
	size_t size = 0;
	char *next;

	for (char *line = config->lines; line; line = next) {
		next = strchr(line, '\n');
		if (next)
			*next++ = '\0';
		if (parse_line(line, &option))
			TRY(add_option(config, &size, option));
	}
	if (config->count == 0)
		return error_new(KIMG_E_NOT_FOUND, "no configuration: it sets no option");
	sort_options(config);
	return NULL;
}

struct kimg_error *kimg_config_parse(const void *text, size_t size, struct kimg_config **ret_config)
{
	struct kimg_config *config;
	struct kimg_error *error;

	/* A NUL would cut lines short unseen. */
	if (size && memchr(text, 0, size))
		return error_new(KIMG_E_NOT_FOUND, "no configuration: it is not text");
	config = calloc(1, sizeof(*config));
	if (!config)
		return error_nomem();
	config->size = size;
	config->text = strndup(size ? text : "", size);
	config->lines = strndup(size ? text : "", size);
	error = config->text && config->lines ? parse(config) : error_nomem();
	if (error) {
		kimg_config_free(config);
		return error;
	}
	*ret_config = config;
	return NULL;
}

void kimg_config_free(struct kimg_config *config)
{
	if (!config)
		return;
	free(config->options);
	free(config->lines);
	free(config->text);
	free(config->source);
	free(config);
}

const char *kimg_config_source(const struct kimg_config *config)
{
	return config->source ? config->source : "memory";
}

const char *kimg_config_text(const struct kimg_config *config, size_t *ret_size)
{
	*ret_size = config->size;
	return config->text;
}

const struct kimg_config_option *kimg_config_options(const struct kimg_config *config,
						     size_t *ret_count)
{
	*ret_count = config->count;
	return config->options;
}

static int by_key(const void *name, const void *option)
{
	return strcmp(name, ((const struct kimg_config_option *)option)->name);
}

const char *kimg_config_value(const struct kimg_config *config, const char *name)
{
	const struct kimg_config_option *option;

	option = bsearch(name, config->options, config->count, sizeof(*config->options), by_key);
	return option ? option->value : NULL;
}

size_t kimg_config_compare(const struct kimg_config *before, const struct kimg_config *after,
			   void (*report)(void *data, const char *name, const char *before,
					  const char *after),
			   void *data)
{
	size_t i = 0, k = 0, differences = 0;

	while (i < before->count || k < after->count) {
		const struct kimg_config_option *a = i < before->count ? &before->options[i] : NULL;
		const struct kimg_config_option *b = k < after->count ? &after->options[k] : NULL;
		int order = !a ? 1 : !b ? -1 : strcmp(a->name, b->name);

		i += order <= 0;
		k += order >= 0;
		if (order == 0 && strcmp(a->value, b->value) == 0)
			continue;
		differences++;
		report(data, order <= 0 ? a->name : b->name, order <= 0 ? a->value : NULL,
		       order >= 0 ? b->value : NULL);
	}
	return differences;
}
