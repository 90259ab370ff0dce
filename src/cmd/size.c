/* SPDX-License-Identifier: GPL-2.0-or-later */
/* kimg size: where the bytes are, and what grew and what shrank. */
#include "cmd/size.h"

#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "cmd/cmd.h"

enum { OPTION_NO_WEAK = 256, OPTION_COMPRESSED, OPTION_HTML, OPTION_SVG };

#define CODEC_WORDS "gzip bzip2 lzma xz lzo lz4 zstd"
#define SHOW_WORDS  "totals sections regions symbols folders"

static const struct option_def options[] = {
	{ 'n', "count", "N", "print that many symbols (20; against OLD: all)", COMPLETE_NOTHING,
	  NULL, 0 },
	{ 's', "show", "WHAT", "print this alone: totals, sections, regions, symbols, folders",
	  COMPLETE_WORDS, SHOW_WORDS, 0 },
	{ 'v', "verbose", NULL, "also print what only moved, or changed its type or section",
	  COMPLETE_NOTHING, NULL, 0 },
	{ 0, "compressed", "[=CODECS]",
	  "also tell how large the kernel would be by each codec, or by these", COMPLETE_WORDS,
	  CODEC_WORDS, OPTION_COMPRESSED },
	{ 0, "html", "OUT", "write a map of it as a page that can be zoomed into", COMPLETE_FILE,
	  NULL, OPTION_HTML },
	{ 0, "svg", "OUT", "write a map of it as a picture", COMPLETE_FILE, NULL, OPTION_SVG },
	{ 0, "no-weak", NULL, "compare without weak symbols, as bloat-o-meter before Linux 6.10",
	  COMPLETE_NOTHING, NULL, OPTION_NO_WEAK },
	OPTIONS_END,
};

void size_share(struct out *out, uint64_t part, uint64_t whole)
{
	out_width(out, -7);
	out_print(out, OUT_FAINT, "%.1f %%", whole ? 100.0 * part / whole : 0.0);
}

void size_notes(struct cli *cli, struct out *out, const char *key, const char *file,
		const struct kimg_size *size)
{
	const struct kimg_note *note = kimg_size_notes(size);

	if (!note)
		return;
	out_array(out, key);
	for (; note; note = note->next) {
		out_string(out, NULL, OUT_DATA, note->text);
		remark(cli, "%s: %s", file, note->text);
	}
	out_close(out);
}

static void free_size(struct kimg_size **size)
{
	kimg_size_free(*size);
}

/* Symbols take longer to read than sections, and are not always asked for. */
static bool needs_symbols(const struct cli *cli, const struct size_options *o)
{
	return cli->operand_count == 2 || o->html || o->svg ||
	       o->show & (SIZE_SHOW_REGIONS | SIZE_SHOW_SYMBOLS | SIZE_SHOW_FOLDERS);
}

static struct kimg_error *open_size(struct cli *cli, const struct size_options *o, const char *file,
				    struct kimg_size **ret_size)
{
	struct kimg_symbols_options of_symbols = KIMG_SYMBOLS_OPTIONS_DEFAULT;

	of_symbols.limits = cli->limits;
	if (!needs_symbols(cli, o))
		return kimg_size_open_sections(file, &of_symbols, ret_size);
	return kimg_size_open(file, &of_symbols, ret_size);
}

static int run_on(struct cli *cli, struct out *out, const struct size_options *o)
{
	cleanup(free_size) struct kimg_size *first = NULL, *second = NULL;
	struct kimg_error *error;

	error = open_size(cli, o, cli->operands[0], &first);
	if (!error && cli->operand_count == 2)
		error = open_size(cli, o, cli->operands[1], &second);
	if (error)
		return report(cli, error);
	return second ? size_show_diff(cli, out, o, first, second) : size_show(cli, out, o, first);
}

/* ---- options ---- */

/* The bit of a word of SHOW_WORDS, 0 where it is none. */
static unsigned int show_bit(const char *word, size_t n)
{
	unsigned int bit = 1;

	for (const char *at = SHOW_WORDS; *at; bit <<= 1) {
		size_t length = strcspn(at, " ");

		if (length == n && memcmp(at, word, n) == 0)
			return bit;
		at += length;
		at += *at == ' ';
	}
	return 0;
}

static bool parse_show(const char *text, unsigned int *ret_show)
{
	unsigned int show = 0;

	for (;;) {
		size_t n = strcspn(text, ",");
		unsigned int bit = show_bit(text, n);

		if (!bit)
			return false;
		show |= bit;
		text += n;
		if (!*text)
			break;
		text++;
	}
	*ret_show = show;
	return true;
}

/* False, with the exit status set, where the argument makes no sense. */
static bool take_option(struct cli *cli, int id, struct size_options *o)
{
	switch (id) {
	case 'n':
		o->has_count = parse_size(cli->argument, &o->count);
		if (!o->has_count)
			cli->status = cli_usage_error(cli, "%s is no number", cli->argument);
		return o->has_count;
	case 's':
		if (parse_show(cli->argument, &o->show)) {
			o->asked |= o->show & SIZE_SHOW_FOLDERS;
			return true;
		}
		cli->status = cli_usage_error(cli, "--show takes some of " SHOW_WORDS ", not %s",
					      cli->argument);
		return false;
	case OPTION_COMPRESSED:
		o->compressed = true;
		o->codecs = cli->argument;
		if (!o->codecs || size_codecs_are_known(o->codecs))
			return true;
		cli->status = cli_usage_error(
			cli, "--compressed takes some of " CODEC_WORDS ", not %s", cli->argument);
		return false;
	case 'v':
		o->verbose = true;
		return true;
	case OPTION_HTML:
		o->html = cli->argument;
		o->asked = true;
		return true;
	case OPTION_SVG:
		o->svg = cli->argument;
		o->asked = true;
		return true;
	default:
		o->diff.without_weak = true;
		return true;
	}
}

static int run(struct cli *cli)
{
	struct size_options o = { 0 };
	struct screen screen;
	int id, status;

	while ((id = cli_option(cli)) > 0)
		if (!take_option(cli, id, &o))
			return cli->status;
	if (id == CLI_STOP)
		return cli->status;
	if ((o.html || o.svg) && cli->operand_count == 2)
		return cli_usage_error(cli, "--html and --svg need one FILE, not two");
	/* A picture is enough, where nothing else was asked for. */
	if (!o.show && !o.html && !o.svg)
		o.show = ~0u;
	if (screen_open(&screen, cli))
		return STATUS_ERROR;
	out_document(screen.out, cli->operand_count == 2 ? "kimg-size-diff-1" : "kimg-size-1",
		     NULL);
	status = run_on(cli, screen.out, &o);
	out_close(screen.out);
	return screen_close(&screen, status);
}

const struct verb verb_size = {
	.name = "size",
	.operands = "FILE [OLD]",
	.summary = "show where the bytes are, or what grew since OLD",
	.about =
		"Prints how large the sections, the regions between the linker script's symbols "
		"and "
		"the\n"
		"largest symbols of FILE are. With OLD, prints which symbols grew and which shrank "
		"from OLD to\n"
		"FILE. Each may be a vmlinux, a module, any kernel image or a System.map.",
	.options = options,
	.groups = GROUP_OUTPUT | GROUP_PAGER | GROUP_LIMITS,
	.complete = COMPLETE_FILE,
	.min_operands = 1,
	.max_operands = 2,
	.run = run,
};
