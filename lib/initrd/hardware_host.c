/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How this machine's own root file system is made. What is read beside sysfs (hardware_sysfs.c):
 *
 *	PROC/self/mountinfo	27 1 254:0 / / rw,relatime shared:1 - ext4 /dev/vda rw,discard
 *				ids, device, what of it is mounted, where, options, any number of tags, "-", type, source,
 *				options of the file system (proc(5)); blanks are \040
 *	PROC/consoles		"ttyS0                -W- (EC  p a)    4:64"
 *	UDEV/bMAJ:MIN		"E:ID_FS_UUID_ENC=..."
 *	SYSFS/power/resume	"MAJ:MIN" of the device that was given for hibernation; "0:0" without one
 *	SYSFS/fs/btrfs/UUID/devices/	links to the devices of a file system of several
 */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "initrd/blkid.h"
#include "initrd/hardware_sysfs.h"
#include "initrd/modules_source.h"
#include "io/blob.h"

struct mount {
	char device[32]; /* "8:1" */
	char *root, *point, *type, *source, *options;
};

struct host {
	struct hardware *hardware;
	struct hardware_places places;
	struct sysfs sysfs;
	struct blob mounts;
};

/* ---- mounts ---- */

/* "\040" for a blank, and the like. */
static char *unescape(struct hardware *hardware, struct span word)
{
	char *text = arena_copy(&hardware->arena, (const char *)word.p, word.n), *to = text;

	hardware->failed |= !text;
	for (const char *p = text; p && *p; to++) {
		bool octal = p[0] == '\\' && p[1] >= '0' && p[1] <= '3' && p[2] >= '0' &&
			     p[2] <= '7' && p[3] >= '0' && p[3] <= '7';

		*to = octal ? (char)((p[1] - '0') << 6 | (p[2] - '0') << 3 | (p[3] - '0')) : *p;
		p += octal ? 4 : 1;
	}
	if (text)
		*to = '\0';
	return text ? text : (char *)"";
}

static bool read_mount(struct hardware *hardware, struct span line, const char *point,
		       struct mount *ret)
{
	struct span device, root, where, word;

	next_word(&line);
	next_word(&line);
	device = next_word(&line);
	root = next_word(&line);
	where = next_word(&line);
	if (device.n == 0 || device.n >= sizeof(ret->device) ||
	    !span_equal(where, span_of(point, strlen(point))))
		return false;
	do {
		word = next_word(&line);
	} while (word.n && !span_equal(word, SPAN_LITERAL("-")));
	memcpy(ret->device, device.p, device.n);
	ret->device[device.n] = '\0';
	ret->root = unescape(hardware, root);
	ret->point = unescape(hardware, where);
	ret->type = unescape(hardware, next_word(&line));
	ret->source = unescape(hardware, next_word(&line));
	ret->options = unescape(hardware, next_word(&line));
	return *ret->type != '\0';
}

/* The last one counts: it lies above the others. */
static bool find_mount(const struct host *host, const char *point, struct mount *ret)
{
	struct span text = blob_span(&host->mounts), line;
	bool found = false;

	while (next_line(&text, &line))
		found |= read_mount(host->hardware, line, point, ret);
	return found;
}

/* ---- names of devices ---- */

/* "E:ID_FS_UUID_ENC=..." */
static bool udev_uuid(const struct host *host, const char *device, char *uuid, size_t size)
{
	static const struct span key = { (const uint8_t *)"E:ID_FS_UUID_ENC=", 17 };
	struct kimg_limits limits = KIMG_LIMITS_DEFAULT;
	cleanup_blob struct blob blob = { 0 };
	struct kimg_error *error;
	struct span text, line;
	char path[PATH_MAX];

	snprintf(path, sizeof(path), "%s/b%s", host->places.udev, device);
	error = blob_open(&blob, path, &limits);
	if (error) {
		kimg_error_free(error);
		return false;
	}
	text = blob_span(&blob);
	while (next_line(&text, &line)) {
		struct span value = span_from(line, key.n);

		if (!span_starts(line, key) || !value.n || value.n >= size)
			continue;
		memcpy(uuid, value.p, value.n);
		uuid[value.n] = '\0';
		return true;
	}
	return false;
}

/* "root=UUID=..." or how else the device is called best. */
static const char *device_name(struct host *host, const char *path)
{
	struct hardware *hardware = host->hardware;
	char device[32], uuid[256], mapped[256], node[PATH_MAX];
	char *probed = NULL;

	if (!sysfs_line(path, "dev", device, sizeof(device)))
		return NULL;
	if (udev_uuid(host, device, uuid, sizeof(uuid)))
		return hardware_print(hardware, "UUID=%s", uuid);
	snprintf(node, sizeof(node), "%s/%s", host->places.dev, strrchr(path, '/') + 1);
	kimg_error_free(blkid_uuid(node, &hardware->arena, &probed));
	if (probed)
		return hardware_print(hardware, "UUID=%s", probed);
	if (sysfs_line(path, "dm/name", mapped, sizeof(mapped)))
		return hardware_print(hardware, "/dev/mapper/%s", mapped);
	hardware_note(hardware, false,
		      "the UUID of %s cannot be told (that takes udev, or root): it is called by "
		      "its name, "
		      "which may change",
		      node);
	return hardware_print(hardware, "/dev/%s", strrchr(path, '/') + 1);
}

/* ---- kinds of file systems ---- */

static bool is_network(const char *type)
{
	return strcmp(type, "nfs") == 0 || strcmp(type, "nfs4") == 0;
}

static bool is_shared(const char *type)
{
	return strcmp(type, "9p") == 0 || strcmp(type, "virtiofs") == 0;
}

/* SYSFS/fs/btrfs/UUID/devices with the device in it: all of them. */
static bool want_btrfs_of(struct host *host, const char *uuid, const char *name, const char *of)
{
	char folder[PATH_MAX], at[PATH_MAX], path[PATH_MAX];
	const struct dirent *entry;
	DIR *dir;

	snprintf(folder, sizeof(folder), "%.2048s/fs/btrfs/%.255s/devices", host->sysfs.root, uuid);
	snprintf(at, sizeof(at), "%.3000s/%.255s", folder, name);
	if (access(at, F_OK) < 0)
		return false;
	dir = opendir(folder);
	while (dir && (entry = readdir(dir))) {
		char device[300];

		snprintf(device, sizeof(device), "/dev/%s", entry->d_name);
		if (entry->d_name[0] != '.' && sysfs_block(&host->sysfs, device, path))
			sysfs_want_block(&host->sysfs, path, of);
	}
	if (dir)
		closedir(dir);
	return true;
}

static void want_btrfs(struct host *host, const char *path, const char *of)
{
	char at[PATH_MAX];
	const struct dirent *entry;
	DIR *dir;

	snprintf(at, sizeof(at), "%.3000s/fs/btrfs", host->sysfs.root);
	dir = opendir(at);
	while (dir && (entry = readdir(dir)))
		if (want_btrfs_of(host, entry->d_name, strrchr(path, '/') + 1, of))
			break;
	if (dir)
		closedir(dir);
}

static struct kimg_error *no_device(const struct mount *mount)
{
	if (strcmp(mount->type, "overlay") == 0 || strcmp(mount->type, "tmpfs") == 0 ||
	    strcmp(mount->type, "ramfs") == 0 || strcmp(mount->type, "rootfs") == 0)
		return error_new(KIMG_E_NOT_FOUND,
				 "%s is an %s: what lies below it cannot be seen from here; "
				 "describe the root (--root)",
				 mount->point, mount->type);
	return error_new(
		KIMG_E_NOT_FOUND,
		"%s is a %s of %s, and no block device of that name is known; describe the "
		"root (--root)",
		mount->point, mount->type, mount->source);
}

/* What mount lies on; *ret_device is what it is called, or NULL where it has no device. */
static struct kimg_error *want_mount(struct host *host, const struct mount *mount,
				     const char **ret_device)
{
	char path[PATH_MAX];

	*ret_device = NULL;
	hardware_want_filesystem(host->hardware, mount->type, mount->point);
	if (is_network(mount->type)) {
		sysfs_want_class(&host->sysfs, "net", NULL, "the network");
		return NULL;
	}
	if (is_shared(mount->type))
		return NULL;
	/* btrfs and others of several devices have a number of their own. */
	if (!sysfs_block(&host->sysfs, mount->device, path) &&
	    !sysfs_block(&host->sysfs, mount->source, path))
		return no_device(mount);
	sysfs_want_block(&host->sysfs, path, mount->point);
	if (strcmp(mount->type, "btrfs") == 0)
		want_btrfs(host, path, mount->point);
	hardware_want_checker(host->hardware, mount->type, mount->point);
	*ret_device = device_name(host, path);
	return NULL;
}

/* "/@root" of a btrfs: which of its trees is mounted. Elsewhere a part of a file system cannot be a root. */
static const char *tree_flag(struct host *host, const struct mount *mount)
{
	if (strcmp(mount->root, "/") == 0)
		return NULL;
	if (strcmp(mount->type, "btrfs") == 0)
		return hardware_print(host->hardware, "subvol=%s", mount->root + 1);
	hardware_note(host->hardware, true,
		      "%s is the folder %s of its file system: kimg-init mounts all of it",
		      mount->point, mount->root);
	return NULL;
}

/* ---- root, /usr, resume ---- */

static struct kimg_error *want_root(struct host *host)
{
	struct hardware *hardware = host->hardware;
	struct mount mount;
	const char *device, *flag;

	if (!find_mount(host, "/", &mount))
		return error_new(KIMG_E_NOT_FOUND,
				 "%s/self/mountinfo has no /: describe the root (--root)",
				 host->places.proc);
	TRY(want_mount(host, &mount, &device));
	if (is_network(mount.type)) {
		hardware_word(hardware, "root=/dev/nfs nfsroot=%s ip=dhcp", mount.source);
		return NULL;
	}
	hardware_word(hardware, "root=%s rootfstype=%s", device ? device : mount.source,
		      mount.type);
	flag = tree_flag(host, &mount);
	if (flag)
		hardware_word(hardware, "rootflags=%s", flag);
	return NULL;
}

static struct kimg_error *want_usr(struct host *host)
{
	struct mount mount;
	const char *device, *flag;

	if (!find_mount(host, "/usr", &mount))
		return NULL;
	TRY(want_mount(host, &mount, &device));
	flag = tree_flag(host, &mount);
	buf_printf(&host->hardware->fstab, "%s /usr %s ro%s%s 0 0\n",
		   device ? device : mount.source, mount.type, flag ? "," : "", flag ? flag : "");
	return NULL;
}

static void want_resume(struct host *host)
{
	char device[32], path[PATH_MAX], offset[32];
	const char *name;

	if (!sysfs_line(host->sysfs.root, "power/resume", device, sizeof(device)) ||
	    strcmp(device, "0:0") == 0 || !sysfs_block(&host->sysfs, device, path))
		return;
	sysfs_want_block(&host->sysfs, path, "the hibernated system");
	name = device_name(host, path);
	if (name)
		hardware_word(host->hardware, "resume=%s", name);
	if (sysfs_line(host->sysfs.root, "power/resume_offset", offset, sizeof(offset)) &&
	    strcmp(offset, "0") != 0)
		hardware_word(host->hardware, "resume_offset=%s", offset);
}

/* ---- consoles and keyboards ---- */

/* EV_KEY and EV_REP: it has keys, and they repeat (include/uapi/linux/input-event-codes.h). */
static bool is_keyboard(const char *path)
{
	char bits[64];
	unsigned long value;

	if (!sysfs_line(path, "capabilities/ev", bits, sizeof(bits)))
		return false;
	value = strtoul(bits, NULL, 16);
	return (value & 1UL << 1) && (value & 1UL << 20);
}

static void want_console(struct host *host, const char *name)
{
	char link[PATH_MAX], path[PATH_MAX];

	snprintf(link, sizeof(link), "%.3000s/class/tty/%.255s", host->sysfs.root, name);
	if (realpath(link, path) &&
	    strncmp(path, host->sysfs.root, strlen(host->sysfs.root)) == 0 &&
	    !strstr(path, "/devices/virtual/"))
		sysfs_want_device(&host->sysfs, path, "the console", 0);
}

static void want_consoles(struct host *host)
{
	char path[PATH_MAX], line[256], name[64];
	FILE *file;

	snprintf(path, sizeof(path), "%s/consoles", host->places.proc);
	file = fopen(path, "re");
	if (!file)
		return;
	while (fgets(line, sizeof(line), file))
		if (sscanf(line, "%63s", name) == 1 && !strchr(name, '/'))
			want_console(host, name);
	fclose(file);
}

static struct kimg_error *want_all(struct host *host)
{
	struct kimg_limits limits = KIMG_LIMITS_DEFAULT;
	char path[PATH_MAX];

	snprintf(path, sizeof(path), "%s/self/mountinfo", host->places.proc);
	TRY(blob_open(&host->mounts, path, &limits));
	TRY(sysfs_open(&host->sysfs, host->places.sysfs, host->places.etc, host->hardware));
	TRY(want_root(host));
	TRY(want_usr(host));
	want_resume(host);
	want_consoles(host);
	if (host->sysfs.crypt) {
		hardware_want_keyboard(host->hardware, "a passphrase is typed");
		sysfs_want_class(&host->sysfs, "input", is_keyboard, "the keyboard");
	}
	return hardware_finish(host->hardware);
}

static const char *or_default(const char *place, const char *usual)
{
	return place ? place : usual;
}

struct kimg_error *hardware_of_host(const struct hardware_places *places, struct hardware **ret)
{
	static const struct hardware_places usual = { 0 };
	cleanup_hardware struct hardware *hardware = NULL;
	struct host host = { 0 };
	struct kimg_error *error;

	if (!places)
		places = &usual;
	host.places = (struct hardware_places){
		.sysfs = or_default(places->sysfs, "/sys"),
		.proc = or_default(places->proc, "/proc"),
		.udev = or_default(places->udev, "/run/udev/data"),
		.dev = or_default(places->dev, "/dev"),
		.etc = or_default(places->etc, "/etc"),
	};
	TRY(hardware_new(&hardware));
	host.hardware = hardware;
	error = want_all(&host);
	blob_done(&host.mounts);
	sysfs_done(&host.sysfs);
	if (error)
		return error;
	*ret = hardware;
	hardware = NULL;
	return NULL;
}
