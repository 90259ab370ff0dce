/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "uevent.h"

#include <dirent.h>
#include <errno.h>
#include <linux/netlink.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "log.h"
#include "text.h"

/* Many disks at once must not overrun it. */
#define SOCKET_BYTES (1 << 20)
#define KERNEL_GROUP 1

/* Buses that hold no device whose driver could lead to root, and many devices. */
static const char *const no_storage[] = { "clockevents", "clocksource",  "container",
					  "edac",        "event_source", "machinecheck",
					  "memory",      "node",         "workqueue" };

bool uevent_parse(const char *message, size_t n, struct uevent *ret)
{
	const char *end = message + n;

	*ret = (struct uevent){ .action = "", .subsystem = "" };
	if (!n || end[-1] || !strchr(message, '@'))
		return false;
	/* The first line says again what follows. */
	for (const char *at = message + strlen(message) + 1; at < end; at += strlen(at) + 1) {
		const char *value;

		if ((value = text_after(at, "ACTION=")))
			ret->action = value;
		else if ((value = text_after(at, "SUBSYSTEM=")))
			ret->subsystem = value;
		else if ((value = text_after(at, "DEVNAME=")))
			ret->name = value;
		else if ((value = text_after(at, "MODALIAS=")))
			ret->modalias = value;
	}
	return *ret->action != '\0';
}

int uevent_open(void)
{
	struct sockaddr_nl address = { .nl_family = AF_NETLINK, .nl_groups = KERNEL_GROUP };
	int fd = socket(AF_NETLINK, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK,
			NETLINK_KOBJECT_UEVENT);
	int bytes = SOCKET_BYTES;

	if (fd < 0)
		return -1;
	setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &bytes, sizeof(bytes));
	if (bind(fd, (struct sockaddr *)&address, sizeof(address))) {
		close(fd);
		return -1;
	}
	return fd;
}

bool uevent_next(int fd, struct uevent *ret)
{
	static char message[8192]; /* UEVENT_BUFFER_SIZE is 2048 */
	struct sockaddr_nl from;
	socklen_t length = sizeof(from);
	ssize_t n;

	for (;;) {
		n = recvfrom(fd, message, sizeof(message), 0, (struct sockaddr *)&from, &length);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return false;
		/* Programs can send there, too: what the kernel sends comes from 0. */
		if (from.nl_pid == 0 && uevent_parse(message, (size_t)n, ret))
			return true;
	}
}

bool uevent_wait(int fd, int milliseconds)
{
	struct pollfd poll_fd = { .fd = fd, .events = POLLIN };

	return poll(&poll_fd, 1, milliseconds) > 0;
}

static void plug_bus(struct modules *modules, const char *bus)
{
	char path[TEXT_PATH];
	char alias[4096];
	char last[4096] = "";
	struct dirent *entry;
	DIR *folder;

	folder = opendir(text_print(path, sizeof(path), "/sys/bus/%s/devices", bus));
	while (folder && (entry = readdir(folder))) {
		if (*entry->d_name == '.')
			continue;
		text_print(path, sizeof(path), "/sys/bus/%s/devices/%s/modalias", bus,
			   entry->d_name);
		if (!text_read_line(path, alias, sizeof(alias)) || !*alias || !strcmp(alias, last))
			continue;
		text_print(last, sizeof(last), "%s", alias);
		modules_load_alias(modules, alias);
	}
	if (folder)
		closedir(folder);
}

static bool is_skipped(const struct modules *modules, const char *bus)
{
	if (!strcmp(bus, "cpu"))
		return !modules_want(modules, "cpu:");
	for (size_t i = 0; i < sizeof(no_storage) / sizeof(*no_storage); i++) {
		if (!strcmp(no_storage[i], bus))
			return true;
	}
	return *bus == '.';
}

void uevent_coldplug(struct modules *modules)
{
	DIR *folder = opendir("/sys/bus");
	struct dirent *entry;

	while (folder && (entry = readdir(folder))) {
		if (!is_skipped(modules, entry->d_name))
			plug_bus(modules, entry->d_name);
	}
	if (folder)
		closedir(folder);
}
