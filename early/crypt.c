/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "crypt.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ask.h"
#include "boot.h"
#include "layout.h"
#include "log.h"
#include "mapper.h"
#include "run.h"
#include "text.h"

#define TRIES      3
#define PASSPHRASE 512
#define MOST_ARGS  32

/* cryptsetup(8), "return codes": no key fits. */
#define NO_PERMISSION 2

/* Options of crypttab and what they are for cryptsetup; those with a '=' take the value along. */
static const struct {
	const char *option;
	const char *argument;
} known[] = {
	{ "discard", "--allow-discards" },
	{ "allow-discards", "--allow-discards" },
	{ "readonly", "--readonly" },
	{ "read-only", "--readonly" },
	{ "no-read-workqueue", "--perf-no_read_workqueue" },
	{ "no-write-workqueue", "--perf-no_write_workqueue" },
	{ "same-cpu-crypt", "--perf-same_cpu_crypt" },
	{ "submit-from-crypt-cpus", "--perf-submit_from_crypt_cpus" },
	{ "key-slot=", "--key-slot=" },
	{ "keyslot=", "--key-slot=" },
	{ "keyfile-offset=", "--keyfile-offset=" },
	{ "keyfile-size=", "--keyfile-size=" },
	{ "header=", "--header=" },
	{ "sector-size=", "--sector-size=" },
};

/* One call of cryptsetup, and the texts of its arguments. */
struct call {
	const char *argv[MOST_ARGS];
	size_t n;
	char *texts[MOST_ARGS];
	size_t n_texts;
};

static void add_argument(struct call *call, const char *text)
{
	if (call->n + 1 >= MOST_ARGS)
		return;
	call->texts[call->n_texts] = text_copy(text, strlen(text));
	call->argv[call->n++] = call->texts[call->n_texts++];
}

static void add_option(struct call *call, const char *option)
{
	char argument[TEXT_PATH];

	for (size_t i = 0; i < sizeof(known) / sizeof(*known); i++) {
		const char *value = text_after(option, known[i].option);
		bool takes = strchr(known[i].option, '=') != NULL;

		if (!value || (!takes && *value))
			continue;
		text_print(argument, sizeof(argument), "%s%s", known[i].argument,
			   takes ? value : "");
		add_argument(call, argument);
	}
}

static const char *option_value(const struct crypt_target *target, const char *name)
{
	const char *at = target->options;
	const char *value;

	while (*at) {
		value = text_after(at, name);
		if (value)
			return value;
		at += strcspn(at, ",");
		at += *at == ',';
	}
	return NULL;
}

static int call_cryptsetup(const struct crypt_target *target, const char *device, const char *how,
			   const char *passphrase)
{
	char *options = text_copy(target->options, strlen(target->options));
	char *rest = options;
	struct call call = { 0 };
	struct run cryptsetup = { .argv = call.argv, .silent = true };
	const char *option;
	int status;

	add_argument(&call, LAYOUT_CRYPTSETUP);
	add_argument(&call, "open");
	add_argument(&call, "--type=luks");
	add_argument(&call, how);
	while ((option = text_piece(&rest, ',')))
		add_option(&call, option);
	add_argument(&call, device);
	add_argument(&call, target->name);
	if (passphrase) {
		cryptsetup.input = passphrase;
		cryptsetup.n_input = strlen(passphrase);
	}
	status = run(&cryptsetup);
	log_debug("cryptsetup open %s %s: exit status %d", device, target->name, status);
	while (call.n_texts)
		free(call.texts[--call.n_texts]);
	free(options);
	return status;
}

static int try_passphrases(struct crypt_target *target, const char *device)
{
	static char passphrase[PASSPHRASE]; /* of the one before: often it is the same */
	const char *option = option_value(target, "tries=");
	uint64_t tries = TRIES;
	char question[TEXT_PATH];
	int status = -1;

	if (option)
		tries = strtoull(option, NULL, 10);
	text_print(question, sizeof(question), "Passphrase for %s (%s)", target->name, device);
	if (*passphrase && !call_cryptsetup(target, device, "--key-file=-", passphrase))
		return 0;
	for (uint64_t i = 0; !tries || i < tries; i++) {
		if (!ask_passphrase(question, passphrase, sizeof(passphrase)))
			return -1;
		status = call_cryptsetup(target, device, "--key-file=-", passphrase);
		if (status != NO_PERMISSION)
			return status;
		memset(passphrase, 0, sizeof(passphrase));
		printf("No key of %s has this passphrase.\n", target->name);
		fflush(stdout);
	}
	return status;
}

/* A chip or a token first, then a file, then somebody at the console. */
static int open_target(struct crypt_target *target, const char *device)
{
	char how[TEXT_PATH];
	int status = -1;

	if (option_value(target, "tpm2-device=") || option_value(target, "fido2-device="))
		status = call_cryptsetup(target, device, "--token-only", NULL);
	if (status && *target->key) {
		text_print(how, sizeof(how), "--key-file=%s", target->key);
		status = call_cryptsetup(target, device, how, NULL);
		if (status)
			log_warning("%s: %s does not open it", target->name, target->key);
	}
	return status ? try_passphrases(target, device) : 0;
}

static bool consider(struct boot *boot, struct crypt_target *target)
{
	struct device *device = devices_find(&boot->devices, &target->device);
	bool header = option_value(target, "header=") != NULL;
	char path[TEXT_PATH];
	int status;

	if (!device || (device_content(device)->content != CONTENT_LUKS && !header))
		return false;
	if (!run_have(LAYOUT_CRYPTSETUP)) {
		target->failed = boot->hopeless = true;
		boot_fail(boot, "%s is encrypted, but the image has no " LAYOUT_CRYPTSETUP,
			  device->name);
		return false;
	}
	mapper_load(boot);
	modules_load(&boot->modules, "dm_crypt");
	text_print(path, sizeof(path), "/dev/%s", device->name);
	status = open_target(target, path);
	target->open = status == 0;
	target->failed = !target->open;
	if (target->failed) {
		boot->hopeless = true;
		boot_fail(boot, "%s: %s cannot be opened: cryptsetup's exit status %d",
			  target->name, path, status);
		return false;
	}
	log_info("%s is open as /dev/mapper/%s", path, target->name);
	mapper_settle(boot);
	return true;
}

bool crypt_assemble(struct boot *boot)
{
	bool any = false;

	if (!boot->crypt.read) {
		char *crypttab = text_read(LAYOUT_CRYPTTAB, NULL);

		crypt_read(&boot->crypt, crypttab, &boot->cmdline);
		free(crypttab);
	}
	for (size_t i = 0; i < boot->crypt.n && !boot->hopeless; i++) {
		struct crypt_target *target = &boot->crypt.targets[i];

		if (!target->open && !target->failed)
			any |= consider(boot, target);
	}
	return any;
}

void crypt_retry(struct boot *boot)
{
	boot->hopeless = false;
	for (size_t i = 0; i < boot->crypt.n; i++)
		boot->crypt.targets[i].failed = false;
}
