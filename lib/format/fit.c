/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * U-Boot's flattened image tree (FIT; doc/usage/fit/source_file_format.rst of U-Boot 2025.04): a device tree
 * (its bytes are described in dtree.c) of
 *
 *   /                     description, timestamp
 *   /images/UNIT          description, type, arch, os, compression, load, entry, and the bytes:
 *                         data, or
 *                         data-size and data-offset (from the end of the tree, aligned to 4), or
 *                         data-size and data-position (from the start of the file)
 *   /images/UNIT/hash-N   algo, value
 *   /images/UNIT/signature-N, /configurations/UNIT/signature-N
 *                         algo, key-name-hint, value, and of a configuration: sign-images, hashed-nodes
 *   /images/UNIT/cipher   algo, key-name-hint: the bytes are encrypted
 *   /configurations       default
 *   /configurations/UNIT  description, kernel, fdt, ramdisk, ...: lists of units of /images
 *
 * Bytes within the tree split its structure block: the pieces around them are header tiles "structure".
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "format/fit.h"
#include "format/registry.h"
#include "format/uboot.h"

/* Tokens that probe looks at for /images, which stands first in what mkimage makes. */
#define PROBE_TOKENS 256

/* Names of images that do not exist, noted for one list. */
#define MAX_DANGLING 16

struct unit {
	struct dtree_node node;
	struct kimg_part *part;
	uint64_t offset;
	uint64_t size;
	bool internal;
};

struct fit {
	struct kimg_part *part;
	struct dtree tree;
	struct unit *units; /* of /images, sorted by name */
	size_t count;
};

static void fit_done(struct fit *fit)
{
	free(fit->units);
}

static bool name_is(struct span name, const char *text)
{
	return span_equal(name, span_of(text, strlen(text)));
}

/* For "%.*s": names longer than this are nobody's. */
static int shown(struct span name)
{
	return name.n < 63 ? name.n : 63;
}

/* ---- probe ---- */

/* Reads no names of properties: the strings are behind all data, which may be behind what s holds. */
static int probe(struct span s)
{
	struct dtree tree;
	struct dtree_walk walk = { .tree = &tree };
	struct kimg_error *error;
	int bits = dtree_probe(s);

	if (bits <= 32)
		return 0;
	error = dtree_read(s, &tree);
	if (error) {
		kimg_error_free(error);
		return 0;
	}
	for (int i = 0; i < PROBE_TOKENS; i++) {
		enum dtree_token token = dtree_next(&walk);

		if (token == DTREE_BAD || token == DTREE_DONE)
			return 0;
		if (token == DTREE_BEGIN && walk.depth == 2 && name_is(walk.name, "images"))
			return bits + 48;
	}
	return 0;
}

/* ---- the units of /images ---- */

static int by_name(const void *a, const void *b)
{
	struct span x = ((const struct unit *)a)->node.name,
		    y = ((const struct unit *)b)->node.name;
	int order = memcmp(x.p, y.p, x.n < y.n ? x.n : y.n);

	if (order == 0)
		order = x.n < y.n ? -1 : x.n > y.n;
	return order;
}

static struct unit *find_unit(const struct fit *fit, struct span name)
{
	struct unit key = { .node.name = name };

	return fit->count ? bsearch(&key, fit->units, fit->count, sizeof(key), by_name) : NULL;
}

static struct kimg_error *collect(struct fit *fit, const struct dtree_node *images)
{
	struct dtree_walk children = dtree_children(&fit->tree, images);
	size_t room = 0, most = part_limits(fit->part)->parts;
	struct dtree_node node;

	while (fit->count < most && dtree_child(&children, &node)) {
		if (fit->count == room) {
			struct unit *units;

			room = room ? room * 2 : 16;
			units = reallocarray(fit->units, room, sizeof(*units));
			if (!units)
				return error_nomem();
			fit->units = units;
		}
		fit->units[fit->count++] = (struct unit){ .node = node };
	}
	if (fit->count)
		qsort(fit->units, fit->count, sizeof(*fit->units), by_name);
	return NULL;
}

/* Where the bytes of unit are; false where it has none. */
static bool place(const struct fit *fit, struct unit *unit)
{
	const struct dtree *tree = &fit->tree;
	struct span data;

	if (dtree_property(tree, &unit->node, "data", &data)) {
		unit->internal = true;
		unit->offset = dtree_offset(tree, data);
		unit->size = data.n;
		return true;
	}
	if (!dtree_number(tree, &unit->node, "data-size", &unit->size))
		return false;
	if (dtree_number(tree, &unit->node, "data-position", &unit->offset))
		return true;
	if (!dtree_number(tree, &unit->node, "data-offset", &unit->offset))
		return false;
	unit->offset = unit->offset > UINT64_MAX / 2
			       ? UINT64_MAX
			       : unit->offset + (((uint64_t)tree->totalsize + 3) & ~(uint64_t)3);
	return true;
}

/* ---- fields ---- */

static void show_text(struct kimg_part *part, const struct dtree *tree,
		      const struct dtree_node *node, const char *name)
{
	struct span value;

	if (dtree_property(tree, node, name, &value))
		field_text(part, name, value);
}

static void show_hex(struct kimg_part *part, const struct dtree *tree,
		     const struct dtree_node *node, const char *name)
{
	uint64_t value;

	if (dtree_number(tree, node, name, &value))
		field_hex(part, name, value);
}

/* ---- image parts ---- */

struct role {
	enum kimg_part_kind kind;
	const char *name; /* NULL: that of the unit */
};

static struct role role_of_type(struct span type)
{
	static const struct {
		const char *type;
		struct role role;
	} roles[] = {
		{ "kernel", { KIMG_PART_PAYLOAD, "kernel" } },
		{ "kernel_noload", { KIMG_PART_PAYLOAD, "kernel" } },
		{ "flat_dt", { KIMG_PART_DTB, "dtb" } },
		{ "ramdisk", { KIMG_PART_INITRD, "initrd" } },
		{ "x86_setup", { KIMG_PART_CODE, "setup" } },
		{ "firmware", { KIMG_PART_CODE, NULL } },
	};

	for (size_t i = 0; i < ARRAY_SIZE(roles); i++)
		if (name_is(type, roles[i].type))
			return roles[i].role;
	return (struct role){ KIMG_PART_DATA, NULL };
}

static struct kimg_part *add_part(struct fit *fit, struct unit *unit, const char *name,
				  const char *compression)
{
	struct span type = { 0 };
	struct role role;

	dtree_property(&fit->tree, &unit->node, "type", &type);
	role = role_of_type(span_text(type));
	if (role.name)
		name = role.name;
	if (!compression)
		return part_add(fit->part, role.kind, name, unit->offset, unit->size);
	return uboot_add_image(fit->part, role.kind, name, unit->offset, unit->size, compression);
}

static bool is_encrypted(const struct dtree *tree, const struct dtree_node *node)
{
	struct dtree_node cipher;

	return dtree_find(tree, node, "cipher", &cipher);
}

static void add_unit(struct fit *fit, struct unit *unit)
{
	static const char *const texts[] = { "description", "type", "arch", "os", "compression" };
	const struct dtree *tree = &fit->tree;
	struct span compression = { 0 };
	char codec[64], name[64];

	if (unit->part)
		return;
	snprintf(name, sizeof(name), "%.*s", shown(unit->node.name),
		 (const char *)unit->node.name.p);
	if (!place(fit, unit)) {
		unit->part = part_add_view(fit->part, KIMG_PART_DATA, name,
					   tree->off_dt_struct + unit->node.begin, 0);
		note(unit->part, "the image has no data");
	} else {
		dtree_property(tree, &unit->node, "compression", &compression);
		compression = span_text(compression);
		snprintf(codec, sizeof(codec), "%.*s", shown(compression),
			 compression.n ? (const char *)compression.p : "none");
		unit->part =
			add_part(fit, unit, name, is_encrypted(tree, &unit->node) ? NULL : codec);
	}
	field_text(unit->part, "unit", unit->node.name);
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++)
		show_text(unit->part, tree, &unit->node, texts[i]);
	show_hex(unit->part, tree, &unit->node, "load");
	show_hex(unit->part, tree, &unit->node, "entry");
	if (fit_show_checks(unit->part, tree, &unit->node))
		note(unit->part, "the data is encrypted");
}

/* ---- configurations ---- */

/* The properties that name units of /images (boot/image-fit.c). */
static const char *const references[] = {
	"kernel",    "fdt",  "ramdisk", "setup",      "firmware",
	"loadables", "fpga", "script",  "standalone",
};

/* Those of the default configuration come first, so that they get the plain names and its kernel boots. */
static void add_default(struct fit *fit, const struct dtree_node *configuration)
{
	struct span list, name;

	for (size_t i = 0; i < ARRAY_SIZE(references); i++) {
		dtree_property(&fit->tree, configuration, references[i], &list);
		for (bool first = true; dtree_text(&list, &name); first = false) {
			struct unit *unit = find_unit(fit, name);

			if (!unit)
				continue;
			add_unit(fit, unit);
			if (i == 0 && first)
				part_prefer(unit->part);
		}
	}
}

static void show_reference(struct fit *fit, struct kimg_part *part, const char *property,
			   struct span list)
{
	int dangling = 0;
	struct span name;

	dtree_show_list(part, property, list);
	while (dtree_text(&list, &name))
		if (!find_unit(fit, name) && dangling++ < MAX_DANGLING)
			note_bad(part, "%s: no image is named %.*s", property, shown(name),
				 (const char *)name.p);
}

static void add_configuration(struct fit *fit, const struct dtree_node *node, bool is_default)
{
	const struct dtree *tree = &fit->tree;
	struct kimg_part *part;
	struct span list;
	char name[64];

	snprintf(name, sizeof(name), "%.*s", shown(node->name), (const char *)node->name.p);
	part = part_add_view(fit->part, KIMG_PART_CONFIGURATION, name,
			     tree->off_dt_struct + node->begin,
			     dtree_end(tree, node) - node->begin);
	field_bool(part, "default", is_default);
	show_text(part, tree, node, "description");
	if (dtree_property(tree, node, "compatible", &list))
		dtree_show_list(part, "compatible", list);
	for (size_t i = 0; i < ARRAY_SIZE(references); i++)
		if (dtree_property(tree, node, references[i], &list))
			show_reference(fit, part, references[i], list);
	fit_show_checks(part, tree, node);
}

static bool default_configuration(const struct fit *fit, const struct dtree_node *configurations,
				  struct dtree_node *ret_node)
{
	struct dtree_walk children = dtree_children(&fit->tree, configurations);
	struct span wanted;

	if (!dtree_property(&fit->tree, configurations, "default", &wanted))
		return dtree_child(&children, ret_node);
	wanted = span_text(wanted);
	while (dtree_child(&children, ret_node))
		if (span_equal(ret_node->name, wanted))
			return true;
	note_bad(fit->part, "the default configuration %.*s does not exist", shown(wanted),
		 (const char *)wanted.p);
	return false;
}

static void add_configurations(struct fit *fit, const struct dtree_node *configurations,
			       const struct dtree_node *chosen)
{
	struct dtree_walk children = dtree_children(&fit->tree, configurations);
	size_t count = 0, most = part_limits(fit->part)->parts;
	struct dtree_node node;

	while (count++ < most && dtree_child(&children, &node))
		add_configuration(fit, &node, chosen && chosen->begin == node.begin);
}

/* ---- the whole ---- */

static int by_offset(const void *a, const void *b)
{
	uint64_t x = ((const struct unit *)a)->offset, y = ((const struct unit *)b)->offset;

	return x < y ? -1 : x > y;
}

/* The structure block around the data in it. The units are of no other use any more and sorted anew. */
static void add_structure(struct fit *fit)
{
	uint64_t at = fit->tree.off_dt_struct, end = at + fit->tree.size_dt_struct;

	if (fit->count)
		qsort(fit->units, fit->count, sizeof(*fit->units), by_offset);
	for (size_t i = 0; i < fit->count; i++) {
		const struct unit *unit = &fit->units[i];

		if (!unit->internal || unit->size == 0)
			continue;
		part_add(fit->part, KIMG_PART_HEADER, "structure", at, unit->offset - at);
		at = unit->offset + unit->size;
	}
	if (at < end)
		part_add(fit->part, KIMG_PART_HEADER, "structure", at, end - at);
}

static void add_images(struct fit *fit, const struct dtree_node *images,
		       const struct dtree_node *chosen)
{
	struct dtree_walk children = dtree_children(&fit->tree, images);
	struct dtree_node node;

	if (chosen)
		add_default(fit, chosen);
	for (size_t i = 0; i < fit->count && dtree_child(&children, &node); i++) {
		struct unit *unit = find_unit(fit, node.name);

		if (unit)
			add_unit(fit, unit);
	}
}

static struct kimg_error *explain(struct fit *fit)
{
	struct dtree_node root, images, configurations, chosen;
	bool configured, has_default;
	uint64_t timestamp;

	if (!dtree_root(&fit->tree, &root) || !dtree_find(&fit->tree, &root, "images", &images))
		return error_new(KIMG_E_CORRUPT, "the tree has no images");
	show_text(fit->part, &fit->tree, &root, "description");
	if (dtree_number(&fit->tree, &root, "timestamp", &timestamp))
		field_time(fit->part, "timestamp", timestamp);
	TRY(collect(fit, &images));
	configured = dtree_find(&fit->tree, &root, "configurations", &configurations);
	has_default = configured && default_configuration(fit, &configurations, &chosen);
	add_images(fit, &images, has_default ? &chosen : NULL);
	if (configured)
		add_configurations(fit, &configurations, has_default ? &chosen : NULL);
	return NULL;
}

static struct kimg_error *parse(struct kimg_part *part)
{
	cleanup(fit_done) struct fit fit = { .part = part };

	TRY(dtree_read(part_span(part), &fit.tree));
	TRY(explain(&fit));
	dtree_add_blocks(part, &fit.tree);
	add_structure(&fit);
	return error_shift(dtree_check(&fit.tree), part->offset);
}

const struct format format_fit = {
	.name = "fit",
	.title = "U-Boot flattened image tree",
	.refines = &format_dtb,
	.probe = probe,
	.parse = parse,
	.verify = fit_verify,
};
