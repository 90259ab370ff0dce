/* SPDX-License-Identifier: GPL-2.0-or-later */
/* kimg klogd: reports are resolved, and made text. */
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "cmd/klogd.h"
#include "cmd/oops.h"

/* A map that is given is told to be wrong at each report; that it is not there, at once. */
struct kimg_error *klogd_open_symbols(struct klogd *klogd)
{
	struct kimg_oops_symbols_options options = KIMG_OOPS_SYMBOLS_OPTIONS_DEFAULT;
	struct kimg_oops_symbols *symbols;

	if (klogd->no_symbols)
		return NULL;
	options.limits = klogd->cli->limits;
	options.map = klogd->map;
	options.live = klogd->options.source != KIMG_KLOG_FILE;
	options.no_source = klogd->no_source;
	TRY(kimg_oops_symbols_new(&options, &symbols));
	kimg_oops_symbols_free(klogd->symbols);
	klogd->symbols = symbols;
	return NULL;
}

void klogd_resolve(void *context, struct kimg_oops *oops)
{
	struct klogd *klogd = context;

	klogd_watch_long(&klogd->watch);
	/* Where memory is short, the report as it was is better than none. */
	if (klogd->symbols)
		kimg_error_free(kimg_oops_resolve(klogd->symbols, oops));
}

static void show_lines(struct out *out, const struct kimg_oops *oops)
{
	out_block(out, 4);
	for (size_t i = 0; i < oops->line_count; i++) {
		out_row(out);
		out_text(out, NULL, OUT_PLAIN, oops_span(oops->lines[i].text));
		out_row_end(out);
	}
	out_block_end(out);
}

/* All that was written to the file, as text. NULL where that fails. */
static char *read_all(int fd)
{
	struct stat status;
	char *text;

	if (fstat(fd, &status) != 0)
		return NULL;
	text = malloc((size_t)status.st_size + 1);
	if (text && pread(fd, text, status.st_size, 0) != status.st_size) {
		free(text);
		return NULL;
	}
	if (text)
		text[status.st_size] = '\0';
	return text;
}

/* As kimg oops --reports has it. */
char *klogd_render(void *context, const struct kimg_oops *oops)
{
	const struct klogd *klogd = context;
	int fd = memfd_create("report", MFD_CLOEXEC);
	struct out *out = fd < 0 ? NULL : out_new(fd, OUT_TEXT, false);
	char *text = NULL;

	if (out) {
		oops_show_text(out, oops);
		if (klogd->twice)
			show_lines(out, oops);
		if (out_finish(out) == 0)
			text = read_all(fd);
	}
	if (fd >= 0)
		close(fd);
	return text;
}
