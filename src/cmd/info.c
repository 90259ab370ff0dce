/* SPDX-License-Identifier: GPL-2.0-or-later */
/* kimg info: the tree of what is inside. */
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "cli/term.h"
#include "cmd/cmd.h"
#include "cmd/summary.h"
#include "cmd/tree.h"
#include "kimg/image.h"
#include "kimg/kernel.h"

static const struct option_def options[] = {
	{ 'd', "deep", NULL, "decode everything, check all checksums and signatures",
	  COMPLETE_NOTHING, NULL, 0 },
	{ 'v', "verbose", NULL, "show every part, also the sections and tables of the same kind",
	  COMPLETE_NOTHING, NULL, 0 },
	OPTIONS_END,
};

struct info {
	struct cli *cli;
	struct out *out;
	struct tree tree;
	struct kimg_options options;
};

/* Whether something in the tree does not verify: a bad note, or an end that is missing. */
static bool is_sound(const struct kimg_part *part)
{
	if (part->truncated)
		return false;
	for (const struct kimg_note *note = part->notes; note; note = note->next)
		if (note->bad)
			return false;
	for (const struct kimg_part *child = part->children; child; child = child->next)
		if (!is_sound(child))
			return false;
	return !part->content || is_sound(part->content);
}

static void show_image(struct info *info, const char *file, struct kimg_image *image)
{
	struct out *out = info->out;
	const struct kimg_part *root = kimg_image_root(image);
	const char *word = kimg_image_word(image);

	out_space(out);
	out_row(out);
	out_text(out, "file", OUT_STRONG, span_of(file, strlen(file)));
	out_gap(out, 0);
	out_print(out, OUT_STRONG, ":");
	out_gap(out, 1);
	out_string(out, "word", OUT_STRONG, word);
	out_number(out, "size", OUT_DATA, root->size);
	out_row_end(out);
	out_block(out, 2);
	summary(out, root);
	out_object(out, "root");
	tree_part(&info->tree, root);
	out_close(out);
	out_block_end(out);
}

/* The facts inside the kernel join the tree. That there is no kernel is no fault: it may be an initrd. */
static struct kimg_error *open_image(struct info *info, const char *file,
				     struct kimg_image **ret_image)
{
	struct kimg_error *error;

	TRY(kimg_image_open(file, &info->options, ret_image));
	error = kimg_kernel_examine(*ret_image, info->options.depth, NULL);
	if (error && kimg_error_code(error) == KIMG_E_NOMEM)
		return error;
	kimg_error_free(error);
	return NULL;
}

static int show_file(struct info *info, const char *file)
{
	struct kimg_image *image = NULL;
	struct kimg_error *error = open_image(info, file, &image);
	int status = STATUS_YES;

	out_record(info->out);
	if (error) {
		out_failure(info->out, file, error);
		status = report(info->cli, error);
	} else {
		show_image(info, file, image);
		if (!is_sound(kimg_image_root(image)))
			status = STATUS_NO;
	}
	out_close(info->out);
	kimg_image_free(image);
	return status;
}

static int run(struct cli *cli)
{
	struct info info = { .cli = cli, .options = KIMG_OPTIONS_DEFAULT };
	int id, status = STATUS_YES;
	struct screen screen;

	while ((id = cli_option(cli)) > 0) {
		if (id == 'd')
			info.options.depth = KIMG_DEEP;
		else
			info.tree.verbose = true;
	}
	if (id == CLI_STOP)
		return cli->status;
	info.options.limits = cli->limits;
	if (screen_open(&screen, cli))
		return STATUS_ERROR;
	info.out = info.tree.out = screen.out;
	out_document(screen.out, "kimg-info-1", "files");
	for (int i = 0; i < cli->operand_count; i++)
		status = worse(status, show_file(&info, cli->operands[i]));
	out_close(screen.out);
	return screen_close(&screen, status);
}

const struct verb verb_info = {
	.name = "info",
	.operands = "FILE...",
	.summary = "show the tree of what is inside",
	.about = "Prints what each FILE is made of: its parts with offset and size, the fields of "
		 "their\n"
		 "headers, and what is wrong with them. Only headers are read, unless --deep is "
		 "given.",
	.options = options,
	.groups = GROUP_OUTPUT | GROUP_PAGER | GROUP_LIMITS,
	.complete = COMPLETE_FILE,
	.min_operands = 1,
	.max_operands = -1,
	.run = run,
};
