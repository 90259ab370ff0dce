/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef INITRD_HARDWARE_SOURCE_H
#define INITRD_HARDWARE_SOURCE_H

#include "base/buf.h"
#include "initrd/hardware.h"
#include "initrd/notes.h"

/* The inside of struct hardware; for hardware*.c alone. */
struct hardware {
	struct arena arena;
	struct hardware_module *modules, *last_module;
	struct hardware_program *programs, *last_program;
	struct hardware_file *files;
	struct buf cmdline, crypttab, fstab;
	struct notes notes;
	bool failed; /* no memory: sticky, hardware_finish() tells */
};

struct kimg_error *hardware_new(struct hardware **ret) must_check;

/* KIMG_E_NOMEM where any of the calls below had no memory. */
struct kimg_error *hardware_finish(struct hardware *hardware) must_check;

/* NEW: the caller knows that it is not wanted already. */
enum { WANT_NEEDED = 1, WANT_LOAD = 2, WANT_NEW = 4, WANT_DEVICE = 8 };

/* A module that is wanted already is not wanted twice, but gets the flags. why is formatted. */
void hardware_want(struct hardware *hardware, struct span name, unsigned int flags, const char *why,
		   ...) printf_like(4, 5);
void hardware_want_program(struct hardware *hardware, const char *path, bool needed,
			   const char *why, ...) printf_like(4, 5);
void hardware_want_file(struct hardware *hardware, const char *path, const char *why, ...)
	printf_like(3, 4);
void hardware_note(struct hardware *hardware, bool bad, const char *format, ...) printf_like(3, 4);

/* Adds a word to the command line. */
void hardware_word(struct hardware *hardware, const char *format, ...) printf_like(2, 3);

char *hardware_print(struct hardware *hardware, const char *format, ...) printf_like(2, 3);

/* What the layers of storage take: of dm-crypt, of a console that one types a passphrase on, ... */
void hardware_want_crypt(struct hardware *hardware, const char *why);
void hardware_want_keyboard(struct hardware *hardware, const char *why);
void hardware_want_lvm(struct hardware *hardware, const char *why);
void hardware_want_verity(struct hardware *hardware, const char *why);

/* level: "raid1", ..., as sysfs has it. */
void hardware_want_md(struct hardware *hardware, const char *level, const char *why);

/* The module of a file system, and what it asks for by itself. */
void hardware_want_filesystem(struct hardware *hardware, const char *type, const char *of);

/* fsck of a file system, where that does anything. */
void hardware_want_checker(struct hardware *hardware, const char *type, const char *of);

#endif
