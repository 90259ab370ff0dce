/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The lines above a part tree, for those who want no tree. */
#include "cmd/summary.h"

#include <inttypes.h>
#include <string.h>

#include "kimg/image.h"

#define LABEL_WIDTH 10

/* What the summary is made of; found in one walk. */
struct facts {
	const struct kimg_part *kernel;  /* the deepest part that knows its release */
	const struct kimg_part *payload; /* the outermost compressed one that leads to the kernel */
	const struct kimg_part *signature; /* the first */
	const struct kimg_field *machine;  /* the first that names one: ELF, PE, uImage, FIT */
	size_t signatures;
	size_t damaged;
};

static const struct kimg_field *known(const struct kimg_part *part, const char *name)
{
	const struct kimg_field *field = kimg_part_field(part, name);

	return field && field->type == KIMG_FIELD_TEXT && field->length ? field : NULL;
}

static const struct kimg_field *machine_of(const struct kimg_part *part)
{
	static const char *const names[] = { "e_machine", "Machine", "ih_arch", "arch" };

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		const struct kimg_field *field = kimg_part_field(part, names[i]);

		if (field && (field->meaning || field->type == KIMG_FIELD_TEXT))
			return field;
	}
	return NULL;
}

static void collect(const struct kimg_part *part, struct facts *facts)
{
	if (!facts->machine)
		facts->machine = machine_of(part);
	if (known(part, "release"))
		facts->kernel = part;
	if (part->codec && !facts->payload &&
	    (part->kind == KIMG_PART_PAYLOAD || part->kind == KIMG_PART_KERNEL))
		facts->payload = part;
	if (known(part, "subject") && !facts->signatures++)
		facts->signature = part;
	for (const struct kimg_note *note = part->notes; note; note = note->next)
		facts->damaged += note->bad;
	for (const struct kimg_part *child = part->children; child; child = child->next)
		collect(child, facts);
	if (part->content)
		collect(part->content, facts);
}

static void label(struct out *out, const char *text)
{
	out_row(out);
	out_width(out, LABEL_WIDTH);
	out_print(out, OUT_FAINT, "%s", text);
}

static void text(struct out *out, enum out_style style, const struct kimg_field *field)
{
	if (field)
		out_text(out, NULL, style, span_of(field->bytes, field->length));
}

static void kernel_lines(struct out *out, const struct kimg_part *kernel)
{
	const struct kimg_field *id = kimg_part_field(kernel, "build_id");

	label(out, "kernel");
	text(out, OUT_STRONG, known(kernel, "release"));
	text(out, OUT_PLAIN, known(kernel, "version"));
	out_row_end(out);
	if (id && id->type == KIMG_FIELD_BYTES) {
		label(out, "build-id");
		out_bytes(out, NULL, OUT_PLAIN, span_of(id->bytes, id->length));
		out_row_end(out);
	}
}

static void machine_line(struct out *out, const struct kimg_field *machine)
{
	label(out, "machine");
	if (machine->meaning)
		out_text(out, NULL, OUT_PLAIN, span_of(machine->meaning, strlen(machine->meaning)));
	else
		text(out, OUT_PLAIN, machine);
	out_row_end(out);
}

static void payload_line(struct out *out, const struct kimg_part *payload)
{
	const struct kimg_field *size = kimg_part_field(payload, "uncompressed_size");

	label(out, "payload");
	out_print(out, OUT_PLAIN, "%s, %" PRIu64 " bytes", payload->codec, payload->size);
	if (size && size->type == KIMG_FIELD_NUMBER) {
		out_gap(out, 1);
		out_print(out, OUT_PLAIN, "-> %" PRIu64, size->number);
	}
	out_row_end(out);
}

static void signature_line(struct out *out, const struct facts *facts)
{
	const struct kimg_field *digest = kimg_part_field(facts->signature, "digest");

	label(out, "signed by");
	text(out, OUT_PLAIN, known(facts->signature, "subject"));
	if (digest && digest->type == KIMG_FIELD_TEXT) {
		bool ok = digest->length == 2 && memcmp(digest->bytes, "ok", 2) == 0;

		out_print(out, ok ? OUT_GOOD : OUT_BAD, "digest %s", ok ? "ok" : "wrong");
	} else {
		out_print(out, OUT_FAINT, "digest not checked");
	}
	if (facts->signatures > 1)
		out_print(out, OUT_FAINT, "and %zu more", facts->signatures - 1);
	out_row_end(out);
}

void summary(struct out *out, const struct kimg_part *root)
{
	struct facts facts = { 0 };

	collect(root, &facts);
	if (facts.kernel)
		kernel_lines(out, facts.kernel);
	if (facts.machine)
		machine_line(out, facts.machine);
	if (facts.payload)
		payload_line(out, facts.payload);
	if (facts.signature)
		signature_line(out, &facts);
	if (facts.damaged) {
		label(out, "damage");
		out_print(out, OUT_BAD, "%zu place%s, marked with !", facts.damaged,
			  facts.damaged == 1 ? "" : "s");
		out_row_end(out);
	}
}
