/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef EARLY_CRYPT_H
#define EARLY_CRYPT_H

#include <stdbool.h>
#include <stddef.h>

#include "cmdline.h"
#include "device.h"

struct boot;

/* One device that is to be opened: a line of crypttab(5), or words of the command line. */
struct crypt_target {
	char name[128]; /* below /dev/mapper */
	struct device_name device;
	char key[256];     /* a file of the image; "" for a passphrase */
	char options[512]; /* as in crypttab */
	bool open;
	bool failed;
};

struct crypt {
	struct crypt_target *targets;
	size_t n;
	bool read;
};

/* Opens the LUKS devices that crypttab, rd.luks.* and root= name, by the host's cryptsetup. Whether any was opened
 * now. Where one cannot be opened, boot->hopeless and boot->why say so. */
bool crypt_assemble(struct boot *boot);

/* Those that could not be opened are tried once more. */
void crypt_retry(struct boot *boot);

/* What is to be opened, from a crypttab (or NULL) and the words of the command line. */
void crypt_read(struct crypt *crypt, char *crypttab, const struct cmdline *cmdline);
void crypt_done(struct crypt *crypt);

#endif
