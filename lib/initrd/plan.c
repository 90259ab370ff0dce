/* SPDX-License-Identifier: GPL-2.0-or-later */
/* From a recipe to the files of an image, and from those to the image. */
#include "initrd/plan.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "codec/codec.h"
#include "initrd/microcode.h"
#include "initrd/pack.h"
#include "initrd/tree_add.h"
#include "io/blob.h"

static void plan_free_pointer(struct kimg_initrd_plan **plan)
{
	kimg_initrd_plan_free(*plan);
}

void kimg_initrd_plan_free(struct kimg_initrd_plan *plan)
{
	if (!plan)
		return;
	module_set_free(plan->set);
	module_tree_free(plan->modules);
	programs_free(plan->programs);
	content_free(plan->content);
	free(plan);
}

static struct kimg_error *start(const struct kimg_initrd_recipe *recipe,
				const struct kimg_initrd_plan_options *options,
				struct kimg_initrd_plan *plan)
{
	const char *sysroot = options->sysroot ? options->sysroot : "";
	size_t n = strlen(sysroot);

	while (n && sysroot[n - 1] == '/')
		n--;
	plan->recipe = recipe;
	plan->limits = KIMG_LIMITS_DEFAULT;
	TRY(content_new(&plan->content));
	plan->sysroot = arena_copy(content_arena(plan->content), sysroot, n);
	if (!plan->sysroot)
		return error_nomem();
	if (options->version) {
		plan->version = arena_copy(content_arena(plan->content), options->version,
					   strlen(options->version));
		if (!plan->version)
			return error_nomem();
	}
	return NULL;
}

static struct kimg_error *add_microcode(struct kimg_initrd_plan *plan)
{
	cleanup_blob struct blob cpuinfo = { 0 };

	if (recipe_is(plan->recipe, RECIPE_MICROCODE, "none"))
		return NULL;
	/* Of another system, nobody knows the CPU. */
	if (recipe_is(plan->recipe, RECIPE_MICROCODE, "host") && !*plan->sysroot &&
	    !recipe_is(plan->recipe, RECIPE_ROOT, "generic"))
		TRY(blob_open(&cpuinfo, "/proc/cpuinfo", &plan->limits));
	return microcode_add(plan->content, plan->sysroot, blob_span(&cpuinfo), &plan->limits);
}

static struct kimg_error *add_trees(struct kimg_initrd_plan *plan, const char *const *trees)
{
	const struct content_node model = { .overlay = true, .why = "of a hook" };

	for (; trees && *trees; trees++)
		TRY(tree_add(plan->content, *trees, "", &model, false));
	return NULL;
}

static struct kimg_error *plan_early(struct kimg_initrd_plan *plan,
				     const struct kimg_initrd_plan_options *options)
{
	TRY(content_use_links(plan->content, plan->sysroot));
	TRY(programs_new(plan->content, plan->sysroot, &plan->programs));
	TRY(plan_base(plan, options->init));
	TRY(plan_modules(plan));
	TRY(plan_named(plan));
	TRY(add_microcode(plan));
	TRY(add_trees(plan, options->trees));
	for (const struct kimg_note *n = programs_notes(plan->programs); n; n = n->next)
		notes_add(&plan->notes, content_arena(plan->content), n->bad, "%s", n->text);
	return content_complete_links(plan->content);
}

/*
 * A folder that is the root of the system itself: the kernel starts its /init
 * (Documentation/filesystems/ramfs-rootfs-initramfs.rst).
 */
static struct kimg_error *plan_final(struct kimg_initrd_plan *plan, const char *folder)
{
	const struct content_node model = { .why = "in the folder" };
	const struct content_node *init;

	TRY(tree_add(plan->content, folder, "", &model, true));
	init = content_find(plan->content, "init");
	if (init && init->kind == CONTENT_FILE && !(init->mode & 0111))
		notes_add(&plan->notes, content_arena(plan->content), true,
			  "%s/init cannot be run: its mode is %04o", folder, init->mode);
	if (!init)
		notes_add(
			&plan->notes, content_arena(plan->content), true,
			"%s has no /init: the kernel starts nothing else without rdinit=", folder);
	return NULL;
}

/* What a kernel starts of an old RAM disk (init/do_mounts_initrd.c, 6.12). */
static struct kimg_error *add_linuxrc(struct kimg_initrd_plan *plan)
{
	const struct content_node node = {
		.path = "linuxrc",
		.kind = CONTENT_LINK,
		.source = "init",
		.why = "the name of the first program in an old RAM disk",
	};

	return content_find(plan->content, "linuxrc") ? NULL
						      : content_add(plan->content, &node, NULL);
}

struct kimg_error *kimg_initrd_plan_new(const struct kimg_initrd_recipe *recipe,
					const struct kimg_initrd_plan_options *options,
					struct kimg_initrd_plan **ret_plan)
{
	cleanup(plan_free_pointer) struct kimg_initrd_plan *plan = calloc(1, sizeof(*plan));

	if (!plan)
		return error_nomem();
	TRY(start(recipe, options, plan));
	TRY(options->final ? plan_final(plan, options->final) : plan_early(plan, options));
	TRY(plan_codec(plan));
	if (recipe_is(recipe, RECIPE_FORMAT, "ext2"))
		TRY(add_linuxrc(plan));
	plan->nodes = content_sorted(plan->content, &plan->nodes_n);
	if (!plan->nodes)
		return error_nomem();
	*ret_plan = plan;
	plan = NULL;
	return NULL;
}

/* ---- what is in it ---- */

static uint32_t mode_of(const struct content_node *node)
{
	switch (node->kind) {
	case CONTENT_FOLDER:
		return S_IFDIR | node->mode;
	case CONTENT_LINK:
		return S_IFLNK | node->mode;
	case CONTENT_DEVICE:
		return node->mode;
	default:
		return S_IFREG | node->mode;
	}
}

bool kimg_initrd_plan_file(const struct kimg_initrd_plan *plan, size_t index,
			   struct kimg_initrd_file *ret_file)
{
	const struct content_node *node;

	if (index >= plan->nodes_n)
		return false;
	node = plan->nodes[index];
	*ret_file = (struct kimg_initrd_file){
		.path = node->path,
		.source = node->source,
		.mode = mode_of(node),
		.size = node->size,
		.stored = node->stored,
		.implied = node->implied,
		.why = node->why,
		.because = node->because ? node->because->path : NULL,
	};
	return true;
}

const struct kimg_note *kimg_initrd_plan_notes(const struct kimg_initrd_plan *plan)
{
	return plan->notes.first;
}

const char *kimg_initrd_plan_codec(const struct kimg_initrd_plan *plan)
{
	return plan->codec ? plan->codec->name : NULL;
}

/* ---- writing ---- */

struct kimg_error *kimg_initrd_plan_write(const struct kimg_initrd_plan *plan, const char *path,
					  const struct kimg_initrd_write_options *options)
{
	cleanup_outfile struct outfile out = OUTFILE_NONE;
	struct pack_options pack = {
		.codec = plan->codec,
		.level = recipe_number(plan->recipe, RECIPE_LEVEL),
		.threads = recipe_number(plan->recipe, RECIPE_THREADS),
		.mtime = options->mtime,
		.progress = options->progress,
		.context = options->context,
	};

	TRY(outfile_open(&out, path));
	if (recipe_is(plan->recipe, RECIPE_FORMAT, "ext2"))
		TRY(pack_ext2(plan->content, &pack, &out));
	else
		TRY(pack_content(plan->content, &pack, &out));
	return outfile_commit(&out);
}
