/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What sysfs tells of a device. What is read:
 *
 *	dev/block/MAJOR:MINOR	a link to the device's folder below devices/
 *	FOLDER/partition	is there for a partition; the disk is the folder above
 *	FOLDER/slaves/		links to what a device of device mapper or md is made of
 *	FOLDER/dm/{uuid,name}	"CRYPT-LUKS2-0123...-NAME", "LVM-...", "CRYPT-VERITY-...": whose it is
 *	FOLDER/md/level		"raid1"
 *	FOLDER/driver/module	a link to module/NAME, where the driver is a module
 *	FOLDER/modalias		the device's name, for what is built in here and may be a module elsewhere
 *	FOLDER/supplier:*	links to what the device hangs on beside its bus: clocks, regulators, PHYs
 *
 * All folders up to devices/ are looked at: each bus has its driver.
 */
#include "initrd/hardware_sysfs.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#define DEPTH_MAX 64
#define SEEN_MAX  10000

struct kimg_error *sysfs_open(struct sysfs *sysfs, const char *path, const char *etc,
			      struct hardware *hardware)
{
	*sysfs = (struct sysfs){ .hardware = hardware, .etc = etc };
	if (!realpath(path, sysfs->root))
		return error_system(errno, "%s", path);
	return NULL;
}

void sysfs_done(struct sysfs *sysfs)
{
	for (size_t i = 0; i < sysfs->seen_n; i++)
		free(sysfs->seen[i]);
	free(sysfs->seen);
}

/* ---- files and links ---- */

static bool join(char path[PATH_MAX], const char *folder, const char *name)
{
	int n = snprintf(path, PATH_MAX, "%s/%s", folder, name);

	return n > 0 && n < PATH_MAX;
}

bool sysfs_line(const char *folder, const char *name, char *line, size_t size)
{
	char path[PATH_MAX];
	ssize_t n;
	int fd;

	if (!join(path, folder, name))
		return false;
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	if (fd < 0)
		return false;
	n = read(fd, line, size - 1);
	close(fd);
	if (n < 0)
		return false;
	line[n] = '\0';
	n = strcspn(line, "\n");
	while (n && line[n - 1] == ' ')
		n--;
	line[n] = '\0';
	return true;
}

bool sysfs_link(const char *folder, const char *name, char *target, size_t size)
{
	char path[PATH_MAX], to[PATH_MAX];
	ssize_t n = join(path, folder, name) ? readlink(path, to, sizeof(to) - 1) : -1;
	const char *slash;

	if (n <= 0)
		return false;
	to[n] = '\0';
	slash = strrchr(to, '/');
	slash = slash ? slash + 1 : to;
	if (strlen(slash) >= size)
		return false;
	strcpy(target, slash);
	return true;
}

static bool exists(const char *folder, const char *name)
{
	char path[PATH_MAX];

	return join(path, folder, name) && access(path, F_OK) == 0;
}

/* Where folder/name leads to, if that is below sysfs' devices. */
static bool resolve(const struct sysfs *sysfs, const char *folder, const char *name,
		    char path[PATH_MAX])
{
	char at[PATH_MAX];
	size_t n = strlen(sysfs->root);

	return join(at, folder, name) && realpath(at, path) && strncmp(path, sysfs->root, n) == 0 &&
	       strncmp(path + n, "/devices/", 9) == 0;
}

/* Calls each for the names in a folder, "." and ".." left out. */
static void each_name(struct sysfs *sysfs, const char *folder, const char *below,
		      void (*each)(struct sysfs *sysfs, const char *folder, const char *name,
				   void *context),
		      void *context)
{
	char path[PATH_MAX];
	const struct dirent *entry;
	DIR *dir;

	if (!join(path, folder, below))
		return;
	dir = opendir(path);
	if (!dir)
		return;
	while ((entry = readdir(dir)))
		if (entry->d_name[0] != '.')
			each(sysfs, path, entry->d_name, context);
	closedir(dir);
}

/* Whether path is met for the first time. */
static bool is_new(struct sysfs *sysfs, const char *path)
{
	for (size_t i = 0; i < sysfs->seen_n; i++)
		if (strcmp(sysfs->seen[i], path) == 0)
			return false;
	if (sysfs->seen_n == SEEN_MAX)
		return false;
	if (sysfs->seen_n == sysfs->seen_size) {
		size_t size = sysfs->seen_size ? sysfs->seen_size * 2 : 32;
		void *grown = reallocarray(sysfs->seen, size, sizeof(*sysfs->seen));

		if (!grown) {
			sysfs->hardware->failed = true;
			return false;
		}
		sysfs->seen = grown;
		sysfs->seen_size = size;
	}
	sysfs->seen[sysfs->seen_n] = strdup(path);
	sysfs->hardware->failed |= !sysfs->seen[sysfs->seen_n];
	if (!sysfs->seen[sysfs->seen_n])
		return false;
	sysfs->seen_n++;
	return true;
}

/* ---- devices ---- */

struct reason {
	const char *of;
	unsigned int flags;
};

static void want_supplier(struct sysfs *sysfs, const char *folder, const char *name, void *context)
{
	const struct reason *reason = context;
	char path[PATH_MAX], link[PATH_MAX];

	if (strncmp(name, "supplier:", 9) != 0 || !join(link, folder, name))
		return;
	if (resolve(sysfs, link, "supplier", path))
		sysfs_want_device(sysfs, path, reason->of, 0);
}

static void want_driver(struct sysfs *sysfs, const char *path, const char *of, unsigned int flags)
{
	char driver[PATH_MAX], module[256], alias[4096];

	if (join(driver, path, "driver") && sysfs_link(driver, "module", module, sizeof(module)))
		hardware_want(sysfs->hardware, span_of(module, strlen(module)), flags,
			      "drives a device of %s (%s)", of, strrchr(path, '/') + 1);
	else if (sysfs_line(path, "modalias", alias, sizeof(alias)) && *alias)
		hardware_want(sysfs->hardware, span_of(alias, strlen(alias)), flags,
			      "drives a device of %s (%s)", of, strrchr(path, '/') + 1);
}

void sysfs_want_device(struct sysfs *sysfs, const char *path, const char *of, unsigned int flags)
{
	size_t devices = strlen(sysfs->root) + strlen("/devices");
	char at[PATH_MAX];

	if (sysfs->depth == DEPTH_MAX || strlen(path) >= sizeof(at))
		return;
	sysfs->depth++;
	strcpy(at, path);
	while (strlen(at) > devices && is_new(sysfs, at)) {
		struct reason reason = { .of = of, .flags = flags };

		want_driver(sysfs, at, of, flags);
		each_name(sysfs, at, ".", want_supplier, &reason);
		*strrchr(at, '/') = '\0';
	}
	sysfs->depth--;
}

/* ---- layers ---- */

/* "CRYPT-LUKS2-" and 32 digits, as a UUID is written. */
static bool luks_uuid(const char *dm_uuid, char uuid[37])
{
	const char *digits = dm_uuid + strlen("CRYPT-LUKS2-");
	size_t n = 0;

	if (strncmp(dm_uuid, "CRYPT-LUKS", 10) != 0 || strlen(dm_uuid) < 12 + 32 ||
	    strspn(digits, "0123456789abcdef") < 32)
		return false;
	for (size_t i = 0; i < 32; i++) {
		if (i == 8 || i == 12 || i == 16 || i == 20)
			uuid[n++] = '-';
		uuid[n++] = digits[i];
	}
	uuid[n] = '\0';
	return true;
}

/* The line of the machine's own crypttab for that name: key file and options. */
static bool own_crypttab(const struct sysfs *sysfs, const char *name, char *key, char *options)
{
	char path[PATH_MAX], line[1024], first[256], source[512];
	bool found = false;
	FILE *file;

	if (!join(path, sysfs->etc, "crypttab"))
		return false;
	file = fopen(path, "re");
	if (!file)
		return false;
	while (!found && fgets(line, sizeof(line), file)) {
		key[0] = options[0] = '\0';
		found = sscanf(line, " %255s %511s %255s %255s", first, source, key, options) >=
				2 &&
			strcmp(first, name) == 0;
	}
	fclose(file);
	return found;
}

static void want_luks(struct sysfs *sysfs, const char *name, const char *dm_uuid, const char *why)
{
	struct hardware *hardware = sysfs->hardware;
	char uuid[37], key[256] = "", options[256] = "";

	hardware_want_crypt(hardware, why);
	if (!luks_uuid(dm_uuid, uuid)) {
		hardware_note(hardware, true,
			      "%s is encrypted without LUKS: kimg-init cannot unlock it", name);
		return;
	}
	own_crypttab(sysfs, name, key, options);
	if (key[0] == '/' && strncmp(key, "/dev/", 5) != 0) {
		hardware_want_file(hardware, key, "the key of %s", name);
		hardware_note(hardware, false,
			      "the key file %s is in the image: who reads that can unlock %s", key,
			      name);
	} else {
		sysfs->crypt = true;
	}
	buf_printf(&hardware->crypttab, "%s UUID=%s %s %s\n", name, uuid, *key ? key : "none",
		   *options ? options : "luks");
}

/* "vg-lv": a '-' within a name is written twice. */
static void want_volume(struct hardware *hardware, const char *name, const char *why)
{
	cleanup_buf struct buf word = { 0 };
	bool parted = false;

	hardware_want_lvm(hardware, why);
	for (const char *p = name; *p; p++) {
		if (*p == '-' && p[1] == '-') {
			buf_putc(&word, '-');
			p++;
		} else if (*p == '-' && !parted) {
			buf_putc(&word, '/');
			parted = true;
		} else {
			buf_putc(&word, *p);
		}
	}
	if (parted && !word.failed)
		hardware_word(hardware, "rd.lvm.lv=%s", word.p);
}

static bool has(const char *text, const char *part)
{
	return strstr(text, part) != NULL;
}

/* What lvm2 makes below a volume of a special kind (lib/misc/lvm-string.c knows the names). */
static void want_inner_volume(struct hardware *hardware, const char *name, const char *uuid)
{
	const char *module = NULL;

	if (has(uuid, "-tpool") || has(name, "_tdata"))
		module = "dm_thin_pool";
	else if (has(name, "_rimage_") || has(name, "_rmeta_"))
		module = "dm_raid";
	else if (has(name, "_cdata") || has(name, "_corig"))
		module = "dm_cache";
	else if (has(uuid, "-cow"))
		module = "dm_snapshot";
	if (module)
		hardware_want(hardware, span_of(module, strlen(module)), WANT_NEEDED | WANT_LOAD,
			      "the volume %s takes it", name);
}

static bool is_inner_volume(const char *uuid)
{
	/* LVM-, and 64 bytes for the group and the volume; what is inner has "-tpool" or the like behind */
	return strlen(uuid) > 4 + 64;
}

static void want_mapped(struct sysfs *sysfs, const char *path, const char *of)
{
	struct hardware *hardware = sysfs->hardware;
	char uuid[512] = "", name[256] = "";
	const char *why;

	if (!sysfs_line(path, "dm/uuid", uuid, sizeof(uuid)))
		return;
	sysfs_line(path, "dm/name", name, sizeof(name));
	why = hardware_print(hardware, "%s lies on %s", of, name);
	if (!why)
		return;
	if (strncmp(uuid, "CRYPT-VERITY-", 13) == 0)
		hardware_want_verity(hardware, why);
	else if (strncmp(uuid, "CRYPT-", 6) == 0)
		want_luks(sysfs, name, uuid, why);
	else if (strncmp(uuid, "LVM-", 4) == 0 && is_inner_volume(uuid))
		want_inner_volume(hardware, name, uuid);
	else if (strncmp(uuid, "LVM-", 4) == 0)
		want_volume(hardware, name, why);
	else if (strncmp(uuid, "mpath-", 6) == 0)
		hardware_note(hardware, true,
			      "%s lies on %s, a multipath device: kimg-init takes one path of it",
			      of, name);
	else if (strncmp(uuid, "part", 4) != 0)
		hardware_note(hardware, true, "%s lies on %s, a mapping that nothing here sets up",
			      of, name);
	hardware_want(hardware, SPAN_LITERAL("dm_mod"), WANT_NEEDED | WANT_LOAD, "%s", why);
}

static void want_array(struct sysfs *sysfs, const char *path, const char *of)
{
	struct hardware *hardware = sysfs->hardware;
	char level[64], version[64] = "";
	const char *why;

	if (!sysfs_line(path, "md/level", level, sizeof(level)))
		return;
	why = hardware_print(hardware, "%s lies on %s, a %s", of, strrchr(path, '/') + 1, level);
	if (!why)
		return;
	hardware_want_md(hardware, level, why);
	/* The array of a disk controller's own format has a daemon. */
	if (sysfs_line(path, "md/metadata_version", version, sizeof(version)) &&
	    strncmp(version, "external:", 9) == 0)
		hardware_want_program(hardware, "/sbin/mdadm", true, "%s", why);
}

/* ---- block devices ---- */

struct below {
	const char *of;
	size_t n;
};

static void want_slave(struct sysfs *sysfs, const char *folder, const char *name, void *context)
{
	struct below *below = context;
	char path[PATH_MAX];

	if (!resolve(sysfs, folder, name, path))
		return;
	below->n++;
	sysfs_want_block(sysfs, path, below->of);
}

/* nvme0n1 of several paths lies in a virtual folder, beside links to the controllers nvme0, ... */
static void want_controller(struct sysfs *sysfs, const char *folder, const char *name,
			    void *context)
{
	struct below *below = context;
	char path[PATH_MAX];

	if (strncmp(name, "nvme", 4) != 0 || !resolve(sysfs, folder, name, path) ||
	    has(path, "/virtual/nvme-subsystem/"))
		return;
	below->n++;
	sysfs_want_device(sysfs, path, below->of, WANT_LOAD | WANT_DEVICE);
}

static void note_virtual(struct hardware *hardware, const char *path, const char *of)
{
	const char *name = strrchr(path, '/') + 1;

	if (strncmp(name, "nbd", 3) == 0) {
		hardware_want(hardware, SPAN_LITERAL("nbd"), WANT_NEEDED | WANT_LOAD,
			      "%s lies on %s", of, name);
		hardware_want_program(hardware, "/sbin/nbd-client", true, "%s lies on %s", of,
				      name);
	} else {
		hardware_note(hardware, true, "%s lies on %s, which no device stands for", of,
			      name);
	}
}

/* iSCSI: .../host2/session1/target2:0:0/2:0:0:0/block/sda */
static void want_session(struct sysfs *sysfs, const char *path, const char *of)
{
	if (!has(path, "/session"))
		return;
	hardware_want(sysfs->hardware, SPAN_LITERAL("iscsi_tcp"), WANT_NEEDED | WANT_LOAD,
		      "%s lies on an iSCSI target", of);
	hardware_want_program(sysfs->hardware, "/sbin/iscsistart", true,
			      "%s lies on an iSCSI target", of);
	sysfs_want_class(sysfs, "net", NULL, "the network");
}

static void want_disk(struct sysfs *sysfs, const char *path, const char *of)
{
	struct below below = { .of = of };
	char parent[PATH_MAX];

	each_name(sysfs, path, "slaves", want_slave, &below);
	want_mapped(sysfs, path, of);
	want_array(sysfs, path, of);
	if (below.n)
		return;
	strcpy(parent, path);
	*strrchr(parent, '/') = '\0';
	if (has(path, "/virtual/nvme-subsystem/"))
		each_name(sysfs, parent, ".", want_controller, &below);
	else if (has(path + strlen(sysfs->root), "/devices/virtual/"))
		note_virtual(sysfs->hardware, path, of);
	else
		sysfs_want_device(sysfs, parent, of, WANT_LOAD | WANT_DEVICE);
	want_session(sysfs, path, of);
}

void sysfs_want_block(struct sysfs *sysfs, const char *path, const char *of)
{
	char disk[PATH_MAX];

	if (sysfs->depth == DEPTH_MAX || strlen(path) >= sizeof(disk) || !is_new(sysfs, path))
		return;
	sysfs->depth++;
	strcpy(disk, path);
	if (exists(disk, "partition")) {
		*strrchr(disk, '/') = '\0';
		/* Another partition of it may have been met: its drivers are wanted, then. */
		if (is_new(sysfs, disk))
			want_disk(sysfs, disk, of);
	} else {
		want_disk(sysfs, disk, of);
	}
	sysfs->depth--;
}

struct naming {
	const char *name;
	char *path;
	bool found;
};

static void match_name(struct sysfs *sysfs, const char *folder, const char *name, void *context)
{
	struct naming *naming = context;
	char path[PATH_MAX], mapped[256];

	if (naming->found || strncmp(name, "dm-", 3) != 0 || !resolve(sysfs, folder, name, path))
		return;
	naming->found = sysfs_line(path, "dm/name", mapped, sizeof(mapped)) &&
			strcmp(mapped, naming->name) == 0;
	if (naming->found)
		strcpy(naming->path, path);
}

bool sysfs_block(const struct sysfs *sysfs, const char *device, char path[PATH_MAX])
{
	struct naming naming = { .path = path };
	char at[PATH_MAX];
	struct stat st;

	if (device[0] != '/')
		return join(at, sysfs->root, "dev/block") && resolve(sysfs, at, device, path);
	if (!join(at, sysfs->root, "class/block"))
		return false;
	if (strncmp(device, "/dev/mapper/", 12) == 0) {
		naming.name = device + 12;
		each_name((struct sysfs *)sysfs, at, ".", match_name, &naming);
		if (naming.found)
			return true;
	}
	if (strncmp(device, "/dev/", 5) == 0 && !strchr(device + 5, '/') &&
	    resolve(sysfs, at, device + 5, path))
		return true;
	if (stat(device, &st) < 0 || !S_ISBLK(st.st_mode))
		return false;
	snprintf(at, sizeof(at), "%u:%u", major(st.st_rdev), minor(st.st_rdev));
	return sysfs_block(sysfs, at, path);
}

/* ---- classes ---- */

struct class_walk {
	bool (*wanted)(const char *path);
	const char *of;
};

static void want_entry(struct sysfs *sysfs, const char *folder, const char *name, void *context)
{
	const struct class_walk *walk = context;
	char path[PATH_MAX];

	if (!resolve(sysfs, folder, name, path) || has(path, "/devices/virtual/"))
		return;
	if (!walk->wanted || walk->wanted(path))
		sysfs_want_device(sysfs, path, walk->of, 0);
}

void sysfs_want_class(struct sysfs *sysfs, const char *class, bool (*wanted)(const char *path),
		      const char *of)
{
	struct class_walk walk = { .wanted = wanted, .of = of };
	char at[PATH_MAX];

	if (join(at, sysfs->root, "class"))
		each_name(sysfs, at, class, want_entry, &walk);
}
