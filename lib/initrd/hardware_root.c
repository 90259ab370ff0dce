/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A root that is described: "UUID=...,fstype=ext4,on=virtio+luks,flags=ro". */
#include "initrd/hardware_classes.h"
#include "initrd/hardware_source.h"
#include "initrd/modules_source.h"

struct described {
	struct hardware *hardware;
	struct module_tree *modules;
	bool network;
};

/* The next part of s up to c, which is cut off with it. */
static struct span next_part(struct span *s, uint8_t c)
{
	const uint8_t *end = s->n ? memchr(s->p, c, s->n) : NULL;
	struct span part = end ? span_of(s->p, end - s->p) : *s;

	*s = span_from(*s, part.n + (end != NULL));
	return part;
}

static bool is(struct span s, const char *text)
{
	return span_equal(s, span_of(text, strlen(text)));
}

/* ---- on= ---- */

/*
 * What a root lies on: the modules without which there is no such disk, and the kinds of those for its controllers. "block" is
 * any disk.
 */
static const struct storage {
	const char *layer;
	unsigned int classes;
	const char *needed[4];
} storage[] = {
	{ "virtio", 0, { "virtio_blk", "virtio_pci", "virtio_mmio" } },
	{ "virtio-scsi", 0, { "virtio_scsi", "sd_mod", "virtio_pci", "virtio_mmio" } },
	{ "nvme", MODULES_BUSES, { "nvme" } },
	{ "ata", MODULES_ATA | MODULES_BUSES, { "sd_mod" } },
	{ "scsi", MODULES_SCSI | MODULES_BUSES, { "sd_mod" } },
	{ "usb", MODULES_USB | MODULES_BUSES, { "usb_storage", "sd_mod" } },
	{ "mmc", MODULES_MMC | MODULES_BUSES, { "mmc_block" } },
	{ "block", MODULES_DISKS, { NULL } },
	{ "net", MODULES_NET, { NULL } },
};

static struct kimg_error *want_storage(struct described *d, const struct storage *s)
{
	for (size_t i = 0; i < ARRAY_SIZE(s->needed) && s->needed[i]; i++) {
		struct span name = span_of(s->needed[i], strlen(s->needed[i]));

		/* virtio comes by PCI or by MMIO, as the architecture has it. */
		hardware_want(d->hardware, name,
			      module_tree_find(d->modules, name) || i == 0 ? WANT_NEEDED : 0,
			      "root lies on %s", s->layer);
	}
	return hardware_want_classes(d->hardware, d->modules, s->classes);
}

static void want_md(struct hardware *hardware)
{
	static const char *const levels[] = { "linear", "raid0", "raid1", "raid10", "level-5" };

	hardware_want(hardware, SPAN_LITERAL("md_mod"), WANT_NEEDED, "root lies on an array");
	for (size_t i = 0; i < ARRAY_SIZE(levels); i++) {
		const char *alias = hardware_print(hardware, "md-%s", levels[i]);

		if (alias)
			hardware_want(hardware, span_of(alias, strlen(alias)), 0,
				      "root lies on an array");
	}
}

static void want_all_lvm(struct hardware *hardware)
{
	static const char *const kinds[] = { "dm_thin_pool", "dm_raid", "dm_snapshot", "dm_mirror",
					     "dm_cache" };

	hardware_want_lvm(hardware, "root lies on LVM");
	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++)
		hardware_want(hardware, span_of(kinds[i], strlen(kinds[i])), 0,
			      "a volume of LVM may take it");
}

static struct kimg_error *want_layer(struct described *d, struct span layer)
{
	struct hardware *hardware = d->hardware;

	for (size_t i = 0; i < ARRAY_SIZE(storage); i++)
		if (is(layer, storage[i].layer))
			return want_storage(d, &storage[i]);
	if (is(layer, "md")) {
		want_md(hardware);
	} else if (is(layer, "lvm")) {
		want_all_lvm(hardware);
	} else if (is(layer, "luks")) {
		hardware_want_crypt(hardware, "root is encrypted");
		hardware_want_keyboard(hardware, "a passphrase is typed");
		return hardware_want_classes(hardware, d->modules, MODULES_KEYBOARDS);
	} else if (is(layer, "verity")) {
		hardware_want_verity(hardware, "root is verified");
	} else if (module_tree_find(d->modules, layer)) {
		hardware_want(hardware, layer, WANT_NEEDED, "root lies on it, as --root says");
	} else {
		return error_new(KIMG_E_INVALID,
				 "on=%.*s: neither a module of the kernel nor one of virtio, "
				 "virtio-scsi, nvme, ata, "
				 "scsi, usb, mmc, block, net, md, lvm, luks, verity",
				 (int)layer.n, (const char *)layer.p);
	}
	return NULL;
}

static struct kimg_error *want_layers(struct described *d, struct span layers)
{
	while (layers.n)
		TRY(want_layer(d, next_part(&layers, '+')));
	return NULL;
}

/* ---- the rest ---- */

static struct kimg_error *want_types(struct described *d, struct span types)
{
	struct span all = types;

	while (types.n) {
		struct span type = next_part(&types, '+');
		char *name = hardware_print(d->hardware, "%.*s", (int)type.n, (const char *)type.p);

		if (!name)
			return error_nomem();
		if (!type.n || strchr(name, '/'))
			return error_new(KIMG_E_INVALID,
					 "fstype=%.*s: no file system has that name", (int)all.n,
					 (const char *)all.p);
		hardware_want_filesystem(d->hardware, name, "root");
		hardware_want_checker(d->hardware, name, "root");
		d->network |= strncmp(name, "nfs", 3) == 0;
	}
	/* One type is said; of several the superblock tells which. */
	if (!memchr(all.p, '+', all.n) && !d->network)
		hardware_word(d->hardware, "rootfstype=%.*s", (int)all.n, (const char *)all.p);
	return NULL;
}

static struct kimg_error *read_root(struct described *d, struct span root)
{
	if (span_starts(root, SPAN_LITERAL("root=")))
		root = span_from(root, 5);
	if (!root.n)
		return error_new(KIMG_E_INVALID, "a root is described by UUID=..., LABEL=..., a "
						 "device, nfs:SERVER:PATH or auto at first");
	if (span_starts(root, SPAN_LITERAL("nfs:"))) {
		d->network = true;
		hardware_want_filesystem(d->hardware, "nfs", "root");
		hardware_word(d->hardware, "root=/dev/nfs nfsroot=%.*s ip=dhcp", (int)root.n - 4,
			      (const char *)root.p + 4);
	} else if (!is(root, "auto")) {
		hardware_word(d->hardware, "root=%.*s", (int)root.n, (const char *)root.p);
	}
	return NULL;
}

static struct kimg_error *read_description(struct described *d, struct span text)
{
	bool on = false, fstype = false;

	TRY(read_root(d, next_part(&text, ',')));
	while (text.n) {
		struct span rest = text, part = next_part(&text, ','), value = part;
		struct span key = next_part(&value, '=');

		if (is(key, "flags")) {
			hardware_word(d->hardware, "rootflags=%.*s",
				      (int)(rest.n - strlen("flags=")),
				      (const char *)rest.p + strlen("flags="));
			break;
		}
		if (is(key, "fstype") && value.n)
			TRY(want_types(d, value));
		else if (is(key, "on") && value.n)
			TRY(want_layers(d, value));
		else
			return error_new(
				KIMG_E_INVALID,
				"%.*s: fstype=TYPE, on=LAYER and flags=FLAGS describe a root",
				(int)part.n, (const char *)part.p);
		on |= is(key, "on");
		fstype |= is(key, "fstype");
	}
	if (!on)
		TRY(hardware_want_classes(d->hardware, d->modules,
					  d->network ? MODULES_NET : MODULES_DISKS));
	if (!fstype && !d->network)
		TRY(hardware_want_classes(d->hardware, d->modules, MODULES_FILESYSTEMS));
	return NULL;
}

struct kimg_error *hardware_described(const char *text, struct module_tree *modules,
				      struct hardware **ret)
{
	cleanup_hardware struct hardware *hardware = NULL;
	struct described d = { .modules = modules };

	if (strpbrk(text, " \t\n\""))
		return error_new(KIMG_E_INVALID, "\"%s\": a description has no blanks", text);
	TRY(hardware_new(&hardware));
	d.hardware = hardware;
	TRY(read_description(&d, span_of(text, strlen(text))));
	TRY(hardware_finish(hardware));
	*ret = hardware;
	hardware = NULL;
	return NULL;
}
