/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The modules of the running kernel. Their addresses stand in /proc/modules, for who has CAP_SYSLOG:
 *	kcrash 16384 0 - Live 0xffffffffc0842000 (OE)
 *	name, size, users, "-" or names that end with ",", Live, Loading or Unloading, address, taint
 * That one comes or leaves is said by datagrams on NETLINK_KOBJECT_UEVENT (lib/kobject_uevent.c of Linux):
 *	add@/module/kcrash NUL ACTION=add NUL DEVPATH=... NUL SUBSYSTEM=module NUL ...
 */
#include "klog/modules.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/netlink.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/buf.h"

enum {
	MOST_MODULES = 8192,
	MOST_GONE = 1024, /* of these that are kept */
	MOST_TEXT = 4 << 20,
	FROM_KERNEL = 1, /* the group of messages that udev did not touch */
};

void modules_open(struct modules *modules)
{
	struct sockaddr_nl address = { .nl_family = AF_NETLINK, .nl_groups = FROM_KERNEL };

	modules->events =
		socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, NETLINK_KOBJECT_UEVENT);
	if (modules->events >= 0 &&
	    bind(modules->events, (struct sockaddr *)&address, sizeof(address)) != 0) {
		close(modules->events);
		modules->events = -1;
	}
	modules_refresh(modules);
}

void modules_close(struct modules *modules)
{
	if (modules->events >= 0)
		close(modules->events);
	modules->events = -1;
	free(modules->all);
	modules->all = NULL;
	modules->count = 0;
}

/* Programs may send such messages to each other; only those of the kernel have no port. */
static bool is_of_kernel(const struct sockaddr_nl *from)
{
	return from->nl_family == AF_NETLINK && from->nl_pid == 0;
}

/* "add@/module/kcrash"; what is below, such as holders, is not meant. */
static bool is_about_module(struct span text)
{
	static const char middle[] = "@/module/";
	size_t at;

	text = span_text(text);
	return span_find(text, 0, SPAN_LITERAL(middle), &at) && at < 16 &&
	       !memchr(text.p + at + sizeof(middle) - 1, '/', text.n - at - (sizeof(middle) - 1));
}

void modules_hear(struct modules *modules)
{
	bool changed = false;
	char bytes[4096];

	for (unsigned int i = 0; i < 1024; i++) {
		struct sockaddr_nl from = { 0 };
		socklen_t size = sizeof(from);
		ssize_t n = recvfrom(modules->events, bytes, sizeof(bytes), 0,
				     (struct sockaddr *)&from, &size);

		if (n < 0 && errno == ENOBUFS) {
			changed = true; /* some were lost */
			continue;
		}
		if (n < 0)
			break;
		if (is_of_kernel(&from) && is_about_module(span_of(bytes, n)))
			changed = true;
	}
	if (changed)
		modules_refresh(modules);
}

/* ---- the list ---- */

static struct span next_word(struct span *line)
{
	struct span word = *line;
	const uint8_t *blank = word.n ? memchr(word.p, ' ', word.n) : NULL;

	if (blank)
		word.n = blank - word.p;
	*line = span_from(*line, word.n + (blank != NULL));
	return word;
}

static uint64_t number_of(struct span word, int base)
{
	char digits[32];

	if (word.n >= sizeof(digits))
		return 0;
	memcpy(digits, word.p, word.n);
	digits[word.n] = '\0';
	return strtoull(digits, NULL, base);
}

/* False where the line is none, or the address is hidden. */
static bool parse_line(struct span line, struct loaded_module *ret_module)
{
	struct span name = next_word(&line), size = next_word(&line);
	struct span address;

	next_word(&line);
	next_word(&line);
	next_word(&line);
	address = next_word(&line);
	if (name.n == 0 || name.n >= sizeof(ret_module->name) || size.n == 0 || address.n == 0)
		return false;
	*ret_module = (struct loaded_module){ .address = number_of(address, 16),
					      .size = number_of(size, 10) };
	memcpy(ret_module->name, name.p, name.n);
	return ret_module->address != 0;
}

static struct loaded_module *find(const struct modules *modules, const struct loaded_module *wanted)
{
	for (size_t i = 0; i < modules->count; i++)
		if (!modules->all[i].gone && modules->all[i].address == wanted->address &&
		    strcmp(modules->all[i].name, wanted->name) == 0)
			return &modules->all[i];
	return NULL;
}

static void forget_oldest(struct modules *modules)
{
	size_t oldest = modules->count, gone = 0;

	for (size_t i = 0; i < modules->count; i++) {
		if (!modules->all[i].gone)
			continue;
		gone++;
		if (oldest == modules->count || modules->all[i].seen < modules->all[oldest].seen)
			oldest = i;
	}
	if (gone > MOST_GONE)
		modules->all[oldest] = modules->all[--modules->count];
}

static void add(struct modules *modules, const struct loaded_module *module)
{
	if (modules->count == MOST_MODULES)
		return;
	if (modules->count == modules->room) {
		size_t room = modules->room ? 2 * modules->room : 64;
		struct loaded_module *larger = realloc(modules->all, room * sizeof(*larger));

		/* The next look tries again. */
		if (!larger)
			return;
		modules->all = larger;
		modules->room = room;
	}
	modules->all[modules->count] = *module;
	modules->all[modules->count++].seen = ++modules->changes;
}

static void mark_gone(struct modules *modules, const bool *found, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (found[i] || modules->all[i].gone)
			continue;
		modules->all[i].gone = true;
		modules->all[i].seen = ++modules->changes;
	}
	forget_oldest(modules);
}

void modules_update(struct modules *modules, struct span text)
{
	size_t count = modules->count;
	cleanup_free bool *found = calloc(count + 1, sizeof(*found));

	if (!found)
		return;
	while (text.n) {
		const uint8_t *newline = memchr(text.p, '\n', text.n);
		struct span line =
			span_clip(text, 0, newline ? (size_t)(newline - text.p) : text.n);
		struct loaded_module module, *known;

		text = span_from(text, line.n + 1);
		if (!parse_line(line, &module))
			continue;
		known = find(modules, &module);
		if (!known)
			add(modules, &module);
		else if ((size_t)(known - modules->all) < count)
			found[known - modules->all] = true;
	}
	mark_gone(modules, found, count);
}

void modules_refresh(struct modules *modules)
{
	int fd = open("/proc/modules", O_RDONLY | O_CLOEXEC);
	cleanup_buf struct buf text = { 0 };
	char bytes[16384];
	ssize_t n;

	if (fd < 0)
		return;
	while ((n = read(fd, bytes, sizeof(bytes))) > 0 && text.n < MOST_TEXT)
		buf_add(&text, bytes, n);
	close(fd);
	if (n == 0 && !text.failed)
		modules_update(modules, buf_span(&text));
}

/* ---- reports ---- */

/* The one that is there, else the last one of that name that was. */
static const struct loaded_module *newest(const struct modules *modules, const char *name)
{
	const struct loaded_module *best = NULL;

	for (size_t i = 0; i < modules->count; i++) {
		const struct loaded_module *module = &modules->all[i];

		if (strcmp(module->name, name) != 0)
			continue;
		if (!best || (best->gone && !module->gone) ||
		    (best->gone == module->gone && module->seen > best->seen))
			best = module;
	}
	return best;
}

void modules_tell(const struct modules *modules, struct kimg_oops *oops)
{
	for (size_t i = 0; i < oops->module_count; i++) {
		struct kimg_oops_module *module = &oops->modules[i];
		const struct loaded_module *loaded;

		if (!module->name || module->has_address)
			continue;
		loaded = newest(modules, module->name);
		if (!loaded)
			continue;
		module->has_address = true;
		module->address = loaded->address;
	}
}
