/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 *	resume=DEVICE [resume_offset=PAGES]	swap, or with an offset a file of swap on the device
 *	noresume, resume=0			not now
 *
 * The kernel's own reader of these words (kernel/power/hibernate.c) ran before the device was there: it is asked again
 * through /sys/power. It goes back to the old memory, or says no and leaves everything as it was.
 */
#include "resume.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "find.h"
#include "log.h"
#include "text.h"

/* A disk that is gone must not keep a machine from starting. */
#define PATIENCE_MS 10000

/* The signature of a file of swap, at the end of its first page (kernel/power/swap.c). */
static bool is_suspended_at(const struct device *device, uint64_t offset)
{
	long page = sysconf(_SC_PAGESIZE);
	char path[TEXT_PATH];
	char signature[10] = "";
	int fd =
		open(text_print(path, sizeof(path), "/dev/%s", device->name), O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return false;
	if (offset < UINT64_MAX / 2 / (uint64_t)page &&
	    pread(fd, signature, sizeof(signature), (off_t)((offset + 1) * (uint64_t)page - 10)) <
		    0)
		*signature = '\0';
	close(fd);
	return !memcmp(signature, "S1SUSPEND", 9);
}

static void ask_kernel(const struct device *device, uint64_t offset)
{
	char text[32];

	if (offset)
		text_write("/sys/power/resume_offset",
			   text_print(text, sizeof(text), "%llu", (unsigned long long)offset));
	text_print(text, sizeof(text), "%u:%u", major(device->number), minor(device->number));
	text_write("/sys/power/resume", text);
	log_warning("%s: the kernel does not take the memory in it", device->name);
}

void resume(struct boot *boot)
{
	const char *text = cmdline_get(&boot->cmdline, "resume");
	uint64_t offset = cmdline_number(&boot->cmdline, "resume_offset", 0);
	struct device_name name;
	struct device *device;

	if (!text || cmdline_get(&boot->cmdline, "noresume") ||
	    !cmdline_flag(&boot->cmdline, "resume", true))
		return;
	times_mark(&boot->times, "resume");
	device_name_parse(text, &name);
	if (name.kind == NAME_NONE) {
		log_warning("resume=%s: not understood", text);
		return;
	}
	device = find_device(boot, &name, PATIENCE_MS);
	if (!device)
		log_warning("resume=%s: no such device came", text);
	else if (offset ? is_suspended_at(device, offset)
			: device_content(device)->content == CONTENT_SUSPENDED)
		ask_kernel(device, offset);
}
