/* SPDX-License-Identifier: GPL-2.0-or-later */
/* kimg klogd: reports are resolved, and made text. */
#include "base/buf.h"
#include "base/error.h"
#include "cli/term.h"
#include "cmd/klogd.h"

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

	/* Where memory is short, the report as it was is better than none. */
	if (klogd->symbols)
		kimg_error_free(kimg_oops_resolve(klogd->symbols, oops));
}

static void add_lines(struct buf *buf, const struct kimg_oops *oops)
{
	for (size_t i = 0; i < oops->line_count; i++) {
		buf_puts(buf, oops->lines[i].text);
		buf_putc(buf, '\n');
	}
}

char *klogd_render(void *context, const struct kimg_oops *oops)
{
	struct buf buf = { 0 };

	add_lines(&buf, oops);
	if (!buf.failed)
		return buf.p;
	buf_done(&buf);
	return NULL;
}
