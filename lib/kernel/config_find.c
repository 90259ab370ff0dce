/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where the configuration of a kernel is: inside it, or in a file that was installed with it. */
#include <errno.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/utsname.h>

#include "codec/codec.h"
#include "kernel/config.h"
#include "kimg/kernel.h"

static struct kimg_error *set_source(struct kimg_config *config, const char *source)
{
	config->source = strdup(source);
	return config->source ? NULL : error_nomem();
}

static struct kimg_error *parse_from(const void *text, size_t size, const char *source,
				     struct kimg_config **ret_config)
{
	cleanup_config struct kimg_config *config = NULL;

	TRY(error_wrap(kimg_config_parse(text, size, &config), "%s", source));
	TRY(set_source(config, source));
	*ret_config = config;
	config = NULL;
	return NULL;
}

/* A text that may be compressed. */
static struct kimg_error *parse_bytes(struct span bytes, const char *source,
				      const struct kimg_limits *limits,
				      struct kimg_config **ret_config)
{
	cleanup_blob struct blob blob = { 0 };
	const struct codec *codec = codec_detect(bytes, NULL);
	size_t consumed;

	if (codec) {
		TRY(error_wrap(codec_decode(codec, bytes, 0, limits, &blob, &consumed), "%s",
			       source));
		bytes = blob_span(&blob);
	}
	return parse_from(bytes.p, bytes.n, source, ret_config);
}

static struct kimg_error *read_file(const char *path, const struct kimg_limits *limits,
				    struct kimg_config **ret_config)
{
	cleanup_blob struct blob file = { 0 };

	TRY(blob_open(&file, path, limits));
	return parse_bytes(blob_span(&file), path, limits, ret_config);
}

static struct kimg_error *read_embedded(struct kimg_image *image, const struct kimg_part *kernel,
					struct kimg_config **ret_config)
{
	const struct kimg_part *part = kernel->children;
	const void *text;
	size_t size;

	while (part && part->kind != KIMG_PART_CONFIG)
		part = part->next;
	if (!part)
		return error_new(KIMG_E_NOT_FOUND, "no embedded configuration");
	TRY(kimg_part_bytes(image, part, true, &text, &size));
	return parse_from(text, size, "embedded", ret_config);
}

/*
 * Whether a file that was found by its place may be of this kernel: distributions put the release into
 * CONFIG_BUILD_SALT, which tells a file that was left behind by another build.
 */
static bool fits(const struct kimg_config *config, const char *release)
{
	const char *salt = kimg_config_value(config, "BUILD_SALT");
	size_t n = strlen(release);

	if (!salt || strcmp(salt, "n") == 0 || strcmp(salt, "\"\"") == 0)
		return true;
	return strlen(salt) == n + 2 && memcmp(salt + 1, release, n) == 0;
}

struct candidates {
	const char *release;
	const struct kimg_limits *limits;
	struct kimg_config *found;
	bool misfit;
};

static struct kimg_error *try_path(struct candidates *c, const char *directory, const char *format,
				   const char *release)
{
	cleanup_config struct kimg_config *config = NULL;
	cleanup_free char *name = NULL, *path = NULL;
	struct kimg_error *error;
	struct stat st;

	if (c->found)
		return NULL;
	if (asprintf(&name, format, release) < 0 || asprintf(&path, "%s/%s", directory, name) < 0)
		return error_nomem();
	if (stat(path, &st) < 0 || !S_ISREG(st.st_mode))
		return NULL;
	error = read_file(path, c->limits, &config);
	if (error && kimg_error_code(error) == KIMG_E_NOMEM)
		return error;
	kimg_error_free(error);
	if (!config)
		return NULL;
	if (!fits(config, c->release)) {
		c->misfit = true;
		return NULL;
	}
	c->found = config;
	config = NULL;
	return NULL;
}

/* Beside the image: config-RELEASE, and config, as distributions keep both in one folder. */
static struct kimg_error *try_beside(struct candidates *c, const char *path)
{
	const char *slash = strrchr(path, '/');
	cleanup_free char *directory = slash ? strndup(path, slash == path ? 1 : slash - path)
					     : strdup(".");

	if (!directory)
		return error_nomem();
	TRY(try_path(c, directory, "config-%s", c->release));
	return try_path(c, directory, "config", c->release);
}

static struct kimg_error *look_around(struct candidates *c, const char *path,
				      const char *const *roots)
{
	static const char *const slash[] = { "", NULL };

	if (path && strcmp(path, "-") != 0)
		TRY(try_beside(c, path));
	for (const char *const *root = roots ? roots : slash; *root; root++) {
		TRY(try_path(c, *root, "boot/config-%s", c->release));
		TRY(try_path(c, *root, "usr/lib/modules/%s/config", c->release));
		TRY(try_path(c, *root, "lib/modules/%s/config", c->release));
	}
	return NULL;
}

struct kimg_error *kimg_config_of_image(struct kimg_image *image, const char *path,
					const char *const *roots, const struct kimg_limits *limits,
					struct kimg_config **ret_config)
{
	struct candidates c = { .limits = limits };
	const struct kimg_part *kernel;
	const struct kimg_field *field;
	struct kimg_error *error;

	TRY(kimg_kernel_examine(image, KIMG_DEEP, &kernel));
	error = read_embedded(image, kernel, ret_config);
	if (!error || kimg_error_code(error) != KIMG_E_NOT_FOUND)
		return error;
	kimg_error_free(error);
	field = kimg_part_field(kernel, "release");
	if (!field || field->length == 0 || memchr(field->bytes, '/', field->length))
		return error_new(KIMG_E_NOT_FOUND,
				 "no embedded configuration, and no release to look for a file by");
	c.release = field->bytes;
	error = look_around(&c, path, roots);
	if (error) {
		kimg_config_free(c.found);
		return error;
	}
	if (!c.found)
		return error_new(KIMG_E_NOT_FOUND,
				 "%s has no embedded configuration, and no file for it was found%s",
				 c.release, c.misfit ? " (one that was is of another build)" : "");
	*ret_config = c.found;
	return NULL;
}

struct kimg_error *kimg_config_of_running(const char *const *roots,
					  const struct kimg_limits *limits,
					  struct kimg_config **ret_config)
{
	struct candidates c = { .limits = limits };
	struct utsname system;
	struct kimg_error *error = read_file("/proc/config.gz", limits, ret_config);

	if (!error || kimg_error_errno(error) != ENOENT)
		return error;
	kimg_error_free(error);
	if (uname(&system) < 0)
		return error_system(errno, "uname");
	c.release = system.release;
	TRY(look_around(&c, NULL, roots));
	if (!c.found)
		return error_new(KIMG_E_NOT_FOUND,
				 "the running kernel, %s, has no /proc/config.gz, and no file for "
				 "it was found",
				 c.release);
	*ret_config = c.found;
	return NULL;
}

static bool looks_like_config(struct span text)
{
	size_t at;

	text = span_clip(text, 0, 64 << 10);
	return span_find(text, 0, SPAN_LITERAL("CONFIG_"), &at) && !memchr(text.p, 0, text.n);
}

struct kimg_error *kimg_config_open(const char *path, const char *const *roots,
				    const struct kimg_options *options,
				    struct kimg_config **ret_config)
{
	const struct kimg_options used = options ? *options : KIMG_OPTIONS_DEFAULT;
	cleanup_blob struct blob file = { 0 };
	struct kimg_image *image = NULL;
	const struct codec *codec;
	uint8_t head[4096];
	struct kimg_error *error;
	struct span text;
	size_t n = 0;

	TRY(blob_open(&file, path, &used.limits));
	text = blob_span(&file);
	codec = codec_detect(text, NULL);
	if (codec) {
		error = codec->peek(text, &used.limits, head, sizeof(head), &n);
		kimg_error_free(error);
		text = span_of(head, error ? 0 : n);
	}
	if (looks_like_config(text))
		return parse_bytes(blob_span(&file), path, &used.limits, ret_config);
	error = kimg_image_open_bytes(file.p, file.n, &used, &image);
	if (!error)
		error = kimg_config_of_image(image, path, roots, &used.limits, ret_config);
	kimg_image_free(image);
	return error_wrap(error, "%s", path);
}
