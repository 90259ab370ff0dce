/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "run.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "log.h"
#include "text.h"

bool run_have(const char *path)
{
	return !access(path, X_OK);
}

static void move_fd(int from, int to)
{
	if (from < 0 || from == to)
		return;
	dup2(from, to);
}

static __attribute__((noreturn)) void child(const struct run *run, int in, int out)
{
	int null = run->silent ? open("/dev/null", O_WRONLY | O_CLOEXEC) : -1;

	signal(SIGPIPE, SIG_DFL);
	move_fd(in, STDIN_FILENO);
	move_fd(null, STDOUT_FILENO);
	move_fd(null, STDERR_FILENO);
	move_fd(out, STDOUT_FILENO);
	execv(run->argv[0], (char *const *)run->argv);
	_exit(127);
}

static void give(int fd, const char *input, size_t n)
{
	while (n) {
		ssize_t written = write(fd, input, n);

		if (written < 0 && errno == EINTR)
			continue;
		if (written <= 0)
			break;
		input += written;
		n -= (size_t)written;
	}
}

static void take(int fd, const struct run *run)
{
	size_t n = 0;
	char rest[256];
	ssize_t got;

	do {
		bool room = n + 1 < run->output_room;

		got = read(fd, room ? run->output + n : rest,
			   room ? run->output_room - n - 1 : sizeof(rest));
		if (got > 0 && room)
			n += (size_t)got;
	} while (got > 0 || (got < 0 && errno == EINTR));
	run->output[n] = '\0';
}

/* Others may end meanwhile: the first process inherits those whose parents are gone. */
static int wait_for(pid_t pid)
{
	int status = 0;
	pid_t ended;

	do {
		ended = waitpid(-1, &status, 0);
	} while (ended != pid && (ended > 0 || errno == EINTR));
	if (ended != pid)
		return -1;
	return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

static void close_both(const int *fds)
{
	if (fds[0] >= 0)
		close(fds[0]);
	if (fds[1] >= 0)
		close(fds[1]);
}

int run(const struct run *run)
{
	int in[2] = { -1, -1 };
	int out[2] = { -1, -1 };
	pid_t pid;

	if ((run->input && pipe2(in, O_CLOEXEC)) || (run->output && pipe2(out, O_CLOEXEC))) {
		close_both(in);
		return -1;
	}
	pid = fork();
	if (pid == 0)
		child(run, in[0], out[1]);
	if (pid < 0) {
		close_both(in);
		close_both(out);
		return -1;
	}
	if (run->input) {
		close(in[0]);
		give(in[1], run->input, run->n_input);
		close(in[1]);
	}
	if (run->output) {
		close(out[1]);
		take(out[0], run);
		close(out[0]);
	}
	return wait_for(pid);
}

int run_plain(const char *const *argv)
{
	struct run plain = { .argv = argv };

	return run(&plain);
}

static int no_hidden(const struct dirent *entry)
{
	return *entry->d_name != '.';
}

void run_hooks(const char *folder)
{
	struct dirent **list;
	int n = scandir(folder, &list, no_hidden, alphasort);

	for (int i = 0; i < n; i++) {
		char path[TEXT_PATH];
		const char *const argv[] = { path, NULL };
		int status;

		text_print(path, sizeof(path), "%s/%s", folder, list[i]->d_name);
		status = run_plain(argv);
		if (status)
			log_warning("%s: exit status %d", path, status);
		free(list[i]);
	}
	if (n >= 0)
		free(list);
}
