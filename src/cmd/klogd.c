/* SPDX-License-Identifier: GPL-2.0-or-later */
/* kimg klogd: the kernel log daemon. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/klog.h>
#include <unistd.h>

#include "base/error.h"
#include "cli/term.h"
#include "cmd/cmd.h"
#include "cmd/klogd.h"

#define DEV_LOG        "/dev/log"
#define JOURNAL_SOCKET "/run/systemd/journal/socket"
#define PID_FILE       "/run/kimg-klogd/klogd.pid"
#define FORMATS        "priority rfc3164 rfc5424"

/* Of syslog(2). */
enum { SYSLOG_CONSOLE_LEVEL = 8 };

enum {
	OPTION_INPUT = 256,
	OPTION_SYSLOG,
	OPTION_JOURNAL,
	OPTION_JSON,
	OPTION_FORMAT,
	OPTION_ALL,
	OPTION_REPORTS,
	OPTION_STATE,
	OPTION_PID_FILE,
	OPTION_QUEUE,
	OPTION_NO_SOURCE,
};

static const struct option_def options[] = {
	{ 0, "input", "FILE", "read FILE instead of the kernel's log; - is standard input",
	  COMPLETE_FILE, NULL, OPTION_INPUT },
	{ 's', "syscall", NULL, "read by the system call syslog(2)", COMPLETE_NOTHING, NULL, 0 },
	{ 'o', "once", NULL, "hand on what is there, then end", COMPLETE_NOTHING, NULL, 0 },
	{ 0, "syslog", "[=SOCKET]", "hand on to a syslog daemon (/dev/log)", COMPLETE_FILE, NULL,
	  OPTION_SYSLOG },
	{ 0, "journal", "[=SOCKET]", "hand on to the journal, with fields", COMPLETE_FILE, NULL,
	  OPTION_JOURNAL },
	{ 'f', "file", "FILE", "append to FILE; - is standard output", COMPLETE_FILE, NULL, 0 },
	{ 0, "json", NULL, "print JSON, one line for each message", COMPLETE_NOTHING, NULL,
	  OPTION_JSON },
	{ 0, "format", "FORMAT", "of lines: priority, rfc3164 or rfc5424", COMPLETE_WORDS, FORMATS,
	  OPTION_FORMAT },
	{ 0, "all", NULL, "hand on all records, whoever else reads them", COMPLETE_NOTHING, NULL,
	  OPTION_ALL },
	{ 0, "reports", NULL, "hand on decoded reports alone", COMPLETE_NOTHING, NULL,
	  OPTION_REPORTS },
	{ '2', "twice", NULL, "the lines of a report as the kernel wrote them, too",
	  COMPLETE_NOTHING, NULL, 0 },
	{ 'k', "map", "FILE", "the System.map of the running kernel", COMPLETE_FILE, NULL, 0 },
	{ 'x', "no-symbols", NULL, "do not resolve addresses", COMPLETE_NOTHING, NULL, 0 },
	{ 0, "no-source", NULL, "do not look for source files and lines", COMPLETE_NOTHING, NULL,
	  OPTION_NO_SOURCE },
	{ 'p', "paranoid", NULL, "look at modules at each report, as is done always",
	  COMPLETE_NOTHING, NULL, 0 },
	{ 0, "state", "FILE", "keep the position in the log there between runs", COMPLETE_FILE,
	  NULL, OPTION_STATE },
	{ 0, "queue", "SIZE", "memory for records that wait (16M)", COMPLETE_NOTHING, NULL,
	  OPTION_QUEUE },
	{ 'c', "console-level", "N", "records of a level below N go to the console",
	  COMPLETE_NOTHING, NULL, 0 },
	{ 0, "pid-file", "FILE", "instead of " PID_FILE, COMPLETE_FILE, NULL, OPTION_PID_FILE },
	{ 'i', "reload-modules", NULL, "tell the running daemon to look at modules anew",
	  COMPLETE_NOTHING, NULL, 0 },
	{ 'I', "reload-symbols", NULL, "the same for all symbols", COMPLETE_NOTHING, NULL, 0 },
	{ 'n', "foreground", NULL, "stay in the foreground, as is done always", COMPLETE_NOTHING,
	  NULL, 0 },
	{ 'd', "debug", NULL, "say on standard error what happens", COMPLETE_NOTHING, NULL, 0 },
	{ 'v', "version", NULL, "print the version", COMPLETE_NOTHING, NULL, 0 },
	OPTIONS_END,
};

/* ---- the command line ---- */

static int set_console_level(struct klogd *klogd)
{
	char *end;
	long level = strtol(klogd->cli->argument, &end, 10);

	/* Below 1 the kernel would print nothing, above 8 there is nothing. */
	if (*end || end == klogd->cli->argument || level < 1 || level > 8)
		return cli_usage_error(klogd->cli, "%s: a level is a number from 1 to 8",
				       klogd->cli->argument);
	klogd->console_level = (int)level;
	return STATUS_YES;
}

static int set_queue(struct klogd *klogd)
{
	uint64_t size;

	if (!parse_size(klogd->cli->argument, &size) || size < (1 << 20) || size > SIZE_MAX / 2)
		return cli_usage_error(klogd->cli, "%s: a size is a number from 1M on",
				       klogd->cli->argument);
	klogd->options.queue = size;
	return STATUS_YES;
}

static int set_format(struct klogd *klogd)
{
	static const char *const formats[] = { "priority", "rfc3164", "rfc5424" };

	klogd->format = klogd->cli->argument;
	for (size_t i = 0; i < ARRAY_SIZE(formats); i++)
		if (strcmp(klogd->format, formats[i]) == 0)
			return STATUS_YES;
	return cli_usage_error(klogd->cli, "%s: a format is one of " FORMATS, klogd->format);
}

static int print_version(struct klogd *klogd)
{
	printf("kimg %s\n", KIMG_VERSION);
	klogd->cli->status = STATUS_YES;
	return CLI_STOP;
}

static int set_source(struct klogd *klogd, int id)
{
	const struct kimg_klog_options *o = &klogd->options;
	bool input = id == OPTION_INPUT;

	if (input ? o->source == KIMG_KLOG_SYSCALL : o->source == KIMG_KLOG_FILE)
		return cli_usage_error(klogd->cli, "--input and --syscall exclude each other");
	klogd->options.source = input ? KIMG_KLOG_FILE : KIMG_KLOG_SYSCALL;
	klogd->options.input = input ? klogd->cli->argument : NULL;
	return STATUS_YES;
}

static int set_flag(struct klogd *klogd, int id)
{
	switch (id) {
	case 'o':
		klogd->options.once = true;
		break;
	case OPTION_JSON:
		klogd->json = true;
		break;
	case OPTION_ALL:
		klogd->all = true;
		break;
	case OPTION_REPORTS:
		klogd->reports_alone = true;
		break;
	case '2':
		klogd->twice = true;
		break;
	case 'x':
		klogd->no_symbols = true;
		break;
	case OPTION_NO_SOURCE:
		klogd->no_source = true;
		break;
	case 'd':
		klogd->debug = true;
		break;
	case 'i':
	case 'I':
		klogd->signals = true;
		klogd->signal = id == 'i' ? SIGUSR1 : SIGUSR2;
		break;
	}
	return STATUS_YES;
}

static int set_option(struct klogd *klogd, int id)
{
	const char *argument = klogd->cli->argument;

	switch (id) {
	case OPTION_INPUT:
	case 's':
		return set_source(klogd, id);
	case OPTION_SYSLOG:
		klogd->syslog = argument ? argument : DEV_LOG;
		break;
	case OPTION_JOURNAL:
		klogd->journal = argument ? argument : JOURNAL_SOCKET;
		break;
	case 'f':
		klogd->file = argument;
		break;
	case OPTION_FORMAT:
		return set_format(klogd);
	case 'k':
		klogd->map = argument;
		break;
	case OPTION_STATE:
		klogd->state = argument;
		break;
	case OPTION_QUEUE:
		return set_queue(klogd);
	case 'c':
		return set_console_level(klogd);
	case OPTION_PID_FILE:
		klogd->pid_file = argument;
		break;
	case 'v':
		return print_version(klogd);
	default:
		return set_flag(klogd, id);
	}
	return STATUS_YES;
}

static int read_options(struct klogd *klogd)
{
	int id, status = STATUS_YES;

	while (status == STATUS_YES && (id = cli_option(klogd->cli)) > 0)
		status = set_option(klogd, id);
	if (status == STATUS_YES && id == CLI_STOP)
		return CLI_STOP;
	if (status == STATUS_YES && klogd->all && klogd->reports_alone)
		return cli_usage_error(klogd->cli, "--all and --reports exclude each other");
	if (status == STATUS_YES && klogd->state && klogd->options.source == KIMG_KLOG_FILE)
		return cli_usage_error(klogd->cli,
				       "--state is of the kernel's log, not of --input");
	return status;
}

/* ---- setting up ---- */

/* Where nothing says where to, the journal, and without one syslog. */
static void choose_sinks(struct klogd *klogd)
{
	if (klogd->syslog || klogd->journal || klogd->file || klogd->json)
		return;
	if (access(JOURNAL_SOCKET, W_OK) == 0)
		klogd->journal = JOURNAL_SOCKET;
	else
		klogd->syslog = DEV_LOG;
}

/* Nothing is to be logged twice. */
static void choose_records(struct klogd *klogd)
{
	char who[128];

	klogd->options.records = !klogd->reports_alone;
	if (klogd->all || klogd->reports_alone || klogd->options.source == KIMG_KLOG_FILE ||
	    klogd->options.once || !klogd_other_reader(who, sizeof(who)))
		return;
	klogd->options.records = false;
	remark(klogd->cli,
	       "reports alone are handed on, as the log is read already: %s (--all for all)", who);
}

static enum kimg_klog_format format_of(const struct klogd *klogd, enum kimg_klog_format usual)
{
	if (!klogd->format)
		return usual;
	if (strcmp(klogd->format, "rfc3164") == 0)
		return KIMG_KLOG_RFC3164;
	return strcmp(klogd->format, "rfc5424") == 0 ? KIMG_KLOG_RFC5424 : KIMG_KLOG_PRIORITY;
}

static struct kimg_error *add_sinks(struct klogd *klogd)
{
	char host[256] = "";

	if (gethostname(host, sizeof(host) - 1) != 0)
		host[0] = '\0';
	if (klogd->syslog)
		TRY(kimg_klog_add_syslog(klogd->klog, klogd->syslog,
					 format_of(klogd, KIMG_KLOG_RFC3164), host));
	if (klogd->journal)
		TRY(kimg_klog_add_journal(klogd->klog, klogd->journal));
	if (klogd->file)
		TRY(kimg_klog_add_file(klogd->klog, klogd->file,
				       format_of(klogd, KIMG_KLOG_PRIORITY), host));
	return klogd->json ? klogd_add_json(klogd) : NULL;
}

/* What the service manager keeps for the service; of several folders the first. */
static struct kimg_error *choose_state(struct klogd *klogd, char **ret_path)
{
	const char *folder = getenv("STATE_DIRECTORY");

	klogd->options.state = klogd->state;
	if (klogd->state || !folder || klogd->options.source == KIMG_KLOG_FILE)
		return NULL;
	if (asprintf(ret_path, "%.*s/position", (int)strcspn(folder, ":"), folder) < 0)
		return error_nomem();
	klogd->options.state = *ret_path;
	return NULL;
}

static int set_up(struct klogd *klogd)
{
	cleanup_free char *state = NULL;
	struct kimg_error *error;

	choose_sinks(klogd);
	choose_records(klogd);
	if (klogd->console_level >= 0 &&
	    klogctl(SYSLOG_CONSOLE_LEVEL, NULL, klogd->console_level) < 0)
		return report(klogd->cli, error_system(errno, "the level of the console"));
	klogd->options.modules = klogd->options.source != KIMG_KLOG_FILE && !klogd->no_symbols;
	klogd->options.resolve = klogd_resolve;
	klogd->options.render = klogd_render;
	klogd->options.context = klogd;
	error = choose_state(klogd, &state);
	if (!error)
		error = klogd_open_symbols(klogd);
	if (!error)
		error = kimg_klog_new(&klogd->options, &klogd->klog);
	if (!error)
		error = add_sinks(klogd);
	return error ? report(klogd->cli, error) : STATUS_YES;
}

static int run_daemon(struct klogd *klogd)
{
	int status = set_up(klogd), number;

	if (status == STATUS_YES)
		status = klogd_run(klogd);
	if (klogd->out) {
		out_close(klogd->out);
		number = out_finish(klogd->out);
		if (number)
			status = report(klogd->cli, error_system(number, "standard output"));
	}
	kimg_klog_free(klogd->klog);
	kimg_oops_symbols_free(klogd->symbols);
	return status;
}

/* One that only reads a file may run beside the daemon. */
static int run_locked(struct klogd *klogd)
{
	bool locks = klogd->options.source != KIMG_KLOG_FILE && !klogd->options.once;
	int fd = locks ? klogd_write_pid(klogd->cli, klogd->pid_file) : -1, status;

	if (fd < -1)
		return STATUS_ERROR;
	status = run_daemon(klogd);
	if (fd >= 0) {
		unlink(klogd->pid_file);
		close(fd);
	}
	return status;
}

static int run(struct cli *cli)
{
	struct klogd klogd = {
		.cli = cli,
		.options = KIMG_KLOG_OPTIONS_DEFAULT,
		.pid_file = PID_FILE,
		.console_level = -1,
	};
	int status = read_options(&klogd);

	if (status)
		return status == CLI_STOP ? cli->status : status;
	if (klogd.signals)
		return klogd_signal(cli, klogd.pid_file, klogd.signal);
	return run_locked(&klogd);
}

const struct verb verb_klogd = {
	.name = "klogd",
	.operands = "",
	.summary = "the kernel log daemon: hand on the kernel's log and decode reports",
	.about = "Reads the log of the running kernel and hands its records on, with the reports "
		 "(oopses, warnings, ...)\n"
		 "that are found in them decoded. Stays in the foreground. Its short options are "
		 "those of klogd(8).",
	.options = options,
	.complete = COMPLETE_NOTHING,
	.min_operands = 0,
	.max_operands = 0,
	.run = run,
};
