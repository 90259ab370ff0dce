/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "root.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "find.h"
#include "layout.h"
#include "log.h"
#include "mount.h"
#include "text.h"

/* Seconds for which nothing new may come before root is given up. */
#define PATIENCE 30

/* A driver that another's type can do with: ext4's mounts all three. */
static const char *other_driver(const char *type)
{
	return !strcmp(type, "ext2") || !strcmp(type, "ext3") ? "ext4" : NULL;
}

static bool load_driver(struct boot *boot, const char *type)
{
	char alias[64];

	return modules_load(&boot->modules, text_print(alias, sizeof(alias), "fs-%s", type)) ||
	       modules_load(&boot->modules, type);
}

/* 0, or errno. A disk that is read-only by itself is mounted so. */
static int mount_type(struct boot *boot, const char *device, const char *place, const char *type,
		      const struct mount_options *options)
{
	int failed;

	load_driver(boot, type);
	failed = mount(device, place, type, options->flags, options->data) ? errno : 0;
	if ((failed == EROFS || failed == EACCES) && !(options->flags & MS_RDONLY)) {
		log_warning("%s: is read-only", device);
		failed = mount(device, place, type, options->flags | MS_RDONLY, options->data)
				 ? errno
				 : 0;
	}
	return failed;
}

static int mount_any(struct boot *boot, const char *device, const char *place, const char *types,
		     const struct mount_options *options)
{
	char *copy = text_copy(types, strlen(types));
	char *rest = copy;
	const char *type;
	int failed = EINVAL;

	while (failed && (type = text_piece(&rest, ','))) {
		failed = mount_type(boot, device, place, type, options);
		if (failed == ENODEV && other_driver(type))
			failed = mount_type(boot, device, place, other_driver(type), options);
		if (failed)
			boot_fail(boot, "%s: cannot be mounted as %s: %s", device, type,
				  strerror(failed));
		else
			log_info("%s (%s) is mounted at %s", device, type, place);
	}
	free(copy);
	return failed;
}

bool root_mount_device(struct boot *boot, struct device *device, const char *types,
		       const char *text, const char *place)
{
	struct mount_options options = { 0 };
	char path[TEXT_PATH];
	const char *type;

	text_print(path, sizeof(path), "/dev/%s", device->name);
	type = types && *types && strcmp(types, "auto") != 0 ? types : device_content(device)->type;
	if (!*type)
		return boot_fail(boot, "%s: holds no file system that is known", path);
	mount_options_add(&options, text);
	if (options.too_long)
		return boot_fail(boot, "%s: options are too long", path);
	return !mount_any(boot, path, place, type, &options);
}

/* The kernel mounts read-only unless it is told otherwise; of "ro" and "rw" the last one counts. */
static const char *access_mode(const struct boot *boot)
{
	const char *mode = "ro";

	for (size_t i = 0; i < boot->cmdline.n; i++) {
		const struct cmdline_word *word = &boot->cmdline.words[i];

		if (!word->value && (!strcmp(word->name, "ro") || !strcmp(word->name, "rw")))
			mode = word->name;
	}
	return mode;
}

static bool parse_root(struct boot *boot, struct device_name *name)
{
	const char *root = cmdline_get(&boot->cmdline, "root");

	/* Without a word of it: the partition that says of itself that it is root. */
	if (!root || !*root)
		root = "gpt-auto";
	device_name_parse(root, name);
	if (name->kind == NAME_NONE)
		return boot_fail(boot, "root=%s: not understood", root);
	return true;
}

/* What rootwait and rootdelay= say of it. */
static uint64_t patience(const struct boot *boot)
{
	const char *wait = cmdline_get(&boot->cmdline, "rootwait");
	uint64_t delay = cmdline_number(&boot->cmdline, "rootdelay", 0);
	uint64_t seconds;

	if (wait)
		return text_number(wait, 10, &seconds) && seconds < 1u << 30 ? seconds * 1000
									     : FIND_FOREVER;
	return delay > PATIENCE && delay < 1u << 30 ? delay * 1000 : PATIENCE * 1000;
}

static bool find_root(struct boot *boot, struct device **ret)
{
	const char *root = cmdline_get(&boot->cmdline, "root");
	struct device_name name;

	if (!parse_root(boot, &name))
		return false;
	*ret = find_device(boot, &name, patience(boot));
	if (*ret)
		return true;
	if (boot->hopeless)
		return false;
	if (name.kind == NAME_GPT_AUTO && !root)
		return boot_fail(
			boot,
			"no root= on the command line, and no partition of the type of a root");
	return boot_fail(boot, "root=%s: no such device came", root);
}

/* A line of fstab(5) whose mount point is /usr; the words point into it. */
static bool is_usr(char *line, const char **device, const char **type, const char **options)
{
	char *rest = line;
	const char *place;

	*device = text_word(&rest);
	place = text_word(&rest);
	*type = text_word(&rest);
	*options = text_word(&rest);
	return *device && **device != '#' && place && !strcmp(place, "/usr") && *type;
}

static bool mount_usr(struct boot *boot, const char *what, const char *type, const char *options)
{
	struct device_name name;
	struct device *device;
	char path[TEXT_PATH];

	device_name_parse(what, &name);
	/* NFS and others, and what cannot be found by this name: left to the real system. */
	if (name.kind == NAME_NONE) {
		log_warning("/usr on %s: left to the real system", what);
		return true;
	}
	device = find_device(boot, &name, patience(boot));
	if (!device)
		return boot->hopeless ? false : boot_fail(boot, "/usr: %s did not come", what);
	text_print(path, sizeof(path), "/dev/%s", device->name);
	return fsck_run(boot, device_content(device)->type, path, "/run/initramfs/fsck-usr") &&
	       root_mount_device(boot, device, type, options ? options : "", MOUNT_ROOT "/usr");
}

/* Links may lead anywhere, but only to a file on the real root: not followed, they count as there. */
static bool is_there(const char *path)
{
	char below[TEXT_PATH];
	struct stat status;

	return !lstat(text_print(below, sizeof(below), MOUNT_ROOT "%s", path), &status) &&
	       !S_ISDIR(status.st_mode);
}

static bool find_usr(struct boot *boot)
{
	char *fstab = text_read(LAYOUT_FSTAB, NULL);
	char *rest;
	char *line;
	bool done = true;

	if (!fstab)
		fstab = text_read(MOUNT_ROOT "/etc/fstab", NULL);
	rest = fstab;
	while (done && (line = text_line(&rest))) {
		const char *device, *type, *options;

		if (is_usr(line, &device, &type, &options))
			done = mount_usr(boot, device, type, options);
	}
	free(fstab);
	return done;
}

bool root_mount(struct boot *boot)
{
	const char *flags = cmdline_get(&boot->cmdline, "rootflags");
	const char *types = cmdline_get(&boot->cmdline, "rootfstype");
	char options[MOUNT_DATA];
	char path[TEXT_PATH];
	struct device *device;

	if (!find_root(boot, &device))
		return false;
	times_mark(&boot->times, "root-found");
	text_print(options, sizeof(options), "%s,%s", access_mode(boot), flags ? flags : "");
	text_print(path, sizeof(path), "/dev/%s", device->name);
	mkdir(MOUNT_ROOT, 0755);
	if (!fsck_run(boot, device_content(device)->type, path, "/run/initramfs/fsck-root") ||
	    !root_mount_device(boot, device, types, options, MOUNT_ROOT) || !find_usr(boot))
		return false;
	return overlay_mount(boot);
}

void root_unmount(void)
{
	while (!umount2(MOUNT_ROOT "/usr", MNT_DETACH) || !umount2(MOUNT_ROOT, MNT_DETACH))
		;
}

const char *root_find_init(struct boot *boot)
{
	static const char *const places[] = { "/sbin/init", "/usr/sbin/init", "/etc/init",
					      "/bin/init", "/bin/sh" };
	const char *wanted = cmdline_get(&boot->cmdline, "init");

	if (wanted && *wanted) {
		if (is_there(wanted))
			return wanted;
		boot_fail(boot, "init=%s: not on the root", wanted);
		return NULL;
	}
	for (size_t i = 0; i < sizeof(places) / sizeof(*places); i++) {
		if (is_there(places[i]))
			return places[i];
	}
	boot_fail(boot, "no init on the root");
	return NULL;
}
