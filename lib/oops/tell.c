/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a report tells about the symbols that it was resolved with. */
#include "oops/resolve.h"
#include "symbol/map_match.h"

static const char *kind_of(const struct resolving *r, const struct oops_table *table)
{
	if (table == r->symbols->running)
		return "running kernel";
	switch (kimg_symbols_source(table_symbols(table))) {
	case KIMG_SYMBOLS_ELF:
		return "vmlinux";
	case KIMG_SYMBOLS_MODULE:
		return "module";
	case KIMG_SYMBOLS_KALLSYMS:
		return "image";
	default:
		return "System.map";
	}
}

/* In the words of klogd, and for maps that differ those of ps as well. */
static const char *message_of(const struct resolving *r, const struct oops_table *table,
			      enum oops_fit fit)
{
	const char *release = r->report->oops.release;

	if (!release)
		release = table->side->release;
	switch (fit) {
	case OOPS_FITS:
		return release ? report_format(r->report, "Symbols match kernel version %s.",
					       release)
			       : "Symbols match kernel version.";
	case OOPS_CANNOT_TELL:
		return "Cannot verify that symbols match kernel version.";
	case OOPS_DIFFERS:
		break;
	}
	if (kimg_symbols_source(table_symbols(table)) == KIMG_SYMBOLS_MAP)
		return "Symbols do not match kernel version. " KIMG_MAP_DIFFERS_MESSAGE ".";
	return "Symbols do not match kernel version.";
}

struct kimg_error *add_choice(struct resolving *r, const struct oops_table *table, const char *how,
			      const struct oops_verdict *verdict)
{
	struct kimg_oops *oops = &r->report->oops;
	struct kimg_oops_choice *larger;

	if (oops->choice_count == r->choice_room) {
		r->choice_room = r->choice_room ? 2 * r->choice_room : 8;
		larger = report_alloc(r->report, r->choice_room * sizeof(*larger));
		if (!larger)
			return error_nomem();
		if (oops->choice_count)
			memcpy(larger, oops->choices, oops->choice_count * sizeof(*larger));
		oops->choices = larger;
	}
	oops->choices[oops->choice_count++] = (struct kimg_oops_choice){
		.path = report_format(r->report, "%s", table->path),
		.kind = kind_of(r, table),
		.how = how,
		.agreeing = verdict->agreeing,
		.compared = verdict->compared,
		.differs = verdict->fit == OOPS_DIFFERS,
		.message = message_of(r, table, verdict->fit),
	};
	return r->report->failed ? error_nomem() : NULL;
}
