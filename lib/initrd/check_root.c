/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Whether an initrd reaches a root: what that takes (hardware.h) is looked for in it. What modules need of each other was looked
 * at before (check_modules.c).
 */
#include <stdio.h>
#include <sys/stat.h>

#include "initrd/check.h"
#include "initrd/hardware.h"
#include "initrd/modinfo.h"

#define NONE ((struct span){ 0 })

static struct span text_span(const char *text)
{
	return span_of(text, strlen(text));
}

/* ---- modules ---- */

/* What a name stands for, and how much of it the initrd or the kernel has. */
struct tally {
	struct kimg_initrd_check *check;
	struct check_module *here; /* the last one that is there */
	size_t n, have;
	struct span missing; /* the first one that is not */
};

static struct kimg_error *count(void *context, const struct module *module)
{
	struct tally *tally = context;
	struct check_module *here = module->builtin ? NULL
						    : check_module(tally->check, module->name);

	tally->n++;
	if (here) {
		here->wanted = true;
		tally->here = here;
	}
	if (here || module->builtin)
		tally->have++;
	else if (!tally->missing.n)
		tally->missing = module->name;
	return NULL;
}

static struct kimg_error *tally_name(struct tally *tally, const char *name)
{
	struct module_tree *tree = tally->check->tree;
	size_t n;

	TRY(module_tree_lookup(tree, text_span(name), count, tally, &n));
	if (!n && strncmp(name, "fs-", 3) == 0)
		TRY(module_tree_lookup(tree, text_span(name + 3), count, tally, &n));
	return NULL;
}

static struct kimg_error *check_softdep(struct kimg_initrd_check *check,
					const struct check_module *module, struct span name)
{
	struct tally tally = { .check = check };
	size_t n;

	TRY(module_tree_lookup(check->tree, name, count, &tally, &n));
	if (!tally.n || tally.have)
		return NULL;
	return check_find(
		check, KIMG_INITRD_MODULE_MISSING, true, tally.missing, module->path,
		"%.*s wants %.*s to be loaded before it (softdep %.*s), which is not there",
		SHOW(module->path), SHOW(tally.missing), SHOW(name));
}

/*
 * Of several softdeps of a module, makers of initrds mind the first, as modprobe does. Any of the modules that have
 * the alias will do.
 */
static struct kimg_error *check_softdeps(struct kimg_initrd_check *check,
					 const struct check_module *module)
{
	const struct module_config *config =
		module_tree_config_next(check->tree, MODULE_CONFIG_SOFTDEP, module->name, NULL);
	struct span text = config ? config->text : NONE, word;
	bool before = false;

	while ((word = next_word(&text)).n) {
		if (word.p[word.n - 1] == ':')
			before = span_equal(word, SPAN_LITERAL("pre:"));
		else if (before)
			TRY(check_softdep(check, module, word));
	}
	return NULL;
}

/* What a wanted module needs is wanted, too. */
static void want_depends(struct kimg_initrd_check *check)
{
	bool more = true;

	/* Chains are short; and each round wants one module more, or is the last. */
	for (size_t round = 0; more && round < 64; round++) {
		more = false;
		for (size_t i = 0; i < check->modules_n; i++) {
			const struct module *module;
			struct span needs, word;

			if (!check->modules[i].wanted)
				continue;
			module = module_tree_find(check->tree, check->modules[i].name);
			needs = module ? module->needs : NONE;
			while ((word = next_word(&needs)).n) {
				const struct module *need = module_tree_by_path(check->tree, word);
				struct check_module *here = need ? check_module(check, need->name)
								 : NULL;

				more |= here && !here->wanted;
				if (here)
					here->wanted = true;
			}
		}
	}
}

static struct kimg_error *check_wanted(struct kimg_initrd_check *check,
				       const struct hardware_module *wanted)
{
	struct tally tally = { .check = check };

	TRY(tally_name(&tally, wanted->name));
	if (tally.have || !(wanted->needed || (wanted->device && tally.n)))
		return NULL;
	if (!tally.n)
		return check_find(check, KIMG_INITRD_MODULE_MISSING, true, text_span(wanted->name),
				  NONE, "the kernel has no module %s: %s", wanted->name,
				  wanted->why);
	return check_find(check, KIMG_INITRD_MODULE_MISSING, true, tally.missing, NONE,
			  "the module %.*s is not there: %s", SHOW(tally.missing), wanted->why);
}

/* ---- programs ---- */

/* What does the same under another name: systemd's own in images of dracut. */
static const struct other {
	const char *name;
	const char *paths[4];
} others[] = {
	{ "cryptsetup",
	  { "/usr/lib/systemd/systemd-cryptsetup", "/lib/systemd/systemd-cryptsetup",
	    "/usr/bin/systemd-cryptsetup" } },
	{ "veritysetup",
	  { "/usr/lib/systemd/systemd-veritysetup", "/lib/systemd/systemd-veritysetup" } },
	{ "lvm", { "/usr/sbin/vgchange", "/sbin/vgchange" } },
};

static bool has_program(struct kimg_initrd_check *check, const char *name)
{
	static const char *const folders[] = { "/sbin", "/usr/sbin", "/bin", "/usr/bin" };
	char path[4096];

	for (size_t i = 0; i < ARRAY_SIZE(folders); i++) {
		snprintf(path, sizeof(path), "%s/%s", folders[i], name);
		if (check_has_file(check, path, NULL, NULL))
			return true;
	}
	for (size_t i = 0; i < ARRAY_SIZE(others); i++)
		for (size_t k = 0; strcmp(others[i].name, name) == 0 && others[i].paths[k]; k++)
			if (check_has_file(check, others[i].paths[k], NULL, NULL))
				return true;
	return false;
}

static struct kimg_error *check_wanted_program(struct kimg_initrd_check *check,
					       const struct hardware_program *program)
{
	const char *name = strrchr(program->path, '/') + 1;

	if (!program->needed || has_program(check, name))
		return NULL;
	return check_find(check, KIMG_INITRD_PROGRAM_MISSING, true, text_span(name), NONE,
			  "the program %s is not there: %s", name, program->why);
}

/* ---- firmware ---- */

/* Whether name is there, plain or compressed: in the initrd, or below the sysroot. */
static bool has_firmware(struct kimg_initrd_check *check, const char *sysroot, struct span name)
{
	static const char *const folders[] = { "/lib/firmware/", "/usr/lib/firmware/" };
	static const char *const suffixes[] = { "", ".xz", ".zst" };
	char path[4096];
	struct stat st;

	for (size_t i = 0; i < 6; i++) {
		int n = snprintf(path, sizeof(path), "%s%s%.*s%s", sysroot ? sysroot : "",
				 folders[i / 3], SHOW(name), suffixes[i % 3]);

		if (n < 0 || (size_t)n >= sizeof(path))
			continue;
		if (sysroot ? stat(path, &st) == 0 : check_has_file(check, path, NULL, NULL))
			return true;
	}
	return false;
}

/* What lies on this machine and not in the initrd; of modules that no root wants, it may well be left out. */
static struct kimg_error *check_firmware(struct kimg_initrd_check *check,
					 const struct check_module *module)
{
	struct span rest = module->info, key, name;
	const char *sysroot = module_tree_sysroot(check->tree);

	while (modinfo_next(&rest, &key, &name)) {
		if (!span_equal(key, SPAN_LITERAL("firmware")) || !name.n ||
		    memchr(name.p, '*', name.n) || has_firmware(check, NULL, name) ||
		    !has_firmware(check, sysroot, name))
			continue;
		TRY(check_find(check, KIMG_INITRD_FIRMWARE_MISSING, module->wanted, name,
			       module->path,
			       "%.*s may ask for the firmware %.*s, which is not there",
			       SHOW(module->path), SHOW(name)));
	}
	return NULL;
}

/* ---- the root ---- */

static struct kimg_error *check_hardware(struct kimg_initrd_check *check,
					 const struct hardware *hardware)
{
	const struct hardware_module *module = hardware_modules(hardware);
	const struct hardware_program *program = hardware_programs(hardware);

	for (; module; module = module->next)
		TRY(check_wanted(check, module));
	for (; program; program = program->next)
		TRY(check_wanted_program(check, program));
	want_depends(check);
	for (size_t i = 0; i < check->modules_n; i++)
		if (check->modules[i].wanted)
			TRY(check_softdeps(check, &check->modules[i]));
	return NULL;
}

struct kimg_error *check_root(struct kimg_initrd_check *check)
{
	const struct kimg_initrd_check_options *options = check->options;
	cleanup_hardware struct hardware *hardware = NULL;

	if (!check->tree && (options->root || options->host))
		return error_new(KIMG_E_NOT_FOUND,
				 "it holds no module: name the kernel that it is for (--kernel)");
	if (options->root)
		TRY(hardware_described(options->root, check->tree, &hardware));
	else if (options->host)
		TRY(hardware_of_host(NULL, &hardware));
	if (hardware)
		TRY(check_hardware(check, hardware));
	for (size_t i = 0; check->tree && i < check->modules_n; i++)
		TRY(check_firmware(check, &check->modules[i]));
	return NULL;
}
