/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Lists of what is wanted, and what each layer of storage takes. */
#include "initrd/hardware.h"

#include <stdio.h>
#include <stdlib.h>

#include "initrd/hardware_source.h"

struct kimg_error *hardware_new(struct hardware **ret)
{
	struct hardware *hardware = calloc(1, sizeof(*hardware));

	if (!hardware)
		return error_nomem();
	*ret = hardware;
	return NULL;
}

void hardware_free(struct hardware *hardware)
{
	if (!hardware)
		return;
	buf_done(&hardware->cmdline);
	buf_done(&hardware->crypttab);
	buf_done(&hardware->fstab);
	arena_done(&hardware->arena);
	free(hardware);
}

struct kimg_error *hardware_finish(struct hardware *hardware)
{
	if (hardware->failed || hardware->cmdline.failed || hardware->crypttab.failed ||
	    hardware->fstab.failed)
		return error_nomem();
	return NULL;
}

/* ---- wanting ---- */

static struct hardware_module *find_wanted(const struct hardware *hardware, struct span name)
{
	const struct hardware_module *m = hardware->modules;

	for (; m; m = m->next)
		if (span_equal(span_of(m->name, strlen(m->name)), name))
			return (struct hardware_module *)m;
	return NULL;
}

static char *say(struct hardware *hardware, const char *format, va_list ap)
{
	char *text = arena_vprintf(&hardware->arena, format, ap);

	hardware->failed |= !text;
	return text;
}

static void append_module(struct hardware *hardware, struct hardware_module *module)
{
	if (hardware->last_module)
		hardware->last_module->next = module;
	else
		hardware->modules = module;
	hardware->last_module = module;
}

void hardware_want(struct hardware *hardware, struct span name, unsigned int flags, const char *why,
		   ...)
{
	struct hardware_module *module = flags & WANT_NEW ? NULL : find_wanted(hardware, name);
	va_list ap;

	if (!module) {
		module = arena_alloc(&hardware->arena, sizeof(*module));
		if (module)
			module->name = arena_copy(&hardware->arena, (const char *)name.p, name.n);
		if (!module || !module->name) {
			hardware->failed = true;
			return;
		}
		va_start(ap, why);
		module->why = say(hardware, why, ap);
		va_end(ap);
		append_module(hardware, module);
	}
	module->load |= (flags & WANT_LOAD) != 0;
	module->needed |= (flags & WANT_NEEDED) != 0;
	module->device |= (flags & WANT_DEVICE) != 0;
}

void hardware_want_program(struct hardware *hardware, const char *path, bool needed,
			   const char *why, ...)
{
	struct hardware_program *program = arena_alloc(&hardware->arena, sizeof(*program));
	va_list ap;

	for (const struct hardware_program *p = hardware->programs; p; p = p->next)
		if (strcmp(p->path, path) == 0)
			return;
	if (program)
		program->path = arena_copy(&hardware->arena, path, strlen(path));
	if (!program || !program->path) {
		hardware->failed = true;
		return;
	}
	program->needed = needed;
	va_start(ap, why);
	program->why = say(hardware, why, ap);
	va_end(ap);
	if (hardware->last_program)
		hardware->last_program->next = program;
	else
		hardware->programs = program;
	hardware->last_program = program;
}

void hardware_want_file(struct hardware *hardware, const char *path, const char *why, ...)
{
	struct hardware_file *file = arena_alloc(&hardware->arena, sizeof(*file));
	va_list ap;

	if (file)
		file->path = arena_copy(&hardware->arena, path, strlen(path));
	if (!file || !file->path) {
		hardware->failed = true;
		return;
	}
	va_start(ap, why);
	file->why = say(hardware, why, ap);
	va_end(ap);
	file->next = hardware->files;
	hardware->files = file;
}

char *hardware_print(struct hardware *hardware, const char *format, ...)
{
	va_list ap;
	char *text;

	va_start(ap, format);
	text = say(hardware, format, ap);
	va_end(ap);
	return text;
}

void hardware_note(struct hardware *hardware, bool bad, const char *format, ...)
{
	va_list ap;
	char *text;

	va_start(ap, format);
	text = say(hardware, format, ap);
	va_end(ap);
	if (text)
		notes_add(&hardware->notes, &hardware->arena, bad, "%s", text);
}

void hardware_word(struct hardware *hardware, const char *format, ...)
{
	va_list ap;
	char *text;

	va_start(ap, format);
	text = say(hardware, format, ap);
	va_end(ap);
	if (!text)
		return;
	if (hardware->cmdline.n)
		buf_putc(&hardware->cmdline, ' ');
	buf_puts(&hardware->cmdline, text);
}

/* ---- layers ---- */

static void want_all(struct hardware *hardware, const char *const *names, unsigned int flags,
		     const char *why)
{
	for (; *names; names++)
		hardware_want(hardware, span_of(*names, strlen(*names)), flags, "%s", why);
}

/*
 * cryptsetup's own default (aes-xts-plain64, SHA-256) and what older volumes have. In the kernel, dm-crypt asks for them by
 * these names; nothing in an initrd answers that, so they are loaded before.
 */
void hardware_want_crypt(struct hardware *hardware, const char *why)
{
	static const char *const needed[] = { "dm_mod", "dm_crypt", NULL };
	static const char *const ciphers[] = {
		"crypto-aes",    "crypto-xts",    "crypto-cbc",     "crypto-essiv", "crypto-ecb",
		"crypto-sha256", "crypto-sha512", "algif_skcipher", "algif_hash",   NULL,
	};

	want_all(hardware, needed, WANT_NEEDED | WANT_LOAD, why);
	want_all(hardware, ciphers, WANT_LOAD, why);
	hardware_want_program(hardware, "/sbin/cryptsetup", true, "%s", why);
}

void hardware_want_keyboard(struct hardware *hardware, const char *why)
{
	static const char *const names[] = { "i8042",       "atkbd",           "usbhid",
					     "hid_generic", "hyperv_keyboard", NULL };

	want_all(hardware, names, 0, why);
}

void hardware_want_lvm(struct hardware *hardware, const char *why)
{
	hardware_want(hardware, SPAN_LITERAL("dm_mod"), WANT_NEEDED | WANT_LOAD, "%s", why);
	hardware_want_program(hardware, "/sbin/lvm", true, "%s", why);
}

void hardware_want_verity(struct hardware *hardware, const char *why)
{
	hardware_want(hardware, SPAN_LITERAL("dm_mod"), WANT_NEEDED | WANT_LOAD, "%s", why);
	hardware_want(hardware, SPAN_LITERAL("dm_verity"), WANT_NEEDED | WANT_LOAD, "%s", why);
	hardware_want_program(hardware, "/sbin/veritysetup", true, "%s", why);
}

/* Each personality has the alias "md-LEVEL" (drivers/md/raid1.c and its siblings). */
void hardware_want_md(struct hardware *hardware, const char *level, const char *why)
{
	const char *alias = hardware_print(hardware, "md-%s", level);

	hardware_want(hardware, SPAN_LITERAL("md_mod"), WANT_NEEDED | WANT_LOAD, "%s", why);
	if (alias)
		hardware_want(hardware, span_of(alias, strlen(alias)), WANT_NEEDED | WANT_LOAD,
			      "%s", why);
}

/* What a file system asks for by name once it is mounted: names of characters, of the checksum of an older format. */
static const struct asked {
	const char *type;
	const char *names[8];
} asked[] = {
	{ "vfat", { "nls_cp437", "nls_iso8859-1", "nls_ascii", "nls_utf8" } },
	{ "nfs", { "nfsv3", "nfsv4", "auth_rpcgss" } },
	{ "nfs4", { "nfsv4", "auth_rpcgss" } },
	{ "9p", { "9pnet_virtio", "virtio_pci", "virtio_mmio" } },
	{ "virtiofs", { "virtio_pci", "virtio_mmio" } },
};

void hardware_want_filesystem(struct hardware *hardware, const char *type, const char *of)
{
	const char *alias = hardware_print(hardware, "fs-%s", type);

	if (!alias)
		return;
	hardware_want(hardware, span_of(alias, strlen(alias)), WANT_NEEDED, "the file system of %s",
		      of);
	for (size_t i = 0; i < ARRAY_SIZE(asked); i++)
		for (size_t k = 0; strcmp(asked[i].type, type) == 0 && k < 8 && asked[i].names[k];
		     k++)
			hardware_want(hardware,
				      span_of(asked[i].names[k], strlen(asked[i].names[k])), 0,
				      "%s asks for it", type);
}

void hardware_want_checker(struct hardware *hardware, const char *type, const char *of)
{
	char path[128];

	/* Of the first two fsck does nothing (fsck.xfs(8), fsck.btrfs(8)), for the others there is none. */
	static const char *const without[] = { "xfs", "btrfs",    "nfs",      "nfs4",
					       "9p",  "virtiofs", "squashfs", "erofs" };

	for (size_t i = 0; i < ARRAY_SIZE(without); i++)
		if (strcmp(type, without[i]) == 0)
			return;
	snprintf(path, sizeof(path), "/sbin/fsck.%.64s", type);
	hardware_want_program(hardware, path, false, "checks the file system of %s", of);
}

/* ---- asking ---- */

const struct hardware_module *hardware_modules(const struct hardware *hardware)
{
	return hardware->modules;
}

const struct hardware_program *hardware_programs(const struct hardware *hardware)
{
	return hardware->programs;
}

const struct hardware_file *hardware_files(const struct hardware *hardware)
{
	return hardware->files;
}

static const char *text_of(const struct buf *buf)
{
	return buf->p ? buf->p : "";
}

const char *hardware_cmdline(const struct hardware *hardware)
{
	return text_of(&hardware->cmdline);
}

const char *hardware_crypttab(const struct hardware *hardware)
{
	return text_of(&hardware->crypttab);
}

const char *hardware_fstab(const struct hardware *hardware)
{
	return text_of(&hardware->fstab);
}

const struct kimg_note *hardware_notes(const struct hardware *hardware)
{
	return hardware->notes.first;
}

/* ---- choosing ---- */

struct choosing {
	struct module_set *set;
	const struct hardware_module *wanted;
	const struct module **load;
	size_t n, size;
};

static struct kimg_error *choose_found(void *context, const struct module *module)
{
	struct choosing *c = context;

	TRY(module_set_add(c->set, module, c->wanted->why));
	if (!c->wanted->load || module->builtin)
		return NULL;
	if (c->n == c->size) {
		size_t size = c->size ? c->size * 2 : 32;
		const struct module **grown =
			arena_alloc(module_set_arena(c->set), size * sizeof(*grown));

		if (!grown)
			return error_nomem();
		if (c->n)
			memcpy(grown, c->load, c->n * sizeof(*grown));
		c->load = grown;
		c->size = size;
	}
	c->load[c->n++] = module;
	return NULL;
}

/* "fs-TYPE" is an alias of most file systems; some have their name alone, and some are named for what they are. */
static struct kimg_error *choose(struct choosing *c)
{
	struct module_tree *modules = module_set_modules(c->set);
	const char *name = c->wanted->name;
	size_t n;

	TRY(module_tree_lookup(modules, span_of(name, strlen(name)), choose_found, c, &n));
	if (n == 0 && strncmp(name, "fs-", 3) == 0)
		TRY(module_tree_lookup(modules, span_of(name + 3, strlen(name + 3)), choose_found,
				       c, &n));
	if (n == 0 && c->wanted->needed)
		module_set_note(c->set, true, "there is no module %s: %s", name, c->wanted->why);
	return NULL;
}

struct kimg_error *hardware_choose(const struct hardware *hardware, struct module_set *set,
				   const struct module *const **ret_load, size_t *ret_n)
{
	struct choosing c = { .set = set };

	for (c.wanted = hardware->modules; c.wanted; c.wanted = c.wanted->next)
		TRY(choose(&c));
	*ret_load = c.load;
	*ret_n = c.n;
	return NULL;
}
