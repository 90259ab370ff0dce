/* SPDX-License-Identifier: GPL-2.0-or-later */
/* kimg vmlinux: an ELF with symbols, from any image. */
#include <elf.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "cli/term.h"
#include "cmd/cmd.h"
#include "io/outfile.h"
#include "kimg/vmlinux.h"

enum { OPTION_BASE = 256, OPTION_KASLR_OFFSET, OPTION_NO_SYMBOLS, OPTION_NO_TYPES };

static const struct option_def options[] = {
	{ 'o', "output", "FILE", "write the ELF to FILE; - is standard output (default)",
	  COMPLETE_FILE, NULL, 0 },
	{ 0, "kaslr-offset", "OFFSET", "the kernel was moved by this much when it was loaded",
	  COMPLETE_NOTHING, NULL, OPTION_KASLR_OFFSET },
	{ 0, "base", "ADDRESS", "the address of the first byte of a raw image", COMPLETE_NOTHING,
	  NULL, OPTION_BASE },
	{ 0, "no-symbols", NULL, "write no symbols: for a kernel that has none", COMPLETE_NOTHING,
	  NULL, OPTION_NO_SYMBOLS },
	{ 0, "no-types", NULL, "make no debug information of the kernel's types", COMPLETE_NOTHING,
	  NULL, OPTION_NO_TYPES },
	{ 'v', "verbose", NULL, "print what was written: header, segments, sections",
	  COMPLETE_NOTHING, NULL, 0 },
	{ 'f', "force", NULL, "write to a terminal, too", COMPLETE_NOTHING, NULL, 0 },
	OPTIONS_END,
};

struct vmlinux_options {
	struct kimg_vmlinux_options make;
	const char *output;
	bool verbose, force;
};

static void free_image(struct kimg_image **image)
{
	kimg_image_free(*image);
}

static void free_vmlinux(struct kimg_vmlinux **vmlinux)
{
	kimg_vmlinux_free(*vmlinux);
}

/* ---- what was written ---- */

static const char *origin_words(enum kimg_vmlinux_origin origin)
{
	switch (origin) {
	case KIMG_VMLINUX_AS_IS:
		return "as it is";
	case KIMG_VMLINUX_ADDED:
		return "symbols added";
	case KIMG_VMLINUX_TYPES_ADDED:
		return "types added";
	case KIMG_VMLINUX_MADE:
		return "made";
	}
	return NULL;
}

/* A name, or the number where there is none. */
static void show_name(struct out *out, const char *key, const char *name, uint16_t number)
{
	char text[16];

	snprintf(text, sizeof(text), "%u", number);
	out_string(out, key, OUT_PLAIN, name ? name : text);
}

static void show_header(struct out *out, const struct kimg_vmlinux_facts *facts)
{
	out_string(out, "origin", OUT_DATA, origin_words(facts->origin));
	out_row(out);
	out_print(out, OUT_PLAIN, "ELF");
	out_number(out, "bits", OUT_PLAIN, facts->bits);
	out_string(out, "byte_order", OUT_PLAIN, facts->big_endian ? "big" : "little");
	show_name(out, "type", facts->type_name, facts->type);
	show_name(out, "machine", facts->machine_name, facts->machine);
	out_print(out, OUT_PLAIN, "%s", origin_words(facts->origin));
	out_row_end(out);
	out_row(out);
	out_print(out, OUT_FAINT, "base");
	out_hex(out, "base", OUT_PLAIN, facts->base);
	out_print(out, OUT_FAINT, "entry");
	out_hex(out, "entry", OUT_PLAIN, facts->entry);
	out_print(out, OUT_FAINT, "symbols");
	out_number(out, "symbols", OUT_PLAIN, facts->symbols);
	out_print(out, OUT_FAINT, "types");
	out_number(out, "types", OUT_PLAIN, facts->types);
	out_print(out, OUT_FAINT, "size");
	out_number(out, "size", OUT_PLAIN, facts->size);
	out_row_end(out);
}

/* Flags as readelf has them, each in a place of its own. */
static void show_flags(struct out *out, uint64_t flags, const char *letters)
{
	char text[4] = { 0 };

	for (size_t i = 0; letters[i]; i++)
		text[i] = flags >> i & 1 ? letters[i] : '-';
	out_string(out, "flags", OUT_PLAIN, text);
}

static void show_segments(struct out *out, const struct kimg_vmlinux *vmlinux)
{
	size_t n;
	const struct kimg_vmlinux_segment *segments = kimg_vmlinux_segments(vmlinux, &n);

	out_array(out, "segments");
	for (size_t i = 0; i < n; i++) {
		uint32_t rights = segments[i].flags;

		out_object(out, NULL);
		out_row(out);
		out_hex(out, "address", OUT_PLAIN, segments[i].address);
		out_width(out, -10);
		out_number(out, "size", OUT_PLAIN, segments[i].size);
		show_flags(out,
			   (rights & PF_R ? 1 : 0) | (rights & PF_W ? 2 : 0) |
				   (rights & PF_X ? 4 : 0),
			   "rwx");
		out_number(out, "type", OUT_DATA, segments[i].type);
		out_print(out, OUT_FAINT, segments[i].type == PT_NOTE ? "notes" : "segment");
		out_row_end(out);
		out_close(out);
	}
	out_close(out);
}

static void show_sections(struct out *out, const struct kimg_vmlinux *vmlinux)
{
	size_t n;
	const struct kimg_vmlinux_section *sections = kimg_vmlinux_sections(vmlinux, &n);

	out_array(out, "sections");
	for (size_t i = 0; i < n; i++) {
		const struct kimg_vmlinux_section *section = &sections[i];

		out_object(out, NULL);
		out_row(out);
		out_hex(out, "address", OUT_PLAIN, section->address);
		out_width(out, -10);
		out_number(out, "size", OUT_PLAIN, section->size);
		show_flags(out, section->flags, "wax");
		out_number(out, "type", OUT_DATA, section->type);
		out_text(out, "name", OUT_NAME, span_of(section->name, section->name_size));
		out_row_end(out);
		out_close(out);
	}
	out_close(out);
}

static void show_notes(struct out *out, const struct kimg_vmlinux *vmlinux)
{
	out_array(out, "notes");
	for (const struct kimg_note *note = kimg_vmlinux_notes(vmlinux); note; note = note->next)
		out_text(out, NULL, OUT_DATA, span_of(note->text, strlen(note->text)));
	out_close(out);
}

static int show(struct cli *cli, const struct vmlinux_options *o,
		const struct kimg_vmlinux *vmlinux)
{
	struct screen screen;

	if (screen_open(&screen, cli))
		return STATUS_ERROR;
	if (!o->verbose)
		out_mute(screen.out);
	out_document(screen.out, "kimg-vmlinux-1", NULL);
	out_text(screen.out, "file", OUT_DATA, span_of(o->output, strlen(o->output)));
	show_header(screen.out, kimg_vmlinux_facts(vmlinux));
	show_segments(screen.out, vmlinux);
	show_sections(screen.out, vmlinux);
	show_notes(screen.out, vmlinux);
	out_close(screen.out);
	if (!o->verbose)
		out_unmute(screen.out);
	return screen_close(&screen, STATUS_YES);
}

/* Returns STATUS_NO where something about the symbols is not as it should be. */
static int tell_notes(struct cli *cli, const struct kimg_vmlinux *vmlinux)
{
	int status = STATUS_YES;

	for (const struct kimg_note *note = kimg_vmlinux_notes(vmlinux); note; note = note->next) {
		remark(cli, "%s: %s", cli->operands[0], note->text);
		if (note->bad)
			status = STATUS_NO;
	}
	return status;
}

/* ---- the work ---- */

static struct kimg_error *write_file(const char *output, const struct kimg_vmlinux *vmlinux)
{
	cleanup_outfile struct outfile out = OUTFILE_NONE;
	size_t n;
	const struct kimg_vmlinux_piece *pieces = kimg_vmlinux_pieces(vmlinux, &n);

	TRY(outfile_open(&out, output));
	for (size_t i = 0; i < n; i++)
		TRY(outfile_write(&out, span_of(pieces[i].bytes, pieces[i].size)));
	return outfile_commit(&out);
}

static struct kimg_error *work(const char *file, const struct vmlinux_options *o,
			       struct kimg_image **ret_image, struct kimg_vmlinux **ret_vmlinux)
{
	struct kimg_options of_image = KIMG_OPTIONS_DEFAULT;

	if (outfile_is(o->output, file))
		return error_new(KIMG_E_INVALID, "%s is the input: it stays as it is",
				 strcmp(o->output, "-") == 0 ? "standard output" : o->output);
	of_image.limits = o->make.symbols.limits;
	TRY(kimg_image_open(file, &of_image, ret_image));
	TRY(error_wrap(kimg_vmlinux_make(*ret_image, &o->make, ret_vmlinux), "%s", file));
	return write_file(o->output, *ret_vmlinux);
}

/* ---- the verb ---- */

static int set_option(struct cli *cli, struct vmlinux_options *o, int id)
{
	switch (id) {
	case 'o':
		o->output = cli->argument;
		break;
	case 'v':
		o->verbose = true;
		break;
	case 'f':
		o->force = true;
		break;
	case OPTION_NO_SYMBOLS:
		o->make.no_symbols = true;
		break;
	case OPTION_NO_TYPES:
		o->make.no_types = true;
		break;
	case OPTION_KASLR_OFFSET:
		return cli_hex_argument(cli, &o->make.symbols.shift);
	case OPTION_BASE:
		o->make.symbols.has_base = true;
		return cli_hex_argument(cli, &o->make.symbols.base);
	}
	return STATUS_YES;
}

static int check_usage(struct cli *cli, const struct vmlinux_options *o)
{
	if (strcmp(o->output, "-") != 0)
		return STATUS_YES;
	if (cli->format != OUT_TEXT || o->verbose)
		return cli_usage_error(cli, "%s needs --output: the ELF goes to standard output",
				       o->verbose ? "--verbose" : "--json");
	if (!o->force && isatty(STDOUT_FILENO))
		return cli_usage_error(
			cli, "will not write binary data to a terminal: use --output, or --force");
	return STATUS_YES;
}

static int run(struct cli *cli)
{
	struct vmlinux_options o = { .make = KIMG_VMLINUX_OPTIONS_DEFAULT, .output = "-" };
	cleanup(free_image) struct kimg_image *image = NULL;
	cleanup(free_vmlinux) struct kimg_vmlinux *vmlinux = NULL;
	struct kimg_error *error;
	int id;

	while ((id = cli_option(cli)) > 0)
		if (set_option(cli, &o, id))
			return STATUS_ERROR;
	if (id == CLI_STOP)
		return cli->status;
	if (check_usage(cli, &o))
		return STATUS_ERROR;
	o.make.symbols.limits = cli->limits;
	error = work(cli->operands[0], &o, &image, &vmlinux);
	if (error)
		return report(cli, error);
	if (strcmp(o.output, "-") == 0)
		return tell_notes(cli, vmlinux);
	return worse(tell_notes(cli, vmlinux), show(cli, &o, vmlinux));
}

const struct verb verb_vmlinux = {
	.name = "vmlinux",
	.operands = "FILE",
	.summary = "write an ELF with symbols, for debuggers",
	.about = "Writes the kernel in FILE as an ELF with a symbol table, for gdb, perf and "
		 "objdump. Where FILE\n"
		 "holds an ELF, that one gets the symbols of its kallsyms; around a raw kernel an "
		 "ELF "
		 "is made.",
	.options = options,
	.groups = GROUP_OUTPUT | GROUP_PAGER | GROUP_LIMITS,
	.complete = COMPLETE_FILE,
	.min_operands = 1,
	.max_operands = 1,
	.run = run,
};
