/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What every image has, and what the recipe names. */
#include <errno.h>
#include <stdio.h>
#include <sys/stat.h>

#include "codec/codec.h"
#include "initrd/plan.h"
#include "initrd/sysroot.h"
#include "initrd/tree_add.h"
#include "kernel/config.h"

/* ---- the base ---- */

/* Before /init has mounted anything, the kernel opens /dev/console for it (init/main.c, console_on_rootfs()). */
struct kimg_error *plan_base(struct kimg_initrd_plan *plan, const char *init)
{
	static const char why[] = "the base";
	static const struct content_node nodes[] = {
		{ .path = "dev", .kind = CONTENT_FOLDER, .why = why },
		{ .path = "proc", .kind = CONTENT_FOLDER, .why = why },
		{ .path = "run", .kind = CONTENT_FOLDER, .why = why },
		{ .path = "sys", .kind = CONTENT_FOLDER, .why = why },
		{ .path = "root", .kind = CONTENT_FOLDER, .mode = 0700, .why = why },
		{ .path = "dev/console",
		  .kind = CONTENT_DEVICE,
		  .mode = S_IFCHR | 0600,
		  .major = 5,
		  .minor = 1,
		  .why = why },
	};

	for (size_t i = 0; i < ARRAY_SIZE(nodes); i++)
		TRY(content_add(plan->content, &nodes[i], NULL));
	return content_add(plan->content,
			   &(struct content_node){
				   .path = "init",
				   .kind = CONTENT_FILE,
				   .source = init,
				   .mode = 0755,
				   .why = "the first program",
			   },
			   NULL);
}

/* ---- programs and files ---- */

static struct kimg_error *add_programs(struct kimg_initrd_plan *plan)
{
	const struct content_node model = { .why = "a program that is asked for" };
	const char *const *programs = recipe_list(plan->recipe, RECIPE_PROGRAMS);

	for (; *programs; programs++)
		TRY(programs_add(plan->programs, *programs, &model, NULL));
	return NULL;
}

/* SOURCE[:DESTINATION]: a path of the system, or one that counts from the current folder. */
static struct kimg_error *add_file(struct kimg_initrd_plan *plan, const char *text)
{
	const char *colon = strrchr(text, ':');
	int n = colon ? colon - text : (int)strlen(text);
	char source[PATH_MAX], canonical[PATH_MAX], whole[2 * PATH_MAX];
	struct content_node node = {
		.kind = CONTENT_FILE,
		.source = source,
		.overlay = true,
		.why = "a file that is asked for",
	};
	struct stat st;

	if (n >= (int)sizeof(source))
		return error_new(KIMG_E_INVALID, "%.40s...: the path is too long", text);
	snprintf(source, sizeof(source), "%.*s", n, text);
	node.path = colon ? colon + 1 : source;
	if (source[0] == '/') {
		if (!sysroot_follow(plan->sysroot, source, canonical))
			return error_new(KIMG_E_NOT_FOUND, "%s: not there", source);
		snprintf(whole, sizeof(whole), "%s/%s", plan->sysroot, canonical);
		node.source = whole;
	}
	if (stat(node.source, &st) < 0)
		return error_system(errno, "%s", source);
	return S_ISDIR(st.st_mode) ? tree_add(plan->content, node.source, node.path, &node, false)
				   : content_add(plan->content, &node, NULL);
}

struct kimg_error *plan_named(struct kimg_initrd_plan *plan)
{
	const char *const *files = recipe_list(plan->recipe, RECIPE_FILES);

	TRY(add_programs(plan));
	for (; *files; files++)
		TRY(add_file(plan, *files));
	return NULL;
}

/* ---- the codec ---- */

/* The configuration of the kernel, if it was installed with it. */
static bool open_config(const struct kimg_initrd_plan *plan, struct kimg_config **ret)
{
	static const char *const places[] = { "%s/boot/config-%s", "%s/lib/modules/%s/config",
					      "%s/usr/lib/modules/%s/config" };
	const struct kimg_options options = { .limits = plan->limits };
	const char *const roots[] = { *plan->sysroot ? plan->sysroot : "/", NULL };

	for (size_t i = 0; plan->version && i < ARRAY_SIZE(places); i++) {
		char path[PATH_MAX];
		struct kimg_error *error;

		snprintf(path, sizeof(path), places[i], plan->sysroot, plan->version);
		error = kimg_config_open(path, roots, &options, ret);
		kimg_error_free(error);
		if (!error)
			return true;
	}
	return false;
}

static bool can_decompress(const struct kimg_config *config, const char *codec)
{
	char name[32];
	const char *value;

	snprintf(name, sizeof(name), "RD_%s", codec);
	for (char *p = name; *p; p++)
		*p = *p >= 'a' && *p <= 'z' ? *p - 'a' + 'A' : *p;
	value = kimg_config_value(config, name);
	return value && strcmp(value, "y") == 0;
}

/* zstd came in 5.9; gzip is in nearly every kernel. */
static const char *usual_codec(const struct kimg_initrd_plan *plan,
			       const struct kimg_config *config)
{
	static const char *const wanted[] = { "zstd", "xz", "gzip", "lz4", "lzma", "bzip2", "lzo" };
	unsigned int major = 0, minor = 0;

	for (size_t i = 0; config && i < ARRAY_SIZE(wanted); i++)
		if (can_decompress(config, wanted[i]))
			return wanted[i];
	if (config)
		return "none";
	if (plan->version && sscanf(plan->version, "%u.%u", &major, &minor) == 2 &&
	    (major < 5 || (major == 5 && minor < 9)))
		return "gzip";
	return "zstd";
}

struct kimg_error *plan_codec(struct kimg_initrd_plan *plan)
{
	cleanup_config struct kimg_config *config = NULL;
	const char *codec = recipe_value(plan->recipe, RECIPE_CODEC);
	bool known = open_config(plan, &config);

	if (strcmp(codec, "auto") == 0)
		codec = usual_codec(plan, config);
	else if (known && strcmp(codec, "none") != 0 && !can_decompress(config, codec))
		notes_add(&plan->notes, content_arena(plan->content), true,
			  "kernel %s cannot decompress %s", plan->version, codec);
	plan->codec = codec_by_name(codec);
	return NULL;
}
