/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How users name devices, and which device a name means. */
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include "device.h"
#include "log.h"
#include "text.h"

/* Discoverable Partitions Specification: the root of this architecture; and bit 63, "no auto". */
#if defined(__x86_64__)
#define ROOT_TYPE "4f68bce3-e8cd-4db1-96e7-fbcaf984b709"
#elif defined(__i386__)
#define ROOT_TYPE "44479540-f297-41b2-9af7-d131d5f0458a"
#elif defined(__aarch64__)
#define ROOT_TYPE "b921b045-1df0-41c3-af44-4c6f280d3fae"
#elif defined(__arm__)
#define ROOT_TYPE "69dad710-2ce4-4e3c-b16c-21a1d49abed3"
#elif defined(__riscv) && __riscv_xlen == 64
#define ROOT_TYPE "72ec70a6-cf74-40e6-bd49-4bda08e8f224"
#elif defined(__riscv)
#define ROOT_TYPE "60d5a7fe-8e7d-435c-b714-3dd8162144e1"
#elif defined(__loongarch64)
#define ROOT_TYPE "77055800-792c-4f94-b39a-98c91b762bb6"
#elif defined(__powerpc64__) && defined(__LITTLE_ENDIAN__)
#define ROOT_TYPE "c31c45e6-3f39-412e-80fb-4809c4980599"
#elif defined(__s390x__)
#define ROOT_TYPE "5eead9a9-fe09-4a1e-a1d7-520d00531306"
#else
#define ROOT_TYPE ""
#endif
#define NO_AUTO (UINT64_C(1) << 63)

static const struct {
	const char *prefix;
	enum name_kind kind;
	bool link; /* made by udev: bytes that a file's name cannot have are written \x20 */
} forms[] = {
	{ "UUID=", NAME_UUID, false },
	{ "LABEL=", NAME_LABEL, false },
	{ "PARTUUID=", NAME_PARTUUID, false },
	{ "PARTLABEL=", NAME_PARTLABEL, false },
	{ "/dev/disk/by-uuid/", NAME_UUID, true },
	{ "/dev/disk/by-label/", NAME_LABEL, true },
	{ "/dev/disk/by-partuuid/", NAME_PARTUUID, true },
	{ "/dev/disk/by-partlabel/", NAME_PARTLABEL, true },
};

/* "UUID=..." with quotation marks around what follows. */
static void set_text(struct device_name *name, const char *text)
{
	size_t n = strlen(text);

	if (n >= 2 && *text == '"' && text[n - 1] == '"')
		text_print(name->text, sizeof(name->text), "%.*s", (int)(n - 2), text + 1);
	else
		text_print(name->text, sizeof(name->text), "%s", text);
}

/* 1234-56/PARTNROFF=N: that many partitions on from this one. */
static void split_offset(struct device_name *name)
{
	char *at = strstr(name->text, "/PARTNROFF=");
	uint64_t value;
	bool minus;

	if (!at)
		return;
	*at = '\0';
	at += strlen("/PARTNROFF=");
	minus = *at == '-';
	if (text_number(at + minus, 10, &value) && value < 4096)
		name->offset = minus ? -(int)value : (int)value;
}

/* MAJOR:MINOR, or both in four or more hexadecimal digits as lilo wrote them (init/do_mounts.c). */
static bool is_number(const char *text, struct device_name *ret)
{
	const char *colon = strchr(text, ':');
	char high[16] = "";
	uint64_t major_number;
	uint64_t minor_number;

	if (colon && colon - text < (int)sizeof(high)) {
		memcpy(high, text, (size_t)(colon - text));
		if (!text_number(high, 10, &major_number) ||
		    !text_number(colon + 1, 10, &minor_number))
			return false;
		ret->number = makedev((unsigned)major_number, (unsigned)minor_number);
		return true;
	}
	if (colon || !text_number(text, 16, &major_number) || major_number > UINT32_MAX)
		return false;
	/* new_decode_dev of include/linux/kdev_t.h */
	ret->number = makedev((unsigned)(major_number >> 8 & 0xfff),
			      (unsigned)((major_number & 0xff) | (major_number >> 12 & 0xfff00)));
	return true;
}

void device_name_parse(const char *text, struct device_name *ret)
{
	*ret = (struct device_name){ 0 };
	for (size_t i = 0; i < sizeof(forms) / sizeof(*forms); i++) {
		const char *rest = text_after(text, forms[i].prefix);

		if (!rest || !*rest)
			continue;
		ret->kind = forms[i].kind;
		set_text(ret, rest);
		if (forms[i].link)
			text_unescape(ret->text);
		if (ret->kind == NAME_PARTUUID)
			split_offset(ret);
		return;
	}
	set_text(ret, text);
	if (text_after(text, "/dev/"))
		ret->kind = NAME_PATH;
	else if (!strcmp(text, "gpt-auto"))
		ret->kind = NAME_GPT_AUTO;
	else if (is_number(text, ret))
		ret->kind = NAME_NUMBER;
}

/* Disks may hold the same disk once more, within what is not complete. */
static bool is_content(struct device *device)
{
	enum content content = device_content(device)->content;

	return content != CONTENT_MD && content != CONTENT_UNKNOWN;
}

static bool is_auto(struct device *device)
{
	const struct partition *entry = device_entry(device);

	return entry && *ROOT_TYPE && !strcmp(entry->type, ROOT_TYPE) &&
	       !(entry->attributes & NO_AUTO);
}

static bool is_named(struct device *device, const struct device_name *name)
{
	const struct partition *entry;

	switch (name->kind) {
	case NAME_UUID:
		return is_content(device) &&
		       text_same_case(device_content(device)->uuid, name->text);
	case NAME_LABEL:
		return is_content(device) && !strcmp(device_content(device)->label, name->text);
	case NAME_PARTUUID:
		entry = device_entry(device);
		return entry && text_same_case(entry->uuid, name->text);
	case NAME_PARTLABEL:
		entry = device_entry(device);
		return entry && !strcmp(entry->label, name->text);
	case NAME_GPT_AUTO:
		return is_auto(device);
	default:
		return false;
	}
}

/* The partition so many on, on the same disk. */
static struct device *neighbour(struct devices *devices, const struct device *device, int offset)
{
	for (size_t i = 0; i < devices->n; i++) {
		struct device *other = devices->list[i];

		if (!strcmp(other->disk, device->disk) &&
		    (int)other->partition == (int)device->partition + offset)
			return other;
	}
	return NULL;
}

static struct device *by_path(struct devices *devices, const char *path)
{
	struct stat status;
	struct device *device;

	if (stat(path, &status) || !S_ISBLK(status.st_mode))
		return NULL;
	device = devices_by_number(devices, status.st_rdev);
	return device ? device : devices_add(devices, text_after(path, "/dev/"));
}

struct device *devices_find(struct devices *devices, const struct device_name *name)
{
	if (name->kind == NAME_PATH)
		return by_path(devices, name->text);
	if (!devices->scanned)
		devices_scan(devices);
	if (name->kind == NAME_NUMBER)
		return devices_by_number(devices, name->number);
	for (size_t i = 0; i < devices->n; i++) {
		struct device *device = devices->list[i];

		if (!is_named(device, name))
			continue;
		return name->offset ? neighbour(devices, device, name->offset) : device;
	}
	return NULL;
}
