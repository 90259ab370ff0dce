/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "find.h"

#include <errno.h>
#include <string.h>

#include "assemble.h"
#include "log.h"

bool find_events(struct boot *boot)
{
	struct uevent event;
	bool any = false;

	errno = 0;
	while (boot->uevents >= 0 && uevent_next(boot->uevents, &event)) {
		bool add = !strcmp(event.action, "add");

		any |= devices_event(&boot->devices, &event);
		if (add && event.modalias)
			any |= modules_load_alias(&boot->modules, event.modalias);
	}
	/* Some were lost: what is there is looked at again. */
	if (errno == ENOBUFS)
		boot->plugged = false;
	if (any)
		boot->heard = boot_now();
	return any;
}

/* Root, as far as what is on it can be mounted: a btrfs on several disks wants all of them. */
static struct device *ready(struct boot *boot, const struct device_name *name)
{
	struct device *device = devices_find(&boot->devices, name);

	return device && assemble_ready(boot, device) ? device : NULL;
}

/* One step on: false where nothing is left to be done but to wait. */
static bool step(struct boot *boot)
{
	bool done = find_events(boot);

	if (!boot->plugged) {
		boot->plugged = true;
		uevent_coldplug(&boot->modules);
		modules_load_words(&boot->modules, "rd.driver.post");
		devices_scan(&boot->devices);
		done = true;
	}
	return assemble(boot) || done;
}

static int until(const struct boot *boot, uint64_t limit)
{
	uint64_t now = boot_now();
	uint64_t left = limit == FIND_FOREVER ? 60000 : limit;
	uint64_t next = assemble_deadline(boot);

	if (limit != FIND_FOREVER)
		left = boot->heard + limit > now ? boot->heard + limit - now : 0;
	if (next > now && next - now < left)
		left = next - now;
	return left > 60000 ? 60000 : (int)left;
}

struct device *find_device(struct boot *boot, const struct device_name *name, uint64_t limit)
{
	struct device *device;

	crypt_retry(boot);
	boot->started = boot->heard = boot_now();
	for (;;) {
		device = ready(boot, name);
		if (device)
			return device;
		if (step(boot))
			continue;
		if (boot->hopeless)
			return NULL;
		if (limit != FIND_FOREVER && boot_now() >= boot->heard + limit)
			return NULL;
		if (!uevent_wait(boot->uevents, until(boot, limit)))
			log_debug("nothing new yet");
	}
}
