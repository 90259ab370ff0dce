/* SPDX-License-Identifier: GPL-2.0-or-later */
/* kimg initrd create: an initial RAM disk for a kernel and a root. */
#include "cmd/initrd_create.h"

#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "cli/term.h"
#include "cmd/cmd.h"
#include "io/blob.h"

enum {
	OPTION_ROOT = 256,
	OPTION_GENERIC,
	OPTION_SYSROOT,
	OPTION_CONFIG,
	OPTION_INIT,
	OPTION_CODEC,
	OPTION_LEVEL,
	OPTION_THREADS,
	OPTION_WITH,
	OPTION_PRELOAD,
	OPTION_OMIT,
	OPTION_FIRMWARE,
	OPTION_ADD,
	OPTION_PROGRAM,
	OPTION_HOOK,
	OPTION_MICROCODE,
	OPTION_NO_MICROCODE,
	OPTION_CMDLINE,
	OPTION_KEYMAP,
	OPTION_FORMAT,
	OPTION_FINAL,
	OPTION_AUTOMATIC,
};

static const struct option_def options[] = {
	{ 'o', "output", "FILE", "write to FILE instead of initrd.img-VERSION", COMPLETE_FILE, NULL,
	  0 },
	{ 'f', "force", NULL, "replace FILE if it is there", COMPLETE_NOTHING, NULL, 0 },
	{ 'n', "dry-run", NULL, "write nothing; print each file, and why it is in",
	  COMPLETE_NOTHING, NULL, 0 },
	{ 0, "root", "ROOT", "for that root instead of this machine's", COMPLETE_NOTHING, NULL,
	  OPTION_ROOT },
	{ 0, "generic", NULL, "for any machine", COMPLETE_NOTHING, NULL, OPTION_GENERIC },
	{ 0, "sysroot", "DIR", "take everything from the system below DIR", COMPLETE_FOLDER, NULL,
	  OPTION_SYSROOT },
	{ 0, "config", "FILE", "read FILE instead of the system's kimg.conf", COMPLETE_FILE, NULL,
	  OPTION_CONFIG },
	{ 0, "init", "FILE", "the program that becomes /init", COMPLETE_FILE, NULL, OPTION_INIT },
	{ 0, "codec", "CODEC", "compress with CODEC", COMPLETE_WORDS,
	  "auto none gzip bzip2 lzma xz lzo lz4 zstd", OPTION_CODEC },
	{ 0, "level", "N", "how hard to compress", COMPLETE_NOTHING, NULL, OPTION_LEVEL },
	{ 0, "threads", "N", "how many threads compress", COMPLETE_NOTHING, NULL, OPTION_THREADS },
	{ 0, "with", "MODULES", "put these modules in, too", COMPLETE_NOTHING, NULL, OPTION_WITH },
	{ 0, "preload", "MODULES", "load these before any device is looked at", COMPLETE_NOTHING,
	  NULL, OPTION_PRELOAD },
	{ 0, "omit", "MODULES", "leave these modules out", COMPLETE_NOTHING, NULL, OPTION_OMIT },
	{ 0, "firmware", "FILES", "put these files of /lib/firmware in, too", COMPLETE_NOTHING,
	  NULL, OPTION_FIRMWARE },
	{ 0, "add", "FILE", "put FILE in, or SOURCE:DESTINATION", COMPLETE_FILE, NULL, OPTION_ADD },
	{ 0, "program", "PROGRAM", "put PROGRAM in, with its libraries", COMPLETE_FILE, NULL,
	  OPTION_PROGRAM },
	{ 0, "hook", "PROGRAM", "run PROGRAM before the image is packed", COMPLETE_FILE, NULL,
	  OPTION_HOOK },
	{ 0, "microcode", "WHICH", "microcode of this CPU, or all", COMPLETE_WORDS, "host all none",
	  OPTION_MICROCODE },
	{ 0, "no-microcode", NULL, "no microcode", COMPLETE_NOTHING, NULL, OPTION_NO_MICROCODE },
	{ 0, "cmdline", "WORDS", "words for the kernel's command line", COMPLETE_NOTHING, NULL,
	  OPTION_CMDLINE },
	{ 0, "keymap", "NAME", "the key map of the console", COMPLETE_NOTHING, NULL,
	  OPTION_KEYMAP },
	{ 0, "format", "FORMAT", "cpio, or ext2 for kernels that mount an initrd", COMPLETE_WORDS,
	  "cpio ext2", OPTION_FORMAT },
	{ 0, "final", "DIR", "make DIR the root that the system stays in", COMPLETE_FOLDER, NULL,
	  OPTION_FINAL },
	{ 0, "automatic", NULL, "do nothing unless kimg.conf has automatic = yes", COMPLETE_NOTHING,
	  NULL, OPTION_AUTOMATIC },
	OPTIONS_END,
};

static void free_recipe(struct kimg_initrd_recipe **recipe)
{
	kimg_initrd_recipe_free(*recipe);
}

/* Options that are keys of kimg.conf. */
static const struct {
	int id;
	const char *key;
	const char *value; /* NULL: the option's argument */
	bool word;         /* the argument is one word, whatever stands in it */
} settings[] = {
	{ OPTION_ROOT, "root", NULL, false },
	{ OPTION_GENERIC, "root", "generic", false },
	{ OPTION_CODEC, "codec", NULL, false },
	{ OPTION_LEVEL, "level", NULL, false },
	{ OPTION_THREADS, "threads", NULL, false },
	{ OPTION_WITH, "modules", NULL, false },
	{ OPTION_PRELOAD, "preload", NULL, false },
	{ OPTION_OMIT, "omit-modules", NULL, false },
	{ OPTION_FIRMWARE, "firmware", NULL, false },
	{ OPTION_ADD, "files", NULL, true },
	{ OPTION_PROGRAM, "programs", NULL, true },
	{ OPTION_HOOK, "hooks", NULL, true },
	{ OPTION_MICROCODE, "microcode", NULL, false },
	{ OPTION_NO_MICROCODE, "microcode", "none", false },
	{ OPTION_CMDLINE, "cmdline", NULL, false },
	{ OPTION_KEYMAP, "keymap", NULL, false },
	{ OPTION_FORMAT, "format", NULL, false },
};

/* An option that sets a key: kept until the configuration is read, which it wins over. */
struct setting {
	int id;
	const char *argument;
};

static struct kimg_error *apply(struct kimg_initrd_recipe *recipe, const struct setting *setting)
{
	for (size_t i = 0; i < ARRAY_SIZE(settings); i++) {
		const char *value = settings[i].value ? settings[i].value : setting->argument;

		if (settings[i].id != setting->id)
			continue;
		return settings[i].word ? kimg_initrd_recipe_add(recipe, settings[i].key, value)
					: kimg_initrd_recipe_set(recipe, settings[i].key, value);
	}
	return NULL;
}

static void set_place(struct initrd_create *create, int id, const char **config)
{
	switch (id) {
	case 'o':
		create->output = create->cli->argument;
		break;
	case 'f':
		create->force = true;
		break;
	case 'n':
		create->dry_run = true;
		break;
	case OPTION_SYSROOT:
		create->sysroot = create->cli->argument;
		break;
	case OPTION_CONFIG:
		*config = create->cli->argument;
		break;
	case OPTION_INIT:
		create->init = create->cli->argument;
		break;
	case OPTION_FINAL:
		create->final = create->cli->argument;
		break;
	case OPTION_AUTOMATIC:
		create->automatic = true;
		break;
	}
}

static struct kimg_error *read_config(struct initrd_create *create, const char *config)
{
	cleanup_blob struct blob blob = { 0 };

	if (!config)
		return kimg_initrd_recipe_read_system(create->recipe,
						      create->sysroot ? create->sysroot : "/");
	TRY(blob_open(&blob, config, &create->cli->limits));
	return kimg_initrd_recipe_read(create->recipe, config, (const char *)blob.p, blob.n);
}

static struct kimg_error *make_recipe(struct initrd_create *create, const char *config,
				      const struct setting *given, size_t n)
{
	TRY(kimg_initrd_recipe_new(&create->recipe));
	TRY(read_config(create, config));
	for (size_t i = 0; i < n; i++)
		TRY(apply(create->recipe, &given[i]));
	return NULL;
}

static int run_with(struct initrd_create *create, struct setting *given)
{
	cleanup(free_recipe) struct kimg_initrd_recipe *recipe = NULL;
	struct cli *cli = create->cli;
	const char *config = NULL;
	struct kimg_error *error;
	size_t n = 0;
	int id;

	while ((id = cli_option(cli)) > 0) {
		set_place(create, id, &config);
		given[n++] = (struct setting){ id, cli->argument };
	}
	if (id == CLI_STOP)
		return cli->status;
	if (cli->operand_count)
		create->version = cli->operands[0];
	error = make_recipe(create, config, given, n);
	recipe = create->recipe;
	if (error)
		return report(cli, error);
	if (create->automatic && strcmp(kimg_initrd_recipe_value(recipe, "automatic"), "yes") != 0)
		return STATUS_YES;
	return initrd_create(create);
}

static int run(struct cli *cli)
{
	struct initrd_create create = { .cli = cli };
	/* Letters may share a word: no option takes less than a byte of it. */
	size_t most = 1;
	cleanup_free struct setting *given = NULL;

	for (int i = 0; i < cli->argc; i++)
		most += strlen(cli->argv[i]);
	given = calloc(most, sizeof(*given));
	if (!given)
		return report(cli, error_nomem());
	return run_with(&create, given);
}

const struct verb verb_initrd_create = {
	.name = "initrd create",
	.operands = "[VERSION]",
	.summary = "make one for a kernel and a root",
	.about = "Makes an initial RAM disk for the kernel VERSION, or the running one, that finds "
		 "this machine's\n"
		 "root: with the modules, programs and files that this takes, and what kimg.conf "
		 "and options add.",
	.options = options,
	.groups = GROUP_OUTPUT | GROUP_PAGER,
	.complete = COMPLETE_NOTHING,
	.min_operands = 0,
	.max_operands = 1,
	.run = run,
};
