/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>
#include <string.h>
#include <sys/reboot.h>
#include <sys/stat.h>
#include <unistd.h>

#include "layout.h"
#include "log.h"
#include "root.h"
#include "run.h"
#include "text.h"

/* Bits of the exit status: fsck(8). */
enum { FSCK_REBOOT = 2, FSCK_LEFT = 4 };

/* fsck.mode= of systemd, and the older words. */
static bool is_mode(const struct boot *boot, const char *mode, const char *word)
{
	const char *value = cmdline_get(&boot->cmdline, "fsck.mode");

	return (value && !strcmp(value, mode)) || cmdline_get(&boot->cmdline, word);
}

bool fsck_run(struct boot *boot, const char *type, const char *device, const char *mark)
{
	char path[TEXT_PATH];
	const char *argv[] = { path, "-a", "-f", device, NULL };
	int status;

	text_print(path, sizeof(path), LAYOUT_FSCK "%s", type);
	if (!*type || is_mode(boot, "skip", "fastboot") || !run_have(path))
		return true;
	if (!is_mode(boot, "force", "forcefsck")) {
		argv[2] = device;
		argv[3] = NULL;
	}
	status = run_plain(argv);
	log_info("%s %s: exit status %d", path, device, status);
	if (status < 0 || status >= 8)
		return true; /* it could not check: the mount will tell */
	if (status & FSCK_REBOOT) {
		sync();
		reboot(RB_AUTOBOOT);
	}
	if (status & FSCK_LEFT)
		return boot_fail(boot, "%s: %s leaves errors that need a decision", device, path);
	/* systemd-fsck does not check it once more. */
	mkdir("/run/initramfs", 0755);
	text_write(mark, "");
	return true;
}
