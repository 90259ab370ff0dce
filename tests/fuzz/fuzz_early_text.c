/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Texts that kimg-init reads: the command line and its values, an event of the kernel, the tables of the image. */
#include <stdlib.h>
#include <string.h>

#include "cmdline.h"
#include "crypt.h"
#include "device.h"
#include "modules.h"
#include "mount.h"
#include "text.h"
#include "uevent.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void read_value(const char *value)
{
	struct mount_options options = { 0 };
	struct device_name name;
	uint64_t number;

	device_name_parse(value, &name);
	mount_options_add(&options, value);
	text_number(value, 0, &number);
}

static void read_cmdline(const char *text, size_t n, struct cmdline *cmdline)
{
	char *copy = text_copy(text, n);
	char *crypttab = text_copy(text, n);
	struct crypt crypt = { 0 };

	cmdline_add(cmdline, copy);
	for (size_t i = 0; i < cmdline->n; i++) {
		const char *name = cmdline->words[i].name;

		if (!cmdline_get(cmdline, name))
			abort();
		cmdline_lists(cmdline, name, "ext4");
		cmdline_flag(cmdline, name, false);
		read_value(cmdline->words[i].value ? cmdline->words[i].value : name);
	}
	crypt_read(&crypt, crypttab, cmdline);
	crypt_done(&crypt);
	free(crypttab);
	cmdline_done(cmdline);
	free(copy);
}

/* The text as each of the tables. Files that it names are tried: in the fuzzer none of them is a module. */
static void read_tables(const char *text, size_t n)
{
	struct cmdline cmdline = { 0 };
	struct modules modules = { .cmdline = &cmdline };
	char device[256];

	modules_parse(&modules, text_copy(text, n), text_copy(text, n), text_copy(text, n));
	text_print(device, sizeof(device), "%s", text);
	modules_have(&modules, device);
	modules_want(&modules, device);
	modules_match(text, n, device);
	modules_done(&modules);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = text_copy((const char *)data, size);
	struct cmdline cmdline = { 0 };
	struct uevent event;

	read_cmdline(text, size, &cmdline);
	uevent_parse(text, size + 1, &event);
	read_tables(text, size);
	text_unescape(text);
	free(text);
	return 0;
}
