/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Modules of an initrd: whether they are for its kernel, and whether those that they need are in it, too. */
#include "initrd/check.h"
#include "initrd/modinfo.h"
#include "initrd/modules_source.h"

/* "usr/lib/modules/6.12.9/kernel/...": 6.12.9. Empty where it does not lie there. */
static struct span version_of(struct span path)
{
	struct span rest = { 0 };
	const uint8_t *slash;
	size_t at;

	if (!span_find(path, 0, SPAN_LITERAL("lib/modules/"), &at))
		return rest;
	rest = span_from(path, at + strlen("lib/modules/"));
	slash = rest.n ? memchr(rest.p, '/', rest.n) : NULL;
	return slash ? span_of(rest.p, slash - rest.p) : (struct span){ 0 };
}

struct kimg_error *check_take_module(struct kimg_initrd_check *check, struct span path,
				     struct span bytes)
{
	cleanup_modinfo struct modinfo info = { 0 };
	struct check_module *grown = check_grow(check->modules, check->modules_n,
						&check->modules_size, sizeof(*check->modules));
	struct check_module *module;
	struct kimg_error *error;

	if (!grown)
		return error_nomem();
	check->modules = grown;
	module = &check->modules[check->modules_n];
	*module = (struct check_module){
		.path = path,
		.name = module_name_of_path(path),
		.version = version_of(path),
	};
	error = modinfo_read(&info, bytes, &check->options->limits);
	if (error && kimg_error_code(error) == KIMG_E_NOMEM)
		return error;
	kimg_error_free(error);
	module->damaged = error != NULL;
	module->info = info.text;
	TRY(check_copy(check, &module->info));
	check->modules_n++;
	return NULL;
}

static struct span value_of(const struct check_module *module, const char *key)
{
	struct modinfo info = { .text = module->info };

	return modinfo_value(&info, key);
}

/* ---- one kernel ---- */

/* The release that most modules are of: that of the first where they are of one kernel, as they should be. */
static struct kimg_error *find_version(struct kimg_initrd_check *check)
{
	struct span version = { 0 };

	if (check->options->version)
		version = span_of(check->options->version, strlen(check->options->version));
	for (size_t i = 0; i < check->modules_n && !version.n; i++)
		version = check->modules[i].version;
	if (!version.n)
		return NULL;
	check->version = arena_copy(&check->arena, (const char *)version.p, version.n);
	return check->version ? NULL : error_nomem();
}

static bool is_of_kernel(const struct kimg_initrd_check *check, const struct check_module *module)
{
	return check->version &&
	       span_equal(module->version, span_of(check->version, strlen(check->version)));
}

static struct kimg_error *index_modules(struct kimg_initrd_check *check)
{
	TRY(chains_init(&check->by_module, check->modules_n));
	for (size_t i = check->modules_n; i > 0; i--)
		chains_put(&check->by_module, i - 1,
			   name_hash(check->seed, check->modules[i - 1].name));
	return NULL;
}

struct check_module *check_module(const struct kimg_initrd_check *check, struct span name)
{
	uint32_t at = chains_first(&check->by_module, name_hash(check->seed, name));

	for (; at; at = check->by_module.nexts[at - 1])
		if (name_equal(check->modules[at - 1].name, name) &&
		    is_of_kernel(check, &check->modules[at - 1]))
			return &check->modules[at - 1];
	return NULL;
}

/* ---- each module ---- */

/* "vermagic=6.12.9 SMP mod_unload": the release, which must be that of its folder. */
static struct kimg_error *check_vermagic(struct kimg_initrd_check *check,
					 const struct check_module *module)
{
	struct span magic = value_of(module, "vermagic"), release = next_word(&magic);

	if (!release.n || !module->version.n || span_equal(release, module->version))
		return NULL;
	return check_find(check, KIMG_INITRD_MODULE_FOREIGN, true, module->name, module->path,
			  "%.*s was made for the kernel %.*s", SHOW(module->path), SHOW(release));
}

/* "depends=mbcache,jbd2": modules alone, since nobody depends on what is built in. */
static struct kimg_error *check_depends(struct kimg_initrd_check *check,
					const struct check_module *module)
{
	struct span depends = value_of(module, "depends");

	while (depends.n) {
		const uint8_t *comma = memchr(depends.p, ',', depends.n);
		struct span name = comma ? span_of(depends.p, comma - depends.p) : depends;

		depends = span_from(depends, name.n + 1);
		if (!name.n || check_module(check, name))
			continue;
		TRY(check_find(check, KIMG_INITRD_MODULE_MISSING, true, name, module->path,
			       "%.*s needs the module %.*s, which is not there", SHOW(module->path),
			       SHOW(name)));
	}
	return NULL;
}

static struct kimg_error *check_one(struct kimg_initrd_check *check,
				    const struct check_module *module)
{
	if (module->damaged)
		return check_find(check, KIMG_INITRD_MODULE_DAMAGED, true, module->name,
				  module->path, "%.*s is no module, or damaged",
				  SHOW(module->path));
	TRY(check_vermagic(check, module));
	return is_of_kernel(check, module) ? check_depends(check, module) : NULL;
}

struct kimg_error *check_modules(struct kimg_initrd_check *check)
{
	size_t own = 0;

	TRY(find_version(check));
	TRY(index_modules(check));
	for (size_t i = 0; i < check->modules_n; i++) {
		own += is_of_kernel(check, &check->modules[i]);
		TRY(check_one(check, &check->modules[i]));
	}
	if (check->modules_n && !own)
		return check_find(
			check, KIMG_INITRD_MODULE_FOREIGN, true, check->modules[0].version,
			(struct span){ 0 }, "no module is for the kernel %s: they are for %.*s",
			check->version ? check->version : "", SHOW(check->modules[0].version));
	return NULL;
}
