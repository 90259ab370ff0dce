/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "lvm.h"

#include <string.h>

#include "layout.h"
#include "log.h"
#include "mapper.h"
#include "run.h"
#include "text.h"

/* There is no udev that would make nodes, and no daemon that would watch. */
#define CONFIG                                               \
	"activation{udev_sync=0 udev_rules=0 monitoring=0} " \
	"devices{obtain_device_list_from_udev=0 "            \
	"use_devicesfile=0} global{event_activation=0}"
/* A thin pool is checked before it is used, where the image has what checks it. */
#define THIN_CHECK    "/usr/sbin/thin_check"
#define NO_THIN_CHECK " global/thin_check_executable=\"\""

static bool claim_disks(struct boot *boot)
{
	bool any = false;

	for (size_t i = 0; i < boot->devices.n; i++) {
		struct device *device = boot->devices.list[i];

		if (device->used || device_content(device)->content != CONTENT_LVM)
			continue;
		device->used = true;
		any = true;
	}
	return any;
}

static void activate(struct boot *boot, const char *command, const char *what)
{
	const char *const argv[] = { LAYOUT_LVM, command, "-a", "y", "--sysinit",
				     "--config", CONFIG,  what, NULL };
	struct run lvm = { .argv = argv, .silent = true };
	int status = run(&lvm);

	/* Others of the group may have no disks yet. */
	log_debug("lvm %s %s: exit status %d", command, what ? what : "", status);
}

/* rd.lvm.lv=VG/LV and rd.lvm.vg=VG name what is wanted; without them all of it. */
static bool activate_named(struct boot *boot, const char *word, const char *command)
{
	const char *what;
	size_t at = 0;
	bool any = false;

	while ((what = cmdline_next(&boot->cmdline, word, &at))) {
		activate(boot, command, what);
		any = true;
	}
	return any;
}

bool lvm_assemble(struct boot *boot)
{
	bool named;

	if (!cmdline_flag(&boot->cmdline, "rd.lvm", true) || !claim_disks(boot))
		return false;
	if (!run_have(LAYOUT_LVM)) {
		log_warning("disks of LVM are there, but the image has no " LAYOUT_LVM);
		return false;
	}
	mapper_load(boot);
	named = activate_named(boot, "rd.lvm.lv", "lvchange");
	named |= activate_named(boot, "rd.lvm.vg", "vgchange");
	if (!named)
		activate(boot, "vgchange", NULL);
	mapper_settle(boot);
	return true;
}
