/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ask.h"

#include <stdio.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "keymap.h"
#include "layout.h"
#include "run.h"
#include "text.h"

static bool plymouth_runs(void)
{
	static const char *const argv[] = { LAYOUT_PLYMOUTH, "--ping", NULL };
	struct run ping = { .argv = argv, .silent = true };

	return run_have(LAYOUT_PLYMOUTH) && !run(&ping);
}

static bool ask_plymouth(const char *question, char *out, size_t room)
{
	char prompt[TEXT_PATH];
	const char *const argv[] = { LAYOUT_PLYMOUTH, "ask-for-password", prompt, NULL };
	struct run ask = { .argv = argv, .output = out, .output_room = room };

	text_print(prompt, sizeof(prompt), "--prompt=%s", question);
	if (run(&ask))
		return false;
	out[strcspn(out, "\n")] = '\0';
	return true;
}

static bool ask_console(const char *question, char *out, size_t room)
{
	struct termios before;
	struct termios quiet;
	bool terminal = !tcgetattr(STDIN_FILENO, &before);
	ssize_t n;

	keymap_load();
	quiet = before;
	quiet.c_lflag &= ~(tcflag_t)(ECHO | ECHOE | ECHOK | ECHONL);
	quiet.c_lflag |= ICANON | ISIG;
	quiet.c_iflag |= ICRNL;
	/* What was typed before the question is no answer to it. */
	if (terminal)
		tcsetattr(STDIN_FILENO, TCSAFLUSH, &quiet);
	printf("\n%s: ", question);
	fflush(stdout);
	n = read(STDIN_FILENO, out, room - 1);
	printf("\n");
	fflush(stdout);
	if (terminal)
		tcsetattr(STDIN_FILENO, TCSANOW, &before);
	if (n <= 0)
		return false;
	out[n] = '\0';
	out[strcspn(out, "\n")] = '\0';
	return true;
}

bool ask_passphrase(const char *question, char *out, size_t room)
{
	return plymouth_runs() ? ask_plymouth(question, out, room)
			       : ask_console(question, out, room);
}
