// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The real init of the roots that are booted: says on the console that it was reached and what it finds, and ends
 * the machine. In the kernel's log, whose lines carry times, it says so first.
 */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/swap.h>
#include <unistd.h>

static void say(const char *text)
{
	if (write(STDOUT_FILENO, text, strlen(text)) < 0)
		return;
}

static void copy(const char *path)
{
	char data[4096];
	int fd = open(path, O_RDONLY);
	ssize_t n;

	while (fd >= 0 && (n = read(fd, data, sizeof(data))) > 0) {
		if (write(STDOUT_FILENO, data, (size_t)n) < 0)
			return;
	}
	if (fd >= 0)
		close(fd);
}

static void put(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY);

	if (fd < 0 || write(fd, text, strlen(text)) < 0) {
		say("cannot be written: ");
		say(path);
		say("\n");
	}
	if (fd >= 0)
		close(fd);
}

/* hibernate=DEVICE: the memory goes there, and the machine off. What the next boot brings back goes on here. */
static void hibernate(void)
{
	char line[4096] = "";
	int fd = open("/proc/cmdline", O_RDONLY);
	char *device;

	if (fd < 0 || read(fd, line, sizeof(line) - 1) < 0 ||
	    !(device = strstr(line, "hibernate=")))
		return;
	close(fd);
	device += strlen("hibernate=");
	device[strcspn(device, " \n")] = '\0';
	if (swapon(device, 0)) {
		say("no swap\n");
		return;
	}
	say("HIBERNATES\n");
	put("/sys/power/disk", "shutdown");
	put("/sys/power/state", "disk");
	say("\nRESUMED\n");
}

int main(int argc, char **argv)
{
	static const char mark[] = "<1>REALINIT reached\n";
	int log = open("/dev/kmsg", O_WRONLY);
	int console;

	if (log >= 0 && write(log, mark, sizeof(mark) - 1) < 0)
		return 1;
	console = open("/dev/console", O_RDWR);
	for (int fd = 0; console > 2 && fd < 3; fd++)
		dup2(console, fd);
	say("\nREALINIT begin\narguments:");
	for (int i = 1; i < argc; i++) {
		say(" ");
		say(argv[i]);
	}
	say("\nmounts:\n");
	copy("/proc/mounts");
	say("times:\n");
	copy("/run/kimg/times");
	say("mark: ");
	copy("/etc/mark");
	say("usr: ");
	copy("/usr/mark");
	hibernate();
	say("REALINIT end\n");
	sync();
	reboot(RB_AUTOBOOT);
	return 1;
}
