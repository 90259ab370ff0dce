/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Machines in small: files and links as their sysfs and /proc have them, a line each, "PATH=TEXT" or "PATH>TARGET".
 */
#include "../unit.h"

#include <unistd.h>

#include "../symbol/root.h"
#include "initrd/hardware.h"

static void make_link(struct root *root, const char *path, const char *target)
{
	char keep[512];

	snprintf(keep, sizeof(keep), "%s.made", path);
	root_write(root, keep, SPAN_LITERAL("")); /* makes the folders */
	root_path(root, path);
	assert_int_equal(symlink(target, root->name), 0);
	unlink(root_path(root, keep));
}

static void make_tree(struct root *root, const char *lines)
{
	char path[256], text[512];

	while (*lines) {
		size_t n = strcspn(lines, "=>"), end = strcspn(lines, "\n");

		snprintf(path, sizeof(path), "%.*s", (int)n, lines);
		snprintf(text, sizeof(text), "%.*s", (int)(end - n - 1), lines + n + 1);
		if (lines[n] == '>') {
			make_link(root, path, text);
		} else {
			strcat(text, "\n");
			root_write(root, path, span_of(text, strlen(text)));
		}
		lines += end + 1;
	}
}

static struct kimg_error *look(struct root *root, struct hardware **ret)
{
	static char names[5][64];
	static const char *const below[5] = { "sys", "proc", "udev", "dev", "etc" };
	struct hardware_places places = { 0 };

	for (size_t i = 0; i < 5; i++)
		snprintf(names[i], sizeof(names[i]), "%s/%s", root->path, below[i]);
	places.sysfs = names[0];
	places.proc = names[1];
	places.udev = names[2];
	places.dev = names[3];
	places.etc = names[4];
	return hardware_of_host(&places, ret);
}

/* "a! b c+": modules in order, '!' those that are needed, '+' those that are loaded at once. */
static void assert_modules(const struct hardware *hardware, const char *want)
{
	cleanup_buf struct buf got = { 0 };

	for (const struct hardware_module *m = hardware_modules(hardware); m; m = m->next)
		buf_printf(&got, "%s%s%s%s", got.n ? " " : "", m->name, m->needed ? "!" : "",
			   m->load ? "+" : "");
	assert_string_equal(got.p ? got.p : "", want);
}

static void assert_programs(const struct hardware *hardware, const char *want)
{
	cleanup_buf struct buf got = { 0 };

	for (const struct hardware_program *p = hardware_programs(hardware); p; p = p->next)
		buf_printf(&got, "%s%s%s", got.n ? " " : "", p->path, p->needed ? "!" : "");
	assert_string_equal(got.p ? got.p : "", want);
}

#define PCI "sys/devices/pci0000:00/0000:00:02.0/"

static const char virtio[] = PCI
	"modalias=pci:v00001AF4d00001042sv00001AF4sd00001100bc01sc00i00\n" PCI
	"driver>../../../bus/pci/drivers/virtio-pci\n"
	"sys/bus/pci/drivers/virtio-pci/module>../../../../module/virtio_pci\n" PCI
	"virtio1/modalias=virtio:d00000002v00001AF4\n" PCI
	"virtio1/driver>../../../../bus/virtio/drivers/virtio_blk\n"
	"sys/bus/virtio/drivers/virtio_blk/bind=\n" /* built in: no link to a module */
	PCI "virtio1/block/vda/dev=254:0\n" PCI "virtio1/block/vda/vda1/dev=254:1\n" PCI
	"virtio1/block/vda/vda1/partition=1\n" PCI "virtio1/block/vda/vda2/dev=254:2\n" PCI
	"virtio1/block/vda/vda2/partition=2\n"
	"sys/class/block/vda>../../devices/pci0000:00/0000:00:02.0/virtio1/block/vda\n"
	"sys/class/block/vda1>../../devices/pci0000:00/0000:00:02.0/virtio1/block/vda/vda1\n"
	"sys/class/block/vda2>../../devices/pci0000:00/0000:00:02.0/virtio1/block/vda/vda2\n"
	"sys/dev/block/254:0>../../devices/pci0000:00/0000:00:02.0/virtio1/block/vda\n"
	"sys/dev/block/254:1>../../devices/pci0000:00/0000:00:02.0/virtio1/block/vda/vda1\n"
	"sys/dev/block/254:2>../../devices/pci0000:00/0000:00:02.0/virtio1/block/vda/vda2\n";

static void test_virtio(void **state)
{
	struct root *root = *state;
	cleanup_hardware struct hardware *hardware = NULL;

	make_tree(root, virtio);
	make_tree(root,
		  "proc/self/mountinfo=27 1 254:1 / / rw,relatime shared:1 - ext4 /dev/vda1 rw\n"
		  "udev/b254:1=E:ID_FS_UUID_ENC=0123-abcd\n");
	assert_ok(look(root, &hardware));
	assert_modules(hardware, "fs-ext4! virtio:d00000002v00001AF4+ virtio_pci+");
	assert_programs(hardware, "/sbin/fsck.ext4");
	assert_string_equal(hardware_cmdline(hardware), "root=UUID=0123-abcd rootfstype=ext4");
	assert_string_equal(hardware_crypttab(hardware), "");
	assert_string_equal(hardware_fstab(hardware), "");
	assert_null(hardware_notes(hardware));
}

/* ext4 on LVM on LUKS, with /usr on its own and a swap area to resume from. */
static void test_stack(void **state)
{
	struct root *root = *state;
	cleanup_hardware struct hardware *hardware = NULL;

	make_tree(root, virtio);
	make_tree(root,
		  "sys/devices/virtual/block/dm-0/dev=253:0\n"
		  "sys/devices/virtual/block/dm-0/dm/name=vda2_crypt\n"
		  "sys/devices/virtual/block/dm-0/dm/"
		  "uuid=CRYPT-LUKS2-0123456789abcdef0123456789abcdef-vda2_crypt\n"
		  "sys/devices/virtual/block/dm-0/slaves/vda2>../../../../pci0000:00/0000:00:02.0/"
		  "virtio1/block/vda/vda2\n"
		  "sys/devices/virtual/block/dm-1/dev=253:1\n"
		  "sys/devices/virtual/block/dm-1/dm/name=my--vg-root\n"
		  "sys/devices/virtual/block/dm-1/dm/"
		  "uuid=LVM-aaaabbbbccccddddeeeeffffgggghhhhaaaabbbbccccddddeeeeffffgggghhhh\n"
		  "sys/devices/virtual/block/dm-1/slaves/dm-0>../../dm-0\n"
		  "sys/devices/virtual/block/dm-2/dev=253:2\n"
		  "sys/devices/virtual/block/dm-2/dm/name=my--vg-usr\n"
		  "sys/devices/virtual/block/dm-2/dm/"
		  "uuid=LVM-aaaabbbbccccddddeeeeffffgggghhhhaaaabbbbccccddddeeeeffffgggghhhi\n"
		  "sys/devices/virtual/block/dm-2/slaves/dm-0>../../dm-0\n"
		  "sys/dev/block/253:0>../../devices/virtual/block/dm-0\n"
		  "sys/dev/block/253:1>../../devices/virtual/block/dm-1\n"
		  "sys/dev/block/253:2>../../devices/virtual/block/dm-2\n"
		  "sys/class/block/dm-1>../../devices/virtual/block/dm-1\n"
		  "sys/power/resume=254:1\nsys/power/resume_offset=8192\n"
		  "sys/devices/platform/i8042/serio0/input/input0/capabilities/ev=120013\n"
		  "sys/devices/platform/i8042/serio0/modalias=serio:ty06pr00id00ex00\n"
		  "sys/devices/platform/i8042/modalias=platform:i8042\n"
		  "sys/class/input/input0>../../devices/platform/i8042/serio0/input/input0\n"
		  "etc/crypttab=vda2_crypt UUID=x none luks,discard\n"
		  "udev/b253:1=E:ID_FS_UUID_ENC=rr\nudev/b253:2=E:ID_FS_UUID_ENC=uu\nudev/"
		  "b254:1=E:ID_FS_UUID_ENC=ss\n");
	root_write(root, "proc/self/mountinfo",
		   SPAN_LITERAL("27 1 253:1 / / rw - ext4 /dev/mapper/my--vg-root rw\n"
				"28 27 253:2 / /usr rw - xfs /dev/mapper/my--vg-usr rw\n"));
	assert_ok(look(root, &hardware));
	assert_modules(
		hardware,
		"fs-ext4! virtio:d00000002v00001AF4+ virtio_pci+ dm_mod!+ dm_crypt!+ "
		"crypto-aes+ crypto-xts+ crypto-cbc+ crypto-essiv+ crypto-ecb+ crypto-sha256+ "
		"crypto-sha512+ algif_skcipher+ algif_hash+ fs-xfs! "
		"i8042 atkbd usbhid hid_generic hyperv_keyboard serio:ty06pr00id00ex00 "
		"platform:i8042");
	assert_programs(hardware, "/sbin/cryptsetup! /sbin/lvm! /sbin/fsck.ext4");
	assert_string_equal(hardware_cmdline(hardware),
			    "rd.lvm.lv=my-vg/root root=UUID=rr rootfstype=ext4 rd.lvm.lv=my-vg/usr "
			    "resume=UUID=ss resume_offset=8192");
	assert_string_equal(
		hardware_crypttab(hardware),
		"vda2_crypt UUID=01234567-89ab-cdef-0123-456789abcdef none luks,discard\n");
	assert_string_equal(hardware_fstab(hardware), "UUID=uu /usr xfs ro 0 0\n");
}

/* btrfs has a number of its own, and may have several devices; one is an array. */
static void test_btrfs(void **state)
{
	struct root *root = *state;
	cleanup_hardware struct hardware *hardware = NULL;

	make_tree(root, virtio);
	make_tree(root,
		  "sys/devices/virtual/block/md0/dev=9:0\n"
		  "sys/devices/virtual/block/md0/md/level=raid1\n"
		  "sys/devices/virtual/block/md0/md/metadata_version=1.2\n"
		  "sys/devices/virtual/block/md0/slaves/sda>../../../../platform/ahci/ata1/host0/"
		  "target0:0:0/0:0:0:0/block/sda\n"
		  "sys/devices/platform/ahci/ata1/host0/target0:0:0/0:0:0:0/block/sda/dev=8:0\n"
		  "sys/devices/platform/ahci/ata1/host0/target0:0:0/0:0:0:0/driver>../../../../../"
		  "../../bus/scsi/drivers/sd\n"
		  "sys/bus/scsi/drivers/sd/module>../../../../module/sd_mod\n"
		  "sys/devices/platform/ahci/modalias=of:NsataT(null)Cgeneric-ahci\n"
		  "sys/devices/platform/ahci/supplier:platform:phy>../../virtual/devlink/phy\n"
		  "sys/devices/virtual/devlink/phy/supplier>../../../platform/phy\n"
		  "sys/devices/platform/phy/modalias=of:NphyT(null)Csome-phy\n"
		  "sys/class/block/md0>../../devices/virtual/block/md0\n"
		  "sys/fs/btrfs/features/x=1\n"
		  "sys/fs/btrfs/0123-bb/devices/vda1>../../../../devices/pci0000:00/0000:00:02.0/"
		  "virtio1/block/vda/vda1\n"
		  "sys/fs/btrfs/0123-bb/devices/md0>../../../../devices/virtual/block/md0\n"
		  "udev/b254:1=E:ID_FS_UUID_ENC=bb\n"
		  "proc/self/mountinfo=27 1 0:25 /@\\040root / rw - btrfs /dev/vda1 "
		  "rw,subvolid=256\n");
	assert_ok(look(root, &hardware));
	assert_modules(hardware,
		       "fs-btrfs! virtio:d00000002v00001AF4+ virtio_pci+ sd_mod+ "
		       "of:NsataT(null)Cgeneric-ahci+ of:NphyT(null)Csome-phy md_mod!+ md-raid1!+");
	assert_programs(hardware, "");
	assert_string_equal(hardware_cmdline(hardware),
			    "root=UUID=bb rootfstype=btrfs rootflags=subvol=@ root");
}

static void test_nvme(void **state)
{
	struct root *root = *state;
	cleanup_hardware struct hardware *hardware = NULL;

	make_tree(root,
		  "sys/devices/pci0000:00/0000:00:03.0/modalias=pci:v1b36\n"
		  "sys/devices/pci0000:00/0000:00:03.0/driver>../../../bus/pci/drivers/nvme\n"
		  "sys/bus/pci/drivers/nvme/module>../../../../module/nvme\n"
		  "sys/devices/pci0000:00/0000:00:03.0/nvme/nvme0/dev=240:0\n"
		  "sys/devices/virtual/nvme-subsystem/nvme-subsys0/nvme0n1/dev=259:0\n"
		  "sys/devices/virtual/nvme-subsystem/nvme-subsys0/nvme0>../../../pci0000:00/"
		  "0000:00:03.0/nvme/nvme0\n"
		  "sys/dev/block/259:0>../../devices/virtual/nvme-subsystem/nvme-subsys0/nvme0n1\n"
		  "udev/b259:0=E:ID_FS_UUID_ENC=nn\n"
		  "proc/self/mountinfo=27 1 259:0 / / rw - xfs /dev/nvme0n1 rw\n");
	assert_ok(look(root, &hardware));
	assert_modules(hardware, "fs-xfs! nvme+");
	assert_string_equal(hardware_cmdline(hardware), "root=UUID=nn rootfstype=xfs");
}

static void test_network(void **state)
{
	struct root *root = *state;
	cleanup_hardware struct hardware *hardware = NULL;

	make_tree(root, "sys/devices/pci0000:00/0000:00:04.0/modalias=pci:v8086\n"
			"sys/devices/pci0000:00/0000:00:04.0/net/eth0/type=1\n"
			"sys/devices/virtual/net/lo/type=772\n"
			"sys/class/net/eth0>../../devices/pci0000:00/0000:00:04.0/net/eth0\n"
			"sys/class/net/lo>../../devices/virtual/net/lo\n"
			"proc/self/mountinfo=27 1 0:25 / / rw - nfs4 10.0.2.2:/srv rw,vers=4.1\n");
	assert_ok(look(root, &hardware));
	assert_modules(hardware, "fs-nfs4! nfsv4 auth_rpcgss pci:v8086");
	assert_string_equal(hardware_cmdline(hardware),
			    "root=/dev/nfs nfsroot=10.0.2.2:/srv ip=dhcp");
}

static void test_no_root(void **state)
{
	struct root *root = *state;
	struct hardware *hardware;

	assert_fails(KIMG_E_IO, look(root, &hardware));
	make_tree(root,
		  "sys/devices/x=1\nproc/self/mountinfo=27 1 0:25 / /proc rw - proc proc rw\n");
	assert_fails(KIMG_E_NOT_FOUND, look(root, &hardware));
	make_tree(root, "proc/self/mountinfo=27 1 0:25 / / rw - overlay overlay rw,lowerdir=/x\n");
	assert_fails(KIMG_E_NOT_FOUND, look(root, &hardware));
	make_tree(root, "proc/self/mountinfo=27 1 8:9 / / rw - ext4 /dev/no-such rw\n");
	assert_fails(KIMG_E_NOT_FOUND, look(root, &hardware));
}

/* Links that go round, or out of sysfs. */
static void test_hostile(void **state)
{
	struct root *root = *state;
	cleanup_hardware struct hardware *hardware = NULL;

	make_tree(root, "sys/devices/virtual/block/dm-0/dev=253:0\n"
			"sys/devices/virtual/block/dm-0/dm/uuid=CRYPT-LUKS2-short\n"
			"sys/devices/virtual/block/dm-0/slaves/dm-0>../../dm-0\n"
			"sys/devices/virtual/block/dm-0/slaves/etc>/etc\n"
			"sys/devices/virtual/block/dm-0/slaves/gone>nowhere\n"
			"sys/dev/block/253:0>../../devices/virtual/block/dm-0\n"
			"udev/b253:0=E:ID_FS_UUID_ENC=\n"
			"proc/self/mountinfo=27 1 253:0 / / rw - ext4 /dev/dm-0 rw\n");
	assert_ok(look(root, &hardware));
	assert_string_equal(hardware_crypttab(hardware), "");
	assert_true(hardware_notes(hardware)->bad);
}

/* ---- described roots, and any ---- */

static struct module_tree *make_modules(struct root *root)
{
	struct module_tree_options options = {
		.sysroot = root->path,
		.version = "6.99",
		.limits = KIMG_LIMITS_DEFAULT,
	};
	struct module_tree *modules = NULL;
	static const char dep[] =
		"kernel/drivers/virtio/virtio_pci.ko:\n"
		"kernel/drivers/block/virtio_blk.ko:\n"
		"kernel/drivers/block/null_blk.ko:\n"
		"kernel/drivers/scsi/hba.ko: kernel/drivers/scsi/scsi_mod.ko\n"
		"kernel/drivers/scsi/scsi_mod.ko:\n"
		"kernel/drivers/scsi/scsi_debug.ko: kernel/drivers/scsi/scsi_mod.ko\n"
		"kernel/drivers/net/ethernet/card.ko:\n"
		"kernel/drivers/net/radio.ko: kernel/net/wireless/cfg80211.ko\n"
		"kernel/fs/ext4/ext4.ko:\n"
		"kernel/fs/ocfs2/ocfs2.ko: kernel/fs/dlm/dlm.ko\n"
		"kernel/drivers/md/dm-crypt.ko:\n";
	static const char alias[] = "alias pci:v1AF4* virtio_pci\nalias virtio:d2v* virtio_blk\n"
				    "alias pci:v1* hba\nalias pci:v2* card\nalias pci:v3* radio\n"
				    "alias fs-ext4 ext4\nalias fs-ocfs2 ocfs2\n";

	root_write(root, "lib/modules/6.99/modules.dep", span_of(dep, sizeof(dep) - 1));
	root_write(root, "lib/modules/6.99/modules.alias", span_of(alias, sizeof(alias) - 1));
	assert_ok(module_tree_open(&options, &modules));
	return modules;
}

static void assert_described(struct module_tree *modules, const char *text, const char *names,
			     const char *cmdline)
{
	cleanup_hardware struct hardware *hardware = NULL;

	assert_ok(hardware_described(text, modules, &hardware));
	assert_modules(hardware, names);
	assert_string_equal(hardware_cmdline(hardware), cmdline);
}

static void test_described(void **state)
{
	cleanup_module_tree struct module_tree *modules = make_modules(*state);
	struct hardware *hardware;

	assert_described(modules, "UUID=12,fstype=ext4,on=virtio,flags=a,b=c",
			 "fs-ext4! virtio_blk! virtio_pci! virtio_mmio",
			 "root=UUID=12 rootfstype=ext4 rootflags=a,b=c");
	assert_described(
		modules, "root=/dev/sda1,fstype=ext4+vfat,on=scsi+hba",
		"fs-ext4! fs-vfat! nls_cp437 nls_iso8859-1 nls_ascii nls_utf8 sd_mod! hba!",
		"root=/dev/sda1");
	assert_described(modules, "auto,on=lvm",
			 "dm_mod!+ dm_thin_pool dm_raid dm_snapshot dm_mirror dm_cache ext4", "");
	assert_described(modules, "nfs:1.2.3.4:/srv", "fs-nfs! nfsv3 nfsv4 auth_rpcgss card",
			 "root=/dev/nfs nfsroot=1.2.3.4:/srv ip=dhcp");
	assert_fails(KIMG_E_INVALID, hardware_described("", modules, &hardware));
	assert_fails(KIMG_E_INVALID, hardware_described("a b", modules, &hardware));
	assert_fails(KIMG_E_INVALID, hardware_described("x,on=nonsense", modules, &hardware));
	assert_fails(KIMG_E_INVALID, hardware_described("x,fstype=", modules, &hardware));
	assert_fails(KIMG_E_INVALID, hardware_described("x,fstype=a++b", modules, &hardware));
	assert_fails(KIMG_E_INVALID, hardware_described("x,fstype=../b", modules, &hardware));
	assert_fails(KIMG_E_INVALID, hardware_described("x,,", modules, &hardware));
	assert_fails(KIMG_E_INVALID, hardware_described("x,speed=9", modules, &hardware));
}

static void test_generic(void **state)
{
	cleanup_module_tree struct module_tree *modules = make_modules(*state);
	cleanup_hardware struct hardware *hardware = NULL;
	cleanup_module_set struct module_set *set = NULL;
	const struct module *const *load;
	size_t n;

	assert_ok(hardware_generic(modules, &hardware));
	assert_modules(hardware, "virtio_pci virtio_blk hba card ext4 dm-crypt");
	assert_ok(module_set_new(modules, &set));
	assert_ok(hardware_choose(hardware, set, &load, &n));
	assert_int_equal(n, 0);
	module_set_picks(set, &n);
	assert_int_equal(n, 7); /* and scsi_mod */
	assert_null(module_set_notes(set));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_virtio, root_setup, root_teardown),
		cmocka_unit_test_setup_teardown(test_stack, root_setup, root_teardown),
		cmocka_unit_test_setup_teardown(test_btrfs, root_setup, root_teardown),
		cmocka_unit_test_setup_teardown(test_nvme, root_setup, root_teardown),
		cmocka_unit_test_setup_teardown(test_network, root_setup, root_teardown),
		cmocka_unit_test_setup_teardown(test_no_root, root_setup, root_teardown),
		cmocka_unit_test_setup_teardown(test_hostile, root_setup, root_teardown),
		cmocka_unit_test_setup_teardown(test_described, root_setup, root_teardown),
		cmocka_unit_test_setup_teardown(test_generic, root_setup, root_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
