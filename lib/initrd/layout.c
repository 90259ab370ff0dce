/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The modules of an image and their tables: early/layout.h says what stands in each. */
#include "initrd/layout.h"

#include <stdlib.h>

#include "base/buf.h"
#include "codec/codec.h"
#include "early/layout.h"
#include "io/blob.h"

struct target {
	struct content *content;
	const struct layout *layout;
	struct module_tree *modules;
	const struct module_pick *const *picks;
	size_t n;
	const struct content_node **nodes; /* by line */
};

/* ---- the files ---- */

static bool is_packed(const char *path)
{
	size_t n = strlen(path);

	return n < 3 || strcmp(path + n - 3, ".ko") != 0;
}

/* Where a module stands in the image; one that is unpacked loses the suffix of its codec. */
static size_t target_length(const struct target *t, const struct module_pick *pick)
{
	size_t n = strlen(pick->target);

	if (t->layout->unpack && is_packed(pick->target))
		while (n > 3 && memcmp(pick->target + n - 3, ".ko", 3) != 0)
			n--;
	return n;
}

static struct kimg_error *unpack(const struct target *t, const struct module_pick *pick,
				 struct span *ret)
{
	cleanup_blob struct blob file = { 0 }, out = { 0 };
	const struct codec *codec;
	size_t consumed;
	char *copy;

	TRY(blob_open(&file, pick->path, &t->layout->limits));
	codec = codec_detect(blob_span(&file), NULL);
	if (!codec)
		return error_new(KIMG_E_CORRUPT, "%s: is not compressed, as its name says",
				 pick->path);
	TRY(error_wrap(
		codec_decode(codec, blob_span(&file), 0, &t->layout->limits, &out, &consumed), "%s",
		pick->path));
	copy = arena_copy(content_arena(t->content), (const char *)out.p, out.n);
	if (!copy)
		return error_nomem();
	*ret = span_of(copy, out.n);
	return NULL;
}

static struct kimg_error *add_file(struct target *t, const struct module_pick *pick)
{
	const struct module_pick *because = pick->because;
	struct content_node node = {
		.source = pick->path,
		.mode = 0644,
		.kind = CONTENT_FILE,
		.why = pick->why,
	};

	if (t->nodes[pick->line])
		return NULL;
	/* What a module needs comes before it, its reason comes first. */
	if (because) {
		TRY(add_file(t, because));
		node.because = t->nodes[because->line];
	}
	node.path = arena_copy(content_arena(t->content), pick->target, target_length(t, pick));
	if (!node.path)
		return error_nomem();
	node.stored = is_packed(node.path);
	if (t->layout->unpack && is_packed(pick->target)) {
		node.kind = CONTENT_BYTES;
		node.source = NULL;
		TRY(unpack(t, pick, &node.bytes));
		node.size = node.bytes.n;
	}
	return content_add(t->content, &node, &t->nodes[pick->line]);
}

/* ---- the tables ---- */

static struct kimg_error *add_text(struct target *t, const char *path, const struct buf *text,
				   const char *why)
{
	struct content_node node = {
		.path = path + 1, /* without the '/' */
		.kind = CONTENT_BYTES,
		.mode = 0644,
		.size = text->n,
		.why = why,
	};
	char *copy;

	if (text->failed)
		return error_nomem();
	if (!text->n)
		return NULL;
	copy = arena_copy(content_arena(t->content), text->p, text->n);
	if (!copy)
		return error_nomem();
	node.bytes = span_of(copy, text->n);
	return content_add(t->content, &node, NULL);
}

static void put_lines(struct buf *buf, const struct module_pick *const *picks, size_t n)
{
	if (!n)
		buf_putc(buf, '-');
	for (size_t i = 0; i < n; i++) {
		if (i)
			buf_putc(buf, ',');
		buf_decimal(buf, picks[i]->line);
	}
}

static void put_options(const struct target *t, struct buf *buf, const struct module_pick *pick)
{
	const struct module_config *config = NULL;

	while ((config = module_tree_config_next(t->modules, MODULE_CONFIG_OPTIONS,
						 pick->module->name, config))) {
		struct span text = config->text, word;

		while ((word = next_word(&text)).n) {
			buf_putc(buf, ' ');
			buf_add(buf, word.p, word.n);
		}
	}
}

/* NAME PATH NEEDS BEFORE AFTER [OPTIONS...] */
static struct kimg_error *add_modules_table(struct target *t)
{
	cleanup_buf struct buf text = { 0 };

	for (size_t i = 0; i < t->n; i++) {
		const struct module_pick *pick = t->picks[i];

		if (strpbrk(pick->target, " \t\n") || strpbrk(pick->name, " \t\n"))
			return error_new(KIMG_E_UNSUPPORTED,
					 "%s: the name of a module's file has a blank", pick->path);
		buf_puts(&text, pick->name);
		buf_puts(&text, " /");
		buf_add(&text, pick->target, target_length(t, pick));
		buf_putc(&text, ' ');
		put_lines(&text, pick->needs, pick->needs_n);
		buf_putc(&text, ' ');
		put_lines(&text, pick->before, pick->before_n);
		buf_putc(&text, ' ');
		put_lines(&text, pick->after, pick->after_n);
		put_options(t, &text, pick);
		buf_putc(&text, '\n');
	}
	return add_text(t, LAYOUT_MODULES, &text, "the table of modules");
}

static struct kimg_error *add_blacklist(struct target *t)
{
	cleanup_buf struct buf text = { 0 };

	for (size_t i = 0; i < t->n; i++) {
		if (!module_tree_is_blacklisted(t->modules, t->picks[i]->module))
			continue;
		buf_puts(&text, t->picks[i]->name);
		buf_putc(&text, '\n');
	}
	return add_text(t, LAYOUT_BLACKLIST, &text, "modules that modprobe.d blacklists");
}

static struct kimg_error *add_load_list(struct target *t)
{
	cleanup_buf struct buf text = { 0 };

	for (size_t i = 0; i < t->layout->load_n; i++) {
		const struct module_pick *pick =
			module_set_pick(t->layout->set, t->layout->load[i]);

		if (!pick)
			continue;
		buf_decimal(&text, pick->line);
		buf_putc(&text, '\n');
	}
	return add_text(t, LAYOUT_LOAD, &text, "modules that are loaded at once");
}

/* ---- aliases ---- */

struct alias_line {
	struct span pattern;
	size_t literal;
	uint32_t line;
};

struct alias_lines {
	const struct target *target;
	struct alias_line *all;
	size_t n, size;
};

static struct kimg_error *take_alias(void *context, const struct module_alias *alias)
{
	struct alias_lines *lines = context;
	const struct module_pick *pick = module_set_pick(lines->target->layout->set, alias->module);
	struct span pattern = alias->pattern;
	size_t literal = 0;

	if (!pick)
		return NULL;
	if (lines->n == lines->size) {
		size_t size = lines->size ? lines->size * 2 : 512;
		void *grown = reallocarray(lines->all, size, sizeof(*lines->all));

		if (!grown)
			return error_nomem();
		lines->all = grown;
		lines->size = size;
	}
	while (literal < pattern.n && !memchr("*?[", pattern.p[literal], 3))
		literal++;
	lines->all[lines->n++] =
		(struct alias_line){ .pattern = pattern, .literal = literal, .line = pick->line };
	return NULL;
}

static int compare_bytes(const uint8_t *a, size_t a_n, const uint8_t *b, size_t b_n)
{
	int order = memcmp(a, b, a_n < b_n ? a_n : b_n);

	return order ? order : a_n < b_n ? -1 : a_n > b_n;
}

static int compare_aliases(const void *a, const void *b)
{
	const struct alias_line *la = a, *lb = b;
	int order = compare_bytes(la->pattern.p, la->literal, lb->pattern.p, lb->literal);

	if (!order)
		order = compare_bytes(la->pattern.p, la->pattern.n, lb->pattern.p, lb->pattern.n);
	return order ? order : la->line < lb->line ? -1 : la->line > lb->line;
}

/* Columns are parted by blanks, which device trees have in theirs: '?' fits a blank, too. */
static void put_pattern(struct buf *text, struct span pattern)
{
	size_t start = text->n;

	buf_add(text, pattern.p, pattern.n);
	for (size_t i = start; i < text->n; i++)
		if (text->p[i] == ' ')
			text->p[i] = '?';
}

static void put_aliases(struct buf *text, const struct alias_lines *lines)
{
	for (size_t i = 0; i < lines->n; i++) {
		const struct alias_line *line = &lines->all[i];
		bool same = i && span_equal(line[-1].pattern, line->pattern);

		if (same && line[-1].line == line->line)
			continue;
		if (same) {
			buf_putc(text, ',');
		} else {
			if (i)
				buf_putc(text, '\n');
			put_pattern(text, line->pattern);
			buf_putc(text, ' ');
		}
		buf_decimal(text, line->line);
	}
	if (lines->n)
		buf_putc(text, '\n');
}

static struct kimg_error *add_aliases(struct target *t)
{
	struct alias_lines lines = { .target = t };
	cleanup_buf struct buf text = { 0 };
	struct kimg_error *error = module_tree_each_alias(t->modules, take_alias, &lines);

	if (!error && lines.n) {
		qsort(lines.all, lines.n, sizeof(*lines.all), compare_aliases);
		put_aliases(&text, &lines);
		error = add_text(t, LAYOUT_ALIASES, &text, "what devices want which module");
	}
	free(lines.all);
	return error;
}

/* ---- all of it ---- */

static struct kimg_error *add_given(struct target *t, const char *path, const char *given,
				    const char *why)
{
	cleanup_buf struct buf text = { 0 };

	if (!given || !*given)
		return NULL;
	buf_puts(&text, given);
	if (text.p && text.p[text.n - 1] != '\n')
		buf_putc(&text, '\n');
	return add_text(t, path, &text, why);
}

static struct kimg_error *add_all(struct target *t)
{
	for (size_t i = 0; i < t->n; i++)
		TRY(add_file(t, t->picks[i]));
	TRY(add_modules_table(t));
	TRY(add_aliases(t));
	TRY(add_load_list(t));
	TRY(add_blacklist(t));
	TRY(add_given(t, LAYOUT_CMDLINE, t->layout->cmdline, "how root is found"));
	TRY(add_given(t, LAYOUT_CRYPTTAB, t->layout->crypttab, "what is unlocked first"));
	return add_given(t, LAYOUT_FSTAB, t->layout->fstab, "/usr is a file system of its own");
}

struct kimg_error *layout_add(struct content *content, const struct layout *layout)
{
	struct target t = { .content = content, .layout = layout };
	struct kimg_error *error;

	t.modules = module_set_modules(layout->set);
	t.picks = module_set_picks(layout->set, &t.n);
	t.nodes = calloc(t.n + 1, sizeof(*t.nodes));
	if (!t.nodes)
		return error_nomem();
	error = add_all(&t);
	free(t.nodes);
	return error;
}

/* ---- compressed modules ---- */

struct kimg_error *layout_must_unpack(const struct module_tree *modules,
				      const struct kimg_limits *limits, bool *ret)
{
	/* Debian's old and new ways, and that of Arch and Fedora */
	static const char *const places[] = { "/boot/config-", "/lib/modules/",
					      "/usr/lib/modules/" };

	*ret = true;
	for (size_t i = 0; i < ARRAY_SIZE(places); i++) {
		cleanup_blob struct blob blob = { 0 };
		cleanup_buf struct buf path = { 0 };
		struct kimg_error *error;
		size_t at;

		buf_puts(&path, module_tree_sysroot(modules));
		buf_puts(&path, places[i]);
		buf_puts(&path, module_tree_version(modules));
		if (i)
			buf_puts(&path, "/config");
		if (path.failed)
			return error_nomem();
		error = blob_open(&blob, path.p, limits);
		if (error) {
			kimg_error_free(error);
			continue;
		}
		*ret = !span_find(blob_span(&blob), 0,
				  SPAN_LITERAL("\nCONFIG_MODULE_DECOMPRESS=y\n"), &at);
		return NULL;
	}
	return NULL;
}
