/* SPDX-License-Identifier: GPL-2.0-or-later */
/* kimg size FILE OLD: what grew and what shrank. */
#include <inttypes.h>
#include <string.h>

#include "cmd/size.h"

/* Names and entries lie anywhere in memory: they are asked for this many rows before. */
enum { AHEAD = 8 };

static void free_diff(struct kimg_size_diff **diff)
{
	kimg_size_diff_free(*diff);
}

static struct span words(const char *text)
{
	return span_of(text, strlen(text));
}

/* ---- the summary ---- */

static void show_summary(struct out *out, const struct kimg_size_summary *s, bool measured)
{
	out_object(out, "summary");
	out_bool(out, "measured", OUT_DATA, measured);
	out_number(out, "added", OUT_DATA, s->added);
	out_number(out, "removed", OUT_DATA, s->removed);
	out_number(out, "grown", OUT_DATA, s->grown);
	out_number(out, "shrunk", OUT_DATA, s->shrunk);
	out_number(out, "up", OUT_DATA, s->up);
	out_number(out, "down", OUT_DATA, s->down);
	out_number(out, "before", OUT_DATA, s->before);
	out_number(out, "after", OUT_DATA, s->after);
	out_number(out, "moved", OUT_DATA, s->moved);
	out_number(out, "retyped", OUT_DATA, s->retyped);
	out_close(out);
	out_row(out);
	out_print(out, OUT_STRONG,
		  "add/remove: %" PRIu64 "/%" PRIu64 " grow/shrink: %" PRIu64 "/%" PRIu64
		  " up/down: %" PRIu64 "/%s%" PRIu64 " (%" PRId64 ")",
		  s->added, s->removed, s->grown, s->shrunk, s->up, s->down ? "-" : "", s->down,
		  (int64_t)(s->up - s->down));
	out_row_end(out);
}

static void show_total(struct out *out, const struct kimg_size_summary *s)
{
	double percent = s->before ? ((double)s->after - (double)s->before) * 100 / s->before : 0;

	out_row(out);
	out_print(out, OUT_STRONG, "Total: Before=%" PRIu64 ", After=%" PRIu64 ", chg %+.2f%%",
		  s->before, s->after, percent);
	out_row_end(out);
}

/* ---- rows ---- */

void size_heading(struct out *out, const char *what)
{
	out_row(out);
	out_width(out, 40);
	out_print(out, OUT_FAINT, "%s", what);
	for (size_t i = 0; i < 3; i++) {
		out_gap(out, 1);
		out_width(out, -7);
		out_print(out, OUT_FAINT, "%s", i == 0 ? "old" : i == 1 ? "new" : "delta");
	}
	out_row_end(out);
}

static void size_or_none(struct out *out, const char *key, const uint64_t *size)
{
	out_gap(out, 1);
	out_width(out, -7);
	if (size)
		out_number(out, key, OUT_PLAIN, *size);
	else
		out_null(out, key, OUT_FAINT, "-");
}

/* What a name is and its size in both; NULL where it is not there. */
void size_row(struct out *out, struct span name, const uint64_t *old_size, const uint64_t *new_size)
{
	uint64_t old = old_size ? *old_size : 0, new = new_size ? *new_size : 0;

	out_row(out);
	out_width(out, 40);
	out_text(out, "name", OUT_PLAIN, name);
	size_or_none(out, "old", old_size);
	size_or_none(out, "new", new_size);
	out_gap(out, 1);
	out_width(out, -7);
	out_signed(out, "delta", new > old ? OUT_BAD : OUT_GOOD, (int64_t)(new - old));
	out_row_end(out);
}

static struct kimg_error *show_changes(struct out *out, const struct size_options *o,
				       struct kimg_size_diff *diff)
{
	const struct kimg_size_change *const *changes;
	struct kimg_error *error;
	size_t n;

	error = kimg_size_diff_changes(diff, &changes, &n);
	if (error)
		return error;
	size_heading(out, "Symbol");
	out_array(out, "symbols");
	for (size_t i = 0; i < n; i++) {
		const struct kimg_size_change *c = changes[i];

		/* Of a shorter list each end has half. */
		if (o->has_count && n > o->count && i == o->count - o->count / 2)
			i = n - o->count / 2;
		if (i == n)
			break;
		c = changes[i];
		if (n - i > 2 * AHEAD) {
			__builtin_prefetch(changes[i + 2 * AHEAD]);
			__builtin_prefetch(changes[i + AHEAD]->name);
		}
		out_object(out, NULL);
		size_row(out, span_of(c->name, c->name_size), c->old_count ? &c->old_size : NULL,
			 c->new_count ? &c->new_size : NULL);
		out_close(out);
	}
	out_close(out);
	return NULL;
}

/* ---- sections ---- */

static void show_totals(struct out *out, const struct kimg_size_totals *old,
			const struct kimg_size_totals *new)
{
	const struct {
		const char *name;
		uint64_t old, new;
	} rows[] = {
		{ "text", old->text, new->text },
		{ "data", old->data, new->data },
		{ "bss", old->bss, new->bss },
	};

	out_space(out);
	size_heading(out, "Total");
	out_array(out, "totals");
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		out_object(out, NULL);
		size_row(out, words(rows[i].name), &rows[i].old, &rows[i].new);
		out_close(out);
	}
	out_close(out);
}

static struct kimg_error *show_parts(struct out *out, struct kimg_size_diff *diff)
{
	const struct kimg_size_part *parts;
	struct kimg_error *error;
	bool regions, any = false;
	size_t n;

	error = kimg_size_diff_parts(diff, &parts, &n, &regions);
	if (error)
		return error;
	out_array(out, regions ? "regions" : "sections");
	for (size_t i = 0; i < n; i++) {
		const struct kimg_size_part *part = &parts[i];

		if (part->in_old && part->in_new && part->old_size == part->new_size)
			continue;
		if (!any) {
			out_space(out);
			size_heading(out, regions ? "Region" : "Section");
		}
		any = true;
		out_object(out, NULL);
		size_row(out, words(part->name), part->in_old ? &part->old_size : NULL,
			 part->in_new ? &part->new_size : NULL);
		out_close(out);
	}
	out_close(out);
	return NULL;
}

/* ---- what moved, or changed its type or section ---- */

static void show_moved(struct out *out, struct kimg_size_diff *diff)
{
	size_t n;
	const struct kimg_size_change *names = kimg_size_diff_names(diff, &n);

	out_space(out);
	out_array(out, "moved");
	for (size_t i = 0; i < n; i++) {
		const struct kimg_size_change *c = &names[i];

		if (!kimg_size_change_moved(c))
			continue;
		out_object(out, NULL);
		out_row(out);
		out_print(out, OUT_FAINT, "moved");
		out_text(out, "name", OUT_NAME, span_of(c->name, c->name_size));
		out_hex(out, "old", OUT_PLAIN, c->old_address);
		out_gap(out, 1);
		out_print(out, OUT_FAINT, "->");
		out_gap(out, 1);
		out_hex(out, "new", OUT_PLAIN, c->new_address);
		out_row_end(out);
		out_close(out);
	}
	out_close(out);
}

static void type_and_section(struct out *out, const char *type_key, const char *section_key,
			     char type, const char *section)
{
	out_text(out, type_key, OUT_PLAIN, span_of(&type, 1));
	if (section) {
		out_gap(out, 1);
		out_text(out, section_key, OUT_PLAIN, words(section));
	}
}

static void show_retyped(struct out *out, struct kimg_size_diff *diff)
{
	size_t n;
	const struct kimg_size_change *names = kimg_size_diff_names(diff, &n);

	out_space(out);
	out_array(out, "retyped");
	for (size_t i = 0; i < n; i++) {
		const struct kimg_size_change *c = &names[i];

		if (!kimg_size_change_retyped(diff, c))
			continue;
		out_object(out, NULL);
		out_row(out);
		out_print(out, OUT_FAINT, "changed");
		out_text(out, "name", OUT_NAME, span_of(c->name, c->name_size));
		type_and_section(out, "old_type", "old_section", c->old_type,
				 kimg_size_change_old_section(diff, c));
		out_gap(out, 1);
		out_print(out, OUT_FAINT, "->");
		out_gap(out, 1);
		type_and_section(out, "new_type", "new_section", c->new_type,
				 kimg_size_change_new_section(diff, c));
		out_row_end(out);
		out_close(out);
	}
	out_close(out);
}

static void show_others(struct out *out, const struct size_options *o, struct kimg_size_diff *diff)
{
	const struct kimg_size_summary *s = kimg_size_diff_summary(diff);

	out_row(out);
	out_print(out, OUT_PLAIN,
		  "Moved: %" PRIu64 " to another address, %" PRIu64 " to another type or section",
		  s->moved, s->retyped);
	out_row_end(out);
	if (!o->verbose)
		return;
	show_moved(out, diff);
	show_retyped(out, diff);
}

/* ---- all of it ---- */

static struct kimg_error *show_symbols(struct out *out, const struct size_options *o,
				       struct kimg_size_diff *diff)
{
	struct kimg_error *error;

	show_summary(out, kimg_size_diff_summary(diff), kimg_size_diff_is_measured(diff));
	error = show_changes(out, o, diff);
	if (error)
		return error;
	show_total(out, kimg_size_diff_summary(diff));
	show_others(out, o, diff);
	return NULL;
}

static bool is_same(const struct kimg_size_diff *diff)
{
	const struct kimg_size_summary *s = kimg_size_diff_summary(diff);

	return s->up == 0 && s->down == 0 && s->added == 0 && s->removed == 0;
}

int size_show_diff(struct cli *cli, struct out *out, const struct size_options *o,
		   struct kimg_size *new_size, struct kimg_size *old_size)
{
	cleanup(free_diff) struct kimg_size_diff *diff = NULL;
	struct kimg_size_totals new, old;
	struct kimg_error *error;

	out_text(out, "new", OUT_DATA, words(cli->operands[0]));
	out_text(out, "old", OUT_DATA, words(cli->operands[1]));
	size_notes(cli, out, "new_notes", cli->operands[0], new_size);
	size_notes(cli, out, "old_notes", cli->operands[1], old_size);
	error = kimg_size_compare(new_size, old_size, &o->diff, &diff);
	if (!error && o->show & SIZE_SHOW_SYMBOLS)
		error = show_symbols(out, o, diff);
	if (!error && o->show & SIZE_SHOW_TOTALS && kimg_size_totals(new_size, &new) &&
	    kimg_size_totals(old_size, &old))
		show_totals(out, &old, &new);
	if (!error && o->show & (SIZE_SHOW_SECTIONS | SIZE_SHOW_REGIONS))
		error = show_parts(out, diff);
	if (!error && o->compressed)
		error = size_show_compressed(out, o, new_size, old_size);
	if (error)
		return report(cli, error);
	return is_same(diff) ? STATUS_YES : STATUS_NO;
}
