/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * kimg-init: the first program of an initrd. What each stage does is in a file of its own; here is their order.
 *
 * Other kinds of root than block devices have their place before root_mount().
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "boot.h"
#include "layout.h"
#include "log.h"
#include "mount.h"
#include "rescue.h"
#include "resume.h"
#include "root.h"
#include "run.h"
#include "switch_root.h"
#include "text.h"

/* What the image says, then what the kernel was told: the last word counts. */
static void read_cmdline(struct cmdline *cmdline)
{
	static const char *const paths[] = { LAYOUT_CMDLINE, "/proc/cmdline" };

	for (size_t i = 0; i < 2; i++) {
		char *text = text_read(paths[i], NULL);

		if (text)
			cmdline_add(cmdline, text);
	}
}

/* Descriptors 0 to 2: an image without /dev/console starts without them. */
static void open_console(void)
{
	int fd;

	if (fcntl(STDERR_FILENO, F_GETFD) >= 0)
		return;
	fd = open("/dev/console", O_RDWR | O_NOCTTY);
	for (int i = 0; fd >= 0 && i < 3; i++)
		dup2(fd, i);
	if (fd > 2)
		close(fd);
}

/* The kernel calls this program as modprobe where it wants a module by itself: -q -- NAME. */
static int as_modprobe(char **argv)
{
	struct cmdline cmdline = { 0 };
	struct modules modules = { 0 };
	int last = 0;

	while (argv[last + 1])
		last++;
	log_open(LOG_INFO);
	read_cmdline(&cmdline);
	modules_read(&modules, &cmdline);
	return last && modules_load(&modules, argv[last]) ? 0 : 1;
}

static void start(struct boot *boot)
{
	bool debug;

	times_mark(&boot->times, "init");
	mount_api();
	open_console();
	read_cmdline(&boot->cmdline);
	debug = cmdline_get(&boot->cmdline, "debug") ||
		cmdline_flag(&boot->cmdline, "rd.debug", false);
	log_open(debug ? LOG_DEBUG : LOG_INFO);
	/* So that none of many lines is left out. */
	if (debug)
		text_write("/proc/sys/kernel/printk_devkmsg", "on\n");
	/* Programs that make devices do it themselves: there is no udev here. */
	setenv("DM_DISABLE_UDEV", "1", 1);
	setenv("PATH", "/usr/sbin:/usr/bin:/sbin:/bin", 1);
	boot->uevents = uevent_open();
}

static void load_modules(struct boot *boot)
{
	times_mark(&boot->times, "modules");
	modules_read(&boot->modules, &boot->cmdline);
	/* /proc/sys/kernel/modprobe */
	if (boot->modules.n && access("/sbin/modprobe", F_OK)) {
		mkdir("/sbin", 0755);
		if (symlink("/init", "/sbin/modprobe"))
			log_debug("/sbin/modprobe: %s", strerror(errno));
	}
	modules_load_listed(&boot->modules);
}

static bool is_systemd(const char *init)
{
	char path[TEXT_PATH];
	char target[TEXT_PATH];
	ssize_t n;

	n = readlink(text_print(path, sizeof(path), MOUNT_ROOT "%s", init), target,
		     sizeof(target) - 1);
	if (n < 0)
		return false;
	target[n] = '\0';
	return strlen(target) >= 8 && !strcmp(target + n - 8, "/systemd");
}

static __attribute__((noreturn)) void exec_init(struct boot *boot, const char *init)
{
	const char *argv[64] = { init };
	char number[16];
	size_t n = 1;
	int fd = is_systemd(init) ? times_for_systemd(&boot->times) : -1;

	if (fd >= 0) {
		argv[n++] = "--switched-root";
		argv[n++] = "--system";
		argv[n++] = "--deserialize";
		argv[n++] = text_print(number, sizeof(number), "%d", fd);
	}
	for (size_t i = 1; boot->argv[i] && n + 1 < sizeof(argv) / sizeof(*argv); i++)
		argv[n++] = boot->argv[i];
	if (switch_root(MOUNT_ROOT))
		log_die("the real root cannot become /");
	unsetenv("DM_DISABLE_UDEV");
	unsetenv("PATH");
	execv(init, (char *const *)argv);
	log_error("%s: %s", init, strerror(errno));
	log_die("the real init cannot be started");
}

static const char *reach_root(struct boot *boot)
{
	times_mark(&boot->times, "root");
	rescue_break(boot, "premount");
	run_hooks(LAYOUT_HOOKS_BEFORE);
	rescue_break(boot, "mount");
	if (!root_mount(boot))
		return NULL;
	times_mark(&boot->times, "mounted");
	run_hooks(LAYOUT_HOOKS_AFTER);
	return root_find_init(boot);
}

int main(int argc, char **argv)
{
	struct boot boot = { .argv = argv };
	const char *init;

	(void)argc;
	if (getpid() != 1)
		return as_modprobe(argv);
	start(&boot);
	rescue_break(&boot, "top");
	load_modules(&boot);
	rescue_break(&boot, "modules");
	resume(&boot);
	while (!(init = reach_root(&boot))) {
		rescue(&boot, boot.why);
		/* Somebody may have mounted it there by hand. */
		init = root_find_init(&boot);
		if (init)
			break;
		root_unmount();
	}
	rescue_break(&boot, "bottom");
	times_mark(&boot.times, "switch-root");
	times_leave(&boot.times);
	mount_api_move();
	exec_init(&boot, init);
}
