/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is run before an image is packed: hooks, and loadkeys for the key map. */
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/error.h"
#include "cmd/initrd_create.h"
#include "io/outfile.h"

#define OUTPUT_MAX (16u << 20)

/* ---- the folder ---- */

static int remove_entry(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	return remove(path);
}

void scratch_done(struct scratch *scratch)
{
	if (scratch->path[0])
		nftw(scratch->path, remove_entry, 16, FTW_DEPTH | FTW_PHYS | FTW_MOUNT);
}

static struct kimg_error *scratch_make(struct scratch *scratch)
{
	const char *folder = getenv("TMPDIR");

	if (scratch->path[0])
		return NULL;
	if (snprintf(scratch->path, sizeof(scratch->path), "%s/kimg-initrd-XXXXXX",
		     folder && *folder ? folder : "/tmp") < (int)sizeof(scratch->path) &&
	    mkdtemp(scratch->path))
		return NULL;
	scratch->path[0] = '\0';
	return error_system(errno, "a folder for what hooks make");
}

/* ---- running ---- */

static void run_child(char *const *argv, int output)
{
	int null = open("/dev/null", O_RDONLY);

	dup2(null, STDIN_FILENO);
	dup2(output, STDOUT_FILENO);
	execvp(argv[0], argv);
	dprintf(STDERR_FILENO, "kimg: %s: %s\n", argv[0], strerror(errno));
	_exit(127);
}

static struct kimg_error *read_output(int fd, const char *name, struct buf *output)
{
	char piece[65536];
	ssize_t n;

	while ((n = read(fd, piece, sizeof(piece))) != 0) {
		if (n < 0 && errno != EINTR)
			return error_system(errno, "%s", name);
		if (n > 0)
			buf_add(output, piece, n);
		if (output->n > OUTPUT_MAX)
			return error_new(KIMG_E_LIMIT, "%s: prints more than %u bytes", name,
					 OUTPUT_MAX);
	}
	return output->failed ? error_nomem() : NULL;
}

static struct kimg_error *wait_for(pid_t pid, const char *name)
{
	int status;

	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return error_system(errno, "%s", name);
	if (WIFSIGNALED(status))
		return error_new(KIMG_E_INVALID, "%s: ended by signal %d", name, WTERMSIG(status));
	if (WEXITSTATUS(status))
		return error_new(KIMG_E_INVALID, "%s: exit status %d", name, WEXITSTATUS(status));
	return NULL;
}

/* Runs a program; what it prints goes to output. It must end with status 0. */
static struct kimg_error *run(char *const *argv, struct buf *output)
{
	struct kimg_error *error;
	int pipe_fds[2];
	pid_t pid;

	if (pipe2(pipe_fds, O_CLOEXEC) < 0)
		return error_system(errno, "%s", argv[0]);
	pid = fork();
	if (pid == 0)
		run_child(argv, pipe_fds[1]);
	close(pipe_fds[1]);
	if (pid < 0) {
		close(pipe_fds[0]);
		return error_system(errno, "%s", argv[0]);
	}
	error = read_output(pipe_fds[0], argv[0], output);
	/* Closed first: a program that goes on printing ends by that. */
	close(pipe_fds[0]);
	if (error) {
		kimg_error_free(wait_for(pid, argv[0]));
		return error;
	}
	return wait_for(pid, argv[0]);
}

/* ---- the key map ---- */

static struct kimg_error *write_keymap(const struct scratch *scratch, const struct buf *keymap)
{
	cleanup_outfile struct outfile out = OUTFILE_NONE;
	cleanup_free char *path = NULL;

	if (asprintf(&path, "%s/kimg", scratch->path) < 0)
		return error_nomem();
	if (mkdir(path, 0755) < 0 && errno != EEXIST)
		return error_system(errno, "%s", path);
	free(path);
	if (asprintf(&path, "%s/kimg/keymap", scratch->path) < 0)
		return error_nomem();
	TRY(outfile_open(&out, path));
	TRY(outfile_write(&out, buf_span(keymap)));
	return outfile_commit(&out);
}

/* The value of KEYMAP= in vconsole.conf(5), in text; false where there is none. */
static bool vconsole_keymap(char *line, const char **ret)
{
	char *value = strncmp(line, "KEYMAP=", 7) == 0 ? line + 7 : NULL;

	if (!value)
		return false;
	value[strcspn(value, "\r\n#")] = '\0';
	if (*value == '"' || *value == '\'')
		value[strlen(value) - (strlen(value) > 1)] = '\0', value++;
	*ret = value;
	return *value != '\0';
}

/* What this machine uses: Debian's console-setup keeps it ready, others name it. NULL: the kernel's own. */
static const char *host_keymap(char *line, size_t size)
{
	static const char cached[] = "/etc/console-setup/cached_UTF-8_del.kmap.gz";
	const char *name = NULL;
	FILE *f;

	if (access(cached, R_OK) == 0)
		return cached;
	f = fopen("/etc/vconsole.conf", "re");
	while (f && !name && fgets(line, size, f))
		if (!vconsole_keymap(line, &name))
			name = NULL;
	if (f)
		fclose(f);
	return name;
}

static struct kimg_error *make_keymap(const struct initrd_create *create, struct scratch *scratch)
{
	const char *name = kimg_initrd_recipe_value(create->recipe, "keymap");
	cleanup_buf struct buf keymap = { 0 };
	char line[1024];

	if (strcmp(name, "none") == 0)
		return NULL;
	if (strcmp(name, "host") == 0)
		name = host_keymap(line, sizeof(line));
	if (!name)
		return NULL;
	TRY(scratch_make(scratch));
	char *const argv[] = { (char *)"loadkeys", (char *)"-q", (char *)"-b", (char *)name, NULL };
	TRY(error_wrap(run(argv, &keymap), "key map %s", name));
	return write_keymap(scratch, &keymap);
}

/* ---- hooks ---- */

static struct kimg_error *run_hook(const struct initrd_create *create, const char *hook)
{
	cleanup_buf struct buf lines = { 0 };
	char *const argv[] = { (char *)hook, NULL };

	TRY(error_wrap(run(argv, &lines), "hook"));
	return error_wrap(kimg_initrd_recipe_read(create->recipe, hook, lines.p, lines.n),
			  "what the hook prints");
}

struct kimg_error *initrd_run_hooks(const struct initrd_create *create, struct scratch *scratch)
{
	const char *const *hooks = kimg_initrd_recipe_list(create->recipe, "hooks");
	size_t n = 0;

	TRY(make_keymap(create, scratch));
	while (hooks[n])
		n++;
	if (n == 0)
		return NULL;
	TRY(scratch_make(scratch));
	if (setenv("KIMG_FOLDER", scratch->path, 1) < 0 ||
	    setenv("KIMG_VERSION", create->version ? create->version : "", 1) < 0 ||
	    setenv("KIMG_SYSROOT", create->sysroot ? create->sysroot : "/", 1) < 0)
		return error_nomem();
	/* A hook may add hooks: the list is asked for again. */
	for (size_t i = 0; kimg_initrd_recipe_list(create->recipe, "hooks")[i] && i < 1000; i++)
		TRY(run_hook(create, kimg_initrd_recipe_list(create->recipe, "hooks")[i]));
	return NULL;
}
