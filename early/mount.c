/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "mount.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "log.h"
#include "text.h"

static const struct {
	const char *type, *place;
	unsigned long flags;
	const char *data;
} api[] = {
	{ "proc", "/proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL },
	{ "sysfs", "/sys", MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL },
	{ "devtmpfs", "/dev", MS_NOSUID, "mode=0755" },
	{ "tmpfs", "/run", MS_NOSUID | MS_NODEV | MS_STRICTATIME, "mode=0755,size=20%" },
};

static const struct {
	const char *name;
	unsigned long set, clear;
} flags[] = {
	{ "ro", MS_RDONLY, 0 },
	{ "rw", 0, MS_RDONLY },
	{ "nosuid", MS_NOSUID, 0 },
	{ "suid", 0, MS_NOSUID },
	{ "nodev", MS_NODEV, 0 },
	{ "dev", 0, MS_NODEV },
	{ "noexec", MS_NOEXEC, 0 },
	{ "exec", 0, MS_NOEXEC },
	{ "sync", MS_SYNCHRONOUS, 0 },
	{ "async", 0, MS_SYNCHRONOUS },
	{ "dirsync", MS_DIRSYNC, 0 },
	{ "noatime", MS_NOATIME, 0 },
	{ "atime", 0, MS_NOATIME },
	{ "nodiratime", MS_NODIRATIME, 0 },
	{ "diratime", 0, MS_NODIRATIME },
	{ "relatime", MS_RELATIME, 0 },
	{ "norelatime", 0, MS_RELATIME },
	{ "strictatime", MS_STRICTATIME, 0 },
	{ "lazytime", MS_LAZYTIME, 0 },
	{ "nolazytime", 0, MS_LAZYTIME },
	{ "silent", MS_SILENT, 0 },
	{ "loud", 0, MS_SILENT },
	{ "iversion", MS_I_VERSION, 0 },
	/* For user space. */
	{ "defaults", 0, 0 },
	{ "auto", 0, 0 },
	{ "noauto", 0, 0 },
	{ "nofail", 0, 0 },
	{ "_netdev", 0, 0 },
	{ "user", 0, 0 },
	{ "nouser", 0, 0 },
};

static void add_option(struct mount_options *options, const char *option)
{
	size_t used = strlen(options->data);

	for (size_t i = 0; i < sizeof(flags) / sizeof(*flags); i++) {
		if (strcmp(option, flags[i].name) != 0)
			continue;
		options->flags = (options->flags & ~flags[i].clear) | flags[i].set;
		return;
	}
	if (text_after(option, "x-") || text_after(option, "comment="))
		return;
	if (used + strlen(option) + 2 > sizeof(options->data)) {
		options->too_long = true;
		return;
	}
	text_print(options->data + used, sizeof(options->data) - used, "%s%s", used ? "," : "",
		   option);
}

/* A ',' within "" is part of an option: SELinux' contexts have them. */
void mount_options_add(struct mount_options *options, const char *text)
{
	char option[MOUNT_DATA];

	while (*text) {
		bool quoted = false;
		size_t n = 0;

		for (; text[n] && (quoted || text[n] != ','); n++)
			quoted ^= text[n] == '"';
		if (n && n < sizeof(option)) {
			memcpy(option, text, n);
			option[n] = '\0';
			add_option(options, option);
		} else if (n) {
			options->too_long = true;
		}
		text += n + (text[n] == ',');
	}
}

void mount_api(void)
{
	for (size_t i = 0; i < sizeof(api) / sizeof(*api); i++) {
		mkdir(api[i].place, 0755);
		/* EBUSY: somebody was here before, as with CONFIG_DEVTMPFS_MOUNT. */
		if (mount(api[i].type, api[i].place, api[i].type, api[i].flags, api[i].data) &&
		    errno != EBUSY)
			log_error("%s: cannot be mounted: %s", api[i].place, strerror(errno));
	}
}

void mount_api_move(void)
{
	static const char *const places[] = { "/dev", "/proc", "/sys", "/run" };

	for (size_t i = 0; i < sizeof(places) / sizeof(*places); i++) {
		char target[TEXT_PATH];

		text_print(target, sizeof(target), MOUNT_ROOT "%s", places[i]);
		if (!mount(places[i], target, NULL, MS_MOVE, NULL))
			continue;
		/* The real system mounts its own where this one cannot be moved. */
		log_warning("%s: cannot be moved to the real root: %s", places[i], strerror(errno));
		umount2(places[i], MNT_DETACH);
	}
}
