/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which modules may stand between a machine and its root file system. Nobody keeps a list of drivers here: a rule names a
 * folder of the kernel's source tree, and what a module in it must have to be of use: aliases of devices on some bus (so
 * debugging modules and libraries drop out; those that are needed come back by modules.dep), and nothing that belongs to wireless
 * networks or clusters among what it needs.
 */
#include "initrd/hardware_classes.h"

#include <stdlib.h>

#include "initrd/modules_source.h"

/* Kinds of aliases, by their beginnings. */
enum {
	BUS_PCI = 1 << 0,
	BUS_USB = 1 << 1,
	BUS_VIRTIO = 1 << 2,
	BUS_HID = 1 << 3,
	BUS_OF = 1 << 4,
	BUS_OTHER = 1 << 5, /* of another bus */
	BUS_FS = 1 << 6,
	BUS_CRYPTO = 1 << 7,

	BUS_ANY = BUS_PCI | BUS_USB | BUS_VIRTIO | BUS_HID | BUS_OF | BUS_OTHER,
};

static const struct beginning {
	const char *text;
	unsigned int bus;
} beginnings[] = {
	{ "pci:", BUS_PCI },        { "usb:", BUS_USB },        { "virtio:", BUS_VIRTIO },
	{ "hid:", BUS_HID },        { "of:", BUS_OF },          { "fs-", BUS_FS },
	{ "crypto-", BUS_CRYPTO },  { "scsi:", BUS_OTHER },     { "acpi", BUS_OTHER },
	{ "platform:", BUS_OTHER }, { "mmc:", BUS_OTHER },      { "pnp:", BUS_OTHER },
	{ "serio:", BUS_OTHER },    { "vmbus:", BUS_OTHER },    { "xen:", BUS_OTHER },
	{ "mdio:", BUS_OTHER },     { "ieee1394:", BUS_OTHER }, { "nd:", BUS_OTHER },
	{ "xen-backend:", 0 },      { "ccw:", BUS_OTHER },      { "vio:", BUS_OTHER },
	{ "css:", BUS_OTHER },      { "amba:", BUS_OTHER },     { "dmi", 0 },
	{ "parisc:", BUS_OTHER },   { "zorro:", BUS_OTHER },    { "cpu:", 0 },
};

static const struct rule {
	const char *folder;   /* below kernel/ */
	unsigned int classes; /* that the modules in it are of */
	unsigned int buses;   /* any of these; 0: all modules of the folder */
} rules[] = {
	{ "drivers/virtio/", MODULES_VIRTIO, BUS_ANY },
	{ "drivers/block/", MODULES_VIRTIO, BUS_VIRTIO },
	{ "drivers/block/", MODULES_OTHER, BUS_ANY & ~BUS_VIRTIO },
	{ "drivers/scsi/", MODULES_VIRTIO, BUS_VIRTIO },
	{ "drivers/scsi/", MODULES_SCSI, BUS_ANY & ~BUS_VIRTIO },
	{ "drivers/scsi/sd_mod", MODULES_SCSI | MODULES_ATA | MODULES_USB | MODULES_VIRTIO, 0 },
	{ "drivers/message/", MODULES_SCSI, BUS_ANY },
	{ "drivers/ufs/", MODULES_SCSI, BUS_ANY },
	{ "drivers/nvme/host/", MODULES_NVME, 0 },
	{ "drivers/pci/controller/", MODULES_BUSES | MODULES_NVME, BUS_ANY },
	{ "drivers/ata/", MODULES_ATA, BUS_ANY },
	{ "drivers/usb/storage/", MODULES_USB, 0 },
	{ "drivers/usb/host/", MODULES_USB | MODULES_KEYBOARDS, BUS_ANY },
	{ "drivers/usb/", MODULES_BUSES, BUS_OF },
	{ "drivers/mmc/", MODULES_MMC, BUS_ANY },
	{ "drivers/misc/cardreader/", MODULES_MMC, BUS_ANY },
	{ "drivers/hv/", MODULES_OTHER | MODULES_NET, BUS_ANY },
	{ "drivers/xen/", MODULES_OTHER | MODULES_NET, BUS_ANY },
	{ "drivers/nvdimm/", MODULES_OTHER, BUS_ANY },
	{ "drivers/firewire/", MODULES_OTHER, BUS_ANY },
	{ "drivers/block/loop", MODULES_OTHER, 0 },
	{ "drivers/block/nbd", MODULES_OTHER, 0 },
	{ "drivers/s390/block/", MODULES_OTHER, BUS_ANY },
	{ "drivers/s390/", MODULES_BUSES | MODULES_NET, BUS_ANY },
	{ "drivers/bus/", MODULES_BUSES, BUS_OF },
	{ "drivers/clk/", MODULES_BUSES, BUS_OF },
	{ "drivers/firmware/", MODULES_BUSES, BUS_OF },
	{ "drivers/gpio/", MODULES_BUSES, BUS_OF },
	{ "drivers/i2c/busses/", MODULES_BUSES, BUS_OF },
	{ "drivers/interconnect/", MODULES_BUSES, BUS_OF },
	{ "drivers/iommu/", MODULES_BUSES, BUS_OF },
	{ "drivers/mailbox/", MODULES_BUSES, BUS_OF },
	{ "drivers/mfd/", MODULES_BUSES, BUS_OF },
	{ "drivers/nvmem/", MODULES_BUSES, BUS_OF },
	{ "drivers/phy/", MODULES_BUSES, BUS_OF },
	{ "drivers/pinctrl/", MODULES_BUSES, BUS_OF },
	{ "drivers/pmdomain/", MODULES_BUSES, BUS_OF },
	{ "drivers/regulator/", MODULES_BUSES, BUS_OF },
	{ "drivers/reset/", MODULES_BUSES, BUS_OF },
	{ "drivers/soc/", MODULES_BUSES, BUS_OF },
	{ "drivers/spi/", MODULES_BUSES, BUS_OF },
	{ "drivers/spmi/", MODULES_BUSES, BUS_OF },
	{ "drivers/md/", MODULES_MD, 0 },
	{ "crypto/", MODULES_CRYPTO, BUS_CRYPTO },
	{ "arch/", MODULES_CRYPTO, BUS_CRYPTO },
	{ "fs/", MODULES_FILESYSTEMS, BUS_FS },
	{ "fs/nls/", MODULES_FILESYSTEMS, 0 },
	{ "fs/nfs/", MODULES_NET, 0 },
	{ "drivers/net/", MODULES_NET, BUS_ANY },
	{ "drivers/hid/", MODULES_KEYBOARDS, BUS_HID | BUS_USB },
	{ "drivers/input/keyboard/", MODULES_KEYBOARDS, BUS_ANY },
	{ "drivers/input/serio/", MODULES_KEYBOARDS, BUS_ANY },
};

/* Whoever needs one of these is no driver of a disk or of a wired network, and no file system of a disk. */
static const char *const never[] = {
	"/net/wireless/",
	"/net/mac80211/",
	"/net/ieee802154/",
	"/net/can/",
	"/drivers/net/can/",
	"/net/rxrpc/",
	"/net/ceph/",
	"/fs/dlm/",
	"/net/ax25/",
	"/drivers/infiniband/",
	"/net/bluetooth/",
	"/drivers/gpu/",
	"/sound/",
	"/drivers/media/",
	"/drivers/net/wireless/",
	"/drivers/net/wwan/",
	"/drivers/net/ppp/",
	"/fs/smb/",
	"/fs/cifs/",
	/* servers and clusters; flash memory without a controller, whose drivers are not here either */
	"/fs/nfsd/",
	"/fs/ocfs2/",
	"/drivers/mtd/",
};

struct classing {
	const struct module_tree *modules;
	unsigned int *buses; /* of each module, by its number */
};

static struct kimg_error *take_alias(void *context, const struct module_alias *alias)
{
	struct classing *c = context;

	for (size_t i = 0; i < ARRAY_SIZE(beginnings); i++) {
		const struct beginning *b = &beginnings[i];

		if (alias->pattern.p[0] == b->text[0] &&
		    span_starts(alias->pattern, span_of(b->text, strlen(b->text)))) {
			c->buses[alias->module->number] |= b->bus;
			break;
		}
	}
	return NULL;
}

static bool has(struct span s, const char *part)
{
	size_t at;

	return span_find(s, 0, span_of(part, strlen(part)), &at);
}

static bool is_useless(const struct module *module)
{
	for (size_t i = 0; i < ARRAY_SIZE(never); i++)
		if (has(module->path, never[i]) || has(module->needs, never[i]))
			return true;
	return false;
}

static unsigned int classes_of(const struct module *module, unsigned int buses)
{
	struct span path = module->path;
	unsigned int classes = 0;

	if (!span_starts(path, SPAN_LITERAL("kernel/")))
		return 0;
	path = span_from(path, strlen("kernel/"));
	for (size_t i = 0; i < ARRAY_SIZE(rules); i++) {
		const struct rule *rule = &rules[i];

		if (path.n && path.p[0] == rule->folder[0] &&
		    span_starts(path, span_of(rule->folder, strlen(rule->folder))) &&
		    (!rule->buses || (buses & rule->buses)))
			classes |= rule->classes;
	}
	return classes;
}

static const char *why_of(unsigned int classes)
{
	return classes & MODULES_FILESYSTEMS ? "a file system that root may have"
	       : classes & MODULES_MD        ? "root may lie on an array or a mapping"
	       : classes & MODULES_CRYPTO    ? "root may be encrypted"
	       : classes & MODULES_KEYBOARDS ? "a passphrase may be typed"
	       : classes & MODULES_NET       ? "root may lie on the network"
					     : "root may hang on it";
}

struct kimg_error *hardware_want_classes(struct hardware *hardware, struct module_tree *modules,
					 unsigned int classes)
{
	unsigned int flags = hardware->modules ? 0 : WANT_NEW;
	cleanup_free unsigned int *buses = NULL;
	struct classing c = { .modules = modules };
	const struct module *all;
	size_t n;

	all = module_tree_all(modules, &n);
	c.buses = buses = calloc(n + 1, sizeof(*buses));
	if (!buses)
		return error_nomem();
	TRY(module_tree_each_alias(modules, take_alias, &c));
	for (size_t i = 0; i < n && !all[i].builtin; i++) {
		unsigned int of = classes_of(&all[i], buses[i]) & classes;

		if (of && !is_useless(&all[i]))
			hardware_want(hardware, all[i].name, flags, "%s", why_of(of));
	}
	return NULL;
}

struct kimg_error *hardware_generic(struct module_tree *modules, struct hardware **ret)
{
	cleanup_hardware struct hardware *hardware = NULL;

	TRY(hardware_new(&hardware));
	TRY(hardware_want_classes(hardware, modules, MODULES_ALL));
	hardware_want_program(hardware, "/sbin/cryptsetup", false, "root may be encrypted");
	hardware_want_program(hardware, "/sbin/lvm", false, "root may lie on LVM");
	TRY(hardware_finish(hardware));
	*ret = hardware;
	hardware = NULL;
	return NULL;
}
