/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "rescue.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/reboot.h>
#include <termios.h>
#include <unistd.h>

#include "command.h"
#include "keymap.h"
#include "layout.h"
#include "log.h"
#include "run.h"
#include "text.h"

/* Stages by the names that initramfs-tools and dracut have for them. */
static const struct {
	const char *stage;
	const char *names;
} stages[] = {
	{ "top", "top,cmdline,pre_udev" },
	{ "modules", "modules,pre_trigger,initqueue" },
	{ "premount", "premount,pre_mount" },
	{ "mount", "mount,mountroot" },
	{ "bottom", "bottom,init,pre_pivot,cleanup" },
};

static void show_devices(struct boot *boot)
{
	printf("\nBlock devices:\n");
	if (!boot->devices.n)
		printf("  none\n");
	command_blkid(boot);
}

static void show_tried(void)
{
	unsigned back = LOG_KEPT;

	printf("\nWhat was done:\n");
	while (back-- > 0) {
		if (log_kept(back))
			printf("  %s\n", log_kept(back));
	}
}

static __attribute__((noreturn)) void end_machine(int how)
{
	fflush(stdout);
	sync();
	reboot(how);
	log_die("the machine does not end");
}

/* Whether somebody presses a key before the time is over. */
static bool key_pressed(int seconds)
{
	struct pollfd console = { .fd = STDIN_FILENO, .events = POLLIN };

	printf("\nThe machine is started anew in %d s, unless Enter is pressed.\n", seconds);
	fflush(stdout);
	return poll(&console, 1, seconds * 1000) > 0;
}

/* panic= is for machines that nobody looks after; so are the words of systemd and dracut. */
static void obey_panic(const struct boot *boot)
{
	const char *panic = cmdline_get(&boot->cmdline, "panic");
	const char *emergency = cmdline_get(&boot->cmdline, "rd.emergency");
	uint64_t seconds;

	if (emergency && !strcmp(emergency, "poweroff"))
		end_machine(RB_POWER_OFF);
	if (emergency && !strcmp(emergency, "halt"))
		end_machine(RB_HALT_SYSTEM);
	if ((emergency && !strcmp(emergency, "reboot")) || (panic && *panic == '-') ||
	    !cmdline_flag(&boot->cmdline, "rd.shell", true))
		end_machine(RB_AUTOBOOT);
	if (panic && text_number(panic, 10, &seconds) && seconds && seconds < 1u << 20 &&
	    !key_pressed((int)seconds))
		end_machine(RB_AUTOBOOT);
}

/* Whatever a program left the console in: lines, and an echo. */
static void mend_console(void)
{
	struct termios settings;

	keymap_load();
	if (tcgetattr(STDIN_FILENO, &settings))
		return;
	settings.c_lflag |= ICANON | ECHO | ECHOE | ISIG;
	settings.c_iflag |= ICRNL;
	settings.c_oflag |= OPOST | ONLCR;
	tcsetattr(STDIN_FILENO, TCSANOW, &settings);
}

static void prompt(struct boot *boot)
{
	char line[512];

	printf("\n\"help\" lists the commands.%s\n",
	       run_have(LAYOUT_SHELL) ? " \"sh\" is a shell." : "");
	for (;;) {
		printf("kimg-init> ");
		fflush(stdout);
		clearerr(stdin);
		if (!fgets(line, sizeof(line), stdin)) {
			/* No console: nobody can be asked. */
			if (!isatty(STDIN_FILENO))
				pause();
			printf("\n");
			continue;
		}
		line[strcspn(line, "\r\n")] = '\0';
		if (command_run(boot, line))
			return;
	}
}

void rescue(struct boot *boot, const char *why)
{
	mend_console();
	printf("\nkimg-init: the boot cannot go on: %s\n", why);
	show_devices(boot);
	show_tried();
	obey_panic(boot);
	prompt(boot);
}

static bool is_asked(const struct boot *boot, const char *word, const char *fallback,
		     const char *stage)
{
	const char *value = cmdline_get(&boot->cmdline, word);
	struct cmdline_word names = { "names", NULL };
	struct cmdline list = { .words = &names, .n = 1 };

	if (!value)
		return false;
	if (!*value)
		return !strcmp(stage, fallback);
	for (size_t i = 0; i < sizeof(stages) / sizeof(*stages); i++) {
		names.value = stages[i].names;
		if (!strcmp(stages[i].stage, stage))
			return cmdline_lists(&list, "names", value);
	}
	return false;
}

void rescue_break(struct boot *boot, const char *stage)
{
	if (!is_asked(boot, "break", "premount", stage) &&
	    !is_asked(boot, "rd.break", "bottom", stage))
		return;
	mend_console();
	printf("\nkimg-init: stops here as it was asked to (%s)\n", stage);
	prompt(boot);
}
