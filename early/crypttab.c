/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which devices are to be opened.
 *
 *	NAME DEVICE [KEY [OPTIONS]]			a line of crypttab(5)
 *	rd.luks.name=UUID=NAME, rd.luks.uuid=UUID	systemd's and dracut's; the name is luks-UUID then
 *	rd.luks.key=[UUID=]PATH, rd.luks.options=[UUID=]OPTIONS
 *	cryptdevice=DEVICE:NAME[:OPTIONS], cryptkey=rootfs:PATH		mkinitcpio's
 *	root=/dev/mapper/luks-UUID			says it, too
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "crypt.h"
#include "log.h"
#include "text.h"

#define MAPPED "/dev/mapper/luks-"

static struct crypt_target *add(struct crypt *crypt, const char *name, const char *device)
{
	struct crypt_target *target;

	for (size_t i = 0; i < crypt->n; i++) {
		if (!strcmp(crypt->targets[i].name, name))
			return &crypt->targets[i];
	}
	crypt->targets = text_grow(crypt->targets, (crypt->n + 1) * sizeof(*crypt->targets));
	target = &crypt->targets[crypt->n++];
	*target = (struct crypt_target){ 0 };
	text_print(target->name, sizeof(target->name), "%s", name);
	device_name_parse(device, &target->device);
	return target;
}

static struct crypt_target *add_uuid(struct crypt *crypt, const char *uuid, const char *name)
{
	char own_name[128];
	char device[128];
	const char *rest = text_after(uuid, "luks-");

	uuid = rest ? rest : uuid;
	text_print(device, sizeof(device), "UUID=%s", uuid);
	if (!name)
		name = text_print(own_name, sizeof(own_name), "luks-%s", uuid);
	for (size_t i = 0; i < crypt->n; i++) {
		struct crypt_target *target = &crypt->targets[i];

		if (target->device.kind == NAME_UUID && text_same_case(target->device.text, uuid))
			return target;
	}
	return add(crypt, name, device);
}

static void set_key(struct crypt_target *target, const char *key)
{
	if (strcmp(key, "none") != 0 && strcmp(key, "-") != 0)
		text_print(target->key, sizeof(target->key), "%s", key);
}

static void read_crypttab(struct crypt *crypt, char *rest)
{
	char *line;

	while ((line = text_line(&rest))) {
		const char *name = text_word(&line);
		const char *device = name ? text_word(&line) : NULL;
		const char *key = device ? text_word(&line) : NULL;
		const char *options = key ? text_word(&line) : NULL;
		struct crypt_target *target;

		if (!device || *name == '#')
			continue;
		target = add(crypt, name, device);
		if (key)
			set_key(target, key);
		if (options)
			text_print(target->options, sizeof(target->options), "%s", options);
	}
}

/* UUID=VALUE for one, VALUE for all that have none yet. */
static void set_for(struct crypt *crypt, const char *value, bool is_key)
{
	size_t n = strcspn(value, "=");
	bool one = n >= 36 && value[n] == '=' && *value != '/';

	for (size_t i = 0; i < crypt->n; i++) {
		struct crypt_target *target = &crypt->targets[i];
		const char *text = one ? value + n + 1 : value;
		char uuid[64];

		text_print(uuid, sizeof(uuid), "%.*s", (int)(n < 63 ? n : 63), value);
		if (one && !text_same_case(uuid, target->device.text))
			continue;
		if (is_key)
			set_key(target, text);
		else
			text_print(target->options, sizeof(target->options), "%s", text);
	}
}

static void read_luks_words(struct crypt *crypt, const struct cmdline *cmdline)
{
	const char *value;
	size_t at = 0;

	while ((value = cmdline_next(cmdline, "rd.luks.name", &at))) {
		const char *name = strchr(value, '=');
		char uuid[64];

		if (!name)
			continue;
		text_print(uuid, sizeof(uuid), "%.*s", (int)(name - value), value);
		add_uuid(crypt, uuid, name + 1);
	}
	at = 0;
	while ((value = cmdline_next(cmdline, "rd.luks.uuid", &at))) {
		if (*value)
			add_uuid(crypt, value, NULL);
	}
	value = cmdline_get(cmdline, "root");
	if (value && text_after(value, MAPPED))
		add_uuid(crypt, text_after(value, MAPPED), NULL);
}

static void read_cryptdevice(struct crypt *crypt, const struct cmdline *cmdline)
{
	const char *value = cmdline_get(cmdline, "cryptdevice");
	const char *key = cmdline_get(cmdline, "cryptkey");
	char copy[TEXT_PATH];
	char *rest = copy;
	const char *device, *name, *options;
	struct crypt_target *target;

	text_print(copy, sizeof(copy), "%s", value ? value : "");
	device = text_piece(&rest, ':');
	name = device ? text_piece(&rest, ':') : NULL;
	if (!name)
		return;
	options = text_piece(&rest, ':');
	target = add(crypt, name, device);
	if (options)
		text_print(target->options, sizeof(target->options), "%s", options);
	if (key && text_after(key, "rootfs:"))
		set_key(target, text_after(key, "rootfs:"));
}

void crypt_read(struct crypt *crypt, char *crypttab, const struct cmdline *cmdline)
{
	const char *value;
	size_t at = 0;

	crypt->read = true;
	if (!cmdline_flag(cmdline, "rd.luks", true))
		return;
	if (crypttab && cmdline_flag(cmdline, "rd.luks.crypttab", true))
		read_crypttab(crypt, crypttab);
	read_luks_words(crypt, cmdline);
	read_cryptdevice(crypt, cmdline);
	while ((value = cmdline_next(cmdline, "rd.luks.key", &at)))
		set_for(crypt, value, true);
	at = 0;
	while ((value = cmdline_next(cmdline, "rd.luks.options", &at)))
		set_for(crypt, value, false);
}

void crypt_done(struct crypt *crypt)
{
	free(crypt->targets);
	*crypt = (struct crypt){ 0 };
}
