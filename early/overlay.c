/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>

#include "log.h"
#include "mount.h"
#include "root.h"
#include "text.h"

/* Below /run, which goes on to the real system: root stays to be seen there. */
#define PLACE "/run/kimg/overlay"

static bool is_wanted(const struct boot *boot)
{
	const char *ubuntu = cmdline_get(&boot->cmdline, "overlayroot");
	const char *systemd = cmdline_get(&boot->cmdline, "systemd.volatile");

	return cmdline_flag(&boot->cmdline, "rd.overlay", false) ||
	       cmdline_flag(&boot->cmdline, "rd.overlayfs", false) ||
	       (ubuntu && text_after(ubuntu, "tmpfs")) || (systemd && !strcmp(systemd, "overlay"));
}

static bool build(void)
{
	return !mount("kimg-overlay", PLACE "/memory", "tmpfs", 0, "mode=0755") &&
	       !mkdir(PLACE "/memory/upper", 0755) && !mkdir(PLACE "/memory/work", 0755) &&
	       !mount(MOUNT_ROOT, PLACE "/root", NULL, MS_MOVE, NULL) &&
	       !mount("overlay", MOUNT_ROOT, "overlay", 0,
		      "lowerdir=" PLACE "/root,upperdir=" PLACE "/memory/upper,workdir=" PLACE
		      "/memory/work");
}

bool overlay_mount(struct boot *boot)
{
	if (!is_wanted(boot))
		return true;
	modules_load(&boot->modules, "overlay");
	mkdir("/run/kimg", 0755);
	mkdir(PLACE, 0755);
	mkdir(PLACE "/root", 0755);
	mkdir(PLACE "/memory", 0755);
	if (!build())
		return boot_fail(boot, "overlay: %s", strerror(errno));
	log_info("changes of / stay in memory");
	return true;
}
